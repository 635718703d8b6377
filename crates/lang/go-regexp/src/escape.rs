//! Runes and the escapes that stand for one.

use go_value::utf8;

use crate::error::{Error, ErrorCode};

/// Reads one rune at the start of `text`, which is not empty or gives an invalid rune.
pub(crate) fn next_rune(text: &[u8]) -> Result<(char, &[u8]), Error> {
    match utf8::decode(text) {
        Some((char::REPLACEMENT_CHARACTER, 1)) => Err(Error::new(ErrorCode::InvalidUtf8, text)),
        Some((rune, width)) => Ok((rune, &text[width..])),
        // Go's decoder gives U+FFFD of width 0 for an empty text, which is no error there.
        None => Ok((char::REPLACEMENT_CHARACTER, text)),
    }
}

/// Refuses bytes that are not UTF-8, naming the text from the first of them on.
pub(crate) fn check_utf8(text: &[u8]) -> Result<(), Error> {
    match std::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new(ErrorCode::InvalidUtf8, &text[error.valid_up_to()..])),
    }
}

/// Reads an escape that stands for one code point, which may be a surrogate; `text` starts with the backslash.
pub(crate) fn escape(text: &[u8]) -> Result<(u32, &[u8]), Error> {
    let after = &text[1..];
    if after.is_empty() {
        return Err(Error::new(ErrorCode::TrailingBackslash, b""));
    }
    let (rune, mut rest) = next_rune(after)?;
    let code = match rune {
        '1'..='7' if !matches!(rest.first(), Some(b'0'..=b'7')) => None,
        '0'..='7' => Some(octal(rune, &mut rest)),
        'x' => hexadecimal(&mut rest)?,
        'a' => Some(0x07),
        'f' => Some(0x0c),
        'n' => Some(0x0a),
        'r' => Some(0x0d),
        't' => Some(0x09),
        'v' => Some(0x0b),
        _ if rune.is_ascii() && !rune.is_ascii_alphanumeric() => Some(rune.into()),
        _ => None,
    };
    match code {
        Some(code) => Ok((code, rest)),
        None => Err(Error::new(ErrorCode::InvalidEscape, &text[..text.len() - rest.len()])),
    }
}

/// Reads up to two more octal digits.
fn octal(first: char, rest: &mut &[u8]) -> u32 {
    let mut code = u32::from(first) - u32::from('0');
    for _ in 0..2 {
        let [digit @ b'0'..=b'7', after @ ..] = *rest else {
            break;
        };
        code = code * 8 + u32::from(digit - b'0');
        *rest = after;
    }
    code
}

/// Reads two hexadecimal digits, or any number of them in braces. `None` leaves `rest` where Go stops reading.
fn hexadecimal(rest: &mut &[u8]) -> Result<Option<u32>, Error> {
    if rest.is_empty() {
        return Ok(None);
    }
    let (first, after) = next_rune(rest)?;
    *rest = after;
    if first == '{' {
        return braced_hexadecimal(rest);
    }
    let (second, after) = next_rune(rest)?;
    *rest = after;
    Ok(first
        .to_digit(16)
        .zip(second.to_digit(16))
        .map(|(high, low)| high * 16 + low))
}

fn braced_hexadecimal(rest: &mut &[u8]) -> Result<Option<u32>, Error> {
    let mut code = 0;
    let mut digits = 0;
    while !rest.is_empty() {
        let (rune, after) = next_rune(rest)?;
        *rest = after;
        if rune == '}' {
            return Ok((digits > 0).then_some(code));
        }
        let Some(digit) = rune.to_digit(16) else {
            return Ok(None);
        };
        code = code * 16 + digit;
        if code > u32::from(char::MAX) {
            return Ok(None);
        }
        digits += 1;
    }
    Ok(None)
}
