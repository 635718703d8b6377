//! Deployments: the progress deadline, replica counts, and the conditions `Progressing` and `Available`.

use serde_json::Value;

use crate::field;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn deployment(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    // Without a deadline the controller sets no Progressing condition, so that one is taken for granted. The controller
    // reads the largest 32-bit number as "no deadline".
    let no_deadline = i64::from(i32::MAX);
    let deadline = field::int(object, &["spec", "progressDeadlineSeconds"], no_deadline);
    let mut progressing = deadline == no_deadline;
    let mut available = false;

    for condition in field::conditions(object)? {
        match condition.kind {
            "Progressing" if condition.reason == "ProgressDeadlineExceeded" => {
                let mut result = StatusResult::failed(condition.reason, condition.message);
                result.message = "Progress deadline exceeded".into();
                return Ok(result);
            }
            "Progressing" => {
                progressing |= condition.status == "True" && condition.reason == "NewReplicaSetAvailable";
            }
            "Available" => available |= condition.status == "True",
            _ => {}
        }
    }
    if let Some(result) = replica_counts(object) {
        return Ok(result);
    }
    if !progressing {
        return Ok(StatusResult::in_progress(
            "ReplicaSetNotAvailable",
            "ReplicaSet not Available",
        ));
    }
    if !available {
        return Ok(StatusResult::in_progress(
            "DeploymentNotAvailable",
            "Deployment not Available",
        ));
    }
    let replicas = field::int(object, &["status", "replicas"], 0);
    Ok(StatusResult::current(format!(
        "Deployment is available. Replicas: {replicas}"
    )))
}

/// Returns the first count that is not yet right.
fn replica_counts(object: &Value) -> Option<StatusResult> {
    let wanted = field::int(object, &["spec", "replicas"], 1);
    let status = |name: &str| field::int(object, &["status", name], 0);
    let (replicas, updated) = (status("replicas"), status("updatedReplicas"));
    let (ready, available) = (status("readyReplicas"), status("availableReplicas"));

    if wanted > replicas {
        return Some(StatusResult::in_progress(
            "LessReplicas",
            format!("Replicas: {replicas}/{wanted}"),
        ));
    }
    if wanted > updated {
        return Some(StatusResult::in_progress(
            "LessUpdated",
            format!("Updated: {updated}/{wanted}"),
        ));
    }
    if replicas > wanted {
        let extra = replicas.saturating_sub(wanted);
        return Some(StatusResult::in_progress(
            "ExtraPods",
            format!("Pending termination: {extra}"),
        ));
    }
    if updated > available {
        return Some(StatusResult::in_progress(
            "LessAvailable",
            format!("Available: {available}/{updated}"),
        ));
    }
    if wanted > ready {
        return Some(StatusResult::in_progress(
            "LessReady",
            format!("Ready: {ready}/{wanted}"),
        ));
    }
    None
}
