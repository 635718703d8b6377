//! Words: abbreviating, wrapping, initials. Source of truth: Masterminds/goutils 1.1.1.

use go_text_template::{FuncMap, Type};

use crate::arguments::{MAX_BYTES, Result, bad_length, int, text, text_value};
use crate::unicode::{Category, map_runes, push, to_lower, to_title, to_upper};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("abbrev", &[Type::Int, Type::String], |_, a| {
        let (width, text) = (int(a, 0), text(a, 1));
        text_value(if width < 4 {
            text.to_vec()
        } else {
            abbreviate(text, 0, width)
        })
    });
    functions.add("abbrevboth", &[Type::Int, Type::Int, Type::String], |_, a| {
        let (left, right, text) = (int(a, 0), int(a, 1), text(a, 2));
        let unchanged = right < 4 || left > 0 && right < 7;
        text_value(if unchanged {
            text.to_vec()
        } else {
            abbreviate(text, left, right)
        })
    });
    functions.add("wrap", &[Type::Int, Type::String], |_, a| {
        text_value(wrap(text(a, 1), int(a, 0), b"", LongWords::Keep)?)
    });
    functions.add("wrapWith", &[Type::Int, Type::String, Type::String], |_, a| {
        text_value(wrap(text(a, 2), int(a, 0), text(a, 1), LongWords::Break)?)
    });
    functions.add("initials", &[Type::String], |_, a| text_value(initials(text(a, 0))));
    functions.add("nospace", &[Type::String], |_, a| {
        text_value(delete_white_space(text(a, 0)))
    });
    functions.add("untitle", &[Type::String], |_, a| text_value(uncapitalize(text(a, 0))));
    functions.add("swapcase", &[Type::String], |_, a| text_value(swap_case(text(a, 0))));
}

/// Cuts `text` to `width` bytes with dots at the right, and at the left too if it starts after `offset`. Too small a width
/// gives an empty text.
fn abbreviate(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if text.is_empty() || width < 4 {
        return Vec::new();
    }
    if length <= width {
        return text.to_vec();
    }
    let kept = width - 3;
    let mut offset = offset.min(length);
    // Go's subtraction wraps around.
    if length.wrapping_sub(offset) < kept {
        offset = length - kept;
    }
    if offset <= 4 {
        return [&text[..kept as usize], b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + kept < length {
        return [b"...", &abbreviate(&text[offset as usize..], 0, kept)[..]].concat();
    }
    [b"...", &text[(length - kept) as usize..]].concat()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LongWords {
    Break,
    Keep,
}

/// Breaks a text into lines at spaces. Widths are in bytes.
fn wrap(text: &[u8], width: i64, newline: &[u8], long_words: LongWords) -> Result<Vec<u8>> {
    let newline = if newline.is_empty() { b"\n" } else { newline };
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut wrapped = Vec::with_capacity(text.len());
    let mut rest = text;
    let is_space = |byte: &u8| *byte == b' ';
    while rest.len() > width {
        if wrapped.len() > MAX_BYTES {
            return bad_length();
        }
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let (line, next) = match rest[..=width].iter().rposition(is_space) {
            Some(space) => (space, space + 1),
            None if long_words == LongWords::Break => (width, width),
            None => match rest[width..].iter().position(is_space) {
                Some(space) => (width + space, width + space + 1),
                None => break,
            },
        };
        wrapped.extend_from_slice(&rest[..line]);
        wrapped.extend_from_slice(newline);
        rest = &rest[next..];
    }
    wrapped.extend_from_slice(rest);
    Ok(wrapped)
}

/// The first byte of each word, each byte taken for a rune.
fn initials(text: &[u8]) -> Vec<u8> {
    let mut initials = Vec::new();
    let mut gap = true;
    for byte in text {
        let rune = char::from(*byte);
        let space = rune.is_whitespace();
        if gap && !space {
            push(&mut initials, rune);
        }
        gap = space;
    }
    initials
}

/// Takes white space out; if there was any, each byte left is taken for a rune.
fn delete_white_space(text: &[u8]) -> Vec<u8> {
    let runes = || text.iter().map(|byte| char::from(*byte));
    if !runes().any(char::is_whitespace) {
        return text.to_vec();
    }
    let mut left = Vec::with_capacity(text.len());
    runes()
        .filter(|rune| !rune.is_whitespace())
        .for_each(|rune| push(&mut left, rune));
    left
}

fn uncapitalize(text: &[u8]) -> Vec<u8> {
    let mut next = true;
    map_runes(text, |rune| {
        let starts = next;
        next = rune.is_whitespace();
        if starts { to_lower(rune) } else { rune }
    })
}

/// Large letters become small, small ones large, or title case at the start of a word.
fn swap_case(text: &[u8]) -> Vec<u8> {
    let mut after_space = true;
    map_runes(text, |rune| {
        let starts = after_space;
        after_space = false;
        if Category::Upper.has(rune) || Category::Title.has(rune) {
            to_lower(rune)
        } else if Category::Lower.has(rune) {
            if starts { to_title(rune) } else { to_upper(rune) }
        } else {
            after_space = rune.is_whitespace();
            rune
        }
    })
}
