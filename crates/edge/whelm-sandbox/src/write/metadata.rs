//! The metadata that the server keeps.

use serde_json::Value;

use super::store::Write;
use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, int, items, map_at, remove, set, text};
use crate::status::Refusal;
use crate::strategy::{counts_empties, first_generation, has_status, is_counted, keeps_metadata};

/// The fields that clients cannot give to a new object.
pub(super) fn wipe(object: &mut Value) {
    for field in [
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
        "uid",
        "creationTimestamp",
    ] {
        remove(object, &["metadata", field]);
    }
}

/// Gives a new object its name, UID, creation time and first generation.
pub(super) fn prepare_created(core: &mut Core, kind: &Kind, object: &mut Value) {
    let prefix = text(object, &["metadata", "generateName"]).to_owned();
    if text(object, &["metadata", "name"]).is_empty() && prefix.is_empty() && kind.plural == "limitranges" {
        // The real server gives these a name of their own.
        let name = core.new_uid();
        set(object, &["metadata", "name"], name);
    }
    if text(object, &["metadata", "name"]).is_empty() && !prefix.is_empty() {
        let name = if kind.plural == "ipaddresses" && !kind.custom {
            // No suffix would make this the name of an address.
            prefix
        } else {
            let prefix: String = prefix.chars().take(58).collect();
            format!("{prefix}{}", core.new_suffix(5))
        };
        set(object, &["metadata", "name"], name);
    }
    let (uid, time) = (core.new_uid(), core.timestamp());
    set(object, &["metadata", "uid"], uid);
    set(object, &["metadata", "creationTimestamp"], time);
    if let Some(generation) = first_generation(kind) {
        set(object, &["metadata", "generation"], generation);
    }
}

/// Checks that an object belongs to the namespace of its request, and says so in the object.
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

/// Checks that an object has the name that its path has.
pub(super) fn check_name(object: &Value, name: &str) -> Result<(), Refusal> {
    match crate::object::name(object) {
        "" => Err(Refusal::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        ))),
        own if own != name => Err(Refusal::bad_request(format!(
            "the name of the object ({own}) does not match the name on the URL ({name})"
        ))),
        _ => Ok(()),
    }
}

/// Carries what clients cannot change over from the live object, and counts the change of the specification.
///
/// `time` is now.
pub(super) fn prepare_updated(write: &Write, time: &str, live: &Value, object: &mut Value) {
    let (kind, subresource) = (&*write.kind, write.subresource.as_str());
    carry(live, object, "generation");
    if subresource == "status" || subresource == "approval" {
        keep_all_but_status(kind, live, object);
        if kind.group == "certificates.k8s.io" {
            certificate_conditions(subresource, time, live, object);
        }
        if kind.group.is_empty() && kind.plural == "persistentvolumes" {
            phase_time(time, live, object);
        }
    } else if subresource == "ephemeralcontainers" {
        keep_all_but_ephemeral(live, object);
    } else {
        if has_status(kind) {
            match live.get("status") {
                Some(status) if object.get("status") == Some(status) => {}
                Some(status) => set(object, &["status"], status.clone()),
                None => {
                    remove(object, &["status"]);
                }
            }
        }
        if kind.group == "apiextensions.k8s.io" && !kind.custom {
            crate::admission::store_version(object);
        }
        if is_counted(kind, live, object) || (write.empties && counts_empties(kind)) {
            let generation = int(live, &["metadata", "generation"]).unwrap_or(0) + 1;
            set(object, &["metadata", "generation"], generation);
        }
    }
    if text(object, &["metadata", "uid"]).is_empty() {
        carry(live, object, "uid");
    }
    carry(live, object, "creationTimestamp");
    remove(object, &["metadata", "selfLink"]);
    for field in ["deletionTimestamp", "deletionGracePeriodSeconds"] {
        if at(live, &["metadata", field]).is_some() {
            carry(live, object, field);
        }
    }
}

/// A volume whose phase changes says when.
fn phase_time(time: &str, live: &Value, object: &mut Value) {
    let path = ["status", "lastPhaseTransitionTime"];
    let phase = |own| text(own, &["status", "phase"]);
    let (given, before) = (at(object, &path).filter(|own| !own.is_null()), at(live, &path));
    if phase(live) != phase(object) {
        if given.is_none() || given == before {
            set(object, &path, time);
        }
    } else if let (None, Some(before)) = (given, before.cloned()) {
        set(object, &path, before);
    }
}

