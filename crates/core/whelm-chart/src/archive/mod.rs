//! Archives: a tar stream under gzip, with Helm's rules for the paths in it.
//!
//! Source: Helm 4.3.1, `pkg/chart/loader/archive/archive.go`; Go, `archive/tar` and `compress/gzip`.

mod content_type;
mod gzip;
mod pax;
mod rules;
mod sparse;
mod tar;

pub use content_type::detect_content_type;
pub use rules::clean_path;

use crate::content::without_mark;
use crate::{BufferedFile, Error, ErrorKind};
use rules::chart_path;
use tar::Tar;

/// How many bytes the files of a chart may have together: 100 MiB.
pub const MAX_DECOMPRESSED_CHART_SIZE: u64 = 100 * 1024 * 1024;

/// Reads the files out of an archive, in its order. The first part of each path, the folder of the chart, goes; so does
/// a byte order mark at the start of a file. Folders are left out, links are empty files.
///
/// # Errors
/// [`ErrorKind::NotGzip`] when there is no gzip header, [`ErrorKind::Archive`] for anything else; the texts are Helm's
/// and Go's.
pub fn read_archive(bytes: &[u8]) -> Result<Vec<BufferedFile>, Error> {
    let mut tar = Tar::new(gzip::Gzip::new(bytes)?);
    let mut files = Vec::new();
    let mut remaining = MAX_DECOMPRESSED_CHART_SIZE;
    while let Some(header) = tar.next()? {
        if header.is_dir() || header.is_extension() {
            continue;
        }
        let name = chart_path(&header.name)?;
        if header.size > remaining {
            return Err(too_large());
        }
        let data = tar.read_file(&header)?;
        remaining -= data.len() as u64;
        if (data.len() as u64) < header.size || remaining == 0 {
            return Err(too_large());
        }
        files.push(BufferedFile {
            name,
            data: without_mark(data).into(),
            mod_time: Some(header.mod_time),
        });
    }
    if files.is_empty() {
        return Err(error("no files in chart archive"));
    }
    Ok(files)
}

/// Checks that the first bytes of a file look like an archive, to say more about it than that it is none.
///
/// `start` is the start of the file, of which 512 bytes count; `name` is for the message.
///
/// # Errors
/// `file 'x' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'`, or a hint when the name is that
/// of a YAML file.
pub fn ensure_archive(name: &str, start: &[u8]) -> Result<(), Error> {
    // Helm looks at a buffer of 512 bytes even when the file is shorter: the rest is zero and counts as data.
    let mut buffer = [0; 512];
    let length = start.len().min(buffer.len());
    buffer[..length].copy_from_slice(&start[..length]);
    let content_type = detect_content_type(&buffer);
    if content_type == "application/x-gzip" || buffer.starts_with(b"\x1f\x8b\x08") {
        return Ok(());
    }
    let message = if name.ends_with(".yml") || name.ends_with(".yaml") {
        format!("file '{name}' seems to be a YAML file, but expected a gzipped archive")
    } else {
        format!("file '{name}' does not appear to be a gzipped archive; got '{content_type}'")
    };
    Err(Error::new(ErrorKind::NotGzip, message))
}

fn too_large() -> Error {
    error(format!(
        "decompressed chart is larger than the maximum size {MAX_DECOMPRESSED_CHART_SIZE}"
    ))
}

fn error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Archive, message)
}

fn invalid_header() -> Error {
    error("archive/tar: invalid tar header")
}

fn unexpected_eof() -> Error {
    error("unexpected EOF")
}
