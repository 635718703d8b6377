//! Text to tokens that know their places, with the comments between them.

use std::collections::{HashMap, VecDeque};

use super::super::chars::{self, byte, is_blankz};
use super::super::scanner::{MAX_LEVELS, MAX_SIMPLE_KEY, Scanner};
use super::super::token::Kind;
use super::comment::Comment;
use super::mark::{self, Counter, Mark};
use super::slots::Slots;
use crate::Error;

/// How many tokens are read before the first is given away, so that the comments after it are known.
const LOOK_AHEAD: usize = 2;

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

/// A place where a simple key may have begun.
#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token_number: usize,
    mark: Mark,
}

/// The scanner.
pub(super) struct NodeScanner<'a> {
    /// Knows where the tokens end. Its own queue is not used.
    pub(super) lexer: Scanner<'a>,
    /// The text up to the first bad byte.
    text_to_failure: &'a [u8],
    pub(super) tokens: VecDeque<Token<'a>>,
    pub(super) comments: VecDeque<Comment>,
    /// Something went wrong while looking ahead: the event that is being read is the last one.
    pub(super) failed: Option<Error>,
    pub(super) slots: Slots,
    taken: usize,
    started: bool,
    indents: Vec<isize>,
    keys: Vec<SimpleKey>,
    /// Levels of [`NodeScanner::keys`] by the number of the token that may begin the key.
    levels_by_token: HashMap<usize, usize>,
    counter: Counter,
}

impl<'a> NodeScanner<'a> {
    /// Makes a scanner. `lexer` is one that has read nothing; it may stop before the piece with the first bad byte, which
    /// `text_to_failure` contains.
    pub(super) fn new(mut lexer: Scanner<'a>, text_to_failure: &'a [u8]) -> Self {
        lexer.context_first = true;
        NodeScanner {
            lexer,
            text_to_failure,
            tokens: VecDeque::new(),
            comments: VecDeque::new(),
            failed: None,
            slots: Slots::new(),
            taken: 0,
            started: false,
            indents: Vec::new(),
            keys: vec![SimpleKey::default()],
            levels_by_token: HashMap::new(),
            counter: Counter::default(),
        }
    }

