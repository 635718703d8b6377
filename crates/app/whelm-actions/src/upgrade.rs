//! `upgrade`: a release gets a further revision.
//!
//! Source: Helm 4.3.1, `pkg/action/upgrade.go`, `pkg/cmd/upgrade.go`.

use std::sync::Arc;

use go_value::Map;
use whelm_chart::{Chart, Log};
use whelm_plan::{Merging, UpgradeOptions};
use whelm_release::{Release, Status, merge_custom_labels};
use whelm_storage::{ErrorKind as StoreError, Head};
use whelm_values::{Nulls, coalesce_tables, coalesce_values};

use crate::{
    ClusterAddress, Context, DryRun, Error, InstallRequest, ReleaseTarget, RenderOptions, capabilities,
    cluster::{Cluster, Executor, rehearse},
    gather_values,
    install::check_labels,
    load_for_upgrade, locate_chart, rendered,
    rollback::{RollbackRequest, rollback_in},
    standing::{look_up_change, standing},
    template::check_generation,
};

/// What becomes of the values of the revision before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OldValues {
    /// They are kept when no new ones are given.
    #[default]
    WhenNoneAreGiven,
    /// They go: `--reset-values`.
    Reset,
    /// They lie below the new ones, and the chart's own defaults are those of the revision before: `--reuse-values`.
    Reuse,
    /// They lie below the new ones: `--reset-then-reuse-values`.
    ResetThenReuse,
}

/// What `upgrade` is asked for. What it shares with `install` is the same, so that `--install` can hand it over.
#[derive(Clone, Debug)]
pub struct UpgradeRequest {
    /// Chart, values, rendering and applying. `name` has the release's name and the chart's reference as its arguments.
    pub install: InstallRequest,
    /// `--install`: make a release when there is none.
    pub or_install: bool,
    /// What becomes of the old values.
    pub old_values: OldValues,
    /// `--cleanup-on-fail`
    pub cleanup_on_fail: bool,
    /// `--history-max`; 0 keeps all revisions.
    pub history_max: usize,
}

/// What an upgrade did.
#[derive(Clone, Debug)]
pub struct UpgradeOutcome {
    /// The new revision.
    pub release: Release,
    /// Whether there was no release before, so that it was installed.
    pub installed: bool,
}

/// A failed upgrade.
#[derive(Clone, Debug)]
pub struct UpgradeFailure {
    /// Why.
    pub error: Error,
    /// Whether the upgrade itself had begun: then Helm puts `UPGRADE FAILED: ` before the text. It had not when chart or
    /// values could not be read, or when there was nothing to upgrade and installing failed.
    pub begun: bool,
}

impl From<Error> for UpgradeFailure {
    fn from(error: Error) -> Self {
        UpgradeFailure { error, begun: false }
    }
}

/// Upgrades a release, or installs it when the request allows that. `before_install` is called first in that case.
///
/// # Errors
/// Helm's texts, without `UPGRADE FAILED: `.
pub async fn upgrade(
    cx: &Context,
    address: &ClusterAddress,
    request: &UpgradeRequest,
    before_install: &mut dyn FnMut(&str),
    log: &mut Log,
) -> Result<UpgradeOutcome, UpgradeFailure> {
    let [name, reference, ..] = request.install.name.arguments.as_slice() else {
        return Err(Error::new("\"helm upgrade\" requires 2 arguments").into());
    };
    if request.or_install && is_absent(address, &request.install.namespace, name).await? {
        before_install(name);
        // The name of a release that is uninstalled may be used again.
        let install = InstallRequest {
            replace: true,
            ..request.install.clone()
        };
        let release = crate::install(cx, address, &install, log).await?;
        return Ok(UpgradeOutcome {
            release,
            installed: true,
        });
    }
    let chart_request = crate::ChartRequest {
        reference: reference.clone(),
        ..request.install.chart.clone()
    };
    let path = locate_chart(&chart_request)?;
    let config = gather_values(cx, &request.install.values)?;
    let (chart, generation) = load_for_upgrade(cx, &chart_request, &path, log)?;
    let begun = |error| UpgradeFailure { error, begun: true };
    check_generation(generation).map_err(begun)?;
    let upgraded = upgrade_chart(cx, address, request, name, (chart, config), log).await;
    let release = upgraded.map_err(begun)?;
    Ok(UpgradeOutcome {
        release,
        installed: false,
    })
}

