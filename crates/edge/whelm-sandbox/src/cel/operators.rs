//! Operators: equality, order and arithmetic.

use std::cmp::Ordering;
use std::sync::Arc;

use super::eval::{Fault, Outcome};
use super::time::{show_duration, show_timestamp};
use super::value::Cel;

impl<'a> Cel<'a> {
    /// Says whether two values are the same; numbers of all types compare by their amount.
    pub fn equals(&self, other: &Cel<'a>) -> bool {
        match (self, other) {
            (Cel::Null, Cel::Null) => true,
            (Cel::Bool(left), Cel::Bool(right)) => left == right,
            (Cel::Text(left), Cel::Text(right)) => left == right,
            (Cel::Bytes(left), Cel::Bytes(right)) => left == right,
            (Cel::List(left), Cel::List(right)) => {
                left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| left.equals(right))
            }
            (Cel::Map(_) | Cel::Object(..), Cel::Map(_) | Cel::Object(..)) => same_pairs(self, other),
            (Cel::Type(left), Cel::Type(right)) | (Cel::Format(left), Cel::Format(right)) => left == right,
            (Cel::Optional(left), Cel::Optional(right)) => match (left, right) {
                (Some(left), Some(right)) => left.equals(right),
                (None, None) => true,
                _ => false,
            },
            (Cel::Ip(left), Cel::Ip(right)) => left == right,
            (Cel::Cidr(left, size), Cel::Cidr(right, other)) => (left, size) == (right, other),
            (Cel::Url(left), Cel::Url(right)) => left == right,
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// Returns the order of two values, when there is one.
    pub fn order(&self, other: &Cel<'a>) -> Option<Ordering> {
        match (self, other) {
            (Cel::Int(left), Cel::Int(right)) => Some(left.cmp(right)),
            (Cel::Uint(left), Cel::Uint(right)) => Some(left.cmp(right)),
            (Cel::Double(left), Cel::Double(right)) => left.partial_cmp(right),
            (Cel::Int(left), Cel::Uint(right)) => Some(i128::from(*left).cmp(&i128::from(*right))),
            (Cel::Uint(left), Cel::Int(right)) => Some(i128::from(*left).cmp(&i128::from(*right))),
            (Cel::Double(left), Cel::Int(_) | Cel::Uint(_)) => left.partial_cmp(&other.as_double()?),
            (Cel::Int(_) | Cel::Uint(_), Cel::Double(right)) => self.as_double()?.partial_cmp(right),
            (Cel::Text(left), Cel::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
            (Cel::Bytes(left), Cel::Bytes(right)) => Some(left.cmp(right)),
            (Cel::Bool(left), Cel::Bool(right)) => Some(left.cmp(right)),
            (Cel::Duration(left), Cel::Duration(right)) => Some(left.cmp(right)),
            (Cel::Timestamp(left), Cel::Timestamp(right)) => Some(left.cmp(right)),
            (Cel::Quantity(left), Cel::Quantity(right)) => Some(left.nanos().cmp(&right.nanos())),
            (Cel::Version(left, pre), Cel::Version(right, other)) => Some(
                left.cmp(right)
                    .then_with(|| super::strings::order_pre_release(pre, other)),
            ),
            _ => None,
        }
    }

    pub fn as_double(&self) -> Option<f64> {
        match self {
            Cel::Int(value) => Some(*value as f64),
            Cel::Uint(value) => Some(*value as f64),
            Cel::Double(value) => Some(*value),
            _ => None,
        }
    }
}

fn same_pairs<'a>(left: &Cel<'a>, right: &Cel<'a>) -> bool {
    let (Ok(own), Ok(others)) = (left.pairs(), right.pairs()) else {
        return false;
    };
    let same = |(key, value): &(Cel<'a>, Cel<'a>)| right.get(key).is_some_and(|other| value.equals(&other));
    own.len() == others.len() && own.iter().all(same)
}

/// A value as error texts show it.
pub(super) fn shown(value: &Cel<'_>) -> String {
    match value {
        Cel::Text(text) => text.to_string(),
        Cel::Int(value) => value.to_string(),
        Cel::Uint(value) => value.to_string(),
        Cel::Double(value) => value.to_string(),
        Cel::Bool(value) => value.to_string(),
        Cel::Duration(value) => show_duration(*value),
        Cel::Timestamp(value) => show_timestamp(*value),
        other => other.type_name().to_owned(),
    }
}

/// Applies an operator, if the name is one.
pub(super) fn operate<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let outcome = match (name, arguments) {
        ("!", [Cel::Bool(value)]) => Ok(Cel::Bool(!value)),
        ("negate", [Cel::Int(value)]) => value.checked_neg().map(Cel::Int).ok_or_else(overflow),
        ("negate", [Cel::Double(value)]) => Ok(Cel::Double(-value)),
        ("==", [left, right]) => Ok(Cel::Bool(left.equals(right))),
        ("!=", [left, right]) => Ok(Cel::Bool(!left.equals(right))),
        ("<" | "<=" | ">" | ">=", [left, right]) => compare(name, left, right),
        ("in", [one, all]) => contains(all, one),
        ("+" | "-" | "*" | "/" | "%", [left, right]) => arithmetic(name, left, right),
        ("!" | "negate", _) => Err(Fault::no_overload()),
        _ => return None,
    };
    Some(outcome)
}

