//! Garbage collection by owner references.

use std::sync::Arc;

use serde_json::Value;

use super::delete;
use crate::core::Core;
use crate::object::{items, set, text, uid};
use crate::store::Key;
use crate::write::finish_deletion;

/// Deletes what an object that is gone owned, unless another owner is left.
pub(super) fn removed(core: &mut Core, owner: &str) {
    for key in core.store.dependents(owner) {
        let Some(object) = core.store.get(&key).cloned() else {
            continue;
        };
        let left = items(&object, &["metadata", "ownerReferences"])
            .iter()
            .any(|reference| core.store.has_uid(text(reference, &["uid"])));
        if !left {
            delete(core, &key);
        }
    }
}

/// Does what an object being deleted waits for: deletes its dependents first, or sets them free.
pub(super) fn finish(core: &mut Core, key: &Key, object: &Arc<Value>) {
    let finalizers = items(object, &["metadata", "finalizers"]);
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer.as_str() == Some(name));
    if has("orphan") {
        for dependent in core.store.dependents(uid(object)) {
            set_free(core, &dependent, uid(object));
        }
        finish_deletion(core, key, "orphan");
    } else if has("foregroundDeletion") {
        let dependents = core.store.dependents(uid(object));
        for dependent in &dependents {
            delete(core, dependent);
        }
        if core.store.dependents(uid(object)).is_empty() {
            finish_deletion(core, key, "foregroundDeletion");
        }
    }
}

fn set_free(core: &mut Core, key: &Key, owner: &str) {
    let Some(object) = core.store.get(key).cloned() else {
        return;
    };
    let mut references = items(&object, &["metadata", "ownerReferences"]).to_vec();
    references.retain(|reference| text(reference, &["uid"]) != owner);
    let mut changed = Value::clone(&object);
    if references.is_empty() {
        crate::object::remove(&mut changed, &["metadata", "ownerReferences"]);
    } else {
        set(&mut changed, &["metadata", "ownerReferences"], references);
    }
    core.store.put(key, changed);
}
