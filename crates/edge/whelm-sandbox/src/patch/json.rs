//! JSON patch (RFC 6902).

use serde_json::Value;

/// Applies the operations of a patch in order.
///
/// # Errors
/// What the server says of a patch that does not fit.
pub(crate) fn json_patch(target: &mut Value, patch: &Value) -> Result<(), String> {
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
        "add" => add(target, path, value()),
        "replace" => {
            *find(target, path).ok_or_else(|| missing("replace", path))? = value();
            Ok(())
        }
        "remove" => take(target, path).map(|_| ()).ok_or_else(|| missing("remove", path)),
        "test" => {
            let found = find(target, path).map_or(Value::Null, |found| found.clone());
            if found == value() {
                Ok(())
            } else {
                Err(format!("testing value {path} failed: test failed"))
            }
        }
        "move" => {
            let taken = take(target, text("from")).ok_or_else(|| missing("move", text("from")))?;
            add(target, path, taken)
        }
        "copy" => {
            let found = find(target, text("from"))
                .cloned()
                .ok_or_else(|| missing("copy", text("from")))?;
            add(target, path, found)
        }
        other => Err(format!("Unexpected kind: {other}")),
    }
}

fn missing(operation: &str, path: &str) -> String {
    format!("{operation} operation does not apply: doc is missing path: {path}: missing value")
}

fn split(path: &str) -> Option<(&str, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn find<'a>(target: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    target.pointer_mut(path)
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let Some((parent, last)) = split(path) else {
        *target = value;
        return Ok(());
    };
    match find(target, parent) {
        Some(Value::Object(fields)) => {
            fields.insert(last, value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let index = if last == "-" {
                Some(items.len())
            } else {
                last.parse().ok()
            };
            match index {
                Some(index) if index <= items.len() => {
                    items.insert(index, value);
                    Ok(())
                }
                _ => Err(format!(
                    "add operation does not apply: doc is missing path: {path}: invalid index referenced"
                )),
            }
        }
        _ => Err(missing("add", path)),
    }
}

fn take(target: &mut Value, path: &str) -> Option<Value> {
    let (parent, last) = split(path)?;
    match find(target, parent)? {
        Value::Object(fields) => fields.remove(&last),
        Value::Array(items) => {
            let index = last.parse().ok().filter(|&index: &usize| index < items.len())?;
            Some(items.remove(index))
        }
        _ => None,
    }
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
        for path in ["/x/y", "/a/9"] {
            assert!(json_patch(&mut target, &json!([{"op": "remove", "path": path}])).is_err());
        }
        assert!(json_patch(&mut target, &json!([{"op": "add", "path": "/a/77", "value": 1}])).is_err());
    }
}
