//! The statuses of what makes Pods.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/{apps,batch,core}/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::report::Report;
use crate::object::{at, condition_holds, int, items, text};

/// The counts that a kind's status has, none of which is below zero.
fn counts(plural: &str) -> &'static [&'static str] {
    match plural {
        "deployments" => &[
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "collisionCount",
        ],
        "statefulsets" => &[
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
            "observedGeneration",
            "collisionCount",
        ],
        "daemonsets" => &[
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
            "collisionCount",
        ],
        "replicasets" => &[
            "replicas",
            "fullyLabeledReplicas",
            "readyReplicas",
            "availableReplicas",
            "observedGeneration",
            "terminatingReplicas",
        ],
        "replicationcontrollers" => &[
            "replicas",
            "fullyLabeledReplicas",
            "readyReplicas",
            "availableReplicas",
            "observedGeneration",
        ],
        _ => &[],
    }
}

/// Those of the counts that cannot be more than all replicas.
fn parts(plural: &str) -> &'static [&'static str] {
    match plural {
        "deployments" => &["updatedReplicas", "readyReplicas", "availableReplicas"],
        "statefulsets" => &[
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
        ],
        "replicasets" | "replicationcontrollers" => &["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
        _ => &[],
    }
}

/// Checks the status of a Deployment and its like.
pub(super) fn workload(plural: &str, live: &Value, object: &Value, report: &mut Report) {
    let count = |object: &Value, field: &str| int(object, &["status", field]).unwrap_or(0);
    for field in counts(plural) {
        report.not_negative(&format!("status.{field}"), int(object, &["status", field]));
    }
    let mut more = |field: &str, than: &str, name: &str| {
        let number = count(object, field);
        if number > count(object, than) {
            let detail = format!("cannot be greater than {name}");
            report.invalid(&format!("status.{field}"), &json!(number), &detail);
        }
    };
    for field in parts(plural) {
        more(field, "replicas", "status.replicas");
    }
    if !parts(plural).is_empty() {
        let name = if plural == "statefulsets" {
            "status.readyReplicas"
        } else {
            "readyReplicas"
        };
        more("availableReplicas", "readyReplicas", name);
    }
    let (before, after) = (count(live, "collisionCount"), count(object, "collisionCount"));
    let counts_collisions = matches!(plural, "deployments" | "statefulsets" | "daemonsets");
    if counts_collisions && after < before {
        report.invalid("status.collisionCount", &json!(after), "cannot be decremented");
    }
}

/// Checks the status of a Namespace: only its deletion ends it.
pub(super) fn namespace(object: &Value, report: &mut Report) {
    let phase = text(object, &["status", "phase"]);
    let (wanted, when) = if crate::object::is_deleted(object) {
        ("Terminating", "is not empty")
    } else {
        ("Active", "is empty")
    };
    if phase != wanted {
        let detail = format!("may only be '{wanted}' if `deletionTimestamp` {when}");
        report.invalid("status.Phase", &json!(phase), &detail);
    }
}

/// What of a Job's status a request changes.
struct Job<'a> {
    live: &'a Value,
    object: &'a Value,
}

impl Job<'_> {
    fn is(&self, kind: &str) -> bool {
        condition_holds(self.object, kind)
    }

    fn was(&self, kind: &str) -> bool {
        condition_holds(self.live, kind)
    }

    fn turns(&self, kind: &str) -> bool {
        self.is(kind) != self.was(kind)
    }

    fn get(&self, field: &str) -> Option<&Value> {
        at(self.object, &["status", field])
    }

    fn changes(&self, field: &str) -> bool {
        at(self.live, &["status", field]) != self.get(field)
    }

    fn has_ended(&self) -> bool {
        self.is("Complete") || self.is("Failed")
    }

    fn ends(&self) -> bool {
        self.has_ended() != (self.was("Complete") || self.was("Failed"))
    }

    fn is_indexed(&self) -> bool {
        text(self.object, &["spec", "completionMode"]) == "Indexed"
    }
}

/// Checks the status of a Job.
pub(super) fn job(live: &Value, object: &Value, report: &mut Report) {
    for field in ["active", "succeeded", "failed", "ready", "terminating"] {
        report.not_negative(&format!("status.{field}"), int(object, &["status", field]));
    }
    let job = Job { live, object };
    uncounted(&job, report);
    job_conditions(&job, report);
    job_times(&job, report);
    job_counts(&job, report);
    for kind in ["Failed", "Complete", "FailureTarget"] {
        if job.was(kind) && !job.is(kind) {
            let detail = format!("cannot disable the terminal {kind}=True condition");
            omitted("status.conditions", &detail, report);
        }
    }
    for field in ["failed", "succeeded"] {
        let (before, after) = (
            int(live, &["status", field]).unwrap_or(0),
            int(object, &["status", field]).unwrap_or(0),
        );
        if after < before {
            let detail = format!("cannot decrease the {field} counter");
            report.invalid(&format!("status.{field}"), &json!(after), &detail);
        }
    }
    if job.was("SuccessCriteriaMet") && !job.is("SuccessCriteriaMet") {
        omitted(
            "status.conditions",
            "cannot disable the SuccessCriteriaMet=True condition",
            report,
        );
    }
}

