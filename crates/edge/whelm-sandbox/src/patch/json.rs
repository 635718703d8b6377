//! JSON patch (RFC 6902), as the library reads it that the real server uses: a missing field is null, and can be replaced.

use serde_json::{Map, Value};

/// A patch that does not fit. The server says nothing more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misfit;

/// Applies the operations of a patch in order.
///
/// # Errors
/// One of them does not fit.
pub(crate) fn json_patch(target: &mut Value, patch: &Value) -> Result<(), Misfit> {
    if patch.is_null() {
        return Ok(());
    }
    let operations = patch.as_array().ok_or(Misfit)?;
    operations.iter().try_for_each(|operation| apply(target, operation))
}

fn apply(target: &mut Value, operation: &Value) -> Result<(), Misfit> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
    let (name, path) = (text("op"), text("path"));
    let is_whole = path.is_empty() && operation.get("path").is_some();
    let value = operation.get("value").cloned().unwrap_or(Value::Null);
    match name {
        "replace" if is_whole => {
            if !(value.is_object() || value.is_array()) {
                return Err(Misfit);
            }
            *target = value;
            Ok(())
        }
        "test" if is_whole => tested(target == &value),
        "add" => place(target, path)?.add(value),
        "replace" => place(target, path)?.replace(value),
        "remove" => place(target, path)?.take().map(drop),
        "test" => tested(place(target, path)?.get()? == value),
        "move" => {
            let taken = place(target, text("from"))?.take()?;
            place(target, path)?.add(taken)
        }
        "copy" => {
            let found = place(target, text("from"))?.get()?;
            place(target, path)?.add(found)
        }
        _ => Err(Misfit),
    }
}

fn tested(is_as_wanted: bool) -> Result<(), Misfit> {
    if is_as_wanted { Ok(()) } else { Err(Misfit) }
}

/// A field of a map or an item of a list, there or not.
enum Place<'a> {
    Field(&'a mut Map<String, Value>, String),
    Item(&'a mut Vec<Value>, String),
}

/// Finds a place. Only what it is in has to be there.
fn place<'a>(target: &'a mut Value, path: &str) -> Result<Place<'a>, Misfit> {
    let (parents, last) = path.rsplit_once('/').ok_or(Misfit)?;
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
        _ => Err(Misfit),
    }
}

/// Reads an index; a negative one counts from the end.
fn index(text: &str, length: usize) -> Result<usize, Misfit> {
    let number: i64 = text.parse().map_err(|_| Misfit)?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if number < 0 { number + length } else { number };
    usize::try_from(index).map_err(|_| Misfit)
}

impl Place<'_> {
    /// Returns what is there; a missing field counts as null.
    fn get(self) -> Result<Value, Misfit> {
        match self {
            Place::Field(fields, name) => Ok(fields.get(&name).cloned().unwrap_or_default()),
            Place::Item(items, text) => {
                let index = index(&text, items.len())?;
                items.get(index).cloned().ok_or(Misfit)
            }
        }
    }

    fn add(self, value: Value) -> Result<(), Misfit> {
        match self {
            Place::Field(fields, name) => {
                fields.insert(name, value);
            }
            Place::Item(items, text) if text == "-" => items.push(value),
            Place::Item(items, text) => {
                let index = index(&text, items.len() + 1)?;
                if index > items.len() {
                    return Err(Misfit);
                }
                items.insert(index, value);
            }
        }
        Ok(())
    }

    /// Sets a value; a field may be missing, an item may not.
    fn replace(self, value: Value) -> Result<(), Misfit> {
        match self {
            Place::Field(fields, name) => {
                fields.insert(name, value);
                Ok(())
            }
            Place::Item(items, text) => {
                let index = index(&text, items.len())?;
                *items.get_mut(index).ok_or(Misfit)? = value;
                Ok(())
            }
        }
    }

    fn take(self) -> Result<Value, Misfit> {
        match self {
            Place::Field(fields, name) => fields.remove(&name).ok_or(Misfit),
            Place::Item(items, text) => {
                let index = index(&text, items.len())?;
                if index < items.len() {
                    Ok(items.remove(index))
                } else {
                    Err(Misfit)
                }
            }
        }
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
