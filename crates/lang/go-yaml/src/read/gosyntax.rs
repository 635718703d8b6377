//! Data in Go's syntax, as `fmt`'s `%#v` prints it: for the error texts that show a map.

use std::cmp::Ordering;

use go_value::strconv::{self, FloatForm};

use super::decode::{Any, AnyMap};

/// Formats one value.
pub(crate) fn format(value: &Any<'_>) -> String {
    let mut out = String::new();
    match value {
        Any::Nil => out.push_str("<nil>"),
        _ => write(value, &mut out),
    }
    out
}

fn write(value: &Any<'_>, out: &mut String) {
    match value {
        Any::Nil => out.push_str("interface {}(nil)"),
        Any::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Any::Int(value) => out.push_str(&value.to_string()),
        Any::Uint(value) => out.push_str(&format!("{value:#x}")),
        Any::Float(value) => out.push_str(&float(*value)),
        Any::Str(text) => out.push_str(&strconv::quote(text)),
        Any::Seq(list) => {
            out.push_str("[]interface {}{");
            for (at, item) in list.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write(item, out);
            }
            out.push('}');
        }
        Any::Map(map) => write_map(map, out),
    }
}

fn float(value: f64) -> String {
    strconv::format_float(value, FloatForm::General, None)
}

fn write_map(map: &AnyMap<'_>, out: &mut String) {
    let mut entries: Vec<_> = map.entries.iter().collect();
    entries.sort_by(|(a, _), (b, _)| compare(a, b));
    out.push_str("map[interface {}]interface {}{");
    for (at, (key, value)) in entries.into_iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write(key, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

/// The order of `internal/fmtsort`. Keys of different types are in the order of the addresses of their types, which is
/// the linker's choice; this is the order in the Helm 4.3.1 binary.
fn compare(a: &Any<'_>, b: &Any<'_>) -> Ordering {
    match (a, b) {
        (Any::Bool(a), Any::Bool(b)) => a.cmp(b),
        (Any::Int(a), Any::Int(b)) => a.cmp(b),
        (Any::Uint(a), Any::Uint(b)) => a.cmp(b),
        (Any::Float(a), Any::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())),
        (Any::Str(a), Any::Str(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(key: &Any<'_>) -> u8 {
    match key {
        Any::Nil => 0,
        Any::Str(_) => 1,
        Any::Uint(_) => 2,
        Any::Int(_) => 3,
        Any::Float(_) => 4,
        Any::Bool(_) => 5,
        Any::Seq(_) | Any::Map(_) => 6,
    }
}
