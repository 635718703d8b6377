//! The OpenAPI documents.

#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

fn raw(core: &mut Core, path: &str, accept: &str) -> (&'static str, Bytes) {
    let request = Request::get(path).header("accept", accept).body(Bytes::new()).unwrap();
    match core.handle(&request, 0) {
        Answer::Full {
            code: 200,
            content_type,
            body,
            ..
        } => (content_type, body),
        other => panic!("{path}: {other:?}"),
    }
}

fn get(core: &mut Core, path: &str) -> Value {
    serde_json::from_slice(&raw(core, path, "application/json").1).unwrap()
}

/// Returns the names that a document refers to.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.push(reference.clone());
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

fn assert_whole(document: &Value, path: &str) {
    let mut found = Vec::new();
    references(document, &mut found);
    assert!(!found.is_empty(), "{path}");
    for reference in found {
        // The names of schemas have dots and no slashes.
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{path}: {reference}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let mut core = Core::new(1, 0);
    let index = get(&mut core, "/openapi/v3");
    let paths = index["paths"].as_object().unwrap();
    assert!(paths.len() > 20);
    for (name, entry) in paths {
        let url = entry["serverRelativeURL"].as_str().unwrap();
        assert!(url.starts_with(&format!("/openapi/v3/{name}?hash=")), "{url}");
        assert_whole(&get(&mut core, url), url);
    }
    assert_whole(&get(&mut core, "/openapi/v2"), "/openapi/v2");
}

#[test]
fn schemas_have_structure() {
    let mut core = Core::new(1, 0);
    let document = get(&mut core, "/openapi/v3/apis/apps/v1");
    let schemas = &document["components"]["schemas"];
    let kind = json!([{"group": "apps", "version": "v1", "kind": "Deployment"}]);
    assert_eq!(
        schemas["io.k8s.api.apps.v1.Deployment"]["x-kubernetes-group-version-kind"],
        kind
    );
    let spec = &schemas["io.k8s.api.apps.v1.DeploymentSpec"];
    assert_eq!(spec["required"], json!(["selector", "template"]));
    assert_eq!(
        spec["properties"]["replicas"],
        json!({"type": "integer", "format": "int32"})
    );
    let containers = &schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"];
    assert_eq!(containers["x-kubernetes-list-type"], "map");
    assert_eq!(containers["x-kubernetes-list-map-keys"], json!(["name"]));
    assert_eq!(containers["x-kubernetes-patch-strategy"], "merge");
    let patch = &document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
    assert_eq!(patch["parameters"][2]["name"], "fieldValidation");
}

#[test]
fn definitions_add_schemas_and_change_addresses() {
    let mut core = Core::new(1, 0);
    let mut write = |method: &str, path: &str, description: &str, version: Option<&Value>| {
        let schema = json!({"openAPIV3Schema": {"type": "object", "description": description, "properties": {
            "spec": {"type": "object", "properties": {"size": {"type": "integer"}}},
        }}});
        let names = json!({"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"});
        let versions = json!([{"name": "v1", "served": true, "storage": true, "schema": schema}]);
        let spec = json!({"group": "example.com", "scope": "Cluster", "names": names, "versions": versions});
        let mut definition = json!({"metadata": {"name": "things.example.com"}, "spec": spec});
        if let Some(version) = version {
            definition["metadata"]["resourceVersion"] = version.clone();
        }
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        core.handle(&request.body(Bytes::from(definition.to_string())).unwrap(), 0);
        let index = get(&mut core, "/openapi/v3");
        let url = index["paths"]["apis/example.com/v1"]["serverRelativeURL"]
            .as_str()
            .unwrap()
            .to_owned();
        let document = get(&mut core, &url);
        let definition = get(&mut core, &format!("{DEFINITIONS}/things.example.com"));
        (url, document, definition["metadata"]["resourceVersion"].clone())
    };
    const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let (before, document, version) = write("POST", DEFINITIONS, "a thing", None);
    let schema = &document["components"]["schemas"]["com.example.v1.Thing"];
    assert_eq!(schema["description"], "a thing");
    assert_eq!(schema["properties"]["spec"]["properties"]["size"]["type"], "integer");
    assert_whole(&document, &before);
    let (after, document, _) = write(
        "PUT",
        &format!("{DEFINITIONS}/things.example.com"),
        "two things",
        Some(&version),
    );
    assert_eq!(
        document["components"]["schemas"]["com.example.v1.Thing"]["description"],
        "two things"
    );
    assert_ne!(before, after);
}

#[test]
fn go_clients_get_protobuf() {
    let mut core = Core::new(1, 0);
    let accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    let (content_type, body) = raw(&mut core, "/openapi/v2", accept);
    assert_eq!(
        content_type,
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    );
    assert!(body.starts_with(b"\x0a\x032.0\x12"));
    let has = |text: &[u8]| body.windows(text.len()).any(|window| window == text);
    assert!(has(b"/api/v1/namespaces/{name}") && has(b"fieldValidation") && has(b"x-kubernetes-group-version-kind"));
}
