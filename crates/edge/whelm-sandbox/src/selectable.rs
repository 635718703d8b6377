//! The fields by which objects can be selected.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/*/v1/conversion.go`.

use crate::kinds::Kind;
use crate::status::Refusal;

/// Checks that objects of a kind can be selected by a field.
pub(crate) fn check(kind: &Kind, field: &str) -> Result<(), Refusal> {
    let own = fields(kind);
    if own.contains(&field) || matches!(field, "metadata.name" | "metadata.namespace") {
        return Ok(());
    }
    Err(Refusal::bad_request(
        match (kind.group.as_str(), kind.plural.as_str()) {
            ("batch", "jobs") => format!("field label {field:?} not supported for Job"),
            ("resource.k8s.io", "resourceslices") => {
                format!("field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: {field}")
            }
            _ if kind.custom || !own.is_empty() => format!("field label not supported: {field}"),
            _ => format!("{field:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""),
        },
    ))
}

fn fields(kind: &Kind) -> &'static [&'static str] {
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "pods") => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        ("", "nodes") => &["spec.unschedulable"],
        ("", "replicationcontrollers") => &["status.replicas"],
        ("", "namespaces") => &["status.phase"],
        ("", "secrets") => &["type"],
        ("", "services") => &["spec.clusterIP", "spec.type"],
        ("", "events") => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ("events.k8s.io", "events") => &[
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type",
        ],
        ("batch", "jobs") => &["status.successful"],
        ("certificates.k8s.io", _) => &["spec.signerName"],
        ("resource.k8s.io", "resourceslices") => &["spec.nodeName", "spec.driver"],
        _ => &[],
    }
}
