//! Deployments and the other kinds that make Pods from a template.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/apps/validation` and `pkg/apis/batch/validation`.

use serde_json::{Map, Value, json};

use super::classes::number_or_percent;
use super::report::Report;
use super::{pods, selector};
use crate::kinds::Kind;
use crate::object::{at, int, items, labels, selects, text};

/// The form in which selectors of labels are shown.
pub(super) const SELECTOR: &str = "*@meta.LabelSelector";

/// Checks a Deployment, ReplicaSet, StatefulSet or DaemonSet.
pub(super) fn check(kind: &Kind, live: Option<&Value>, object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    match kind.plural.as_str() {
        "daemonsets" => daemon_set(spec, report),
        "statefulsets" => stateful_set(spec, live.is_none(), report),
        "replicasets" => {
            report.not_negative("spec.replicas", int(spec, &["replicas"]));
            report.not_negative("spec.minReadySeconds", int(spec, &["minReadySeconds"]));
            selector_of(spec, "deployment", report);
            template_of(spec, report);
        }
        _ => deployment(spec, report),
    }
}

fn deployment(spec: &Value, report: &mut Report) {
    report.not_negative("spec.replicas", int(spec, &["replicas"]));
    selector_of(spec, "deployment", report);
    template_of(spec, report);
    strategy(spec, report);
    let ready = int(spec, &["minReadySeconds"]).unwrap_or(0);
    report.not_negative("spec.minReadySeconds", Some(ready));
    report.not_negative("spec.revisionHistoryLimit", int(spec, &["revisionHistoryLimit"]));
    if let Some(deadline) = int(spec, &["progressDeadlineSeconds"]) {
        report.not_negative("spec.progressDeadlineSeconds", Some(deadline));
        if deadline <= ready {
            let detail = "must be greater than minReadySeconds";
            report.invalid("spec.progressDeadlineSeconds", &json!(deadline), detail);
        }
    }
}

fn strategy(spec: &Value, report: &mut Report) {
    let strategy = spec.get("strategy").unwrap_or(&Value::Null);
    let rolling = strategy.get("rollingUpdate");
    match (text(strategy, &["type"]), rolling) {
        ("Recreate", Some(_)) => report.forbidden(
            "spec.strategy.rollingUpdate",
            "may not be specified when strategy `type` is 'Recreate'",
        ),
        ("Recreate", None) => {}
        ("RollingUpdate", Some(rolling)) => {
            for field in ["maxUnavailable", "maxSurge"] {
                if let Some(value) = rolling.get(field) {
                    let surge_over = field == "maxSurge" && value.as_str().is_some_and(|text| text.len() > 4);
                    if !surge_over {
                        number_or_percent(value, &format!("spec.strategy.rollingUpdate.{field}"), report);
                    }
                }
            }
            let is_zero = |field: &str| match rolling.get(field) {
                Some(Value::String(text)) => text.trim_end_matches('%').parse() == Ok(0),
                Some(value) => value.as_i64() == Some(0),
                None => true,
            };
            if is_zero("maxUnavailable") && is_zero("maxSurge") {
                report.invalid(
                    "spec.strategy.rollingUpdate.maxUnavailable",
                    rolling.get("maxUnavailable").unwrap_or(&json!(0)),
                    "may not be 0 when `maxSurge` is 0",
                );
            }
        }
        ("RollingUpdate", None) => {}
        _ => {
            report.unsupported_as(
                "spec.strategy",
                "@apps.DeploymentStrategy",
                Some(strategy),
                &["Recreate", "RollingUpdate"],
            );
        }
    }
}

fn selector_of(spec: &Value, kind: &str, report: &mut Report) {
    match spec.get("selector") {
        None => report.required("spec.selector", ""),
        Some(own) => {
            selector::label_selector(Some(own), "spec.selector", report);
            if selector::is_empty(own) {
                let detail = format!("empty selector is invalid for {kind}");
                report.invalid("spec.selector", &json!({}), &detail);
            }
        }
    }
}

fn template_of(spec: &Value, report: &mut Report) {
    if let Some(own) = spec.get("selector").filter(|own| !selector::is_valid(own)) {
        report.invalid_as("spec.selector", SELECTOR, Some(own), "invalid label selector");
        return;
    }
    let nothing = Value::Object(Map::new());
    let template = spec.get("template").unwrap_or(&nothing);
    matching_labels(spec, template, false, report);
    pods::template(template, "spec.template", report);
    runs_on(template, "ReplicaSet", report);
}

