//! Conditions, as the kinds have them that check them.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/apis/meta/v1/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{int, text};

/// Checks a list of conditions.
pub(super) fn check(conditions: &[Value], place: &str, report: &mut Report) {
    let mut kinds = BTreeSet::new();
    for (index, condition) in conditions.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let kind = text(condition, &["type"]);
        if !kinds.insert(kind) {
            report.duplicate(&format!("{place}.type"), &json!(kind));
        }
        one(condition, &place, report);
    }
}

fn one(condition: &Value, place: &str, report: &mut Report) {
    let kind = text(condition, &["type"]);
    report.findings(&format!("{place}.type"), &json!(kind), format::label_key(kind));
    let status = text(condition, &["status"]);
    report.one_of(&format!("{place}.status"), status, &["False", "True", "Unknown"]);
    if let Some(own) = int(condition, &["observedGeneration"]).filter(|&own| own < 0) {
        let field = format!("{place}.observedGeneration");
        report.invalid(&field, &json!(own), "must be greater than or equal to zero");
    }
    if condition.get("lastTransitionTime").is_none_or(Value::is_null) {
        report.required(&format!("{place}.lastTransitionTime"), "");
    }
    let reason = text(condition, &["reason"]);
    let field = format!("{place}.reason");
    if reason.is_empty() {
        report.required(&field, "");
    } else {
        if !is_reason(reason) {
            report.invalid(
                &field,
                &json!(reason),
                "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric \
                 characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or \
                 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is \
                 '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
            );
        }
        report.not_longer(&field, reason, 1024);
    }
    report.not_longer(&format!("{place}.message"), text(condition, &["message"]), 32 << 10);
}

fn is_reason(text: &str) -> bool {
    let end = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| end(byte) || matches!(byte, b',' | b':'))
        && text.bytes().last().is_some_and(end)
}
