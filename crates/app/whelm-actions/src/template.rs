//! `template`: a chart rendered without a cluster.

use whelm_chart::{Generation, Log};

use crate::{
    ChartRequest, Context, Error, NameRequest, ReleaseTarget, RenderFailure, RenderOptions, RenderedRelease,
    ValueSources, gather_values, load_located, locate_chart, log_chart, name_and_chart, prepare,
};

/// What `template` is asked for.
#[derive(Clone, Debug)]
pub struct TemplateRequest {
    /// The name of the release, and with it the chart's reference.
    pub name: NameRequest,
    /// The chart; its reference comes from `name`.
    pub chart: ChartRequest,
    /// The namespace.
    pub namespace: String,
    /// The user's values.
    pub values: ValueSources,
    /// How to render.
    pub options: RenderOptions,
}

/// Renders a chart. What Helm would log goes to `log`, also when the render fails.
///
/// # Errors
/// Helm's texts, in the order in which Helm checks.
pub fn template(cx: &Context, request: &TemplateRequest, log: &mut Log) -> Result<RenderedRelease, RenderFailure> {
    let (name, reference) = name_and_chart(cx, &request.name)?;
    let path = locate_chart(&ChartRequest {
        reference,
        ..request.chart.clone()
    })?;
    log_chart(&request.chart, &path, log);
    let config = gather_values(cx, &request.values)?;
    let (chart, generation) = load_located(cx, &request.chart, &path, log)?;
    let target = ReleaseTarget {
        name,
        namespace: request.namespace.clone(),
    };
    check_generation(generation)?;
    target.check(log)?;
    prepare(cx, chart, config, &target, &request.options, log)
}

/// Charts of the format v3 can be loaded, but not rendered.
pub(crate) fn check_generation(generation: Generation) -> Result<(), Error> {
    match generation {
        Generation::V2 => Ok(()),
        Generation::V3 => Err(Error::new("invalid chart apiVersion")),
    }
}
