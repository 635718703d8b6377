//! Authentication and role-based access control.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core, User};

const NOW: i64 = 1_800_000_000_000;
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1";

struct Cluster(Core);

impl Cluster {
    fn new() -> Self {
        let tokens = BTreeMap::from([
            ("admin".to_owned(), User::new("admin", &["system:masters"])),
            ("viewer".to_owned(), User::new("viewer", &[])),
            ("carl".to_owned(), User::new("carl", &["g1"])),
        ]);
        Cluster(Core::new(7, NOW).with_rbac(tokens))
    }

    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Bytes::new()
        } else {
            body.to_string().into()
        };
        match self.0.handle(&request.body(body).unwrap(), NOW) {
            Answer::Full { code, body, .. } => (code, serde_json::from_slice(&body).unwrap_or_default()),
            Answer::Watch(_) => (200, Value::Null),
        }
    }

    fn by(&mut self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let authorization = format!("Bearer {token}");
        self.send(method, path, &[("authorization", &authorization)], body)
    }

    fn refused(&mut self, token: &str, method: &str, path: &str, body: &Value) -> String {
        let (code, status) = self.by(token, method, path, body);
        assert_eq!((code, status["reason"].as_str()), (403, Some("Forbidden")), "{status}");
        status["message"].as_str().unwrap().to_owned()
    }

    fn create(&mut self, path: &str, object: &Value) {
        let (code, answer) = self.by("admin", "POST", path, object);
        assert_eq!(code, 201, "{answer}");
    }

    /// Gives somebody a ClusterRole, everywhere or in one namespace.
    fn bind(&mut self, role: &str, subject: &Value, namespace: Option<&str>) {
        let path = match namespace {
            Some(namespace) => format!("{RBAC}/namespaces/{namespace}/rolebindings"),
            None => format!("{RBAC}/clusterrolebindings"),
        };
        self.create(&path, &binding(&format!("b-{role}"), role, subject));
    }
}

fn binding(name: &str, role: &str, subject: &Value) -> Value {
    json!({
        "metadata": {"name": name}, "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
    })
}

fn user(name: &str) -> Value {
    json!({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": name})
}

fn role(name: &str, rules: &Value) -> Value {
    json!({"metadata": {"name": name}, "rules": rules})
}

#[test]
fn refusals_have_the_real_texts() {
    let mut cluster = Cluster::new();
    for (method, path, text) in [
        (
            "GET",
            "/api/v1/namespaces/default/pods",
            "pods is forbidden: User \"viewer\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
        ),
        (
            "GET",
            "/apis/apps/v1/deployments?watch=true",
            "deployments.apps is forbidden: User \"viewer\" cannot watch resource \"deployments\" in API group \"apps\" at the \
             cluster scope",
        ),
        (
            "PUT",
            "/apis/apps/v1/namespaces/default/deployments/web/scale",
            "deployments.apps \"web\" is forbidden: User \"viewer\" cannot update resource \"deployments/scale\" in API group \
             \"apps\" in the namespace \"default\"",
        ),
        (
            "DELETE",
            "/api/v1/namespaces/default/secrets",
            "secrets is forbidden: User \"viewer\" cannot deletecollection resource \"secrets\" in API group \"\" in the \
             namespace \"default\"",
        ),
        (
            "GET",
            "/api/v1/namespaces/default",
            "namespaces \"default\" is forbidden: User \"viewer\" cannot get resource \"namespaces\" in API group \"\" in the \
             namespace \"default\"",
        ),
        (
            "GET",
            "/metrics",
            "forbidden: User \"viewer\" cannot get path \"/metrics\"",
        ),
    ] {
        assert_eq!(cluster.refused("viewer", method, path, &Value::Null), text);
    }
    let (_, status) = cluster.by(
        "viewer",
        "GET",
        "/apis/apps/v1/namespaces/default/deployments/web",
        &Value::Null,
    );
    assert_eq!(
        status["details"],
        json!({"name": "web", "group": "apps", "kind": "deployments"})
    );
}

#[test]
fn unknown_tokens_and_none() {
    let mut cluster = Cluster::new();
    let (code, status) = cluster.by("nope", "GET", "/api", &Value::Null);
    let unauthorized = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "Unauthorized",
        "reason": "Unauthorized", "code": 401,
    });
    assert_eq!((code, status), (401, unauthorized));
    let (code, status) = cluster.send("GET", "/api/v1/pods", &[], &Value::Null);
    assert_eq!(code, 403);
    assert!(
        status["message"]
            .as_str()
            .unwrap()
            .contains("User \"system:anonymous\" cannot list")
    );
    assert_eq!(cluster.send("GET", "/version", &[], &Value::Null).0, 200);
    assert_eq!(cluster.send("GET", "/api", &[], &Value::Null).0, 403);
    assert_eq!(cluster.by("viewer", "GET", "/api", &Value::Null).0, 200);
    assert_eq!(cluster.by("admin", "GET", "/api/v1/secrets", &Value::Null).0, 200);
}

