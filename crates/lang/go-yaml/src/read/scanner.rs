//! Text to tokens, with the rules and the order of complaints of go-yaml (which are libyaml's, but for a few).
//!
//! Whether a token is a key is known only when the `:` after it is found. Until then it waits in a queue, and the key and
//! mapping tokens are put in before it.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::buffer::Buffer;
use super::chars::{self, BLANK, BREAKZ, CLASS, MAYBE_BREAK, byte, is, is_blankz};
use super::input::Input;
use super::token::{Kind, NO_KEY, Token};
use crate::Error;

/// How far behind its start, in characters, the `:` of a simple key may stand.
pub(super) const MAX_SIMPLE_KEY: usize = 1024;
/// How deeply flow collections, and how deeply indentations, may be nested.
pub(super) const MAX_LEVELS: usize = 10_000;

/// Where a simple key may have begun, and how many characters of it have been counted.
#[derive(Clone, Copy, Debug, Default)]
struct KeyStart {
    pos: usize,
    characters: usize,
    counted_to: usize,
}

impl KeyStart {
    fn at(pos: usize) -> Self {
        KeyStart {
            pos,
            characters: 0,
            counted_to: pos,
        }
    }
}

/// A place where a simple key may have begun.
#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token_number: usize,
    start: KeyStart,
    line: usize,
    column: isize,
}

/// The scanner.
pub(crate) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    pub(super) pos: usize,
    pub(super) line: usize,
    pub(super) line_start: usize,
    pub(super) plain_breaks: bool,
    /// Whether errors tell where a thing began (as in v3) rather than where it went wrong.
    pub(super) context_first: bool,
    ascii: bool,
    failure: Option<&'static str>,
    buffer: Option<Buffer<'a>>,
    /// Whether [`Scanner::need`] has something to do, because there is a failure or a buffer.
    watched: bool,

    tokens: VecDeque<Token<'a>>,
    tokens_taken: usize,
    started: bool,
    pub(super) indent: isize,
    indents: Vec<isize>,
    pub(super) flow_level: usize,
    pub(super) simple_key_allowed: bool,
    simple_keys: Vec<SimpleKey>,
}

impl<'a> Scanner<'a> {
    /// Makes a scanner of `input`.
    pub(crate) fn new(input: &'a Input<'_>) -> Self {
        Scanner {
            text: input.text(),
            pos: 0,
            line: 0,
            line_start: 0,
            plain_breaks: input.plain_breaks,
            context_first: false,
            ascii: input.ascii,
            failure: input.failure,
            buffer: (!input.piece_ends.is_empty()).then(|| Buffer::new(&input.piece_ends)),
            watched: input.failure.is_some() || !input.piece_ends.is_empty(),
            tokens: VecDeque::with_capacity(16),
            tokens_taken: 0,
            started: false,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
        }
    }

