//! Deployments: one ReplicaSet per template, the newest with all replicas.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{change, condition, controller_reference, create, delete, owned, set_status, template_hash};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, items, name, namespace, set, text};
use crate::store::Key;

const REVISION: &str = "deployment.kubernetes.io/revision";

fn replica_sets() -> Resource {
    Resource::new("apps", "replicasets")
}

pub(super) fn reconcile(core: &mut Core, key: &Key, deployment: &Arc<Value>) {
    let paused = at(deployment, &["spec", "paused"]) == Some(&Value::Bool(true));
    let template = at(deployment, &["spec", "template"]).cloned().unwrap_or_default();
    let hash = template_hash(&template);
    let newest = format!("{}-{hash}", name(deployment));
    if !paused {
        roll_out(core, key, deployment, &template, &hash, &newest);
    }
    let Some(deployment) = core.store.get(key).cloned() else {
        return;
    };
    write_status(core, key, &deployment, &newest, paused);
}

fn roll_out(core: &mut Core, key: &Key, deployment: &Value, template: &Value, hash: &str, newest: &str) {
    let replicas = int(deployment, &["spec", "replicas"]).unwrap_or(1);
    let own = owned(core, deployment, &replica_sets());
    let revision_of = |set: &Value| {
        text(set, &["metadata", "annotations", REVISION])
            .parse()
            .unwrap_or(0_i64)
    };
    let last = own.iter().map(|set| revision_of(set)).max().unwrap_or(0);
    let exists = own.iter().any(|set| name(set) == newest);
    let revision = match own.iter().find(|set| name(set) == newest).map(|set| revision_of(set)) {
        Some(revision) if revision == last => revision,
        _ => last + 1,
    };
    if !exists {
        let set = replica_set(deployment, template, hash, newest, replicas, revision);
        create(core, &replica_sets(), namespace(deployment), set);
    }
    for set in &own {
        let set_key = Key::of(&replica_sets(), set);
        let (wanted, is_newest) = if name(set) == newest {
            (replicas, true)
        } else {
            (0, false)
        };
        change(core, &set_key, "", super::MANAGER, |set| {
            crate::object::set(set, &["spec", "replicas"], wanted);
            if is_newest {
                crate::object::set(set, &["metadata", "annotations", REVISION], revision.to_string());
            }
        });
    }
    change(core, key, "status", super::MANAGER, |deployment| {
        crate::object::set(deployment, &["metadata", "annotations", REVISION], revision.to_string());
    });
    forget_oldest(core, deployment, newest);
}

fn replica_set(deployment: &Value, template: &Value, hash: &str, name: &str, replicas: i64, revision: i64) -> Value {
    let mut template = template.clone();
    set(&mut template, &["metadata", "labels", "pod-template-hash"], hash);
    let mut selector = at(deployment, &["spec", "selector"]).cloned().unwrap_or_default();
    set(&mut selector, &["matchLabels", "pod-template-hash"], hash);
    let labels = at(&template, &["metadata", "labels"]).cloned();
    let mut object = json!({
        "metadata": {"name": name, "labels": labels, "ownerReferences": controller_reference(deployment)},
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    });
    set(
        &mut object,
        &["metadata", "annotations", REVISION],
        revision.to_string(),
    );
    set(
        &mut object,
        &["metadata", "annotations", "deployment.kubernetes.io/desired-replicas"],
        replicas.to_string(),
    );
    set(
        &mut object,
        &["metadata", "annotations", "deployment.kubernetes.io/max-replicas"],
        (replicas + 1).to_string(),
    );
    object
}

fn forget_oldest(core: &mut Core, deployment: &Value, newest: &str) {
    let limit = int(deployment, &["spec", "revisionHistoryLimit"]).unwrap_or(10);
    let mut old = owned(core, deployment, &replica_sets());
    old.retain(|set| name(set) != newest && int(set, &["spec", "replicas"]) == Some(0));
    old.sort_by_key(|set| {
        text(set, &["metadata", "annotations", REVISION])
            .parse::<i64>()
            .unwrap_or(0)
    });
    let extra = old.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
    for set in old.iter().take(extra) {
        delete(core, &Key::of(&replica_sets(), set));
    }
}

fn write_status(core: &mut Core, key: &Key, deployment: &Value, newest: &str, paused: bool) {
    let own = owned(core, deployment, &replica_sets());
    let sum = |field: &str| {
        own.iter()
            .map(|set| int(set, &["status", field]).unwrap_or(0))
            .sum::<i64>()
    };
    let updated = own
        .iter()
        .find(|set| name(set) == newest)
        .map_or(0, |set| int(set, &["status", "replicas"]).unwrap_or(0));
    let (all, ready, available) = (sum("replicas"), sum("readyReplicas"), sum("availableReplicas"));
    let wanted = int(deployment, &["spec", "replicas"]).unwrap_or(1);
    let mut status =
        json!({"observedGeneration": int(deployment, &["metadata", "generation"]), "terminatingReplicas": 0});
    let unavailable = wanted - available;
    for (field, count) in [
        ("replicas", all),
        ("updatedReplicas", updated),
        ("readyReplicas", ready),
        ("availableReplicas", available),
        ("unavailableReplicas", unavailable),
    ] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    let mut conditions = Vec::new();
    let is_available = available >= wanted;
    conditions.push(if is_available {
        condition(
            core,
            deployment,
            "Available",
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        let message = "Deployment does not have minimum availability.";
        condition(
            core,
            deployment,
            "Available",
            "False",
            "MinimumReplicasUnavailable",
            message,
        )
    });
    let complete = updated == wanted && all == wanted && available >= wanted;
    conditions.push(if paused {
        condition(
            core,
            deployment,
            "Progressing",
            "Unknown",
            "DeploymentPaused",
            "Deployment is paused",
        )
    } else if complete {
        let message = format!("ReplicaSet \"{newest}\" has successfully progressed.");
        condition(
            core,
            deployment,
            "Progressing",
            "True",
            "NewReplicaSetAvailable",
            &message,
        )
    } else {
        let message = format!("ReplicaSet \"{newest}\" is progressing.");
        condition(core, deployment, "Progressing", "True", "ReplicaSetUpdated", &message)
    });
    for own in &mut conditions {
        let before = items(deployment, &["status", "conditions"])
            .iter()
            .find(|other| other.get("type") == own.get("type"));
        let same =
            before.filter(|other| other.get("status") == own.get("status") && other.get("reason") == own.get("reason"));
        let time = same.map_or_else(|| core.timestamp(), |other| text(other, &["lastUpdateTime"]).to_owned());
        set(own, &["lastUpdateTime"], time);
    }
    set(&mut status, &["conditions"], conditions);
    set_status(core, key, status);
}
