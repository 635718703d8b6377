//! Kinds whose rule is a line or two.

use serde_json::Value;

use crate::field;
use crate::{FieldError, StatusResult, Timestamp};

pub(crate) fn always_ready(_: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    Ok(StatusResult::current("Resource is always ready"))
}

pub(crate) fn persistent_volume_claim(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    let phase = field::string(object, &["status", "phase"], "unknown");
    Ok(match phase {
        "Bound" => StatusResult::current("PVC is Bound"),
        _ => StatusResult::in_progress("NotBound", format!("PVC is not Bound. phase: {phase}")),
    })
}

/// The generic rules already made sure that the disruption controller saw the latest generation.
pub(crate) fn pod_disruption_budget(_: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    Ok(StatusResult::current("AllowedDisruptions has been computed."))
}

/// kstatus asks for a cluster IP of load balancers and for nothing else; it does not look at the ingress address.
pub(crate) fn service(object: &Value, _: Timestamp) -> Result<StatusResult, FieldError> {
    let kind = field::string(object, &["spec", "type"], "ClusterIP");
    if kind == "LoadBalancer" && field::string(object, &["spec", "clusterIP"], "").is_empty() {
        return Ok(StatusResult::in_progress(
            "NoIPAssigned",
            "ClusterIP not set. Service type: LoadBalancer",
        ));
    }
    Ok(StatusResult::current("Service is ready"))
}
