//! Order, equality and text of JSON values, as structured-merge-diff has them.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

/// Orders two values: numbers, strings, booleans, lists, maps, null.
///
/// Whole and fractional numbers are compared as numbers.
pub(crate) fn compare_values(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Array(left), Value::Array(right)) => {
            let pairs = left.iter().zip(right).map(|(left, right)| compare_values(left, right));
            first_difference(pairs).then(left.len().cmp(&right.len()))
        }
        (Value::Object(left), Value::Object(right)) => {
            let pairs = left
                .iter()
                .zip(right)
                .map(|(left, right)| left.0.cmp(right.0).then_with(|| compare_values(left.1, right.1)));
            first_difference(pairs).then(left.len().cmp(&right.len()))
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

/// Says whether two values are the same, `1` and `1.0` included.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    compare_values(left, right) == Ordering::Equal
}

fn first_difference(mut pairs: impl Iterator<Item = Ordering>) -> Ordering {
    pairs.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

fn compare_numbers(left: &Number, right: &Number) -> Ordering {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.as_f64().unwrap_or(0.0).total_cmp(&right.as_f64().unwrap_or(0.0)),
    }
}

/// Returns the value as it stands in the text of a path.
pub(crate) fn path_text(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(path_text).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}={}", path_text(value)))
            .collect(),
        scalar => scalar.to_string(),
    }
}

/// Returns a JSON text with the characters escaped that Go's encoder escapes for HTML.
pub(crate) fn go_json(value: &Value) -> String {
    match value {
        Value::String(text) => go_json_text(text),
        _ => escaped(value.to_string()),
    }
}

/// Returns a text as Go's encoder writes it.
pub(crate) fn go_json_text(text: &str) -> String {
    // Most texts are names.
    if text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte))
    {
        return ["\"", text, "\""].concat();
    }
    escaped(Value::String(text.to_owned()).to_string())
}

fn escaped(text: String) -> String {
    if !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 10);
    for character in text.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// A field of two maps.
pub(crate) type Pair<'a> = (&'a String, Option<&'a Value>, Option<&'a Value>);

/// Returns the fields of two maps in the order of their names.
pub(crate) fn side_by_side<'a>(
    left: Option<&'a Map<String, Value>>,
    right: Option<&'a Map<String, Value>>,
) -> impl Iterator<Item = Pair<'a>> {
    let fields = |side: Option<&'a Map<String, Value>>| side.into_iter().flatten().peekable();
    let (mut left, mut right) = (fields(left), fields(right));
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (Some((own, _)), Some((other, _))) => own.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let own = if order.is_le() { left.next() } else { None };
        let other = if order.is_ge() { right.next() } else { None };
        let name = own.or(other)?.0;
        Some((name, own.map(|(_, value)| value), other.map(|(_, value)| value)))
    })
}
