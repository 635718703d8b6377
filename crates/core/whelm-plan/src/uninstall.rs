//! The plan of a removal.
//!
//! Source: Helm 4.3.1, `pkg/action/uninstall.go`.

use std::fmt::Write as _;

use whelm_kube_api::{object, request::Propagation};
use whelm_manifest::{KindOrder, Manifest};
use whelm_release::{HookEvent, Release, Status};

use crate::{
    Action, Delete, Live, LiveObjects, Object, OnError, Plan, RecordChange, Step, Unserved, check_ownership, hooks,
};

/// How to remove.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UninstallOptions {
    /// Run no hooks.
    pub no_hooks: bool,
    /// Keep the records.
    pub keep_history: bool,
    /// What happens to what the objects own.
    pub propagation: Propagation,
    /// Wait until the objects are gone.
    pub wait: bool,
    /// The description of the result; empty means Helm's.
    pub description: String,
}

/// A removal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UninstallPlan {
    /// The steps.
    pub plan: Plan,
    /// What is printed about objects that stay.
    pub kept: String,
    /// Objects that belong to somebody else and stay.
    pub unowned: Vec<Object>,
    /// Objects that stay because nobody knows whose they are, and why.
    pub unverifiable: Vec<(Object, String)>,
    /// Which of them are so for reasons that pass: without them nobody would know of these objects any more.
    pub undecided: Vec<String>,
}

/// Sorts the documents of a release for removal and tells which stay because they say so: the text for them, and the
/// manifest of the others.
///
/// # Errors
/// The stored manifest cannot be read.
pub fn delete_candidates(release: &Release) -> Result<(String, String), String> {
    let files = whelm_manifest::split(&release.manifest)
        .enumerate()
        // Helm sorts these names as texts: the eleventh comes before the third.
        .map(|(at, text)| (go_value::Str::from(format!("manifest-{at}")), text.into()))
        .collect();
    let sorted = whelm_manifest::sort(files, KindOrder::Uninstall)
        .map_err(|error| format!("corrupted release record. You must manually delete the resources: {error}"))?;
    let mut kept = String::new();
    let mut rest = String::new();
    for manifest in &sorted.manifests {
        match policy(manifest) {
            None => {
                let _ = write!(rest, "\n---\n{}", manifest.content);
            }
            // Helm neither deletes nor lists objects with a policy it does not know; they are listed here.
            Some(_) => {
                if kept.is_empty() {
                    kept.push_str("These resources were kept due to the resource policy:\n");
                }
                let name = manifest
                    .head
                    .metadata
                    .as_ref()
                    .map_or("", |metadata| metadata.name.as_str());
                let _ = writeln!(kept, "[{}] {name}", manifest.head.kind);
            }
        }
    }
    Ok((kept, rest))
}

/// Adds to the text about what stays the objects whose kinds the cluster no longer serves: nobody can delete them.
pub fn with_unserved(mut kept: String, unserved: &[Unserved]) -> String {
    if unserved.is_empty() {
        return kept;
    }
    if !kept.is_empty() {
        kept.push('\n');
    }
    let count = unserved.len();
    let _ = writeln!(
        kept,
        "{count} resource(s) were not deleted because the cluster no longer serves their kind:"
    );
    for found in unserved {
        let _ = writeln!(kept, "[{}] {}", found.gvk.kind, found.name);
    }
    kept
}

fn policy(manifest: &Manifest) -> Option<&str> {
    manifest.head.metadata.as_ref()?.annotation("helm.sh/resource-policy")
}

/// Plans a removal of `release`; `objects` are those of [`delete_candidates`], `revisions` all that the history holds.
pub fn uninstall(
    release: &Release,
    kept: String,
    objects: Vec<Object>,
    live: &LiveObjects,
    revisions: &[i64],
    options: &UninstallOptions,
) -> UninstallPlan {
    let mut out = UninstallPlan {
        kept,
        ..UninstallPlan::default()
    };
    let owned = verify(&mut out, release, objects, live, options.propagation);
    explain(&mut out);
    let steps = &mut out.plan.steps;
    let hook = |steps: &mut Vec<Step>, event: HookEvent, on_error| {
        let runs = hooks::runs(release, &event);
        if !options.no_hooks && !runs.is_empty() {
            steps.push(Step::or(Action::Hooks { event, runs }, on_error));
        }
    };
    hook(steps, HookEvent::PreDelete, OnError::Stop);
    let change = RecordChange {
        status: Status::Uninstalling,
        description: "Deletion in progress (or silently failed)".to_owned(),
        deleted: true,
    };
    steps.push(Step::or(Action::UpdateRecord(change), OnError::Log));
    let waited: Vec<Object> = owned.iter().map(|delete| delete.object.clone()).collect();
    if !owned.is_empty() {
        steps.push(Step::new(Action::Delete(owned)));
        if options.wait {
            steps.push(Step::or(Action::WaitDeleted(waited), OnError::Collect));
        }
    }
    hook(steps, HookEvent::PostDelete, OnError::Collect);
    if options.keep_history {
        let own = options.description.as_str();
        let description = if own.is_empty() { "Uninstallation complete" } else { own }.to_owned();
        let change = RecordChange {
            status: Status::Uninstalled,
            description,
            deleted: false,
        };
        steps.push(Step::or(Action::UpdateRecord(change), OnError::Log));
        steps.push(Step::new(Action::SupersedeDeployed));
    } else {
        let purge = Action::Purge(revisions.to_vec());
        steps.push(Step {
            on_error: OnError::Collect,
            ..Step::prefixed(purge, "uninstall: Failed to purge the release: ")
        });
    }
    out
}

