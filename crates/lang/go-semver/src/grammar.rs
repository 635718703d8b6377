//! The shape of a version, shared by versions and constraints: `v1.2.3-pre.1+meta.2`, where the numbers of a constraint may
//! be wildcards.

/// The parts of a version text; absent parts are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    /// The first number.
    pub major: &'a [u8],
    /// The second number, without its dot.
    pub minor: &'a [u8],
    /// The third number, without its dot.
    pub patch: &'a [u8],
    /// The prerelease, without its dash.
    pub pre: &'a [u8],
    /// The build metadata, without its plus.
    pub metadata: &'a [u8],
    /// How many bytes the whole takes.
    pub length: usize,
}

/// Which bytes a number may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// Digits.
    Digits,
    /// Digits, `x`, `X`, `*`, and, by an accident of the expression in Go, `|`.
    Wildcards,
}

impl Numbers {
    fn has(self, byte: u8) -> bool {
        byte.is_ascii_digit() || self == Numbers::Wildcards && matches!(byte, b'x' | b'X' | b'*' | b'|')
    }
}

/// Reads the longest version at the start of `text`.
pub(crate) fn prefix(text: &[u8], numbers: Numbers) -> Option<Parts<'_>> {
    let mut at = usize::from(text.first() == Some(&b'v'));
    let major = run(&text[at..], |byte| numbers.has(byte));
    if major.is_empty() {
        return None;
    }
    at += major.len();
    let minor = number_after_dot(&text[at..], numbers);
    at += dotted_length(minor);
    let patch = match minor {
        [] => minor,
        _ => number_after_dot(&text[at..], numbers),
    };
    at += dotted_length(patch);
    let pre = identifiers_after(b'-', &text[at..]);
    at += dotted_length(pre);
    let metadata = identifiers_after(b'+', &text[at..]);
    at += dotted_length(metadata);
    Some(Parts {
        major,
        minor,
        patch,
        pre,
        metadata,
        length: at,
    })
}

/// Reads a version that is the whole of `text`.
pub(crate) fn whole(text: &[u8], numbers: Numbers) -> Option<Parts<'_>> {
    prefix(text, numbers).filter(|parts| parts.length == text.len())
}

/// The length of a part with the sign before it.
fn dotted_length(part: &[u8]) -> usize {
    if part.is_empty() { 0 } else { part.len() + 1 }
}

fn run(text: &[u8], has: impl Fn(u8) -> bool) -> &[u8] {
    let length = text.iter().take_while(|byte| has(**byte)).count();
    &text[..length]
}

fn number_after_dot(text: &[u8], numbers: Numbers) -> &[u8] {
    match text {
        [b'.', rest @ ..] => run(rest, |byte| numbers.has(byte)),
        _ => &[],
    }
}

/// Reads `-a.b.c`: identifiers of letters, digits and dashes with dots between them.
fn identifiers_after(sign: u8, text: &[u8]) -> &[u8] {
    let Some((first, rest)) = text.split_first() else {
        return &[];
    };
    if *first != sign {
        return &[];
    }
    let mut end = 0;
    loop {
        let start = if end == 0 { 0 } else { end + 1 };
        if end != 0 && rest.get(end) != Some(&b'.') {
            break;
        }
        let identifier = run(rest.get(start..).unwrap_or_default(), |byte| {
            byte.is_ascii_alphanumeric() || byte == b'-'
        });
        if identifier.is_empty() {
            break;
        }
        end = start + identifier.len();
    }
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_version_is_read() {
        let parts = prefix(b"v1.2.3-a.b..c", Numbers::Digits).unwrap();
        assert_eq!((parts.pre, parts.length), (&b"a.b"[..], 10));
        assert_eq!(prefix(b"1.2.3.4", Numbers::Digits).unwrap().length, 5);
        assert_eq!(prefix(b"1.-a", Numbers::Digits).unwrap().length, 1);
        assert_eq!(prefix(b"1.x.*", Numbers::Wildcards).unwrap().length, 5);
        assert_eq!(prefix(b"x1", Numbers::Digits), None);
        assert_eq!(prefix(b"", Numbers::Wildcards), None);
    }
}
