//! Numbers from anything. Source of truth: spf13/cast 1.7.0.

use go_text_template::fmt::value_string;
use go_text_template::{FuncMap, Type, Value};
use go_value::strconv::{parse_float, parse_int};

use crate::arguments::{any, text};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("atoi", &[Type::String], |_, a| {
        // Go's `Atoi` gives the nearest number where the text's is out of range.
        Ok(Value::Int(match parse_int(text(a, 0), 10, 64) {
            Ok(number) => number,
            Err(error) => out_of_range(&error),
        }))
    });
    functions.add("int", &[Type::Any], |_, a| Ok(Value::Int(to_int64(any(a, 0)))));
    functions.add("int64", &[Type::Any], |_, a| Ok(Value::Int64(to_int64(any(a, 0)))));
    functions.add("float64", &[Type::Any], |_, a| Ok(Value::Float(to_float64(any(a, 0)))));
    functions.add("toDecimal", &[Type::Any], |_, a| {
        let octal = value_string(any(a, 0));
        Ok(Value::Int64(parse_int(&octal, 8, 64).unwrap_or(0)))
    });
}

fn out_of_range(error: &go_value::strconv::NumError) -> i64 {
    match error.kind {
        go_value::strconv::NumErrorKind::Syntax => 0,
        go_value::strconv::NumErrorKind::Range if error.text.first() == Some(&b'-') => i64::MIN,
        go_value::strconv::NumErrorKind::Range => i64::MAX,
    }
}

/// An integer; 0 for what is none. Texts may have a base prefix, underscores, and a fraction of zeros.
pub(crate) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Bool(value) => i64::from(*value),
        Value::Int(number) | Value::Int64(number) => *number,
        Value::OtherInt(type_, number) => match type_ {
            Type::Named("time.Month" | "time.Weekday") => *number,
            // Other named types are none that the library knows.
            Type::Named(_) => 0,
            _ => *number,
        },
        // Go keeps the bits.
        Value::Uint(Type::Named(_), _) => 0,
        Value::Uint(_, number) => number.cast_signed(),
        Value::Float(number) => truncate(*number),
        Value::Str(text) => parse_int(without_zero_fraction(text), 0, 64).unwrap_or(0),
        _ => 0,
    }
}

/// A float; 0 for what is none.
pub(crate) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Float(number) => *number,
        Value::Str(text) => parse_float(text).unwrap_or(0.0),
        Value::Uint(Type::Named(_), _) => 0.0,
        Value::Uint(_, number) => *number as f64,
        other => to_int64(other) as f64,
    }
}

/// Go's conversion of a float to an `int64` on 64-bit machines: whatever does not fit gives the least number.
pub(crate) fn truncate(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// Cuts a dot with zeros alone after it off.
fn without_zero_fraction(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|byte| **byte == b'0').count();
    match &text[..text.len() - zeros] {
        [whole @ .., b'.'] if zeros > 0 => whole,
        _ => text,
    }
}
