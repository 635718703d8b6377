//! Applying and updating, on a schema with every kind of list and map.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use structured_merge::{
    Atom, Field, FieldSet, Force, ListRelationship, ListType, MapType, Scalar, Schema, TypeId, Updater,
};

const T1: &str = "2026-01-02T03:04:05Z";
const T2: &str = "2026-01-02T03:04:06Z";
const T3: &str = "2026-01-02T03:04:07Z";

/// `spec` has `replicas`, a free-form map `labels`, an atomic list `args`, a set `finalizers`, and a list `ports` with the keys
/// `port` and `protocol`, the latter with a default.
fn schema() -> (Schema, TypeId) {
    let mut schema = Schema::new();
    let scalar = |scalar: Scalar| Atom {
        scalar: Some(scalar),
        ..Atom::default()
    };
    let list = |element, relationship| Atom {
        list: Some(ListType { element, relationship }),
        ..Atom::default()
    };
    let number = schema.add(scalar(Scalar::Numeric));
    let string = schema.add(scalar(Scalar::String));
    let structure = |fields: &[(&str, TypeId)]| {
        let field = |type_id: TypeId| Field { type_id, default: None };
        let fields: BTreeMap<_, _> = fields
            .iter()
            .map(|(name, id)| ((*name).to_owned(), field(*id)))
            .collect();
        MapType {
            fields,
            element: None,
            atomic: false,
        }
    };
    let labels = MapType {
        element: Some(string),
        ..MapType::default()
    };
    let labels = schema.add(Atom {
        map: Some(labels),
        ..Atom::default()
    });
    let mut port = structure(&[("port", number), ("protocol", string), ("name", string)]);
    port.fields.get_mut("protocol").unwrap().default = Some(json!("TCP"));
    let port = schema.add(Atom {
        map: Some(port),
        ..Atom::default()
    });
    let ports = schema.add(list(
        port,
        ListRelationship::Map(vec!["port".into(), "protocol".into()]),
    ));
    let args = schema.add(list(string, ListRelationship::Atomic));
    let finalizers = schema.add(list(string, ListRelationship::Set));
    let spec = structure(&[
        ("replicas", number),
        ("labels", labels),
        ("args", args),
        ("finalizers", finalizers),
        ("ports", ports),
    ]);
    let spec = schema.add(Atom {
        map: Some(spec),
        ..Atom::default()
    });
    let metadata = structure(&[("name", string), ("uid", string), ("labels", labels)]);
    let metadata = schema.add(Atom {
        map: Some(metadata),
        ..Atom::default()
    });
    let root = structure(&[
        ("apiVersion", string),
        ("kind", string),
        ("metadata", metadata),
        ("spec", spec),
        ("status", Schema::DEDUCED),
    ]);
    let root = schema.add(Atom {
        map: Some(root),
        ..Atom::default()
    });
    (schema, root)
}

fn object(spec: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "W", "metadata": {"name": "w"}, "spec": spec})
}

/// Gives an object a UID, as a server does when it stores it.
fn stored(mut object: Value) -> Value {
    object["metadata"]["uid"] = json!("1");
    object
}

fn owners(object: &Value) -> Value {
    object["metadata"]["managedFields"].clone()
}

#[test]
fn apply_creates_and_removes_what_is_dropped() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let first = object(json!({"replicas": 1, "labels": {"a": "1", "b": "2"}, "ports": [{"port": 80}, {"port": 81}]}));
    let live = stored(updater.apply(&json!({}), &first, "helm", Force::No, T1).unwrap());
    assert_eq!(
        owners(&live),
        json!([{
            "manager": "helm", "operation": "Apply", "apiVersion": "v1", "time": T1, "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {
                "f:replicas": {},
                "f:labels": {"f:a": {}, "f:b": {}},
                "f:ports": {
                    r#"k:{"port":80,"protocol":"TCP"}"#: {".": {}, "f:port": {}},
                    r#"k:{"port":81,"protocol":"TCP"}"#: {".": {}, "f:port": {}},
                },
            }},
        }]),
    );
    let second = object(json!({"labels": {"b": "2"}, "ports": [{"port": 81, "name": "x"}]}));
    let live = updater.apply(&live, &second, "helm", Force::No, T2).unwrap();
    assert_eq!(
        live["spec"],
        json!({"labels": {"b": "2"}, "ports": [{"port": 81, "name": "x"}]})
    );
    assert_eq!(owners(&live)[0]["time"], T2);
}

#[test]
fn applying_the_same_again_changes_nothing() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let config = object(json!({"args": ["x"], "finalizers": ["f"]}));
    let live = stored(updater.apply(&json!({}), &config, "helm", Force::No, T1).unwrap());
    assert_eq!(updater.apply(&live, &config, "helm", Force::No, T2).unwrap(), live);
}

#[test]
fn fields_that_others_apply_too_stay() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let both = object(json!({"labels": {"a": "1"}, "finalizers": ["x", "y"]}));
    let live = stored(updater.apply(&json!({}), &both, "helm", Force::No, T1).unwrap());
    let live = updater
        .apply(&live, &object(json!({"finalizers": ["y"]})), "other", Force::No, T2)
        .unwrap();
    let mut nothing = object(json!({}));
    nothing.as_object_mut().unwrap().remove("spec");
    let live = updater.apply(&live, &nothing, "helm", Force::No, T3).unwrap();
    assert_eq!(live["spec"], json!({"finalizers": ["y"]}));
    assert_eq!(owners(&live).as_array().unwrap().len(), 1);
}

