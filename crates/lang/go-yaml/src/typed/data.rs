//! Data with Go's types.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use go_value::json::{self, Escape};
use go_value::strconv::{self, FloatForm};
use go_value::{Str, Value};

use super::time::Time;
use crate::{Error, ErrorKind};

/// A value as yaml.v3 makes it.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(Str),
    Time(Time),
    List(Vec<Data>),
    Map(DataMap),
}

/// A map in order: Go's `map[string]…`, a struct, or the general `map[interface{}]interface{}`.
#[derive(Clone, Debug, Default)]
pub(super) struct DataMap {
    pub(super) general: bool,
    entries: Vec<(Data, Data)>,
    places: HashMap<Key, usize>,
}

/// A scalar as Go compares it in an interface: the types must be the same.
#[derive(Clone, Debug)]
pub(super) struct Key(pub(super) Data);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Data::Nil, Data::Nil) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Int(a), Data::Int(b)) => a == b,
            (Data::Uint(a), Data::Uint(b)) => a == b,
            (Data::Float(a), Data::Float(b)) => a == b,
            (Data::Str(a), Data::Str(b)) => a == b,
            (Data::Time(a), Data::Time(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Data::Bool(value) => value.hash(state),
            Data::Int(value) => value.hash(state),
            Data::Uint(value) => value.hash(state),
            // Zero and negative zero are equal.
            Data::Float(value) => (value + 0.0).to_bits().hash(state),
            Data::Str(text) => text.hash(state),
            Data::Time(time) => time.hash(state),
            Data::Nil | Data::List(_) | Data::Map(_) => {}
        }
    }
}

impl DataMap {
    pub(super) fn new(general: bool) -> Self {
        DataMap {
            general,
            ..DataMap::default()
        }
    }

    pub(super) fn contains(&self, key: &Data) -> bool {
        self.places.contains_key(&Key(key.clone()))
    }

    pub(super) fn set(&mut self, key: Data, value: Data) {
        match self.places.get(&Key(key.clone())) {
            Some(&at) => self.entries[at].1 = value,
            None => {
                self.places.insert(Key(key.clone()), self.entries.len());
                self.entries.push((key, value));
            }
        }
    }

    /// Takes a value out, to be set again.
    pub(super) fn take(&mut self, key: &Data) -> Data {
        match self.places.get(&Key(key.clone())) {
            Some(&at) => std::mem::replace(&mut self.entries[at].1, Data::Nil),
            None => Data::Nil,
        }
    }
}

impl Data {
    /// Returns the plain value; keys become text.
    pub(super) fn into_value(self) -> Value {
        match self {
            Data::Nil => Value::Nil,
            Data::Bool(value) => Value::Bool(value),
            Data::Int(value) => Value::Int(value),
            Data::Uint(value) => Value::Uint(value),
            Data::Float(value) => Value::Float(value),
            Data::Str(text) => Value::Str(text),
            Data::Time(time) => Value::Str(time.to_string().into()),
            Data::List(list) => Value::List(list.into_iter().map(Data::into_value).collect()),
            Data::Map(map) => Value::Map(
                map.entries
                    .into_iter()
                    .map(|(key, value)| (key.into_key(), value.into_value()))
                    .collect(),
            ),
        }
    }

    fn into_key(self) -> Str {
        match self {
            Data::Str(text) => text,
            Data::Nil => "null".into(),
            Data::Bool(value) => value.to_string().into(),
            Data::Int(value) => value.to_string().into(),
            Data::Uint(value) => value.to_string().into(),
            Data::Float(value) => strconv::format_float(value, FloatForm::General, None).into(),
            Data::Time(time) => time.to_string().into(),
            Data::List(_) | Data::Map(_) => Str::default(),
        }
    }

    /// Returns Go's name of the type, for what cannot be a key of a map.
    pub(super) fn unhashable_type(&self) -> Option<&'static str> {
        match self {
            Data::List(_) => Some("[]interface {}"),
            Data::Map(map) => Some(map.type_name()),
            _ => None,
        }
    }

    /// Returns the value in Go's syntax, as `%#v` prints it.
    pub(super) fn go_syntax(&self) -> String {
        let mut out = String::new();
        write_go(self, &mut out);
        out
    }
}

impl DataMap {
    fn type_name(&self) -> &'static str {
        match self.general {
            true => "map[interface {}]interface {}",
            false => "map[string]interface {}",
        }
    }
}

fn write_go(data: &Data, out: &mut String) {
    match data {
        Data::Nil => out.push_str("interface {}(nil)"),
        Data::Bool(value) => out.push_str(&value.to_string()),
        Data::Int(value) => out.push_str(&value.to_string()),
        Data::Uint(value) => out.push_str(&format!("{value:#x}")),
        Data::Float(value) => out.push_str(&strconv::format_float(*value, FloatForm::General, None)),
        Data::Str(text) => out.push_str(&strconv::quote(text)),
        Data::Time(time) => out.push_str(&time.go_syntax()),
        Data::List(list) => {
            out.push_str("[]interface {}{");
            for (at, item) in list.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_go(item, out);
            }
            out.push('}');
        }
        Data::Map(map) => {
            out.push_str(map.type_name());
            out.push('{');
            let mut entries: Vec<_> = map.entries.iter().collect();
            entries.sort_by(|a, b| compare(&a.0, &b.0));
            for (at, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_go(key, out);
                out.push(':');
                write_go(value, out);
            }
            out.push('}');
        }
    }
}

/// The order of `internal/fmtsort`; keys of different types are in the order of their types in the binary.
fn compare(a: &Data, b: &Data) -> Ordering {
    let rank = |data: &Data| match data {
        Data::Nil => 0,
        Data::Str(_) => 1,
        Data::Uint(_) => 2,
        Data::Int(_) => 3,
        Data::Float(_) => 4,
        Data::Bool(_) => 5,
        Data::Time(_) | Data::List(_) | Data::Map(_) => 6,
    };
    match (a, b) {
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
        (Data::Int(a), Data::Int(b)) => a.cmp(b),
        (Data::Uint(a), Data::Uint(b)) => a.cmp(b),
        (Data::Float(a), Data::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())),
        (Data::Str(a), Data::Str(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// Writes data as `json.Marshal` does.
pub(super) fn to_json(data: &Data) -> Result<String, Error> {
    let mut out = String::new();
    write_json(data, &mut out)?;
    Ok(out)
}

fn write_json(data: &Data, out: &mut String) -> Result<(), Error> {
    match data {
        Data::List(list) => {
            out.push('[');
            for (at, item) in list.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write_json(item, out)?;
            }
            out.push(']');
        }
        Data::Map(map) if map.general => {
            let message = format!("json: unsupported type: {}", map.type_name());
            return Err(Error::new(ErrorKind::Json, message));
        }
        Data::Map(map) => {
            let mut entries: Vec<_> = map.entries.iter().collect();
            entries.sort_by(|a, b| compare(&a.0, &b.0));
            out.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                json::write_string(out, &key.clone().into_key(), Escape::Html);
                out.push(':');
                write_json(value, out)?;
            }
            out.push('}');
        }
        Data::Time(time) if !time.has_json() => {
            let message = "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: timezone hour outside of range [0,23]";
            return Err(Error::new(ErrorKind::Json, message));
        }
        scalar => {
            let value = scalar.clone().into_value();
            json::write_value(out, &value, Escape::Html)
                .map_err(|error| Error::new(ErrorKind::Json, error.to_string()))?;
        }
    }
    Ok(())
}
