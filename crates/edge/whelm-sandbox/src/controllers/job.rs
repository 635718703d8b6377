//! Jobs: Pods until enough have succeeded.

use std::sync::Arc;

use serde_json::{Value, json};

use super::events::{Remark, Source, record};
use super::{add_pod, condition, delete, owned, pod_from_template, set_status};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, condition_of, has_ended, int, items, set, text};
use crate::store::Key;

const COMPONENT: &str = "job-controller";

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let is_finished = ["Complete", "Failed"]
        .iter()
        .any(|kind| condition_of(own, kind).is_some());
    if is_finished {
        return delete_in_time(core, key, own);
    }
    if is_too_late(core, key, own) {
        return stop(core, key, own);
    }
    if at(own, &["spec", "suspend"]) == Some(&Value::Bool(true)) {
        return;
    }
    let pods = Resource::new("", "pods");
    let parallelism = int(own, &["spec", "parallelism"]).unwrap_or(1);
    let completions = int(own, &["spec", "completions"])
        .unwrap_or(parallelism)
        .clamp(0, super::replica_set::MOST_PODS);
    let most_failures = int(own, &["spec", "backoffLimit"]).unwrap_or(6);
    let count = |pods: &[Arc<Value>], phase: &str| {
        let counted = pods
            .iter()
            .filter(|pod| text(pod, &["status", "phase"]) == phase)
            .count();
        i64::try_from(counted).unwrap_or(i64::MAX)
    };
    let present = owned(core, own, &pods);
    let (succeeded, failed) = (count(&present, "Succeeded"), count(&present, "Failed"));
    let active = i64::try_from(present.len()).unwrap_or(i64::MAX) - succeeded - failed;
    let missing = (completions - succeeded).min(parallelism) - active;
    if failed <= most_failures {
        let template = at(own, &["spec", "template"]).cloned().unwrap_or_default();
        for _ in 0..missing {
            if !add_pod(core, own, COMPONENT, pod_from_template(own, &template)) {
                break;
            }
        }
    }
    let active = (active + missing.max(0)).max(0);
    write_status(
        core,
        key,
        own,
        Counts {
            completions,
            succeeded,
            failed,
            active,
            most_failures,
        },
    );
}

fn moment(own: &Value, path: &[&str]) -> Option<i64> {
    kstatus::Timestamp::parse(text(own, path)).map(|time| time.unix_millis())
}

/// Deletes a finished Job when its time is over, if it has one.
fn delete_in_time(core: &mut Core, key: &Key, own: &Value) {
    let Some(seconds) = int(own, &["spec", "ttlSecondsAfterFinished"]) else {
        return core.alarms.set(key, None);
    };
    let mut ends = items(own, &["status", "conditions"])
        .iter()
        .filter_map(|own| moment(own, &["lastTransitionTime"]));
    let end = ends
        .next()
        .unwrap_or(core.now)
        .saturating_add(seconds.saturating_mul(1000));
    if end <= core.now {
        delete(core, key);
    } else {
        core.alarms.set(key, Some(end));
    }
}

/// Says whether a Job has run for longer than it may, and else has it looked at again then.
fn is_too_late(core: &mut Core, key: &Key, own: &Value) -> bool {
    let seconds = int(own, &["spec", "activeDeadlineSeconds"]);
    let (Some(seconds), Some(start)) = (seconds, moment(own, &["status", "startTime"])) else {
        return false;
    };
    let end = start.saturating_add(seconds.saturating_mul(1000));
    if end > core.now {
        core.alarms.set(key, Some(end));
    }
    end <= core.now
}

/// Ends a Job that has run for too long.
fn stop(core: &mut Core, key: &Key, own: &Value) {
    let pods = Resource::new("", "pods");
    let present = owned(core, own, &pods);
    for pod in present.iter().filter(|pod| !has_ended(pod)) {
        delete(core, &Key::of(&pods, pod));
    }
    let message = "Job was active longer than specified deadline";
    record(
        core,
        own,
        Source::controller(COMPONENT),
        Remark::warning("DeadlineExceeded", message),
    );
    let conditions = ["FailureTarget", "Failed"].map(|kind| {
        let mut own = condition(core, own, kind, "True", "DeadlineExceeded", message);
        set(&mut own, &["lastProbeTime"], core.timestamp());
        own
    });
    let mut status = own.get("status").cloned().unwrap_or_default();
    for field in ["active", "ready"] {
        crate::object::remove(&mut status, &[field]);
    }
    set(&mut status, &["conditions"], json!(conditions));
    set_status(core, key, status);
}

struct Counts {
    completions: i64,
    succeeded: i64,
    failed: i64,
    active: i64,
    most_failures: i64,
}

fn write_status(core: &mut Core, key: &Key, own: &Value, counts: Counts) {
    let Counts {
        completions,
        succeeded,
        failed,
        active,
        most_failures,
    } = counts;
    let time = core.timestamp();
    let started = at(own, &["status", "startTime"])
        .cloned()
        .unwrap_or_else(|| json!(time));
    let mut status = json!({"startTime": started, "terminating": 0, "uncountedTerminatedPods": {}, "ready": 0});
    let done = succeeded >= completions;
    let broken = failed > most_failures;
    for (field, count) in [
        ("succeeded", succeeded),
        ("failed", failed),
        ("active", if done || broken { 0 } else { active }),
    ] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    let both = |core: &Core, kinds: [&str; 2], reason: &str, message: &str| {
        let mut conditions = kinds.map(|kind| condition(core, own, kind, "True", reason, message));
        conditions
            .iter_mut()
            .for_each(|own| set(own, &["lastProbeTime"], time.clone()));
        json!(conditions)
    };
    if done {
        record(
            core,
            own,
            Source::controller(COMPONENT),
            Remark::normal("Completed", "Job completed"),
        );
        let message = "Reached expected number of succeeded pods";
        set(
            &mut status,
            &["conditions"],
            both(core, ["SuccessCriteriaMet", "Complete"], "CompletionsReached", message),
        );
        set(&mut status, &["completionTime"], time.clone());
    } else if broken {
        let message = "Job has reached the specified backoff limit";
        record(
            core,
            own,
            Source::controller(COMPONENT),
            Remark::warning("BackoffLimitExceeded", message),
        );
        set(
            &mut status,
            &["conditions"],
            both(core, ["FailureTarget", "Failed"], "BackoffLimitExceeded", message),
        );
    }
    set_status(core, key, status);
}
