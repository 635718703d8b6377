//! Pods and their templates.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::containers::Surroundings;
use super::report::Report;
use super::{affinity, amounts, containers, format, metadata, names, security, selector, volumes};
use crate::object::{at, int, items, text};

/// Checks a template of Pods: its labels and its specification.
pub(super) fn template(template: &Value, place: &str, report: &mut Report) {
    template_with(template, &[], place, report);
}

/// Checks a template of Pods that get more volumes than it has.
pub(super) fn template_with(template: &Value, more: &[&str], place: &str, report: &mut Report) {
    let nothing = Value::Null;
    let metadata = template.get("metadata").unwrap_or(&nothing);
    report
        .0
        .extend(metadata::labels(metadata, &format!("{place}.labels"), "labels"));
    report
        .0
        .extend(metadata::annotations(metadata, &format!("{place}.annotations")));
    let own = template.get("spec").unwrap_or(&nothing);
    let field = format!("{place}.annotations");
    annotations(metadata, own, &field, report);
    specification(own, &nothing, more, &format!("{place}.spec"), report);
    if !items(template, &["spec", "ephemeralContainers"]).is_empty() {
        report.forbidden(
            &format!("{place}.spec.ephemeralContainers"),
            "ephemeral containers not allowed in pod template",
        );
    }
}

/// Checks a Pod.
pub(super) fn pod(pod: &Value, is_new: bool, report: &mut Report) {
    let nothing = Value::Null;
    let metadata = pod.get("metadata").unwrap_or(&nothing);
    let spec = pod.get("spec").unwrap_or(&nothing);
    annotations(metadata, spec, "metadata.annotations", report);
    specification(spec, pod, &[], "spec", report);
    for list in ["containers", "initContainers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            containers::image_text(container, &format!("spec.{list}[{index}]"), report);
        }
    }
    if !is_new {
        return;
    }
    if !items(spec, &["ephemeralContainers"]).is_empty() {
        report.forbidden("spec.ephemeralContainers", "cannot be set on create");
    }
    if !text(spec, &["nodeName"]).is_empty() && !items(spec, &["schedulingGates"]).is_empty() {
        let detail = "cannot be set until all schedulingGates have been cleared";
        report.forbidden("spec.nodeName", detail);
    }
}

/// Checks the annotations that mean something to Kubernetes.
fn annotations(metadata: &Value, spec: &Value, place: &str, report: &mut Report) {
    const MIRROR: &str = "kubernetes.io/config.mirror";
    const COST: &str = "controller.kubernetes.io/pod-deletion-cost";
    let own = |name: &str| at(metadata, &["annotations", name]).and_then(Value::as_str);
    if let Some(value) = own(MIRROR).filter(|_| text(spec, &["nodeName"]).is_empty()) {
        let detail = "must set spec.nodeName if mirror pod annotation is set";
        report.invalid(&format!("{place}[{MIRROR}]"), &json!(value), detail);
    }
    if let Some(value) = own(COST) {
        let plain = !value.starts_with('+') && (value == "0" || !value.trim_start_matches('-').starts_with('0'));
        if !plain || value.parse::<i32>().is_err() {
            report.invalid(&format!("{place}[{COST}]"), &json!(value), "must be a 32bit integer");
        }
    }
}

/// Checks the specification of a Pod, which is `Null` for a template, that gets more volumes than it has.
fn specification(spec: &Value, pod: &Value, more: &[&str], place: &str, report: &mut Report) {
    let claim = json!({"persistentVolumeClaim": {}});
    let mut volumes = volumes::check(items(spec, &["volumes"]), pod, &format!("{place}.volumes"), report);
    volumes.extend(more.iter().map(|name| (*name, &claim)));
    let devices = items(spec, &["resourceClaims"]);
    device_claims(devices, &format!("{place}.resourceClaims"), report);
    let around = Surroundings {
        spec,
        volumes,
        claims: volumes::names(devices),
    };
    containers::check(&around, place, report);
    amounts::of_pod(spec, place, report);
    host_network(spec, pod.is_object(), place, report);
    let policies = ["Always", "OnFailure", "Never"];
    one_of(spec, "restartPolicy", &policies, place, report);
    let policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    one_of(spec, "dnsPolicy", &policies, place, report);
    report
        .0
        .extend(metadata::labels(spec, &format!("{place}.nodeSelector"), "nodeSelector"));
    security::of_pod(spec, place, report);
    affinity::check(spec, place, report);
    names::servers(spec, place, report);
    gates(spec, place, report);
    let constraints = items(spec, &["topologySpreadConstraints"]);
    for index in 0..constraints.len() {
        spread(
            constraints,
            index,
            &format!("{place}.topologySpreadConstraints"),
            report,
        );
    }
    host_users(spec, place, report);
    names::host(spec, place, report);
    rest(spec, place, report);
    volumes::of_variables(spec, place, report);
}

