//! Webhooks and admission policies.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/admissionregistration/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use super::selector::label_selector;
use crate::object::{int, items, text};

/// Checks the webhooks of a configuration.
pub(super) fn configuration(object: &Value, mutating: bool, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, webhook) in items(object, &["webhooks"]).iter().enumerate() {
        let place = format!("webhooks[{index}]");
        check(webhook, mutating, &place, report);
        versions(Some(webhook), &format!("{place}.admissionReviewVersions"), report);
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
    if webhook.get("sideEffects").is_none_or(Value::is_null) {
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
    let client = webhook.get("clientConfig").unwrap_or(&Value::Null);
    client_config(client, &format!("{place}.clientConfig"), report);
    match_conditions(webhook, place, report);
}

/// Checks where a webhook is.
pub(super) fn client_config(client: &Value, place: &str, report: &mut Report) {
    match (client.get("url").and_then(Value::as_str), client.get("service")) {
        (Some(url), None) => webhook_url(url, &format!("{place}.url"), report),
        (None, Some(service)) => webhook_service(service, &format!("{place}.service"), report),
        _ => report.required(place, "exactly one of url or service is required"),
    }
}

fn webhook_url(url: &str, field: &str, report: &mut Report) {
    const FORM: &str = "; desired format: https://host[/path]";
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    if scheme != "https" {
        let detail = format!("'https' is the only allowed URL scheme{FORM}");
        report.invalid(field, &json!(scheme), &detail);
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = if scheme.is_empty() {
        ""
    } else {
        rest.split('/').next().unwrap_or_default()
    };
    let (user, host) = host
        .rsplit_once('@')
        .map_or((None, host), |(user, host)| (Some(user), host));
    if host.is_empty() {
        report.invalid(field, &json!(host), &format!("host must be specified{FORM}"));
    }
    if let Some(user) = user {
        report.invalid(field, &json!(user), "user information is not permitted in the URL");
    }
    if !fragment.is_empty() {
        report.invalid(field, &json!(fragment), "fragments are not permitted in the URL");
    }
    if !query.is_empty() {
        report.invalid(field, &json!(query), "query parameters are not permitted in the URL");
    }
}

fn webhook_service(service: &Value, place: &str, report: &mut Report) {
    // The real server calls the namespace the name, and the other way round.
    for (field, named) in [("namespace", "name"), ("name", "namespace")] {
        if text(service, &[field]).is_empty() {
            report.required(&format!("{place}.{named}"), "");
        }
    }
    let port = int(service, &["port"]).unwrap_or(0);
    let findings = format::port(port);
    if !findings.is_empty() {
        let detail = format!("port is not valid: {}", findings.join(", "));
        report.invalid(&format!("{place}.port"), &json!(port), &detail);
    }
    let path = text(service, &["path"]);
    if matches!(path, "" | "/") {
        return;
    }
    let field = format!("{place}.path");
    let mut wrong = |detail: &str| report.invalid(&field, &json!(path), detail);
    if path == "//" {
        wrong("segment[0] may not be empty");
        return;
    }
    if !path.starts_with('/') {
        wrong("must start with a '/'");
    }
    let mut characters = path.chars();
    characters.next();
    let rest = characters.as_str();
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    for (index, step) in rest.split('/').enumerate() {
        if step.is_empty() {
            wrong(&format!("segment[{index}] may not be empty"));
            continue;
        }
        for finding in format::subdomain(step) {
            wrong(&format!("segment[{index}]: {finding}"));
        }
    }
}

/// Checks the expressions that say which requests are meant.
pub(super) fn match_conditions(parent: &Value, place: &str, report: &mut Report) {
    let list = items(parent, &["matchConditions"]);
    let field = format!("{place}.matchConditions");
    if list.len() > 64 {
        report.too_many(&field, list.len(), 64);
    }
    let mut names = BTreeSet::new();
    for (index, condition) in list.iter().enumerate() {
        let place = format!("{field}[{index}]");
        let source = text(condition, &["expression"]);
        if source.trim().is_empty() {
            report.required(&format!("{place}.expression"), "");
        } else {
            super::policies::parsed(source, &format!("{place}.expression"), report);
        }
        let name = text(condition, &["name"]);
        if name.is_empty() {
            report.required(&format!("{place}.name"), "");
        } else {
            report.findings(&format!("{place}.name"), &json!(name), format::label_key(name));
            if !names.insert(name) {
                report.duplicate(&format!("{place}.name"), &json!(name));
            }
        }
    }
}

fn one_of(parent: &Value, field: &str, supported: &[&str], place: &str, report: &mut Report) {
    if let Some(value) = parent.get(field).and_then(Value::as_str) {
        report.one_of(&format!("{place}.{field}"), value, supported);
    }
}

/// Checks which requests a rule means.
pub(super) fn check_rule(rule: &Value, place: &str, report: &mut Report) {
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

fn versions(webhook: Option<&Value>, field: &str, report: &mut Report) {
    if items(webhook.unwrap_or(&Value::Null), &["admissionReviewVersions"]).is_empty() {
        report.required(field, "must specify one of v1, v1beta1");
        return;
    }
    review_versions(webhook, "admissionReviewVersions", field, report);
}

/// Checks the versions of reviews that a webhook understands.
pub(super) fn review_versions(webhook: Option<&Value>, name: &str, field: &str, report: &mut Report) {
    let list = items(webhook.unwrap_or(&Value::Null), &[name]);
    if list.is_empty() {
        report.required(field, "");
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
