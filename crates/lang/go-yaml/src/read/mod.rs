//! The reader.

mod alias;
mod buffer;
mod build;
mod chars;
mod compose;
mod convert;
mod decode;
mod gosyntax;
mod input;
mod lines;
mod nodes;
mod parser;
mod resolve;
mod scalar;
mod scan_directive;
mod scan_scalar;
mod scanner;
mod timestamp;
mod token;

use go_value::{Str, Value, strconv};

pub(crate) use self::alias::AliasCounter;
use self::build::Built;
use self::compose::Document;
use self::decode::{Any, Decoder};
use self::input::Input;
pub(crate) use self::nodes::{guess_tag, read as read_nodes, short_tag, short_tag_of};
use self::parser::Parser;
pub(crate) use self::resolve::{Resolved, old_bool, resolve};
use self::scanner::Scanner;
pub(crate) use self::timestamp::is_timestamp;
use crate::{Duplicates, Error, Numbers};

/// Reads the first document of `text` in the way of `yaml.Unmarshal` of `sigs.k8s.io/yaml`.
pub(crate) fn read(text: &[u8], duplicates: Duplicates, numbers: Numbers) -> Result<Value, Error> {
    let input = Input::new(text);
    if let Some(value) = lines::build(&input, duplicates, numbers, None) {
        return Ok(value);
    }
    match build::build(&mut Parser::new(Scanner::new(&input)), duplicates, numbers, None)? {
        Built::Value(value) => Ok(value),
        Built::Unusual => read_exactly(&input, duplicates, numbers),
    }
}

/// Reads step by step as go-yaml does, with all of its rules and errors.
fn read_exactly(input: &Input<'_>, duplicates: Duplicates, numbers: Numbers) -> Result<Value, Error> {
    let mut parser = Parser::new(Scanner::new(input));
    let data = match Document::read(&mut parser)? {
        Some(document) => Decoder::decode(&document, duplicates)?,
        None => Any::Nil,
    };
    convert::to_value(data, numbers)
}

/// Reads the first document, and keeps of a mapping at the top only the entries that `wanted` names.
pub(crate) fn read_head(text: &[u8], wanted: &[&str]) -> Result<Value, Error> {
    let input = Input::new(text);
    let (duplicates, numbers) = (Duplicates::LastWins, Numbers::Keep);
    if let Some(value) = lines::build(&input, duplicates, numbers, Some(wanted)) {
        return Ok(value);
    }
    match build::build(
        &mut Parser::new(Scanner::new(&input)),
        duplicates,
        numbers,
        Some(wanted),
    )? {
        Built::Value(value) => Ok(value),
        Built::Unusual => {
            let mut value = read_exactly(&input, duplicates, numbers)?;
            if let Value::Map(map) = &mut value {
                map.retain(|key, _| wanted.iter().any(|name| build::is_field(key, name)));
            }
            Ok(value)
        }
    }
}

/// Returns what a string field of a Go struct gets; `None` when the value is no scalar or is nil.
pub(crate) fn field_text(value: &Value) -> Option<Str> {
    Some(match value {
        Value::Str(text) => text.clone(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Int(value) => value.to_string().into(),
        Value::Uint(value) => value.to_string().into(),
        Value::Float(value) => strconv::format_float32(*value as f32).into(),
        Value::Nil | Value::List(_) | Value::Map(_) => return None,
    })
}
