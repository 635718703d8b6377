//! A stream of YAML documents to its documents.

use std::ops::Range;

use memchr::memmem;

use crate::space::{trim, trim_start};

/// Splits `text` where a line starts with `---`, and drops what is blank. What follows the dashes and blanks on such a line
/// belongs to the next document; white space before a document goes away, white space behind it stays.
///
/// Source: Helm 4.3.1, `pkg/release/v1/util/manifest.go`.
pub fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(trim_start(text));
    let mut at_line_start = true;
    std::iter::from_fn(move || {
        let text = rest?;
        let (document, tail) = cut(text, at_line_start);
        rest = tail;
        // What follows a separator on its line is not at a line's start.
        at_line_start = false;
        Some(document)
    })
    .map(trim_start)
    .filter(|document| !trim(document).is_empty())
}

/// Does the same, and tells where in `text` the documents are.
pub fn split_places(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let start = text.as_ptr().addr();
    split(text).map(move |document| {
        let from = document.as_ptr().addr() - start;
        from..from + document.len()
    })
}

/// Cuts at the first separator; the start of `text` counts as a line's start when `at_line_start`.
fn cut(text: &[u8], at_line_start: bool) -> (&[u8], Option<&[u8]>) {
    if at_line_start && text.starts_with(b"---") {
        return (&[], Some(behind_dashes(text)));
    }
    match memmem::find(text, b"\n---") {
        Some(at) => (&text[..at + 1], Some(behind_dashes(&text[at + 1..]))),
        None => (text, None),
    }
}

fn behind_dashes(text: &[u8]) -> &[u8] {
    let rest = &text[3..];
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &rest[blanks..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str) -> Vec<&str> {
        split(text.as_bytes())
            .map(|document| std::str::from_utf8(document).unwrap())
            .collect()
    }

    #[test]
    fn places_are_those_of_the_documents() {
        let text = b" \n---\na: 1\n---\n\n---\nb: 2\n";
        let documents: Vec<&[u8]> = split_places(text).map(|place| &text[place]).collect();
        assert_eq!(documents, [&b"a: 1\n"[..], b"b: 2\n"]);
    }

    // M-001
    #[test]
    fn m_001_splits_where_helm_splits() {
        assert_eq!(documents(""), Vec::<&str>::new());
        assert_eq!(documents("a: 1"), ["a: 1"]);
        assert_eq!(documents("---\na: 1\n---\n\n---\nb: 2\n"), ["a: 1\n", "b: 2\n"]);
        assert_eq!(documents("\n \t---\na: 1\n--- \t\nb"), ["a: 1\n", "b"]);
        assert_eq!(documents("---apiVersion: v1\n"), ["apiVersion: v1\n"]);
        assert_eq!(documents("a\n--- # note\nb\n"), ["a\n", "# note\nb\n"]);
        assert_eq!(documents("a\r\n---\r\nb\r\n"), ["a\r\n", "b\r\n"]);
        assert_eq!(documents("# only a comment\n---\n---"), ["# only a comment\n"]);
        assert_eq!(documents("a\n -- -\n ---\nb"), ["a\n -- -\n ---\nb"]);
        assert_eq!(documents("------\na"), ["---\na"]);
        assert_eq!(documents("---\n---a"), ["a"]);
    }
}
