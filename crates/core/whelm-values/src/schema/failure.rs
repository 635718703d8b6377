//! What a schema says against a value, and how that is written.

use go_value::Value;
use go_value::strconv::quote as go_quote;

use super::number::{count, in_english, number_text};
use super::types::{Type, Types};
use super::url::escape;

/// One objection, with those that it is made of.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// The path to the value, in parts.
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
    pub(super) causes: Vec<Failure>,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Several things; never written itself.
    Group,
    Schema(String),
    Reference,
    /// The URL, and the two places that lead to it.
    RefCycle(Box<[String; 3]>),
    FalseSchema,
    Type {
        got: Type,
        want: Types,
    },
    Enum(Vec<Value>),
    Const(Value),
    /// The text, the format, and what is wrong.
    Format(Box<(Value, String, String)>),
    Limit {
        keyword: &'static str,
        got: usize,
        want: usize,
    },
    Bound {
        keyword: &'static str,
        got: f64,
        want: f64,
    },
    Required(Vec<String>),
    Dependency {
        property: String,
        missing: Vec<String>,
    },
    AdditionalProperties(Vec<String>),
    PropertyName(String),
    UniqueItems(usize, usize),
    AdditionalItems(usize),
    Contains,
    MinContains {
        got: Vec<usize>,
        want: usize,
    },
    MaxContains {
        got: Vec<usize>,
        want: usize,
    },
    Pattern {
        got: String,
        want: String,
    },
    Not,
    AllOf,
    AnyOf,
    OneOf(Option<(usize, usize)>),
    /// The limit.
    TooManySteps(usize),
}

impl Failure {
    /// Writes the objection and its causes, a line each.
    pub(super) fn write(&self) -> String {
        let mut out = String::new();
        self.write_at(&mut out, 0);
        out
    }

    fn write_at(&self, out: &mut String, mut indent: usize) {
        // A reference with one cause is as good as its cause.
        if !(matches!(self.kind, Kind::Reference) && self.causes.len() == 1) {
            if indent > 0 {
                out.push('\n');
                out.push_str(&"  ".repeat(indent - 1));
                out.push_str("- ");
            }
            indent += 1;
            match &self.kind {
                Kind::Schema(location) => {
                    out.push_str("jsonschema validation failed with ");
                    out.push_str(&quote(location));
                }
                kind => {
                    let path: String = self.path.iter().map(|part| format!("/{}", escape(part))).collect();
                    out.push_str(&format!("at {}: {}", quote(&path), kind.text()));
                }
            }
        }
        for cause in &self.causes {
            cause.write_at(out, indent);
        }
    }
}

impl Kind {
    fn text(&self) -> String {
        match self {
            Kind::Group | Kind::Reference | Kind::Schema(_) => "validation failed".to_owned(),
            Kind::RefCycle(places) => {
                let [url, first, second] = &**places;
                let url = go_quote(url.as_bytes());
                format!("both {first} and {second} resolve to {url} causing reference cycle")
            }
            Kind::FalseSchema => "false schema".to_owned(),
            Kind::TooManySteps(limit) => {
                format!("schemas were applied {limit} times without an end: references lead to each other too often")
            }
            Kind::Type { got, want } => format!("got {}, want {}", got.name(), want.names().join(" or ")),
            Kind::Enum(want) => enumeration(want),
            Kind::Const(Value::List(_) | Value::Map(_)) => "'const' failed".to_owned(),
            Kind::Const(want) => format!("value must be {}", display(want)),
            Kind::Format(parts) => {
                let (got, want, error) = &**parts;
                format!("{} is not valid {want}: {error}", display(got))
            }
            Kind::Limit { keyword, got, want } => format!("{keyword}: got {}, want {}", count(*got), count(*want)),
            Kind::Bound { keyword, got, want } => {
                format!("{keyword}: got {}, want {}", in_english(*got), in_english(*want))
            }
            Kind::Required(missing) if missing.len() == 1 => format!("missing property {}", quote(&missing[0])),
            Kind::Required(missing) => format!("missing properties {}", quoted(missing)),
            Kind::Dependency { property, missing } => {
                format!("properties {} required, if {} exists", quoted(missing), quote(property))
            }
            Kind::AdditionalProperties(names) => format!("additional properties {} not allowed", quoted(names)),
            Kind::PropertyName(name) => format!("invalid propertyName {}", quote(name)),
            Kind::UniqueItems(first, second) => {
                format!("items at {} and {} are equal", count(*first), count(*second))
            }
            Kind::AdditionalItems(number) => format!("last {} additionalItem(s) not allowed", count(*number)),
            Kind::Contains => "no items match contains schema".to_owned(),
            Kind::MinContains { got, want } => contains("min", got, *want),
            Kind::MaxContains { got, want } => contains("max", got, *want),
            Kind::Pattern { got, want } => format!("{} does not match pattern {}", quote(got), quote(want)),
            Kind::Not => "'not' failed".to_owned(),
            Kind::AllOf => "'allOf' failed".to_owned(),
            Kind::AnyOf => "'anyOf' failed".to_owned(),
            Kind::OneOf(None) => "'oneOf' failed, none matched".to_owned(),
            Kind::OneOf(Some((first, second))) => {
                format!(
                    "'oneOf' failed, subschemas {}, {} matched",
                    count(*first),
                    count(*second)
                )
            }
        }
    }
}

fn enumeration(want: &[Value]) -> String {
    if want.iter().any(|item| matches!(item, Value::List(_) | Value::Map(_))) {
        return "'enum' failed".to_owned();
    }
    let shown: Vec<String> = want.iter().map(display).collect();
    match shown.as_slice() {
        [one] => format!("value must be {one}"),
        all => format!("value must be one of {}", all.join(", ")),
    }
}

fn contains(which: &str, got: &[usize], want: usize) -> String {
    let start = format!("{which} {} items required to match contains schema, but ", count(want));
    if got.is_empty() && which == "min" {
        return start + "none matched";
    }
    let places: Vec<String> = got.iter().map(ToString::to_string).collect();
    format!("{start}matched {} items at {}", count(got.len()), places.join(" "))
}

/// Writes a scalar; a container is only called one.
fn display(value: &Value) -> String {
    match value {
        Value::Str(text) => number_text(text).map_or_else(|| quote(&text.to_string_lossy()), str::to_owned),
        Value::List(_) | Value::Map(_) => "value".to_owned(),
        value => crate::display::v(value),
    }
}

/// Quotes as Go does, but with single marks.
fn quote(text: &str) -> String {
    let quoted = go_quote(text.as_bytes()).replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{}'", &quoted[1..quoted.len() - 1])
}

fn quoted(texts: &[String]) -> String {
    texts.iter().map(|text| quote(text)).collect::<Vec<_>>().join(", ")
}
