//! The volumes of Pods.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::text;

/// Checks volumes and returns their names.
pub(super) fn check(volumes: &[Value], place: &str, report: &mut Report) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (index, volume) in volumes.iter().enumerate() {
        let place = format!("{place}[{index}]");
        source(volume, &place, report);
        let (name, field) = (text(volume, &["name"]), format!("{place}.name"));
        if name.is_empty() {
            report.required(&field, "");
        } else {
            report.findings(&field, &json!(name), format::label(name));
        }
        if !names.insert(name.to_owned()) {
            report.duplicate(&field, &json!(name));
        }
    }
    names
}

/// Sources, and the field of each that must be there.
const SOURCES: &[(&str, &str)] = &[
    ("emptyDir", ""),
    ("hostPath", "path"),
    ("gitRepo", "repository"),
    ("secret", "secretName"),
    ("persistentVolumeClaim", "claimName"),
    ("configMap", "name"),
    ("nfs", "path"),
    ("downwardAPI", ""),
    ("projected", ""),
    ("csi", "driver"),
    ("ephemeral", ""),
    ("image", ""),
];

fn source(volume: &Value, place: &str, report: &mut Report) {
    let mut count = 0;
    for (kind, needed) in SOURCES {
        let Some(source) = volume.get(*kind) else { continue };
        count += 1;
        if count > 1 {
            report.forbidden(&format!("{place}.{kind}"), "may not specify more than 1 volume type");
            continue;
        }
        if !needed.is_empty() && text(source, &[needed]).is_empty() {
            report.required(&format!("{place}.{kind}.{needed}"), "");
        }
    }
}