/// Pods of what the controller `kind` keeps running never end by themselves.
fn runs_on(template: &Value, kind: &str, report: &mut Report) {
    let policy = text(template, &["spec", "restartPolicy"]);
    if policy != "Always" && template.get("spec").is_some() {
        report.one_of("spec.template.spec.restartPolicy", policy, &["Always"]);
    }
    if at(template, &["spec", "activeDeadlineSeconds"]).is_some() {
        let detail = format!("activeDeadlineSeconds in {kind} is not Supported");
        report.forbidden("spec.template.spec.activeDeadlineSeconds", &detail);
    }
}

/// The selector must select what the template makes. `empty_counts`: an empty selector, too.
pub(super) fn matching_labels(spec: &Value, template: &Value, empty_counts: bool, report: &mut Report) {
    let own = labels(template);
    let fits = match spec.get("selector") {
        None => false,
        Some(selector) if !selector::is_valid(selector) => true,
        Some(selector) if selector::is_empty(selector) && !empty_counts => true,
        Some(selector) => selects(selector, &own),
    };
    if !fits {
        let shown = if own.is_empty() { Value::Null } else { json!(own) };
        report.invalid(
            "spec.template.metadata.labels",
            &shown,
            "`selector` does not match template `labels`",
        );
    }
}

fn daemon_set(spec: &Value, report: &mut Report) {
    let nothing = Value::Object(Map::new());
    let template = spec.get("template").unwrap_or(&nothing);
    selector::label_selector(spec.get("selector"), "spec.selector", report);
    matching_labels(spec, template, true, report);
    if spec.get("selector").is_some_and(selector::is_empty) {
        report.invalid("spec.selector", &json!({}), "empty selector is invalid for daemonset");
    }
    pods::template(template, "spec.template", report);
    runs_on(template, "DaemonSet", report);
    report.not_negative("spec.minReadySeconds", int(spec, &["minReadySeconds"]));
    daemon_strategy(spec.get("updateStrategy").unwrap_or(&Value::Null), report);
    report.not_negative("spec.revisionHistoryLimit", int(spec, &["revisionHistoryLimit"]));
}

fn daemon_strategy(strategy: &Value, report: &mut Report) {
    let place = "spec.updateStrategy";
    match (text(strategy, &["type"]), strategy.get("rollingUpdate")) {
        ("OnDelete", _) => {}
        ("RollingUpdate", None) => report.required(&format!("{place}.rollingUpdate"), ""),
        ("RollingUpdate", Some(rolling)) => daemon_rolling(rolling, &format!("{place}.rollingUpdate"), report),
        _ => report.unsupported_as(
            place,
            "@apps.DaemonSetUpdateStrategy",
            Some(strategy),
            &["RollingUpdate", "OnDelete"],
        ),
    }
}

/// Returns the number of a number or percentage.
fn number_of(value: Option<&Value>) -> i64 {
    match value {
        Some(Value::String(text)) => text.trim_end_matches('%').parse().unwrap_or(0),
        Some(value) => value.as_i64().unwrap_or(0),
        None => 0,
    }
}

fn daemon_rolling(rolling: &Value, place: &str, report: &mut Report) {
    for field in ["maxUnavailable", "maxSurge"] {
        if let Some(value) = rolling.get(field) {
            number_or_percent(value, &format!("{place}.{field}"), report);
        }
    }
    let has = |field: &str| number_of(rolling.get(field)) != 0;
    match (has("maxUnavailable"), has("maxSurge")) {
        (true, true) => report.invalid(
            &format!("{place}.maxSurge"),
            rolling.get("maxSurge").unwrap_or(&Value::Null),
            "may not be set when maxUnavailable is non-zero",
        ),
        (false, false) => report.required(&format!("{place}.maxUnavailable"), "cannot be 0 when maxSurge is 0"),
        _ => {}
    }
}

fn stateful_rolling(rolling: &Value, place: &str, report: &mut Report) {
    report.not_negative(&format!("{place}.partition"), int(rolling, &["partition"]));
    if let Some(value) = rolling.get("maxUnavailable") {
        let field = format!("{place}.maxUnavailable");
        number_or_percent(value, &field, report);
        if number_of(Some(value)) == 0 {
            report.invalid(&field, value, "cannot be 0");
        }
    }
}

/// Checks what of a StatefulSet only counts when it is new.
fn new_stateful_set(spec: &Value, report: &mut Report) {
    for (index, claim) in items(spec, &["volumeClaimTemplates"]).iter().enumerate() {
        let place = format!("spec.volumeClaimTemplates[{index}].spec");
        super::persistent::claim(claim.get("spec").unwrap_or(&Value::Null), &place, report);
    }
}

