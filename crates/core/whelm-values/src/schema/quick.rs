//! Values that fit, told without compiling the schema.
//!
//! Compiling reads every schema that can be reached; most values touch a few of them, and nearly all values fit. Here a schema
//! is walked once, to be sure that it uses plain keywords only (see [`super::wellformed`]) and that its references lead
//! somewhere, and the values are then held against it as it stands. Whatever is not plain, and whatever does not fit, is left to
//! the compiled schema, which also knows what to say about it.

use std::borrow::Cow;

use go_value::{Map, Str, Value};

use super::draft::Draft;
use super::formats;
use super::json::Json;
use super::number::{Decimal, equals, is_integer};
use super::outline::{Outline, Part};
use super::types::{Type, Types};
use super::url;
use super::validate::duplicates;
use super::wellformed::Survey;

/// How deep schemas may be applied inside each other before this gives up. References that go round in circles end here.
const MAX_DEPTH: usize = 150;

/// How many schemas may be applied before this gives up.
const MAX_STEPS: usize = 1 << 20;

/// Tells whether the text of a schema is well-formed and `values` fit it for sure; `false` says nothing.
pub(super) fn fits(schema: &[u8], values: &Value) -> bool {
    Outline::read(schema).is_some_and(|outline| fits_outline(&outline, values))
}

fn fits_outline(outline: &Outline<'_>, values: &Value) -> bool {
    let schema = outline.root();
    let Some(draft) = draft_of(schema) else { return false };
    if !Survey::new(schema, draft).into_verdict() {
        return false;
    }
    let mut check = Check {
        document: schema,
        draft,
        depth: 0,
        steps: 0,
    };
    check.schema(schema, values) == Some(true)
}

fn draft_of(schema: Part<'_>) -> Option<Draft> {
    match schema.member(b"$schema") {
        Some(named) => Draft::from_url(named.str()?),
        None => Some(Draft::V2020),
    }
}

/// A run over values. Each answer is `None` when there is none for sure.
struct Check<'a> {
    document: Part<'a>,
    draft: Draft,
    depth: usize,
    steps: usize,
}

impl<'a> Check<'a> {
    fn schema(&mut self, schema: Part<'a>, value: &Value) -> Option<bool> {
        if !schema.is_object() {
            return schema.truth();
        }
        self.steps += 1;
        if self.depth == MAX_DEPTH || self.steps > MAX_STEPS {
            return None;
        }
        self.depth += 1;
        let fits = self.keywords(schema, value);
        self.depth -= 1;
        fits
    }

