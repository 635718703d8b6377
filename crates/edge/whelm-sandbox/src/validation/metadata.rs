//! Rules for metadata.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/api/validation/objectmeta.go`.

use serde_json::{Value, json};

use super::format::{self, Findings};
use crate::kinds::Kind;
use crate::object::{at, int, items, text};
use crate::status::FieldFault;

const IMMUTABLE: &str = "field is immutable";
/// How much all annotations of an object may hold.
const ANNOTATION_BYTES: usize = 256 << 10;

/// How the objects of a kind may be called.
fn name_findings(kind: &Kind, name: &str, prefix: bool) -> Findings {
    // Something will follow a trailing dash.
    let masked = match name.strip_suffix('-') {
        Some(rest) if prefix && !rest.is_empty() => {
            let mut rest = rest.to_owned();
            rest.pop();
            rest + "a"
        }
        _ => name.to_owned(),
    };
    match (kind.group.as_str(), kind.plural.as_str()) {
        _ if kind.custom => format::subdomain(&masked),
        ("rbac.authorization.k8s.io" | "certificates.k8s.io" | "policy" | "apiregistration.k8s.io", _)
        | ("", "events" | "componentstatuses") => format::path_segment(name, prefix),
        ("", "services" | "namespaces") | ("apps", "statefulsets") => format::label(&masked),
        ("networking.k8s.io", "ipaddresses") => super::addresses::canonical(name),
        _ => format::subdomain(&masked),
    }
}

/// Says what is wrong with the metadata of a new object.
pub(super) fn created(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let name = |name: &str, prefix: bool| {
        let mut findings = name_findings(kind, name, prefix);
        if findings.is_empty() || kind.group != "apiregistration.k8s.io" {
            findings.extend(said_name(kind, object, name));
        }
        findings
    };
    let mut faults = names(object, name);
    if names_only(kind) {
        faults.retain(|fault| fault.field != "metadata.generateName");
        for fault in faults.iter_mut().filter(|fault| fault.field == "metadata.name") {
            fault.message = fault
                .message
                .replace(&format::too_long(253), "must be no more than 253 bytes");
        }
    }
    faults.extend(common(kind, object));
    faults.extend(standard_finalizers(kind, object));
    faults
}

/// Says whether only the name of an object counts, not the start of it that the client gave.
fn names_only(kind: &Kind) -> bool {
    matches!(
        (kind.group.as_str(), kind.plural.as_str()),
        ("resource.k8s.io", "deviceclasses") | ("", "replicationcontrollers")
    ) && !kind.custom
}

/// How an object is called whose name follows from what it says.
fn said_name(kind: &Kind, object: &Value, name: &str) -> Findings {
    let part = |path: &[&str]| text(object, path).to_owned();
    let (wanted, detail) = match kind.group.as_str() {
        "apiregistration.k8s.io" if !kind.custom => {
            let wanted = format!("{}.{}", part(&["spec", "version"]), part(&["spec", "group"]));
            let detail = format!("must be `spec.version+\".\"+spec.group`: {wanted:?}");
            (wanted, detail)
        }
        "apiextensions.k8s.io" if !kind.custom => {
            let wanted = format!("{}.{}", part(&["spec", "names", "plural"]), part(&["spec", "group"]));
            (wanted, "must be spec.names.plural+\".\"+spec.group".to_owned())
        }
        _ => return Findings::new(),
    };
    if name == wanted { Findings::new() } else { vec![detail] }
}

/// For kinds of Kubernetes itself, finalizers without a domain are those that it knows.
fn standard_finalizers(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let elsewhere = kind.custom
        || matches!(
            kind.group.as_str(),
            "apiextensions.k8s.io" | "apiregistration.k8s.io" | "admissionregistration.k8s.io"
        );
    for (index, finalizer) in items(object, &["metadata", "finalizers"]).iter().enumerate() {
        let name = finalizer.as_str().unwrap_or_default();
        let known = name.contains('/') || matches!(name, "kubernetes" | "orphan" | "foregroundDeletion");
        if !known && !elsewhere {
            faults.push(FieldFault::invalid(
                format!("metadata.finalizers[{index}]"),
                finalizer,
                "name is neither a standard finalizer name nor is it fully qualified",
            ));
        }
    }
    faults
}

/// Says what is wrong with the finalizers of a Namespace's specification.
pub(super) fn namespace(object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    for finalizer in items(object, &["spec", "finalizers"]) {
        let name = finalizer.as_str().unwrap_or_default();
        faults.extend(invalid("spec.finalizers", name, format::label_key(name)));
        let known = name.contains('/') || matches!(name, "kubernetes" | "orphan" | "foregroundDeletion");
        if !known {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            faults.push(FieldFault::invalid("spec.finalizers", finalizer, detail));
        }
    }
    faults
}

