//! Jobs, and the CronJobs that make them.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/batch/validation`.

use serde_json::{Map, Value, json};

use super::report::Report;
use super::workloads::{SELECTOR, matching_labels};
use super::{format, pods, selector};
use crate::object::{at, int, items, text};

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
    let has = |field: &str| spec.get(field).is_some();
    if has("maxFailedIndexes") && !has("backoffLimitPerIndex") {
        let detail = "when maxFailedIndexes is specified";
        report.required(&format!("{place}.backoffLimitPerIndex"), detail);
    }
    if let Some(manager) = spec.get("managedBy").and_then(Value::as_str) {
        let field = format!("{place}.managedBy");
        report.domain_path(&field, manager);
        report.not_longer(&field, manager, 63);
    }
    let indexed = text(spec, &["completionMode"]) == "Indexed";
    if let Some(mode) = spec.get("completionMode").and_then(Value::as_str) {
        report.one_of(&format!("{place}.completionMode"), mode, &["NonIndexed", "Indexed"]);
        if indexed && spec.get("completions").is_none() {
            report.required(&format!("{place}.completions"), "when completion mode is Indexed");
        }
        if indexed {
            indexed_limits(spec, place, report);
        }
    }
    if !indexed {
        for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if let Some(value) = spec.get(field) {
                report.invalid(&format!("{place}.{field}"), value, "requires indexed completion mode");
            }
        }
    }
    if let Some(policy) = spec.get("podFailurePolicy") {
        failure_policy(spec, policy, &format!("{place}.podFailurePolicy"), report);
    }
    if let Some(policy) = spec.get("successPolicy") {
        let field = format!("{place}.successPolicy");
        if indexed {
            success_policy(spec, policy, &field, report);
        } else {
            let detail = "requires indexed completion mode";
            report.invalid_as(&field, "@batch.SuccessPolicy", Some(policy), detail);
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
        "OnFailure" if has("podFailurePolicy") => {
            let detail = "only \"Never\" is supported when podFailurePolicy is specified";
            report.invalid(&field, &json!("OnFailure"), detail);
        }
        policy => report.one_of(&field, policy, &["OnFailure", "Never"]),
    }
}

/// How many there may be of Pods that each have a number.
fn indexed_limits(spec: &Value, place: &str, report: &mut Report) {
    const MOST: i64 = 100_000;
    let number = |field: &str| int(spec, &[field]);
    if let Some(count) = number("parallelism").filter(|&count| count > MOST) {
        let detail = format!("must be less than or equal to {MOST} when completion mode is Indexed");
        report.invalid(&format!("{place}.parallelism"), &json!(count), &detail);
    }
    let Some(failed) = number("maxFailedIndexes") else {
        return;
    };
    let field = format!("{place}.maxFailedIndexes");
    if number("completions").is_some_and(|count| failed > count) {
        report.invalid(&field, &json!(failed), "must be less than or equal to completions");
    }
    if failed > MOST {
        report.invalid(&field, &json!(failed), &format!("must be less than or equal to {MOST}"));
    }
}

/// Checks what comes of Pods that fail in a certain way.
fn failure_policy(spec: &Value, policy: &Value, place: &str, report: &mut Report) {
    let rules = items(policy, &["rules"]);
    if rules.len() > 20 {
        report.too_many(&format!("{place}.rules"), rules.len(), 20);
    }
    for (index, rule) in rules.iter().enumerate() {
        failure_rule(spec, rule, &format!("{place}.rules[{index}]"), report);
    }
}

fn failure_rule(spec: &Value, rule: &Value, place: &str, report: &mut Report) {
    let action = text(rule, &["action"]);
    let field = format!("{place}.action");
    match action {
        "" => report.required(&field, "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]"),
        "FailIndex" if spec.get("backoffLimitPerIndex").is_none() => {
            report.invalid(&field, &json!(action), "requires the backoffLimitPerIndex to be set")
        }
        _ => report.one_of(&field, action, &["Count", "FailIndex", "FailJob", "Ignore"]),
    }
    let codes = rule.get("onExitCodes");
    if let Some(codes) = codes {
        exit_codes(spec, codes, &format!("{place}.onExitCodes"), report);
    }
    let patterns = items(rule, &["onPodConditions"]);
    if patterns.len() > 20 {
        report.too_many(&format!("{place}.onPodConditions"), patterns.len(), 20);
    }
    for (index, pattern) in patterns.iter().enumerate() {
        let place = format!("{place}.onPodConditions[{index}]");
        let kind = text(pattern, &["type"]);
        report.findings(&format!("{place}.type"), &json!(kind), format::label_key(kind));
        let field = format!("{place}.status");
        match text(pattern, &["status"]) {
            "" => report.required(&field, "valid values: [\"False\" \"True\" \"Unknown\"]"),
            status => report.one_of(&field, status, &["False", "True", "Unknown"]),
        }
    }
    match (codes.is_some(), patterns.is_empty()) {
        (true, false) => report.invalid(
            place,
            &Value::Null,
            "specifying both OnExitCodes and OnPodConditions is not supported",
        ),
        (false, true) => report.invalid(
            place,
            &Value::Null,
            "specifying one of OnExitCodes and OnPodConditions is required",
        ),
        _ => {}
    }
}

