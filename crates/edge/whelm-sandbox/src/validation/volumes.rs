//! The volumes of Pods.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::report::Report;
use super::{files, format, metadata, persistent, sources};
use crate::object::{items, text};
use crate::quantity::Quantity;

/// Volumes by their names.
pub(super) type Volumes<'a> = BTreeMap<&'a str, &'a Value>;

/// Checks volumes and returns those that are right.
pub(super) fn check<'a>(volumes: &'a [Value], pod: &Value, place: &str, report: &mut Report) -> Volumes<'a> {
    let mut right = Volumes::new();
    for (index, volume) in volumes.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let before = report.0.len();
        source(volume, pod, &place, report);
        let (name, field) = (text(volume, &["name"]), format!("{place}.name"));
        report.named(&field, name, format::label);
        if right.contains_key(name) {
            report.duplicate(&field, &json!(name));
        }
        if report.0.len() == before {
            right.insert(name, volume);
        }
        made_claim(volume, volumes, pod, &place, report);
    }
    right
}

/// A volume is not a claim that is made for another volume.
fn made_claim(volume: &Value, volumes: &[Value], pod: &Value, place: &str, report: &mut Report) {
    let claim = text(volume, &["persistentVolumeClaim", "claimName"]);
    let pod = crate::object::name(pod);
    let is_made = |own: &Value| own.get("ephemeral").is_some() && format!("{pod}-{}", text(own, &["name"])) == claim;
    if !claim.is_empty() && !pod.is_empty() && volumes.iter().any(is_made) {
        let detail = "must not reference a PVC that gets created for an ephemeral volume";
        let field = format!("{place}.persistentVolumeClaim.claimName");
        report.invalid(&field, &json!(claim), detail);
    }
}

/// The kinds of volumes, in the order in which the real server looks at them, with their places in its words.
const KINDS: [(&str, &str); 30] = [
    ("emptyDir", "emptyDir"),
    ("hostPath", "hostPath"),
    ("gitRepo", "gitRepo"),
    ("gcePersistentDisk", "persistentDisk"),
    ("awsElasticBlockStore", "awsElasticBlockStore"),
    ("secret", "secret"),
    ("nfs", "nfs"),
    ("iscsi", "iscsi"),
    ("glusterfs", "glusterfs"),
    ("persistentVolumeClaim", "persistentVolumeClaim"),
    ("rbd", "rbd"),
    ("cinder", "cinder"),
    ("cephfs", "cephfs"),
    ("quobyte", "quobyte"),
    ("downwardAPI", "downwarAPI"),
    ("fc", "fc"),
    ("flexVolume", "flexVolume"),
    ("configMap", "configMap"),
    ("azureFile", "azureFile"),
    ("flocker", "flocker"),
    ("vsphereVolume", "vsphereVolume"),
    ("portworxVolume", "portworxVolume"),
    ("azureDisk", "azureDisk"),
    ("storageos", "storageos"),
    ("photonPersistentDisk", "photonPersistentDisk"),
    ("projected", "projected"),
    ("scaleIO", "scaleIO"),
    ("csi", "csi"),
    ("ephemeral", "ephemeral"),
    ("image", "image"),
];

fn source(volume: &Value, pod: &Value, place: &str, report: &mut Report) {
    let mut found = false;
    for (kind, word) in KINDS {
        let Some(source) = volume.get(kind) else { continue };
        if found {
            report.forbidden(&format!("{place}.{word}"), "may not specify more than 1 volume type");
            continue;
        }
        found = true;
        one_source(kind, source, volume, pod, place, report);
    }
    if !found {
        report.required(place, "must specify a volume type");
    }
}

