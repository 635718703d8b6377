//! The drafts of JSON Schema and where they have schemas in schemas.

use go_value::{Map, Value};

use super::url::{push, split};

/// A version of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    V4,
    V6,
    V7,
    V2019,
    V2020,
}

impl Draft {
    /// Finds the draft that `$schema` names.
    pub(super) fn from_url(url: &str) -> Option<Draft> {
        let (url, fragment) = split(url);
        if !fragment.is_empty() {
            return None;
        }
        let rest = url
            .strip_prefix("http://")
            .or_else(|| url.strip_prefix("https://"))
            .unwrap_or(url);
        Some(match rest {
            "json-schema.org/schema" | "json-schema.org/draft/2020-12/schema" => Draft::V2020,
            "json-schema.org/draft/2019-09/schema" => Draft::V2019,
            "json-schema.org/draft-07/schema" => Draft::V7,
            "json-schema.org/draft-06/schema" => Draft::V6,
            "json-schema.org/draft-04/schema" => Draft::V4,
            _ => return None,
        })
    }

    /// The URL of its metaschema.
    pub(super) fn url(self) -> &'static str {
        match self {
            Draft::V4 => "http://json-schema.org/draft-04/schema",
            Draft::V6 => "http://json-schema.org/draft-06/schema",
            Draft::V7 => "http://json-schema.org/draft-07/schema",
            Draft::V2019 => "https://json-schema.org/draft/2019-09/schema",
            Draft::V2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// The keyword that gives a schema its URL.
    pub(super) fn id_keyword(self) -> &'static str {
        if self == Draft::V4 { "id" } else { "$id" }
    }

    /// Returns the URL that a schema gives itself, without its fragment; empty for none.
    pub(super) fn id(self, schema: &Map) -> &str {
        if self < Draft::V2019 && schema.contains_key(&b"$ref"[..]) {
            return "";
        }
        schema
            .get(self.id_keyword().as_bytes())
            .and_then(Value::as_str)
            .map_or("", |id| split(id).0)
    }

    /// The vocabularies in force when a metaschema says nothing.
    pub(super) fn default_vocabularies(self) -> &'static [&'static str] {
        match self {
            Draft::V2020 => &["core", "applicator", "unevaluated", "validation"],
            _ => &["core", "applicator", "validation"],
        }
    }

    pub(super) fn vocabularies(self) -> &'static [&'static str] {
        match self {
            Draft::V2020 => &[
                "core",
                "applicator",
                "unevaluated",
                "validation",
                "meta-data",
                "format-annotation",
                "format-assertion",
                "content",
            ],
            Draft::V2019 => &["core", "applicator", "validation", "meta-data", "format", "content"],
            _ => &[],
        }
    }

    /// Lists the schemas right inside of a schema, with their pointers.
    pub(super) fn subschemas<'a>(self, schema: &'a Map, pointer: &str) -> Vec<(String, &'a Value)> {
        let mut found = Vec::new();
        for (key, value) in schema {
            let Some(key) = key.to_str() else { continue };
            let place = self.place(key);
            let at = || push(pointer, key);
            if place.itself && !matches!(value, Value::List(_)) {
                found.push((at(), value));
            }
            match value {
                Value::Map(entries) if place.entries => {
                    let entries = entries.iter().filter_map(|(name, value)| Some((name.to_str()?, value)));
                    found.extend(entries.map(|(name, value)| (push(&at(), name), value)));
                }
                Value::List(items) if place.items => {
                    let items = items.iter().enumerate();
                    found.extend(items.map(|(index, value)| (push(&at(), &index.to_string()), value)));
                }
                _ => {}
            }
        }
        found
    }

    fn place(self, keyword: &str) -> Place {
        let from = |draft: Draft, place: Place| if self >= draft { place } else { Place::NONE };
        match keyword {
            "not" | "additionalProperties" | "additionalItems" => Place::ITSELF,
            "definitions" | "properties" | "patternProperties" | "dependencies" => Place::ENTRIES,
            "allOf" | "anyOf" | "oneOf" => Place::ITEMS,
            "items" => Place {
                itself: true,
                items: true,
                entries: false,
            },
            "propertyNames" | "contains" => from(Draft::V6, Place::ITSELF),
            "if" | "then" | "else" => from(Draft::V7, Place::ITSELF),
            "$defs" | "dependentSchemas" => from(Draft::V2019, Place::ENTRIES),
            "unevaluatedProperties" | "unevaluatedItems" | "contentSchema" => from(Draft::V2019, Place::ITSELF),
            "prefixItems" => from(Draft::V2020, Place::ITEMS),
            _ => Place::NONE,
        }
    }
}

/// Which parts of a keyword's value are schemas.
struct Place {
    itself: bool,
    entries: bool,
    items: bool,
}

impl Place {
    const NONE: Place = Place {
        itself: false,
        entries: false,
        items: false,
    };
    const ITSELF: Place = Place {
        itself: true,
        entries: false,
        items: false,
    };
    const ENTRIES: Place = Place {
        itself: false,
        entries: true,
        items: false,
    };
    const ITEMS: Place = Place {
        itself: false,
        entries: false,
        items: true,
    };
}

/// Returns the text of a published metaschema.
pub(super) fn metaschema(url: &str) -> Option<&'static str> {
    let path = url
        .strip_prefix("http://json-schema.org/")
        .or_else(|| url.strip_prefix("https://json-schema.org/"))?;
    macro_rules! published {
        ($($name:literal),* $(,)?) => {
            match path {
                "schema" => Some(include_str!("metaschemas/draft/2020-12/schema")),
                $($name => Some(include_str!(concat!("metaschemas/", $name))),)*
                _ => None,
            }
        };
    }
    published![
        "draft-04/schema",
        "draft-06/schema",
        "draft-07/schema",
        "draft/2019-09/schema",
        "draft/2019-09/meta/applicator",
        "draft/2019-09/meta/content",
        "draft/2019-09/meta/core",
        "draft/2019-09/meta/format",
        "draft/2019-09/meta/meta-data",
        "draft/2019-09/meta/validation",
        "draft/2020-12/schema",
        "draft/2020-12/meta/applicator",
        "draft/2020-12/meta/content",
        "draft/2020-12/meta/core",
        "draft/2020-12/meta/format-annotation",
        "draft/2020-12/meta/format-assertion",
        "draft/2020-12/meta/meta-data",
        "draft/2020-12/meta/unevaluated",
        "draft/2020-12/meta/validation",
    ]
}
