//! Namespaces: what each has from the start, and their end.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{create, delete};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{items, name};
use crate::store::Key;

/// Gives a namespace its default service account and the certificates of the cluster.
pub(super) fn reconcile(core: &mut Core, namespace: &Arc<Value>) {
    let name = name(namespace).to_owned();
    let accounts = Resource::new("", "serviceaccounts");
    if core.store.get(&Key::new(&accounts, &name, "default")).is_none() {
        create(core, &accounts, &name, json!({"metadata": {"name": "default"}}));
    }
    let config_maps = Resource::new("", "configmaps");
    if core
        .store
        .get(&Key::new(&config_maps, &name, "kube-root-ca.crt"))
        .is_none()
    {
        let object = json!({"metadata": {"name": "kube-root-ca.crt"}, "data": {"ca.crt": "sandbox\n"}});
        create(core, &config_maps, &name, object);
    }
}

/// Deletes everything in a namespace that is being deleted, and then the namespace.
pub(super) fn finish(core: &mut Core, key: &Key, namespace: &Arc<Value>) {
    let name = name(namespace).to_owned();
    let mut left = false;
    for resource in core.store.resources() {
        if !core.kinds.preferred(&resource).is_some_and(|kind| kind.namespaced) {
            continue;
        }
        for object in core.store.list(&resource, &name) {
            delete(core, &Key::of(&resource, &object));
        }
        left |= !core.store.list(&resource, &name).is_empty();
    }
    if !left && items(namespace, &["metadata", "finalizers"]).is_empty() {
        core.store.remove(key);
    }
}
