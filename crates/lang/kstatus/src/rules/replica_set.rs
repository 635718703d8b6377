//! ReplicaSets: replica counts, and the condition `ReplicaFailure`.

use serde_json::Value;

use crate::field;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn replica_set(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    let conditions = field::conditions(object)?;
    if conditions
        .iter()
        .any(|condition| condition.kind == "ReplicaFailure" && condition.status == "True")
    {
        return Ok(StatusResult::in_progress(
            "ReplicaFailure",
            "Replica Failure condition. Check Pods",
        ));
    }
    let wanted = field::int(object, &["spec", "replicas"], 1);
    let status = |name: &str| field::int(object, &["status", name], 0);
    let (replicas, ready) = (status("replicas"), status("readyReplicas"));
    let (available, labelled) = (status("availableReplicas"), status("fullyLabeledReplicas"));

    let result = if wanted > labelled {
        StatusResult::in_progress("LessLabelled", format!("Labelled: {labelled}/{wanted}"))
    } else if wanted > available {
        StatusResult::in_progress("LessAvailable", format!("Available: {available}/{wanted}"))
    } else if wanted > ready {
        StatusResult::in_progress("LessReady", format!("Ready: {ready}/{wanted}"))
    } else if replicas > wanted {
        let extra = replicas.saturating_sub(wanted);
        StatusResult::in_progress("ExtraPods", format!("Pending termination: {extra}"))
    } else {
        StatusResult::current(format!("ReplicaSet is available. Replicas: {replicas}"))
    };
    Ok(result)
}
