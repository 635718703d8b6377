//! The lexer: text to tokens, as Go's `text/template/parse/lex.go` does it.

use go_value::strconv::{is_print, quote};
use go_value::utf8;
use memchr::{memchr, memchr_iter, memchr3, memmem};

use super::token::{Token, TokenKind};
use super::unicode::is_alphanumeric;

const LEFT_DELIM: &[u8] = b"{{";
const RIGHT_DELIM: &[u8] = b"}}";
const TRIM_MARKER_LEN: usize = 2;

/// What the lexer found out to be next.
enum Step {
    Token(Token),
    Text,
    RightDelim,
}

/// Reads tokens one by one.
pub(crate) struct Lexer<'t> {
    pub(crate) input: &'t [u8],
    left_delims: memmem::Finder<'static>,
    at: usize,
    start: usize,
    line: u32,
    start_line: u32,
    paren_depth: u32,
    inside_action: bool,
    /// Whether `break` is a keyword: no function has that name.
    break_is_keyword: bool,
    continue_is_keyword: bool,
    /// The text of the error token.
    pub(crate) error: String,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(input: &'t [u8], break_is_keyword: bool, continue_is_keyword: bool) -> Lexer<'t> {
        Lexer {
            input,
            left_delims: memmem::Finder::new(LEFT_DELIM),
            at: 0,
            start: 0,
            line: 1,
            start_line: 1,
            paren_depth: 0,
            inside_action: false,
            break_is_keyword,
            continue_is_keyword,
            error: String::new(),
        }
    }

    /// Returns the next token.
    pub(crate) fn next_token(&mut self) -> Token {
        let mut step = if self.inside_action {
            self.inside_action()
        } else {
            Step::Text
        };
        loop {
            step = match step {
                Step::Token(token) => return token,
                Step::Text => self.text(),
                Step::RightDelim => self.right_delim(),
            };
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let byte = *self.input.get(self.at)?;
        if byte < 0x80 {
            self.at += 1;
            self.line += u32::from(byte == b'\n');
            return Some(byte as char);
        }
        let (rune, width) = utf8::decode(self.rest())?;
        self.at += width;
        Some(rune)
    }

    fn peek(&self) -> Option<char> {
        match self.input.get(self.at) {
            Some(byte) if *byte < 0x80 => Some(*byte as char),
            Some(_) => utf8::decode(self.rest()).map(|(rune, _)| rune),
            None => None,
        }
    }

    fn token(&mut self, kind: TokenKind) -> Token {
        let token = Token {
            kind,
            start: self.start as u32,
            end: self.at as u32,
            line: self.start_line,
        };
        self.start = self.at;
        self.start_line = self.line;
        token
    }

    fn emit(&mut self, kind: TokenKind) -> Step {
        Step::Token(self.token(kind))
    }

    /// Counts the lines of the input between the token's start and here, which nothing has counted yet.
    fn count_lines(&mut self) {
        self.line += memchr_iter(b'\n', &self.input[self.start..self.at]).count() as u32;
    }

    /// Skips what lies before this point and was not read rune by rune.
    fn ignore(&mut self) {
        self.count_lines();
        self.start = self.at;
        self.start_line = self.line;
    }

    fn fail(&mut self, message: impl Into<String>) -> Step {
        self.error = message.into();
        let token = Token {
            kind: TokenKind::Error,
            start: self.start as u32,
            end: self.start as u32,
            line: self.start_line,
        };
        self.start = 0;
        self.at = 0;
        self.input = &[];
        Step::Token(token)
    }

    /// Plain text up to the next left delimiter.
    fn text(&mut self) -> Step {
        let Some(length) = self.left_delims.find(self.rest()) else {
            self.at = self.input.len();
            if self.at > self.start {
                self.count_lines();
                return self.emit(TokenKind::Text);
            }
            return self.emit(TokenKind::Eof);
        };
        if length > 0 {
            self.at += length;
            let after = &self.input[self.at + LEFT_DELIM.len()..];
            let text = &self.input[self.start..self.at];
            let trimmed = if has_left_trim_marker(after) {
                text.len() - trim_right(text).len()
            } else {
                0
            };
            self.at -= trimmed;
            self.count_lines();
            let token = self.token(TokenKind::Text);
            self.at += trimmed;
            self.ignore();
            if token.end > token.start {
                return Step::Token(token);
            }
        }
        self.left_delim()
    }

    fn left_delim(&mut self) -> Step {
        self.at += LEFT_DELIM.len();
        let marker = if has_left_trim_marker(self.rest()) {
            TRIM_MARKER_LEN
        } else {
            0
        };
        if self.input[self.at + marker..].starts_with(b"/*") {
            self.at += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.token(TokenKind::LeftDelim);
        self.inside_action = true;
        self.at += marker;
        self.ignore();
        self.paren_depth = 0;
        Step::Token(token)
    }

    fn comment(&mut self) -> Step {
        self.at += 2;
        let Some(length) = memmem::find(self.rest(), b"*/") else {
            return self.fail("unclosed comment");
        };
        self.at += length + 2;
        let Some(trim) = self.at_right_delim() else {
            return self.fail("comment ends before closing delimiter");
        };
        if trim {
            self.at += TRIM_MARKER_LEN;
        }
        self.at += RIGHT_DELIM.len();
        if trim {
            self.at += left_trim_length(self.rest());
        }
        self.ignore();
        Step::Text
    }

    /// Tells whether here is a right delimiter (`Some`), and whether it has a trim marker.
    fn at_right_delim(&self) -> Option<bool> {
        match self.rest() {
            [b'}', b'}', ..] => Some(false),
            [space, b'-', b'}', b'}', ..] if is_space(*space) => Some(true),
            _ => None,
        }
    }

    fn right_delim(&mut self) -> Step {
        let trim = self.at_right_delim().unwrap_or(false);
        if trim {
            self.at += TRIM_MARKER_LEN;
            self.ignore();
        }
        self.at += RIGHT_DELIM.len();
        let token = self.token(TokenKind::RightDelim);
        if trim {
            self.at += left_trim_length(self.rest());
            self.ignore();
        }
        self.inside_action = false;
        Step::Token(token)
    }

    fn inside_action(&mut self) -> Step {
        let Some(byte) = self.input.get(self.at).copied() else {
            return self.fail("unclosed action");
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.space(),
            b'}' if self.at_right_delim().is_some() => self.end_of_action(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.at += 1;
                self.identifier()
            }
            b'.' if !self.input.get(self.at + 1).is_none_or(u8::is_ascii_digit) => {
                self.at += 1;
                self.field_or_variable(TokenKind::Field)
            }
            b'.' | b'+' | b'-' | b'0'..=b'9' => self.number(),
            byte if byte < 0x80 => {
                self.at += 1;
                self.mark(byte)
            }
            _ => match self.next() {
                Some(rune) if is_alphanumeric(rune) => self.identifier(),
                rune => self.unrecognized(rune),
            },
        }
    }

    /// What starts with a mark of one byte, which was read.
    fn mark(&mut self, byte: u8) -> Step {
        match byte {
            b'=' => self.emit(TokenKind::Assign),
            b':' => match self.next() {
                Some('=') => self.emit(TokenKind::Declare),
                _ => self.fail("expected :="),
            },
            b'|' => self.emit(TokenKind::Pipe),
            b'"' => self.quoted(b'"', TokenKind::String, "unterminated quoted string"),
            b'`' => self.raw_quoted(),
            b'$' => self.field_or_variable(TokenKind::Variable),
            b'\'' => self.quoted(b'\'', TokenKind::CharConstant, "unterminated character constant"),
            b'(' => {
                self.paren_depth += 1;
                self.emit(TokenKind::LeftParen)
            }
            b')' if self.paren_depth == 0 => self.fail("unexpected right paren"),
            b')' => {
                self.paren_depth -= 1;
                self.emit(TokenKind::RightParen)
            }
            b'!'..=b'~' => self.emit(TokenKind::Char),
            _ => self.unrecognized(Some(char::from(byte))),
        }
    }

    fn unrecognized(&mut self, rune: Option<char>) -> Step {
        self.fail(format!("unrecognized character in action: {}", code_point(rune)))
    }

    fn end_of_action(&mut self) -> Step {
        match self.paren_depth {
            0 => Step::RightDelim,
            _ => self.fail("unclosed left paren"),
        }
    }

    /// A run of spaces; a right delimiter with a trim marker starts with one.
    fn space(&mut self) -> Step {
        if self.at_right_delim().is_some() {
            return self.end_of_action();
        }
        let start = self.at;
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.input.get(self.at) {
            self.line += u32::from(*byte == b'\n');
            self.at += 1;
        }
        if self.input.get(self.at) == Some(&b'-') && self.at - start > 1 {
            let last = self.at - 1;
            if self.input[self.at + 1..].starts_with(RIGHT_DELIM) {
                self.at = last;
                self.line -= u32::from(self.input[last] == b'\n');
            }
        }
        self.emit(TokenKind::Space)
    }

    /// Skips letters and digits.
    fn skip_alphanumeric(&mut self) {
        loop {
            let word = self
                .rest()
                .iter()
                .take_while(|byte| IS_WORD[usize::from(**byte)])
                .count();
            self.at += word;
            match utf8::decode(self.rest()) {
                Some((rune, width)) if !rune.is_ascii() && is_alphanumeric(rune) => self.at += width,
                _ => return,
            }
        }
    }

    fn identifier(&mut self) -> Step {
        self.skip_alphanumeric();
        let word = &self.input[self.start..self.at];
        if !self.at_terminator() {
            return self.bad_character();
        }
        match TokenKind::keyword(word) {
            Some(TokenKind::Break) if !self.break_is_keyword => self.emit(TokenKind::Identifier),
            Some(TokenKind::Continue) if !self.continue_is_keyword => self.emit(TokenKind::Identifier),
            Some(keyword) => self.emit(keyword),
            None if word == b"true" || word == b"false" => self.emit(TokenKind::Bool),
            None => self.emit(TokenKind::Identifier),
        }
    }

    /// `.name` or `$name`; the first character was read.
    fn field_or_variable(&mut self, kind: TokenKind) -> Step {
        if self.at_terminator() {
            return match kind {
                TokenKind::Variable => self.emit(TokenKind::Variable),
                _ => self.emit(TokenKind::Dot),
            };
        }
        self.skip_alphanumeric();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.emit(kind)
    }

    fn bad_character(&mut self) -> Step {
        let rune = self.peek();
        self.fail(format!("bad character {}", code_point(rune)))
    }

    /// Tells whether here is something that may follow an identifier.
    fn at_terminator(&self) -> bool {
        match self.input.get(self.at) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(') => true,
            Some(b'}') => self.input.get(self.at + 1) == Some(&b'}'),
            Some(_) => false,
        }
    }

    fn quoted(&mut self, mark: u8, kind: TokenKind, unterminated: &str) -> Step {
        // None of the three is ever part of a longer rune, so bytes will do.
        while let Some(length) = memchr3(mark, b'\\', b'\n', self.rest()) {
            self.at += length + 1;
            match self.input[self.at - 1] {
                b'\n' => break,
                b'\\' => match self.input.get(self.at) {
                    None | Some(b'\n') => break,
                    Some(_) => self.at += 1,
                },
                _ => return self.emit(kind),
            }
        }
        self.fail(unterminated)
    }

    fn raw_quoted(&mut self) -> Step {
        let rest = self.rest();
        let Some(length) = memchr(b'`', rest) else {
            return self.fail("unterminated raw quoted string");
        };
        self.line += memchr_iter(b'\n', &rest[..length]).count() as u32;
        self.at += length + 1;
        self.emit(TokenKind::RawString)
    }

    fn number(&mut self) -> Step {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || self.input[self.at - 1] != b'i' {
                return self.bad_number();
            }
            return self.emit(TokenKind::Complex);
        }
        self.emit(TokenKind::Number)
    }

    fn bad_number(&mut self) -> Step {
        let text = quote(&self.input[self.start..self.at]);
        self.fail(format!("bad number syntax: {text}"))
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.input.get(self.at).is_some_and(|byte| set.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }

    /// Reads something like a number; the parser finds out whether it is one.
    fn scan_number(&mut self) -> bool {
        const DECIMAL: &[u8] = b"0123456789_";
        const HEXADECIMAL: &[u8] = b"0123456789abcdefABCDEF_";
        self.accept(b"+-");
        let mut digits = DECIMAL;
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = HEXADECIMAL;
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        let exponent = (digits == DECIMAL && self.accept(b"eE")) || (digits == HEXADECIMAL && self.accept(b"pP"));
        if exponent {
            self.accept(b"+-");
            self.accept_run(DECIMAL);
        }
        self.accept(b"i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

/// Go's `%#U`.
fn code_point(rune: Option<char>) -> String {
    match rune {
        // Go's end-of-file rune is -1.
        None => "U+FFFFFFFFFFFFFFFF".to_owned(),
        Some(rune) if is_print(rune) => format!("U+{:04X} '{rune}'", rune as u32),
        Some(rune) => format!("U+{:04X}", rune as u32),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn trim_right(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !is_space(*byte)).map_or(0, |at| at + 1);
    &text[..end]
}

fn left_trim_length(text: &[u8]) -> usize {
    text.iter().position(|byte| !is_space(*byte)).unwrap_or(text.len())
}

fn has_left_trim_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space(*space))
}

/// The bytes of words in ASCII.
const IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};
