//! Refusing what the real server refuses: names, the commonest missing fields, and fields that cannot change.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/*/validation`.

mod addresses;
mod affinity;
mod amounts;
mod autoscaling;
mod certificates;
mod classes;
mod conditions;
mod config;
mod containers;
mod definitions;
mod devices;
mod endpoints;
mod environment;
mod events;
mod files;
mod flow;
pub(crate) mod format;
mod jobs;
mod limits;
mod metadata;
mod mounts;
mod names;
mod network;
mod nodes;
mod persistent;
mod pod_status;
mod pods;
mod policies;
mod probes;
mod registrations;
mod report;
mod rights;
mod schema_defaults;
mod schemas;
mod security;
mod selector;
mod services;
mod sources;
mod statuses;
mod storage;
mod volumes;
mod webhooks;
mod workloads;

pub(crate) use services::{chooses_families, keeps_preference, unavailable as unavailable_addresses};

use serde_json::Value;

use crate::kinds::Kind;
use crate::object::at;
use crate::status::FieldFault;

use report::Report;

const IMMUTABLE: &str = "field is immutable";

/// Says what is wrong with a new object.
pub(crate) fn created(kind: &Kind, object: &Value) -> Vec<FieldFault> {
    let mut faults = metadata::created(kind, object);
    faults.extend(specification(kind, None, object));
    faults
}

/// Says what is wrong with everything but the metadata. `live` is the state before, if there was one.
fn specification(kind: &Kind, live: Option<&Value>, object: &Value) -> Vec<FieldFault> {
    let mut report = Report::default();
    if !kind.custom {
        check(kind, live, object, &mut report);
    }
    report.0
}

fn check(kind: &Kind, live: Option<&Value>, object: &Value, report: &mut Report) {
    let nothing = Value::Null;
    let spec = object.get("spec").unwrap_or(&nothing);
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("apps", "controllerrevisions") => workloads::revision(live.is_none(), object, report),
        ("apps", _) => workloads::check(kind, live, object, report),
        ("", "pods") => pods::pod(object, live.is_none(), report),
        ("", "podtemplates") => pods::template(object.get("template").unwrap_or(&nothing), "template", report),
        ("", "replicationcontrollers") => workloads::replication_controller(object, report),
        ("batch", "jobs") => {
            jobs::made_selector(object, report);
            jobs::job(spec, "spec", report);
            jobs::job_selector(spec, report);
        }
        ("batch", "cronjobs") => jobs::cron_job(live, object, report),
        ("", "services") => services::check(object, report),
        ("", "persistentvolumeclaims") => persistent::claim(spec, "spec", report),
        ("", "persistentvolumes") => persistent::volume(object, report),
        ("", "endpoints") => endpoints::endpoints(object, live, report),
        ("", "namespaces") => report.0.extend(metadata::namespace(object)),
        ("", "limitranges") => limits::range(object, report),
        ("", "resourcequotas") => limits::quota(object, report),
        ("", "nodes") => nodes::created(object, report),
        ("" | "events.k8s.io", "events") if live.is_none() => events::created(object, report),
        ("", "configmaps") => config::config_map(object, report),
        ("", "secrets") => config::secret(object, report),
        ("apiextensions.k8s.io", _) => definitions::check(object, report),
        ("apiregistration.k8s.io", _) => registrations::service(object, live.is_none(), report),
        ("networking.k8s.io", "ingresses") => network::ingress(object, report),
        ("networking.k8s.io", "networkpolicies") => network::policy(object, report),
        ("networking.k8s.io", "ingressclasses") => classes::ingress_class(object, report),
        ("discovery.k8s.io", _) => endpoints::slice(object, live, report),
        ("networking.k8s.io", "ipaddresses") => addresses::address(object, report),
        ("networking.k8s.io", "servicecidrs") if live.is_none() => addresses::service_range(object, report),
        ("rbac.authorization.k8s.io", "roles") => rights::rules(object, true, report),
        ("rbac.authorization.k8s.io", "clusterroles") => rights::rules(object, false, report),
        ("rbac.authorization.k8s.io", "rolebindings") => rights::binding(object, true, report),
        ("rbac.authorization.k8s.io", "clusterrolebindings") => rights::binding(object, false, report),
        ("resource.k8s.io", "resourceclaims") if live.is_none() => devices::claim(spec, "spec", report),
        ("resource.k8s.io", "resourceclaimtemplates") => devices::template(object, report),
        ("resource.k8s.io", "deviceclasses") => devices::class(object, report),
        ("resource.k8s.io", "resourceslices") => devices::slice(object, live, report),
        ("certificates.k8s.io", "certificatesigningrequests") => certificates::check("", live, object, report),
        ("flowcontrol.apiserver.k8s.io", "flowschemas") => flow::schema(object, report),
        ("flowcontrol.apiserver.k8s.io", _) => flow::level(object, report),
        ("storage.k8s.io", "csidrivers") => storage::driver(object, report),
        ("storage.k8s.io", "csinodes") => storage::node(object, report),
        ("storage.k8s.io", "csistoragecapacities") => storage::capacity(object, report),
        ("storage.k8s.io", "volumeattachments") => storage::attachment(object, report),
        ("storage.k8s.io", "storageclasses") => classes::storage_class(object, report),
        ("storage.k8s.io", "volumeattributesclasses") => classes::attributes_class(object, report),
        ("scheduling.k8s.io", _) => classes::priority_class(object, report),
        ("node.k8s.io", _) => classes::runtime_class(object, report),
        ("coordination.k8s.io", _) => classes::lease(object, report),
        ("policy", _) => classes::budget(object, report),
        ("autoscaling", _) => autoscaling::check(object, live, report),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations") => {
            webhooks::configuration(object, true, report)
        }
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations") => {
            webhooks::configuration(object, false, report);
        }
        ("admissionregistration.k8s.io", "validatingadmissionpolicies") => policies::validating(object, report),
        ("admissionregistration.k8s.io", "validatingadmissionpolicybindings") => {
            policies::binding(object, true, report)
        }
        ("admissionregistration.k8s.io", "mutatingadmissionpolicies") => policies::mutating(object, report),
        ("admissionregistration.k8s.io", "mutatingadmissionpolicybindings") => policies::binding(object, false, report),
        _ => {}
    }
}

