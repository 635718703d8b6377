//! Deletions.

use serde_json::json;

use super::Book;
use crate::exchange::Step;
use crate::generated::{MERGE, METADATA, METADATA_LIST};

pub(super) fn write(book: &mut Book<'_>) {
    book.add("deletes", |script| {
        let path = script.core("configmaps");
        for (index, options) in [
            json!({}),
            json!({"kind": "DeleteOptions", "apiVersion": "v1"}),
            json!({"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1"}),
            json!({"propagationPolicy": "Foreground"}),
            json!({"propagationPolicy": "Orphan"}),
            json!({"propagationPolicy": "Background"}),
            json!({"orphanDependents": true}),
            json!({"orphanDependents": false}),
            json!({"orphanDependents": true, "propagationPolicy": "Orphan"}),
            json!({"propagationPolicy": "Odd"}),
            json!({"gracePeriodSeconds": 5}),
            json!({"gracePeriodSeconds": -5}),
            json!({"gracePeriodSeconds": "x"}),
            json!({"dryRun": ["All"]}),
            json!({"dryRun": ["Odd"]}),
            json!({"preconditions": {"uid": "@uid@"}}),
            json!({"preconditions": {"uid": "@uid@", "resourceVersion": "@rv@"}}),
            json!({"preconditions": {"resourceVersion": "7"}}),
            json!({"kind": "Pod", "apiVersion": "v1"}),
            json!({"odd": 1}),
            json!([1]),
        ]
        .iter()
        .enumerate()
        {
            let name = format!("c{index}");
            script.config_map(&name, &json!({"a": "b"}));
            script.step(Step::json("DELETE", format!("{path}/{name}"), options));
            script.get(&format!("{path}/{name}"));
        }
        for (index, query) in [
            "propagationPolicy=Foreground",
            "propagationPolicy=Odd",
            "gracePeriodSeconds=0",
            "gracePeriodSeconds=x",
            "dryRun=All",
            "dryRun=Odd",
            "orphanDependents=true",
            "orphanDependents=maybe",
            "propagationPolicy=Orphan&orphanDependents=true",
        ]
        .iter()
        .enumerate()
        {
            let name = format!("q{index}");
            script.config_map(&name, &json!({"a": "b"}));
            script.delete(&format!("{path}/{name}?{query}"));
            script.get(&format!("{path}/{name}"));
        }
        script.send("DELETE", &format!("{path}/q4"), "application/json", "{");
        script.send("DELETE", &format!("{path}/q4"), "text/plain", "{}");
        script.step(Step::plain("DELETE", format!("{path}/q4")).accepting(METADATA));
    });
    book.add("finalizers", |script| {
        let path = script.core("configmaps");
        script.post(
            &path,
            &json!({"metadata": {"name": "m", "finalizers": ["example.com/a", "example.com/b"]}}),
        );
        script.delete(&format!("{path}/m"));
        script.delete(&format!("{path}/m"));
        script.get(&format!("{path}/m"));
        script.patch(
            MERGE,
            &format!("{path}/m"),
            &json!({"metadata": {"finalizers": ["example.com/c", "example.com/a"]}}),
        );
        script.patch(MERGE, &format!("{path}/m"), &json!({"data": {"a": "b"}}));
        script.post(&path, &json!({"metadata": {"name": "m"}}));
        script.step(Step::json(
            "DELETE",
            format!("{path}/m"),
            &json!({"propagationPolicy": "Foreground"}),
        ));
        script.step(Step::json(
            "DELETE",
            format!("{path}/m"),
            &json!({"propagationPolicy": "Orphan"}),
        ));
        script.patch(
            MERGE,
            &format!("{path}/m"),
            &json!({"metadata": {"finalizers": ["example.com/a"]}}),
        );
        script.patch(MERGE, &format!("{path}/m"), &json!({"metadata": {"finalizers": null}}));
        script.get(&format!("{path}/m"));
        script.post(&path, &json!({"metadata": {"name": "n", "finalizers": ["orphan"]}}));
        script.step(Step::json(
            "DELETE",
            format!("{path}/n"),
            &json!({"propagationPolicy": "Foreground"}),
        ));
        script.post(
            &path,
            &json!({"metadata": {"name": "o", "finalizers": ["example.com/a"]}}),
        );
        script.patch(
            MERGE,
            &format!("{path}/o?dryRun=All"),
            &json!({"metadata": {"finalizers": null}}),
        );
        script.put(&format!("{path}/o"), &json!({"metadata": {"name": "o"}}));
        script.delete(&format!("{path}/o"));
    });
    book.add("delete-collections", |script| {
        let path = script.core("configmaps");
        let fill = |script: &mut super::Script| {
            for (name, app) in [("a", "x"), ("b", "y"), ("c", "x")] {
                script.config_map(name, &json!({"app": app}));
            }
        };
        fill(script);
        for query in [
            "labelSelector=app%3Dnone",
            "dryRun=All",
            "labelSelector=app%3Dx&dryRun=All",
            "labelSelector=app%3Dx",
            "",
            "limit=1",
            "fieldSelector=metadata.name%3Dz",
            "fieldSelector=odd%3Dz",
            "propagationPolicy=Odd",
        ] {
            script.delete(&format!("{path}?{query}"));
            script.step(Step::plain("GET", path.clone()).accepting(METADATA_LIST));
        }
        fill(script);
        script.step(Step::json(
            "DELETE",
            format!("{path}?labelSelector=app%3Dx"),
            &json!({"propagationPolicy": "Foreground"}),
        ));
        script.step(Step::plain("DELETE", path.clone()).accepting(METADATA_LIST));
        script.post(
            &path,
            &json!({"metadata": {"name": "f", "finalizers": ["example.com/f"]}}),
        );
        script.delete(&path);
        script.delete("/api/v1/configmaps?labelSelector=none%3Dsuch");
        script.delete("/api/v1/namespaces");
        let services = script.core("services");
        script.post(
            &services,
            &json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}),
        );
        script.delete(&services);
    });
    book.add("namespaces", |script| {
        let name = format!("{}-second", script.place.namespace);
        let path = format!("/api/v1/namespaces/{name}");
        script.post("/api/v1/namespaces", &json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"a": "b"}}}));
        script.get(&path);
        script.patch(MERGE, &path, &json!({"metadata": {"annotations": {"a": "b"}}}));
        script.get(&format!("{path}/status"));
        script.patch(MERGE, &format!("{path}/status"), &json!({"status": {"phase": "Terminating"}}));
        script.put(&format!("{path}/finalize"), &json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {"finalizers": ["kubernetes", "example.com/x"]}}));
        script.step(Step::json("DELETE", path.clone(), &json!({"propagationPolicy": "Foreground"})));
        script.delete(&path);
        script.get(&path);
        script.post(&format!("{path}/configmaps"), &json!({"metadata": {"name": "late"}}));
        script.post(&format!("{path}/serviceaccounts"), &json!({"metadata": {"name": "late"}}));
        script.patch(crate::generated::APPLY, &format!("{path}/configmaps/late?fieldManager=x"), &json!({"apiVersion": "v1", "kind": "ConfigMap"}));
        script.put(&format!("{path}/finalize"), &json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {"finalizers": []}}));
        script.get(&path);
        script.delete("/api/v1/namespaces/default");
        script.delete("/api/v1/namespaces/kube-system?dryRun=All");
    });
    book.add("pod-deletes", |script| {
        let path = script.core("pods");
        let pod = |name: &str| json!({"metadata": {"name": name}, "spec": {"automountServiceAccountToken": false, "containers": [{"name": "c", "image": "i"}]}});
        for (index, options) in [json!({}), json!({"gracePeriodSeconds": 0}), json!({"gracePeriodSeconds": 5}), json!({"gracePeriodSeconds": -1}), json!({"dryRun": ["All"]})].iter().enumerate() {
            let name = format!("p{index}");
            script.post(&path, &pod(&name));
            script.step(Step::json("DELETE", format!("{path}/{name}"), options));
            script.get(&format!("{path}/{name}"));
        }
        let mut bound = pod("bound");
        bound["spec"]["nodeName"] = json!("node-0");
        script.post(&path, &bound);
        script.delete(&format!("{path}/bound"));
        script.get(&format!("{path}/bound"));
        script.step(Step::json("DELETE", format!("{path}/bound"), &json!({"gracePeriodSeconds": 60})));
        script.step(Step::json("DELETE", format!("{path}/bound"), &json!({"gracePeriodSeconds": 7})));
        script.step(Step::json("DELETE", format!("{path}/bound"), &json!({"gracePeriodSeconds": 0})));
        script.get(&format!("{path}/bound"));
    });
}
