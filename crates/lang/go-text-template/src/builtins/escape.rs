//! `html`, `js` and `urlquery`.

use std::fmt::Write;

use go_value::strconv::is_print;
use go_value::{Str, utf8};

/// Escapes for HTML.
pub(super) fn html(text: &Str) -> Str {
    let escaped = |byte: u8| -> Option<&'static str> {
        Some(match byte {
            0 => "\u{fffd}",
            b'"' => "&#34;",
            b'\'' => "&#39;",
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => return None,
        })
    };
    if !text.iter().any(|byte| escaped(*byte).is_some()) {
        return text.clone();
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    for byte in text.iter() {
        match escaped(*byte) {
            Some(escape) => out.extend_from_slice(escape.as_bytes()),
            None => out.push(*byte),
        }
    }
    out.into()
}

/// Escapes for JavaScript strings.
pub(super) fn js(text: &Str) -> Str {
    let special = |byte: u8| matches!(byte, b'\\' | b'\'' | b'"' | b'<' | b'>' | b'&' | b'=' | 0..=0x1f | 0x80..);
    if !text.iter().any(|byte| special(*byte)) {
        return text.clone();
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    let mut rest: &[u8] = text;
    while let Some((rune, width)) = utf8::decode(rest) {
        match rune {
            '\\' | '\'' | '"' => out.extend_from_slice(&[b'\\', rune as u8]),
            '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => write_code(&mut out, rune),
            _ if rune.is_ascii() || is_print(rune) => out.extend_from_slice(&rest[..width]),
            _ => write_code(&mut out, rune),
        }
        rest = &rest[width..];
    }
    out.into()
}

fn write_code(out: &mut Vec<u8>, rune: char) {
    let mut code = String::new();
    let _ = write!(code, "\\u{:04X}", rune as u32);
    out.extend_from_slice(code.as_bytes());
}

/// Escapes for the query of a URL: Go's `url.QueryEscape`.
pub(super) fn query(text: &Str) -> Str {
    let mut out = Vec::with_capacity(text.len() + 16);
    for byte in text.iter() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(*byte),
            b' ' => out.push(b'+'),
            _ => {
                let digit = |value: u8| b"0123456789ABCDEF"[usize::from(value)];
                out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out.into()
}
