//! The containers of Pods.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use super::volumes::Volumes;
use super::{amounts, environment, mounts, probes, security};
use crate::object::{int, items, text};

/// What the containers of a Pod are checked against.
pub(super) struct Surroundings<'a> {
    /// The specification of the Pod.
    pub spec: &'a Value,
    /// Its volumes that are right.
    pub volumes: Volumes<'a>,
    /// The names of its claims for devices.
    pub claims: BTreeSet<&'a str>,
}

/// Checks all containers of a Pod.
pub(super) fn check(around: &Surroundings<'_>, place: &str, report: &mut Report) {
    regular(around, &format!("{place}.containers"), report);
    initial(around, &format!("{place}.initContainers"), report);
    ephemeral(around, &format!("{place}.ephemeralContainers"), report);
}

fn regular(around: &Surroundings<'_>, place: &str, report: &mut Report) {
    let containers = items(around.spec, &["containers"]);
    if containers.is_empty() {
        report.required(place, "");
    }
    let mut names = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        let place = format!("{place}[{index}]");
        common(container, around, &place, report);
        unique_name(container, &mut names, &place, report);
        probes::check(container, around.spec, &place, report);
        restart_rules(container, &place, report);
    }
    host_ports(containers, place, report);
}

fn unique_name<'a>(container: &'a Value, names: &mut BTreeSet<&'a str>, place: &str, report: &mut Report) {
    let name = text(container, &["name"]);
    if !names.insert(name) {
        report.duplicate(&format!("{place}.name"), &json!(name));
    }
}

fn initial(around: &Surroundings<'_>, place: &str, report: &mut Report) {
    let mut names = names(around.spec, "containers");
    for (index, container) in items(around.spec, &["initContainers"]).iter().enumerate() {
        let own = format!("{place}[{index}]");
        common(container, around, &own, report);
        restart_rules(container, &own, report);
        names.remove("");
        unique_name(container, &mut names, &own, report);
        host_ports(std::slice::from_ref(container), place, report);
        let stays = text(container, &["restartPolicy"]) == "Always";
        if stays {
            probes::check(container, around.spec, &own, report);
            continue;
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if container.get(field).is_some() {
                let detail = "may not be set for init containers without restartPolicy=Always";
                report.forbidden(&format!("{own}.{field}"), detail);
            }
        }
        for (index, policy) in items(container, &["resizePolicy"]).iter().enumerate() {
            let value = text(policy, &["restartPolicy"]);
            if value == "RestartContainer" {
                let detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
                let field = format!("{own}.resizePolicy[{index}].restartPolicy");
                report.invalid(&field, &json!(value), detail);
            }
        }
    }
}

fn names<'a>(spec: &'a Value, list: &str) -> BTreeSet<&'a str> {
    items(spec, &[list]).iter().map(|own| text(own, &["name"])).collect()
}

fn ephemeral(around: &Surroundings<'_>, place: &str, report: &mut Report) {
    const NOT_ALLOWED: [&str; 9] = [
        "ports",
        "resources",
        "resizePolicy",
        "restartPolicy",
        "restartPolicyRules",
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle",
    ];
    let detail = "cannot be set for an Ephemeral Container";
    let mut others = names(around.spec, "containers");
    others.extend(names(around.spec, "initContainers"));
    let mut names = others.clone();
    for (index, container) in items(around.spec, &["ephemeralContainers"]).iter().enumerate() {
        let place = format!("{place}[{index}]");
        common(container, around, &place, report);
        image_text(container, &place, report);
        unique_name(container, &mut names, &place, report);
        let target = text(container, &["targetContainerName"]);
        if !target.is_empty() && !others.contains(target) {
            report.not_found(&format!("{place}.targetContainerName"), &json!(target));
        }
        for field in NOT_ALLOWED {
            let is_set = |value: &Value| value.as_object().is_none_or(|own| !own.is_empty());
            if container.get(field).is_some_and(is_set) {
                report.forbidden(&format!("{place}.{field}"), detail);
            }
        }
        for (index, mount) in items(container, &["volumeMounts"]).iter().enumerate() {
            for field in ["subPath", "subPathExpr"] {
                if !text(mount, &[field]).is_empty() {
                    report.forbidden(&format!("{place}.volumeMounts[{index}].{field}"), detail);
                }
            }
        }
    }
}

/// Checks that there is no space around the image of a container.
pub(super) fn image_text(container: &Value, place: &str, report: &mut Report) {
    let image = text(container, &["image"]);
    if image.trim() != image {
        let detail = "must not have leading or trailing whitespace";
        report.invalid(&format!("{place}.image"), &json!(image), detail);
    }
}

