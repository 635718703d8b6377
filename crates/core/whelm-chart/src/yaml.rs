//! The seam to the YAML reader: text to data as `sigs.k8s.io/yaml` prepares it for a Go struct or map.

use go_value::Value;
use go_yaml::{Duplicates, Numbers};

/// Reads the first YAML document with integers still told apart from floats.
///
/// The error has `error converting YAML to JSON: ` before it, as the library puts it.
pub(crate) fn read(text: &[u8]) -> Result<Value, String> {
    go_yaml::read(text, Duplicates::LastWins, Numbers::KeepAll).map_err(|error| error.unmarshal_text())
}

/// Does the same, but a key that is there twice is an error.
pub(crate) fn read_strict(text: &[u8]) -> Result<Value, String> {
    go_yaml::read(text, Duplicates::Refuse, Numbers::KeepAll).map_err(|error| error.unmarshal_text())
}

/// Replaces every number by a float, as Go's `encoding/json` reads numbers into an `interface{}`.
///
/// # Errors
/// The text of `encoding/json` for infinities and NaN, which JSON cannot hold.
pub(crate) fn through_json(value: &mut Value) -> Result<(), String> {
    match value {
        Value::Int(number) => *value = Value::Float(*number as f64),
        Value::Uint(number) => *value = Value::Float(*number as f64),
        Value::Float(number) if !number.is_finite() => {
            let name = match (number.is_nan(), *number > 0.0) {
                (true, _) => "NaN",
                (false, true) => "+Inf",
                (false, false) => "-Inf",
            };
            return Err(format!(
                "error converting YAML to JSON: json: unsupported value: {name}"
            ));
        }
        Value::List(items) => return items.iter_mut().try_for_each(through_json),
        Value::Map(entries) => return entries.values_mut().try_for_each(through_json),
        _ => {}
    }
    Ok(())
}

/// Writes a value as `sigs.k8s.io/yaml` writes a Go struct: by way of JSON.
pub(crate) fn write(value: &Value) -> String {
    let yaml = go_yaml::to_yaml(value).unwrap_or_default();
    String::from_utf8_lossy(&yaml).into_owned()
}
