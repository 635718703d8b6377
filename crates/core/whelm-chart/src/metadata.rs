//! What `Chart.yaml` and `Chart.lock` say.

use std::collections::BTreeMap;

use go_value::Value;

/// The contents of `Chart.yaml`.
///
/// A field that was not given is empty. Lists whose items may be `null` in the file keep the gap as `None`;
/// [`Metadata::validate`] refuses such lists, so a loaded chart has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The name of the chart. Required.
    pub name: String,
    /// Where the project lives.
    pub home: String,
    /// Where its source lives.
    pub sources: Option<Vec<String>>,
    /// The version of the chart. Required.
    pub version: String,
    /// One sentence about the chart.
    pub description: String,
    /// Words to find the chart by.
    pub keywords: Option<Vec<String>>,
    /// Who looks after the chart.
    pub maintainers: Option<Vec<Option<Maintainer>>>,
    /// The URL of an icon.
    pub icon: String,
    /// The format of the chart: `v1` or `v2`. A chart that says nothing is loaded as `v1`.
    pub api_version: String,
    /// Helm 2's condition. Not used; see [`Dependency::condition`].
    pub condition: String,
    /// Helm 2's tags. Not used; see [`Dependency::tags`].
    pub tags: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// Whether the chart should not be used any more.
    pub deprecated: bool,
    /// Further facts, for other programs.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The Kubernetes versions that the chart works with, as a constraint.
    pub kube_version: String,
    /// The charts that this one depends on. `None` and an empty list differ: with an empty one Helm still looks into the
    /// charts below that nobody declared.
    pub dependencies: Option<Vec<Option<Dependency>>>,
    /// The kind of chart: empty, `application` or `library`. The case of the letters does not matter to Helm's engine.
    pub chart_type: String,
}

impl Metadata {
    /// Returns the declared dependencies without the gaps.
    pub fn dependencies(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().flatten().flatten()
    }

    /// Returns the declared dependencies without the gaps, for changing.
    pub fn dependencies_mut(&mut self) -> impl Iterator<Item = &mut Dependency> {
        self.dependencies.iter_mut().flatten().flatten()
    }

    /// Returns the maintainers without the gaps.
    pub fn maintainers(&self) -> impl Iterator<Item = &Maintainer> {
        self.maintainers.iter().flatten().flatten()
    }
}

/// A person or organisation that looks after a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// The name.
    pub name: String,
    /// The address for mail.
    pub email: String,
    /// The page.
    pub url: String,
}

/// A chart that another one depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependency {
    /// The name in the dependency's own `Chart.yaml`. Processing the dependencies of a chart puts the alias here.
    pub name: String,
    /// The version or range of versions.
    pub version: String,
    /// The URL of the repository.
    pub repository: String,
    /// Paths in the values, with commas between them; the first that is a bool decides.
    pub condition: String,
    /// Names under `tags` in the top values.
    pub tags: Option<Vec<String>>,
    /// Computed while the dependencies are processed.
    pub enabled: bool,
    /// Values to lift into the parent: a string, or a map with `child` and `parent`.
    pub import_values: Option<Vec<Value>>,
    /// Another name for the chart.
    pub alias: String,
}

/// The contents of `Chart.lock`.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    /// When the file was written, in RFC 3339 with as many digits of a second as needed.
    pub generated: String,
    /// The hash of the dependencies in `Chart.yaml`.
    pub digest: String,
    /// What was locked.
    pub dependencies: Option<Vec<Option<Dependency>>>,
}

impl Default for Lock {
    fn default() -> Self {
        Lock {
            generated: "0001-01-01T00:00:00Z".to_owned(),
            digest: String::new(),
            dependencies: None,
        }
    }
}
