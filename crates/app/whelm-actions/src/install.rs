//! `install`: a chart becomes a release.
//!
//! Source: Helm 4.3.1, `pkg/action/install.go`.

use std::collections::BTreeMap;

use whelm_chart::{Chart, Level, Log};
use whelm_kube_api::{Gvk, Mapping};
use whelm_plan::{InstallOptions, Merging, Object};
use whelm_plugin::PostRenderer;
use whelm_release::{Release, Status, contains_system_labels, system_labels_error};
use whelm_render::{BuildInfo, Capabilities, Notes};

use crate::{
    ApplyOptions, ChartRequest, ClusterAddress, Context, DryRun, Error, ErrorKind, NameRequest, ReleaseTarget,
    RenderFailure, RenderOptions, UninstallRequest, ValueSources, capabilities,
    cluster::{Cluster, CrdFile, CrdOptions, Executor, Wanted, announced, install_crds, look_up, rehearse},
    gather_values, load_located, locate_chart, log_chart, name_and_chart, prepare, rendered,
    standing::{left_over, standing},
    template::check_generation,
    uninstall::uninstall_in,
};

/// What `install` is asked for.
#[derive(Clone, Debug, Default)]
pub struct InstallRequest {
    /// The name of the release, and with it the chart's reference.
    pub name: NameRequest,
    /// The chart; its reference comes from `name`.
    pub chart: ChartRequest,
    /// The namespace.
    pub namespace: String,
    /// The user's values.
    pub values: ValueSources,
    /// Whose notes are kept.
    pub notes: Notes,
    /// `--post-renderer`: what changes the rendered files.
    pub post_renderer: Option<PostRenderer>,
    /// `--skip-schema-validation`
    pub skip_schema_validation: bool,
    /// `--enable-dns`
    pub enable_dns: bool,
    /// `--create-namespace`
    pub create_namespace: bool,
    /// `--replace`
    pub replace: bool,
    /// `--skip-crds`
    pub skip_crds: bool,
    /// Whether templates are told that this is an upgrade; only for a dry run.
    pub is_upgrade: bool,
    /// What a chart sees of this program.
    pub helm_version: BuildInfo,
    /// How objects are applied.
    pub apply: ApplyOptions,
}

/// Installs a chart. What Helm would log goes to `log`, also when it fails.
///
/// # Errors
/// Helm's texts, in the order in which Helm checks; without `INSTALLATION FAILED: `.
pub async fn install(
    cx: &Context,
    address: &ClusterAddress,
    request: &InstallRequest,
    log: &mut Log,
) -> Result<Release, Error> {
    let (name, reference) = name_and_chart(cx, &request.name)?;
    let path = locate_chart(&ChartRequest {
        reference,
        ..request.chart.clone()
    })?;
    log_chart(&request.chart, &path, log);
    let config = gather_values(cx, &request.values)?;
    let (chart, generation) = load_located(cx, &request.chart, &path, log)?;
    check_generation(generation)?;
    install_chart(cx, address, request, name, (chart, config), log).await
}

/// Installs a chart that is loaded.
pub(crate) async fn install_chart(
    cx: &Context,
    address: &ClusterAddress,
    request: &InstallRequest,
    name: String,
    (chart, config): (Chart, go_value::Map),
    log: &mut Log,
) -> Result<Release, Error> {
    let target = ReleaseTarget {
        name,
        namespace: request.namespace.clone(),
    };
    let dry = request.apply.dry_run;
    if dry == DryRun::Client {
        target.check(log)?;
        check_labels(&request.apply.labels)?;
        return offline(cx, request, &target, chart, config, log);
    }
    cx.emit(log);
    let cluster = cx.cancel.unless(open(address, &request.namespace, log)).await?;
    if dry == DryRun::None && request.apply.hide_secret {
        log.push(Level::Error, "hiding Kubernetes secrets requires a dry-run mode");
        return Err(Error::new("hiding Kubernetes secrets requires a dry-run mode"));
    }
    target.check(log)?;
    let replaced = if dry == DryRun::None {
        check_name(&cluster, request, &target.name, log).await?
    } else {
        None
    };
    check_labels(&request.apply.labels)?;
    let rendering = render_in(cx, &cluster, request, &target, (chart, config), log);
    let mut release = cx.cancel.unless(rendering).await?;
    cx.emit(log);
    release.labels.clone_from(&request.apply.labels);
    release.set_status(Status::PendingInstall, "Initial install underway");
    release.version = replaced.as_ref().map_or(1, |(revision, _)| revision + 1);
    carry_out(cx, &cluster, request, release, replaced, log).await
}

/// Refuses labels that the store uses itself.
pub(crate) fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), Error> {
    if contains_system_labels(labels) {
        return Err(Error::new(system_labels_error()));
    }
    Ok(())
}

