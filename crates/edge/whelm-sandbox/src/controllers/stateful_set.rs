//! StatefulSets: Pods with numbers, and claims of their own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::events::{Remark, Source, record};
use super::{create, delete, is_ready, keep_revision, owned, pod_from_template, set_status, template_hash};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, items, name, namespace, set, text};
use crate::store::Key;

const COMPONENT: &str = "statefulset-controller";
const HASH: &str = "controller-revision-hash";

fn pods() -> Resource {
    Resource::new("", "pods")
}

/// What a StatefulSet wants.
struct Wanted {
    /// The number of the first Pod.
    start: i64,
    names: Vec<String>,
    /// The revision that Pods had before, and that which they get.
    current: String,
    update: String,
    /// Pods below this number keep the revision that they have.
    partition: i64,
}

impl Wanted {
    fn of(own: &Value, update: String) -> Self {
        let replicas = int(own, &["spec", "replicas"])
            .unwrap_or(1)
            .clamp(0, super::replica_set::MOST_PODS);
        let start = int(own, &["spec", "ordinals", "start"])
            .unwrap_or(0)
            .clamp(0, i64::MAX / 2);
        let before = text(own, &["status", "currentRevision"]);
        let partition = int(own, &["spec", "updateStrategy", "rollingUpdate", "partition"]).unwrap_or(0);
        Wanted {
            start,
            names: (start..start + replicas)
                .map(|index| format!("{}-{index}", name(own)))
                .collect(),
            current: if before.is_empty() {
                update.clone()
            } else {
                before.to_owned()
            },
            update,
            partition: start.saturating_add(partition),
        }
    }
}

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let template = at(own, &["spec", "template"]).cloned().unwrap_or_default();
    let update = format!("{}-{}", name(own), template_hash(&template));
    keep_revision(core, own, &template, &update);
    let wanted = Wanted::of(own, update);
    remove_extra(core, own, &wanted);
    if create_missing(core, own, &wanted) {
        replace_old(core, own, &wanted);
    }
    write_status(core, key, own, wanted);
}

fn revision_of(pod: &Value) -> &str {
    text(pod, &["metadata", "labels", HASH])
}

fn remove_extra(core: &mut Core, own: &Value, wanted: &Wanted) {
    for pod in owned(core, own, &pods()).iter().rev() {
        if !wanted.names.iter().any(|wanted| wanted == name(pod)) {
            remove(core, own, pod);
        }
    }
}

fn remove(core: &mut Core, own: &Value, pod: &Value) {
    let message = format!("Delete Pod {} in StatefulSet {} successful", name(pod), name(own));
    record(
        core,
        own,
        Source::controller(COMPONENT),
        Remark::normal("SuccessfulDelete", &message),
    );
    delete(core, &Key::of(&pods(), pod));
}

/// Creates Pods in their order, each when the one before is ready. Says whether all are there and ready.
fn create_missing(core: &mut Core, own: &Value, wanted: &Wanted) -> bool {
    let in_order = text(own, &["spec", "podManagementPolicy"]) != "Parallel";
    let mut all_ready = true;
    for (index, pod_name) in (wanted.start..).zip(&wanted.names) {
        match core.store.get(&Key::new(&pods(), namespace(own), pod_name)).cloned() {
            Some(pod) => all_ready &= is_ready(&pod),
            None => {
                create_numbered(core, own, wanted, index);
                all_ready = false;
            }
        }
        if in_order && !all_ready {
            break;
        }
    }
    all_ready
}

fn create_numbered(core: &mut Core, own: &Value, wanted: &Wanted, index: i64) {
    let keeps = index < wanted.partition && wanted.current != wanted.update;
    let revision = if keeps { &wanted.current } else { &wanted.update };
    let kept = Key::new(&Resource::new("apps", "controllerrevisions"), namespace(own), revision);
    let template = core
        .store
        .get(&kept)
        .and_then(|own| at(own, &["data", "spec", "template"]).cloned());
    let template = template
        .or_else(|| at(own, &["spec", "template"]).cloned())
        .unwrap_or_default();
    create_pod(core, own, &template, revision, &format!("{}-{index}", name(own)), index);
}

