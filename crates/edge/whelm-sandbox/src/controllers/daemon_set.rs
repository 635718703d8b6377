//! DaemonSets: one Pod per node that its template's node selector allows.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{add_pod, is_ready, keep_revision, owned, pod_from_template, remove_pod, set_status, template_hash};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, labels, name, set, text};
use crate::store::Key;

const COMPONENT: &str = "daemonset-controller";
const HASH: &str = "controller-revision-hash";

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let pods = Resource::new("", "pods");
    let template = at(own, &["spec", "template"]).cloned().unwrap_or_default();
    let hash = template_hash(&template);
    keep_revision(core, own, &template, &format!("{}-{hash}", name(own)));
    let selector = at(&template, &["spec", "nodeSelector"]).cloned().unwrap_or_default();
    let mut nodes: Vec<String> = Vec::new();
    for node in core.store.list(&Resource::new("", "nodes"), "") {
        if crate::object::selects(&json!({"matchLabels": selector}), &labels(&node)) {
            nodes.push(name(&node).to_owned());
        }
    }
    for pod in owned(core, own, &pods) {
        let is_current = text(&pod, &["metadata", "labels", HASH]) == hash;
        if !is_current || !nodes.iter().any(|node| node == text(&pod, &["spec", "nodeName"])) {
            remove_pod(core, own, COMPONENT, &pod);
        }
    }
    let present = owned(core, own, &pods);
    for node in &nodes {
        if !present.iter().any(|pod| text(pod, &["spec", "nodeName"]) == node) {
            let mut pod = pod_from_template(own, &template);
            set(&mut pod, &["metadata", "labels", HASH], hash.clone());
            set(&mut pod, &["spec", "nodeName"], node.clone());
            add_pod(core, own, COMPONENT, pod);
        }
    }
    let present = owned(core, own, &pods);
    let ready = present.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({
        "observedGeneration": int(own, &["metadata", "generation"]), "desiredNumberScheduled": nodes.len(),
        "currentNumberScheduled": present.len(), "numberMisscheduled": 0, "numberReady": ready,
    });
    for (field, count) in [("updatedNumberScheduled", present.len()), ("numberAvailable", ready)] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    if nodes.len() > ready {
        set(&mut status, &["numberUnavailable"], nodes.len() - ready);
    }
    set_status(core, key, status);
}
