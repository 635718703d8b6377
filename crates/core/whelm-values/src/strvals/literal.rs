//! The grammar of `--set-literal`: one path, no escapes, and the rest of the line as it is.

use go_value::{Map, Value};

use super::reader::Reader;
use super::target::{
    Stop, after_index, deeper, deeper_list, index, no_map_value, no_value, not_negative, put_inner_list, put_inner_map,
    put_map, set, set_index, take_inner_list, take_inner_map, take_list, take_map, to_end,
};
use crate::Error;

pub(super) fn parse(line: &[u8], values: &mut Map) -> Result<(), Error> {
    let mut parser = Literal {
        reader: Reader::new(line),
    };
    to_end(|| parser.key(values, 0))
}

struct Literal {
    reader: Reader,
}

impl Literal {
    fn key(&mut self, values: &mut Map, level: usize) -> Result<(), Stop> {
        match self.reader.until_literal(&['=', '[', '.']) {
            (key, None) if key.is_empty() => Err(Stop::End),
            (key, None) => Err(no_value(&key)),
            (key, Some('=')) => {
                set(values, &key, self.rest());
                Ok(())
            }
            (key, Some('.')) => self.map(values, &key, level),
            (key, Some(_)) => {
                let (text, mark) = self.reader.until_literal(&[']']);
                let index = index(&text, mark)?;
                let mut list = take_list(values, &key)?;
                let outcome = self.item(&mut list, index, level, 0);
                set(values, &key, Value::List(list));
                outcome
            }
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

    fn item(&mut self, list: &mut Vec<Value>, item: i64, level: usize, depth: usize) -> Result<(), Stop> {
        let item = not_negative(item)?;
        let depth = deeper_list(depth)?;
        let (text, mark) = self.reader.until_literal(&['[', '.', '=']);
        match after_index(&text, mark)? {
            '=' => {
                let value = self.rest();
                set_index(list, item, value)
            }
            '.' => {
                let mut inner = take_inner_map(list, item);
                let outcome = self.key(&mut inner, level);
                put_inner_map(list, item, inner, outcome)
            }
            _ => {
                let (text, mark) = self.reader.until_literal(&[']']);
                let next = index(&text, mark)?;
                let mut inner = take_inner_list(list, item)?;
                let outcome = self.item(&mut inner, next, level, depth);
                put_inner_list(list, item, inner, outcome)
            }
        }
    }

    fn rest(&mut self) -> Value {
        let rest = self.reader.rest().to_owned();
        self.reader.skip(rest.len());
        rest.into()
    }
}
