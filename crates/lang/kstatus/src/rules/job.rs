//! Jobs: a started job is current, a failed one has failed.

use serde_json::Value;

use crate::field;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn job(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    if let Some(result) = finished(object)? {
        return Ok(result);
    }
    if field::string(object, &["status", "startTime"], "").is_empty() {
        return Ok(StatusResult::in_progress("JobNotStarted", "Job not started"));
    }
    let status = |name: &str| field::int(object, &["status", name], 0);
    let (succeeded, active, failed) = (status("succeeded"), status("active"), status("failed"));
    let message = format!("Job in progress. success:{succeeded}, active: {active}, failed: {failed}");
    Ok(StatusResult::current(message))
}

/// Returns the status of a job that has completed or failed.
pub(crate) fn finished(object: &Value) -> Result<Option<StatusResult>, FieldError> {
    let parallelism = field::int(object, &["spec", "parallelism"], 1);
    let completions = field::int(object, &["spec", "completions"], parallelism);
    let status = |name: &str| field::int(object, &["status", name], 0);

    for condition in field::conditions(object)?
        .iter()
        .filter(|condition| condition.status == "True")
    {
        match condition.kind {
            "Complete" => {
                let message = format!("Job Completed. succeeded: {}/{completions}", status("succeeded"));
                return Ok(Some(StatusResult::current(message)));
            }
            "Failed" => {
                let message = format!("Job Failed. failed: {}/{completions}", status("failed"));
                return Ok(Some(StatusResult::failed("JobFailed", message)));
            }
            _ => {}
        }
    }
    Ok(None)
}