#[test]
fn bindings_hold_where_they_are() {
    let mut cluster = Cluster::new();
    cluster.bind("view", &user("viewer"), Some("default"));
    let (inside, outside) = ("/api/v1/namespaces/default/pods", "/api/v1/namespaces/kube-system/pods");
    assert_eq!(cluster.by("viewer", "GET", inside, &Value::Null).0, 200);
    assert_eq!(cluster.by("viewer", "GET", outside, &Value::Null).0, 403);
    assert_eq!(
        cluster
            .by("viewer", "GET", "/api/v1/namespaces/default/secrets", &Value::Null)
            .0,
        403
    );
    let config = json!({"metadata": {"name": "c"}});
    assert_eq!(
        cluster
            .by("viewer", "POST", "/api/v1/namespaces/default/configmaps", &config)
            .0,
        403
    );
    cluster.bind(
        "edit",
        &json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "g1"}),
        None,
    );
    assert_eq!(
        cluster
            .by("carl", "POST", "/api/v1/namespaces/default/configmaps", &config)
            .0,
        201
    );
}

#[test]
fn roles_collect_the_rules_of_others() {
    let mut cluster = Cluster::new();
    cluster.bind("view", &user("viewer"), None);
    let path = "/apis/example.org/v1/widgets";
    assert_eq!(cluster.by("viewer", "GET", path, &Value::Null).0, 403);
    let mut more = role(
        "widgets",
        &json!([{"apiGroups": ["example.org"], "resources": ["widgets"], "verbs": ["list"]}]),
    );
    more["metadata"]["labels"] = json!({"rbac.authorization.k8s.io/aggregate-to-view": "true"});
    cluster.create(&format!("{RBAC}/clusterroles"), &more);
    // Nothing is served there, but the request may pass.
    assert_eq!(cluster.by("viewer", "GET", path, &Value::Null).0, 404);
    let (_, admin) = cluster.by("admin", "GET", &format!("{RBAC}/clusterroles/admin"), &Value::Null);
    let all = admin["rules"].to_string();
    assert!(all.contains("widgets") && all.contains("deployments/scale"), "{all}");
    cluster.by("admin", "DELETE", &format!("{RBAC}/clusterroles/widgets"), &Value::Null);
    assert_eq!(cluster.by("viewer", "GET", path, &Value::Null).0, 403);
}

#[test]
fn names_subresources_and_missing_roles() {
    let mut cluster = Cluster::new();
    let rules = json!([
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"], "verbs": ["get", "list"]},
        {"apiGroups": ["*"], "resources": ["*/scale"], "verbs": ["*"]},
        {"nonResourceURLs": ["/logs*"], "verbs": ["get"]},
    ]);
    cluster.create(&format!("{RBAC}/clusterroles"), &role("some", &rules));
    cluster.bind("some", &user("viewer"), None);
    cluster.bind("gone", &user("viewer"), None);
    let configs = "/api/v1/namespaces/default/configmaps";
    assert_eq!(
        cluster.by("viewer", "GET", &format!("{configs}/a"), &Value::Null).0,
        404
    );
    assert_eq!(
        cluster.by("viewer", "GET", &format!("{configs}/b"), &Value::Null).0,
        403
    );
    let one = format!("{configs}?fieldSelector=metadata.name%3Da");
    assert_eq!(cluster.by("viewer", "GET", &one, &Value::Null).0, 200);
    let scale = "/apis/apps/v1/namespaces/default/deployments/web/scale";
    assert_eq!(cluster.by("viewer", "GET", scale, &Value::Null).0, 404);
    assert_eq!(cluster.by("viewer", "GET", "/logs/x", &Value::Null).0, 404);
    let text = cluster.refused("viewer", "GET", configs, &Value::Null);
    assert!(
        text.ends_with("namespace \"default\": RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"),
        "{text}"
    );
}

