//! Strategic merge patch: a merge patch that knows which lists are merged, and by which key.
//!
//! Source: `k8s.io/apimachinery`, `pkg/util/strategicpatch`.

use serde_json::{Map, Value};

use kube_schema::{BuiltInSchema, Shape, Struct, StructField};
use strategic_merge::text_of;

/// Merges a patch into an object of a built-in kind.
///
/// # Errors
/// A list item of the patch without the key by which its list is merged, or an unknown directive.
pub(crate) fn strategic_patch(own: Option<&Struct>, target: &mut Value, patch: &Value) -> Result<(), String> {
    merge_maps(own, target, patch)
}

fn merge_maps(own: Option<&Struct>, target: &mut Value, patch: &Value) -> Result<(), String> {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return Ok(());
    };
    match patch.get("$patch").and_then(Value::as_str) {
        Some("replace") => {
            let mut rest = patch.clone();
            rest.remove("$patch");
            *target = Value::Object(rest);
            return Ok(());
        }
        Some("delete") => {
            *target = Value::Object(Map::new());
            return Ok(());
        }
        Some("merge") | None => {}
        Some(other) => {
            let text = text_of(&Value::Object(patch.clone()));
            return Err(format!("unknown patch type: {other} in map: {text}"));
        }
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(fields) = target else { return Ok(()) };
    retain_keys(fields, patch);
    let lists = patch.keys().filter_map(|name| name.strip_prefix("$setElementOrder/"));
    let before: Map<String, Value> = lists
        .filter_map(|list| Some((list.to_owned(), fields.get(list)?.clone())))
        .collect();
    for (name, value) in patch {
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            delete_scalars(fields.get_mut(list), value);
        } else if name.starts_with('$') {
            continue;
        } else if value.is_null() {
            fields.remove(name);
        } else {
            let field = own.and_then(|own| own.fields.get(name.as_str()));
            // What is not there yet is taken as it is.
            if fields.get(name).is_none_or(Value::is_null) {
                if !is_deletion(value) {
                    fields.insert(name.clone(), without_directives(value));
                }
                continue;
            }
            merge_field(field, fields.entry(name.clone()).or_insert(Value::Null), value)?;
        }
    }
    for (name, order) in patch {
        if let Some(list) = name.strip_prefix("$setElementOrder/") {
            let field = own.and_then(|own| own.fields.get(list));
            let key = field.map_or("", |field| field.merge_key);
            let before = before
                .get(list)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice);
            if let (Some(Value::Array(items)), Value::Array(order)) = (fields.get_mut(list), order) {
                *items = ordered(key, std::mem::take(items), order, before);
            }
        }
    }
    Ok(())
}

fn is_deletion(value: &Value) -> bool {
    value.get("$patch").is_some_and(|directive| directive == "delete")
}

/// Returns a patch without its directives, and without what it would remove.
fn without_directives(patch: &Value) -> Value {
    match patch {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, value)| !name.starts_with('$') && !value.is_null() && !is_deletion(value))
            .map(|(name, value)| (name.clone(), without_directives(value)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .filter(|item| item.get("$patch").is_none())
            .map(without_directives)
            .collect(),
        scalar => scalar.clone(),
    }
}

/// Removes the fields that `$retainKeys` does not name.
fn retain_keys(fields: &mut Map<String, Value>, patch: &Map<String, Value>) {
    if let Some(Value::Array(kept)) = patch.get("$retainKeys") {
        fields.retain(|name, _| kept.iter().any(|kept| kept.as_str() == Some(name)));
    }
}

fn delete_scalars(list: Option<&mut Value>, deleted: &Value) {
    if let (Some(Value::Array(items)), Value::Array(deleted)) = (list, deleted) {
        items.retain(|item| !deleted.contains(item));
    }
}

fn struct_of(shape: &Shape) -> Option<&'static Struct> {
    match shape {
        Shape::Struct(number) => BuiltInSchema::get().structure(*number),
        _ => None,
    }
}

fn merge_field(field: Option<&StructField>, target: &mut Value, patch: &Value) -> Result<(), String> {
    if field.is_some_and(|field| field.replaces) {
        *target = patch.clone();
        return Ok(());
    }
    match (field.map(|field| &field.shape), patch) {
        (Some(Shape::List(element, _)), Value::Array(items)) => {
            let merges = field.is_some_and(|field| field.merges);
            let key = field.map_or("", |field| field.merge_key);
            if !merges {
                *target = patch.clone();
                return Ok(());
            }
            if !target.is_array() {
                *target = Value::Array(Vec::new());
            }
            let Value::Array(list) = target else { return Ok(()) };
            if key.is_empty() {
                add_scalars(list, items)
            } else {
                return merge_items(element, key, list, items);
            }
            Ok(())
        }
        (Some(Shape::Map { element, .. }), Value::Object(fields)) if struct_of(element).is_some() => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            let Value::Object(own) = target else { return Ok(()) };
            for (name, value) in fields {
                if value.is_null() {
                    own.remove(name);
                } else {
                    merge_maps(
                        struct_of(element),
                        own.entry(name.clone()).or_insert(Value::Null),
                        value,
                    )?;
                }
            }
            Ok(())
        }
        (shape, Value::Object(_)) => merge_maps(shape.and_then(struct_of), target, patch),
        _ => {
            *target = patch.clone();
            Ok(())
        }
    }
}

