//! CustomResourceDefinitions, but for the rules and the types of their schemas.
//!
//! Source: `k8s.io/apiextensions-apiserver` v0.36.3, `pkg/apis/apiextensions/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::report::Report;
use super::{format, schemas, webhooks};
use crate::object::{at, condition_holds, items, text};

const VERSIONS: &str = "[@apiextensions.CustomResourceDefinitionVersion";

/// Checks a definition.
pub(super) fn check(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    group(spec, report);
    match text(spec, &["scope"]) {
        "" => report.required("spec.scope", ""),
        scope => report.one_of("spec.scope", scope, &["Cluster", "Namespaced"]),
    }
    versions(spec, report);
    let names = spec.get("names").unwrap_or(&Value::Null);
    for field in ["plural", "singular", "kind", "listKind"] {
        if text(names, &[field]).is_empty() {
            report.required(&format!("spec.names.{field}"), "");
        }
    }
    check_names(names, "spec.names", report);
    shared_parts(spec, report);
    conversion(spec, report);
    let accepted = at(object, &["status", "acceptedNames"]).unwrap_or(&Value::Null);
    check_names(accepted, "status.acceptedNames", report);
    stored(object, report);
    approval(object, spec, report);
    if spec.get("preserveUnknownFields") == Some(&Value::Bool(true)) {
        let detail =
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
        report.invalid("spec.preserveUnknownFields", &json!(true), detail);
    }
}

fn group(spec: &Value, report: &mut Report) {
    let group = text(spec, &["group"]);
    let findings = format::subdomain(group);
    if group.is_empty() {
        report.required("spec.group", "");
    } else if !findings.is_empty() {
        report.invalid("spec.group", &json!(group), &findings.join(","));
    } else if !group.contains('.') {
        let detail = "should be a domain with at least one dot";
        report.invalid("spec.group", &json!(group), detail);
    }
}

/// The parts of versions that the real server holds once for all of them when they are the same everywhere.
const SHARED: [&str; 4] = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"];

/// Returns a part of all versions, if they all have the same.
fn shared<'a>(spec: &'a Value, part: &str) -> Option<&'a Value> {
    let versions = items(spec, &["versions"]);
    let first = versions.first()?.get(part)?;
    versions
        .iter()
        .all(|version| version.get(part) == Some(first))
        .then_some(first)
}

/// Returns the versions as the real server holds them.
fn held(spec: &Value) -> Value {
    let mut versions = items(spec, &["versions"]).to_vec();
    for part in SHARED {
        if shared(spec, part).is_some() {
            for version in &mut versions {
                crate::object::remove(version, &[part]);
            }
        }
    }
    versions.into()
}

fn versions(spec: &Value, report: &mut Report) {
    let versions = items(spec, &["versions"]);
    let has_schema = |version: &Value| at(version, &["schema", "openAPIV3Schema"]).is_some();
    if shared(spec, "schema").is_none_or(|schema| schema.get("openAPIV3Schema").is_none()) {
        for (index, _) in versions.iter().enumerate().filter(|(_, version)| !has_schema(version)) {
            report.required(&format!("spec.versions[{index}].schema.openAPIV3Schema"), "");
        }
    }
    for (index, version) in versions.iter().enumerate() {
        let place = format!("spec.versions[{index}]");
        let name = text(version, &["name"]);
        let findings = format::label_1035(name);
        if !findings.is_empty() {
            report.invalid(&format!("{place}.name"), &json!(name), &findings.join(","));
        }
        deprecation(version, &place, report);
        for part in SHARED {
            if let Some(own) = version.get(part).filter(|_| shared(spec, part).is_none()) {
                check_part(part, own, has_status(version), &format!("{place}.{part}"), report);
            }
        }
    }
    let count = versions
        .iter()
        .filter(|version| version.get("storage") == Some(&Value::Bool(true)))
        .count();
    let names: BTreeSet<&str> = versions.iter().map(|version| text(version, &["name"])).collect();
    let shown = Some(held(spec)).filter(|_| spec.get("versions").is_some_and(|own| !own.is_null()));
    if names.len() < versions.len() {
        let detail = "must contain unique version names";
        report.invalid_as("spec.versions", VERSIONS, shown.as_ref(), detail);
    }
    if count != 1 {
        let detail = "must have exactly one version marked as storage version";
        report.invalid_as("spec.versions", VERSIONS, shown.as_ref(), detail);
    }
    let first = versions.first().map_or("", |version| text(version, &["name"]));
    let findings = format::label_1035(first);
    if !first.is_empty() && !findings.is_empty() {
        report.invalid("spec.version", &json!(first), &findings.join(","));
    }
    let has_schema = shared(spec, "schema").is_some_and(|schema| schema.get("openAPIV3Schema").is_some());
    let selectable = shared(spec, "selectableFields").is_some_and(|own| !items(own, &[]).is_empty());
    if selectable && !has_schema {
        let detail = "may only be set when validations.schema is included";
        report.invalid("spec.selectableFields", &json!(""), detail);
    }
}