    fn keywords(&mut self, schema: Part<'a>, value: &Value) -> Option<bool> {
        if let Some(reference) = schema.member(b"$ref") {
            if !self.constant(schema, value) {
                return Some(false);
            }
            let target = target(self.document, reference.str()?)?;
            let fits = self.schema(target, value)?;
            if !fits || self.draft < Draft::V2019 {
                return Some(fits);
            }
        }
        for (keyword, rule) in schema.members()? {
            if !self.keyword(keyword, rule, schema, value)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn constant(&self, schema: Part<'a>, value: &Value) -> bool {
        let constant = schema.member(b"const").filter(|_| self.draft >= Draft::V6);
        constant.is_none_or(|constant| equals(value, constant))
    }

    fn keyword(&mut self, keyword: &[u8], rule: Part<'a>, schema: Part<'a>, value: &Value) -> Option<bool> {
        Some(match keyword {
            b"type" => has_type(value, Types::from_keyword(rule)),
            b"enum" => rule.items()?.any(|item| equals(value, item)),
            b"const" => self.constant(schema, value),
            b"format" => self.draft >= Draft::V2019 || has_format(rule, value),
            b"not" => !self.schema(rule, value)?,
            b"allOf" => return self.all_of(rule, value),
            b"anyOf" => self.count(rule, value, 1)? > 0,
            b"oneOf" => self.count(rule, value, 2)? == 1,
            b"if" if self.draft >= Draft::V7 => return self.condition(rule, schema, value),
            keyword => match value {
                Value::Map(map) => return self.object(keyword, rule, schema, map),
                Value::List(list) => return self.array(keyword, rule, list),
                Value::Str(text) if Type::of(value) == Type::String => return string(keyword, rule, text),
                value => return number(keyword, rule, value),
            },
        })
    }

    fn all_of(&mut self, schemas: Part<'a>, value: &Value) -> Option<bool> {
        for schema in schemas.items()? {
            if !self.schema(schema, value)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Counts the schemas that fit, up to `enough`.
    fn count(&mut self, schemas: Part<'a>, value: &Value, enough: usize) -> Option<usize> {
        let mut count = 0;
        for schema in schemas.items()? {
            count += usize::from(self.schema(schema, value)?);
            if count == enough {
                break;
            }
        }
        Some(count)
    }

    fn condition(&mut self, condition: Part<'a>, schema: Part<'a>, value: &Value) -> Option<bool> {
        let branch: &[u8] = if self.schema(condition, value)? {
            b"then"
        } else {
            b"else"
        };
        match schema.member(branch) {
            Some(branch) => self.schema(branch, value),
            None => Some(true),
        }
    }

    fn object(&mut self, keyword: &[u8], rule: Part<'a>, schema: Part<'a>, map: &Map) -> Option<bool> {
        Some(match keyword {
            b"minProperties" => map.len() >= rule.count()?,
            b"maxProperties" => map.len() <= rule.count()?,
            b"required" => rule.items()?.filter_map(Json::text).all(|name| map.contains_key(name)),
            b"properties" => {
                for (name, schema) in rule.members()? {
                    if let Some(value) = map.get(name)
                        && !self.schema(schema, value)?
                    {
                        return Some(false);
                    }
                }
                true
            }
            b"patternProperties" => return self.pattern_properties(rule, map),
            b"additionalProperties" => return self.additional_properties(rule, schema, map),
            b"propertyNames" if self.draft >= Draft::V6 => {
                for name in map.keys() {
                    if !self.schema(rule, &Value::Str(name.clone()))? {
                        return Some(false);
                    }
                }
                true
            }
            _ => true,
        })
    }

    fn pattern_properties(&mut self, patterns: Part<'a>, map: &Map) -> Option<bool> {
        for (pattern, schema) in patterns.members()? {
            let regexp = go_regexp::cached(pattern).ok()?;
            for (name, value) in map {
                if regexp.is_match(name) && !self.schema(schema, value)? {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    fn additional_properties(&mut self, rule: Part<'a>, schema: Part<'a>, map: &Map) -> Option<bool> {
        if rule.truth() == Some(true) {
            return Some(true);
        }
        let known = schema.member(b"properties");
        let patterns = schema.member(b"patternProperties");
        for (name, value) in map {
            if known.is_some_and(|known| known.member(name).is_some()) {
                continue;
            }
            if matches_any(patterns, name)? {
                continue;
            }
            // Names that are no text are compared by what they look like.
            name.to_str()?;
            if !self.schema(rule, value)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn array(&mut self, keyword: &[u8], rule: Part<'a>, list: &[Value]) -> Option<bool> {
        Some(match keyword {
            b"minItems" => list.len() >= rule.count()?,
            b"maxItems" => list.len() <= rule.count()?,
            b"uniqueItems" => rule.truth() != Some(true) || duplicates(list).is_none(),
            b"items" => {
                for item in list {
                    if !self.schema(rule, item)? {
                        return Some(false);
                    }
                }
                true
            }
            b"contains" if self.draft >= Draft::V6 => {
                for item in list {
                    if self.schema(rule, item)? {
                        return Some(true);
                    }
                }
                false
            }
            _ => true,
        })
    }
}

/// What a reference by a pointer within the document leads to. Anchors are not looked for.
pub(super) fn target<'a, J: Json<'a>>(document: J, reference: &str) -> Option<J> {
    let pointer = reference.strip_prefix('#')?;
    let is_pointer = pointer.is_empty() || pointer.starts_with('/');
    is_pointer.then(|| url::lookup(document, pointer).ok())?
}

fn matches_any(patterns: Option<Part<'_>>, name: &Str) -> Option<bool> {
    for (pattern, _) in patterns.and_then(Json::members).into_iter().flatten() {
        if go_regexp::cached(pattern).ok()?.is_match(name) {
            return Some(true);
        }
    }
    Some(false)
}

fn has_type(value: &Value, types: Types) -> bool {
    let got = Type::of(value);
    types.contains(got) || (got == Type::Number && types.contains(Type::Integer) && is_integer(value))
}

fn has_format(format: Part<'_>, value: &Value) -> bool {
    match (format.str(), value) {
        (Some(format), Value::Str(text)) if Type::of(value) == Type::String => {
            let text: Cow<'_, str> = text.to_string_lossy();
            formats::check(format, &text).is_ok()
        }
        _ => true,
    }
}

fn string(keyword: &[u8], rule: Part<'_>, text: &Str) -> Option<bool> {
    Some(match keyword {
        b"minLength" => go_value::utf8::rune_count(text) >= rule.count()?,
        b"maxLength" => go_value::utf8::rune_count(text) <= rule.count()?,
        b"pattern" => go_regexp::cached(rule.text()?).ok()?.is_match(text),
        _ => true,
    })
}

fn number(keyword: &[u8], rule: Part<'_>, value: &Value) -> Option<bool> {
    let compare = || Some((Decimal::of(value), rule.decimal()?));
    let (Some(number), limit) = (match keyword {
        b"minimum" | b"maximum" | b"exclusiveMinimum" | b"exclusiveMaximum" => compare()?,
        _ => return Some(true),
    }) else {
        return Some(true);
    };
    let order = number.compare(limit);
    Some(match keyword {
        b"minimum" => order.is_ge(),
        b"maximum" => order.is_le(),
        b"exclusiveMinimum" => order.is_gt(),
        _ => order.is_lt(),
    })
}

#[cfg(test)]
mod tests {
    use go_value::json::{Numbers, parse};

    use super::*;

    fn quick(schema: &str, values: &str) -> bool {
        fits(schema.as_bytes(), &parse(values.as_bytes(), Numbers::Float).unwrap())
    }

    #[test]
    fn values_that_fit_are_told() {
        let schema = r##"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["a"],
            "properties":{"a":{"$ref":"#/definitions/port"},"b":{"type":["string","null"],"pattern":"^x"},"l":{"items":{"enum":[1,"x"]},
            "minItems":1,"uniqueItems":true}},"additionalProperties":false,"definitions":{"port":{"type":"integer","minimum":1,"maximum":65535}}}"##;
        assert!(quick(schema, r#"{"a":80}"#));
        assert!(quick(schema, r#"{"a":65535,"b":null,"l":[1,"x"]}"#));
        assert!(quick(schema, r#"{"a":1,"b":"xyz"}"#));
        for not in [
            r#"{}"#,
            r#"{"a":80.5}"#,
            r#"{"a":0}"#,
            r#"{"a":70000}"#,
            r#"{"a":"80"}"#,
            r#"{"a":80,"b":"y"}"#,
            r#"{"a":80,"l":[]}"#,
            r#"{"a":80,"l":[1,1]}"#,
            r#"{"a":80,"l":[2]}"#,
            r#"{"a":80,"c":1}"#,
        ] {
            assert!(!quick(schema, not), "{not}");
        }
    }

    #[test]
    fn combinations() {
        let schema = r#"{"oneOf":[{"type":"object","properties":{"a":{"type":"number"}}},{"properties":{"a":{"type":"string"}}}]}"#;
        assert!(quick(schema, r#"{"a":1}"#));
        assert!(!quick(schema, r#"{}"#));
        let schema = r#"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"maxProperties":0}}"#;
        assert!(quick(schema, r#"{"a":1,"b":2}"#));
        assert!(quick(schema, r#"{}"#));
        assert!(!quick(schema, r#"{"a":1}"#));
        assert!(!quick(schema, r#"{"b":1}"#));
        assert!(!quick(r#"{"not":{"required":["a"]}}"#, r#"{"a":1}"#));
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        assert!(!quick(r##"{"$ref":"#/nowhere"}"##, "{}"));
        assert!(!quick(r##"{"$ref":"#"}"##, "{}"));
        assert!(!quick(r##"{"properties":{"unused":{"$ref":"#anchor"}}}"##, "{}"));
        assert!(!quick(r#"{"$ref":"file:///other.json"}"#, "{}"));
        assert!(!quick(r#"{"$id":"x","type":"object"}"#, "{}"));
        assert!(!quick(r#"{"$schema":"urn:x"}"#, "{}"));
        assert!(!quick(r#"{"properties":{"unused":{"pattern":"("}}}"#, "{}"));
        assert!(!quick(
            r##"{"properties":{"unused":{"$ref":"#/x"}},"x":{"type":"wrong"}}"##,
            "{}"
        ));
    }
}
