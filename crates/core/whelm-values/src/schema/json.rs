//! JSON that a schema is read from, whatever holds it: data, or a text as it stands.

use go_value::{Value, map};

use super::number::{Decimal, number_text};

/// A JSON value and all that is in it, by reference.
pub(super) trait Json<'a>: Copy {
    /// The items of a list.
    type Items: ExactSizeIterator<Item = Self> + Clone;
    /// The members of an object.
    type Members: ExactSizeIterator<Item = (&'a [u8], Self)>;

    /// Returns the items, if it is a list.
    fn items(self) -> Option<Self::Items>;
    /// Returns the members, if it is an object.
    fn members(self) -> Option<Self::Members>;
    /// Returns the member `key`, if it is an object that has one.
    fn member(self, key: &[u8]) -> Option<Self>;
    /// Returns what equality goes by where it is no list, no object, and no number that is a [`Decimal`].
    fn scalar(self) -> Option<Scalar<'a>>;
    /// Returns the string, if it is one and no number that was kept as text.
    fn text(self) -> Option<&'a [u8]>;
    /// Returns the number, if it is one.
    fn decimal(self) -> Option<Decimal>;
    /// Returns the number, if it is a plain integer that is not negative.
    fn count(self) -> Option<usize>;
    /// Tells it from all others in the same document.
    fn place(self) -> usize;

    /// Returns the truth value, if it is one.
    fn truth(self) -> Option<bool> {
        match self.scalar() {
            Some(Scalar::Bool(truth)) => Some(truth),
            _ => None,
        }
    }

    /// Returns the string as text, if it is one and valid UTF-8.
    fn str(self) -> Option<&'a str> {
        std::str::from_utf8(self.text()?).ok()
    }
}

/// A value without parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Nil,
    Bool(bool),
    Number(f64),
    Text(&'a [u8]),
}

/// The members of a map.
pub(super) struct Members<'a>(map::Iter<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key.as_bytes(), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Members<'_> {}

impl<'a> Json<'a> for &'a Value {
    type Items = std::slice::Iter<'a, Value>;
    type Members = Members<'a>;

    fn items(self) -> Option<Self::Items> {
        self.as_list().map(<[Value]>::iter)
    }

    fn members(self) -> Option<Self::Members> {
        self.as_map().map(|map| Members(map.iter()))
    }

    fn member(self, key: &[u8]) -> Option<Self> {
        self.as_map()?.get(key)
    }

    fn scalar(self) -> Option<Scalar<'a>> {
        Some(match self {
            Value::Nil => Scalar::Nil,
            Value::Bool(truth) => Scalar::Bool(*truth),
            Value::Int(number) => Scalar::Number(*number as f64),
            Value::Uint(number) => Scalar::Number(*number as f64),
            Value::Float(number) => Scalar::Number(*number),
            Value::Str(text) => Scalar::Text(text),
            Value::List(_) | Value::Map(_) => return None,
        })
    }

    fn text(self) -> Option<&'a [u8]> {
        match self {
            Value::Str(text) if number_text(text).is_none() => Some(text),
            _ => None,
        }
    }

    fn decimal(self) -> Option<Decimal> {
        Decimal::of(self)
    }

    fn count(self) -> Option<usize> {
        match self {
            Value::Int(count) => usize::try_from(*count).ok(),
            _ => None,
        }
    }

    fn place(self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}
