//! The ReplicaSets of Deployments.

use serde_json::{Value, json};

use super::{Limits, REVISION, replica_sets, sets_of};
use crate::controllers::events::{Remark, Source, record};
use crate::controllers::{MANAGER, change, controller_reference, create, delete, set_field};
use crate::core::Core;
use crate::object::{at, int, name, namespace, set, text};
use crate::store::Key;

const COMPONENT: &str = "deployment-controller";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MOST: &str = "deployment.kubernetes.io/max-replicas";

fn revision_of(set: &Value) -> i64 {
    text(set, &["metadata", "annotations", REVISION]).parse().unwrap_or(0)
}

fn say_scaled(core: &mut Core, deployment: &Value, set: &str, from: i64, to: i64) {
    let way = if to > from { "up" } else { "down" };
    let message = format!("Scaled {way} replica set {set} from {from} to {to}");
    record(
        core,
        deployment,
        Source::controller(COMPONENT),
        Remark::normal("ScalingReplicaSet", &message),
    );
}

/// Gives a ReplicaSet another size. Says whether it had another one before.
pub(super) fn scale(core: &mut Core, deployment: &Value, own: &Value, size: i64, limits: Limits) -> bool {
    let before = int(own, &["spec", "replicas"]).unwrap_or(0);
    change(core, &Key::of(&replica_sets(), own), "", MANAGER, |own| {
        set(own, &["spec", "replicas"], size);
        set(own, &["metadata", "annotations", DESIRED], limits.replicas.to_string());
        set(own, &["metadata", "annotations", MOST], limits.most().to_string());
    });
    if before != size {
        say_scaled(core, deployment, name(own), before, size);
    }
    before != size
}

/// Creates the ReplicaSet of the present template.
pub(super) fn create_newest(core: &mut Core, deployment: &Value, newest: &str, size: i64, limits: Limits) {
    let hash = newest.rsplit('-').next().unwrap_or_default();
    let mut template = at(deployment, &["spec", "template"]).cloned().unwrap_or_default();
    set(&mut template, &["metadata", "labels", "pod-template-hash"], hash);
    let mut selector = at(deployment, &["spec", "selector"]).cloned().unwrap_or_default();
    set(&mut selector, &["matchLabels", "pod-template-hash"], hash);
    let last = sets_of(core, deployment)
        .iter()
        .map(|set| revision_of(set))
        .max()
        .unwrap_or(0);
    let labels = at(&template, &["metadata", "labels"]).cloned();
    let annotations = json!({
        REVISION: last.saturating_add(1).to_string(), DESIRED: limits.replicas.to_string(),
        MOST: limits.most().to_string(),
    });
    let object = json!({
        "metadata": {"name": newest, "labels": labels, "annotations": annotations,
            "ownerReferences": controller_reference(deployment)},
        "spec": {"replicas": size, "selector": selector, "template": template},
    });
    if create(core, &replica_sets(), namespace(deployment), object).is_some() && size > 0 {
        say_scaled(core, deployment, newest, 0, size);
    }
}

/// Gives the newest ReplicaSet the highest revision, and the Deployment the same.
pub(super) fn mark_revision(core: &mut Core, deployment: &Value, newest: &str) {
    let sets = sets_of(core, deployment);
    let last = sets
        .iter()
        .filter(|set| name(set) != newest)
        .map(|set| revision_of(set))
        .max()
        .unwrap_or(0);
    let Some(own) = sets.iter().find(|set| name(set) == newest) else {
        return;
    };
    let revision = if revision_of(own) > last {
        revision_of(own)
    } else {
        last.saturating_add(1)
    };
    let path = ["metadata", "annotations", REVISION];
    set_field(
        core,
        &Key::of(&replica_sets(), own),
        "",
        &path,
        revision.to_string().into(),
    );
}

/// Deletes ReplicaSets that nobody can go back to any more.
pub(super) fn forget_oldest(core: &mut Core, deployment: &Value, newest: &str) {
    let limit = int(deployment, &["spec", "revisionHistoryLimit"]).unwrap_or(10);
    let mut old = sets_of(core, deployment);
    let is_empty =
        |set: &Value| int(set, &["spec", "replicas"]) == Some(0) && int(set, &["status", "replicas"]).unwrap_or(0) == 0;
    old.retain(|set| name(set) != newest && is_empty(set));
    old.sort_by_key(|set| revision_of(set));
    let extra = old.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
    for set in old.iter().take(extra) {
        delete(core, &Key::of(&replica_sets(), set));
    }
}
