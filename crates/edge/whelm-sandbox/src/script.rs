//! What Pods are made to do: by annotations, or by the rules of a scenario.

use serde_json::Value;

use crate::core::Core;
use crate::object::{at, items, text};

/// What becomes of a Pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Outcome {
    /// It runs, or succeeds where its containers are not restarted.
    #[default]
    Fine,
    /// No node takes it.
    Unschedulable,
    /// Its images cannot be had.
    ImagePullBackOff,
    /// Its containers end again and again.
    CrashLoopBackOff,
    /// Its containers run and never become ready.
    NotReady,
    /// Its containers end with an error.
    Failed,
    /// It cannot be created, because a quota is used up.
    QuotaExceeded,
}

impl Outcome {
    /// Returns the outcome of a name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "" | "Fine" => Outcome::Fine,
            "Unschedulable" => Outcome::Unschedulable,
            "ImagePullBackOff" | "ErrImagePull" => Outcome::ImagePullBackOff,
            "CrashLoopBackOff" => Outcome::CrashLoopBackOff,
            "NotReady" => Outcome::NotReady,
            "Failed" => Outcome::Failed,
            "QuotaExceeded" => Outcome::QuotaExceeded,
            _ => return None,
        })
    }
}

/// What a Pod does, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Script {
    pub outcome: Outcome,
    /// How long the trouble lasts, in milliseconds; 0 is for ever.
    pub fails_for: i64,
    /// How long the containers take to become ready, in milliseconds.
    pub ready_after: i64,
    /// How long containers that are not restarted run, in milliseconds.
    pub run_for: i64,
    /// What the containers have written.
    pub log: String,
}

const PREFIX: &str = "sandbox.whelm.dev/";

impl Script {
    /// Returns what a Pod does: what its annotations say, else the first rule of the scenario that fits.
    pub fn of(core: &Core, pod: &Value) -> Self {
        let rules = core.scenario.pods.iter();
        let found = rules
            .filter(|rule| rule.selects(pod))
            .map(|rule| rule.script.clone())
            .next();
        let mut script = found.unwrap_or_default();
        let annotations = at(pod, &["metadata", "annotations"]).cloned().unwrap_or_default();
        script.read(|field| {
            Some(text(&annotations, &[&format!("{PREFIX}{field}")]).to_owned()).filter(|text| !text.is_empty())
        });
        // Its controller would replace it without end; as its containers are restarted, they end again and again instead.
        if script.outcome == Outcome::Failed && is_restarted(pod) && is_controlled(pod) {
            script.outcome = Outcome::CrashLoopBackOff;
        }
        script
    }

    /// Reads the fields that are given. What cannot be understood counts as not given.
    pub fn read(&mut self, field: impl Fn(&str) -> Option<String>) {
        let time = |name: &str| field(name).and_then(|text| millis(&text));
        if let Some(outcome) = field("outcome").and_then(|name| Outcome::named(&name)) {
            self.outcome = outcome;
        }
        self.fails_for = time("fails-for").unwrap_or(self.fails_for);
        self.ready_after = time("ready-after").unwrap_or(self.ready_after);
        self.run_for = time("run-for").unwrap_or(self.run_for);
        if let Some(log) = field("log") {
            self.log = log;
        }
    }
}

fn is_restarted(pod: &Value) -> bool {
    text(pod, &["spec", "restartPolicy"]) == "Always"
}

fn is_controlled(pod: &Value) -> bool {
    let owners = items(pod, &["metadata", "ownerReferences"]);
    owners
        .iter()
        .any(|owner| at(owner, &["controller"]) == Some(&Value::Bool(true)))
}

/// Reads a time such as `1m30s` or `250ms` in milliseconds.
pub(crate) fn millis(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total = 0_i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let after = rest.get(digits..)?;
        let letters = after
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let factor = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = next;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times() {
        let cases = [
            ("1m30s", Some(90_000)),
            ("250ms", Some(250)),
            ("2h", Some(7_200_000)),
            ("0s", Some(0)),
            ("", None),
            ("5", None),
            ("x", None),
            ("-1s", None),
            ("9999999999999999999h", None),
            ("3é", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(millis(text), wanted, "{text}");
        }
    }
}
