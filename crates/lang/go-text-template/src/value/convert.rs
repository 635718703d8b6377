//! Truth, kinds, equality and plain data of values.

use std::collections::HashSet;
use std::rc::Rc;

use go_value::Str;

use super::{Kind, List, Map, Type, Value};
use crate::builtins::Complex;

/// How deep a value may nest before it counts as endless.
const MAX_DEPTH: usize = 10_000;

/// How many elements plain data may have. Where elements are shared they count each time, since plain data shares nothing.
const MAX_ELEMENTS: usize = 1 << 22;

const TOO_LARGE: &str = "json: unsupported value: too many elements";

const CYCLE: &str = "json: unsupported value: encountered a cycle via map[string]interface {}";

impl Value {
    /// A nil slice of the type `type_`.
    pub fn nil_list(type_: Type) -> Value {
        Value::List(List {
            type_,
            nil: true,
            items: Default::default(),
        })
    }

    /// A nil map of the type `type_`.
    pub fn nil_map(type_: Type) -> Value {
        let mut map = Map::with_type(type_, Default::default());
        map.nil = true;
        Value::Map(map)
    }

    /// Whether `if` takes the value for true: Go's `template.IsTrue`.
    pub fn truth(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(value) | Value::Int64(value) | Value::OtherInt(_, value) => *value != 0,
            Value::Uint(_, value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Str(text) | Value::Bytes(text) => !text.is_empty(),
            Value::List(list) => !list.items.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Object(object) => match object.underlying() {
                Some(Value::Object(_)) | None => Complex::of(object).is_none_or(|complex| !complex.is_zero()),
                Some(inner) => inner.truth(),
            },
        }
    }

    /// Whether this is nil or a nil of its type.
    pub fn is_nil(&self) -> bool {
        match self {
            Value::Nil => true,
            Value::List(list) => list.nil,
            Value::Map(map) => map.nil,
            _ => false,
        }
    }

    /// Go's `reflect.Kind`.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Nil => Kind::Invalid,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Int64(_) => Kind::Int64,
            Value::OtherInt(type_, _) | Value::Uint(type_, _) => int_kind(*type_),
            Value::Float(_) => Kind::Float64,
            Value::Str(_) => Kind::String,
            Value::Bytes(_) | Value::List(_) => Kind::Slice,
            Value::Map(_) => Kind::Map,
            Value::Object(object) => object.kind(),
        }
    }

    /// Go's `reflect.DeepEqual`.
    pub fn deep_equal(&self, other: &Value) -> bool {
        Comparison::default().equal(self, other, 0)
    }

    /// Makes plain data of the value: what Go's `encoding/json` sees.
    ///
    /// # Errors
    /// A map contains itself, or something has no JSON form; the text is Go's. There are more than four million elements.
    pub fn freeze(&self) -> Result<go_value::Value, String> {
        freeze(self, 0, &mut 0)
    }
}

fn int_kind(type_: Type) -> Kind {
    match type_ {
        Type::Int => Kind::Int,
        Type::Int8 => Kind::Int8,
        Type::Int16 => Kind::Int16,
        Type::Int32 => Kind::Int32,
        Type::Uint => Kind::Uint,
        Type::Uint8 => Kind::Uint8,
        Type::Uint16 => Kind::Uint16,
        Type::Uint32 => Kind::Uint32,
        Type::Uint64 => Kind::Uint64,
        // `time.Month` and `time.Weekday` are made of `int`, `time.Duration` of `int64`.
        Type::Named("time.Month" | "time.Weekday") => Kind::Int,
        _ => Kind::Int64,
    }
}

/// A comparison, and which containers it has compared.
#[derive(Default)]
struct Comparison {
    compared: usize,
    /// Pairs of containers by their addresses. Go calls two containers equal that it has come across before.
    seen: HashSet<(usize, usize)>,
}

/// From so many comparisons on, pairs are remembered: before, it is not worth it.
const MANY: usize = 10_000;

