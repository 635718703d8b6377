//! StatefulSets: replica counts, partitions and revisions. Their controller sets no conditions.

use serde_json::Value;

use crate::field;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn stateful_set(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    if field::string(object, &["spec", "updateStrategy", "type"], "") == "OnDelete" {
        return Ok(StatusResult::current(
            "StatefulSet is using the ondelete update strategy",
        ));
    }
    let wanted = field::int(object, &["spec", "replicas"], 1);
    let status = |name: &str| field::int(object, &["status", name], 0);
    let (replicas, ready) = (status("replicas"), status("readyReplicas"));

    if wanted > replicas {
        return Ok(StatusResult::in_progress(
            "LessReplicas",
            format!("Replicas: {replicas}/{wanted}"),
        ));
    }
    if wanted > ready {
        return Ok(StatusResult::in_progress(
            "LessReady",
            format!("Ready: {ready}/{wanted}"),
        ));
    }
    if replicas > wanted {
        let extra = replicas.saturating_sub(wanted);
        return Ok(StatusResult::in_progress(
            "ExtraPods",
            format!("Pending termination: {extra}"),
        ));
    }
    let partition = field::int(object, &["spec", "updateStrategy", "rollingUpdate", "partition"], -1);
    if partition != -1 {
        return Ok(partitioned(wanted.saturating_sub(partition), status("updatedReplicas")));
    }
    let current = status("currentReplicas");
    if wanted > current {
        return Ok(StatusResult::in_progress(
            "LessCurrent",
            format!("current: {current}/{wanted}"),
        ));
    }
    let revision = |name: &str| field::string(object, &["status", name], "");
    if revision("currentRevision") != revision("updateRevision") {
        let message = "Waiting for updated revision to match current";
        return Ok(StatusResult::in_progress("RevisionMismatch", message));
    }
    Ok(StatusResult::current(format!(
        "All replicas scheduled as expected. Replicas: {replicas}"
    )))
}

fn partitioned(wanted: i64, updated: i64) -> StatusResult {
    if updated < wanted {
        return StatusResult::in_progress("PartitionRollout", format!("updated: {updated}/{wanted}"));
    }
    StatusResult::current(format!("Partition rollout complete. updated: {updated}"))
}