/// A value that is not shown.
fn omitted(field: &str, detail: &str, report: &mut Report) {
    report.0.push(crate::status::FieldFault {
        reason: "FieldValueInvalid",
        field: field.into(),
        message: format!("Invalid value: {detail}"),
    });
}

fn uncounted(job: &Job, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for list in ["succeeded", "failed"] {
        let own = items(job.object, &["status", "uncountedTerminatedPods", list]);
        for (index, uid) in own.iter().enumerate() {
            let field = format!("status.uncountedTerminatedPods.{list}[{index}]");
            if uid == "" {
                report.invalid(&field, uid, "must not be empty");
            } else if !seen.insert(uid.as_str()) {
                report.duplicate(&field, uid);
            }
        }
    }
}

fn job_conditions(job: &Job, report: &mut Report) {
    let turned = job.turns("Complete");
    let mut wrong = |is: bool, detail: &str| {
        if is {
            omitted("status.conditions", detail, report);
        }
    };
    let complete = job.is("Complete");
    wrong(
        (turned || job.turns("Failed")) && complete && job.is("Failed"),
        "cannot set Complete=True and Failed=true conditions",
    );
    wrong(
        (turned || job.turns("FailureTarget")) && complete && job.is("FailureTarget"),
        "cannot set Complete=True and FailureTarget=true conditions",
    );
    wrong(
        (job.turns("Failed") || job.changes("failedIndexes")) && job.is("Failed") && !job.is("FailureTarget"),
        "cannot set Failed=True condition without the FailureTarget=true condition",
    );
    let met = job.is("SuccessCriteriaMet");
    wrong(
        (turned || job.turns("SuccessCriteriaMet")) && complete && !met,
        "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
    );
    for other in ["Failed", "FailureTarget"] {
        let detail = format!("cannot set SuccessCriteriaMet=True and {other}=true conditions");
        wrong(met && job.is(other), &detail);
    }
}

fn job_times(job: &Job, report: &mut Report) {
    let (start, end) = (job.get("startTime"), job.get("completionTime"));
    let field = "status.completionTime";
    let changed = job.turns("Complete") || job.changes("completionTime");
    match end {
        Some(time) if changed && !job.is("Complete") => {
            let detail = "cannot set completionTime when there is no Complete=True condition";
            report.invalid(field, time, detail);
        }
        None if changed && job.is("Complete") => {
            report.required(field, "completionTime is required for Complete jobs");
        }
        _ => {}
    }
    let times = (start.and_then(Value::as_str), end.and_then(Value::as_str));
    if let (Some(start), Some(own)) = times
        && own < start
        && (job.changes("startTime") || job.changes("completionTime"))
    {
        report.invalid(field, &json!(own), "must be equal to or after `startTime`");
    }
    let starts_empty = at(job.object, &["spec", "suspend"]) == Some(&Value::Bool(true))
        && int(job.object, &["spec", "completions"]) == Some(0);
    if job.has_ended() && start.is_none() && (job.ends() || job.changes("startTime")) && !starts_empty {
        report.required("status.startTime", "startTime is required for finished job");
    }
}

fn job_counts(job: &Job, report: &mut Report) {
    let count = |field: &str| int(job.object, &["status", field]).unwrap_or(0);
    let ended = job.has_ended();
    if ended && count("active") > 0 && (job.ends() || job.changes("active")) {
        report.invalid(
            "status.active",
            &json!(count("active")),
            "active>0 is invalid for finished job",
        );
    }
    let indexes = text(job.object, &["status", "completedIndexes"]);
    if !indexes.is_empty() && !job.is_indexed() && job.changes("completedIndexes") {
        let detail = "cannot set non-empty completedIndexes when non-indexed completion mode";
        report.invalid("status.completedIndexes", &json!(indexes), detail);
    }
    let limits_each = at(job.object, &["spec", "backoffLimitPerIndex"]).is_some();
    if let Some(failed) = job
        .get("failedIndexes")
        .filter(|_| !limits_each && job.changes("failedIndexes"))
    {
        let detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
        report.invalid("status.failedIndexes", failed, detail);
    }
    if ended && count("terminating") > 0 && (job.ends() || job.changes("terminating")) {
        let detail = "terminating>0 is invalid for finished job";
        report.invalid("status.terminating", &json!(count("terminating")), detail);
    }
    if count("ready") > count("active") && (job.changes("ready") || job.changes("active")) {
        report.invalid(
            "status.ready",
            &json!(count("ready")),
            "cannot set more ready pods than active",
        );
    }
}
