//! Which tests of a release run.
//!
//! Source: Helm 4.3.1, `pkg/action/release_testing.go`.

use whelm_release::{Hook, HookEvent, Release};

use crate::{HookRun, hooks};

/// Which tests are meant, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestFilter {
    /// Only these; empty means all.
    pub only: Vec<String>,
    /// All but these.
    pub without: Vec<String>,
}

impl TestFilter {
    fn chooses(&self, hook: &Hook) -> bool {
        !self.without.contains(&hook.name) && (self.only.is_empty() || self.only.contains(&hook.name))
    }
}

/// Returns the tests that run, in their order.
///
/// The record lists the hooks that are left out before the others from then on, as Helm's does; those that `without` names
/// come first.
pub fn test_runs(release: &mut Release, filter: &TestFilter) -> Vec<HookRun> {
    release.hooks.sort_by_key(|hook| match filter.chooses(hook) {
        true => 2,
        false => u8::from(!filter.without.contains(&hook.name)),
    });
    let mut runs = hooks::runs(release, &HookEvent::Test);
    runs.retain(|run| release.hooks.get(run.index).is_some_and(|hook| filter.chooses(hook)));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(name: &str, event: HookEvent) -> Hook {
        Hook {
            name: name.into(),
            events: vec![event],
            ..Hook::default()
        }
    }

    #[test]
    fn k_011_filters() {
        let hooks: Vec<Hook> = ["a", "b", "c", "d"].map(|name| hook(name, HookEvent::Test)).into();
        let names = |only: &[&str], without: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let filter = TestFilter {
                only: owned(only),
                without: owned(without),
            };
            let mut release = Release {
                hooks: hooks.clone(),
                ..Release::default()
            };
            release.hooks.push(hook("e", HookEvent::PreInstall));
            let runs = test_runs(&mut release, &filter);
            let all: Vec<_> = release.hooks.iter().map(|hook| hook.name.as_str()).collect();
            let run: Vec<_> = runs.iter().map(|run| all[run.index]).collect();
            (all.concat(), run.concat())
        };
        let pair = |all: &str, run: &str| (all.to_owned(), run.to_owned());
        assert_eq!(names(&[], &[]), pair("abcde", "abcd"));
        assert_eq!(names(&["c", "b", "x"], &[]), pair("adebc", "bc"));
        assert_eq!(names(&[], &["a"]), pair("abcde", "bcd"));
        assert_eq!(names(&["b", "c"], &["c", "e"]), pair("ceadb", "b"));
    }
}
