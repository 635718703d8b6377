//! The rules about `crds/`: plain YAML, and nothing but definitions of custom resources.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/crds.go`.

use crate::object::{Object, objects};
use crate::{Entry, Folder, Report, Severity};

const PATH: &str = "crds/";

pub(crate) fn check(folder: &Folder<'_>, report: &mut Report) {
    match folder.crds {
        Entry::Missing => return,
        Entry::Directory => {}
        Entry::File(_) => {
            report.check(Severity::Error, PATH, Err("not a directory"));
            return;
        }
    }
    let chart = match &folder.chart {
        Ok(chart) => chart,
        Err(error) => {
            report.check(Severity::Error, PATH, Err(error.as_str()));
            return;
        }
    };
    for crd in chart.crd_objects() {
        let name = crd.name.to_string();
        if !check_file(&name, &crd.file.data, report) {
            return;
        }
    }
}

/// Checks one file; `false` when it is no YAML, which ends the rules for all of them.
fn check_file(name: &str, text: &[u8], report: &mut Report) -> bool {
    for object in objects(text) {
        match object {
            Ok(None) => {}
            Ok(Some(object)) => check_object(name, &object, report),
            Err(error) => {
                return report.check(Severity::Error, name, Err(format!("unable to parse YAML: {error}")));
            }
        }
    }
    true
}

fn check_object(name: &str, object: &Object, report: &mut Report) {
    if !object.api_version.starts_with("apiextensions.k8s.io") {
        report.check(
            Severity::Error,
            name,
            Err("apiVersion is not in 'apiextensions.k8s.io'"),
        );
    }
    if object.kind != "CustomResourceDefinition" {
        report.check(
            Severity::Error,
            name,
            Err("object kind is not 'CustomResourceDefinition'"),
        );
    }
}
