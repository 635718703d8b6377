//! The types of JSON.

use go_value::Value;

use super::json::Json;
use super::number::number_text;

/// A type that a schema can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null = 1,
    Boolean = 2,
    Number = 4,
    Integer = 8,
    String = 16,
    Array = 32,
    Object = 64,
}

const ALL: [Type; 7] = [
    Type::Null,
    Type::Boolean,
    Type::Number,
    Type::Integer,
    Type::String,
    Type::Array,
    Type::Object,
];

impl Type {
    /// Returns the type of a value. Every number is a number, integers too.
    pub(super) fn of(value: &Value) -> Type {
        match value {
            Value::Nil => Type::Null,
            Value::Bool(_) => Type::Boolean,
            Value::Int(_) | Value::Uint(_) | Value::Float(_) => Type::Number,
            Value::Str(text) if number_text(text).is_some() => Type::Number,
            Value::Str(_) => Type::String,
            Value::List(_) => Type::Array,
            Value::Map(_) => Type::Object,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Null => "null",
            Type::Boolean => "boolean",
            Type::Number => "number",
            Type::Integer => "integer",
            Type::String => "string",
            Type::Array => "array",
            Type::Object => "object",
        }
    }
}

/// Several types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    /// Reads the value of `type`; names that are none are passed over.
    pub(super) fn from_keyword<'a>(value: impl Json<'a>) -> Types {
        let mut types = Types::default();
        for name in value.items().into_iter().flatten().chain([value]).filter_map(Json::str) {
            if let Some(found) = ALL.iter().find(|found| found.name() == name) {
                types.add(*found);
            }
        }
        types
    }

    pub(super) fn add(&mut self, other: Type) {
        self.0 |= other as u8;
    }

    pub(super) fn contains(self, other: Type) -> bool {
        self.0 & other as u8 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Lists the names in a fixed order.
    pub(super) fn names(self) -> Vec<&'static str> {
        ALL.iter()
            .filter(|one| self.contains(**one))
            .map(|one| one.name())
            .collect()
    }
}
