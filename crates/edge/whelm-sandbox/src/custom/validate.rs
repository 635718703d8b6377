//! Checking custom objects by the structural schema of their kind.
//!
//! Source: `k8s.io/kube-openapi` `pkg/validation/validate` and `k8s.io/apiextensions-apiserver` v0.36.3.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::junctors::check_junctors;
use crate::object::{items, text};
use crate::status::FieldFault;

/// Returns what is wrong with an object, of which the metadata is checked elsewhere.
pub(crate) fn faults(schema: &Value, object: &Value) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut body = object.clone();
    if let Value::Object(fields) = &mut body {
        fields.remove("metadata");
    }
    check(schema, &body, "", &mut faults);
    faults
}

/// Returns what is wrong with a part of an object that is checked by itself, so that its fields are named without it.
pub(crate) fn part(schema: &Value, value: &Value, place: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    check(schema, value, "", &mut faults);
    for fault in &mut faults {
        fault.field = match fault.field.as_str() {
            "" => place.to_owned(),
            "<nil>" => continue,
            field => format!("{place}.{field}"),
        };
    }
    faults
}

/// The name of a value's type in JSON schemas.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if is_whole(number) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_whole(number: &serde_json::Number) -> bool {
    let is_exact = |own: f64| own.fract() == 0.0 && own.abs() < 9_007_199_254_740_992.0;
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(is_exact)
}

/// Adds what is wrong with a value, and returns how many checks were made.
pub(super) fn check(schema: &Value, value: &Value, place: &str, faults: &mut Vec<FieldFault>) -> usize {
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    if !(has_type(schema, value) || value.is_null() && is_nullable) {
        let (wanted, shown) = type_words(schema, value);
        let shown = json!(shown);
        let detail = format!("{place} in body must be of type {wanted}: {shown}");
        let mut fault = FieldFault::invalid(place, &shown, &detail);
        fault.reason = "FieldValueTypeInvalid";
        faults.push(fault);
    }
    // A value of the wrong type is looked at further, and null too, which no enum takes.
    if value.is_null() {
        check_choices(schema, value, place, faults);
        return 1;
    }
    let mut checks = 1 + usize::from(schema.get("type").is_some());
    checks += check_junctors(schema, value, place, faults);
    match value {
        Value::Number(number) => check_number(schema, number, place, faults),
        Value::String(text) => check_text(schema, text, place, faults),
        Value::Array(list) => checks += check_list(schema, list, place, faults),
        _ => {}
    }
    check_choices(schema, value, place, faults);
    if let Value::Object(fields) = value {
        checks += check_map(schema, fields, place, faults);
    }
    checks
}

fn check_choices(schema: &Value, value: &Value, place: &str, faults: &mut Vec<FieldFault>) {
    let Some(choices) = schema.get("enum").and_then(Value::as_array) else {
        return;
    };
    if choices.is_empty() || choices.contains(value) && !value.is_null() {
        return;
    }
    let text = |choice: &Value| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned);
    let texts: Vec<String> = choices.iter().map(text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    faults.push(FieldFault::unsupported(place, value, &texts));
}

/// Returns what type was wanted and which there is. A format takes the place of the type for what is no text or list.
fn type_words<'a>(schema: &'a Value, value: &Value) -> (&'a str, &'static str) {
    let (kind, format) = (text(schema, &["type"]), text(schema, &["format"]));
    match (kind, value) {
        ("", _) => ("integer,string", type_of(value)),
        ("integer" | "number", Value::Number(_)) if !format.is_empty() => (format, "float64"),
        (_, Value::Bool(_) | Value::Object(_)) if !format.is_empty() => (format, ""),
        _ => (kind, type_of(value)),
    }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return matches!(type_of(value), "integer" | "string");
    }
    match text(schema, &["type"]) {
        "" => true,
        "number" => value.is_number(),
        wanted => wanted == type_of(value),
    }
}

