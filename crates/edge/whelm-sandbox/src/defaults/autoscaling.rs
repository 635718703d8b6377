//! Defaults of HorizontalPodAutoscalers.

use serde_json::{Value, json};

use super::in_map;
use crate::kinds::Kind;
use crate::object::{items, set, set_default};

pub(super) fn apply(kind: &Kind, object: &mut Value) {
    set_default(object, &["spec", "minReplicas"], 1);
    if kind.version == "v1" {
        set_default(object, &["spec", "targetCPUUtilizationPercentage"], 80);
        return;
    }
    if items(object, &["spec", "metrics"]).is_empty() {
        let target = json!({"type": "Utilization", "averageUtilization": 80});
        let metrics = json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]);
        set(object, &["spec", "metrics"], metrics);
    }
    in_map(object, "spec", |spec| in_map(spec, "behavior", behavior));
}

/// Rules for one direction come with rules for the other.
fn behavior(own: &mut Value) {
    let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
    let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
    for (direction, policies) in [("scaleUp", json!([pods, percent])), ("scaleDown", json!([percent]))] {
        set_default(own, &[direction, "selectPolicy"], "Max");
        set_default(own, &[direction, "policies"], policies);
    }
    set_default(own, &["scaleUp", "stabilizationWindowSeconds"], 0);
}
