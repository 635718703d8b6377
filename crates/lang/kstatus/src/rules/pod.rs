//! Pods: their phase, readiness, crash loops, and scheduling within a window.

use std::time::Duration;

use serde_json::Value;

use crate::field::{self, ConditionView};
use crate::{FieldError, StatusResult, Timestamp};

/// How long a Pod may be unschedulable before that counts as failure.
pub(crate) const SCHEDULE_WINDOW: Duration = Duration::from_secs(15);

pub(crate) fn pod(object: &Value, now: Timestamp) -> Result<StatusResult, FieldError> {
    let conditions = field::conditions(object)?;
    match field::string(object, &["status", "phase"], "") {
        "Succeeded" => Ok(StatusResult::current("Pod has completed successfully")),
        "Failed" => Ok(StatusResult::current("Pod has completed, but not successfully")),
        "Running" => running(object, &conditions),
        "Pending" => Ok(pending(object, &conditions, now)),
        "" => Ok(StatusResult::in_progress("PodNotObserved", "Pod phase not available")),
        other => Err(FieldError::new(format!("unknown phase {other}"))),
    }
}

fn running(object: &Value, conditions: &[ConditionView<'_>]) -> Result<StatusResult, FieldError> {
    if conditions
        .iter()
        .any(|condition| condition.kind == "Ready" && condition.status == "True")
    {
        return Ok(StatusResult::current("Pod is Ready"));
    }
    let crashing = crash_looping_containers(object)?;
    if !crashing.is_empty() {
        let message = format!("Containers in CrashLoop state: {}", crashing.join(","));
        return Ok(StatusResult::failed("ContainerCrashLooping", message));
    }
    Ok(StatusResult::in_progress(
        "PodRunningNotReady",
        "Pod is running but is not Ready",
    ))
}

fn pending(object: &Value, conditions: &[ConditionView<'_>], now: Timestamp) -> StatusResult {
    let scheduled = conditions
        .iter()
        .find(|c| c.kind == "PodScheduled" && c.status == "False");
    if scheduled.is_none_or(|condition| condition.reason != "Unschedulable") {
        return StatusResult::in_progress("PodPending", "Pod is in the Pending phase");
    }
    if now < creation_time(object).plus(SCHEDULE_WINDOW) {
        return StatusResult::in_progress("PodNotScheduled", "Pod has not been scheduled");
    }
    StatusResult::failed("PodUnschedulable", "Pod could not be scheduled")
}

fn creation_time(object: &Value) -> Timestamp {
    let text = field::string(object, &["metadata", "creationTimestamp"], "");
    Timestamp::parse(text).unwrap_or(Timestamp::ZERO)
}

fn crash_looping_containers(object: &Value) -> Result<Vec<&str>, FieldError> {
    let statuses = match field::nested(object, &["status", "containerStatuses"])? {
        None => return Ok(Vec::new()),
        Some(Value::Array(statuses)) => statuses,
        Some(_) => return Err(FieldError::new("containerStatuses is not a list".into())),
    };
    let crashing = statuses
        .iter()
        .filter(|status| field::string(status, &["state", "waiting", "reason"], "") == "CrashLoopBackOff");
    Ok(crashing.filter_map(|status| status.get("name")?.as_str()).collect())
}