#[test]
fn conflicts_and_force() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    // A typed object always has its structs, so that nobody owns those.
    let empty = json!({"metadata": {}, "spec": {}});
    let live = stored(updater.update(&empty, object(json!({"replicas": 1, "args": ["a"]})), "kubectl", T1));
    let config = object(json!({"replicas": 2}));
    let error = updater.apply(&live, &config, "helm", Force::No, T2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Apply failed with 1 conflict: conflict with \"kubectl\" using v1: .spec.replicas"
    );
    let config = object(json!({"replicas": 2, "args": ["b"]}));
    let error = updater.apply(&live, &config, "helm", Force::No, T2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Apply failed with 2 conflicts: conflicts with \"kubectl\" using v1:\n- .spec.args\n- .spec.replicas",
    );
    let live = updater.apply(&live, &config, "helm", Force::Yes, T2).unwrap();
    assert_eq!(live["spec"], json!({"replicas": 2, "args": ["b"]}));
    let managers: Vec<_> = owners(&live)
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["manager"].clone())
        .collect();
    assert_eq!(managers, ["helm"]);
}

#[test]
fn updates_take_what_they_change() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let live = stored(
        updater
            .apply(&json!({}), &object(json!({"replicas": 1})), "helm", Force::No, T1)
            .unwrap(),
    );
    let mut new = live.clone();
    new["spec"]["replicas"] = json!(5);
    let updated = updater.update(&live, new, "scaler", T2);
    assert_eq!(
        owners(&updated),
        json!([{
            "manager": "scaler", "operation": "Update", "apiVersion": "v1", "time": T2, "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {"f:replicas": {}}},
        }]),
    );
    assert_eq!(updater.update(&live, live.clone(), "scaler", T2), live);
}

#[test]
fn ignored_fields_are_not_owned() {
    let (schema, root) = schema();
    let mut updater = Updater::new(&schema, root, "v1");
    updater.ignored = FieldSet::of_names(&[&["status"]]);
    let mut config = object(json!({"replicas": 1}));
    config["status"] = json!({"ready": true});
    let live = updater.apply(&json!({}), &config, "helm", Force::No, T1).unwrap();
    assert_eq!(owners(&live)[0]["fieldsV1"], json!({"f:spec": {"f:replicas": {}}}));
}

#[test]
fn objects_without_owners_get_some_at_the_first_apply() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let live = stored(object(json!({"replicas": 1, "args": ["a"]})));
    assert_eq!(updater.update(&live, live.clone(), "kubectl", T1), live);
    let error = updater
        .apply(&live, &object(json!({"replicas": 2})), "helm", Force::No, T2)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .spec.replicas",
    );
}

#[test]
fn configurations_that_do_not_fit() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let table = [
        (json!({"odd": 1}), ".spec.odd: field not declared in schema"),
        (
            json!({"replicas": "x"}),
            ".spec.replicas: expected numeric (int or float), got string",
        ),
        (json!({"args": "x"}), ".spec.args: expected list, got &{x}"),
        (json!({"labels": [1]}), ".spec.labels: expected map, got &{[1]}"),
        (
            json!({"labels": {"a": 1}}),
            ".spec.labels.a: expected string, got &value.valueUnstructured{Value:1}",
        ),
        (
            json!({"ports": [{"port": 80}, {"port": 80, "protocol": "TCP"}]}),
            r#".spec.ports: duplicate entries for key [port=80,protocol="TCP"]"#,
        ),
        (
            json!({"odd": 1, "replicas": true}),
            ".spec.odd: field not declared in schema",
        ),
    ];
    for (spec, message) in table {
        let error = updater
            .apply(&json!({}), &object(spec), "helm", Force::No, T1)
            .unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn old_update_managers_are_put_together() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let mut live = stored(updater.update(&json!({}), object(json!({"replicas": 0})), "first", T1));
    for index in 0..20 {
        let mut new = live.clone();
        new["spec"]["labels"][format!("l{index}")] = json!("x");
        live = updater.update(&live, new, &format!("m{index:02}"), T2);
    }
    let names: Vec<_> = owners(&live)
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["manager"].clone())
        .collect();
    assert_eq!(names.len(), 10);
    assert!(names.contains(&json!("ancient-changes")));
}

#[test]
fn merged_lists_keep_the_order_of_the_applied_one() {
    let (schema, root) = schema();
    let updater = Updater::new(&schema, root, "v1");
    let table = [
        (json!(["a", "b", "c"]), json!(["c", "a"]), json!(["b", "c", "a"])),
        (json!(["a", "b"]), json!(["x", "b"]), json!(["a", "x", "b"])),
        (json!(["a"]), json!(["b"]), json!(["a", "b"])),
        (json!(["b", "c", "a"]), json!(["a", "b"]), json!(["c", "a", "b"])),
    ];
    for (live, config, merged) in table {
        let live = stored(
            updater
                .apply(&json!({}), &object(json!({"finalizers": live})), "x", Force::No, T1)
                .unwrap(),
        );
        let object = updater
            .apply(&live, &object(json!({"finalizers": config})), "y", Force::No, T1)
            .unwrap();
        assert_eq!(object["spec"]["finalizers"], merged, "{live} {config}");
    }
}