    /// Returns the length of the text in bytes.
    pub(crate) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Returns the next token without taking it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<&Token<'a>, Error> {
        self.fill()?;
        Ok(&self.tokens[0])
    }

    /// Takes the token that [`Scanner::peek`] showed.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<Token<'a>> {
        self.tokens_taken += 1;
        self.tokens.pop_front()
    }

    /// Reads until the first token of the queue can be given away: it exists and is no potential simple key.
    #[inline]
    fn fill(&mut self) -> Result<(), Error> {
        loop {
            if let Some(head) = self.tokens.front()
                && (head.key_level == NO_KEY || !self.is_key_valid(head.key_level as usize)?)
            {
                return Ok(());
            }
            self.fetch()?;
        }
    }

    /// Makes an error of the scanner; `context` is the line where the thing began.
    #[cold]
    pub(super) fn error(&self, context: usize, problem: &str) -> Error {
        let line = match (self.line, context) {
            (_, context) if self.context_first && context > 0 => context + 1,
            (0, _) => 0,
            (line, _) => line + 1,
        };
        Error::syntax(line, problem)
    }

    /// Makes sure that `length` more characters can be read before the text breaks off at a bad byte.
    #[inline(always)]
    pub(super) fn need(&self, length: usize) -> Result<(), Error> {
        match self.watched {
            false => Ok(()),
            true => self.need_watched(length),
        }
    }

    /// Tells whether each step is to be announced with [`Scanner::need`].
    pub(super) fn is_watched(&self) -> bool {
        self.watched
    }

    #[cold]
    fn need_watched(&self, length: usize) -> Result<(), Error> {
        let pos = self.pos.min(self.text.len());
        if let Some(failure) = self.failure {
            let rest = &self.text[pos..];
            if chars::count(&rest[..rest.len().min(4 * length)]) < length {
                return Err(Error::syntax(0, failure));
            }
        }
        if let Some(buffer) = &self.buffer {
            buffer.require(self.text, pos, length);
        }
        Ok(())
    }

    /// Steps over the character that go-yaml takes for a byte order mark; see [`super::buffer`].
    #[inline]
    pub(super) fn skip_mark(&mut self) -> Result<(), Error> {
        if !self.watched || self.pos != self.line_start {
            return Ok(());
        }
        self.need(1)?;
        let Some(buffer) = self.buffer.as_ref().filter(|buffer| buffer.begins_with_mark(self.text)) else {
            return Ok(());
        };
        if self.pos < self.text.len() {
            self.pos += chars::width(self.text[self.pos]).min(self.text.len() - self.pos);
        } else {
            // The end is not at the start of a line then, which makes one line more.
            buffer.skip_nul();
            self.line += 1;
        }
        Ok(())
    }

    /// Tells whether the `:` at the current position is too far from the start of its key.
    #[inline]
    fn is_too_far(&self, key: &mut KeyStart) -> bool {
        let distance = self.pos - key.pos;
        if distance <= MAX_SIMPLE_KEY {
            return false;
        }
        // A character has four bytes at most.
        if self.ascii || distance > 4 * MAX_SIMPLE_KEY {
            return true;
        }
        key.characters += chars::count(&self.text[key.counted_to..self.pos]);
        key.counted_to = self.pos;
        key.characters > MAX_SIMPLE_KEY
    }

    /// Returns the current column in characters, from 0.
    ///
    /// Where it is surely deeper than the open collections, it may be the column in bytes: nothing but ASCII can stand before
    /// the places where new collections begin, but for a byte order mark.
    #[inline(always)]
    fn column(&self) -> isize {
        let bytes = self.pos - self.line_start;
        // A character has four bytes at most.
        let deep = bytes / 4 > self.indent.max(0) as usize && self.buffer.is_none();
        if self.ascii || self.flow_level > 0 || deep {
            return bytes as isize;
        }
        chars::count(&self.text[self.line_start..self.pos]) as isize
    }

    /// Steps over the line break at the current position; returns whether there was one.
    #[inline(always)]
    pub(super) fn skip_break(&mut self) -> bool {
        let width = chars::break_width(self.text, self.pos);
        if width == 0 {
            return false;
        }
        self.pos += width;
        self.line += 1;
        self.line_start = self.pos;
        true
    }

    /// Steps over everything up to the end of the line.
    #[inline]
    pub(super) fn skip_line_rest(&mut self) -> Result<(), Error> {
        if self.plain_breaks {
            let rest = &self.text[self.pos..];
            self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        } else {
            while !chars::is_breakz(self.text, self.pos) {
                self.pos += 1;
            }
        }
        self.need(1)
    }

    /// Steps over blanks.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Error> {
        while is(self.text, self.pos, BLANK) {
            self.pos += 1;
        }
        self.need(1)
    }

    /// Steps over blanks, comments and line breaks up to the next token.
    #[inline]
    fn skip_to_token(&mut self) -> Result<(), Error> {
        loop {
            self.skip_mark()?;
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            loop {
                match byte(self.text, self.pos) {
                    b' ' => self.pos += 1,
                    b'\t' if tabs => self.pos += 1,
                    _ => break,
                }
            }
            self.need(1)?;
            if byte(self.text, self.pos) == b'#' {
                self.skip_line_rest()?;
            }
            if CLASS[byte(self.text, self.pos) as usize] & (BREAKZ | MAYBE_BREAK) == 0 {
                return Ok(());
            }
            self.need(2)?;
            if !self.skip_break() {
                return Ok(());
            }
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    /// Reads one more token, or several, into the queue.
    fn fetch(&mut self) -> Result<(), Error> {
        self.need(1)?;
        if !self.started {
            self.started = true;
            self.push(Kind::StreamStart, self.line);
            return Ok(());
        }
        self.skip_to_token()?;
        let column = self.column();
        self.unroll_indent(column);
        self.need(4)?;
        let (text, pos) = (self.text, self.pos);
        let flow = self.flow_level > 0;
        match byte(text, pos) {
            0 => self.fetch_stream_end(),
            b'%' if column == 0 => self.fetch_directive(),
            b'-' if column == 0 && chars::is_document_indicator(text, pos) => {
                self.fetch_document_indicator(Kind::DocumentStart)
            }
            b'.' if column == 0 && chars::is_document_indicator(text, pos) => {
                self.fetch_document_indicator(Kind::DocumentEnd)
            }
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if is_blankz(text, pos + 1) => self.fetch_block_entry(column),
            b'?' if flow || is_blankz(text, pos + 1) => self.fetch_key(column),
            b':' if flow || is_blankz(text, pos + 1) => self.fetch_value(column),
            b'*' => self.fetch_anchor(column, true),
            b'&' => self.fetch_anchor(column, false),
            b'!' => self.fetch_tag(column),
            b'|' if !flow => self.fetch_block_scalar(true),
            b'>' if !flow => self.fetch_block_scalar(false),
            b'\'' => self.fetch_quoted(column, true),
            b'"' => self.fetch_quoted(column, false),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => Err(self.cannot_start()),
            // What is left of `-`, `?` and `:` has no blank after it and begins a plain scalar.
            _ => self.fetch_plain(column),
        }
    }

    #[cold]
    fn cannot_start(&self) -> Error {
        self.error(self.line, "found character that cannot start any token")
    }

    pub(super) fn push(&mut self, kind: Kind<'a>, line: usize) {
        self.tokens.push_back(Token {
            kind,
            line: line as u32,
            key_level: NO_KEY,
        });
    }

    // ---- simple keys

    /// Tells whether the potential key of `level` can still become one.
    fn is_key_valid(&mut self, level: usize) -> Result<bool, Error> {
        let Some(&(mut key)) = self.simple_keys.get(level) else {
            return Ok(false);
        };
        if !key.possible {
            return Ok(false);
        }
        let too_far = self.is_too_far(&mut key.start);
        self.simple_keys[level].start = key.start;
        if key.line < self.line || too_far {
            if key.required {
                return Err(self.error(key.line, "could not find expected ':'"));
            }
            self.simple_keys[level].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    /// Notes that the next token may begin a simple key, where that is allowed; returns the level to mark it with.
    #[inline]
    fn save_key(&mut self, column: isize) -> Result<u32, Error> {
        if !self.simple_key_allowed {
            return Ok(NO_KEY);
        }
        let required = self.flow_level == 0 && self.indent == column;
        let token_number = self.tokens_taken + self.tokens.len();
        self.remove_key()?;
        let level = self.simple_keys.len() - 1;
        self.simple_keys[level] = SimpleKey {
            possible: true,
            required,
            token_number,
            start: KeyStart::at(self.pos),
            line: self.line,
            column,
        };
        Ok(level as u32)
    }

    /// Gives up the potential key of the current flow level.
    #[inline]
    fn remove_key(&mut self) -> Result<(), Error> {
        let level = self.simple_keys.len() - 1;
        let key = self.simple_keys[level];
        if key.possible {
            if key.required {
                return Err(self.error(key.line, "could not find expected ':'"));
            }
            self.simple_keys[level].possible = false;
            self.unmark(key.token_number);
        }
        Ok(())
    }

    fn unmark(&mut self, token_number: usize) {
        let token = token_number
            .checked_sub(self.tokens_taken)
            .and_then(|at| self.tokens.get_mut(at));
        if let Some(token) = token {
            token.key_level = NO_KEY;
        }
    }

    // ---- indentation

    /// Begins a block collection at `column` if that is deeper than the current one. Its token goes before the
    /// token of that number, or to the end.
    fn roll_indent(&mut self, column: isize, number: Option<usize>, kind: Kind<'a>, line: usize) -> Result<(), Error> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_LEVELS {
            let context = self.simple_keys[self.simple_keys.len() - 1].line;
            return Err(self.error(context, &format!("exceeded max depth of {MAX_LEVELS}")));
        }
        let token = Token {
            kind,
            line: line as u32,
            key_level: NO_KEY,
        };
        match number {
            Some(number) => self.insert(number, token),
            None => self.tokens.push_back(token),
        }
        Ok(())
    }

    /// Puts a token before the one of that number, or last when that one is gone.
    fn insert(&mut self, number: usize, token: Token<'a>) {
        let end = self.tokens.len();
        let at = number.checked_sub(self.tokens_taken).map_or(end, |at| at.min(end));
        self.tokens.insert(at, token);
    }

    /// Ends the block collections that are deeper than `column`.
    #[inline]
    fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.line);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    // ---- tokens that are no scalars

    fn fetch_stream_end(&mut self) -> Result<(), Error> {
        if self.pos != self.line_start {
            self.line += 1;
            self.line_start = self.pos;
        }
        self.unroll_indent(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.push(Kind::StreamEnd, self.line);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Error> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        let line = self.line;
        let kind = self.scan_directive()?;
        self.push(kind, line);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.pos += 3;
        self.push(kind, self.line);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        let column = self.column();
        let key_level = self.save_key(column)?;
        // go-yaml gives the inner level the number of this very token, so an empty collection is never a simple key.
        let token_number = self.tokens_taken + self.tokens.len();
        self.simple_keys.push(SimpleKey {
            line: self.line,
            token_number,
            ..SimpleKey::default()
        });
        self.flow_level += 1;
        if self.flow_level > MAX_LEVELS {
            return Err(self.error(self.line, &format!("exceeded max depth of {MAX_LEVELS}")));
        }
        self.simple_key_allowed = true;
        self.pos += 1;
        self.tokens.push_back(Token {
            kind,
            line: self.line as u32,
            key_level,
        });
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.simple_keys.pop() {
                self.unmark(key.token_number);
            }
        }
        self.simple_key_allowed = false;
        self.pos += 1;
        self.push(kind, self.line);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Error> {
        self.remove_key()?;
        self.simple_key_allowed = true;
        self.pos += 1;
        self.push(Kind::FlowEntry, self.line);
        Ok(())
    }

    fn fetch_block_entry(&mut self, column: isize) -> Result<(), Error> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error(self.line, "block sequence entries are not allowed in this context"));
            }
            self.roll_indent(column, None, Kind::BlockSequenceStart, self.line)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = true;
        self.pos += 1;
        self.push(Kind::BlockEntry, self.line);
        Ok(())
    }

    fn fetch_key(&mut self, column: isize) -> Result<(), Error> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error(self.line, "mapping keys are not allowed in this context"));
            }
            self.roll_indent(column, None, Kind::BlockMappingStart, self.line)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.pos += 1;
        self.push(Kind::Key, self.line);
        Ok(())
    }

    fn fetch_value(&mut self, column: isize) -> Result<(), Error> {
        let level = self.simple_keys.len() - 1;
        if self.is_key_valid(level)? {
            let key = self.simple_keys[level];
            self.unmark(key.token_number);
            let token = Token {
                kind: Kind::Key,
                line: key.line as u32,
                key_level: NO_KEY,
            };
            self.insert(key.token_number, token);
            self.roll_indent(key.column, Some(key.token_number), Kind::BlockMappingStart, key.line)?;
            self.simple_keys[level].possible = false;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.error(self.line, "mapping values are not allowed in this context"));
                }
                self.roll_indent(column, None, Kind::BlockMappingStart, self.line)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.pos += 1;
        self.push(Kind::Value, self.line);
        Ok(())
    }

    fn fetch_anchor(&mut self, column: isize, alias: bool) -> Result<(), Error> {
        let key_level = self.save_key(column)?;
        self.simple_key_allowed = false;
        let line = self.line;
        let name = self.scan_anchor()?;
        let kind = if alias { Kind::Alias(name) } else { Kind::Anchor(name) };
        self.tokens.push_back(Token {
            kind,
            line: line as u32,
            key_level,
        });
        Ok(())
    }

    fn fetch_tag(&mut self, column: isize) -> Result<(), Error> {
        let key_level = self.save_key(column)?;
        self.simple_key_allowed = false;
        let line = self.line;
        let tag = self.scan_tag()?;
        self.tokens.push_back(Token {
            kind: Kind::Tag(Box::new(tag)),
            line: line as u32,
            key_level,
        });
        Ok(())
    }

    // ---- scalars

    fn fetch_block_scalar(&mut self, literal: bool) -> Result<(), Error> {
        self.remove_key()?;
        self.simple_key_allowed = true;
        let line = self.line;
        let scalar = self.scan_block_scalar(literal)?;
        self.push(Kind::Scalar(scalar), line);
        Ok(())
    }

    fn fetch_quoted(&mut self, column: isize, single: bool) -> Result<(), Error> {
        let key_level = self.save_key(column)?;
        self.simple_key_allowed = false;
        let line = self.line;
        let start = self.pos;
        let scalar = self.scan_quoted(single)?;
        if key_level != NO_KEY && line == self.line && self.is_key_end(start) {
            return self.push_key(column, Kind::Scalar(scalar));
        }
        self.tokens.push_back(Token {
            kind: Kind::Scalar(scalar),
            line: line as u32,
            key_level,
        });
        Ok(())
    }

    fn fetch_plain(&mut self, column: isize) -> Result<(), Error> {
        let key_level = self.save_key(column)?;
        self.simple_key_allowed = false;
        let line = self.line;
        let start = self.pos;
        let scalar = self.scan_plain()?;
        if key_level != NO_KEY && line == self.line && self.is_key_end(start) {
            return self.push_key(column, Kind::Scalar(scalar));
        }
        self.tokens.push_back(Token {
            kind: Kind::Scalar(scalar),
            line: line as u32,
            key_level,
        });
        Ok(())
    }

    /// Tells whether the scalar that began at `start` on this line ends at the `:` of a block mapping.
    #[inline]
    fn is_key_end(&self, start: usize) -> bool {
        byte(self.text, self.pos) == b':'
            && self.flow_level == 0
            && is_blankz(self.text, self.pos + 1)
            && !self.watched
            && !self.is_too_far(&mut KeyStart::at(start))
    }

    /// Pushes a key and its `:` at once: what [`Scanner::fetch_value`] would do when it comes to the `:`.
    #[inline]
    fn push_key(&mut self, column: isize, key: Kind<'a>) -> Result<(), Error> {
        self.roll_indent(column, None, Kind::BlockMappingStart, self.line)?;
        self.simple_keys[0].possible = false;
        self.pos += 1;
        self.push(Kind::Key, self.line);
        self.push(key, self.line);
        self.push(Kind::Value, self.line);
        Ok(())
    }

    /// Copies or borrows; for the directives and tags.
    pub(super) fn source(&self, from: usize) -> Cow<'a, [u8]> {
        Cow::Borrowed(&self.text[from..self.pos])
    }
}
