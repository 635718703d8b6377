//! What a Pod does, in one word.

use serde_json::Value;

use crate::object::{int, is_deleted, items, text};

/// Returns how many containers are ready, and of how many.
pub(super) fn ready(pod: &Value) -> String {
    let stays = |container: &&Value| text(container, &["restartPolicy"]) == "Always";
    let sidecars: Vec<&str> = items(pod, &["spec", "initContainers"])
        .iter()
        .filter(stays)
        .map(|own| text(own, &["name"]))
        .collect();
    let is_ready = |own: &&Value| own.get("ready") == Some(&Value::Bool(true));
    let is_sidecar = |own: &&Value| sidecars.contains(&text(own, &["name"]));
    let main = items(pod, &["status", "containerStatuses"]).iter().filter(is_ready);
    let beside = items(pod, &["status", "initContainerStatuses"])
        .iter()
        .filter(is_ready)
        .filter(is_sidecar);
    let total = items(pod, &["spec", "containers"]).len() + sidecars.len();
    format!("{}/{total}", main.count() + beside.count())
}

/// Returns the phase, or what keeps a container from running.
pub(super) fn status(pod: &Value) -> String {
    let phase = text(pod, &["status", "phase"]);
    if is_deleted(pod) && !matches!(phase, "Succeeded" | "Failed") {
        return "Terminating".into();
    }
    let initializing = initializing(pod).filter(|_| !has_condition(pod, "Initialized"));
    initializing.unwrap_or_else(|| running(pod, phase))
}

fn has_condition(pod: &Value, kind: &str) -> bool {
    let mut conditions = items(pod, &["status", "conditions"]).iter();
    conditions.any(|own| text(own, &["type"]) == kind && text(own, &["status"]) == "True")
}

/// Returns which init container is not done, and why.
fn initializing(pod: &Value) -> Option<String> {
    let statuses = items(pod, &["status", "initContainerStatuses"]);
    let is_done = |own: &Value| {
        let ended = int(own, &["state", "terminated", "exitCode"]) == Some(0);
        ended || own.get("started") == Some(&Value::Bool(true))
    };
    let (index, own) = statuses.iter().enumerate().find(|(_, own)| !is_done(own))?;
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

fn running(pod: &Value, phase: &str) -> String {
    let own = text(pod, &["status", "reason"]);
    let mut reason = if own.is_empty() {
        phase.to_owned()
    } else {
        own.to_owned()
    };
    if items(pod, &["status", "conditions"])
        .iter()
        .any(|own| text(own, &["reason"]) == "SchedulingGated")
    {
        reason = "SchedulingGated".into();
    }
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
        } else if own.get("ready") == Some(&Value::Bool(true)) {
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
