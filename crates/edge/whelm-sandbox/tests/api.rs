//! The server's answers to plain requests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core, Watch};

struct Cluster(Core);

impl Cluster {
    fn new() -> Self {
        Cluster(Core::new(7, 1_800_000_000_000))
    }

    fn ask(&mut self, method: &str, path: &str, content_type: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            Bytes::new()
        } else {
            body.to_string().into()
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .header("accept", "application/json")
            .header("user-agent", "test/1.0")
            .body(body)
            .unwrap();
        self.0.handle(&request, 1_800_000_000_000)
    }

    fn json(&mut self, method: &str, path: &str, content_type: &str, body: &Value) -> (u16, Value) {
        match self.ask(method, path, content_type, body) {
            Answer::Full { code, body, .. } => (code, serde_json::from_slice(&body).unwrap()),
            Answer::Watch(_) => panic!("{path} is a watch"),
        }
    }

    fn get(&mut self, path: &str) -> (u16, Value) {
        self.json("GET", path, "", &Value::Null)
    }

    fn create(&mut self, path: &str, object: &Value) -> (u16, Value) {
        self.json("POST", path, "application/json", object)
    }

    fn apply(&mut self, path: &str, object: &Value) -> (u16, Value) {
        self.json("PATCH", path, "application/apply-patch+yaml", object)
    }

    fn watch(&mut self, path: &str) -> Watch {
        match self.ask("GET", path, "", &Value::Null) {
            Answer::Watch(watch) => watch,
            Answer::Full { body, .. } => panic!("no watch: {body:?}"),
        }
    }
}

fn deployment(name: &str, replicas: i64) -> Value {
    let labels = json!({"app": name});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "default"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "c", "image": "nginx:1", "ports": [{"containerPort": 80}]}]},
        }},
    })
}

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

fn status_of(object: &Value) -> kstatus::StatusResult {
    kstatus::compute(object, kstatus::Timestamp::from_unix_seconds(1_800_000_000)).unwrap()
}

/// What the cluster itself and others write at one version is seen at the other one, too.
#[test]
fn autoscalers_at_both_versions() {
    let mut cluster = Cluster::new();
    let path = |version: &str| format!("/apis/autoscaling/{version}/namespaces/default/horizontalpodautoscalers");
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"});
    let old = |share: i64| {
        json!({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "a"},
            "spec": {"scaleTargetRef": target, "maxReplicas": 2, "targetCPUUtilizationPercentage": share}})
    };
    cluster.create(&path("v1"), &old(80));
    let [first, second] = ["v1", "v2"].map(|version| format!("{}/a", path(version)));
    let share = |cluster: &mut Cluster| {
        let (old, new) = (cluster.get(&first).1, cluster.get(&second).1);
        assert!(
            old["spec"].get("metrics").is_none() && old["status"].get("conditions").is_none(),
            "{old}"
        );
        assert!(new["status"]["conditions"].is_array(), "{new}");
        let metric = &new["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"];
        assert_eq!(old["spec"]["targetCPUUtilizationPercentage"], *metric);
        metric.clone()
    };
    assert_eq!(share(&mut cluster), 80);
    let label = json!([{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}]);
    for path in [&second, &first] {
        cluster.json("PATCH", path, "application/json-patch+json", &label);
        assert_eq!(share(&mut cluster), 80);
    }
    let (code, _) = cluster.apply(&format!("{first}?fieldManager=helm&force=true"), &old(70));
    assert_eq!((code, share(&mut cluster)), (200, json!(70)));
}

#[test]
fn volumes_go_after_their_claims() {
    let mut cluster = Cluster::new();
    let claims = "/api/v1/namespaces/default/persistentvolumeclaims";
    let resources = json!({"requests": {"storage": "1Gi"}});
    let spec = json!({"accessModes": ["ReadWriteOnce"], "resources": resources});
    cluster.create(claims, &json!({"metadata": {"name": "data"}, "spec": spec}));
    let volumes = |cluster: &mut Cluster| cluster.get("/api/v1/persistentvolumes").1["items"].clone();
    let name = volumes(&mut cluster)[0]["metadata"]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    // As long as its claim is there it stays.
    cluster.json("DELETE", &format!("/api/v1/persistentvolumes/{name}"), "", &Value::Null);
    assert!(volumes(&mut cluster)[0]["metadata"]["deletionTimestamp"].is_string());
    cluster.json("DELETE", &format!("{claims}/data"), "", &Value::Null);
    assert_eq!(volumes(&mut cluster), json!([]));
}

