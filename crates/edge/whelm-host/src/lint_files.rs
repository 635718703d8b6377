//! What the lint rules need to know of a chart's folder.

use std::fs;
use std::path::{Path, PathBuf};

use go_value::Str;
use whelm_chart::{Chart, Generation, Log};
use whelm_lint::{Entry, Folder};

use crate::chart_folder::{Reading, load_dir_as};

/// The files of a chart that the lint rules look at, read once.
#[derive(Debug)]
pub struct LintFiles {
    path: String,
    chart_yaml: Entry,
    values_yaml: Entry,
    values_schema: Str,
    templates: Entry,
    crds: Entry,
    chart: Result<Chart, String>,
    load_log: Log,
}

impl LintFiles {
    /// Reads the folder `dir`. What is missing or cannot be read is for the rules to say.
    pub fn read(dir: &Path) -> LintFiles {
        let path = std::path::absolute(dir).unwrap_or_else(|_| PathBuf::from(dir));
        let mut load_log = Log::default();
        let chart = load_dir_as(dir, Generation::V2, Reading::AtOnce, &mut load_log);
        LintFiles {
            chart_yaml: entry(&path.join("Chart.yaml")),
            values_yaml: entry(&path.join("values.yaml")),
            values_schema: fs::read(path.join("values.schema.json")).unwrap_or_default().into(),
            templates: kind(&path.join("templates")),
            crds: kind(&path.join("crds")),
            chart: chart.map_err(|error| error.to_string()),
            load_log,
            path: path.to_string_lossy().into_owned(),
        }
    }

    /// The files in the form that the rules take.
    pub fn folder(&self) -> Folder<'_> {
        Folder {
            path: &self.path,
            chart_yaml: self.chart_yaml.clone(),
            values_yaml: self.values_yaml.clone(),
            values_schema: self.values_schema.clone(),
            templates: self.templates.clone(),
            crds: self.crds.clone(),
            chart: self.chart.as_ref().map_err(String::clone),
            load_log: &self.load_log,
        }
    }
}

/// What is at `path`, with the content of a file.
fn entry(path: &Path) -> Entry {
    match kind(path) {
        Entry::File(_) => Entry::File(fs::read(path).unwrap_or_default().into()),
        other => other,
    }
}

/// What is at `path`, following links.
fn kind(path: &Path) -> Entry {
    match fs::metadata(path) {
        Err(_) => Entry::Missing,
        Ok(metadata) if metadata.is_dir() => Entry::Directory,
        Ok(_) => Entry::File(Str::default()),
    }
}
