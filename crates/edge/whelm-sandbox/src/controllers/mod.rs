//! The controllers, the scheduler and the kubelets, simulated.
//!
//! Every change makes some objects dirty; [`reconcile`] brings a dirty object to where the real controllers would bring it,
//! at once. What a controller writes are changes again, until none is left.

mod aggregation;
mod bootstrap;
mod budgets;
mod claims;
mod cron_job;
mod daemon_set;
mod definitions;
mod deployment;
mod events;
mod job;
mod namespaces;
mod nodes;
mod owners;
mod pods;
mod quotas;
mod replica_set;
mod services;
mod stateful_set;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

pub(crate) use bootstrap::bootstrap;
use events::{Remark, Source, record};

use crate::core::Core;
use crate::kinds::{Kind, Resource};
use crate::object::{condition_holds, condition_of, is_deleted, items, name, set, text, uid};
use crate::script::{Outcome, Script};
use crate::store::{Change, Key};
use crate::write::{Write, create_object, read_own, update_object};

/// The field manager of everything that controllers write.
const MANAGER: &str = "kube-controller-manager";

/// Takes in changes: notes which objects they make dirty.
pub(crate) fn mark(core: &mut Core, change: &Change, dirty: &mut BTreeSet<Key>) {
    dirty.insert(change.key.clone());
    if change.after.is_none() {
        // One of the same name that comes later waits for nothing yet.
        core.alarms.set(&change.key, None);
    }
    if !core.controllers {
        if change.after.is_none() {
            definitions::removed(core, &change.key);
        }
        return;
    }
    for object in [&change.before, &change.after].into_iter().flatten() {
        for owner in items(object, &["metadata", "ownerReferences"]) {
            dirty.extend(owner_key(core, owner, &change.key.namespace));
        }
    }
    let key = &change.key;
    aggregation::mark(core, key, dirty);
    quotas::mark(core, key, dirty);
    if key.resource == Resource::new("", "pods") {
        mark_selectors(core, change, dirty);
    }
    if change.after.is_none() {
        if let Some(before) = &change.before {
            owners::removed(core, uid(before));
            claims::removed(core, key, before);
        }
        dirty.insert(Key::new(&Resource::new("", "namespaces"), "", &key.namespace));
        definitions::removed(core, key);
    }
}

/// The services and budgets that select a Pod, before or after its change.
fn mark_selectors(core: &Core, change: &Change, dirty: &mut BTreeSet<Key>) {
    for pod in [&change.before, &change.after].into_iter().flatten() {
        let selecting = core.store.may_select(&change.key, pod).into_iter();
        dirty.extend(selecting.filter(|key| core.store.get(key).is_some_and(|object| selects_pod(object, pod))));
    }
}

/// Says whether a service or budget selects a Pod.
fn selects_pod(object: &Value, pod: &Value) -> bool {
    let labels = crate::object::labels(pod);
    let Some(selector) = crate::object::at(object, &["spec", "selector"]) else {
        return false;
    };
    let Some(pairs) = selector.as_object().filter(|pairs| !pairs.is_empty()) else {
        return false;
    };
    if pairs.contains_key("matchLabels") || pairs.contains_key("matchExpressions") {
        return crate::object::selects(selector, &labels);
    }
    pairs
        .iter()
        .all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
}

/// Returns where the owner that a reference names is.
fn owner_key(core: &Core, reference: &Value, namespace: &str) -> Option<Key> {
    let (api_version, kind) = (text(reference, &["apiVersion"]), text(reference, &["kind"]));
    let found = core
        .kinds
        .all()
        .find(|own| own.kind == kind && own.api_version() == api_version)?;
    let namespace = if found.namespaced { namespace } else { "" };
    Some(Key::new(&found.resource(), namespace, text(reference, &["name"])))
}

/// Whose turn it is before whose: Pods go before those that own them, and those before what looks at both.
pub(crate) fn turn(key: &Key) -> u8 {
    match key.resource.plural.as_str() {
        "pods" => 1,
        "replicasets" | "replicationcontrollers" | "statefulsets" | "daemonsets" | "jobs" => 2,
        "deployments" | "cronjobs" => 3,
        "services" | "poddisruptionbudgets" | "horizontalpodautoscalers" => 4,
        _ => 0,
    }
}

