//! The grammar of `--set-json`: JSON after each equals sign.

use go_value::json::Numbers;
use go_value::{Map, Value};

use super::parser::{Parser, ReadValue};
use super::reader::Reader;
use super::target::{Stop, stop, to_end};
use crate::Error;
use crate::json_stream::json_stream_error;

pub(super) fn parse(line: &[u8], values: &mut Map) -> Result<(), Error> {
    let mut parser = Parser {
        reader: Reader::new(line),
        values: Json,
    };
    to_end(|| parser.key(values, 0))
}

struct Json;

impl ReadValue for Json {
    fn read(&mut self, reader: &mut Reader) -> Result<Option<Value>, Stop> {
        if is_empty(reader) {
            return Ok(Some(Value::Nil));
        }
        let text = first_value(reader.rest());
        let value = go_value::json::parse(text.as_bytes(), Numbers::Float)
            .map_err(|error| stop(json_stream_error(&error, text.as_bytes())))?;
        reader.skip(text.len());
        is_empty(reader);
        Ok(Some(value))
    }
}

/// Skips white space and the comma after it, if that is all there is before the next value.
fn is_empty(reader: &mut Reader) -> bool {
    loop {
        match reader.peek() {
            None => return true,
            Some(',') => {
                reader.skip(1);
                return true;
            }
            Some(rune) if rune.is_whitespace() => reader.skip(rune.len_utf8()),
            Some(_) => return false,
        }
    }
}

/// Returns the text of the JSON value that `text` starts with. Where that is not well-formed, all the text.
fn first_value(text: &str) -> &str {
    let bytes = text.as_bytes();
    let end = match bytes.first() {
        Some(b'{' | b'[') => container_end(bytes),
        Some(b'"') => string_end(bytes),
        Some(b'-' | b'0'..=b'9') => Some(number_end(bytes)).filter(|end| bytes[end - 1].is_ascii_digit()),
        Some(_) => ["true", "false", "null"]
            .iter()
            .find(|word| text.starts_with(**word))
            .map(|word| word.len()),
        None => None,
    };
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn container_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => at += string_end(&bytes[at..])?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
}

/// A number ends where the next character cannot be part of it.
fn number_end(bytes: &[u8]) -> usize {
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(bytes[0] == b'-');
    let mut at = if bytes.get(sign) == Some(&b'0') {
        sign + 1
    } else {
        digits(sign)
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(at + 1 + sign);
    }
    at
}
