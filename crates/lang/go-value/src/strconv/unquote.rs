//! `strconv.Unquote`.

/// Reads a Go literal: `"…"`, `` `…` `` or `'c'`. Returns `None` where Go says `invalid syntax`.
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (mark, inner) = match literal {
        [mark, inner @ .., last] if mark == last => (*mark, inner),
        _ => return None,
    };
    match mark {
        b'`' if inner.contains(&b'`') => None,
        b'`' => Some(inner.iter().copied().filter(|byte| *byte != b'\r').collect()),
        b'"' | b'\'' => unquote_escapes(inner, mark),
        _ => None,
    }
}

fn unquote_escapes(mut rest: &[u8], mark: u8) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rest.len());
    let mut count = 0;
    while !rest.is_empty() {
        if rest[0] == b'\n' {
            return None;
        }
        let (unit, tail) = unquote_char(rest, mark)?;
        unit.push_to(&mut out);
        rest = tail;
        count += 1;
    }
    (mark == b'"' || count == 1).then_some(out)
}

/// One unit of a quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unquoted {
    /// A character.
    Rune(char),
    /// A byte written as `\xNN` or in octal.
    Byte(u8),
}

impl Unquoted {
    fn push_to(self, out: &mut Vec<u8>) {
        match self {
            Unquoted::Byte(byte) => out.push(byte),
            Unquoted::Rune(rune) => out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// The code point that Go's `UnquoteChar` returns.
    pub fn code(self) -> u32 {
        match self {
            Unquoted::Byte(byte) => u32::from(byte),
            Unquoted::Rune(rune) => u32::from(rune),
        }
    }
}

/// Reads the first character or escape of the inside of a literal quoted with `mark`, as `strconv.UnquoteChar` does, and
/// returns it with what follows.
pub fn unquote_char(text: &[u8], mark: u8) -> Option<(Unquoted, &[u8])> {
    let first = *text.first()?;
    if first == mark && (mark == b'"' || mark == b'\'') {
        return None;
    }
    if first != b'\\' {
        let (rune, width) = crate::utf8::decode(text)?;
        let unit = if width == 1 && first >= 0x80 {
            Unquoted::Rune(char::REPLACEMENT_CHARACTER)
        } else {
            Unquoted::Rune(rune)
        };
        return Some((unit, &text[width..]));
    }
    let letter = *text.get(1)?;
    let rest = &text[2..];
    let rune = match letter {
        b'a' => '\x07',
        b'b' => '\x08',
        b'f' => '\x0c',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'v' => '\x0b',
        b'\\' => '\\',
        b'\'' | b'"' if letter == mark => letter as char,
        b'x' => return Some((Unquoted::Byte(number(rest, 2, 16)? as u8), &rest[2..])),
        b'u' => return Some((Unquoted::Rune(char::from_u32(number(rest, 4, 16)?)?), &rest[4..])),
        b'U' => return Some((Unquoted::Rune(char::from_u32(number(rest, 8, 16)?)?), &rest[8..])),
        b'0'..=b'7' => {
            let value = number(&text[1..], 3, 8)?;
            return Some((Unquoted::Byte(u8::try_from(value).ok()?), &text[4..]));
        }
        _ => return None,
    };
    Some((Unquoted::Rune(rune), rest))
}

fn number(text: &[u8], width: usize, base: u32) -> Option<u32> {
    text.get(..width)?.iter().try_fold(0u32, |value, byte| {
        let digit = (*byte as char).to_digit(base)?;
        value.checked_mul(base)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(
            unquote(br#""a\n\x41\u00fc\101""#),
            Some("a\nA\u{fc}A".as_bytes().to_vec())
        );
        assert_eq!(unquote(b"`a\\n`"), Some(b"a\\n".to_vec()));
        assert_eq!(unquote(b"'x'"), Some(b"x".to_vec()));
        assert_eq!(unquote(b"'xy'"), None);
        assert_eq!(unquote(br#""\'""#), None);
        assert_eq!(unquote(br#""\q""#), None);
        assert_eq!(unquote(br#""\400""#), None);
        assert_eq!(unquote(b"\"a\nb\""), None);
    }
}
