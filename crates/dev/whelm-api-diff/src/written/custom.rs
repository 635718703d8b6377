//! Custom resources: definitions, and objects of the kinds that they define. The definition is `data/thing.json`.

use serde_json::{Value, json};

use super::{Book, Script};
use crate::exchange::Step;
use crate::generated::{APPLY, JSON_PATCH, MERGE, METADATA, STRATEGIC, TABLE};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

fn thing(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": {"name": name}, "spec": spec})
}

fn things(script: &Script) -> String {
    script.in_group("apply.example.com/v1", "things")
}

/// Properties whose schemas are made of others, and have limits of each kind.
fn composed() -> Value {
    json!({
        "a": {"type": "integer"},
        "any": {"type": "string", "anyOf": [{"minLength": 3}, {"pattern": "^x"}]},
        "one": {"type": "string", "oneOf": [{"minLength": 3}, {"pattern": "^x"}]},
        "all": {"type": "string", "allOf": [{"minLength": 3}, {"pattern": "^x"}]},
        "not": {"type": "string", "not": {"enum": ["bad"]}},
        "port": {"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}], "pattern": "^5"},
        "either": {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "string"}}, "oneOf": [{"required": ["p"]}, {"required": ["q"]}]},
        "few": {"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "string"}},
        "range": {"type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": true, "minLength": 3},
        "near": {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "integer"}}, "anyOf": [{"required": ["p"]}, {"properties": {"q": {"minimum": 4}}}]},
        "both": {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "integer"}}, "allOf": [{"required": ["p"]}, {"properties": {"q": {"minimum": 4}}}], "not": {"required": ["q"]}},
        "level": {"type": "string", "enum": ["low", "high"]},
        "maybe": {"type": "string", "nullable": true, "enum": ["low", null]},
    })
}

