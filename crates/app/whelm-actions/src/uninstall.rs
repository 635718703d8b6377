//! `uninstall`: a release goes.
//!
//! Source: Helm 4.3.1, `pkg/action/uninstall.go`.

use std::time::Duration;

use whelm_chart::{Level, Log};
use whelm_kube_api::request::Propagation;
use whelm_plan::{Object, UninstallOptions, UninstallPlan, delete_candidates};
use whelm_release::{Release, Status, validate_release_name};
use whelm_storage::ErrorKind as StoreError;

use crate::{
    ClusterAddress, Context, Error, WaitStrategy,
    cluster::{Cluster, Executor, Waiting, Wanted, look_up},
    standing::standing,
};

/// What `uninstall` is asked for.
#[derive(Clone, Debug, Default)]
pub struct UninstallRequest {
    /// The release.
    pub name: String,
    /// `--dry-run`
    pub dry_run: bool,
    /// `--ignore-not-found`
    pub ignore_not_found: bool,
    /// `--keep-history`
    pub keep_history: bool,
    /// `--no-hooks`
    pub no_hooks: bool,
    /// `--wait`
    pub wait: WaitStrategy,
    /// `--timeout`
    pub timeout: Duration,
    /// `--cascade`
    pub propagation: Propagation,
    /// `--description`
    pub description: String,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct UninstallOutcome {
    /// The release; `None` when there was none and that was to be ignored.
    pub release: Option<Release>,
    /// What is printed about objects that stay.
    pub info: String,
}

/// Removes the release `request.name` of a namespace.
///
/// # Errors
/// Helm's texts. The causes of objects that could not be deleted are in the log.
pub async fn uninstall(
    cx: &Context,
    address: &ClusterAddress,
    namespace: &str,
    request: &UninstallRequest,
    log: &mut Log,
) -> Result<UninstallOutcome, Error> {
    let cluster = address.open(namespace).await?;
    cluster.check_reachable().await?;
    if request.dry_run {
        dry_run(&cluster, request, log).await
    } else {
        uninstall_in(cx, &cluster, request, log).await
    }
}

pub(crate) async fn uninstall_in(
    cx: &Context,
    cluster: &Cluster,
    request: &UninstallRequest,
    log: &mut Log,
) -> Result<UninstallOutcome, Error> {
    let name = &request.name;
    if validate_release_name(name).is_err() {
        return Err(Error::new(format!("uninstall: Release name is invalid: {name}")));
    }
    let survey = match cluster.store.survey(name, standing).await {
        Ok(survey) => survey,
        Err(error) if request.ignore_not_found && error.kind() == StoreError::NotFound => {
            return Ok(UninstallOutcome::default());
        }
        Err(error) => return Err(Error::from(error).context(format!("uninstall: Release not loaded: {name}"))),
    };
    let revisions: Vec<i64> = survey.heads.iter().map(|head| head.version).collect();
    let mut others = survey.chosen;
    let Some(release) = others.pop() else {
        return Err(Error::new("no release provided"));
    };
    if release.info.status == Status::Uninstalled {
        return purge_only(cluster, request, release, &revisions).await;
    }
    let planned = plan(cluster, (&release, &others), &revisions, request)
        .await
        .map_err(|cause| not_deleted(name, &cause, log))?;
    warn_of_left_over(&planned, &release, log);
    if !planned.undecided.is_empty() {
        let cause = format!("could not get information about {}", planned.undecided.join("; "));
        return Err(not_deleted(name, &Error::new(cause), log));
    }
    let UninstallPlan { plan, kept, .. } = planned;
    let waiting = Waiting {
        strategy: request.wait,
        timeout: request.timeout,
    };
    let mut executor = Executor::new(cx, cluster, log, release, waiting);
    executor.hooks_server_side = true;
    // The record is written by the hooks already, so it must say what is going on before they run.
    executor
        .release
        .set_status(Status::Uninstalling, "Deletion in progress (or silently failed)");
    executor.release.info.deleted = Some(crate::cluster::now(cx));
    let result = executor.run(&plan).await;
    let (release, collected, delete_failed) = (executor.release, executor.collected, executor.delete_failed);
    match result {
        Err(cause) if delete_failed => Err(not_deleted(name, &cause, log)),
        Err(error) => Err(error),
        Ok(()) if collected.is_empty() => Ok(UninstallOutcome {
            release: Some(release),
            info: kept,
        }),
        Ok(()) => {
            let texts: Vec<String> = collected.iter().map(ToString::to_string).collect();
            Err(Error::new(format!(
                "uninstallation completed with {} error(s): {}",
                texts.len(),
                texts.join("; ")
            )))
        }
    }
}

/// The failure of a removal. Helm tells the cause to those only who ask for debug output.
fn not_deleted(name: &str, cause: &Error, log: &mut Log) -> Error {
    let attributes = vec![("error", cause.to_string())];
    log.warn("uninstall: Failed to delete release", attributes);
    Error::new(format!("failed to delete release: {name}")).hint(format!(
        "the release is still recorded, so `helm uninstall {name}` tries again what is left when the cause is mended"
    ))
}

async fn purge_only(
    cluster: &Cluster,
    request: &UninstallRequest,
    release: Release,
    revisions: &[i64],
) -> Result<UninstallOutcome, Error> {
    if request.keep_history {
        return Err(Error::new(format!(
            "the release named {:?} is already deleted",
            request.name
        )));
    }
    for revision in revisions {
        match cluster.store.delete(&request.name, *revision).await {
            Err(error) if error.kind() != StoreError::NotFound => {
                return Err(Error::from(error).context("uninstall: Failed to purge the release"));
            }
            _ => {}
        }
    }
    Ok(UninstallOutcome {
        release: Some(release),
        info: String::new(),
    })
}

/// Plans the removal of a release, with what other revisions have left in the cluster.
async fn plan(
    cluster: &Cluster,
    (release, others): (&Release, &[Release]),
    revisions: &[i64],
    request: &UninstallRequest,
) -> Result<UninstallPlan, Error> {
    let (kept, rest) = delete_candidates(release).map_err(Error::new)?;
    let (mut objects, unserved) = cluster
        .build_parted(rest.as_bytes())
        .await
        .map_err(|error| error.context("unable to build kubernetes objects for delete"))?;
    let left_over = left_over(cluster, release, others).await?;
    let live = look_up(&cluster.client, objects.iter().chain(&left_over), Wanted::Marks).await;
    objects.extend(whelm_plan::owned(left_over, &live, release));
    let options = UninstallOptions {
        no_hooks: request.no_hooks,
        keep_history: request.keep_history,
        propagation: request.propagation,
        wait: request.wait.waits(),
        description: request.description.clone(),
    };
    let kept = whelm_plan::with_unserved(kept, &unserved);
    Ok(whelm_plan::uninstall(
        release, kept, objects, &live, revisions, &options,
    ))
}

/// Returns the objects of other revisions that are to go, too.
async fn left_over(cluster: &Cluster, release: &Release, others: &[Release]) -> Result<Vec<Object>, Error> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let known = cluster.build_parted(&release.manifest).await?.0;
    let mut all = Vec::new();
    for other in others {
        // A record that cannot be read is no reason to keep what the others have.
        let rest = delete_candidates(other).map(|(_, rest)| rest).unwrap_or_default();
        let built = cluster.build_parted(rest.as_bytes()).await;
        all.extend(built.map(|(objects, _)| objects).unwrap_or_default());
    }
    Ok(whelm_plan::left_over(all, &known, &[]))
}

