//! Plain data to TOML.
//!
//! Source: BurntSushi/toml 1.6.0, `encode.go`.

use go_value::strconv::{FloatForm, format_float};
use go_value::{Map, Str, Value};

use crate::Error;

/// How deep values may be nested.
const MAX_DEPTH: usize = 1_000;

/// Writes `value` as a TOML document.
///
/// In a table, plain values come before tables, each group in the order of its keys; entries that are nil are left out.
///
/// # Errors
/// A list that holds nil, a list of tables that is no entry of a table, and what nests over a thousand levels deep.
pub fn to_toml(value: &Value) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder::default();
    match value {
        Value::Nil => return Err(Error::panic("reflect: call of reflect.Value.Type on zero Value")),
        Value::Map(map) => encoder.table(&mut Vec::new(), map)?,
        Value::List(_) if shape(value, 0)? == Shape::Tables => {
            return Err(Error::encode("toml: top-level values must be Go maps or structs"));
        }
        _ => encoder.element(value, 0)?,
    }
    Ok(encoder.out)
}

#[derive(Default)]
struct Encoder {
    out: Vec<u8>,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Nil,
    Plain,
    Table,
    Tables,
}

fn shape(value: &Value, depth: usize) -> Result<Shape, Error> {
    Ok(match value {
        Value::Nil => Shape::Nil,
        Value::Map(_) => Shape::Table,
        Value::List(items) => list_shape(items, depth)?,
        _ => Shape::Plain,
    })
}

/// Looks at every element, also into lists in lists, for nil.
fn list_shape(items: &[Value], depth: usize) -> Result<Shape, Error> {
    check_depth(depth)?;
    let mut all_tables = !items.is_empty();
    for item in items {
        match shape(item, depth + 1)? {
            Shape::Nil => return Err(Error::encode("toml: cannot encode array with nil element")),
            Shape::Table => {}
            Shape::Plain | Shape::Tables => all_tables = false,
        }
    }
    Ok(if all_tables { Shape::Tables } else { Shape::Plain })
}

fn check_depth(depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::encode("toml: nested too deeply"));
    }
    Ok(())
}

/// The entries without and with tables of their own; nil counts among the former.
type Groups<'a> = (Vec<(&'a Str, &'a Value)>, Vec<(&'a Str, &'a Value)>);

fn groups(map: &Map, depth: usize) -> Result<Groups<'_>, Error> {
    let (mut plain, mut tables) = (Vec::new(), Vec::new());
    for (key, value) in map {
        match shape(value, depth)? {
            Shape::Table | Shape::Tables => tables.push((key, value)),
            Shape::Nil | Shape::Plain => plain.push((key, value)),
        }
    }
    Ok((plain, tables))
}

impl Encoder {
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn indent(&mut self, path: &[&Str]) {
        for _ in 1..path.len() {
            self.out.extend_from_slice(b"  ");
        }
    }

    /// The entries of the table at `path`, one a line, then its tables.
    fn table<'a>(&mut self, path: &mut Vec<&'a Str>, map: &'a Map) -> Result<(), Error> {
        check_depth(path.len())?;
        let (plain, tables) = groups(map, path.len())?;
        for (key, value) in plain.into_iter().chain(tables) {
            path.push(key);
            match value {
                Value::Nil => {}
                Value::Map(map) => {
                    if path.len() == 1 {
                        self.newline();
                    }
                    self.header(path, "[", "]");
                    self.table(path, map)?;
                }
                Value::List(items) if shape(value, path.len())? == Shape::Tables => {
                    for item in items.iter().filter_map(Value::as_map) {
                        self.newline();
                        self.header(path, "[[", "]]");
                        self.table(path, item)?;
                    }
                }
                _ => {
                    self.indent(path);
                    write_key(&mut self.out, key);
                    self.out.extend_from_slice(b" = ");
                    self.element(value, path.len())?;
                    self.newline();
                }
            }
            path.pop();
        }
        Ok(())
    }

    fn header(&mut self, path: &[&Str], open: &str, close: &str) {
        self.indent(path);
        self.out.extend_from_slice(open.as_bytes());
        for (index, key) in path.iter().enumerate() {
            if index > 0 {
                self.out.push(b'.');
            }
            write_key(&mut self.out, key);
        }
        self.out.extend_from_slice(close.as_bytes());
        self.newline();
    }

    /// A value in one line.
    fn element(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        check_depth(depth)?;
        match value {
            // Lists were searched for nil before.
            Value::Nil => return Err(Error::encode("toml: cannot encode array with nil element")),
            Value::Bool(value) => self.out.extend_from_slice(value.to_string().as_bytes()),
            Value::Int(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Uint(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Float(number) => self.out.extend_from_slice(float(*number).as_bytes()),
            Value::Str(text) => write_quoted(&mut self.out, text),
            Value::List(items) => {
                self.out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.extend_from_slice(b", ");
                    }
                    self.element(item, depth + 1)?;
                }
                self.out.push(b']');
            }
            Value::Map(map) => self.inline_table(map, depth + 1)?,
        }
        Ok(())
    }

    fn inline_table(&mut self, map: &Map, depth: usize) -> Result<(), Error> {
        let (plain, tables) = groups(map, depth)?;
        self.out.push(b'{');
        let any_tables = !tables.is_empty();
        self.inline_entries(&plain, any_tables, depth)?;
        self.inline_entries(&tables, false, depth)?;
        self.out.push(b'}');
        Ok(())
    }

    /// A comma follows every entry but the last of its group, which may be a nil one that is not written.
    fn inline_entries(&mut self, entries: &[(&Str, &Value)], more: bool, depth: usize) -> Result<(), Error> {
        for (index, (key, value)) in entries.iter().enumerate() {
            if value.is_nil() {
                continue;
            }
            write_key(&mut self.out, key);
            self.out.extend_from_slice(b" = ");
            self.element(value, depth)?;
            if more || index + 1 < entries.len() {
                self.out.extend_from_slice(b", ");
            }
        }
        Ok(())
    }
}

fn float(number: f64) -> String {
    if number.is_nan() {
        return if number.is_sign_negative() { "-nan" } else { "nan" }.to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let text = format_float(number, FloatForm::General, None);
    if text.contains(['e', '.']) {
        return text;
    }
    text + ".0"
}

/// Tells whether a key may stand without quotes.
pub(crate) fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

pub(crate) fn write_key(out: &mut Vec<u8>, key: &[u8]) {
    if !key.is_empty() && key.iter().all(|byte| is_bare(*byte)) {
        out.extend_from_slice(key);
    } else {
        write_quoted(out, key);
    }
}

fn write_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..=0x1f | 0x7f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}
