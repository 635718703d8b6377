//! Webhooks and admission policies.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/admissionregistration/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use super::selector::label_selector;
use crate::object::{at, int, items, text};

/// Checks the webhooks of a configuration.
pub(super) fn configuration(object: &Value, mutating: bool, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, webhook) in items(object, &["webhooks"]).iter().enumerate() {
        let place = format!("webhooks[{index}]");
        check(webhook, mutating, &place, report);
        versions(webhook, &format!("{place}.admissionReviewVersions"), report);
        let name = text(webhook, &["name"]);
        if !name.is_empty() && !names.insert(name) {
            report.duplicate(&format!("{place}.name"), &json!(name));
        }
    }
}

fn check(webhook: &Value, mutating: bool, place: &str, report: &mut Report) {
    let name = text(webhook, &["name"]);
    let field = format!("{place}.name");
    if name.is_empty() {
        report.required(&field, "");
    } else {
        let findings = format::subdomain(name);
        let fits = findings.is_empty();
        report.findings(&field, &json!(name), findings);
        if fits && name.split('.').count() < 3 {
            let detail = "should be a domain with at least three segments separated by dots";
            report.invalid(&field, &json!(name), detail);
        }
    }
    for (index, rule) in items(webhook, &["rules"]).iter().enumerate() {
        check_rule(rule, &format!("{place}.rules[{index}]"), report);
    }
    one_of(webhook, "failurePolicy", &["Fail", "Ignore"], place, report);
    one_of(webhook, "matchPolicy", &["Equivalent", "Exact"], place, report);
    let effects = ["None", "NoneOnDryRun"];
    if text(webhook, &["sideEffects"]).is_empty() {
        report.required(
            &format!("{place}.sideEffects"),
            &format!("must specify one of {}", effects.join(", ")),
        );
    } else {
        one_of(webhook, "sideEffects", &effects, place, report);
    }
    if let Some(seconds) = int(webhook, &["timeoutSeconds"]).filter(|seconds| !(1..=30).contains(seconds)) {
        report.invalid(
            &format!("{place}.timeoutSeconds"),
            &json!(seconds),
            "the timeout value must be between 1 and 30 seconds",
        );
    }
    for selector in ["namespaceSelector", "objectSelector"] {
        label_selector(webhook.get(selector), &format!("{place}.{selector}"), report);
    }
    if mutating {
        one_of(webhook, "reinvocationPolicy", &["IfNeeded", "Never"], place, report);
    }
    match (
        at(webhook, &["clientConfig", "url"]),
        at(webhook, &["clientConfig", "service"]),
    ) {
        (Some(_), None) | (None, Some(_)) => {}
        _ => report.required(
            &format!("{place}.clientConfig"),
            "exactly one of url or service is required",
        ),
    }
}

fn one_of(parent: &Value, field: &str, supported: &[&str], place: &str, report: &mut Report) {
    let value = text(parent, &[field]);
    if !value.is_empty() {
        report.one_of(&format!("{place}.{field}"), value, supported);
    }
}

fn check_rule(rule: &Value, place: &str, report: &mut Report) {
    let operations = items(rule, &["operations"]);
    if operations.is_empty() {
        report.required(&format!("{place}.operations"), "");
    }
    if operations.len() > 1 && operations.contains(&json!("*")) {
        let detail = "if '*' is present, must not specify other operations";
        report.invalid(&format!("{place}.operations"), &json!(operations), detail);
    }
    for (index, operation) in operations.iter().enumerate() {
        let supported = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
        let field = format!("{place}.operations[{index}]");
        report.one_of(&field, operation.as_str().unwrap_or_default(), &supported);
    }
    for field in ["apiGroups", "apiVersions", "resources"] {
        let list = items(rule, &[field]);
        let place = format!("{place}.{field}");
        if list.is_empty() {
            report.required(&place, "");
        }
        if list.len() > 1 && list.contains(&json!("*")) && field != "resources" {
            let what = if field == "apiGroups" {
                "API groups"
            } else {
                "API versions"
            };
            let detail = format!("if '*' is present, must not specify other {what}");
            report.invalid(&place, &json!(list), &detail);
        }
        for (index, value) in list.iter().enumerate() {
            if field != "apiGroups" && value == "" {
                report.required(&format!("{place}[{index}]"), "");
            }
        }
    }
    one_of(rule, "scope", &["*", "Cluster", "Namespaced"], place, report);
}

fn versions(webhook: &Value, field: &str, report: &mut Report) {
    let list = items(webhook, &["admissionReviewVersions"]);
    if list.is_empty() {
        report.required(field, "must specify one of v1, v1beta1");
        return;
    }
    let mut seen = BTreeSet::new();
    let mut known = false;
    for (index, version) in list.iter().enumerate() {
        let own = version.as_str().unwrap_or_default();
        let field = format!("{field}[{index}]");
        if !seen.insert(own) {
            report.invalid(&field, version, "duplicate version");
        } else {
            report.findings(&field, version, format::label_1035(own));
        }
        known |= matches!(own, "v1" | "v1beta1");
    }
    if !known {
        report.invalid(field, &json!(list), "must include at least one of v1, v1beta1");
    }
}

/// Checks a binding of an admission policy.
pub(super) fn binding(object: &Value, report: &mut Report) {
    report.named(
        "spec.policyName",
        text(object, &["spec", "policyName"]),
        format::subdomain,
    );
    let actions = items(object, &["spec", "validationActions"]);
    if actions.is_empty() {
        report.required("spec.validationActions", "at least one validation action is required");
    }
    for (index, action) in actions.iter().enumerate() {
        let field = format!("spec.validationActions[{index}]");
        report.one_of(&field, action.as_str().unwrap_or_default(), &["Audit", "Deny", "Warn"]);
    }
}

/// Checks a ValidatingAdmissionPolicy.
pub(super) fn policy(object: &Value, report: &mut Report) {
    one_of(
        object.get("spec").unwrap_or(&Value::Null),
        "failurePolicy",
        &["Fail", "Ignore"],
        "spec",
        report,
    );
    match at(object, &["spec", "matchConstraints"]) {
        None => report.required("spec.matchConstraints", ""),
        Some(constraints) => {
            let rules = items(constraints, &["resourceRules"]);
            if rules.is_empty() {
                report.required("spec.matchConstraints.resourceRules", "");
            }
            for (index, rule) in rules.iter().enumerate() {
                check_rule(rule, &format!("spec.matchConstraints.resourceRules[{index}]"), report);
            }
        }
    }
    let has = |field: &str| !items(object, &["spec", field]).is_empty();
    if !has("validations") && !has("auditAnnotations") {
        let detail = "validations or auditAnnotations must contain at least one item";
        report.required("spec.validations", detail);
        report.required("spec.auditAnnotations", detail);
    }
    for (index, validation) in items(object, &["spec", "validations"]).iter().enumerate() {
        if text(validation, &["expression"]).trim().is_empty() {
            report.required(
                &format!("spec.validations[{index}].expression"),
                "expression is not specified",
            );
        }
    }
}
