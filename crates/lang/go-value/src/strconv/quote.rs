//! `strconv.Quote` and its relatives.

use std::fmt::Write;

use super::printable::PRINTABLE;
use crate::utf8;

/// Tells whether Go prints `rune` as it is inside quotes.
pub fn is_print(rune: char) -> bool {
    let code = u32::from(rune);
    if code < 0x7F {
        return code >= 0x20;
    }
    let after = PRINTABLE.partition_point(|(first, _)| *first <= code);
    after > 0 && code <= PRINTABLE[after - 1].1
}

/// Quotes as `strconv.Quote` does.
pub fn quote(text: &[u8]) -> String {
    quote_with(text, '"', false)
}

/// Quotes as `strconv.QuoteToASCII` does.
pub fn quote_to_ascii(text: &[u8]) -> String {
    quote_with(text, '"', true)
}

/// Quotes one rune as `strconv.QuoteRune` does.
pub fn quote_rune(rune: char) -> String {
    quote_with(rune.encode_utf8(&mut [0; 4]).as_bytes(), '\'', false)
}

/// Quotes one rune as `strconv.QuoteRuneToASCII` does.
pub fn quote_rune_to_ascii(rune: char) -> String {
    quote_with(rune.encode_utf8(&mut [0; 4]).as_bytes(), '\'', true)
}

/// Tells whether the text can stand unchanged between backquotes, as `strconv.CanBackquote` does.
pub fn can_backquote(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| {
        text.chars()
            .all(|rune| rune != '\u{feff}' && rune != '`' && rune != '\u{7f}' && (rune >= ' ' || rune == '\t'))
    })
}

fn quote_with(text: &[u8], mark: char, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    let mut at = 0;
    while let Some((rune, width)) = utf8::decode(&text[at..]) {
        if width == 1 && rune == char::REPLACEMENT_CHARACTER {
            let _ = write!(out, "\\x{:02x}", text[at]);
        } else {
            push_escaped(&mut out, rune, mark, ascii);
        }
        at += width;
    }
    out.push(mark);
    out
}

fn push_escaped(out: &mut String, rune: char, mark: char, ascii: bool) {
    if rune == mark || rune == '\\' {
        out.push('\\');
        out.push(rune);
        return;
    }
    if (rune.is_ascii() || !ascii) && is_print(rune) {
        out.push(rune);
        return;
    }
    match rune {
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        _ => {
            let code = u32::from(rune);
            let _ = match code {
                0..0x20 | 0x7F => write!(out, "\\x{code:02x}"),
                0x10000.. => write!(out, "\\U{code:08x}"),
                _ => write!(out, "\\u{code:04x}"),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go() {
        assert_eq!(
            quote("a\"b\\\n\u{1}ü\u{200b}\u{1f600}".as_bytes()),
            "\"a\\\"b\\\\\\n\\x01ü\\u200b\u{1f600}\""
        );
        assert_eq!(quote(b"\xff\xe2\x82"), "\"\\xff\\xe2\\x82\"");
        assert_eq!(quote_to_ascii("ü\u{1f600}".as_bytes()), "\"\\u00fc\\U0001f600\"");
        assert_eq!(quote_rune('\''), "'\\''");
        assert_eq!(quote_rune('"'), "'\"'");
        assert!(!can_backquote("a`".as_bytes()));
    }
}
