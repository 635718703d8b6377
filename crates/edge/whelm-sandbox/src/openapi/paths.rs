//! The requests that there are.

use serde_json::{Map, Value, json};

use super::gvk;
use super::schemas::{Dialect, reference};
use crate::kinds::{Kind, api_version};

/// Adds the paths of a kind, whose schema has the given name.
pub(super) fn add(kind: &Kind, dialect: Dialect, schema: &str, paths: &mut Map<String, Value>) {
    let prefix = if kind.group.is_empty() { "/api/" } else { "/apis/" };
    let namespace = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
    let collection = format!(
        "{prefix}{}/{namespace}{}",
        api_version(&kind.group, &kind.version),
        kind.plural
    );
    let operation = |(method, verb, action): (&str, &str, &str)| {
        let has = kind.has_verb(verb);
        has.then(|| (method.to_owned(), describe(kind, dialect, schema, action)))
    };
    let own = [
        ("get", "list", "list"),
        ("post", "create", "post"),
        ("delete", "deletecollection", "deletecollection"),
    ];
    let operations: Map<String, Value> = own.into_iter().filter_map(operation).collect();
    paths.insert(collection.clone(), operations.into());
    let own = [
        ("get", "get", "get"),
        ("put", "update", "put"),
        ("patch", "patch", "patch"),
        ("delete", "delete", "delete"),
    ];
    let operations: Map<String, Value> = own.into_iter().filter_map(operation).collect();
    if !operations.is_empty() {
        paths.insert(format!("{collection}/{{name}}"), operations.into());
    }
}

fn describe(kind: &Kind, dialect: Dialect, schema: &str, action: &str) -> Value {
    let writes = matches!(action, "post" | "put" | "patch");
    let names = ["dryRun", "fieldManager", "fieldValidation"];
    let parameters: Vec<Value> = names
        .into_iter()
        .filter(|_| writes)
        .map(|name| parameter(dialect, name))
        .collect();
    json!({
        "parameters": parameters, "responses": response(dialect, schema), "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": gvk(kind),
    })
}

fn parameter(dialect: Dialect, name: &str) -> Value {
    match dialect {
        Dialect::V2 => json!({"name": name, "in": "query", "type": "string", "uniqueItems": true}),
        Dialect::V3 => json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}}),
    }
}

fn response(dialect: Dialect, schema: &str) -> Value {
    let schema = json!({"$ref": reference(dialect, schema)});
    match dialect {
        Dialect::V2 => json!({"200": {"description": "OK", "schema": schema}}),
        Dialect::V3 => json!({"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}),
    }
}
