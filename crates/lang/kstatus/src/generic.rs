//! The rules that hold for every kind, and the choice of the kind's own rule.

use serde_json::Value;

use crate::field::{self, ConditionView, FieldError};
use crate::object_id::group_and_kind;
use crate::rules;
use crate::{Status, StatusResult, Timestamp};

/// How `status.observedGeneration` is read when it is not an integer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OddGeneration {
    /// As kstatus: an error.
    Refuse,
    /// Digits in a string count as the number they spell; anything else is as good as absent.
    Tolerate,
}

/// Returns the status of an object, by the rules of kstatus.
///
/// Generic rules come first (deletion, generation, the `Reconciling` and `Stalled` conditions), then the rule of the
/// kind, then a `Ready` condition; an object that says nothing is current. `now` matters for unschedulable Pods only,
/// which fail 15 seconds after their creation.
///
/// # Errors
/// A field that a rule reads has another type than Kubernetes gives it, or a Pod has an unknown phase.
///
/// Source: cli-utils, `pkg/kstatus/status/status.go` and `generic.go`.
pub fn compute(object: &Value, now: Timestamp) -> Result<StatusResult, FieldError> {
    compute_by(object, now, OddGeneration::Refuse)
}

/// Returns the status of an object as [`compute`] does, but does not fail on an odd `status.observedGeneration`.
///
/// Some controllers (Argo Rollouts for one) write it as a string. kstatus refuses such objects, and a wait for them
/// never ends; here digits in a string count as a number, and any other text is as good as no field.
///
/// # Errors
/// As [`compute`], for all other fields.
pub fn compute_lenient(object: &Value, now: Timestamp) -> Result<StatusResult, FieldError> {
    compute_by(object, now, OddGeneration::Tolerate)
}

fn compute_by(object: &Value, now: Timestamp, odd: OddGeneration) -> Result<StatusResult, FieldError> {
    if let Some(result) = generic_properties(object, odd)? {
        return Ok(result);
    }
    let (group, kind) = group_and_kind(object);
    if let Some(rule) = rules::rule_for(group, kind) {
        return rule(object, now);
    }
    let ready = ready_condition(&field::conditions(object)?);
    Ok(ready.unwrap_or_else(|| StatusResult::current("Resource is current")))
}

fn generic_properties(object: &Value, odd: OddGeneration) -> Result<Option<StatusResult>, FieldError> {
    let deletion_timestamp = field::nested_str(object, &["metadata", "deletionTimestamp"])?;
    if deletion_timestamp.is_some_and(|text| !text.is_empty()) {
        return Ok(Some(StatusResult::terminating()));
    }
    if let Some(result) = generation_observed(object, odd)? {
        return Ok(Some(result));
    }
    let standard = field::conditions(object)?
        .into_iter()
        .filter(|condition| condition.status == "True");
    for condition in standard {
        match condition.kind {
            "Reconciling" => return Ok(Some(StatusResult::in_progress(condition.reason, condition.message))),
            "Stalled" => return Ok(Some(StatusResult::failed(condition.reason, condition.message))),
            _ => {}
        }
    }
    Ok(None)
}

fn generation_observed(object: &Value, odd: OddGeneration) -> Result<Option<StatusResult>, FieldError> {
    let Some(generation) = field::nested_i64(object, &["metadata", "generation"])? else {
        return Ok(None);
    };
    let observed = match field::nested_i64(object, &["status", "observedGeneration"]) {
        Err(_) if odd == OddGeneration::Tolerate => spelled_generation(object),
        other => other?,
    };
    let Some(observed) = observed.filter(|&observed| observed != generation) else {
        return Ok(None);
    };
    let kind = group_and_kind(object).1;
    let message = format!("{kind} generation is {generation}, but latest observed generation is {observed}");
    Ok(Some(StatusResult::in_progress("LatestGenerationNotObserved", message)))
}

fn spelled_generation(object: &Value) -> Option<i64> {
    object.get("status")?.get("observedGeneration")?.as_str()?.parse().ok()
}

fn ready_condition(conditions: &[ConditionView<'_>]) -> Option<StatusResult> {
    let decided = |condition: &&ConditionView<'_>| {
        condition.kind == "Ready" && matches!(condition.status, "True" | "False" | "Unknown")
    };
    let ready = conditions.iter().find(decided)?;
    Some(match ready.status {
        "True" => StatusResult::current("Resource is Ready"),
        _ => StatusResult::in_progress(ready.reason, ready.message),
    })
}

/// Says that a controller must have set both generations, as DaemonSets do.
pub(crate) fn generation_set(object: &Value) -> Result<Option<StatusResult>, FieldError> {
    let kind = group_and_kind(object).1;
    if field::nested_i64(object, &["metadata", "generation"])?.is_none() {
        let message = format!("{kind} metadata.generation not found");
        return Ok(Some(StatusResult::in_progress("NoGeneration", message)));
    }
    match field::nested_i64(object, &["status", "observedGeneration"]) {
        Ok(None) => {
            let message = format!("{kind} status.observedGeneration not found");
            Ok(Some(StatusResult::in_progress("NoObservedGeneration", message)))
        }
        Ok(Some(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Says whether a status is one that a wait for readiness cannot leave.
pub(crate) fn is_failed(result: &StatusResult) -> bool {
    result.status == Status::Failed
}
