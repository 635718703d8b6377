//! Deployments and the other kinds that make Pods from a template.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/apps/validation` and `pkg/apis/batch/validation`.

use serde_json::{Map, Value, json};

use super::classes::number_or_percent;
use super::report::Report;
use super::{pods, selector};
use crate::kinds::Kind;
use crate::object::{at, int, items, labels, selects, text};

/// Checks a Deployment, ReplicaSet, StatefulSet or DaemonSet.
pub(super) fn check(kind: &Kind, object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    match kind.plural.as_str() {
        "daemonsets" => daemon_set(spec, report),
        "statefulsets" => stateful_set(spec, report),
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
        (_, rolling) => {
            let shown = json!({"Type": text(strategy, &["type"]), "RollingUpdate": rolling});
            report.0.push(crate::status::FieldFault::unsupported(
                "spec.strategy",
                &shown,
                &["Recreate", "RollingUpdate"],
            ));
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
fn matching_labels(spec: &Value, template: &Value, empty_counts: bool, report: &mut Report) {
    let own = labels(template);
    let fits = match spec.get("selector") {
        None => false,
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
    let kind = text(spec, &["updateStrategy", "type"]);
    if !matches!(kind, "OnDelete" | "RollingUpdate") {
        report.one_of("spec.updateStrategy.type", kind, &["RollingUpdate", "OnDelete"]);
    }
    report.not_negative("spec.revisionHistoryLimit", int(spec, &["revisionHistoryLimit"]));
}

fn stateful_set(spec: &Value, report: &mut Report) {
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
        "OnDelete" if spec.pointer("/updateStrategy/rollingUpdate").is_some() => report.invalid(
            "spec.updateStrategy.rollingUpdate",
            spec.pointer("/updateStrategy/rollingUpdate").unwrap_or(&Value::Null),
            "only allowed for updateStrategy 'RollingUpdate'",
        ),
        "OnDelete" | "RollingUpdate" => {}
        _ => report.invalid(
            "spec.updateStrategy",
            spec.get("updateStrategy").unwrap_or(&Value::Null),
            "must be 'RollingUpdate' or 'OnDelete'",
        ),
    }
    for field in ["replicas", "minReadySeconds"] {
        report.not_negative(&format!("spec.{field}"), int(spec, &[field]));
    }
    selector_of(spec, "statefulset", report);
    let nothing = Value::Object(Map::new());
    let template = spec.get("template").unwrap_or(&nothing);
    matching_labels(spec, template, false, report);
    let claims = items(spec, &["volumeClaimTemplates"]).iter().map(crate::object::name);
    let claims: Vec<&str> = claims.collect();
    pods::template_with(template, &claims, "spec.template", report);
    runs_on(template, "StatefulSet", report);
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

/// Checks the specification of a Job, at its place.
pub(super) fn job(spec: &Value, place: &str, report: &mut Report) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        report.not_negative(&format!("{place}.{field}"), int(spec, &[field]));
    }
    let indexed = text(spec, &["completionMode"]) == "Indexed";
    if let Some(mode) = spec.get("completionMode").and_then(Value::as_str) {
        report.one_of(&format!("{place}.completionMode"), mode, &["NonIndexed", "Indexed"]);
        if indexed && spec.get("completions").is_none() {
            report.required(&format!("{place}.completions"), "when completion mode is Indexed");
        }
    }
    if !indexed {
        for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if let Some(value) = spec.get(field) {
                report.invalid(&format!("{place}.{field}"), value, "requires indexed completion mode");
            }
        }
    }
    if let Some(policy) = spec.get("podReplacementPolicy").and_then(Value::as_str) {
        let field = format!("{place}.podReplacementPolicy");
        if spec.get("podFailurePolicy").is_some() {
            report.one_of(&field, policy, &["Failed"]);
        } else {
            report.one_of(&field, policy, &["Failed", "TerminatingOrFailed"]);
        }
    }
    let nothing = Value::Object(Map::new());
    let template = spec.get("template").unwrap_or(&nothing);
    pods::template(template, &format!("{place}.template"), report);
    let field = format!("{place}.template.spec.restartPolicy");
    match text(template, &["spec", "restartPolicy"]) {
        "" | "Always" => report.required(&field, "valid values: \"OnFailure\", \"Never\""),
        policy => report.one_of(&field, policy, &["OnFailure", "Never"]),
    }
}

/// Checks the selector of a Job.
pub(super) fn job_selector(spec: &Value, report: &mut Report) {
    let nothing = Value::Object(Map::new());
    if spec.get("selector").is_none() {
        report.required("spec.selector", "");
    }
    selector::label_selector(spec.get("selector"), "spec.selector", report);
    matching_labels(spec, spec.get("template").unwrap_or(&nothing), true, report);
}

/// Checks a CronJob.
pub(super) fn cron_job(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let schedule = text(spec, &["schedule"]);
    if schedule.is_empty() {
        report.required("spec.schedule", "");
    } else {
        let fields: Vec<&str> = schedule.split_whitespace().collect();
        if fields.len() != 5 && !schedule.starts_with('@') {
            let detail = format!(
                "expected exactly 5 fields, found {}: [{}]",
                fields.len(),
                fields.join(" ")
            );
            report.invalid("spec.schedule", &json!(schedule), &detail);
        }
    }
    report.not_negative("spec.startingDeadlineSeconds", int(spec, &["startingDeadlineSeconds"]));
    match text(spec, &["concurrencyPolicy"]) {
        "" => report.required("spec.concurrencyPolicy", ""),
        policy => report.one_of("spec.concurrencyPolicy", policy, &["Allow", "Forbid", "Replace"]),
    }
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        report.not_negative(&format!("spec.{field}"), int(spec, &[field]));
    }
    let nothing = Value::Object(Map::new());
    let template = spec.pointer("/jobTemplate/spec").unwrap_or(&nothing);
    job(template, "spec.jobTemplate.spec", report);
    if template.get("manualSelector") == Some(&Value::Bool(true)) {
        report.0.push(crate::status::FieldFault::unsupported(
            "spec.jobTemplate.spec.manualSelector",
            &json!(true),
            &["nil", "false"],
        ));
    }
}
