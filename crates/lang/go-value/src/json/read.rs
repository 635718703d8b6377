//! The reader.
//!
//! Go first checks the whole text with a state machine, whose errors name the offending character and what was expected there,
//! and decodes afterwards. One pass does both here: the errors are the same, because a decoding error (a number out of range)
//! is only reported when the rest of the text is well-formed.

use super::{Error, Node};
use crate::strconv::{parse_float, parse_int, quote_rune};
use crate::{Str, Value, utf8};

/// What numbers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Always `float64`, as Go decodes into an `interface{}`.
    Float,
    /// `int64` (or `uint64`) where the text is an integer that fits, `float64` otherwise.
    Int,
}

/// What the reader builds.
trait Build: Sized {
    /// The deepest nesting that is read.
    const MAX_DEPTH: usize;
    type Members: Default;
    fn null() -> Self;
    fn bool(value: bool) -> Self;
    /// Reads the string whose opening quote is next.
    ///
    /// # Errors
    /// Go's syntax errors.
    fn string(reader: &mut Reader<'_>) -> Result<Self, Error>;
    /// A number, given as its text.
    ///
    /// # Errors
    /// The number does not fit.
    fn number(text: &[u8], integer: bool, numbers: Numbers) -> Result<Self, String>;
    fn list(items: Vec<Self>) -> Self;
    fn insert(object: &mut Self::Members, key: Str, value: Self);
    fn object(object: Self::Members) -> Self;
}

impl Build for Value {
    /// Go's limit.
    const MAX_DEPTH: usize = 10_000;
    type Members = Vec<(Str, Value)>;

    fn null() -> Self {
        Value::Nil
    }

    fn bool(value: bool) -> Self {
        Value::Bool(value)
    }

    fn string(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.string().map(Value::Str)
    }

    fn number(text: &[u8], integer: bool, numbers: Numbers) -> Result<Self, String> {
        if integer && numbers == Numbers::Int {
            if let Ok(value) = parse_int(text, 10, 64) {
                return Ok(Value::Int(value));
            }
            if let Ok(value) = crate::strconv::parse_uint(text, 10) {
                return Ok(Value::Uint(value));
            }
        }
        parse_float(text).map(Value::Float).map_err(|_| {
            let number = String::from_utf8_lossy(text);
            format!("json: cannot unmarshal number {number} into Go value of type float64")
        })
    }

    fn list(items: Vec<Self>) -> Self {
        Value::List(items)
    }

    fn insert(object: &mut Self::Members, key: Str, value: Self) {
        object.push((key, value));
    }

    fn object(object: Self::Members) -> Self {
        Value::Map(object.into())
    }
}

impl Build for Node {
    /// Less than Go's limit: who reads nodes recurses.
    const MAX_DEPTH: usize = 1_000;
    type Members = Vec<(Str, Node)>;

    fn null() -> Self {
        Node::Null
    }

    fn bool(value: bool) -> Self {
        Node::Bool(value)
    }

    fn string(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let start = reader.at + 1;
        let text = reader.string()?;
        let raw = &reader.text[start..reader.at - 1];
        let raw = if &*text == raw { text.clone() } else { raw.into() };
        Ok(Node::String { text, raw })
    }

    fn number(text: &[u8], _: bool, _: Numbers) -> Result<Self, String> {
        Ok(Node::Number(text.into()))
    }

    fn list(items: Vec<Self>) -> Self {
        Node::List(items)
    }

    fn insert(object: &mut Self::Members, key: Str, value: Self) {
        object.push((key, value));
    }

    fn object(object: Self::Members) -> Self {
        Node::Object(object)
    }
}

/// Nothing: what is read is checked, and that is all.
struct Checked;

impl Build for Checked {
    const MAX_DEPTH: usize = Value::MAX_DEPTH;
    type Members = ();

    fn null() -> Self {
        Checked
    }

    fn bool(_: bool) -> Self {
        Checked
    }

