//! Directives, anchors and tags.

use std::borrow::Cow;

use super::chars::{self, ALPHA, URI, byte, is, is_blankz};
use super::scanner::Scanner;
use super::token::{Kind, TagToken};
use crate::Error;

impl<'a> Scanner<'a> {
    /// Reads `%YAML 1.1` or `%TAG ! prefix` to the end of its line.
    pub(super) fn scan_directive(&mut self) -> Result<Kind<'a>, Error> {
        let start = self.line;
        self.pos += 1;
        let kind = match self.scan_directive_name(start)? {
            b"YAML" => self.scan_version(start)?,
            b"TAG" => Kind::TagDirective(Box::new(self.scan_tag_directive(start)?)),
            _ => return Err(self.error(start, "found unknown directive name")),
        };
        self.finish_line(start)?;
        Ok(kind)
    }

    /// Steps over blanks, a comment and the line break, and complains about anything else.
    pub(super) fn finish_line(&mut self, start: usize) -> Result<(), Error> {
        self.need(1)?;
        self.skip_blanks()?;
        if byte(self.text, self.pos) == b'#' {
            self.skip_line_rest()?;
        }
        if !chars::is_breakz(self.text, self.pos) {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        if byte(self.text, self.pos) != 0 {
            self.need(2)?;
            self.skip_break();
        }
        Ok(())
    }

    fn scan_directive_name(&mut self, start: usize) -> Result<&'a [u8], Error> {
        let name = self.scan_alpha()?;
        if name.is_empty() {
            return Err(self.error(start, "could not find expected directive name"));
        }
        if !is_blankz(self.text, self.pos) {
            return Err(self.error(start, "found unexpected non-alphabetical character"));
        }
        Ok(name)
    }

    fn scan_alpha(&mut self) -> Result<&'a [u8], Error> {
        let from = self.pos;
        while is(self.text, self.pos, ALPHA) {
            self.pos += 1;
        }
        self.need(1)?;
        Ok(&self.text[from..self.pos])
    }

    fn scan_version(&mut self, start: usize) -> Result<Kind<'a>, Error> {
        self.need(1)?;
        self.skip_blanks()?;
        let major = self.scan_version_number(start)?;
        if byte(self.text, self.pos) != b'.' {
            return Err(self.error(start, "did not find expected digit or '.' character"));
        }
        self.pos += 1;
        let minor = self.scan_version_number(start)?;
        Ok(Kind::Version(major, minor))
    }

    fn scan_version_number(&mut self, start: usize) -> Result<u8, Error> {
        let mut value = 0;
        let mut length = 0;
        self.need(1)?;
        while byte(self.text, self.pos).is_ascii_digit() {
            length += 1;
            if length > 2 {
                return Err(self.error(start, "found extremely long version number"));
            }
            value = value * 10 + (byte(self.text, self.pos) - b'0');
            self.pos += 1;
            self.need(1)?;
        }
        if length == 0 {
            return Err(self.error(start, "did not find expected version number"));
        }
        Ok(value)
    }

    fn scan_tag_directive(&mut self, start: usize) -> Result<TagToken<'a>, Error> {
        self.need(1)?;
        self.skip_blanks()?;
        let handle = self.scan_tag_handle(true, start)?;
        self.need(1)?;
        if !is(self.text, self.pos, chars::BLANK) {
            return Err(self.error(start, "did not find expected whitespace"));
        }
        self.skip_blanks()?;
        let suffix = self.scan_tag_uri(b"", start)?;
        if !is_blankz(self.text, self.pos) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(TagToken { handle, suffix })
    }

    /// Reads the name after `&` or `*`.
    pub(super) fn scan_anchor(&mut self) -> Result<&'a [u8], Error> {
        let start = self.line;
        self.pos += 1;
        self.need(1)?;
        let name = self.scan_alpha()?;
        let ends_well = matches!(
            byte(self.text, self.pos),
            b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
        ) || is_blankz(self.text, self.pos);
        if name.is_empty() || !ends_well {
            return Err(self.error(start, "did not find expected alphabetic or numeric character"));
        }
        Ok(name)
    }

    /// Reads `!suffix`, `!handle!suffix` or `!<verbatim>`.
    pub(super) fn scan_tag(&mut self) -> Result<TagToken<'a>, Error> {
        let start = self.line;
        self.need(2)?;
        let tag = if byte(self.text, self.pos + 1) == b'<' {
            self.pos += 2;
            let suffix = self.scan_tag_uri(b"", start)?;
            if byte(self.text, self.pos) != b'>' {
                return Err(self.error(start, "did not find the expected '>'"));
            }
            self.pos += 1;
            TagToken { handle: b"", suffix }
        } else {
            self.scan_short_tag(start)?
        };
        self.need(1)?;
        if !is_blankz(self.text, self.pos) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(tag)
    }

    fn scan_short_tag(&mut self, start: usize) -> Result<TagToken<'a>, Error> {
        let handle = self.scan_tag_handle(false, start)?;
        if handle.len() > 1 && handle.ends_with(b"!") {
            let suffix = self.scan_tag_uri(b"", start)?;
            return Ok(TagToken { handle, suffix });
        }
        let suffix = self.scan_tag_uri(handle, start)?;
        match suffix.is_empty() {
            true => Ok(TagToken {
                handle: b"",
                suffix: Cow::Borrowed(b"!"),
            }),
            false => Ok(TagToken { handle: b"!", suffix }),
        }
    }

    fn scan_tag_handle(&mut self, directive: bool, start: usize) -> Result<&'a [u8], Error> {
        self.need(1)?;
        if byte(self.text, self.pos) != b'!' {
            return Err(self.error(start, "did not find expected '!'"));
        }
        let from = self.pos;
        self.pos += 1;
        self.need(1)?;
        self.scan_alpha()?;
        if byte(self.text, self.pos) == b'!' {
            self.pos += 1;
        } else if directive && self.pos - from > 1 {
            return Err(self.error(start, "did not find expected '!'"));
        }
        Ok(&self.text[from..self.pos])
    }

    /// Reads the characters of a tag. `head` is what was read of it already, with its `!`.
    fn scan_tag_uri(&mut self, head: &'a [u8], start: usize) -> Result<Cow<'a, [u8]>, Error> {
        self.need(1)?;
        let from = self.pos;
        let mut escaped: Option<Vec<u8>> = None;
        while is(self.text, self.pos, ALPHA | URI) {
            if byte(self.text, self.pos) == b'%' {
                let mut uri = escaped.take().unwrap_or_else(|| self.text[from..self.pos].to_vec());
                self.scan_uri_escape(start, &mut uri)?;
                escaped = Some(uri);
            } else {
                if let Some(uri) = &mut escaped {
                    uri.push(byte(self.text, self.pos));
                }
                self.pos += 1;
            }
            self.need(1)?;
        }
        if head.is_empty() && self.pos == from {
            return Err(self.error(start, "did not find expected tag URI"));
        }
        let head = head.get(1..).unwrap_or_default();
        Ok(match escaped {
            // The head stands directly before the rest.
            None => self.source(from - head.len()),
            Some(uri) => Cow::Owned([head, &uri].concat()),
        })
    }

    /// Reads the `%XX` of one character.
    fn scan_uri_escape(&mut self, start: usize, uri: &mut Vec<u8>) -> Result<(), Error> {
        let mut left = 0;
        loop {
            self.need(3)?;
            let digits = (
                chars::hex(byte(self.text, self.pos + 1)),
                chars::hex(byte(self.text, self.pos + 2)),
            );
            let (b'%', (Some(high), Some(low))) = (byte(self.text, self.pos), digits) else {
                return Err(self.error(start, "did not find URI escaped octet"));
            };
            let octet = (high << 4 | low) as u8;
            if left == 0 {
                left = chars::width(octet);
                if left == 0 {
                    return Err(self.error(start, "found an incorrect leading UTF-8 octet"));
                }
            } else if octet & 0xC0 != 0x80 {
                return Err(self.error(start, "found an incorrect trailing UTF-8 octet"));
            }
            uri.push(octet);
            self.pos += 3;
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }
}