fn check_number(schema: &Value, number: &serde_json::Number, place: &str, faults: &mut Vec<FieldFault>) {
    let own = number.as_f64().unwrap_or(0.0);
    let format = text(schema, &["format"]);
    if !fits_format(format, number) || (format.is_empty() && wants_whole(schema) && !is_whole(number)) {
        let format = match format {
            "" => "(default format)".to_owned(),
            format => format!("with format {format}"),
        };
        let detail = format!("Checked value must be of type integer {format} in {place}");
        faults.push(FieldFault::invalid("<nil>", &json!(""), &detail));
    }
    let mut bound = |field: &str, words: &str, broken: bool| {
        if let Some(bound) = schema.get(field).filter(|_| broken) {
            let detail = format!("{place} in body should be {words} {bound}");
            faults.push(FieldFault::invalid(place, &json!(number), &detail));
        }
    };
    let limit = |field: &str| schema.get(field).and_then(Value::as_f64);
    let excludes = |field: &str| schema.get(field) == Some(&Value::Bool(true));
    bound(
        "multipleOf",
        "a multiple of",
        limit("multipleOf").is_some_and(|unit| unit != 0.0 && own % unit != 0.0),
    );
    let least = limit("minimum");
    if excludes("exclusiveMinimum") {
        bound("minimum", "greater than", least.is_some_and(|least| own <= least));
    } else {
        let words = "greater than or equal to";
        bound("minimum", words, least.is_some_and(|least| own < least));
    }
    let most = limit("maximum");
    if excludes("exclusiveMaximum") {
        bound("maximum", "less than", most.is_some_and(|most| own >= most));
    } else {
        let words = "less than or equal to";
        bound("maximum", words, most.is_some_and(|most| own > most));
    }
}

fn wants_whole(schema: &Value) -> bool {
    text(schema, &["type"]) == "integer"
}

/// Says whether a number is a whole one in the range of its format.
fn fits_format(format: &str, number: &serde_json::Number) -> bool {
    match format {
        "int32" => number
            .as_i64()
            .map_or_else(|| is_whole(number), |own| i32::try_from(own).is_ok()),
        "int64" => is_whole(number) && number.as_u64().is_none_or(|own| i64::try_from(own).is_ok()),
        _ => true,
    }
}

fn check_text(schema: &Value, own: &str, place: &str, faults: &mut Vec<FieldFault>) {
    let limit = |field: &str| {
        schema
            .get(field)
            .and_then(Value::as_u64)
            .and_then(|limit| usize::try_from(limit).ok())
    };
    let length = own.chars().count();
    if let Some(most) = limit("maxLength").filter(|&most| length > most) {
        faults.push(FieldFault::too_long(place, most));
    }
    if let Some(least) = limit("minLength").filter(|&least| length < least) {
        let detail = format!("{place} in body should be at least {least} chars long");
        faults.push(FieldFault::invalid(place, &json!(own), &detail));
    }
    let pattern = text(schema, &["pattern"]);
    if !pattern.is_empty()
        && let Ok(expression) = go_regexp::Regexp::compile(pattern)
        && !expression.is_match(own.as_bytes())
    {
        let detail = format!("{place} in body should match '{pattern}'");
        faults.push(FieldFault::invalid(place, &json!(own), &detail));
    }
}

fn check_list(schema: &Value, list: &[Value], place: &str, faults: &mut Vec<FieldFault>) -> usize {
    let own = schema.get("items");
    let mut checks = 0;
    for (index, item) in list.iter().enumerate() {
        checks += own.map_or(0, |own| check(own, item, &format!("{place}[{index}]"), faults));
    }
    check_count(schema, list.len(), ["minItems", "maxItems", "items"], place, faults);
    checks
}

/// Checks how many items or properties there are, by the names of the least and the most and the word for them.
fn check_count(schema: &Value, count: usize, names: [&str; 3], place: &str, faults: &mut Vec<FieldFault>) {
    let [least, most, word] = names;
    let limit = |field: &str| {
        let limit = schema.get(field).and_then(Value::as_u64);
        limit.and_then(|limit| usize::try_from(limit).ok())
    };
    if let Some(least) = limit(least).filter(|&least| count < least) {
        let detail = format!("{place} in body should have at least {least} {word}");
        faults.push(FieldFault::invalid(place, &json!(count), &detail));
    }
    if let Some(most) = limit(most).filter(|&most| count > most) {
        faults.push(FieldFault::too_many(place, count, most));
    }
}

