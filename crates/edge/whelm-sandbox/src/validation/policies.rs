//! Admission policies and their bindings.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/admissionregistration/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use super::selector::label_selector;
use super::webhooks::{check_rule, match_conditions};
use crate::object::{items, name, text};

/// Checks a ValidatingAdmissionPolicy.
pub(super) fn validating(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    common(spec, report);
    let (validations, notes) = (items(spec, &["validations"]), items(spec, &["auditAnnotations"]));
    if validations.is_empty() && notes.is_empty() {
        let detail = "validations or auditAnnotations must contain at least one item";
        report.required("spec.validations", detail);
        report.required("spec.auditAnnotations", detail);
    }
    for (index, own) in validations.iter().enumerate() {
        validation(own, &format!("spec.validations[{index}]"), report);
    }
    let mut keys = BTreeSet::new();
    for (index, note) in notes.iter().enumerate() {
        let place = format!("spec.auditAnnotations[{index}]");
        let key = text(note, &["key"]);
        let full = format!("{}/{key}", name(object));
        report.findings(&format!("{place}.key"), &json!(full), format::label_key(&full));
        expression(note, "valueExpression", &place, report);
        if !keys.insert(key) {
            report.duplicate(&format!("{place}.key"), &json!(key));
        }
    }
}

/// Checks a MutatingAdmissionPolicy.
pub(super) fn mutating(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    common(spec, report);
    let mutations = items(spec, &["mutations"]);
    if mutations.is_empty() {
        report.required("spec.mutations", "mutations must contain at least one item");
    }
    for (index, mutation) in mutations.iter().enumerate() {
        let place = format!("spec.mutations[{index}]");
        let (kind, own) = (text(mutation, &["patchType"]), ["applyConfiguration", "jsonPatch"]);
        let field = match kind {
            "" => {
                report.required(&format!("{place}.patchType"), "");
                continue;
            }
            "ApplyConfiguration" => own[0],
            "JSONPatch" => own[1],
            _ => {
                let kinds = ["ApplyConfiguration", "JSONPatch"];
                report.one_of(&format!("{place}.patchType"), kind, &kinds);
                continue;
            }
        };
        match mutation.get(field) {
            None => report.required(
                &format!("{place}.{field}"),
                &format!("must be specified when patchType is {kind}"),
            ),
            Some(patch) => expression(patch, "expression", &format!("{place}.{field}"), report),
        }
    }
    let field = "spec.reinvocationPolicy";
    match text(spec, &["reinvocationPolicy"]) {
        "" => report.required(field, ""),
        policy => report.one_of(field, policy, &["IfNeeded", "Never"]),
    }
}