impl Comparison {
    fn equal(&mut self, left: &Value, right: &Value, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            // Go calls two maps equal that it is comparing already.
            return true;
        }
        if left.type_() != right.type_() {
            return false;
        }
        match (left, right) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Int(left), Value::Int(right))
            | (Value::Int64(left), Value::Int64(right))
            | (Value::OtherInt(_, left), Value::OtherInt(_, right)) => left == right,
            (Value::Uint(_, left), Value::Uint(_, right)) => left == right,
            (Value::Float(left), Value::Float(right)) => left == right,
            (Value::Str(left), Value::Str(right)) | (Value::Bytes(left), Value::Bytes(right)) => left == right,
            (Value::List(left), Value::List(right)) => left.nil == right.nil && self.equal_lists(left, right, depth),
            (Value::Map(left), Value::Map(right)) => {
                left.is(right) || left.nil == right.nil && self.equal_maps(left, right, depth)
            }
            (Value::Object(left), Value::Object(right)) => Rc::ptr_eq(left, right) || left.equals(right.as_ref()),
            _ => false,
        }
    }

    fn equal_lists(&mut self, left: &List, right: &List, depth: usize) -> bool {
        if left.items.len() != right.items.len() {
            return false;
        }
        let address = |list: &List| Rc::as_ptr(&list.items).cast::<u8>() as usize;
        if Rc::ptr_eq(&left.items, &right.items) || self.is_seen(address(left), address(right)) {
            return true;
        }
        let mut pairs = left.items.iter().zip(right.items.iter());
        pairs.all(|(left, right)| grow(|| self.equal(left, right, depth + 1)))
    }

    fn equal_maps(&mut self, left: &Map, right: &Map, depth: usize) -> bool {
        if self.is_seen(left.address(), right.address()) {
            return true;
        }
        left.with(|left| {
            right.with(|right| {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right.iter())
                        .all(|((left_key, left), (right_key, right))| {
                            left_key == right_key && grow(|| self.equal(left, right, depth + 1))
                        })
            })
        })
    }

    fn is_seen(&mut self, left: usize, right: usize) -> bool {
        self.compared += 1;
        self.compared > MANY && !self.seen.insert((left, right))
    }
}

pub(super) fn grow<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, run)
}

fn freeze(value: &Value, depth: usize, count: &mut usize) -> Result<go_value::Value, String> {
    if depth > MAX_DEPTH {
        return Err(CYCLE.to_owned());
    }
    *count += 1;
    if *count > MAX_ELEMENTS {
        return Err(TOO_LARGE.to_owned());
    }
    Ok(match value {
        Value::Nil => go_value::Value::Nil,
        Value::Bool(value) => go_value::Value::Bool(*value),
        Value::Int(value) | Value::Int64(value) | Value::OtherInt(_, value) => go_value::Value::Int(*value),
        Value::Uint(_, value) => match i64::try_from(*value) {
            Ok(value) => go_value::Value::Int(value),
            Err(_) => go_value::Value::Uint(*value),
        },
        Value::Float(value) => go_value::Value::Float(*value),
        Value::Str(text) => go_value::Value::Str(text.clone()),
        Value::Bytes(bytes) => go_value::Value::Str(base64(bytes)),
        Value::List(list) if list.nil => go_value::Value::Nil,
        Value::List(list) if list.type_ == Type::bytes() => go_value::Value::Str(base64(&list_bytes(list))),
        Value::List(list) => {
            let items = list.items.iter().map(|item| grow(|| freeze(item, depth + 1, count)));
            go_value::Value::List(items.collect::<Result<_, _>>()?)
        }
        Value::Map(map) if map.nil => go_value::Value::Nil,
        Value::Map(map) => map.with(|entries| {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok((key.clone(), grow(|| freeze(value, depth + 1, count))?)));
            Ok::<_, String>(go_value::Value::Map(entries.collect::<Result<_, String>>()?))
        })?,
        Value::Object(object) => object.to_plain()?,
    })
}

fn list_bytes(list: &List) -> Vec<u8> {
    list.items
        .iter()
        .map(|item| match item {
            Value::Uint(_, byte) => *byte as u8,
            _ => 0,
        })
        .collect()
}

/// Standard base64 with padding: how `encoding/json` writes `[]byte`.
fn base64(bytes: &[u8]) -> Str {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(DIGITS[(word >> (18 - 6 * place) & 63) as usize]);
            } else {
                out.push(b'=');
            }
        }
    }
    out.into()
}
