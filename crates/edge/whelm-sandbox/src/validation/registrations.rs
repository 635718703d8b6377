//! APIServices: groups that other servers serve.
//!
//! Source: `k8s.io/kube-aggregator` v0.36.3, `pkg/apis/apiregistration/validation`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{at, int, items, text};

/// Checks an APIService, and the name of one that is there, which may not fit any more.
pub(super) fn service(object: &Value, is_new: bool, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let (group, version) = (text(spec, &["group"]), text(spec, &["version"]));
    let (name, wanted) = (crate::object::name(object), format!("{version}.{group}"));
    if !is_new && name != wanted {
        let detail = format!("must be `spec.version+\".\"+spec.group`: {wanted:?}");
        report.invalid("metadata.name", &json!(name), &detail);
    }
    if group.is_empty() && version != "v1" {
        let detail = "only v1 may have an empty group and it better be legacy kube";
        report.required("spec.group", detail);
    }
    report.formed("spec.group", group, format::subdomain);
    report.findings("spec.version", &json!(version), format::label_1035(version));
    for (field, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let number = int(spec, &[field]).unwrap_or(0);
        if number <= 0 || number > most {
            let detail = format!("must be positive and less than {most}");
            report.invalid(&format!("spec.{field}"), &json!(number), &detail);
        }
    }
    let authority = crate::base64::decode(text(spec, &["caBundle"])).len();
    let trusts_all = spec.get("insecureSkipTLSVerify") == Some(&Value::Bool(true));
    let Some(service) = spec.get("service") else {
        if authority > 0 {
            let shown = json!(format!("{authority} bytes"));
            report.invalid("spec.caBundle", &shown, "local APIServices may not have a caBundle");
        }
        let detail = "local APIServices may not have insecureSkipTLSVerify";
        if trusts_all {
            report.invalid("spec.insecureSkipTLSVerify", &json!(true), detail);
        }
        return;
    };
    for field in ["namespace", "name"] {
        if text(service, &[field]).is_empty() {
            report.required(&format!("spec.service.{field}"), "");
        }
    }
    let port = int(service, &["port"]).unwrap_or(0);
    let findings = format::port(port);
    if !findings.is_empty() {
        let detail = format!("port is not valid: {}", findings.join(", "));
        report.invalid("spec.service.port", &json!(port), &detail);
    }
    if trusts_all && authority > 0 {
        let detail = "may not be true if caBundle is present";
        report.invalid("spec.insecureSkipTLSVerify", &json!(true), detail);
    }
}

/// Checks the status of an APIService.
pub(super) fn service_status(object: &Value, report: &mut Report) {
    let conditions = at(object, &["status"]).map_or(&[][..], |status| items(status, &["conditions"]));
    for (index, condition) in conditions.iter().enumerate() {
        let field = format!("status.conditions[{index}].status");
        report.one_of(&field, text(condition, &["status"]), &["True", "False", "Unknown"]);
    }
}