/// Brings an object to where its controllers want it.
pub(crate) fn reconcile(core: &mut Core, key: &Key) {
    let Some(object) = core.store.get(key).cloned() else {
        return;
    };
    let is_definition = key.resource == Resource::new("apiextensions.k8s.io", "customresourcedefinitions");
    if !core.controllers && !is_definition {
        return;
    }
    if is_deleted(&object) {
        owners::finish(core, key, &object);
        match (key.resource.group.as_str(), key.resource.plural.as_str()) {
            ("", "namespaces") => namespaces::finish(core, key, &object),
            ("", "pods") => pods::finish(core, key, &object),
            ("", "persistentvolumeclaims") => claims::finish(core, key),
            ("", "persistentvolumes") => claims::finish_volume(core, key, &object),
            ("apiextensions.k8s.io", "customresourcedefinitions") => definitions::finish(core, key, &object),
            _ => {}
        }
        return;
    }
    match (key.resource.group.as_str(), key.resource.plural.as_str()) {
        ("", "namespaces") => namespaces::reconcile(core, &object),
        ("", "events") => events::reconcile(core, key, &object),
        ("", "pods") => pods::reconcile(core, key, &object),
        ("", "services") => services::reconcile(core, key, &object),
        ("", "persistentvolumeclaims") => claims::reconcile(core, key, &object),
        ("", "persistentvolumes") => claims::reconcile_volume(core, key, &object),
        ("", "nodes") => nodes::reconcile(core, key, &object),
        ("", "resourcequotas") => quotas::reconcile(core, key, &object),
        ("apps", "deployments") => deployment::reconcile(core, key, &object),
        ("apps", "replicasets") | ("", "replicationcontrollers") => replica_set::reconcile(core, key, &object),
        ("apps", "statefulsets") => stateful_set::reconcile(core, key, &object),
        ("apps", "daemonsets") => daemon_set::reconcile(core, key, &object),
        ("batch", "cronjobs") => cron_job::reconcile(core, key, &object),
        ("batch", "jobs") => job::reconcile(core, key, &object),
        ("policy", "poddisruptionbudgets") => budgets::reconcile_budget(core, key, &object),
        ("autoscaling", "horizontalpodautoscalers") => budgets::reconcile_autoscaler(core, key, &object),
        (crate::authorization::GROUP, "clusterroles") => aggregation::reconcile(core, key, &object),
        ("apiextensions.k8s.io", "customresourcedefinitions") => definitions::reconcile(core, key, &object),
        _ => {}
    }
}

fn kind(core: &Core, resource: &Resource) -> Option<Arc<Kind>> {
    core.kinds.preferred(resource)
}

/// Creates an object as a controller does; one that exists already stays as it is.
fn create(core: &mut Core, resource: &Resource, namespace: &str, object: Value) -> Option<Arc<Value>> {
    create_as(core, MANAGER, resource, namespace, object)
}

/// Creates an object as a part of the control plane does, under its name; one that exists already stays as it is.
pub(crate) fn create_as(
    core: &mut Core,
    manager: &str,
    resource: &Resource,
    namespace: &str,
    object: Value,
) -> Option<Arc<Value>> {
    let kind = kind(core, resource)?;
    let mut object = read_own(core, &kind, object);
    crate::object::set(&mut object, &["apiVersion"], kind.api_version());
    crate::object::set(&mut object, &["kind"], kind.kind.clone());
    let mut write = Write::by_controller(kind, "", manager);
    create_object(core, &mut write, namespace, object).ok()
}

/// Changes an object through a subresource, or as a whole.
fn change(core: &mut Core, key: &Key, subresource: &str, manager: &str, edit: impl FnOnce(&mut Value)) {
    let (Some(kind), Some(live)) = (kind(core, &key.resource), core.store.get(key).cloned()) else {
        return;
    };
    let live = crate::convert::to_version(&kind, &live);
    let mut object = Value::clone(&live);
    edit(&mut object);
    if object == *live {
        return;
    }
    let mut write = Write::by_controller(kind, subresource, manager);
    // A refusal means that the object is not as a controller would leave it; it then stays as it is.
    let _ = update_object(core, &mut write, key, &live, object);
}

/// Sets a field of an object, through a subresource or as a whole.
fn set_field(core: &mut Core, key: &Key, subresource: &str, path: &[&str], value: Value) {
    let live = core.store.get(key).and_then(|live| crate::object::at(live, path));
    if live != Some(&value) {
        change(core, key, subresource, MANAGER, |object| {
            crate::object::set(object, path, value);
        });
    }
}

/// Sets the status of an object.
fn set_status(core: &mut Core, key: &Key, status: Value) {
    set_field(core, key, "status", &["status"], status);
}

/// Deletes an object as a controller does.
fn delete(core: &mut Core, key: &Key) {
    let (Some(kind), Some(object)) = (kind(core, &key.resource), core.store.get(key).cloned()) else {
        return;
    };
    crate::write::delete_object(core, &kind, key, &object, crate::write::Propagation::Background);
}

