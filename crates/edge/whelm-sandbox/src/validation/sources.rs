//! Where PersistentVolumes keep their data.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{int, items, text};

/// The kinds of storage, in the order in which the real server looks at them, with their places in its words.
const KINDS: [(&str, &str, &str); 22] = [
    ("hostPath", "hostPath", "hostPath"),
    ("gcePersistentDisk", "gcePersistentDisk", "persistentDisk"),
    ("awsElasticBlockStore", "awsElasticBlockStore", "awsElasticBlockStore"),
    ("glusterfs", "glusterfs", "glusterfs"),
    ("flocker", "flocker", "flocker"),
    ("nfs", "nfs", "nfs"),
    ("rbd", "rbd", "rbd"),
    ("quobyte", "quobyte", "quobyte"),
    ("cephfs", "cephFS", "cephfs"),
    ("iscsi", "iscsi", "iscsi"),
    ("cinder", "cinder", "cinder"),
    ("fc", "fc", "fc"),
    ("flexVolume", "", "flexVolume"),
    ("azureFile", "azureFile", "azureFile"),
    ("vsphereVolume", "vsphereVolume", "vsphereVolume"),
    ("photonPersistentDisk", "photonPersistentDisk", "photonPersistentDisk"),
    ("portworxVolume", "portworxVolume", "portworxVolume"),
    ("azureDisk", "azureDisk", "azureDisk"),
    ("scaleIO", "scaleIO", "scaleIO"),
    ("local", "local", "local"),
    ("storageos", "storageos", "storageos"),
    ("csi", "csi", "csi"),
];

/// Returns the fields of the kinds of storage.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(field, _, _)| *field)
}

/// Checks that a volume has one source, and that source.
pub(super) fn check(spec: &Value, name: &str, place: &str, report: &mut Report) {
    let mut found = false;
    for (field, word, own) in KINDS {
        let Some(source) = spec.get(field) else { continue };
        if found && !word.is_empty() {
            report.forbidden(&format!("{place}.{word}"), "may not specify more than 1 volume type");
            continue;
        }
        found = true;
        let own = format!("{place}.{own}");
        needed(source, field, &own, report);
        special(source, field, name, &own, report);
        if field == "local" && spec.get("nodeAffinity").is_none() {
            report.required(&format!("{place}.nodeAffinity"), "Local volume requires node affinity");
        }
    }
    if !found {
        report.required(place, "must specify a volume type");
    }
}

/// Checks a source that a Pod has itself.
pub(super) fn of_pod(kind: &str, source: &Value, name: &str, place: &str, report: &mut Report) {
    let word = KINDS.iter().find(|(field, _, _)| *field == kind);
    let place = format!("{place}.{}", word.map_or(kind, |(_, _, own)| own));
    needed(source, kind, &place, report);
    if matches!(kind, "cinder" | "storageos") {
        // Its Secret is one of the Pod's namespace.
        let secret = source.get("secretRef");
        if secret.is_some_and(|secret| text(secret, &["name"]).is_empty()) {
            report.required(&format!("{place}.secretRef.name"), "");
        }
        return;
    }
    special(source, kind, name, &place, report);
}

/// The fields that must not be empty.
fn needed(source: &Value, kind: &str, place: &str, report: &mut Report) {
    let texts: &[&str] = match kind {
        "hostPath" | "local" => &["path"],
        "gcePersistentDisk" => &["pdName"],
        "awsElasticBlockStore" | "cinder" | "portworxVolume" => &["volumeID"],
        "glusterfs" => &["endpoints", "path"],
        "nfs" => &["server", "path"],
        "flexVolume" => &["driver"],
        "azureFile" => &["secretName", "shareName"],
        "azureDisk" => &["diskName", "diskURI"],
        "vsphereVolume" => &["volumePath"],
        "photonPersistentDisk" => &["pdID"],
        "scaleIO" => &["gateway", "system", "volumeName"],
        _ => &[],
    };
    for field in texts {
        if text(source, &[field]).is_empty() {
            report.required(&format!("{place}.{field}"), "");
        }
    }
    if matches!(kind, "rbd" | "cephfs") && items(source, &["monitors"]).is_empty() {
        report.required(&format!("{place}.monitors"), "");
    }
    if kind == "rbd" && text(source, &["image"]).is_empty() {
        report.required(&format!("{place}.image"), "");
    }
}