/// Checks the claims for devices of a Pod.
fn device_claims(claims: &[Value], place: &str, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (index, claim) in claims.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let (name, field) = (text(claim, &["name"]), format!("{place}.name"));
        if name.is_empty() {
            report.required(&field, "");
        } else if !seen.insert(name) {
            report.duplicate(&field, &json!(name));
        } else {
            report.findings(&field, &json!(name), format::label(name));
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        let count = sources.iter().filter(|field| claim.get(**field).is_some()).count();
        let detail = match count {
            0 => "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            1 => "",
            _ => "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
        };
        if !detail.is_empty() {
            report.invalid_as(&place, "@core.PodResourceClaim", Some(claim), detail);
        }
        for field in sources {
            if let Some(own) = claim.get(field).and_then(Value::as_str) {
                report.findings(&format!("{place}.{field}"), &json!(own), format::subdomain(own));
            }
        }
    }
}

/// Ports of containers in the network of their node are the same there.
fn host_network(spec: &Value, is_pod: bool, place: &str, report: &mut Report) {
    if spec.get("hostNetwork") != Some(&Value::Bool(true)) {
        return;
    }
    for (index, container) in items(spec, &["containers"]).iter().enumerate() {
        for (number, port) in items(container, &["ports"]).iter().enumerate() {
            let own = |field: &str| int(port, &[field]).unwrap_or(0);
            let (host, inner) = (own("hostPort"), own("containerPort"));
            if (is_pod || host != 0) && host != inner {
                let field = format!("{place}.containers[{index}].ports[{number}].hostPort");
                let detail = "must match `containerPort` when `hostNetwork` is true";
                report.invalid(&field, &json!(host), detail);
            }
        }
    }
}

/// Checks what a Pod waits for.
fn gates(spec: &Value, place: &str, report: &mut Report) {
    for (index, gate) in items(spec, &["readinessGates"]).iter().enumerate() {
        let kind = text(gate, &["conditionType"]);
        let field = format!("{place}.readinessGates[{index}].conditionType");
        report.findings(&field, &json!(kind), format::label_key(kind));
    }
    let mut seen = BTreeSet::new();
    for (index, gate) in items(spec, &["schedulingGates"]).iter().enumerate() {
        let name = text(gate, &["name"]);
        let field = format!("{place}.schedulingGates[{index}]");
        report.findings(&field, &json!(name), format::label_key(name));
        if !seen.insert(name) {
            report.duplicate(&field, &json!(name));
        }
    }
}

/// A Pod with users of its own has all else for itself, too.
fn host_users(spec: &Value, place: &str, report: &mut Report) {
    if spec.get("hostUsers") != Some(&Value::Bool(false)) {
        return;
    }
    let detail = "when `hostUsers` is false";
    for (field, word) in [
        ("hostNetwork", "hostNetwork"),
        ("hostPID", "HostPID"),
        ("hostIPC", "HostIPC"),
    ] {
        if spec.get(field) == Some(&Value::Bool(true)) {
            report.forbidden(&format!("{place}.{word}"), detail);
        }
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            if !items(container, &["volumeDevices"]).is_empty() {
                report.forbidden(&format!("{place}.{list}[{index}].volumeDevices"), detail);
            }
        }
    }
}

/// Checks the names that a Pod gives, and what else is short.
fn rest(spec: &Value, place: &str, report: &mut Report) {
    for field in ["serviceAccountName", "nodeName"] {
        let field_place = format!("{place}.{field}");
        report.formed(&field_place, text(spec, &[field]), format::subdomain);
    }
    if let Some(seconds) = int(spec, &["activeDeadlineSeconds"]) {
        let findings = format::in_range(seconds, 1, i64::from(i32::MAX));
        report.findings(&format!("{place}.activeDeadlineSeconds"), &json!(seconds), findings);
    }
    for field in ["hostname", "subdomain"] {
        report.formed(&format!("{place}.{field}"), text(spec, &[field]), format::label);
    }
    for (index, toleration) in items(spec, &["tolerations"]).iter().enumerate() {
        tolerate(toleration, &format!("{place}.tolerations[{index}]"), report);
    }
    names::aliases(spec, place, report);
    let class = text(spec, &["priorityClassName"]);
    report.formed(&format!("{place}.priorityClassName"), class, format::subdomain);
    if let Some(class) = spec.get("runtimeClassName").and_then(Value::as_str) {
        let findings = format::subdomain(class);
        report.findings(&format!("{place}.runtimeClassName"), &json!(class), findings);
    }
    let policies = ["PreemptLowerPriority", "Never"];
    one_of(spec, "preemptionPolicy", &policies, place, report);
    if let Some(overhead) = spec.get("overhead") {
        let limits = json!({"limits": overhead});
        amounts::check(&limits, &BTreeSet::new(), &format!("{place}.overhead"), report);
    }
    match at(spec, &["os", "name"]).and_then(Value::as_str) {
        Some("") => report.required(&format!("{place}.os.name"), ""),
        Some(name) => report.one_of(&format!("{place}.os"), name, &["linux", "windows"]),
        None => {}
    }
}

