//! A value on its way through a pipeline.

use crate::value::{List, Map, Type, Value};

/// A value and whether it sits in an interface, as the elements of `[]interface {}` do.
///
/// Go's `reflect` tells three nothings apart, and so do error texts: no value at all (nil, not boxed), a nil interface (nil,
/// boxed), and a nil of a type (a list or map that says so itself).
#[derive(Clone, Debug, Default)]
pub(crate) struct Val {
    pub(crate) value: Value,
    pub(crate) boxed: bool,
}

impl Val {
    /// No value at all: Go's zero `reflect.Value`.
    pub(crate) const INVALID: Val = Val {
        value: Value::Nil,
        boxed: false,
    };

    pub(crate) fn plain(value: Value) -> Val {
        Val { value, boxed: false }
    }

    /// A function's or method's result, whose static type is not known: only interfaces can hold nil.
    pub(crate) fn result(value: Value) -> Val {
        let boxed = matches!(value, Value::Nil);
        Val { value, boxed }
    }

    /// The static type as error texts print it.
    pub(crate) fn type_text(&self) -> String {
        match self.value.type_() {
            Some(type_) if !self.boxed => type_.to_string(),
            _ => Type::Any.to_string(),
        }
    }
}

/// The static type of a list's elements.
pub(crate) fn list_element(list: &List) -> Type {
    match list.type_ {
        Type::Slice(element) => *element,
        _ => Type::Any,
    }
}

/// The static type of a map's elements.
pub(crate) fn map_element(map: &Map) -> Type {
    match map.type_ {
        Type::Map(element) => *element,
        _ => Type::Any,
    }
}

/// An element of static type `type_`.
pub(crate) fn element(value: Value, type_: Type) -> Val {
    let boxed = type_ == Type::Any || matches!(value, Value::Nil);
    Val { value, boxed }
}
