//! The plan of an installation.

use std::collections::BTreeSet;
use std::time::Duration;

use whelm_kube_api::object;
use whelm_release::{HookEvent, Release, Status};

use crate::{
    Action, Apply, ErrorStyle, Live, LiveObjects, Merging, Object, ObjectKey, OnFailure, Plan, PlanError, RecordChange,
    Step, WaitPlan, check_ownership, hooks, merging::write_of, set_ownership, upgrade::prune,
};

/// How to install.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstallOptions {
    /// The namespace to create first, when it does not exist.
    pub create_namespace: Option<Object>,
    /// The last revision when its record is replaced, and whether it failed.
    pub replace: Option<(i64, bool)>,
    /// What failed revisions of the record that is replaced have left in the cluster.
    pub left_over: Vec<Object>,
    /// Who merges objects.
    pub merging: Merging,
    /// Take over objects of others.
    pub take_ownership: bool,
    /// Run no hooks.
    pub no_hooks: bool,
    /// Wait for the objects; `None` waits for nothing.
    pub wait: Option<WaitFor>,
    /// Remove the release when something fails.
    pub rollback_on_failure: bool,
    /// The description of the result; empty means Helm's.
    pub description: String,
}

/// What is waited for, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitFor {
    /// Whether Jobs have to be complete.
    pub jobs: bool,
    /// How long.
    pub timeout: Duration,
}

/// Plans an installation.
///
/// # Errors
/// An object exists and belongs to somebody else, or nobody knows whether it exists.
///
/// Source: Helm 4.3.1, `pkg/action/install.go`.
pub fn install(
    release: &Release,
    objects: Vec<Object>,
    live: &LiveObjects,
    options: &InstallOptions,
) -> Result<Plan, PlanError> {
    let adopts = check_existing(release, &objects, live, options.take_ownership)
        .map_err(|text| PlanError(format!("unable to continue with install: {text}")))?;
    let mut plan = Plan {
        on_failure: OnFailure {
            record: Some(RecordChange {
                status: Status::Failed,
                description: format!("Release {:?} failed: ", release.name),
                deleted: false,
            }),
            clean_up: false,
            roll_back: options.rollback_on_failure,
        },
        ..Plan::default()
    };
    prepare(&mut plan, options);
    hooks::push(
        &mut plan,
        release,
        HookEvent::PreInstall,
        "failed pre-install: ",
        options.no_hooks,
    );
    let waited = options.wait.map(|wait| WaitPlan {
        objects: objects.clone(),
        jobs: wait.jobs,
        timeout: wait.timeout,
    });
    let new: BTreeSet<ObjectKey> = objects.iter().map(Object::key).collect();
    let doomed = prune(options.left_over.clone(), &new, live, release).map_err(PlanError)?;
    if let Some(text) = options.merging.refused().filter(|_| adopts) {
        plan.steps.push(Step::new(Action::Refuse(text)));
    } else if !objects.is_empty() {
        plan.steps
            .push(Step::new(apply(release, objects, live, adopts, options.merging)));
    }
    if !doomed.is_empty() {
        plan.steps.push(Step::new(Action::Delete(doomed)));
    }
    plan.steps.extend(waited.map(|wait| Step::new(Action::Wait(wait))));
    hooks::push(
        &mut plan,
        release,
        HookEvent::PostInstall,
        "failed post-install: ",
        options.no_hooks,
    );
    plan.steps.push(finish("Install complete", &options.description));
    Ok(plan)
}

fn prepare(plan: &mut Plan, options: &InstallOptions) {
    if let Some(namespace) = &options.create_namespace {
        plan.prepare
            .push(Step::new(Action::CreateNamespace(Box::new(namespace.clone()))));
    }
    if let Some((revision, false)) = options.replace {
        let description = Some("superseded by new release");
        plan.prepare
            .push(Step::new(Action::Supersede { revision, description }));
    }
    plan.prepare.push(Step::new(Action::CreateRecord));
}

/// The last step of an operation that went well. A record that cannot be written would say for ever that it is under way.
pub(crate) fn finish(description: &str, own: &str) -> Step {
    let description = if own.is_empty() { description } else { own };
    let change = RecordChange {
        status: Status::Deployed,
        description: description.to_owned(),
        deleted: false,
    };
    Step::new(Action::UpdateRecord(change))
}

