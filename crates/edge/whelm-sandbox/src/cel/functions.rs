//! Functions: those of the language, and those of Kubernetes.

use std::cmp::Ordering;
use std::sync::Arc;

use super::eval::{Fault, Machine, Outcome};
use super::value::Cel;
use super::{network, operators, strings, time};
use crate::quantity::Quantity;

/// The first parts of functions' names that have two.
pub(crate) const NAMESPACES: [&str; 8] = ["optional", "format", "sets", "math", "ip", "cidr", "base64", "strings"];

/// Returns the type that a name stands for.
pub(crate) fn type_named(name: &str) -> Option<&'static str> {
    const TYPES: [&str; 11] = [
        "bool",
        "bytes",
        "double",
        "int",
        "list",
        "map",
        "null_type",
        "string",
        "type",
        "uint",
        "optional_type",
    ];
    TYPES.into_iter().find(|own| *own == name)
}

/// Says whether there is a function of a name, for whatever it may be called with.
pub(crate) fn is_known(name: &str) -> bool {
    const NAMES: &str = " ! negate == != < <= > >= in + - * / % size int uint double string bool bytes duration timestamp dyn \
        type matches quantity isQuantity semver isSemver ip isIP cidr isCIDR url isURL startsWith endsWith contains lowerAscii \
        upperAscii trim reverse charAt indexOf lastIndexOf substring replace split join find findAll format validate sum min max \
        isSorted slice sort distinct flatten hasValue value orValue or isGreaterThan isLessThan compareTo add sub sign isInteger asInteger \
        asApproximateFloat major minor patch family isUnspecified isLoopback isLinkLocalUnicast isLinkLocalMulticast \
        isGlobalUnicast isCanonical masked prefixLength containsIP containsCIDR getScheme getHost getHostname getPort \
        getEscapedPath getQuery getFullYear getMonth getDate getDayOfMonth getDayOfYear getDayOfWeek getHours getMinutes \
        getSeconds getMilliseconds ";
    NAMES.split_whitespace().any(|own| own == name)
}

/// Calls a function.
pub(super) fn function<'a>(machine: &mut Machine<'a>, name: &str, arguments: &[Cel<'a>]) -> Outcome<'a> {
    let found = operators::operate(name, arguments)
        .or_else(|| conversion(name, arguments))
        .or_else(|| network::function(name, arguments))
        .or_else(|| of_kubernetes(name, arguments))
        .or_else(|| of_sets(name, arguments));
    let found = found.or_else(|| (name == "matches").then(|| strings::matches(machine, arguments)));
    found.unwrap_or_else(|| Err(Fault::no_overload()))
}

/// Calls a function of a value, which is the first argument.
pub(super) fn method<'a>(machine: &mut Machine<'a>, name: &str, arguments: &[Cel<'a>]) -> Outcome<'a> {
    if name == "size"
        && let [only] = arguments
    {
        return size(only);
    }
    let found = time::method(name, arguments)
        .or_else(|| optional(name, arguments))
        .or_else(|| strings::method(machine, name, arguments))
        .or_else(|| of_lists(name, arguments))
        .or_else(|| of_quantities(name, arguments))
        .or_else(|| network::method(name, arguments));
    found.unwrap_or_else(|| Err(Fault::no_overload()))
}

fn size<'a>(value: &Cel<'a>) -> Outcome<'a> {
    let size = value.size().ok_or_else(Fault::no_overload)?;
    Ok(Cel::Int(size.try_into().unwrap_or(i64::MAX)))
}

