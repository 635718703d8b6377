//! The values that the server fills in where a client leaves them out.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/*/v1/defaults.go`.

mod autoscaling;
mod devices;
mod policies;
mod storage;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object::{at, int, remove, set, set_default, text};

/// Fills in the defaults of a built-in kind.
pub(crate) fn apply(kind: &Kind, object: &mut Value) {
    if kind.custom {
        return;
    }
    match kind.group.as_str() {
        "" => core_kind(kind, object),
        "apps" | "batch" => workload(kind, object),
        "networking.k8s.io" => network(kind, object),
        "autoscaling" => autoscaling::apply(kind, object),
        "rbac.authorization.k8s.io" if object.get("roleRef").is_some() => binding(object),
        "storage.k8s.io" => storage::apply(kind, object),
        "apiextensions.k8s.io" => definition(object),
        "admissionregistration.k8s.io" => policies::admission(kind, object),
        "flowcontrol.apiserver.k8s.io" => policies::flow(kind, object),
        "resource.k8s.io" => devices::apply(kind, object),
        "scheduling.k8s.io" => set_default(object, &["preemptionPolicy"], "PreemptLowerPriority"),
        "discovery.k8s.io" => each(object, "ports", |port| {
            set_default(port, &["name"], "");
            set_default(port, &["protocol"], "TCP");
        }),
        "apiregistration.k8s.io" => {
            if let Some(service) = object.pointer_mut("/spec/service") {
                set_default(service, &["port"], 443);
            }
        }
        _ => {}
    }
}

fn core_kind(kind: &Kind, object: &mut Value) {
    match kind.plural.as_str() {
        "pods" => {
            set_default(object, &["spec", "enableServiceLinks"], true);
            in_map(object, "spec", |spec| {
                pod_spec(spec);
                requests_from_limits(spec);
                host_ports(spec);
            });
        }
        "podtemplates" => {
            if let Some(spec) = object.pointer_mut("/template/spec") {
                pod_spec(spec);
            }
        }
        "namespaces" => {
            first_phase(object, "Active");
            let name = text(object, &["metadata", "name"]).to_owned();
            if !name.is_empty() {
                set(object, &["metadata", "labels", "kubernetes.io/metadata.name"], name);
            }
        }
        "services" => service(object),
        "secrets" => {
            string_data(object);
            set_default(object, &["type"], "Opaque");
        }
        "persistentvolumeclaims" => {
            set_default(object, &["spec", "volumeMode"], "Filesystem");
            first_phase(object, "Pending");
        }
        "persistentvolumes" => {
            storage::volume(object);
            first_phase(object, "Pending");
        }
        "replicationcontrollers" => replication_controller(object),
        "limitranges" => in_map(object, "spec", |spec| each(spec, "limits", limit)),
        "endpoints" => each(object, "subsets", |subset| {
            each(subset, "ports", |port| set_default(port, &["protocol"], "TCP"))
        }),
        "nodes" => {
            if let Some(range) = at(object, &["spec", "podCIDR"]).cloned() {
                set_default(object, &["spec", "podCIDRs"], json!([range]));
            }
            if let Some(capacity) = at(object, &["status", "capacity"]).cloned() {
                set_default(object, &["status", "allocatable"], capacity);
            }
        }
        _ => {}
    }
}

/// Sets the phase in a status that has none.
fn first_phase(object: &mut Value, phase: &str) {
    if object.get("status").is_some() && text(object, &["status", "phase"]).is_empty() {
        set(object, &["status", "phase"], phase);
    }
}

fn workload(kind: &Kind, object: &mut Value) {
    match kind.plural.as_str() {
        "deployments" => deployment(object),
        "statefulsets" => stateful_set(object),
        "daemonsets" => daemon_set(object),
        "replicasets" => {
            set_default(object, &["spec", "replicas"], 1);
            template(object);
        }
        "jobs" => {
            labels_of_template(object);
            in_map(object, "spec", job_spec);
        }
        "cronjobs" => cron_job(object),
        _ => {}
    }
}

fn network(kind: &Kind, object: &mut Value) {
    match kind.plural.as_str() {
        "networkpolicies" => network_policy(object),
        "ingressclasses" => {
            if let Some(parameters) = object.pointer_mut("/spec/parameters") {
                set_default(parameters, &["scope"], "Cluster");
            }
        }
        _ => {}
    }
}

