//! StatefulSets and ReplicaSets fail when their Pods have.
//!
//! Source: cli-utils, `pkg/kstatus/polling/statusreaders/pod_controller.go`.

use serde_json::Value;

use crate::field;
use crate::generic::is_failed;
use crate::object_id::group_and_kind;
use crate::{FieldError, Status, StatusResult, Timestamp, compute_lenient};

/// Returns the label selector of the Pods that belong to the status of an object: that of StatefulSets and ReplicaSets
/// of the group `apps`, nothing for other kinds.
#[must_use]
pub fn pod_selector(object: &Value) -> Option<&Value> {
    match group_and_kind(object) {
        ("apps", "StatefulSet" | "ReplicaSet") => field::nested(object, &["spec", "selector"]).ok().flatten(),
        _ => None,
    }
}

/// Returns the status of an object together with its Pods.
///
/// `pods` are those that [`pod_selector`] selects in the object's namespace. A controller still in progress has failed
/// when one of its Pods has; Pods being deleted and Pods that wait for a node do not count.
///
/// # Errors
/// As [`compute_lenient`]; a Pod that cannot be read does not count.
pub fn compute_with_pods(object: &Value, pods: &[Value], now: Timestamp) -> Result<StatusResult, FieldError> {
    let result = compute_lenient(object, now)?;
    if result.status != Status::InProgress || pod_selector(object).is_none() {
        return Ok(result);
    }
    let has_failed = |pod: &&Value| {
        let deleted = field::nested(pod, &["metadata", "deletionTimestamp"]).is_ok_and(|t| t.is_some());
        !deleted && !is_pod_unschedulable(pod) && compute_lenient(pod, now).is_ok_and(|result| is_failed(&result))
    };
    match pods.iter().filter(has_failed).count() {
        0 => Ok(result),
        count => Ok(StatusResult {
            status: Status::Failed,
            message: format!("{count} pods have failed"),
            conditions: Vec::new(),
        }),
    }
}

/// Says whether an object is a Pod that no node has room for.
#[must_use]
pub fn is_pod_unschedulable(object: &Value) -> bool {
    let unschedulable = |condition: &field::ConditionView<'_>| {
        condition.kind == "PodScheduled" && condition.status == "False" && condition.reason == "Unschedulable"
    };
    group_and_kind(object) == ("", "Pod")
        && field::conditions(object).is_ok_and(|conditions| conditions.iter().any(unschedulable))
}