/// Says what is wrong with metadata of which only the form is known.
pub(super) fn general(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let mut faults = names(object, format::path_segment);
    faults.extend(common(kind, object));
    faults
}

fn names(object: &Value, findings: impl Fn(&str, bool) -> Findings) -> Vec<FieldFault> {
    let (prefix, name) = (text(object, &["metadata", "generateName"]), crate::object::name(object));
    let mut faults = Vec::new();
    if !prefix.is_empty() {
        faults.extend(invalid("metadata.generateName", prefix, findings(prefix, true)));
    }
    if name.is_empty() {
        faults.push(FieldFault::required(
            "metadata.name",
            "name or generateName is required",
        ));
    } else {
        faults.extend(invalid("metadata.name", name, findings(name, false)));
    }
    faults
}

/// One fault for each finding about a text.
pub(crate) fn invalid(field: &str, text: &str, findings: Findings) -> Vec<FieldFault> {
    findings
        .iter()
        .map(|finding| FieldFault::invalid(field, &json!(text), finding))
        .collect()
}

fn common(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let namespace = crate::object::namespace(object);
    if kind.namespaced {
        faults.extend(invalid("metadata.namespace", namespace, format::label(namespace)));
    }
    if let Some(generation) = int(object, &["metadata", "generation"]).filter(|&number| number < 0) {
        faults.push(FieldFault::invalid(
            "metadata.generation",
            &json!(generation),
            "must be greater than or equal to 0",
        ));
    }
    faults.extend(notes(object));
    faults.extend(finalizers(object));
    faults.extend(managers(object));
    faults
}

/// Says what is wrong with a map of labels.
pub(crate) fn labels(parent: &Value, place: &str, field: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    for (key, value) in parent.get(field).and_then(Value::as_object).into_iter().flatten() {
        faults.extend(invalid(place, key, format::label_key(key)));
        let value = value.as_str().unwrap_or_default();
        faults.extend(invalid(place, value, format::label_value(value)));
    }
    faults
}

/// Says what is wrong with the metadata that a template has at its place.
pub(super) fn template(metadata: &Value, place: &str) -> Vec<FieldFault> {
    let moved = |mut fault: FieldFault| {
        fault.field = fault.field.replacen("metadata", place, 1);
        fault
    };
    let mut faults = annotations(metadata, "metadata.annotations");
    faults.extend(labels(metadata, "metadata.labels", "labels"));
    // The other fields are called as the server calls them, but for their first letters.
    for (field, shown) in [
        ("name", "name"),
        ("generateName", "generateName"),
        ("namespace", "namespace"),
        ("selfLink", "selfLink"),
        ("uid", "uID"),
        ("resourceVersion", "resourceVersion"),
        ("generation", "generation"),
        ("creationTimestamp", "creationTimestamp"),
        ("deletionTimestamp", "deletionTimestamp"),
        ("deletionGracePeriodSeconds", "deletionGracePeriodSeconds"),
        ("ownerReferences", "ownerReferences"),
        ("finalizers", "finalizers"),
        ("managedFields", "managedFields"),
    ] {
        let own = metadata.get(field).unwrap_or(&Value::Null);
        let is_set =
            !matches!(own, Value::Null) && own != "" && own != 0 && own.as_array().is_none_or(|own| !own.is_empty());
        if is_set {
            faults.push(FieldFault::forbidden(format!("metadata.{shown}"), "cannot be set"));
        }
    }
    faults.into_iter().map(moved).collect()
}

/// Labels, annotations and owners.
fn notes(object: &Value) -> Vec<FieldFault> {
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let mut faults = labels(metadata, "metadata.labels", "labels");
    faults.extend(annotations(metadata, "metadata.annotations"));
    faults.extend(owners(object));
    faults
}

/// Says what is wrong with annotations.
pub(super) fn annotations(metadata: &Value, place: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut size = 0;
    for (key, value) in at(metadata, &["annotations"])
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        size += key.len() + value.as_str().map_or(0, str::len);
        faults.extend(invalid(place, key, format::label_key(&key.to_lowercase())));
    }
    if size > ANNOTATION_BYTES {
        faults.push(FieldFault::too_long(place, ANNOTATION_BYTES));
    }
    faults
}

