//! How a Pod is called, and how it finds others by name.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{items, text};

/// Checks the name of the host that a Pod sees.
pub(super) fn host(spec: &Value, place: &str, report: &mut Report) {
    let Some(name) = spec.get("hostnameOverride").and_then(Value::as_str) else {
        return;
    };
    let is_on = |field: &str| spec.get(field) == Some(&Value::Bool(true));
    let field = format!("{place}.hostnameOverride");
    if is_on("setHostnameAsFQDN") {
        report.forbidden(&field, "may not be specified when setHostnameAsFQDN is true");
    }
    if is_on("hostNetwork") {
        report.forbidden(&field, "may not be specified when hostNetwork is true");
    }
    report.not_longer(&field, name, 64);
    report.findings(&field, &json!(name), format::subdomain(name));
}

/// Checks the hosts that a Pod knows.
pub(super) fn aliases(spec: &Value, place: &str, report: &mut Report) {
    for (index, alias) in items(spec, &["hostAliases"]).iter().enumerate() {
        let place = format!("{place}.hostAliases[{index}]");
        let address = text(alias, &["ip"]);
        report.findings(&format!("{place}.ip"), &json!(address), format::address(address));
        for (index, host) in items(alias, &["hostnames"]).iter().enumerate() {
            let findings = format::subdomain(host.as_str().unwrap_or_default());
            report.findings(&format!("{place}.hostnames[{index}]"), host, findings);
        }
    }
}

/// Checks whom a Pod asks for addresses.
pub(super) fn servers(spec: &Value, place: &str, report: &mut Report) {
    let place = format!("{place}.dnsConfig");
    let own = spec.get("dnsConfig");
    if text(spec, &["dnsPolicy"]) == "None" {
        match own {
            None => {
                report.required(&place, "must provide `dnsConfig` when `dnsPolicy` is None");
                return;
            }
            Some(own) if items(own, &["nameservers"]).is_empty() => {
                let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
                report.required(&format!("{place}.nameservers"), detail);
                return;
            }
            Some(_) => {}
        }
    }
    let Some(own) = own else { return };
    let servers = items(own, &["nameservers"]);
    let field = format!("{place}.nameservers");
    if servers.len() > 3 {
        report.invalid(&field, &json!(servers), "must not have more than 3 nameservers");
    }
    for (index, server) in servers.iter().enumerate() {
        let findings = format::address(server.as_str().unwrap_or_default());
        report.findings(&format!("{field}[{index}]"), server, findings);
    }
    searches(items(own, &["searches"]), &format!("{place}.searches"), report);
    for (index, option) in items(own, &["options"]).iter().enumerate() {
        if text(option, &["name"]).is_empty() {
            report.required(&format!("{place}.options[{index}]"), "must not be empty");
        }
    }
}

fn searches(list: &[Value], place: &str, report: &mut Report) {
    if list.len() > 32 {
        report.invalid(place, &json!(list), "must not have more than 32 search paths");
    }
    let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    if texts.join(" ").len() > 2048 {
        let detail = "must not have more than 2048 characters (including spaces) in the search list";
        report.invalid(place, &json!(list), detail);
    }
    for (index, search) in texts.iter().enumerate().filter(|(_, search)| **search != ".") {
        let search = search.strip_suffix('.').unwrap_or(search);
        let without = |part: &str| part.strip_prefix('_').unwrap_or(part).replace('_', "-");
        // Underscores are fine here.
        let plain: Vec<String> = search.split('.').map(without).collect();
        if !format::subdomain(&plain.join(".")).is_empty() {
            let rule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or \
                '.', and must start and end with an alphanumeric character";
            let label = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
            let form = format!("{label}(\\.{label})*");
            let detail = format::expected(rule, &form, &["example.com"]);
            report.invalid(&format!("{place}[{index}]"), &json!(search), &detail);
        }
    }
}
