//! DaemonSets: node counts, once the controller has observed a generation.

use serde_json::Value;

use crate::field;
use crate::generic::generation_set;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn daemon_set(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    if let Some(result) = generation_set(object)? {
        return Ok(result);
    }
    let wanted = field::int(object, &["status", "desiredNumberScheduled"], -1);
    if wanted == -1 {
        return Ok(StatusResult::in_progress(
            "NoDesiredNumber",
            "Missing .status.desiredNumberScheduled",
        ));
    }
    let counts = [
        ("currentNumberScheduled", "LessCurrent", "Current"),
        ("updatedNumberScheduled", "LessUpdated", "Updated"),
        ("numberAvailable", "LessAvailable", "Available"),
        ("numberReady", "LessReady", "Ready"),
    ];
    for (name, reason, word) in counts {
        let count = field::int(object, &["status", name], 0);
        if wanted > count {
            return Ok(StatusResult::in_progress(reason, format!("{word}: {count}/{wanted}")));
        }
    }
    Ok(StatusResult::current(format!(
        "All replicas scheduled as expected. Replicas: {wanted}"
    )))
}
