//! Number literals: the readings a literal allows, as Go's `NumberNode` keeps them.

use go_value::strconv::{parse_float, parse_int, parse_uint, quote, unquote_char};

use super::token::TokenKind;

/// A number literal with each of its possible values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
    /// Whether the text has a sign of being a float: a point or an exponent, and is neither hexadecimal nor a character.
    pub(crate) float_text: bool,
    /// The literal's text, a range of the source.
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Number {
    /// The readings of a number that has a node kind of its own.
    pub(crate) fn plain_int(int: u32) -> Number {
        Number {
            int: Some(i64::from(int)),
            uint: Some(u64::from(int)),
            float: Some(f64::from(int)),
            ..Number::default()
        }
    }

    /// Reads a literal.
    ///
    /// # Errors
    /// Go's text.
    pub(crate) fn parse(text: &[u8], kind: TokenKind) -> Result<Number, String> {
        match kind {
            TokenKind::CharConstant => char_constant(text),
            TokenKind::Complex => complex_pair(text),
            _ => plain(text),
        }
    }
}

fn char_constant(text: &[u8]) -> Result<Number, String> {
    let (rune, tail) = unquote_char(&text[1..], b'\'').ok_or("invalid syntax")?;
    if tail != b"'" {
        return Err(format!(
            "malformed character constant: {}",
            go_value::utf8::to_string_lossy(text)
        ));
    }
    let code = rune.code();
    Ok(Number {
        int: Some(i64::from(code)),
        uint: Some(u64::from(code)),
        float: Some(f64::from(code)),
        ..Number::default()
    })
}

/// `1+2i`; the lexer made sure that it ends in `i` and that a sign stands between the parts.
fn complex_pair(text: &[u8]) -> Result<Number, String> {
    let split = (1..text.len())
        .rev()
        .find(|at| matches!(text[*at], b'+' | b'-') && !matches!(text[*at - 1], b'e' | b'E' | b'p' | b'P'))
        .ok_or("syntax error scanning complex number")?;
    let real = scan_float(&text[..split])?;
    let imaginary = scan_float(&text[split..text.len() - 1])?;
    Ok(simplify(real, imaginary))
}

fn scan_float(text: &[u8]) -> Result<f64, String> {
    parse_float(text).map_err(|error| error.to_string())
}

fn plain(text: &[u8]) -> Result<Number, String> {
    if let Some((b'i', digits)) = text.split_last()
        && let Ok(imaginary) = parse_float(digits)
    {
        return Ok(simplify(0.0, imaginary));
    }
    let mut number = Number {
        uint: parse_uint(text, 0).ok(),
        int: parse_int(text, 0, 64).ok(),
        ..Number::default()
    };
    if number.int == Some(0) && number.uint.is_none() {
        number.uint = Some(0);
    }
    let hexadecimal =
        matches!(text, [b'0', b'x' | b'X', _, ..]) && !text.iter().any(|byte| matches!(byte, b'p' | b'P'));
    let has_float_mark = text.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E' | b'p' | b'P'));
    number.float_text = has_float_mark && !hexadecimal;
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Ok(float) = parse_float(text) {
        if !has_float_mark {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        number.float = Some(float);
        number.int = exact_int(float);
        number.uint = exact_uint(float);
    }
    if number.float.is_none() {
        return Err(format!("illegal number syntax: {}", quote(text)));
    }
    Ok(number)
}

fn simplify(real: f64, imaginary: f64) -> Number {
    let mut number = Number {
        complex: Some((real, imaginary)),
        ..Number::default()
    };
    if imaginary == 0.0 {
        number.float = Some(real);
        number.int = exact_int(real);
        number.uint = exact_uint(real);
    }
    number
}

/// The integer that `float` is; out of range, Go's conversion on amd64 gives the smallest integer.
fn exact_int(float: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (float.trunc() == float && (-LIMIT..LIMIT).contains(&float)).then_some(float as i64)
}

fn exact_uint(float: f64) -> Option<u64> {
    const LIMIT: f64 = 18_446_744_073_709_551_616.0;
    (float.trunc() == float && (0.0..LIMIT).contains(&float)).then_some(float as u64)
}
