//! Columns of workloads.

use serde_json::{Value, json};

use super::cells::{containers, count, is_true, labels_text, plain, scalar, selector_text, since, size, span, text_or};
use super::{AGE, Column, NAME, metrics, pod_words};
use crate::object::{at, condition_of, int, is_deleted, items, text};

const TEMPLATE: [&str; 3] = ["spec", "template", "spec"];
const CONTAINERS: Column = Column::text("Containers", |own, _| containers(own, &TEMPLATE, "name")).wide();
const IMAGES: Column = Column::text("Images", |own, _| containers(own, &TEMPLATE, "image")).wide();
const SELECTOR: Column = Column::text("Selector", |own, _| {
    json!(selector_text(own, &["spec", "selector"], "<none>"))
})
.wide();

pub(super) fn columns(group: &str, plural: &str) -> Option<&'static [Column]> {
    Some(match (group, plural) {
        ("", "pods") => PODS,
        ("", "podtemplates") => POD_TEMPLATES,
        ("", "replicationcontrollers") => REPLICATION_CONTROLLERS,
        ("apps", "deployments") => DEPLOYMENTS,
        ("apps", "replicasets") => REPLICA_SETS,
        ("apps", "statefulsets") => STATEFUL_SETS,
        ("apps", "daemonsets") => DAEMON_SETS,
        ("apps", "controllerrevisions") => REVISIONS,
        ("batch", "jobs") => JOBS,
        ("batch", "cronjobs") => CRON_JOBS,
        ("autoscaling", "horizontalpodautoscalers") => AUTOSCALERS,
        ("policy", "poddisruptionbudgets") => BUDGETS,
        _ => return None,
    })
}

/// The columns of the subresource that says how many Pods there are to be.
pub(super) const SCALE: &[Column] = &[
    Column::text("Name", |scale, _| plain(scale, &["metadata", "name"])),
    Column::int("Desired", |scale, _| count(scale, &["spec", "replicas"])),
    Column::int("Available", |scale, _| count(scale, &["status", "replicas"])),
    AGE,
];

const PODS: &[Column] = &[
    NAME,
    Column::text("Ready", |pod, _| json!(pod_words::ready(pod))),
    Column::text("Status", |pod, _| json!(pod_words::status(pod))),
    Column::text("Restarts", |pod, now| json!(restarts(pod, now))),
    AGE,
    Column::text("IP", |pod, _| json!(address(pod))).wide(),
    Column::text("Node", |pod, _| json!(text_or(pod, &["spec", "nodeName"], "<none>"))).wide(),
    Column::text("Nominated Node", |pod, _| {
        json!(text_or(pod, &["status", "nominatedNodeName"], "<none>"))
    })
    .wide(),
    Column::text("Readiness Gates", |pod, _| json!(gates(pod))).wide(),
];

/// The first of the addresses. The old field for one of them comes to be the first when it is alone.
fn address(pod: &Value) -> String {
    match items(pod, &["status", "podIPs"]) {
        [] => text_or(pod, &["status", "podIP"], "<none>"),
        [first, ..] => text_or(first, &["ip"], "<none>"),
    }
}

fn restarts(pod: &Value, now: i64) -> String {
    let counted = pod_words::counted(pod);
    let number: i64 = counted.iter().filter_map(|own| int(own, &["restartCount"])).sum();
    let ends = counted
        .iter()
        .map(|own| text(own, &["lastState", "terminated", "finishedAt"]));
    match ends.filter(|end| !end.is_empty()).max() {
        Some(last) if number != 0 => format!("{number} ({} ago)", since(last, now)),
        _ => number.to_string(),
    }
}

fn gates(pod: &Value) -> String {
    let gates = items(pod, &["spec", "readinessGates"]);
    if gates.is_empty() {
        return "<none>".into();
    }
    let is_met = |gate: &&Value| {
        let mut conditions = items(pod, &["status", "conditions"]).iter();
        let own = conditions.find(|own| own.get("type") == gate.get("conditionType"));
        own.is_some_and(|own| text(own, &["status"]) == "True")
    };
    format!("{}/{}", gates.iter().filter(is_met).count(), gates.len())
}

