//! White space as Go's `unicode.IsSpace` sees it.

use go_value::utf8;

/// Returns the text without white space at its start, as `strings.TrimLeftFunc(text, unicode.IsSpace)`.
pub fn trim_start(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some((rune, width)) = utf8::decode(&text[at..]) {
        if !rune.is_whitespace() {
            break;
        }
        at += width;
    }
    &text[at..]
}

/// Returns the text without white space around it, as `strings.TrimSpace`.
pub fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let Some((rune, width)) = utf8::decode_last(text) {
        if !rune.is_whitespace() {
            break;
        }
        text = &text[..text.len() - width];
    }
    text
}
