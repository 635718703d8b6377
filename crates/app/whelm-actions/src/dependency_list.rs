//! `dependency list`: what a chart depends on, and what of it lies in its `charts/` folder.
//!
//! Source: Helm 4.3.1, `pkg/action/dependency.go`.

use std::path::Path;

use go_semver::{Constraints, Version};
use go_value::strconv::quote;
use whelm_chart::{Chart, Dependency, Log};

use crate::Error;
use crate::show::show_at;

/// The dependencies of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DependencyList {
    /// It declares none, not even an empty list.
    Undeclared,
    /// What it declares, and a line for each chart in `charts/` that it does not, or that is no chart.
    Declared {
        /// One for each dependency, in the order of `Chart.yaml`.
        rows: Vec<DependencyRow>,
        /// The lines, in the order of the files.
        warnings: Vec<String>,
    },
}

/// A dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyRow {
    /// Its name.
    pub name: String,
    /// Its version or range.
    pub version: String,
    /// Its repository.
    pub repository: String,
    /// How it is there: `ok`, `unpacked`, `missing`, `wrong version`, …
    pub status: &'static str,
}

/// Lists the dependencies of the chart at `path`.
///
/// # Errors
/// The chart cannot be loaded.
pub fn dependency_list(path: &str, log: &mut Log) -> Result<DependencyList, Error> {
    let chart = show_at(path, log)?;
    if chart.metadata.dependencies.is_none() {
        return Ok(DependencyList::Undeclared);
    }
    let files = files(&format!("{path}/charts"));
    let rows = chart.metadata.dependencies().map(|dependency| DependencyRow {
        name: dependency.name.clone(),
        version: dependency.version.clone(),
        repository: dependency.repository.clone(),
        status: status(dependency, &chart, &files, log),
    });
    let rows = rows.collect();
    let mut warnings = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.ends_with(".tgz") || Path::new(file).is_dir())
    {
        let quoted = quote(file.as_bytes());
        match show_at(file, log) {
            Err(_) => warnings.push(format!("WARNING: {quoted} is not a chart.")),
            Ok(found)
                if chart
                    .metadata
                    .dependencies()
                    .any(|dependency| dependency.name == found.name()) => {}
            Ok(_) => warnings.push(format!("WARNING: {quoted} is not in Chart.yaml.")),
        }
    }
    Ok(DependencyList::Declared { rows, warnings })
}

/// The paths in a folder, sorted.
fn files(folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let folder = folder.strip_prefix("./").unwrap_or(folder);
    let mut files: Vec<String> = entries
        .flatten()
        .map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy()))
        .collect();
    files.sort();
    files
}

fn status(dependency: &Dependency, chart: &Chart, files: &[String], log: &mut Log) -> &'static str {
    let prefix = format!("{}-", dependency.name);
    let middle = |file: &String| -> Option<String> {
        let name = file.rsplit('/').next()?;
        Some(name.strip_prefix(&prefix)?.strip_suffix(".tgz")?.to_owned())
    };
    let archives: Vec<(&String, String)> = files.iter().filter_map(|file| Some((file, middle(file)?))).collect();
    let archive = match archives.as_slice() {
        [] => None,
        [(file, _)] => Some(*file),
        several => {
            let mut versioned = several
                .iter()
                .filter(|(_, version)| Version::parse_strict(version).is_ok());
            match (versioned.next(), versioned.next()) {
                (Some(_), Some(_)) => return "too many matches",
                (first, _) => first.map(|(file, _)| *file),
            }
        }
    };
    if let Some(archive) = archive.filter(|archive| Path::new(archive).exists()) {
        return archive_status(archive, dependency, log);
    }
    let found = chart
        .dependencies()
        .iter()
        .rev()
        .find(|item| item.name() == dependency.name);
    match found {
        None => "missing",
        Some(found) => version_problem(&found.metadata.version, dependency).unwrap_or("unpacked"),
    }
}

fn archive_status(archive: &str, dependency: &Dependency, log: &mut Log) -> &'static str {
    match show_at(archive, log) {
        Err(_) => "corrupt",
        Ok(chart) if chart.name() != dependency.name => "misnamed",
        Ok(chart) => version_problem(&chart.metadata.version, dependency).unwrap_or("ok"),
    }
}

fn version_problem(version: &str, dependency: &Dependency) -> Option<&'static str> {
    if version == dependency.version {
        return None;
    }
    match (Constraints::parse(&dependency.version), Version::parse(version)) {
        (Ok(constraints), Ok(version)) => (!constraints.check(&version)).then_some("wrong version"),
        _ => Some("invalid version"),
    }
}