fn exit_codes(spec: &Value, codes: &Value, place: &str, report: &mut Report) {
    let operator = text(codes, &["operator"]);
    let field = format!("{place}.operator");
    match operator {
        "" => report.required(&field, "valid values: [\"In\" \"NotIn\"]"),
        _ => report.one_of(&field, operator, &["In", "NotIn"]),
    }
    if let Some(name) = codes.get("containerName").and_then(Value::as_str) {
        let lists = ["containers", "initContainers"];
        let known = lists.iter().any(|list| {
            let containers = items(spec, &["template", "spec", list]).iter();
            containers.clone().any(|container| text(container, &["name"]) == name)
        });
        if !known {
            report.invalid(
                &format!("{place}.containerName"),
                &json!(name),
                "must be one of the container or initContainer names in the pod template",
            );
        }
    }
    let values = items(codes, &["values"]);
    let field = format!("{place}.values");
    if values.is_empty() {
        report.invalid(&field, &json!(values), "at least one value is required");
    }
    if values.len() > 255 {
        report.too_many(&field, values.len(), 255);
    }
    for (index, value) in values.iter().enumerate() {
        let field = format!("{field}[{index}]");
        if operator == "In" && value.as_i64() == Some(0) {
            report.invalid(&field, value, "must not be 0 for the In operator");
        }
        let before = index.checked_sub(1).and_then(|index| values.get(index));
        match before
            .and_then(Value::as_i64)
            .map(|before| value.as_i64().unwrap_or(0).cmp(&before))
        {
            Some(std::cmp::Ordering::Equal) => report.duplicate(&field, value),
            Some(std::cmp::Ordering::Less) => {
                report.invalid(&format!("{place}.values"), &json!(values), "must be ordered")
            }
            _ => {}
        }
    }
}

fn success_policy(spec: &Value, policy: &Value, place: &str, report: &mut Report) {
    let rules = items(policy, &["rules"]);
    let field = format!("{place}.rules");
    if rules.is_empty() {
        let detail = "at least one rules must be specified when the successPolicy is specified";
        report.required(&field, detail);
    }
    if rules.len() > 20 {
        report.too_many(&field, rules.len(), 20);
    }
    for (index, rule) in rules.iter().enumerate() {
        let place = format!("{field}[{index}]");
        let (count, indexes) = (int(rule, &["succeededCount"]), rule.get("succeededIndexes"));
        if count.is_none() && indexes.is_none() {
            let detail = "at least one of succeededCount or succeededIndexes must be specified";
            report.required(&place, detail);
        }
        if let Some(count) = count {
            let field = format!("{place}.succeededCount");
            report.not_negative(&field, Some(count));
            if let Some(all) = int(spec, &["completions"]).filter(|&all| count > all) {
                let detail = format!("must be less than or equal to {all} (the number of specified completions)");
                report.invalid(&field, &json!(count), &detail);
            }
        }
    }
}