fn conversion<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let [value] = arguments else { return None };
    Some(match name {
        "size" => size(value),
        "int" => to_int(value),
        "uint" => to_uint(value),
        "double" => to_double(value),
        "string" => strings::of_value(value),
        "bool" => match value {
            Cel::Bool(_) => Ok(value.clone()),
            Cel::Text(text) => match &**text {
                "true" | "TRUE" | "True" | "t" | "1" => Ok(Cel::Bool(true)),
                "false" | "FALSE" | "False" | "f" | "0" => Ok(Cel::Bool(false)),
                _ => Err(Fault::error("type conversion error from 'string' to 'bool'")),
            },
            _ => Err(Fault::no_overload()),
        },
        "bytes" => match value {
            Cel::Text(text) => Ok(Cel::Bytes(text.as_bytes().into())),
            Cel::Bytes(_) => Ok(value.clone()),
            _ => Err(Fault::no_overload()),
        },
        "duration" => match value {
            Cel::Duration(_) => Ok(value.clone()),
            Cel::Text(text) => time::read_duration(text)
                .map(Cel::Duration)
                .ok_or_else(|| Fault::error("invalid duration")),
            _ => Err(Fault::no_overload()),
        },
        "timestamp" => match value {
            Cel::Timestamp(_) => Ok(value.clone()),
            Cel::Text(text) => time::read_timestamp(text)
                .map(Cel::Timestamp)
                .ok_or_else(|| Fault::error("invalid timestamp")),
            Cel::Int(seconds) => Ok(Cel::Timestamp(i128::from(*seconds) * 1_000_000_000)),
            _ => Err(Fault::no_overload()),
        },
        "dyn" => Ok(value.clone()),
        "type" => Ok(Cel::Type(value.type_name())),
        _ => return None,
    })
}

fn conversion_error(from: &str, to: &str) -> Fault {
    Fault::error(format!("type conversion error from '{from}' to '{to}'"))
}

fn to_int<'a>(value: &Cel<'a>) -> Outcome<'a> {
    let overflow = || Fault::error("integer overflow");
    Ok(Cel::Int(match value {
        Cel::Int(value) => *value,
        Cel::Uint(value) => i64::try_from(*value).map_err(|_| overflow())?,
        Cel::Double(value) if value.abs() < 9.2e18 => *value as i64,
        Cel::Double(_) => return Err(overflow()),
        Cel::Text(text) => {
            let wrong = || Fault::error(format!("strconv.ParseInt: parsing {text:?}: invalid syntax"));
            text.parse().map_err(|_| wrong())?
        }
        Cel::Timestamp(nanos) => i64::try_from(nanos.div_euclid(1_000_000_000)).map_err(|_| overflow())?,
        Cel::Duration(nanos) => *nanos,
        _ => return Err(Fault::no_overload()),
    }))
}

fn to_uint<'a>(value: &Cel<'a>) -> Outcome<'a> {
    let overflow = || Fault::error("unsigned integer overflow");
    Ok(Cel::Uint(match value {
        Cel::Uint(value) => *value,
        Cel::Int(value) => u64::try_from(*value).map_err(|_| overflow())?,
        Cel::Double(value) if (0.0..1.8e19).contains(value) => *value as u64,
        Cel::Double(_) => return Err(overflow()),
        Cel::Text(text) => text.parse().map_err(|_| conversion_error("string", "uint"))?,
        _ => return Err(Fault::no_overload()),
    }))
}

fn to_double<'a>(value: &Cel<'a>) -> Outcome<'a> {
    if let Cel::Text(text) = value {
        return text
            .parse()
            .map(Cel::Double)
            .map_err(|_| conversion_error("string", "double"));
    }
    value.as_double().map(Cel::Double).ok_or_else(Fault::no_overload)
}

fn optional<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let (Cel::Optional(inner), rest) = arguments.split_first()? else {
        return None;
    };
    Some(match (name, rest, inner) {
        ("hasValue", [], inner) => Ok(Cel::Bool(inner.is_some())),
        ("value" | "orValue", _, Some(inner)) => Ok(Cel::clone(inner)),
        ("value", [], None) => Err(Fault::error("optional.none() dereference")),
        ("orValue", [other], None) => Ok(other.clone()),
        ("or", [other], inner) => Ok(if inner.is_some() {
            Cel::Optional(inner.clone())
        } else {
            other.clone()
        }),
        _ => return None,
    })
}