fn stateful_set(spec: &Value, is_new: bool, report: &mut Report) {
    match text(spec, &["podManagementPolicy"]) {
        "" => report.required("spec.podManagementPolicy", ""),
        "OrderedReady" | "Parallel" => {}
        other => report.invalid(
            "spec.podManagementPolicy",
            &json!(other),
            "must be 'OrderedReady' or 'Parallel'",
        ),
    }
    match text(spec, &["updateStrategy", "type"]) {
        "" => report.required("spec.updateStrategy", ""),
        "OnDelete" if spec.pointer("/updateStrategy/rollingUpdate").is_some() => report.invalid_as(
            "spec.updateStrategy.rollingUpdate",
            "*@apps.RollingUpdateStatefulSetStrategy",
            spec.pointer("/updateStrategy/rollingUpdate"),
            "only allowed for updateStrategy 'RollingUpdate'",
        ),
        "OnDelete" => {}
        "RollingUpdate" => {
            if let Some(rolling) = spec.pointer("/updateStrategy/rollingUpdate") {
                stateful_rolling(rolling, "spec.updateStrategy.rollingUpdate", report);
            }
        }
        _ => report.invalid_as(
            "spec.updateStrategy",
            "@apps.StatefulSetUpdateStrategy",
            spec.get("updateStrategy"),
            "must be 'RollingUpdate' or 'OnDelete'",
        ),
    }
    if let Some(policy) = spec.get("persistentVolumeClaimRetentionPolicy") {
        for field in ["whenDeleted", "whenScaled"] {
            let place = format!("spec.persistentVolumeClaimRetentionPolicy.{field}");
            report.one_of(&place, text(policy, &[field]), &["Retain", "Delete"]);
        }
    }
    if is_new {
        new_stateful_set(spec, report);
    }
    for field in ["replicas", "minReadySeconds"] {
        report.not_negative(&format!("spec.{field}"), int(spec, &[field]));
    }
    report.not_negative("spec.ordinals.start", int(spec, &["ordinals", "start"]));
    if is_new {
        let name = text(spec, &["serviceName"]);
        report.formed("spec.serviceName", name, super::format::label);
    }
    selector_of(spec, "statefulset", report);
    let nothing = Value::Object(Map::new());
    let template = spec.get("template").unwrap_or(&nothing);
    if let Some(own) = spec.get("selector").filter(|own| !selector::is_valid(own)) {
        report.invalid_as("spec.selector", SELECTOR, Some(own), "");
    } else {
        matching_labels(spec, template, false, report);
        let claims = items(spec, &["volumeClaimTemplates"]).iter().map(crate::object::name);
        let claims: Vec<&str> = claims.collect();
        pods::template_with(template, &claims, "spec.template", report);
    }
    runs_on(template, "StatefulSet", report);
}

/// Checks a ControllerRevision.
pub(super) fn revision(is_new: bool, object: &Value, report: &mut Report) {
    report.not_negative("revision", int(object, &["revision"]));
    match object.get("data") {
        _ if !is_new => {}
        None | Some(Value::Null) => report.required("data", "data is mandatory"),
        Some(Value::Object(_)) => {}
        Some(_) => report.required("data", "data must be a valid JSON object"),
    }
}

/// Checks a ReplicationController.
pub(super) fn replication_controller(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    report.not_negative("spec.minReadySeconds", int(spec, &["minReadySeconds"]));
    let wanted = spec.get("selector").and_then(Value::as_object);
    if wanted.is_none_or(Map::is_empty) {
        report.required("spec.selector", "");
    }
    report.not_negative("spec.replicas", int(spec, &["replicas"]));
    let Some(template) = spec.get("template") else {
        report.required("spec.template", "");
        return;
    };
    let own = labels(template);
    let fits = wanted.is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(key, value)| own.get(key).map(String::as_str) == value.as_str())
    });
    if !fits {
        let shown = if own.is_empty() { Value::Null } else { json!(own) };
        report.invalid(
            "spec.template.metadata.labels",
            &shown,
            "`selector` does not match template `labels`",
        );
    }
    pods::template(template, "spec.template", report);
    let policy = text(template, &["spec", "restartPolicy"]);
    if policy != "Always" && template.get("spec").is_some() {
        report.one_of("spec.template.spec.restartPolicy", policy, &["Always"]);
    }
}