fn one_source(kind: &str, source: &Value, volume: &Value, pod: &Value, place: &str, report: &mut Report) {
    let own = format!("{place}.{kind}");
    match kind {
        "emptyDir" => empty(source, &own, report),
        "gitRepo" => {
            if text(source, &["repository"]).is_empty() {
                report.required(&format!("{own}.repository"), "");
            }
            let folder = text(source, &["directory"]);
            report.formed(&format!("{own}.directory"), folder, format::descending_path);
        }
        "secret" => files::of_keys(source, "secretName", &own, report),
        "configMap" => files::of_keys(source, "name", &own, report),
        "downwardAPI" => files::of_pod(source, &own, report),
        "projected" => files::projected(source, &own, report),
        "persistentVolumeClaim" => {
            if text(source, &["claimName"]).is_empty() {
                report.required(&format!("{own}.claimName"), "");
            }
        }
        "csi" => {
            report.driver(&format!("{own}.driver"), text(source, &["driver"]));
            if let Some(secret) = source.get("nodePublishSecretRef") {
                let name = text(secret, &["name"]);
                if name.is_empty() {
                    report.required(&format!("{own}.nodePublishSecretRef.name"), "");
                }
                report.formed(&format!("{own}.name"), name, format::subdomain);
            }
        }
        "ephemeral" => ephemeral(source, volume, pod, place, report),
        "image" => {
            if text(source, &["reference"]).is_empty() && pod.is_object() {
                report.required(&format!("{own}.reference"), "");
            }
            let pull = text(source, &["pullPolicy"]);
            if !pull.is_empty() {
                let policies = ["Always", "IfNotPresent", "Never"];
                report.one_of(&format!("{own}.pullPolicy"), pull, &policies);
            }
        }
        _ => sources::of_pod(kind, source, text(volume, &["name"]), place, report),
    }
}

fn empty(source: &Value, place: &str, report: &mut Report) {
    let limit = source.get("sizeLimit");
    let amount = limit
        .and_then(Value::as_str)
        .and_then(|text| Quantity::parse(text).ok());
    if let (Some(limit), true) = (limit, amount.is_some_and(Quantity::is_negative)) {
        let detail = "SizeLimit field must be a valid resource quantity";
        let _ = limit;
        report.forbidden(&format!("{place}.sizeLimit"), detail);
    }
}

fn ephemeral(source: &Value, volume: &Value, pod: &Value, place: &str, report: &mut Report) {
    let own = format!("{place}.ephemeral.volumeClaimTemplate");
    match source.get("volumeClaimTemplate") {
        None => report.required(&own, ""),
        Some(template) => {
            let nothing = Value::Null;
            let meta = template.get("metadata").unwrap_or(&nothing);
            let labels = metadata::labels(meta, &format!("{own}.metadata.labels"), "labels");
            report.0.extend(labels);
            let spec = template.get("spec").unwrap_or(&nothing);
            persistent::claim(spec, &format!("{own}.spec"), report);
        }
    }
    let (pod, name) = (crate::object::name(pod), text(volume, &["name"]));
    if !pod.is_empty() && !name.is_empty() {
        let claim = format!("{pod}-{name}");
        for finding in format::subdomain(&claim) {
            let detail = format!("PVC name \"{claim}\": {finding}");
            report.invalid(&format!("{place}.ephemeral.name"), &json!(name), &detail);
        }
    }
}

/// The variables of containers that files hold name volumes that are empty at first.
pub(super) fn of_variables(spec: &Value, place: &str, report: &mut Report) {
    let volumes: BTreeMap<&str, &Value> = items(spec, &["volumes"])
        .iter()
        .map(|own| (text(own, &["name"]), own))
        .collect();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            for (number, variable) in items(container, &["env"]).iter().enumerate() {
                let Some(own) = crate::object::at(variable, &["valueFrom", "fileKeyRef"]) else {
                    continue;
                };
                let name = text(own, &["volumeName"]);
                let field = format!("{place}.{list}[{index}].env[{number}].valueFrom.fileKeyRef.volumeName");
                match volumes.get(name) {
                    None => report.not_found(&field, &json!(name)),
                    Some(volume) if volume.get("emptyDir").is_none() => {
                        let detail = "referenced volume must be of type emptyDir";
                        report.invalid(&field, &json!(name), detail);
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// The names of things in a list.
pub(super) fn names(list: &[Value]) -> BTreeSet<&str> {
    list.iter()
        .map(|own| text(own, &["name"]))
        .filter(|name| !name.is_empty())
        .collect()
}