const POD_TEMPLATES: &[Column] = &[
    NAME,
    Column::text("Containers", |own, _| containers(own, &["template", "spec"], "name")),
    Column::text("Images", |own, _| containers(own, &["template", "spec"], "image")),
    Column::text("Pod Labels", |own, _| {
        json!(labels_text(own, &["template", "metadata", "labels"]))
    }),
];

const REPLICATION_CONTROLLERS: &[Column] = &[
    NAME,
    Column::int("Desired", |own, _| count(own, &["spec", "replicas"])),
    Column::int("Current", |own, _| count(own, &["status", "replicas"])),
    Column::int("Ready", |own, _| count(own, &["status", "readyReplicas"])),
    AGE,
    CONTAINERS,
    IMAGES,
    Column::text("Selector", |own, _| json!(labels_text(own, &["spec", "selector"]))).wide(),
];

const DEPLOYMENTS: &[Column] = &[
    NAME,
    Column::text("Ready", |own, _| ready(own)),
    Column::text("Up-to-date", |own, _| count(own, &["status", "updatedReplicas"])),
    Column::text("Available", |own, _| count(own, &["status", "availableReplicas"])),
    AGE,
    CONTAINERS,
    IMAGES,
    // Unlike those of others, an empty one is shown as nothing.
    Column::text("Selector", |own, _| {
        json!(selector_text(own, &["spec", "selector"], ""))
    })
    .wide(),
];

const REPLICA_SETS: &[Column] = &[
    NAME,
    Column::int("Desired", |own, _| count(own, &["spec", "replicas"])),
    Column::int("Current", |own, _| count(own, &["status", "replicas"])),
    Column::int("Ready", |own, _| count(own, &["status", "readyReplicas"])),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
];

const STATEFUL_SETS: &[Column] = &[
    NAME,
    Column::text("Ready", |own, _| ready(own)),
    AGE,
    CONTAINERS,
    IMAGES,
];

fn ready(own: &Value) -> Value {
    let number = |path: &[&str]| int(own, path).unwrap_or(0);
    json!(format!(
        "{}/{}",
        number(&["status", "readyReplicas"]),
        number(&["spec", "replicas"])
    ))
}

const DAEMON_SETS: &[Column] = &[
    NAME,
    Column::int("Desired", |own, _| count(own, &["status", "desiredNumberScheduled"])),
    Column::int("Current", |own, _| count(own, &["status", "currentNumberScheduled"])),
    Column::int("Ready", |own, _| count(own, &["status", "numberReady"])),
    Column::int("Up-to-date", |own, _| count(own, &["status", "updatedNumberScheduled"])),
    Column::int("Available", |own, _| count(own, &["status", "numberAvailable"])),
    Column::text("Node Selector", |own, _| {
        json!(labels_text(own, &["spec", "template", "spec", "nodeSelector"]))
    }),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
];

const REVISIONS: &[Column] = &[
    NAME,
    Column::text("Controller", |own, _| json!(controller(own))),
    Column::text("Revision", |own, _| count(own, &["revision"])),
    AGE,
];

fn controller(own: &Value) -> String {
    let mut owners = items(own, &["metadata", "ownerReferences"]).iter();
    let Some(owner) = owners.find(|owner| is_true(owner, &["controller"])) else {
        return "<none>".into();
    };
    let kind = text(owner, &["kind"]).to_lowercase();
    let group = text(owner, &["apiVersion"])
        .split_once('/')
        .map(|(group, _)| format!(".{group}"));
    format!("{kind}{}/{}", group.unwrap_or_default(), text(owner, &["name"]))
}