/// Tells whether any of the objects exists already.
pub(crate) fn check_existing(
    release: &Release,
    objects: &[Object],
    live: &LiveObjects,
    take_ownership: bool,
) -> Result<bool, String> {
    let mut adopts = false;
    for found in objects {
        let generated = !object::generate_name(&found.value).is_empty();
        if generated && !found.name.is_empty() {
            return Err("metadata.name and metadata.generateName cannot both be set".to_owned());
        }
        if generated {
            continue;
        }
        match live.get(&found.key()) {
            Live::Absent => {}
            Live::Forbidden(reason) | Live::Unknown(reason) => {
                return Err(format!(
                    "could not get information about the resource {}: {reason}",
                    found.described()
                ));
            }
            Live::Present(existing) => {
                adopts = true;
                if !take_ownership {
                    check_ownership(existing, &release.name, &release.namespace).map_err(|text| {
                        format!(
                            "{} exists and cannot be imported into the current release: {text}",
                            found.described()
                        )
                    })?;
                }
            }
        }
    }
    Ok(adopts)
}

fn apply(release: &Release, objects: Vec<Object>, live: &LiveObjects, adopts: bool, merging: Merging) -> Action {
    // When something is adopted Helm updates instead of creating, with that operation's texts and rules.
    let merging = if adopts {
        Merging {
            moves_managers: true,
            ..merging
        }
    } else {
        Merging {
            server_side: merging.server_side,
            ..Merging::default()
        }
    };
    let one = |mut object: Object| {
        set_ownership(&mut object.value, &release.name, &release.namespace);
        let live = live.get(&object.key());
        let (error_prefix, stop_on_error) = if adopts && *live == Live::Absent {
            ("failed to create resource: ", true)
        } else {
            ("", false)
        };
        let (write, managers) = write_of(merging, &object, live, Some(&object.value));
        Apply {
            object,
            write,
            managers,
            error_prefix,
            stop_on_error,
            is_unexpected: false,
        }
    };
    let errors = if adopts { ErrorStyle::Ands } else { ErrorStyle::Lines };
    Action::Apply {
        objects: objects.into_iter().map(one).collect(),
        errors,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{build, build::tests::discovery};

    fn release() -> Release {
        Release {
            name: "web".into(),
            namespace: "ns".into(),
            version: 1,
            ..Release::default()
        }
    }

    fn objects() -> Vec<Object> {
        let text = "{apiVersion: v1, kind: Secret, metadata: {name: s}}\n---\n\
                    {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n";
        build(text.as_bytes(), &discovery(), "ns").unwrap()
    }

    #[test]
    fn i_001_record_before_objects() {
        let options = InstallOptions {
            wait: Some(WaitFor {
                jobs: false,
                timeout: Duration::ZERO,
            }),
            ..Default::default()
        };
        let plan = install(&release(), objects(), &LiveObjects::default(), &options).unwrap();
        assert_eq!(plan.prepare.last().unwrap().action, Action::CreateRecord);
        let kinds: Vec<_> = plan
            .steps
            .iter()
            .map(|step| std::mem::discriminant(&step.action))
            .collect();
        assert_eq!(kinds.len(), 3);
        let Action::Apply {
            objects,
            errors: ErrorStyle::Lines,
        } = &plan.steps[0].action
        else {
            panic!()
        };
        assert_eq!(check_ownership(&objects[0].object.value, "web", "ns"), Ok(()));
    }

    #[test]
    fn i_003_foreign_objects_are_refused_and_own_ones_adopted() {
        let mut live = LiveObjects::default();
        live.insert(
            objects()[1].key(),
            Live::Present(Box::new(json!({"metadata": {"name": "c"}}))),
        );
        let error = install(&release(), objects(), &live, &InstallOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(
            "unable to continue with install: ConfigMap \"c\" in namespace \"ns\" exists and cannot be imported into the \
             current release: invalid ownership metadata; label validation error: missing key"
        ));
        // I-004: with --take-ownership it is taken over.
        let options = InstallOptions {
            take_ownership: true,
            ..Default::default()
        };
        let plan = install(&release(), objects(), &live, &options).unwrap();
        let Action::Apply {
            objects,
            errors: ErrorStyle::Ands,
        } = &plan.steps[0].action
        else {
            panic!()
        };
        assert!(objects[0].stop_on_error && !objects[1].stop_on_error);
    }

    #[test]
    fn i_006_name_and_generate_name_exclude_each_other() {
        let text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, generateName: c-}}\n";
        let objects = build(text.as_bytes(), &discovery(), "ns").unwrap();
        let error = install(&release(), objects, &LiveObjects::default(), &InstallOptions::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unable to continue with install: metadata.name and metadata.generateName cannot both be set"
        );
    }
}
