//! The document as characters, with the line that errors name.

/// An error before the key that it concerns is known.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// A place to go back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    at: usize,
    line: usize,
}

/// The document and how far it was read.
pub(crate) struct Input<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
    token: usize,
}

impl<'a> Input<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Input<'a> {
        Input {
            text,
            at: 0,
            line: 1,
            token: 0,
        }
    }

    pub(crate) fn line(&self) -> usize {
        self.line
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            at: self.at,
            line: self.line,
        }
    }

    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.at = mark.at;
        self.line = mark.line;
    }

    /// What was read since `mark`.
    pub(crate) fn since(&self, mark: Mark) -> &'a [u8] {
        &self.text[mark.at..self.at]
    }

    /// Reads a character; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<char>, Fault> {
        let rest = &self.text[self.at..];
        let Some((rune, width)) = go_value::utf8::decode(rest) else {
            return Ok(None);
        };
        if rune == '\n' {
            self.line += 1;
        }
        if rune == char::REPLACEMENT_CHARACTER && width == 1 {
            return Err(self.fault(format!("invalid UTF-8 byte: 0x{:02x}", rest[0])));
        }
        let lone_return = rune == '\r' && rest.get(1) != Some(&b'\n');
        if lone_return || (rune.is_ascii_control() && !matches!(rune, '\t' | '\r' | '\n')) {
            let message = format!("TOML files cannot contain control characters: '0x{:02x}'", rune as u32);
            return Err(self.fault(message));
        }
        self.at += width;
        Ok(Some(rune))
    }

    pub(crate) fn peek(&mut self) -> Result<Option<char>, Fault> {
        let mark = self.mark();
        let next = self.next();
        if next.is_ok() {
            self.back_to(mark);
        }
        next
    }

    /// Reads the next character if it is `wanted`.
    pub(crate) fn accept(&mut self, wanted: char) -> Result<bool, Fault> {
        let found = self.peek()? == Some(wanted);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    /// Reads characters while `wanted` says so.
    pub(crate) fn skip(&mut self, wanted: impl Fn(char) -> bool) -> Result<(), Fault> {
        while self.peek()?.is_some_and(&wanted) {
            self.next()?;
        }
        Ok(())
    }

    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault {
            line: self.line,
            message: message.into(),
        }
    }

    /// What was read of the string that an escape stands in.
    pub(crate) fn so_far(&self) -> Vec<u8> {
        self.text[self.token..self.at].to_vec()
    }

    /// Makes this place the start of what [`Input::so_far`] returns.
    pub(crate) fn start_token(&mut self) {
        self.token = self.at;
    }

    /// An error about the character `found`, which was just read; the end of the document belongs to its last line.
    pub(crate) fn fault_at(&self, found: Option<char>, message: impl Into<String>) -> Fault {
        let ended = found.is_none() && self.at >= 1 && self.text[self.at - 1] == b'\n';
        Fault {
            line: self.line - usize::from(ended),
            message: message.into(),
        }
    }

    /// An error that the library counts to the line before.
    pub(crate) fn fault_before(&self, message: impl Into<String>) -> Fault {
        Fault {
            line: self.line.saturating_sub(1),
            message: message.into(),
        }
    }
}

pub(crate) fn is_blank(rune: char) -> bool {
    matches!(rune, ' ' | '\t')
}

pub(crate) fn is_line_end(rune: char) -> bool {
    matches!(rune, '\n' | '\r')
}

/// A character as Go's `%q` prints it; the end is the character zero there.
pub(crate) fn quoted(found: Option<char>) -> String {
    go_value::strconv::quote_rune(found.unwrap_or('\0'))
}
