//! Objects as tables, which `get` prints.
//!
//! The columns of each kind are those of the real server: `pkg/printers/internalversion` of Kubernetes.

mod cells;
mod cluster;
mod custom;
mod metrics;
mod network;
mod path;
mod pod_words;
mod rules;
mod storage;
mod workloads;

pub(crate) use cells::selector_text;

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{name, text};

/// What a column shows of an object at a moment.
type Cell = fn(&Value, i64) -> Value;

/// A column.
struct Column {
    /// Empty for cells beyond the last column.
    name: &'static str,
    kind: &'static str,
    format: &'static str,
    /// Columns other than those of priority 0 are shown on demand.
    priority: i64,
    cell: Cell,
}

impl Column {
    const fn of(name: &'static str, kind: &'static str, cell: Cell) -> Self {
        Column {
            name,
            kind,
            format: "",
            priority: 0,
            cell,
        }
    }

    /// A column of text.
    const fn text(name: &'static str, cell: Cell) -> Self {
        Column::of(name, "string", cell)
    }

    /// A column of whole numbers.
    const fn int(name: &'static str, cell: Cell) -> Self {
        Column::of(name, "integer", cell)
    }

    /// The same column, shown on demand.
    const fn wide(mut self) -> Self {
        self.priority = 1;
        self
    }
}

const NAME: Column = Column {
    format: "name",
    ..Column::text("Name", |object, _| json!(name(object)))
};
const AGE: Column = Column::text("Age", |object, now| {
    json!(cells::since(text(object, &["metadata", "creationTimestamp"]), now))
});
const CREATED_AT: Column = Column::of("Created At", "date", |object, _| {
    json!(text(object, &["metadata", "creationTimestamp"]))
});

/// The columns of a kind whose maker said nothing about them.
const PLAIN: &[Column] = &[NAME, AGE];

/// Returns objects as a table; `beside` gives what each row has beside its cells.
pub(crate) fn table(core: &Core, kind: &Kind, objects: &[Value], beside: impl Fn(&Value) -> Value) -> Value {
    let mut objects: Vec<&Value> = objects.iter().collect();
    if kind.plural == "flowschemas" {
        objects.sort_by_key(|object| rules::precedence(object));
    }
    let (definitions, cells) = match custom::columns(core, kind) {
        Some(columns) => custom::parts(&columns, &objects, core.now),
        None => parts(columns(kind), &objects, core.now),
    };
    let rows: Vec<Value> = objects
        .iter()
        .zip(cells)
        .map(|(object, cells)| row(kind, object, cells, beside(object)))
        .collect();
    // The kinds without printers of their own have no list where it would be empty.
    let rows = if rows.is_empty() && has_creation(kind) {
        Value::Null
    } else {
        rows.into()
    };
    json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {}, "columnDefinitions": definitions, "rows": rows})
}

fn row(kind: &Kind, object: &Value, cells: Vec<Value>, beside: Value) -> Value {
    let mut row = json!({"cells": cells, "object": beside});
    if let Some(message) = pod_words::end(object).filter(|_| kind.group.is_empty() && kind.plural == "pods") {
        let reason = text(object, &["status", "phase"]);
        row["conditions"] = json!([{"type": "Completed", "status": "True", "reason": reason, "message": message}]);
    }
    row
}

/// Says whether a kind shows when its objects were created, as those do without printers.
fn has_creation(kind: &Kind) -> bool {
    !kind.custom && columns(kind).iter().any(|column| column.name == CREATED_AT.name)
}

/// The definitions of columns and the cells of each row.
type Parts = (Vec<Value>, Vec<Vec<Value>>);

fn parts(columns: &[Column], objects: &[&Value], now: i64) -> Parts {
    let named = columns.iter().filter(|column| !column.name.is_empty());
    let definitions = named.map(|column| definition(column.name, column.kind, column.format, "", column.priority));
    let cells = objects
        .iter()
        .map(|object| columns.iter().map(|column| (column.cell)(object, now)).collect());
    (definitions.collect(), cells.collect())
}

fn definition(name: &str, kind: &str, format: &str, description: &str, priority: i64) -> Value {
    json!({"name": name, "type": kind, "format": format, "description": description, "priority": priority})
}

fn columns(kind: &Kind) -> &'static [Column] {
    let (group, plural) = (kind.group.as_str(), kind.plural.as_str());
    if kind.group == "autoscaling" && kind.kind == "Scale" {
        return workloads::SCALE;
    }
    let columns = workloads::columns(group, plural)
        .or_else(|| network::columns(group, plural))
        .or_else(|| storage::columns(group, plural))
        .or_else(|| rules::columns(group, plural))
        .or_else(|| cluster::columns(group, plural));
    columns.unwrap_or(PLAIN)
}
