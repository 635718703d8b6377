//! Reading a JSONPath template.

use go_value::strconv::{self, unquote_char};
use go_value::utf8;

use super::{Bound, Node};

/// Filters and unions may be nested this deep.
const MAX_DEPTH: usize = 64;

/// Reads a template.
///
/// # Errors
/// The library's text, such as `unclosed action`.
pub fn parse(text: &[u8]) -> Result<Vec<Node>, String> {
    parse_at(text, 0)
}

fn parse_at(text: &[u8], depth: usize) -> Result<Vec<Node>, String> {
    if depth > MAX_DEPTH {
        return Err("expression is nested too deeply".to_owned());
    }
    let mut nodes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let brace = memchr::memchr(b'{', rest).unwrap_or(rest.len());
        if brace > 0 {
            nodes.push(Node::Text(rest[..brace].to_vec()));
        }
        let Some(inside) = rest.get(brace + 1..) else { break };
        let mut action = Action {
            rest: inside,
            nodes: Vec::new(),
            depth,
        };
        action.read()?;
        rest = action.rest;
        nodes.push(Node::List(action.nodes));
    }
    Ok(nodes)
}

/// Reads a text as if it stood in braces.
fn parse_action(text: &[u8], depth: usize) -> Result<Vec<Node>, String> {
    let braced = [b"{", text, b"}"].concat();
    match parse_at(&braced, depth + 1)?.into_iter().next() {
        Some(Node::List(nodes)) => Ok(nodes),
        _ => Ok(Vec::new()),
    }
}

/// The inside of a pair of braces.
struct Action<'a> {
    rest: &'a [u8],
    nodes: Vec<Node>,
    depth: usize,
}

impl Action<'_> {
    /// Reads up to the closing brace.
    fn read(&mut self) -> Result<(), String> {
        loop {
            if let Some(after) = self.rest.strip_prefix(b"}") {
                self.rest = after;
                return Ok(());
            }
            if self.rest.starts_with(b"[?(") {
                self.filter()?;
                continue;
            }
            if self.rest.starts_with(b"..") {
                self.recursive()?;
                continue;
            }
            match utf8::decode(self.rest) {
                None | Some(('\r' | '\n', _)) => return Err("unclosed action".to_owned()),
                Some((' ' | '@' | '$', _)) => self.rest = &self.rest[1..],
                Some(('[', _)) => self.array()?,
                Some(('"' | '\'', _)) => self.quote()?,
                Some(('.', _)) => {
                    self.rest = &self.rest[1..];
                    self.field();
                }
                Some((rune, _)) if rune == '+' || rune == '-' || is_digit(rune) => self.number()?,
                Some((rune, _)) if is_alphanumeric(rune) => self.identifier(),
                Some((rune, width)) => return Err(unrecognized(rune, width)),
            }
        }
    }

    /// Takes characters as long as `inside` holds.
    fn take(&mut self, inside: impl Fn(char) -> bool) -> Vec<u8> {
        let mut at = 0;
        while let Some((rune, width)) = utf8::decode(&self.rest[at..]) {
            if !inside(rune) {
                break;
            }
            at += width;
        }
        let (taken, rest) = self.rest.split_at(at);
        self.rest = rest;
        taken.to_vec()
    }

    fn identifier(&mut self) {
        let word = self.take(|rune| !is_terminator(rune));
        self.nodes.push(match word.as_slice() {
            b"true" => Node::Bool(true),
            b"false" => Node::Bool(false),
            _ => Node::Identifier(word),
        });
    }

    fn recursive(&mut self) -> Result<(), String> {
        if self.nodes.last() == Some(&Node::Recursive) {
            return Err("invalid multiple recursive descent".to_owned());
        }
        self.rest = &self.rest[2..];
        self.nodes.push(Node::Recursive);
        if utf8::decode(self.rest).is_some_and(|(rune, _)| is_alphanumeric(rune)) {
            self.field();
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        let sign = usize::from(matches!(self.rest.first(), Some(b'+' | b'-')));
        let (sign, rest) = self.rest.split_at(sign);
        let mut text = sign.to_vec();
        self.rest = rest;
        text.extend(self.take(|rune| rune == '.' || is_digit(rune)));
        if let Ok(number) = strconv::parse_int(&text, 10, 64) {
            self.nodes.push(Node::Int(number));
        } else if let Ok(number) = strconv::parse_float(&text) {
            self.nodes.push(Node::Float(number));
        } else {
            return Err(format!("cannot parse number {}", utf8::to_string_lossy(&text)));
        }
        Ok(())
    }

    /// Reads a name up to a terminator that no backslash stands before.
    fn field(&mut self) {
        let mut name = Vec::new();
        while let Some((rune, width)) = utf8::decode(self.rest) {
            if rune == '\\' {
                let escaped = utf8::decode(&self.rest[1..]).map_or(0, |(_, width)| width);
                name.extend(self.rest[1..1 + escaped].iter().filter(|byte| **byte != b'\\'));
                self.rest = &self.rest[1 + escaped..];
                continue;
            }
            if is_terminator(rune) {
                break;
            }
            name.extend_from_slice(&self.rest[..width]);
            self.rest = &self.rest[width..];
        }
        self.nodes.push(if name == b"*" {
            Node::Wildcard
        } else {
            Node::Field(name)
        });
    }

    fn quote(&mut self) -> Result<(), String> {
        let mark = self.rest[0];
        let mut end = 1;
        loop {
            match self.rest.get(end) {
                None | Some(b'\n') => return Err("unterminated quoted string".to_owned()),
                Some(byte) if *byte == mark && self.rest[end - 1] != b'\\' => break,
                Some(_) => end += 1,
            }
        }
        let (quoted, rest) = self.rest.split_at(end + 1);
        self.rest = rest;
        let text = unquote(&quoted[1..end], mark)
            .ok_or_else(|| format!("unquote string {} error invalid syntax", utf8::to_string_lossy(quoted)))?;
        self.nodes.push(Node::Text(text));
        Ok(())
    }

    fn array(&mut self) -> Result<(), String> {
        let end = self.rest.iter().position(|byte| matches!(byte, b']' | b'\n'));
        let Some(end) = end.filter(|end| self.rest[*end] == b']') else {
            return Err("unterminated array".to_owned());
        };
        let text = match &self.rest[1..end] {
            b"*" => b":",
            text => text,
        };
        self.rest = &self.rest[end + 1..];
        if text.contains(&b',') {
            let parts = text.split(|byte| *byte == b',');
            let parts = parts.map(|part| parse_action(&[b"[", trim_blanks(part), b"]"].concat(), self.depth));
            self.nodes.push(Node::Union(parts.collect::<Result<_, _>>()?));
        } else if let Some(key) = quoted_key(text) {
            self.nodes.extend(parse_action(&[b".", key].concat(), self.depth)?);
        } else {
            self.nodes.push(Node::Array(bounds(text)?));
        }
        Ok(())
    }

    fn filter(&mut self) -> Result<(), String> {
        let start = &self.rest[3..];
        let mut quoted: Option<u8> = None;
        let mut closed = false;
        let mut end = 0;
        loop {
            match start.get(end) {
                None | Some(b'\n') => return Err("unterminated filter".to_owned()),
                Some(byte @ (b'"' | b'\'')) => match quoted {
                    None => quoted = Some(*byte),
                    Some(mark) => closed |= *byte == mark && start[end - 1] != b'\\',
                },
                Some(b')') if quoted.is_some() == closed => break,
                Some(_) => {}
            }
            end += 1;
        }
        if start.get(end + 1) != Some(&b']') {
            return Err("unclosed array expect ]".to_owned());
        }
        let text = &start[..end];
        self.rest = &start[end + 2..];
        let (left, operator, right) = comparison(text);
        self.nodes.push(Node::Filter {
            left: parse_action(left, self.depth)?,
            right: if operator.is_some() {
                parse_action(right, self.depth)?
            } else {
                Vec::new()
            },
            operator: operator.map(<[u8]>::to_vec),
        });
        Ok(())
    }
}

