//! ClusterRoles that collect the rules of others.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/controller/clusterroleaggregation`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change;
use crate::authorization::GROUP;
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{items, labels, name, selects};
use crate::store::Key;

fn cluster_roles() -> Resource {
    Resource::new(GROUP, "clusterroles")
}

fn selectors(role: &Value) -> &[Value] {
    items(role, &["aggregationRule", "clusterRoleSelectors"])
}

/// Notes the roles that collect rules when any role has changed.
pub(super) fn mark(core: &Core, key: &Key, dirty: &mut BTreeSet<Key>) {
    if key.resource.plural != "clusterroles" || key.resource.group != GROUP {
        return;
    }
    let roles = core.store.list(&key.resource, "");
    let collecting = roles.iter().filter(|role| !selectors(role).is_empty());
    dirty.extend(collecting.map(|role| Key::of(&key.resource, role)));
}

/// Gives a role the rules of all roles that it selects.
pub(super) fn reconcile(core: &mut Core, key: &Key, role: &Value) {
    if selectors(role).is_empty() {
        return;
    }
    let roles = core.store.list(&cluster_roles(), "");
    let mut rules: Vec<Value> = Vec::new();
    for selector in selectors(role) {
        let others = roles.iter().filter(|other| name(other) != key.name);
        for other in others.filter(|other| selects(selector, &labels(other))) {
            for rule in items(other, &["rules"]) {
                if !rules.contains(rule) {
                    rules.push(rule.clone());
                }
            }
        }
    }
    if items(role, &["rules"]) != rules {
        change(core, key, "", "clusterrole-aggregation-controller", |role| {
            crate::object::set(role, &["rules"], rules);
        });
    }
}
