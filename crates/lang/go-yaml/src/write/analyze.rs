//! Which ways of writing a scalar are possible.

use crate::Dialect;

/// What go-yaml's emitter finds out about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Analysis {
    pub(crate) multiline: bool,
    pub(crate) plain_allowed: bool,
    pub(crate) single_quoted_allowed: bool,
    pub(crate) block_allowed: bool,
}

/// Tells whether the character at `at` can stand unescaped. Characters above U+FFFF cannot.
pub(crate) fn is_printable(text: &[u8], at: usize) -> bool {
    let next = text.get(at + 1).copied().unwrap_or(0);
    let after = text.get(at + 2).copied().unwrap_or(0);
    match text[at] {
        b'\n' | b' '..=b'~' | 0xC3..=0xEC | 0xEE => true,
        0xC2 => next >= 0xA0,
        0xED => next < 0xA0,
        0xEF => !matches!((next, after), (0xBB, 0xBF) | (0xBF, 0xBE..)),
        _ => false,
    }
}

/// Returns the width of the line break at `at`, or 0. CR LF is two breaks here.
#[inline]
pub(crate) fn break_width(text: &[u8], at: usize) -> usize {
    match text[at] {
        b'\n' | b'\r' => 1,
        0xC2 if text.get(at + 1) == Some(&0x85) => 2,
        0xE2 if text.get(at + 1) == Some(&0x80) && matches!(text.get(at + 2), Some(0xA8 | 0xA9)) => 3,
        _ => 0,
    }
}

/// Returns the width of the character that starts with `first`.
#[inline]
pub(crate) fn width(first: u8) -> usize {
    match first {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        _ => 1,
    }
}

/// What was seen on the way through a text.
#[derive(Default)]
struct Seen {
    indicators: bool,
    line_breaks: bool,
    special: bool,
    tabs: bool,
    space_at_start: bool,
    space_at_end: bool,
    break_at_edge: bool,
    break_space: bool,
    space_break: bool,
}

/// Analyzes `text`, which is valid UTF-8 and stands outside of `[]` and `{}`.
pub(crate) fn analyze(text: &[u8], dialect: Dialect) -> Analysis {
    if text.is_empty() {
        return Analysis {
            plain_allowed: true,
            single_quoted_allowed: true,
            ..Analysis::default()
        };
    }
    let seen = look(text, dialect);
    let edges = seen.space_at_start || seen.space_at_end || seen.break_at_edge;
    let bad = seen.space_break || seen.special;
    Analysis {
        multiline: seen.line_breaks,
        plain_allowed: !(edges || seen.break_space || bad || seen.tabs || seen.line_breaks || seen.indicators),
        single_quoted_allowed: !(seen.break_space || bad || seen.tabs),
        block_allowed: !(seen.space_at_end || bad),
    }
}

fn look(text: &[u8], dialect: Dialect) -> Seen {
    let mut seen = Seen {
        indicators: text.starts_with(b"---") || text.starts_with(b"..."),
        ..Seen::default()
    };
    let mut after_white = true;
    let mut after_space = false;
    let mut after_break = false;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if PLAIN[byte as usize] {
            (after_white, after_space, after_break) = (false, false, false);
            at += 1;
            continue;
        }
        let end = at + width(byte);
        let before_white = matches!(text.get(end), None | Some(b' ' | b'\t'));
        seen.indicators |= is_indicator(byte, at == 0, after_white, before_white);
        if byte == b'\t' && dialect == Dialect::V3 {
            seen.tabs = true;
        } else if !is_printable(text, at) {
            seen.special = true;
        }
        let breaks = break_width(text, at) > 0;
        if byte == b' ' {
            seen.space_at_start |= at == 0;
            seen.space_at_end |= end == text.len();
            seen.break_space |= after_break;
        } else if breaks {
            seen.line_breaks = true;
            seen.break_at_edge |= at == 0 || end == text.len();
            seen.space_break |= after_space;
        }
        after_white = breaks || matches!(byte, b' ' | b'\t' | 0);
        after_space = byte == b' ';
        after_break = breaks;
        at = end;
    }
    seen
}

fn is_indicator(byte: u8, first: bool, after_white: bool, before_white: bool) -> bool {
    match byte {
        b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => {
            first
        }
        b'#' => after_white,
        b'?' | b'-' => first && before_white,
        b':' => before_white,
        _ => false,
    }
}

/// The bytes that never matter: letters, digits and a few signs.
static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'/' | b'_' | b'(' | b')' | b'='
            | b'+' | b'$' | b';' | b'<' | b'^' | b'~' | b'\\');
        byte += 1;
    }
    table
};
