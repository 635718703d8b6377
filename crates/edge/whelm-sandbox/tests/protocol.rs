//! What the server says beside objects: paths, deletions, patches, reviews and tokens.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

const NOW: i64 = 1_800_000_000_000;
const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";
const JOBS: &str = "/apis/batch/v1/namespaces/default/jobs";

struct Cluster(Core);

impl Cluster {
    fn new() -> Self {
        Cluster(Core::new(7, NOW))
    }

    /// Returns the code, the body and the warnings of an answer.
    fn send(&mut self, method: &str, path: &str, content_type: &str, body: &str) -> (u16, String, Vec<String>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .header("user-agent", "test/1.0");
        match self.0.handle(&request.body(body.to_owned().into()).unwrap(), NOW) {
            Answer::Full {
                code, body, warnings, ..
            } => (code, String::from_utf8(body.to_vec()).unwrap(), warnings),
            Answer::Watch(_) => panic!("no watch was asked for"),
        }
    }

    fn json(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (code, answer, _) = self.send(method, path, "application/json", &body.to_string());
        (code, serde_json::from_str(&answer).unwrap())
    }

    fn message(&mut self, method: &str, path: &str, content_type: &str, body: &Value) -> (u16, String) {
        let (code, answer, _) = self.send(method, path, content_type, &body.to_string());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        (code, answer["message"].as_str().unwrap_or_default().to_owned())
    }
}

#[test]
fn paths_of_the_servers_own_groups_are_refused_with_a_status() {
    let mut cluster = Cluster::new();
    for path in [
        "/api/v2",
        "/api/v1/nothings",
        "/apis/apps/v2",
        "/apis/apps/v2/deployments",
    ] {
        assert_eq!(
            cluster.message("GET", path, "", &Value::Null),
            (404, "the server could not find the requested resource".into()),
            "{path}",
        );
    }
    for path in ["/nothing", "/apis/none.example.com", "/apis/none.example.com/v1/things"] {
        let (code, answer, _) = cluster.send("GET", path, "", "");
        assert_eq!((code, answer.as_str()), (404, "404 page not found\n"), "{path}");
    }
    let reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x";
    assert_eq!(cluster.message("DELETE", reviews, "", &Value::Null).0, 404);
    for path in ["/api/v1/configmaps", "/api/v1/componentstatuses/x"] {
        assert_eq!(cluster.message("DELETE", path, "", &Value::Null).0, 405, "{path}");
    }
}

#[test]
fn patches_replace_and_test_whole_documents() {
    let mut cluster = Cluster::new();
    let map = json!({"metadata": {"name": "m"}, "data": {"a": "1"}});
    assert_eq!(cluster.json("POST", CONFIG_MAPS, &map).0, 201);
    let path = format!("{CONFIG_MAPS}/m");
    let mut patch = |value: Value| {
        let patch = json!([{"op": "replace", "path": "", "value": value}]);
        cluster.message("PATCH", &path, "application/json-patch+json", &patch)
    };
    let (code, message) = patch(json!({"metadata": {"name": "m"}}));
    assert_eq!(
        (code, message.as_str()),
        (
            400,
            "the name of the object (m based on URL) was undeterminable: name must be provided"
        ),
    );
    assert_eq!(patch(json!(3)).0, 422);
    assert_eq!(
        patch(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}})).0,
        200
    );
}

#[test]
fn deletions_keep_to_what_was_decided_before() {
    let mut cluster = Cluster::new();
    let job = json!({"metadata": {"name": "j"}, "spec": {"suspend": true, "template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}],
    }}}});
    let (code, created) = cluster.json("POST", JOBS, &job);
    assert_eq!((code, &created["metadata"]["labels"]["job-name"]), (201, &json!("j")));
    let path = format!("{JOBS}/j?dryRun=All");
    let mut deleted = |path: &str, options: &str| cluster.send("DELETE", path, "application/json", options);
    let (_, answer, warnings) = deleted(&path, "");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["metadata"]["finalizers"], json!(["orphan"]));
    assert_eq!(warnings.len(), 1);
    let (_, answer, warnings) = deleted(&path, r#"{"orphanDependents": false}"#);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((answer["kind"].as_str(), warnings.len()), (Some("Status"), 0));
    let (code, _, warnings) = deleted(&format!("{JOBS}/none"), "");
    assert_eq!((code, warnings.len()), (404, 1));
}

#[test]
fn names_of_objects_that_are_going_are_taken() {
    let mut cluster = Cluster::new();
    let map = json!({"metadata": {"name": "m", "finalizers": ["example.com/x"]}});
    cluster.json("POST", CONFIG_MAPS, &map);
    cluster.json("DELETE", &format!("{CONFIG_MAPS}/m"), &json!({}));
    assert_eq!(
        cluster.message("POST", CONFIG_MAPS, "application/json", &map),
        (409, "object is being deleted: configmaps \"m\" already exists".into()),
    );
}

#[test]
fn reviews_and_tokens_belong_to_who_asks() {
    let mut cluster = Cluster::new();
    let review = json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}});
    let (_, answer) = cluster.json(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        &review,
    );
    assert_eq!(
        answer["metadata"]["managedFields"][0]["fieldsV1"],
        json!({"f:spec": {"f:resourceAttributes": {".": {}, "f:resource": {}, "f:verb": {}}}}),
    );
    let tokens = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let (code, answer) = cluster.json("POST", tokens, &json!({}));
    let owner = &answer["metadata"]["managedFields"][0];
    assert_eq!((code, &owner["subresource"]), (201, &json!("token")));
    assert_eq!(owner["fieldsV1"], json!({"f:spec": {"f:expirationSeconds": {}}}));
    let review = json!({"spec": {"token": answer["status"]["token"]}});
    let (_, known) = cluster.json("POST", "/apis/authentication.k8s.io/v1/tokenreviews", &review);
    assert_eq!(known["status"]["authenticated"], json!(true));
    let bound = |kind: &str| json!({"spec": {"boundObjectRef": {"apiVersion": "v1", "kind": kind, "name": "none"}}});
    for (kind, expected) in [
        ("Pod", (404, "pods \"none\" not found")),
        ("Odd", (400, "cannot bind token to object of type /v1, Kind=Odd")),
    ] {
        let (code, message) = cluster.message("POST", tokens, "application/json", &bound(kind));
        assert_eq!((code, message.as_str()), expected);
    }
}
