//! HorizontalPodAutoscalers at the versions `v1` and `v2`.
//!
//! What only `v2` has fields for, `v1` has in annotations, as JSON in the order of Go's structs.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/autoscaling/v1/conversion.go`.

use serde_json::{Map, Value, json};

use crate::object::{at, items, map_at, remove, set, text};

const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
/// The order in which Go writes the fields of all these structs.
const ORDER: [&str; 27] = [
    "type",
    "status",
    "lastTransitionTime",
    "reason",
    "message",
    "object",
    "pods",
    "resource",
    "containerResource",
    "external",
    "target",
    "kind",
    "name",
    "apiVersion",
    "metricName",
    "metricSelector",
    "targetAverageUtilization",
    "targetValue",
    "currentValue",
    "targetAverageValue",
    "currentAverageUtilization",
    "currentAverageValue",
    "container",
    "selector",
    "averageValue",
    "matchLabels",
    "matchExpressions",
];

/// Brings an autoscaler of `v2` to `v1`.
pub(crate) fn to_v1(object: &mut Value) {
    drop_annotations(object);
    let metrics = items(object, &["spec", "metrics"]).to_vec();
    let (cpu, others): (Vec<Value>, Vec<Value>) = metrics.into_iter().partition(|metric| {
        text(metric, &["type"]) == "Resource"
            && text(metric, &["resource", "name"]) == "cpu"
            && at(metric, &["resource", "target", "averageUtilization"]).is_some()
    });
    let share = cpu
        .first()
        .and_then(|own| at(own, &["resource", "target", "averageUtilization"]));
    if let Some(share) = share {
        set(object, &["spec", "targetCPUUtilizationPercentage"], share.clone());
    }
    let current = items(object, &["status", "currentMetrics"]).to_vec();
    let share = current.iter().rev().find_map(|own| {
        let is_cpu = text(own, &["type"]) == "Resource" && text(own, &["resource", "name"]) == "cpu";
        at(own, &["resource", "current", "averageUtilization"]).filter(|_| is_cpu)
    });
    if let Some(share) = share {
        set(object, &["status", "currentCPUUtilizationPercentage"], share.clone());
    }
    let conditions = items(object, &["status", "conditions"]).to_vec();
    if let Some(behavior) = at(object, &["spec", "behavior"]).map(inner_behavior) {
        set(object, &["metadata", "annotations", BEHAVIOR], behavior);
    }
    annotate(
        object,
        METRICS,
        others.iter().map(|own| old_metric(own, "target")).collect(),
    );
    annotate(
        object,
        CURRENT,
        current.iter().map(|own| old_metric(own, "current")).collect(),
    );
    annotate(object, CONDITIONS, conditions);
    for path in [
        ["spec", "metrics"],
        ["spec", "behavior"],
        ["status", "conditions"],
        ["status", "currentMetrics"],
    ] {
        remove(object, &path);
    }
}

/// Brings an autoscaler of `v1` to `v2`.
pub(crate) fn to_v2(object: &mut Value) {
    let mut metrics = annotated(object, METRICS).unwrap_or_default();
    metrics = metrics.iter().map(|own| new_metric(own, "target")).collect();
    if let Some(share) = remove(object, &["spec", "targetCPUUtilizationPercentage"]) {
        metrics.push(cpu_metric("target", share));
    }
    if !metrics.is_empty() {
        set(object, &["spec", "metrics"], metrics);
    }
    let behavior = at(object, &["metadata", "annotations", BEHAVIOR]).and_then(Value::as_str);
    if let Some(behavior) = behavior.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        set(object, &["spec", "behavior"], outer_behavior(&behavior));
    }
    let share = remove(object, &["status", "currentCPUUtilizationPercentage"]);
    let current = annotated(object, CURRENT).map(|list| list.iter().map(|own| new_metric(own, "current")).collect());
    let current: Option<Vec<Value>> = current.or_else(|| share.map(|share| vec![cpu_metric("current", share)]));
    if let Some(current) = current {
        set(object, &["status", "currentMetrics"], current);
    }
    if let Some(conditions) = annotated(object, CONDITIONS) {
        set(object, &["status", "conditions"], conditions);
    }
    drop_annotations(object);
}

/// Writes the annotations of an autoscaler of `v1` as they come out of its fields.
pub(crate) fn settle(object: &mut Value) {
    to_v2(object);
    to_v1(object);
}

