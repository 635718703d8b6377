//! Events, in both groups that serve them.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation/events.go`.

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{int, namespace, text};

/// The fields of the new group by the names that the old one has for them.
const NAMES: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
];

/// An event of either group.
struct Event<'a> {
    object: &'a Value,
    is_new: bool,
}

impl<'a> Event<'a> {
    fn of(object: &'a Value) -> Self {
        let is_new = text(object, &["apiVersion"]).starts_with("events.k8s.io/");
        Event { object, is_new }
    }

    fn get(&self, field: &str) -> Option<&'a Value> {
        let name = NAMES
            .iter()
            .find(|(old, _)| *old == field)
            .map_or(field, |(old, new)| if self.is_new { new } else { old });
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> &'a str {
        self.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Checks a new event.
pub(super) fn created(object: &Value, report: &mut Report) {
    let event = Event::of(object);
    of_old(&event, report);
    if !event.is_new {
        return;
    }
    series(&event, report);
    if event.get("eventTime").is_none() {
        report.required("eventTime", "");
    }
    let kind = event.text("type");
    if !matches!(kind, "Normal" | "Warning") {
        report.invalid("type", &json!(""), &format!("has invalid value: {kind}"));
    }
    let source = event.get("source").unwrap_or(&Value::Null);
    let has_source = ["component", "host"]
        .iter()
        .any(|field| !text(source, &[field]).is_empty());
    let counts = event.get("count").and_then(Value::as_i64).unwrap_or(0) != 0;
    for (field, is_set) in [
        ("firstTimestamp", event.get("firstTimestamp").is_some()),
        ("lastTimestamp", event.get("lastTimestamp").is_some()),
        ("count", counts),
        ("source", has_source),
    ] {
        if is_set {
            report.invalid(field, &json!(""), "needs to be unset");
        }
    }
}

/// What both groups ask for.
fn of_old(event: &Event, report: &mut Report) {
    let (own, about) = (
        namespace(event.object),
        text(event.get("involvedObject").unwrap_or(&Value::Null), &["namespace"]),
    );
    let timed = event.get("eventTime").is_some();
    let fits = match (about.is_empty(), timed) {
        (true, true) => matches!(own, "default" | "kube-system"),
        (true, false) => matches!(own, "" | "default"),
        (false, true) => true,
        (false, false) => own == about,
    };
    if !fits {
        report.invalid(
            "involvedObject.namespace",
            &json!(about),
            "does not match event.namespace",
        );
    }
    if timed {
        texts(event, report);
    }
    report.findings("namespace", &json!(own), format::subdomain(own));
}

fn texts(event: &Event, report: &mut Report) {
    let controller = if event.is_new {
        "reportingController"
    } else {
        "reportingComponent"
    };
    let name = event.text("reportingComponent");
    if name.is_empty() {
        report.required(controller, "");
    }
    report.findings(controller, &json!(name), format::label_key(name));
    for (field, most) in [
        ("reportingInstance", 128),
        ("action", 128),
        ("reason", 128),
        ("message", 1024),
    ] {
        let own = event.text(field);
        if own.is_empty() && field != "message" {
            report.required(field, "");
        }
        if own.len() > most {
            report.invalid(field, &json!(""), &format!("can have at most {most} characters"));
        }
    }
}

fn series(event: &Event, report: &mut Report) {
    let Some(series) = event.get("series") else { return };
    if int(series, &["count"]).unwrap_or(0) < 2 {
        report.invalid("series.count", &json!(""), "should be at least 2");
    }
    if series.get("lastObservedTime").is_none_or(Value::is_null) {
        report.required("series.lastObservedTime", "");
    }
}

/// Checks a changed event.
pub(super) fn updated(live: &Value, object: &Value, report: &mut Report) {
    let (before, after) = (Event::of(live), Event::of(object));
    of_old(&after, report);
    if !after.is_new {
        return;
    }
    // Both groups have the series at the same place.
    if before.get("series") != after.get("series") {
        series(&after, report);
    }
    for field in [
        "involvedObject",
        "reason",
        "message",
        "source",
        "firstTimestamp",
        "lastTimestamp",
        "count",
        "reason",
        "type",
        "eventTime",
        "action",
        "related",
        "reportingController",
        "reportingInstance",
    ] {
        let name = if field == "reportingController" {
            "reportingComponent"
        } else {
            field
        };
        if before.get(name) != after.get(name) && !(field == "eventTime" && same_time(&before, &after)) {
            report.invalid_as(field, form(field), after.get(name), "field is immutable");
        }
    }
}

/// Says whether the times of two events are the same up to a millionth of a second.
fn same_time(before: &Event, after: &Event) -> bool {
    let own = |event: &Event| event.text("eventTime").replace(".000000Z", "Z");
    own(before) == own(after)
}

/// Returns the form in which the real server shows a field.
fn form(field: &str) -> &'static str {
    match field {
        "involvedObject" => "@core.ObjectReference",
        "related" => "*@core.ObjectReference",
        "source" => "@core.EventSource",
        "count" => "i",
        "firstTimestamp" | "lastTimestamp" | "eventTime" => "t",
        _ => "s",
    }
}
