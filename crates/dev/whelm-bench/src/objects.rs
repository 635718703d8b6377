//! The objects: what charts are made of, in about the numbers that charts have.

use serde_json::{Value, json};

/// An object and where it is applied.
pub struct Object {
    pub path: String,
    pub json: String,
}

/// Returns object number `number` of a namespace. Of ten, four are ConfigMaps, two Services, two Deployments of one Pod, one is a
/// Role and one a ServiceAccount.
pub fn object(namespace: &str, number: usize) -> Object {
    let name = format!("object-{number}");
    let (prefix, plural, mut object) = match number % 10 {
        0..4 => ("/api/v1", "configmaps", config_map(number)),
        4 | 5 => ("/api/v1", "services", service(&name)),
        6 | 7 => ("/apis/apps/v1", "deployments", deployment(&name)),
        8 => ("/apis/rbac.authorization.k8s.io/v1", "roles", role()),
        _ => ("/api/v1", "serviceaccounts", json!({"kind": "ServiceAccount"})),
    };
    let api_version = prefix.trim_start_matches("/apis/").trim_start_matches("/api/");
    object["apiVersion"] = api_version.into();
    object["metadata"] = json!({
        "name": name, "namespace": namespace,
        "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "bench", "helm.sh/chart": "bench-1.0.0"},
        "annotations": {"meta.helm.sh/release-name": "bench", "meta.helm.sh/release-namespace": namespace},
    });
    Object {
        path: format!("{prefix}/namespaces/{namespace}/{plural}/{name}"),
        json: object.to_string(),
    }
}

fn config_map(number: usize) -> Value {
    json!({"kind": "ConfigMap", "data": {"number": number.to_string(), "text": "x".repeat(500)}})
}

fn service(name: &str) -> Value {
    json!({"kind": "Service", "spec": {
        "selector": {"app.kubernetes.io/name": name},
        "ports": [{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090}],
    }})
}

fn role() -> Value {
    json!({"kind": "Role", "rules": [{"apiGroups": [""], "resources": ["configmaps", "secrets"], "verbs": ["get", "list", "watch"]}]})
}

fn deployment(name: &str) -> Value {
    let labels = json!({"app.kubernetes.io/name": name});
    json!({"kind": "Deployment", "spec": {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {
            "containers": [{
                "name": "main", "image": "example.com/main:1.0.0", "imagePullPolicy": "IfNotPresent",
                "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "env": [{"name": "LEVEL", "value": "info"}],
                "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}},
                "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
                "volumeMounts": [{"name": "config", "mountPath": "/config"}],
            }],
            "volumes": [{"name": "config", "configMap": {"name": "object-0"}}],
        }},
    }})
}