/// Checks what all kinds of containers have.
fn common(container: &Value, around: &Surroundings<'_>, place: &str, report: &mut Report) {
    report.named(&format!("{place}.name"), text(container, &["name"]), format::label);
    if text(container, &["image"]).is_empty() {
        report.required(&format!("{place}.image"), "");
    }
    let policy = text(container, &["terminationMessagePolicy"]);
    if !policy.is_empty() {
        let field = format!("{place}.terminationMessagePolicy");
        report.one_of(&field, policy, &["File", "FallbackToLogsOnError"]);
    }
    ports(items(container, &["ports"]), &format!("{place}.ports"), report);
    environment::check(container, place, report);
    mounts::check(container, &around.volumes, place, report);
    let pull = text(container, &["imagePullPolicy"]);
    if !pull.is_empty() {
        let policies = ["Always", "IfNotPresent", "Never"];
        report.one_of(&format!("{place}.imagePullPolicy"), pull, &policies);
    }
    let nothing = Value::Null;
    let resources = container.get("resources").unwrap_or(&nothing);
    amounts::check(resources, &around.claims, &format!("{place}.resources"), report);
    resize(container, around.spec, &format!("{place}.resizePolicy"), report);
    security::of_container(container, around.spec, place, report);
}

fn ports(list: &[Value], place: &str, report: &mut Report) {
    let mut names = BTreeSet::new();
    for (index, port) in list.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let name = text(port, &["name"]);
        if !name.is_empty() {
            let findings = format::port_name(name);
            if !findings.is_empty() {
                report.findings(&format!("{place}.name"), &json!(name), findings);
            } else if !names.insert(name) {
                report.duplicate(&format!("{place}.name"), &json!(name));
            }
        }
        match int(port, &["containerPort"]).unwrap_or(0) {
            0 => report.required(&format!("{place}.containerPort"), ""),
            number => report.findings(&format!("{place}.containerPort"), &json!(number), format::port(number)),
        }
        if let Some(number) = int(port, &["hostPort"]).filter(|&number| number != 0) {
            report.findings(&format!("{place}.hostPort"), &json!(number), format::port(number));
        }
        match text(port, &["protocol"]) {
            "" => report.required(&format!("{place}.protocol"), ""),
            protocol => report.one_of(&format!("{place}.protocol"), protocol, &["SCTP", "TCP", "UDP"]),
        }
    }
}

/// No two ports of containers that run at once are the same port of the node.
fn host_ports(containers: &[Value], place: &str, report: &mut Report) {
    let mut used = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        for (port_index, port) in items(container, &["ports"]).iter().enumerate() {
            let Some(number) = int(port, &["hostPort"]).filter(|&number| number != 0) else {
                continue;
            };
            let own = format!("{}/{}/{number}", text(port, &["protocol"]), text(port, &["hostIP"]));
            if !used.insert(own.clone()) {
                let field = format!("{place}[{index}].ports[{port_index}].hostPort");
                report.duplicate(&field, &json!(own));
            }
        }
    }
}

/// Checks what happens to a container whose resources change.
fn resize(container: &Value, spec: &Value, place: &str, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (index, own) in items(container, &["resizePolicy"]).iter().enumerate() {
        let (resource, policy) = (text(own, &["resourceName"]), text(own, &["restartPolicy"]));
        if !seen.insert(resource) {
            report.duplicate(&format!("{place}[{index}]"), &json!(resource));
        }
        for (value, supported) in [
            (resource, ["cpu", "memory"]),
            (policy, ["NotRequired", "RestartContainer"]),
        ] {
            match value {
                "" => report.required(place, ""),
                value => report.one_of(place, value, &supported),
            }
        }
        if text(spec, &["restartPolicy"]) == "Never" && policy != "NotRequired" {
            let detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
            report.invalid(place, &json!(policy), detail);
        }
    }
}

/// Checks when a container restarts.
fn restart_rules(container: &Value, place: &str, report: &mut Report) {
    let rules = items(container, &["restartPolicyRules"]);
    let field = format!("{place}.restartPolicy");
    match container.get("restartPolicy").and_then(Value::as_str) {
        None if rules.is_empty() => return,
        None => report.required(&field, "must specify restartPolicy when restart rules are used"),
        Some(policy) => report.one_of(&field, policy, &["Always", "Never", "OnFailure"]),
    }
    let place = format!("{place}.restartPolicyRules");
    if rules.len() > 20 {
        report.too_many(&place, rules.len(), 20);
    }
    for (index, rule) in rules.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let actions = ["Restart", "RestartAllContainers"];
        report.one_of(&format!("{place}.action"), text(rule, &["action"]), &actions);
        let Some(codes) = rule.get("exitCodes") else {
            report.required(&format!("{place}.exitCodes"), "must be specified");
            continue;
        };
        let operator = text(codes, &["operator"]);
        report.one_of(&format!("{place}.exitCodes.operator"), operator, &["In", "NotIn"]);
        let count = items(codes, &["values"]).len();
        if count > 255 {
            report.too_many(&format!("{place}.exitCodes.values"), count, 255);
        }
    }
}
