//! Claims for devices, and classes of them.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/resource/validation`.

mod slices;
mod status;

pub(super) use slices::check as slice;
pub(super) use status::check as claim_status;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::report::Report;
use super::{format, limits};
use crate::object::{at, int, items, text};

const EFFECTS: [&str; 3] = ["NoExecute", "NoSchedule", "None"];

/// The names of requests, with those of their parts.
type Names<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Checks the specification of a ResourceClaim.
pub(super) fn claim(spec: &Value, place: &str, report: &mut Report) {
    let devices = spec.get("devices").unwrap_or(&Value::Null);
    let place = format!("{place}.devices");
    let names = request_names(devices);
    let requests = items(devices, &["requests"]);
    set_of(
        requests,
        32,
        &format!("{place}.requests"),
        report,
        &key_name,
        |own, place, report| {
            request(own, place, report);
        },
    );
    let constraints = items(devices, &["constraints"]);
    list_of(
        constraints,
        32,
        &format!("{place}.constraints"),
        report,
        |own, place, report| {
            constraint(own, &names, place, report);
        },
    );
    let configs = items(devices, &["config"]);
    list_of(configs, 32, &format!("{place}.config"), report, |own, place, report| {
        request_references(own, &names, place, report);
        configuration(own, place, report);
    });
}

/// Checks a ResourceClaimTemplate.
pub(super) fn template(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let metadata = spec.get("metadata").unwrap_or(&Value::Null);
    report.0.extend(super::metadata::template(metadata, "spec.metadata"));
    claim(spec.get("spec").unwrap_or(&Value::Null), "spec.spec", report);
}

/// Checks a DeviceClass.
pub(super) fn class(object: &Value, report: &mut Report) {
    let selectors = items(object, &["spec", "selectors"]);
    list_of(selectors, 32, "spec.selectors", report, selector);
    let configs = items(object, &["spec", "config"]);
    list_of(configs, 32, "spec.config", report, configuration);
    if let Some(name) = at(object, &["spec", "extendedResourceName"])
        && !limits::is_extended(name.as_str().unwrap_or_default())
    {
        let detail = "must be a valid extended resource name";
        report.invalid("spec.extendedResourceName", name, detail);
    }
}

/// Checks every item of a list that has not too many.
fn list_of(
    list: &[Value],
    most: usize,
    field: &str,
    report: &mut Report,
    check: impl Fn(&Value, &str, &mut Report),
) -> bool {
    if list.len() > most {
        report.too_many(field, list.len(), most);
        return false;
    }
    for (index, item) in list.iter().enumerate() {
        check(item, &format!("{field}[{index}]"), report);
    }
    true
}

/// Checks every item of a list, and that no two have the same key.
fn set_of(
    list: &[Value],
    most: usize,
    field: &str,
    report: &mut Report,
    key: &dyn Fn(&Value) -> Value,
    check: impl Fn(&Value, &str, &mut Report),
) {
    if !list_of(list, most, field, report, check) {
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, item) in list.iter().enumerate() {
        let key = key(item);
        if !seen.insert(key.to_string()) {
            report.duplicate(&format!("{field}[{index}]"), &key);
        }
    }
}

fn key_name(item: &Value) -> Value {
    json!(text(item, &["name"]))
}

fn key_self(item: &Value) -> Value {
    item.clone()
}

fn label(own: &str, field: &str, report: &mut Report) {
    report.findings(field, &json!(own), format::label(own));
}

fn request_names(devices: &Value) -> Names<'_> {
    let parts = |request| {
        let parts = items(request, &["firstAvailable"]).iter();
        parts.map(|part| text(part, &["name"])).collect()
    };
    let requests = items(devices, &["requests"]).iter();
    requests
        .map(|request| (text(request, &["name"]), parts(request)))
        .collect()
}

