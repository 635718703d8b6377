//! Which hooks run, in which order, and what becomes of their objects.

use whelm_release::{Hook, HookEvent, Release, hook_delete, hook_log};

use crate::{Action, Plan, Step};

/// One run of a hook.
#[derive(Clone, Debug, PartialEq)]
pub struct HookRun {
    /// Its place in the release.
    pub index: usize,
    /// Delete what is left from last time first.
    pub delete_before: bool,
    /// Delete it once all hooks of the event succeeded.
    pub delete_succeeded: bool,
    /// Delete it when it failed.
    pub delete_failed: bool,
    /// Show its logs when it succeeded.
    pub log_succeeded: bool,
    /// Show its logs when it failed.
    pub log_failed: bool,
}

/// Returns the hooks that run at `event`: by weight, then by name, then as the release lists them. One that names the event twice
/// runs twice.
///
/// A custom resource definition is never deleted, because all its objects would go with it.
///
/// Source: Helm 4.3.1, `pkg/action/hooks.go`.
pub(crate) fn runs(release: &Release, event: &HookEvent) -> Vec<HookRun> {
    let mut chosen: Vec<(usize, &Hook)> = release
        .hooks
        .iter()
        .enumerate()
        .flat_map(|(index, hook)| {
            let times = hook.events.iter().filter(|own| *own == event).count();
            std::iter::repeat_n((index, hook), times)
        })
        .collect();
    chosen.sort_by(|(_, a), (_, b)| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
    chosen.into_iter().map(|(index, hook)| run(index, hook)).collect()
}

/// Adds the step that runs the hooks of `event`, if there are any.
pub(crate) fn push(plan: &mut Plan, release: &Release, event: HookEvent, error_prefix: &'static str, no_hooks: bool) {
    let runs = runs(release, &event);
    if !no_hooks && !runs.is_empty() {
        plan.steps
            .push(Step::prefixed(Action::Hooks { event, runs }, error_prefix));
    }
}

fn run(index: usize, hook: &Hook) -> HookRun {
    let deletable = hook.kind != "CustomResourceDefinition";
    let deletes = |word: &str| deletable && hook.delete_policies.iter().any(|policy| policy == word);
    let logs = |word: &str| hook.output_log_policies.iter().any(|policy| policy == word);
    HookRun {
        index,
        delete_before: deletes(hook_delete::BEFORE_CREATION) || (deletable && hook.delete_policies.is_empty()),
        delete_succeeded: deletes(hook_delete::SUCCEEDED),
        delete_failed: deletes(hook_delete::FAILED),
        log_succeeded: logs(hook_log::SUCCEEDED),
        log_failed: logs(hook_log::FAILED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(name: &str, weight: i64, kind: &str, policies: &[&str]) -> Hook {
        Hook {
            name: name.into(),
            kind: kind.into(),
            weight,
            events: vec![HookEvent::PreInstall],
            delete_policies: policies.iter().map(|word| (*word).to_owned()).collect(),
            ..Hook::default()
        }
    }

    #[test]
    fn k_002_weight_then_name() {
        let hooks = vec![
            hook("b", 1, "Job", &[]),
            hook("a", 1, "Job", &[]),
            hook("z", -5, "Job", &[]),
        ];
        let release = Release {
            hooks,
            ..Release::default()
        };
        let order: Vec<_> = runs(&release, &HookEvent::PreInstall)
            .iter()
            .map(|run| run.index)
            .collect();
        assert_eq!(order, [2, 1, 0]);
        assert!(runs(&release, &HookEvent::PostInstall).is_empty());
    }

    #[test]
    fn k_001_an_event_that_is_named_twice() {
        let mut twice = hook("a", 0, "Job", &[]);
        twice.events.push(HookEvent::PreInstall);
        let release = Release {
            hooks: vec![twice],
            ..Release::default()
        };
        assert_eq!(runs(&release, &HookEvent::PreInstall).len(), 2);
    }

    #[test]
    fn k_003_delete_policies() {
        let hooks = vec![
            hook("a", 0, "Job", &[]),
            hook("b", 0, "Job", &["hook-succeeded", "hook-failed"]),
            hook(
                "c",
                0,
                "CustomResourceDefinition",
                &["before-hook-creation", "hook-succeeded"],
            ),
        ];
        let release = Release {
            hooks,
            ..Release::default()
        };
        let flags: Vec<_> = runs(&release, &HookEvent::PreInstall)
            .iter()
            .map(|run| (run.delete_before, run.delete_succeeded, run.delete_failed))
            .collect();
        assert_eq!(
            flags,
            [(true, false, false), (false, true, true), (false, false, false)]
        );
    }
}
