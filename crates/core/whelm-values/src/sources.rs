//! Everything the user says about values, in the order in which Helm takes it.
//!
//! Source: Helm 4.3.1, `pkg/cli/values/options.go`.

use go_value::json::Numbers;
use go_value::{Map, Str, Value};
use whelm_chart::{load_values, merge_maps};

use crate::strvals;
use crate::{Error, ErrorKind};

/// The values of the flags, each kind in the order of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueSources {
    /// `-f`, `--values`: paths, URLs, or `-`.
    pub value_files: Vec<Str>,
    /// `--set-json`
    pub json_values: Vec<Str>,
    /// `--set`
    pub values: Vec<Str>,
    /// `--set-string`
    pub string_values: Vec<Str>,
    /// `--set-file`
    pub file_values: Vec<Str>,
    /// `--set-literal`
    pub literal_values: Vec<Str>,
}

impl ValueSources {
    /// Reads and merges them: files first, then `--set-json`, `--set`, `--set-string`, `--set-file`, `--set-literal`,
    /// whatever their order on the command line.
    ///
    /// `read` gets a path, a URL or `-` and returns what is there; its errors should have
    /// [`ErrorKind::Source`].
    ///
    /// # Errors
    /// Those of `read`, and Helm's texts for what cannot be parsed.
    pub fn merge(&self, read: &mut dyn FnMut(&[u8]) -> Result<Str, Error>) -> Result<Map, Error> {
        let mut base = Map::new();
        for path in &self.value_files {
            let text = read(path)?;
            let values = load_values(&text)
                .map_err(|error| Error::new(ErrorKind::Format, format!("failed to parse {path}: {error}")))?;
            merge_maps(&mut base, values);
        }
        for line in &self.json_values {
            merge_json(line, &mut base)?;
        }
        for line in &self.values {
            strvals::parse_into(line, &mut base).map_err(|error| error.context("failed parsing --set data"))?;
        }
        for line in &self.string_values {
            strvals::parse_into_string(line, &mut base)
                .map_err(|error| error.context("failed parsing --set-string data"))?;
        }
        for line in &self.file_values {
            strvals::parse_into_file(line, &mut base, &mut |path| read(path.as_bytes()))
                .map_err(|error| error.context("failed parsing --set-file data"))?;
        }
        for line in &self.literal_values {
            strvals::parse_literal_into(line, &mut base)
                .map_err(|error| error.context("failed parsing --set-literal data"))?;
        }
        Ok(base)
    }
}

/// Applies a line of `--set-json`: a whole object, or keys and values.
fn merge_json(line: &Str, base: &mut Map) -> Result<(), Error> {
    let text = line.to_string_lossy();
    let text = text.trim();
    if text.starts_with('{') {
        let Ok(Value::Map(object)) = go_value::json::parse(text.as_bytes(), Numbers::Float) else {
            return Err(Error::new(
                ErrorKind::Format,
                format!("failed parsing --set-json data JSON: {line}"),
            ));
        };
        merge_maps(base, object);
        return Ok(());
    }
    strvals::parse_json(line, base)
        .map_err(|_| Error::new(ErrorKind::Format, format!("failed parsing --set-json data {line}")))
}
