//! What the verbs that render a chart are asked for: plain data, filled by the command line or by a program.

use whelm_plugin::PostRenderer;
use whelm_render::{Capabilities, Notes};

/// Which chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartRequest {
    /// A path, a URL, or `REPOSITORY/CHART`.
    pub reference: String,
    /// `--version`: a version or a constraint; only for charts that are fetched.
    pub version: String,
    /// `--repo`: the URL of the repository; with it `reference` is a name.
    pub repository: String,
    /// `--verify`: whether the chart must be signed.
    pub verify: bool,
    /// `--dependency-update`: whether charts that it depends on are fetched when they are missing.
    pub update_dependencies: bool,
}

/// How the name of a release is found; see [`crate::name_and_chart`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameRequest {
    /// The positional arguments: `[NAME] CHART`.
    pub arguments: Vec<String>,
    /// `--generate-name`
    pub generate: bool,
    /// `--name-template`
    pub template: String,
    /// The name when nothing else gives one; `template` has `release-name`, `install` has none.
    pub default: String,
}

/// How a chart is rendered.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Whether this is an upgrade of an existing release.
    pub is_upgrade: bool,
    /// The revision that the release will have.
    pub revision: i64,
    /// What the chart sees of the cluster.
    pub capabilities: Capabilities,
    /// `--skip-schema-validation`
    pub skip_schema_validation: bool,
    /// `--enable-dns`
    pub enable_dns: bool,
    /// Whose notes are kept.
    pub notes: Notes,
    /// `--post-renderer`: what changes the rendered files.
    pub post_renderer: Option<PostRenderer>,
}
