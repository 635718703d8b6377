//! Patterns for paths as Go's `filepath.Match` has them.

use go_value::utf8::decode;

/// The pattern is not well-formed; Go says `syntax error in pattern`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPattern;

impl std::fmt::Display for BadPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("syntax error in pattern")
    }
}

impl std::error::Error for BadPattern {}

/// One step of a pattern without stars.
enum Step {
    /// This byte.
    Byte(u8),
    /// Any rune but a slash.
    Any,
    /// A rune of these ranges, or of none of them.
    Class { negated: bool, ranges: Vec<(char, char)> },
}

/// Tells whether `name` matches all of `pattern`: `*` and `?` stop at slashes, `[a-z]` and `[^a-z]` are classes, a
/// backslash takes away the meaning of what follows.
///
/// # Errors
/// A pattern that is not well-formed, as far as it had to be read: what lies behind a part that does not match stays
/// unread.
pub fn match_path(pattern: &[u8], name: &[u8]) -> Result<bool, BadPattern> {
    let (mut pattern, mut name) = (pattern, name);
    while !pattern.is_empty() {
        let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
        let (chunk, rest) = pattern[stars..].split_at(chunk_end(&pattern[stars..]));
        if stars > 0 && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        let steps = steps(chunk)?;
        let ends_here = |left: &[u8]| left.is_empty() || !rest.is_empty();
        // A star stands for as little as it can, and never for a slash.
        let reach = if stars > 0 {
            name.iter().take_while(|byte| **byte != b'/').count()
        } else {
            0
        };
        let found = (0..=reach).find_map(|skip| consume(&steps, &name[skip..]).filter(|left| ends_here(left)));
        let Some(left) = found else { return Ok(false) };
        name = left;
        pattern = rest;
    }
    Ok(name.is_empty())
}

/// Returns where the next star is that is one.
fn chunk_end(pattern: &[u8]) -> usize {
    let mut in_class = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => return at,
            _ => {}
        }
        at += 1;
    }
    pattern.len()
}

fn steps(mut chunk: &[u8]) -> Result<Vec<Step>, BadPattern> {
    let mut steps = Vec::new();
    while let Some((first, rest)) = chunk.split_first() {
        chunk = rest;
        match first {
            b'?' => steps.push(Step::Any),
            b'[' => {
                let (class, rest) = class(chunk)?;
                steps.push(class);
                chunk = rest;
            }
            b'\\' => {
                let (next, rest) = chunk.split_first().ok_or(BadPattern)?;
                steps.push(Step::Byte(*next));
                chunk = rest;
            }
            byte => steps.push(Step::Byte(*byte)),
        }
    }
    Ok(steps)
}

fn class(mut chunk: &[u8]) -> Result<(Step, &[u8]), BadPattern> {
    let negated = chunk.first() == Some(&b'^');
    if negated {
        chunk = &chunk[1..];
    }
    let mut ranges = Vec::new();
    loop {
        if chunk.first() == Some(&b']') && !ranges.is_empty() {
            return Ok((Step::Class { negated, ranges }, &chunk[1..]));
        }
        let (low, rest) = class_rune(chunk)?;
        let (high, rest) = if rest[0] == b'-' {
            class_rune(&rest[1..])?
        } else {
            (low, rest)
        };
        ranges.push((low, high));
        chunk = rest;
    }
}

/// Reads a rune of a class; something has to follow it.
fn class_rune(chunk: &[u8]) -> Result<(char, &[u8]), BadPattern> {
    let chunk = match chunk.first() {
        None | Some(b'-' | b']') => return Err(BadPattern),
        Some(b'\\') => &chunk[1..],
        Some(_) => chunk,
    };
    let (rune, width) = decode(chunk).ok_or(BadPattern)?;
    if (rune == char::REPLACEMENT_CHARACTER && width == 1) || chunk.len() == width {
        return Err(BadPattern);
    }
    Ok((rune, &chunk[width..]))
}

/// Matches the steps at the start of `name`; returns what is left of it.
fn consume<'a>(steps: &[Step], mut name: &'a [u8]) -> Option<&'a [u8]> {
    for step in steps {
        let first = *name.first()?;
        let width = match step {
            Step::Byte(byte) => (first == *byte).then_some(1)?,
            Step::Any => (first != b'/').then(|| decode(name))??.1,
            Step::Class { negated, ranges } => {
                let (rune, width) = decode(name)?;
                let inside = ranges.iter().any(|(low, high)| (*low..=*high).contains(&rune));
                (inside != *negated).then_some(width)?
            }
        };
        name = &name[width..];
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::match_path;

    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, name, expected) in [
            ("*.go", "a.go", Ok(true)),
            ("a*/b", "a/c/b", Ok(false)),
            ("ab[^e-g]", "abe", Ok(false)),
            ("a[^a]b", "a☺b", Ok(true)),
            ("[]a]", "]", Err(())),
            ("[a-b-c]", "a", Err(())),
            ("a[", "a", Err(())),
            ("a[", "x", Err(())),
            ("a*[", "x", Ok(false)),
            ("*x", "xxx", Ok(true)),
            ("a\\*b", "a*b", Ok(true)),
            ("a\\", "a", Err(())),
            ("[\\-x]", "-", Ok(true)),
            ("[", "", Err(())),
        ] {
            assert_eq!(
                match_path(pattern.as_bytes(), name.as_bytes()).map_err(|_| ()),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
