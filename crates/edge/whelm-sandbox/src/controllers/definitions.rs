//! CustomResourceDefinitions: the kinds that they make the server serve.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{change, condition, delete};
use crate::core::Core;
use crate::custom::{CLEANUP, Definition, kinds_of};
use crate::kinds::Resource;
use crate::object::{at, items, set, text};
use crate::store::Key;

fn resource_of(definition: &Value) -> Resource {
    Resource::new(
        text(definition, &["spec", "group"]),
        text(definition, &["spec", "names", "plural"]),
    )
}

/// Serves the kinds of a definition, and says so in its status.
pub(super) fn reconcile(core: &mut Core, key: &Key, definition: &Arc<Value>) {
    let resource = resource_of(definition);
    core.kinds.remove_custom(&resource.group, &resource.plural);
    for kind in kinds_of(definition) {
        core.kinds.add_custom(kind);
    }
    core.definitions
        .insert(resource, Arc::new(Definition::read(definition)));
    let mut status = definition.get("status").cloned().unwrap_or_else(|| json!({}));
    let conditions = json!([
        condition(
            core,
            definition,
            "NamesAccepted",
            "True",
            "NoConflicts",
            "no conflicts found"
        ),
        condition(
            core,
            definition,
            "Established",
            "True",
            "InitialNamesAccepted",
            "the initial names have been accepted"
        ),
    ]);
    set(&mut status, &["conditions"], conditions);
    let names = at(definition, &["spec", "names"]).cloned().unwrap_or_default();
    set(&mut status, &["acceptedNames"], names);
    change(core, key, "status", "kube-apiserver", |definition| {
        set(definition, &["status"], status)
    });
}

/// Deletes the objects of a definition that is being deleted, and with them the definition.
///
/// Where controllers rest, the definition only says that this is going on.
pub(super) fn finish(core: &mut Core, key: &Key, definition: &Arc<Value>) {
    if core.controllers {
        crate::write::finish_deletion(core, key, CLEANUP);
        return;
    }
    let mut conditions = items(definition, &["status", "conditions"]).to_vec();
    for condition in &mut conditions {
        if text(condition, &["reason"]) == "InstanceDeletionPending" {
            set(condition, &["reason"], "InstanceDeletionInProgress");
            set(condition, &["message"], "CustomResource deletion is in progress");
        }
    }
    if conditions.as_slice() != items(definition, &["status", "conditions"]) {
        change(core, key, "status", "kube-apiserver", |definition| {
            set(definition, &["status", "conditions"], conditions);
        });
    }
}

/// Stops serving the kinds of a definition that is gone, and deletes their objects.
pub(super) fn removed(core: &mut Core, key: &Key) {
    if key.resource != Resource::new("apiextensions.k8s.io", "customresourcedefinitions") {
        return;
    }
    let Some((plural, group)) = key.name.split_once('.') else {
        return;
    };
    let resource = Resource::new(group, plural);
    for object in core.store.list(&resource, "") {
        delete(core, &Key::of(&resource, &object));
    }
    core.definitions.remove(&resource);
    core.kinds.remove_custom(group, plural);
}
