//! The status of Pods.

use serde_json::{Value, json};

use crate::admission::next_address;
use crate::controllers::condition;
use crate::core::Core;
use crate::object::{at, int, items, set, text};

/// How far the containers of a Pod have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    NoImage,
    Crashed { times: i64 },
    Unready,
    Ready,
    Succeeded,
    Failed,
}

impl Run {
    fn phase(self) -> &'static str {
        match self {
            Run::NoImage => "Pending",
            Run::Succeeded => "Succeeded",
            Run::Failed => "Failed",
            Run::Crashed { .. } | Run::Unready | Run::Ready => "Running",
        }
    }

    /// Why the Pod is not ready.
    fn reason(self) -> &'static str {
        match self {
            Run::Ready => "",
            Run::Succeeded => "PodCompleted",
            Run::Failed => "PodFailed",
            _ => "ContainersNotReady",
        }
    }

    fn state(self, pod: &Value, container: &Value, time: &str) -> Value {
        let waiting = |reason: &str, message: String| json!({"waiting": {"reason": reason, "message": message}});
        match self {
            Run::NoImage => {
                let image = text(container, &["image"]);
                waiting(
                    "ImagePullBackOff",
                    format!("Back-off pulling image \"{image}\": not found"),
                )
            }
            Run::Crashed { .. } => waiting("CrashLoopBackOff", crash_message(pod, container)),
            Run::Succeeded => terminated(0, "Completed", time),
            Run::Failed => terminated(1, "Error", time),
            Run::Unready | Run::Ready => json!({"running": {"startedAt": time}}),
        }
    }
}

/// What the kubelet says about a container that ends again and again.
pub(super) fn crash_message(pod: &Value, container: &Value) -> String {
    let pod_name = crate::object::name(pod);
    let (namespace, uid) = (crate::object::namespace(pod), crate::object::uid(pod));
    let container = text(container, &["name"]);
    format!("back-off restarting failed container={container} pod={pod_name}_{namespace}({uid})")
}

fn terminated(code: i64, reason: &str, time: &str) -> Value {
    json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": time, "finishedAt": time}})
}

/// Returns the status of a Pod that has come so far. Its address and the time of its start stay.
pub(super) fn run_status(core: &mut Core, pod: &Value, run: Run) -> Value {
    let time = core.timestamp();
    let address = match text(pod, &["status", "podIP"]) {
        "" => next_address(core, "10.244"),
        address => address.to_owned(),
    };
    let start = at(pod, &["status", "startTime"])
        .cloned()
        .unwrap_or_else(|| json!(time));
    let mut status = json!({
        "observedGeneration": at(pod, &["metadata", "generation"]), "phase": run.phase(),
        "conditions": conditions(core, pod, run),
        "hostIP": "172.18.0.2", "hostIPs": [{"ip": "172.18.0.2"}], "podIP": address, "podIPs": [{"ip": address}],
        "startTime": start, "qosClass": at(pod, &["status", "qosClass"]),
        "containerStatuses": container_statuses(pod, "containers", run, &time),
    });
    let before = container_statuses(pod, "initContainers", Run::Succeeded, &time);
    if !before.is_empty() && run != Run::NoImage {
        set(&mut status, &["initContainerStatuses"], before);
    }
    status
}

fn conditions(core: &Core, pod: &Value, run: Run) -> Vec<Value> {
    let word = if run == Run::Ready { "True" } else { "False" };
    let initialized = if run == Run::Succeeded { "PodCompleted" } else { "" };
    let mut conditions = [
        ("PodReadyToStartContainers", "True", ""),
        ("Initialized", "True", initialized),
        ("Ready", word, run.reason()),
        ("ContainersReady", word, run.reason()),
        ("PodScheduled", "True", ""),
    ]
    .map(|(kind, status, reason)| condition(core, pod, kind, status, reason, &message(pod, reason)))
    .to_vec();
    for own in &mut conditions {
        if let Value::Object(fields) = own {
            fields.retain(|_, value| value != "");
            let generation = at(pod, &["metadata", "generation"]).cloned();
            fields.insert("observedGeneration".into(), generation.unwrap_or_default());
        }
    }
    conditions
}

fn message(pod: &Value, reason: &str) -> String {
    if reason != "ContainersNotReady" {
        return String::new();
    }
    let names = items(pod, &["spec", "containers"])
        .iter()
        .map(|own| text(own, &["name"]));
    format!(
        "containers with unready status: [{}]",
        names.collect::<Vec<_>>().join(" ")
    )
}

fn container_statuses(pod: &Value, list: &str, run: Run, time: &str) -> Vec<Value> {
    let before = items(pod, &["status", "containerStatuses"]);
    let one = |container: &Value| {
        let last = before.iter().find(|own| own.get("name") == container.get("name"));
        let restarts = match run {
            Run::Crashed { times } => times,
            _ => last.and_then(|own| int(own, &["restartCount"])).unwrap_or(0),
        };
        let ended = if restarts > 0 {
            terminated(1, "Error", time)
        } else {
            json!({})
        };
        let state = run.state(pod, container, time);
        json!({
            "name": container.get("name"), "image": container.get("image"), "imageID": "",
            "ready": run == Run::Ready || (list == "initContainers" && run == Run::Succeeded),
            "restartCount": restarts, "started": state.get("running").is_some(), "state": state, "lastState": ended,
        })
    };
    items(pod, &["spec", list]).iter().map(one).collect()
}