#[test]
fn impersonation() {
    let mut cluster = Cluster::new();
    let admin = ("authorization", "Bearer admin");
    let nodes = "/api/v1/nodes";
    let (code, status) = cluster.send("GET", nodes, &[admin, ("impersonate-user", "bob")], &Value::Null);
    assert_eq!(code, 403);
    assert!(
        status["message"]
            .as_str()
            .unwrap()
            .starts_with("nodes is forbidden: User \"bob\" cannot list")
    );
    let masters = [
        admin,
        ("impersonate-user", "bob"),
        ("impersonate-group", "system:masters"),
    ];
    assert_eq!(cluster.send("GET", nodes, &masters, &Value::Null).0, 200);
    let viewer = ("authorization", "Bearer viewer");
    let (_, status) = cluster.send("GET", "/api", &[viewer, ("impersonate-user", "bob")], &Value::Null);
    assert_eq!(
        status["message"],
        "forbidden: User \"viewer\" cannot impersonate-on:user-info:get path \"/api\""
    );
    let (code, status) = cluster.send("GET", "/api", &[viewer, ("impersonate-group", "g")], &Value::Null);
    let text = "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"g\"}, Extra:map[string][]string(nil)} \
                without impersonating a user name";
    assert_eq!((code, status["message"].as_str()), (400, Some(text)));
    let rules =
        json!([{"apiGroups": [""], "resources": ["users"], "resourceNames": ["bob"], "verbs": ["impersonate"]}]);
    cluster.create(&format!("{RBAC}/clusterroles"), &role("be-bob", &rules));
    cluster.bind("be-bob", &user("viewer"), None);
    assert_eq!(
        cluster
            .send("GET", "/api", &[viewer, ("impersonate-user", "bob")], &Value::Null)
            .0,
        200
    );
    assert_eq!(
        cluster
            .send("GET", "/api", &[viewer, ("impersonate-user", "eve")], &Value::Null)
            .0,
        403
    );
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let account = [admin, ("impersonate-user", "system:serviceaccount:default:robot")];
    let (_, review) = cluster.send("POST", path, &account, &json!({}));
    let info = json!({
        "username": "system:serviceaccount:default:robot",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
    });
    assert_eq!(review["status"]["userInfo"], info);
}

#[test]
fn tokens_of_service_accounts() {
    let mut cluster = Cluster::new();
    let path = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let (code, request) = cluster.by("admin", "POST", path, &json!({"spec": {}}));
    assert_eq!(
        (code, request["spec"]["expirationSeconds"].as_i64()),
        (201, Some(3600)),
        "{request}"
    );
    assert_eq!(request["status"]["expirationTimestamp"], "2027-01-15T09:00:00Z");
    let token = request["status"]["token"].as_str().unwrap().to_owned();
    cluster.bind(
        "view",
        &json!({"kind": "ServiceAccount", "namespace": "default", "name": "default"}),
        None,
    );
    assert_eq!(cluster.by(&token, "GET", "/api/v1/pods", &Value::Null).0, 200);
    let text = cluster.refused(&token, "GET", "/api/v1/secrets", &Value::Null);
    assert!(
        text.contains("User \"system:serviceaccount:default:default\" cannot list"),
        "{text}"
    );
    let review = json!({"spec": {"token": token}});
    let (_, review) = cluster.by("admin", "POST", "/apis/authentication.k8s.io/v1/tokenreviews", &review);
    assert_eq!(
        review["status"]["user"]["username"],
        "system:serviceaccount:default:default"
    );
    // A changed token, one of an account that is gone, and one that has expired are nobody's.
    let mut changed = token.clone();
    changed.replace_range(60..61, if &token[60..61] == "A" { "B" } else { "A" });
    assert_eq!(cluster.by(&changed, "GET", "/api", &Value::Null).0, 401);
    let late = Request::get("/api")
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::new())
        .unwrap();
    let mut later = cluster.0.clone();
    let Answer::Full { code, .. } = later.handle(&late, NOW + 3_601_000) else {
        panic!("no watch was asked for")
    };
    assert_eq!(code, 401);
    cluster.by(
        "admin",
        "DELETE",
        "/api/v1/namespaces/default/serviceaccounts/default",
        &Value::Null,
    );
    assert_eq!(cluster.by(&token, "GET", "/api", &Value::Null).0, 401);
    let (code, short) = cluster.by(
        "admin",
        "POST",
        "/api/v1/namespaces/kube-system/serviceaccounts/default/token",
        &json!({"spec": {"expirationSeconds": 5}}),
    );
    let text = "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a \
                duration less than 10 minutes";
    assert_eq!((code, short["message"].as_str()), (422, Some(text)));
}