/// What a request leaves as it was, its annotations leave as it was: `is_status` says which part the request is about.
pub(crate) fn keep(live: &Value, object: &mut Value, is_status: bool) {
    let kept: &[&str] = if is_status {
        &[METRICS, BEHAVIOR]
    } else {
        &[CURRENT, CONDITIONS]
    };
    for name in kept {
        let path = ["metadata", "annotations", name];
        match at(live, &path) {
            Some(value) => set(object, &path, value.clone()),
            None => drop(remove(object, &path)),
        }
    }
    if at(object, &["metadata", "annotations"]).is_some_and(|own| own == &json!({})) {
        remove(object, &["metadata", "annotations"]);
    }
}

fn cpu_metric(part: &str, share: Value) -> Value {
    let mut amount = json!({"averageUtilization": share});
    if part == "target" {
        set(&mut amount, &["type"], "Utilization");
    }
    let mut metric = json!({"type": "Resource", "resource": {"name": "cpu"}});
    set(&mut metric, &["resource", part], amount);
    metric
}

fn annotated(object: &Value, name: &str) -> Option<Vec<Value>> {
    serde_json::from_str(at(object, &["metadata", "annotations", name])?.as_str()?).ok()
}

fn annotate(object: &mut Value, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        let texts: Vec<String> = list.iter().map(ordered).collect();
        set(
            object,
            &["metadata", "annotations", name],
            format!("[{}]", texts.join(",")),
        );
    }
}

fn drop_annotations(object: &mut Value) {
    let Some(Value::Object(annotations)) = object.pointer_mut("/metadata/annotations") else {
        return;
    };
    for name in [METRICS, CURRENT, CONDITIONS, BEHAVIOR] {
        annotations.remove(name);
    }
    if annotations.is_empty() {
        map_at(object, &["metadata"]).remove("annotations");
    }
}

/// Writes the rules of scaling as the real server holds them: its own structs have other names, and leave nothing out.
fn inner_behavior(behavior: &Value) -> String {
    let part = |value: &Value, name: &str| at(value, &[name]).cloned().unwrap_or_default();
    let policy = |own: &Value| {
        let [kind, value, period] = ["type", "value", "periodSeconds"].map(|name| part(own, name));
        format!(r#"{{"Type":{kind},"Value":{value},"PeriodSeconds":{period}}}"#)
    };
    let rules = |name: &str| {
        let own = part(behavior, name);
        if own.is_null() {
            return "null".to_owned();
        }
        let policies: Vec<String> = items(&own, &["policies"]).iter().map(policy).collect();
        let policies = if policies.is_empty() {
            "null".to_owned()
        } else {
            format!("[{}]", policies.join(","))
        };
        let [window, select, tolerance] =
            ["stabilizationWindowSeconds", "selectPolicy", "tolerance"].map(|name| part(&own, name));
        format!(
            r#"{{"StabilizationWindowSeconds":{window},"SelectPolicy":{select},"Policies":{policies},"Tolerance":{tolerance}}}"#
        )
    };
    format!(
        r#"{{"ScaleUp":{},"ScaleDown":{}}}"#,
        rules("scaleUp"),
        rules("scaleDown")
    )
}

/// Returns the rules of scaling under the names that clients have for them.
fn outer_behavior(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let named = fields.iter().filter(|(_, own)| !own.is_null()).map(|(name, own)| {
                let mut letters = name.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect(), outer_behavior(own))
            });
            Value::Object(named.collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(outer_behavior).collect()),
        other => other.clone(),
    }
}

