//! JSON as it is written.

use crate::strconv::parse_float;
use crate::{Str, Value};

/// A JSON value that keeps what Go's decoder goes by when it fills a struct: the order of members, repeated members, and the text
/// of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as its text.
    Number(Str),
    /// A string.
    String {
        /// What it says.
        text: Str,
        /// How it is written between its quotes.
        raw: Str,
    },
    /// A list.
    List(Vec<Node>),
    /// An object: its members in the order of the text.
    Object(Vec<(Str, Node)>),
}

impl Node {
    /// Returns the data as Go decodes it into an `interface{}`: of repeated members the last, numbers as `float64`. A number out of
    /// range becomes nil and is handed to `misfit`.
    pub fn to_value(&self, misfit: &mut impl FnMut(&Str)) -> Value {
        match self {
            Node::Null => Value::Nil,
            Node::Bool(value) => Value::Bool(*value),
            Node::Number(text) => parse_float(text).map_or_else(
                |_| {
                    misfit(text);
                    Value::Nil
                },
                Value::Float,
            ),
            Node::String { text, .. } => Value::Str(text.clone()),
            Node::List(items) => Value::List(items.iter().map(|item| item.to_value(misfit)).collect()),
            Node::Object(members) => {
                let entries = members.iter().map(|(key, value)| (key.clone(), value.to_value(misfit)));
                Value::Map(entries.collect())
            }
        }
    }
}
