//! Words of an expression.

use super::syntax::Literal;

#[derive(Debug, Clone)]
pub(super) enum Token {
    Literal(Literal),
    Ident(String),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// What stands where it cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub at: usize,
    pub message: String,
}

impl Wrong {
    /// Returns the message with the place and the line where it is.
    pub fn excerpt(&self, source: &str) -> String {
        let before = source.get(..self.at).unwrap_or(source);
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let text = source.lines().nth(line).unwrap_or_default();
        let (dots, message) = (".".repeat(column), &self.message);
        format!(
            "ERROR: <input>:{}:{}: {message}\n | {text}\n | {dots}^",
            line + 1,
            column + 1
        )
    }
}

const SIGNS: [&str; 26] = [
    "==", "!=", "<=", ">=", "&&", "||", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":", "+", "*", "/", "%",
    "<", ">", "=", "`",
];

/// Cuts a text into words, each with its place.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Wrong> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let (length, token) = token(rest).map_err(|message| Wrong { at, message })?;
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

fn token(rest: &str) -> Result<(usize, Token), String> {
    if let Some((length, literal)) = quoted(rest)? {
        return Ok((length, Token::Literal(literal)));
    }
    let first = rest.chars().next().unwrap_or(' ');
    let second_is_digit = rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if first.is_ascii_digit() || first == '.' && second_is_digit {
        let (length, literal) = number(rest)?;
        return Ok((length, Token::Literal(literal)));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let token = match word {
            "true" => Token::Literal(Literal::Bool(true)),
            "false" => Token::Literal(Literal::Bool(false)),
            "null" => Token::Literal(Literal::Null),
            "in" => Token::Sign("in"),
            _ => Token::Ident(word.to_owned()),
        };
        return Ok((length, token));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    sign.map(|sign| (sign.len(), Token::Sign(sign)))
        .ok_or_else(|| format!("Syntax error: token recognition error at: '{first}'"))
}

fn number(rest: &str) -> Result<(usize, Literal), String> {
    let wrong = |text: &str| format!("Syntax error: invalid number '{text}'");
    if let Some(hex) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        let digits = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
        let text = hex.get(..digits).unwrap_or_default();
        let value = u64::from_str_radix(text, 16).map_err(|_| wrong(text))?;
        return Ok(whole(rest, digits + 2, value));
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(rest);
    let mut is_double = false;
    let after = |length: usize| rest.get(length..).unwrap_or_default();
    if after(length).starts_with('.') && digits(after(length + 1)) > 0 {
        length += 1 + digits(after(length + 1));
        is_double = true;
    }
    if after(length).starts_with(['e', 'E']) {
        let sign = usize::from(after(length + 1).starts_with(['+', '-']));
        let exponent = digits(after(length + 1 + sign));
        if exponent > 0 {
            length += 1 + sign + exponent;
            is_double = true;
        }
    }
    let text = rest.get(..length).unwrap_or_default();
    if is_double {
        return Ok((length, Literal::Double(text.parse().map_err(|_| wrong(text))?)));
    }
    let value: u64 = text.parse().map_err(|_| wrong(text))?;
    Ok(whole(rest, length, value))
}

/// A whole number; one that is too large for its sign to be missing wraps, so that `-9223372036854775808` can be written.
fn whole(rest: &str, length: usize, value: u64) -> (usize, Literal) {
    if rest.get(length..).unwrap_or_default().starts_with(['u', 'U']) {
        (length + 1, Literal::Uint(value))
    } else {
        (length, Literal::Int(value.cast_signed()))
    }
}

/// Reads a text or bytes, if they start here.
fn quoted(rest: &str) -> Result<Option<(usize, Literal)>, String> {
    let prefix = rest.bytes().take_while(|byte| b"rRbB".contains(byte)).count();
    let (marks, body) = rest.split_at(prefix.min(2));
    let Some(quote) = body.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        return Ok(None);
    };
    let is_raw = marks.contains(['r', 'R']);
    let is_bytes = marks.contains(['b', 'B']);
    let triple = quote.to_string().repeat(3);
    let end = if body.starts_with(&triple) {
        triple
    } else {
        quote.to_string()
    };
    let unclosed = || "Syntax error: token recognition error at: unclosed text".to_owned();
    let mut bytes = Vec::new();
    let mut at = end.len();
    loop {
        let here = body.get(at..).filter(|here| !here.is_empty()).ok_or_else(unclosed)?;
        if here.starts_with(&end) {
            break;
        }
        let next = here.chars().next().ok_or_else(unclosed)?;
        if next == '\n' && end.len() == 1 {
            return Err(unclosed());
        }
        let length = match next {
            '\\' if !is_raw => escape(here, is_bytes, &mut bytes)?,
            '\\' => {
                let pair: String = here.chars().take(2).collect();
                bytes.extend_from_slice(pair.as_bytes());
                pair.len()
            }
            other => {
                bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                other.len_utf8()
            }
        };
        at += length;
    }
    let length = marks.len() + at + end.len();
    if is_bytes {
        return Ok(Some((length, Literal::Bytes(bytes.into()))));
    }
    let text = String::from_utf8(bytes).map_err(|_| "invalid text".to_owned())?;
    Ok(Some((length, Literal::Text(text.into()))))
}

/// Reads an escape, and returns its length.
fn escape(here: &str, is_bytes: bool, bytes: &mut Vec<u8>) -> Result<usize, String> {
    let wrong = || "Syntax error: invalid escape".to_owned();
    let letter = here.chars().nth(1).ok_or_else(wrong)?;
    let simple = match letter {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' | '\'' | '"' | '`' | '?' => u8::try_from(letter).map_err(|_| wrong())?,
        'x' | 'X' => return coded(here, 2, 2, 16, is_bytes, bytes),
        'u' => return coded(here, 2, 4, 16, is_bytes, bytes),
        'U' => return coded(here, 2, 8, 16, is_bytes, bytes),
        '0'..='3' => return coded(here, 1, 3, 8, is_bytes, bytes),
        _ => return Err(wrong()),
    };
    bytes.push(simple);
    Ok(2)
}

fn coded(
    here: &str,
    start: usize,
    digits: usize,
    base: u32,
    is_bytes: bool,
    bytes: &mut Vec<u8>,
) -> Result<usize, String> {
    let wrong = || "Syntax error: invalid escape".to_owned();
    let text = here.get(start..start + digits).ok_or_else(wrong)?;
    let code = u32::from_str_radix(text, base).map_err(|_| wrong())?;
    if is_bytes && digits < 4 {
        bytes.push(u8::try_from(code).map_err(|_| wrong())?);
    } else {
        let letter = char::from_u32(code).ok_or_else(wrong)?;
        bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(start + digits)
}
