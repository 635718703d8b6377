//! Names of objects, given and generated.

use serde_json::json;

use super::Book;

const NAMES: &[&str] = &[
    "UPPER",
    "under_score",
    "dot.ted",
    "-start",
    "end-",
    "a/b",
    "a%b",
    "a b",
    "",
    ".",
    "..",
    "ünïcode",
    "1digit",
    "a..b",
    "x.y-z",
    "CAPS.dot",
    "this-name-is-longer-than-sixty-three-characters-which-is-too-much-for-labels",
];

pub(super) fn write(book: &mut Book<'_>) {
    book.for_each("names", |script, kind| {
        let path = kind.collection(&script.place);
        for name in NAMES {
            let mut object = kind.example(&script.place, 0);
            object["metadata"]["name"] = json!(name);
            script.post(&format!("{path}?dryRun=All"), &object);
        }
        let mut object = kind.example(&script.place, 0);
        object["metadata"]["name"] = json!("a".repeat(254));
        script.post(&path, &object);
    });
    book.for_each("generated-names", |script, kind| {
        let path = kind.collection(&script.place);
        for prefix in [
            "made-",
            "Bad_",
            "",
            "this-prefix-is-longer-than-fifty-eight-characters-and-gets-cut-off-somewhere-",
        ] {
            let mut object = kind.example(&script.place, 0);
            object["metadata"] = json!({"generateName": prefix});
            script.post(&format!("{path}?dryRun=All"), &object);
        }
        let mut object = kind.example(&script.place, 0);
        object["metadata"]["generateName"] = json!("unused-");
        script.post(&format!("{path}?dryRun=All"), &object);
        object["metadata"]["namespace"] = json!("elsewhere");
        script.post(&format!("{path}?dryRun=All"), &object);
    });
    book.add("metadata", |script| {
        let path = script.core("configmaps");
        let metadata = [
            json!({"name": "m", "labels": {"a b": "c"}}),
            json!({"name": "m", "labels": {"a": "b c"}}),
            json!({"name": "m", "labels": {"": "c", "/x": "y", "x/": "z", "UP.example.com/a": "b", "up.example.com/a_": ""}}),
            json!({"name": "m", "labels": {"a": "x".repeat(64), "b".repeat(64): "c"}}),
            json!({"name": "m", "labels": {"a": 5}}),
            json!({"name": "m", "labels": {"a": null}}),
            json!({"name": "m", "labels": ["a"]}),
            json!({"name": "m", "annotations": {"a b": "c", "Upper/case": "x", "ok": "anything at all \u{1F600}"}}),
            json!({"name": "m", "annotations": {"big": "x".repeat(270_000)}}),
            json!({"name": "m", "finalizers": ["a", "example.com/b", "bad name", "orphan"]}),
            json!({"name": "m", "finalizers": ["foregroundDeletion", "orphan"]}),
            json!({"name": "m", "ownerReferences": [{}]}),
            json!({"name": "m", "ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "u"}]}),
            json!({"name": "m", "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "e", "uid": "u", "controller": true}, {"apiVersion": "v1", "kind": "Pod", "name": "f", "uid": "v", "controller": true}]}),
            json!({"name": "m", "ownerReferences": [{"apiVersion": "a/b/c", "kind": "Pod", "name": "e", "uid": "u"}]}),
            json!({"name": "m", "generation": -3, "selfLink": "/x", "uid": "given", "creationTimestamp": "2020-01-01T00:00:00Z", "deletionTimestamp": "2020-01-01T00:00:00Z", "deletionGracePeriodSeconds": 7}),
            json!({"name": "m", "creationTimestamp": "yesterday"}),
            json!({"name": "m", "creationTimestamp": 5}),
            json!({"name": "m", "resourceVersion": "5"}),
            json!({"name": "m", "resourceVersion": "0"}),
            json!({"name": "m", "managedFields": [{"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {".": {}, "f:a": {}}}}]}),
            json!({"name": "m", "managedFields": [{"manager": "x", "operation": "Odd", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {}}}]}),
            json!({"name": "m", "managedFields": [{"manager": "x", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV2", "fieldsV1": {"data": {}}}]}),
            json!({"name": "m", "namespace": "other"}),
            json!({"name": 5}),
            json!({}),
        ];
        for metadata in metadata {
            script.post(&format!("{path}?dryRun=All"), &json!({"metadata": metadata, "data": {"a": "1"}}));
        }
        script.post("/api/v1/namespaces/nowhere/configmaps", &json!({"metadata": {"name": "m"}}));
        script.post("/api/v1/configmaps", &json!({"metadata": {"name": "m", "namespace": "default"}}));
        script.post("/api/v1/configmaps", &json!({"metadata": {"name": "m"}}));
    });
}
