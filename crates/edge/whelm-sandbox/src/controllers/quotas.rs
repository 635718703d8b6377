//! Quotas: their status says how much is used.

use std::collections::BTreeSet;

use serde_json::Value;

use super::set_status;
use crate::core::Core;
use crate::object::name;
use crate::quota;
use crate::store::Key;

/// Notes the quotas of a namespace in which something has changed.
pub(super) fn mark(core: &Core, key: &Key, dirty: &mut BTreeSet<Key>) {
    if key.resource != quota::quotas() {
        let quotas = quota::in_namespace(core, &key.namespace);
        dirty.extend(
            quotas
                .iter()
                .map(|quota| Key::new(&quota::quotas(), &key.namespace, name(quota))),
        );
    }
}

/// Counts what there is.
pub(super) fn reconcile(core: &mut Core, key: &Key, quota: &Value) {
    let status = quota::status(core, quota);
    set_status(core, key, status);
}
