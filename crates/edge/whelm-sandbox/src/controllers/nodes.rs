//! Nodes: their taints.

use std::sync::Arc;

use serde_json::Value;

use super::change;
use crate::core::Core;
use crate::object::{items, remove, set, text};
use crate::store::Key;

/// Lets Pods onto a node that is ready.
pub(super) fn reconcile(core: &mut Core, key: &Key, node: &Arc<Value>) {
    if !super::is_ready(node) {
        return;
    }
    let mut taints = items(node, &["spec", "taints"]).to_vec();
    let before = taints.len();
    taints.retain(|taint| text(taint, &["key"]) != "node.kubernetes.io/not-ready");
    if taints.len() == before {
        return;
    }
    change(core, key, "", super::MANAGER, |node| {
        if taints.is_empty() {
            remove(node, &["spec", "taints"]);
        } else {
            set(node, &["spec", "taints"], taints);
        }
    });
}
