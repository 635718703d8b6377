//! The steps by which the newest ReplicaSet takes over.
//!
//! Source: `pkg/controller/deployment` of Kubernetes, `rolling.go` and `recreate.go`.

use std::sync::Arc;

use serde_json::Value;

use super::sets::{create_newest, forget_oldest, mark_revision, scale};
use super::{Limits, sets_of};
use crate::controllers::owned;
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{int, name, text};

fn wanted(set: &Value) -> i64 {
    int(set, &["spec", "replicas"]).unwrap_or(0)
}

fn available(set: &Value) -> i64 {
    int(set, &["status", "availableReplicas"]).unwrap_or(0)
}

fn sum(sets: &[Arc<Value>], count: fn(&Value) -> i64) -> i64 {
    sets.iter().map(|set| count(set)).sum()
}

/// Takes one step. What it changes makes the Deployment be looked at again.
pub(super) fn step(core: &mut Core, deployment: &Value, newest: &str) {
    let recreates = text(deployment, &["spec", "strategy", "type"]) == "Recreate";
    if recreates && !stop_old(core, deployment, newest) {
        return;
    }
    let limits = Limits::of(deployment);
    let sets = sets_of(core, deployment);
    if !sets.iter().any(|set| name(set) == newest) {
        let first = if recreates {
            limits.replicas
        } else {
            room(&sets, limits).min(limits.replicas)
        };
        create_newest(core, deployment, newest, first.max(0), limits);
    } else if !grow_newest(core, deployment, &sets, newest, limits) && !recreates {
        shrink_old(core, deployment, &sets, newest, limits);
    }
    mark_revision(core, deployment, newest);
    forget_oldest(core, deployment, newest);
}

fn room(sets: &[Arc<Value>], limits: Limits) -> i64 {
    (limits.most() - sum(sets, wanted)).max(0)
}

/// Brings the newest ReplicaSet nearer to its size, as far as there is room. Says whether it did.
fn grow_newest(core: &mut Core, deployment: &Value, sets: &[Arc<Value>], newest: &str, limits: Limits) -> bool {
    let Some(set) = sets.iter().find(|set| name(set) == newest) else {
        return false;
    };
    let size = match limits.replicas - wanted(set) {
        0 => return false,
        missing if missing < 0 => limits.replicas,
        missing => wanted(set) + missing.min(room(sets, limits)),
    };
    size != wanted(set) && scale(core, deployment, set, size, limits)
}

/// Takes from old ReplicaSets what they need not have any more: first Pods that do not work, then those that do.
fn shrink_old(core: &mut Core, deployment: &Value, sets: &[Arc<Value>], newest: &str, limits: Limits) {
    let (new, old): (Vec<_>, Vec<_>) = sets.iter().cloned().partition(|set| name(set) == newest);
    let missing = sum(&new, wanted) - sum(&new, available);
    let mut spare = sum(sets, wanted) - limits.least() - missing;
    for set in &old {
        let broken = (wanted(set) - available(set)).clamp(0, spare.max(0));
        if broken > 0 {
            scale(core, deployment, set, wanted(set) - broken, limits);
            spare -= broken;
        }
    }
    let old: Vec<Arc<Value>> = sets_of(core, deployment)
        .into_iter()
        .filter(|set| name(set) != newest)
        .collect();
    let mut spare = (sum(sets, available) - limits.least()).max(0);
    for set in &old {
        let less = wanted(set).min(spare);
        if less > 0 {
            scale(core, deployment, set, wanted(set) - less, limits);
            spare -= less;
        }
    }
}

/// Stops all Pods of old templates, and says whether they are gone.
fn stop_old(core: &mut Core, deployment: &Value, newest: &str) -> bool {
    let limits = Limits::of(deployment);
    let mut all_gone = true;
    for set in sets_of(core, deployment) {
        if name(&set) != newest {
            scale(core, deployment, &set, 0, limits);
            all_gone &= owned(core, &set, &Resource::new("", "pods")).is_empty();
        }
    }
    all_gone
}

/// A paused Deployment is still scaled: what it has keeps its template.
pub(super) fn scale_paused(core: &mut Core, deployment: &Value) {
    let limits = Limits::of(deployment);
    let sets = sets_of(core, deployment);
    let running: Vec<_> = sets.iter().filter(|set| wanted(set) > 0).collect();
    if let [only] = running.as_slice() {
        scale(core, deployment, only, limits.replicas, limits);
    }
}