fn special(source: &Value, kind: &str, name: &str, place: &str, report: &mut Report) {
    match kind {
        "hostPath" => host_path(source, place, report),
        "local" => no_steps_back(source, place, report),
        "gcePersistentDisk" | "awsElasticBlockStore" => partition(source, place, report),
        "glusterfs" => endpoints_namespace(source, place, report),
        "flocker" => flocker(source, place, report),
        "nfs" if !text(source, &["path"]).starts_with('/') => {
            let path = json!(text(source, &["path"]));
            report.invalid(&format!("{place}.path"), &path, "must be an absolute path");
        }
        "quobyte" => quobyte(source, place, report),
        "iscsi" => iscsi(source, name, place, report),
        "cinder" => secret_parts(source, place, report),
        "fc" => fibre_channel(source, place, report),
        "flexVolume" => flex_options(source, place, report),
        "azureFile" if source.get("secretNamespace") == Some(&json!("")) => {
            report.required(&format!("{place}.secretNamespace"), "");
        }
        "azureDisk" => azure_disk(source, place, report),
        "storageos" => {
            report.named(
                &format!("{place}.volumeName"),
                text(source, &["volumeName"]),
                format::label,
            );
            let namespace = text(source, &["volumeNamespace"]);
            report.formed(&format!("{place}.volumeNamespace"), namespace, format::label);
            secret_parts(source, place, report);
        }
        "csi" => driver(source, place, report),
        _ => {}
    }
}

/// Checks a path on the disk of a node.
pub(super) fn host_path(source: &Value, place: &str, report: &mut Report) {
    const TYPES: [&str; 8] = [
        "",
        "BlockDevice",
        "CharDevice",
        "Directory",
        "DirectoryOrCreate",
        "File",
        "FileOrCreate",
        "Socket",
    ];
    if text(source, &["path"]).is_empty() {
        return;
    }
    no_steps_back(source, place, report);
    if let Some(kind) = source.get("type").and_then(Value::as_str) {
        report.one_of(&format!("{place}.type"), kind, &TYPES);
    }
}

fn no_steps_back(source: &Value, place: &str, report: &mut Report) {
    let path = text(source, &["path"]);
    if path.split('/').any(|part| part == "..") {
        report.invalid(&format!("{place}.path"), &json!(path), "must not contain '..'");
    }
}

fn partition(source: &Value, place: &str, report: &mut Report) {
    let number = int(source, &["partition"]).unwrap_or(0);
    let findings = format::in_range(number, 0, 255);
    report.findings(&format!("{place}.partition"), &json!(number), findings);
}

fn endpoints_namespace(source: &Value, place: &str, report: &mut Report) {
    let Some(namespace) = source.get("endpointsNamespace").and_then(Value::as_str) else {
        return;
    };
    let field = format!("{place}.endpointsNamespace");
    if namespace.is_empty() {
        let detail = "if the endpointnamespace is set, it must be a valid namespace name";
        report.invalid(&field, &json!(namespace), detail);
    } else {
        report.findings(&field, &json!(namespace), format::label(namespace));
    }
}

fn flocker(source: &Value, place: &str, report: &mut Report) {
    let (name, id) = (text(source, &["datasetName"]), text(source, &["datasetUUID"]));
    match (name.is_empty(), id.is_empty()) {
        (true, true) => report.required(place, "one of datasetName and datasetUUID is required"),
        (false, false) => {
            let detail = "datasetName and datasetUUID can not be specified simultaneously";
            report.invalid(place, &json!("resource"), detail);
        }
        _ => {}
    }
    if name.contains('/') {
        report.invalid(&format!("{place}.datasetName"), &json!(name), "must not contain '/'");
    }
}

fn quobyte(source: &Value, place: &str, report: &mut Report) {
    let detail = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, field) = (text(source, &["registry"]), format!("{place}.registry"));
    if registry.is_empty() {
        report.required(&field, detail);
    } else if text(source, &["tenant"]).len() >= 65 {
        let detail = "must be a UUID and may not exceed a length of 64 characters";
        report.required(&format!("{place}.tenant"), detail);
    } else {
        let is_pair = |pair: &str| {
            pair.rsplit_once(':')
                .is_some_and(|(host, _)| !host.contains(':') || (host.starts_with('[') && host.ends_with(']')))
        };
        for _ in registry.split(',').filter(|pair| !is_pair(pair)) {
            report.invalid(&field, &json!(registry), detail);
        }
    }
    if text(source, &["volume"]).is_empty() {
        report.required(&format!("{place}.volume"), "");
    }
}

