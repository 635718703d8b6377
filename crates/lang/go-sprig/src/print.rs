//! Values as text.

use go_text_template::Value;
use go_text_template::fmt::value_string;
use go_value::Str;

use crate::reflect::items;

/// sprig's `toString`: strings as they are, bytes as text, errors and Stringers by their text, the rest by `%v`.
pub(crate) fn strval(value: &Value) -> Str {
    match value {
        Value::Str(text) | Value::Bytes(text) => text.clone(),
        other => value_string(other),
    }
}

/// The elements as texts, nils left out; what is no slice counts as one element, and nil as none.
pub(crate) fn strslice(value: &Value) -> Vec<Str> {
    match items(value) {
        Some(items) => items
            .iter()
            .filter(|item| !matches!(item, Value::Nil))
            .map(strval)
            .collect(),
        None if matches!(value, Value::Nil) => Vec::new(),
        None => vec![strval(value)],
    }
}
