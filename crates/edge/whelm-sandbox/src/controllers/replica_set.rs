//! ReplicaSets and ReplicationControllers: as many Pods as they want.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{create, delete, is_ready, owned, pod_from_template, set_status};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, namespace, set, text};
use crate::store::Key;

/// The most Pods that one controller gets here; more would only cost time.
pub(super) const MOST_PODS: i64 = 500;

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let pods = Resource::new("", "pods");
    let template = at(own, &["spec", "template"]).cloned().unwrap_or_default();
    let wanted = int(own, &["spec", "replicas"]).unwrap_or(1).clamp(0, MOST_PODS);
    let mut present = owned(core, own, &pods);
    present.retain(|pod| !matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed"));
    let count = i64::try_from(present.len()).unwrap_or(i64::MAX);
    for _ in count..wanted {
        create(core, &pods, namespace(own), pod_from_template(own, &template));
    }
    let extra = usize::try_from(count - wanted).unwrap_or(0);
    for pod in present.iter().rev().take(extra) {
        delete(core, &Key::of(&pods, pod));
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