#[test]
fn access_reviews() {
    let mut cluster = Cluster::new();
    let pods = json!({"spec": {"resourceAttributes": {"verb": "list", "resource": "pods"}}});
    let own = format!("{REVIEWS}/selfsubjectaccessreviews");
    let (code, review) = cluster.by("viewer", "POST", &own, &pods);
    assert_eq!((code, &review["status"]), (201, &json!({"allowed": false})));
    assert_eq!(review["metadata"]["managedFields"][0]["operation"], "Update");
    let (_, review) = cluster.by("admin", "POST", &own, &pods);
    assert_eq!(review["status"], json!({"allowed": true}));
    let path = json!({"spec": {"nonResourceAttributes": {"verb": "get", "path": "/version"}}});
    let (_, review) = cluster.by("viewer", "POST", &own, &path);
    let reason = "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group \
                  \"system:authenticated\"";
    assert_eq!(review["status"], json!({"allowed": true, "reason": reason}));
    let (code, review) = cluster.by("viewer", "POST", &own, &json!({"spec": {}}));
    let text = ".authorization.k8s.io \"\" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of \
                nonResourceAttributes or resourceAttributes must be specified";
    assert_eq!((code, review["message"].as_str()), (422, Some(text)));
    let others = format!("{REVIEWS}/subjectaccessreviews");
    assert_eq!(cluster.by("viewer", "POST", &others, &pods).0, 403);
    let (_, review) = cluster.by("admin", "POST", &others, &pods);
    assert!(
        review["message"]
            .as_str()
            .unwrap()
            .ends_with("at least one of user or group must be specified")
    );
    let mut of_bob = pods.clone();
    of_bob["spec"]["user"] = "bob".into();
    of_bob["spec"]["groups"] = json!(["system:masters"]);
    let (_, review) = cluster.by("admin", "POST", &others, &of_bob);
    assert_eq!(review["status"]["allowed"], true);
    let local = format!("{REVIEWS}/namespaces/default/localsubjectaccessreviews");
    let (_, review) = cluster.by("admin", "POST", &local, &of_bob);
    assert!(
        review["message"]
            .as_str()
            .unwrap()
            .ends_with("Invalid value: \"\": must match metadata.namespace")
    );
}

#[test]
fn rules_reviews() {
    let mut cluster = Cluster::new();
    let path = format!("{REVIEWS}/selfsubjectrulesreviews");
    let (_, review) = cluster.by("viewer", "POST", &path, &json!({"spec": {}}));
    assert_eq!(review["message"], "no namespace on request");
    let (_, review) = cluster.by("viewer", "POST", &path, &json!({"spec": {"namespace": "default"}}));
    let status = &review["status"];
    assert_eq!((&review["spec"], &status["incomplete"]), (&json!({}), &json!(false)));
    let rules = status["resourceRules"].as_array().unwrap();
    assert!(rules.contains(&json!({
        "verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"],
    })));
}

