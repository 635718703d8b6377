//! From a chart and the user's values to a release that is ready to be shown or applied: what `template`, `install` and
//! `upgrade` share.
//!
//! Source: Helm 4.3.1, `pkg/action/install.go` and `action.go`.

use go_value::{Map, Str};
use whelm_chart::both::{self, Finally};
use whelm_chart::{Chart, Level, Log};
use whelm_host::on_two_threads;
use whelm_manifest::{Head, Hook, KindOrder, Manifest, Sorted, Text};
use whelm_render::{Ahead, Mode, ReleaseOptions, RenderInput, World, take_notes};
use whelm_values::{SchemaLoader, SharedValues, Unused};

use crate::{Context, Error, RenderOptions, post_render::post_render};

/// A rendered release.
#[derive(Clone, Debug)]
pub struct RenderedRelease {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The chart, with its dependencies processed.
    pub chart: Chart,
    /// The user's values.
    pub config: Map,
    /// The manifests in the order in which they are installed.
    pub manifests: Vec<Manifest>,
    /// The hooks, ordered by kind.
    pub hooks: Vec<Hook>,
    /// The notes; empty when the chart has none.
    pub notes: Str,
}

/// A release that could not be rendered, and what there is of it.
#[derive(Clone, Debug)]
pub struct RenderFailure {
    /// Why.
    pub error: Error,
    /// The files as they were rendered when they are no valid manifests; `None` when there was no render at all, empty when it
    /// failed.
    pub files: Option<Vec<(Str, Str)>>,
    /// The hooks that were read before the first file which is no valid manifest, in the order of the files.
    pub hooks: Vec<Hook>,
    /// The release's name, once it is known.
    pub name: String,
}

impl From<RenderFailure> for Error {
    fn from(failure: RenderFailure) -> Error {
        failure.error
    }
}

impl From<Error> for RenderFailure {
    fn from(error: Error) -> RenderFailure {
        RenderFailure {
            error,
            files: None,
            hooks: Vec::new(),
            name: String::new(),
        }
    }
}

/// Processes the chart's dependencies, coalesces and checks the values, renders, and sorts what was rendered.
///
/// # Errors
/// Helm's texts, in the order in which Helm checks.
pub fn prepare(
    cx: &Context,
    mut chart: Chart,
    config: Map,
    target: &ReleaseTarget,
    options: &RenderOptions,
    log: &mut Log,
) -> Result<RenderedRelease, RenderFailure> {
    let world = world(cx, options);
    let ahead = Ahead::new(&chart, Mode::Normal, &world, &|parent, dependency| {
        // What the user's values say of charts further down is found out later.
        let values = if parent.is_root() { &config } else { &NO_VALUES };
        whelm_values::is_likely_enabled(parent, dependency, values)
    });
    let values = beside(ahead.as_ref(), || {
        let values = process(cx, &mut chart, &config, options, log);
        if let (Some(ahead), Ok(_)) = (&ahead, &values) {
            ahead.finish(&chart);
        }
        values
    })?;
    // What takes no part is freed at the end, when no thread parses any more.
    let (SharedValues { values, shared }, _unused) = values;
    check_kube_version(&chart, options).map_err(failed_render)?;
    if ahead.as_ref().is_some_and(Ahead::may_make_keys) {
        cx.host.expect_rsa_keys(1);
    }
    let release = ReleaseOptions {
        name: target.name.clone(),
        namespace: target.namespace.clone(),
        is_upgrade: options.is_upgrade,
        revision: options.revision,
    };
    let input = RenderInput {
        chart: &chart,
        values: &values,
        shared: &shared,
        release: &release,
        capabilities: &options.capabilities,
        mode: Mode::Normal,
    };
    let rendered = render(&input, &world, ahead.as_ref(), options, log);
    check_readable(&chart)?;
    let (sorted, notes) = rendered?;
    Ok(RenderedRelease {
        name: target.name.clone(),
        namespace: target.namespace.clone(),
        chart,
        config,
        manifests: sorted.manifests,
        hooks: sorted.hooks,
        notes,
    })
}

/// Processes the dependencies, coalesces the values, and checks them.
fn process(
    cx: &Context,
    chart: &mut Chart,
    config: &Map,
    options: &RenderOptions,
    log: &mut Log,
) -> Result<(SharedValues, Unused), Error> {
    let unused =
        whelm_values::settle_dependencies(chart, config, log).map_err(|error| dependencies_failed(error, log))?;
    let values = whelm_values::coalesce_shared_values(chart, config, log)?;
    if !options.skip_schema_validation {
        check_schemas(cx, chart, &values.values, log)?;
    }
    Ok((values, unused))
}

/// Does `work` while a second thread parses templates ahead.
fn beside<R: Send>(ahead: Option<&Ahead>, mut work: impl FnMut() -> R + Send) -> R {
    let Some(ahead) = ahead else { return work() };
    let mut result = None;
    on_two_threads(
        &mut || {
            let _end = Finally(|| ahead.stop());
            result = Some(work());
        },
        &mut || ahead.work(),
    );
    result.unwrap_or_else(work)
}

/// Whether every file that was needed so far could be read.
///
/// # Errors
/// The first that could not.
pub fn check_readable(chart: &Chart) -> Result<(), Error> {
    match chart.unreadable() {
        None => Ok(()),
        Some((file, reason)) => Err(Error::new(format!("error reading {}: {reason}", file.name))),
    }
}

/// The name and the namespace of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseTarget {
    /// The name.
    pub name: String,
    /// The namespace.
    pub namespace: String,
}

