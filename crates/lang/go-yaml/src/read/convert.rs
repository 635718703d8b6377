//! go-yaml's data to JSON's: keys become strings, and what JSON cannot hold is refused.

use go_value::strconv::{self, FloatForm};
use go_value::{Map, Str, Value, utf8};

use super::decode::{Any, AnyMap};
use super::gosyntax;
use crate::{Error, ErrorKind, Numbers};

/// Converts as `convertToJSONableObject` of `sigs.k8s.io/yaml` and a round through JSON do.
pub(crate) fn to_value(data: Any<'_>, numbers: Numbers) -> Result<Value, Error> {
    check_keys(&data)?;
    let value = convert(data, numbers);
    match numbers {
        Numbers::KeepAll => Ok(value),
        _ => check_floats(&value).map(|()| value),
    }
}

/// Refuses the first float that JSON cannot hold, in the order of JSON, where keys are sorted.
fn check_floats(value: &Value) -> Result<(), Error> {
    match value {
        Value::Float(number) => float(*number, Numbers::Float).map(|_| ()),
        Value::List(list) => list.iter().try_for_each(check_floats),
        Value::Map(map) => map.values().try_for_each(check_floats),
        _ => Ok(()),
    }
}

/// Refuses the keys that have no string form. All keys are looked at before the first value is.
fn check_keys(data: &Any<'_>) -> Result<(), Error> {
    match data {
        Any::Seq(list) => list.iter().try_for_each(check_keys),
        Any::Map(map) => map.entries.iter().try_for_each(|(key, value)| {
            let kind = match key {
                Any::Nil => "%!s(<nil>)",
                Any::Uint(_) => "uint64",
                _ => return check_keys(value),
            };
            let (key, value) = (gosyntax::format(key), gosyntax::format(value));
            let message = format!("unsupported map key of type: {kind}, key: {key}, value: {value}");
            Err(Error::new(ErrorKind::Json, message))
        }),
        _ => Ok(()),
    }
}

fn convert(data: Any<'_>, numbers: Numbers) -> Value {
    match data {
        Any::Nil => Value::Nil,
        Any::Bool(value) => Value::Bool(value),
        Any::Int(value) => int(value, numbers),
        Any::Uint(value) => uint(value, numbers),
        Any::Float(value) => Value::Float(value),
        Any::Str(text) => Value::Str(string(&text)),
        Any::Seq(list) => Value::List(list.into_iter().map(|item| convert(item, numbers)).collect()),
        Any::Map(map) => Value::Map(convert_map(map, numbers)),
    }
}

fn convert_map(map: AnyMap<'_>, numbers: Numbers) -> Map {
    let entries = map.entries.into_iter();
    entries
        .map(|(key, value)| (key_string(&key), convert(value, numbers)))
        .collect()
}

/// Returns a signed integer as the reader of the JSON would have it.
#[inline]
pub(crate) fn int(value: i64, numbers: Numbers) -> Value {
    match numbers {
        Numbers::Keep | Numbers::KeepAll => Value::Int(value),
        Numbers::Float => Value::Float(value as f64),
    }
}

/// Returns an unsigned integer as the reader of the JSON would have it.
#[inline]
pub(crate) fn uint(value: u64, numbers: Numbers) -> Value {
    match numbers {
        Numbers::Keep | Numbers::KeepAll => Value::Uint(value),
        Numbers::Float => Value::Float(value as f64),
    }
}

/// Returns a float, which JSON must be able to hold unless all are kept.
#[inline]
pub(crate) fn float(value: f64, numbers: Numbers) -> Result<Value, Error> {
    if value.is_finite() || numbers == Numbers::KeepAll {
        return Ok(Value::Float(value));
    }
    let text = strconv::format_float(value, FloatForm::General, None);
    Err(Error::new(ErrorKind::Json, format!("json: unsupported value: {text}")))
}

/// Returns the text as JSON holds it: a byte that is no UTF-8 becomes U+FFFD.
#[inline]
pub(crate) fn string(text: &[u8]) -> Str {
    match std::str::from_utf8(text) {
        Ok(_) => Str::from(text),
        Err(_) => Str::from(utf8::to_string_lossy(text)),
    }
}

/// Returns the string form of a key.
pub(crate) fn key_string(key: &Any<'_>) -> Str {
    match key {
        Any::Str(text) => string(text),
        Any::Int(value) => value.to_string().into(),
        Any::Uint(value) => value.to_string().into(),
        Any::Bool(value) => (if *value { "true" } else { "false" }).into(),
        Any::Float(value) => short_float(*value).into(),
        Any::Nil | Any::Seq(_) | Any::Map(_) => Str::default(),
    }
}

/// Formats a float as `strconv.FormatFloat(value, 'g', -1, 32)` does, with YAML's words for what is no number.
pub(crate) fn short_float(value: f64) -> String {
    let narrow = value as f32;
    if narrow.is_nan() {
        return ".nan".into();
    }
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    strconv::format_float32(narrow)
}
