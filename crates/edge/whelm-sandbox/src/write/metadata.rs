//! The metadata that the server keeps.

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, int, map_at, remove, set, text};
use crate::status::{FieldFault, Refusal};
use crate::validation::name_fault;

/// Gives a new object its name, namespace, UID, creation time and first generation.
pub(super) fn prepare_created(
    core: &mut Core,
    kind: &Kind,
    namespace: &str,
    object: &mut Value,
) -> Result<(), Refusal> {
    for field in [
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
        "uid",
        "creationTimestamp",
        "generation",
    ] {
        remove(object, &["metadata", field]);
    }
    if !text(object, &["metadata", "resourceVersion"]).is_empty() {
        return Err(Refusal::internal(
            "resourceVersion should not be set on objects to be created",
        ));
    }
    remove(object, &["metadata", "resourceVersion"]);
    check_namespace(kind, namespace, object)?;
    generate_name(core, kind, object)?;
    let (uid, time) = (core.new_uid(), core.timestamp());
    set(object, &["metadata", "uid"], uid);
    set(object, &["metadata", "creationTimestamp"], time);
    if has_generation(kind) {
        set(object, &["metadata", "generation"], 1);
    }
    Ok(())
}

pub(super) fn check_namespace(kind: &Kind, namespace: &str, object: &mut Value) -> Result<(), Refusal> {
    if !kind.namespaced {
        remove(object, &["metadata", "namespace"]);
        return Ok(());
    }
    let own = text(object, &["metadata", "namespace"]);
    if !own.is_empty() && own != namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    set(object, &["metadata", "namespace"], namespace);
    Ok(())
}

fn generate_name(core: &mut Core, kind: &Kind, object: &mut Value) -> Result<(), Refusal> {
    let prefix = text(object, &["metadata", "generateName"]).to_owned();
    if text(object, &["metadata", "name"]).is_empty() && !prefix.is_empty() {
        let prefix: String = prefix.chars().take(58).collect();
        let name = format!("{prefix}{}", core.new_suffix(5));
        set(object, &["metadata", "name"], name);
    }
    let name = text(object, &["metadata", "name"]).to_owned();
    if name.is_empty() {
        let fault = FieldFault::required("metadata.name", "name or generateName is required");
        return Err(Refusal::invalid(kind, "", &[fault]));
    }
    match name_fault(kind, &name) {
        Some(fault) => Err(Refusal::invalid(kind, &name, &[fault])),
        None => Ok(()),
    }
}

/// Says whether objects of a kind count the changes of their specification.
pub(crate) fn has_generation(kind: &Kind) -> bool {
    kind.custom
        || match kind.group.as_str() {
            "" => matches!(kind.plural.as_str(), "pods" | "replicationcontrollers"),
            "apps" => kind.plural != "controllerrevisions",
            "batch"
            | "policy"
            | "networking.k8s.io"
            | "discovery.k8s.io"
            | "apiextensions.k8s.io"
            | "admissionregistration.k8s.io"
            | "flowcontrol.apiserver.k8s.io" => true,
            "scheduling.k8s.io" => kind.plural == "priorityclasses",
            _ => false,
        }
}

/// Carries what clients cannot change over from the live object, and counts the change of the specification.
pub(super) fn prepare_updated(kind: &Kind, subresource: &str, live: &Value, object: &mut Value) {
    let metadata = map_at(object, &["metadata"]);
    for field in [
        "uid",
        "creationTimestamp",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generateName",
    ] {
        match at(live, &["metadata", field]) {
            Some(value) => metadata.insert(field.into(), value.clone()),
            None => metadata.remove(field),
        };
    }
    for field in ["name", "namespace"] {
        if let Some(value) = at(live, &["metadata", field]) {
            metadata.insert(field.into(), value.clone());
        }
    }
    if subresource == "status" {
        keep_all_but_status(kind, live, object);
        return;
    }
    if has_status(kind) {
        match live.get("status") {
            Some(status) => set(object, &["status"], status.clone()),
            None => {
                remove(object, &["status"]);
            }
        }
    }
    // Deployments count the changes of their annotations too.
    let annotations = |object: &Value| at(object, &["metadata", "annotations"]).cloned();
    let annotated = kind.plural == "deployments" && annotations(live) != annotations(object);
    if has_generation(kind) && (annotated || specification(live) != specification(object)) {
        let generation = int(live, &["metadata", "generation"]).unwrap_or(0) + 1;
        set(object, &["metadata", "generation"], generation);
    }
}

/// Says whether the status is written through a subresource of its own.
pub(crate) fn has_status(kind: &Kind) -> bool {
    kind.has_subresource("status")
}

/// A request to `status` changes the status, and of the metadata the labels, annotations and finalizers of custom objects
/// stay as they are.
fn keep_all_but_status(kind: &Kind, live: &Value, object: &mut Value) {
    let status = object.get("status").cloned();
    let owners = at(object, &["metadata", "managedFields"]).cloned();
    let annotations = at(object, &["metadata", "annotations"]).cloned();
    *object = live.clone();
    match status {
        Some(status) => set(object, &["status"], status),
        None => {
            remove(object, &["status"]);
        }
    }
    if let Some(owners) = owners {
        set(object, &["metadata", "managedFields"], owners);
    }
    if let Some(value) = annotations.filter(|_| !kind.custom) {
        set(object, &["metadata", "annotations"], value);
    }
}

/// Returns everything but metadata and status.
fn specification(object: &Value) -> Value {
    let mut fields = object.as_object().cloned().unwrap_or_default();
    for field in ["metadata", "status", "apiVersion", "kind"] {
        fields.remove(field);
    }
    // Giving a Pod its node is no change of its specification.
    if let Some(Value::Object(spec)) = fields.get_mut("spec") {
        spec.remove("nodeName");
    }
    json!(fields)
}
