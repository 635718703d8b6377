//! YAML bodies.

use go_value::Value as GoValue;
use serde_json::Value;

/// Reads YAML as JSON.
pub(crate) fn to_json(text: &[u8]) -> Result<Value, String> {
    go_yaml::read(text, go_yaml::Duplicates::LastWins, go_yaml::Numbers::Keep)
        .map(|value| convert(&value))
        .map_err(|error| error.to_string())
}

/// Reads YAML that is JSON, which is quicker. Nothing is returned for what means something else in YAML, or is wrong in it.
pub(crate) fn of_json(text: &[u8]) -> Option<Value> {
    let is_object = text.first() == Some(&b'{');
    // Characters are escaped in pairs in JSON alone.
    let has_escapes = text.windows(2).any(|pair| pair == b"\\u");
    if !is_object || has_escapes {
        return None;
    }
    let document = crate::document::parse(text).ok()?;
    let is_plain = document.duplicates.is_empty() && !has_floats(&document.value);
    is_plain.then_some(document.value)
}

fn has_floats(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_floats),
        Value::Object(fields) => fields.values().any(has_floats),
        _ => false,
    }
}

/// Returns what a strict reader says of keys that are there a second time.
pub(crate) fn duplicates(text: &[u8]) -> Option<String> {
    let strict = go_yaml::read(text, go_yaml::Duplicates::Refuse, go_yaml::Numbers::Keep);
    strict.err().map(|error| error.to_string())
}

/// The largest whole number up to which floats are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn convert(value: &GoValue) -> Value {
    match value {
        GoValue::Nil => Value::Null,
        GoValue::Bool(truth) => (*truth).into(),
        GoValue::Int(number) => (*number).into(),
        GoValue::Uint(number) => (*number).into(),
        // Whole numbers are written without a fraction, so that they are whole numbers from there on.
        GoValue::Float(number) if number.fract() == 0.0 && number.abs() <= EXACT => (*number as i64).into(),
        GoValue::Float(number) => (*number).into(),
        GoValue::Str(text) => text.to_string_lossy().into_owned().into(),
        GoValue::List(items) => items.iter().map(convert).collect(),
        GoValue::Map(map) => map
            .iter()
            .map(|(key, value)| (key.to_string_lossy().into_owned(), convert(value)))
            .collect(),
    }
}

/// Writes JSON as YAML, as Go's libraries do.
pub(crate) fn from_json(value: &Value) -> Vec<u8> {
    go_yaml::to_yaml(&go_value(value)).unwrap_or_default()
}

fn go_value(value: &Value) -> GoValue {
    match value {
        Value::Null => GoValue::Nil,
        Value::Bool(truth) => GoValue::Bool(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => GoValue::Int(number),
            (None, Some(number)) => GoValue::Uint(number),
            (None, None) => GoValue::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => GoValue::Str(text.as_str().into()),
        Value::Array(items) => GoValue::List(items.iter().map(go_value).collect()),
        Value::Object(fields) => GoValue::Map(
            fields
                .iter()
                .map(|(name, value)| (name.as_str().into(), go_value(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_yaml_would_be() {
        for text in [r#"{"a": [1, "x\n", null, true, {}], "b": {"c": -3}}"#, "{}"] {
            let read = of_json(text.as_bytes());
            assert!(read.is_some(), "{text}");
            assert_eq!(read, to_json(text.as_bytes()).ok(), "{text}");
        }
        for text in [
            "a: 1",
            r#"{"a": 1.0}"#,
            r#"{"a": 1, "a": 2}"#,
            r#"{"a": "\ud83d"}"#,
            "[]",
        ] {
            assert_eq!(of_json(text.as_bytes()), None, "{text}");
        }
    }
}
