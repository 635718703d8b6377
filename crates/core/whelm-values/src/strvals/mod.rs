//! The lines that `--set` and its relatives take: `a.b=c,d[0]=e`.
//!
//! Source: Helm 4.3.1, `pkg/strvals`. Helm's parser trips over a value of another kind than the path needs, recovers
//! from the panic and reports Go's text of it; so does this one, without a panic.

mod json;
mod literal;
mod parser;
mod reader;
mod target;

use go_value::{Map, Str, Value};

use crate::Error;

/// The greatest index of a list.
pub const MAX_INDEX: usize = 65536;
/// How deep names may lie in names.
pub const MAX_NESTED_NAME_LEVEL: usize = 30;
/// How deep lists may lie in lists. Helm has no limit here but the length of a command line.
pub const MAX_NESTED_LIST_LEVEL: usize = 500;

/// Applies a line of `--set`: values are bools, `null`, integers or strings.
///
/// # Errors
/// Helm's text for what is wrong with the line.
pub fn parse_into(line: &[u8], values: &mut Map) -> Result<(), Error> {
    parser::parse(line, values, &mut |text| Ok(typed(text)))
}

/// Applies a line of `--set-string`: every value is a string.
///
/// # Errors
/// As [`parse_into`].
pub fn parse_into_string(line: &[u8], values: &mut Map) -> Result<(), Error> {
    parser::parse(line, values, &mut |text| Ok(Value::Str(text.into())))
}

/// Applies a line of `--set-file`: `read` gets the text of each value, a path, and returns what is there.
///
/// # Errors
/// As [`parse_into`], and those of `read`.
pub fn parse_into_file(
    line: &[u8],
    values: &mut Map,
    read: &mut dyn FnMut(&str) -> Result<Str, Error>,
) -> Result<(), Error> {
    parser::parse(line, values, &mut |text| read(text).map(Value::Str))
}

/// Applies a line of `--set-json` in the form of keys and values.
///
/// # Errors
/// As [`parse_into`], and those of Go's JSON reader.
pub fn parse_json(line: &[u8], values: &mut Map) -> Result<(), Error> {
    json::parse(line, values)
}

/// Applies a line of `--set-literal`: everything after the first `=` is one string.
///
/// # Errors
/// As [`parse_into`].
pub fn parse_literal_into(line: &[u8], values: &mut Map) -> Result<(), Error> {
    literal::parse(line, values)
}

/// Finds the type of a value by its text.
fn typed(text: &str) -> Value {
    // Go compares without regard to case in all of Unicode, where `ſ` is an `s`.
    let is = |word: &str| text.len() <= 6 && text.replace('ſ', "s").eq_ignore_ascii_case(word);
    if is("true") {
        return Value::Bool(true);
    }
    if is("false") {
        return Value::Bool(false);
    }
    if is("null") {
        return Value::Nil;
    }
    if text == "0" {
        return Value::Int(0);
    }
    match go_value::strconv::parse_int(text.as_bytes(), 10, 64) {
        Ok(number) if !text.starts_with('0') => Value::Int(number),
        _ => Value::Str(text.into()),
    }
}
