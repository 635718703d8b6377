//! What a scalar becomes in a Go type.

use go_value::Str;

use super::Type;
use super::data::Data;
use super::time::Time;
use crate::node::{Node, Quoting};
use crate::read::{Resolved, old_bool, resolve, short_tag};
use crate::{Dialect, Error, base64};

/// A scalar whose type was found.
pub(super) struct Scalar {
    pub(super) data: Data,
    binary: bool,
}

/// Finds out what a scalar is. A tag that does not fit is an error.
pub(super) fn read(node: &Node) -> Result<Scalar, Error> {
    let tag = short_tag(&node.tag);
    let quoted = node.style.quoting != Quoting::Plain;
    let text = || Data::Str(Str::from(&*node.value));
    let plain = |data| Scalar { data, binary: false };
    match &*tag {
        b"!!str" => Ok(plain(text())),
        b"" | b"!" if quoted => Ok(plain(text())),
        b"!!binary" => match base64::decode(&node.value) {
            Some(bytes) => Ok(Scalar {
                data: Data::Str(Str::from(&*bytes)),
                binary: true,
            }),
            None => Err(Error::decode("!!binary value contains invalid base64 data")),
        },
        b"" => Ok(plain(data_of(resolve(&node.value, Dialect::V3, true), &node.value))),
        b"!!bool" | b"!!int" | b"!!float" | b"!!null" | b"!!timestamp" => {
            let resolved = resolve(&node.value, Dialect::V3, *tag == *b"!!timestamp");
            match resolved {
                Resolved::Int(value) if *tag == *b"!!float" => Ok(plain(Data::Float(value as f64))),
                _ if resolved.short_tag().as_bytes() == &*tag => Ok(plain(data_of(resolved, &node.value))),
                _ => Err(Error::decode(format_args!(
                    "cannot decode {} `{}` as a {}",
                    resolved.short_tag(),
                    String::from_utf8_lossy(&node.value),
                    String::from_utf8_lossy(&tag)
                ))),
            }
        }
        _ => Ok(plain(text())),
    }
}

fn data_of(resolved: Resolved, text: &[u8]) -> Data {
    match resolved {
        Resolved::Null => Data::Nil,
        Resolved::Bool(value) => Data::Bool(value),
        Resolved::Int(value) => Data::Int(value),
        Resolved::Uint(value) => Data::Uint(value),
        Resolved::Float(value) => Data::Float(value),
        Resolved::Timestamp => Time::parse(text).map_or_else(|| Data::Str(text.into()), Data::Time),
        Resolved::Str => Data::Str(text.into()),
    }
}

impl Scalar {
    /// Returns the scalar, which is not null, in the type; `None` when it does not fit.
    pub(super) fn fit(self, node: &Node, known: &Type) -> Option<Data> {
        match known {
            Type::Any => Some(self.data),
            // Any scalar is its own text.
            Type::String if self.binary => Some(self.data),
            Type::String => Some(Data::Str(Str::from(&*node.value))),
            Type::Bool => match self.data {
                Data::Bool(_) => Some(self.data),
                Data::Str(text) => old_bool(&text).map(Data::Bool),
                _ => None,
            },
            Type::Int(_, bits) => signed(&self.data, *bits).map(Data::Int),
            Type::Uint(_, bits) => unsigned(&self.data, *bits).map(Data::Uint),
            Type::Float => match self.data {
                Data::Int(value) => Some(Data::Float(value as f64)),
                Data::Uint(value) => Some(Data::Float(value as f64)),
                Data::Float(_) => Some(self.data),
                _ => None,
            },
            Type::List(_) | Type::Map(_) | Type::Struct(_) => None,
            Type::Named(_, inner) => self.fit(node, inner),
        }
    }
}

/// The first float above all of `int64`.
const INT_END: f64 = 9_223_372_036_854_775_808.0;

fn signed(data: &Data, bits: u32) -> Option<i64> {
    let value = match *data {
        Data::Int(value) => value,
        Data::Uint(value) => i64::try_from(value).ok()?,
        // Go compares with the largest integer as a float, which lets the first too large one through; on amd64 that
        // becomes the smallest.
        Data::Float(value) if value < INT_END => value as i64,
        Data::Float(value) if value == INT_END => i64::MIN,
        _ => return None,
    };
    let unused = 64 - bits;
    (value << unused >> unused == value).then_some(value)
}

fn unsigned(data: &Data, bits: u32) -> Option<u64> {
    let value = match *data {
        Data::Int(value) => u64::try_from(value).ok()?,
        Data::Uint(value) => value,
        // What amd64 makes of floats below zero.
        Data::Float(value) if value < INT_END => value as i64 as u64,
        Data::Float(value) if value <= 2.0 * INT_END => match value < 2.0 * INT_END {
            true => value as u64,
            false => 1 << 63,
        },
        _ => return None,
    };
    let unused = 64 - bits;
    (value << unused >> unused == value).then_some(value)
}
