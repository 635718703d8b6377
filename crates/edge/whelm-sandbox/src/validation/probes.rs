//! How the real kubelet asks containers how they are, and tells them to start and to stop.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{at, int, items, text};

/// Checks the probes of a container that goes on running, and what it does when it starts and stops.
pub(super) fn check(container: &Value, spec: &Value, place: &str, report: &mut Report) {
    let grace = int(spec, &["terminationGracePeriodSeconds"]).unwrap_or(30);
    for name in ["postStart", "preStop"] {
        if let Some(own) = at(container, &["lifecycle", name]) {
            handler(own, grace, &format!("{place}.lifecycle.{name}"), report);
        }
    }
    stop_signal(container, spec, &format!("{place}.lifecycle.stopSignal"), report);
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(own) = container.get(name) {
            probe(own, name, grace, &format!("{place}.{name}"), report);
        }
    }
}

fn stop_signal(container: &Value, spec: &Value, field: &str, report: &mut Report) {
    let Some(signal) = at(container, &["lifecycle", "stopSignal"]).and_then(Value::as_str) else {
        return;
    };
    match text(spec, &["os", "name"]) {
        "" => report.forbidden(field, "may not be set for containers with empty `spec.os.name`"),
        "windows" => report.one_of(field, signal, &["SIGKILL", "SIGTERM"]),
        _ => {}
    }
}

fn probe(own: &Value, name: &str, grace: i64, place: &str, report: &mut Report) {
    handler(own, grace, place, report);
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        report.not_negative(&format!("{place}.{field}"), int(own, &[field]));
    }
    let field = format!("{place}.terminationGracePeriodSeconds");
    let seconds = int(own, &["terminationGracePeriodSeconds"]);
    if let Some(seconds) = seconds.filter(|&seconds| seconds <= 0) {
        report.invalid(&field, &json!(seconds), "must be greater than 0");
    }
    if name == "readinessProbe" {
        if let Some(seconds) = seconds {
            report.invalid(&field, &json!(seconds), "must not be set for readinessProbes");
        }
        return;
    }
    let successes = int(own, &["successThreshold"]).unwrap_or(1);
    if successes != 1 {
        report.invalid(&format!("{place}.successThreshold"), &json!(successes), "must be 1");
    }
}

fn handler(own: &Value, grace: i64, place: &str, report: &mut Report) {
    let mut found = false;
    for kind in ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] {
        let Some(action) = own.get(kind) else { continue };
        let place = format!("{place}.{kind}");
        if found {
            report.forbidden(&place, "may not specify more than 1 handler type");
            continue;
        }
        found = true;
        match kind {
            "exec" => {
                if items(action, &["command"]).is_empty() {
                    report.required(&format!("{place}.command"), "");
                }
            }
            "httpGet" => request(action, &place, report),
            "sleep" => sleep(action, grace, &place, report),
            _ => port(action, &place, report),
        }
    }
    if !found {
        report.required(place, "must specify a handler type");
    }
}

fn request(action: &Value, place: &str, report: &mut Report) {
    if text(action, &["path"]).is_empty() {
        report.required(&format!("{place}.path"), "");
    }
    port(action, place, report);
    let scheme = text(action, &["scheme"]);
    if !scheme.is_empty() {
        report.one_of(&format!("{place}.scheme"), scheme, &["HTTP", "HTTPS"]);
    }
    for header in items(action, &["httpHeaders"]) {
        let name = text(header, &["name"]);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || !name.bytes().all(fits) {
            let rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
            let detail = format::expected(rule, "[-A-Za-z0-9]+", &["X-Header-Name"]);
            report.invalid(&format!("{place}.httpHeaders"), &json!(name), &detail);
        }
    }
}

fn port(action: &Value, place: &str, report: &mut Report) {
    let field = format!("{place}.port");
    match action.get("port") {
        Some(Value::String(name)) => report.findings(&field, &json!(name), format::port_name(name)),
        own => {
            let number = own.and_then(Value::as_i64).unwrap_or(0);
            report.findings(&field, &json!(number), format::port(number));
        }
    }
}

fn sleep(action: &Value, grace: i64, place: &str, report: &mut Report) {
    let seconds = int(action, &["seconds"]).unwrap_or(0);
    if seconds < 0 || seconds > grace {
        let detail = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        report.invalid(place, &json!(seconds), &detail);
    }
}
