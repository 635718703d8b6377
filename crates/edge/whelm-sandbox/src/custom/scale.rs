//! Rules for the fields of custom objects that their scale shows.
//!
//! Source: `k8s.io/apiextensions-apiserver` v0.36.3, `pkg/registry/customresource/validator.go`.

use serde_json::{Value, json};

use crate::object::{at, text};
use crate::status::FieldFault;

/// Says what is wrong with the number of Pods that an object wants.
pub(super) fn wanted(version: &Value, object: &Value) -> Vec<FieldFault> {
    let paths = at(version, &["subresources", "scale"]);
    paths.map_or_else(Vec::new, |paths| number(object, text(paths, &["specReplicasPath"])))
}

/// Says what is wrong with the number of Pods that an object has, and with how it selects them.
pub(super) fn present(version: &Value, object: &Value) -> Vec<FieldFault> {
    let Some(paths) = at(version, &["subresources", "scale"]) else {
        return Vec::new();
    };
    let mut faults = number(object, text(paths, &["statusReplicasPath"]));
    let path = text(paths, &["labelSelectorPath"]);
    if !path.is_empty() {
        match nested(object, path) {
            Err(error) => faults.push(FieldFault::invalid(path, &json!(""), &error)),
            Ok(Some(value)) if !value.is_string() => {
                let detail = accessor_error(path, value, "string");
                faults.push(FieldFault::invalid(path, &json!(""), &detail));
            }
            Ok(_) => {}
        }
    }
    faults
}

fn number(object: &Value, path: &str) -> Vec<FieldFault> {
    let invalid = |value: i64, detail: &str| vec![FieldFault::invalid(path, &json!(value), detail)];
    let value = match nested(object, path) {
        Err(error) => return invalid(0, &error),
        Ok(None) => return Vec::new(),
        Ok(Some(value)) => value,
    };
    match value.as_i64() {
        None => invalid(0, &accessor_error(path, value, "int64")),
        Some(number) if number < 0 => invalid(number, "should be a non-negative integer"),
        Some(number) if number > i64::from(i32::MAX) => {
            invalid(number, &format!("should be less than or equal to {}", i32::MAX))
        }
        Some(_) => Vec::new(),
    }
}

/// Follows a path through maps.
fn nested<'a>(object: &'a Value, path: &str) -> Result<Option<&'a Value>, String> {
    let mut value = object;
    let mut so_far = String::new();
    for part in path.trim_start_matches('.').split('.') {
        so_far = format!("{so_far}.{part}");
        match value {
            Value::Null => return Ok(None),
            Value::Object(fields) => match fields.get(part) {
                Some(field) => value = field,
                None => return Ok(None),
            },
            other => return Err(accessor_error(&so_far, other, "map[string]interface{}")),
        }
    }
    Ok(Some(value))
}

fn accessor_error(path: &str, value: &Value, wanted: &str) -> String {
    let (shown, kind) = match value {
        Value::Null => ("<nil>".to_owned(), "<nil>"),
        Value::Bool(truth) => (truth.to_string(), "bool"),
        Value::Number(number) if number.is_i64() => (number.to_string(), "int64"),
        Value::Number(number) => (number.as_f64().unwrap_or_default().to_string(), "float64"),
        Value::String(text) => (text.clone(), "string"),
        Value::Array(_) => (strategic_merge::text_of(value), "[]interface {}"),
        Value::Object(_) => (strategic_merge::text_of(value), "map[string]interface {}"),
    };
    format!("{path} accessor error: {shown} is of the type {kind}, expected {wanted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pods_are_whole() {
        let messages = |object: Value| -> Vec<String> {
            number(&object, ".spec.n")
                .into_iter()
                .map(|fault| fault.message)
                .collect()
        };
        assert_eq!(messages(json!({"spec": {"n": 3}})), [""; 0]);
        assert_eq!(messages(json!({"spec": {}})), [""; 0]);
        assert_eq!(
            messages(json!({"spec": {"n": -1}})),
            ["Invalid value: -1: should be a non-negative integer"]
        );
        assert_eq!(
            messages(json!({"spec": "x"})),
            ["Invalid value: 0: .spec.n accessor error: x is of the type string, expected map[string]interface{}"]
        );
    }
}
