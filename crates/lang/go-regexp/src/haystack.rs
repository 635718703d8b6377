//! Texts as the matcher wants them: UTF-8.

use std::borrow::Cow;

use go_value::utf8;

/// A text whose invalid bytes were replaced by U+FFFD, and the way back to its own offsets.
pub(crate) struct Haystack<'a> {
    bytes: Cow<'a, [u8]>,
    /// For each replaced byte its offset, in order; each made the text two bytes longer.
    replaced: Vec<usize>,
}

impl<'a> Haystack<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Haystack<'a> {
        if std::str::from_utf8(text).is_ok() {
            return Haystack {
                bytes: Cow::Borrowed(text),
                replaced: Vec::new(),
            };
        }
        let mut bytes = Vec::with_capacity(text.len() + 8);
        let mut replaced = Vec::new();
        for (at, rune) in utf8::runes(text) {
            let valid = text[at..].starts_with(rune.encode_utf8(&mut [0; 4]).as_bytes());
            if !valid {
                replaced.push(at);
            }
            bytes.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Haystack {
            bytes: Cow::Owned(bytes),
            replaced,
        }
    }

    /// The UTF-8 bytes to search.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The offset in the text of the offset `at` in [`Haystack::bytes`].
    pub(crate) fn original(&self, at: usize) -> usize {
        let before = partition(&self.replaced, |index, offset| offset + 2 * index < at);
        at - 2 * before
    }
}

/// The number of leading elements for which `before` holds, where it holds for none after the first it does not hold for.
fn partition(sorted: &[usize], before: impl Fn(usize, usize) -> bool) -> usize {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low.midpoint(high);
        if before(middle, sorted[middle]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back() {
        let haystack = Haystack::new(b"a\xffb\xfe\xfdc");
        assert_eq!(haystack.bytes(), "a\u{fffd}b\u{fffd}\u{fffd}c".as_bytes());
        let offsets: Vec<_> = [0, 1, 4, 5, 8, 11, 12].map(|at| haystack.original(at)).into();
        assert_eq!(offsets, [0, 1, 2, 3, 4, 5, 6]);
    }
}
