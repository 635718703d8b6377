//! Bodies and parameters of every sort, most of them wrong.

use serde_json::json;

use super::{Book, config_map};
use crate::exchange::Step;

pub(super) fn write(book: &mut Book<'_>) {
    book.add("bodies", |script| {
        let path = format!("{}?dryRun=All", script.core("configmaps"));
        let good = config_map("m", &json!({})).to_string();
        for body in [
            "",
            " ",
            "{",
            "[]",
            "5",
            "null",
            "\"text\"",
            "{}",
            "{\"metadata\":{}}",
            "{\"a\":1,}",
            "{'a':1}",
            "not json",
            "{\"data\":{\"a\":\"1\"},\"data\":{\"b\":\"2\"},\"metadata\":{\"name\":\"m\"}}",
            "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\",\"name\":\"n\"}}",
        ] {
            script.send("POST", &path, "application/json", body);
            script.send(
                "POST",
                &format!("{path}&fieldValidation=Strict"),
                "application/json",
                body,
            );
        }
        for (content_type, body) in [
            ("", good.as_str()),
            ("application/json; charset=utf-8", &good),
            ("application/yaml", &good),
            ("text/plain", &good),
            ("application/xml", &good),
            ("application/cbor", &good),
            ("application/x-www-form-urlencoded", "a=b"),
            ("application/apply-patch+yaml", &good),
            ("*/*", &good),
            ("application/yaml", "metadata:\n  name: m\ndata:\n  a: b\n"),
            ("application/yaml", "metadata:\n  name: m\ndata:\n  a: 1\n"),
            ("application/yaml", "metadata: [\n"),
            ("application/yaml", "metadata:\n  name: m\n  name: n\n"),
            (
                "application/yaml",
                "metadata:\n  name: m\nother: 1\ndata:\n  x: y\n  x: z\n",
            ),
            ("application/yaml", "- a\n"),
            ("application/yaml", ""),
            ("application/json", "metadata:\n  name: m\n"),
        ] {
            script.send("POST", &path, content_type, body);
            script.send("POST", &format!("{path}&fieldValidation=Strict"), content_type, body);
        }
    });
    book.add("kinds-in-bodies", |script| {
        let path = format!("{}?dryRun=All", script.core("configmaps"));
        for (api_version, kind) in [
            ("v1", "Secret"),
            ("v1", "configmap"),
            ("v2", "ConfigMap"),
            ("apps/v1", "ConfigMap"),
            ("apps/v1", "Deployment"),
            ("example.com/v1", "Thing"),
            ("v1", ""),
            ("", "ConfigMap"),
            ("", ""),
            ("a/b/c", "ConfigMap"),
            ("v1", "ConfigMapList"),
            ("v1", "List"),
            ("v1", "Status"),
            ("v1", "DeleteOptions"),
        ] {
            script.post(
                &path,
                &json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "m"}}),
            );
        }
        script.post(
            &path,
            &json!({"apiVersion": 5, "kind": "ConfigMap", "metadata": {"name": "m"}}),
        );
        script.post(
            &path,
            &json!({"apiVersion": "v1", "kind": ["ConfigMap"], "metadata": {"name": "m"}}),
        );
        script.post(&path, &json!({"kind": "ConfigMap", "metadata": {"name": "m"}}));
        script.post(&path, &json!({"apiVersion": "v1", "metadata": {"name": "m"}}));
        let deployments = format!("{}?dryRun=All", script.in_group("apps/v1", "deployments"));
        for (api_version, kind) in [
            ("apps/v1", "StatefulSet"),
            ("apps/v1beta1", "Deployment"),
            ("extensions/v1beta1", "Deployment"),
            ("v1", "Pod"),
            ("apps/v1", "Scale"),
        ] {
            script.post(
                &deployments,
                &json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "m"}}),
            );
        }
    });
    book.add("field-validation", |script| {
        let path = script.in_group("apps/v1", "deployments");
        let object = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","odd":1},"spec":{"replicas":0,"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","imagePullPolicy":"Always","imagePullPolicy":"Never","x":{"y":1}}],"Volumes":[]}}},"extra":{"a":1}}"#;
        for validation in ["Strict", "Warn", "Ignore", "", "strict", "Other"] {
            script.send("POST", &format!("{path}?dryRun=All&fieldValidation={validation}"), "application/json", object);
        }
        script.send("POST", &path, "application/json", object);
        for validation in ["Strict", "Warn", "Ignore", "Other"] {
            let own = format!("{path}/d?dryRun=All&fieldValidation={validation}");
            script.send("PUT", &own, "application/json", object);
            for content_type in ["application/merge-patch+json", "application/strategic-merge-patch+json"] {
                script.send("PATCH", &own, content_type, r#"{"spec":{"odd":1,"minReadySeconds":3,"minReadySeconds":4,"template":{"spec":{"containers":[{"name":"c","z":1}]}}}}"#);
            }
            script.send("PATCH", &own, "application/json-patch+json", r#"[{"op":"add","path":"/spec/odd","value":1},{"op":"add","path":"/spec/template/spec/other","value":{}}]"#);
            script.send("PATCH", &format!("{own}&fieldManager=m"), "application/apply-patch+yaml", r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"odd":1,"minReadySeconds":3}}"#);
            script.send("PATCH", &format!("{own}&fieldManager=m"), "application/apply-patch+yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  minReadySeconds: 3\n  minReadySeconds: 4\n");
        }
    });
    book.add("options", |script| {
        let path = script.core("configmaps");
        script.config_map("m", &json!({}));
        for query in [
            "dryRun=all",
            "dryRun=All&dryRun=All",
            "dryRun=",
            "dryRun=None",
            "dryRun=All,None",
            "fieldManager=a%20b",
            "fieldManager=%01",
            "fieldManager=ab%E2%82%AC",
            "pretty=true&dryRun=All",
            "unknown=1&dryRun=All",
            "fieldValidation=Strict&dryRun=All",
            "force=true&dryRun=All",
            "timeout=5s&dryRun=All",
            "timeout=abc&dryRun=All",
        ] {
            script.post(&format!("{path}?{query}"), &config_map("n", &json!({})));
            script.patch(
                "application/merge-patch+json",
                &format!("{path}/m?{query}"),
                &json!({"data": {"z": "1"}}),
            );
            script.put(&format!("{path}/m?{query}"), &config_map("m", &json!({"a": "b"})));
        }
        let long = "x".repeat(129);
        script.post(
            &format!("{path}?dryRun=All&fieldManager={long}"),
            &config_map("n", &json!({})),
        );
        script.patch(
            "application/apply-patch+yaml",
            &format!("{path}/m"),
            &config_map("m", &json!({})),
        );
        script.patch(
            "application/apply-patch+yaml",
            &format!("{path}/m?fieldManager="),
            &config_map("m", &json!({})),
        );
        script.patch(
            "application/apply-patch+yaml",
            &format!("{path}/m?fieldManager=x&force=maybe"),
            &config_map("m", &json!({})),
        );
    });
    book.add("paths", |script| {
        for path in [
            "/api/v1/nothings",
            "/apis/none.example.com/v1/things",
            "/apis/apps/v2/deployments",
            "/api/v2",
            "/apis/apps/v1/nothings",
            "/nothing",
            "/api/v1/namespaces/default/nodes",
            "/api/v1/namespaces/default/pods/p/nothing",
            "/api/v1/pods/p",
            "/apis/apps/v1/namespaces/default/deployments/none/scale",
            "/api/v1/namespaces/default/configmaps/none/status",
            "/api/v1/namespaces/none/pods",
            "/api/v1/namespaces/none",
            "/readyz",
            "/healthz",
            "/livez",
            "/api/v1/namespaces//pods",
            "/api/v1/namespaces/default/pods/",
            "/apis/apps",
            "/apis/none.example.com",
            "/apis/apps/v9",
        ] {
            script.get(path);
            script.post(path, &json!({}));
            script.delete(path);
            script.put(path, &json!({}));
            script.patch("application/merge-patch+json", path, &json!({}));
        }
        for method in ["HEAD", "OPTIONS"] {
            script.step(Step::plain(method, script.core("configmaps")));
        }
        for path in [
            "/api/v1/componentstatuses",
            "/apis/authentication.k8s.io/v1/tokenreviews",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        ] {
            script.delete(path);
            script.put(path, &json!({}));
            script.delete(&format!("{path}/x"));
        }
    });
}
