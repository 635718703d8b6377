//! A quick look at a schema: whether it is well-formed beyond doubt.
//!
//! A schema is checked against its metaschema, which takes longer than all the rest. Nearly every schema uses its
//! keywords in plain ways that all drafts allow; those are told here by walking over it once. Whatever is not plain is left
//! to the metaschema, which also knows what to say about it.

use super::draft::Draft;
use super::json::Json;
use super::number::equals;
use super::quick;
use super::types::Types;

/// How many items are compared with each other.
const MAX_UNIQUE: usize = 64;

/// Tells whether the metaschema of `draft` accepts a schema for sure.
pub(super) fn is_wellformed<'a>(schema: impl Json<'a>, draft: Draft) -> bool {
    Survey::new(schema, draft).schema(schema)
}

/// A walk over a schema and all that is in it.
pub(super) struct Survey<'a, J> {
    document: J,
    draft: Draft,
    /// Where the schemas are that were looked at.
    seen: Vec<usize>,
    references: Vec<&'a str>,
}

impl<'a, J: Json<'a>> Survey<'a, J> {
    pub(super) fn new(document: J, draft: Draft) -> Self {
        Survey {
            document,
            draft,
            seen: Vec::new(),
            references: Vec::new(),
        }
    }

    /// Tells whether the document is well-formed and every reference leads to a schema in it that is, too.
    pub(super) fn into_verdict(mut self) -> bool {
        if !self.schema(self.document) {
            return false;
        }
        while !self.references.is_empty() {
            let references = std::mem::take(&mut self.references).into_iter();
            let targets = references.map(|reference| quick::target(self.document, reference));
            let Some(mut targets) = targets.collect::<Option<Vec<J>>>() else {
                return false;
            };
            targets.sort_unstable_by_key(|target| target.place());
            targets.dedup_by_key(|target| target.place());
            self.seen.sort_unstable();
            targets.retain(|target| self.seen.binary_search(&target.place()).is_err());
            if !targets.into_iter().all(|target| self.schema(target)) {
                return false;
            }
        }
        true
    }

    fn schema(&mut self, schema: J) -> bool {
        self.seen.push(schema.place());
        match schema.members() {
            Some(mut keywords) => keywords
                .all(|(keyword, value)| std::str::from_utf8(keyword).is_ok_and(|keyword| self.keyword(keyword, value))),
            None => schema.truth().is_some() && self.draft >= Draft::V6,
        }
    }

    fn keyword(&mut self, keyword: &str, value: J) -> bool {
        let draft = self.draft;
        match keyword {
            "title" | "description" | "$comment" | "format" | "contentMediaType" | "contentEncoding" => {
                value.text().is_some()
            }
            "default" | "const" => true,
            "examples" => value.items().is_some(),
            "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => value.truth().is_some(),
            "$schema" => value.str().is_some_and(|url| Draft::from_url(url) == Some(draft)),
            "$ref" => self.reference(value),
            "type" => is_type(value),
            "enum" => value.items().is_some_and(|items| items.len() > 0 && is_unique(items)),
            "required" => value.items().is_some_and(|items| is_list_of_names(items, draft)),
            "pattern" => value.text().is_some_and(|text| go_regexp::check(text).is_ok()),
            "minimum" | "maximum" => value.decimal().is_some(),
            "exclusiveMinimum" | "exclusiveMaximum" => draft >= Draft::V6 && value.decimal().is_some(),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
                value.count().is_some()
            }
            "properties" | "definitions" | "$defs" => value.members().is_some_and(|members| self.entries(members)),
            "patternProperties" => value
                .members()
                .is_some_and(|mut members| members.all(|(pattern, schema)| self.pattern(pattern, schema))),
            "additionalProperties" | "additionalItems" => value.truth().is_some() || self.schema(value),
            "items" | "not" | "if" | "then" | "else" | "contains" | "propertyNames" => self.schema(value),
            "allOf" | "anyOf" | "oneOf" => value
                .items()
                .is_some_and(|mut items| items.len() > 0 && items.all(|item| self.schema(item))),
            // What no draft knows no metaschema looks at; what starts so may be known.
            keyword => !is_known(keyword),
        }
    }

    fn entries(&mut self, mut members: J::Members) -> bool {
        members.all(|(_, schema)| self.schema(schema))
    }

    fn pattern(&mut self, pattern: &[u8], schema: J) -> bool {
        go_regexp::check(pattern).is_ok() && self.schema(schema)
    }

    fn reference(&mut self, value: J) -> bool {
        let Some(reference) = value.str().filter(|reference| is_plain_reference(reference)) else {
            return false;
        };
        self.references.push(reference);
        true
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

/// A reference that is a pointer of harmless characters within the document.
fn is_plain_reference(reference: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.' | b'$');
    reference
        .strip_prefix('#')
        .is_some_and(|pointer| pointer.bytes().all(harmless))
}

fn is_type<'a, J: Json<'a>>(value: J) -> bool {
    let is_name = |name: J| name.items().is_none() && !Types::from_keyword(name).is_empty();
    match value.items() {
        Some(mut names) => names.len() > 0 && is_unique(names.clone()) && names.all(is_name),
        None => is_name(value),
    }
}

fn is_unique<'a, J: Json<'a>>(items: impl ExactSizeIterator<Item = J> + Clone) -> bool {
    let is_new = |(index, item): (usize, J)| items.clone().take(index).all(|other| !equals(item, other));
    items.len() <= MAX_UNIQUE && items.clone().enumerate().all(is_new)
}

fn is_list_of_names<'a, J: Json<'a>>(mut items: impl ExactSizeIterator<Item = J> + Clone, draft: Draft) -> bool {
    (draft >= Draft::V6 || items.len() > 0) && is_unique(items.clone()) && items.all(|item| item.text().is_some())
}
