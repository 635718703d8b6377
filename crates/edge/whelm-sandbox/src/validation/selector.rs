//! Label selectors.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/apis/meta/v1/validation`.

use serde_json::{Value, json};

use super::format;
use super::metadata;
use super::report::Report;
use crate::object::{items, text};

/// Checks a label selector that is there.
pub(super) fn label_selector(selector: Option<&Value>, place: &str, report: &mut Report) {
    let Some(selector) = selector else { return };
    let labels = metadata::labels(selector, &format!("{place}.matchLabels"), "matchLabels");
    report.0.extend(labels);
    for (index, expression) in items(selector, &["matchExpressions"]).iter().enumerate() {
        requirement(expression, &format!("{place}.matchExpressions[{index}]"), report);
    }
}

fn requirement(expression: &Value, place: &str, report: &mut Report) {
    values_fit(expression, place, report);
    check_key(expression, place, report);
    check_values(expression, place, report);
}

/// Checks that a requirement has values where its operator wants some.
pub(super) fn values_fit(expression: &Value, place: &str, report: &mut Report) {
    let (operator, values) = (text(expression, &["operator"]), items(expression, &["values"]));
    match operator {
        "In" | "NotIn" if values.is_empty() => report.required(
            &format!("{place}.values"),
            "must be specified when `operator` is 'In' or 'NotIn'",
        ),
        "In" | "NotIn" => {}
        "Exists" | "DoesNotExist" if !values.is_empty() => report.forbidden(
            &format!("{place}.values"),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
        "Exists" | "DoesNotExist" => {}
        _ => report.invalid(
            &format!("{place}.operator"),
            &json!(operator),
            "not a valid selector operator",
        ),
    }
}

/// Checks that the key of a requirement can be one of a label.
pub(super) fn check_key(expression: &Value, place: &str, report: &mut Report) {
    let key = text(expression, &["key"]);
    report.findings(&format!("{place}.key"), &json!(key), format::label_key(key));
}

/// Checks that the values of a requirement can be those of labels.
pub(super) fn check_values(expression: &Value, place: &str, report: &mut Report) {
    for (index, value) in items(expression, &["values"]).iter().enumerate() {
        let findings = format::label_value(value.as_str().unwrap_or_default());
        report.findings(&format!("{place}.values[{index}]"), value, findings);
    }
}

/// Says whether a selector can be used at all.
pub(super) fn is_valid(selector: &Value) -> bool {
    let mut report = Report::default();
    label_selector(Some(selector), "", &mut report);
    report.0.is_empty()
}

/// Says whether a selector selects everything.
pub(super) fn is_empty(selector: &Value) -> bool {
    let labels = selector.get("matchLabels").and_then(Value::as_object);
    labels.is_none_or(serde_json::Map::is_empty) && items(selector, &["matchExpressions"]).is_empty()
}
