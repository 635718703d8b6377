//! What a Pod does, in one word.

use serde_json::Value;

use crate::object::{condition_of, int, is_deleted, items, text};

/// Returns what is said of a Pod that has come to its end.
pub(super) fn end(pod: &Value) -> Option<&'static str> {
    match text(pod, &["status", "phase"]) {
        "Succeeded" => Some("The pod has completed successfully."),
        "Failed" => Some("The pod failed."),
        _ => None,
    }
}

/// Returns the names of the init containers that go on beside the others.
fn sidecars(pod: &Value) -> Vec<&str> {
    let own = items(pod, &["spec", "initContainers"]).iter();
    own.filter(|container| text(container, &["restartPolicy"]) == "Always")
        .map(|container| text(container, &["name"]))
        .collect()
}

fn is_ready(own: &Value) -> bool {
    own.get("ready") == Some(&Value::Bool(true))
}

/// Returns how many containers are ready, and of how many.
pub(super) fn ready(pod: &Value) -> String {
    let sidecars = sidecars(pod);
    let first = items(pod, &["status", "initContainerStatuses"]).iter();
    let started = |own: &&Value| own.get("started") == Some(&Value::Bool(true)) && !has_ended_well(own);
    let beside = first
        .take_while(|own| is_done(own, &sidecars))
        .filter(|own| started(own) && is_ready(own))
        .count();
    let runs = |own: &&Value| {
        let state = own.get("state").unwrap_or(&Value::Null);
        let waits = !text(state, &["waiting", "reason"]).is_empty() || state.get("terminated").is_some();
        is_ready(own) && state.get("running").is_some() && !waits
    };
    let main = if is_initializing(pod) {
        0
    } else {
        items(pod, &["status", "containerStatuses"]).iter().filter(runs).count()
    };
    let total = items(pod, &["spec", "containers"]).len() + sidecars.len();
    format!("{}/{total}", main + beside)
}

/// Returns the statuses whose restarts count: those of init containers while they run, later those that go on.
pub(super) fn counted(pod: &Value) -> Vec<&Value> {
    let sidecars = sidecars(pod);
    let first = items(pod, &["status", "initContainerStatuses"]);
    if is_initializing(pod) {
        let done = first.iter().take_while(|own| is_done(own, &sidecars)).count();
        return first.iter().take(done + 1).collect();
    }
    let stays = first.iter().filter(|own| sidecars.contains(&text(own, &["name"])));
    stays.chain(items(pod, &["status", "containerStatuses"])).collect()
}

/// Says whether init containers keep the others from starting.
fn is_initializing(pod: &Value) -> bool {
    initializing(pod).is_some() && !has_condition(pod, "Initialized")
}

fn has_ended_well(own: &Value) -> bool {
    int(own, &["state", "terminated", "exitCode"]) == Some(0)
}

/// Says whether an init container lets the next one start.
fn is_done(own: &Value, sidecars: &[&str]) -> bool {
    let started = own.get("started") == Some(&Value::Bool(true));
    has_ended_well(own) || (started && sidecars.contains(&text(own, &["name"])))
}

/// Returns the phase, or what keeps a container from running.
pub(super) fn status(pod: &Value) -> String {
    let phase = text(pod, &["status", "phase"]);
    if is_deleted(pod) && text(pod, &["status", "reason"]) == "NodeLost" {
        return "Unknown".into();
    }
    if is_deleted(pod) && !matches!(phase, "Succeeded" | "Failed") {
        return "Terminating".into();
    }
    match initializing(pod) {
        Some(reason) if has_condition(pod, "Initialized") => running(pod, reason),
        Some(reason) => reason,
        None => running(pod, first_reason(pod, phase)),
    }
}

/// Returns what a Pod does before anything is known of its containers.
fn first_reason(pod: &Value, phase: &str) -> String {
    let gated = |own: &Value| text(own, &["type"]) == "PodScheduled" && text(own, &["reason"]) == "SchedulingGated";
    match text(pod, &["status", "reason"]) {
        _ if items(pod, &["status", "conditions"]).iter().any(gated) => "SchedulingGated".into(),
        "" => phase.to_owned(),
        reason => reason.to_owned(),
    }
}

fn has_condition(pod: &Value, kind: &str) -> bool {
    condition_of(pod, kind).is_some_and(|own| text(own, &["status"]) == "True")
}

/// Returns which init container is not done, and why.
fn initializing(pod: &Value) -> Option<String> {
    let statuses = items(pod, &["status", "initContainerStatuses"]);
    let sidecars = sidecars(pod);
    let (index, own) = statuses.iter().enumerate().find(|(_, own)| !is_done(own, &sidecars))?;
    let waits_for = text(own, &["state", "waiting", "reason"]);
    let ended = own.get("state").and_then(|state| state.get("terminated")).map(ended);
    Some(match ended {
        Some(ended) => format!("Init:{ended}"),
        None if !matches!(waits_for, "" | "PodInitializing") => format!("Init:{waits_for}"),
        None => format!("Init:{index}/{}", items(pod, &["spec", "initContainers"]).len()),
    })
}

/// Returns why a container ended.
fn ended(state: &Value) -> String {
    let number = |field: &str| int(state, &[field]).unwrap_or(0);
    match (text(state, &["reason"]), number("signal")) {
        ("", 0) => format!("ExitCode:{}", number("exitCode")),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn running(pod: &Value, mut reason: String) -> String {
    let (mut runs, mut error) = (false, None);
    // The first container has the last word.
    for own in items(pod, &["status", "containerStatuses"]).iter().rev() {
        let waits_for = text(own, &["state", "waiting", "reason"]);
        let state = own.get("state");
        if !waits_for.is_empty() {
            reason = waits_for.to_owned();
        } else if let Some(state) = state.and_then(|state| state.get("terminated")) {
            reason = ended(state);
            if int(state, &["exitCode"]) != Some(0) {
                error = Some(reason.clone());
            }
        } else if is_ready(own) && state.is_some_and(|state| state.get("running").is_some()) {
            runs = true;
        }
    }
    if reason != "Completed" {
        return reason;
    }
    match error {
        _ if runs && has_condition(pod, "Ready") => "Running".into(),
        Some(error) => error,
        None if runs => "NotReady".into(),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_container_has_the_last_word() {
        let state = |reason: &str| json!({"state": {"waiting": {"reason": reason}}});
        let pod = |statuses: Value| json!({"status": {"phase": "Running", "containerStatuses": statuses}});
        assert_eq!(
            status(&pod(json!([state("CrashLoopBackOff"), state("ErrImagePull")]))),
            "CrashLoopBackOff"
        );
        let done = json!({"state": {"terminated": {"reason": "Completed", "exitCode": 0}}});
        let failed = json!({"state": {"terminated": {"reason": "Error", "exitCode": 1}}});
        assert_eq!(status(&pod(json!([done]))), "Completed");
        assert_eq!(status(&pod(json!([done, failed]))), "Error");
    }

    #[test]
    fn init_containers_come_first() {
        let pod = json!({
            "spec": {"initContainers": [{"name": "a"}, {"name": "b"}], "containers": [{"name": "c"}]},
            "status": {"phase": "Pending", "initContainerStatuses": [
                {"state": {"terminated": {"exitCode": 0}}}, {"state": {"waiting": {"reason": "PodInitializing"}}},
            ]},
        });
        assert_eq!((status(&pod).as_str(), ready(&pod).as_str()), ("Init:1/2", "0/1"));
    }
}