fn overflow() -> Fault {
    Fault::error("integer overflow")
}

fn compare<'a>(sign: &str, left: &Cel<'a>, right: &Cel<'a>) -> Outcome<'a> {
    let is_not_a_number = |value: &Cel<'_>| matches!(value, Cel::Double(value) if value.is_nan());
    let Some(order) = left.order(right) else {
        return if is_not_a_number(left) || is_not_a_number(right) {
            Ok(Cel::Bool(false))
        } else {
            Err(Fault::no_overload())
        };
    };
    Ok(Cel::Bool(match sign {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }))
}

fn contains<'a>(all: &Cel<'a>, one: &Cel<'a>) -> Outcome<'a> {
    match all {
        Cel::List(items) => Ok(Cel::Bool(items.iter().any(|item| item.equals(one)))),
        Cel::Map(_) | Cel::Object(..) => Ok(Cel::Bool(all.get(one).is_some())),
        _ => Err(Fault::no_overload()),
    }
}

/// Applies an operator to two whole numbers of one type; nothing when the result does not fit.
macro_rules! checked {
    ($sign:expr, $left:expr, $right:expr) => {
        match $sign {
            "+" => $left.checked_add(*$right),
            "-" => $left.checked_sub(*$right),
            "*" => $left.checked_mul(*$right),
            "/" => $left.checked_div(*$right),
            _ => $left.checked_rem(*$right),
        }
    };
}

fn arithmetic<'a>(sign: &str, left: &Cel<'a>, right: &Cel<'a>) -> Outcome<'a> {
    match (left, right) {
        (Cel::Int(left), Cel::Int(right)) => {
            if *right == 0 && matches!(sign, "/" | "%") {
                return Err(by_zero(sign));
            }
            let value = checked!(sign, left, right);
            value.map(Cel::Int).ok_or_else(overflow)
        }
        (Cel::Uint(left), Cel::Uint(right)) => {
            if *right == 0 && matches!(sign, "/" | "%") {
                return Err(by_zero(sign));
            }
            let value = checked!(sign, left, right);
            value
                .map(Cel::Uint)
                .ok_or_else(|| Fault::error("unsigned integer overflow"))
        }
        (Cel::Double(left), Cel::Double(right)) => match sign {
            "+" => Ok(Cel::Double(left + right)),
            "-" => Ok(Cel::Double(left - right)),
            "*" => Ok(Cel::Double(left * right)),
            "/" => Ok(Cel::Double(left / right)),
            _ => Err(Fault::no_overload()),
        },
        _ if sign == "+" => join(left, right),
        _ if sign == "-" => difference(left, right),
        _ => Err(Fault::no_overload()),
    }
}

fn by_zero(sign: &str) -> Fault {
    Fault::error(if sign == "/" {
        "division by zero"
    } else {
        "modulus by zero"
    })
}

fn join<'a>(left: &Cel<'a>, right: &Cel<'a>) -> Outcome<'a> {
    let value = match (left, right) {
        (Cel::Text(left), Cel::Text(right)) => Cel::Text([&**left, &**right].concat().into()),
        (Cel::Bytes(left), Cel::Bytes(right)) => Cel::Bytes([&**left, &**right].concat().into()),
        (Cel::List(left), Cel::List(right)) => {
            let mut all = Vec::clone(left);
            all.extend(right.iter().cloned());
            Cel::List(Arc::new(all))
        }
        (Cel::Duration(left), Cel::Duration(right)) => Cel::Duration(left.checked_add(*right).ok_or_else(overflow)?),
        (Cel::Timestamp(time), Cel::Duration(more)) | (Cel::Duration(more), Cel::Timestamp(time)) => {
            Cel::Timestamp(time + i128::from(*more))
        }
        _ => return Err(Fault::no_overload()),
    };
    Ok(value)
}

fn difference<'a>(left: &Cel<'a>, right: &Cel<'a>) -> Outcome<'a> {
    let value = match (left, right) {
        (Cel::Duration(left), Cel::Duration(right)) => Cel::Duration(left.checked_sub(*right).ok_or_else(overflow)?),
        (Cel::Timestamp(time), Cel::Duration(less)) => Cel::Timestamp(time - i128::from(*less)),
        (Cel::Timestamp(left), Cel::Timestamp(right)) => {
            Cel::Duration(i64::try_from(left - right).map_err(|_| overflow())?)
        }
        _ => return Err(Fault::no_overload()),
    };
    Ok(value)
}
