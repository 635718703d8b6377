//! Runes as Go's `unicode/utf8` decodes them: each invalid byte is one U+FFFD.

use std::borrow::Cow;

/// Decodes the first rune: its character and its width in bytes. Invalid input gives U+FFFD and width 1.
///
/// Returns `None` only for empty input.
pub fn decode(bytes: &[u8]) -> Option<(char, usize)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((first as char, 1));
    }
    let width = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return Some((char::REPLACEMENT_CHARACTER, 1)),
    };
    let decoded = bytes
        .get(..width)
        .and_then(|rune| std::str::from_utf8(rune).ok())
        .and_then(|text| text.chars().next());
    Some(decoded.map_or((char::REPLACEMENT_CHARACTER, 1), |rune| (rune, width)))
}

/// Decodes the last rune: its character and its width in bytes.
pub fn decode_last(bytes: &[u8]) -> Option<(char, usize)> {
    let last = *bytes.last()?;
    if last < 0x80 {
        return Some((last as char, 1));
    }
    for width in 2..=4.min(bytes.len()) {
        let (rune, found) = decode(&bytes[bytes.len() - width..])?;
        if found == width {
            return Some((rune, width));
        }
    }
    Some((char::REPLACEMENT_CHARACTER, 1))
}

/// Walks over the runes with their byte offsets, as Go's `range` over a string does.
pub fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (rune, width) = decode(&bytes[at..])?;
        let start = at;
        at += width;
        Some((start, rune))
    })
}

/// Counts the runes.
pub fn rune_count(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => runes(bytes).count(),
    }
}

/// Returns the text with U+FFFD in the place of each invalid byte.
pub fn to_string_lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(runes(bytes).map(|(_, rune)| rune).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_invalid_byte_is_one_replacement() {
        assert_eq!(to_string_lossy(b"a\xe2\x82b"), "a\u{fffd}\u{fffd}b");
        assert_eq!(to_string_lossy(b"\xed\xa0\x80"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(rune_count("äö".as_bytes()), 2);
        assert_eq!(decode_last("aö".as_bytes()), Some(('ö', 2)));
        assert_eq!(decode_last(b"a\xff"), Some((char::REPLACEMENT_CHARACTER, 1)));
    }
}
