//! CronJobs: a Job at each moment of their schedule.

use std::sync::Arc;

use serde_json::{Value, json};

use super::events::{Remark, Source, record};
use super::{controller_reference, create, delete, owned, set_status};
use crate::core::Core;
use crate::cron::Schedule;
use crate::kinds::Resource;
use crate::object::{at, condition_holds, condition_of, int, items, name, namespace, set, text, uid};
use crate::store::Key;
use crate::time::rfc3339;

const COMPONENT: &str = "cronjob-controller";
const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

fn jobs() -> Resource {
    Resource::new("batch", "jobs")
}

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let mut last = text(own, &["status", "lastScheduleTime"]).to_owned();
    core.alarms.set(key, None);
    if at(own, &["spec", "suspend"]) != Some(&Value::Bool(true)) {
        match Schedule::read(text(own, &["spec", "schedule"])) {
            Some(schedule) => run_due(core, key, own, &schedule, &mut last),
            None => {
                let message = format!("unparseable schedule: {:?}", text(own, &["spec", "schedule"]));
                record(
                    core,
                    own,
                    Source::controller(COMPONENT),
                    Remark::warning("UnparseableSchedule", &message),
                );
            }
        }
    }
    forget_finished(core, own);
    write_status(core, key, own, &last);
}

/// Starts the Job that is due, only the latest when more were missed, and has the CronJob looked at again for the next.
fn run_due(core: &mut Core, key: &Key, own: &Value, schedule: &Schedule, last: &mut String) {
    let moment = |text: &str| kstatus::Timestamp::parse(text).map(|time| time.unix_millis());
    let created = moment(text(own, &["metadata", "creationTimestamp"])).unwrap_or(core.now);
    let before = moment(last).unwrap_or(created);
    let mut due = schedule.next_after(before).filter(|&due| due <= core.now);
    // A schedule has a moment within the last minutes or hours, or few of them in all.
    for back in [60_000, 3_600_000, 86_400_000] {
        let recent = schedule
            .next_after((core.now - back - 1).max(before))
            .filter(|&due| due <= core.now);
        if recent.is_some() {
            due = recent;
            break;
        }
    }
    while let Some(later) = due
        .and_then(|due| schedule.next_after(due))
        .filter(|&later| later <= core.now)
    {
        due = Some(later);
    }
    if let Some(due) = due {
        start(core, own, due);
        *last = rfc3339(due);
    }
    core.alarms.set(key, schedule.next_after(core.now));
}

fn is_finished(job: &Value) -> bool {
    condition_holds(job, "Complete") || condition_holds(job, "Failed")
}

fn start(core: &mut Core, own: &Value, due: i64) {
    let source = Source::controller(COMPONENT);
    let active: Vec<_> = owned(core, own, &jobs())
        .into_iter()
        .filter(|job| !is_finished(job))
        .collect();
    match text(own, &["spec", "concurrencyPolicy"]) {
        "Forbid" if !active.is_empty() => {
            let message = "Not starting job because prior execution is running and concurrency policy is Forbid";
            return record(core, own, source, Remark::normal("JobAlreadyActive", message));
        }
        "Replace" => active.iter().for_each(|job| delete(core, &Key::of(&jobs(), job))),
        _ => {}
    }
    let template = at(own, &["spec", "jobTemplate"]).cloned().unwrap_or_default();
    let mut job = json!({"metadata": template.get("metadata"), "spec": template.get("spec")});
    let job_name = format!("{}-{}", name(own), due.div_euclid(60_000));
    set(&mut job, &["metadata", "name"], job_name.clone());
    set(&mut job, &["metadata", "ownerReferences"], controller_reference(own));
    set(&mut job, &["metadata", "annotations", SCHEDULED], rfc3339(due));
    if create(core, &jobs(), namespace(own), job).is_some() {
        let message = format!("Created job {job_name}");
        record(core, own, source, Remark::normal("SuccessfulCreate", &message));
    }
}

/// Deletes finished Jobs, but for the last ones.
fn forget_finished(core: &mut Core, own: &Value) {
    let all = owned(core, own, &jobs());
    for (kind, field, usual) in [
        ("Complete", "successfulJobsHistoryLimit", 3),
        ("Failed", "failedJobsHistoryLimit", 1),
    ] {
        let has = |job: &Value| condition_of(job, kind).is_some();
        let finished: Vec<_> = all.iter().filter(|job| has(job)).collect();
        let limit = usize::try_from(int(own, &["spec", field]).unwrap_or(usual)).unwrap_or(0);
        for job in finished.iter().take(finished.len().saturating_sub(limit)) {
            let message = format!("Deleted job {}", name(job));
            record(
                core,
                own,
                Source::controller(COMPONENT),
                Remark::normal("SuccessfulDelete", &message),
            );
            delete(core, &Key::of(&jobs(), job));
        }
    }
}

fn write_status(core: &mut Core, key: &Key, own: &Value, last: &str) {
    let mut status = json!({});
    let mut active = Vec::new();
    let mut ended = text(own, &["status", "lastSuccessfulTime"]).to_owned();
    for job in owned(core, own, &jobs()) {
        if is_finished(&job) {
            ended = ended.max(text(&job, &["status", "completionTime"]).to_owned());
            say_completed(core, own, &job);
        } else {
            active.push(json!({
                "kind": "Job", "apiVersion": "batch/v1", "namespace": namespace(&job), "name": name(&job), "uid": uid(&job),
                "resourceVersion": text(&job, &["metadata", "resourceVersion"]),
            }));
        }
    }
    if !active.is_empty() {
        set(&mut status, &["active"], active);
    }
    for (field, time) in [("lastScheduleTime", last), ("lastSuccessfulTime", ended.as_str())] {
        if !time.is_empty() {
            set(&mut status, &[field], time);
        }
    }
    set_status(core, key, status);
}

/// Says once that a Job has ended: while it still stands among those that run.
fn say_completed(core: &mut Core, own: &Value, job: &Value) {
    let was_active = items(own, &["status", "active"])
        .iter()
        .any(|other| uid_of(other) == uid(job));
    if was_active {
        let failed = condition_of(job, "Failed").is_some();
        let condition = if failed { "Failed" } else { "Complete" };
        let message = format!("Saw completed job: {}, condition: {condition}", name(job));
        record(
            core,
            own,
            Source::controller(COMPONENT),
            Remark::normal("SawCompletedJob", &message),
        );
    }
}

fn uid_of(reference: &Value) -> &str {
    text(reference, &["uid"])
}
