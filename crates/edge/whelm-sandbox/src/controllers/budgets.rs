//! PodDisruptionBudgets and HorizontalPodAutoscalers: their status.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{condition, is_ready, owner_key, selects_pod, set_status};
use crate::core::Core;
use crate::object::{at, int, namespace};
use crate::store::Key;

pub(super) fn reconcile_budget(core: &mut Core, key: &Key, budget: &Arc<Value>) {
    let pods = core.store.may_be_selected(budget);
    let selected: Vec<_> = pods.iter().filter(|pod| selects_pod(budget, pod)).collect();
    let expected = i64::try_from(selected.len()).unwrap_or(i64::MAX);
    let healthy = i64::try_from(selected.iter().filter(|pod| is_ready(pod)).count()).unwrap_or(i64::MAX);
    let share = |field: &str| at(budget, &["spec", field]).map(|value| part_of(value, expected));
    let desired = match (share("minAvailable"), share("maxUnavailable")) {
        (Some(least), _) => least,
        (None, Some(most)) => (expected - most).max(0),
        (None, None) => 0,
    };
    let allowed = if expected > 0 { (healthy - desired).max(0) } else { 0 };
    let (word, reason) = if allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    let mut disruption = condition(core, budget, "DisruptionAllowed", word, reason, "");
    crate::object::set(
        &mut disruption,
        &["observedGeneration"],
        int(budget, &["metadata", "generation"]),
    );
    let status = json!({
        "observedGeneration": int(budget, &["metadata", "generation"]), "currentHealthy": healthy,
        "desiredHealthy": desired, "disruptionsAllowed": allowed, "expectedPods": expected, "conditions": [disruption],
    });
    set_status(core, key, status);
}

/// Reads a number, or a percentage of a total, rounded up.
fn part_of(value: &Value, total: i64) -> i64 {
    let percent = || value.as_str()?.strip_suffix('%')?.parse::<i64>().ok();
    value
        .as_i64()
        .or_else(|| Some((total * percent()?.clamp(0, 100) + 99) / 100))
        .unwrap_or(0)
}

/// There are no metrics, so that an autoscaler leaves its target as it is.
pub(super) fn reconcile_autoscaler(core: &mut Core, key: &Key, autoscaler: &Arc<Value>) {
    if at(autoscaler, &["status", "conditions"]).is_some() {
        return;
    }
    let target = at(autoscaler, &["spec", "scaleTargetRef"]).cloned().unwrap_or_default();
    let object = owner_key(core, &target, namespace(autoscaler)).and_then(|key| core.store.get(&key).cloned());
    let replicas = object
        .as_ref()
        .and_then(|object| int(object, &["spec", "replicas"]))
        .unwrap_or(0);
    let found = if object.is_some() { "True" } else { "False" };
    let reason = if object.is_some() {
        "SucceededGetScale"
    } else {
        "FailedGetScale"
    };
    let message = "the HPA controller was able to get the target's current scale";
    let able = condition(core, autoscaler, "AbleToScale", found, reason, message);
    let message = "the sandbox has no metrics";
    let active = condition(
        core,
        autoscaler,
        "ScalingActive",
        "False",
        "FailedGetResourceMetric",
        message,
    );
    let status = json!({"currentReplicas": replicas, "desiredReplicas": replicas, "conditions": [able, active], "currentMetrics": null});
    set_status(core, key, status);
}
