//! Where a path leads: names and indexes into values.

use go_value::strconv::{parse_int, quote, quote_rune};
use go_value::{Map, Str, Value};

use super::{MAX_INDEX, MAX_NESTED_LIST_LEVEL, MAX_NESTED_NAME_LEVEL};
use crate::{Error, ErrorKind, display};

/// Why parsing stopped.
pub(super) enum Stop {
    /// The line is at its end, which is how every line ends.
    End,
    /// The line is wrong.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

pub(super) fn stop(message: impl Into<String>) -> Stop {
    Stop::Error(Error::new(ErrorKind::Format, message))
}

pub(super) fn no_value(key: &str) -> Stop {
    stop(format!("key {} has no value", quote(key.as_bytes())))
}

pub(super) fn no_map_value(key: &str) -> Stop {
    stop(format!("key map {} has no value", quote(key.as_bytes())))
}

/// Runs until the line is at its end.
pub(super) fn to_end(mut step: impl FnMut() -> Result<(), Stop>) -> Result<(), Error> {
    loop {
        match step() {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Error(error)) => return Err(error),
        }
    }
}

/// Sets a key, unless it is empty.
pub(super) fn set(values: &mut Map, key: &str, value: Value) {
    if !key.is_empty() {
        values.insert(key.into(), value);
    }
}

/// Goes one level of names deeper.
pub(super) fn deeper(level: usize) -> Result<usize, Stop> {
    if level < MAX_NESTED_NAME_LEVEL {
        return Ok(level + 1);
    }
    Err(stop(format!(
        "value name nested level is greater than maximum supported nested level of {MAX_NESTED_NAME_LEVEL}"
    )))
}

/// Reads the text between brackets.
pub(super) fn index(text: &str, mark: Option<char>) -> Result<i64, Stop> {
    if mark.is_none() {
        // At the end of the line even an index that never closes is no error.
        return Err(Stop::End);
    }
    let number = parse_int(text.as_bytes(), 10, 64).map_err(|mut error| {
        error.function = "Atoi";
        stop(format!("error parsing index: {error}"))
    })?;
    Ok(number)
}

/// Refuses an index below zero.
pub(super) fn not_negative(index: i64) -> Result<usize, Stop> {
    usize::try_from(index).map_err(|_| stop(format!("negative {index} index not allowed")))
}

/// Goes one level of lists deeper.
pub(super) fn deeper_list(level: usize) -> Result<usize, Stop> {
    if level < MAX_NESTED_LIST_LEVEL {
        return Ok(level + 1);
    }
    Err(stop(format!(
        "value list nested level is greater than maximum supported nested level of {MAX_NESTED_LIST_LEVEL}"
    )))
}

/// Sets an item of a list and fills the gap before it with `nil`.
pub(super) fn set_index(list: &mut Vec<Value>, index: usize, value: Value) -> Result<(), Stop> {
    if index > MAX_INDEX {
        return Err(stop(format!(
            "index of {index} is greater than maximum supported index of {MAX_INDEX}"
        )));
    }
    if list.len() <= index {
        list.resize(index + 1, Value::Nil);
    }
    list[index] = value;
    Ok(())
}

/// Takes the map at `key` out of `values` to be changed; an empty one when there is none. Tells whether there was one.
pub(super) fn take_map(values: &mut Map, key: &str) -> Result<(Map, bool), Stop> {
    match values.get_mut(key.as_bytes()) {
        None => Ok((Map::new(), false)),
        Some(Value::Map(map)) => Ok((std::mem::take(map), true)),
        Some(other) => Err(wrong_type(other, "map[string]interface {}")),
    }
}

/// Puts a map back that [`take_map`] gave. An empty one that is new is not put anywhere.
pub(super) fn put_map(values: &mut Map, key: &str, map: Map, was_there: bool) {
    if was_there {
        values.insert(key.into(), Value::Map(map));
    } else if !map.is_empty() {
        set(values, key, Value::Map(map));
    }
}

/// Takes the list at `key` out of `values` to be changed; an empty one when there is none.
pub(super) fn take_list(values: &mut Map, key: &str) -> Result<Vec<Value>, Stop> {
    match values.get_mut(key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::List(list)) => Ok(std::mem::take(list)),
        Some(other) => Err(wrong_type(other, "[]interface {}")),
    }
}

/// Takes the list at `index` of a list; an empty one when there is none or `nil`.
pub(super) fn take_inner_list(list: &mut [Value], index: usize) -> Result<Vec<Value>, Stop> {
    match list.get_mut(index) {
        None | Some(Value::Nil) => Ok(Vec::new()),
        Some(Value::List(inner)) => Ok(std::mem::take(inner)),
        Some(other) => Err(wrong_type(other, "[]interface {}")),
    }
}

/// Takes the map at `index` of a list; an empty one for anything else, which is then lost.
pub(super) fn take_inner_map(list: &mut [Value], index: usize) -> Map {
    match list.get_mut(index) {
        Some(Value::Map(map)) => std::mem::take(map),
        _ => Map::new(),
    }
}

/// Puts a list back that [`take_inner_list`] gave. After a failure only one that was there before.
pub(super) fn put_inner_list(
    list: &mut Vec<Value>,
    index: usize,
    inner: Vec<Value>,
    outcome: Result<(), Stop>,
) -> Result<(), Stop> {
    if outcome.is_ok() {
        return set_index(list, index, Value::List(inner));
    }
    if let Some(place @ Value::List(_)) = list.get_mut(index) {
        *place = Value::List(inner);
    }
    outcome
}

/// Puts a map back that [`take_inner_map`] gave. After a failure only where the list has a place for it.
pub(super) fn put_inner_map(
    list: &mut Vec<Value>,
    index: usize,
    inner: Map,
    outcome: Result<(), Stop>,
) -> Result<(), Stop> {
    if outcome.is_ok() {
        return set_index(list, index, Value::Map(inner));
    }
    if let Some(place) = list.get_mut(index) {
        *place = Value::Map(inner);
    }
    outcome
}

/// Refuses text between a closing bracket and what has to follow it.
pub(super) fn after_index(text: &str, mark: Option<char>) -> Result<char, Stop> {
    if !text.is_empty() {
        // Helm prints a list of runes here.
        let runes: Vec<String> = text.chars().map(quote_rune).collect();
        return Err(stop(format!(
            "unexpected data at end of array index: [{}]",
            runes.join(" ")
        )));
    }
    mark.ok_or(Stop::End)
}

/// Go's text for the wrong type behind an interface, as Helm's parser reports it.
fn wrong_type(found: &Value, wanted: &str) -> Stop {
    let found = match found {
        Value::Nil => "nil",
        found => display::go_type(found),
    };
    stop(format!(
        "unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"
    ))
}

/// An empty string, which stands for a value that is missing at the end of a line.
pub(super) fn empty() -> Value {
    Value::Str(Str::default())
}
