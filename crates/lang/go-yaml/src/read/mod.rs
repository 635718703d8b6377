//! The reader.

mod build;
mod chars;
mod compose;
mod convert;
mod decode;
mod gosyntax;
mod input;
mod parser;
mod resolve;
mod scalar;
mod scan_directive;
mod scan_scalar;
mod scanner;
mod timestamp;
mod token;

use go_value::Value;

use self::build::Built;
use self::compose::Document;
use self::decode::{Any, Decoder};
use self::input::Input;
use self::parser::Parser;
pub(crate) use self::resolve::{Resolved, old_bool, resolve};
use self::scanner::Scanner;
use crate::{Duplicates, Error, Numbers};

/// Reads the first document of `text` in the way of `yaml.Unmarshal` of `sigs.k8s.io/yaml`.
pub(crate) fn read(text: &[u8], duplicates: Duplicates, numbers: Numbers) -> Result<Value, Error> {
    let input = Input::new(text);
    match build::build(&mut Parser::new(Scanner::new(&input)), duplicates, numbers)? {
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
