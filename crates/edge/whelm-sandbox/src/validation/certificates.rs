//! CertificateSigningRequests.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/certificates/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{at, int, items, text};

const USAGES: [&str; 23] = [
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];
const LEGACY: &str = "kubernetes.io/legacy-unknown";

/// Checks a request, and how its status changes when there is a state before.
pub(super) fn check(subresource: &str, live: Option<&Value>, object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let request = text(spec, &["request"]);
    if let Some(detail) = request_fault(request) {
        let shown = if request.is_empty() {
            Value::Null
        } else {
            json!(request)
        };
        report.invalid("spec.request", &shown, detail);
    }
    usages(spec, report);
    let signer = text(spec, &["signerName"]);
    if signer == LEGACY {
        let detail = "the legacy signerName is not allowed via this API version";
        report.invalid("spec.signerName", &json!(signer), detail);
    } else {
        signer_name(signer, "spec.signerName", report);
    }
    if let Some(seconds) = int(spec, &["expirationSeconds"]).filter(|&seconds| seconds < 600) {
        let detail = "may not specify a duration less than 600 seconds (10 minutes)";
        report.invalid("spec.expirationSeconds", &json!(seconds), detail);
    }
    conditions(live, object, report);
    certificate(live, object, report);
    if let Some(live) = live {
        changes(subresource, live, object, report);
    }
}

/// Says what keeps a text in base64 from being a request for a certificate. Its signature is not looked at.
fn request_fault(text: &str) -> Option<&'static str> {
    let bytes = crate::base64::decode(text);
    let pem = String::from_utf8_lossy(&bytes);
    let is_request = blocks(&pem).is_some_and(|blocks| blocks.first() == Some(&"CERTIFICATE REQUEST"));
    (!is_request).then_some("PEM block type must be CERTIFICATE REQUEST")
}

/// Returns the types of the PEM blocks of a text; nothing when there is none.
fn blocks(text: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((kind, body)) = after.split_once("-----") else {
            break;
        };
        let end = format!("-----END {kind}-----");
        let Some((_, after)) = body.split_once(&end) else { break };
        found.push(kind);
        rest = after;
    }
    (!found.is_empty()).then_some(found)
}

fn usages(spec: &Value, report: &mut Report) {
    let own = items(spec, &["usages"]);
    if own.is_empty() {
        report.required("spec.usages", "");
    }
    for (index, usage) in own.iter().enumerate() {
        let field = format!("spec.usages[{index}]");
        report.one_of(&field, usage.as_str().unwrap_or_default(), &USAGES);
    }
    let mut seen = BTreeSet::new();
    for (index, usage) in own.iter().enumerate() {
        if !seen.insert(usage.as_str()) {
            report.duplicate(&format!("spec.usages[{index}]"), usage);
        }
    }
}

/// Checks the name of who signs certificates: a domain and a path.
pub(super) fn signer_name(name: &str, field: &str, report: &mut Report) {
    const MOST_BYTES: usize = 253 + 253 + 63 + 2;
    if name.is_empty() {
        report.required(field, "");
        return;
    }
    let Some((domain, path)) = name.split_once('/').filter(|(_, path)| !path.contains('/')) else {
        let detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
        report.invalid(field, &json!(name), detail);
        return;
    };
    report.not_longer(field, domain, 253);
    labels_of(domain, format::label, field, report);
    if !domain.contains('.') {
        let detail = "should be a domain with at least two segments separated by dots";
        report.invalid(field, &json!(domain), detail);
    }
    labels_of(path, format::subdomain, field, report);
    report.not_longer(field, name, MOST_BYTES);
}

/// Checks labels up to the first that is wrong.
fn labels_of(own: &str, form: fn(&str) -> format::Findings, field: &str, report: &mut Report) {
    let Some(label) = own.split('.').find(|label| !form(label).is_empty()) else {
        return;
    };
    for finding in form(label) {
        let detail = format!("validating label {label:?}: {finding}");
        report.invalid(field, &json!(own), &detail);
    }
}