fn add_scalars(list: &mut Vec<Value>, items: &[Value]) {
    let before = list.clone();
    for item in items {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
    *list = ordered("", std::mem::take(list), items, &before);
}

fn merge_items(element: &Shape, key: &str, list: &mut Vec<Value>, items: &[Value]) -> Result<(), String> {
    if items
        .iter()
        .any(|item| item.get("$patch").and_then(Value::as_str) == Some("replace"))
    {
        *list = items
            .iter()
            .filter(|item| item.get("$patch").is_none())
            .cloned()
            .collect();
        return Ok(());
    }
    let before = list.clone();
    for item in items {
        let Some(wanted) = item.get(key) else {
            return Err(format!(
                "map: {} does not contain declared merge key: {key}",
                text_of(item)
            ));
        };
        let place = list.iter().position(|own| own.get(key) == Some(wanted));
        match (item.get("$patch").and_then(Value::as_str), place) {
            (Some("delete"), _) => list.retain(|own| own.get(key) != Some(wanted)),
            (_, Some(index)) => {
                if let Some(own) = list.get_mut(index) {
                    merge_maps(struct_of(element), own, item)?;
                }
            }
            (_, None) => {
                let mut added = Value::Object(Map::new());
                merge_maps(struct_of(element), &mut added, item)?;
                list.push(added);
            }
        }
    }
    *list = ordered(key, std::mem::take(list), items, &before);
    Ok(())
}

/// Orders merged items: those that `order` names come in that order, the others in theirs, and one of the others comes
/// before a named one only where the list had both and had it first.
fn ordered(key: &str, items: Vec<Value>, order: &[Value], before: &[Value]) -> Vec<Value> {
    let place = |list: &[Value], item: &Value| {
        list.iter().position(|own| {
            if key.is_empty() {
                own == item
            } else {
                own.get(key) == item.get(key)
            }
        })
    };
    let (mut named, mut others): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| place(order, item).is_some());
    named.sort_by_key(|item| place(order, item));
    others.sort_by_key(|item| place(before, item));
    let mut result = Vec::with_capacity(named.len() + others.len());
    let mut others = others.into_iter().peekable();
    for item in named {
        let own = place(before, &item);
        while let Some(other) = others.peek() {
            let first = matches!((place(before, other), own), (Some(other), Some(own)) if other < own);
            if !first {
                break;
            }
            result.extend(others.next());
        }
        result.push(item);
    }
    result.extend(others);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(mut spec: Value, patch: Value) -> Value {
        let own = BuiltInSchema::get().of_kind("", "v1", "Pod").unwrap();
        let mut target = json!({"spec": spec.take()});
        strategic_patch(Some(own), &mut target, &json!({"spec": patch})).unwrap();
        target["spec"].take()
    }

    #[test]
    fn some_maps_are_replaced() {
        let own = BuiltInSchema::get()
            .of_kind("policy", "v1", "PodDisruptionBudget")
            .unwrap();
        let mut budget = json!({"spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}});
        strategic_patch(Some(own), &mut budget, &json!({"spec": {"selector": {}}})).unwrap();
        assert_eq!(budget, json!({"spec": {"minAvailable": 1, "selector": {}}}));
    }

    #[test]
    fn merges_lists_by_key() {
        let spec = json!({"containers": [{"name": "a", "image": "x"}, {"name": "b", "args": ["1"]}]});
        let patch = json!({
            "$setElementOrder/containers": [{"name": "c"}, {"name": "a"}],
            "containers": [{"name": "a", "image": "y"}, {"name": "c"}, {"name": "b", "$patch": "delete"}],
        });
        assert_eq!(
            patched(spec, patch),
            json!({"containers": [{"name": "c"}, {"name": "a", "image": "y"}]})
        );
    }

    #[test]
    fn replaces_other_lists_and_removes_fields() {
        let spec =
            json!({"containers": [{"name": "a", "args": ["1", "2"], "image": "x"}], "tolerations": [{"key": "k"}]});
        let patch = json!({"containers": [{"name": "a", "args": ["3"], "image": null}], "tolerations": []});
        assert_eq!(
            patched(spec, patch),
            json!({"containers": [{"name": "a", "args": ["3"]}], "tolerations": []})
        );
    }

    #[test]
    fn retains_keys() {
        let spec = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        let patch =
            json!({"volumes": [{"$retainKeys": ["name", "hostPath"], "name": "v", "hostPath": {"path": "/x"}}]});
        assert_eq!(
            patched(spec, patch),
            json!({"volumes": [{"name": "v", "hostPath": {"path": "/x"}}]})
        );
    }
}