    fn string(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.pass_string().map(|()| Checked)
    }

    fn number(text: &[u8], integer: bool, numbers: Numbers) -> Result<Self, String> {
        Value::number(text, integer, numbers).map(|_| Checked)
    }

    fn list(_: Vec<Self>) -> Self {
        Checked
    }

    fn insert(_: &mut Self::Members, _: Str, _: Self) {}

    fn object((): Self::Members) -> Self {
        Checked
    }
}

/// Says by its depth, from 1 on, and its key whether a member of an object is left out.
pub type LeftOut = fn(usize, &[u8]) -> bool;

/// A container under construction; a map with the key whose value is being read.
enum Open<V: Build> {
    List(Vec<V>),
    Map(V::Members, Str),
}

/// What became of a container when an element was added.
enum Added<V: Build> {
    Open(Open<V>),
    Closed(V),
}

/// Reads one JSON value; nothing but white space may follow.
///
/// # Errors
/// Go's syntax errors (`invalid character 'x' looking for beginning of value`, `unexpected end of JSON input`, …), and numbers
/// out of range.
pub fn parse(text: &[u8], numbers: Numbers) -> Result<Value, Error> {
    build(text, numbers, None)
}

/// As [`parse`], but members that are left out are only checked, and nil afterwards: much quicker where they are large.
///
/// ```
/// use go_value::{Value, json::{Numbers, parse_part}};
///
/// let part = parse_part(br#"{"head":"x","body":{"head":[1,2]}}"#, Numbers::Float, |depth, key| depth == 1 && key == b"body")?;
/// assert_eq!((part.get("head"), part.get("body")), (Some(&"x".into()), Some(&Value::Nil)));
/// # Ok::<(), go_value::json::Error>(())
/// ```
///
/// # Errors
/// As [`parse`], also of what is left out.
pub fn parse_part(text: &[u8], numbers: Numbers, left_out: LeftOut) -> Result<Value, Error> {
    build(text, numbers, Some(left_out))
}

/// Reads one JSON value as it is written: members in their order, repeated ones too, numbers as text.
///
/// # Errors
/// Go's syntax errors; a number out of range is none. Nesting deeper than 1,000 is `exceeded max depth`.
pub fn parse_node(text: &[u8]) -> Result<Node, Error> {
    build(text, Numbers::Float, None)
}

fn build<V: Build>(text: &[u8], numbers: Numbers, left_out: Option<LeftOut>) -> Result<V, Error> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        numbers,
        left_out,
        late: None,
    };
    reader.skip_space();
    let value = reader.value()?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.unexpected("after top-level value"));
    }
    match reader.late {
        Some(error) => Err(error),
        None => Ok(value),
    }
}

