//! `HELM_DRIVER=memory`: releases out of the files that `HELM_MEMORY_DRIVER_DATA` names.

use go_value::Value;
use whelm_cli::Environment;
use whelm_sdk::release::{Status, from_json};
use whelm_sdk::storage::Memory;

use crate::failure::Failure;
use crate::files;

/// Loads the releases.
///
/// # Errors
/// A file cannot be read or holds no list of releases, or two of them are the same revision; Helm only logs that.
pub fn load(environment: &Environment) -> Result<Memory, Failure> {
    let memory = Memory::default();
    for path in environment.get("HELM_MEMORY_DRIVER_DATA").split(':') {
        let text = std::fs::read(path).map_err(|error| {
            let reason = files::reason(&error);
            Failure::logged(&format!("Unable to read memory driver dataopen {path}: {reason}"))
        })?;
        for release in releases(&text)? {
            let mut release = from_json(&release);
            if release.namespace.is_empty() {
                "default".clone_into(&mut release.namespace);
            }
            if matches!(&release.info.status, Status::Other(word) if word.is_empty()) {
                release.info.status = Status::Unknown;
            }
            memory
                .insert(&release)
                .map_err(|error| Failure::logged(&error.to_string()))?;
        }
    }
    Ok(memory)
}

fn releases(text: &[u8]) -> Result<Vec<Value>, Failure> {
    let failed = |error: String| Failure::logged(&format!("Unable to unmarshal memory driver data: {error}"));
    let value =
        go_yaml::to_json_value(text).map_err(|error| failed(format!("error converting YAML to JSON: {error}")))?;
    match value {
        Value::List(list) => Ok(list),
        Value::Nil => Ok(Vec::new()),
        other => Err(failed(format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type []*v1.Release",
            json_kind(&other)
        ))),
    }
}

/// The word that Go's JSON decoder has for a value.
fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::Map(_) => "object",
        _ => "number",
    }
}
