//! Schemas made of others: `anyOf`, `oneOf`, `allOf` and `not`.
//!
//! Source: `k8s.io/kube-openapi` v0.36.3 `pkg/validation/validate/schema_props.go`.

use serde_json::{Value, json};

use super::validate::check;
use crate::object::items;
use crate::status::FieldFault;

/// What one of several schemas says of a value.
struct Outcome {
    faults: Vec<FieldFault>,
    /// How many checks were made, which tells how near the value came.
    checks: usize,
}

/// Adds what is wrong with a value by the schemas that a schema is made of, and returns how many checks were made.
pub(super) fn check_junctors(schema: &Value, value: &Value, place: &str, faults: &mut Vec<FieldFault>) -> usize {
    let outcomes = |field: &str| outcomes(items(schema, &[field]), value, place);
    let mut checks = 0;
    checks += any_of(outcomes("anyOf"), place, faults);
    checks += one_of(outcomes("oneOf"), place, faults);
    checks += all_of(outcomes("allOf"), place, faults);
    if let Some(other) = schema.get("not") {
        let mut found = Vec::new();
        check(other, value, place, &mut found);
        if found.is_empty() {
            faults.push(broken(&format!("{place:?} must not validate the schema (not)")));
        }
    }
    checks
}

fn outcomes(schemas: &[Value], value: &Value, place: &str) -> Vec<Outcome> {
    let outcome = |schema| {
        let mut faults = Vec::new();
        let checks = check(schema, value, place, &mut faults);
        Outcome { faults, checks }
    };
    schemas.iter().map(outcome).collect()
}

fn any_of(outcomes: Vec<Outcome>, place: &str, faults: &mut Vec<FieldFault>) -> usize {
    if outcomes.is_empty() {
        return 0;
    }
    if let Some(fitting) = outcomes.iter().find(|outcome| outcome.faults.is_empty()) {
        return fitting.checks;
    }
    let what = format!("{place:?} must validate at least one schema (anyOf)");
    faults.push(broken(&what));
    nearest(outcomes, faults)
}

fn one_of(outcomes: Vec<Outcome>, place: &str, faults: &mut Vec<FieldFault>) -> usize {
    if outcomes.is_empty() {
        return 0;
    }
    let mut fitting = outcomes.iter().filter(|outcome| outcome.faults.is_empty());
    let first = fitting.next();
    let found = match (first, fitting.count()) {
        (Some(only), 0) => return only.checks,
        (Some(_), others) => format!("Found {} valid alternatives", others + 1),
        (None, _) => "Found none valid".to_owned(),
    };
    let what = format!("{place:?} must validate one and only one schema (oneOf). {found}");
    faults.push(broken(&what));
    if first.is_some() {
        return 0;
    }
    nearest(outcomes, faults)
}

fn all_of(outcomes: Vec<Outcome>, place: &str, faults: &mut Vec<FieldFault>) -> usize {
    let fitting = outcomes.iter().filter(|outcome| outcome.faults.is_empty()).count();
    let (all, mut checks) = (outcomes.len(), 0);
    for outcome in outcomes {
        checks += outcome.checks;
        faults.extend(outcome.faults);
    }
    if fitting != all {
        let none = if fitting == 0 { ". None validated" } else { "" };
        let what = format!("{place:?} must validate all the schemas (allOf){none}");
        faults.push(broken(&what));
    }
    checks
}

/// Adds the faults of the first of those outcomes that made the most checks.
fn nearest(outcomes: Vec<Outcome>, faults: &mut Vec<FieldFault>) -> usize {
    let nearer = |best: Outcome, other: Outcome| if other.checks > best.checks { other } else { best };
    let Some(best) = outcomes.into_iter().reduce(nearer) else {
        return 0;
    };
    faults.extend(best.faults);
    best.checks
}

/// What is wrong with a value as a whole comes without the name of its field.
fn broken(what: &str) -> FieldFault {
    FieldFault::invalid("<nil>", &json!(""), what)
}
