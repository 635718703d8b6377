//! The writer.

mod analyze;
mod emitter;
mod encode;
mod letters;
mod nodes;
mod sort;

use go_value::{Value, json, utf8};

pub(crate) use self::nodes::tree_of;
pub use self::nodes::{Encoder, Layout};

use crate::{Dialect, Duplicates, Error, ErrorKind, Numbers, read};

/// Writes as `yaml.Marshal` of `sigs.k8s.io/yaml` does.
pub(crate) fn to_yaml(value: &Value) -> Result<Vec<u8>, Error> {
    if !needs_json(value)? {
        return encode::encode(value, Dialect::V2);
    }
    let text = json::to_string(value, json::Escape::Html)
        .map_err(|error| Error::new(ErrorKind::Json, format!("error marshaling into JSON: {error}")))?;
    let value = read::read(text.as_bytes(), Duplicates::LastWins, Numbers::Keep)?;
    encode::encode(&value, Dialect::V2)
}

/// Writes as the encoder of yaml.v3 with an indentation of two does.
pub(crate) fn to_yaml_pretty(value: &Value) -> Result<Vec<u8>, Error> {
    encode::encode(value, Dialect::V3)
}

/// Above this many bytes a key may be longer in JSON than the 1024 characters that the reader allows.
const LONG_KEY: usize = 160;

/// Tells whether something in `value` comes out of JSON, which go-yaml reads as YAML, in another form than it went in, or
/// not at all.
fn needs_json(value: &Value) -> Result<bool, Error> {
    let mut values = vec![value];
    while let Some(value) = values.pop() {
        match value {
            Value::Float(number) if !number.is_finite() => return Ok(true),
            Value::Str(text) if changes(text) => return Ok(true),
            Value::List(list) => values.extend(list),
            Value::Map(map) => {
                for (key, value) in map {
                    if key.len() > LONG_KEY || changes(key) || std::str::from_utf8(key).is_err() {
                        return Ok(true);
                    }
                    values.push(value);
                }
            }
            _ => {}
        }
    }
    Ok(false)
}

/// Tells whether the text has a character that JSON lets through and the YAML reader refuses or changes.
fn changes(text: &[u8]) -> bool {
    if text.is_ascii() {
        return memchr::memchr(0x7F, text).is_some();
    }
    utf8::runes(text).any(|(_, rune)| matches!(rune, '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
}
