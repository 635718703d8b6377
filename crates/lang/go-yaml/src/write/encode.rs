//! Values to what the emitter writes.

use std::borrow::Cow;

use go_value::strconv::{self, FloatForm};
use go_value::{Map, Value, utf8};

use super::analyze::Analysis;
use super::emitter::{Emitter, Style};
use super::sort;
use crate::read::{Resolved, old_bool, resolve};
use crate::{Dialect, Error, ErrorKind, MAX_DEPTH, base64};

/// The longest text, in bytes, that is written as a key without `? `.
const MAX_SIMPLE_KEY: usize = 128;

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    /// The value of a key.
    Value,
}

/// Writes `value` as one document.
pub(crate) fn encode(value: &Value, dialect: Dialect) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder {
        emitter: Emitter::new(dialect),
        dialect,
        depth: 0,
    };
    encoder.node(value, Place::Root)?;
    Ok(encoder.emitter.finish())
}

struct Encoder {
    emitter: Emitter,
    dialect: Dialect,
    depth: usize,
}

/// A string that is ready to be written.
struct Scalar<'v> {
    text: Cow<'v, [u8]>,
    tag: &'static [u8],
    style: Style,
    analysis: Analysis,
}

impl Encoder {
    fn node(&mut self, value: &Value, place: Place) -> Result<(), Error> {
        match value {
            Value::Nil => self.word("null"),
            Value::Bool(true) => self.word("true"),
            Value::Bool(false) => self.word("false"),
            Value::Int(value) => self.word(&value.to_string()),
            Value::Uint(value) => self.word(&value.to_string()),
            Value::Float(value) => self.word(&float(*value, self.dialect)),
            Value::Str(text) => {
                let scalar = self.prepare(text);
                self.scalar(&scalar, false);
            }
            Value::List(list) if list.is_empty() => self.empty(b"[", b"]"),
            Value::Map(map) if map.is_empty() => self.empty(b"{", b"}"),
            Value::List(list) => self.nested(|encoder| encoder.list(list, place))?,
            Value::Map(map) => self.nested(|encoder| encoder.map(map))?,
        }
        Ok(())
    }

    /// Writes a collection one level deeper.
    fn nested(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::new(
                ErrorKind::Emit,
                format!("yaml: exceeded max depth of {MAX_DEPTH}"),
            ));
        }
        let indent = self.emitter.indent();
        write(self)?;
        self.emitter.set_indent(indent);
        self.depth -= 1;
        Ok(())
    }

    fn empty(&mut self, open: &[u8], close: &[u8]) {
        self.emitter.write_indicator(open, true, true, false);
        self.emitter.write_indicator(close, false, false, false);
    }

    fn list(&mut self, list: &[Value], place: Place) -> Result<(), Error> {
        let indentless = self.dialect == Dialect::V2 && place == Place::Value && !self.emitter.indention();
        self.emitter.increase_indent(false, indentless);
        for item in list {
            self.emitter.write_indent();
            self.emitter.write_indicator(b"-", true, false, true);
            self.node(item, Place::Item)?;
        }
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), Error> {
        let mut entries: Vec<_> = map.iter().collect();
        sort::sort(&mut entries, |entry| entry.0.as_bytes(), self.dialect);
        self.emitter.increase_indent(false, false);
        for (key, value) in entries {
            let key = self.prepare(key);
            self.emitter.write_indent();
            if !key.analysis.multiline && key.tag.len() + key.text.len() <= MAX_SIMPLE_KEY {
                self.scalar(&key, true);
                self.emitter.write_indicator(b":", false, false, false);
            } else {
                self.emitter.write_indicator(b"?", true, false, true);
                self.scalar(&key, false);
                self.emitter.write_indent();
                self.emitter.write_indicator(b":", true, false, true);
            }
            self.node(value, Place::Value)?;
        }
        Ok(())
    }

    /// Writes a number, a truth value or null.
    fn word(&mut self, text: &str) {
        let analysis = Analysis {
            plain_allowed: true,
            ..Analysis::default()
        };
        self.emitter.scalar(text.as_bytes(), b"", Style::Plain, analysis, false);
    }

    fn scalar(&mut self, scalar: &Scalar<'_>, simple_key: bool) {
        self.emitter
            .scalar(&scalar.text, scalar.tag, scalar.style, scalar.analysis, simple_key);
    }

    /// Chooses the style of a string.
    fn prepare<'v>(&self, text: &'v [u8]) -> Scalar<'v> {
        let (text, tag) = self.as_utf8(text);
        let plain = !tag.is_empty() || self.is_string_when_plain(&text);
        let style = if memchr::memchr(b'\n', &text).is_some() {
            Style::Literal
        } else if plain {
            Style::Plain
        } else {
            Style::DoubleQuoted
        };
        let analysis = self.emitter.analyze(&text);
        Scalar {
            text,
            tag,
            style,
            analysis,
        }
    }

    /// A string that is no UTF-8 is written as binary data by v3. For v2 it was through JSON before.
    fn as_utf8<'v>(&self, text: &'v [u8]) -> (Cow<'v, [u8]>, &'static [u8]) {
        if std::str::from_utf8(text).is_ok() {
            return (Cow::Borrowed(text), b"");
        }
        match self.dialect {
            Dialect::V2 => (Cow::Owned(utf8::to_string_lossy(text).into_owned().into_bytes()), b""),
            Dialect::V3 => (Cow::Owned(base64::encode_lines(text)), b"!!binary"),
        }
    }

    fn is_string_when_plain(&self, text: &[u8]) -> bool {
        resolve(text, self.dialect, true) == Resolved::Str
            && !is_base_60(text)
            && !(self.dialect == Dialect::V3 && old_bool(text).is_some())
    }
}

/// Formats a float. For v2 it comes out of JSON, where a whole number looks like an integer.
fn float(value: f64, dialect: Dialect) -> String {
    let general = |value| strconv::format_float(value, FloatForm::General, None);
    if dialect == Dialect::V2 && value.fract() == 0.0 && value.abs() < 1e21 {
        let whole = strconv::format_float(value, FloatForm::Fixed, None);
        let fits = if value < 0.0 {
            whole.parse::<i64>().is_ok()
        } else {
            whole.parse::<u64>().is_ok()
        };
        return match whole.as_str() {
            "-0" => "0".to_owned(),
            _ if fits => whole,
            _ => general(value),
        };
    }
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            ".inf".to_owned()
        } else {
            "-.inf".to_owned()
        };
    }
    general(value)
}

/// Tells whether YAML 1.1 reads the text as a number in base 60, such as `1:30`.
pub(crate) fn is_base_60(text: &[u8]) -> bool {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    };
    if !unsigned.first().is_some_and(u8::is_ascii_digit) || memchr::memchr(b':', text).is_none() {
        return false;
    }
    let mut parts = unsigned.split(|&byte| byte == b':');
    let is_digits = |part: &[u8]| part.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_');
    let is_sixtieth = |part: &[u8]| match part {
        [digit] => digit.is_ascii_digit(),
        [b'0'..=b'5', digit] => digit.is_ascii_digit(),
        _ => false,
    };
    if !parts.next().is_some_and(is_digits) {
        return false;
    }
    let mut parts: Vec<&[u8]> = parts.collect();
    if let Some(last) = parts.last_mut()
        && let Some(point) = memchr::memchr(b'.', last)
    {
        if !is_digits(&last[point + 1..]) {
            return false;
        }
        *last = &last[..point];
    }
    parts.into_iter().all(is_sixtieth)
}
