//! The plan of an upgrade.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use whelm_kube_api::{Gvk, object, request::Propagation};
use whelm_release::{HookEvent, Release, Status};

use crate::{
    Action, Apply, Delete, ErrorStyle, IfFailed, Live, LiveObjects, Merging, Object, ObjectKey, OnError, OnFailure,
    Plan, PlanError, RecordChange, Step, WaitPlan, check_ownership, hooks,
    install::{WaitFor, check_existing, finish},
    merging::write_of,
    set_ownership,
};

/// How to upgrade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpgradeOptions {
    /// Who merges objects.
    pub merging: Merging,
    /// Take over objects of others.
    pub take_ownership: bool,
    /// Run no hooks.
    pub no_hooks: bool,
    /// Wait for the objects; `None` waits for nothing.
    pub wait: Option<WaitFor>,
    /// Go back to the last good revision when something fails.
    pub rollback_on_failure: bool,
    /// Whether it goes back to what was there before.
    pub goes_back: bool,
    /// Delete what the attempt created when something fails.
    pub cleanup_on_fail: bool,
    /// The description of the result; empty means Helm's.
    pub description: String,
}

/// Returns the objects that have to be looked up: those of the new manifest, because they may be gone or belong to somebody
/// else, and those that only the old one has, because they may be marked to be kept.
pub fn looked_up<'a>(current: &'a [Object], target: &'a [Object]) -> Vec<&'a Object> {
    let new: BTreeSet<_> = target.iter().map(Object::key).collect();
    let vanishing = current.iter().filter(|object| !new.contains(&object.key()));
    target
        .iter()
        .chain(vanishing)
        .filter(|object| !object.name.is_empty())
        .collect()
}

/// Returns which objects of revisions that failed, or were never finished, neither the revision that runs nor the new one has.
pub fn left_over(others: Vec<Object>, current: &[Object], target: &[Object]) -> Vec<Object> {
    let mut known: BTreeSet<_> = current.iter().chain(target).map(Object::key).collect();
    let is_left = |object: &Object| !object.name.is_empty() && known.insert(object.key());
    others.into_iter().filter(is_left).collect()
}

/// Keeps what is left over and has the marks of the release, or may have them.
pub fn owned(left_over: Vec<Object>, live: &LiveObjects, release: &Release) -> impl Iterator<Item = Object> {
    let is_owned = |object: &Object| match live.get(&object.key()) {
        Live::Present(existing) => check_ownership(existing, &release.name, &release.namespace).is_ok(),
        Live::Unknown(_) => true,
        Live::Absent | Live::Forbidden(_) => false,
    };
    left_over.into_iter().filter(is_owned)
}

/// Plans an upgrade from `original`, whose objects are `current`, to `release`, whose objects are `target`.
///
/// # Errors
/// An object that is new to the release exists and belongs to somebody else, or nobody knows whether it exists.
///
/// Source: Helm 4.3.1, `pkg/action/upgrade.go`, `pkg/kube/client.go`.
pub fn upgrade(
    original: &Release,
    release: &Release,
    current: Vec<Object>,
    target: Vec<Object>,
    live: &LiveObjects,
    options: &UpgradeOptions,
) -> Result<Plan, PlanError> {
    let mut plan = Plan {
        on_failure: on_failure(release, options),
        ..Plan::default()
    };
    plan.prepare.push(Step::new(Action::CreateRecord));
    hooks::push(
        &mut plan,
        release,
        HookEvent::PreUpgrade,
        "pre-upgrade hooks failed: ",
        options.no_hooks,
    );
    let waited = options.wait.map(|wait| WaitPlan {
        objects: target.clone(),
        jobs: wait.jobs,
        timeout: wait.timeout,
    });
    let changes = change(release, current, target, live, options)
        .map_err(|PlanError(text)| PlanError(format!("unable to continue with update: {text}")))?;
    let first = plan.steps.len();
    plan.steps.extend(changes);
    plan.steps.extend(waited.map(|wait| Step::new(Action::Wait(wait))));
    hooks::push(
        &mut plan,
        release,
        HookEvent::PostUpgrade,
        "post-upgrade hooks failed: ",
        options.no_hooks,
    );
    for step in plan.steps.iter_mut().skip(first) {
        step.if_failed = Some(if_failed(original, release));
    }
    let superseded = Action::Supersede {
        revision: original.version,
        description: None,
    };
    plan.steps.push(Step::or(superseded, OnError::Log));
    plan.steps.push(finish("Upgrade complete", &options.description));
    Ok(plan)
}

