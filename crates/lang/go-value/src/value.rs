//! The data itself.

use crate::{Map, Str};

/// Data as Go holds it after reading YAML or JSON into an `interface{}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `nil`
    #[default]
    Nil,
    /// `bool`
    Bool(bool),
    /// `int64`
    Int(i64),
    /// `uint64`; only for numbers above [`i64::MAX`]
    Uint(u64),
    /// `float64`
    Float(f64),
    /// `string`
    Str(Str),
    /// `[]interface{}`
    List(Vec<Value>),
    /// `map[string]interface{}`
    Map(Map),
}

impl Value {
    /// Returns the entry `key` of a map, and `None` for anything else.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key.as_bytes())
    }

    /// Returns the map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Returns the map for changing, if it is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Returns the list, if it is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// Returns the string, if it is one.
    pub fn as_string(&self) -> Option<&Str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the string as text, if it is one and valid UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        self.as_string()?.to_str()
    }

    /// Returns the truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Tells whether this is nil.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Value::Str(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Float(value)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(map)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Value::List(list)
    }
}