/// An object without labels gets those of its template.
pub(crate) fn labels_of_template(object: &mut Value) {
    let own = at(object, &["metadata", "labels"]).and_then(Value::as_object);
    if own.is_none_or(serde_json::Map::is_empty)
        && let Some(labels) = at(object, &["spec", "template", "metadata", "labels"]).cloned()
    {
        set(object, &["metadata", "labels"], labels);
    }
}

fn replication_controller(object: &mut Value) {
    set_default(object, &["spec", "replicas"], 1);
    if let Some(labels) = at(object, &["spec", "template", "metadata", "labels"]).cloned() {
        set_default(object, &["spec", "selector"], labels);
    }
    labels_of_template(object);
    template(object);
}

/// The limits of containers say what containers get that ask for nothing.
fn limit(limit: &mut Value) {
    if text(limit, &["type"]) != "Container" {
        return;
    }
    for (from, to) in [
        ("max", "default"),
        ("default", "defaultRequest"),
        ("min", "defaultRequest"),
    ] {
        let values = limit.get(from).and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in values {
            set_default(limit, &[to, &name], value);
        }
    }
}

pub(super) fn in_map(object: &mut Value, field: &str, change: impl FnOnce(&mut Value)) {
    if let Some(value) = object.get_mut(field).filter(|value| value.is_object()) {
        change(value);
    }
}

pub(super) fn each(object: &mut Value, list: &str, mut change: impl FnMut(&mut Value)) {
    if let Some(Value::Array(items)) = object.get_mut(list) {
        items.iter_mut().for_each(&mut change);
    }
}

fn template(object: &mut Value) {
    if let Some(spec) = object.pointer_mut("/spec/template/spec") {
        pod_spec(spec);
    }
}

fn pod_spec(spec: &mut Value) {
    set_default(spec, &["restartPolicy"], "Always");
    set_default(spec, &["terminationGracePeriodSeconds"], 30);
    set_default(spec, &["dnsPolicy"], "ClusterFirst");
    set_default(spec, &["securityContext"], json!({}));
    set_default(spec, &["schedulerName"], "default-scheduler");
    if text(spec, &["serviceAccountName"]).is_empty()
        && let Some(account) = at(spec, &["serviceAccount"]).cloned()
    {
        set(spec, &["serviceAccountName"], account);
    }
    // The old name of the field follows the new one.
    if let Some(account) = at(spec, &["serviceAccountName"]).cloned() {
        set(spec, &["serviceAccount"], account);
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        each(spec, list, container);
    }
    each(spec, "volumes", volume);
}

/// On the network of their node, containers have their ports there too. Templates do not say so.
fn host_ports(spec: &mut Value) {
    if spec.get("hostNetwork") != Some(&Value::Bool(true)) {
        return;
    }
    for list in ["initContainers", "containers"] {
        each(spec, list, |container| {
            each(container, "ports", |port| {
                if let Some(number) = port.get("containerPort").cloned() {
                    set_default(port, &["hostPort"], number);
                }
            });
        });
    }
}

fn container(container: &mut Value) {
    let image = text(container, &["image"]);
    let name = image.rsplit('/').next().unwrap_or_default();
    let latest = !image.contains('@') && name.split_once(':').is_none_or(|(_, tag)| tag == "latest");
    set_default(
        container,
        &["imagePullPolicy"],
        if latest { "Always" } else { "IfNotPresent" },
    );
    set_default(container, &["terminationMessagePath"], "/dev/termination-log");
    set_default(container, &["terminationMessagePolicy"], "File");
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        in_map(container, name, probe);
    }
    for name in ["postStart", "preStop"] {
        if let Some(get) = container.pointer_mut(&format!("/lifecycle/{name}/httpGet")) {
            http_get(get);
        }
    }
    each(container, "ports", |port| set_default(port, &["protocol"], "TCP"));
    each(container, "env", |variable| {
        if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
            set_default(field, &["apiVersion"], "v1");
        }
        if let Some(field) = variable.pointer_mut("/valueFrom/resourceFieldRef") {
            set_default(field, &["divisor"], "0");
        }
    });
}

