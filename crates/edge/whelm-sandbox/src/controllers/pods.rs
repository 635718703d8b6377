//! The scheduler and the kubelets: Pods get a node and run.
//!
//! A Pod whose containers are not restarted succeeds. The annotation `sandbox.whelm.dev/outcome` of a Pod makes it do
//! something else: `Unschedulable`, `ImagePullBackOff`, `CrashLoopBackOff`, `NotReady` or `Failed`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{change, condition};
use crate::admission::next_address;
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, items, labels, name, set, text};
use crate::store::Key;

const OUTCOME: &str = "sandbox.whelm.dev/outcome";

pub(super) fn reconcile(core: &mut Core, key: &Key, pod: &Arc<Value>) {
    let outcome = text(pod, &["metadata", "annotations", OUTCOME]).to_owned();
    if text(pod, &["spec", "nodeName"]).is_empty() {
        let node = node_for(core, pod).filter(|_| outcome != "Unschedulable");
        match node {
            Some(node) => change(core, key, "", "kube-scheduler", |pod| {
                set(pod, &["spec", "nodeName"], node)
            }),
            None => {
                let message = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.";
                let unscheduled = condition(core, pod, "PodScheduled", "False", "Unschedulable", message);
                change(core, key, "status", "kube-scheduler", |pod| {
                    set(pod, &["status", "conditions"], json!([unscheduled]))
                });
            }
        }
        return;
    }
    if !at(pod, &["status", "podIP"]).is_none_or(Value::is_null) {
        return;
    }
    let status = run(core, pod, &outcome);
    change(core, key, "status", "kubelet", |pod| set(pod, &["status"], status));
}

/// Picks a node by the Pod's selector, and among those by the Pod's name.
fn node_for(core: &Core, pod: &Value) -> Option<String> {
    let selector = json!({"matchLabels": at(pod, &["spec", "nodeSelector"])});
    let nodes = core.store.list(&Resource::new("", "nodes"), "");
    let fitting: Vec<_> = nodes
        .iter()
        .filter(|node| crate::object::selects(&selector, &labels(node)))
        .collect();
    let hash = name(pod).bytes().fold(0_usize, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    let index = hash.checked_rem(fitting.len())?;
    fitting.get(index).map(|node| name(node).to_owned())
}

fn run(core: &mut Core, pod: &Value, outcome: &str) -> Value {
    let address = next_address(core, "10.244");
    let time = core.timestamp();
    let restarts = text(pod, &["spec", "restartPolicy"]) == "Always";
    let (phase, ready, state) = match outcome {
        "ImagePullBackOff" => ("Pending", false, waiting("ImagePullBackOff", "Back-off pulling image")),
        "CrashLoopBackOff" => (
            "Running",
            false,
            waiting("CrashLoopBackOff", "back-off 10s restarting failed container"),
        ),
        "NotReady" => ("Running", false, json!({"running": {"startedAt": time}})),
        "Failed" => ("Failed", false, terminated(1, "Error", &time)),
        _ if restarts => ("Running", true, json!({"running": {"startedAt": time}})),
        _ => ("Succeeded", false, terminated(0, "Completed", &time)),
    };
    let (word, reason) = match phase {
        "Succeeded" => ("False", "PodCompleted"),
        "Failed" => ("False", "PodFailed"),
        _ if ready => ("True", ""),
        _ => ("False", "ContainersNotReady"),
    };
    let mut conditions: Vec<Value> = [
        ("PodReadyToStartContainers", "True", ""),
        (
            "Initialized",
            "True",
            if phase == "Succeeded" { "PodCompleted" } else { "" },
        ),
        ("Ready", word, reason),
        ("ContainersReady", word, reason),
        ("PodScheduled", "True", ""),
    ]
    .map(|(kind, status, reason)| condition(core, pod, kind, status, reason, ""))
    .to_vec();
    for own in &mut conditions {
        if let Value::Object(fields) = own {
            fields.retain(|_, value| value != "");
            fields.insert(
                "observedGeneration".into(),
                at(pod, &["metadata", "generation"]).cloned().unwrap_or_default(),
            );
        }
    }
    let mut status = json!({
        "observedGeneration": at(pod, &["metadata", "generation"]), "phase": phase, "conditions": conditions,
        "hostIP": "172.18.0.2", "hostIPs": [{"ip": "172.18.0.2"}], "podIP": address, "podIPs": [{"ip": address}],
        "startTime": time, "qosClass": at(pod, &["status", "qosClass"]),
        "containerStatuses": container_statuses(pod, "containers", ready, &state),
    });
    let started = container_statuses(pod, "initContainers", true, &terminated(0, "Completed", &time));
    if !started.is_empty() {
        set(&mut status, &["initContainerStatuses"], started);
    }
    status
}

fn waiting(reason: &str, message: &str) -> Value {
    json!({"waiting": {"reason": reason, "message": message}})
}

fn terminated(code: i64, reason: &str, time: &str) -> Value {
    json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": time, "finishedAt": time}})
}

fn container_statuses(pod: &Value, list: &str, ready: bool, state: &Value) -> Vec<Value> {
    let running = state.get("running").is_some();
    items(pod, &["spec", list])
        .iter()
        .map(|container| {
            json!({
                "name": container.get("name"), "image": container.get("image"), "imageID": "", "ready": ready,
                "restartCount": 0, "started": running, "state": state, "lastState": {},
            })
        })
        .collect()
}

/// A Pod that is being deleted stops at once.
pub(super) fn finish(core: &mut Core, key: &Key, pod: &Arc<Value>) {
    if items(pod, &["metadata", "finalizers"]).is_empty() {
        core.store.remove(key);
    }
}
