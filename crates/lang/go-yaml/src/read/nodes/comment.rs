//! Comments: where they begin and end, and to which token they belong.
//!
//! yaml.v3 counts the columns of comments from 1, but where a comment ends a line, and where a sequence entry's comment is
//! moved, from 0. That difference decides whose comment one is, so it is kept.

use std::collections::VecDeque;

use super::super::chars::{self, BLANK, byte, is};
use super::super::token::Kind;
use super::mark::Mark;
use super::scan::NodeScanner;
use crate::Error;

/// How far yaml.v3 looks ahead for a comment, in bytes.
const LOOK_AHEAD: usize = 512;

/// Where a comment stands with regard to the node that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Head,
    Line,
    Foot,
}

/// A comment that no token has got yet.
#[derive(Debug)]
pub(super) struct Comment {
    /// Where the search began that found it.
    pub(super) scan: Mark,
    /// It goes to the first token that does not start before here.
    pub(super) token: Mark,
    pub(super) start: Mark,
    pub(super) end: Mark,
    pub(super) part: Part,
    pub(super) text: Vec<u8>,
}

/// The comments of a piece of white space, while they are read.
struct Block {
    /// Where the search began that finds the current comment, and which tokens may get it.
    scan: Mark,
    token: Mark,
    start: Mark,
    text: Vec<u8>,
    /// The indentation of the open block.
    indent: isize,
    /// The line in which a comment is the foot of what came before; -1 when there is none.
    foot_line: isize,
    /// Whether the token before is the `:` of a mapping.
    after_value: bool,
    /// Whether no empty line was seen yet.
    first_empty: bool,
    recent_empty: bool,
    /// Where the look ahead has come to.
    line: isize,
    column: isize,
}

impl Block {
    /// Adds the current comment: it is the foot of what came before `end`.
    fn end_as_foot(&mut self, end: Mark, comments: &mut VecDeque<Comment>) {
        comments.push_back(Comment {
            scan: self.scan,
            token: self.token,
            start: self.start,
            end,
            part: Part::Foot,
            text: std::mem::take(&mut self.text),
        });
        self.scan = end;
        self.token = end;
    }

    /// Looks at the end of an empty line (`next` begins its line break), or at a bracket that closes.
    fn end_line(&mut self, place: Mark, next: u8, closes: bool, comments: &mut VecDeque<Comment>) {
        if self.text.is_empty() || (self.recent_empty && !closes) {
            return;
        }
        let dedented = self.start.column - 1 < self.indent;
        let is_foot = (self.start.line == self.foot_line && !self.after_value) || dedented;
        if closes || (self.first_empty && is_foot) {
            if dedented {
                self.token = self.start;
            }
            self.end_as_foot(place, comments);
        } else if next != 0 {
            self.text.push(b'\n');
        }
    }

    /// Begins an empty line.
    fn begin_line(&mut self) {
        self.first_empty = false;
        self.recent_empty = true;
        self.column = 0;
        self.line += 1;
    }

    /// Begins a line of a comment at its `#`.
    fn begin_comment(&mut self, place: Mark) {
        if self.text.is_empty() {
            self.start = place;
        } else {
            self.text.push(b'\n');
        }
        self.recent_empty = false;
    }
}