/// Returns the objects of a resource that an owner controls, oldest first.
fn owned(core: &Core, owner: &Value, resource: &Resource) -> Vec<Arc<Value>> {
    let keys = core.store.dependents(uid(owner));
    let of_resource = keys.iter().filter(|key| key.resource == *resource);
    let mut owned: Vec<Arc<Value>> = of_resource.filter_map(|key| core.store.get(key).cloned()).collect();
    owned.retain(|object| !is_deleted(object));
    owned.sort_by(|left, right| {
        let created = |object: &Value| {
            (
                text(object, &["metadata", "creationTimestamp"]).to_owned(),
                name(object).to_owned(),
            )
        };
        created(left).cmp(&created(right))
    });
    owned
}

/// Returns the reference by which a controller owns an object.
fn controller_reference(owner: &Value) -> Value {
    json!([{
        "apiVersion": owner.get("apiVersion"), "kind": owner.get("kind"), "name": name(owner), "uid": uid(owner),
        "controller": true, "blockOwnerDeletion": true,
    }])
}

/// Creates a Pod for its owner, which says so. Says whether it could.
fn add_pod(core: &mut Core, owner: &Value, component: &str, pod: Value) -> bool {
    let Some(pod) = create_pod(core, owner, component, pod) else {
        return false;
    };
    let message = format!("Created pod: {}", name(&pod));
    let remark = Remark::normal("SuccessfulCreate", &message);
    record(core, owner, Source::controller(component), remark);
    true
}

/// Deletes a Pod of an owner, which says so.
fn remove_pod(core: &mut Core, owner: &Value, component: &str, pod: &Value) {
    let message = format!("Deleted pod: {}", name(pod));
    let remark = Remark::normal("SuccessfulDelete", &message);
    record(core, owner, Source::controller(component), remark);
    delete(core, &Key::of(&Resource::new("", "pods"), pod));
}

/// Creates a Pod for its controller, and says so.
fn create_pod(core: &mut Core, owner: &Value, component: &str, mut pod: Value) -> Option<Arc<Value>> {
    set(&mut pod, &["metadata", "namespace"], crate::object::namespace(owner));
    if Script::of(core, &pod).outcome == Outcome::QuotaExceeded {
        let pod_name = match name(&pod) {
            "" => text(&pod, &["metadata", "generateName"]),
            name => name,
        };
        let message = format!("Error creating: pods \"{pod_name}\" is forbidden: exceeded quota: scripted");
        record(
            core,
            owner,
            Source::controller(component),
            Remark::warning("FailedCreate", &message),
        );
        return None;
    }
    create(core, &Resource::new("", "pods"), crate::object::namespace(owner), pod)
}

/// Returns a Pod made from the template of its controller.
fn pod_from_template(owner: &Value, template: &Value) -> Value {
    let mut pod = json!({"metadata": template.get("metadata"), "spec": template.get("spec")});
    if pod["metadata"].is_null() {
        pod["metadata"] = json!({});
    }
    crate::object::set(&mut pod, &["metadata", "ownerReferences"], controller_reference(owner));
    crate::object::set(&mut pod, &["metadata", "generateName"], format!("{}-", name(owner)));
    pod
}

/// Keeps a template as a revision, unless it is kept already.
fn keep_revision(core: &mut Core, own: &Value, template: &Value, revision: &str) {
    let revisions = Resource::new("apps", "controllerrevisions");
    if core
        .store
        .get(&Key::new(&revisions, crate::object::namespace(own), revision))
        .is_some()
    {
        return;
    }
    let number = owned(core, own, &revisions).len() + 1;
    let object = json!({
        "metadata": {"name": revision, "ownerReferences": controller_reference(own),
            "labels": crate::object::at(template, &["metadata", "labels"])},
        "data": {"spec": {"template": template}}, "revision": number,
    });
    create(core, &revisions, crate::object::namespace(own), object);
}

/// Returns a short hash of a template, in the letters that names may have.
fn template_hash(template: &Value) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let text = template.to_string();
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let digits = (hash >> 32 ^ hash & 0xffff_ffff).to_string();
    digits
        .bytes()
        .map(|digit| char::from(LETTERS[usize::from(digit) % LETTERS.len()]))
        .collect()
}

/// Says whether a Pod is ready.
fn is_ready(pod: &Value) -> bool {
    condition_holds(pod, "Ready")
}

/// Returns a condition that was not there before with the present time, or keeps the time of an equal one.
fn condition(core: &Core, object: &Value, kind: &str, status: &str, reason: &str, message: &str) -> Value {
    let same = condition_of(object, kind).filter(|own| text(own, &["status"]) == status);
    let time = same
        .map(|own| text(own, &["lastTransitionTime"]).to_owned())
        .unwrap_or_else(|| core.timestamp());
    json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": time})
}
