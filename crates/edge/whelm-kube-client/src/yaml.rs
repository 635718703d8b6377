//! YAML text as JSON values.

use go_value::Value;
use go_yaml::{Duplicates, Numbers};

/// Reads one YAML document as `sigs.k8s.io/yaml` does and returns it as a JSON value.
///
/// # Errors
/// The text is no YAML; the text is that of the Go library.
pub fn yaml_to_json(text: &[u8]) -> Result<serde_json::Value, String> {
    go_yaml::read(text, Duplicates::LastWins, Numbers::Keep)
        .map(|value| to_json_value(&value))
        .map_err(|error| error.to_string())
}

/// Turns a Go value into a JSON value; invalid UTF-8 becomes U+FFFD, infinite numbers become null.
pub fn to_json_value(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Nil => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(number) => Json::from(*number),
        Value::Uint(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Str(text) => Json::String(text.to_string_lossy().into_owned()),
        Value::List(items) => Json::Array(items.iter().map(to_json_value).collect()),
        Value::Map(map) => Json::Object(
            map.iter()
                .map(|(key, value)| (key.to_string_lossy().into_owned(), to_json_value(value)))
                .collect(),
        ),
    }
}

/// Turns a JSON value into a Go value: integers stay integers, as in `unstructured` objects.
pub fn to_go_value(value: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Nil,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Int(number),
            (None, Some(number)) => Value::Uint(number),
            _ => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(to_go_value).collect()),
        Json::Object(map) => Value::Map(
            map.iter()
                .map(|(key, value)| (key.as_str().into(), to_go_value(value)))
                .collect(),
        ),
    }
}