fn of_kubernetes<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    Some(match (name, arguments) {
        ("optional.of", [value]) => Ok(Cel::some(value.clone())),
        ("optional.none", []) => Ok(Cel::Optional(None)),
        ("optional.ofNonZeroValue", [value]) => {
            let is_zero = match value {
                Cel::Null | Cel::Bool(false) | Cel::Int(0) | Cel::Uint(0) => true,
                Cel::Double(value) => *value == 0.0,
                other => other.size() == Some(0),
            };
            Ok(if is_zero {
                Cel::Optional(None)
            } else {
                Cel::some(value.clone())
            })
        }
        ("quantity", [Cel::Text(text)]) => Quantity::parse(text).map(Cel::Quantity).map_err(Fault::error),
        ("isQuantity", [Cel::Text(text)]) => Ok(Cel::Bool(Quantity::parse(text).is_ok())),
        ("semver", [Cel::Text(text)]) => strings::version(text).ok_or_else(|| Fault::error("invalid semantic version")),
        ("isSemver", [Cel::Text(text)]) => Ok(Cel::Bool(strings::version(text).is_some())),
        ("math.greatest", values) => extreme(values, Ordering::Greater),
        ("math.least", values) => extreme(values, Ordering::Less),
        ("format.named", [Cel::Text(name)]) => Ok(Cel::Optional(
            strings::format_named(name).map(|format| Arc::new(Cel::Format(format))),
        )),
        (name, []) => Cel::Format(strings::format_named(name.strip_prefix("format.")?)?).into_ok(),
        _ => return None,
    })
}

impl<'a> Cel<'a> {
    fn into_ok(self) -> Outcome<'a> {
        Ok(self)
    }
}

/// Returns the greatest or the least of some values, or of those of the one list that is given.
fn extreme<'a>(values: &[Cel<'a>], wanted: Ordering) -> Outcome<'a> {
    let values = match values {
        [Cel::List(items)] => items.as_slice(),
        values => values,
    };
    let mut best: Option<&Cel<'a>> = None;
    for value in values {
        let better = match best {
            None => true,
            Some(best) => value.order(best).ok_or_else(Fault::no_overload)? == wanted,
        };
        if better {
            best = Some(value);
        }
    }
    best.cloned()
        .ok_or_else(|| Fault::error("min/max called on empty list"))
}

fn of_lists<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let (Cel::List(items), rest) = arguments.split_first()? else {
        return None;
    };
    Some(match (name, rest) {
        ("sum", []) => {
            let mut total: Option<Cel<'a>> = None;
            for item in items.iter() {
                total = Some(match total {
                    None => item.clone(),
                    Some(total) => match operators::operate("+", &[total, item.clone()])? {
                        Ok(total) => total,
                        Err(fault) => return Some(Err(fault)),
                    },
                });
            }
            Ok(total.unwrap_or(Cel::Int(0)))
        }
        ("min", []) => extreme(items, Ordering::Less),
        ("max", []) => extreme(items, Ordering::Greater),
        ("isSorted", []) => Ok(Cel::Bool(
            items
                .windows(2)
                .all(|pair| pair[0].order(&pair[1]).is_none_or(Ordering::is_le)),
        )),
        ("slice", [Cel::Int(start), Cel::Int(end)]) => {
            let part = usize::try_from(*start).ok().zip(usize::try_from(*end).ok());
            let part = part.and_then(|(start, end)| items.get(start..end));
            part.map(|part| Cel::list(part.to_vec()))
                .ok_or_else(|| Fault::error(format!("cannot slice({start}, {end}), list is length {}", items.len())))
        }
        ("sort", []) => sorted(items),
        ("distinct", []) => {
            let mut kept: Vec<Cel<'a>> = Vec::new();
            for item in items.iter() {
                if !kept.iter().any(|own| own.equals(item)) {
                    kept.push(item.clone());
                }
            }
            Ok(Cel::list(kept))
        }
        ("reverse", []) => Ok(Cel::list(items.iter().rev().cloned().collect())),
        ("flatten", []) => Ok(Cel::list(items.iter().flat_map(flattened).collect())),
        ("indexOf", [value]) => Ok(place(items.iter().position(|item| item.equals(value)))),
        ("lastIndexOf", [value]) => Ok(place(items.iter().rposition(|item| item.equals(value)))),
        _ => return None,
    })
}

