//! `common.Values`: the type of `.Values` and of a template's dot, a map with methods.
//!
//! Source: Helm 4.3.1, `pkg/chart/common/values.go`.

use std::collections::BTreeMap;

use go_text_template::{FuncError, Map, Method, Methods, Type, Value};
use go_value::strconv::quote;

/// The type's name.
const VALUES: Type = Type::Named("common.Values");

static METHODS: Methods = Methods(&[
    Method {
        name: "AsMap",
        parameters: &[],
        body: as_map,
    },
    Method {
        name: "Encode",
        parameters: &[Type::Named("io.Writer")],
        body: encode,
    },
    Method {
        name: "PathValue",
        parameters: &[Type::String],
        body: path_value,
    },
    Method {
        name: "Table",
        parameters: &[Type::String],
        body: table,
    },
    Method {
        name: "YAML",
        parameters: &[],
        body: yaml,
    },
]);

/// Returns the same map as a `common.Values`.
pub(crate) fn named(map: &Map) -> Map {
    map.with_methods(VALUES, &METHODS)
}

fn as_map(map: &Map, _arguments: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::Map(if map.is_empty() {
        Map::new(BTreeMap::new())
    } else {
        map.as_type(Type::map())
    }))
}

/// No template has an `io.Writer` to give.
fn encode(_map: &Map, _arguments: &[Value]) -> Result<Value, FuncError> {
    Err(FuncError::new("no writer"))
}

fn yaml(map: &Map, _arguments: &[Value]) -> Result<Value, FuncError> {
    let value = Value::Map(map.clone()).freeze().map_err(FuncError::new)?;
    let text = go_yaml::to_yaml(&value).map_err(|error| FuncError::new(error.to_string()))?;
    Ok(Value::Str(text.into()))
}

fn table(map: &Map, arguments: &[Value]) -> Result<Value, FuncError> {
    let path = text(arguments);
    let found = find(map, path.split(|byte| *byte == b'.'));
    found
        .map(|map| Value::Map(named(&map)))
        .map_err(|name| not(&name, "table"))
}

fn path_value(map: &Map, arguments: &[Value]) -> Result<Value, FuncError> {
    let path = text(arguments);
    if path.is_empty() {
        return Err(FuncError::new("YAML path cannot be empty"));
    }
    let mut parts: Vec<&[u8]> = path.split(|byte| *byte == b'.').collect();
    let name = parts.pop().unwrap_or_default();
    let parent = if parts.is_empty() {
        Some(map.clone())
    } else {
        find(map, parts.into_iter()).ok()
    };
    let value = parent
        .and_then(|parent| parent.get(name))
        .filter(|value| !is_plain_map(value));
    value.ok_or_else(|| not(name, "value"))
}

/// The map at a path; the first name that leads to none otherwise.
fn find<'a>(map: &Map, path: impl Iterator<Item = &'a [u8]>) -> Result<Map, Vec<u8>> {
    let mut found = map.clone();
    for name in path {
        found = match found.get(name) {
            Some(Value::Map(map)) if map.type_ == Type::map() || map.type_ == VALUES => map,
            _ => return Err(name.to_vec()),
        };
    }
    Ok(found)
}

fn is_plain_map(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.type_ == Type::map())
}

fn not(name: &[u8], what: &str) -> FuncError {
    FuncError::new(format!("{} is not a {what}", quote(name)))
}

fn text(arguments: &[Value]) -> Vec<u8> {
    match arguments.first() {
        Some(Value::Str(text)) => text.to_vec(),
        _ => Vec::new(),
    }
}
