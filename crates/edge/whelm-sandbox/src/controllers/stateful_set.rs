//! StatefulSets: Pods with numbers, and claims of their own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{controller_reference, create, delete, is_ready, owned, pod_from_template, set_status, template_hash};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, items, name, namespace, set, text};
use crate::store::Key;

const HASH: &str = "controller-revision-hash";

pub(super) fn reconcile(core: &mut Core, key: &Key, own: &Arc<Value>) {
    let pods = Resource::new("", "pods");
    let template = at(own, &["spec", "template"]).cloned().unwrap_or_default();
    let revision = format!("{}-{}", name(own), template_hash(&template));
    keep_revision(core, own, &template, &revision);
    let wanted = int(own, &["spec", "replicas"])
        .unwrap_or(1)
        .clamp(0, super::replica_set::MOST_PODS);
    let start = int(own, &["spec", "ordinals", "start"]).unwrap_or(0);
    let names: Vec<String> = (start..start + wanted)
        .map(|index| format!("{}-{index}", name(own)))
        .collect();
    for pod in owned(core, own, &pods) {
        let is_current = text(&pod, &["metadata", "labels", HASH]) == revision;
        if !names.iter().any(|wanted| wanted == name(&pod)) || !is_current {
            delete(core, &Key::of(&pods, &pod));
        }
    }
    for (index, pod_name) in (start..).zip(&names) {
        if core.store.get(&Key::new(&pods, namespace(own), pod_name)).is_none() {
            create_pod(core, own, &template, &revision, pod_name, index);
        }
    }
    let present = owned(core, own, &pods);
    let ready = present.iter().filter(|pod| is_ready(pod)).count();
    let mut status = json!({
        "observedGeneration": int(own, &["metadata", "generation"]), "replicas": present.len(),
        "availableReplicas": ready, "currentRevision": revision, "updateRevision": revision, "collisionCount": 0,
    });
    for (field, count) in [
        ("readyReplicas", ready),
        ("currentReplicas", present.len()),
        ("updatedReplicas", present.len()),
    ] {
        if count > 0 {
            set(&mut status, &[field], count);
        }
    }
    set_status(core, key, status);
}

fn keep_revision(core: &mut Core, own: &Value, template: &Value, revision: &str) {
    let revisions = Resource::new("apps", "controllerrevisions");
    if core
        .store
        .get(&Key::new(&revisions, namespace(own), revision))
        .is_some()
    {
        return;
    }
    let number = owned(core, own, &revisions).len() + 1;
    let object = json!({
        "metadata": {"name": revision, "ownerReferences": controller_reference(own),
            "labels": at(template, &["metadata", "labels"])},
        "data": {"spec": {"template": template}}, "revision": number,
    });
    create(core, &revisions, namespace(own), object);
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
        create(core, &claims, namespace(own), claim);
        volumes.retain(|own| text(own, &["name"]) != volume);
        volumes.push(json!({"name": volume, "persistentVolumeClaim": {"claimName": claim_name}}));
    }
    set(&mut pod, &["spec", "volumes"], volumes);
    create(core, &Resource::new("", "pods"), namespace(own), pod);
}
