//! ResourceQuotas: how many objects there are of what they limit.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::set_status;
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, namespace, text};
use crate::store::{Change, Key};

fn quotas() -> Resource {
    Resource::new("", "resourcequotas")
}

/// The quotas of the namespace in which an object came or went.
pub(super) fn affected(core: &Core, change: &Change) -> Vec<Key> {
    let counted = change.before.is_none() != change.after.is_none();
    let is_over = |pod: &Option<Arc<Value>>| pod.as_ref().is_some_and(|pod| is_terminal(pod));
    let ended = is_over(&change.after) && !is_over(&change.before);
    if !(counted || ended) {
        return Vec::new();
    }
    let own = core.store.list(&quotas(), &change.key.namespace);
    own.iter().map(|quota| Key::of(&quotas(), quota)).collect()
}

fn is_terminal(pod: &Value) -> bool {
    matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}

pub(super) fn reconcile(core: &mut Core, key: &Key, quota: &Value) {
    let hard = at(quota, &["spec", "hard"])
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let used: Map<String, Value> = hard
        .keys()
        .map(|name| (name.clone(), json!(used(core, namespace(quota), name).to_string())))
        .collect();
    set_status(core, key, json!({"hard": hard, "used": used}));
}

/// Counts objects. What is measured in other units is not counted, because nothing uses it here.
fn used(core: &Core, namespace: &str, name: &str) -> usize {
    let (plural, group) = match name.strip_prefix("count/") {
        Some(resource) => resource.split_once('.').unwrap_or((resource, "")),
        None => (name, ""),
    };
    let objects = core.store.list(&Resource::new(group, plural), namespace);
    objects
        .iter()
        .filter(|object| plural != "pods" || !is_terminal(object))
        .count()
}
