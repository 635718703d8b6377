//! How the kinds differ in what an update may do, and in what it counts and resets.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/registry/*/*/strategy.go`, and the same files of the CustomResourceDefinitions' and
//! APIServices' servers.

use serde_json::Value;
use structured_merge::FieldSet;

use crate::kinds::Kind;
use crate::object::{at, same_but};

/// Says whether replacing an object that does not exist creates it.
pub(crate) fn creates_on_update(kind: &Kind) -> bool {
    matches!(
        (kind.group.as_str(), kind.plural.as_str()),
        ("node.k8s.io", "runtimeclasses")
            | ("rbac.authorization.k8s.io", _)
            | ("coordination.k8s.io", "leases")
            | ("", "limitranges" | "events" | "services" | "endpoints")
            | ("events.k8s.io", "events")
    )
}

/// Says whether an object may be replaced by a client that does not say which version of it it knows.
pub(crate) fn allows_unconditional_update(kind: &Kind) -> bool {
    let conditional = matches!(
        (kind.group.as_str(), kind.plural.as_str()),
        ("node.k8s.io", "runtimeclasses")
            | ("policy", "poddisruptionbudgets")
            | (
                "storage.k8s.io",
                "csidrivers" | "csistoragecapacities" | "volumeattachments" | "csinodes"
            )
            | ("coordination.k8s.io", "leases")
            | (
                "admissionregistration.k8s.io" | "apiextensions.k8s.io" | "apiregistration.k8s.io",
                _
            )
    );
    !kind.custom && !conditional
}

/// Says whether deleting an object of a kind only starts its end.
pub(crate) fn ends_in_steps(kind: &Kind) -> bool {
    !kind.custom
        && matches!(
            (kind.group.as_str(), kind.plural.as_str()),
            ("", "namespaces") | ("apiextensions.k8s.io", "customresourcedefinitions")
        )
}

/// Returns the folder of the store in which the objects of a kind are.
pub(crate) fn folder(kind: &Kind) -> &str {
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "services") => "services/specs",
        ("", "endpoints") => "services/endpoints",
        ("", "replicationcontrollers") => "controllers",
        ("", "nodes") => "minions",
        ("networking.k8s.io", "ingresses") => "ingress",
        (_, plural) => plural,
    }
}

/// Says whether a deletion answers with the last state of the object.
pub(crate) fn returns_deleted(kind: &Kind) -> bool {
    match kind.group.as_str() {
        "" => matches!(
            kind.plural.as_str(),
            "resourcequotas"
                | "persistentvolumes"
                | "serviceaccounts"
                | "persistentvolumeclaims"
                | "namespaces"
                | "pods"
                | "services"
                | "podtemplates"
        ),
        "resource.k8s.io" => true,
        "storage.k8s.io" => kind.plural != "csistoragecapacities",
        _ => false,
    }
}

/// Says whether what an object owns stays when its deletion does not say otherwise.
pub(crate) fn orphans_by_default(kind: &Kind) -> bool {
    matches!(
        (kind.group.as_str(), kind.plural.as_str()),
        ("batch", "jobs") | ("", "replicationcontrollers")
    )
}

/// Says whether a deletion may have to do with what an object owns: Events own nothing.
pub(crate) fn minds_dependents(kind: &Kind) -> bool {
    kind.custom || kind.kind != "Event"
}

/// Says whether the status is written through a subresource of its own.
pub(crate) fn has_status(kind: &Kind) -> bool {
    kind.has_subresource("status")
}

/// Says whether a new object keeps the status with which its client sends it.
pub(crate) fn keeps_first_status(kind: &Kind) -> bool {
    kind.group.is_empty() && kind.plural == "nodes"
}

/// The generation that a new object gets, nothing when it keeps the one that its client gave.
pub(crate) fn first_generation(kind: &Kind) -> Option<i64> {
    let counted = kind.custom
        || match (kind.group.as_str(), kind.plural.as_str()) {
            ("", plural) => matches!(plural, "pods" | "replicationcontrollers" | "podtemplates"),
            ("apps", plural) => plural != "controllerrevisions",
            ("networking.k8s.io", plural) => matches!(plural, "ingresses" | "ingressclasses" | "networkpolicies"),
            ("resource.k8s.io", plural) => matches!(plural, "resourceslices" | "deviceclasses"),
            (
                "batch"
                | "policy"
                | "discovery.k8s.io"
                | "apiextensions.k8s.io"
                | "admissionregistration.k8s.io"
                | "flowcontrol.apiserver.k8s.io"
                | "scheduling.k8s.io",
                _,
            ) => true,
            _ => false,
        };
    counted.then_some(1)
}

