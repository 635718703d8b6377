//! Classes of bytes, and the questions about them that the scanner asks.

/// Space or tab.
pub(crate) const BLANK: u8 = 1;
/// CR, LF or the end of the text (NUL).
pub(crate) const BREAKZ: u8 = 2;
/// The first byte of NEL, LS or PS, and of many other characters.
pub(crate) const MAYBE_BREAK: u8 = 4;
/// Ends a plain scalar inside `[]` or `{}`.
pub(crate) const FLOW_STOP: u8 = 8;
/// The colon.
pub(crate) const COLON: u8 = 16;
/// A letter, a digit, `_` or `-`.
pub(crate) const ALPHA: u8 = 32;
/// May appear in a tag (besides [`ALPHA`]).
pub(crate) const URI: u8 = 64;

/// The classes of each byte.
pub(crate) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' => BLANK,
            b'\r' | b'\n' | 0 => BREAKZ,
            0xC2 | 0xE2 => MAYBE_BREAK,
            b',' | b'?' | b'[' | b']' => FLOW_STOP | URI,
            b'{' | b'}' => FLOW_STOP,
            b':' => COLON | URI,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' => ALPHA,
            b';' | b'/' | b'@' | b'&' | b'=' | b'+' | b'$' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' | b'%' => {
                URI
            }
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// Returns the byte at `at`, or NUL after the end.
#[inline(always)]
pub(crate) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// Tells whether the byte at `at` has one of `classes`.
#[inline(always)]
pub(crate) fn is(text: &[u8], at: usize, classes: u8) -> bool {
    CLASS[byte(text, at) as usize] & classes != 0
}

/// Returns the width in bytes of the line break at `at`, where CR LF is one break; 0 when there is none.
#[inline]
pub(crate) fn break_width(text: &[u8], at: usize) -> usize {
    match byte(text, at) {
        b'\n' => 1,
        b'\r' => 1 + usize::from(byte(text, at + 1) == b'\n'),
        0xC2 if byte(text, at + 1) == 0x85 => 2,
        0xE2 if byte(text, at + 1) == 0x80 && matches!(byte(text, at + 2), 0xA8 | 0xA9) => 3,
        _ => 0,
    }
}

/// Tells whether a line break stands at `at`.
#[inline(always)]
pub(crate) fn is_break(text: &[u8], at: usize) -> bool {
    is(text, at, BREAKZ | MAYBE_BREAK) && break_width(text, at) > 0
}

/// Tells whether a line break or the end of the text stands at `at`.
#[inline(always)]
pub(crate) fn is_breakz(text: &[u8], at: usize) -> bool {
    let class = CLASS[byte(text, at) as usize];
    class & BREAKZ != 0 || (class & MAYBE_BREAK != 0 && break_width(text, at) > 0)
}

/// Tells whether a blank, a line break or the end of the text stands at `at`.
#[inline(always)]
pub(crate) fn is_blankz(text: &[u8], at: usize) -> bool {
    let class = CLASS[byte(text, at) as usize];
    class & (BLANK | BREAKZ) != 0 || (class & MAYBE_BREAK != 0 && break_width(text, at) > 0)
}

/// Returns the width in bytes of the character that starts with `first`; 0 when none does.
#[inline(always)]
pub(crate) fn width(first: u8) -> usize {
    match first {
        0..=0x7F => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        _ => 0,
    }
}

/// Counts the characters of valid UTF-8.
pub(crate) fn count(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// Returns the value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

/// Tells whether a document indicator, `---` or `...` with a blank or the line's end after it, stands at `at`.
pub(crate) fn is_document_indicator(text: &[u8], at: usize) -> bool {
    matches!(text.get(at..at + 3), Some(b"---" | b"...")) && is_blankz(text, at + 3)
}