/// Says whether a text names an iSCSI node.
fn is_iscsi_name(text: &str) -> bool {
    let hex = |text: &str, lengths: &[usize]| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if let Some(rest) = text.strip_prefix("iqn.") {
        let (date, rest) = rest.split_at_checked(7).unwrap_or_default();
        let is_date = date.bytes().enumerate().all(|(index, byte)| match index {
            4 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        return date.len() == 7 && is_date && rest.starts_with('.') && rest.len() > 1;
    }
    text.strip_prefix("eui.").is_some_and(|rest| hex(rest, &[16]))
        || text.strip_prefix("naa.").is_some_and(|rest| hex(rest, &[32, 16]))
}

fn iscsi(source: &Value, name: &str, place: &str, report: &mut Report) {
    let portal = text(source, &["targetPortal"]);
    let initiator = source.get("initiatorName").and_then(Value::as_str);
    if portal.is_empty() {
        report.required(&format!("{place}.targetPortal"), "");
    }
    if initiator.is_some() && name.len() + 1 + portal.len() > 64 {
        let detail = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if \
            iscsi.initiatorName is specified.";
        report.invalid(&format!("{place}.targetportal"), &json!(portal), detail);
    }
    let target = text(source, &["iqn"]);
    if target.is_empty() {
        report.required(&format!("{place}.iqn"), "");
    } else if !is_iscsi_name(target) {
        report.invalid(&format!("{place}.iqn"), &json!(target), "must be valid format");
    }
    let number = int(source, &["lun"]).unwrap_or(0);
    report.findings(
        &format!("{place}.lun"),
        &json!(number),
        format::in_range(number, 0, 255),
    );
    let is_on = |field: &str| source.get(field) == Some(&Value::Bool(true));
    let secret = source.get("secretRef");
    if (is_on("chapAuthDiscovery") || is_on("chapAuthSession")) && secret.is_none() {
        report.required(&format!("{place}.secretRef"), "");
    }
    if secret.is_some_and(|secret| text(secret, &["name"]).is_empty()) {
        report.required(&format!("{place}.secretRef.name"), "");
    }
    if let Some(own) = initiator.filter(|own| !is_iscsi_name(own)) {
        report.invalid(&format!("{place}.initiatorname"), &json!(own), "must be valid format");
    }
}

fn secret_parts(source: &Value, place: &str, report: &mut Report) {
    let Some(secret) = source.get("secretRef") else { return };
    for field in ["name", "namespace"] {
        if text(secret, &[field]).is_empty() {
            report.required(&format!("{place}.secretRef.{field}"), "");
        }
    }
}

fn fibre_channel(source: &Value, place: &str, report: &mut Report) {
    let (targets, wide) = (items(source, &["targetWWNs"]), items(source, &["wwids"]));
    let field = format!("{place}.targetWWNs");
    if targets.is_empty() && wide.is_empty() {
        report.required(&field, "must specify either targetWWNs or wwids, but not both");
    }
    if targets.is_empty() {
        return;
    }
    if !wide.is_empty() {
        let detail = "targetWWNs and wwids can not be specified simultaneously";
        report.invalid(&field, &json!(targets), detail);
    }
    let field = format!("{place}.lun");
    match int(source, &["lun"]) {
        None => report.required(&field, "lun is required if targetWWNs is specified"),
        Some(number) => report.findings(&field, &json!(number), format::in_range(number, 0, 255)),
    }
}

fn flex_options(source: &Value, place: &str, report: &mut Report) {
    let options = source.get("options").and_then(Value::as_object);
    for (key, _) in options.into_iter().flatten() {
        let namespace = key.split_once('/').map_or(key.as_str(), |(namespace, _)| namespace);
        let namespace = format!(".{}", namespace.to_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            let detail = "kubernetes.io and k8s.io namespaces are reserved";
            report.invalid(&format!("{place}.options[{key}]"), &json!(key), detail);
        }
    }
}

fn azure_disk(source: &Value, place: &str, report: &mut Report) {
    if let Some(mode) = source.get("cachingMode").and_then(Value::as_str) {
        let modes = ["None", "ReadOnly", "ReadWrite"];
        report.one_of(&format!("{place}.cachingMode"), mode, &modes);
    }
    let Some(kind) = source.get("kind").and_then(Value::as_str) else {
        return;
    };
    report.one_of(&format!("{place}.kind"), kind, &["Dedicated", "Managed", "Shared"]);
    let uri = text(source, &["diskURI"]);
    let (start, form) = if kind == "Managed" {
        (
            "/subscriptions/",
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
        )
    } else {
        (
            "https://",
            "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",
        )
    };
    if !uri.starts_with(start) {
        report.unsupported(&format!("{place}.diskURI"), &json!(uri), &[form]);
    }
}

fn driver(source: &Value, place: &str, report: &mut Report) {
    report.driver(&format!("{place}.driver"), text(source, &["driver"]));
    if text(source, &["volumeHandle"]).is_empty() {
        report.required(&format!("{place}.volumeHandle"), "");
    }
    for field in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        if let Some(secret) = source.get(field) {
            let place = format!("{place}.{field}");
            report.named(&format!("{place}.name"), text(secret, &["name"]), format::subdomain);
            report.named(
                &format!("{place}.namespace"),
                text(secret, &["namespace"]),
                format::label,
            );
        }
    }
}
