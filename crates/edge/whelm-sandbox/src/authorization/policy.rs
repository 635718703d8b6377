//! The roles and bindings that a cluster has from the start.

use serde_json::Value;

use super::GROUP;
use crate::controllers::create_as;
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::text;

/// One object per line; recorded from the real server.
const POLICY: &str = include_str!("../../data/policy.txt");

/// Creates the default roles and bindings; those that exist stay as they are.
pub(crate) fn install(core: &mut Core) {
    let objects = POLICY.lines().filter_map(|line| serde_json::from_str(line).ok());
    for object in objects.collect::<Vec<Value>>() {
        create(core, object);
    }
}

/// Makes sure that somebody has rights, in a cluster that was made without any.
pub(super) fn ensure(core: &mut Core) {
    let bindings = Resource::new(GROUP, "clusterrolebindings");
    if core.store.count(&bindings, "") == 0 {
        install(core);
        core.settle();
    }
}

fn create(core: &mut Core, object: Value) {
    let plural = match text(&object, &["kind"]) {
        "ClusterRole" => "clusterroles",
        "ClusterRoleBinding" => "clusterrolebindings",
        "Role" => "roles",
        _ => "rolebindings",
    };
    let namespace = text(&object, &["metadata", "namespace"]).to_owned();
    let resource = Resource::new(GROUP, plural);
    create_as(core, "kube-apiserver", &resource, &namespace, object);
}