/// Returns how many bytes stand before the end of a string, an escape, or what no string may have.
fn plain_length(text: &[u8]) -> usize {
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    // Without an early end the processor looks at many bytes at once.
    let is_plain = |part: &&[u8]| !part.iter().fold(false, |found, byte| found | ends(byte));
    let plain: usize = text.chunks_exact(32).take_while(is_plain).map(<[u8]>::len).sum();
    let rest = &text[plain..];
    plain + rest.iter().position(ends).unwrap_or(rest.len())
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    numbers: Numbers,
    left_out: Option<LeftOut>,
    /// The first decoding error; it counts only when the syntax is right.
    late: Option<Error>,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The error for the byte at the current place, or for the end of the text.
    fn unexpected(&self, context: &str) -> Error {
        // Go puts a space behind the text; only inside a word, a number or an escape it is unexpected.
        let in_scalar = context.starts_with("in ") || context.starts_with("after decimal point");
        match self.text.get(self.at).or(in_scalar.then_some(&b' ')) {
            None => Error::new("unexpected end of JSON input", self.at),
            Some(byte) => {
                let shown = match byte {
                    b'\'' => "'\\''".to_owned(),
                    b'"' => "'\"'".to_owned(),
                    // Go takes the byte for a code point.
                    byte => quote_rune(char::from(*byte)),
                };
                Error::new(format!("invalid character {shown} {context}"), self.at + 1)
            }
        }
    }

    /// Reads a value. Containers under construction stand on a stack of their own, so that depth costs no call stack.
    fn value<V: Build>(&mut self) -> Result<V, Error> {
        let mut open: Vec<Open<V>> = Vec::new();
        loop {
            let mut done = match self.text.get(self.at) {
                _ if self.leaves_out(&open) => self.pass()?,
                Some(b'{') => {
                    self.open(V::MAX_DEPTH)?;
                    if self.close(b'}') {
                        V::object(V::Members::default())
                    } else {
                        open.push(Open::Map(V::Members::default(), self.key()?));
                        continue;
                    }
                }
                Some(b'[') => {
                    self.open(V::MAX_DEPTH)?;
                    if self.close(b']') {
                        V::list(Vec::new())
                    } else {
                        open.push(Open::List(Vec::new()));
                        continue;
                    }
                }
                _ => self.scalar()?,
            };
            loop {
                match open.pop() {
                    None => return Ok(done),
                    Some(parent) => match self.add(parent, done)? {
                        Added::Open(parent) => {
                            open.push(parent);
                            break;
                        }
                        Added::Closed(value) => done = value,
                    },
                }
            }
        }
    }

    /// Tells whether the value that is next is left out.
    fn leaves_out<V: Build>(&self, open: &[Open<V>]) -> bool {
        match (self.left_out, open.last()) {
            (Some(left_out), Some(Open::Map(_, key))) => left_out(self.depth, key.as_bytes()),
            _ => false,
        }
    }

    /// Checks the value that is next, with all that is in it.
    fn pass<V: Build>(&mut self) -> Result<V, Error> {
        let left_out = self.left_out.take();
        self.value::<Checked>()?;
        self.left_out = left_out;
        Ok(V::null())
    }

    /// Steps over an opening bracket and the space behind it.
    fn open(&mut self, limit: usize) -> Result<(), Error> {
        self.depth += 1;
        self.at += 1;
        if self.depth > limit {
            return Err(Error::new("exceeded max depth", self.at));
        }
        self.skip_space();
        Ok(())
    }

    /// Steps over the closing bracket, if it is next.
    fn close(&mut self, bracket: u8) -> bool {
        let closes = self.text.get(self.at) == Some(&bracket);
        if closes {
            self.depth -= 1;
            self.at += 1;
        }
        closes
    }

    /// Adds an element to its container and reads what stands behind the element.
    fn add<V: Build>(&mut self, parent: Open<V>, value: V) -> Result<Added<V>, Error> {
        self.skip_space();
        let more = self.text.get(self.at) == Some(&b',');
        match parent {
            Open::List(mut items) => {
                items.push(value);
                if more {
                    self.at += 1;
                    self.skip_space();
                    return Ok(Added::Open(Open::List(items)));
                }
                if self.close(b']') {
                    return Ok(Added::Closed(V::list(items)));
                }
                Err(self.unexpected("after array element"))
            }
            Open::Map(mut map, key) => {
                V::insert(&mut map, key, value);
                if more {
                    self.at += 1;
                    self.skip_space();
                    return Ok(Added::Open(Open::Map(map, self.key()?)));
                }
                if self.close(b'}') {
                    return Ok(Added::Closed(V::object(map)));
                }
                Err(self.unexpected("after object key:value pair"))
            }
        }
    }

    /// Reads a key, the colon, and the space before the value.
    fn key(&mut self) -> Result<Str, Error> {
        if self.text.get(self.at) != Some(&b'"') {
            return Err(self.unexpected("looking for beginning of object key string"));
        }
        let key = self.string()?;
        self.skip_space();
        if self.text.get(self.at) != Some(&b':') {
            return Err(self.unexpected("after object key"));
        }
        self.at += 1;
        self.skip_space();
        Ok(key)
    }

    fn scalar<V: Build>(&mut self) -> Result<V, Error> {
        match self.text.get(self.at) {
            Some(b'"') => V::string(self),
            Some(b't') => self.literal("true", V::bool(true)),
            Some(b'f') => self.literal("false", V::bool(false)),
            Some(b'n') => self.literal("null", V::null()),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn literal<V>(&mut self, word: &'static str, value: V) -> Result<V, Error> {
        for (at, wanted) in word.bytes().enumerate() {
            if self.text.get(self.at) != Some(&wanted) {
                debug_assert!(at > 0, "the first letter chose this word");
                return Err(self.unexpected(&format!(
                    "in literal {word} (expecting {})",
                    quote_rune(char::from(wanted))
                )));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.text.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn number<V: Build>(&mut self) -> Result<V, Error> {
        let start = self.at;
        let mut integer = true;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        if self.text.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            return Err(self.unexpected("in numeric literal"));
        }
        if self.text.get(self.at) == Some(&b'.') {
            integer = false;
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.unexpected("after decimal point in numeric literal"));
            }
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            integer = false;
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected("in exponent of numeric literal"));
            }
        }
        Ok(self.convert(start, integer))
    }

    fn convert<V: Build>(&mut self, start: usize, integer: bool) -> V {
        V::number(&self.text[start..self.at], integer, self.numbers).unwrap_or_else(|message| {
            self.late.get_or_insert(Error::new(message, self.at));
            V::null()
        })
    }

    fn string(&mut self) -> Result<Str, Error> {
        self.at += 1;
        let start = self.at;
        self.at += plain_length(&self.text[start..]);
        match self.text.get(self.at) {
            Some(b'"') => {
                let text = &self.text[start..self.at];
                self.at += 1;
                Ok(match std::str::from_utf8(text) {
                    Ok(text) => text.into(),
                    Err(_) => utf8::to_string_lossy(text).into(),
                })
            }
            Some(b'\\') => self.string_with_escapes(start),
            Some(_) => Err(self.unexpected("in string literal")),
            None => Err(self.unexpected("")),
        }
    }

    /// Checks the string that is next.
    fn pass_string(&mut self) -> Result<(), Error> {
        self.at += 1;
        loop {
            self.at += plain_length(&self.text[self.at..]);
            match self.text.get(self.at) {
                None => return Err(self.unexpected("")),
                Some(b'"') => break,
                Some(b'\\') => drop(self.escape()?),
                Some(_) => return Err(self.unexpected("in string literal")),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn string_with_escapes(&mut self, start: usize) -> Result<Str, Error> {
        let mut out = String::from(utf8::to_string_lossy(&self.text[start..self.at]));
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(out.into());
                }
                b'\\' => out.push(self.escape()?),
                0..0x20 => return Err(self.unexpected("in string literal")),
                _ => {
                    let (rune, width) = utf8::decode(&self.text[self.at..]).unwrap_or((' ', 1));
                    out.push(rune);
                    self.at += width;
                }
            }
        }
        Err(self.unexpected(""))
    }

    fn escape(&mut self) -> Result<char, Error> {
        self.at += 1;
        let character = match self.text.get(self.at) {
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, Error> {
        let first = self.hexadecimal()?;
        if (0xD800..0xDC00).contains(&first) && self.text[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 1;
            let second = self.hexadecimal()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Reads the four digits after `u`, which is the current byte.
    fn hexadecimal(&mut self) -> Result<u32, Error> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.text.get(self.at).and_then(|byte| char::from(*byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            value = value << 4 | digit;
            self.at += 1;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(text: &str) -> String {
        parse(text.as_bytes(), Numbers::Float).unwrap_err().to_string()
    }

    #[test]
    fn errors_have_the_words_of_go() {
        assert_eq!(failure(""), "unexpected end of JSON input");
        assert_eq!(failure("x"), "invalid character 'x' looking for beginning of value");
        assert_eq!(failure("[1 2]"), "invalid character '2' after array element");
        assert_eq!(
            failure("{a:1}"),
            "invalid character 'a' looking for beginning of object key string"
        );
        assert_eq!(failure(r#"{"a" 1}"#), "invalid character '1' after object key");
        assert_eq!(
            failure(r#"{"a":1 "b"}"#),
            "invalid character '\"' after object key:value pair"
        );
        assert_eq!(failure("1 2"), "invalid character '2' after top-level value");
        assert_eq!(failure("trup"), "invalid character 'p' in literal true (expecting 'e')");
        assert_eq!(failure("-x"), "invalid character 'x' in numeric literal");
        assert_eq!(
            failure("1.x"),
            "invalid character 'x' after decimal point in numeric literal"
        );
        assert_eq!(failure("1ex"), "invalid character 'x' in exponent of numeric literal");
        assert_eq!(failure("\"\n\""), "invalid character '\\n' in string literal");
        assert_eq!(failure(r#""\q""#), "invalid character 'q' in string escape code");
        assert_eq!(
            failure(r#""\u12g4""#),
            "invalid character 'g' in \\u hexadecimal character escape"
        );
        assert_eq!(
            failure("[1e400]"),
            "json: cannot unmarshal number 1e400 into Go value of type float64"
        );
        assert_eq!(failure("[1e400"), "unexpected end of JSON input");
        assert_eq!(
            failure("{,"),
            "invalid character ',' looking for beginning of object key string"
        );
        assert_eq!(failure(&"[".repeat(20_000)), "exceeded max depth");
    }

    #[test]
    fn values() {
        let value = parse(
            r#" {"a":[1,-2.5e3,"x\u00e4\ud83d\ude00\ud800y",null,true]} "#.as_bytes(),
            Numbers::Float,
        )
        .unwrap();
        let wanted = vec![
            1.0.into(),
            (-2500.0).into(),
            "xä\u{1f600}\u{fffd}y".into(),
            Value::Nil,
            true.into(),
        ];
        assert_eq!(value.get("a"), Some(&Value::List(wanted)));
        assert_eq!(parse(b"18446744073709551615", Numbers::Int), Ok(Value::Uint(u64::MAX)));
        assert_eq!(parse(b"-5", Numbers::Int), Ok(Value::Int(-5)));
    }

    #[test]
    fn parts_are_checked_as_wholes() {
        let part = |text: &str| parse_part(text.as_bytes(), Numbers::Float, |depth, key| depth == 2 && key == b"x");
        for text in [
            r#"{"a":{"x":{"x":[1,"\u00e4\"",{}],"y":{}}, "y":2},"x":3}"#,
            r#"{"a":{"x":"1"#,
            "{\"a\":{\"x\":\"\n\"}}",
            r#"{"a":{"x":"\q"}}"#,
            r#"{"a":{"x":[1 2]}}"#,
            r#"{"a":{"x":1e400}}"#,
            r#"{"a":{"x":{1:2}}}"#,
        ] {
            let whole = parse(text.as_bytes(), Numbers::Float);
            assert_eq!(part(text).err(), whole.err(), "{text}");
        }
        let value = part(r#"{"a":{"x":{"x":1},"y":{"x":2}},"x":3}"#).unwrap();
        let wanted = parse(br#"{"a":{"x":null,"y":{"x":2}},"x":3}"#, Numbers::Float).unwrap();
        assert_eq!(value, wanted);
    }

    #[test]
    fn nodes_keep_order_repetition_and_digits() {
        let node = parse_node(br#"{"b":1e999,"a":[null],"b":true}"#).unwrap();
        let wanted = vec![
            ("b".into(), Node::Number("1e999".into())),
            ("a".into(), Node::List(vec![Node::Null])),
            ("b".into(), Node::Bool(true)),
        ];
        assert_eq!(node, Node::Object(wanted));
        assert_eq!(
            parse_node(b"[1").unwrap_err().to_string(),
            "unexpected end of JSON input"
        );
    }
}
