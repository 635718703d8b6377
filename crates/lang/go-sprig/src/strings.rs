//! Plain operations on texts. Go's texts are bytes, and so are the offsets.

use go_text_template::fmt::value_string;
use go_text_template::{FuncMap, List, Map, Type, Value};
use go_value::{Str, utf8};

use crate::arguments::{MAX_BYTES, Result, bad_length, int, panic, runtime_error, string, text, text_value};
use crate::print::strval;
use crate::unicode::{Category, map_runes, to_lower, to_title, to_upper};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    trimming(functions);
    searching(functions);
    quoting(functions);
    splitting(functions);
    functions.add("hello", &[], |_, _| text_value("Hello!"));
    functions.add("upper", &[Type::String], |_, a| {
        text_value(map_case(text(a, 0), u8::to_ascii_uppercase, to_upper))
    });
    functions.add("lower", &[Type::String], |_, a| {
        text_value(map_case(text(a, 0), u8::to_ascii_lowercase, to_lower))
    });
    functions.add("title", &[Type::String], |_, a| text_value(title(text(a, 0))));
    functions.add("substr", &[Type::Int, Type::Int, Type::String], |_, a| {
        substring(int(a, 0), int(a, 1), text(a, 2))
    });
    functions.add("trunc", &[Type::Int, Type::String], |_, a| {
        text_value(trunc(int(a, 0), text(a, 1)))
    });
    functions.add("repeat", &[Type::Int, Type::String], |_, a| {
        text_value(repeat(text(a, 1), int(a, 0))?)
    });
    functions.add("indent", &[Type::Int, Type::String], |_, a| {
        text_value(indent(b"", int(a, 0), text(a, 1))?)
    });
    functions.add("nindent", &[Type::Int, Type::String], |_, a| {
        text_value(indent(b"\n", int(a, 0), text(a, 1))?)
    });
    functions.add("plural", &[Type::String, Type::String, Type::Int], |_, a| {
        text_value(string(a, if int(a, 2) == 1 { 0 } else { 1 }))
    });
    functions.add("fail", &[Type::String], |_, a| {
        panic(utf8::to_string_lossy(text(a, 0)).into_owned())
    });
}

fn trimming(functions: &mut FuncMap) {
    let two = &[Type::String, Type::String];
    functions.add("trim", &[Type::String], |_, a| {
        text_value(trim_by(text(a, 0), char::is_whitespace))
    });
    for name in ["trimAll", "trimall"] {
        functions.add(name, two, |_, a| text_value(trim_all(text(a, 1), text(a, 0))));
    }
    functions.add("trimPrefix", two, |_, a| {
        text_value(text(a, 1).strip_prefix(text(a, 0)).unwrap_or(text(a, 1)))
    });
    functions.add("trimSuffix", two, |_, a| {
        text_value(text(a, 1).strip_suffix(text(a, 0)).unwrap_or(text(a, 1)))
    });
}

fn searching(functions: &mut FuncMap) {
    let two = &[Type::String, Type::String];
    functions.add("contains", two, |_, a| {
        Ok(find(text(a, 1), text(a, 0)).is_some().into())
    });
    functions.add("hasPrefix", two, |_, a| Ok(text(a, 1).starts_with(text(a, 0)).into()));
    functions.add("hasSuffix", two, |_, a| Ok(text(a, 1).ends_with(text(a, 0)).into()));
    functions.add("replace", &[Type::String, Type::String, Type::String], |_, a| {
        text_value(replace(text(a, 2), text(a, 0), text(a, 1))?)
    });
}

fn quoting(functions: &mut FuncMap) {
    functions.add_variadic("quote", &[], Type::Any, |_, a| {
        join_non_nil(a, |value| go_value::strconv::quote(&strval(value)).into_bytes())
    });
    functions.add_variadic("squote", &[], Type::Any, |_, a| {
        join_non_nil(a, |value| [b"'", &value_string(value)[..], b"'"].concat())
    });
    functions.add_variadic("cat", &[], Type::Any, |_, a| {
        join_non_nil(a, |value| value_string(value).to_vec())
    });
    functions.add("toString", &[Type::Any], |_, a| {
        text_value(strval(crate::arguments::any(a, 0)))
    });
}

/// Writes the values with spaces between them, but not nils.
fn join_non_nil(values: &[Value], write: impl Fn(&Value) -> Vec<u8>) -> Result {
    let parts: Vec<_> = values
        .iter()
        .filter(|value| !matches!(value, Value::Nil))
        .map(write)
        .collect();
    text_value(parts.join(&b' '))
}

fn splitting(functions: &mut FuncMap) {
    functions.add("split", &[Type::String, Type::String], |_, a| {
        Ok(numbered(split(text(a, 1), text(a, 0), -1)))
    });
    functions.add("splitn", &[Type::String, Type::Int, Type::String], |_, a| {
        Ok(numbered(split(text(a, 2), text(a, 0), int(a, 1))))
    });
    functions.add("splitList", &[Type::String, Type::String], |_, a| {
        Ok(Value::List(List::strings(split(text(a, 1), text(a, 0), -1))))
    });
}

/// A `map[string]string` with the keys `_0`, `_1`, ….
fn numbered(parts: Vec<&[u8]>) -> Value {
    let entry = |(index, part): (usize, &[u8])| (Str::from(format!("_{index}")), Value::Str(part.into()));
    let entries = parts.into_iter().enumerate().map(entry).collect();
    Value::Map(Map::with_type(Type::Map(&Type::String), entries))
}

