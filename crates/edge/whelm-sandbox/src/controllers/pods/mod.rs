//! The scheduler and the kubelets: Pods get a node and run.
//!
//! A Pod whose containers are not restarted succeeds. Annotations or a scenario make Pods do something else; see
//! [`Scenario`](crate::Scenario).

mod remarks;
mod status;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{change, condition};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, items, labels, name, set, text};
use crate::script::{Outcome, Script};
use crate::store::Key;
use status::{Run, run_status};

/// The time between the first end of a container and its restart, in milliseconds.
const FIRST_BACK_OFF: i64 = 10_000;
/// The longest such time.
const LAST_BACK_OFF: i64 = 300_000;

pub(super) fn reconcile(core: &mut Core, key: &Key, pod: &Arc<Value>) {
    // Whoever waits for a moment goes on at that moment, whatever else happens.
    if core.alarms.of(key).is_some() {
        return;
    }
    let script = Script::of(core, pod);
    if text(pod, &["spec", "nodeName"]).is_empty() {
        schedule(core, key, pod, &script);
    } else if at(pod, &["status", "podIP"]).is_none_or(Value::is_null) {
        start(core, key, pod, &script);
    } else if matches!(text(pod, &["status", "phase"]), "Pending" | "Running") {
        go_on(core, key, pod, &script);
    }
}

fn schedule(core: &mut Core, key: &Key, pod: &Value, script: &Script) {
    let is_waiting = !items(pod, &["status", "conditions"]).is_empty();
    let is_refused = script.outcome == Outcome::Unschedulable && !(is_waiting && script.fails_for > 0);
    let nodes = core.store.list(&Resource::new("", "nodes"), "");
    match node_for(&nodes, pod).filter(|_| !is_refused) {
        Some(node) => {
            remarks::scheduled(core, pod, &node);
            crate::subresources::assign(core, key, &node);
        }
        None if is_waiting => {}
        None => {
            let message = format!(
                "0/{0} nodes are available: {0} node(s) didn't match Pod's node affinity/selector.",
                nodes.len()
            );
            remarks::unscheduled(core, pod, &message);
            let unscheduled = condition(core, pod, "PodScheduled", "False", "Unschedulable", &message);
            change(core, key, "status", "kube-scheduler", |pod| {
                set(pod, &["status", "conditions"], json!([unscheduled]))
            });
            wake_after(core, key, script.fails_for);
        }
    }
}

/// Picks a node by the Pod's selector, and among those by the Pod's name.
fn node_for(nodes: &[Arc<Value>], pod: &Value) -> Option<String> {
    let selector = json!({"matchLabels": at(pod, &["spec", "nodeSelector"])});
    let fitting: Vec<_> = nodes
        .iter()
        .filter(|node| at(node, &["spec", "unschedulable"]) != Some(&Value::Bool(true)))
        .filter(|node| crate::object::selects(&selector, &labels(node)))
        .collect();
    let hash = name(pod).bytes().fold(0_usize, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    let index = hash.checked_rem(fitting.len())?;
    fitting.get(index).map(|node| name(node).to_owned())
}

fn wake_after(core: &mut Core, key: &Key, time: i64) {
    if time > 0 {
        let due = core.now.saturating_add(time);
        core.alarms.set(key, Some(due));
    }
}

/// Starts the containers, as far as they start.
fn start(core: &mut Core, key: &Key, pod: &Value, script: &Script) {
    let restarts = text(pod, &["spec", "restartPolicy"]) == "Always";
    let (run, wait) = match script.outcome {
        Outcome::ImagePullBackOff => (Run::NoImage, script.fails_for),
        Outcome::CrashLoopBackOff => (Run::Crashed { times: 1 }, FIRST_BACK_OFF),
        Outcome::NotReady => (Run::Unready, script.fails_for),
        _ if restarts && script.ready_after > 0 => (Run::Unready, script.ready_after),
        _ if !restarts && script.run_for > 0 => (Run::Ready, script.run_for),
        _ => (end_of(script, restarts), 0),
    };
    put(core, key, pod, run);
    wake_after(core, key, wait);
}

/// Where a Pod comes to in the end.
fn end_of(script: &Script, restarts: bool) -> Run {
    match script.outcome {
        Outcome::Failed => Run::Failed,
        _ if restarts => Run::Ready,
        _ => Run::Succeeded,
    }
}

/// Does what a Pod has waited for.
fn go_on(core: &mut Core, key: &Key, pod: &Value, script: &Script) {
    let restarts = text(pod, &["spec", "restartPolicy"]) == "Always";
    let started = kstatus::Timestamp::parse(text(pod, &["status", "startTime"]));
    let passed = core.now - started.map_or(core.now, |started| started.unix_millis());
    let is_over = script.fails_for > 0 && passed >= script.fails_for;
    match script.outcome {
        Outcome::CrashLoopBackOff if !is_over => crash_again(core, key, pod),
        Outcome::ImagePullBackOff | Outcome::NotReady if !is_over => {}
        _ if restarts && super::is_ready(pod) => {}
        _ => put(core, key, pod, end_of(script, restarts)),
    }
}

/// Each restart comes twice as late as the one before.
fn crash_again(core: &mut Core, key: &Key, pod: &Value) {
    let first = items(pod, &["status", "containerStatuses"]).first();
    let before = first.and_then(|own| int(own, &["restartCount"])).unwrap_or(0);
    let times = before.saturating_add(1);
    put(core, key, pod, Run::Crashed { times });
    let doublings = u32::try_from(times).unwrap_or(u32::MAX).saturating_sub(1).min(5);
    wake_after(core, key, (FIRST_BACK_OFF << doublings).min(LAST_BACK_OFF));
}

/// Writes a status, unless the Pod has it, and says what happened.
fn put(core: &mut Core, key: &Key, pod: &Value, run: Run) {
    let status = run_status(core, pod, run);
    remarks::run(core, pod, run);
    change(core, key, "status", "kubelet", |pod| set(pod, &["status"], status));
}

/// A Pod that is being deleted stops at once.
pub(super) fn finish(core: &mut Core, key: &Key, pod: &Arc<Value>) {
    core.alarms.set(key, None);
    if items(pod, &["metadata", "finalizers"]).is_empty() {
        remarks::killed(core, pod);
        core.store.remove(key);
    }
}