#[test]
fn deployments_become_current() {
    let mut cluster = Cluster::new();
    let (code, created) = cluster.create(DEPLOYMENTS, &deployment("web", 3));
    assert_eq!((code, created["metadata"]["generation"].as_i64()), (201, Some(1)));
    let (_, live) = cluster.get(&format!("{DEPLOYMENTS}/web"));
    assert_eq!(
        status_of(&live).message,
        "Deployment is available. Replicas: 3",
        "{live}"
    );
    let (_, pods) = cluster.get("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb");
    let pods = pods["items"].as_array().unwrap();
    assert_eq!(pods.len(), 3);
    assert!(pods.iter().all(|pod| pod["status"]["phase"] == "Running"));

    let (code, _) = cluster.json("DELETE", &format!("{DEPLOYMENTS}/web"), "", &Value::Null);
    assert_eq!(code, 200);
    let (_, left) = cluster.get("/api/v1/namespaces/default/pods");
    assert_eq!(left["items"], json!([]));
}

#[test]
fn every_workload_becomes_current() {
    let mut cluster = Cluster::new();
    let template = |policy: &str| {
        json!({"metadata": {"labels": {"app": "x"}}, "spec": {
            "restartPolicy": policy, "containers": [{"name": "c", "image": "i"}]}})
    };
    let selector = json!({"matchLabels": {"app": "x"}});
    let claim = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
    let objects = [
        (
            "apis/apps/v1",
            "statefulsets",
            json!({"replicas": 2, "serviceName": "x", "selector": selector,
            "template": template("Always"), "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}]}),
        ),
        (
            "apis/apps/v1",
            "daemonsets",
            json!({"selector": selector, "template": template("Always")}),
        ),
        (
            "apis/apps/v1",
            "replicasets",
            json!({"replicas": 2, "selector": selector, "template": template("Always")}),
        ),
        (
            "apis/batch/v1",
            "jobs",
            json!({"completions": 2, "template": template("Never")}),
        ),
        (
            "apis/batch/v1",
            "cronjobs",
            json!({"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template("Never")}}}),
        ),
        ("api/v1", "persistentvolumeclaims", claim.clone()),
        (
            "api/v1",
            "services",
            json!({"type": "LoadBalancer", "selector": {"app": "x"}, "ports": [{"port": 80}]}),
        ),
        (
            "apis/policy/v1",
            "poddisruptionbudgets",
            json!({"minAvailable": 1, "selector": selector}),
        ),
        (
            "apis/autoscaling/v2",
            "horizontalpodautoscalers",
            json!({"maxReplicas": 3,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "x"}}),
        ),
    ];
    for (prefix, plural, spec) in objects {
        let path = format!("/{prefix}/namespaces/default/{plural}");
        let (code, answer) = cluster.create(&path, &json!({"metadata": {"name": "x"}, "spec": spec}));
        assert_eq!(code, 201, "{answer}");
        let (_, live) = cluster.get(&format!("{path}/x"));
        assert_eq!(status_of(&live).status, kstatus::Status::Current, "{live}");
    }
    let (_, claim) = cluster.get("/api/v1/namespaces/default/persistentvolumeclaims/data-x-1");
    assert_eq!(claim["status"]["phase"], "Bound");
    let (_, service) = cluster.get("/api/v1/namespaces/default/services/x");
    assert!(service["status"]["loadBalancer"]["ingress"][0]["ip"].is_string());
    let (_, slices) = cluster.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices");
    assert!(
        !slices["items"][0]["endpoints"].as_array().unwrap().is_empty(),
        "{slices}"
    );
}

#[test]
fn applied_objects_have_owners_and_conflicts() {
    let mut cluster = Cluster::new();
    let path = format!("{DEPLOYMENTS}/web?fieldManager=helm&fieldValidation=Strict");
    let (code, created) = cluster.apply(&path, &deployment("web", 1));
    assert_eq!(code, 201, "{created}");
    let owners = created["metadata"]["managedFields"].as_array().unwrap();
    assert_eq!(
        (owners.len(), &owners[0]["manager"], &owners[0]["operation"]),
        (1, &json!("helm"), &json!("Apply"))
    );
    assert_eq!(owners[0]["fieldsV1"]["f:spec"]["f:replicas"], json!({}));
    assert!(owners[0]["fieldsV1"]["f:spec"].get("f:strategy").is_none());

    let (code, _) = cluster.apply(&path, &deployment("web", 1));
    assert_eq!(code, 200);
    let other = format!("{DEPLOYMENTS}/web?fieldManager=kubectl");
    let (code, refused) = cluster.apply(&other, &deployment("web", 2));
    assert_eq!(code, 409);
    assert_eq!(
        refused["message"],
        "Apply failed with 1 conflict: conflict with \"helm\": .spec.replicas"
    );
    let (code, _) = cluster.apply(&format!("{other}&force=true"), &deployment("web", 2));
    assert_eq!(code, 200);

    let mut odd = deployment("web", 2);
    odd["spec"]["odd"] = json!(1);
    let (code, refused) = cluster.apply(&path, &odd);
    assert_eq!(code, 500);
    assert_eq!(
        refused["message"],
        "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): \
         .spec.odd: field not declared in schema",
    );
}

#[test]
fn patches() {
    let mut cluster = Cluster::new();
    cluster.create(DEPLOYMENTS, &deployment("web", 1));
    let path = format!("{DEPLOYMENTS}/web");
    let strategic = json!({"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "nginx:2"}]}}}});
    let (code, patched) = cluster.json("PATCH", &path, "application/strategic-merge-patch+json", &strategic);
    assert_eq!(code, 200, "{patched}");
    let container = &patched["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        (&container["image"], &container["ports"][0]["containerPort"]),
        (&json!("nginx:2"), &json!(80))
    );
    assert_eq!(patched["metadata"]["generation"], 2);
    let (code, _) = cluster.json(
        "PATCH",
        &path,
        "application/merge-patch+json",
        &json!({"spec": {"replicas": 2}}),
    );
    assert_eq!(code, 200);
    let operations = json!([{"op": "replace", "path": "/spec/replicas", "value": 4}]);
    let (code, patched) = cluster.json("PATCH", &path, "application/json-patch+json", &operations);
    assert_eq!((code, &patched["spec"]["replicas"]), (200, &json!(4)));
    let (code, refused) = cluster.json("PATCH", &path, "text/plain", &json!({}));
    assert_eq!(
        (code, &refused["message"]),
        (415, &json!("415: Unsupported Media Type"))
    );
    let (code, scale) = cluster.json(
        "PATCH",
        &format!("{path}/scale"),
        "application/merge-patch+json",
        &json!({"spec": {"replicas": 5}}),
    );
    assert_eq!((code, &scale["spec"]["replicas"]), (200, &json!(5)));
}

#[test]
fn refusals_have_the_servers_words() {
    let mut cluster = Cluster::new();
    cluster.create(DEPLOYMENTS, &deployment("web", 1));
    let table = [
        (
            cluster.get(&format!("{DEPLOYMENTS}/nothing")),
            404,
            "deployments.apps \"nothing\" not found",
        ),
        (
            cluster.create(DEPLOYMENTS, &deployment("web", 1)),
            409,
            "deployments.apps \"web\" already exists",
        ),
        (
            cluster.create(
                "/api/v1/namespaces/nowhere/configmaps",
                &json!({"metadata": {"name": "a"}}),
            ),
            404,
            "namespaces \"nowhere\" not found",
        ),
        (
            cluster.create("/api/v1/namespaces/default/configmaps", &json!({"metadata": {}})),
            422,
            "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required",
        ),
        (
            cluster.create(
                "/api/v1/namespaces/default/configmaps?fieldValidation=Strict",
                &json!({"metadata": {"name": "a"}, "odd": 1}),
            ),
            400,
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"odd\"",
        ),
        (
            cluster.get("/apis/apps/v1/widgets"),
            404,
            "the server could not find the requested resource",
        ),
        (
            cluster.json("PUT", DEPLOYMENTS, "", &json!({})),
            405,
            "the server does not allow this method on the requested resource",
        ),
    ];
    for ((code, answer), expected, message) in table {
        assert_eq!((code, answer["message"].as_str().unwrap()), (expected, message));
        assert_eq!(
            (answer["kind"].as_str(), answer["code"].as_u64()),
            (Some("Status"), Some(u64::from(expected)))
        );
    }
    let mut other = deployment("web", 1);
    other["spec"]["selector"] = json!({"matchLabels": {"app": "other"}});
    other["spec"]["template"]["metadata"]["labels"] = json!({"app": "other"});
    let (code, answer) = cluster.json("PUT", &format!("{DEPLOYMENTS}/web"), "application/json", &other);
    assert_eq!(code, 422);
    assert_eq!(
        answer["message"],
        "Deployment.apps \"web\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: \
         field is immutable",
    );
}

#[test]
fn updates_check_versions() {
    let mut cluster = Cluster::new();
    let path = "/api/v1/namespaces/default/configmaps";
    let (_, created) = cluster.create(path, &json!({"metadata": {"name": "a"}, "data": {"k": "1"}}));
    let mut changed = created.clone();
    changed["data"]["k"] = json!("2");
    let (code, updated) = cluster.json("PUT", &format!("{path}/a"), "application/json", &changed);
    assert_eq!(code, 200, "{updated}");
    let (code, refused) = cluster.json("PUT", &format!("{path}/a"), "application/json", &changed);
    assert_eq!(code, 409);
    assert_eq!(
        refused["message"],
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the \
         latest version and try again",
    );
    let (_, same) = cluster.json("PUT", &format!("{path}/a"), "application/json", &updated);
    assert_eq!(
        same["metadata"]["resourceVersion"],
        updated["metadata"]["resourceVersion"]
    );
}

#[test]
fn secrets_services_and_dry_runs() {
    let mut cluster = Cluster::new();
    let secrets = "/api/v1/namespaces/default/secrets";
    let (_, secret) = cluster.create(secrets, &json!({"metadata": {"name": "s"}, "stringData": {"k": "foo"}}));
    assert_eq!(
        (&secret["data"], &secret["type"], secret.get("stringData")),
        (&json!({"k": "Zm9v"}), &json!("Opaque"), None)
    );
    let services = "/api/v1/namespaces/default/services";
    let spec = json!({"ports": [{"port": 80}]});
    let (_, service) = cluster.create(services, &json!({"metadata": {"name": "s"}, "spec": spec}));
    assert!(service["spec"]["clusterIP"].as_str().unwrap().starts_with("10.96."));
    assert_eq!(
        service["spec"]["ports"][0],
        json!({"port": 80, "protocol": "TCP", "targetPort": 80})
    );
    let (code, _) = cluster.create(
        &format!("{services}?dryRun=All"),
        &json!({"metadata": {"name": "t"}, "spec": spec}),
    );
    assert_eq!(code, 201);
    assert_eq!(cluster.get(&format!("{services}/t")).0, 404);
}

#[test]
fn watches_see_changes() {
    let mut cluster = Cluster::new();
    let path = "/api/v1/namespaces/default/configmaps";
    cluster.create(path, &json!({"metadata": {"name": "a", "labels": {"x": "1"}}}));
    let mut watch = cluster.watch(&format!(
        "{path}?watch=true&labelSelector=x&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    ));
    let kinds = |cluster: &Cluster, watch: &mut Watch| -> Vec<String> {
        let (events, _) = cluster.0.poll_watch(watch);
        events
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(&cluster, &mut watch), ["ADDED", "BOOKMARK"]);
    assert!(kinds(&cluster, &mut watch).is_empty());
    let patch = |cluster: &mut Cluster, labels: Value| {
        cluster.json(
            "PATCH",
            &format!("{path}/a"),
            "application/merge-patch+json",
            &json!({"metadata": {"labels": labels}}),
        );
    };
    patch(&mut cluster, json!({"x": "2"}));
    patch(&mut cluster, json!({"x": null}));
    patch(&mut cluster, json!({"x": "3"}));
    cluster.json("DELETE", &format!("{path}/a"), "", &Value::Null);
    assert_eq!(kinds(&cluster, &mut watch), ["MODIFIED", "DELETED", "ADDED", "DELETED"]);
}

#[test]
fn custom_resources() {
    let mut cluster = Cluster::new();
    let schema = json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {
        "size": {"type": "integer", "default": 3}, "name": {"type": "string"}}}}});
    let definition = json!({"metadata": {"name": "widgets.example.org"}, "spec": {
        "group": "example.org", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}]}});
    let (code, _) = cluster.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition);
    assert_eq!(code, 201);
    let (_, live) = cluster.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org");
    assert_eq!(status_of(&live).message, "CRD is established");
    assert_eq!(live["spec"]["names"]["listKind"], "WidgetList");
    let path = "/apis/example.org/v1/namespaces/default/widgets";
    let object = json!({"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"},
        "spec": {"name": "x", "odd": 1}});
    let (code, created) = cluster.create(path, &object);
    assert_eq!((code, &created["spec"]), (201, &json!({"name": "x", "size": 3})));
    let (_, list) = cluster.get("/apis/example.org/v1");
    assert_eq!(list["resources"][0]["kind"], "Widget");
    cluster.json(
        "DELETE",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org",
        "",
        &Value::Null,
    );
    let Answer::Full { code, .. } = cluster.ask("GET", path, "", &Value::Null) else {
        panic!("no watch was asked for")
    };
    assert_eq!(code, 404);
}