#[test]
fn nobody_gives_away_more_than_they_have() {
    let mut cluster = Cluster::new();
    let roles = format!("{RBAC}/clusterroles");
    let own = json!([
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles", "rolebindings"], "verbs": ["create", "update"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
    ]);
    cluster.create(&roles, &role("r0", &own));
    cluster.bind("r0", &user("carl"), None);
    cluster.bind("gone", &user("carl"), None);
    let wanted = json!([
        {"apiGroups": ["", "apps"], "resources": ["pods"], "verbs": ["list", "get"]},
        {"nonResourceURLs": ["/x"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a", "b"], "verbs": ["get"]},
    ]);
    let text = "clusterroles.rbac.authorization.k8s.io \"r2\" is forbidden: user \"carl\" (groups=[\"g1\" \
        \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], \
        Resources:[\"pods\"], Verbs:[\"list\"]}\n{APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"a\"], \
        Verbs:[\"get\"]}\n{APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"b\"], Verbs:[\"get\"]}\n{APIGroups:\
        [\"apps\"], Resources:[\"pods\"], Verbs:[\"list\" \"get\"]}\n{NonResourceURLs:[\"/x\"], Verbs:[\"get\"]}; resolution \
        errors: [clusterroles.rbac.authorization.k8s.io \"gone\" not found]";
    assert_eq!(cluster.refused("carl", "POST", &roles, &role("r2", &wanted)), text);
    let held = role(
        "r2",
        &json!([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
    );
    assert_eq!(cluster.by("carl", "POST", &roles, &held).0, 201);
    assert_eq!(
        cluster.by("carl", "PUT", &format!("{roles}/r2"), &role("r2", &own)).0,
        200
    );
    assert_eq!(
        cluster
            .by("carl", "PUT", &format!("{roles}/r2"), &role("r2", &wanted))
            .0,
        403
    );
    let collecting = json!({
        "metadata": {"name": "r4"}, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]},
    });
    let text = "clusterroles.rbac.authorization.k8s.io \"r4\" is forbidden: must have cluster-admin privileges to use the \
                aggregationRule";
    assert_eq!(cluster.refused("carl", "POST", &roles, &collecting), text);
    let bindings = format!("{RBAC}/namespaces/default/rolebindings");
    let (code, status) = cluster.by("carl", "POST", &bindings, &binding("b", "absent", &user("eve")));
    let text = "rolebindings.rbac.authorization.k8s.io \"absent\" not found";
    assert_eq!((code, status["message"].as_str()), (404, Some(text)));
    assert_eq!(
        cluster
            .by("carl", "POST", &bindings, &binding("b", "view", &user("eve")))
            .0,
        403
    );
    assert_eq!(
        cluster
            .by("carl", "POST", &bindings, &binding("b", "r2", &user("eve")))
            .0,
        201
    );
    let may_bind = json!([{
        "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "resourceNames": ["view"], "verbs": ["bind"],
    }]);
    cluster.create(&roles, &role("binder", &may_bind));
    cluster.bind("binder", &user("carl"), None);
    assert_eq!(
        cluster
            .by("carl", "POST", &bindings, &binding("b2", "view", &user("eve")))
            .0,
        201
    );
}

#[test]
fn everybody_is_an_administrator_without_it() {
    let mut core = Core::new(7, NOW);
    let mut ask = |path: &str, body: &Value| {
        let request = Request::post(path)
            .header("authorization", "Bearer x")
            .body(body.to_string().into())
            .unwrap();
        match core.handle(&request, NOW) {
            Answer::Full { body, .. } => serde_json::from_slice::<Value>(&body).unwrap(),
            Answer::Watch(_) => panic!("no watch was asked for"),
        }
    };
    let pods = json!({"spec": {"resourceAttributes": {"verb": "list", "resource": "pods"}}});
    assert_eq!(
        ask(&format!("{REVIEWS}/selfsubjectaccessreviews"), &pods)["status"],
        json!({"allowed": true})
    );
    let review = ask("/apis/authentication.k8s.io/v1/selfsubjectreviews", &json!({}));
    assert_eq!(
        review["status"]["userInfo"]["groups"],
        json!(["system:masters", "system:authenticated"])
    );
    let review = ask(
        &format!("{REVIEWS}/selfsubjectrulesreviews"),
        &json!({"spec": {"namespace": "default"}}),
    );
    assert_eq!(review["status"]["resourceRules"][0]["verbs"], json!(["*"]));
}
