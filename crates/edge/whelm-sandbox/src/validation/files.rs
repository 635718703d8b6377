//! Volumes whose files show Secrets, ConfigMaps, the Pod itself and tokens.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::report::Report;
use super::{environment, format, selector};
use crate::object::{int, items, text};

const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";
const TWICE: &str = "conflicting duplicate paths";
/// What of a Pod files can show.
const IN_FILES: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];

fn mode(own: &Value, name: &str, place: &str, report: &mut Report) {
    if let Some(mode) = int(own, &[name]).filter(|mode| !(0..=0o777).contains(mode)) {
        report.invalid(&format!("{place}.{name}"), &json!(mode), MODE);
    }
}

/// Checks a volume that shows a Secret or a ConfigMap.
pub(super) fn of_keys(source: &Value, name: &str, place: &str, report: &mut Report) {
    if text(source, &[name]).is_empty() {
        report.required(&format!("{place}.{name}"), "");
    }
    mode(source, "defaultMode", place, report);
    for (index, item) in items(source, &["items"]).iter().enumerate() {
        key(item, &format!("{place}.items[{index}]"), report);
    }
}

fn key(item: &Value, place: &str, report: &mut Report) {
    if text(item, &["key"]).is_empty() {
        report.required(&format!("{place}.key"), "");
    }
    path(item, "path", place, report);
    mode(item, "mode", place, report);
}

/// Checks a path that must be there.
fn path(own: &Value, name: &str, place: &str, report: &mut Report) {
    let path = text(own, &[name]);
    report.named(&format!("{place}.{name}"), path, format::free_path);
}

/// Checks a volume that shows the Pod.
pub(super) fn of_pod(source: &Value, place: &str, report: &mut Report) {
    mode(source, "defaultMode", place, report);
    for item in items(source, &["items"]) {
        pod_file(item, place, report);
    }
}

fn pod_file(item: &Value, place: &str, report: &mut Report) {
    path(item, "path", place, report);
    match (item.get("fieldRef"), item.get("resourceFieldRef")) {
        (Some(field), resource) => {
            environment::field(field, &IN_FILES, &format!("{place}.fieldRef"), report);
            if resource.is_some() {
                let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                report.invalid(place, &json!("resource"), detail);
            }
        }
        (None, Some(resource)) => {
            environment::resource(resource, true, &format!("{place}.resourceFieldRef"), report);
        }
        (None, None) => report.required(place, "one of fieldRef and resourceFieldRef is required"),
    }
    mode(item, "mode", place, report);
}

/// Checks a volume that shows several things.
pub(super) fn projected(source: &Value, place: &str, report: &mut Report) {
    mode(source, "defaultMode", place, report);
    let mut paths = BTreeSet::new();
    for (index, own) in items(source, &["sources"]).iter().enumerate() {
        projection(own, place, &format!("{place}.sources[{index}]"), &mut paths, report);
    }
}

fn projection<'a>(own: &'a Value, volume: &str, place: &str, paths: &mut BTreeSet<&'a str>, report: &mut Report) {
    let mut count = 0;
    for kind in ["secret", "configMap"] {
        let Some(source) = own.get(kind) else { continue };
        count += 1;
        let place = format!("{place}.{kind}");
        let name = text(source, &["name"]);
        if name.is_empty() {
            report.required(&format!("{place}.name"), "");
        }
        for (index, item) in items(source, &["items"]).iter().enumerate() {
            key(item, &format!("{place}.items[{index}]"), report);
            once(text(item, &["path"]), name, volume, paths, report);
        }
    }
    if let Some(source) = own.get("downwardAPI") {
        count += 1;
        for item in items(source, &["items"]) {
            pod_file(item, &format!("{place}.downwardAPI"), report);
            let path = text(item, &["path"]);
            once(path, path, volume, paths, report);
        }
    }
    if let Some(source) = own.get("serviceAccountToken") {
        count += 1;
        token(source, volume, &format!("{place}.serviceAccountToken"), report);
    }
    if let Some(source) = own.get("clusterTrustBundle") {
        count += 1;
        trust(source, &format!("{place}.clusterTrustBundle"), report);
        let path = text(source, &["path"]);
        once(path, path, volume, paths, report);
    }
    if own.get("podCertificate").is_some() {
        count += 1;
    }
    if count > 1 {
        report.forbidden(place, "may not specify more than 1 volume type per source");
    }
}

/// No path is there twice; what is shown of one that is stands for its source.
fn once<'a>(path: &'a str, shown: &str, volume: &str, paths: &mut BTreeSet<&'a str>, report: &mut Report) {
    if !path.is_empty() && !paths.insert(path) {
        report.invalid(volume, &json!(shown), TWICE);
    }
}

fn token(source: &Value, volume: &str, place: &str, report: &mut Report) {
    let seconds = int(source, &["expirationSeconds"]).unwrap_or(3600);
    let field = format!("{place}.expirationSeconds");
    if seconds < 600 {
        let detail = "may not specify a duration less than 10 minutes";
        report.invalid(&field, &json!(seconds), detail);
    }
    if seconds > 1 << 32 {
        let detail = "may not specify a duration larger than 2^32 seconds";
        report.invalid(&field, &json!(seconds), detail);
    }
    path(source, "path", volume, report);
}

fn trust(source: &Value, place: &str, report: &mut Report) {
    match (source.get("name"), source.get("signerName")) {
        (Some(_), Some(_)) => {
            let detail = "only one of name and signerName may be used";
            report.invalid_as(place, "*@core.ClusterTrustBundleProjection", Some(source), detail);
        }
        (Some(name), None) => {
            let name = name.as_str().unwrap_or_default();
            if name.is_empty() {
                report.required(&format!("{place}.name"), "must be a valid object name");
            }
        }
        (None, Some(_)) => {
            let field = format!("{place}.labelSelector");
            selector::label_selector(source.get("labelSelector"), &field, report);
        }
        (None, None) => report.required(place, "either name or signerName must be specified"),
    }
    path(source, "path", place, report);
}