fn request(own: &Value, place: &str, report: &mut Report) {
    label(text(own, &["name"]), &format!("{place}.name"), report);
    let detail = "exactly one of `exactly` or `firstAvailable` is required";
    let parts = items(own, &["firstAvailable"]);
    match (own.get("exactly"), parts.is_empty()) {
        (None, true) => report.required(place, detail),
        (Some(_), false) => {
            let detail = format!("{detail}, but multiple fields are set");
            report.invalid(place, &Value::Null, &detail);
        }
        (Some(exactly), true) => device_request(exactly, &format!("{place}.exactly"), report),
        (None, false) => {
            let field = format!("{place}.firstAvailable");
            set_of(parts, 8, &field, report, &key_name, |own, place, report| {
                label(text(own, &["name"]), &format!("{place}.name"), report);
                device_request(own, place, report);
            });
        }
    }
}

fn device_request(own: &Value, place: &str, report: &mut Report) {
    report.named(
        &format!("{place}.deviceClassName"),
        text(own, &["deviceClassName"]),
        format::subdomain,
    );
    let selectors = items(own, &["selectors"]);
    list_of(selectors, 32, &format!("{place}.selectors"), report, selector);
    let count = int(own, &["count"]).unwrap_or(0);
    let field = format!("{place}.count");
    match text(own, &["allocationMode"]) {
        "All" => {
            if count != 0 {
                let detail = "must not be specified when allocationMode is 'All'";
                report.invalid(&field, &json!(count), detail);
            }
        }
        "ExactCount" => {
            if count <= 0 {
                report.invalid(&field, &json!(count), "must be greater than zero");
            }
        }
        other => report.one_of(&format!("{place}.allocationMode"), other, &["All", "ExactCount"]),
    }
    for (index, own) in items(own, &["tolerations"]).iter().enumerate() {
        toleration(own, &format!("{place}.tolerations[{index}]"), report);
    }
}

fn toleration(own: &Value, place: &str, report: &mut Report) {
    report.formed(&format!("{place}.key"), text(own, &["key"]), format::label_key);
    let value = text(own, &["value"]);
    let field = format!("{place}.value");
    match text(own, &["operator"]) {
        "Exists" => {
            if !value.is_empty() {
                report.invalid(&field, &json!(value), "must be empty for operator `Exists`");
            }
        }
        "Equal" => report.findings(&field, &json!(value), format::label_value(value)),
        "" => report.required(&format!("{place}.operator"), ""),
        other => report.one_of(&format!("{place}.operator"), other, &["Equal", "Exists"]),
    }
    let effect = text(own, &["effect"]);
    if !effect.is_empty() {
        report.one_of(&format!("{place}.effect"), effect, &EFFECTS);
    }
}

fn selector(own: &Value, place: &str, report: &mut Report) {
    let field = format!("{place}.cel");
    let Some(cel) = own.get("cel") else {
        report.required(&field, "");
        return;
    };
    let field = format!("{field}.expression");
    let source = text(cel, &["expression"]);
    report.not_longer(&field, source, 10 << 10);
    if let Err(wrong) = crate::cel::parse(source) {
        let detail = format!("compilation failed: {}", wrong.excerpt(source));
        report.invalid(&field, &json!(source), &detail);
    }
}

/// Checks the names by which something refers to requests.
fn request_references(own: &Value, names: &Names, place: &str, report: &mut Report) {
    let field = format!("{place}.requests");
    let requests = items(own, &["requests"]);
    set_of(requests, 32, &field, report, &key_self, |own, place, report| {
        reference(own.as_str().unwrap_or_default(), names, place, report);
    });
}

fn reference(name: &str, names: &Names, field: &str, report: &mut Report) {
    let detail =
        "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
    let parts: Vec<&str> = name.split('/').collect();
    if parts.len() <= 2 {
        for part in &parts {
            label(part, field, report);
        }
    }
    let exists = match parts.as_slice() {
        [name] => names.contains_key(name),
        [name, part] => names.get(name).is_some_and(|own| own.contains(part)),
        _ => false,
    };
    if !exists {
        report.invalid(field, &json!(name), detail);
    }
}

