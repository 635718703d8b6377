//! A quick look at a schema: whether it is well-formed beyond doubt.
//!
//! A schema is checked against its metaschema, which takes longer than all the rest. Nearly every schema uses its
//! keywords in plain ways that all drafts allow; those are told here by walking over it once. Whatever is not plain is left
//! to the metaschema, which also knows what to say about it.

use std::collections::HashSet;

use go_value::{Map, Value};

use super::draft::Draft;
use super::number::{Decimal, equals};
use super::quick;
use super::types::{Type, Types};

/// How many items are compared with each other.
const MAX_UNIQUE: usize = 64;

/// Tells whether the metaschema of `draft` accepts a schema for sure.
pub(super) fn is_wellformed(schema: &Value, draft: Draft) -> bool {
    Survey::new(schema, draft).schema(schema)
}

/// A walk over a schema and all that is in it.
pub(super) struct Survey<'a> {
    document: &'a Value,
    draft: Draft,
    /// Where the schemas are that were looked at.
    seen: HashSet<usize>,
    references: Vec<&'a str>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(document: &'a Value, draft: Draft) -> Self {
        Survey {
            document,
            draft,
            seen: HashSet::new(),
            references: Vec::new(),
        }
    }

    /// Tells whether the document is well-formed and every reference leads to a schema in it that is, too.
    pub(super) fn into_verdict(mut self) -> bool {
        if !self.schema(self.document) {
            return false;
        }
        while let Some(reference) = self.references.pop() {
            let Some(target) = quick::target(self.document, reference) else {
                return false;
            };
            if !self.seen.contains(&place(target)) && !self.schema(target) {
                return false;
            }
        }
        true
    }

    fn schema(&mut self, schema: &'a Value) -> bool {
        self.seen.insert(place(schema));
        match schema {
            Value::Bool(_) => self.draft >= Draft::V6,
            Value::Map(keywords) => keywords
                .iter()
                .all(|(keyword, value)| keyword.to_str().is_some_and(|keyword| self.keyword(keyword, value))),
            _ => false,
        }
    }

    fn keyword(&mut self, keyword: &str, value: &'a Value) -> bool {
        let draft = self.draft;
        match keyword {
            "title" | "description" | "$comment" | "format" | "contentMediaType" | "contentEncoding" => is_text(value),
            "default" | "const" => true,
            "examples" => value.as_list().is_some(),
            "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => value.as_bool().is_some(),
            "$schema" => value.as_str().is_some_and(|url| Draft::from_url(url) == Some(draft)),
            "$ref" => self.reference(value),
            "type" => is_type(value),
            "enum" => value
                .as_list()
                .is_some_and(|items| !items.is_empty() && is_unique(items)),
            "required" => value.as_list().is_some_and(|items| is_list_of_names(items, draft)),
            "pattern" => value
                .as_string()
                .is_some_and(|text| is_text(value) && go_regexp::check(text).is_ok()),
            "minimum" | "maximum" => Decimal::of(value).is_some(),
            "exclusiveMinimum" | "exclusiveMaximum" => draft >= Draft::V6 && Decimal::of(value).is_some(),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => is_count(value),
            "properties" | "definitions" | "$defs" => value.as_map().is_some_and(|map| self.entries(map)),
            "patternProperties" => value
                .as_map()
                .is_some_and(|map| map.keys().all(|pattern| go_regexp::check(pattern).is_ok()) && self.entries(map)),
            "additionalProperties" | "additionalItems" => value.as_bool().is_some() || self.schema(value),
            "items" | "not" | "if" | "then" | "else" | "contains" | "propertyNames" => self.schema(value),
            "allOf" | "anyOf" | "oneOf" => value
                .as_list()
                .is_some_and(|items| !items.is_empty() && items.iter().all(|item| self.schema(item))),
            // What no draft knows no metaschema looks at; what starts so may be known.
            keyword => !is_known(keyword),
        }
    }

    fn entries(&mut self, map: &'a Map) -> bool {
        map.values().all(|schema| self.schema(schema))
    }

    fn reference(&mut self, value: &'a Value) -> bool {
        let Some(reference) = value.as_str().filter(|reference| is_plain_reference(reference)) else {
            return false;
        };
        self.references.push(reference);
        true
    }
}

/// What tells a part of a document from all others.
fn place(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
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
