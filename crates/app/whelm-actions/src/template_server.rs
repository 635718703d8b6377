//! `template --dry-run=server`: a chart rendered with what the cluster has, and checked against it.
//!
//! Source: Helm 4.3.1, `pkg/cmd/template.go`, `pkg/action/install.go`.

use whelm_chart::{Chart, Log};
use whelm_plan::{InstallOptions, Object};

use crate::{
    ChartRequest, ClusterAddress, Context, DryRun, Error, InstallRequest, ReleaseTarget, RenderFailure,
    RenderedRelease, append_document, capabilities,
    cluster::{Cluster, CrdFile, Wanted, look_up},
    gather_values,
    install::{CRDS_IN_DRY_RUN, check_labels, open, render_options},
    load_located, locate_chart, log_chart, name_and_chart, rendered,
    template::check_generation,
};

/// What the cluster is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerCheck {
    /// Nothing.
    Nothing,
    /// The rendered objects.
    Objects,
    /// Also the custom resource definitions of the chart.
    WithCrds,
}

/// Renders a chart as an installation would, and changes nothing.
///
/// # Errors
/// Helm's texts, in the order in which Helm checks.
pub async fn template_on_server(
    cx: &Context,
    address: &ClusterAddress,
    request: &InstallRequest,
    check: ServerCheck,
    log: &mut Log,
) -> Result<RenderedRelease, RenderFailure> {
    let (name, reference) = name_and_chart(cx, &request.name)?;
    let path = locate_chart(&ChartRequest {
        reference,
        ..request.chart.clone()
    })?;
    log_chart(&request.chart, &path, log);
    let config = gather_values(cx, &request.values)?;
    let (chart, generation) = load_located(cx, &request.chart, &path, log)?;
    check_generation(generation)?;
    cx.emit(log);
    let request = InstallRequest {
        apply: crate::ApplyOptions {
            dry_run: DryRun::Server,
            ..request.apply.clone()
        },
        ..request.clone()
    };
    let target = ReleaseTarget {
        name,
        namespace: request.namespace.clone(),
    };
    let cluster = open(address, &request.namespace, log).await?;
    target.check(log)?;
    warn_of_crds(&chart, &config, &request, log);
    check_labels(&request.apply.labels)?;
    let seen = capabilities(&cluster.client, request.helm_version.clone(), log).await?;
    let options = render_options(&request, seen);
    let release = rendered::render(cx, Some(&cluster), chart, &config, &target, &options, log).await?;
    if check != ServerCheck::Nothing {
        ask(&cluster, &request, &target, &release, check).await?;
    }
    Ok(release)
}

/// What is wrong with dependencies is said by the render.
fn warn_of_crds(chart: &Chart, config: &go_value::Map, request: &InstallRequest, log: &mut Log) {
    let mut active = chart.clone();
    let processed = whelm_values::process_dependencies(&mut active, config, &mut Log::default());
    if processed.is_ok() && !request.skip_crds && !CrdFile::all(&active).is_empty() {
        log.warn(CRDS_IN_DRY_RUN, Vec::new());
    }
}

/// Checks that the objects are of kinds that the cluster knows, and that they would not get in the way of others.
async fn ask(
    cluster: &Cluster,
    request: &InstallRequest,
    target: &ReleaseTarget,
    release: &RenderedRelease,
    check: ServerCheck,
) -> Result<(), Error> {
    let mut manifest = Vec::new();
    for crd in release
        .chart
        .crd_objects()
        .iter()
        .filter(|_| check == ServerCheck::WithCrds)
    {
        append_document(&mut manifest, &crd.filename, &crd.file.data);
    }
    manifest.extend_from_slice(&release.manifest());
    let objects: Vec<Object> = cluster
        .build(&manifest)
        .await
        .map_err(|error| error.context("unable to build kubernetes objects from release manifest"))?;
    if request.is_upgrade {
        return Ok(());
    }
    let live = look_up(&cluster.client, &objects, Wanted::Marks).await;
    let record = whelm_release::Release {
        name: target.name.clone(),
        namespace: target.namespace.clone(),
        ..whelm_release::Release::default()
    };
    let options = InstallOptions {
        take_ownership: request.apply.take_ownership,
        ..InstallOptions::default()
    };
    let planned = whelm_plan::install(&record, objects, &live, &options);
    planned.map(drop).map_err(|error| Error::new(error.to_string()))
}