/// Pods, but not their templates, ask for what they are limited to.
fn requests_from_limits(spec: &mut Value) {
    for list in ["initContainers", "containers"] {
        each(spec, list, |container| {
            in_map(container, "resources", |resources| {
                let limits = resources.get("limits").and_then(Value::as_object).cloned();
                for (name, limit) in limits.into_iter().flatten() {
                    set_default(resources, &["requests", &name], limit);
                }
            });
        });
    }
}

fn http_get(get: &mut Value) {
    set_default(get, &["path"], "/");
    set_default(get, &["scheme"], "HTTP");
}

fn probe(probe: &mut Value) {
    for (field, value) in [
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ] {
        if int(probe, &[field]).unwrap_or(0) == 0 {
            set(probe, &[field], value);
        }
    }
    in_map(probe, "httpGet", http_get);
    in_map(probe, "grpc", |grpc| set_default(grpc, &["service"], ""));
}

fn volume(volume: &mut Value) {
    for source in ["secret", "configMap", "projected", "downwardAPI"] {
        in_map(volume, source, |own| set_default(own, &["defaultMode"], 420));
    }
    if let Some(Value::Array(sources)) = volume.pointer_mut("/projected/sources") {
        for source in sources {
            in_map(source, "serviceAccountToken", |token| {
                set_default(token, &["expirationSeconds"], 3600)
            });
            in_map(source, "downwardAPI", downward_items);
        }
    }
    in_map(volume, "downwardAPI", downward_items);
    in_map(volume, "hostPath", |path| set_default(path, &["type"], ""));
    if volume.as_object().is_some_and(|fields| fields.len() == 1) {
        set(volume, &["emptyDir"], json!({}));
    }
}

fn downward_items(source: &mut Value) {
    each(source, "items", |item| {
        in_map(item, "fieldRef", |field| set_default(field, &["apiVersion"], "v1"));
    });
}

fn service(object: &mut Value) {
    set_default(object, &["spec", "sessionAffinity"], "None");
    set_default(object, &["spec", "type"], "ClusterIP");
    if text(object, &["spec", "sessionAffinity"]) == "ClientIP" {
        set_default(
            object,
            &["spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"],
            10_800,
        );
    }
    if text(object, &["spec", "sessionAffinity"]) == "None" {
        remove(object, &["spec", "sessionAffinityConfig"]);
    }
    let kind = text(object, &["spec", "type"]).to_owned();
    let reachable = kind == "ClusterIP" && !crate::object::items(object, &["spec", "externalIPs"]).is_empty();
    if reachable || matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        set_default(object, &["spec", "externalTrafficPolicy"], "Cluster");
    }
    if kind != "ExternalName" {
        set_default(object, &["spec", "internalTrafficPolicy"], "Cluster");
    }
    if kind == "LoadBalancer" {
        set_default(object, &["spec", "allocateLoadBalancerNodePorts"], true);
    }
    in_map(object, "spec", |spec| {
        each(spec, "ports", |port| {
            set_default(port, &["protocol"], "TCP");
            let number = port.get("port").cloned().unwrap_or_default();
            if matches!(port.get("targetPort"), None | Some(Value::Null))
                || port["targetPort"] == json!(0)
                || port["targetPort"] == json!("")
            {
                set(port, &["targetPort"], number);
            }
        })
    });
}

/// `stringData` is written into `data` and never shown.
fn string_data(object: &mut Value) {
    let Some(Value::Object(texts)) = remove(object, &["stringData"]) else {
        return;
    };
    for (key, value) in texts {
        let encoded = crate::base64::encode(value.as_str().unwrap_or_default().as_bytes());
        set(object, &["data", &key], encoded);
    }
}

fn deployment(object: &mut Value) {
    set_default(object, &["spec", "replicas"], 1);
    set_default(object, &["spec", "revisionHistoryLimit"], 10);
    set_default(object, &["spec", "progressDeadlineSeconds"], 600);
    set_default(object, &["spec", "strategy", "type"], "RollingUpdate");
    if text(object, &["spec", "strategy", "type"]) == "RollingUpdate" {
        set_default(object, &["spec", "strategy", "rollingUpdate", "maxUnavailable"], "25%");
        set_default(object, &["spec", "strategy", "rollingUpdate", "maxSurge"], "25%");
    }
    template(object);
}

