//! The columns of all kinds, against those of the real server.

#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

fn table(core: &mut Core, path: &str) -> Value {
    let request = Request::get(path)
        .header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .body(Bytes::new())
        .unwrap();
    let Answer::Full { body, .. } = core.handle(&request, 0) else {
        panic!("no watch was asked for")
    };
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn all_kinds_have_the_real_servers_columns() {
    let mut core = Core::new(1, 0);
    let mut differences = Vec::new();
    for line in include_str!("inputs/columns.txt").lines() {
        let (path, wanted) = line.split_once(' ').unwrap();
        let table = table(&mut core, path);
        let text = |own: &Value, field: &str| own[field].as_str().unwrap_or_default().to_owned();
        let columns: Vec<String> = table["columnDefinitions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| {
                let parts = [
                    text(own, "name"),
                    text(own, "type"),
                    text(own, "format"),
                    own["priority"].to_string(),
                ];
                parts.join(":")
            })
            .collect();
        if columns.join("; ") != wanted {
            differences.push(format!("{path}: {} instead of {wanted}", columns.join("; ")));
        }
        // Some kinds have no list of rows where it would be empty.
        for row in table["rows"].as_array().into_iter().flatten() {
            assert_eq!(row["cells"].as_array().unwrap().len(), columns.len(), "{path}");
        }
    }
    assert_eq!(differences, [""; 0]);
}

#[test]
fn definitions_choose_columns() {
    let mut core = Core::new(1, 0);
    let mut post = |path: &str, object: &Value| {
        let request = Request::post(path).header("content-type", "application/json");
        core.handle(&request.body(Bytes::from(object.to_string())).unwrap(), 0);
    };
    let column = |name: &str, kind: &str, path: &str| json!({"name": name, "type": kind, "jsonPath": path});
    let columns = [
        column("Size", "integer", ".spec.size"),
        column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status"),
        column("Made", "date", ".metadata.creationTimestamp"),
        column("None", "string", ".spec.none"),
    ];
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    let version = json!({
        "name": "v1", "served": true, "storage": true, "schema": schema, "additionalPrinterColumns": columns,
    });
    let names = json!({"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"});
    let spec = json!({"group": "example.com", "scope": "Cluster", "names": names, "versions": [version]});
    let definition = json!({"metadata": {"name": "things.example.com"}, "spec": spec});
    post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition);
    let thing = json!({
        "apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"size": 3},
        "status": {"conditions": [{"type": "Other", "status": "False"}, {"type": "Ready", "status": "True"}]},
    });
    post("/apis/example.com/v1/things", &thing);
    let table = table(&mut core, "/apis/example.com/v1/things");
    assert_eq!(table["columnDefinitions"][1]["name"], "Size");
    assert_eq!(table["rows"][0]["cells"], json!(["a", 3, "True", "0s", null]));
}