fn check_map(schema: &Value, fields: &Map<String, Value>, place: &str, faults: &mut Vec<FieldFault>) -> usize {
    let child = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    let names = ["minProperties", "maxProperties", "properties"];
    check_count(schema, fields.len(), names, place, faults);
    let properties = schema.get("properties").and_then(Value::as_object);
    let additional = schema.get("additionalProperties").filter(|own| own.is_object());
    let mut checks = 0;
    for (name, field) in fields {
        if let Some(own) = properties.and_then(|properties| properties.get(name)).or(additional) {
            checks += check(own, field, &child(name), faults);
        }
    }
    for name in items(schema, &["required"]).iter().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            faults.push(FieldFault::required(child(name), ""));
        }
    }
    checks
}

/// Returns the items of lists that are there twice, where each may be there once.
pub(crate) fn duplicates(schema: &Value, value: &Value, place: &str, faults: &mut Vec<FieldFault>) {
    match value {
        Value::Object(fields) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let additional = schema.get("additionalProperties").filter(|own| own.is_object());
            for (name, field) in fields {
                let separator = if place.is_empty() { "" } else { "." };
                match (properties.and_then(|properties| properties.get(name)), additional) {
                    (Some(own), _) => duplicates(own, field, &format!("{place}{separator}{name}"), faults),
                    (None, Some(own)) => duplicates(own, field, &format!("{place}[{name}]"), faults),
                    (None, None) => {}
                }
            }
        }
        Value::Array(list) => {
            let keys: Vec<&str> = items(schema, &["x-kubernetes-list-map-keys"])
                .iter()
                .filter_map(Value::as_str)
                .collect();
            let kind = text(schema, &["x-kubernetes-list-type"]);
            let mut seen = BTreeSet::new();
            for (index, item) in list.iter().enumerate() {
                let place = format!("{place}[{index}]");
                let key = match kind {
                    "set" => item.clone(),
                    "map" => keys
                        .iter()
                        .filter_map(|key| Some(((*key).to_owned(), item.get(*key)?.clone())))
                        .collect(),
                    _ => Value::Null,
                };
                if !key.is_null() && !seen.insert(key.to_string()) {
                    faults.push(FieldFault::duplicate(&place, &key));
                }
                if let Some(own) = schema.get("items") {
                    duplicates(own, item, &place, faults);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(schema: &Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        check(schema, value, "n", &mut faults);
        faults
            .into_iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect()
    }

    #[test]
    fn numbers_have_to_fit_their_format() {
        let schema = json!({"type": "integer", "format": "int32", "maximum": 100});
        let format = "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in n";
        assert_eq!(texts(&schema, &json!(7)), Vec::<String>::new());
        assert_eq!(
            texts(&schema, &json!(1.5)),
            [
                "n: Invalid value: \"float64\": n in body must be of type int32: \"float64\"",
                format,
            ],
        );
        assert_eq!(
            texts(&schema, &json!(3_000_000_000_i64)),
            [
                format,
                "n: Invalid value: 3000000000: n in body should be less than or equal to 100"
            ],
        );
    }

    #[test]
    fn of_several_schemas_the_one_that_looks_furthest_names_what_is_wrong() {
        let schema = json!({
            "type": "object",
            "properties": {"p": {"type": "string"}, "q": {"type": "integer"}},
            "anyOf": [{"required": ["p"]}, {"properties": {"q": {"minimum": 4}}}],
        });
        assert_eq!(texts(&schema, &json!({"q": 5})), Vec::<String>::new());
        assert_eq!(
            texts(&schema, &json!({"q": 1})),
            [
                "<nil>: Invalid value: \"\": \"n\" must validate at least one schema (anyOf)",
                "n.q: Invalid value: 1: n.q in body should be greater than or equal to 4",
            ],
        );
    }

    #[test]
    fn one_schema_of_several_may_fit_where_one_has_to() {
        let schema = json!({"type": "string", "oneOf": [{"minLength": 3}, {"pattern": "^x"}]});
        assert_eq!(texts(&schema, &json!("xb")), Vec::<String>::new());
        assert_eq!(
            texts(&schema, &json!("xbcd")),
            [
                "<nil>: Invalid value: \"\": \"n\" must validate one and only one schema (oneOf). Found 2 valid alternatives"
            ],
        );
    }

    #[test]
    fn values_of_the_wrong_type_are_looked_at_further() {
        let schema = json!({"type": "string", "enum": ["low", "high"]});
        assert_eq!(
            texts(&schema, &json!(5)),
            [
                "n: Invalid value: \"integer\": n in body must be of type string: \"integer\"",
                "n: Unsupported value: 5: supported values: \"low\", \"high\"",
            ],
        );
    }
}