/// Says what is wrong with the new state of an object.
pub(crate) fn updated(kind: &Kind, subresource: &str, live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = metadata::general(kind, object);
    // The real server looks at what changed of the metadata for all kinds, and the kinds look once more.
    faults.extend(metadata::updated(live, object));
    faults.extend(metadata::updated_kind(kind, live, object));
    if !subresource.is_empty() {
        faults.extend(of_subresource(kind, subresource, live, object));
        return faults;
    }
    let (own, changes) = (specification(kind, Some(live), object), changes(kind, live, object));
    if changes_first(kind) {
        faults.extend(changes);
        faults.extend(own);
    } else {
        faults.extend(own);
        faults.extend(changes);
    }
    faults
}

/// Says whether the real server looks at what changes before it looks at what there is then.
fn changes_first(kind: &Kind) -> bool {
    matches!(
        (kind.group.as_str(), kind.plural.as_str()),
        ("apps", "daemonsets")
            | ("networking.k8s.io", "ingressclasses")
            | ("storage.k8s.io", "volumeattributesclasses")
            | ("", "services" | "secrets" | "configmaps")
    )
}

/// Says what is wrong with a change of a status, or of what other subresources hold.
fn of_subresource(kind: &Kind, subresource: &str, live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut report = Report::default();
    match (kind.group.as_str(), kind.plural.as_str()) {
        _ if kind.custom => {}
        ("certificates.k8s.io", "certificatesigningrequests") => {
            certificates::check(subresource, Some(live), object, &mut report);
        }
        ("flowcontrol.apiserver.k8s.io", _) => flow::conditions(object, &mut report),
        ("resource.k8s.io", "resourceclaims") => devices::claim_status(live, object, &mut report),
        ("storage.k8s.io", "volumeattachments") => storage::attachment(object, &mut report),
        ("", "pods") if subresource == "ephemeralcontainers" => {
            pods::pod(object, false, &mut report);
            pods::ephemeral_changes(live, object, &mut report);
        }
        ("", "pods") => pod_status::check(live, object, &mut report),
        ("apps", plural) | ("", plural @ "replicationcontrollers") => {
            statuses::workload(plural, live, object, &mut report);
        }
        ("apiextensions.k8s.io", _) => definitions::status(object, &mut report),
        ("apiregistration.k8s.io", _) => registrations::service_status(object, &mut report),
        ("admissionregistration.k8s.io", _) => policies::status(object, &mut report),
        ("policy", _) => classes::budget_status(object, &mut report),
        ("autoscaling", _) => {
            for field in ["currentReplicas", "desiredReplicas"] {
                report.not_negative(
                    &format!("status.{field}"),
                    crate::object::int(object, &["status", field]),
                );
            }
        }
        ("batch", "jobs") => statuses::job(live, object, &mut report),
        ("", "namespaces") => statuses::namespace(object, &mut report),
        ("", "nodes") => nodes::changes(live, object, &mut report),
        ("", "resourcequotas") => limits::quota_status(object, &mut report),
        ("", "persistentvolumeclaims") => persistent::claim_status(object, &mut report),
        _ => {}
    }
    report.0
}