/// Conditions of requests for certificates get their times, and those that decide stay with who may decide.
fn certificate_conditions(subresource: &str, time: &str, live: &Value, object: &mut Value) {
    let before = items(live, &["status", "conditions"]).to_vec();
    let mut after = items(object, &["status", "conditions"]).to_vec();
    let places = |list: &[Value], kind: &str| -> Vec<usize> {
        let own = list.iter().enumerate();
        own.filter(|(_, condition)| text(condition, &["type"]) == kind)
            .map(|(index, _)| index)
            .collect()
    };
    for kind in ["Approved", "Denied"] {
        let (old, new) = (places(&before, kind), places(&after, kind));
        if subresource == "status" && old.len() == new.len() {
            for (old, new) in old.into_iter().zip(new) {
                after[new] = before[old].clone();
            }
        }
    }
    let missing = |condition: &Value, field: &str| condition.get(field).is_none_or(Value::is_null);
    for condition in &mut after {
        if missing(condition, "lastUpdateTime") {
            set(condition, &["lastUpdateTime"], time);
        }
        if missing(condition, "lastTransitionTime") {
            let same = |other: &&Value| {
                ["type", "status"]
                    .iter()
                    .all(|field| other.get(field) == condition.get(field))
            };
            let known = before
                .iter()
                .find(same)
                .and_then(|other| other.get("lastTransitionTime"));
            let known = known.filter(|time| !time.is_null()).cloned();
            set(condition, &["lastTransitionTime"], known.unwrap_or_else(|| time.into()));
        }
    }
    if subresource == "approval" {
        let status = live.get("status").cloned().unwrap_or_else(|| serde_json::json!({}));
        set(object, &["status"], status);
        remove(object, &["status", "conditions"]);
    }
    if !after.is_empty() {
        set(object, &["status", "conditions"], after);
    }
}

/// Makes one field of the metadata what it was.
fn carry(live: &Value, object: &mut Value, field: &str) {
    let metadata = map_at(object, &["metadata"]);
    match at(live, &["metadata", field]) {
        Some(value) => metadata.insert(field.into(), value.clone()),
        None => metadata.remove(field),
    };
}

/// A request to `ephemeralcontainers` changes nothing but these.
fn keep_all_but_ephemeral(live: &Value, object: &mut Value) {
    let mut kept = live.clone();
    let path = ["spec", "ephemeralContainers"];
    match at(object, &path) {
        Some(containers) => set(&mut kept, &path, containers.clone()),
        None => drop(remove(&mut kept, &path)),
    }
    if at(&kept, &path) != at(live, &path) {
        let generation = int(live, &["metadata", "generation"]).unwrap_or(0) + 1;
        set(&mut kept, &["metadata", "generation"], generation);
    }
    for field in ["managedFields", "resourceVersion"] {
        carry(object, &mut kept, field);
    }
    *object = kept;
}

/// A request to `status` changes the status, and of the metadata only what the kind allows.
fn keep_all_but_status(kind: &Kind, live: &Value, object: &mut Value) {
    let Value::Object(fields) = object else { return };
    fields.retain(|name, _| {
        matches!(name.as_str(), "metadata" | "status" | "apiVersion" | "kind") || live.get(name).is_some()
    });
    for (name, value) in live.as_object().into_iter().flatten() {
        if !matches!(name.as_str(), "metadata" | "status") && fields.get(name) != Some(value) {
            fields.insert(name.clone(), value.clone());
        }
    }
    if kind.plural == "pods" && text(object, &["status", "qosClass"]).is_empty() {
        let class = text(live, &["status", "qosClass"]);
        if !class.is_empty() {
            set(object, &["status", "qosClass"], class);
        }
    }
    if kind.group == "apps" && kind.plural == "daemonsets" {
        // The count of templates is held with the specification.
        if let Some(count) = at(live, &crate::admission::TEMPLATE_GENERATION) {
            set(object, &crate::admission::TEMPLATE_GENERATION, count.clone());
        }
    }
    if kind.plural == "nodes" && at(live, &["status", "config"]).is_none() {
        remove(object, &["status", "config"]);
    }
    let kept: &[&str] = match kind.plural.as_str() {
        _ if keeps_metadata(kind) => &["labels", "annotations", "finalizers", "ownerReferences", "generateName"],
        "deployments" => &["labels"],
        "pods" if !kind.custom => &["ownerReferences", "deletionTimestamp"],
        _ => &[],
    };
    for field in kept {
        carry(live, object, field);
    }
}
