//! `rollback`: a release goes back to an earlier revision.
//!
//! Source: Helm 4.3.1, `pkg/action/rollback.go`.

use whelm_chart::Log;
use whelm_plan::{Merging, UpgradeOptions};
use whelm_release::{Release, Status, validate_release_name, without_system_labels};
use whelm_storage::Head;

use crate::{
    ApplyOptions, ClusterAddress, Context, DryRun, Error, ErrorKind,
    cluster::{Cluster, Executor, now, rehearse},
    standing::{look_up_change, standing},
};

/// What `rollback` is asked for.
#[derive(Clone, Debug, Default)]
pub struct RollbackRequest {
    /// The release.
    pub name: String,
    /// The revision to go back to; 0 means the one before the last.
    pub revision: i64,
    /// How objects are applied.
    pub apply: ApplyOptions,
    /// `--cleanup-on-fail`
    pub cleanup_on_fail: bool,
}

/// Goes back to an earlier revision, which becomes a new one.
///
/// # Errors
/// Helm's texts.
pub async fn rollback(
    cx: &Context,
    address: &ClusterAddress,
    namespace: &str,
    history_max: usize,
    request: &RollbackRequest,
    log: &mut Log,
) -> Result<Release, Error> {
    let mut cluster = address.open(namespace).await?;
    cluster.check_reachable().await?;
    cluster.store.set_max_history(history_max);
    rollback_in(cx, &cluster, request, log).await
}

pub(crate) async fn rollback_in(
    cx: &Context,
    cluster: &Cluster,
    request: &RollbackRequest,
    log: &mut Log,
) -> Result<Release, Error> {
    let Prepared {
        current,
        others,
        release,
    } = prepare(cx, cluster, request).await?;
    if request.apply.dry_run == DryRun::Client {
        return Ok(release);
    }
    let old = cluster
        .build_served(&current.manifest, log)
        .await
        .map_err(|error| error.context("unable to build kubernetes objects from current release manifest"))?;
    let target = cluster
        .build(&release.manifest)
        .await
        .map_err(|error| error.context("unable to build kubernetes objects from new release manifest"))?;
    let merging = Merging {
        moves_managers: true,
        ..request.apply.merging(release.is_server_side())
    };
    let (old, live) = look_up_change(cluster, &release, old, &others, &target, merging).await?;
    let options = UpgradeOptions {
        merging,
        goes_back: true,
        take_ownership: true,
        no_hooks: request.apply.no_hooks,
        wait: request.apply.wait_for(),
        rollback_on_failure: false,
        cleanup_on_fail: request.cleanup_on_fail,
        description: release.info.description.clone(),
    };
    let plan = whelm_plan::rollback(&current, &release, old, target, &live, &options);
    let plan = plan.map_err(|error| Error::new(error.to_string()))?;
    if request.apply.dry_run == DryRun::Server {
        rehearse(cluster, &plan, log).await?;
        return Ok(release);
    }
    let mut executor = Executor::new(cx, cluster, log, release, request.apply.waiting());
    let result = executor.run(&plan).await;
    let release = executor.release;
    result.map(|()| release)
}

/// What a rollback begins with.
struct Prepared {
    /// The last revision.
    current: Release,
    /// Others that may have objects in the cluster.
    others: Vec<Release>,
    /// The new one, which has the content of the one that is gone back to.
    release: Release,
}

async fn prepare(cx: &Context, cluster: &Cluster, request: &RollbackRequest) -> Result<Prepared, Error> {
    let name = &request.name;
    if validate_release_name(name).is_err() {
        return Err(Error::new(format!("prepareRollback: Release name is invalid: {name}")));
    }
    if request.revision < 0 {
        return Err(Error::new("invalid release revision"));
    }
    let target = |last: i64| {
        if request.revision == 0 {
            last - 1
        } else {
            request.revision
        }
    };
    let wanted = |heads: &[Head]| {
        let last = Head::newest(heads, |_| true).and_then(|place| heads.get(place));
        let target = last.map(|head| target(head.version));
        let mut places = standing(heads);
        let found = heads.iter().position(|head| Some(head.version) == target);
        places.extend(found.filter(|place| !places.contains(place)));
        places
    };
    let mut others = cluster.store.choose(name, wanted).await?;
    let Some(current) = others.pop() else {
        return Err(Error::with_kind(ErrorKind::ReleaseNotFound, "release: not found"));
    };
    let revision = target(current.version);
    let mut history = others.iter().chain(std::iter::once(&current));
    let Some(mut previous) = history.find(|release| release.version == revision).cloned() else {
        return Err(Error::new(format!("release has no {revision} version")));
    };
    previous.labels = without_system_labels(&previous.labels);
    let server_side = request.apply.follows_server_side(&previous)?;
    let own = request.apply.description.as_str();
    let description = if own.is_empty() {
        format!("Rollback to {revision}")
    } else {
        own.to_owned()
    };
    let mut release = Release {
        version: current.version + 1,
        namespace: current.namespace.clone(),
        apply_method: whelm_plan::apply_method(server_side).to_owned(),
        ..previous
    };
    release.info.first_deployed = current.info.first_deployed;
    release.info.last_deployed = Some(now(cx));
    release.info.deleted = None;
    release.info.rollback_revision = revision;
    release.set_status(Status::PendingRollback, description);
    Ok(Prepared {
        current,
        others,
        release,
    })
}
