//! The functions that Helm adds to sprig's, save `include`, `tpl` and `lookup`, which need the engine or the world.
//!
//! Source: Helm 4.3.1, `pkg/engine/funcs.go` and `engine.go`.

use std::collections::BTreeMap;

use go_text_template::{Exec, FuncError, FuncMap, List, Map, Type, Value};
use go_value::Str;
use go_value::json::{self, Escape, Numbers};

/// Adds the conversions from and to YAML, JSON and TOML.
pub(crate) fn add_conversions(functions: &mut FuncMap) {
    functions.add("toYaml", &[Type::Any], |_, arguments| {
        Ok(text(arguments[0].freeze().map(|value| to_yaml(&value))))
    });
    functions.add("mustToYaml", &[Type::Any], must_to_yaml);
    functions.add("toYamlPretty", &[Type::Any], to_yaml_pretty);
    functions.add("fromYaml", &[Type::String], |_, arguments| {
        Ok(map_or_error(read_yaml(bytes(&arguments[0]))))
    });
    functions.add("fromYamlArray", &[Type::String], |_, arguments| {
        Ok(list_or_error(read_yaml(bytes(&arguments[0]))))
    });
    functions.add("toJson", &[Type::Any], |_, arguments| {
        Ok(text(to_json(&arguments[0]).map(Str::from)))
    });
    functions.add("mustToJson", &[Type::Any], |_, arguments| {
        to_json(&arguments[0]).map(Value::from).map_err(FuncError::panic)
    });
    functions.add("fromJson", &[Type::String], |_, arguments| {
        Ok(map_or_error(read_json(bytes(&arguments[0]))))
    });
    functions.add("fromJsonArray", &[Type::String], |_, arguments| {
        Ok(list_or_error(read_json(bytes(&arguments[0]))))
    });
    functions.add("toToml", &[Type::Any], |_, arguments| {
        Ok(Value::from(to_toml(&arguments[0]).unwrap_or_else(Str::from)))
    });
    functions.add("mustToToml", &[Type::Any], |_, arguments| {
        to_toml(&arguments[0]).map(Value::from).map_err(FuncError::panic)
    });
    functions.add("fromToml", &[Type::String], |_, arguments| {
        Ok(from_toml(bytes(&arguments[0])))
    });
}

fn bytes(argument: &Value) -> &[u8] {
    match argument {
        Value::Str(text) => text,
        _ => &[],
    }
}

/// Go's "always a string": errors give the empty one.
fn text(result: Result<Str, String>) -> Value {
    Value::Str(result.unwrap_or_default())
}

/// Writes YAML without its last line break; what cannot be written gives the empty text.
pub(crate) fn to_yaml(value: &go_value::Value) -> Str {
    go_yaml::to_yaml(value).map(without_line_break).unwrap_or_default()
}

fn without_line_break(mut yaml: Vec<u8>) -> Str {
    if yaml.last() == Some(&b'\n') {
        yaml.pop();
    }
    yaml.into()
}

fn must_to_yaml(_: &mut Exec, arguments: &[Value]) -> Result<Value, FuncError> {
    let value = arguments[0].freeze().map_err(FuncError::panic)?;
    let yaml = go_yaml::to_yaml(&value).map_err(|error| FuncError::panic(error.to_string()))?;
    Ok(Value::Str(without_line_break(yaml)))
}

fn to_yaml_pretty(_: &mut Exec, arguments: &[Value]) -> Result<Value, FuncError> {
    let yaml = arguments[0]
        .freeze()
        .and_then(|value| go_yaml::to_yaml_pretty(&value).map_err(|error| error.to_string()));
    Ok(text(yaml.map(without_line_break)))
}

fn to_json(value: &Value) -> Result<String, String> {
    value.to_json(Escape::Html)
}

fn to_toml(value: &Value) -> Result<Str, String> {
    go_toml::to_toml(&value.freeze()?)
        .map(Str::from)
        .map_err(|error| error.to_string())
}

/// What was read, or the error text; the error of a wrong type starts with the given words.
type Read = Result<(go_value::Value, &'static str), String>;

/// What stands before the error of a wrong type that was read as YAML.
const YAML: &str = "error unmarshaling JSON: while decoding JSON: ";

fn read_yaml(text: &[u8]) -> Read {
    match go_yaml::to_json_value(text) {
        Ok(value) => Ok((value, YAML)),
        Err(error) => Err(format!("error converting YAML to JSON: {error}")),
    }
}

fn read_json(text: &[u8]) -> Read {
    json::parse(text, Numbers::Float)
        .map(|value| (value, ""))
        .map_err(|error| error.to_string())
}

fn from_toml(text: &[u8]) -> Value {
    match go_toml::from_toml(text) {
        Ok(value) => Value::thaw(&value),
        Err(error) => error_map(error.to_string()),
    }
}

fn map_or_error(read: Read) -> Value {
    match read {
        // Through YAML's detour `null` leaves the map as it was, which is empty.
        Ok((go_value::Value::Nil, YAML)) => Value::map([]),
        Ok((go_value::Value::Nil, _)) => Value::Map(nil_map()),
        Ok((value @ go_value::Value::Map(_), _)) => Value::thaw(&value),
        Ok((value, prefix)) => error_map(format!(
            "{prefix}json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            json_kind(&value)
        )),
        Err(error) => error_map(error),
    }
}

/// What Go's decoder makes of a map when it reads `null`.
fn nil_map() -> Map {
    let mut map = Map::new(BTreeMap::new());
    map.nil = true;
    map
}

fn error_map(error: String) -> Value {
    Value::map([("Error".into(), Value::from(error))])
}

fn list_or_error(read: Read) -> Value {
    match read {
        Ok((go_value::Value::Nil, YAML)) => Value::list(Vec::new()),
        Ok((go_value::Value::Nil, _)) => {
            let mut list = List::new(Vec::new());
            list.nil = true;
            Value::List(list)
        }
        Ok((value @ go_value::Value::List(_), _)) => Value::thaw(&value),
        Ok((value, prefix)) => Value::list(vec![Value::from(format!(
            "{prefix}json: cannot unmarshal {} into Go value of type []interface {{}}",
            json_kind(&value)
        ))]),
        Err(error) => Value::list(vec![Value::from(error)]),
    }
}

/// The word that Go's JSON decoder has for the kind of a value.
fn json_kind(value: &go_value::Value) -> &'static str {
    match value {
        go_value::Value::Nil => "null",
        go_value::Value::Bool(_) => "bool",
        go_value::Value::Int(_) | go_value::Value::Uint(_) | go_value::Value::Float(_) => "number",
        go_value::Value::Str(_) => "string",
        go_value::Value::List(_) => "array",
        go_value::Value::Map(_) => "object",
    }
}