fn owners(object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut first: Option<String> = None;
    let owners = items(object, &["metadata", "ownerReferences"]);
    for owner in owners {
        let field = |name: &str| text(owner, &[name]).to_owned();
        let (api_version, kind) = (field("apiVersion"), field("kind"));
        let mut missing = |name: &str, detail: &str| {
            faults.push(FieldFault::invalid(
                format!("metadata.ownerReferences.{name}"),
                &json!(field(name)),
                detail,
            ));
        };
        // What is no group and version counts as no version.
        if api_version.is_empty() || api_version == "/" || api_version.matches('/').count() > 1 {
            missing("apiVersion", "version must not be empty");
        }
        for name in ["kind", "name", "uid"] {
            if field(name).is_empty() {
                missing(name, "must not be empty");
            }
        }
        if api_version == "v1" && kind == "Event" {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            let shown = crate::internal::shown("@meta.OwnerReference", Some(owner));
            faults.push(FieldFault::invalid_shown("metadata.ownerReferences", &shown, detail));
        }
        if owner.get("controller") == Some(&Value::Bool(true)) {
            let this = format!("{kind}/{}", field("name"));
            match &first {
                None => first = Some(this),
                Some(first) => faults.push(FieldFault::invalid_shown(
                    "metadata.ownerReferences",
                    &crate::internal::shown("[@meta.OwnerReference", Some(&json!(owners))),
                    &format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
                    ),
                )),
            }
        }
    }
    faults
}

fn finalizers(object: &Value) -> Vec<FieldFault> {
    let list = items(object, &["metadata", "finalizers"]);
    let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    let mut faults: Vec<FieldFault> = texts
        .iter()
        .flat_map(|name| invalid("metadata.finalizers", name, format::label_key(name)))
        .collect();
    if texts.contains(&"orphan") && texts.contains(&"foregroundDeletion") {
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        faults.push(FieldFault::invalid("metadata.finalizers", &json!(list), detail));
    }
    faults
}

fn managers(object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    for (index, entry) in items(object, &["metadata", "managedFields"]).iter().enumerate() {
        let operation = text(entry, &["operation"]);
        if !matches!(operation, "Apply" | "Update") {
            let field = format!("metadata.managedFields[{index}].operation");
            faults.push(FieldFault::invalid(
                field,
                &json!(operation),
                "must be `Apply` or `Update`",
            ));
        }
        let kind = text(entry, &["fieldsType"]);
        if !matches!(kind, "" | "FieldsV1") {
            let field = format!("metadata.managedFields[{index}].fieldsType");
            faults.push(FieldFault::invalid(field, &json!(kind), "must be `FieldsV1`"));
        }
    }
    faults
}

/// Says what is wrong with how the metadata of an object changes, as the kinds themselves look at it.
pub(super) fn updated_kind(kind: &Kind, live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if rechecks(kind) != Recheck::AsNewOnly {
        faults.extend(updated(live, object));
        faults.extend(standard_finalizers(kind, object));
    }
    if rechecks(kind) != Recheck::Change {
        faults.extend(created(kind, object));
    }
    faults
}

/// How a kind looks at the metadata of a changed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recheck {
    /// Only at the change.
    Change,
    /// At the change, and as at that of a new object.
    Both,
    /// As at that of a new object.
    AsNewOnly,
}

fn rechecks(kind: &Kind) -> Recheck {
    match (kind.group.as_str(), kind.plural.as_str()) {
        _ if kind.custom => Recheck::Change,
        ("storage.k8s.io", "csinodes")
        | ("flowcontrol.apiserver.k8s.io" | "admissionregistration.k8s.io", _)
        | ("", "persistentvolumes" | "limitranges") => Recheck::AsNewOnly,
        ("", "configmaps" | "secrets" | "serviceaccounts" | "services" | "pods" | "nodes" | "namespaces")
        | ("rbac.authorization.k8s.io" | "certificates.k8s.io" | "discovery.k8s.io", _)
        | ("networking.k8s.io", "ingressclasses" | "ipaddresses")
        | ("storage.k8s.io", "volumeattributesclasses")
        | ("apps", "controllerrevisions")
        | ("resource.k8s.io", _) => Recheck::Both,
        _ => Recheck::Change,
    }
}

/// Says what is wrong with how the metadata of an object changes.
pub(super) fn updated(live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if crate::object::is_deleted(live) {
        let before = items(live, &["metadata", "finalizers"]);
        let mut new: Vec<&str> = items(object, &["metadata", "finalizers"])
            .iter()
            .filter(|finalizer| !before.contains(finalizer))
            .filter_map(Value::as_str)
            .collect();
        new.sort_unstable();
        if !new.is_empty() {
            let list: Vec<String> = new.iter().map(|name| format!("{name:?}")).collect();
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                list.join(", ")
            );
            faults.push(FieldFault::forbidden("metadata.finalizers", &detail));
        }
    }
    for field in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        let (before, after) = (at(live, &["metadata", field]), at(object, &["metadata", field]));
        if before.filter(|value| !value.is_null()) != after.filter(|value| !value.is_null()) {
            let shown = after.cloned().unwrap_or_default();
            // Except for texts, the real server shows a value as JSON.
            let detail = IMMUTABLE;
            faults.push(if field == "uid" {
                FieldFault::invalid_shown("metadata.uid", &crate::status::go_json(&shown), detail)
            } else {
                FieldFault::invalid(format!("metadata.{field}"), &shown, detail)
            });
        }
    }
    faults.extend(notes(object));
    faults.extend(managers(object));
    faults
}
