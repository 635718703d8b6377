//! The user's values, from files and flags.
//!
//! Source: Helm 4.3.1, `pkg/cli/values/options.go`.

use go_value::json::{self, Numbers};
use go_value::{Map, Str, Value};
use whelm_chart::{load_values, merge_maps};
use whelm_values::strvals;

use crate::{Context, Error, ValueSources};

/// Merges the values of all sources.
///
/// # Errors
/// The first source that cannot be read, with Helm's text.
pub fn gather_values(cx: &Context, sources: &ValueSources) -> Result<Map, Error> {
    let mut values = Map::new();
    for file in &sources.files {
        let text = read(cx, file)?;
        let over = load_values(&text).map_err(|error| Error::new(format!("failed to parse {file}: {error}")))?;
        merge_maps(&mut values, over);
    }
    for line in &sources.json {
        set_json(&mut values, line)?;
    }
    for line in &sources.set {
        strvals::parse_into(line.as_bytes(), &mut values).map_err(|error| failed("--set", error))?;
    }
    for line in &sources.strings {
        strvals::parse_into_string(line.as_bytes(), &mut values).map_err(|error| failed("--set-string", error))?;
    }
    for line in &sources.from_files {
        let mut read = |path: &str| read(cx, path).map(Str::from).map_err(|error| error.to_string());
        strvals::parse_into_file(line.as_bytes(), &mut values, &mut read).map_err(|error| failed("--set-file", error))?;
    }
    for line in &sources.literals {
        strvals::parse_literal_into(line.as_bytes(), &mut values).map_err(|error| failed("--set-literal", error))?;
    }
    Ok(values)
}

fn failed(flag: &str, error: impl std::fmt::Display) -> Error {
    Error::new(format!("failed parsing {flag} data: {error}"))
}

/// A whole JSON object, or `KEY=JSON,…`.
fn set_json(values: &mut Map, line: &str) -> Result<(), Error> {
    let trimmed = line.trim();
    if !trimmed.starts_with('{') {
        let parsed = strvals::parse_json(line.as_bytes(), values);
        return parsed.map_err(|_| Error::new(format!("failed parsing --set-json data {line}")));
    }
    match json::parse(trimmed.as_bytes(), Numbers::Float) {
        Ok(Value::Map(over)) => {
            merge_maps(values, over);
            Ok(())
        }
        _ => Err(Error::new(format!("failed parsing --set-json data JSON: {line}"))),
    }
}

/// Reads standard input, what is behind a URL, or a file.
fn read(cx: &Context, path: &str) -> Result<Vec<u8>, Error> {
    if path.trim() == "-" {
        return (cx.stdin)().map_err(|error| Error::new(error.to_string()));
    }
    if path.starts_with("http://") || path.starts_with("https://") {
        return (cx.fetch)(path).map_err(Error::new);
    }
    std::fs::read(path).map_err(|error| Error::new(io_message("open", path, &error)))
}

/// Go's text for a failed system call on a path.
pub(crate) fn io_message(operation: &str, path: &str, error: &std::io::Error) -> String {
    // Reading a folder fails after opening it.
    let operation = if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { operation };
    format!("{operation} {path}: {}", whelm_host::io_error_text(error))
}