/// Checks the selector of a Job, which the server makes unless it is told not to.
pub(super) fn made_selector(object: &Value, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let Some(own) = spec.get("selector") else { return };
    if spec.get("manualSelector") == Some(&Value::Bool(true)) {
        return;
    }
    let (uid, name) = (crate::object::uid(object), crate::object::name(object));
    let wanted = [
        ("controller-uid", uid),
        ("job-name", name),
        ("batch.kubernetes.io/controller-uid", uid),
        ("batch.kubernetes.io/job-name", name),
    ];
    let nothing = Map::new();
    let template = at(spec, &["template", "metadata", "labels"]).and_then(Value::as_object);
    let shown = template.map_or(Value::Null, |labels| json!(labels));
    for (label, value) in wanted {
        let field = "spec.template.metadata.labels";
        match template.unwrap_or(&nothing).get(label) {
            None => report.required(&format!("{field}[{label}]"), &format!("must be '{value}'")),
            Some(other) if other != value => {
                report.invalid(&format!("{field}[{label}]"), &shown, &format!("must be '{value}'"));
            }
            Some(_) => {}
        }
    }
    let wanted = wanted
        .iter()
        .map(|(label, value)| ((*label).to_owned(), (*value).to_owned()));
    if selector::is_valid(own) && !crate::object::selects(own, &wanted.collect()) {
        report.invalid_as("spec.selector", SELECTOR, Some(own), "`selector` not auto-generated");
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

/// Says what of a Job may not change. Its specification is looked at once more.
pub(super) fn changes(live: &Value, object: &Value, report: &mut Report) {
    let nothing = Value::Null;
    let (before, after) = (
        live.get("spec").unwrap_or(&nothing),
        object.get("spec").unwrap_or(&nothing),
    );
    job(after, "spec", report);
    job_selector(after, report);
    let mut keep = |field: &str, form: &str| {
        report.fixed_as(&format!("spec.{field}"), form, before.get(field), after.get(field));
    };
    let is_indexed = text(after, &["completionMode"]) == "Indexed";
    if !is_indexed {
        keep("completions", "*i");
    }
    keep("selector", SELECTOR);
    template_changes(before, after, report);
    let mut keep = |field: &str, form: &str| {
        report.fixed_as(&format!("spec.{field}"), form, before.get(field), after.get(field));
    };
    keep("completionMode", "*s");
    keep("podFailurePolicy", "*@batch.PodFailurePolicy");
    keep("backoffLimitPerIndex", "*i");
    keep("managedBy", "*s");
    keep("successPolicy", "*@batch.SuccessPolicy");
}

/// While a Job is suspended, its Pods may still be sent elsewhere or get more of what they need.
fn template_changes(before: &Value, after: &Value, report: &mut Report) {
    let nothing = Value::Null;
    if before.get("suspend") != Some(&Value::Bool(true)) {
        let (old, new) = (before.get("template"), after.get("template"));
        report.fixed_as("spec.template", "@core.PodTemplateSpec", old, new);
        return;
    }
    let pod = |spec: &Value| {
        let mut pod = at(spec, &["template", "spec"]).unwrap_or(&nothing).clone();
        for field in ["nodeSelector", "tolerations", "schedulingGates"] {
            crate::object::remove(&mut pod, &[field]);
        }
        crate::object::remove(&mut pod, &["affinity", "nodeAffinity"]);
        if pod.get("affinity") == Some(&json!({})) {
            crate::object::remove(&mut pod, &["affinity"]);
        }
        for list in ["containers", "initContainers"] {
            if let Some(Value::Array(containers)) = pod.get_mut(list) {
                for container in containers {
                    crate::object::remove(container, &["resources"]);
                }
            }
        }
        pod
    };
    if pod(before) != pod(after) {
        let own = at(after, &["template", "spec"]);
        report.invalid_as("spec.template.spec", "@core.PodSpec", own, "field is immutable");
    }
}

/// Checks a CronJob.
pub(super) fn cron_job(live: Option<&Value>, object: &Value, report: &mut Report) {
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
    if live.is_none_or(|live| at(live, &["spec", "timeZone"]) != spec.get("timeZone")) {
        time_zone(spec, report);
    }
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
    if let Some(own) = template.get("selector") {
        let detail = "`selector` will be auto-generated";
        report.invalid_as("spec.jobTemplate.spec.selector", SELECTOR, Some(own), detail);
    }
    if template.get("manualSelector") == Some(&Value::Bool(true)) {
        report.0.push(crate::status::FieldFault::unsupported(
            "spec.jobTemplate.spec.manualSelector",
            &json!(true),
            &["nil", "false"],
        ));
    }
    let name = crate::object::name(object);
    if live.is_none() && name.len() > 52 {
        report.invalid("metadata.name", &json!(name), "must be no more than 52 characters");
    }
}

/// Checks a time zone by its form and by whether there is one like it.
fn time_zone(spec: &Value, report: &mut Report) {
    let Some(zone) = spec.get("timeZone").and_then(Value::as_str) else {
        return;
    };
    let field = "spec.timeZone";
    if zone.is_empty() {
        report.invalid(field, &json!(zone), "timeZone must be nil or non-empty string");
        return;
    }
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let fits = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.starts_with('-') && part.bytes().all(inner) && part.len() <= 14
    };
    if zone.eq_ignore_ascii_case("local") {
        let detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        report.invalid(field, &json!(zone), detail);
    } else if !zone.split('/').all(fits) || !crate::cron::is_zone(zone) {
        report.invalid(field, &json!(zone), &format!("unknown time zone {zone}"));
    }
}