const JOBS: &[Column] = &[
    NAME,
    Column::text("Status", |job, _| json!(job_status(job))),
    Column::text("Completions", |job, _| json!(completions(job))),
    Column::text("Duration", |job, now| json!(duration(job, now))),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
];

fn job_status(job: &Value) -> &'static str {
    let has = |kind: &str| condition_of(job, kind).is_some_and(|own| text(own, &["status"]) == "True");
    match () {
        () if has("Complete") => "Complete",
        () if has("Failed") => "Failed",
        () if is_deleted(job) => "Terminating",
        () if has("Suspended") => "Suspended",
        () if has("FailureTarget") => "FailureTarget",
        () if has("SuccessCriteriaMet") => "SuccessCriteriaMet",
        () => "Running",
    }
}

fn completions(job: &Value) -> String {
    let succeeded = int(job, &["status", "succeeded"]).unwrap_or(0);
    match (int(job, &["spec", "completions"]), int(job, &["spec", "parallelism"])) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, Some(parallelism)) if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    }
}

fn duration(job: &Value, now: i64) -> String {
    let moment = |field: &str| kstatus::Timestamp::parse(text(job, &["status", field])).map(|own| own.unix_millis());
    moment("startTime").map_or_else(String::new, |start| {
        span(moment("completionTime").unwrap_or(now) - start)
    })
}

const CRON_TEMPLATE: [&str; 5] = ["spec", "jobTemplate", "spec", "template", "spec"];
const CRON_JOBS: &[Column] = &[
    NAME,
    Column::text("Schedule", |own, _| plain(own, &["spec", "schedule"])),
    Column::text("Timezone", |own, _| {
        json!(text_or(own, &["spec", "timeZone"], "<none>"))
    }),
    Column::of("Suspend", "boolean", |own, _| {
        json!(match at(own, &["spec", "suspend"]) {
            Some(Value::Bool(true)) => "True",
            Some(Value::Bool(false)) => "False",
            _ => "<unset>",
        })
    }),
    Column::int("Active", |own, _| json!(size(own, &["status", "active"]))),
    Column::text("Last Schedule", |own, now| {
        match text(own, &["status", "lastScheduleTime"]) {
            "" => json!("<none>"),
            time => json!(since(time, now)),
        }
    }),
    AGE,
    Column::text("Containers", |own, _| containers(own, &CRON_TEMPLATE, "name")).wide(),
    Column::text("Images", |own, _| containers(own, &CRON_TEMPLATE, "image")).wide(),
    Column::text("Selector", |own, _| {
        json!(selector_text(
            own,
            &["spec", "jobTemplate", "spec", "selector"],
            "<none>"
        ))
    })
    .wide(),
];

const AUTOSCALERS: &[Column] = &[
    NAME,
    Column::text("Reference", |own, _| {
        let part = |field| text(own, &["spec", "scaleTargetRef", field]);
        json!(format!("{}/{}", part("kind"), part("name")))
    }),
    Column::text("Targets", |own, _| json!(metrics::targets(own))),
    Column::text("MinPods", |own, _| {
        json!(scalar(own, &["spec", "minReplicas"]).unwrap_or_else(|| "<unset>".into()))
    }),
    Column::text("MaxPods", |own, _| count(own, &["spec", "maxReplicas"])),
    Column::text("Replicas", |own, _| count(own, &["status", "currentReplicas"])),
    AGE,
];

const BUDGETS: &[Column] = &[
    NAME,
    Column::text("Min Available", |own, _| {
        json!(scalar(own, &["spec", "minAvailable"]).unwrap_or_else(|| "N/A".into()))
    }),
    Column::text("Max Unavailable", |own, _| {
        json!(scalar(own, &["spec", "maxUnavailable"]).unwrap_or_else(|| "N/A".into()))
    }),
    Column::int("Allowed Disruptions", |own, _| {
        count(own, &["status", "disruptionsAllowed"])
    }),
    AGE,
];
