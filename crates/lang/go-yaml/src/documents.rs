//! The documents of a file with several of them, as Kubernetes' `YAMLReader` cuts it.

use std::borrow::Cow;

use crate::{Error, ErrorKind};

/// The size of Go's read buffer.
const BUFFER: usize = 4096;

/// An iterator over the documents of a text: `---` at the start of a line separates them, even where YAML would not say so.
///
/// Empty documents are left out, a separator before the first document is part of it, CR LF becomes LF, and each document ends with a line feed. After an error the iterator ends.
///
/// Source: `k8s.io/apimachinery/pkg/util/yaml`. Helm reads values files and linted manifests in this way. (For values files it adds a
/// line feed at the end first, because a last line without one is lost when its length is a multiple of 4096 bytes.)
///
/// ```
/// let documents: Result<Vec<_>, _> = go_yaml::documents(b"a: 1\n--- # two\nb: 2").collect();
/// assert_eq!(documents?, [&b"a: 1\n"[..], b"b: 2\n"]);
/// # Ok::<(), go_yaml::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Documents<'a> {
    rest: &'a [u8],
}

/// Cuts `text` into its documents; see [`Documents`].
pub fn documents(text: &[u8]) -> Documents<'_> {
    Documents { rest: text }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Result<Cow<'a, [u8]>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest;
        let mut at = 0;
        while let Some(line) = Line::at(text, at) {
            if let Some(comment) = text[at..line.end].strip_prefix(b"---") {
                let comment = String::from_utf8_lossy(comment);
                let comment = comment.trim();
                if !comment.is_empty() && !comment.starts_with('#') {
                    self.rest = &[];
                    let message = format!("invalid Yaml document separator: {comment}");
                    return Some(Err(Error::new(ErrorKind::Syntax, message)));
                }
                if at > 0 {
                    self.rest = &text[line.next..];
                    return Some(Ok(clean(&text[..at])));
                }
                // A separator before anything else is the first line of the document.
            } else if line.lost {
                break;
            }
            at = line.next;
        }
        self.rest = &[];
        (at > 0).then(|| Ok(clean(&text[..at])))
    }
}

/// A line of a text.
struct Line {
    /// Before the line feed.
    end: usize,
    /// Where the next one starts.
    next: usize,
    /// Whether Go loses it.
    lost: bool,
}

impl Line {
    fn at(text: &[u8], at: usize) -> Option<Line> {
        if at >= text.len() {
            return None;
        }
        Some(match memchr::memchr(b'\n', &text[at..]) {
            Some(length) => Line {
                end: at + length,
                next: at + length + 1,
                lost: false,
            },
            None => Line {
                end: text.len(),
                next: text.len(),
                lost: (text.len() - at).is_multiple_of(BUFFER),
            },
        })
    }
}

/// Makes every line end with a line feed alone.
fn clean(text: &[u8]) -> Cow<'_, [u8]> {
    if text.ends_with(b"\n") && memchr::memmem::find(text, b"\r\n").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 1);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        // A CR at the very end of the text is no part of a line break.
        let cut = [&b"\r\n"[..], b"\n"].into_iter().find_map(|end| line.strip_suffix(end));
        out.extend_from_slice(cut.unwrap_or(line));
        out.push(b'\n');
    }
    Cow::Owned(out)
}
