//! `lint`: charts, and with them their subcharts, checked for mistakes.
//!
//! Source: Helm 4.3.1, `pkg/action/lint.go`, `pkg/cmd/lint.go`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use go_value::Map;
use whelm_chart::archive::read_archive;
use whelm_chart::{Log, load_chartfile};
use whelm_host::io_error_text;
use whelm_host::lint_files::LintFiles;
use whelm_lint::{Finding, Options, Severity};
use whelm_render::{Capabilities, KubeVersion, World};

use crate::prepare::Schemas;
use crate::{Context, Error, ValueSources, gather_values};

/// What `lint` is asked for.
#[derive(Clone, Debug)]
pub struct LintRequest {
    /// Folders and archives.
    pub paths: Vec<String>,
    /// `--with-subcharts`
    pub with_subcharts: bool,
    /// The user's values.
    pub values: ValueSources,
    /// The namespace that templates see.
    pub namespace: String,
    /// `--kube-version`
    pub kube_version: Option<KubeVersion>,
    /// What templates see of a cluster.
    pub capabilities: Capabilities,
    /// `--skip-schema-validation`
    pub skip_schema_validation: bool,
}

/// What was found in one chart.
#[derive(Clone, Debug)]
pub struct Linted {
    /// Where the chart is, as it was asked for.
    pub path: String,
    /// What the rules found, in their order; or why they could not begin.
    pub outcome: Result<Vec<Finding>, Error>,
}

impl Linted {
    /// Returns whether there is anything more serious than advice.
    pub fn has_warnings_or_errors(&self) -> bool {
        self.worst().is_none_or(|worst| worst > Severity::Info)
    }

    /// Returns whether the chart counts as failed; warnings fail it too when `strict`.
    pub fn failed(&self, strict: bool) -> bool {
        let limit = if strict { Severity::Warning } else { Severity::Error };
        self.worst().is_none_or(|worst| worst >= limit)
    }

    /// The most serious finding; `None` when the rules could not begin.
    fn worst(&self) -> Option<Severity> {
        let findings = self.outcome.as_ref().ok()?;
        Some(
            findings
                .iter()
                .map(|finding| finding.severity)
                .max()
                .unwrap_or(Severity::Info),
        )
    }
}

/// Checks charts. What Helm would log goes to `log`.
///
/// # Errors
/// The values cannot be read.
pub fn lint(cx: &Context, request: &LintRequest, log: &mut Log) -> Result<Vec<Linted>, Error> {
    let mut paths = request.paths.clone();
    if request.with_subcharts {
        for path in &request.paths {
            add_subcharts(&PathBuf::from(clean(&format!("{path}/charts"))), &mut paths);
        }
    }
    let mut values = gather_values(cx, &request.values)?;
    let lint = |path: String| Linted {
        outcome: lint_one(cx, request, &path, &mut values, log),
        path,
    };
    Ok(paths.into_iter().map(lint).collect())
}

fn clean(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// Adds every chart in `folder` and below, in the order of the names. Links are not followed.
fn add_subcharts(folder: &Path, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let text = entry.to_string_lossy().into_owned();
        if entry.file_name().is_some_and(|name| name == "Chart.yaml") {
            paths.push(folder.to_string_lossy().into_owned());
        } else if is_archive(&text) {
            paths.push(text);
        }
        if fs::symlink_metadata(&entry).is_ok_and(|about| about.is_dir()) {
            add_subcharts(&entry, paths);
        }
    }
}

fn is_archive(path: &str) -> bool {
    path.ends_with(".tgz") || path.ends_with(".tar.gz")
}

fn lint_one(
    cx: &Context,
    request: &LintRequest,
    path: &str,
    values: &mut Map,
    log: &mut Log,
) -> Result<Vec<Finding>, Error> {
    let unpacked = if is_archive(path) {
        Some(Unpacked::new(path)?)
    } else {
        None
    };
    let folder = unpacked
        .as_ref()
        .map_or_else(|| PathBuf::from(path), |unpacked| unpacked.chart.clone());
    let chart_yaml = PathBuf::from(clean(&format!("{}/Chart.yaml", folder.display())));
    fs::metadata(&chart_yaml).map_err(|error| {
        let place = chart_yaml.display();
        Error::new(format!(
            "unable to check Chart.yaml file in chart: stat {place}: {}",
            io_error_text(&error)
        ))
    })?;
    let files = LintFiles::read(&folder);
    let options = Options {
        values,
        namespace: &request.namespace,
        kube_version: request.kube_version.as_ref(),
        capabilities: &request.capabilities,
        skip_schema_validation: request.skip_schema_validation,
    };
    let mut report = whelm_lint::lint(
        &files.folder(),
        &options,
        &World::new(cx.host.clone()),
        &mut Schemas { cx },
    );
    log.entries.append(&mut report.log.entries);
    *values = report.values;
    Ok(report.findings)
}

/// An archive's files in a folder that goes away with it.
struct Unpacked {
    top: PathBuf,
    chart: PathBuf,
}

impl Unpacked {
    fn new(path: &str) -> Result<Unpacked, Error> {
        let extract = |error: String| Error::new(format!("unable to extract tarball: {error}"));
        let bytes = fs::read(path).map_err(|error| {
            Error::new(format!(
                "unable to open tarball: open {path}: {}",
                io_error_text(&error)
            ))
        })?;
        let files = read_archive(&bytes).map_err(|error| extract(error.to_string()))?;
        let chart_yaml = files.iter().find(|file| file.name == "Chart.yaml");
        let chart_yaml = chart_yaml.ok_or_else(|| extract("chart name not specified".to_owned()))?;
        let metadata = load_chartfile(&chart_yaml.data).map_err(|error| extract(error.to_string()))?;
        if metadata.name.is_empty() || metadata.name.contains('/') || metadata.name.starts_with('.') {
            return Err(extract("chart name not specified".to_owned()));
        }
        let top = temporary_folder();
        let unpacked = Unpacked {
            chart: top.join(&metadata.name),
            top,
        };
        for file in &files {
            // The names have been checked when the archive was read.
            let target = unpacked.chart.join(file.name.to_string_lossy().as_ref());
            let folder = target.parent().unwrap_or(&unpacked.chart);
            let written = fs::create_dir_all(folder).and_then(|()| fs::write(&target, &file.data[..]));
            written.map_err(|error| extract(io_error_text(&error)))?;
        }
        Ok(unpacked)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.top);
    }
}

fn temporary_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("helm-lint{}-{count}", std::process::id()))
}
