//! Where scalars end, and whether they are well-formed. Their values are made in [`super::scalar`].

use super::chars::{self, BLANK, BREAKZ, CLASS, COLON, FLOW_STOP, MAYBE_BREAK, byte, is, is_blankz, is_break};
use super::scanner::Scanner;
use super::token::{Scalar, Style};
use crate::Error;

impl<'a> Scanner<'a> {
    /// Reads a plain scalar.
    pub(super) fn scan_plain(&mut self) -> Result<Scalar<'a>, Error> {
        let text = self.text;
        let (start, start_line) = (self.pos, self.line);
        let indent = (self.indent + 1) as usize;
        let mut end = self.pos;
        let mut folded = false;
        let mut leading_blanks = false;
        loop {
            self.need(4)?;
            if self.pos == self.line_start && chars::is_document_indicator(text, self.pos) {
                break;
            }
            if byte(text, self.pos) == b'#' {
                break;
            }
            let word = self.pos;
            let word_end = self.skip_plain_words();
            if word_end > word {
                end = word_end;
                folded |= leading_blanks;
                leading_blanks = false;
                self.need(2)?;
            }
            if !is(text, self.pos, BLANK) && !is_break(text, self.pos) {
                break;
            }
            self.skip_white(&mut leading_blanks, indent, start_line)?;
            if self.flow_level == 0 && self.pos - self.line_start < indent && leading_blanks {
                break;
            }
        }
        if leading_blanks {
            self.simple_key_allowed = true;
        }
        let source = &text[start..end];
        Ok(Scalar {
            direct: !folded,
            ..Scalar::direct(source, Style::Plain)
        })
    }

    /// Steps over a word of a plain scalar, or over all of its words on this line, and returns where the last of them ends.
    #[inline(always)]
    fn skip_plain_words(&mut self) -> usize {
        if self.flow_level > 0 || !self.plain_breaks || self.is_watched() {
            self.skip_plain_word();
            return self.pos;
        }
        let text = self.text;
        let start = self.pos;
        let mut at = start;
        loop {
            let Some(found) = memchr::memchr3(b':', b'#', b'\n', &text[at..]) else {
                at = text.len();
                break;
            };
            at += found;
            let ends = match text[at] {
                b':' => is_blankz(text, at + 1),
                b'#' => at > start && is(text, at - 1, BLANK),
                _ => true,
            };
            if ends {
                break;
            }
            at += 1;
        }
        self.pos = at;
        while at > start && is(text, at - 1, BLANK) {
            at -= 1;
        }
        at
    }

    /// Steps to the blank, line break or indicator that ends a word of a plain scalar.
    #[inline(always)]
    fn skip_plain_word(&mut self) {
        let text = self.text;
        let stops = BLANK | BREAKZ | MAYBE_BREAK | COLON | if self.flow_level > 0 { FLOW_STOP } else { 0 };
        loop {
            let class = CLASS[byte(text, self.pos) as usize] & stops;
            if class == 0 {
                self.pos += 1;
                continue;
            }
            let goes_on = match class {
                MAYBE_BREAK => chars::break_width(text, self.pos) == 0,
                COLON => !is_blankz(text, self.pos + 1),
                _ => false,
            };
            if !goes_on {
                return;
            }
            self.pos += 1;
        }
    }

    /// Steps over blanks and line breaks inside a plain scalar.
    #[inline]
    fn skip_white(&mut self, leading_blanks: &mut bool, indent: usize, start_line: usize) -> Result<(), Error> {
        loop {
            match byte(self.text, self.pos) {
                b'\t' if *leading_blanks && self.pos - self.line_start < indent => {
                    return Err(self.error(start_line, "found a tab character that violates indentation"));
                }
                b' ' | b'\t' => self.pos += 1,
                first if CLASS[first as usize] & (BREAKZ | MAYBE_BREAK) != 0 => {
                    if !is_break(self.text, self.pos) {
                        return Ok(());
                    }
                    self.need(2)?;
                    self.skip_break();
                    *leading_blanks = true;
                }
                _ => return Ok(()),
            }
            self.need(1)?;
        }
    }

    /// Reads a scalar in quotes.
    pub(super) fn scan_quoted(&mut self, single: bool) -> Result<Scalar<'a>, Error> {
        let text = self.text;
        let quote = if single { b'\'' } else { b'"' };
        let start_line = self.line;
        self.pos += 1;
        let start = self.pos;
        let mut direct = true;
        loop {
            self.need(4)?;
            if self.pos == self.line_start && chars::is_document_indicator(text, self.pos) {
                return Err(self.error(start_line, "found unexpected document indicator"));
            }
            let at_end = self.skip_quoted_words(quote, &mut direct, start_line)?;
            if at_end {
                break;
            }
            if byte(text, self.pos) == 0 {
                self.need(1)?;
                return Err(self.error(start_line, "found unexpected end of stream"));
            }
            self.need(2)?;
            if self.skip_break() {
                direct = false;
                self.need(1)?;
            }
        }
        let source = &text[start..self.pos];
        self.pos += 1;
        let style = if single {
            Style::SingleQuoted
        } else {
            Style::DoubleQuoted
        };
        Ok(Scalar {
            direct,
            ..Scalar::direct(source, style)
        })
    }

    /// Steps to the closing quote (and returns true), or to the end of the line or of the text.
    #[inline]
    fn skip_quoted_words(&mut self, quote: u8, direct: &mut bool, start_line: usize) -> Result<bool, Error> {
        let text = self.text;
        loop {
            let next = byte(text, self.pos);
            if next == quote {
                if quote == b'"' || byte(text, self.pos + 1) != b'\'' {
                    return Ok(true);
                }
                *direct = false;
                self.pos += 2;
                self.need(2)?;
            } else if next == b'\\' && quote == b'"' {
                *direct = false;
                if is_break(text, self.pos + 1) {
                    self.need(3)?;
                    self.pos += 1;
                    self.skip_break();
                    if self.pos == self.line_start && byte(text, self.pos) != quote {
                        return Ok(false);
                    }
                } else {
                    self.skip_escape(start_line)?;
                    self.need(2)?;
                }
            } else if CLASS[next as usize] & (BREAKZ | MAYBE_BREAK) != 0 && chars::is_breakz(text, self.pos) {
                return Ok(false);
            } else {
                self.pos += 1;
                let word_begins = next == b' ' || next == b'\t';
                self.need(if word_begins && !is(text, self.pos, BLANK | BREAKZ) {
                    4
                } else {
                    2
                })?;
            }
        }
    }

    fn skip_escape(&mut self, start_line: usize) -> Result<(), Error> {
        let digits = match byte(self.text, self.pos + 1) {
            b'0' | b'a' | b'b' | b't' | b'\t' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"' | b'\'' | b'\\'
            | b'N' | b'_' | b'L' | b'P' => 0,
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => return Err(self.error(start_line, "found unknown escape character")),
        };
        self.pos += 2;
        if digits == 0 {
            return Ok(());
        }
        self.need(digits)?;
        let mut code: u64 = 0;
        for at in self.pos..self.pos + digits {
            let Some(digit) = chars::hex(byte(self.text, at)) else {
                return Err(self.error(start_line, "did not find expected hexdecimal number"));
            };
            code = code << 4 | u64::from(digit);
        }
        if (0xD800..=0xDFFF).contains(&code) || code > 0x10_FFFF {
            return Err(self.error(start_line, "found invalid Unicode character escape code"));
        }
        self.pos += digits;
        Ok(())
    }

    /// Reads a literal or folded block.
    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<Scalar<'a>, Error> {
        let start_line = self.line;
        self.pos += 1;
        let (chomping, increment) = self.scan_block_header(start_line)?;
        self.finish_line(start_line)?;
        let start = self.pos;
        let mut indent = match increment {
            0 => 0,
            _ => self.indent.max(0) as usize + increment,
        };
        self.skip_block_breaks(&mut indent, start_line)?;
        while self.pos - self.line_start == indent && byte(self.text, self.pos) != 0 {
            self.skip_line_rest()?;
            self.need(2)?;
            self.skip_break();
            self.skip_block_breaks(&mut indent, start_line)?;
        }
        let style = if literal { Style::Literal } else { Style::Folded };
        let source = &self.text[start..self.pos];
        Ok(Scalar {
            source,
            style,
            direct: false,
            chomping,
            indent: indent as u32,
        })
    }

    /// Reads the chomping and indentation indicators, in either order.
    fn scan_block_header(&mut self, start_line: usize) -> Result<(i8, usize), Error> {
        let mut chomping = 0;
        let mut increment = 0;
        self.need(1)?;
        for _ in 0..2 {
            match byte(self.text, self.pos) {
                sign @ (b'+' | b'-') if chomping == 0 => chomping = if sign == b'+' { 1 } else { -1 },
                b'0' if increment == 0 => {
                    return Err(self.error(start_line, "found an indentation indicator equal to 0"));
                }
                digit @ b'1'..=b'9' if increment == 0 => increment = usize::from(digit - b'0'),
                _ => break,
            }
            self.pos += 1;
            self.need(1)?;
        }
        Ok((chomping, increment))
    }

    /// Steps over empty lines and the indentation of the next line. An `indent` of 0 is not known yet, and is found.
    fn skip_block_breaks(&mut self, indent: &mut usize, start_line: usize) -> Result<(), Error> {
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.pos - self.line_start < *indent) && byte(self.text, self.pos) == b' ' {
                self.pos += 1;
            }
            self.need(1)?;
            let column = self.pos - self.line_start;
            deepest = deepest.max(column);
            if (*indent == 0 || column < *indent) && byte(self.text, self.pos) == b'\t' {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.error(start_line, problem));
            }
            if !is_break(self.text, self.pos) {
                break;
            }
            self.need(2)?;
            self.skip_break();
        }
        if *indent == 0 {
            *indent = deepest.max((self.indent + 1).max(0) as usize).max(1);
        }
        Ok(())
    }
}