/// Says whether an update is one that the object's generation counts.
pub(crate) fn is_counted(kind: &Kind, live: &Value, object: &Value) -> bool {
    let counted = match (kind.group.as_str(), kind.plural.as_str()) {
        ("scheduling.k8s.io", _) => false,
        ("storage.k8s.io", "csidrivers") => true,
        _ => first_generation(kind).is_some(),
    };
    let differ = |path: &[&str]| at(live, path) != at(object, path);
    let metadata = match kind.plural.as_str() {
        "deployments" => differ(&["metadata", "annotations"]),
        "endpointslices" => differ(&["metadata", "labels"]),
        _ => false,
    };
    counted && (metadata || !same_specification(kind, live, object))
}

/// Says whether a list or map that is there but empty counts as a change: it is held as one that is not there.
pub(crate) fn counts_empties(kind: &Kind) -> bool {
    matches!(
        kind.plural.as_str(),
        "networkpolicies" | "mutatingwebhookconfigurations" | "validatingwebhookconfigurations"
    )
}

/// Says whether all is the same but metadata and, where it is written by other requests, status.
fn same_specification(kind: &Kind, live: &Value, object: &Value) -> bool {
    let is_part = |name: &str| match name {
        "metadata" | "apiVersion" | "kind" => false,
        "status" => kind.custom && !has_status(kind),
        _ => true,
    };
    let same = |name: &str, live: &Value, object: Option<&Value>| match object {
        // Giving a Pod its node is no change of its specification.
        Some(object) if name == "spec" && kind.plural == "pods" => same_but(live, object, "nodeName", |_, _| true),
        object => object == Some(live),
    };
    let parts = |object| {
        Value::as_object(object)
            .into_iter()
            .flatten()
            .filter(|(name, _)| is_part(name))
    };
    parts(live).count() == parts(object).count() && parts(live).all(|(name, value)| same(name, value, object.get(name)))
}

/// The fields that a request cannot change, and so not own.
pub(crate) fn ignored_fields(kind: &Kind, subresource: &str) -> FieldSet {
    match (subresource, kind.plural.as_str()) {
        ("status", _) if kind.custom => FieldSet::of_names(&[&["metadata"], &["spec"]]),
        ("status", "deployments") => FieldSet::of_names(&[&["spec"], &["metadata", "labels"]]),
        ("status", "pods") => FieldSet::of_names(&[
            &["spec"],
            &["metadata", "deletionTimestamp"],
            &["metadata", "ownerReferences"],
        ]),
        ("status", "certificatesigningrequests") => FieldSet::of_names(&[&["spec"], &["status", "conditions"]]),
        ("ephemeralcontainers", _) => FieldSet::of_names(&[&["status"]]),
        ("approval", _) => FieldSet::of_names(&[&["spec"], &["status", "certificate"]]),
        ("status", _) if keeps_metadata(kind) => FieldSet::of_names(&[&["metadata"], &["spec"]]),
        ("status", _) => FieldSet::of_names(&[&["spec"]]),
        ("", "certificatesigningrequests") => FieldSet::of_names(&[&["spec"], &["status"]]),
        _ if has_status(kind) => FieldSet::of_names(&[&["status"]]),
        _ => FieldSet::new(),
    }
}

/// Says whether a request to the status leaves the metadata as it is.
pub(crate) fn keeps_metadata(kind: &Kind) -> bool {
    kind.custom
        || matches!(
            (kind.group.as_str(), kind.plural.as_str()),
            ("resource.k8s.io", "resourceclaims")
                | ("networking.k8s.io", "servicecidrs")
                | ("storage.k8s.io", "volumeattachments")
                | ("flowcontrol.apiserver.k8s.io" | "apiregistration.k8s.io", _)
                | ("admissionregistration.k8s.io", "validatingadmissionpolicies")
        )
}
