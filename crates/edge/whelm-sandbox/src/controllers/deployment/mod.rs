//! Deployments: one ReplicaSet per template, the newest of which takes over step by step.

mod rollout;
mod sets;
mod status;

use std::sync::Arc;

use serde_json::Value;

use super::{owned, template_hash};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, int, name};
use crate::store::Key;

const REVISION: &str = "deployment.kubernetes.io/revision";

fn replica_sets() -> Resource {
    Resource::new("apps", "replicasets")
}

pub(super) fn reconcile(core: &mut Core, key: &Key, deployment: &Arc<Value>) {
    let paused = at(deployment, &["spec", "paused"]) == Some(&Value::Bool(true));
    let template = at(deployment, &["spec", "template"]).cloned().unwrap_or_default();
    let newest = format!("{}-{}", name(deployment), template_hash(&template));
    let before = core.store.revision();
    if paused {
        rollout::scale_paused(core, deployment);
    } else {
        rollout::step(core, deployment, &newest);
    }
    // What it did to its ReplicaSets brings its turn again.
    if core.store.revision() == before {
        status::write(core, key, deployment, &newest, paused);
    }
}

/// How many Pods there may be too many or too few of while one template replaces another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limits {
    replicas: i64,
    surge: i64,
    unavailable: i64,
}

impl Limits {
    fn of(deployment: &Value) -> Self {
        let replicas = int(deployment, &["spec", "replicas"]).unwrap_or(1).max(0);
        let part = |field: &str, round_up: bool| {
            let value = at(deployment, &["spec", "strategy", "rollingUpdate", field]);
            value.map_or(0, |value| share(value, replicas, round_up))
        };
        let (surge, mut unavailable) = (part("maxSurge", true), part("maxUnavailable", false));
        if surge == 0 && unavailable == 0 {
            unavailable = 1;
        }
        Limits {
            replicas,
            surge,
            unavailable: unavailable.min(replicas),
        }
    }

    fn most(self) -> i64 {
        self.replicas.saturating_add(self.surge)
    }

    fn least(self) -> i64 {
        self.replicas - self.unavailable
    }
}

/// Reads a number, or a percentage of a total.
fn share(value: &Value, total: i64, round_up: bool) -> i64 {
    let percent = || value.as_str()?.strip_suffix('%')?.parse::<i64>().ok();
    let part = |percent: i64| {
        let hundredths = total.saturating_mul(percent.clamp(0, 1_000_000));
        if round_up {
            hundredths.saturating_add(99) / 100
        } else {
            hundredths / 100
        }
    };
    value.as_i64().or_else(|| percent().map(part)).unwrap_or(0).max(0)
}

/// Returns the ReplicaSets of a Deployment, oldest first.
fn sets_of(core: &Core, deployment: &Value) -> Vec<Arc<Value>> {
    owned(core, deployment, &replica_sets())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn limits_round_as_kubernetes_does() {
        let limits = |replicas: i64, surge: Value, unavailable: Value| {
            let strategy = json!({"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}});
            let limits = Limits::of(&json!({"spec": {"replicas": replicas, "strategy": strategy}}));
            (limits.surge, limits.unavailable)
        };
        assert_eq!(limits(3, json!("25%"), json!("25%")), (1, 0));
        assert_eq!(limits(10, json!("25%"), json!("25%")), (3, 2));
        assert_eq!(limits(3, json!(0), json!(0)), (0, 1));
        assert_eq!(limits(2, json!(1), json!(5)), (1, 2));
    }
}
