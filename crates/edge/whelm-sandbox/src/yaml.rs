//! YAML bodies.

use go_value::Value as GoValue;
use serde_json::Value;

/// Reads YAML as JSON.
pub(crate) fn to_json(text: &[u8]) -> Result<Value, String> {
    go_yaml::to_json_value(text)
        .map(|value| convert(&value))
        .map_err(|error| error.to_string())
}

fn convert(value: &GoValue) -> Value {
    match value {
        GoValue::Nil => Value::Null,
        GoValue::Bool(truth) => (*truth).into(),
        GoValue::Int(number) => (*number).into(),
        GoValue::Uint(number) => (*number).into(),
        GoValue::Float(number) => (*number).into(),
        GoValue::Str(text) => text.to_string_lossy().into_owned().into(),
        GoValue::List(items) => items.iter().map(convert).collect(),
        GoValue::Map(map) => map
            .iter()
            .map(|(key, value)| (key.to_string_lossy().into_owned(), convert(value)))
            .collect(),
    }
}
