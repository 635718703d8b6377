//! The lexer: text to tokens, as Go's `text/template/parse/lex.go` does it.
//!
//! Two things it leaves out, which are most of the work: space is not a token but a flag of the token after it, and lines are
//! counted by whoever needs one.

use go_value::strconv::{is_print, quote};
use go_value::utf8;
use memchr::{memchr, memchr3, memmem};

use super::token::{Token, TokenKind};
use super::unicode::is_alphanumeric;

const LEFT_DELIM: &[u8] = b"{{";
const RIGHT_DELIM: &[u8] = b"}}";
const TRIM_MARKER_LEN: usize = 2;

/// Reads tokens one by one.
pub(crate) struct Lexer<'t> {
    input: &'t [u8],
    left_delims: memmem::Finder<'static>,
    at: usize,
    /// Where the token that is being read starts.
    start: usize,
    /// Whether space stands before it.
    spaced: bool,
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
            spaced: false,
            paren_depth: 0,
            inside_action: false,
            break_is_keyword,
            continue_is_keyword,
            error: String::new(),
        }
    }

    /// Returns the next token. After an error there is none that means anything.
    pub(crate) fn next_token(&mut self) -> Token {
        if self.inside_action {
            self.in_action()
        } else {
            self.text()
        }
    }

    /// Reads a field that follows at once, if the next token is one, and returns where it ends. Chains of fields are so
    /// frequent that it pays to ask for this first.
    #[inline]
    pub(crate) fn further_field(&mut self) -> Option<u32> {
        if self.input.get(self.at) != Some(&b'.') {
            return None;
        }
        let at = self.at;
        self.at += 1;
        self.skip_alphanumeric();
        if self.at > at + 1 && !self.input[at + 1].is_ascii_digit() && self.at_terminator() {
            return Some(self.at as u32);
        }
        self.at = at;
        None
    }

    fn rest(&self) -> &'t [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let (rune, width) = utf8::decode(self.rest())?;
        self.at += width;
        Some(rune)
    }

    fn peek(&self) -> Option<char> {
        utf8::decode(self.rest()).map(|(rune, _)| rune)
    }

    #[inline]
    fn token(&self, kind: TokenKind) -> Token {
        Token {
            start: self.start as u32,
            end: self.at as u32,
            kind,
            spaced: self.spaced,
            escaped: false,
        }
    }

    #[cold]
    fn fail(&mut self, message: impl Into<String>) -> Token {
        self.error = message.into();
        self.at = self.start;
        self.token(TokenKind::Error)
    }

    /// Plain text up to the next left delimiter, or that delimiter.
    #[inline(never)]
    fn text(&mut self) -> Token {
        self.spaced = false;
        loop {
            self.start = self.at;
            let rest = self.rest();
            if rest.starts_with(LEFT_DELIM) {
                match self.left_delim() {
                    Some(token) => return token,
                    None => continue,
                }
            }
            let Some(length) = self.left_delims.find(rest) else {
                self.at = self.input.len();
                return self.token(if rest.is_empty() {
                    TokenKind::Eof
                } else {
                    TokenKind::Text
                });
            };
            self.at += length;
            let mut token = self.token(TokenKind::Text);
            if has_left_trim_marker(&rest[length + LEFT_DELIM.len()..]) {
                token.end = token.start + trim_right(&rest[..length]).len() as u32;
            }
            if token.end > token.start {
                return token;
            }
        }
    }

    /// The left delimiter that is here; nothing for a comment, which was read then.
    fn left_delim(&mut self) -> Option<Token> {
        self.at += LEFT_DELIM.len();
        let token = self.token(TokenKind::LeftDelim);
        if has_left_trim_marker(self.rest()) {
            self.at += TRIM_MARKER_LEN;
        }
        if self.rest().starts_with(b"/*") {
            return self.comment();
        }
        self.inside_action = true;
        self.paren_depth = 0;
        Some(token)
    }

    /// Reads a comment; what is wrong with it is the token then.
    fn comment(&mut self) -> Option<Token> {
        self.start = self.at;
        self.at += 2;
        let Some(length) = memmem::find(self.rest(), b"*/") else {
            return Some(self.fail("unclosed comment"));
        };
        self.at += length + 2;
        match self.rest() {
            [b'}', b'}', ..] => self.at += RIGHT_DELIM.len(),
            [space, b'-', b'}', b'}', ..] if is_space(*space) => {
                self.at += TRIM_MARKER_LEN + RIGHT_DELIM.len();
                self.at += left_trim_length(self.rest());
            }
            _ => return Some(self.fail("comment ends before closing delimiter")),
        }
        None
    }

    /// The right delimiter; `trim` tells whether it has a trim marker, which was read.
    fn right_delim(&mut self, trim: bool) -> Token {
        if self.paren_depth > 0 {
            return self.fail("unclosed left paren");
        }
        self.start = self.at;
        self.at += RIGHT_DELIM.len();
        let token = self.token(TokenKind::RightDelim);
        if trim {
            self.at += left_trim_length(self.rest());
        }
        self.inside_action = false;
        token
    }

    fn in_action(&mut self) -> Token {
        let begin = self.at;
        let mut at = begin;
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.input.get(at) {
            at += 1;
        }
        self.at = at;
        self.start = at;
        self.spaced = at > begin;
        let Some(byte) = self.input.get(at).copied() else {
            return self.fail("unclosed action");
        };
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.identifier(),
            b'.' if !self.input.get(self.at + 1).is_none_or(u8::is_ascii_digit) => {
                self.field_or_variable(TokenKind::Field, TokenKind::Dot)
            }
            b'$' => self.field_or_variable(TokenKind::Variable, TokenKind::Variable),
            b'-' if self.spaced && self.input[self.at + 1..].starts_with(RIGHT_DELIM) => {
                // The last space belongs to the trim marker.
                self.start = self.at - 1;
                self.spaced = self.start > begin;
                self.at += 1;
                self.right_delim(true)
            }
            b'.' | b'+' | b'-' | b'0'..=b'9' => self.number(),
            b'}' if self.input.get(self.at + 1) == Some(&b'}') => self.right_delim(false),
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
    fn mark(&mut self, byte: u8) -> Token {
        match byte {
            b'=' => self.token(TokenKind::Assign),
            b':' => match self.next() {
                Some('=') => self.token(TokenKind::Declare),
                _ => self.fail("expected :="),
            },
            b'|' => self.token(TokenKind::Pipe),
            b'"' => self.quoted(b'"', TokenKind::String, "unterminated quoted string"),
            b'`' => self.raw_quoted(),
            b'\'' => self.quoted(b'\'', TokenKind::CharConstant, "unterminated character constant"),
            b'(' => {
                self.paren_depth += 1;
                self.token(TokenKind::LeftParen)
            }
            b')' if self.paren_depth == 0 => self.fail("unexpected right paren"),
            b')' => {
                self.paren_depth -= 1;
                self.token(TokenKind::RightParen)
            }
            b'!'..=b'~' => self.token(TokenKind::Char),
            _ => self.unrecognized(Some(char::from(byte))),
        }
    }

    #[cold]
    fn unrecognized(&mut self, rune: Option<char>) -> Token {
        self.fail(format!("unrecognized character in action: {}", code_point(rune)))
    }

    /// Skips letters and digits.
    #[inline]
    fn skip_alphanumeric(&mut self) {
        let mut at = self.at;
        while let Some(byte) = self.input.get(at)
            && IS_WORD[usize::from(*byte)]
        {
            at += 1;
        }
        self.at = at;
        if self.input.get(at).is_some_and(|byte| !byte.is_ascii()) {
            self.skip_runes();
        }
    }

    #[cold]
    fn skip_runes(&mut self) {
        while let Some((rune, width)) = utf8::decode(self.rest())
            && is_alphanumeric(rune)
        {
            self.at += width;
        }
    }

    /// A word, whose first character may have been read.
    fn identifier(&mut self) -> Token {
        self.skip_alphanumeric();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.token(match TokenKind::of_word(&self.input[self.start..self.at]) {
            TokenKind::Break if !self.break_is_keyword => TokenKind::Identifier,
            TokenKind::Continue if !self.continue_is_keyword => TokenKind::Identifier,
            kind => kind,
        })
    }

    /// `.name` or `$name`, or the mark `alone`.
    fn field_or_variable(&mut self, kind: TokenKind, alone: TokenKind) -> Token {
        self.at += 1;
        if self.at_terminator() {
            return self.token(alone);
        }
        self.skip_alphanumeric();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.token(kind)
    }

    #[cold]
    fn bad_character(&mut self) -> Token {
        let rune = self.peek();
        self.fail(format!("bad character {}", code_point(rune)))
    }

    /// Tells whether here is something that may follow an identifier.
    #[inline]
    fn at_terminator(&self) -> bool {
        match self.input.get(self.at) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(') => true,
            Some(b'}') => self.input.get(self.at + 1) == Some(&b'}'),
            Some(_) => false,
        }
    }

    fn quoted(&mut self, mark: u8, kind: TokenKind, unterminated: &str) -> Token {
        let mut escaped = false;
        // None of the three is ever part of a longer rune, so bytes will do.
        while let Some(length) = memchr3(mark, b'\\', b'\n', self.rest()) {
            self.at += length + 1;
            match self.input[self.at - 1] {
                b'\n' => break,
                b'\\' => match self.input.get(self.at) {
                    None | Some(b'\n') => break,
                    Some(_) => {
                        escaped = true;
                        self.at += 1;
                    }
                },
                _ => {
                    let mut token = self.token(kind);
                    token.escaped = escaped;
                    return token;
                }
            }
        }
        self.fail(unterminated)
    }

    fn raw_quoted(&mut self) -> Token {
        let Some(length) = memchr(b'`', self.rest()) else {
            return self.fail("unterminated raw quoted string");
        };
        self.at += length + 1;
        self.token(TokenKind::RawString)
    }

    fn number(&mut self) -> Token {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        // The most usual numbers: a digit that is not zero or only zero, and what can follow a number but not be part of it.
        if digits > 0
            && (digits == 1 || self.input[self.at] != b'0')
            && let Some(b' ' | b')' | b'}' | b'|' | b'\n') = self.input.get(self.at + digits)
        {
            self.at += digits;
            return self.token(TokenKind::Number);
        }
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || self.input[self.at - 1] != b'i' {
                return self.bad_number();
            }
            return self.token(TokenKind::Complex);
        }
        self.token(TokenKind::Number)
    }

    fn bad_number(&mut self) -> Token {
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
