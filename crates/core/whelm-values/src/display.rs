//! Values in messages, as Go's `fmt` writes them.

use go_value::Value;
use go_value::strconv::{FloatForm, format_float};

/// Writes a value as `%v` does.
pub(crate) fn v(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, &scalar_v);
    out
}

/// Writes a value as `%t` does, which is right for bools only; Helm uses it for any value in one message.
pub(crate) fn t(value: &Value) -> String {
    if value.is_nil() {
        return "%!t(<nil>)".to_owned();
    }
    let mut out = String::new();
    write(&mut out, value, &scalar_t);
    out
}

/// Names the type of a value as `%T` does.
pub(crate) fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Nil => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Uint(_) => "uint64",
        Value::Float(_) => "float64",
        Value::Str(_) => "string",
        Value::List(_) => "[]interface {}",
        Value::Map(_) => "map[string]interface {}",
    }
}

fn scalar_v(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Float(number) => float_v(*number),
        Value::Str(text) => text.to_string_lossy().into_owned(),
        _ => "<nil>".to_owned(),
    }
}

fn scalar_t(value: &Value) -> String {
    match value {
        Value::Nil | Value::Bool(_) => scalar_v(value),
        // A wrong verb writes the type and the value; `%v` of a float inside of it is the same as outside.
        _ => format!("%!t({}={})", go_type(value), scalar_v(value)),
    }
}

/// Writes a float as `%v` does: the shortest digits, an exponent below -4 and from 6 places up.
fn float_v(number: f64) -> String {
    format_float(number, FloatForm::General, None)
}

fn write(out: &mut String, value: &Value, scalar: &dyn Fn(&Value) -> String) {
    match value {
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                write(out, item, scalar);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push_str("map[");
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                write(out, &Value::Str(key.clone()), scalar);
                out.push(':');
                write(out, item, scalar);
            }
            out.push(']');
        }
        other => out.push_str(&scalar(other)),
    }
}
