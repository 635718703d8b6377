//! Asking the API server what it would say to the objects of a plan (`--dry-run=server`).

use whelm_chart::Log;
use whelm_plan::{Action, Apply, Plan, Write};

use super::{Cluster, executor::joined, write};
use crate::Error;

/// Sends what a plan applies as requests that change nothing. Hooks are left out, and so is what goes to a namespace that
/// would be made first.
///
/// Who may not write may still ask for a dry run: then the log says about how many objects nothing is known.
///
/// # Errors
/// What the operation itself would fail with, and that of all objects where the operation ends with the first.
pub(crate) async fn rehearse(cluster: &Cluster, plan: &Plan, log: &mut Log) -> Result<(), Error> {
    let client = cluster.client.rehearsing();
    let mut unasked = 0;
    for step in &plan.steps {
        match &step.action {
            Action::Refuse(text) => return Err(Error::new(*text)),
            Action::Apply { objects, errors: style } => {
                let mut errors = Vec::new();
                let asked: Vec<Apply> = objects
                    .iter()
                    .filter(|apply| has_a_place(plan, apply))
                    .map(rehearsed)
                    .collect();
                for run in write::apply_runs(&asked) {
                    let failed = write::apply_run(&client, run, false).await;
                    errors.extend(failed.map_err(Error::new)?);
                }
                let known = errors.len();
                errors.retain(|text| !lacks_right(text));
                unasked += known - errors.len();
                joined(errors, *style)?;
            }
            _ => {}
        }
    }
    if unasked > 0 {
        let attributes = vec![("objects", unasked.to_string())];
        log.warn(
            "the API server was not asked about objects that this user may not write",
            attributes,
        );
    }
    Ok(())
}

/// Tells whether the namespace of an object exists already.
fn has_a_place(plan: &Plan, apply: &Apply) -> bool {
    plan.prepare.iter().all(|step| match &step.action {
        Action::CreateNamespace(namespace) => namespace.name != apply.object.namespace,
        _ => true,
    })
}

/// What is sent for an object: its owners do not change, so what this client owns by updates is taken over instead.
fn rehearsed(apply: &Apply) -> Apply {
    let write = match apply.write {
        Write::Apply { force } => Write::Apply {
            force: force || apply.managers.is_some(),
        },
        _ => apply.write.clone(),
    };
    Apply {
        write,
        managers: None,
        stop_on_error: false,
        ..apply.clone()
    }
}

/// Tells whether a text is that of a missing right. A quota that is full is forbidden, too, but that is no missing right.
fn lacks_right(text: &str) -> bool {
    text.contains(" is forbidden: User ") && text.contains(" cannot ")
}