/// Says what is wrong with how the specification of an object changes.
fn changes(kind: &Kind, live: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if kind.custom {
        return faults;
    }
    let mut keep = |path: &[&str]| {
        let value = at(object, path);
        if at(live, path) != value {
            faults.push(FieldFault::invalid(
                path.join("."),
                value.unwrap_or(&Value::Null),
                IMMUTABLE,
            ));
        }
    };
    match kind.plural.as_str() {
        "secrets" => keep(&["type"]),
        "statefulsets" => faults.extend(stateful_set_changes(live, object)),
        "endpointslices" => keep(&["addressType"]),
        "runtimeclasses" => keep(&["handler"]),
        "controllerrevisions" => keep(&["data"]),
        "configmaps" => faults.extend(frozen_changes(live, object, &["data", "binaryData"])),
        _ => {}
    }
    if kind.plural == "secrets" {
        faults.extend(frozen_changes(live, object, &["data"]));
    }
    let mut report = Report(faults);
    let spec = |object| Value::get(object, "spec");
    let own = |object, field| at(object, &["spec", field]);
    match kind.plural.as_str() {
        "deployments" | "daemonsets" | "replicasets" => {
            let selectors = (own(live, "selector"), own(object, "selector"));
            report.fixed_as("spec.selector", workloads::SELECTOR, selectors.0, selectors.1);
        }
        "jobs" => jobs::changes(live, object, &mut report),
        "ingressclasses" => report.fixed_as(
            "spec.controller",
            "s",
            own(live, "controller"),
            own(object, "controller"),
        ),
        "resourceclaims" => report.fixed_as("spec", "@resource.ResourceClaimSpec", spec(live), spec(object)),
        "resourceclaimtemplates" => {
            report.fixed_as("spec", "@resource.ResourceClaimTemplateSpec", spec(live), spec(object));
        }
        "volumeattachments" => report.fixed_as("spec", "@storage.VolumeAttachmentSpec", spec(live), spec(object)),
        "persistentvolumeclaims" => persistent::claim_changes(live, object, &mut report),
        "persistentvolumes" => persistent::volume_changes(live, object, &mut report),
        "rolebindings" | "clusterrolebindings" => rights::binding_changes(live, object, &mut report),
        "pods" => pods::changes(live, object, &mut report),
        "nodes" => nodes::changes(live, object, &mut report),
        "events" => events::updated(live, object, &mut report),
        "ipaddresses" => addresses::address_changes(live, object, &mut report),
        "servicecidrs" => addresses::service_range_changes(live, object, &mut report),
        "resourcequotas" => limits::quota_changes(live, object, &mut report),
        "csidrivers" => storage::driver_changes(live, object, &mut report),
        "csinodes" => storage::node_changes(live, object, &mut report),
        "csistoragecapacities" => storage::capacity_changes(live, object, &mut report),
        "services" => services::changes(live, object, &mut report),
        "customresourcedefinitions" => definitions::changes(live, object, &mut report),
        "storageclasses" => classes::storage_class_changes(live, object, &mut report),
        "volumeattributesclasses" => classes::attributes_class_changes(live, object, &mut report),
        "priorityclasses" => classes::priority_class_changes(live, object, &mut report),
        _ => {}
    }
    report.0
}

/// ConfigMaps and Secrets that are marked immutable keep their data.
fn frozen_changes(live: &Value, object: &Value, fields: &[&str]) -> Vec<FieldFault> {
    if live.get("immutable") != Some(&Value::Bool(true)) {
        return Vec::new();
    }
    let changed = fields.iter().filter(|field| live.get(**field) != object.get(**field));
    let mut faults: Vec<FieldFault> = changed
        .map(|field| FieldFault::forbidden(*field, "field is immutable when `immutable` is set"))
        .collect();
    if object.get("immutable") != Some(&Value::Bool(true)) {
        faults.insert(
            0,
            FieldFault::forbidden("immutable", "field is immutable when `immutable` is set"),
        );
    }
    faults
}

fn without(object: &Value, fields: &[&str]) -> Value {
    let mut spec = object.get("spec").cloned().unwrap_or_default();
    for field in fields {
        crate::object::remove(&mut spec, &[field]);
    }
    spec
}

fn stateful_set_changes(live: &Value, object: &Value) -> Option<FieldFault> {
    let free = [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    (without(live, &free) != without(object, &free)).then(|| {
        FieldFault::forbidden(
            "spec",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
             'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        )
    })
}