    /// Returns the next token without taking it.
    pub(super) fn peek(&mut self) -> Result<&Token<'a>, Error> {
        while self.tokens.len() <= LOOK_AHEAD || self.may_begin_key()? {
            self.fetch()?;
        }
        Ok(&self.tokens[0])
    }

    /// Takes the token that [`NodeScanner::peek`] showed.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        self.levels_by_token.remove(&self.taken);
        self.taken += 1;
        self.slots.take();
        self.tokens.pop_front()
    }

    /// Returns what to say when the event that is being read is complete.
    pub(super) fn failure(&mut self) -> Result<(), Error> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Returns the current place.
    pub(super) fn mark(&mut self) -> Mark {
        let lexer = &self.lexer;
        self.counter.mark(lexer.text, lexer.pos, lexer.line, lexer.line_start)
    }

    /// Counts the line breaks since the last character that is none and no blank.
    pub(super) fn breaks_before(&self) -> isize {
        mark::breaks_before(self.lexer.text, self.lexer.pos)
    }

    /// Tells whether there are `count` more characters, or the text really ends before.
    pub(super) fn can_look_ahead(&mut self, count: usize) -> bool {
        let Err(error) = self.lexer.need(count) else {
            return true;
        };
        self.failed = Some(error);
        // What was read before the bad byte is there from now on.
        self.lexer.text = self.text_to_failure;
        false
    }

    fn push(&mut self, kind: Kind<'a>, start: Mark, end: Mark) {
        self.slots.insert();
        self.tokens.push_back(Token { kind, start, end });
    }

    /// Steps over an indicator of `width` bytes, and pushes it.
    fn push_indicator(&mut self, kind: Kind<'a>, width: usize) {
        let start = self.mark();
        self.lexer.pos += width;
        self.push(kind, start, start.ahead(width));
    }

    // ---- white space

    fn skip_to_token(&mut self, scan: Mark) -> Result<(), Error> {
        loop {
            self.lexer.skip_mark()?;
            let tabs = self.lexer.flow_level > 0 || !self.lexer.simple_key_allowed;
            while matches!(byte(self.lexer.text, self.lexer.pos), b' ')
                || (tabs && byte(self.lexer.text, self.lexer.pos) == b'\t')
            {
                self.lexer.pos += 1;
            }
            self.lexer.need(1)?;
            self.move_entry_comment();
            if byte(self.lexer.text, self.lexer.pos) == b'#' {
                self.scan_comments(scan)?;
            }
            if !chars::is_break(self.lexer.text, self.lexer.pos) {
                return Ok(());
            }
            self.lexer.need(2)?;
            self.lexer.skip_break();
            if self.lexer.flow_level == 0 {
                self.lexer.simple_key_allowed = true;
            }
        }
    }

    // ---- tokens

    /// Reads one more token, or several, into the queue.
    fn fetch(&mut self) -> Result<(), Error> {
        self.lexer.need(1)?;
        let scan = self.mark();
        if !self.started {
            self.started = true;
            self.push(Kind::StreamStart, scan, scan);
            return Ok(());
        }
        self.skip_to_token(scan)?;
        let mark = self.mark();
        self.unroll_indent(mark.column, scan);
        self.lexer.need(4)?;
        let next = byte(self.lexer.text, self.lexer.pos);
        let indicator = mark.column == 0 && chars::is_document_indicator(self.lexer.text, self.lexer.pos);
        match next {
            0 => return self.fetch_stream_end(),
            b'%' if mark.column == 0 => return self.fetch_directive(),
            b'-' if indicator => return self.fetch_document_indicator(Kind::DocumentStart),
            b'.' if indicator => return self.fetch_document_indicator(Kind::DocumentEnd),
            _ => {}
        }
        let separator = if self.lexer.flow_level > 0 { b',' } else { b':' };
        let comment_place = match self.tokens.back() {
            Some(token) if next == separator => token.start,
            _ => mark,
        };
        self.fetch_content(next, mark)?;
        if let Some(Kind::BlockEntry) = self.tokens.back().map(|token| &token.kind) {
            // A comment after it is the head of what follows.
            return Ok(());
        }
        self.scan_line_comment(comment_place)
    }

    fn fetch_content(&mut self, next: u8, mark: Mark) -> Result<(), Error> {
        let flow = self.lexer.flow_level > 0;
        let blank_after = is_blankz(self.lexer.text, self.lexer.pos + 1);
        match next {
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if blank_after => self.fetch_block_entry(mark),
            b'?' if flow || blank_after => self.fetch_key(mark),
            b':' if flow || blank_after => self.fetch_value(mark),
            b'*' => self.fetch_word(mark, |lexer| lexer.scan_anchor().map(Kind::Alias)),
            b'&' => self.fetch_word(mark, |lexer| lexer.scan_anchor().map(Kind::Anchor)),
            b'!' => self.fetch_word(mark, |lexer| lexer.scan_tag().map(|tag| Kind::Tag(Box::new(tag)))),
            b'|' if !flow => self.fetch_block_scalar(mark, true),
            b'>' if !flow => self.fetch_block_scalar(mark, false),
            b'\'' => self.fetch_word(mark, |lexer| lexer.scan_quoted(true).map(Kind::Scalar)),
            b'"' => self.fetch_word(mark, |lexer| lexer.scan_quoted(false).map(Kind::Scalar)),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => Err(self
                .lexer
                .error(mark.line as usize, "found character that cannot start any token")),
            _ => self.fetch_word(mark, |lexer| lexer.scan_plain().map(Kind::Scalar)),
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Error> {
        if self.mark().column != 0 {
            self.lexer.line += 1;
            self.lexer.line_start = self.lexer.pos;
        }
        self.end_blocks()?;
        let mark = self.mark();
        self.push(Kind::StreamEnd, mark, mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Error> {
        self.end_blocks()?;
        let start = self.mark();
        let kind = self.lexer.scan_directive()?;
        let end = self.mark();
        self.push(kind, start, end);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.end_blocks()?;
        self.push_indicator(kind, 3);
        Ok(())
    }

    /// Ends all block collections.
    fn end_blocks(&mut self) -> Result<(), Error> {
        let mark = self.mark();
        self.unroll_indent(-1, mark);
        self.remove_key()?;
        self.lexer.simple_key_allowed = false;
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        let mark = self.mark();
        self.save_key(mark)?;
        self.keys.push(SimpleKey {
            token_number: self.next_number(),
            mark,
            ..SimpleKey::default()
        });
        self.lexer.flow_level += 1;
        if self.lexer.flow_level > MAX_LEVELS {
            return Err(self.too_deep(mark));
        }
        self.lexer.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.remove_key()?;
        if self.lexer.flow_level > 0 {
            self.lexer.flow_level -= 1;
            if let Some(key) = self.keys.pop() {
                self.levels_by_token.remove(&key.token_number);
            }
        }
        self.lexer.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Error> {
        self.remove_key()?;
        self.lexer.simple_key_allowed = true;
        self.push_indicator(Kind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self, mark: Mark) -> Result<(), Error> {
        self.begin_block(
            mark,
            Kind::BlockSequenceStart,
            "block sequence entries are not allowed in this context",
        )?;
        self.remove_key()?;
        self.lexer.simple_key_allowed = true;
        self.push_indicator(Kind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self, mark: Mark) -> Result<(), Error> {
        self.begin_block(
            mark,
            Kind::BlockMappingStart,
            "mapping keys are not allowed in this context",
        )?;
        self.remove_key()?;
        self.lexer.simple_key_allowed = self.lexer.flow_level == 0;
        self.push_indicator(Kind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self, mark: Mark) -> Result<(), Error> {
        let level = self.keys.len() - 1;
        if self.is_key_valid(level)? {
            let key = self.keys[level];
            self.insert(key.token_number, Kind::Key, key.mark);
            self.roll_indent(Some(key.token_number), Kind::BlockMappingStart, key.mark)?;
            self.keys[level].possible = false;
            self.levels_by_token.remove(&key.token_number);
            self.lexer.simple_key_allowed = false;
        } else {
            self.begin_block(
                mark,
                Kind::BlockMappingStart,
                "mapping values are not allowed in this context",
            )?;
            self.lexer.simple_key_allowed = self.lexer.flow_level == 0;
        }
        self.push_indicator(Kind::Value, 1);
        Ok(())
    }

    /// Reads what may be a simple key itself, but what no key can follow directly.
    fn fetch_word(
        &mut self,
        start: Mark,
        scan: impl FnOnce(&mut Scanner<'a>) -> Result<Kind<'a>, Error>,
    ) -> Result<(), Error> {
        self.save_key(start)?;
        self.lexer.simple_key_allowed = false;
        let kind = scan(&mut self.lexer)?;
        let end = self.mark();
        self.push(kind, start, end);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, start: Mark, literal: bool) -> Result<(), Error> {
        self.remove_key()?;
        self.lexer.simple_key_allowed = true;
        let from = self.lexer.pos;
        let scalar = self.lexer.scan_block_scalar(literal)?;
        self.note_block_comment(from, start);
        let end = self.mark();
        self.push(Kind::Scalar(scalar), start, end);
        Ok(())
    }

    // ---- simple keys

    /// Returns the number of the token that comes next into the queue.
    fn next_number(&self) -> usize {
        self.taken + self.tokens.len()
    }

    /// Tells whether the first token of the queue may turn out to begin a key.
    fn may_begin_key(&mut self) -> Result<bool, Error> {
        match self.levels_by_token.get(&self.taken).copied() {
            Some(level) => self.is_key_valid(level),
            None => Ok(false),
        }
    }

    /// Tells whether the potential key of `level` can still become one.
    fn is_key_valid(&mut self, level: usize) -> Result<bool, Error> {
        let mark = self.mark();
        let Some(&key) = self.keys.get(level).filter(|key| key.possible) else {
            return Ok(false);
        };
        if key.mark.line == mark.line && mark.index - key.mark.index <= MAX_SIMPLE_KEY as isize {
            return Ok(true);
        }
        self.check_not_required(key)?;
        self.keys[level].possible = false;
        Ok(false)
    }

    fn check_not_required(&self, key: SimpleKey) -> Result<(), Error> {
        match key.required {
            true => Err(self.lexer.error(key.mark.line as usize, "could not find expected ':'")),
            false => Ok(()),
        }
    }

    /// Notes that the next token may begin a simple key, where that is allowed.
    fn save_key(&mut self, mark: Mark) -> Result<(), Error> {
        if !self.lexer.simple_key_allowed {
            return Ok(());
        }
        let key = SimpleKey {
            possible: true,
            required: self.lexer.flow_level == 0 && self.lexer.indent == mark.column,
            token_number: self.next_number(),
            mark,
        };
        self.remove_key()?;
        let level = self.keys.len() - 1;
        self.keys[level] = key;
        self.levels_by_token.insert(key.token_number, level);
        Ok(())
    }

    /// Gives up the potential key of the current flow level.
    fn remove_key(&mut self) -> Result<(), Error> {
        let level = self.keys.len() - 1;
        let key = self.keys[level];
        if key.possible {
            self.check_not_required(key)?;
            self.keys[level].possible = false;
            self.levels_by_token.remove(&key.token_number);
        }
        Ok(())
    }

    // ---- indentation

    /// Begins a block collection at `mark`, unless it has begun already or brackets are open.
    fn begin_block(&mut self, mark: Mark, kind: Kind<'a>, problem: &str) -> Result<(), Error> {
        if self.lexer.flow_level > 0 {
            return Ok(());
        }
        if !self.lexer.simple_key_allowed {
            return Err(self.lexer.error(mark.line as usize, problem));
        }
        self.roll_indent(None, kind, mark)
    }

    /// Begins a block collection at the column of `mark` if that is deeper than the current one. Its token goes before the
    /// token of that number, or to the end.
    fn roll_indent(&mut self, number: Option<usize>, kind: Kind<'a>, mark: Mark) -> Result<(), Error> {
        if self.lexer.flow_level > 0 || self.lexer.indent >= mark.column {
            return Ok(());
        }
        self.indents.push(self.lexer.indent);
        self.lexer.indent = mark.column;
        if self.indents.len() > MAX_LEVELS {
            let context = self.keys[self.keys.len() - 1].mark;
            return Err(self.too_deep(context));
        }
        self.insert(number.unwrap_or(usize::MAX), kind, mark);
        Ok(())
    }

    fn too_deep(&self, context: Mark) -> Error {
        let problem = format!("exceeded max depth of {MAX_LEVELS}");
        self.lexer.error(context.line as usize, &problem)
    }

    /// Puts a token before the one of that number, or last when there is none.
    fn insert(&mut self, number: usize, kind: Kind<'a>, mark: Mark) {
        let end = self.tokens.len();
        let at = number.checked_sub(self.taken).map_or(end, |at| at.min(end));
        let token = Token {
            kind,
            start: mark,
            end: mark,
        };
        self.slots.insert();
        self.tokens.insert(at, token);
    }

    /// Ends the block collections that are deeper than `column`. `scan` is where the white space before began.
    ///
    /// An end goes before the comments that stand at the same column as the block that goes on, or deeper blocks would get
    /// them.
    fn unroll_indent(&mut self, column: isize, scan: Mark) {
        if self.lexer.flow_level > 0 {
            return;
        }
        if self.lexer.indent <= column {
            return;
        }
        let mut place = Mark {
            index: scan.index - 1,
            ..scan
        };
        let first_at_column = self.adjacent_comments(place);
        while self.lexer.indent > column {
            // The columns of comments count from 1.
            if let Some(&start) = first_at_column.get(&(self.lexer.indent + 1)) {
                place = start;
            }
            self.push(Kind::BlockEnd, place, place);
            self.lexer.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Returns where the first comment of each column starts, of those that end the white space before `place` with nothing
    /// between them.
    fn adjacent_comments(&self, place: Mark) -> HashMap<isize, Mark> {
        let mut first_at_column = HashMap::new();
        let mut stop = place.index;
        for comment in self.comments.iter().rev() {
            if comment.end.index < stop {
                break;
            }
            first_at_column.insert(comment.start.column, comment.start);
            stop = comment.scan.index;
        }
        first_at_column
    }
}
