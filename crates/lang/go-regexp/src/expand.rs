//! Replacement texts: `$1`, `${name}`, `$$`.

use go_value::utf8;

/// A piece of a replacement text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text as it is.
    Text(&'a [u8]),
    /// The group of that index, if there is one.
    Index(usize),
    /// The first group of that name that took part in the match.
    Name(&'a [u8]),
}

/// Takes a replacement text apart.
pub(crate) fn pieces(template: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.iter().position(|byte| *byte == b'$') {
        pieces.push(Piece::Text(&rest[..at]));
        let dollar = &rest[at..=at];
        rest = &rest[at + 1..];
        if rest.first() == Some(&b'$') {
            pieces.push(Piece::Text(dollar));
            rest = &rest[1..];
        } else if let Some((piece, after)) = reference(rest) {
            pieces.push(piece);
            rest = after;
        } else {
            pieces.push(Piece::Text(dollar));
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Reads what follows a `$`: the longest name, or one in braces.
fn reference(text: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    let (braced, text) = match text {
        [b'{', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let is_word = |rune: char| rune == '_' || is_letter_or_digit(rune);
    let length = utf8::runes(text)
        .find(|(_, rune)| !is_word(*rune))
        .map_or(text.len(), |(at, _)| at);
    let (name, mut rest) = text.split_at(length);
    if name.is_empty() {
        return None;
    }
    if braced {
        let [b'}', after @ ..] = rest else {
            return None;
        };
        rest = after;
    }
    Some((group(name), rest))
}

/// Go reads digits without leading zeros as an index; from a hundred million on they are a name again.
fn group(name: &[u8]) -> Piece<'_> {
    let digits = name.iter().all(u8::is_ascii_digit) && !(name.len() > 1 && name[0] == b'0') && name.len() <= 9;
    let index = if digits {
        std::str::from_utf8(name).ok().and_then(|name| name.parse().ok())
    } else {
        None
    };
    index.map_or(Piece::Name(name), Piece::Index)
}

fn is_letter_or_digit(rune: char) -> bool {
    if rune.is_ascii() {
        return rune.is_ascii_alphanumeric();
    }
    // Go asks for letters and decimal digits; `is_alphanumeric` would also admit vowel signs and other numbers.
    crate::class::is_letter_or_digit(rune)
}