/// Makes a client, and says in the log when the cluster does not answer.
pub(crate) async fn open(address: &ClusterAddress, namespace: &str, log: &mut Log) -> Result<Cluster, Error> {
    let opened = async {
        let cluster = address.open(namespace).await?;
        cluster.check_reachable().await?;
        Ok(cluster)
    };
    opened.await.map_err(|error: Error| {
        if error.kind() == ErrorKind::NoStore {
            return error;
        }
        let error = error.context("cluster reachability check failed");
        log.push(Level::Error, error.to_string());
        error
    })
}

/// Renders without any cluster.
fn offline(
    cx: &Context,
    request: &InstallRequest,
    target: &ReleaseTarget,
    chart: Chart,
    config: go_value::Map,
    log: &mut Log,
) -> Result<Release, Error> {
    let options = render_options(request, Capabilities::offline(request.helm_version.clone()));
    let rendered = prepare(cx, chart, config, target, &options, log).map_err(|RenderFailure { error, .. }| error)?;
    let mut release = rendered::release(
        cx,
        rendered,
        1,
        (request.apply.installs_server_side(), request.apply.hide_secret),
    );
    release.labels.clone_from(&request.apply.labels);
    release.set_status(Status::PendingInstall, "Dry run complete");
    Ok(release)
}

pub(crate) fn render_options(request: &InstallRequest, capabilities: Capabilities) -> RenderOptions {
    RenderOptions {
        is_upgrade: request.is_upgrade && request.apply.dry_run != DryRun::None,
        revision: 1,
        capabilities,
        skip_schema_validation: request.skip_schema_validation,
        enable_dns: request.enable_dns,
        notes: request.notes,
        post_renderer: request.post_renderer.clone(),
    }
}