fn about(object: &Object) -> Vec<(&'static str, String)> {
    vec![
        ("kind", object.mapping.gvk.kind.clone()),
        ("name", object.name.clone()),
        ("namespace", object.namespace.clone()),
    ]
}

fn warn_of_left_over(plan: &UninstallPlan, release: &Release, log: &mut Log) {
    for object in &plan.unowned {
        let mut attributes = about(object);
        attributes.push(("release", release.name.clone()));
        log.warn("skipping delete of resource not owned by this release", attributes);
    }
    for (object, reason) in &plan.unverifiable {
        let mut attributes = about(object);
        attributes.push(("release", release.name.clone()));
        attributes.push(("error", reason.clone()));
        log.warn(
            "skipping delete of resource because ownership could not be verified",
            attributes,
        );
    }
}

/// Says what a removal would do.
async fn dry_run(cluster: &Cluster, request: &UninstallRequest, log: &mut Log) -> Result<UninstallOutcome, Error> {
    if validate_release_name(&request.name).is_err() {
        return Err(Error::new(format!(
            "releaseContent: Release name is invalid: {}",
            request.name
        )));
    }
    let release = match cluster.store.last(&request.name).await {
        Ok(release) => release,
        Err(error) if request.ignore_not_found && error.kind() == StoreError::NotFound => {
            return Ok(UninstallOutcome::default());
        }
        Err(error) => return Err(error.into()),
    };
    let Ok(planned) = plan(cluster, (&release, &[]), &[], request).await else {
        return Ok(UninstallOutcome {
            release: Some(release),
            info: String::new(),
        });
    };
    let count = |message: &str, count: usize, log: &mut Log| {
        log.warn(
            message,
            vec![("release", release.name.clone()), ("count", count.to_string())],
        );
    };
    if !planned.unowned.is_empty() {
        let message = "dry-run: resources would be skipped because they are not owned by this release";
        count(message, planned.unowned.len(), log);
        for object in &planned.unowned {
            log.warn("dry-run: would skip resource", about(object));
        }
    }
    if !planned.unverifiable.is_empty() {
        let message = "dry-run: resources would be skipped because their ownership could not be verified";
        count(message, planned.unverifiable.len(), log);
        for (object, reason) in &planned.unverifiable {
            let mut attributes = about(object);
            attributes.push(("error", reason.clone()));
            log.warn(
                "dry-run: would skip resource (ownership could not be verified)",
                attributes,
            );
        }
    }
    for step in &planned.plan.steps {
        if let whelm_plan::Action::Delete(doomed) = &step.action {
            for delete in doomed {
                log.push_with(Level::Debug, "dry-run: would delete resource", about(&delete.object));
            }
        }
    }
    let (info, _) = delete_candidates(&release).unwrap_or_default();
    Ok(UninstallOutcome {
        release: Some(release),
        info,
    })
}
