//! The chart itself.

use std::sync::Arc;

use go_value::{Map, Str};

use crate::{Content, Lock, Metadata};

/// When a file was last changed, in seconds and nanoseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModTime {
    /// Seconds; negative before 1970.
    pub seconds: i64,
    /// Nanoseconds on top, below one thousand million.
    pub nanoseconds: u32,
}

/// A file of a chart. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path relative to the chart, with `/` between its parts.
    pub name: Str,
    /// The contents.
    pub data: Content,
    /// When it was changed; `None` for Go's zero time.
    pub mod_time: Option<ModTime>,
}

/// A file of a chart that is still to be loaded.
pub type BufferedFile = File;

impl File {
    /// Returns a file without a time.
    pub fn new(name: impl Into<Str>, data: impl Into<Content>) -> Self {
        File {
            name: name.into(),
            data: data.into(),
            mod_time: None,
        }
    }
}

/// A file of a `crds/` folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crd {
    /// The path relative to its chart: `crds/a.yaml`.
    pub name: Str,
    /// The path with that of the chart before it: `parent/charts/sub/crds/a.yaml`.
    pub filename: Str,
    /// The file.
    pub file: File,
}

/// A chart and the charts below it.
///
/// Files keep the order in which they were loaded. A clone shares the bytes of files and the values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Every file as it was found, also those of the charts below.
    pub raw: Vec<File>,
    /// What `Chart.yaml` says.
    pub metadata: Metadata,
    /// What `Chart.lock` or `requirements.lock` says.
    pub lock: Option<Lock>,
    /// The files under `templates/`.
    pub templates: Vec<File>,
    /// The default values; `None` when the chart has no `values.yaml`.
    pub values: Option<Arc<Map>>,
    /// The bytes of `values.schema.json`.
    pub schema: Option<Str>,
    /// When the schema was last changed.
    pub schema_mod_time: Option<ModTime>,
    /// All other files.
    pub files: Vec<File>,
    /// When `Chart.yaml` was last changed.
    pub mod_time: Option<ModTime>,
    dependencies: Vec<Chart>,
    /// The path of the parent; empty for a root.
    parent_path: Option<Arc<str>>,
}

impl Chart {
    /// Returns the name that `Chart.yaml` gives, or the alias once dependencies are processed.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Returns the charts below, those disabled included until dependencies are processed.
    pub fn dependencies(&self) -> &[Chart] {
        &self.dependencies
    }

    /// Returns the charts below for changing. Their paths must not be changed.
    pub fn dependencies_mut(&mut self) -> &mut [Chart] {
        &mut self.dependencies
    }

    /// Takes the charts below out of this one.
    pub fn take_dependencies(&mut self) -> Vec<Chart> {
        std::mem::take(&mut self.dependencies)
    }

    /// Adds charts below this one and gives them and what is below them their paths.
    pub fn add_dependencies(&mut self, charts: impl IntoIterator<Item = Chart>) {
        let path: Arc<str> = self.full_path().into();
        for mut chart in charts {
            chart.set_parent_path(&path);
            self.dependencies.push(chart);
        }
    }

    /// Puts charts below this one and gives it the path of its parent, changing the path of no chart below.
    ///
    /// Helm keeps pointers to parents, and its copies of a chart do not reach further down than one level: what is
    /// deeper keeps the path of the original.
    #[must_use]
    pub fn assemble(mut self, dependencies: Vec<Chart>, parent_path: Option<Arc<str>>) -> Chart {
        self.dependencies = dependencies;
        self.parent_path = parent_path;
        self
    }

    /// Puts a chart below this one; its path is wrong until [`Chart::settle_paths`].
    pub(crate) fn push_dependency(&mut self, chart: Chart) {
        self.dependencies.push(chart);
    }

    /// Gives everything below this chart its path.
    pub(crate) fn settle_paths(&mut self) {
        let path: Arc<str> = self.full_path().into();
        for chart in &mut self.dependencies {
            chart.set_parent_path(&path);
        }
    }

    fn set_parent_path(&mut self, parent: &Arc<str>) {
        self.parent_path = Some(parent.clone());
        self.settle_paths();
    }

    /// Tells whether no chart is above this one.
    pub fn is_root(&self) -> bool {
        self.parent_path.is_none()
    }

    /// Returns the path of the chart in template names: `parent/charts/sub`.
    pub fn full_path(&self) -> String {
        match &self.parent_path {
            Some(parent) => format!("{parent}/charts/{}", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// Returns the default values, empty when the chart has none.
    pub fn values(&self) -> &Map {
        static EMPTY: Map = Map::new();
        self.values.as_deref().unwrap_or(&EMPTY)
    }

    /// Tells whether this is a library chart, whose templates are not rendered on their own.
    pub fn is_library(&self) -> bool {
        self.metadata.chart_type.eq_ignore_ascii_case("library")
    }

    /// Returns the file `name` as it was found.
    pub fn raw_file(&self, name: &str) -> Option<&File> {
        self.raw.iter().find(|file| file.name == name)
    }

    /// Returns the first file that somebody needed and that could not be read, with the reason.
    pub fn unreadable(&self) -> Option<(&File, &str)> {
        self.raw.iter().find_map(|file| Some((file, file.data.failure()?)))
    }

    /// Returns the files of the `crds/` folders, those of this chart first, then those of the charts below.
    pub fn crd_objects(&self) -> Vec<Crd> {
        let mut crds = Vec::new();
        self.collect_crds(&mut crds);
        crds
    }

    fn collect_crds(&self, crds: &mut Vec<Crd>) {
        for file in self
            .files
            .iter()
            .filter(|file| file.name.starts_with(b"crds/") && has_manifest_extension(&file.name))
        {
            let mut filename = self.full_path().into_bytes();
            filename.push(b'/');
            filename.extend_from_slice(&file.name);
            crds.push(Crd {
                name: file.name.clone(),
                filename: filename.into(),
                file: file.clone(),
            });
        }
        for chart in &self.dependencies {
            chart.collect_crds(crds);
        }
    }
}

/// Tells whether the name ends in `.yaml`, `.yml` or `.json`, in any case.
fn has_manifest_extension(name: &[u8]) -> bool {
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    let Some(dot) = base.iter().rposition(|byte| *byte == b'.') else {
        return false;
    };
    [&b".yaml"[..], b".yml", b".json"]
        .iter()
        .any(|extension| base[dot..].eq_ignore_ascii_case(extension))
}