fn constraint(own: &Value, names: &Names, place: &str, report: &mut Report) {
    request_references(own, names, place, report);
    let attribute = ["matchAttribute", "distinctAttribute"]
        .into_iter()
        .find_map(|field| Some((field, own.get(field)?.as_str()?)));
    let Some((field, name)) = attribute else {
        let detail =
            "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set";
        report.required(place, detail);
        return;
    };
    let field = format!("{place}.{field}");
    qualified(name, &field, report);
    if !name.contains('/') {
        let detail = "a fully qualified name must be a domain and a name separated by a slash";
        report.invalid(&field, &json!(name), detail);
    }
}

/// Checks the name of an attribute: an identifier, perhaps with a domain and a slash before it.
fn qualified(name: &str, field: &str, report: &mut Report) {
    match name.split('/').collect::<Vec<_>>().as_slice() {
        [own] => identifier(own, field, report),
        [domain, own] => {
            if domain.is_empty() {
                report.invalid(field, &json!(""), "the domain must not be empty");
            } else {
                report.driver(field, domain);
            }
            if own.is_empty() {
                report.invalid(field, &json!(""), "the name must not be empty");
            } else {
                identifier(own, field, report);
            }
        }
        _ => {}
    }
}

fn identifier(own: &str, field: &str, report: &mut Report) {
    report.not_longer(field, own, 32);
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let fits = own.bytes().all(inner) && own.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !fits {
        let rule = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric \
            characters or '_'";
        let detail = format::expected(rule, "[A-Za-z_][A-Za-z0-9_]*", &["my_name", "MY_NAME", "MyName"]);
        report.invalid(field, &json!(own), &detail);
    }
}

fn configuration(own: &Value, place: &str, report: &mut Report) {
    let field = format!("{place}.opaque");
    let Some(opaque) = own.get("opaque") else {
        report.required(&field, "");
        return;
    };
    report.driver(&format!("{field}.driver"), text(opaque, &["driver"]));
    raw(opaque.get("parameters"), &format!("{field}.parameters"), report);
}

/// Checks that something is an object of any form.
fn raw(own: Option<&Value>, field: &str, report: &mut Report) {
    match own {
        None | Some(Value::Null) => report.required(field, ""),
        Some(Value::Object(fields)) => {
            let size = Value::Object(fields.clone()).to_string();
            report.not_longer(field, &size, 10 << 10);
        }
        Some(_) => report.invalid(field, &json!("<value omitted>"), "must be a valid JSON object"),
    }
}

fn pool_name(name: &str, field: &str, report: &mut Report) {
    if name.is_empty() {
        report.required(field, "");
        return;
    }
    report.not_longer(field, name, 253);
    for part in name.split('/') {
        report.findings(field, &json!(part), format::subdomain(part));
    }
}

/// Checks what a device must say before and after it is bound.
fn binding(own: &Value, place: &str, report: &mut Report) {
    let (good, bad) = (
        items(own, &["bindingConditions"]),
        items(own, &["bindingFailureConditions"]),
    );
    let (good_field, bad_field) = (
        format!("{place}.bindingConditions"),
        format!("{place}.bindingFailureConditions"),
    );
    let key = |own: &Value, field: &str, report: &mut Report| {
        let findings = format::label_key(own.as_str().unwrap_or_default());
        report.findings(field, own, findings);
    };
    list_of(good, 4, &good_field, report, key);
    list_of(bad, 4, &bad_field, report, key);
    for (list, field) in [(good, &good_field), (bad, &bad_field)] {
        let mut seen = BTreeSet::new();
        for (index, own) in list.iter().enumerate() {
            let field = format!("{field}[{index}]");
            if !seen.insert(own.as_str()) {
                report.duplicate(&field, own);
            }
            if std::ptr::eq(list, bad) && good.contains(own) {
                let detail = "bindingFailureConditions must not overlap with bindingConditions";
                report.invalid(&field, own, detail);
            }
        }
    }
    if good.is_empty() && !bad.is_empty() {
        let detail = "bindingConditions are required to use bindingFailureConditions";
        report.invalid(&good_field, &Value::Null, detail);
    }
    if bad.is_empty() && !good.is_empty() {
        let detail = "bindingFailureConditions are required to use bindingConditions";
        report.invalid(&bad_field, &Value::Null, detail);
    }
}