fn one_of(spec: &Value, field: &str, supported: &[&str], place: &str, report: &mut Report) {
    let field_place = format!("{place}.{field}");
    match text(spec, &[field]) {
        "" => {}
        value => report.one_of(&field_place, value, supported),
    }
}

fn spread(constraints: &[Value], index: usize, place: &str, report: &mut Report) {
    let place = format!("{place}[{index}]");
    let Some(constraint) = constraints.get(index) else {
        return;
    };
    let skew = int(constraint, &["maxSkew"]).unwrap_or(0);
    let (key, action) = (
        text(constraint, &["topologyKey"]),
        text(constraint, &["whenUnsatisfiable"]),
    );
    if skew <= 0 {
        report.invalid(&format!("{place}.maxSkew"), &json!(skew), "must be greater than zero");
    }
    if key.is_empty() {
        report.required(&format!("{place}.topologyKey"), "can not be empty");
    }
    let field = format!("{place}.whenUnsatisfiable");
    report.one_of(&field, action, &["DoNotSchedule", "ScheduleAnyway"]);
    let is_same = |own: &Value| text(own, &["topologyKey"]) == key && text(own, &["whenUnsatisfiable"]) == action;
    if constraints.iter().skip(index + 1).any(is_same) {
        let field = format!("{place}.{{topologyKey, whenUnsatisfiable}}");
        report.duplicate(&field, &json!(format!("{{{key}, {action}}}")));
    }
    if let Some(least) = int(constraint, &["minDomains"]) {
        let field = format!("{place}.minDomains");
        if least <= 0 {
            report.invalid(&field, &json!(least), "must be greater than zero");
        }
        if action != "DoNotSchedule" {
            let detail = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}");
            report.invalid(&field, &json!(least), &detail);
        }
    }
    for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        if let Some(policy) = constraint.get(field).and_then(Value::as_str) {
            report.one_of(&format!("{place}.{field}"), policy, &["Honor", "Ignore"]);
        }
    }
    affinity::label_keys(constraint, &place, report);
    let field = format!("{place}.labelSelector");
    selector::label_selector(constraint.get("labelSelector"), &field, report);
}

/// Checks what a Pod tolerates of a node.
pub(super) fn tolerate(toleration: &Value, place: &str, report: &mut Report) {
    let (key, operator, value) = (
        text(toleration, &["key"]),
        text(toleration, &["operator"]),
        text(toleration, &["value"]),
    );
    if !key.is_empty() {
        report.findings(&format!("{place}.key"), &json!(key), format::label_key(key));
    }
    if key.is_empty() && operator != "Exists" {
        report.invalid(
            &format!("{place}.operator"),
            &json!(operator),
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        );
    }
    let effect = text(toleration, &["effect"]);
    if toleration.get("tolerationSeconds").is_some() && effect != "NoExecute" {
        report.invalid(
            &format!("{place}.effect"),
            &json!(effect),
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
    match operator {
        "" | "Equal" => {
            let findings = format::label_value(value);
            if !findings.is_empty() {
                report.invalid(&format!("{place}.operator"), &json!(value), &findings.join(";"));
            }
        }
        "Lt" | "Gt" => {
            let known = ["Equal", "Exists", "Lt", "Gt"];
            report.unsupported(&format!("{place}.operator"), &json!(operator), &known);
        }
        "Exists" if !value.is_empty() => {
            let detail = "value must be empty when `operator` is 'Exists'";
            report.invalid(&format!("{place}.operator"), &json!(value), detail);
        }
        "Exists" => {}
        other => report.one_of(&format!("{place}.operator"), other, &["Equal", "Exists"]),
    }
    if !effect.is_empty() {
        let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
        report.one_of(&format!("{place}.effect"), effect, &effects);
    }
}

/// Says what of a Pod may not change.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    let nothing = Value::Null;
    let (before, after) = (
        live.get("spec").unwrap_or(&nothing),
        object.get("spec").unwrap_or(&nothing),
    );
    for list in ["containers", "initContainers"] {
        let place = format!("spec.{list}");
        if !container_changes(items(before, &[list]), items(after, &[list]), &place, report) {
            return;
        }
    }
    if !deadline_changes(before, after, report) {
        return;
    }
    toleration_changes(before, after, report);
    gate_changes(before, after, report);
    let mut munged = after.clone();
    for list in ["containers", "initContainers"] {
        if let Some(Value::Array(containers)) = munged.get_mut(list) {
            for (container, before) in containers.iter_mut().zip(items(before, &[list])) {
                crate::object::set(container, &["image"], text(before, &["image"]));
            }
        }
    }
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        restore(before, &mut munged, field);
    }
    let grace = "terminationGracePeriodSeconds";
    if int(before, &[grace]).is_some_and(|grace| grace < 0) && int(after, &[grace]) == Some(1) {
        restore(before, &mut munged, grace);
    }
    if &munged != before {
        let detail = "pod updates may not change fields other than `spec.containers[*].image`,\
             `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
             tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
        let values = [Some(before), Some(&munged)];
        report.forbidden_change("spec", detail, "@core.PodSpec", values);
    }
}

