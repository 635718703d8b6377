//! Helm's own rules for hooks and for `--wait-for-jobs`: Jobs must complete, Pods must succeed.
//!
//! They replace the generic rules too: a Job or Pod that is being deleted is judged by its status alone.
//!
//! Source: Helm 4.3.1, `internal/statusreaders`.

use serde_json::Value;

use super::job::finished;
use crate::field;
use crate::{FieldError, StatusResult};

/// Returns the status of a Job that has to complete.
///
/// # Errors
/// The conditions have another type than Kubernetes gives them.
pub fn hook_job(object: &Value) -> Result<StatusResult, FieldError> {
    Ok(finished(object)?.unwrap_or_else(|| StatusResult::in_progress("JobInProgress", "Job in progress")))
}

/// Returns the status of a Pod that has to succeed.
#[must_use]
pub fn hook_pod(object: &Value) -> StatusResult {
    let name = field::string(object, &["metadata", "name"], "");
    match field::string(object, &["status", "phase"], "") {
        "Succeeded" => StatusResult::current(format!("pod {name} succeeded")),
        "Failed" => StatusResult::failed("PodFailed", format!("pod {name} failed")),
        _ => StatusResult::in_progress("PodInProgress", "Pod in progress"),
    }
}