/// Checks that the name is free, or may be replaced: then the last revision is returned, with whether it failed.
async fn check_name(
    cluster: &Cluster,
    request: &InstallRequest,
    name: &str,
    log: &mut Log,
) -> Result<Option<(i64, bool)>, Error> {
    let last = match cluster.store.last(name).await {
        Ok(last) => last,
        Err(error) if error.kind() == whelm_storage::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let failed = last.info.status == Status::Failed;
    if request.replace && (failed || last.info.status == Status::Uninstalled) {
        return Ok(Some((last.version, failed)));
    }
    let text = "cannot reuse a name that is still in use";
    log.push_with(
        Level::Error,
        "release name check failed",
        vec![("error", text.to_owned())],
    );
    Err(Error::with_kind(
        ErrorKind::NameInUse,
        format!("release name check failed: {text}"),
    ))
}

/// Renders with what the cluster has, and installs the chart's custom resource definitions.
///
/// The definitions are part of what templates see, so Helm installs them first, and leaves them behind when the values or
/// the templates turn out to be wrong. Here the templates see what the cluster will have, and the definitions follow when
/// they are known to be good. Should the cluster then have something else, the templates run again.
async fn render_in(
    cx: &Context,
    cluster: &Cluster,
    request: &InstallRequest,
    target: &ReleaseTarget,
    (chart, config): (Chart, go_value::Map),
    log: &mut Log,
) -> Result<Release, Error> {
    let mut seen = capabilities(&cluster.client, request.helm_version.clone(), log).await?;
    let mut active = chart.clone();
    let active_crds = match whelm_values::process_dependencies(&mut active, &config, &mut Log::default()) {
        Ok(()) if !request.skip_crds => CrdFile::all(&active),
        // Whatever is wrong is said by the render.
        _ => Vec::new(),
    };
    let dry = request.apply.dry_run != DryRun::None;
    if dry && !active_crds.is_empty() {
        log.warn(CRDS_IN_DRY_RUN, Vec::new());
    }
    let installs = !dry && !active_crds.is_empty();
    if installs {
        announce(cluster, &mut seen, &active_crds).await;
    }
    let options = render_options(request, seen);
    let copy = installs.then(|| chart.clone());
    let mut first_log = Log::default();
    let first = rendered::render(cx, Some(cluster), chart, &config, target, &options, &mut first_log).await;
    let mut rendered = match first {
        Ok(rendered) => rendered,
        Err(error) => {
            log.entries.append(&mut first_log.entries);
            return Err(error.into());
        }
    };
    if let Some(chart) = copy {
        // Definitions stay, so they are for releases only that can be recorded.
        let server_side = request.apply.installs_server_side();
        let release = rendered::release(cx, rendered.clone(), 1, (server_side, false));
        cluster.store.check_size(&release)?;
        install_crds(
            cluster,
            &active_crds,
            CrdOptions {
                strategy: request.apply.strategy(),
                server_side: request.apply.installs_server_side(),
                force: request.apply.force_conflicts,
            },
        )
        .await?;
        let now = capabilities(&cluster.client, request.helm_version.clone(), &mut Log::default()).await?;
        if now.api_versions != options.capabilities.api_versions {
            first_log = Log::default();
            let options = render_options(request, now);
            rendered = rendered::render(cx, Some(cluster), chart, &config, target, &options, &mut first_log).await?;
        }
    }
    log.entries.append(&mut first_log.entries);
    Ok(rendered::release(
        cx,
        rendered,
        1,
        (request.apply.installs_server_side(), request.apply.hide_secret),
    ))
}

/// What a dry run says about definitions that it does not install.
pub(crate) const CRDS_IN_DRY_RUN: &str =
    "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.";

/// Adds the API versions that the definitions will bring.
async fn announce(cluster: &Cluster, seen: &mut Capabilities, crds: &[CrdFile]) {
    let mut versions: std::collections::BTreeSet<String> = seen.api_versions.iter().cloned().collect();
    for file in crds {
        let objects: Vec<Object> = cluster.build(&file.data).await.unwrap_or_default();
        versions.extend(announced(&objects));
    }
    seen.api_versions = std::sync::Arc::new(versions.into_iter().collect());
}

async fn carry_out(
    cx: &Context,
    cluster: &Cluster,
    request: &InstallRequest,
    mut release: Release,
    replaced: Option<(i64, bool)>,
    log: &mut Log,
) -> Result<Release, Error> {
    let apply = &request.apply;
    let objects = cluster
        .build(&release.manifest)
        .await
        .map_err(|error| error.context("unable to build kubernetes objects from release manifest"))?;
    let failed = match replaced {
        Some((_, true)) => cluster.store.choose(&release.name, standing).await?,
        _ => Vec::new(),
    };
    let left_over = left_over(cluster, &failed, &[], &objects).await?;
    let live = look_up(&cluster.client, objects.iter().chain(&left_over), Wanted::Whole).await;
    let options = InstallOptions {
        left_over: whelm_plan::owned(left_over, &live, &release).collect(),
        create_namespace: if request.create_namespace {
            missing_namespace(cluster).await
        } else {
            None
        },
        replace: replaced,
        merging: Merging {
            // What is taken over from somebody else is compared with what the cluster has.
            three_way_for_custom: apply.take_ownership && !apply.installs_server_side(),
            ..apply.merging(apply.installs_server_side())
        },
        take_ownership: apply.take_ownership,
        no_hooks: apply.no_hooks,
        wait: apply.wait_for(),
        rollback_on_failure: apply.rollback_on_failure,
        description: apply.description.clone(),
    };
    let plan =
        whelm_plan::install(&release, objects, &live, &options).map_err(|error| Error::new(error.to_string()))?;
    if apply.dry_run != DryRun::None {
        rehearse(cluster, &plan, log).await?;
        release.info.description = "Dry run complete".to_owned();
        return Ok(release);
    }
    if options.create_namespace.is_some() {
        cluster.store.check_size(&release)?;
    }
    let mut executor = Executor::new(cx, cluster, log, release, apply.waiting());
    let result = executor.run_unless_cancelled(&plan).await;
    let (release, recorded) = (executor.release, executor.recorded);
    match result {
        Ok(()) => Ok(release),
        Err(error) if plan.on_failure.roll_back && recorded => {
            Err(remove(cx, cluster, request, &release, error, log).await)
        }
        Err(error) => Err(error),
    }
}

/// Returns the namespace of the release if it does not exist. One that exists is left alone, with its labels.
async fn missing_namespace(cluster: &Cluster) -> Option<Object> {
    let mapping = Mapping {
        gvk: Gvk::new("v1", "Namespace"),
        resource: "namespaces".to_owned(),
        namespaced: false,
    };
    let name = cluster.namespace.clone();
    if let Ok(Some(_)) = cluster.client.find(&mapping, "", &name).await {
        return None;
    }
    let value = serde_json::json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"name": name}}, "spec": {}, "status": {},
    });
    Some(Object {
        mapping,
        namespace: String::new(),
        name,
        value,
    })
}

/// Takes a failed installation away again.
async fn remove(
    cx: &Context,
    cluster: &Cluster,
    request: &InstallRequest,
    release: &Release,
    error: Error,
    log: &mut Log,
) -> Error {
    let removal = UninstallRequest {
        name: release.name.clone(),
        no_hooks: request.apply.no_hooks,
        wait: request.apply.strategy(),
        timeout: request.apply.timeout,
        ..UninstallRequest::default()
    };
    match uninstall_in(cx, cluster, &removal, log).await {
        Ok(_) => error.reworded(|error| {
            format!(
                "release {} failed, and has been uninstalled due to rollback-on-failure being set: {error}",
                release.name
            )
        }),
        Err(second) => Error::new(format!(
            "an error occurred while uninstalling the release. original install error: {error}: {second}"
        )),
    }
}
