//! Columns of custom resources, as their definitions say.

use serde_json::{Value, json};

use super::cells::since;
use super::path::Path;
use super::{Parts, definition};
use crate::core::Core;
use crate::kinds::{Kind, Resource};
use crate::object::{int, items, name, text};
use crate::store::Key;

/// A column of a definition.
pub(super) struct Column {
    definition: Value,
    kind: String,
    path: Option<Path>,
}

/// Returns the columns of a custom kind, nothing for built-in kinds. Where the definition names none, there is the age.
pub(super) fn columns(core: &Core, kind: &Kind) -> Option<Vec<Column>> {
    if !kind.custom {
        return None;
    }
    let definitions = Resource::new("apiextensions.k8s.io", "customresourcedefinitions");
    let key = Key::new(&definitions, "", &kind.group_resource());
    let definition = core.store.get(&key)?;
    let mut versions = items(definition, &["spec", "versions"]).iter();
    let version = versions.find(|version| text(version, &["name"]) == kind.version)?;
    let columns = items(version, &["additionalPrinterColumns"]);
    if columns.is_empty() {
        let age = json!({"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"});
        return Some(vec![read(&age)]);
    }
    Some(columns.iter().map(read).collect())
}

fn read(column: &Value) -> Column {
    let part = |field| text(column, &[field]);
    let priority = int(column, &["priority"]).unwrap_or(0);
    let description = match part("description") {
        "" => &format!(
            "Custom resource definition column (in JSONPath format): {}",
            part("jsonPath")
        ),
        description => description,
    };
    Column {
        definition: definition(part("name"), part("type"), part("format"), description, priority),
        kind: part("type").to_owned(),
        path: Path::read(part("jsonPath")),
    }
}

/// Returns the definitions of columns, after that of the name, and the cells of objects.
pub(super) fn parts(columns: &[Column], objects: &[&Value], now: i64) -> Parts {
    let mut definitions = vec![definition("Name", "string", "name", "", 0)];
    definitions.extend(columns.iter().map(|column| column.definition.clone()));
    let row = |object: &&Value| {
        let mut cells = vec![json!(name(object))];
        cells.extend(columns.iter().map(|column| column.cell(object, now)));
        cells
    };
    (definitions, objects.iter().map(row).collect())
}

impl Column {
    fn cell(&self, object: &Value, now: i64) -> Value {
        let found = self.path.as_ref().map(|path| path.find(object)).unwrap_or_default();
        let Some(first) = found.first() else { return Value::Null };
        match (self.kind.as_str(), first) {
            ("integer", Value::Number(number)) => whole(number).map_or(Value::Null, Value::from),
            ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => (*first).clone(),
            ("date", Value::String(time)) if kstatus::Timestamp::parse(time).is_some() => json!(since(time, now)),
            ("date", Value::String(_)) => json!("<invalid>"),
            ("string", Value::String(_)) => (*first).clone(),
            ("string", Value::Null) => Value::Null,
            ("string", other) => json!(other.to_string()),
            _ => Value::Null,
        }
    }
}

/// Returns a number without its fraction.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number
        .as_i64()
        .or_else(|| number.as_f64().map(|number| number.trunc() as i64))
}
