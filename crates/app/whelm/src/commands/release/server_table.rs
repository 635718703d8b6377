//! The tables that an API server makes of objects, as kubectl prints them.

use serde_json::Value;

/// A column is at least this wide, and this much wider than what it holds.
const MIN_WIDTH: usize = 6;
const PADDING: usize = 3;

/// Returns the tables under their headings, each heading followed by a blank line at its end.
pub fn text(tables: &[(String, Vec<Value>)]) -> String {
    let mut out = String::new();
    let mut last_columns = Value::Null;
    for (heading, tables) in tables {
        out.push_str(&format!("==> {heading}\n"));
        for table in tables {
            let rows = rows(table, &mut last_columns);
            write_rows(&rows, &mut out);
        }
        out.push('\n');
    }
    out
}

/// Returns the cells that are shown. The names of the columns come first, unless they are those of the table before.
fn rows(table: &Value, last_columns: &mut Value) -> Vec<Vec<String>> {
    let definitions = table.get("columnDefinitions").cloned().unwrap_or_default();
    let data = table
        .get("rows")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let same = definitions == *last_columns;
    let columns = definitions.as_array().map_or(&[][..], Vec::as_slice);
    let shown: Vec<usize> = (0..columns.len())
        .filter(|at| columns[*at].get("priority").and_then(Value::as_i64).unwrap_or(0) == 0)
        .collect();
    let mut rows = Vec::new();
    if !same && !data.is_empty() {
        let name = |at: &usize| {
            columns[*at]
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_uppercase()
        };
        rows.push(shown.iter().map(name).collect());
    }
    for row in data {
        let cells = row
            .get("cells")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        rows.push(
            shown
                .iter()
                .map(|at| cells.get(*at).map_or_else(String::new, cell))
                .collect(),
        );
    }
    if !data.is_empty() {
        *last_columns = definitions;
    }
    rows
}

/// Writes a cell; line breaks end it, and what terminals would obey is shown.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let text = match text.find(['\n', '\r', '\u{c}']) {
        Some(end) => format!("{}...", &text[..end]),
        None => text,
    };
    text.replace('\x1b', "^[")
}

fn write_rows(rows: &[Vec<String>], out: &mut String) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count() + PADDING)
            .max()
            .unwrap_or(0)
            .max(MIN_WIDTH)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at + 1 == row.len() {
                out.push_str(cell);
            } else {
                out.push_str(&format!("{cell:0$}", widths[at]));
            }
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn o_009_columns_as_kubectl() {
        let table = serde_json::json!({
            "columnDefinitions": [{"name": "Name"}, {"name": "Wide", "priority": 1}, {"name": "Ready"}],
            "rows": [{"cells": ["web", "x", "1/1"]}, {"cells": ["a-longer-name", "x", "0/1"]}, {"cells": ["n", "x", null]}],
        });
        let out = text(&[("apps/v1/Deployment".to_owned(), vec![table])]);
        assert_eq!(
            out,
            "==> apps/v1/Deployment\nNAME            READY\nweb             1/1\na-longer-name   0/1\nn               \n\n"
        );
    }
}