impl ReleaseTarget {
    /// Checks the name.
    ///
    /// # Errors
    /// Helm's text for a name that is missing, too long or no DNS name; the log has it too.
    pub fn check(&self, log: &mut Log) -> Result<(), Error> {
        let Err(error) = whelm_release::validate_release_name(&self.name) else {
            return Ok(());
        };
        let quoted = go_value::strconv::quote(self.name.as_bytes());
        let message = format!("release name {quoted}: {error}");
        log.push_with(
            Level::Error,
            "release name check failed",
            vec![("error", message.clone())],
        );
        Err(Error::new(format!("release name check failed: {message}")))
    }
}

fn dependencies_failed(error: whelm_values::Error, log: &mut Log) -> Error {
    log.push_with(
        Level::Error,
        "chart dependencies processing failed",
        vec![("error", error.to_string())],
    );
    Error::new(format!("chart dependencies processing failed: {error}"))
}

fn check_schemas(cx: &Context, chart: &Chart, values: &Map, log: &mut Log) -> Result<(), Error> {
    let mut loader = Schemas { cx };
    whelm_values::check_schemas(chart, values, &mut loader, log).map_err(Error::from)
}

/// Reads schemas that another one refers to.
pub(crate) struct Schemas<'a> {
    pub(crate) cx: &'a Context,
}

impl SchemaLoader for Schemas<'_> {
    fn load(&mut self, url: &str) -> Result<Vec<u8>, String> {
        match url.strip_prefix("file://") {
            Some(rest) => {
                // What stands before the first slash is a host, which Helm does not look at.
                let path = rest.find('/').map_or("", |slash| &rest[slash..]);
                whelm_host::read_file(path).map_err(|error| crate::values::io_message("open", path, &error))
            }
            None => (self.cx.fetch)(url).map_err(|error| match error.strip_prefix("failed to fetch ") {
                Some(answer) => format!("HTTP request to {}", answer.replacen(" : ", " returned status ", 1)),
                None => format!("HTTP request failed for {url}: {error}"),
            }),
        }
    }
}

fn check_kube_version(chart: &Chart, options: &RenderOptions) -> Result<(), Error> {
    let constraint = &chart.metadata.kube_version;
    let version = &options.capabilities.kube_version;
    if constraint.is_empty() || whelm_values::is_compatible_range(constraint, version.for_constraints()) {
        return Ok(());
    }
    Err(Error::new(format!(
        "chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {}",
        version.version
    )))
}

fn world(cx: &Context, options: &RenderOptions) -> World {
    World {
        host: cx.host.clone(),
        lookup: cx.lookup.clone(),
        dns: options.enable_dns,
        one_shot: cx.one_shot,
    }
}

fn render(
    input: &RenderInput<'_>,
    world: &World,
    ahead: Option<&Ahead>,
    options: &RenderOptions,
    log: &mut Log,
) -> Result<(Sorted, Str), RenderFailure> {
    let rendered = whelm_render::render_ahead(input, world, ahead, log);
    let mut rendered = rendered.map_err(|error| failed_render(error.into()))?;
    let notes = take_notes(&mut rendered, input.chart.name(), options.notes);
    if let Some(renderer) = &options.post_renderer {
        let files = post_render(renderer, std::mem::take(&mut rendered.files), log);
        rendered.files = files.map_err(failed_render)?;
    }
    match whelm_manifest::sort_with(rendered.files.clone(), KindOrder::Install, heads) {
        Ok(sorted) => {
            log_unknown_hooks(&sorted, log);
            Ok((sorted, notes))
        }
        Err(mut error) => {
            log_unknown_hooks(&error.read, log);
            rendered.files.sort();
            Err(RenderFailure {
                files: Some(rendered.files),
                hooks: std::mem::take(&mut error.read.hooks),
                name: input.release.name.clone(),
                ..RenderFailure::from(Error::from(error))
            })
        }
    }
}

/// A failure that leaves nothing to show.
fn failed_render(error: Error) -> RenderFailure {
    RenderFailure {
        files: Some(Vec::new()),
        ..RenderFailure::from(error)
    }
}

static NO_VALUES: Map = Map::new();

/// From how many bytes of documents on a second thread is worth its start.
const WORTH_A_THREAD: usize = 100_000;

fn heads(documents: &[Text]) -> Vec<Result<Head, String>> {
    let size: usize = documents.iter().map(|document| document.len()).sum();
    if size < WORTH_A_THREAD {
        return documents.iter().map(|document| Head::parse(document)).collect();
    }
    both::map(documents.len(), &on_two_threads, |at| Head::parse(&documents[at]))
}

fn log_unknown_hooks(sorted: &Sorted, log: &mut Log) {
    for hook in &sorted.unknown_hooks {
        log.push_with(
            Level::Info,
            "skipping unknown hooks",
            vec![("hookTypes", hook.annotation.clone())],
        );
    }
}

impl RenderedRelease {
    /// The manifests as one text, as the record of the release stores it.
    pub fn manifest(&self) -> Str {
        let size = self
            .manifests
            .iter()
            .map(|manifest| manifest.content.len() + manifest.path.len() + 20)
            .sum();
        let mut text = Vec::with_capacity(size);
        for manifest in &self.manifests {
            append_document(&mut text, &manifest.path, &manifest.content);
        }
        text.into()
    }
}

/// Appends a document with the line that says where it is from.
pub fn append_document(out: &mut Vec<u8>, path: &[u8], content: &[u8]) {
    for piece in document_pieces(path, content) {
        out.extend_from_slice(piece);
    }
}

/// The pieces of a document with the line that says where it is from.
pub fn document_pieces<'a>(path: &'a [u8], content: &'a [u8]) -> [&'a [u8]; 5] {
    [b"---\n# Source: ", path, b"\n", content, b"\n"]
}