fn has_status(version: &Value) -> bool {
    at(version, &["subresources", "status"]).is_some()
}

fn shared_parts(spec: &Value, report: &mut Report) {
    let is_on = items(spec, &["versions"]).iter().any(has_status);
    for part in SHARED {
        if let Some(own) = shared(spec, part) {
            let place = if part == "schema" { "validation" } else { part };
            check_part(part, own, is_on, &format!("spec.{place}"), report);
        }
    }
}

fn check_part(part: &str, own: &Value, has_status: bool, place: &str, report: &mut Report) {
    match part {
        "schema" => schemas::check(own, has_status, place, report),
        "subresources" => scale(own, place, report),
        "selectableFields" => {}
        _ => {
            for (index, column) in items(own, &[]).iter().enumerate() {
                check_column(column, &format!("{place}[{index}]"), report);
            }
        }
    }
}

fn deprecation(version: &Value, place: &str, report: &mut Report) {
    let Some(warning) = version.get("deprecationWarning").and_then(Value::as_str) else {
        return;
    };
    let field = format!("{place}.deprecationWarning");
    let mut wrong = |detail: &str| report.invalid(&field, &json!(warning), detail);
    if version.get("deprecated") != Some(&Value::Bool(true)) {
        wrong("can only be set for deprecated versions");
        return;
    }
    if warning.len() > 256 {
        wrong("must be <= 256 characters long");
    }
    if warning.is_empty() {
        wrong("must not be an empty string");
    }
}

/// Checks the names of a kind.
fn check_names(names: &Value, place: &str, report: &mut Report) {
    let mut check = |field: &str, name: &str, any_case: bool| {
        let findings = if any_case {
            format::label_1035(&name.to_lowercase())
        } else {
            format::label_1035(name)
        };
        if name.is_empty() && !field.ends_with(']') || findings.is_empty() {
            return;
        }
        let detail = findings.join(",");
        let detail = if any_case {
            format!("may have mixed case, but should otherwise match: {detail}")
        } else {
            detail
        };
        report.invalid(&format!("{place}.{field}"), &json!(name), &detail);
    };
    check("plural", text(names, &["plural"]), false);
    check("singular", text(names, &["singular"]), false);
    check("kind", text(names, &["kind"]), true);
    check("listKind", text(names, &["listKind"]), true);
    for (index, name) in items(names, &["shortNames"]).iter().enumerate() {
        check(
            &format!("shortNames[{index}]"),
            name.as_str().unwrap_or_default(),
            false,
        );
    }
    let (kind, list) = (text(names, &["kind"]), text(names, &["listKind"]));
    let same = !kind.is_empty() && kind == list;
    for (index, name) in items(names, &["categories"]).iter().enumerate() {
        check(
            &format!("categories[{index}]"),
            name.as_str().unwrap_or_default(),
            false,
        );
    }
    if same {
        let detail = "kind and listKind may not be the same";
        report.invalid(&format!("{place}.listKind"), &json!(list), detail);
    }
}

fn check_column(column: &Value, place: &str, report: &mut Report) {
    const TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
    const FORMATS: [&str; 11] = [
        "binary",
        "bool",
        "byte",
        "date",
        "date-time",
        "double",
        "float",
        "int32",
        "int64",
        "password",
        "string",
    ];
    if text(column, &["name"]).is_empty() {
        report.required(&format!("{place}.name"), "");
    }
    let kind = text(column, &["type"]);
    let detail = format!("must be one of {}", TYPES.join(","));
    if kind.is_empty() {
        report.required(&format!("{place}.type"), &detail);
    } else if !TYPES.contains(&kind) {
        report.invalid(&format!("{place}.type"), &json!(kind), &detail);
    }
    let form = text(column, &["format"]);
    if !form.is_empty() && !FORMATS.contains(&form) {
        let detail = format!("must be one of {}", FORMATS.join(","));
        report.invalid(&format!("{place}.format"), &json!(form), &detail);
    }
    let path = text(column, &["jsonPath"]);
    let field = format!("{place}.JSONPath");
    if path.is_empty() {
        report.required(&field, "");
    } else {
        simple_path(path, &field, report);
    }
}

fn simple_path(path: &str, field: &str, report: &mut Report) -> bool {
    let fits = path.starts_with('.');
    if !fits {
        report.invalid(field, &json!(path), "must be a simple json path starting with .");
    }
    fits
}

