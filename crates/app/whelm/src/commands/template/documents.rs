//! Rendered documents as one text or as files.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use go_value::Str;
use whelm_sdk::append_document;
use whelm_sdk::manifest::trim as trim_space;

use crate::failure::Failure;
use crate::files;
use crate::output::Output;

/// Cuts white space off both ends and ends the text with one newline.
pub fn trim(text: &mut Vec<u8>) {
    let inner = trim_space(text);
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + inner.len();
    text.truncate(end);
    text.drain(..start);
    text.push(b'\n');
}

/// Cuts white space off the end of a text in pieces, none of which it starts with, and ends it with one newline.
pub fn trim_pieces(pieces: &mut Vec<&[u8]>) {
    while let Some(last) = pieces.pop() {
        let trimmed = trim_end(last);
        if !trimmed.is_empty() {
            pieces.push(trimmed);
            break;
        }
    }
    pieces.push(b"\n");
}

/// The text without white space at its end.
fn trim_end(text: &[u8]) -> &[u8] {
    match trim_space(text) {
        [] => &[],
        inner => &text[..inner.as_ptr().addr() + inner.len() - text.as_ptr().addr()],
    }
}

/// Returns rendered files that are no valid manifests, as one text.
pub fn of_files(rendered: &[(Str, Str)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (path, content) in rendered.iter().filter(|(_, content)| !trim_space(content).is_empty()) {
        append_document(&mut text, path, content);
    }
    trim(&mut text);
    text
}

/// The folder of `--output-dir`.
pub struct Folder {
    /// What is typed, for custom resource definitions.
    top: String,
    /// Where the rest goes: below the release's name if that was asked for.
    inner: String,
    /// Paths that this run has written.
    written: Vec<Vec<u8>>,
}

impl Folder {
    pub fn new(folder: &str, release: &str, use_release_name: bool) -> Folder {
        let inner = if use_release_name {
            whelm_cli::path::join(&[folder, release])
        } else {
            folder.to_owned()
        };
        Folder {
            top: folder.to_owned(),
            inner,
            written: Vec::new(),
        }
    }

    /// Writes a custom resource definition.
    pub fn write_crd(&mut self, path: &[u8], data: &[u8], output: &mut Output) -> Result<(), Failure> {
        let append = self.written_before(path);
        write(&self.top, path, data, append, output)
    }

    /// Writes a manifest; further ones of the same template are appended.
    pub fn write_manifest(&mut self, path: &[u8], data: &[u8], output: &mut Output) -> Result<(), Failure> {
        let append = self.written_before(path);
        write(&self.inner, path, data, append, output)
    }

    /// Writes a hook; it is appended to whatever file is there, even an old one.
    pub fn write_hook(&mut self, path: &[u8], data: &[u8], output: &mut Output) -> Result<(), Failure> {
        let append = fs::metadata(file(&self.inner, path)).is_ok();
        write(&self.inner, path, data, append, output)
    }

    fn written_before(&mut self, path: &[u8]) -> bool {
        let before = self.written.iter().any(|written| written == path);
        if !before {
            self.written.push(path.to_vec());
        }
        before
    }
}

fn file(folder: &str, path: &[u8]) -> PathBuf {
    let mut bytes = folder.as_bytes().to_vec();
    bytes.push(b'/');
    bytes.extend_from_slice(path);
    PathBuf::from(std::ffi::OsStr::from_bytes(&bytes))
}

fn write(folder: &str, path: &[u8], data: &[u8], append: bool, output: &mut Output) -> Result<(), Failure> {
    let file = file(folder, path);
    files::make_folders(file.parent().unwrap_or(Path::new("/")))?;
    let mut text = Vec::new();
    append_document(&mut text, path, data);
    let mut options = OpenOptions::new();
    if append {
        options.append(true)
    } else {
        options.write(true).create(true).truncate(true)
    };
    let written = options.open(&file).and_then(|mut opened| opened.write_all(&text));
    written.map_err(|error| files::failure("open", &file, &error))?;
    output.write(&[b"wrote ", file.as_os_str().as_bytes(), b"\n"].concat());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_trimmed_as_the_whole_is() {
        for texts in [&["a\n", " b \n", "\n", ""][..], &["a ", "\n"], &["\n", " "], &[]] {
            let mut pieces: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
            let mut whole = pieces.concat();
            trim_pieces(&mut pieces);
            trim(&mut whole);
            assert_eq!(pieces.concat(), whole, "{texts:?}");
        }
    }
}
