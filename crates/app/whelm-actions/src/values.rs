//! The user's values: what the flags name is read here.

use go_sprig::url_parts;
use go_value::strconv::quote;
use go_value::{Map, Str};
use whelm_values::{ErrorKind, ValueSources};

use crate::{Context, Error};

/// Reads and merges the values of all sources.
///
/// # Errors
/// The first source that cannot be read or parsed, with Helm's text.
pub fn gather_values(cx: &Context, sources: &ValueSources) -> Result<Map, Error> {
    let mut read = |path: &[u8]| {
        let path = go_value::utf8::to_string_lossy(path);
        read(cx, &path)
            .map(Str::from)
            .map_err(|message| whelm_values::Error::new(ErrorKind::Source, message))
    };
    Ok(sources.merge(&mut read)?)
}

/// Reads standard input, what is behind a URL, or a file.
fn read(cx: &Context, path: &str) -> Result<Vec<u8>, String> {
    if path.trim() == "-" {
        return (cx.stdin)().map_err(|error| error.to_string());
    }
    let complain = |error| format!("parse {}: {error}", quote(path.as_bytes()));
    let url = url_parts(path.as_bytes(), true).map_err(complain)?;
    match url.scheme.as_slice() {
        b"http" | b"https" => (cx.fetch)(path),
        b"oci" => Err(format!(
            "cannot fetch {path}: values from registries are not in this release"
        )),
        // Any other scheme may be part of the name of a file.
        _ => whelm_host::read_file(path).map_err(|error| io_message("open", path, &error)),
    }
}

/// Go's text for a failed system call on a path.
pub(crate) fn io_message(operation: &str, path: &str, error: &std::io::Error) -> String {
    // Reading a folder fails after opening it.
    let operation = if error.kind() == std::io::ErrorKind::IsADirectory {
        "read"
    } else {
        operation
    };
    format!("{operation} {path}: {}", whelm_host::io_error_text(error))
}
