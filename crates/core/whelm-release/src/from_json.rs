//! A release out of its JSON.

use std::sync::Arc;

use go_value::{Str, Value};

use crate::{Hook, HookEvent, HookExecution, HookPhase, Info, Release, Status, Time, chart_json};

/// Reads a release. Fields of an unexpected kind are taken as absent, so that a damaged record can still be listed and
/// removed.
pub fn from_json(value: &Value) -> Release {
    Release {
        name: text(value, "name"),
        info: value.get("info").map(read_info).unwrap_or_default(),
        chart: value.get("chart").and_then(chart_json::read).map(Arc::new),
        config: value
            .get("config")
            .and_then(Value::as_map)
            .map(|map| Arc::new(map.clone())),
        manifest: bytes(value, "manifest"),
        hooks: value
            .get("hooks")
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .map(read_hook)
            .collect(),
        version: number(value, "version"),
        namespace: text(value, "namespace"),
        labels: Default::default(),
        apply_method: text(value, "apply_method"),
    }
}

fn read_info(value: &Value) -> Info {
    Info {
        first_deployed: time(value, "first_deployed"),
        last_deployed: time(value, "last_deployed"),
        deleted: time(value, "deleted"),
        description: text(value, "description"),
        status: match text(value, "status").as_str() {
            "" => Status::Other(String::new()),
            word => Status::from_word(word),
        },
        rollback_revision: number(value, "rollback_revision"),
        notes: bytes(value, "notes"),
        resources: None,
    }
}

fn read_hook(value: &Value) -> Hook {
    let last_run = value.get("last_run");
    Hook {
        name: text(value, "name"),
        kind: text(value, "kind"),
        path: bytes(value, "path"),
        manifest: bytes(value, "manifest"),
        events: texts(value, "events")
            .iter()
            .map(|word| HookEvent::from_word(word))
            .collect(),
        last_run: last_run.map(read_execution).unwrap_or_default(),
        weight: number(value, "weight"),
        delete_policies: texts(value, "delete_policies"),
        output_log_policies: texts(value, "output_log_policies"),
    }
}

fn read_execution(value: &Value) -> HookExecution {
    HookExecution {
        started_at: time(value, "started_at"),
        completed_at: time(value, "completed_at"),
        phase: HookPhase::from_word(&text(value, "phase")),
    }
}

fn bytes(value: &Value, key: &str) -> Str {
    value.get(key).and_then(Value::as_string).cloned().unwrap_or_default()
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_string)
        .map(|text| text.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn number(value: &Value, key: &str) -> i64 {
    match value.get(key) {
        Some(Value::Int(number)) => *number,
        // As Go's JSON gives every number to what has no type of its own.
        Some(Value::Float(number)) => *number as i64,
        _ => 0,
    }
}

/// Empty text and Go's zero time mean that there is none.
fn time(value: &Value, key: &str) -> Option<Time> {
    let text = value.get(key)?.as_str()?;
    Time::parse_rfc3339(text).filter(|time| time.rfc3339() != "0001-01-01T00:00:00Z")
}