impl NodeScanner<'_> {
    /// Reads the comment that ends the line of the token that was just read, if there is one.
    pub(super) fn scan_line_comment(&mut self, token: Mark) -> Result<(), Error> {
        if self.breaks_before() > 0 {
            return Ok(());
        }
        let mut blanks = 0;
        while blanks < LOOK_AHEAD {
            if !self.can_look_ahead(blanks + 1) {
                return Ok(());
            }
            if !is(self.lexer.text, self.lexer.pos + blanks, BLANK) {
                break;
            }
            blanks += 1;
        }
        if blanks == LOOK_AHEAD || byte(self.lexer.text, self.lexer.pos + blanks) != b'#' {
            return Ok(());
        }
        self.lexer.pos += blanks;
        let start = self.mark();
        let text = self.take_line_rest()?;
        self.push_line_comment(token, start, text);
        Ok(())
    }

    /// Notes the comment behind the indicators of a block scalar that begins at the byte `from`.
    pub(super) fn note_block_comment(&mut self, from: usize, token: Mark) {
        let text = self.lexer.text;
        let mut at = from + 1;
        while matches!(byte(text, at), b'+' | b'-' | b'0'..=b'9' | b' ' | b'\t') {
            at += 1;
        }
        if byte(text, at) != b'#' {
            return;
        }
        let mut end = at;
        while !chars::is_breakz(text, end) {
            end += 1;
        }
        self.push_line_comment(token, token.ahead(at - from), text[at..end].to_vec());
    }

    fn push_line_comment(&mut self, token: Mark, start: Mark, text: Vec<u8>) {
        self.comments.push_back(Comment {
            scan: Mark::default(),
            token,
            start,
            end: Mark::default(),
            part: Part::Line,
            text,
        });
    }

    /// Takes everything up to the end of the line.
    fn take_line_rest(&mut self) -> Result<Vec<u8>, Error> {
        let from = self.lexer.pos;
        self.lexer.skip_line_rest()?;
        Ok(self.lexer.text[from..self.lexer.pos].to_vec())
    }

    /// A comment after the first `-` of a sequence, with nested data in the next line, is the head of that data.
    pub(super) fn move_entry_comment(&mut self) {
        let after_entry = {
            let mut last = self.tokens.iter().rev();
            matches!(last.next().map(|token| &token.kind), Some(Kind::BlockEntry))
                && matches!(last.next().map(|token| &token.kind), Some(Kind::BlockSequenceStart))
        };
        if !after_entry || chars::is_break(self.lexer.text, self.lexer.pos) {
            return;
        }
        let mark = self.mark();
        if let Some(comment) = self.comments.back_mut()
            && comment.part == Part::Line
        {
            comment.part = Part::Head;
            if comment.start.line == mark.line - 1 {
                comment.token = mark;
            }
        }
    }

    /// Reads the comments that stand in lines of their own, from the `#` at the current position on. `scan` is where
    /// the white space before it began.
    pub(super) fn scan_comments(&mut self, scan: Mark) -> Result<(), Error> {
        let mut block = self.begin_comments(scan);
        let mut ahead = 0;
        while ahead < LOOK_AHEAD && self.can_look_ahead(ahead + 1) {
            block.column += 1;
            let at = self.lexer.pos + ahead;
            let next = byte(self.lexer.text, at);
            if next == b' ' || next == b'\t' {
                ahead += 1;
                continue;
            }
            let place = Mark {
                index: self.mark().index + ahead as isize,
                line: block.line,
                column: block.column,
            };
            let closes = self.lexer.flow_level > 0 && (next == b']' || next == b'}');
            if closes || chars::is_breakz(self.lexer.text, at) {
                block.end_line(place, next, closes, &mut self.comments);
                if !chars::is_break(self.lexer.text, at) {
                    break;
                }
                block.begin_line();
                ahead += 1;
                continue;
            }
            if !block.text.is_empty() && block.column - 1 < block.indent && block.column != block.start.column {
                block.end_as_foot(place, &mut self.comments);
            }
            if next != b'#' {
                break;
            }
            block.begin_comment(place);
            self.skip_white(at)?;
            block.text.extend(self.take_line_rest()?);
            // yaml.v3 steps over the line break here without counting the line.
            ahead = 1;
            block.column = 0;
            block.line = self.lexer.line as isize;
        }
        self.end_as_head(block, ahead);
        Ok(())
    }

    fn begin_comments(&mut self, scan: Mark) -> Block {
        let (token, after_value) = self.token_before_comments();
        let here = self.mark();
        let breaks = self.breaks_before();
        let foot_line = match scan.line {
            0 => -1,
            _ => here.line - breaks + 1 + isize::from(breaks == 0 && here.column > 1),
        };
        Block {
            scan,
            token,
            start: Mark::default(),
            text: Vec::new(),
            indent: self.lexer.indent.max(0),
            foot_line,
            after_value,
            first_empty: breaks <= 1,
            recent_empty: false,
            line: here.line,
            column: here.column,
        }
    }

    /// Adds the last comment: it is the head of what follows.
    fn end_as_head(&mut self, block: Block, ahead: usize) {
        if block.text.is_empty() {
            return;
        }
        let end = Mark {
            index: self.mark().index + ahead as isize - 1,
            line: block.line,
            column: block.column,
        };
        self.comments.push_back(Comment {
            scan: block.scan,
            token: block.start,
            start: block.start,
            end,
            part: Part::Head,
            text: block.text,
        });
    }

    /// Returns where the token before the comments starts, and whether it is the `:` of a mapping.
    fn token_before_comments(&self) -> (Mark, bool) {
        let mut last = self.tokens.iter().rev();
        let mut token = last.next();
        if let Some(Kind::FlowEntry) = token.map(|token| &token.kind) {
            token = last.next().or(token);
        }
        token.map_or((Mark::default(), false), |token| {
            (token.start, matches!(token.kind, Kind::Value))
        })
    }

    /// Steps over blanks and line breaks up to the byte `end`.
    fn skip_white(&mut self, end: usize) -> Result<(), Error> {
        while self.lexer.pos < end {
            if chars::is_break(self.lexer.text, self.lexer.pos) {
                self.lexer.need(2)?;
                self.lexer.skip_break();
            } else {
                self.lexer.pos += 1;
            }
        }
        Ok(())
    }
}