/// What all policies have.
fn common(spec: &Value, report: &mut Report) {
    match spec.get("failurePolicy").and_then(Value::as_str) {
        None => report.required("spec.failurePolicy", ""),
        Some(policy) => report.one_of("spec.failurePolicy", policy, &["Fail", "Ignore"]),
    }
    if let Some(kind) = spec.get("paramKind") {
        param_kind(kind, report);
    }
    match spec.get("matchConstraints") {
        None => report.required("spec.matchConstraints", ""),
        Some(constraints) => {
            match_resources(constraints, "spec.matchConstraints", report);
            if items(constraints, &["resourceRules"]).is_empty() {
                report.required("spec.matchConstraints.resourceRules", "");
            }
        }
    }
    match_conditions(spec, "spec", report);
    for (index, variable) in items(spec, &["variables"]).iter().enumerate() {
        let place = format!("spec.variables[{index}]");
        let own = text(variable, &["name"]);
        if own.trim().is_empty() {
            report.required(&format!("{place}.name"), "name is not specified");
        } else if !is_identifier(own) {
            let detail = "name is not a valid CEL identifier";
            report.invalid(&format!("{place}.name"), &json!(own), detail);
        }
        expression(variable, "expression", &place, report);
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Checks an expression that must be there, by its form alone.
fn expression(parent: &Value, field: &str, place: &str, report: &mut Report) {
    let own = text(parent, &[field]);
    if own.trim().is_empty() {
        report.required(&format!("{place}.{field}"), &format!("{field} is not specified"));
    } else {
        parsed(own, &format!("{place}.{field}"), report);
    }
}

/// Checks the form of an expression.
pub(super) fn parsed(source: &str, field: &str, report: &mut Report) {
    if let Err(wrong) = crate::cel::parse(source) {
        let detail = format!("compilation failed: {}", wrong.excerpt(source));
        report.invalid(field, &json!(source), &detail);
    }
}

fn param_kind(kind: &Value, report: &mut Report) {
    let place = "spec.paramKind";
    let version = text(kind, &["apiVersion"]);
    let field = format!("{place}.apiVersion");
    match version.split('/').collect::<Vec<_>>().as_slice() {
        [""] => report.required(&field, ""),
        [own] => label(own, &field, report),
        [group, own] => {
            let findings = format::subdomain(group);
            if !group.is_empty() && !findings.is_empty() {
                report.invalid(&field, &json!(group), &findings.join(","));
            }
            if own.is_empty() {
                report.invalid(&field, &json!(version), "version must be specified");
            } else {
                label(own, &field, report);
            }
        }
        _ => {
            let detail = format!("unexpected GroupVersion string: {version}");
            report.invalid(&field, &json!(version), &detail);
        }
    }
    let own = text(kind, &["kind"]);
    let findings = format::label_1035(&own.to_lowercase());
    if own.is_empty() {
        report.required(&format!("{place}.kind"), "");
    } else if !findings.is_empty() {
        let detail = format!(
            "may have mixed case, but should otherwise match: {}",
            findings.join(",")
        );
        report.invalid(&format!("{place}.kind"), &json!(own), &detail);
    }
}

fn label(own: &str, field: &str, report: &mut Report) {
    let findings = format::label_1035(own);
    if !findings.is_empty() {
        report.invalid(field, &json!(own), &findings.join(","));
    }
}

/// Checks which requests a policy is for.
fn match_resources(own: &Value, place: &str, report: &mut Report) {
    match own.get("matchPolicy").and_then(Value::as_str) {
        None => report.required(&format!("{place}.matchPolicy"), ""),
        Some(policy) => report.one_of(&format!("{place}.matchPolicy"), policy, &["Equivalent", "Exact"]),
    }
    for field in ["namespaceSelector", "objectSelector"] {
        let place = format!("{place}.{field}");
        match own.get(field) {
            None => report.required(&place, ""),
            selector => label_selector(selector, &place, report),
        }
    }
    for list in ["resourceRules", "excludeResourceRules"] {
        for (index, rule) in items(own, &[list]).iter().enumerate() {
            let place = format!("{place}.{list}[{index}]");
            resource_names(rule, &place, report);
            check_rule(rule, &place, report);
        }
    }
}

fn resource_names(rule: &Value, place: &str, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, name) in items(rule, &["resourceNames"]).iter().enumerate() {
        let field = format!("{place}.resourceNames[{index}]");
        let own = name.as_str().unwrap_or_default();
        report.findings(&field, name, format::path_segment(own, false));
        if !names.insert(own) {
            report.duplicate(&field, name);
        }
    }
}

fn validation(own: &Value, place: &str, report: &mut Report) {
    const REASONS: [&str; 4] = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"];
    expression(own, "expression", place, report);
    let message = text(own, &["messageExpression"]);
    let field = format!("{place}.messageExpression");
    if !message.is_empty() && message.trim().is_empty() {
        report.invalid(&field, &json!(message), "must be non-empty if specified");
    } else if !message.is_empty() {
        parsed(message, &field, report);
    }
    let message = text(own, &["message"]);
    let field = format!("{place}.message");
    if !message.is_empty() && message.trim().is_empty() {
        report.invalid(&field, &json!(message), "must be non-empty if specified");
    } else if message.trim().contains(['\n', '\r']) {
        report.invalid(&field, &json!(message), "must not contain line breaks");
    }
    if let Some(reason) = own.get("reason").and_then(Value::as_str) {
        report.one_of(&format!("{place}.reason"), reason, &REASONS);
    }
}

/// Checks a binding of an admission policy.
pub(super) fn binding(object: &Value, validating: bool, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    report.named("spec.policyName", text(spec, &["policyName"]), format::subdomain);
    if let Some(reference) = spec.get("paramRef") {
        param_reference(reference, report);
    }
    if let Some(resources) = spec.get("matchResources") {
        match_resources(resources, "spec.matchResources", report);
    }
    if validating {
        actions(items(spec, &["validationActions"]), report);
    }
}

fn param_reference(reference: &Value, report: &mut Report) {
    let place = "spec.paramRef";
    let (own, selector) = (text(reference, &["name"]), reference.get("selector"));
    let exclusive = "name and selector are mutually exclusive";
    report.formed(&format!("{place}.name"), own, |text| format::path_segment(text, false));
    if !own.is_empty() && selector.is_some() {
        report.forbidden(&format!("{place}.name"), exclusive);
    }
    label_selector(selector, &format!("{place}.selector"), report);
    if !own.is_empty() && selector.is_some() {
        report.forbidden(&format!("{place}.selector"), exclusive);
    }
    if own.is_empty() && selector.is_none() {
        report.required(place, "one of name or selector must be specified");
    }
    let field = format!("{place}.parameterNotFoundAction");
    match text(reference, &["parameterNotFoundAction"]) {
        "" => report.required(&field, ""),
        action => report.one_of(&field, action, &["Deny", "Allow"]),
    }
}

fn actions(actions: &[Value], report: &mut Report) {
    let field = "spec.validationActions";
    let mut seen = BTreeSet::new();
    for (index, action) in actions.iter().enumerate() {
        let (field, own) = (format!("{field}[{index}]"), action.as_str().unwrap_or_default());
        if !matches!(own, "Audit" | "Deny" | "Warn") {
            let shown = crate::status::go_json(action);
            report.unsupported_shown(&field, &shown, &["Audit", "Deny", "Warn"]);
        }
        if !seen.insert(own) {
            report.duplicate(&field, action);
        }
    }
    if seen.contains("Deny") && seen.contains("Warn") {
        let detail = "must not contain both Deny and Warn (repeating the same validation failure information in the API \
            response and headers serves no purpose)";
        report.invalid(field, &json!(actions), detail);
    }
    if seen.is_empty() {
        report.required(field, "at least one validation action is required");
    }
}

/// Checks the status of a ValidatingAdmissionPolicy.
pub(super) fn status(object: &Value, report: &mut Report) {
    let warnings = items(object, &["status", "typeChecking", "expressionWarnings"]);
    for (index, warning) in warnings.iter().enumerate() {
        let place = format!("status.typeChecking.expressionWarnings[{index}]");
        for field in ["warning", "fieldRef"] {
            if text(warning, &[field]).is_empty() {
                report.required(&format!("{place}.{field}"), "");
            }
        }
    }
    super::conditions::check(items(object, &["status", "conditions"]), "status.conditions", report);
}
