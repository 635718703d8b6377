//! Objects of kinds that are served at several versions.
//!
//! Objects are held at the version at which they were written last. Only HorizontalPodAutoscalers differ between versions
//! in their fields; custom objects are converted by their `apiVersion` alone.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object::{at, items, remove, set, text};

/// Returns an object at the version of a kind.
pub(crate) fn to_version(kind: &Kind, object: &Arc<Value>) -> Arc<Value> {
    converted(kind, object).map_or_else(|| object.clone(), Arc::new)
}

/// Returns an object at the version of a kind; `None` when it is at it.
pub(crate) fn converted(kind: &Kind, object: &Value) -> Option<Value> {
    if kind.plural != "horizontalpodautoscalers" || text(object, &["apiVersion"]) == kind.api_version() {
        return None;
    }
    let mut object = object.clone();
    match kind.version.as_str() {
        "v1" => autoscaler_to_v1(&mut object),
        _ => autoscaler_to_v2(&mut object),
    }
    Some(object)
}

fn autoscaler_to_v1(object: &mut Value) {
    let metrics = items(object, &["spec", "metrics"]).to_vec();
    let cpu = metrics
        .iter()
        .find(|metric| text(metric, &["resource", "name"]) == "cpu");
    if let Some(percentage) = cpu.and_then(|cpu| at(cpu, &["resource", "target", "averageUtilization"]).cloned()) {
        set(object, &["spec", "targetCPUUtilizationPercentage"], percentage);
    }
    for field in ["metrics", "behavior"] {
        remove(object, &["spec", field]);
    }
    remove(object, &["status", "conditions"]);
    remove(object, &["status", "currentMetrics"]);
}

fn autoscaler_to_v2(object: &mut Value) {
    if let Some(percentage) = remove(object, &["spec", "targetCPUUtilizationPercentage"]) {
        let target = json!({"type": "Utilization", "averageUtilization": percentage});
        set(
            object,
            &["spec", "metrics"],
            json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]),
        );
    }
}
