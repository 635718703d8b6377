//! Whether the metadata of a document is what Go's `ObjectMeta` holds. What is not is refused before anything is sent.
//!
//! Source: `k8s.io/cli-runtime`, `pkg/resource/metadata_decoder.go`; `k8s.io/apimachinery`, `pkg/apis/meta/v1/types.go`, both of
//! Kubernetes 1.37.

use go_time::{Location, Time};
use serde_json::{Map, Value};
use whelm_kube_api::object::json_kind;

/// What Go keeps in a field.
#[derive(Clone, Copy)]
enum Shape {
    /// A text; this is the name of its type.
    Text(&'static str),
    Integer,
    Bool,
    Moment,
    /// Texts by their names.
    Texts,
    /// A list of texts.
    List,
    /// A list of objects of a type.
    Objects(&'static str),
}

fn shape(field: &str) -> Option<Shape> {
    Some(match field {
        "name" | "generateName" | "namespace" | "selfLink" | "resourceVersion" => Shape::Text("string"),
        "uid" => Shape::Text("types.UID"),
        "generation" | "deletionGracePeriodSeconds" => Shape::Integer,
        "creationTimestamp" | "deletionTimestamp" => Shape::Moment,
        "labels" | "annotations" => Shape::Texts,
        "finalizers" => Shape::List,
        "ownerReferences" => Shape::Objects("v1.OwnerReference"),
        "managedFields" => Shape::Objects("v1.ManagedFieldsEntry"),
        _ => return None,
    })
}

fn owner_shape(field: &str) -> Option<Shape> {
    Some(match field {
        "apiVersion" | "kind" | "name" => Shape::Text("string"),
        "uid" => Shape::Text("types.UID"),
        "controller" | "blockOwnerDeletion" => Shape::Bool,
        _ => return None,
    })
}

/// Says what keeps the metadata of a document from being read.
pub(crate) fn unreadable(document: &Value) -> Option<String> {
    let problem = match document.get("metadata")? {
        Value::Object(fields) => first(fields, shape, "ObjectMeta.metadata"),
        Value::Null => None,
        other => Some(mismatch(other, "metadataOnlyObject.metadata", "v1.ObjectMeta")),
    };
    problem.map(|problem| format!("unable to decode \"\": {problem}"))
}

/// Returns the first field, by name, that does not fit.
fn first(fields: &Map<String, Value>, shape: fn(&str) -> Option<Shape>, place: &str) -> Option<String> {
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort();
    names
        .into_iter()
        .find_map(|name| misfit(fields.get(name)?, shape(name)?, &format!("{place}.{name}")))
}

fn misfit(value: &Value, shape: Shape, place: &str) -> Option<String> {
    let text = |value: &Value, name: &str| match value {
        Value::Null | Value::String(_) => None,
        other => Some(mismatch(other, place, name)),
    };
    match (shape, value) {
        (_, Value::Null) => None,
        (Shape::Text(name), value) => text(value, name),
        (Shape::Bool, Value::Bool(_)) => None,
        (Shape::Bool, value) => Some(mismatch(value, place, "bool")),
        (Shape::Integer, Value::Number(number)) if number.is_i64() => None,
        (Shape::Integer, Value::Number(number)) => Some(cannot(&format!("number {number}"), place, "int64")),
        (Shape::Integer, value) => Some(mismatch(value, place, "int64")),
        (Shape::Moment, Value::String(moment)) => {
            let read = Time::parse(b"2006-01-02T15:04:05Z07:00", moment.as_bytes(), &Location::utc());
            read.err().map(|error| error.to_string())
        }
        (Shape::Moment, value) => text(value, "string"),
        (Shape::Texts, Value::Object(fields)) => {
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            sorted.into_iter().find_map(|(_, value)| text(value, "string"))
        }
        (Shape::Texts, value) => Some(mismatch(value, place, "map[string]string")),
        (Shape::List, Value::Array(items)) => items.iter().find_map(|item| text(item, "string")),
        (Shape::List, value) => Some(mismatch(value, place, "[]string")),
        (Shape::Objects(name), Value::Array(items)) => items.iter().find_map(|item| match item {
            Value::Null => None,
            Value::Object(fields) if name == "v1.OwnerReference" => {
                first(fields, owner_shape, "OwnerReference.metadata.ownerReferences")
            }
            Value::Object(_) => None,
            other => Some(mismatch(other, place, name)),
        }),
        (Shape::Objects(name), value) => Some(mismatch(value, place, &format!("[]{name}"))),
    }
}

fn mismatch(value: &Value, place: &str, wanted: &str) -> String {
    cannot(json_kind(value), place, wanted)
}

fn cannot(what: &str, place: &str, wanted: &str) -> String {
    format!("json: cannot unmarshal {what} into Go struct field {place} of type {wanted}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn i_013_metadata_that_go_cannot_hold() {
        let cases = [
            (
                json!({"labels": {"a": 1}}),
                "number",
                "ObjectMeta.metadata.labels",
                "string",
            ),
            (
                json!({"labels": [], "uid": 5}),
                "array",
                "ObjectMeta.metadata.labels",
                "map[string]string",
            ),
            (
                json!({"finalizers": [true]}),
                "bool",
                "ObjectMeta.metadata.finalizers",
                "string",
            ),
            (
                json!({"generation": 1.5}),
                "number 1.5",
                "ObjectMeta.metadata.generation",
                "int64",
            ),
            (json!({"uid": 5}), "number", "ObjectMeta.metadata.uid", "types.UID"),
            (
                json!({"creationTimestamp": 5}),
                "number",
                "ObjectMeta.metadata.creationTimestamp",
                "string",
            ),
            (
                json!({"ownerReferences": "x"}),
                "string",
                "ObjectMeta.metadata.ownerReferences",
                "[]v1.OwnerReference",
            ),
            (
                json!({"ownerReferences": [{"controller": 1}]}),
                "number",
                "OwnerReference.metadata.ownerReferences.controller",
                "bool",
            ),
            (json!("x"), "string", "metadataOnlyObject.metadata", "v1.ObjectMeta"),
        ];
        for (metadata, what, place, wanted) in cases {
            let text = format!(
                "unable to decode \"\": json: cannot unmarshal {what} into Go struct field {place} of type {wanted}"
            );
            assert_eq!(unreadable(&json!({"metadata": metadata})), Some(text));
        }
        let moment = unreadable(&json!({"metadata": {"creationTimestamp": "x"}})).unwrap();
        assert_eq!(
            moment,
            "unable to decode \"\": parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\""
        );
        let fine =
            json!({"name": "a", "labels": {"a": null}, "generation": 2, "creationTimestamp": null, "unknown": 1});
        assert_eq!(unreadable(&json!({"metadata": fine})), None);
    }
}
