//! `eq` and `lt`, of which the other comparisons are made.

use crate::exec::val::Val;
use crate::fmt;
use crate::func::FuncError;
use crate::value::{Kind, Type, Value};

/// A value as comparisons see it.
enum Basic<'v> {
    Bool(bool),
    Complex(f64, f64),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(&'v [u8]),
    Other,
}

fn basic(value: &Value) -> Basic<'_> {
    match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) | Value::OtherInt(_, value) => Basic::Int(*value),
        Value::Uint(_, value) => Basic::Uint(*value),
        Value::Float(value) => Basic::Float(*value),
        Value::Str(text) => Basic::Str(text),
        Value::Object(object) => match object.as_any().downcast_ref::<super::Complex>() {
            Some(complex) => Basic::Complex(complex.real, complex.imaginary),
            None => Basic::Other,
        },
        Value::Nil | Value::Bytes(_) | Value::List(_) | Value::Map(_) => Basic::Other,
    }
}

fn type_of(value: &Value) -> Type {
    value.type_().unwrap_or(Type::Any)
}

fn incompatible(left: &Value, right: &Value) -> FuncError {
    FuncError::new(format!(
        "incompatible types for comparison: {} and {}",
        type_of(left),
        type_of(right)
    ))
}

/// Whether `left` equals one of `right`.
pub(super) fn eq(left: &Val, right: &[Val]) -> Result<bool, FuncError> {
    if right.is_empty() {
        return Err(FuncError::new("missing argument for comparison"));
    }
    for right in right {
        if equal(&left.value, &right.value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(left: &Value, right: &Value) -> Result<bool, FuncError> {
    match (basic(left), basic(right)) {
        (Basic::Bool(left), Basic::Bool(right)) => Ok(left == right),
        (Basic::Complex(a, b), Basic::Complex(c, d)) => Ok(a == c && b == d),
        (Basic::Int(left), Basic::Int(right)) => Ok(left == right),
        (Basic::Uint(left), Basic::Uint(right)) => Ok(left == right),
        (Basic::Int(int), Basic::Uint(uint)) | (Basic::Uint(uint), Basic::Int(int)) => {
            Ok(u64::try_from(int).is_ok_and(|int| int == uint))
        }
        (Basic::Float(left), Basic::Float(right)) => Ok(left == right),
        (Basic::Str(left), Basic::Str(right)) => Ok(left == right),
        (Basic::Other, Basic::Other) => equal_others(left, right),
        _ if matches!(left, Value::Nil) || matches!(right, Value::Nil) => Ok(false),
        _ => Err(incompatible(left, right)),
    }
}

/// Equality of values that Go has no basic comparison for.
fn equal_others(left: &Value, right: &Value) -> Result<bool, FuncError> {
    let (left_kind, right_kind) = (left.kind(), right.kind());
    if left_kind != right_kind && left_kind != Kind::Invalid && right_kind != Kind::Invalid {
        return Err(FuncError::new(format!(
            "non-comparable types {}: {}, {}: {}",
            fmt::verb_string('s', left),
            type_of(left),
            type_of(right),
            fmt::value_string(right)
        )));
    }
    if left.is_nil() || right.is_nil() {
        return Ok(left.is_nil() == right.is_nil());
    }
    match (left, right) {
        (Value::Object(left), Value::Object(right)) if !matches!(right_kind, Kind::Map | Kind::Slice) => {
            Ok(std::rc::Rc::ptr_eq(left, right) || left.equals(right.as_ref()))
        }
        _ => Err(FuncError::new(format!(
            "non-comparable type {}: {}",
            fmt::verb_string('s', right),
            type_of(right)
        ))),
    }
}

/// Whether `left` is less than `right`.
pub(super) fn lt(left: &Val, right: &Val) -> Result<bool, FuncError> {
    let (left, right) = (&left.value, &right.value);
    match (basic(left), basic(right)) {
        (Basic::Int(left), Basic::Int(right)) => Ok(left < right),
        (Basic::Uint(left), Basic::Uint(right)) => Ok(left < right),
        (Basic::Int(left), Basic::Uint(right)) => Ok(u64::try_from(left).is_ok_and(|left| left < right) || left < 0),
        (Basic::Uint(left), Basic::Int(right)) => Ok(u64::try_from(right).is_ok_and(|right| left < right)),
        (Basic::Float(left), Basic::Float(right)) => Ok(left < right),
        (Basic::Str(left), Basic::Str(right)) => Ok(left < right),
        (Basic::Other, _)
        | (_, Basic::Other)
        | (Basic::Bool(_), Basic::Bool(_))
        | (Basic::Complex(..), Basic::Complex(..)) => Err(FuncError::new("invalid type for comparison")),
        _ => Err(incompatible(left, right)),
    }
}

/// Whether `left` is less than or equal to `right`.
pub(super) fn le(left: &Val, right: &Val) -> Result<bool, FuncError> {
    Ok(lt(left, right)? || equal(&left.value, &right.value)?)
}