/// Keeps what belongs to the release; what is gone already needs nothing.
fn verify(
    out: &mut UninstallPlan,
    release: &Release,
    objects: Vec<Object>,
    live: &LiveObjects,
    propagation: Propagation,
) -> Vec<Delete> {
    let mut owned = Vec::new();
    for found in objects {
        match live.get(&found.key()) {
            Live::Absent => {}
            Live::Forbidden(reason) => out.unverifiable.push((found, reason.clone())),
            Live::Unknown(reason) => {
                out.undecided.push(format!("{}: {reason}", found.described()));
                out.unverifiable.push((found, reason.clone()));
            }
            Live::Present(existing) => {
                if check_ownership(existing, &release.name, &release.namespace).is_err() {
                    out.unowned.push(found);
                } else {
                    let uid = object::uid(existing);
                    let uid = (!uid.is_empty()).then(|| uid.to_owned());
                    owned.push(Delete {
                        object: found,
                        propagation,
                        uid,
                    });
                }
            }
        }
    }
    owned
}

fn explain(out: &mut UninstallPlan) {
    if !out.unowned.is_empty() {
        if !out.kept.is_empty() {
            out.kept.push('\n');
        }
        let count = out.unowned.len();
        let _ = writeln!(
            out.kept,
            "{count} resource(s) were not deleted because they are not owned by this release:"
        );
        for found in &out.unowned {
            let _ = writeln!(out.kept, "[{}] {}", found.mapping.gvk.kind, found.name);
        }
    }
    if !out.unverifiable.is_empty() {
        if !out.kept.is_empty() {
            out.kept.push('\n');
        }
        let count = out.unverifiable.len();
        let _ = writeln!(
            out.kept,
            "{count} resource(s) were not deleted because their ownership could not be verified:"
        );
        for (found, reason) in &out.unverifiable {
            let _ = writeln!(out.kept, "[{}] {}: {reason}", found.mapping.gvk.kind, found.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{build, build::tests::discovery, set_ownership};

    fn release() -> Release {
        let manifest = "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\n\
                        apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: k\n  annotations:\n    \
                        helm.sh/resource-policy: keep\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: b\n---\n\
                        apiVersion: v1\nkind: Secret\nmetadata:\n  name: c\n";
        Release {
            name: "web".into(),
            namespace: "ns".into(),
            version: 2,
            manifest: manifest.into(),
            ..Release::default()
        }
    }

    #[test]
    fn n_002_kept_objects_are_listed() {
        let (kept, rest) = delete_candidates(&release()).unwrap();
        assert_eq!(
            kept,
            "These resources were kept due to the resource policy:\n[ConfigMap] k\n"
        );
        assert!(!rest.contains("name: k") && rest.contains("name: a"));
    }

    #[test]
    fn n_010_foreign_and_unknown_objects_stay() {
        let (kept, rest) = delete_candidates(&release()).unwrap();
        let objects = build(rest.as_bytes(), &discovery(), "ns").unwrap();
        let key = |name: &str| objects.iter().find(|object| object.name == name).unwrap().key();
        let mut own = json!({"metadata": {"uid": "1"}});
        set_ownership(&mut own, "web", "ns");
        let mut live = LiveObjects::default();
        live.insert(key("a"), Live::Present(Box::new(own)));
        live.insert(key("b"), Live::Present(Box::new(json!({}))));
        live.insert(key("c"), Live::Forbidden("forbidden".into()));
        let out = uninstall(&release(), kept, objects, &live, &[1, 2], &UninstallOptions::default());
        assert_eq!(
            out.kept,
            "These resources were kept due to the resource policy:\n[ConfigMap] k\n\n1 resource(s) were not deleted because \
             they are not owned by this release:\n[Secret] b\n\n1 resource(s) were not deleted because their ownership could \
             not be verified:\n[Secret] c: forbidden\n"
        );
        let Action::Delete(doomed) = &out.plan.steps[1].action else {
            panic!()
        };
        assert_eq!((doomed.len(), doomed[0].object.name.as_str()), (1, "a"));
        assert_eq!(out.plan.steps.last().unwrap().action, Action::Purge(vec![1, 2]));
    }
}
