//! JSON patch (RFC 6902), as the library reads it that the real server uses: a missing field is null, and can be replaced.

use serde_json::{Map, Value};

/// Applies the operations of a patch in order.
///
/// # Errors
/// What the server says of a patch that does not fit.
pub(crate) fn json_patch(target: &mut Value, patch: &Value) -> Result<(), String> {
    if patch.is_null() {
        return Ok(());
    }
    let Some(operations) = patch.as_array() else {
        return Err("json: cannot unmarshal object into Go value of type jsonpatch.Patch".into());
    };
    for operation in operations {
        apply(target, operation)?;
    }
    Ok(())
}

fn apply(target: &mut Value, operation: &Value) -> Result<(), String> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
    let (name, path) = (text("op"), text("path"));
    let value = || operation.get("value").cloned().unwrap_or(Value::Null);
    match name {
        "replace" if path.is_empty() && operation.get("path").is_some() => {
            if !matches!(value(), Value::Object(_) | Value::Array(_)) {
                return Err("replace operation value must be object or array".into());
            }
            *target = value();
            Ok(())
        }
        "test" if path.is_empty() && operation.get("path").is_some() => {
            if *target == value() {
                Ok(())
            } else {
                Err("testing value  failed: test failed".into())
            }
        }
        "add" => place(target, path)?.add(value()),
        "replace" => place(target, path)?.replace(value()),
        "remove" => place(target, path)?.take().map(|_| ()),
        "test" => {
            if place(target, path)?.get()? == value() {
                Ok(())
            } else {
                Err(format!("testing value {path} failed: test failed"))
            }
        }
        "move" => {
            let taken = place(target, text("from"))?.take()?;
            place(target, path)?.add(taken)
        }
        "copy" => {
            let found = place(target, text("from"))?.get()?;
            place(target, path)?.add(found)
        }
        other => Err(format!("Unexpected kind: {other}")),
    }
}

/// A field of a map or an item of a list, there or not.
enum Place<'a> {
    Field(&'a mut Map<String, Value>, String),
    Item(&'a mut Vec<Value>, String),
}

/// Finds a place. Only what it is in has to be there.
fn place<'a>(target: &'a mut Value, path: &str) -> Result<Place<'a>, String> {
    let missing = || format!("doc is missing path: {path}: missing value");
    let (parents, last) = path.rsplit_once('/').ok_or_else(missing)?;
    let mut parts = parents.split('/').skip(1);
    let decoded = |part: &str| part.replace("~1", "/").replace("~0", "~");
    let parent = parts.try_fold(target, |value, part| match value {
        Value::Object(fields) => fields.get_mut(&decoded(part)),
        Value::Array(items) => {
            let index = index(part, items.len()).ok()?;
            items.get_mut(index)
        }
        _ => None,
    });
    match parent {
        Some(Value::Object(fields)) => Ok(Place::Field(fields, decoded(last))),
        Some(Value::Array(items)) => Ok(Place::Item(items, last.to_owned())),
        _ => Err(missing()),
    }
}

/// Reads an index; a negative one counts from the end.
fn index(text: &str, length: usize) -> Result<usize, String> {
    let invalid = || format!("Unable to access invalid index: {text}: invalid index referenced");
    let number: i64 = text.parse().map_err(|_| invalid())?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if number < 0 { number + length } else { number };
    usize::try_from(index).map_err(|_| invalid())
}

impl Place<'_> {
    /// Returns what is there; a missing field counts as null.
    fn get(self) -> Result<Value, String> {
        match self {
            Place::Field(fields, name) => Ok(fields.get(&name).cloned().unwrap_or_default()),
            Place::Item(items, text) => {
                let index = index(&text, items.len())?;
                items.get(index).cloned().ok_or_else(|| no_item(&text))
            }
        }
    }

    fn add(self, value: Value) -> Result<(), String> {
        match self {
            Place::Field(fields, name) => {
                fields.insert(name, value);
            }
            Place::Item(items, text) if text == "-" => items.push(value),
            Place::Item(items, text) => {
                let index = index(&text, items.len() + 1)?;
                if index > items.len() {
                    return Err(no_item(&text));
                }
                items.insert(index, value);
            }
        }
        Ok(())
    }

    /// Sets a value; a field may be missing, an item may not.
    fn replace(self, value: Value) -> Result<(), String> {
        match self {
            Place::Field(fields, name) => {
                fields.insert(name, value);
                Ok(())
            }
            Place::Item(items, text) => {
                let index = index(&text, items.len())?;
                *items.get_mut(index).ok_or_else(|| no_item(&text))? = value;
                Ok(())
            }
        }
    }

    fn take(self) -> Result<Value, String> {
        match self {
            Place::Field(fields, name) => fields
                .remove(&name)
                .ok_or_else(|| format!("Unable to remove nonexistent key: {name}: missing value")),
            Place::Item(items, text) => {
                let index = index(&text, items.len())?;
                if index < items.len() {
                    Ok(items.remove(index))
                } else {
                    Err(no_item(&text))
                }
            }
        }
    }
}

fn no_item(index: &str) -> String {
    format!("Unable to access invalid index: {index}: invalid index referenced")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn applies_operations_in_order() {
        let mut target = json!({"a": [1, 2], "b/c": {"d": 1}});
        let patch = json!([
            {"op": "test", "path": "/a/0", "value": 1},
            {"op": "add", "path": "/a/1", "value": 9},
            {"op": "add", "path": "/a/-", "value": 3},
            {"op": "remove", "path": "/a/0"},
            {"op": "move", "from": "/b~1c/d", "path": "/e"},
            {"op": "replace", "path": "/e", "value": 7},
        ]);
        json_patch(&mut target, &patch).unwrap();
        assert_eq!(target, json!({"a": [9, 2, 3], "b/c": {}, "e": 7}));
        for path in ["/x/y", "/a/9", "/none"] {
            assert!(json_patch(&mut target, &json!([{"op": "remove", "path": path}])).is_err());
        }
        assert!(json_patch(&mut target, &json!([{"op": "add", "path": "/a/77", "value": 1}])).is_err());
    }

    #[test]
    fn whole_documents_are_only_tested_and_replaced() {
        let mut target = json!({"a": 1});
        for operation in [
            json!({"op": "add", "path": "", "value": {}}),
            json!({"op": "replace", "value": {}}),
            json!({"op": "replace", "path": "", "value": 1}),
            json!({"op": "test", "path": "", "value": {}}),
        ] {
            assert!(json_patch(&mut target, &json!([operation])).is_err());
        }
        let patch = json!([
            {"op": "test", "path": "", "value": {"a": 1}},
            {"op": "replace", "path": "", "value": {"b": 2}},
        ]);
        json_patch(&mut target, &patch).unwrap();
        assert_eq!(target, json!({"b": 2}));
    }
}
