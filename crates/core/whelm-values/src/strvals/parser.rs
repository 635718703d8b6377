//! The grammar that `--set`, `--set-string` and `--set-file` share.

use go_value::strconv::quote;
use go_value::{Map, Value};

use super::reader::Reader;
use super::target::{
    Stop, after_index, deeper, deeper_list, empty, index, no_map_value, no_value, not_negative, put_inner_list,
    put_inner_map, put_map, set, set_index, stop, take_inner_list, take_inner_map, take_list, take_map, to_end,
};
use crate::Error;

/// Turns the text of a value into the value.
pub(super) type Convert<'a> = dyn FnMut(&str) -> Result<Value, Error> + 'a;

pub(super) fn parse(line: &[u8], values: &mut Map, convert: &mut Convert<'_>) -> Result<(), Error> {
    let mut parser = Parser {
        reader: Reader::new(line),
        values: Text(convert),
    };
    to_end(|| parser.key(values, 0))
}

/// What follows an equals sign.
pub(super) trait ReadValue {
    /// Reads a value and the comma after it. `None` is the end of the line in its place.
    fn read(&mut self, reader: &mut Reader) -> Result<Option<Value>, Stop>;
}

/// A path and a value at a time.
pub(super) struct Parser<V> {
    pub(super) reader: Reader,
    pub(super) values: V,
}

impl<V: ReadValue> Parser<V> {
    /// Reads one path with its value into `values`.
    pub(super) fn key(&mut self, values: &mut Map, level: usize) -> Result<(), Stop> {
        match self.reader.until(&['=', '[', ',', '.']) {
            (key, None) if key.is_empty() => Err(Stop::End),
            (key, None) => Err(no_value(&key)),
            (key, Some('[')) => self.list(values, &key, level),
            (key, Some('=')) => match self.values.read(&mut self.reader)? {
                Some(value) => {
                    set(values, &key, value);
                    Ok(())
                }
                None => {
                    set(values, &key, empty());
                    Err(Stop::End)
                }
            },
            (key, Some(',')) => {
                set(values, &key, empty());
                Err(stop(format!(
                    "key {} has no value (cannot end with ,)",
                    quote(key.as_bytes())
                )))
            }
            (key, Some(_)) => self.map(values, &key, level),
        }
    }

    fn map(&mut self, values: &mut Map, key: &str, level: usize) -> Result<(), Stop> {
        let level = deeper(level)?;
        let (mut inner, was_there) = take_map(values, key)?;
        let mut outcome = self.key(&mut inner, level);
        if outcome.is_ok() && inner.is_empty() {
            outcome = Err(no_map_value(key));
        }
        put_map(values, key, inner, was_there);
        outcome
    }

    fn list(&mut self, values: &mut Map, key: &str, level: usize) -> Result<(), Stop> {
        let (text, mark) = self.reader.until(&[']']);
        let index = index(&text, mark)?;
        let mut list = take_list(values, key)?;
        let outcome = self.item(&mut list, index, level, 0);
        set(values, key, Value::List(list));
        outcome
    }

    /// Reads what follows the index of a list.
    fn item(&mut self, list: &mut Vec<Value>, item: i64, level: usize, depth: usize) -> Result<(), Stop> {
        let item = not_negative(item)?;
        let depth = deeper_list(depth)?;
        let (text, mark) = self.reader.until(&['[', '.', '=']);
        match after_index(&text, mark)? {
            '=' => {
                // At the end of the line the item is an empty string, and the line is not over yet.
                let value = self.values.read(&mut self.reader)?.unwrap_or_else(empty);
                set_index(list, item, value)
            }
            '[' => {
                let (text, mark) = self.reader.until(&[']']);
                let next = index(&text, mark)?;
                let mut inner = take_inner_list(list, item)?;
                let outcome = self.item(&mut inner, next, level, depth);
                put_inner_list(list, item, inner, outcome)
            }
            _ => {
                let mut inner = take_inner_map(list, item);
                let outcome = self.key(&mut inner, level);
                put_inner_map(list, item, inner, outcome)
            }
        }
    }
}

/// Values as text: a list in braces, or anything up to a comma.
struct Text<'run, 'a>(&'run mut Convert<'a>);

impl ReadValue for Text<'_, '_> {
    fn read(&mut self, reader: &mut Reader) -> Result<Option<Value>, Stop> {
        match reader.peek() {
            None => Ok(None),
            Some('{') => self.list(reader).map(Some),
            Some(_) => {
                let (text, _) = reader.until(&[',']);
                Ok(Some((self.0)(&text)?))
            }
        }
    }
}

impl Text<'_, '_> {
    fn list(&mut self, reader: &mut Reader) -> Result<Value, Stop> {
        reader.skip(1);
        let mut list = Vec::new();
        loop {
            let (text, mark) = reader.until(&[',', '}']);
            match mark {
                None => return Err(stop("list must terminate with '}'")),
                Some('}') => {
                    if reader.peek() == Some(',') {
                        reader.skip(1);
                    }
                    list.push((self.0)(&text)?);
                    return Ok(Value::List(list));
                }
                Some(_) => list.push((self.0)(&text)?),
            }
        }
    }
}
