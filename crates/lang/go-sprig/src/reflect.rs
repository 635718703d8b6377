//! Types and kinds of values, and whether values are empty or equal.

use std::rc::Rc;

use go_text_template::value::Kind;
use go_text_template::{FuncMap, Type, Value};

use crate::arguments::{MAX_DEPTH, any, text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("typeOf", &[Type::Any], |_, a| text_value(type_name(any(a, 0))));
    functions.add("typeIs", &[Type::String, Type::Any], |_, a| {
        Ok((type_name(any(a, 1)).as_bytes() == text(a, 0)).into())
    });
    functions.add("typeIsLike", &[Type::String, Type::Any], |_, a| {
        let name = type_name(any(a, 1));
        let pointed = name.strip_prefix('*').unwrap_or(&name);
        let target = text(a, 0);
        Ok((name.as_bytes() == target || pointed.as_bytes() == target).into())
    });
    functions.add("kindOf", &[Type::Any], |_, a| text_value(kind(any(a, 0)).to_string()));
    functions.add("kindIs", &[Type::String, Type::Any], |_, a| {
        Ok((kind(any(a, 1)).to_string().as_bytes() == text(a, 0)).into())
    });
    functions.add("deepEqual", &[Type::Any, Type::Any], |_, a| {
        Ok(deep_equal(any(a, 0), any(a, 1)).into())
    });
}

/// The name of the type as `%T` prints it.
pub(crate) fn type_name(value: &Value) -> String {
    value.type_().map_or_else(|| "<nil>".to_owned(), |type_| type_.to_string())
}

/// The kind that `reflect` gives.
pub(crate) fn kind(value: &Value) -> Kind {
    match value {
        Value::Nil => Kind::Invalid,
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Int,
        Value::Int64(_) => Kind::Int64,
        Value::OtherInt(type_, _) => match type_ {
            Type::Int8 => Kind::Int8,
            Type::Int16 => Kind::Int16,
            Type::Int32 => Kind::Int32,
            Type::Named("time.Month" | "time.Weekday") => Kind::Int,
            _ => Kind::Int64,
        },
        Value::Uint(type_, _) => match type_ {
            Type::Uint8 => Kind::Uint8,
            Type::Uint16 => Kind::Uint16,
            Type::Uint32 => Kind::Uint32,
            Type::Uint64 => Kind::Uint64,
            _ => Kind::Uint,
        },
        Value::Float(_) => Kind::Float64,
        Value::Str(_) => Kind::String,
        Value::List(_) => Kind::Slice,
        Value::Map(_) => Kind::Map,
        Value::Object(object) => object.kind(),
        #[allow(unreachable_patterns, reason = "kinds that the interpreter may add")]
        _ => Kind::Struct,
    }
}

/// The elements of a slice.
pub(crate) fn items(value: &Value) -> Option<Rc<Vec<Value>>> {
    match value {
        Value::List(list) => Some(Rc::clone(&list.items)),
        Value::Object(object) if object.kind() == Kind::Slice => items(&object.underlying()?),
        _ => None,
    }
}

/// Whether sprig's `empty` holds: nil, false, zero, or of length 0.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Bool(value) => !value,
        Value::Int(number) | Value::Int64(number) | Value::OtherInt(_, number) => *number == 0,
        Value::Uint(_, number) => *number == 0,
        Value::Float(number) => *number == 0.0,
        Value::Str(text) => text.is_empty(),
        Value::List(list) => list.items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Object(object) => object.underlying().is_some_and(|below| is_empty(&below)),
        #[allow(unreachable_patterns, reason = "kinds that the interpreter may add")]
        _ => false,
    }
}

/// Whether `reflect.DeepEqual` holds.
pub(crate) fn deep_equal(one: &Value, other: &Value) -> bool {
    equal_at(one, other, 0)
}

fn equal_at(one: &Value, other: &Value, depth: usize) -> bool {
    // Go takes a comparison that it meets again inside itself for equal.
    if depth > MAX_DEPTH {
        return true;
    }
    match (one, other) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Int(one), Value::Int(other)) | (Value::Int64(one), Value::Int64(other)) => one == other,
        (Value::OtherInt(type_, one), Value::OtherInt(other_type, other)) => type_ == other_type && one == other,
        (Value::Uint(type_, one), Value::Uint(other_type, other)) => type_ == other_type && one == other,
        (Value::Float(one), Value::Float(other)) => one == other,
        (Value::Str(one), Value::Str(other)) => one == other,
        (Value::List(one), Value::List(other)) => {
            one.type_ == other.type_
                && one.nil == other.nil
                && one.items.len() == other.items.len()
                && (Rc::ptr_eq(&one.items, &other.items)
                    || one.items.iter().zip(other.items.iter()).all(|(one, other)| equal_at(one, other, depth + 1)))
        }
        (Value::Map(one), Value::Map(other)) => {
            one.type_ == other.type_
                && one.nil == other.nil
                && one.len() == other.len()
                && (one.is(other)
                    || one.entries().iter().all(|(key, value)| {
                        other.get(key).is_some_and(|other| equal_at(value, &other, depth + 1))
                    }))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.type_() == other.type_() && (Rc::ptr_eq(one, other) || one.equals(other.as_ref()))
        }
        _ => false,
    }
}