/// Returns the steps that turn the objects of one revision into those of another: applying, then removing what only the
/// old one has.
pub(crate) fn change(
    release: &Release,
    current: Vec<Object>,
    target: Vec<Object>,
    live: &LiveObjects,
    options: &UpgradeOptions,
) -> Result<Vec<Step>, PlanError> {
    let appearing = appearing(&current, &target);
    check_existing(release, &appearing, live, options.take_ownership).map_err(PlanError)?;
    let new_keys: BTreeSet<ObjectKey> = target.iter().map(Object::key).collect();
    let mut steps = Vec::new();
    if let Some(text) = options.merging.refused() {
        steps.push(Step::new(Action::Refuse(text)));
    } else {
        let nameless = target.iter().position(|object| object.name.is_empty());
        let mut named = target;
        named.truncate(nameless.unwrap_or(named.len()));
        if !named.is_empty() {
            steps.push(Step::new(apply(release, &current, named, live, options)));
        }
        if nameless.is_some() {
            let text = "could not get information about the resource: resource name may not be empty";
            steps.push(Step::new(Action::Refuse(text)));
        }
    }
    let doomed = prune(current, &new_keys, live, release).map_err(PlanError)?;
    if !doomed.is_empty() {
        steps.push(Step::new(Action::Delete(doomed)));
    }
    Ok(steps)
}

/// Returns the objects that the old manifest does not have in the same version.
fn appearing(current: &[Object], target: &[Object]) -> Vec<Object> {
    let old: BTreeSet<_> = current.iter().map(in_version).collect();
    let is_new = |object: &&Object| !old.contains(&in_version(object));
    target.iter().filter(is_new).cloned().collect()
}

fn in_version(object: &Object) -> (&Gvk, &str, &str) {
    (&object.mapping.gvk, &object.namespace, &object.name)
}

/// Returns the places of objects that are there twice or more.
fn repeated(target: &[Object]) -> BTreeSet<ObjectKey> {
    let mut sorted: Vec<&Object> = target.iter().collect();
    sorted.sort_by(|a, b| place(a).cmp(&place(b)));
    let pairs = sorted.windows(2).filter_map(|pair| match pair {
        [a, b] if place(a) == place(b) => Some(a.key()),
        _ => None,
    });
    pairs.collect()
}

fn place(object: &Object) -> (&str, &str, &str, &str) {
    let gvk = &object.mapping.gvk;
    (&gvk.group, &gvk.kind, &object.namespace, &object.name)
}

/// Helm stores the original again when a step after the first hooks fails.
fn if_failed(original: &Release, release: &Release) -> IfFailed {
    IfFailed {
        description: failed(release),
        supersedes: None,
        stores_again: Some(original.version),
        is_logged: false,
        error_prefix: String::new(),
        cleans_up: false,
    }
}

fn failed(release: &Release) -> String {
    format!("Upgrade {:?} failed: ", release.name)
}

fn on_failure(release: &Release, options: &UpgradeOptions) -> OnFailure {
    OnFailure {
        record: Some(RecordChange {
            status: Status::Failed,
            description: failed(release),
            deleted: false,
        }),
        clean_up: options.cleanup_on_fail,
        roll_back: options.rollback_on_failure,
    }
}

/// Applies all objects. Those that do not exist are created, whether the old manifest had them or not.
fn apply(
    release: &Release,
    current: &[Object],
    target: Vec<Object>,
    live: &LiveObjects,
    options: &UpgradeOptions,
) -> Action {
    // Of what the old manifest has twice, the first counts.
    let old: BTreeMap<ObjectKey, &Value> = current
        .iter()
        .rev()
        .map(|object| (object.key(), &object.value))
        .collect();
    let changed_meanwhile = Live::Present(Box::default());
    let (repeated, mut seen) = (repeated(&target), BTreeSet::new());
    let one = |mut object: Object| {
        set_ownership(&mut object.value, &release.name, &release.namespace);
        let key = object.key();
        let absent = *live.get(&key) == Live::Absent;
        // What the manifest has twice is there the second time, other than it was.
        let again = repeated.contains(&key) && !seen.insert(key.clone());
        let new = absent && !again;
        let live = if again { &changed_meanwhile } else { live.get(&key) };
        // What is adopted counts as applied so; what going back finds, or is made twice, counts as what it is.
        let is_found = options.goes_back || absent;
        let adopted = (!is_found).then_some(&object.value);
        let original = old.get(&key).copied().or(adopted);
        let (write, managers) = write_of(options.merging, &object, live, original);
        Apply {
            object,
            write,
            managers,
            error_prefix: if new { "failed to create resource: " } else { "" },
            stop_on_error: new,
            is_unexpected: is_found && !new && !old.contains_key(&key),
        }
    };
    Action::Apply {
        objects: target.into_iter().map(one).collect(),
        errors: ErrorStyle::Ands,
    }
}

/// Returns what only the old manifest has, without what is gone already, marked to be kept, or not ours to delete.
pub(crate) fn prune(
    current: Vec<Object>,
    new: &BTreeSet<ObjectKey>,
    live: &LiveObjects,
    release: &Release,
) -> Result<Vec<Delete>, String> {
    let uid_of = |key: &ObjectKey| match live.get(key) {
        Live::Present(existing) => Some(object::uid(existing).to_owned()).filter(|uid| !uid.is_empty()),
        _ => None,
    };
    // One object may be served under two groups: what is new under one is not old under the other.
    let stays: BTreeSet<String> = new.iter().filter_map(uid_of).collect();
    let mut doomed = Vec::new();
    for object in current {
        if new.contains(&object.key()) || object.name.is_empty() {
            continue;
        }
        if let Live::Unknown(reason) = live.get(&object.key()) {
            // Without it nobody would know of the object any more.
            let what = object.described();
            return Err(format!("could not get information about the resource {what}: {reason}"));
        }
        let uid = uid_of(&object.key());
        if let Live::Present(existing) = live.get(&object.key())
            && object::annotation(existing, "helm.sh/resource-policy") != Some("keep")
            && !uid.as_ref().is_some_and(|uid| stays.contains(uid))
            && !is_of_another(existing, release)
        {
            doomed.push(Delete {
                object,
                propagation: Propagation::Background,
                uid,
            });
        }
    }
    Ok(doomed)
}

