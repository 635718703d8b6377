//! The metadata of objects.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Gvk;

/// Returns the kind with its version; parts that are absent are empty.
pub fn gvk(object: &Value) -> Gvk {
    Gvk::new(text(object, "apiVersion"), text(object, "kind"))
}

/// Returns `metadata.name`, empty when absent.
pub fn name(object: &Value) -> &str {
    metadata(object, "name")
}

/// Returns `metadata.generateName`, empty when absent.
pub fn generate_name(object: &Value) -> &str {
    metadata(object, "generateName")
}

/// Returns `metadata.namespace`, empty when absent.
pub fn namespace(object: &Value) -> &str {
    metadata(object, "namespace")
}

/// Returns `metadata.resourceVersion`, empty when absent.
pub fn resource_version(object: &Value) -> &str {
    metadata(object, "resourceVersion")
}

/// Returns `metadata.uid`, empty when absent.
pub fn uid(object: &Value) -> &str {
    metadata(object, "uid")
}

/// Returns a label's value.
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("labels")?.get(key)?.as_str()
}

/// Returns an annotation's value.
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("annotations")?.get(key)?.as_str()
}

/// Returns all labels whose values are strings.
pub fn labels(object: &Value) -> BTreeMap<String, String> {
    let found = object
        .get("metadata")
        .and_then(|metadata| metadata.get("labels"))
        .and_then(Value::as_object);
    found
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// Sets `metadata.namespace`; an empty one removes it.
pub fn set_namespace(object: &mut Value, namespace: &str) {
    let Some(metadata) = metadata_mut(object) else { return };
    if namespace.is_empty() {
        metadata.remove("namespace");
    } else {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
}

/// Sets a label; labels that are not a map are replaced.
pub fn set_label(object: &mut Value, key: &str, value: &str) {
    set_entry(object, "labels", key, value);
}

/// Sets an annotation; annotations that are not a map are replaced.
pub fn set_annotation(object: &mut Value, key: &str, value: &str) {
    set_entry(object, "annotations", key, value);
}

/// The word that Go's JSON decoder has for a value.
pub fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn set_entry(object: &mut Value, field: &str, key: &str, value: &str) {
    let Some(metadata) = metadata_mut(object) else { return };
    let entry = metadata.entry(field).or_insert_with(|| Value::Object(Map::new()));
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    if let Some(map) = entry.as_object_mut() {
        map.insert(key.to_owned(), value.into());
    }
}

fn metadata_mut(object: &mut Value) -> Option<&mut Map<String, Value>> {
    let entry = object
        .as_object_mut()?
        .entry("metadata")
        .or_insert_with(|| Value::Object(Map::new()));
    if entry.is_null() {
        *entry = Value::Object(Map::new());
    }
    entry.as_object_mut()
}

fn metadata<'a>(object: &'a Value, key: &str) -> &'a str {
    object
        .get("metadata")
        .and_then(|metadata| metadata.get(key))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}
