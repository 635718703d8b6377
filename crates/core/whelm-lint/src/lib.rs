//! A chart to findings: what `helm lint` says about it.
//!
//! [`lint`] runs every rule of Helm 4.3.1 in its order on a [`Folder`], which holds what the caller found in the chart's
//! directory. Rules that need a loaded chart stop at the first thing that keeps it from loading or rendering.
//!
//! What it does not do: it reads no files, unpacks no archives, and knows nothing of `--strict` and `--quiet`, which are about
//! counting and printing findings.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod chartfile;
mod crds;
mod dependencies;
mod deprecated_apis;
mod deprecations;
mod names;
mod object;
mod templates;
mod values;

use std::fmt;

use go_value::{Map, Str};
use whelm_chart::{Chart, Log};
use whelm_render::{Capabilities, KubeVersion, World};
use whelm_values::SchemaLoader;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something that could be better.
    Info,
    /// Against a convention; fails the lint under `--strict`.
    Warning,
    /// Something that will not work; fails the lint.
    Error,
}

/// One thing that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How serious it is.
    pub severity: Severity,
    /// The file or folder, relative to the chart; for dependencies the chart's own absolute path; sometimes empty.
    pub path: String,
    /// Helm's text.
    pub message: String,
}

impl fmt::Display for Finding {
    /// The line that Helm prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        write!(f, "[{severity}] {}: {}", self.path, self.message)
    }
}

/// What stands under a name in the chart's directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    #[default]
    Missing,
    /// A directory.
    Directory,
    /// A file and its content, which only the rules about `Chart.yaml` and `values.yaml` look at.
    File(Str),
}

/// What the rules need to know of a chart's directory.
#[derive(Clone, Debug)]
pub struct Folder<'a> {
    /// The absolute path of the directory.
    pub path: &'a str,
    /// `Chart.yaml`
    pub chart_yaml: Entry,
    /// `values.yaml`
    pub values_yaml: Entry,
    /// The content of `values.schema.json`, empty without one.
    pub values_schema: Str,
    /// `templates`
    pub templates: Entry,
    /// `crds`
    pub crds: Entry,
    /// The loaded chart, or Helm's text of why it does not load.
    pub chart: Result<&'a Chart, String>,
    /// What Helm logs each time it loads the chart: for the rules about templates, and again for those about dependencies.
    pub load_log: &'a Log,
}

/// How to lint.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The user's values.
    pub values: &'a Map,
    /// The namespace that templates see.
    pub namespace: &'a str,
    /// The Kubernetes version of `--kube-version`.
    pub kube_version: Option<&'a KubeVersion>,
    /// What templates see under `.Capabilities`, before `kube_version` is put into it.
    pub capabilities: &'a Capabilities,
    /// Whether values are not checked against schemas.
    pub skip_schema_validation: bool,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The findings in the order of the rules.
    pub findings: Vec<Finding>,
    /// What Helm would write to its log meanwhile.
    pub log: Log,
    /// What the user's values have become; the chart that is linted next sees these.
    pub values: Map,
}

impl Report {
    /// Notes what a check found; tells whether it found nothing.
    fn check(&mut self, severity: Severity, path: &str, outcome: Result<(), impl Into<String>>) -> bool {
        let Err(message) = outcome else { return true };
        self.findings.push(Finding {
            severity,
            path: path.to_owned(),
            message: message.into(),
        });
        false
    }
}

/// Runs all rules on the chart in `folder`.
pub fn lint(folder: &Folder<'_>, options: &Options<'_>, world: &World, schemas: &mut dyn SchemaLoader) -> Report {
    let mut report = Report::default();
    chartfile::check(folder, &mut report);
    let values = values::check(folder, options, schemas, &mut report);
    let options = Options {
        values: &values,
        ..*options
    };
    templates::check(folder, &options, world, schemas, &mut report);
    dependencies::check(folder, &mut report);
    crds::check(folder, &mut report);
    report.values = values;
    report
}
