//! A line, rune by rune.

/// What is left of a line.
pub(super) struct Reader {
    text: String,
    at: usize,
}

impl Reader {
    /// Returns a reader; bytes that are not UTF-8 become U+FFFD each.
    pub(super) fn new(line: &[u8]) -> Self {
        Reader {
            text: go_value::utf8::to_string_lossy(line).into_owned(),
            at: 0,
        }
    }

    pub(super) fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let rune = self.peek()?;
        self.at += rune.len_utf8();
        Some(rune)
    }

    /// Skips bytes that [`Reader::rest`] was seen to have.
    pub(super) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.text.len());
    }

    /// Reads up to one of the marks and over it; `None` in its place at the end. A backslash takes away the meaning of
    /// what follows it.
    pub(super) fn until(&mut self, marks: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(rune) = self.next() {
            if marks.contains(&rune) {
                return (text, Some(rune));
            }
            match rune {
                '\\' => text.extend(self.next()),
                rune => text.push(rune),
            }
        }
        (text, None)
    }

    /// Reads up to one of the marks and over it, backslashes like any other rune.
    pub(super) fn until_literal(&mut self, marks: &[char]) -> (String, Option<char>) {
        let rest = self.rest();
        match rest.find(marks) {
            Some(end) => {
                let text = rest[..end].to_owned();
                self.at += end;
                (text, self.next())
            }
            None => {
                let text = rest.to_owned();
                self.at = self.text.len();
                (text, None)
            }
        }
    }
}