/// Go's `strings.SplitN`: at most `limit` parts, all if it is negative; an empty separator cuts between runes.
fn split<'a>(text: &'a [u8], separator: &[u8], limit: i64) -> Vec<&'a [u8]> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut rest = text;
    if limit == 0 || separator.is_empty() && text.is_empty() {
        return parts;
    }
    while parts.len() + 1 < limit {
        let (end, next) = if separator.is_empty() {
            match utf8::decode(rest) {
                Some((_, width)) if width < rest.len() => (width, width),
                _ => break,
            }
        } else {
            match find(rest, separator) {
                Some(at) => (at, at + separator.len()),
                None => break,
            }
        };
        parts.push(&rest[..end]);
        rest = &rest[next..];
    }
    parts.push(rest);
    parts
}

/// The offset of the first `needle`.
pub(crate) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

/// Go's `strings.ReplaceAll`: an empty `old` stands before each rune and at the end.
pub(crate) fn replace(text: &[u8], old: &[u8], new: &[u8]) -> Result<Vec<u8>> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut first = true;
    loop {
        let (at, next) = if old.is_empty() {
            let width = if first {
                0
            } else {
                utf8::decode(rest).map_or(0, |(_, width)| width)
            };
            if !first && width == 0 {
                break;
            }
            first = false;
            (width, width)
        } else {
            match find(rest, old) {
                Some(at) => (at, at + old.len()),
                None => break,
            }
        };
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(new);
        rest = &rest[next..];
        if replaced.len() > MAX_BYTES {
            return bad_length();
        }
    }
    replaced.extend_from_slice(rest);
    Ok(replaced)
}

/// Maps all bytes of an ASCII text, or all runes of another.
fn map_case(text: &[u8], ascii: impl Fn(&u8) -> u8, runes: impl Fn(char) -> char) -> Vec<u8> {
    if text.is_ascii() {
        text.iter().map(ascii).collect()
    } else {
        map_runes(text, runes)
    }
}

/// Go's old `strings.Title`: the first letter of each word, where marks other than `_` end a word.
fn title(text: &[u8]) -> Vec<u8> {
    let mut before = ' ';
    map_runes(text, |rune| {
        let starts = ends_word(before);
        before = rune;
        if starts { to_title(rune) } else { rune }
    })
}

fn ends_word(rune: char) -> bool {
    if rune.is_ascii() {
        return !rune.is_ascii_alphanumeric() && rune != '_';
    }
    !Category::Letter.has(rune) && !Category::Digit.has(rune) && rune.is_whitespace()
}

fn trim_by(text: &[u8], mut trimmed: impl FnMut(char) -> bool) -> &[u8] {
    let mut text = text;
    while let Some((rune, width)) = utf8::decode(text) {
        if !trimmed(rune) {
            break;
        }
        text = &text[width..];
    }
    while let Some((rune, width)) = utf8::decode_last(text) {
        if !trimmed(rune) {
            break;
        }
        text = &text[..text.len() - width];
    }
    text
}

/// Go's `strings.Trim`.
fn trim_all<'a>(text: &'a [u8], cutset: &[u8]) -> &'a [u8] {
    let cutset: Vec<char> = utf8::runes(cutset).map(|(_, rune)| rune).collect();
    trim_by(text, |rune| cutset.contains(&rune))
}

fn trunc(length: i64, text: &[u8]) -> &[u8] {
    let size = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    if size >= text.len() {
        text
    } else if length < 0 {
        &text[text.len() - size..]
    } else {
        &text[..size]
    }
}

/// A slice of `text` where a negative start means the beginning, and a negative end or one past the end means the end; with
/// Go's panics where that leaves the offsets wrong.
fn substring(start: i64, end: i64, text: &[u8]) -> Result {
    let length = text.len();
    let bad = |what: String| runtime_error(&format!("slice bounds out of range {what}"));
    let offset = |number: i64| usize::try_from(number).ok().filter(|at| *at <= length);
    if start < 0 {
        return match offset(end) {
            Some(end) => text_value(&text[..end]),
            None if end < 0 => bad(format!("[:{end}]")),
            None => bad(format!("[:{end}] with length {length}")),
        };
    }
    let end = if end < 0 { None } else { offset(end) };
    match (offset(start), end) {
        (Some(start), None) => text_value(&text[start..]),
        (Some(start), Some(end)) if start <= end => text_value(&text[start..end]),
        (_, end) => bad(format!("[{start}:{}]", end.unwrap_or(length))),
    }
}

/// Go's `strings.Repeat`.
fn repeat(text: &[u8], count: i64) -> Result<Vec<u8>> {
    let Ok(count) = usize::try_from(count) else {
        return panic("strings: negative Repeat count");
    };
    match text.len().checked_mul(count) {
        Some(length) if length <= MAX_BYTES => Ok(text.repeat(count)),
        Some(length) if i64::try_from(length).is_ok() => bad_length(),
        _ => panic("strings: Repeat output length overflow"),
    }
}

fn indent(before: &[u8], spaces: i64, text: &[u8]) -> Result<Vec<u8>> {
    let padding = repeat(b" ", spaces)?;
    let lines = 1 + memchr::memchr_iter(b'\n', text).count();
    let length = text.len() + before.len() + lines.saturating_mul(padding.len());
    if length > MAX_BYTES {
        return bad_length();
    }
    let mut indented = Vec::with_capacity(length);
    indented.extend_from_slice(before);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            indented.push(b'\n');
        }
        indented.extend_from_slice(&padding);
        indented.extend_from_slice(line);
    }
    Ok(indented)
}