/// Containers that were added to look at a Pod stay as they are.
pub(super) fn ephemeral_changes(live: &Value, object: &Value, report: &mut Report) {
    let list = ["spec", "ephemeralContainers"];
    let field = list.join(".");
    for old in items(live, &list) {
        let name = text(old, &["name"]);
        let start = format!("existing ephemeral containers \"{name}\" may not be");
        match items(object, &list).iter().find(|new| text(new, &["name"]) == name) {
            None => report.forbidden(&field, &format!("{start} removed\n")),
            Some(new) if new != old => {
                let values = [Some(old), Some(new)];
                let detail = format!("{start} changed");
                report.forbidden_change(&field, &detail, "@core.EphemeralContainer", values);
            }
            Some(_) => {}
        }
    }
}

/// Makes a field what it was.
fn restore(before: &Value, after: &mut Value, field: &str) {
    match before.get(field) {
        Some(value) => crate::object::set(after, &[field], value.clone()),
        None => {
            crate::object::remove(after, &[field]);
        }
    }
}

/// Containers stay as many as they are, and keep having images. Says whether there are as many.
fn container_changes(before: &[Value], after: &[Value], place: &str, report: &mut Report) -> bool {
    if before.len() != after.len() {
        report.forbidden(place, "pod updates may not add or remove containers");
        return false;
    }
    for (index, container) in after.iter().enumerate() {
        let image = text(container, &["image"]);
        let field = format!("{place}[{index}].image");
        if image.is_empty() {
            report.required(&field, "");
        } else if image.trim() != image {
            report.invalid(&field, &json!(image), "must not have leading or trailing whitespace");
        }
    }
    true
}

/// A deadline may come, or come nearer. Says whether it is worth while to look on.
fn deadline_changes(before: &Value, after: &Value, report: &mut Report) -> bool {
    let field = "spec.activeDeadlineSeconds";
    let own = |spec| int(spec, &["activeDeadlineSeconds"]);
    match (own(before), own(after)) {
        (_, Some(new)) if !(0..=i64::from(i32::MAX)).contains(&new) => {
            let findings = format::in_range(new, 0, i64::from(i32::MAX));
            report.findings(field, &json!(new), findings);
            false
        }
        (Some(old), Some(new)) if old < new => {
            report.invalid(field, &json!(new), "must be less than or equal to previous value");
            false
        }
        (Some(_), None) => {
            let detail = "must not update from a positive integer to nil value";
            report.invalid(field, &Value::Null, detail);
            true
        }
        _ => true,
    }
}

/// Tolerations may come, and those that there are may last for another time.
fn toleration_changes(before: &Value, after: &Value, report: &mut Report) {
    let lasting = |toleration: &Value| {
        let mut own = toleration.clone();
        crate::object::remove(&mut own, &["tolerationSeconds"]);
        own.to_string()
    };
    let kept: BTreeSet<String> = items(after, &["tolerations"]).iter().map(lasting).collect();
    for toleration in items(before, &["tolerations"]) {
        if !kept.contains(&lasting(toleration)) {
            let detail = "existing toleration can not be modified except its tolerationSeconds";
            report.forbidden("spec.tolerations", detail);
            return;
        }
    }
    for (index, toleration) in items(after, &["tolerations"]).iter().enumerate() {
        tolerate(toleration, &format!("spec.tolerations[{index}]"), report);
    }
}

/// What keeps a Pod from being scheduled can only go.
fn gate_changes(before: &Value, after: &Value, report: &mut Report) {
    let old = items(before, &["schedulingGates"]);
    for (index, gate) in items(after, &["schedulingGates"]).iter().enumerate() {
        if !old.contains(gate) {
            let name = text(gate, &["name"]);
            let detail = format!("only deletion is allowed, but found new scheduling gate '{name}'");
            report.forbidden(&format!("spec.schedulingGates[{index}].name"), &detail);
        }
    }
}
