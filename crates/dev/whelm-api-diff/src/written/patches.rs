//! Patches of the four kinds, right and wrong.

use serde_json::{Value, json};

use super::{Book, Script};
use crate::generated::{APPLY, JSON_PATCH, MERGE, STRATEGIC};

fn deployment(script: &mut Script) -> String {
    let collection = script.in_group("apps/v1", "deployments");
    let labels = json!({"app": "a"});
    script.post(&collection, &json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "annotations": {"a": "1"}},
        "spec": {"replicas": 0, "paused": true, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
            "containers": [
                {"name": "a", "image": "nginx:1", "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81}], "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}], "args": ["x", "y"]},
                {"name": "b", "image": "busybox:1"},
            ],
            "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "configMap": {"name": "c"}}],
            "tolerations": [{"key": "k", "operator": "Exists"}], "imagePullSecrets": [{"name": "p"}],
        }}},
    }));
    format!("{collection}/d")
}

fn pod(patch: Value) -> Value {
    json!({"spec": {"template": {"spec": patch}}})
}

pub(super) fn write(book: &mut Book<'_>) {
    book.add("json-patches", |script| {
        script.config_map("m", &json!({"app": "a"}));
        let path = script.core("configmaps/m");
        for patch in [
            json!([]),
            json!([{"op": "add", "path": "/data/b", "value": "2"}]),
            json!([{"op": "add", "path": "/data/b/c", "value": "2"}]),
            json!([{"op": "replace", "path": "/data/none", "value": "2"}]),
            json!([{"op": "remove", "path": "/data/none"}]),
            json!([{"op": "remove", "path": "/data/b"}]),
            json!([{"op": "test", "path": "/data/a", "value": "1"}]),
            json!([{"op": "test", "path": "/data/a", "value": "2"}]),
            json!([{"op": "test", "path": "/data/none", "value": null}]),
            json!([{"op": "move", "from": "/data/a", "path": "/data/z"}]),
            json!([{"op": "copy", "from": "/data/z", "path": "/data/a"}]),
            json!([{"op": "move", "from": "/data/none", "path": "/data/y"}]),
            json!([{"op": "copy", "from": "/data/none", "path": "/data/y"}]),
            json!([{"op": "odd", "path": "/data"}]),
            json!([{"path": "/data"}]),
            json!([{"op": "add", "path": "data/x", "value": "1"}]),
            json!([{"op": "add", "value": "1"}]),
            json!([{"op": "add", "path": "/data/x"}]),
            json!([{"op": "add", "path": "", "value": {}}]),
            json!([{"op": "replace", "path": "", "value": {"metadata": {"name": "m"}}}]),
            json!([{"op": "add", "path": "/metadata/labels/a~1b", "value": "x"}]),
            json!([{"op": "remove", "path": "/metadata/labels/a~1b"}]),
            json!([{"op": "replace", "path": "/metadata/name", "value": "n"}]),
            json!([{"op": "replace", "path": "/kind", "value": "Secret"}]),
            json!([{"op": "replace", "path": "/apiVersion", "value": "v2"}]),
            json!([{"op": "remove", "path": "/metadata"}]),
            json!([{"op": "replace", "path": "/metadata/uid", "value": "u"}]),
            json!([{"op": "replace", "path": "/metadata/resourceVersion", "value": "1"}]),
            json!([{"op": "replace", "path": "/data", "value": 5}]),
            json!([{"op": "add", "path": "/metadata/finalizers/-", "value": "example.com/x"}]),
            json!([{"op": "add", "path": "/metadata/finalizers", "value": ["example.com/x"]}]),
            json!([{"op": "add", "path": "/metadata/finalizers/-", "value": "example.com/y"}]),
            json!([{"op": "add", "path": "/metadata/finalizers/0", "value": "example.com/z"}]),
            json!([{"op": "add", "path": "/metadata/finalizers/9", "value": "example.com/q"}]),
            json!([{"op": "remove", "path": "/metadata/finalizers/-1"}]),
            json!([{"op": "remove", "path": "/metadata/finalizers/1"}]),
            json!([{"op": "replace", "path": "/metadata/finalizers", "value": []}]),
            json!({"op": "add"}),
            json!("text"),
            json!([5]),
            json!(null),
            json!([{"op": 5, "path": "/data"}]),
            json!([{"op": "add", "path": "/odd", "value": 1}]),
            json!([{"op": "replace", "path": "/metadata/labels", "value": null}]),
            json!([{"op": "remove", "path": "/metadata/managedFields"}]),
            json!([{"op": "replace", "path": "/metadata/managedFields", "value": [{}]}]),
        ] {
            script.patch(JSON_PATCH, &path, &patch);
        }
        let many: Vec<Value> = (0..10_001)
            .map(|_| json!({"op": "test", "path": "/kind", "value": "ConfigMap"}))
            .collect();
        script.patch(JSON_PATCH, &path, &json!(many));
        script.send("PATCH", &path, JSON_PATCH, "[{");
    });
    book.add("merge-patches", |script| {
        script.config_map("m", &json!({"app": "a"}));
        let path = script.core("configmaps/m");
        for patch in [
            json!({}), json!({"data": {"b": "2"}}), json!({"data": {"a": null}}), json!({"data": null}), json!({"data": {"x": null}}), json!({"data": 5}), json!({"data": {"x": 5}}), json!({"data": [1]}), json!({"metadata": null}), json!({"metadata": {"name": "n"}}), json!({"metadata": {"name": null}}), json!({"metadata": {"namespace": "other"}}),
            json!({"kind": "Secret"}), json!({"apiVersion": "v2"}), json!({"kind": null}), json!({"odd": 1}), json!({"metadata": {"resourceVersion": "1"}}), json!({"metadata": {"resourceVersion": "@rv@"}}), json!({"metadata": {"uid": "11111111-1111-4111-8111-111111111111"}}), json!({"metadata": {"labels": null}}), json!({"metadata": {"labels": {"a": "b"}}}), json!({"metadata": {"labels": {"a b": "c"}}}),
            json!({"metadata": {"creationTimestamp": null, "generation": 7, "deletionTimestamp": "2026-01-01T00:00:00Z"}}), json!({"immutable": true}), json!({"immutable": false}), json!({"data": {"c": "3"}}), json!({"metadata": {"labels": {"z": "1"}}}), json!([1]), json!("text"), json!(null), json!({"metadata": {"managedFields": []}}), json!({"metadata": {"managedFields": null}}), json!({"metadata": {"managedFields": [{}]}}),
        ] {
            script.patch(MERGE, &path, &patch);
        }
        script.send("PATCH", &path, MERGE, "{");
        script.send("PATCH", &path, MERGE, "data: x");
        script.send("PATCH", &path, "application/json", "{}");
        script.send("PATCH", &path, "", "{}");
        script.send("PATCH", &path, "application/merge-patch+yaml", "{}");
    });
    book.add("strategic-patches", |script| {
        let path = deployment(script);
        for patch in [
            json!({}), pod(json!({"containers": [{"name": "a", "image": "nginx:2"}]})), pod(json!({"containers": [{"name": "c", "image": "new"}]})), pod(json!({"containers": [{"name": "c", "$patch": "delete"}]})), pod(json!({"containers": [{"image": "x"}]})), pod(json!({"containers": [{"$patch": "replace"}, {"name": "z", "image": "only"}]})), pod(json!({"containers": [{"name": "z", "env": [{"name": "A", "value": "9"}, {"name": "D", "value": "4"}]}]})),
            pod(json!({"containers": [{"name": "z", "env": [{"name": "A", "$patch": "delete"}]}]})), pod(json!({"containers": [{"name": "z", "$setElementOrder/env": [{"name": "E"}, {"name": "D"}], "env": [{"name": "E", "value": "5"}]}]})), pod(json!({"containers": [{"name": "z", "args": ["1"]}]})), pod(json!({"containers": [{"name": "z", "args": null}]})), pod(json!({"containers": [{"name": "z", "ports": [{"containerPort": 80, "name": "web"}, {"containerPort": 80, "protocol": "UDP"}]}]})),
            pod(json!({"volumes": [{"name": "v", "emptyDir": null, "hostPath": {"path": "/x"}}]})), pod(json!({"volumes": [{"name": "w", "$retainKeys": ["name", "secret"], "secret": {"secretName": "s"}}]})), pod(json!({"volumes": [{"$patch": "delete", "name": "v"}]})), pod(json!({"$setElementOrder/volumes": [{"name": "q"}, {"name": "w"}], "volumes": [{"name": "q", "emptyDir": {}}]})), pod(json!({"volumes": null})), pod(json!({"volumes": "x"})),
            pod(json!({"tolerations": [{"key": "l", "operator": "Exists"}]})), pod(json!({"imagePullSecrets": [{"name": "q"}]})), pod(json!({"imagePullSecrets": [{"name": "p", "$patch": "delete"}]})), pod(json!({"nodeSelector": {"a": "b"}})), pod(json!({"nodeSelector": {"$patch": "replace", "c": "d"}})), pod(json!({"nodeSelector": {"$patch": "delete"}})),
            json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}), json!({"spec": {"strategy": {"type": "RollingUpdate"}}}), json!({"spec": {"strategy": {"$patch": "replace", "type": "Recreate"}}}), json!({"metadata": {"finalizers": ["example.com/a"]}}), json!({"metadata": {"finalizers": ["example.com/b"]}}), json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a"]}}), json!({"metadata": {"$setElementOrder/finalizers": ["example.com/c", "example.com/b"], "finalizers": ["example.com/c"]}}), json!({"metadata": {"finalizers": null}}),
            json!({"metadata": {"annotations": {"a": null, "b": "2"}}}), json!({"metadata": {"$patch": "odd"}}), json!({"spec": {"replicas": "x"}}), json!({"spec": {"replicas": null}}), json!({"spec": null}), json!({"spec": {"selector": {"matchLabels": {"b": "c"}}}}), json!({"spec": {"template": null}}), json!({"$patch": "delete"}), json!({"$patch": "replace", "metadata": {"name": "d"}}), json!({"metadata": {"ownerReferences": [{"uid": "u", "kind": "Pod", "name": "n", "apiVersion": "v1"}]}}), json!({"metadata": {"ownerReferences": [{"uid": "u", "$patch": "delete"}]}}), json!([1]), json!(null),
        ] {
            script.patch(STRATEGIC, &path, &patch);
        }
        script.get(&path);
    });
    book.add("strategic-services", |script| {
        let collection = script.core("services");
        script.post(&collection, &json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80, "name": "a"}]}}));
        let path = format!("{collection}/s");
        for patch in [json!({"spec": {"ports": [{"port": 81, "name": "b"}]}}), json!({"spec": {"ports": [{"port": 81, "protocol": "UDP", "name": "c"}]}}), json!({"spec": {"ports": [{"port": 80, "$patch": "delete"}]}}), json!({"spec": {"ports": [{"name": "x"}]}}), json!({"spec": {"type": "NodePort"}}), json!({"spec": {"type": "ClusterIP"}}), json!({"spec": {"type": "ExternalName", "externalName": "x.example.com"}}), json!({"spec": {"type": "ExternalName", "externalName": "x.example.com", "clusterIP": null, "clusterIPs": null}}), json!({"spec": {"type": "LoadBalancer", "externalName": null}}), json!({"spec": {"sessionAffinity": "ClientIP"}}), json!({"spec": {"clusterIP": "10.0.0.99"}}), json!({"spec": {"selector": {"a": "b"}}}), json!({"spec": {"selector": {"a": null, "c": "d"}}}), json!({"spec": {"selector": null}})] {
            script.patch(STRATEGIC, &path, &patch);
        }
    });
    book.add("applies", |script| {
        let path = script.core("configmaps/m");
        let apply = |manager: &str, more: &str| format!("{path}?fieldManager={manager}{more}");
        for (target, body) in [
            (apply("a", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"x": "1"}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"x": "2", "y": "1"}})), (apply("b", "&force=true"), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"x": "2", "y": "1"}})), (apply("a", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap"})),
            (apply("b", ""), json!({"kind": "ConfigMap"})), (apply("b", ""), json!({"apiVersion": "v1"})), (apply("b", ""), json!({"apiVersion": "v2", "kind": "ConfigMap"})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "Secret"})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "n"}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "n"}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "managedFields": []}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "managedFields": [{}]}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "resourceVersion": "1"}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "resourceVersion": "@rv@"}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "uid": "other"}})),
            (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"x": 5}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "data": [1]})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"x": null}})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "data": null})), (apply("b", ""), json!({"apiVersion": "v1", "kind": "ConfigMap", "odd": 1})), (apply("b", ""), json!([1])), (apply("b", ""), json!(5)), (apply("b", "&dryRun=All"), json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"q": "1"}})),
        ] {
            script.patch(APPLY, &target, &body);
        }
        script.send("PATCH", &apply("b", ""), APPLY, "");
        script.send("PATCH", &apply("b", ""), APPLY, "{");
        script.send("PATCH", &apply("b", ""), APPLY, "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: \"3\"\n");
        script.send("PATCH", &apply("b", ""), APPLY, "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: \"3\"\n---\nkind: other\n");
        script.send("PATCH", &apply("b", ""), "application/apply-patch+json", "{}");
        script.put(&path, &json!({"metadata": {"name": "m"}, "data": {"x": "9"}}));
        script.patch(APPLY, &apply("b", ""), &json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"x": "3"}}));
        let absent = script.core("configmaps/absent");
        script.patch(APPLY, &format!("{absent}?fieldManager=a"), &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"uid": "u"}}));
        script.patch(APPLY, &format!("{absent}?fieldManager=a"), &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"resourceVersion": "5"}}));
        script.patch(APPLY, "/api/v1/namespaces/nowhere/configmaps/x?fieldManager=a", &json!({"apiVersion": "v1", "kind": "ConfigMap"}));
        script.patch(APPLY, &format!("{}?fieldManager=a", script.core("configmaps/Bad_Name")), &json!({"apiVersion": "v1", "kind": "ConfigMap"}));
    });
}
