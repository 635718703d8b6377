//! PersistentVolumeClaims: each is bound to a volume of its own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{change, create, delete, set_status};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, items, name, namespace, set, text, uid};
use crate::store::Key;
use crate::write::finish_deletion;

fn volume_name(claim: &Value) -> String {
    format!("pvc-{}", uid(claim))
}

pub(super) fn reconcile(core: &mut Core, key: &Key, claim: &Arc<Value>) {
    if text(claim, &["status", "phase"]) == "Bound" {
        return;
    }
    let volumes = Resource::new("", "persistentvolumes");
    let size = at(claim, &["spec", "resources", "requests", "storage"])
        .cloned()
        .unwrap_or_else(|| json!("1Gi"));
    let modes = at(claim, &["spec", "accessModes"])
        .cloned()
        .unwrap_or_else(|| json!(["ReadWriteOnce"]));
    let wanted = text(claim, &["spec", "volumeName"]).to_owned();
    let volume = if wanted.is_empty() { volume_name(claim) } else { wanted };
    let volume_key = Key::new(&volumes, "", &volume);
    if core.store.get(&volume_key).is_none() {
        let object = json!({
            "metadata": {"name": volume},
            "spec": {
                "capacity": {"storage": size}, "accessModes": modes, "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": at(claim, &["spec", "storageClassName"]), "hostPath": {"path": "/sandbox"},
                "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": name(claim),
                    "namespace": namespace(claim), "uid": uid(claim)},
            },
        });
        create(core, &volumes, "", object);
    }
    set_status(core, &volume_key, json!({"phase": "Bound"}));
    change(core, key, "", super::MANAGER, |claim| {
        set(claim, &["spec", "volumeName"], volume.clone());
        set(
            claim,
            &["metadata", "annotations", "pv.kubernetes.io/bind-completed"],
            "yes",
        );
        set(
            claim,
            &["metadata", "annotations", "pv.kubernetes.io/bound-by-controller"],
            "yes",
        );
    });
    set_status(
        core,
        key,
        json!({"phase": "Bound", "accessModes": modes, "capacity": {"storage": size}}),
    );
}

/// A claim that is being deleted goes when no Pod uses it.
pub(super) fn finish(core: &mut Core, key: &Key) {
    let pods = core.store.list(&Resource::new("", "pods"), &key.namespace);
    let uses = |pod: &Value| {
        items(pod, &["spec", "volumes"])
            .iter()
            .any(|volume| text(volume, &["persistentVolumeClaim", "claimName"]) == key.name)
    };
    if !pods.iter().any(|pod| uses(pod)) {
        finish_deletion(core, key, "kubernetes.io/pvc-protection");
    }
}

/// The volume of a claim that is gone goes too; claims that waited for a Pod are looked at again.
pub(super) fn removed(core: &mut Core, key: &Key, before: &Value) {
    if key.resource == Resource::new("", "persistentvolumeclaims") {
        let volume_key = Key::new(&Resource::new("", "persistentvolumes"), "", &volume_name(before));
        delete(core, &volume_key);
        if let Some(volume) = core.store.get(&volume_key).cloned() {
            finish_volume(core, &volume_key, &volume);
        }
    }
    if key.resource == Resource::new("", "pods") {
        for volume in items(before, &["spec", "volumes"]) {
            let claim = text(volume, &["persistentVolumeClaim", "claimName"]);
            let claim_key = Key::new(&Resource::new("", "persistentvolumeclaims"), &key.namespace, claim);
            if core
                .store
                .get(&claim_key)
                .is_some_and(|claim| crate::object::is_deleted(claim))
            {
                finish(core, &claim_key);
            }
        }
    }
}

/// A volume that is being deleted goes when its claim is gone.
pub(super) fn finish_volume(core: &mut Core, key: &Key, volume: &Value) {
    let claimed = |field: &str| text(volume, &["spec", "claimRef", field]);
    let claims = Resource::new("", "persistentvolumeclaims");
    let claim = Key::new(&claims, claimed("namespace"), claimed("name"));
    if core.store.get(&claim).is_none_or(|claim| uid(claim) != claimed("uid")) {
        finish_deletion(core, key, "kubernetes.io/pv-protection");
    }
}

/// Makes a new volume available.
pub(super) fn reconcile_volume(core: &mut Core, key: &Key, volume: &Arc<Value>) {
    if text(volume, &["status", "phase"]) == "Pending" {
        change(core, key, "status", super::MANAGER, |volume| {
            set(volume, &["status", "phase"], "Available")
        });
    }
}
