//! JSON.

use go_text_template::{FuncError, FuncMap, Type, Value};
use go_value::json::{self, Escape, Numbers};

use crate::arguments::{Result, any, text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("fromJson", &[Type::String], |_, a| {
        Ok(parse(text(a, 0)).unwrap_or_default())
    });
    functions.add("mustFromJson", &[Type::String], |_, a| parse(text(a, 0)));
    functions.add("toJson", &[Type::Any], |_, a| {
        text_value(write(any(a, 0), Escape::Html).unwrap_or_default())
    });
    functions.add("mustToJson", &[Type::Any], |_, a| {
        text_value(write(any(a, 0), Escape::Html)?)
    });
    functions.add("toPrettyJson", &[Type::Any], |_, a| {
        text_value(pretty(any(a, 0)).unwrap_or_default())
    });
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
    value.to_json(escape).map_err(FuncError::new)
}

fn pretty(value: &Value) -> Result<String> {
    Ok(json::indent(&write(value, Escape::Html)?, "  "))
}