fn sorted<'a>(items: &[Cel<'a>]) -> Outcome<'a> {
    if items.windows(2).any(|pair| pair[0].order(&pair[1]).is_none()) {
        return Err(Fault::no_overload());
    }
    let mut sorted = items.to_vec();
    sorted.sort_by(|left, right| left.order(right).unwrap_or(Ordering::Equal));
    Ok(Cel::list(sorted))
}

fn flattened<'a>(item: &Cel<'a>) -> Vec<Cel<'a>> {
    match item {
        Cel::List(inner) => inner.to_vec(),
        other => vec![other.clone()],
    }
}

/// The place of what was found, or -1.
pub(super) fn place<'a>(index: Option<usize>) -> Cel<'a> {
    Cel::Int(index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
}

fn of_sets<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    let [Cel::List(left), Cel::List(right)] = arguments else {
        return None;
    };
    let has = |all: &[Cel<'a>], one: &Cel<'a>| all.iter().any(|item| item.equals(one));
    let covers = |all: &[Cel<'a>], part: &[Cel<'a>]| part.iter().all(|one| has(all, one));
    Some(Ok(Cel::Bool(match name {
        "sets.contains" => covers(left, right),
        "sets.equivalent" => covers(left, right) && covers(right, left),
        "sets.intersects" => left.iter().any(|one| has(right, one)),
        _ => return None,
    })))
}

fn of_quantities<'a>(name: &str, arguments: &[Cel<'a>]) -> Option<Outcome<'a>> {
    const NANO: i128 = 1_000_000_000;
    let compared = |test: fn(Ordering) -> bool| match arguments {
        [left @ (Cel::Quantity(_) | Cel::Version(..)), right] => left
            .order(right)
            .map(|order| Cel::Bool(test(order)))
            .ok_or_else(Fault::no_overload),
        _ => Err(Fault::no_overload()),
    };
    let combined = |sign: i128| match arguments {
        [Cel::Quantity(left), Cel::Quantity(right)] => Ok(left.plus(sign * right.nanos())),
        [Cel::Quantity(left), Cel::Int(right)] => Ok(left.plus(sign * i128::from(*right) * NANO)),
        _ => Err(Fault::no_overload()),
    };
    Some(match (name, arguments) {
        ("isGreaterThan", _) => compared(Ordering::is_gt),
        ("isLessThan", _) => compared(Ordering::is_lt),
        ("compareTo", [left @ (Cel::Quantity(_) | Cel::Version(..)), right]) => left
            .order(right)
            .map(|order| Cel::Int(order as i64))
            .ok_or_else(Fault::no_overload),
        ("add", [Cel::Quantity(_), _]) => combined(1).map(Cel::Quantity),
        ("sub", [Cel::Quantity(_), _]) => combined(-1).map(Cel::Quantity),
        ("sign", [Cel::Quantity(own)]) => Ok(Cel::Int(own.nanos().signum() as i64)),
        ("isInteger", [Cel::Quantity(own)]) => Ok(Cel::Bool(own.is_whole())),
        ("asInteger", [Cel::Quantity(own)]) => {
            let whole = own.is_whole().then(|| i64::try_from(own.nanos() / NANO).ok()).flatten();
            whole
                .map(Cel::Int)
                .ok_or_else(|| Fault::error("cannot convert value to integer"))
        }
        ("asApproximateFloat", [Cel::Quantity(own)]) => Ok(Cel::Double(own.nanos() as f64 / 1e9)),
        ("major" | "minor" | "patch", [Cel::Version(numbers, _)]) => {
            let index = ["major", "minor", "patch"]
                .iter()
                .position(|own| *own == name)
                .unwrap_or(0);
            Ok(Cel::Int(i64::try_from(numbers[index]).unwrap_or(i64::MAX)))
        }
        _ => return None,
    })
}
