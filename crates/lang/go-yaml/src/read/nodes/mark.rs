//! Places in a text.

use super::super::chars;

/// A place in a text. Lines and columns count from 0 (but see [`super::comment`]), and characters, not bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// How many characters are before it.
    pub(super) index: isize,
    pub(super) line: isize,
    pub(super) column: isize,
}

impl Mark {
    /// The place `count` characters later in the same line.
    pub(super) fn ahead(self, count: usize) -> Mark {
        Mark {
            index: self.index + count as isize,
            column: self.column + count as isize,
            ..self
        }
    }
}

/// Counts characters up to places that come one after the other.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pos: usize,
    line_start: usize,
    mark: Mark,
}

impl Counter {
    /// Returns the mark of the byte `pos`, whose line starts at `line_start`.
    pub(super) fn mark(&mut self, text: &[u8], pos: usize, line: usize, line_start: usize) -> Mark {
        let from = self.pos.min(pos);
        let passed = chars::count(&text[from..pos]) as isize;
        self.mark.index += passed;
        self.mark.line = line as isize;
        if line_start == self.line_start {
            self.mark.column += passed;
        } else {
            self.mark.column = chars::count(&text[line_start.min(pos)..pos]) as isize;
            self.line_start = line_start;
        }
        self.pos = pos;
        self.mark
    }
}

/// Counts the line breaks between `pos` and the last character before it that is neither blank nor a break.
pub(super) fn breaks_before(text: &[u8], pos: usize) -> isize {
    let mut count = 0;
    let mut rest = &text[..pos];
    loop {
        rest = match rest {
            [head @ .., b' ' | b'\t'] => head,
            [head @ .., b'\r', b'\n']
            | [head @ .., b'\r' | b'\n']
            | [head @ .., 0xC2, 0x85]
            | [head @ .., 0xE2, 0x80, 0xA8 | 0xA9] => {
                count += 1;
                head
            }
            _ => return count,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters() {
        let text = "äb\nöc".as_bytes();
        let mut counter = Counter::default();
        let mark = |index, line, column| Mark { index, line, column };
        assert_eq!(counter.mark(text, 3, 0, 0), mark(2, 0, 2));
        assert_eq!(counter.mark(text, 4, 1, 4), mark(3, 1, 0));
        assert_eq!(counter.mark(text, 6, 1, 4), mark(4, 1, 1));
        assert_eq!(counter.mark(text, 7, 2, 7), mark(5, 2, 0));
    }

    #[test]
    fn counts_breaks_backwards() {
        assert_eq!(breaks_before(b"a \r\n \n\r\t", 8), 3);
        assert_eq!(breaks_before("a\u{85}\u{2028} ".as_bytes(), 7), 2);
        assert_eq!(breaks_before(b"\n\n", 2), 2);
        assert_eq!(breaks_before(b"a", 1), 0);
    }
}
