//! A quick look at a schema: whether it is well-formed beyond doubt.
//!
//! A schema is checked against its metaschema, which takes longer than all the rest. Nearly every schema uses its
//! keywords in plain ways that all drafts allow; those are told here by walking over it once. Whatever is not plain is left
//! to the metaschema, which also knows what to say about it.

use go_value::{Map, Value};

use super::draft::Draft;
use super::number::{Decimal, equals};
use super::types::{Type, Types};

/// How many items are compared with each other.
const MAX_UNIQUE: usize = 64;

/// Tells whether the metaschema of `draft` accepts a schema for sure.
pub(super) fn is_wellformed(schema: &Value, draft: Draft) -> bool {
    match schema {
        Value::Bool(_) => draft >= Draft::V6,
        Value::Map(keywords) => keywords
            .iter()
            .all(|(keyword, value)| keyword.to_str().is_some_and(|keyword| is_plain(keyword, value, draft))),
        _ => false,
    }
}

fn is_plain(keyword: &str, value: &Value, draft: Draft) -> bool {
    let schema = |value: &Value| is_wellformed(value, draft);
    match keyword {
        "title" | "description" | "$comment" | "format" | "contentMediaType" | "contentEncoding" => is_text(value),
        "default" | "const" => true,
        "examples" => value.as_list().is_some(),
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => value.as_bool().is_some(),
        "$schema" => value.as_str().is_some_and(|url| Draft::from_url(url) == Some(draft)),
        "$ref" => value.as_str().is_some_and(is_plain_reference),
        "type" => is_type(value),
        "enum" => value
            .as_list()
            .is_some_and(|items| !items.is_empty() && is_unique(items)),
        "required" => value.as_list().is_some_and(|items| is_list_of_names(items, draft)),
        "pattern" => value
            .as_string()
            .is_some_and(|text| is_text(value) && go_regexp::cached(text).is_ok()),
        "minimum" | "maximum" => Decimal::of(value).is_some(),
        "exclusiveMinimum" | "exclusiveMaximum" => draft >= Draft::V6 && Decimal::of(value).is_some(),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => is_count(value),
        "properties" | "definitions" | "$defs" => value.as_map().is_some_and(|map| map.values().all(schema)),
        "patternProperties" => value.as_map().is_some_and(|map| is_pattern_map(map, draft)),
        "additionalProperties" | "additionalItems" => value.as_bool().is_some() || schema(value),
        "items" | "not" | "if" | "then" | "else" | "contains" | "propertyNames" => schema(value),
        "allOf" | "anyOf" | "oneOf" => value
            .as_list()
            .is_some_and(|items| !items.is_empty() && items.iter().all(schema)),
        // What no draft knows no metaschema looks at; what starts so may be known.
        keyword => !is_known(keyword),
    }
}

/// Keywords with rules that are not looked at here.
fn is_known(keyword: &str) -> bool {
    keyword.starts_with('$')
        || matches!(
            keyword,
            "id" | "multipleOf"
                | "dependencies"
                | "dependentSchemas"
                | "dependentRequired"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "prefixItems"
                | "minContains"
                | "maxContains"
                | "contentSchema"
        )
}

fn is_text(value: &Value) -> bool {
    Type::of(value) == Type::String
}

/// A reference that is a pointer of harmless characters within the document.
fn is_plain_reference(reference: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.' | b'$');
    reference
        .strip_prefix('#')
        .is_some_and(|pointer| pointer.bytes().all(harmless))
}

fn is_type(value: &Value) -> bool {
    let is_name = |name: &Value| !Types::from_keyword(name).is_empty();
    match value {
        Value::Str(_) => is_name(value),
        Value::List(names) => {
            !names.is_empty() && names.iter().all(|name| name.as_list().is_none() && is_name(name)) && is_unique(names)
        }
        _ => false,
    }
}

fn is_unique(items: &[Value]) -> bool {
    items.len() <= MAX_UNIQUE
        && items
            .iter()
            .enumerate()
            .all(|(index, item)| items[..index].iter().all(|other| !equals(item, other)))
}

fn is_list_of_names(items: &[Value], draft: Draft) -> bool {
    (draft >= Draft::V6 || !items.is_empty()) && items.iter().all(is_text) && is_unique(items)
}

fn is_count(value: &Value) -> bool {
    matches!(value, Value::Int(count) if *count >= 0)
}

fn is_pattern_map(map: &Map, draft: Draft) -> bool {
    map.iter()
        .all(|(pattern, schema)| go_regexp::cached(pattern).is_ok() && is_wellformed(schema, draft))
}