fn kinds_of(object: &Value) -> Vec<&str> {
    let own = items(object, &["status", "conditions"]).iter();
    own.map(|condition| text(condition, &["type"])).collect()
}

fn conditions(live: Option<&Value>, object: &Value, report: &mut Report) {
    let before = live.map(kinds_of).unwrap_or_default();
    let had_both = before.contains(&"Approved") && before.contains(&"Denied");
    let distinct: BTreeSet<_> = before.iter().collect();
    let had_twice = distinct.len() < before.len();
    let mut seen: Vec<&str> = Vec::new();
    for (index, condition) in items(object, &["status", "conditions"]).iter().enumerate() {
        let place = format!("status.conditions[{index}]");
        let (kind, status) = (text(condition, &["type"]), text(condition, &["status"]));
        if kind.is_empty() && !before.contains(&"") {
            report.required(&format!("{place}.type"), "");
        }
        let decides = matches!(kind, "Approved" | "Denied" | "Failed");
        let field = format!("{place}.status");
        let all = ["False", "True", "Unknown"];
        match status {
            "" => report.required(&field, ""),
            status if decides => report.one_of(&field, status, &["True"]),
            status => report.one_of(&field, status, &all),
        }
        let other = match kind {
            "Approved" => "Denied",
            "Denied" => "Approved",
            _ => "-",
        };
        if seen.contains(&other) && !had_both {
            let detail = "Approved and Denied conditions are mutually exclusive";
            report.invalid("status.conditions", &json!(kind), detail);
        }
        if seen.contains(&kind) && !had_twice {
            report.duplicate(&format!("{place}.type"), &json!(kind));
        }
        seen.push(kind);
    }
}

fn certificate(live: Option<&Value>, object: &Value, report: &mut Report) {
    let own = |object: &Value| text(object, &["status", "certificate"]).to_owned();
    let text = own(object);
    if text.is_empty() || live.is_some_and(|live| own(live) == text) {
        return;
    }
    let bytes = crate::base64::decode(&text);
    let pem = String::from_utf8_lossy(&bytes);
    let detail = match blocks(&pem) {
        None => "must contain at least one CERTIFICATE PEM block".to_owned(),
        Some(blocks) => match blocks.iter().find(|kind| **kind != "CERTIFICATE") {
            Some(kind) => format!("only CERTIFICATE PEM blocks are allowed, found {kind:?}"),
            None => return,
        },
    };
    report.invalid("status.certificate", &json!("<certificate data>"), &detail);
}

fn of_kind<'a>(object: &'a Value, kind: &str) -> Vec<&'a Value> {
    let own = items(object, &["status", "conditions"]).iter();
    own.filter(|condition| text(condition, &["type"]) == kind).collect()
}

fn changes(subresource: &str, live: &Value, object: &Value, report: &mut Report) {
    let field = "status.conditions";
    for kind in ["Approved", "Denied", "Failed"] {
        if of_kind(object, kind).len() < of_kind(live, kind).len() {
            let detail = format!("updates may not remove a condition of type {kind:?}");
            report.forbidden(field, &detail);
        }
    }
    if subresource != "approval" {
        for kind in ["Approved", "Denied"] {
            let (before, after) = (of_kind(live, kind), of_kind(object, kind));
            if after.len() > before.len() {
                let detail = format!("updates may not add a condition of type {kind:?}");
                report.forbidden(field, &detail);
            }
        }
    }
    let own = |object| at(object, &["status", "certificate"]);
    if own(live) == own(object) {
        return;
    }
    if subresource != "status" {
        let detail = "updates may not set certificate content";
        report.forbidden("status.certificate", detail);
    } else if own(live).is_some() {
        let detail = "updates may not modify existing certificate content";
        report.forbidden("status.certificate", detail);
    }
}