/// Replaces the last Pod that has an old revision. The next one follows when it is ready.
fn replace_old(core: &mut Core, own: &Value, wanted: &Wanted) {
    if text(own, &["spec", "updateStrategy", "type"]) == "OnDelete" {
        return;
    }
    let numbered: Vec<(i64, &String)> = (wanted.start..).zip(&wanted.names).collect();
    for (index, pod_name) in numbered.into_iter().rev() {
        if index < wanted.partition {
            return;
        }
        let Some(pod) = core.store.get(&Key::new(&pods(), namespace(own), pod_name)).cloned() else {
            return;
        };
        if revision_of(&pod) != wanted.update {
            return remove(core, own, &pod);
        }
    }
}

fn write_status(core: &mut Core, key: &Key, own: &Value, wanted: Wanted) {
    let present = owned(core, own, &pods());
    let ready = present.iter().filter(|pod| is_ready(pod)).count();
    let with = |revision: &str| present.iter().filter(|pod| revision_of(pod) == revision).count();
    let updated = with(&wanted.update);
    let is_done = updated == wanted.names.len() && ready == wanted.names.len();
    let current = if is_done { &wanted.update } else { &wanted.current };
    let mut status = json!({
        "observedGeneration": int(own, &["metadata", "generation"]), "replicas": present.len(),
        "availableReplicas": ready, "currentRevision": current, "updateRevision": wanted.update, "collisionCount": 0,
    });
    for (field, count) in [
        ("readyReplicas", ready),
        ("currentReplicas", with(current)),
        ("updatedReplicas", updated),
    ] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    set_status(core, key, status);
}

fn create_pod(core: &mut Core, own: &Value, template: &Value, revision: &str, pod_name: &str, index: i64) {
    let mut pod = pod_from_template(own, template);
    set(&mut pod, &["metadata", "name"], pod_name);
    crate::object::remove(&mut pod, &["metadata", "generateName"]);
    set(&mut pod, &["metadata", "labels", HASH], revision);
    set(
        &mut pod,
        &["metadata", "labels", "statefulset.kubernetes.io/pod-name"],
        pod_name,
    );
    set(
        &mut pod,
        &["metadata", "labels", "apps.kubernetes.io/pod-index"],
        index.to_string(),
    );
    set(&mut pod, &["spec", "hostname"], pod_name);
    if let Some(service) = at(own, &["spec", "serviceName"]) {
        set(&mut pod, &["spec", "subdomain"], service.clone());
    }
    let claims = Resource::new("", "persistentvolumeclaims");
    let mut volumes = items(&pod, &["spec", "volumes"]).to_vec();
    for claim_template in items(own, &["spec", "volumeClaimTemplates"]) {
        let volume = name(claim_template);
        let claim_name = format!("{volume}-{pod_name}");
        let claim = json!({
            "metadata": {"name": claim_name, "labels": at(own, &["spec", "selector", "matchLabels"]),
                "annotations": at(claim_template, &["metadata", "annotations"])},
            "spec": claim_template.get("spec"),
        });
        if create(core, &claims, namespace(own), claim).is_some() {
            let message = format!(
                "Create Claim {claim_name} Pod {pod_name} in StatefulSet {} success",
                name(own)
            );
            record(
                core,
                own,
                Source::controller(COMPONENT),
                Remark::normal("SuccessfulCreate", &message),
            );
        }
        volumes.retain(|own| text(own, &["name"]) != volume);
        volumes.push(json!({"name": volume, "persistentVolumeClaim": {"claimName": claim_name}}));
    }
    set(&mut pod, &["spec", "volumes"], volumes);
    if super::create_pod(core, own, COMPONENT, pod).is_some() {
        let message = format!("Create Pod {pod_name} in StatefulSet {} successful", name(own));
        record(
            core,
            own,
            Source::controller(COMPONENT),
            Remark::normal("SuccessfulCreate", &message),
        );
    }
}
