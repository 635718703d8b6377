//! ReplicaSets and ReplicationControllers: as many Pods as they want.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{add_pod, is_ready, owned, pod_from_template, remove_pod, set_status};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, has_ended, int, set};
use crate::store::Key;

/// The most Pods that one controller gets here; more would only cost time.
pub(super) const MOST_PODS: i64 = 500;

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let pods = Resource::new("", "pods");
    let template = at(own, &["spec", "template"]).cloned().unwrap_or_default();
    let wanted = int(own, &["spec", "replicas"]).unwrap_or(1).clamp(0, MOST_PODS);
    let mut present = owned(core, own, &pods);
    present.retain(|pod| !has_ended(pod));
    let count = i64::try_from(present.len()).unwrap_or(i64::MAX);
    let component = match key.resource.group.as_str() {
        "apps" => "replicaset-controller",
        _ => "replication-controller",
    };
    let mut has_moved = count > wanted;
    for _ in count..wanted {
        if !add_pod(core, own, component, pod_from_template(own, &template)) {
            break;
        }
        has_moved = true;
    }
    let extra = usize::try_from(count - wanted).unwrap_or(0);
    // Those that are of least use go first.
    present.sort_by_key(|pod| is_ready(pod));
    present.reverse();
    for pod in present.iter().rev().take(extra) {
        remove_pod(core, own, component, pod);
    }
    if has_moved {
        // The Pods that came or went bring its turn again.
        return;
    }
    let present = owned(core, own, &pods);
    let ready = present.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({"observedGeneration": int(own, &["metadata", "generation"]), "replicas": present.len()});
    if key.resource.group == "apps" {
        set(&mut status, &["terminatingReplicas"], 0);
    }
    for (field, count) in [
        ("fullyLabeledReplicas", present.len()),
        ("readyReplicas", ready),
        ("availableReplicas", ready),
    ] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    set_status(core, key, status);
}
