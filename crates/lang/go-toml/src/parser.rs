//! TOML to plain data.
//!
//! Source: BurntSushi/toml 1.6.0, `lex.go` and `parse.go`.

use go_value::{Str, Value};

use crate::Error;
use crate::encode::is_bare;
use crate::input::{Fault, Input, is_blank, is_line_end, quoted};
use crate::scalar;
use crate::table::{Document, Node, Refusal, Table, print_path, table_value};

/// How deep arrays and inline tables may be nested.
const MAX_DEPTH: usize = 500;

/// Reads a TOML document.
///
/// # Errors
/// The library's texts, such as `toml: line 1 (last key "a"): expected value but found '\n' instead`.
pub fn from_toml(document: &[u8]) -> Result<Value, Error> {
    let document = [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"]
        .iter()
        .find_map(|mark| document.strip_prefix(*mark))
        .unwrap_or(document);
    if document[..document.len().min(6)].contains(&0) {
        let message = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";
        return Err(Error::syntax(1, "", message));
    }
    let mut parser = Parser::new(document);
    match parser.document() {
        Ok(()) => Ok(parser.document.into_value()),
        Err(fault) => Err(Error::syntax(fault.line, &parser.last_key(), &fault.message)),
    }
}

struct Parser<'a> {
    input: Input<'a>,
    document: Document,
    /// The path of the table that is being read.
    context: Vec<Str>,
    /// The key whose value is being read.
    key: Str,
    /// The line of the last key.
    key_line: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8]) -> Parser<'a> {
        Parser {
            input: Input::new(text),
            document: Document::default(),
            context: Vec::new(),
            key: Str::default(),
            key_line: 0,
        }
    }

    /// The key that an error message names.
    fn last_key(&self) -> String {
        if self.key.is_empty() {
            return print_path(&self.context);
        }
        if self.context.is_empty() {
            return self.key.to_string();
        }
        format!("{}.{}", print_path(&self.context), self.key)
    }

    /// An error about keys, which stands at the line of the last one.
    fn key_fault(&self) -> impl Fn(String) -> Fault + use<> {
        let line = self.key_line;
        move |message| Fault { line, message }
    }

    /// Opens a table; when its own key is taken, the error names the table above.
    fn open(&mut self, path: &[Str], array: bool) -> Result<(), Fault> {
        let message = match self.document.open(path, array) {
            Ok(()) => return Ok(()),
            Err(Refusal::Parents(message)) => message,
            Err(Refusal::Last(message)) => {
                self.context = path[..path.len() - 1].to_vec();
                message
            }
        };
        Err(self.key_fault()(message))
    }

    fn document(&mut self) -> Result<(), Fault> {
        loop {
            match self.input.peek()? {
                None => return Ok(()),
                Some(rune) if is_blank(rune) || is_line_end(rune) => {
                    self.input.next()?;
                }
                Some('#') => self.comment()?,
                Some('[') => {
                    self.input.next()?;
                    self.header()?;
                    self.end_of_item()?;
                }
                Some(_) => {
                    self.top_level_pair()?;
                    self.end_of_item()?;
                }
            }
        }
    }

    fn comment(&mut self) -> Result<(), Fault> {
        self.input.skip(|rune| !is_line_end(rune))
    }

    fn end_of_item(&mut self) -> Result<(), Fault> {
        self.input.skip(is_blank)?;
        match self.input.peek()? {
            None => Ok(()),
            Some('#') => self.comment(),
            Some(rune) if is_line_end(rune) => self.input.next().map(|_| ()),
            other => {
                self.input.next()?;
                let found = quoted(other);
                let message = format!(
                    "expected a top-level item to end with a newline, comment, or EOF, but got {found} instead"
                );
                Err(self.input.fault(message))
            }
        }
    }

    /// Reads `[name]` or `[[name]]` after its first bracket.
    fn header(&mut self) -> Result<(), Fault> {
        let array = self.input.accept('[')?;
        let path = self.header_path()?;
        if array {
            let found = self.input.next()?;
            if found != Some(']') {
                let message = format!(
                    "expected end of table array name delimiter ']', but got {} instead",
                    quoted(found)
                );
                return Err(self.input.fault_at(found, message));
            }
        }
        self.open(&path, array)?;
        self.document.mark_array(&path, false);
        self.context = path;
        Ok(())
    }

    fn header_path(&mut self) -> Result<Vec<Str>, Fault> {
        let mut path = Vec::new();
        loop {
            self.input.skip(is_blank)?;
            let first = self.input.peek()?;
            match first {
                None | Some(']') => {
                    let message = "unexpected end of table name (table names cannot be empty)";
                    return Err(self.input.fault(message));
                }
                Some('.') => {
                    return Err(self
                        .input
                        .fault("unexpected table separator (table names cannot be empty)"));
                }
                Some(_) => path.push(self.key_part()?),
            }
            if path.len() == 1 {
                self.key_line = self.input.line();
            }
            self.input.skip(is_blank)?;
            match self.input.next()? {
                Some('.') => {}
                Some(']') => return Ok(path),
                other => {
                    let message = format!(
                        "expected '.' or ']' to end table name, but got {} instead",
                        quoted(other)
                    );
                    return Err(self.input.fault_at(other, message));
                }
            }
        }
    }

    /// One part of a dotted key, quoted or bare; what cannot stand in a bare one ends it.
    fn key_part(&mut self) -> Result<Str, Fault> {
        for mark in ['"', '\''] {
            if self.input.accept(mark)? {
                return scalar::string(&mut self.input, mark);
            }
        }
        let start = self.input.mark();
        self.input
            .skip(|rune| u8::try_from(rune).is_ok_and(|byte| byte.is_ascii() && is_bare(byte)))?;
        Ok(self.input.since(start).into())
    }

    /// Reads a dotted key and its equals sign.
    fn dotted_key(&mut self) -> Result<Vec<Str>, Fault> {
        self.input.skip(is_blank)?;
        let first = self.input.peek()?;
        match first {
            None | Some('=') => return Err(self.input.fault("unexpected '=': key name appears blank")),
            Some('.') => return Err(self.input.fault("unexpected '.': keys cannot start with a '.'")),
            Some(_) => {}
        }
        let mut path = vec![self.key_part()?];
        self.key_line = self.input.line();
        loop {
            self.input.skip(is_blank)?;
            let found = self.input.next()?;
            match found {
                Some('=') => return Ok(path),
                None => return Err(self.input.fault_at(None, "unexpected EOF; expected key separator '='")),
                Some('.') => {
                    self.input.skip(is_blank)?;
                    let first = self.input.peek()?;
                    match first {
                        None | Some('=') => return Err(self.input.fault("unexpected '='")),
                        Some('.') => return Err(self.input.fault("unexpected '.'")),
                        Some(_) => path.push(self.key_part()?),
                    }
                }
                Some(other) => {
                    let message = format!("expected '.' or '=', but got {} instead", quoted(found));
                    return Err(match other {
                        '\n' => self.input.fault_before(message),
                        _ => self.input.fault(message),
                    });
                }
            }
        }
    }

    /// Opens the tables of a dotted key below the context, and makes its last part the key.
    fn enter(&mut self, path: &[Str]) -> Result<(), Fault> {
        let Some((last, parents)) = path.split_last() else {
            return Ok(());
        };
        self.key = last.clone();
        for part in parents {
            let mut below = self.context.clone();
            below.push(part.clone());
            self.document.add_implicit(&below);
            self.open(&below, false)?;
            self.context = below;
        }
        Ok(())
    }

    fn top_level_pair(&mut self) -> Result<(), Fault> {
        let outer = self.context.clone();
        let path = self.dotted_key()?;
        self.enter(&path)?;
        let value = self.value(0, false)?;
        self.store(value)?;
        self.context = outer;
        self.key = Str::default();
        Ok(())
    }

    /// Sets the current key.
    fn store(&mut self, value: Value) -> Result<(), Fault> {
        let is_list = matches!(value, Value::List(_));
        let set = self.document.set(&self.context, &self.key, Node::Value(value));
        set.map_err(self.key_fault())?;
        self.mark_array(is_list);
        Ok(())
    }

    fn mark_array(&mut self, array: bool) {
        let mut path = self.context.clone();
        if !self.key.is_empty() {
            path.push(self.key.clone());
        }
        self.document.mark_array(&path, array);
    }

    fn value(&mut self, depth: usize, in_array: bool) -> Result<Value, Fault> {
        if depth > MAX_DEPTH {
            return Err(self.input.fault("nested too deeply"));
        }
        self.input.skip(is_blank)?;
        if self.input.peek()?.is_some_and(|rune| rune.is_ascii_digit()) {
            return scalar::number_or_date(&mut self.input);
        }
        let start = self.input.mark();
        let found = self.input.next()?;
        match found {
            Some('[') => return self.array(depth + 1),
            Some('{') => return self.inline_table(depth + 1, in_array),
            Some(mark @ ('"' | '\'')) => return self.string(mark),
            Some('.') => return Err(self.input.fault("floats must start with a digit, not '.'")),
            Some('-' | '+') => return scalar::signed_number(&mut self.input, start),
            Some('i' | 'n') => {
                if let Some(value) = self.word_float(start)? {
                    return Ok(value);
                }
                // The last letter that fitted is read again, and is all that the message shows.
                let length = self.input.since(start).len();
                self.input.back_to(start);
                for _ in 1..length {
                    self.input.next()?;
                }
                return self.boolean();
            }
            _ => {}
        }
        match found {
            Some(letter) if letter.is_alphabetic() => {
                self.input.back_to(start);
                self.boolean()
            }
            None => Err(self.input.fault_at(None, "unexpected EOF; expected value")),
            Some(rune) => {
                let message = format!("expected value but found {} instead", quoted(found));
                Err(match rune {
                    '\n' => self.input.fault_before(message),
                    _ => self.input.fault(message),
                })
            }
        }
    }

    fn string(&mut self, mark: char) -> Result<Value, Fault> {
        let after_first = self.input.mark();
        if self.input.accept(mark)? && self.input.accept(mark)? {
            return scalar::multiline(&mut self.input, mark).map(Value::Str);
        }
        self.input.back_to(after_first);
        scalar::string(&mut self.input, mark).map(Value::Str)
    }

    /// `inf` or `nan` after its first letter; the library also takes `nnf` and the like, and then finds no number in it.
    fn word_float(&mut self, start: crate::input::Mark) -> Result<Option<Value>, Fault> {
        let word = (self.input.accept('n')? && self.input.accept('f')?)
            || (self.input.accept('a')? && self.input.accept('n')?);
        if !word {
            return Ok(None);
        }
        scalar::float(&self.input, self.input.since(start)).map(Some)
    }

    fn boolean(&mut self) -> Result<Value, Fault> {
        let start = self.input.mark();
        self.input.skip(char::is_alphabetic)?;
        match self.input.since(start) {
            b"true" => Ok(Value::Bool(true)),
            b"false" => Ok(Value::Bool(false)),
            other => {
                let other = go_value::strconv::quote(other);
                Err(self.input.fault(format!("expected value but found {other} instead")))
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Fault> {
        self.mark_array(true);
        let mut items = Vec::new();
        loop {
            self.skip_space_and_comments()?;
            let found = self.input.peek()?;
            match found {
                Some(',') => {
                    self.input.next()?;
                    return Err(self.input.fault("unexpected comma"));
                }
                Some(']') => {
                    self.input.next()?;
                    return Ok(Value::List(items));
                }
                _ => items.push(self.value(depth, true)?),
            }
            self.skip_space_and_comments()?;
            let found = self.input.next()?;
            match found {
                Some(',') => {}
                Some(']') => return Ok(Value::List(items)),
                other => {
                    let found = name(other);
                    let message = format!("expected a comma (',') or array terminator (']'), but got {found}");
                    return Err(self.input.fault_at(other, message));
                }
            }
        }
    }

    fn skip_space_and_comments(&mut self) -> Result<(), Fault> {
        loop {
            self.input.skip(|rune| is_blank(rune) || is_line_end(rune))?;
            if self.input.peek()? != Some('#') {
                return Ok(());
            }
            self.comment()?;
        }
    }

    fn inline_table(&mut self, depth: usize, in_array: bool) -> Result<Value, Fault> {
        let outer = (self.context.clone(), self.key.clone());
        self.context.push(std::mem::take(&mut self.key));
        let context = self.context.clone();
        self.document.add_implicit(&context);
        self.open(&context, in_array)?;
        let mut table = Table::new();
        loop {
            self.skip_space_and_comments()?;
            let found = self.input.peek()?;
            match found {
                Some('}') => {
                    self.input.next()?;
                    break;
                }
                Some(',') => {
                    self.input.next()?;
                    return Err(self.input.fault("unexpected comma"));
                }
                _ => {}
            }
            self.inline_pair(&mut table, &context, depth)?;
            self.skip_space_and_comments()?;
            let found = self.input.next()?;
            match found {
                Some(',') => {}
                Some('}') => break,
                other => {
                    let found = name(other);
                    let message =
                        format!("expected a comma or an inline table terminator '}}', but got {found} instead");
                    return Err(self.input.fault_at(other, message));
                }
            }
        }
        (self.context, self.key) = outer;
        Ok(table_value(table))
    }

    fn inline_pair(&mut self, table: &mut Table, context: &[Str], depth: usize) -> Result<(), Fault> {
        let path = self.dotted_key()?;
        self.enter(&path)?;
        let value = self.value(depth, false)?;
        self.store(value.clone())?;
        let mut inner = table;
        for part in &path[..path.len() - 1] {
            let entry = inner.entry(part.clone()).or_insert_with(|| Node::Table(Table::new()));
            let printed = go_value::strconv::quote(print_path(&self.context).as_bytes());
            let fault = self.key_fault();
            inner = entry
                .as_table_mut()
                .ok_or_else(|| fault(format!("{printed} is not a table")))?;
        }
        inner.insert(self.key.clone(), Node::Value(value));
        self.context = context.to_vec();
        // The key of the last pair stays current, as in the library.
        Ok(())
    }
}

/// A character as the messages about commas print it.
fn name(found: Option<char>) -> String {
    match found {
        Some(rune) => format!("'{rune}'"),
        None => "end of file".to_owned(),
    }
}
