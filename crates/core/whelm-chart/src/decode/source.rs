//! What can be decoded: plain data, whose keys are sorted, and JSON as it is written.

use go_value::json::{Escape, Node, write_string};
use go_value::{Str, Value};

/// One look at a value.
pub enum View<'a, S> {
    /// `null`.
    Null,
    /// A bool.
    Bool(bool),
    /// A number.
    Number,
    /// A string.
    String(&'a Str),
    /// A list.
    List(&'a [S]),
    /// An object: its members in the order in which they are decoded.
    Object(Box<dyn Iterator<Item = (&'a Str, &'a S)> + 'a>),
}

impl<S> View<'_, S> {
    /// Returns JSON's word for the kind of value.
    pub fn kind(&self) -> &'static str {
        match self {
            View::Null => "null",
            View::Bool(_) => "bool",
            View::Number => "number",
            View::String(_) => "string",
            View::List(_) => "array",
            View::Object(_) => "object",
        }
    }
}

/// A value that can be decoded into structs.
pub trait Source: Sized {
    /// Returns what the value is.
    fn view(&self) -> View<'_, Self>;

    /// Returns the value as plain data; numbers that are out of range are handed to `misfit`.
    fn to_value(&self, misfit: &mut dyn FnMut(&Str)) -> Value;

    /// Returns how a string stands in the JSON, without its quotes; of anything else, nothing.
    fn raw(&self) -> Vec<u8>;
}

impl Source for Value {
    fn view(&self) -> View<'_, Self> {
        match self {
            Value::Nil => View::Null,
            Value::Bool(value) => View::Bool(*value),
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => View::Number,
            Value::Str(text) => View::String(text),
            Value::List(items) => View::List(items),
            Value::Map(entries) => View::Object(Box::new(entries.iter())),
        }
    }

    fn to_value(&self, _: &mut dyn FnMut(&Str)) -> Value {
        self.clone()
    }

    fn raw(&self) -> Vec<u8> {
        let Value::Str(text) = self else { return Vec::new() };
        let mut out = String::new();
        write_string(&mut out, text, Escape::Html);
        out.as_bytes()[1..out.len() - 1].to_vec()
    }
}

impl Source for Node {
    fn view(&self) -> View<'_, Self> {
        match self {
            Node::Null => View::Null,
            Node::Bool(value) => View::Bool(*value),
            Node::Number(_) => View::Number,
            Node::String { text, .. } => View::String(text),
            Node::List(items) => View::List(items),
            Node::Object(members) => View::Object(Box::new(members.iter().map(|(key, value)| (key, value)))),
        }
    }

    fn to_value(&self, misfit: &mut dyn FnMut(&Str)) -> Value {
        Node::to_value(self, &mut |text| misfit(text))
    }

    fn raw(&self) -> Vec<u8> {
        let Node::String { raw, .. } = self else {
            return Vec::new();
        };
        raw.to_vec()
    }
}