pub(super) fn write(book: &mut Book<'_>) {
    book.add("custom-objects", |script| {
        let path = things(script);
        for spec in [
            json!({}), json!({"size": 5}), json!({"size": "x"}), json!({"size": 1.5}), json!({"size": 2.0}), json!({"size": -1}), json!({"size": 101}), json!({"size": null}), json!({"ratio": "x"}), json!({"ratio": 5}), json!({"on": "true"}), json!({"text": 5}), json!({"text": "UPPER"}), json!({"text": "a".repeat(21)}), json!({"text": null}), json!({"maybe": null}), json!({"maybe": 5}), json!({"port": 80}), json!({"port": "x"}), json!({"port": true}), json!({"level": "high"}), json!({"level": "odd"}), json!({"level": null}), json!({"unknown": {"a": 1}}),
            json!({"items": [{"name": "a"}, {"name": "a"}]}), json!({"items": [{"value": 1}]}), json!({"items": [{"name": "a", "odd": 1, "inner": {"z": 1}}]}), json!({"items": [{"name": "a", "inner": {}}]}), json!({"items": [null]}), json!({"items": {"a": 1}}), json!({"items": [{"name": "1"}, {"name": "2"}, {"name": "3"}, {"name": "4"}, {"name": "5"}, {"name": "6"}]}), json!({"items": [{"name": "a", "tags": ["x", "x"]}]}), json!({"pairs": [{"port": 1}, {"port": 1, "protocol": "TCP"}]}), json!({"pairs": [{"port": 1}, {"port": 1, "protocol": "UDP"}]}), json!({"pairs": [{"protocol": "UDP"}]}),
            json!({"words": ["a", "a"]}), json!({"words": ["a", 1]}), json!({"words": ["a", null]}), json!({"numbers": [1, 1.0]}), json!({"whole": [1, "2"]}), json!({"labels": {"a": 1}}), json!({"labels": {"a": null}}), json!({"frozen": {"a": "b"}}), json!({"block": {"x": 1, "z": 2}}), json!({"free": {"any": [1, {"b": null}], "x": null}}), json!({"groups": {"g": {"members": [{"id": 1}, {"id": 1}]}}}), json!([]), json!("x"), json!(null),
            json!({"size": "x", "on": 1, "items": [{"name": 5}], "level": "odd"}),
        ] {
            for validation in ["", "&fieldValidation=Strict"] {
                script.post(&format!("{path}?dryRun=All{validation}"), &thing("t", spec.clone()));
            }
        }
        for body in [json!({}), json!({"metadata": {"name": "t"}}), json!({"apiVersion": "apply.example.com/v1", "metadata": {"name": "t"}}), json!({"kind": "Thing", "metadata": {"name": "t"}}), json!({"apiVersion": "apply.example.com/v1beta1", "kind": "Thing", "metadata": {"name": "t"}}), json!({"apiVersion": "apply.example.com/v1", "kind": "Other", "metadata": {"name": "t"}}), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "t"}}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing"}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": {"name": "Bad"}}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": {"name": "t", "labels": {"a": 5}}}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": {"name": "t", "odd": 5}}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": {"name": "t", "labels": {"a b": "c"}}}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": {"generateName": "g-"}, "other": 1}), json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "metadata": 5})] {
            for validation in ["", "&fieldValidation=Strict"] {
                script.post(&format!("{path}?dryRun=All{validation}"), &body);
            }
        }
    });
    book.add("custom-life", |script| {
        let path = things(script);
        script.post(&path, &thing("t", json!({"size": 1, "items": [{"name": "a", "inner": {}}], "unknown": 1, "free": {"x": {"y": 1}}})));
        let own = format!("{path}/t");
        script.get(&own);
        script.step(Step::plain("GET", own.clone()).accepting(TABLE));
        script.step(Step::plain("GET", own.clone()).accepting(METADATA));
        script.step(Step::plain("GET", path.clone()).accepting(TABLE));
        script.get(&path);
        script.get(&script.in_group("apply.example.com/v1beta1", "things/t"));
        script.get(&script.in_group("apply.example.com/v1beta1", "things"));
        script.get(&script.in_group("apply.example.com/v0", "things/t"));
        script.put(&own, &thing("t", json!({"size": 2})));
        let mut update = thing("t", json!({"size": 3, "words": ["b", "a"]}));
        update["metadata"]["resourceVersion"] = json!("@rv@");
        script.put(&own, &update);
        script.put(&own, &update);
        update["metadata"]["resourceVersion"] = json!("@rv@");
        update["status"] = json!({"size": 9});
        script.put(&own, &update);
        script.patch(MERGE, &own, &json!({"spec": {"size": 4, "unknown": 5}}));
        script.patch(MERGE, &own, &json!({"spec": {"size": "x"}}));
        script.patch(MERGE, &own, &json!({"spec": {"size": null, "level": null}}));
        script.patch(STRATEGIC, &own, &json!({"spec": {"size": 4}}));
        script.patch(JSON_PATCH, &own, &json!([{"op": "add", "path": "/spec/words/-", "value": "c"}]));
        script.patch(JSON_PATCH, &own, &json!([{"op": "add", "path": "/spec/words/-", "value": "a"}]));
        script.patch(MERGE, &own, &json!({"apiVersion": "apply.example.com/v1beta1"}));
        script.patch(MERGE, &script.in_group("apply.example.com/v1beta1", "things/t"), &json!({"spec": {"old": "x", "size": 7}}));
        script.get(&own);
        script.patch(APPLY, &format!("{}?fieldManager=beta", script.in_group("apply.example.com/v1beta1", "things/t")), &json!({"apiVersion": "apply.example.com/v1beta1", "kind": "Thing", "spec": {"size": 8}}));
        script.patch(APPLY, &format!("{own}?fieldManager=one"), &thing("t", json!({"size": 9, "items": [{"name": "b"}]})));
        script.patch(APPLY, &format!("{own}?fieldManager=one&force=true"), &thing("t", json!({"size": 9, "items": [{"name": "b"}]})));
        script.patch(MERGE, &format!("{own}/status"), &json!({"status": {"size": 3, "odd": 1}, "spec": {"size": 1}, "metadata": {"labels": {"no": "no"}}}));
        script.patch(MERGE, &format!("{own}/status"), &json!({"status": {"size": "x"}}));
        script.get(&format!("{own}/status"));
        script.patch(APPLY, &format!("{own}/status?fieldManager=ctl"), &json!({"apiVersion": "apply.example.com/v1", "kind": "Thing", "status": {"conditions": [{"type": "Ready", "status": "True"}], "selector": "a=b"}}));
        script.get(&format!("{own}/scale"));
        script.patch(MERGE, &format!("{own}/scale"), &json!({"spec": {"replicas": 6}}));
        script.put(&format!("{own}/scale"), &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "t", "namespace": script.place.namespace}, "spec": {"replicas": 5}}));
        script.patch(MERGE, &format!("{own}/scale"), &json!({"spec": {"replicas": 600}}));
        script.get(&own);
        script.get(&format!("{path}?fieldSelector=metadata.name%3Dt"));
        script.get(&format!("{path}?fieldSelector=spec.size%3D1"));
        script.get(&format!("{path}?watch=true&timeoutSeconds=1"));
        script.delete(&own);
        script.get(&own);
        script.delete(&path);
    });
    book.add("definitions", |script| {
        let group = format!("{}.example.com", script.place.namespace);
        let version = |schema: Value| json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}});
        let object = |schema: Value| json!({"type": "object", "properties": {"spec": schema}});
        let definition = |versions: Value| json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": format!("odds.{group}")}, "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "odds", "kind": "Odd"}, "versions": versions}});
        let path = format!("{DEFINITIONS}?dryRun=All");
        for schema in [
            json!({}), json!({"type": "string"}), json!({"type": "object"}), object(json!({})), object(json!({"type": "odd"})), object(json!({"type": "array"})), object(json!({"type": "array", "items": {}})), object(json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": true})), object(json!({"type": "string", "default": 5})), object(json!({"type": "integer", "default": 5})), object(json!({"type": "array", "x-kubernetes-list-type": "map", "items": {"type": "object"}})), object(json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"], "items": {"type": "object", "properties": {"a": {"type": "string"}}}})), object(json!({"type": "array", "x-kubernetes-list-type": "odd", "items": {"type": "string"}})), object(json!({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "object"}})), object(json!({"type": "string", "x-kubernetes-map-type": "atomic"})), object(json!({"x-kubernetes-int-or-string": true})), object(json!({"type": "string", "x-kubernetes-int-or-string": true})), object(json!({"type": "string", "pattern": "("})), object(json!({"type": "string", "enum": ["a", "a"]})), object(json!({"type": "object", "x-kubernetes-preserve-unknown-fields": false})), object(json!({"type": "object", "oneOf": [{"required": ["a"]}]})), object(json!({"type": "object", "$ref": "#/x"})), object(json!({"type": "object", "required": ["a"]})), object(json!({"type": "string", "nullable": true, "default": null})),
        ] {
            script.post(&path, &definition(json!([version(schema)])));
        }
        for versions in [json!([]), json!([{"name": "v1", "served": true, "storage": true}]), json!([{"name": "v1", "served": true, "storage": false, "schema": {"openAPIV3Schema": {"type": "object"}}}]), json!([{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}, {"name": "v2", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]), json!([{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}, {"name": "v1", "served": true, "storage": false, "schema": {"openAPIV3Schema": {"type": "object"}}}]), json!([{"name": "V 1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}])] {
            script.post(&path, &definition(versions));
        }
        let good = definition(json!([version(object(json!({"type": "object", "properties": composed()})))]));
        for (place, value) in [("/metadata/name", json!("other.example.com")), ("/spec/scope", json!("Odd")), ("/spec/names/plural", json!("ODDS")), ("/spec/names/kind", json!("odd kind")), ("/spec/names/singular", json!("x y")), ("/spec/group", json!("")), ("/spec/group", json!("example")), ("/spec/names/shortNames", json!(["A"])), ("/spec/preserveUnknownFields", json!(true)), ("/spec/conversion", json!({"strategy": "Webhook"})), ("/spec/conversion", json!({"strategy": "Odd"}))] {
            let mut changed = good.clone();
            let (parent, last) = place.rsplit_once('/').unwrap_or_default();
            if let Some(Value::Object(fields)) = changed.pointer_mut(parent) {
                fields.insert(last.to_owned(), value);
            }
            script.post(&path, &changed);
        }
        script.post(DEFINITIONS, &good);
        let own = format!("{DEFINITIONS}/odds.{group}");
        script.step(Step { until: "\"Established\"", ..Step::plain("GET", own.clone()) });
        script.step(Step { until: "OddList", ..Step::plain("GET", format!("/apis/{group}/v1/odds")) });
        let odds = script.in_group(&format!("{group}/v1"), "odds");
        script.post(&odds, &json!({"apiVersion": format!("{group}/v1"), "kind": "Odd", "metadata": {"name": "o"}, "spec": {"a": 1, "b": 2}}));
        for spec in [
            json!({"any": "ab"}), json!({"any": "xb"}), json!({"any": "abcd"}), json!({"one": "ab"}), json!({"one": "xbcd"}), json!({"one": "xb"}), json!({"all": "ab"}), json!({"all": "xb"}), json!({"all": "xbc"}), json!({"not": "bad"}), json!({"not": "good"}), json!({"port": 5}), json!({"port": "6"}), json!({"port": true}),
            json!({"either": {}}), json!({"either": {"p": "a"}}), json!({"either": {"p": "a", "q": "b"}}), json!({"few": {}}), json!({"few": {"a": "b"}}), json!({"few": {"a": "b", "c": "d", "e": "f"}}), json!({"range": 1}), json!({"range": 5}), json!({"range": 1.5}), json!({"near": {}}), json!({"near": {"q": 1}}), json!({"near": {"q": 5}}), json!({"both": {}}), json!({"both": {"q": 1}}), json!({"both": {"p": "x"}}), json!({"both": {"p": "x", "q": 5}}),
            json!({"level": 5}), json!({"level": {"x": 1}}), json!({"level": [1]}), json!({"level": null}), json!({"maybe": null}), json!({"maybe": "x"}), json!({"few": 5}), json!({"any": 5}), json!({"range": "ab"}),
        ] {
            script.post(&format!("{odds}?dryRun=All"), &json!({"apiVersion": format!("{group}/v1"), "kind": "Odd", "metadata": {"name": "j"}, "spec": spec}));
        }
        script.patch(MERGE, &own, &json!({"spec": {"scope": "Cluster"}}));
        script.patch(MERGE, &own, &json!({"spec": {"group": "x.example.com"}}));
        script.patch(MERGE, &own, &json!({"spec": {"names": {"plural": "evens"}}}));
        script.patch(MERGE, &own, &json!({"spec": {"names": {"kind": "Even"}}}));
        script.delete(&format!("{odds}/o"));
        script.delete(&own);
    });
}