/// Splits a filter at its operator: the first run of `!<>=` that has something on both sides.
fn comparison(text: &[u8]) -> (&[u8], Option<&[u8]>, &[u8]) {
    let is_operator = |byte: &u8| b"!<>=".contains(byte);
    let start = text.iter().position(is_operator).unwrap_or(0);
    let run = text[start..].iter().take_while(|byte| is_operator(byte)).count();
    // A run at the end gives its last character to the right side.
    let run = if start + run == text.len() {
        run.saturating_sub(1)
    } else {
        run
    };
    if start == 0 || run == 0 {
        return (text, None, b"");
    }
    (&text[..start], Some(&text[start..start + run]), &text[start + run..])
}

fn quoted_key(text: &[u8]) -> Option<&[u8]> {
    let key = text.strip_prefix(b"'")?.strip_suffix(b"'")?;
    (!key.contains(&b'\'')).then_some(key)
}

fn trim_blanks(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = text.strip_prefix(b" ") {
        text = rest;
    }
    while let Some(rest) = text.strip_suffix(b" ") {
        text = rest;
    }
    text
}

/// Reads `start:end:step`, each of which may be missing.
fn bounds(text: &[u8]) -> Result<[Bound; 3], String> {
    let parts: Vec<&[u8]> = text.split(|byte| *byte == b':').collect();
    let well_formed = |part: &&[u8]| part.strip_prefix(b"-").unwrap_or(part).iter().all(u8::is_ascii_digit);
    if parts.len() > 3 || !parts.iter().all(well_formed) {
        return Err(format!("invalid array index {}", utf8::to_string_lossy(text)));
    }
    let number = |part: &[u8]| match part {
        b"" => Ok(None),
        _ => strconv::parse_int(part, 10, 64)
            .map(Some)
            .map_err(|_| format!("array index {} is not a number", utf8::to_string_lossy(part))),
    };
    let mut bounds = [Bound::default(); 3];
    for (bound, part) in bounds.iter_mut().zip(&parts) {
        bound.value = number(part)?;
    }
    if parts.len() == 1 {
        bounds[1] = Bound {
            value: Some(bounds[0].value.unwrap_or(0).wrapping_add(1)),
            derived: true,
        };
    }
    Ok(bounds)
}

/// Reads the inside of a quoted text.
fn unquote(mut text: &[u8], mark: u8) -> Option<Vec<u8>> {
    if !text.contains(&b'\\') && !text.contains(&mark) {
        return Some(text.to_vec());
    }
    let mut out = Vec::new();
    while !text.is_empty() {
        let (unit, rest) = unquote_char(text, mark)?;
        match unit {
            strconv::Unquoted::Byte(byte) => out.push(byte),
            strconv::Unquoted::Rune(rune) => out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        text = rest;
    }
    Some(out)
}

/// Go's `%#U`: the code point, and the character if it can be printed.
fn unrecognized(rune: char, _width: usize) -> String {
    let code = format!("U+{:04X}", u32::from(rune));
    let shown = if strconv::is_print(rune) {
        format!(" '{rune}'")
    } else {
        String::new()
    };
    format!("unrecognized character in action: {code}{shown}")
}

fn is_terminator(rune: char) -> bool {
    " \t\r\n.,[]$@{}".contains(rune)
}

fn is_digit(rune: char) -> bool {
    rune.is_ascii_digit()
}

fn is_alphanumeric(rune: char) -> bool {
    rune == '_' || rune.is_alphanumeric()
}
