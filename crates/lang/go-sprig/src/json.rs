//! JSON.

use go_text_template::{FuncError, FuncMap, Type, Value};
use go_value::json::{self, Escape, Numbers};

use crate::arguments::{MAX_DEPTH, Result, any, text, text_value};
use crate::encoding::base64_encode;
use crate::print::bytes_of;

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("fromJson", &[Type::String], |_, a| Ok(parse(text(a, 0)).unwrap_or_default()));
    functions.add("mustFromJson", &[Type::String], |_, a| parse(text(a, 0)));
    functions.add("toJson", &[Type::Any], |_, a| text_value(write(any(a, 0), Escape::Html).unwrap_or_default()));
    functions.add("mustToJson", &[Type::Any], |_, a| text_value(write(any(a, 0), Escape::Html)?));
    functions.add("toPrettyJson", &[Type::Any], |_, a| text_value(pretty(any(a, 0)).unwrap_or_default()));
    functions.add("mustToPrettyJson", &[Type::Any], |_, a| text_value(pretty(any(a, 0))?));
    for name in ["toRawJson", "mustToRawJson"] {
        functions.add(name, &[Type::Any], |_, a| text_value(write(any(a, 0), Escape::Plain)?));
    }
}

fn parse(text: &[u8]) -> Result {
    match json::parse(text, Numbers::Float) {
        Ok(plain) => Ok(Value::thaw(&plain)),
        Err(error) => Err(FuncError::new(error.to_string())),
    }
}

fn write(value: &Value, escape: Escape) -> Result<String> {
    let plain = plain_at(value, 0)?;
    json::to_string(&plain, escape).map_err(|error| FuncError::new(error.to_string()))
}

fn pretty(value: &Value) -> Result<String> {
    Ok(json::indent(&write(value, Escape::Html)?, "  "))
}

/// The plain data of a value as `encoding/json` sees it: nil lists and maps are null, bytes are base64.
fn plain_at(value: &Value, depth: usize) -> Result<go_value::Value> {
    if depth > MAX_DEPTH {
        return Err(FuncError::new("json: unsupported value: encountered a cycle"));
    }
    Ok(match value {
        Value::Nil => go_value::Value::Nil,
        Value::Bool(value) => go_value::Value::Bool(*value),
        Value::Int(number) | Value::Int64(number) | Value::OtherInt(_, number) => go_value::Value::Int(*number),
        Value::Uint(_, number) => match i64::try_from(*number) {
            Ok(number) => go_value::Value::Int(number),
            Err(_) => go_value::Value::Uint(*number),
        },
        Value::Float(number) => go_value::Value::Float(*number),
        Value::Str(text) => go_value::Value::Str(text.clone()),
        Value::List(list) if list.nil => go_value::Value::Nil,
        Value::List(list) if list.type_ == Type::bytes() => base64_encode(&bytes_of(value)).into(),
        Value::List(list) => {
            let items: Result<Vec<_>> = list.items.iter().map(|item| plain_at(item, depth + 1)).collect();
            go_value::Value::List(items?)
        }
        Value::Map(map) if map.nil => go_value::Value::Nil,
        Value::Map(map) => {
            let entries = map.entries().into_iter();
            let plain: Result<_> = entries.map(|(key, value)| Ok((key, plain_at(&value, depth + 1)?))).collect();
            go_value::Value::Map(plain?)
        }
        Value::Object(object) => object.to_plain().map_err(FuncError::new)?,
        #[allow(unreachable_patterns, reason = "kinds that the interpreter may add")]
        other => {
            let type_ = crate::reflect::type_name(other);
            return Err(FuncError::new(format!("json: unsupported type: {type_}")));
        }
    })
}
