//! A struct with fields of all types, in the form in which the Go driver answers.
#![allow(dead_code)]

use go_value::{Map, Value, json};
use go_yaml::typed::{self, Struct, Type, UnknownFields};

static ITEM: Struct = Struct {
    name: "main.item",
    fields: &[("os", Type::String), ("args", Type::List(&Type::String))],
};
static MEMORY: Struct = Struct {
    name: "main.memory",
    fields: &[("pages", Type::Uint("uint32", 32)), ("bytes", Type::Int("int64", 64))],
};
static PROBE: Struct = Struct {
    name: "main.probe",
    fields: &[
        ("name", Type::String),
        ("flag", Type::Bool),
        ("count", Type::Int("int", 64)),
        ("small", Type::Int("int8", 8)),
        ("timeout", Type::Uint("uint64", 64)),
        ("ratio", Type::Float),
        ("list", Type::List(&Type::String)),
        ("items", Type::List(&Type::Struct(&ITEM))),
        ("config", Type::Map(&Type::Any)),
        ("env", Type::Map(&Type::String)),
        ("numbers", Type::Map(&Type::Int("int", 64))),
        (
            "hooks",
            Type::Named("main.hooks", &Type::Map(&Type::List(&Type::Struct(&ITEM)))),
        ),
        ("memory", Type::Struct(&MEMORY)),
        ("any", Type::Any),
    ],
};

/// What this crate says, in the form in which the driver answers.
pub fn answer(operation: u8, document: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let error = |error: go_yaml::Error| error.to_string().into_bytes();
    let known = Type::Struct(&PROBE);
    let unknown = match operation {
        b'T' => UnknownFields::Refuse,
        _ => UnknownFields::Ignore,
    };
    match operation {
        b'J' => {
            let tree = go_yaml::nodes::read(document).map_err(error)?;
            let text = tree.map_or(Ok("{}".to_owned()), |tree| typed::node_to_json(&tree, tree.root));
            text.map(String::into_bytes).map_err(error)
        }
        b'3' => {
            let value = typed::decode(document, &Type::Any, unknown).map_err(error)?;
            Ok(fill(&Type::Any, value.unwrap_or_default()).into_bytes())
        }
        _ => match typed::decode(document, &known, unknown).map_err(error)? {
            Some(value) => Ok(fill(&known, value).into_bytes()),
            None => Ok(b"EOF".to_vec()),
        },
    }
}

/// Writes a value as Go writes the type: with all fields.
fn fill(known: &Type, value: Value) -> String {
    let join = |parts: Vec<String>| parts.join(",");
    match (known, value) {
        (Type::Named(_, inner), value) => fill(inner, value),
        (Type::Struct(known), value) => {
            let empty = Map::new();
            let map = value.as_map().unwrap_or(&empty);
            let field = |(name, field): &(&str, Type)| {
                let value = map.get(name.as_bytes()).cloned().unwrap_or_default();
                let mut upper = name.to_string();
                upper[..1].make_ascii_uppercase();
                format!("\"{upper}\":{}", fill(field, value))
            };
            format!("{{{}}}", join(known.fields.iter().map(field).collect()))
        }
        (Type::List(item), Value::List(list)) => {
            format!("[{}]", join(list.into_iter().map(|value| fill(item, value)).collect()))
        }
        (Type::Map(entry), Value::Map(map)) => {
            let entries = map.into_iter().map(|(key, value)| {
                let mut out = String::new();
                json::write_string(&mut out, &key, json::Escape::Html);
                format!("{out}:{}", fill(entry, value))
            });
            format!("{{{}}}", join(entries.collect()))
        }
        (Type::Bool, Value::Nil) => "false".to_owned(),
        (Type::String, Value::Nil) => "\"\"".to_owned(),
        (Type::Int(..) | Type::Uint(..) | Type::Float, Value::Nil) => "0".to_owned(),
        (_, value) => json::to_string(&plain(value), json::Escape::Html).unwrap_or_else(|error| error.to_string()),
    }
}

/// JSON has no infinite numbers.
fn plain(value: Value) -> Value {
    match value {
        Value::Float(number) if number.is_nan() => "float NaN".into(),
        Value::Float(number) if number.is_infinite() => (if number > 0.0 { "float +Inf" } else { "float -Inf" }).into(),
        Value::List(list) => Value::List(list.into_iter().map(plain).collect()),
        Value::Map(map) => Value::Map(map.into_iter().map(|(key, value)| (key, plain(value))).collect()),
        other => other,
    }
}
