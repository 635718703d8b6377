//! `helm template --dry-run=server`: rendered with what the cluster has, and checked against it.

use whelm_cli::Invocation;
use whelm_sdk::plugin::PostRenderer;
use whelm_sdk::{RenderFailure, RenderedRelease, ServerCheck, template_on_server};

use crate::commands::chart_flags;
use crate::commands::release::request;
use crate::failure::Failure;
use crate::{cluster, log, world};

/// Renders, and asks the cluster about the objects, unless they go to files: Helm has nothing to ask about then.
pub fn render(
    invocation: &Invocation<'_>,
    post_renderer: Option<PostRenderer>,
) -> Result<RenderedRelease, RenderOrFailure> {
    let mut request = request::install(invocation, chart_flags::name(invocation, "release-name"), post_renderer)?;
    request.is_upgrade = invocation.bool("is-upgrade");
    let cx = world::context(invocation);
    let address = cluster::address(invocation)?;
    let check = match (
        invocation.string("output-dir").as_str(),
        invocation.bool("include-crds"),
    ) {
        ("", true) => ServerCheck::WithCrds,
        ("", false) => ServerCheck::Objects,
        _ => ServerCheck::Nothing,
    };
    let mut lines = log::lines();
    let result = cluster::run(async { Ok(template_on_server(&cx, &address, &request, check, &mut lines).await) })?;
    log::write_all(&lines);
    result.map_err(|failure| RenderOrFailure::Render(Box::new(failure)))
}

/// Why there is nothing rendered.
pub enum RenderOrFailure {
    /// The chart is to blame.
    Render(Box<RenderFailure>),
    /// The arguments are.
    Failure(Failure),
}

impl From<Failure> for RenderOrFailure {
    fn from(failure: Failure) -> Self {
        RenderOrFailure::Failure(failure)
    }
}
