//! The targets of autoscalers, and how far they are met.

use serde_json::Value;

use super::cells::scalar;
use crate::object::{at, int, items, text};

/// How many targets are shown.
const MOST: usize = 2;

/// Returns the targets of an autoscaler with their present values.
pub(super) fn targets(autoscaler: &Value) -> String {
    let metrics = items(autoscaler, &["spec", "metrics"]);
    let statuses = items(autoscaler, &["status", "currentMetrics"]);
    let mut targets: Vec<String> = metrics
        .iter()
        .enumerate()
        .map(|(index, metric)| target(metric, statuses.get(index)))
        .collect();
    // The first version knows one metric only.
    if let Some(percent) = int(autoscaler, &["spec", "targetCPUUtilizationPercentage"]) {
        let current = int(autoscaler, &["status", "currentCPUUtilizationPercentage"]);
        let current = current.map_or_else(unknown, |current| format!("{current}%"));
        targets.push(format!("cpu: {current}/{percent}%"));
    }
    match targets.get(..MOST) {
        _ if targets.is_empty() => "<none>".into(),
        Some(first) if targets.len() > MOST => format!("{} + {} more...", first.join(", "), targets.len() - MOST),
        _ => targets.join(", "),
    }
}

fn unknown() -> String {
    "<unknown>".into()
}

fn target(metric: &Value, status: Option<&Value>) -> String {
    let field = match text(metric, &["type"]) {
        "External" => "external",
        "Pods" => "pods",
        "Object" => "object",
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        _ => return "<unknown type>".into(),
    };
    let wanted = |name: &str| scalar(metric, &[field, "target", name]);
    let own = status.and_then(|status| status.get(field)).filter(|own| !own.is_null());
    let current = |name: &str| own.and_then(|own| scalar(own, &["current", name]));
    // Present values that are there but say nothing are zero.
    let known = |name: &str| own.map_or_else(unknown, |_| current(name).unwrap_or_else(|| "0".into()));
    if field == "pods" {
        let wanted = wanted("averageValue").unwrap_or_default();
        return format!("{}/{wanted}", known("averageValue"));
    }
    if matches!(field, "resource" | "containerResource") {
        let name = at(metric, &[field, "name"]).and_then(Value::as_str).unwrap_or_default();
        if let Some(wanted) = wanted("averageValue") {
            return format!("{name}: {}/{wanted}", known("averageValue"));
        }
        let percent = |number: Option<String>| number.map(|number| format!("{number}%"));
        let current = percent(current("averageUtilization")).unwrap_or_else(unknown);
        let wanted = percent(wanted("averageUtilization")).unwrap_or_else(|| "<auto>".into());
        return format!("{name}: {current}/{wanted}");
    }
    match wanted("averageValue") {
        Some(wanted) => format!("{}/{wanted} (avg)", current("averageValue").unwrap_or_else(unknown)),
        None => format!("{}/{}", known("value"), wanted("value").unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn present_values_stand_before_targets() {
        let resource = |target: Value| json!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
        let current = |value: Value| json!({"type": "Resource", "resource": {"name": "cpu", "current": value}});
        let of = |metrics: Value, statuses: Value| {
            targets(&json!({"spec": {"metrics": metrics}, "status": {"currentMetrics": statuses}}))
        };
        let half = resource(json!({"type": "Utilization", "averageUtilization": 50}));
        assert_eq!(of(json!([]), json!([])), "<none>");
        assert_eq!(of(json!([half]), json!([])), "cpu: <unknown>/50%");
        assert_eq!(
            of(json!([half]), json!([current(json!({"averageUtilization": 7}))])),
            "cpu: 7%/50%"
        );
        assert_eq!(
            of(json!([half, half, half]), json!([])),
            "cpu: <unknown>/50%, cpu: <unknown>/50% + 1 more..."
        );
        let value = resource(json!({"type": "AverageValue", "averageValue": "1"}));
        assert_eq!(of(json!([value]), json!([current(json!({}))])), "cpu: 0/1");
    }
}