#[test]
fn namespaces_end_with_all_that_is_in_them() {
    let mut cluster = Cluster::new();
    cluster.create("/api/v1/namespaces", &json!({"metadata": {"name": "n"}}));
    let (_, account) = cluster.get("/api/v1/namespaces/n/serviceaccounts/default");
    assert_eq!(account["metadata"]["name"], "default");
    let mut object = deployment("web", 2);
    object["metadata"]["namespace"] = json!("n");
    let (code, answer) = cluster.create("/apis/apps/v1/namespaces/n/deployments", &object);
    assert_eq!(code, 201, "{answer}");
    cluster.json("DELETE", "/api/v1/namespaces/n", "", &Value::Null);
    assert_eq!(cluster.get("/api/v1/namespaces/n").0, 404);
    assert_eq!(cluster.get("/api/v1/namespaces/n/pods").1["items"], json!([]));
}

#[test]
fn finalizers_and_foreground_deletion() {
    let mut cluster = Cluster::new();
    let path = "/api/v1/namespaces/default/configmaps";
    cluster.create(
        path,
        &json!({"metadata": {"name": "a", "finalizers": ["example.org/f"]}}),
    );
    let (_, marked) = cluster.json("DELETE", &format!("{path}/a"), "", &Value::Null);
    assert!(marked["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(cluster.get(&format!("{path}/a")).0, 200);
    let patch = json!({"metadata": {"finalizers": null}});
    cluster.json("PATCH", &format!("{path}/a"), "application/merge-patch+json", &patch);
    assert_eq!(cluster.get(&format!("{path}/a")).0, 404);

    cluster.create(DEPLOYMENTS, &deployment("web", 1));
    let options = json!({"propagationPolicy": "Orphan"});
    cluster.json("DELETE", &format!("{DEPLOYMENTS}/web"), "application/json", &options);
    let (_, sets) = cluster.get("/apis/apps/v1/namespaces/default/replicasets");
    assert_eq!(sets["items"].as_array().unwrap().len(), 1);
    let name = sets["items"][0]["metadata"]["name"].as_str().unwrap();
    let options = json!({"propagationPolicy": "Foreground"});
    cluster.json(
        "DELETE",
        &format!("/apis/apps/v1/namespaces/default/replicasets/{name}"),
        "application/json",
        &options,
    );
    assert_eq!(
        cluster.get("/apis/apps/v1/namespaces/default/replicasets").1["items"],
        json!([])
    );
    assert_eq!(cluster.get("/api/v1/namespaces/default/pods").1["items"], json!([]));
}

#[test]
fn scripted_outcomes() {
    let mut cluster = Cluster::new();
    for (outcome, message) in [
        ("Unschedulable", "Pod has not been scheduled"),
        ("CrashLoopBackOff", "Containers in CrashLoop state: c"),
        ("ImagePullBackOff", "Pod is in the Pending phase"),
        ("NotReady", "Pod is running but is not Ready"),
        ("Failed", "Pod has completed, but not successfully"),
    ] {
        let pod = json!({
            "metadata": {"name": "p", "annotations": {"sandbox.whelm.dev/outcome": outcome}},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        });
        let path = "/api/v1/namespaces/default/pods";
        cluster.create(path, &pod);
        let (_, live) = cluster.get(&format!("{path}/p"));
        assert_eq!(status_of(&live).message, message, "{live}");
        cluster.json("DELETE", &format!("{path}/p"), "", &Value::Null);
        assert_eq!(cluster.get(&format!("{path}/p")).0, 404);
    }
}

#[test]
fn lists_come_in_pages_and_forms() {
    let mut cluster = Cluster::new();
    let path = "/api/v1/namespaces/kube-public/configmaps";
    for index in 0..5 {
        cluster.create(path, &json!({"metadata": {"name": format!("c{index}")}}));
    }
    let (_, first) = cluster.get(&format!("{path}?limit=4"));
    assert_eq!(first["metadata"]["remainingItemCount"], 2);
    let token = first["metadata"]["continue"].as_str().unwrap();
    let (_, second) = cluster.get(&format!("{path}?limit=4&continue={token}"));
    let names: Vec<_> = second["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["metadata"]["name"].clone())
        .collect();
    assert_eq!(names, ["c4", "kube-root-ca.crt"]);
    let (_, one) = cluster.get(&format!("{path}?fieldSelector=metadata.name%3Dc1"));
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
}

#[test]
fn odd_requests_do_no_harm() {
    let mut cluster = Cluster::new();
    for path in [
        "/",
        "//",
        "/api/v1/namespaces//pods",
        "/api/v1/%ff%zz",
        "/apis/apps/v1/namespaces/default/deployments/a/b/c/d",
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            for body in [
                Value::Null,
                json!([]),
                json!({"metadata": 1}),
                json!({"metadata": {"name": 5, "labels": []}}),
            ] {
                cluster.ask(method, path, "application/json", &body);
            }
        }
    }
    for body in [
        json!({"metadata": [], "spec": 5}),
        json!("x"),
        json!({"spec": {"selector": [], "template": 1}}),
    ] {
        for content_type in [
            "application/apply-patch+yaml",
            "application/json-patch+json",
            "application/merge-patch+json",
        ] {
            cluster.ask(
                "PATCH",
                &format!("{DEPLOYMENTS}/web?fieldManager=x"),
                content_type,
                &body,
            );
        }
    }
    let deep = "[".repeat(100_000);
    let request = Request::post(DEPLOYMENTS).body(Bytes::from(deep)).unwrap();
    let Answer::Full { code, .. } = cluster.0.handle(&request, 0) else {
        panic!()
    };
    assert_eq!(code, 400);
}

#[test]
fn of_deprecated_kinds_is_warned_once() {
    let mut cluster = Cluster::new();
    for (path, wanted) in [
        (
            "/api/v1/namespaces/default/endpoints",
            &["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"][..],
        ),
        (
            "/api/v1/componentstatuses",
            &["v1 ComponentStatus is deprecated in v1.19+"],
        ),
        ("/api/v1/pods", &[]),
    ] {
        let Answer::Full { warnings, .. } = cluster.ask("GET", path, "", &Value::Null) else {
            panic!("{path} is a watch");
        };
        assert_eq!(warnings, wanted, "{path}");
    }
}
