//! What of the volumes of a Pod its containers have.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use super::volumes::Volumes;
use crate::object::{at, items, text};

/// Checks what a container has of volumes, as directories and as devices.
pub(super) fn check(container: &Value, volumes: &Volumes<'_>, place: &str, report: &mut Report) {
    mounts(container, volumes, &format!("{place}.volumeMounts"), report);
    devices(container, volumes, &format!("{place}.volumeDevices"), report);
}

fn mounts(container: &Value, volumes: &Volumes<'_>, list: &str, report: &mut Report) {
    let devices = items(container, &["volumeDevices"]);
    let mut paths = BTreeSet::new();
    for (index, mount) in items(container, &["volumeMounts"]).iter().enumerate() {
        let place = format!("{list}[{index}]");
        let (name, path) = (text(mount, &["name"]), text(mount, &["mountPath"]));
        if name.is_empty() {
            report.required(&format!("{place}.name"), "");
        }
        if !volumes.contains_key(name) {
            report.not_found(&format!("{place}.name"), &json!(name));
        }
        if path.is_empty() {
            report.required(&format!("{place}.mountPath"), "");
        }
        if !paths.insert(path) {
            report.invalid(&format!("{place}.mountPath"), &json!(path), "must be unique");
        }
        if devices.iter().any(|device| text(device, &["name"]) == name) {
            let detail = "must not already exist in volumeDevices";
            report.invalid(&format!("{place}.name"), &json!(name), detail);
        }
        if devices.iter().any(|device| text(device, &["devicePath"]) == path) {
            let detail = "must not already exist as a path in volumeDevices";
            report.invalid(&format!("{place}.mountPath"), &json!(path), detail);
        }
        // The real server leaves out which of the mounts these are about.
        sub_paths(mount, list, &place, report);
        propagation(mount, container, &format!("{list}.mountPropagation"), report);
        read_only(mount, &format!("{list}.recursiveReadOnly"), report);
    }
}

fn sub_paths(mount: &Value, list: &str, place: &str, report: &mut Report) {
    let (path, expression) = (text(mount, &["subPath"]), text(mount, &["subPathExpr"]));
    let field = format!("{list}.subPath");
    report.formed(&field, path, format::descending_path);
    if !expression.is_empty() && !path.is_empty() {
        let detail = "subPathExpr and subPath are mutually exclusive";
        report.invalid(&format!("{place}.subPathExpr"), &json!(expression), detail);
    }
    report.formed(&format!("{field}Expr"), expression, format::descending_path);
}

fn propagation(mount: &Value, container: &Value, field: &str, report: &mut Report) {
    let Some(own) = mount.get("mountPropagation").and_then(Value::as_str) else {
        return;
    };
    report.one_of(field, own, &["Bidirectional", "HostToContainer", "None"]);
    let is_privileged = at(container, &["securityContext", "privileged"]) == Some(&Value::Bool(true));
    if own == "Bidirectional" && !is_privileged {
        let detail = "Bidirectional mount propagation is available only to privileged containers";
        report.forbidden(field, detail);
    }
}

fn read_only(mount: &Value, field: &str, report: &mut Report) {
    match mount.get("recursiveReadOnly").and_then(Value::as_str) {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if mount.get("readOnly") != Some(&Value::Bool(true)) {
                report.forbidden(field, "may only be specified when readOnly is true");
            }
            if !matches!(text(mount, &["mountPropagation"]), "" | "None") {
                let detail = "may only be specified when mountPropagation is None or not specified";
                report.forbidden(field, detail);
            }
        }
        Some(other) => report.one_of(field, other, &["Disabled", "Enabled", "IfPossible"]),
    }
}

fn devices(container: &Value, volumes: &Volumes<'_>, list: &str, report: &mut Report) {
    let mounts = items(container, &["volumeMounts"]);
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for (index, device) in items(container, &["volumeDevices"]).iter().enumerate() {
        let place = format!("{list}[{index}]");
        let (name, path) = (text(device, &["name"]), text(device, &["devicePath"]));
        let (name_field, path_field) = (format!("{place}.name"), format!("{place}.devicePath"));
        if name.is_empty() {
            report.required(&name_field, "");
        } else if !names.insert(name) {
            report.invalid(&name_field, &json!(name), "must be unique");
        }
        match volumes.get(name) {
            None => report.not_found(&name_field, &json!(name)),
            Some(volume)
                if volume
                    .get("persistentVolumeClaim")
                    .or(volume.get("ephemeral"))
                    .is_none() =>
            {
                let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                report.invalid(&name_field, &json!(name), detail);
            }
            Some(_) => {}
        }
        if path.is_empty() {
            report.required(&path_field, "");
        }
        if paths.contains(path) {
            report.invalid(&path_field, &json!(path), "must be unique");
        }
        if path.split('/').any(|part| part == "..") {
            report.invalid(&path_field, &json!(path), "can not contain backsteps ('..')");
        } else {
            paths.insert(path);
        }
        if mounts.iter().any(|mount| text(mount, &["name"]) == name) {
            let detail = "must not already exist in volumeMounts";
            report.invalid(&name_field, &json!(name), detail);
        }
        if mounts.iter().any(|mount| text(mount, &["mountPath"]) == path) {
            let detail = "must not already exist as a path in volumeMounts";
            report.invalid(&path_field, &json!(path), detail);
        }
    }
}
