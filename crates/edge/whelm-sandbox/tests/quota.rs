//! Resource quotas.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

fn send(core: &mut Core, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let path = format!("/api/v1/namespaces/default/{path}");
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    match core.handle(&request.body(body.into()).unwrap(), 1_800_000_000_000) {
        Answer::Full { code, body, .. } => (code, serde_json::from_slice(&body).unwrap()),
        Answer::Watch(_) => panic!("no watch was asked for"),
    }
}

fn with_quota(hard: &Value) -> Core {
    let mut core = Core::new(7, 1_800_000_000_000);
    let quota = json!({"metadata": {"name": "q"}, "spec": {"hard": hard}});
    assert_eq!(send(&mut core, "POST", "resourcequotas", &quota).0, 201);
    core
}

fn pod(name: &str, resources: &Value) -> Value {
    json!({"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "i", "resources": resources}]}})
}

#[test]
fn too_many_objects() {
    let mut core = with_quota(&json!({"pods": "2", "count/configmaps": "2"}));
    for name in ["a", "b"] {
        assert_eq!(send(&mut core, "POST", "pods", &pod(name, &json!({}))).0, 201);
    }
    let (code, status) = send(&mut core, "POST", "pods", &pod("c", &json!({})));
    let text = "pods \"c\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2";
    assert_eq!((code, status["message"].as_str()), (403, Some(text)));
    let (_, quota) = send(&mut core, "GET", "resourcequotas/q", &Value::Null);
    assert_eq!(quota["status"]["hard"], quota["spec"]["hard"]);
    assert_eq!(quota["status"]["used"]["pods"], "2");
    assert_eq!(send(&mut core, "DELETE", "pods/a", &Value::Null).0, 200);
    assert_eq!(send(&mut core, "POST", "pods", &pod("c", &json!({}))).0, 201);
}

#[test]
fn too_much_of_a_resource() {
    let mut core = with_quota(&json!({"requests.cpu": "1", "limits.memory": "1Gi"}));
    let (_, status) = send(&mut core, "POST", "pods", &pod("a", &json!({})));
    let text = "pods \"a\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c";
    assert_eq!(status["message"], text);
    let half = json!({"requests": {"cpu": "600m"}, "limits": {"memory": "256Mi"}});
    assert_eq!(send(&mut core, "POST", "pods", &pod("a", &half)).0, 201);
    let (_, status) = send(&mut core, "POST", "pods", &pod("b", &half));
    let text = "pods \"b\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: \
                requests.cpu=1";
    assert_eq!(status["message"], text);
    let (_, quota) = send(&mut core, "GET", "resourcequotas/q", &Value::Null);
    assert_eq!(
        quota["status"]["used"],
        json!({"requests.cpu": "600m", "limits.memory": "256Mi"})
    );
}
