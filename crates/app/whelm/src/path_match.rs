//! Go's `filepath.Match` on Unix.

use go_value::utf8;

/// Returns whether the whole of `name` matches `pattern`; never for a pattern that is malformed where it is looked at.
///
/// `*` and `?` do not match `/`. `[a-z]` and `[^a-z]` match one character, `\` takes the next one as it is.
pub fn path_match(mut pattern: &[u8], mut name: &[u8]) -> bool {
    while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return !name.contains(&b'/');
        }
        match match_chunk(chunk, name) {
            Chunk::Matched(after) if after.is_empty() || !pattern.is_empty() => {
                name = after;
                continue;
            }
            Chunk::Malformed => return false,
            _ => {}
        }
        if !star {
            return false;
        }
        match retry(chunk, pattern.is_empty(), name) {
            Some(after) => name = after,
            None => return false,
        }
    }
    name.is_empty()
}

/// Lets a star match more and more; returns what follows the first match of `chunk`.
fn retry<'n>(chunk: &[u8], last: bool, name: &'n [u8]) -> Option<&'n [u8]> {
    for skipped in 0..name.len() {
        if name[skipped] == b'/' {
            return None;
        }
        match match_chunk(chunk, &name[skipped + 1..]) {
            Chunk::Matched(after) if last && !after.is_empty() => {}
            Chunk::Matched(after) => return Some(after),
            Chunk::Malformed => return None,
            Chunk::Different => {}
        }
    }
    None
}

/// Splits off stars at the start and the text up to the next star outside brackets.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
    let pattern = &pattern[stars..];
    let mut in_brackets = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_brackets = true,
            b']' => in_brackets = false,
            b'*' if !in_brackets => break,
            _ => {}
        }
        at += 1;
    }
    let at = at.min(pattern.len());
    (stars > 0, &pattern[..at], &pattern[at..])
}

/// How a piece of a pattern without stars compares with the start of a name.
enum Chunk<'n> {
    /// It matches; this is left of the name.
    Matched(&'n [u8]),
    /// It does not match.
    Different,
    /// The pattern is malformed.
    Malformed,
}

fn match_chunk<'n>(mut chunk: &[u8], mut name: &'n [u8]) -> Chunk<'n> {
    // Go reads the rest of a pattern for mistakes even when it cannot match any more.
    let mut different = false;
    while let Some((&first, after)) = chunk.split_first() {
        different |= name.is_empty();
        match first {
            b'[' => {
                let mut rune = '\0';
                if !different {
                    let (next, width) = utf8::decode(name).unwrap_or(('\u{fffd}', 1));
                    rune = next;
                    name = &name[width.min(name.len())..];
                }
                match in_class(after, rune) {
                    Some((matches, rest)) => {
                        different |= !matches;
                        chunk = rest;
                    }
                    None => return Chunk::Malformed,
                }
            }
            b'?' => {
                if !different {
                    different = name[0] == b'/';
                    name = &name[utf8::decode(name).map_or(1, |(_, width)| width)..];
                }
                chunk = after;
            }
            _ => {
                let rest = if first == b'\\' { after } else { chunk };
                let Some((&literal, rest)) = rest.split_first() else { return Chunk::Malformed };
                if !different {
                    different = literal != name[0];
                    name = &name[1..];
                }
                chunk = rest;
            }
        }
    }
    if different { Chunk::Different } else { Chunk::Matched(name) }
}

/// Tells whether `rune` is in the class whose text begins behind `[`, and what follows the class.
fn in_class(mut text: &[u8], rune: char) -> Option<(bool, &[u8])> {
    let negated = text.first() == Some(&b'^');
    if negated {
        text = &text[1..];
    }
    let mut matches = false;
    let mut ranges = 0;
    loop {
        if text.first() == Some(&b']') && ranges > 0 {
            return Some((matches != negated, &text[1..]));
        }
        let (low, rest) = class_rune(text)?;
        text = rest;
        let mut high = low;
        if text[0] == b'-' {
            (high, text) = class_rune(&text[1..])?;
        }
        matches |= low <= rune && rune <= high;
        ranges += 1;
    }
}

/// Reads one character of a class; something must follow it.
fn class_rune(text: &[u8]) -> Option<(char, &[u8])> {
    let text = match text.first()? {
        b'-' | b']' => return None,
        b'\\' => &text[1..],
        _ => text,
    };
    let (rune, width) = utf8::decode(text)?;
    let rest = &text[width..];
    (!rest.is_empty() && !(rune == '\u{fffd}' && width == 1)).then_some((rune, rest))
}

#[cfg(test)]
mod tests {
    use super::path_match;

    #[test]
    fn m_007_matches_as_go_does() {
        let cases: &[(&str, &str, bool)] = &[
            ("templates/*.yaml", "templates/a.yaml", true),
            ("templates/*", "templates/a/b.yaml", false),
            ("*/*.yaml", "templates/a.yaml", true),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("a[a-c]", "ab", true),
            ("a[^a-c]", "ab", false),
            ("a[", "a", false),
            ("a\\*b", "a*b", true),
            ("[]a]", "]", false),
            ("[\\]a]", "]", true),
            ("?", "\u{e9}", true),
            ("", "", true),
            ("*", "", true),
            ("*x", "xxx", true),
            ("a*", "a", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(path_match(pattern.as_bytes(), name.as_bytes()), *expected, "{pattern} {name}");
        }
    }
}
