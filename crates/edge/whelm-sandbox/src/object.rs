//! Reading and changing objects.

use serde_json::{Map, Value, json};

pub(crate) use whelm_kube_api::object::json_kind;

/// Returns the value at a path of field names.
pub(crate) fn at<'a>(object: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, name| value.get(name))
}

/// Returns the text at a path, empty when there is none.
pub(crate) fn text<'a>(object: &'a Value, path: &[&str]) -> &'a str {
    at(object, path).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the whole number at a path.
pub(crate) fn int(object: &Value, path: &[&str]) -> Option<i64> {
    at(object, path).and_then(Value::as_i64)
}

/// Returns the items of the list at a path, none when there is no list.
pub(crate) fn items<'a>(object: &'a Value, path: &[&str]) -> &'a [Value] {
    at(object, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn name(object: &Value) -> &str {
    text(object, &["metadata", "name"])
}

pub(crate) fn namespace(object: &Value) -> &str {
    text(object, &["metadata", "namespace"])
}

pub(crate) fn uid(object: &Value) -> &str {
    text(object, &["metadata", "uid"])
}

pub(crate) fn is_deleted(object: &Value) -> bool {
    at(object, &["metadata", "deletionTimestamp"]).is_some_and(|value| !value.is_null())
}

/// Says whether the containers of a Pod have come to their end.
pub(crate) fn has_ended(pod: &Value) -> bool {
    matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}

/// Returns a map inside a value, made when it is missing; what is no map is replaced by one.
pub(crate) fn map_at<'a>(object: &'a mut Value, path: &[&str]) -> &'a mut Map<String, Value> {
    let mut fields = as_map(object);
    for name in path {
        fields = as_map(fields.entry(*name).or_insert_with(|| json!({})));
    }
    fields
}

/// Returns the map that a value is, after making it one.
pub(crate) fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(fields) => fields,
        _ => panic!("the value was just made a map"),
    }
}

/// Sets the value at a path, with all maps on the way.
pub(crate) fn set(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    if let [parents @ .., last] = path {
        map_at(object, parents).insert((*last).to_owned(), value.into());
    }
}

/// Sets the value at a path unless there is one.
pub(crate) fn set_default(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    if at(object, path).is_none_or(Value::is_null) {
        set(object, path, value);
    }
}

/// Takes out the value at a path.
pub(crate) fn remove(object: &mut Value, path: &[&str]) -> Option<Value> {
    let (last, parents) = path.split_last()?;
    let parent = parents.iter().try_fold(object, |value, name| value.get_mut(*name))?;
    parent.as_object_mut()?.remove(*last)
}

/// Says whether two maps are the same, when for one of their fields `same` says so.
pub(crate) fn same_but(left: &Value, right: &Value, field: &str, same: impl FnOnce(&Value, &Value) -> bool) -> bool {
    let (Value::Object(own), Value::Object(other)) = (left, right) else {
        return left == right;
    };
    let others = |fields: &Map<String, Value>| fields.len() - usize::from(fields.contains_key(field));
    let mut rest = own.iter().filter(|(name, _)| *name != field);
    let nothing = Value::Null;
    others(own) == others(other)
        && same(
            left.get(field).unwrap_or(&nothing),
            right.get(field).unwrap_or(&nothing),
        )
        && rest.all(|(name, value)| other.get(name) == Some(value))
}

/// Returns the first condition of a type in the status of an object.
pub(crate) fn condition_of<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    let mut conditions = items(object, &["status", "conditions"]).iter();
    conditions.find(|own| text(own, &["type"]) == kind)
}

/// Says whether the status of an object has a condition of a type that is true.
pub(crate) fn condition_holds(object: &Value, kind: &str) -> bool {
    let mut conditions = items(object, &["status", "conditions"]).iter();
    conditions.any(|own| text(own, &["type"]) == kind && text(own, &["status"]) == "True")
}

/// Returns the labels of an object.
pub(crate) fn labels(object: &Value) -> std::collections::BTreeMap<String, String> {
    whelm_kube_api::object::labels(object)
}

/// Says whether a label selector (`matchLabels`, `matchExpressions`) selects an object. An empty one selects all.
pub(crate) fn selects(selector: &Value, labels: &std::collections::BTreeMap<String, String>) -> bool {
    let equal = selector
        .get("matchLabels")
        .and_then(Value::as_object)
        .is_none_or(|wanted| {
            wanted
                .iter()
                .all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
        });
    equal
        && items(selector, &["matchExpressions"]).iter().all(|expression| {
            let own = labels.get(text(expression, &["key"]));
            let listed = || {
                items(expression, &["values"])
                    .iter()
                    .any(|value| own.map(String::as_str) == value.as_str())
            };
            match text(expression, &["operator"]) {
                "In" => own.is_some() && listed(),
                "NotIn" => own.is_none() || !listed(),
                "Exists" => own.is_some(),
                "DoesNotExist" => own.is_none(),
                _ => false,
            }
        })
}