/// Tells whether there is no release of that name, or only the history of one.
async fn is_absent(address: &ClusterAddress, namespace: &str, name: &str) -> Result<bool, Error> {
    let cluster = address.open(namespace).await?;
    cluster.check_reachable().await?;
    check_name(name)?;
    match cluster.store.last(name).await {
        Ok(last) => Ok(last.info.status == Status::Uninstalled),
        Err(error) if error.kind() == StoreError::NotFound => Ok(true),
        Err(error) => Err(error.into()),
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    whelm_release::validate_release_name(name).map_err(|_| Error::new(format!("release name is invalid: {name}")))
}

async fn upgrade_chart(
    cx: &Context,
    address: &ClusterAddress,
    request: &UpgradeRequest,
    name: &str,
    (chart, config): (Chart, Map),
    log: &mut Log,
) -> Result<Release, Error> {
    let release = make_release(cx, address, request, name, (chart, config), log);
    let (mut cluster, revisions, release) = cx.cancel.unless(release).await?;
    cx.emit(log);
    carry_out(cx, &mut cluster, request, revisions, release, log).await
}

/// Makes the new revision, without writing anything. Returns it with the cluster and the revisions that are there.
async fn make_release(
    cx: &Context,
    address: &ClusterAddress,
    request: &UpgradeRequest,
    name: &str,
    (mut chart, config): (Chart, Map),
    log: &mut Log,
) -> Result<(Cluster, Revisions, Release), Error> {
    let apply = &request.install.apply;
    cx.emit(log);
    let mut cluster = address.open(&request.install.namespace).await?;
    cluster.check_reachable().await?;
    check_name(name)?;
    if apply.dry_run == DryRun::None && apply.hide_secret {
        return Err(Error::new("hiding Kubernetes secrets requires a dry-run mode"));
    }
    let revisions = revisions(&cluster, name).await?;
    let Revisions { last, current, .. } = &revisions;
    let config = reuse_values(&mut chart, current, config, request.old_values, log)?;
    let capabilities = capabilities(&cluster.client, request.install.helm_version.clone(), log).await?;
    let options = RenderOptions {
        is_upgrade: true,
        revision: last.version + 1,
        capabilities,
        skip_schema_validation: request.install.skip_schema_validation,
        enable_dns: request.install.enable_dns,
        notes: request.install.notes,
        post_renderer: request.install.post_renderer.clone(),
    };
    let target = ReleaseTarget {
        name: name.to_owned(),
        namespace: current.namespace.clone(),
    };
    let asked = (apply.dry_run != DryRun::Client).then_some(&cluster);
    let rendered = rendered::render(cx, asked, chart, &config, &target, &options, log).await?;
    check_labels(&apply.labels)?;
    let server_side = apply.follows_server_side(last)?;
    let mut release = rendered::release(cx, rendered, last.version + 1, (server_side, apply.hide_secret));
    release.info.first_deployed = current.info.first_deployed;
    release.labels = merge_custom_labels(&last.labels, &apply.labels);
    release.set_status(Status::PendingUpgrade, "Preparing upgrade");
    cluster.store.set_max_history(request.history_max);
    Ok((cluster, revisions, release))
}

/// The revisions that an upgrade begins with.
struct Revisions {
    last: Release,
    /// The one that runs: the last deployed one, else the last one if it failed or was superseded.
    current: Release,
    /// Those after it, which did not come to a good end.
    others: Vec<Release>,
}

async fn revisions(cluster: &Cluster, name: &str) -> Result<Revisions, Error> {
    let mut history = match cluster.store.choose(name, standing).await {
        Ok(history) => history,
        Err(error) if error.kind() == StoreError::NotFound => {
            return Err(whelm_storage::Error::no_deployed(name).into());
        }
        Err(error) => return Err(error.into()),
    };
    let Some(last) = history.last().cloned() else {
        return Err(whelm_storage::Error::no_deployed(name).into());
    };
    let deployed = history
        .iter()
        .rposition(|release| release.info.status == Status::Deployed);
    if last.info.status.is_pending() {
        return Err(pending(&last, deployed.and_then(|place| history.get(place))));
    }
    let place = match (deployed, &last.info.status) {
        (Some(place), _) => place,
        (None, Status::Failed | Status::Superseded) => history.len().saturating_sub(1),
        _ => return Err(whelm_storage::Error::no_deployed(name).into()),
    };
    let current = history.remove(place);
    Ok(Revisions {
        last,
        current,
        others: history,
    })
}

/// Says that somebody else is at work, or was: a client that was killed leaves such a revision behind.
fn pending(last: &Release, deployed: Option<&Release>) -> Error {
    let (name, version, status) = (&last.name, last.version, &last.info.status);
    let since = last
        .info
        .last_deployed
        .map_or_else(String::new, |time| format!(" since {}", time.ansic()));
    let way_out = match (last.info.rollback_revision, deployed) {
        (target, _) if target > 0 => format!("`helm rollback {name} {target}` does what it was about to do"),
        (_, Some(deployed)) => format!(
            "`helm rollback {name} {}` goes back to what was deployed before it",
            deployed.version
        ),
        _ if version == 1 => format!("`helm uninstall {name}` removes what it made"),
        _ => format!("`helm rollback {name}` goes back to the revision before it"),
    };
    Error::new("another operation (install/upgrade/rollback) is in progress").hint(format!(
        "revision {version} is {status}{since}; if the program that made it has ended, {way_out}"
    ))
}

fn reuse_values(
    chart: &mut Chart,
    current: &Release,
    new: Map,
    old_values: OldValues,
    log: &mut Log,
) -> Result<Map, Error> {
    let empty = Map::new();
    let old = current.config.as_deref().unwrap_or(&empty);
    match old_values {
        OldValues::Reset => Ok(new),
        OldValues::Reuse => {
            if let Some(old_chart) = &current.chart {
                let defaults = coalesce_values(old_chart, old, log)
                    .map_err(|error| Error::new(format!("failed to rebuild old values: {error}")))?;
                let merged = coalesce_tables(&new, old, Nulls::Remove, log)?;
                chart.values = Some(Arc::new(defaults));
                return Ok(merged);
            }
            Ok(coalesce_tables(&new, old, Nulls::Remove, log)?)
        }
        OldValues::ResetThenReuse => Ok(coalesce_tables(&new, old, Nulls::Remove, log)?),
        OldValues::WhenNoneAreGiven if new.is_empty() => Ok(old.clone()),
        OldValues::WhenNoneAreGiven => Ok(new),
    }
}

async fn carry_out(
    cx: &Context,
    cluster: &mut Cluster,
    request: &UpgradeRequest,
    Revisions { current, others, .. }: Revisions,
    mut release: Release,
    log: &mut Log,
) -> Result<Release, Error> {
    let apply = &request.install.apply;
    let target = cluster.build(&release.manifest).await?;
    let old = cluster
        .build_served(&current.manifest, log)
        .await
        .map_err(|error| error.context("unable to build kubernetes objects from current release manifest"))?;
    let merging = Merging {
        moves_managers: whelm_plan::was_client_side(&current),
        ..apply.merging(release.is_server_side())
    };
    let (old, live) = look_up_change(cluster, &release, old, &others, &target, merging).await?;
    let options = UpgradeOptions {
        merging,
        goes_back: false,
        take_ownership: apply.take_ownership,
        no_hooks: apply.no_hooks,
        wait: apply.wait_for(),
        rollback_on_failure: apply.rollback_on_failure,
        cleanup_on_fail: request.cleanup_on_fail,
        description: apply.description.clone(),
    };
    let plan = whelm_plan::upgrade(&current, &release, old, target, &live, &options)
        .map_err(|error| Error::new(error.to_string()))?;
    if apply.dry_run != DryRun::None {
        if apply.dry_run == DryRun::Server {
            rehearse(cluster, &plan, log).await?;
        }
        let own = apply.description.as_str();
        release.info.description = if own.is_empty() { "Dry run complete" } else { own }.to_owned();
        return Ok(release);
    }
    let mut executor = Executor::new(cx, cluster, log, release, apply.waiting());
    executor.recreate_pods = apply.recreate_pods;
    let result = executor.run_unless_cancelled(&plan).await;
    let (release, recorded) = (executor.release, executor.recorded);
    if let Err(error) = &result
        && recorded
    {
        let attributes = vec![("name", release.name.clone()), ("error", error.to_string())];
        log.warn("upgrade failed", attributes);
    }
    match result {
        Err(error) if recorded && plan.on_failure.roll_back => {
            // Helm does not count the revisions this time.
            cluster.store.set_max_history(0);
            Err(go_back(cx, cluster, request, &release, error, log).await)
        }
        other => other.map(|()| release),
    }
}

/// Goes back to the newest revision that was good, and says how that went.
async fn go_back(
    cx: &Context,
    cluster: &Cluster,
    request: &UpgradeRequest,
    release: &Release,
    error: Error,
    log: &mut Log,
) -> Error {
    let good = |head: &Head| matches!(head.status, Status::Superseded | Status::Deployed);
    let newest_good = |heads: &[Head]| Vec::from_iter(Head::newest(heads, good));
    let chosen = match cluster.store.choose(&release.name, newest_good).await {
        Ok(chosen) => chosen,
        Err(second) => {
            return Error::new(format!(
                "an error occurred while finding last successful release. original upgrade error: {error}: {second}"
            ));
        }
    };
    let Some(target) = chosen.last() else {
        return Error::new(format!(
            "unable to find a previously successful release when attempting to rollback. original upgrade error: {error}"
        ));
    };
    let rollback = RollbackRequest {
        name: release.name.clone(),
        revision: target.version,
        apply: crate::ApplyOptions {
            description: String::new(),
            wait: request.install.apply.strategy(),
            ..request.install.apply.clone()
        },
        cleanup_on_fail: false,
    };
    match rollback_in(cx, cluster, &rollback, log).await {
        Ok(_) => error.reworded(|error| {
            format!(
                "release {} failed, and has been rolled back due to rollback-on-failure being set: {error}",
                release.name
            )
        }),
        Err(second) => Error::new(format!(
            "an error occurred while rolling back the release. original upgrade error: {error}: {second}"
        )),
    }
}
