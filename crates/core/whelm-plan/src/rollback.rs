//! The plan of going back to an earlier revision.

use whelm_release::{HookEvent, Release, Status};

use crate::{
    Action, IfFailed, LiveObjects, Object, OnError, OnFailure, Plan, PlanError, RecordChange, Step, UpgradeOptions,
    WaitPlan, hooks, install::finish, upgrade,
};

/// Plans to go from `original`, whose objects are `old`, to `release`, which has the content of the revision that is gone back
/// to. `options.description` is the description of the result.
///
/// # Errors
/// Nobody knows whether an object exists that only the new manifest has.
///
/// Source: Helm 4.3.1, `pkg/action/rollback.go`.
pub fn rollback(
    original: &Release,
    release: &Release,
    old: Vec<Object>,
    target: Vec<Object>,
    live: &LiveObjects,
    options: &UpgradeOptions,
) -> Result<Plan, PlanError> {
    let record = RecordChange {
        status: Status::Failed,
        description: format!("Rollback {:?} failed: ", release.name),
        deleted: false,
    };
    let mut plan = Plan {
        on_failure: OnFailure {
            record: Some(record),
            clean_up: false,
            roll_back: false,
        },
        ..Plan::default()
    };
    plan.prepare.push(Step::new(Action::CreateRecord));
    hooks::push(&mut plan, release, HookEvent::PreRollback, "", options.no_hooks);
    let waited = options.wait.map(|wait| WaitPlan {
        objects: target.clone(),
        jobs: wait.jobs,
        timeout: wait.timeout,
    });
    let taking = UpgradeOptions {
        take_ownership: true,
        goes_back: true,
        ..options.clone()
    };
    let changes = upgrade::change(release, old, target, live, &taking)?;
    // From here on, objects are no longer what the revision before made them.
    plan.steps.extend(changes.into_iter().map(|step| Step {
        if_failed: Some(IfFailed {
            description: format!("Rollback {:?} failed: ", release.name),
            supersedes: Some(original.version),
            stores_again: None,
            is_logged: true,
            error_prefix: String::new(),
            cleans_up: options.cleanup_on_fail,
        }),
        ..step
    }));
    plan.steps.extend(waited.map(|wait| Step {
        if_failed: Some(IfFailed {
            description: format!("Release {:?} failed: ", release.name),
            supersedes: None,
            stores_again: Some(original.version),
            is_logged: false,
            error_prefix: format!("release {} failed", release.name),
            cleans_up: false,
        }),
        ..Step::new(Action::Wait(wait))
    }));
    hooks::push(&mut plan, release, HookEvent::PostRollback, "", options.no_hooks);
    plan.steps.push(Step::or(Action::SupersedeDeployed, OnError::Log));
    plan.steps.push(finish(&options.description, ""));
    Ok(plan)
}