/// Writes JSON with the fields in the order of Go's structs.
fn ordered(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let place = |name: &str| ORDER.iter().position(|own| *own == name).unwrap_or(ORDER.len());
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_by_key(|name| place(name));
            let written = names
                .into_iter()
                .map(|name| format!("{}:{}", json!(name), ordered(&fields[name.as_str()])));
            format!("{{{}}}", written.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(ordered).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// The fields of one source of a metric: the name at `v1`, and the path at `v2`. `*` stands for `target` or `current`, at the
/// start of a name of `v1` too; an amount that is never left out is zero.
fn fields_of(source: &str, is_status: bool) -> Vec<(&'static str, &'static [&'static str], bool)> {
    let metric = [("metricName", &["metric", "name"] as &[&str], false)];
    let average = ("*AverageValue", &["*", "averageValue"] as &[&str], is_status);
    match source {
        "object" => [
            &metric[..],
            &[
                ("target", &["describedObject"], false),
                ("*Value", &["*", "value"], true),
                ("selector", &["metric", "selector"], false),
                ("averageValue", &["*", "averageValue"], false),
            ],
        ]
        .concat(),
        "pods" => [
            &metric[..],
            &[
                ("*AverageValue", &["*", "averageValue"], true),
                ("selector", &["metric", "selector"], false),
            ],
        ]
        .concat(),
        "external" => [
            &metric[..],
            &[
                ("metricSelector", &["metric", "selector"], false),
                ("*Value", &["*", "value"], is_status),
                ("*AverageValue", &["*", "averageValue"], false),
            ],
        ]
        .concat(),
        _ => vec![
            ("name", &["name"], false),
            ("container", &["container"], false),
            ("*AverageUtilization", &["*", "averageUtilization"], false),
            average,
        ],
    }
}

const SOURCES: [&str; 5] = ["object", "pods", "resource", "containerResource", "external"];

/// Returns a metric of `v2` as `v1` has it.
fn old_metric(metric: &Value, part: &str) -> Value {
    let mut old = json!({"type": text(metric, &["type"])});
    for source in SOURCES {
        let Some(own) = metric.get(source).filter(|own| own.is_object()) else {
            continue;
        };
        let mut fields = Map::new();
        for (name, path, has_zero) in fields_of(source, part == "current") {
            let path: Vec<&str> = path.iter().map(|step| if *step == "*" { part } else { step }).collect();
            let zero = has_zero.then(|| json!("0"));
            if let Some(value) = at(own, &path).cloned().or(zero) {
                fields.insert(name.replace('*', part), value);
            }
        }
        set(&mut old, &[source], fields);
    }
    old
}

/// Returns a metric of `v1` as `v2` has it.
fn new_metric(metric: &Value, part: &str) -> Value {
    let mut new = json!({"type": text(metric, &["type"])});
    for source in SOURCES {
        let Some(own) = metric.get(source).filter(|own| own.is_object()) else {
            continue;
        };
        let mut fields = json!({});
        for (name, path, _) in fields_of(source, part == "current") {
            let path: Vec<&str> = path.iter().map(|step| if *step == "*" { part } else { step }).collect();
            if let Some(value) = own.get(name.replace('*', part)) {
                set(&mut fields, &path, value.clone());
            }
        }
        if part == "target" {
            let kind = target_type(&fields);
            set(&mut fields, &["target", "type"], kind);
        }
        set(&mut new, &[source], fields);
    }
    new
}

fn target_type(source: &Value) -> &'static str {
    let has = |name: &str| at(source, &["target", name]).is_some();
    if has("averageUtilization") {
        "Utilization"
    } else if has("averageValue") {
        "AverageValue"
    } else {
        "Value"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_v1_has_no_field_for_is_in_annotations() {
        let metric = json!({"type": "Pods", "pods": {
            "metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "5"},
        }});
        let mut object = json!({
            "metadata": {"name": "h"},
            "spec": {
                "metrics": [metric, cpu_metric("target", json!(80))],
                "behavior": {"scaleUp": {"selectPolicy": "Max", "policies": [
                    {"type": "Pods", "value": 4, "periodSeconds": 15},
                ]}},
            },
            "status": {"currentMetrics": [cpu_metric("current", json!(7))]},
        });
        let before = object.clone();
        to_v1(&mut object);
        assert_eq!(object["spec"], json!({"targetCPUUtilizationPercentage": 80}));
        assert_eq!(object["status"], json!({"currentCPUUtilizationPercentage": 7}));
        assert_eq!(
            object["metadata"]["annotations"],
            json!({
                BEHAVIOR: concat!(
                    r#"{"ScaleUp":{"StabilizationWindowSeconds":null,"SelectPolicy":"Max","Policies":"#,
                    r#"[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":null}"#,
                ),
                METRICS: r#"[{"type":"Pods","pods":{"metricName":"m","targetAverageValue":"5"}}]"#,
                CURRENT: r#"[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":7,"currentAverageValue":"0"}}]"#,
            }),
        );
        to_v2(&mut object);
        assert_eq!(object["spec"], before["spec"]);
        assert_eq!(object["metadata"], before["metadata"]);
    }
}