fn scale(subresources: &Value, place: &str, report: &mut Report) {
    let Some(scale) = subresources.get("scale") else { return };
    for (field, root) in [("specReplicasPath", "spec"), ("statusReplicasPath", "status")] {
        let path = text(scale, &[field]);
        let field = format!("{place}.scale.{field}");
        if path.is_empty() {
            report.required(&field, "");
        } else if simple_path(path, &field, report) && !path.starts_with(&format!(".{root}.")) {
            report.invalid(&field, &json!(path), &format!("should be a json path under .{root}"));
        }
    }
    let path = text(scale, &["labelSelectorPath"]);
    let field = format!("{place}.scale.labelSelectorPath");
    if !path.is_empty()
        && simple_path(path, &field, report)
        && !path.starts_with(".spec.")
        && !path.starts_with(".status.")
    {
        let detail = "should be a json path under either .spec or .status";
        report.invalid(&field, &json!(path), detail);
    }
}

fn conversion(spec: &Value, report: &mut Report) {
    let Some(own) = spec.get("conversion") else { return };
    let place = "spec.conversion";
    let strategy = text(own, &["strategy"]);
    match strategy {
        "" => report.required(&format!("{place}.strategy"), ""),
        _ => report.one_of(&format!("{place}.strategy"), strategy, &["None", "Webhook"]),
    }
    let client = at(own, &["webhook", "clientConfig"]);
    let (client_field, versions_field) = (
        format!("{place}.webhookClientConfig"),
        format!("{place}.conversionReviewVersions"),
    );
    if strategy == "Webhook" {
        match client {
            None => report.required(&client_field, "required when strategy is set to Webhook"),
            Some(client) => webhooks::client_config(client, &client_field, report),
        }
        webhooks::review_versions(own.get("webhook"), "conversionReviewVersions", &versions_field, report);
        return;
    }
    let detail = "should not be set when strategy is not set to Webhook";
    if client.is_some() {
        report.forbidden(&client_field, detail);
    }
    if !items(own, &["webhook", "conversionReviewVersions"]).is_empty() {
        report.forbidden(&versions_field, detail);
    }
}

fn stored(object: &Value, report: &mut Report) {
    let field = "status.storedVersions";
    let own = items(object, &["status", "storedVersions"]);
    if own.is_empty() {
        let shown = at(object, &["status", "storedVersions"]);
        report.invalid_as(field, "[s", shown, "must have at least one stored version");
        return;
    }
    let versions = items(object, &["spec", "versions"]);
    for version in versions {
        let name = text(version, &["name"]);
        if version.get("storage") == Some(&Value::Bool(true)) && !own.iter().any(|own| own == name) {
            let detail = format!("must have the storage version {name}");
            report.invalid(field, &json!(own), &detail);
        }
    }
    for (index, name) in own.iter().enumerate() {
        if versions.iter().any(|version| version.get("name") == Some(name)) {
            continue;
        }
        let own = name.as_str().unwrap_or_default();
        let detail = format!(
            "missing from spec.versions; {own} was previously a storage version, and must remain in spec.versions until a \
             storage migration ensures no data remains persisted in {own} and removes {own} from status.storedVersions"
        );
        report.invalid(&format!("{field}[{index}]"), name, &detail);
    }
}

/// Groups of Kubernetes itself need somebody's word that they may be used.
fn approval(object: &Value, spec: &Value, report: &mut Report) {
    const NAME: &str = "api-approved.kubernetes.io";
    let group = text(spec, &["group"]);
    let is_protected = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|own| group == *own || group.ends_with(&format!(".{own}")));
    let given = text(object, &["metadata", "annotations", NAME]);
    let field = format!("metadata.annotations[{NAME}]");
    if !is_protected || given.starts_with("unapproved") || given.contains("://") {
        return;
    }
    if given.is_empty() {
        let detail = "protected groups must have approval annotation \"api-approved.kubernetes.io\", see \
            https://github.com/kubernetes/enhancements/pull/1111";
        report.required(&field, detail);
    } else {
        let detail = "protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a \
            reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111";
        report.invalid(&field, &json!(given), detail);
    }
}

/// Says what of a definition may not change.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    let established = condition_holds(live, "Established");
    let mut keep = |path: &[&str]| {
        let own = |object| at(object, &["spec"]).and_then(|spec| at(spec, path));
        report.fixed_as(&format!("spec.{}", path.join(".")), "s", own(live), own(object));
    };
    if established {
        keep(&["scope"]);
        keep(&["names", "kind"]);
    }
    keep(&["group"]);
    keep(&["names", "plural"]);
}

/// Checks the status of a definition.
pub(super) fn status(object: &Value, report: &mut Report) {
    let accepted = at(object, &["status", "acceptedNames"]).unwrap_or(&Value::Null);
    check_names(accepted, "status.acceptedNames", report);
}
