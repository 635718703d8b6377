//! The status of Deployments.

use serde_json::{Value, json};

use super::{REVISION, sets_of};
use crate::controllers::{MANAGER, change, condition};
use crate::core::Core;
use crate::object::{condition_of, int, name, set, text};
use crate::store::Key;

/// How many Pods a Deployment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    wanted: i64,
    all: i64,
    updated: i64,
    ready: i64,
    available: i64,
}

impl Counts {
    fn of(core: &Core, deployment: &Value, newest: &str) -> Self {
        let own = sets_of(core, deployment);
        let sum = |field: &str| {
            own.iter()
                .map(|set| int(set, &["status", field]).unwrap_or(0))
                .sum::<i64>()
        };
        let updated = own.iter().find(|set| name(set) == newest);
        Counts {
            wanted: int(deployment, &["spec", "replicas"]).unwrap_or(1),
            all: sum("replicas"),
            updated: updated.and_then(|set| int(set, &["status", "replicas"])).unwrap_or(0),
            ready: sum("readyReplicas"),
            available: sum("availableReplicas"),
        }
    }

    fn is_complete(self) -> bool {
        self.updated == self.wanted && self.all == self.wanted && self.available >= self.wanted
    }
}

pub(super) fn write(core: &mut Core, key: &Key, deployment: &Value, newest: &str, paused: bool) {
    let counts = Counts::of(core, deployment, newest);
    let mut status =
        json!({"observedGeneration": int(deployment, &["metadata", "generation"]), "terminatingReplicas": 0});
    for (field, count) in [
        ("replicas", counts.all),
        ("updatedReplicas", counts.updated),
        ("readyReplicas", counts.ready),
        ("availableReplicas", counts.available),
        ("unavailableReplicas", counts.wanted - counts.available),
    ] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    let moved = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]
        .iter()
        .any(|field| int(deployment, &["status", field]) != int(&status, &[field]));
    let mut conditions = [
        available(core, deployment, counts),
        progressing(core, key, deployment, newest, counts, paused, moved),
    ];
    for own in &mut conditions {
        let keeps = !(moved && text(own, &["reason"]) == "ReplicaSetUpdated");
        keep_update_time(core, deployment, own, keeps);
    }
    set(&mut status, &["conditions"], json!(conditions));
    put(core, key, deployment, status, revision(core, deployment, newest));
}

/// Returns the revision of the newest ReplicaSet, which is that of the Deployment.
fn revision(core: &Core, deployment: &Value, newest: &str) -> Option<String> {
    let sets = sets_of(core, deployment);
    let own = sets.iter().find(|set| name(set) == newest)?;
    Some(text(own, &["metadata", "annotations", REVISION]).to_owned())
}

/// Writes the status together with the revision, as the real controller does.
fn put(core: &mut Core, key: &Key, deployment: &Value, status: Value, revision: Option<String>) {
    let path = ["metadata", "annotations", REVISION];
    let revision = revision.unwrap_or_else(|| text(deployment, &path).to_owned());
    if deployment.get("status") == Some(&status) && text(deployment, &path) == revision {
        return;
    }
    change(core, key, "status", MANAGER, |deployment| {
        set(deployment, &["status"], status);
        if !revision.is_empty() {
            set(deployment, &path, revision);
        }
    });
}

/// The time of an equal condition stays, unless there was progress.
fn keep_update_time(core: &Core, deployment: &Value, own: &mut Value, keeps: bool) {
    let last = condition_of(deployment, text(own, &["type"]));
    let same =
        last.filter(|other| other.get("status") == own.get("status") && other.get("reason") == own.get("reason"));
    let time = same
        .filter(|_| keeps)
        .map_or_else(|| core.timestamp(), |other| text(other, &["lastUpdateTime"]).to_owned());
    set(own, &["lastUpdateTime"], time);
}

fn available(core: &Core, deployment: &Value, counts: Counts) -> Value {
    let least = super::Limits::of(deployment).least();
    let (word, reason, message) = if counts.available >= least {
        (
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    condition(core, deployment, "Available", word, reason, message)
}

fn progressing(
    core: &mut Core,
    key: &Key,
    deployment: &Value,
    newest: &str,
    counts: Counts,
    paused: bool,
    moved: bool,
) -> Value {
    let words = |text: &str| format!("ReplicaSet \"{newest}\" {text}");
    let (word, reason, message) = if paused {
        core.alarms.set(key, None);
        ("Unknown", "DeploymentPaused", "Deployment is paused".to_owned())
    } else if counts.is_complete() {
        core.alarms.set(key, None);
        ("True", "NewReplicaSetAvailable", words("has successfully progressed."))
    } else if is_too_late(core, key, deployment, moved) {
        ("False", "ProgressDeadlineExceeded", words("has timed out progressing."))
    } else {
        ("True", "ReplicaSetUpdated", words("is progressing."))
    };
    condition(core, deployment, "Progressing", word, reason, &message)
}

/// Says whether there was no progress for longer than the Deployment allows, and else has it looked at again then.
fn is_too_late(core: &mut Core, key: &Key, deployment: &Value, moved: bool) -> bool {
    let Some(allowed) = int(deployment, &["spec", "progressDeadlineSeconds"]) else {
        return false;
    };
    let last = condition_of(deployment, "Progressing").filter(|own| text(own, &["reason"]) != "NewReplicaSetAvailable");
    if !moved && last.is_some_and(|own| text(own, &["reason"]) == "ProgressDeadlineExceeded") {
        return true;
    }
    let since = last
        .filter(|_| !moved)
        .and_then(|own| kstatus::Timestamp::parse(text(own, &["lastUpdateTime"])));
    let since = since.map_or(core.now, |since| since.unix_millis());
    let due = since.saturating_add(allowed.saturating_mul(1000));
    if due <= core.now {
        return true;
    }
    core.alarms.set(key, Some(due));
    false
}
