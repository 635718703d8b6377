//! Status, scale, eviction, tokens, bindings and reviews.

use serde_json::json;

use super::Book;
use crate::generated::{APPLY, JSON_PATCH, MERGE};

pub(super) fn write(book: &mut Book<'_>) {
    book.add("scale", |script| {
        for plural in ["deployments", "statefulsets", "replicasets"] {
            let collection = script.in_group("apps/v1", plural);
            let labels = json!({"app": "a", "b": "c"});
            let kind = match plural { "deployments" => "Deployment", "statefulsets" => "StatefulSet", _ => "ReplicaSet" };
            script.post(&collection, &json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "s", "annotations": {"k": "v"}}, "spec": {"replicas": 0, "selector": {"matchLabels": labels, "matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "z"]}]}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}));
            let path = format!("{collection}/s/scale");
            script.get(&path);
            script.put(&path, &json!({"metadata": {"name": "s", "namespace": script.place.namespace}, "spec": {"replicas": 0}}));
            script.put(&path, &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "s", "namespace": script.place.namespace}, "spec": {"replicas": 1}}));
            script.put(&path, &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "s", "resourceVersion": "1"}, "spec": {"replicas": 2}}));
            script.put(&path, &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "s"}, "spec": {"replicas": -2}}));
            script.put(&path, &json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "s"}, "spec": {"replicas": 2}}));
            script.put(&path, &json!({"metadata": {"name": "other"}, "spec": {"replicas": 0}}));
            script.put(&path, &json!({"spec": {"replicas": "x"}}));
            script.patch(MERGE, &path, &json!({"spec": {"replicas": 0}}));
            script.patch(MERGE, &format!("{path}?dryRun=All"), &json!({"spec": {"replicas": 3}}));
            script.patch(MERGE, &path, &json!({"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 3}}));
            script.patch(JSON_PATCH, &path, &json!([{"op": "replace", "path": "/spec/replicas", "value": 0}]));
            script.patch(APPLY, &format!("{path}?fieldManager=scaler"), &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": 0}}));
            script.patch(APPLY, &format!("{path}?fieldManager=scaler&force=true"), &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": 1}}));
            script.delete(&path);
            script.post(&path, &json!({}));
            script.get(&format!("{collection}/s"));
        }
    });
    book.add("status", |script| {
        let collection = script.in_group("apps/v1", "deployments");
        let labels = json!({"app": "a"});
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "labels": {"x": "y"}}, "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}, "status": {"replicas": 7}});
        script.post(&collection, &object);
        let path = format!("{collection}/d/status");
        script.get(&path);
        let mut changed = object.clone();
        changed["status"] = json!({"replicas": 2, "observedGeneration": 1, "updatedReplicas": 3, "conditions": [{"type": "Available", "status": "True"}]});
        changed["spec"]["replicas"] = json!(5);
        changed["metadata"]["labels"] = json!({"new": "1"});
        changed["metadata"]["annotations"] = json!({"new": "1"});
        script.put(&path, &changed);
        script.patch(MERGE, &path, &json!({"status": {"readyReplicas": 9}}));
        script.patch(MERGE, &path, &json!({"status": {"replicas": 1, "readyReplicas": 1, "availableReplicas": 0}}));
        script.patch(MERGE, &path, &json!({"status": null}));
        script.patch(MERGE, &path, &json!({"spec": {"replicas": 3}}));
        script.patch(APPLY, &format!("{path}?fieldManager=ctl"), &json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "status": {"observedGeneration": 2, "conditions": [{"type": "Progressing", "status": "True", "reason": "r"}]}}));
        script.patch(APPLY, &format!("{path}?fieldManager=ctl"), &json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": 1}, "status": {"observedGeneration": 3}}));
        script.patch(APPLY, &format!("{collection}/d?fieldManager=user"), &json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "status": {"observedGeneration": 9}}));
        script.put(&format!("{collection}/d"), &object);
        script.get(&format!("{collection}/d"));
        script.delete(&path);
        script.post(&path, &object);
    });
    book.add("pods", |script| {
        let collection = script.core("pods");
        script.post(&collection, &json!({"metadata": {"name": "p", "labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}));
        let path = format!("{collection}/p");
        script.patch(MERGE, &format!("{path}/status"), &json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}));
        script.patch(MERGE, &format!("{path}/ephemeralcontainers"), &json!({"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox"}]}}));
        script.post(&format!("{path}/binding"), &json!({"target": {"kind": "Node", "name": "node-0"}}));
        script.post(&format!("{path}/binding"), &json!({"target": {"kind": "Node", "name": "node-1"}}));
        script.post(&format!("{path}/binding"), &json!({"target": {"kind": "Odd", "name": ""}}));
        script.post(&format!("{collection}/none/binding"), &json!({"target": {"kind": "Node", "name": "node-1"}}));
        script.get(&path);
        script.post(&format!("{path}/eviction"), &json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}, "deleteOptions": {"dryRun": ["All"]}}));
        script.post(&format!("{path}/eviction"), &json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "other"}}));
        script.post(&format!("{path}/eviction"), &json!({}));
        script.post(&format!("{collection}/none/eviction"), &json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "none"}}));
        script.post(&format!("{path}/eviction"), &json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}));
        script.get(&path);
        let budgets = script.in_group("policy/v1", "poddisruptionbudgets");
        script.post(&budgets, &json!({"metadata": {"name": "b"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}}));
        script.post(&collection, &json!({"metadata": {"name": "q", "labels": {"a": "b"}}, "spec": {"nodeName": "node-0", "containers": [{"name": "c", "image": "i"}]}}));
        script.patch(MERGE, &format!("{collection}/q/status"), &json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}));
        script.post(&format!("{collection}/q/eviction"), &json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "q"}}));
        script.post(&collection, &json!({"metadata": {"name": "r"}, "spec": {"serviceAccountName": "nobody", "containers": [{"name": "c", "image": "i"}]}}));
        script.post(&collection, &json!({"metadata": {"name": "r"}, "spec": {"priorityClassName": "none", "containers": [{"name": "c", "image": "i"}]}}));
        script.post(&collection, &json!({"metadata": {"name": "r"}, "spec": {"priorityClassName": "system-cluster-critical", "priority": 5, "containers": [{"name": "c", "image": "i"}]}}));
        script.post(&collection, &json!({"metadata": {"name": "r"}, "spec": {"runtimeClassName": "none", "containers": [{"name": "c", "image": "i"}]}}));
        for path in ["log", "log?container=none", "exec", "attach", "portforward", "proxy"] {
            script.get(&format!("{collection}/none/{path}"));
        }
    });
    book.add("tokens", |script| {
        let path = script.core("serviceaccounts/default/token");
        script.post(&path, &json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": ["a"], "expirationSeconds": 3600}}));
        script.post(&path, &json!({}));
        script.post(&path, &json!({"spec": {"expirationSeconds": 5}}));
        script.post(&path, &json!({"spec": {"expirationSeconds": 9_999_999_999_i64}}));
        script.post(&path, &json!({"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "none"}}}));
        script.post(&script.core("serviceaccounts/none/token"), &json!({}));
        script.get(&path);
    });
    book.add("reviews", |script| {
        let access = json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "default"}}});
        script.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &access);
        script.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &json!({"spec": {}}));
        script.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &json!({"spec": {"nonResourceAttributes": {"path": "/x", "verb": "get"}}}));
        script.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", &json!({"spec": {"user": "me", "resourceAttributes": {"verb": "get", "resource": "pods"}}}));
        script.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", &json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}));
        script.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", &json!({"spec": {"namespace": "default"}}));
        script.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", &json!({"spec": {}}));
        script.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", &json!({}));
        script.post("/apis/authentication.k8s.io/v1/tokenreviews", &json!({"spec": {"token": "odd"}}));
        script.post("/apis/authentication.k8s.io/v1/tokenreviews", &json!({"spec": {}}));
        let local = script.in_group("authorization.k8s.io/v1", "localsubjectaccessreviews");
        script.post(&local, &json!({"metadata": {"namespace": script.place.namespace}, "spec": {"user": "me", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": script.place.namespace}}}));
        script.post(&local, &json!({"spec": {"user": "me", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "other"}}}));
    });
}
