//! CustomResourceDefinitions: accepted names and the condition `Established`.

use serde_json::Value;

use crate::field;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn custom_resource_definition(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    for condition in field::conditions(object)? {
        match (condition.kind, condition.status) {
            ("NamesAccepted", "False") => return Ok(StatusResult::failed(condition.reason, condition.message)),
            ("Established", "False") if condition.reason != "Installing" => {
                return Ok(StatusResult::failed(condition.reason, condition.message));
            }
            ("Established", "True") => return Ok(StatusResult::current("CRD is established")),
            _ => {}
        }
    }
    Ok(StatusResult::in_progress("Installing", "Install in progress"))
}