fn stateful_set(object: &mut Value) {
    set_default(object, &["spec", "podManagementPolicy"], "OrderedReady");
    set_default(object, &["spec", "replicas"], 1);
    set_default(object, &["spec", "revisionHistoryLimit"], 10);
    let was_untyped = text(object, &["spec", "updateStrategy", "type"]).is_empty();
    set_default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
    set_default(
        object,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"],
        "Retain",
    );
    set_default(
        object,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"],
        "Retain",
    );
    if text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate"
        && (was_untyped || at(object, &["spec", "updateStrategy", "rollingUpdate"]).is_some())
    {
        set_default(object, &["spec", "updateStrategy", "rollingUpdate", "partition"], 0);
    }
    template(object);
    in_map(object, "spec", |spec| {
        each(spec, "volumeClaimTemplates", |claim| {
            set_default(claim, &["spec", "volumeMode"], "Filesystem");
            set_default(claim, &["apiVersion"], "v1");
            set_default(claim, &["kind"], "PersistentVolumeClaim");
            set_default(claim, &["status", "phase"], "Pending");
        })
    });
}

fn daemon_set(object: &mut Value) {
    // The count of templates starts when the server stores the object.
    set_default(
        object,
        &["metadata", "annotations", "deprecated.daemonset.template.generation"],
        "0",
    );
    set_default(object, &["spec", "revisionHistoryLimit"], 10);
    set_default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
    if text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
        set_default(
            object,
            &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
            1,
        );
        set_default(object, &["spec", "updateStrategy", "rollingUpdate", "maxSurge"], 0);
    }
    template(object);
}

fn job_spec(spec: &mut Value) {
    if spec.get("completions").is_none() && spec.get("parallelism").is_none() {
        set(spec, &["completions"], 1);
    }
    set_default(spec, &["parallelism"], 1);
    let most = if spec.get("backoffLimitPerIndex").is_some() {
        i32::MAX
    } else {
        6
    };
    set_default(spec, &["backoffLimit"], most);
    set_default(spec, &["completionMode"], "NonIndexed");
    set_default(spec, &["suspend"], false);
    set_default(spec, &["manualSelector"], false);
    let replaced = if spec.get("podFailurePolicy").is_some() {
        "Failed"
    } else {
        "TerminatingOrFailed"
    };
    set_default(spec, &["podReplacementPolicy"], replaced);
    if let Some(pod) = spec.pointer_mut("/template/spec") {
        // Jobs have no default for what happens to containers that end.
        let policy = pod.get("restartPolicy").cloned();
        pod_spec(pod);
        if policy.is_none() {
            remove(pod, &["restartPolicy"]);
        }
    }
}

fn cron_job(object: &mut Value) {
    set_default(object, &["spec", "concurrencyPolicy"], "Allow");
    set_default(object, &["spec", "suspend"], false);
    set_default(object, &["spec", "successfulJobsHistoryLimit"], 3);
    set_default(object, &["spec", "failedJobsHistoryLimit"], 1);
    if let Some(pod) = object.pointer_mut("/spec/jobTemplate/spec/template/spec") {
        let policy = pod.get("restartPolicy").cloned();
        pod_spec(pod);
        if policy.is_none() {
            remove(pod, &["restartPolicy"]);
        }
    }
}

fn network_policy(object: &mut Value) {
    let mut types = vec![json!("Ingress")];
    if !crate::object::items(object, &["spec", "egress"]).is_empty() {
        types.push(json!("Egress"));
    }
    set_default(object, &["spec", "policyTypes"], types);
    in_map(object, "spec", |spec| {
        for direction in ["ingress", "egress"] {
            each(spec, direction, |rule| {
                each(rule, "ports", |port| set_default(port, &["protocol"], "TCP"))
            });
        }
    });
}

fn binding(object: &mut Value) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    if text(object, &["roleRef", "apiGroup"]).is_empty() {
        set(object, &["roleRef", "apiGroup"], GROUP);
    }
    each(object, "subjects", |subject| {
        if matches!(text(subject, &["kind"]), "User" | "Group") {
            set_default(subject, &["apiGroup"], GROUP);
        }
    });
}

fn definition(object: &mut Value) {
    set_default(object, &["spec", "conversion", "strategy"], "None");
    let kind = text(object, &["spec", "names", "kind"]).to_owned();
    if !kind.is_empty() {
        set_default(object, &["spec", "names", "singular"], kind.to_lowercase());
        set_default(object, &["spec", "names", "listKind"], format!("{kind}List"));
    }
}
