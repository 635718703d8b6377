//! The roles and bindings that a cluster has from the start.

use serde_json::Value;

use super::GROUP;
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{set, text};
use crate::write::{Write, create_object, read_own};

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

fn create(core: &mut Core, object: Value) -> Option<()> {
    let plural = match text(&object, &["kind"]) {
        "ClusterRole" => "clusterroles",
        "ClusterRoleBinding" => "clusterrolebindings",
        "Role" => "roles",
        _ => "rolebindings",
    };
    let kind = core.kinds.preferred(&Resource::new(GROUP, plural))?;
    let namespace = text(&object, &["metadata", "namespace"]).to_owned();
    let mut object = read_own(core, &kind, object);
    set(&mut object, &["apiVersion"], kind.api_version());
    set(&mut object, &["kind"], kind.kind.clone());
    let mut write = Write::by_controller(kind, "", "kube-apiserver");
    // One that exists already is refused, and stays.
    create_object(core, &mut write, &namespace, object).ok().map(|_| ())
}