/// Tells whether another release has taken an object over.
fn is_of_another(existing: &Value, release: &Release) -> bool {
    let differs = |name: &str, own: &str| object::annotation(existing, name).is_some_and(|value| value != own);
    differs("meta.helm.sh/release-name", &release.name) || differs("meta.helm.sh/release-namespace", &release.namespace)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{build, build::tests::discovery};

    fn named(version: i64) -> Release {
        Release {
            name: "web".into(),
            namespace: "ns".into(),
            version,
            ..Release::default()
        }
    }

    fn objects(names: &[&str]) -> Vec<Object> {
        let text: Vec<_> = names
            .iter()
            .map(|name| format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}\n"))
            .collect();
        build(text.join("---\n").as_bytes(), &discovery(), "ns").unwrap()
    }

    #[test]
    fn u_003_removed_objects_go_unless_they_are_kept() {
        let (current, target) = (objects(&["a", "gone", "kept", "missing"]), objects(&["a", "b"]));
        let names: Vec<_> = looked_up(&current, &target)
            .iter()
            .map(|object| object.name.clone())
            .collect();
        assert_eq!(names, ["a", "b", "gone", "kept", "missing"]);
        let mut live = LiveObjects::default();
        live.insert(current[0].key(), Live::Present(Box::new(json!({}))));
        live.insert(
            current[1].key(),
            Live::Present(Box::new(json!({"metadata": {"uid": "u1"}}))),
        );
        let kept = json!({"metadata": {"annotations": {"helm.sh/resource-policy": "keep"}}});
        live.insert(current[2].key(), Live::Present(Box::new(kept)));
        let plan = upgrade(&named(1), &named(2), current, target, &live, &UpgradeOptions::default()).unwrap();
        let Action::Delete(doomed) = &plan.steps[1].action else {
            panic!("{plan:?}")
        };
        assert_eq!(doomed.len(), 1);
        assert_eq!(
            (doomed[0].object.name.as_str(), doomed[0].uid.as_deref()),
            ("gone", Some("u1"))
        );
        let Action::Apply { objects, .. } = &plan.steps[0].action else {
            panic!()
        };
        assert_eq!((objects[0].stop_on_error, objects[1].stop_on_error), (false, true));
    }

    #[test]
    fn u_003_what_is_not_ours_stays() {
        let (current, target) = (objects(&["same", "other", "own"]), objects(&["new"]));
        let mut live = LiveObjects::default();
        let with = |uid: &str, owner: &str| {
            let annotations = json!({"meta.helm.sh/release-name": owner, "meta.helm.sh/release-namespace": "ns"});
            Live::Present(Box::new(json!({"metadata": {"uid": uid, "annotations": annotations}})))
        };
        live.insert(target[0].key(), with("1", "web"));
        live.insert(current[0].key(), with("1", "web"));
        live.insert(current[1].key(), with("2", "other"));
        live.insert(current[2].key(), with("3", "web"));
        let keys = target.iter().map(Object::key).collect();
        let doomed = prune(current, &keys, &live, &named(2)).unwrap();
        assert_eq!(doomed.len(), 1);
        assert_eq!(doomed[0].object.name, "own");
    }

    // U-003: an object that somebody deleted is created again, in the words for new ones.
    #[test]
    fn u_003_objects_that_are_gone_are_created() {
        let mut live = LiveObjects::default();
        live.insert(objects(&["a"])[0].key(), Live::Present(Box::new(json!({}))));
        live.insert(objects(&["b"])[0].key(), Live::Absent);
        let (current, target) = (objects(&["a", "b"]), objects(&["a", "b"]));
        let plan = upgrade(&named(1), &named(2), current, target, &live, &UpgradeOptions::default()).unwrap();
        let Action::Apply { objects, .. } = &plan.steps[0].action else {
            panic!("{plan:?}")
        };
        let prefixes: Vec<&str> = objects.iter().map(|apply| apply.error_prefix).collect();
        assert_eq!(prefixes, ["", "failed to create resource: "]);
    }

    #[test]
    fn foreign_objects_are_refused() {
        let mut live = LiveObjects::default();
        live.insert(objects(&["b"])[0].key(), Live::Present(Box::new(json!({}))));
        let error = upgrade(
            &named(1),
            &named(2),
            objects(&["a"]),
            objects(&["b"]),
            &live,
            &UpgradeOptions::default(),
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("unable to continue with update: ConfigMap \"b\" in namespace \"ns\" exists")
        );
    }
}
