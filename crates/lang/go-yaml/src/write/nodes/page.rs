//! Lines, indentation and single scalars.

use super::super::analyze::{break_width, is_printable, width};

/// The text that is written. Its flags are those of libyaml.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) out: Vec<u8>,
    /// In characters.
    pub(super) column: usize,
    pub(super) indent: isize,
    /// Whether the last character was a blank, or something that needs none after it.
    pub(super) whitespace: bool,
    /// Whether the line has only indentation (and `-`, `?`, `:`) so far.
    pub(super) indention: bool,
    /// The indentation of the foot comment that was just written: an empty line keeps it apart from what follows there.
    pub(super) foot_indent: Option<usize>,
}

impl Page {
    pub(super) fn new() -> Self {
        Page {
            out: Vec::new(),
            column: 0,
            indent: -1,
            whitespace: true,
            indention: true,
            foot_indent: None,
        }
    }

    pub(super) fn put(&mut self, byte: u8) {
        self.out.push(byte);
        self.column += 1;
    }

    pub(super) fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        self.indention = true;
    }

    /// Writes the character at `at` and returns where it ends.
    fn write(&mut self, text: &[u8], at: usize) -> usize {
        let end = (at + width(text[at])).min(text.len());
        self.out.extend_from_slice(&text[at..end]);
        self.column += 1;
        end
    }

    fn write_all(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.column += text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    }

    /// Writes the line break of the text at `at` and returns where it ends.
    fn write_break(&mut self, text: &[u8], at: usize) -> usize {
        if text[at] == b'\n' {
            self.put_break();
            return at + 1;
        }
        let end = self.write(text, at);
        self.column = 0;
        self.indention = true;
        end
    }

    /// Returns the column where lines begin.
    pub(super) fn margin(&self) -> usize {
        self.indent.max(0) as usize
    }

    /// Begins a line, unless that has happened.
    pub(super) fn write_indent(&mut self) {
        let margin = self.margin();
        if !self.indention || self.column > margin || (self.column == margin && !self.whitespace) {
            self.put_break();
        }
        if self.foot_indent == Some(margin) {
            self.put_break();
        }
        while self.column < margin {
            self.put(b' ');
        }
        self.whitespace = true;
        self.foot_indent = None;
    }

    /// Writes an indicator, with a blank before it if one is needed.
    pub(super) fn write_indicator(&mut self, indicator: &[u8], needs_white: bool, is_white: bool, is_indention: bool) {
        if needs_white && !self.whitespace {
            self.put(b' ');
        }
        self.write_all(indicator);
        self.whitespace = is_white;
        self.indention = self.indention && is_indention;
    }

    /// Writes the name of an anchor directly behind its indicator.
    pub(super) fn write_name(&mut self, name: &[u8]) {
        self.write_all(name);
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a part of a tag, with `%XX` for what a tag cannot hold.
    pub(super) fn write_tag_content(&mut self, content: &[u8]) {
        for &byte in content {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' => self.put(byte),
                b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'.' | b'~' | b'*' | b'\''
                | b'(' | b')' | b'[' | b']' => self.put(byte),
                _ => self.write_all(format!("%{byte:02X}").as_bytes()),
            }
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a comment, each line at the margin, and ends the line.
    pub(super) fn write_comment(&mut self, comment: &[u8]) {
        let mut after_break = false;
        let mut in_line = false;
        let mut at = 0;
        while at < comment.len() {
            if break_width(comment, at) > 0 {
                at = self.write_break(comment, at);
                after_break = true;
                in_line = false;
                continue;
            }
            if after_break {
                self.write_indent();
            }
            if !in_line && comment[at] != b'#' {
                self.put(b'#');
                self.put(b' ');
            }
            in_line = true;
            at = self.write(comment, at);
            self.indention = false;
            after_break = false;
        }
        if !after_break {
            self.put_break();
        }
        self.whitespace = true;
    }

    // ---- scalars

    pub(super) fn write_plain(&mut self, text: &[u8]) {
        if !text.is_empty() {
            if !self.whitespace {
                self.put(b' ');
            }
            self.write_all(text);
            self.whitespace = false;
        }
        self.indention = false;
    }

    pub(super) fn write_single_quoted(&mut self, text: &[u8]) {
        self.write_indicator(b"'", true, false, false);
        let mut after_break = false;
        let mut at = 0;
        while at < text.len() {
            if break_width(text, at) > 0 {
                if !after_break && text[at] == b'\n' {
                    self.put_break();
                }
                at = self.write_break(text, at);
                after_break = true;
                continue;
            }
            if after_break && text[at] != b' ' {
                self.write_indent();
                after_break = false;
            }
            if text[at] == b'\'' {
                self.put(b'\'');
            }
            let is_space = text[at] == b' ';
            at = self.write(text, at);
            if !is_space {
                self.indention = false;
            }
        }
        self.write_indicator(b"'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    pub(super) fn write_double_quoted(&mut self, text: &[u8]) {
        self.write_indicator(b"\"", true, false, false);
        // go-yaml looks at the first character only, but for every character.
        let begins_with_mark = text.starts_with("\u{FEFF}".as_bytes());
        let mut at = 0;
        while at < text.len() {
            let escaped = begins_with_mark
                || matches!(text[at], b'"' | b'\\')
                || !is_printable(text, at)
                || break_width(text, at) > 0;
            at = match escaped {
                true => self.write_escape(text, at),
                false => self.write(text, at),
            };
        }
        self.write_indicator(b"\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes the escape of the character at `at` and returns where the character ends.
    fn write_escape(&mut self, text: &[u8], at: usize) -> usize {
        let end = (at + width(text[at])).min(text.len());
        let rune = std::str::from_utf8(&text[at..end])
            .ok()
            .and_then(|rune| rune.chars().next())
            .unwrap_or_default();
        let escape = match rune {
            '\0' => "0",
            '\x07' => "a",
            '\x08' => "b",
            '\t' => "t",
            '\n' => "n",
            '\x0B' => "v",
            '\x0C' => "f",
            '\r' => "r",
            '\x1B' => "e",
            '"' => "\"",
            '\\' => "\\",
            '\u{85}' => "N",
            '\u{A0}' => "_",
            '\u{2028}' => "L",
            '\u{2029}' => "P",
            _ => &match rune as u32 {
                code @ ..=0xFF => format!("x{code:02X}"),
                code @ ..=0xFFFF => format!("u{code:04X}"),
                code => format!("U{code:08X}"),
            },
        };
        self.put(b'\\');
        self.write_all(escape.as_bytes());
        end
    }

    /// Writes the indicators behind `|` or `>`.
    pub(super) fn write_block_hints(&mut self, text: &[u8], spaces: usize) {
        if text.first() == Some(&b' ') || (!text.is_empty() && break_width(text, 0) > 0) {
            self.write_indicator(&[b'0' + spaces as u8], false, false, false);
        }
        if let Some(hint) = chomping_hint(text) {
            self.write_indicator(&[hint], false, false, false);
        }
    }

    /// Writes the lines of a literal block.
    pub(super) fn write_literal_lines(&mut self, text: &[u8]) {
        self.whitespace = true;
        let mut after_break = true;
        let mut at = 0;
        while at < text.len() {
            if break_width(text, at) > 0 {
                at = self.write_break(text, at);
                after_break = true;
                continue;
            }
            if after_break {
                self.write_indent();
            }
            at = self.write(text, at);
            self.indention = false;
            after_break = false;
        }
    }

    /// Writes the lines of a folded block.
    pub(super) fn write_folded_lines(&mut self, text: &[u8]) {
        self.whitespace = true;
        let (mut after_break, mut begins_blank) = (true, true);
        // go-yaml looks at the first line of the text where it should look at the next one.
        let folds = first_line_is_foldable(text);
        let mut at = 0;
        while at < text.len() {
            if break_width(text, at) > 0 {
                if !after_break && !begins_blank && text[at] == b'\n' && folds {
                    self.put_break();
                }
                at = self.write_break(text, at);
                after_break = true;
                continue;
            }
            if after_break {
                self.write_indent();
                begins_blank = matches!(text[at], b' ' | b'\t');
            }
            at = self.write(text, at);
            self.indention = false;
            after_break = false;
        }
    }
}

fn first_line_is_foldable(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() && break_width(text, at) > 0 {
        at += width(text[at]);
    }
    !matches!(text.get(at), None | Some(b' ' | b'\t' | 0))
}

/// Returns how the line breaks at the end of a block are to be read: `-` when there is none, `+` when there are several.
fn chomping_hint(text: &[u8]) -> Option<u8> {
    let previous = |end: usize| (0..end).rev().find(|&at| text[at] & 0xC0 != 0x80);
    let Some(last) = previous(text.len()) else {
        return Some(b'-');
    };
    if break_width(text, last) == 0 {
        return Some(b'-');
    }
    match previous(last) {
        Some(before) if break_width(text, before) == 0 => None,
        _ => Some(b'+'),
    }
}
