//! Values of expressions: those of objects, seen through their schema, and those that expressions make.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;

use super::eval::Fault;
use super::time::{read_duration, read_timestamp};
use crate::object::{at, text};
use crate::quantity::Quantity;

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Cel<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    List(Arc<Vec<Cel<'a>>>),
    Map(Arc<Vec<(Cel<'a>, Cel<'a>)>>),
    /// A map or an object of JSON, and its schema.
    Object(&'a Value, &'a Value),
    /// Nanoseconds.
    Duration(i64),
    /// Nanoseconds since the Unix epoch.
    Timestamp(i128),
    Optional(Option<Arc<Cel<'a>>>),
    Type(&'static str),
    Quantity(Quantity),
    Ip(IpAddr),
    Cidr(IpAddr, u8),
    Url(Arc<super::network::Url>),
    Version(Arc<[u64; 3]>, Arc<str>),
    /// A named format of texts.
    Format(&'static str),
}

/// The schema of what has none.
static ANYTHING: Value = Value::Null;

impl<'a> Cel<'a> {
    pub fn text(text: impl AsRef<str>) -> Self {
        Cel::Text(text.as_ref().into())
    }

    pub fn list(items: Vec<Cel<'a>>) -> Self {
        Cel::List(Arc::new(items))
    }

    pub fn some(value: Cel<'a>) -> Self {
        Cel::Optional(Some(Arc::new(value)))
    }

    /// Returns a JSON value as its schema types it.
    pub fn of(value: &'a Value, schema: &'a Value) -> Self {
        match value {
            Value::Null => Cel::Null,
            Value::Bool(value) => Cel::Bool(*value),
            Value::Number(number) if text(schema, &["type"]) == "number" => {
                Cel::Double(number.as_f64().unwrap_or_default())
            }
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => Cel::Int(value),
                (_, Some(value)) => Cel::Uint(value),
                _ => Cel::Double(number.as_f64().unwrap_or_default()),
            },
            Value::String(own) => of_text(own, text(schema, &["format"])),
            Value::Array(items) => {
                let of_items = schema.get("items").unwrap_or(&ANYTHING);
                Cel::list(items.iter().map(|item| Cel::of(item, of_items)).collect())
            }
            Value::Object(_) => Cel::Object(value, schema),
        }
    }

    /// Returns the name of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Cel::Null => "null_type",
            Cel::Bool(_) => "bool",
            Cel::Int(_) => "int",
            Cel::Uint(_) => "uint",
            Cel::Double(_) => "double",
            Cel::Text(_) => "string",
            Cel::Bytes(_) => "bytes",
            Cel::List(_) => "list",
            Cel::Map(_) | Cel::Object(..) => "map",
            Cel::Duration(_) => "google.protobuf.Duration",
            Cel::Timestamp(_) => "google.protobuf.Timestamp",
            Cel::Optional(_) => "optional_type",
            Cel::Type(_) => "type",
            Cel::Quantity(_) => "kubernetes.Quantity",
            Cel::Ip(_) => "net.IP",
            Cel::Cidr(..) => "net.CIDR",
            Cel::Url(_) => "kubernetes.URL",
            Cel::Version(..) => "kubernetes.Semver",
            Cel::Format(_) => "kubernetes.NamedFormat",
        }
    }

    /// Returns the value of a key, or a field.
    pub fn get(&self, key: &Cel<'a>) -> Option<Cel<'a>> {
        match (self, key) {
            (Cel::Object(object, schema), Cel::Text(name)) => field(object, schema, name),
            (Cel::Map(pairs), key) => pairs
                .iter()
                .find(|(own, _)| own.equals(key))
                .map(|(_, value)| value.clone()),
            (Cel::List(items), Cel::Int(index)) => {
                usize::try_from(*index).ok().and_then(|index| items.get(index)).cloned()
            }
            (Cel::Optional(Some(inner)), key) => inner.get(key),
            _ => None,
        }
    }

    /// Returns the keys of a map, or the indices of a list, each with its value.
    pub fn pairs(&self) -> Result<Vec<(Cel<'a>, Cel<'a>)>, Fault> {
        match self {
            Cel::List(items) => {
                let numbered = items.iter().enumerate();
                Ok(numbered
                    .map(|(index, item)| (Cel::Int(index.try_into().unwrap_or(i64::MAX)), item.clone()))
                    .collect())
            }
            Cel::Map(pairs) => Ok(pairs.to_vec()),
            Cel::Object(object, schema) => {
                let names = object.as_object().into_iter().flatten().map(|(name, _)| name);
                let pair = |name: &String| Some((Cel::text(name), field(object, schema, name)?));
                Ok(names.filter_map(pair).collect())
            }
            _ => Err(Fault::no_overload()),
        }
    }

    /// Returns how much there is of it: letters, bytes, elements.
    pub fn size(&self) -> Option<usize> {
        match self {
            Cel::Text(text) => Some(text.chars().count()),
            Cel::Bytes(bytes) => Some(bytes.len()),
            Cel::List(items) => Some(items.len()),
            Cel::Map(pairs) => Some(pairs.len()),
            Cel::Object(object, _) => object.as_object().map(serde_json::Map::len),
            _ => None,
        }
    }

    /// Returns what looking at all of it costs, at least 1.
    pub fn weight(&self) -> u64 {
        let size = match self {
            Cel::Text(text) => text.len() / 10,
            Cel::Bytes(bytes) => bytes.len() / 10,
            Cel::List(items) => items.len(),
            Cel::Map(pairs) => pairs.len(),
            Cel::Object(object, _) => json_size(object),
            _ => 0,
        };
        1 + size as u64
    }
}

fn json_size(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(json_size).sum::<usize>() + 1,
        Value::Object(fields) => fields.values().map(json_size).sum::<usize>() + 1,
        Value::String(text) => 1 + text.len() / 10,
        _ => 1,
    }
}

fn of_text<'a>(text: &str, format: &str) -> Cel<'a> {
    let typed = match format {
        "date-time" | "date" => read_timestamp(text).map(Cel::Timestamp),
        "duration" => read_duration(text).map(Cel::Duration),
        "byte" => {
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok();
            bytes.map(|bytes| Cel::Bytes(bytes.into()))
        }
        _ => None,
    };
    typed.unwrap_or_else(|| Cel::text(text))
}

/// Returns the schema of a field of an object, or of the values of a map.
pub(super) fn field_schema<'a>(schema: &'a Value, name: &str) -> &'a Value {
    let own = at(schema, &["properties", name]);
    own.or_else(|| schema.get("additionalProperties").filter(|own| own.is_object()))
        .unwrap_or(&ANYTHING)
}

fn field<'a>(object: &'a Value, schema: &'a Value, name: &str) -> Option<Cel<'a>> {
    let found = |name: &str| object.get(name).map(|value| Cel::of(value, field_schema(schema, name)));
    found(name).or_else(|| found(&unescaped(name)))
}

/// Returns the name of a field whose name no expression can spell: `__namespace__`, `__dash__`.
pub(crate) fn unescaped(name: &str) -> String {
    let inner = name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    const WORDS: [&str; 22] = [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
        "type",
    ];
    if let Some(word) = inner.filter(|inner| WORDS.contains(inner)) {
        return word.to_owned();
    }
    name.replace("__underscores__", "\u{0}")
        .replace("__dot__", ".")
        .replace("__dash__", "-")
        .replace("__slash__", "/")
        .replace('\u{0}', "__")
}
