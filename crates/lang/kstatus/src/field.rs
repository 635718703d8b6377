//! Reading fields of an object the way `unstructured` helpers do.

use std::fmt;

use serde_json::Value;

/// A field of an object has another type than the rules expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    message: String,
}

impl FieldError {
    pub(crate) fn new(message: String) -> Self {
        FieldError { message }
    }

    /// Puts `context: ` before the message.
    fn context(self, context: &str) -> Self {
        FieldError {
            message: format!("{context}: {}", self.message),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FieldError {}

/// One entry of `status.conditions`; fields that are absent are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ConditionView<'a> {
    pub kind: &'a str,
    pub status: &'a str,
    pub reason: &'a str,
    pub message: &'a str,
}

/// Returns the value at `path`, nothing when it or a parent is absent or null.
///
/// # Errors
/// A parent that is neither a map nor null.
pub(crate) fn nested<'a>(object: &'a Value, path: &[&str]) -> Result<Option<&'a Value>, FieldError> {
    let mut value = object;
    for (index, field) in path.iter().enumerate() {
        match value {
            Value::Null => return Ok(None),
            Value::Object(map) => match map.get(*field) {
                Some(next) => value = next,
                None => return Ok(None),
            },
            _ => return Err(wrong_type(&path[..=index], value, "map[string]interface {}")),
        }
    }
    Ok(Some(value))
}

fn wrong_type(path: &[&str], value: &Value, expected: &str) -> FieldError {
    let (path, go_type) = (path.join("."), go_type(value));
    let shown = match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".into(),
        other => other.to_string(),
    };
    FieldError::new(format!(
        ".{path} accessor error: {shown} is of the type {go_type}, expected {expected}"
    ))
}

/// The Go type that a JSON value has after `unstructured` decoding.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_i64() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// Returns the integer at `path`; null counts as a wrong type, as in `NestedInt64`.
pub(crate) fn nested_i64(object: &Value, path: &[&str]) -> Result<Option<i64>, FieldError> {
    let context = format!("looking up {} from resource", path.join("."));
    let value = nested(object, path).map_err(|error| error.context(&context))?;
    let Some(value) = value else { return Ok(None) };
    match value.as_i64() {
        Some(number) => Ok(Some(number)),
        None => Err(wrong_type(path, value, "int64").context(&context)),
    }
}

/// Returns the string at `path`; null counts as a wrong type, as in `NestedString`.
pub(crate) fn nested_str<'a>(object: &'a Value, path: &[&str]) -> Result<Option<&'a str>, FieldError> {
    let context = format!("looking up {} from resource", path.join("."));
    let value = nested(object, path).map_err(|error| error.context(&context))?;
    let Some(value) = value else { return Ok(None) };
    match value.as_str() {
        Some(text) => Ok(Some(text)),
        None => Err(wrong_type(path, value, "string").context(&context)),
    }
}

/// Returns the integer at `path`, or the default when there is none.
pub(crate) fn int(object: &Value, path: &[&str], default: i64) -> i64 {
    nested(object, path)
        .ok()
        .flatten()
        .and_then(Value::as_i64)
        .unwrap_or(default)
}

/// Returns the string at `path`, or the default when there is none.
pub(crate) fn string<'a>(object: &'a Value, path: &[&str], default: &'a str) -> &'a str {
    nested(object, path)
        .ok()
        .flatten()
        .and_then(Value::as_str)
        .unwrap_or(default)
}

/// Returns the entries of `status.conditions` in their order.
///
/// # Errors
/// A status, list, entry or field of another type than conditions have.
pub(crate) fn conditions(object: &Value) -> Result<Vec<ConditionView<'_>>, FieldError> {
    let Some(status) = object.get("status").filter(|status| !status.is_null()) else {
        return Ok(Vec::new());
    };
    let Some(status) = status.as_object() else {
        return Err(cannot_restore("struct from:", status));
    };
    match status.get("conditions") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(entries)) => entries.iter().map(condition).collect(),
        Some(other) => Err(cannot_restore("slice from", other)),
    }
}

fn condition(entry: &Value) -> Result<ConditionView<'_>, FieldError> {
    match entry {
        Value::Null => Ok(ConditionView::default()),
        Value::Object(_) => Ok(ConditionView {
            kind: condition_field(entry, "type")?,
            status: condition_field(entry, "status")?,
            reason: condition_field(entry, "reason")?,
            message: condition_field(entry, "message")?,
        }),
        other => Err(cannot_restore("struct from:", other)),
    }
}

fn condition_field<'a>(entry: &'a Value, field: &str) -> Result<&'a str, FieldError> {
    match entry.get(field) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(other) => {
            let target = if field == "status" {
                "v1.ConditionStatus"
            } else {
                "string"
            };
            Err(FieldError::new(format!(
                "cannot convert {} to {target}",
                go_type(other)
            )))
        }
    }
}

fn cannot_restore(what: &str, value: &Value) -> FieldError {
    let kind = match value {
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
        other => go_type(other),
    };
    FieldError::new(format!("cannot restore {what} {kind}"))
}
