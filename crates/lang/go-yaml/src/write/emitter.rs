//! The emitter: lines, indentation and the styles of scalars, as libyaml and after it go-yaml write them.

use super::analyze::{Analysis, analyze, break_width, is_printable, width};
use crate::Dialect;

/// How a scalar shall be written, if that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// The column after which v2 breaks lines.
const BEST_WIDTH: usize = 80;
/// How many columns each level is indented.
const INDENT: isize = 2;

/// The emitter. Its flags are those of libyaml.
pub(crate) struct Emitter {
    out: Vec<u8>,
    dialect: Dialect,
    best_width: usize,
    /// In characters.
    column: usize,
    indent: isize,
    /// Whether the last character was a blank, or something that needs none after it.
    whitespace: bool,
    /// Whether the line has only indentation (and `-`, `?`, `:`) so far.
    indention: bool,
}

impl Emitter {
    /// Makes an emitter with nothing written.
    pub(crate) fn new(dialect: Dialect) -> Self {
        let best_width = if dialect == Dialect::V2 { BEST_WIDTH } else { usize::MAX };
        Emitter {
            out: Vec::new(),
            dialect,
            best_width,
            column: 0,
            indent: -1,
            whitespace: true,
            indention: true,
        }
    }

    /// Ends the document and returns the text.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.write_indent();
        self.out
    }

    // ---- single characters

    fn put(&mut self, byte: u8) {
        self.out.push(byte);
        self.column += 1;
    }

    fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        if self.dialect == Dialect::V3 {
            self.indention = true;
        }
    }

    /// Writes the character at `at` and returns where it ends.
    #[inline]
    fn write(&mut self, text: &[u8], at: usize) -> usize {
        let end = (at + width(text[at])).min(text.len());
        self.out.extend_from_slice(&text[at..end]);
        self.column += 1;
        end
    }

    /// Writes the line break of the text at `at` and returns where it ends.
    fn write_break(&mut self, text: &[u8], at: usize) -> usize {
        if text[at] == b'\n' {
            self.put_break();
            return at + 1;
        }
        let end = self.write(text, at);
        self.column = 0;
        if self.dialect == Dialect::V3 {
            self.indention = true;
        }
        end
    }

    // ---- indentation and indicators

    pub(crate) fn indent(&self) -> isize {
        self.indent
    }

    pub(crate) fn set_indent(&mut self, indent: isize) {
        self.indent = indent;
    }

    /// Goes one level deeper. `flow` is for scalars, `indentless` for the sequences that v2 does not indent.
    pub(crate) fn increase_indent(&mut self, flow: bool, indentless: bool) {
        if self.indent < 0 {
            self.indent = if flow { INDENT } else { 0 };
        } else if !indentless {
            self.indent += INDENT;
        }
    }

    /// Tells whether a sequence that is the value of a mapping begins on the line of its key's `:`.
    pub(crate) fn indention(&self) -> bool {
        self.indention
    }

    pub(crate) fn write_indent(&mut self) {
        let indent = self.indent.max(0) as usize;
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        while self.column < indent {
            self.put(b' ');
        }
        self.whitespace = true;
        if self.dialect == Dialect::V2 {
            self.indention = true;
        }
    }

    /// Writes an indicator, with a blank before it if one is needed.
    pub(crate) fn write_indicator(&mut self, indicator: &[u8], needs_white: bool, is_white: bool, is_indention: bool) {
        if needs_white && !self.whitespace {
            self.put(b' ');
        }
        self.out.extend_from_slice(indicator);
        self.column += indicator.len();
        self.whitespace = is_white;
        self.indention = self.indention && is_indention;
    }

    fn write_tag(&mut self, tag: &[u8]) {
        if tag.is_empty() {
            return;
        }
        self.write_indicator(tag, true, false, false);
    }

    // ---- scalars

    /// Analyzes a text for [`Emitter::scalar`].
    pub(crate) fn analyze(&self, text: &[u8]) -> Analysis {
        analyze(text, self.dialect)
    }

    /// Writes a scalar. `tag` is empty or as it is written; `simple_key` is for keys on one line.
    pub(crate) fn scalar(&mut self, text: &[u8], tag: &[u8], style: Style, analysis: Analysis, simple_key: bool) {
        let style = choose(style, analysis, simple_key);
        self.write_tag(tag);
        let indent = self.indent;
        self.increase_indent(true, false);
        match style {
            Style::Plain => self.write_plain(text, !simple_key),
            Style::SingleQuoted => self.write_single_quoted(text, !simple_key),
            Style::DoubleQuoted => self.write_double_quoted(text, !simple_key),
            Style::Literal => self.write_literal(text),
        }
        self.indent = indent;
    }

    /// Tells whether the line is full at the blank at `at`, so that it is to be broken there.
    #[inline]
    fn breaks_at(&self, text: &[u8], at: usize, after_space: bool) -> bool {
        self.column > self.best_width && !after_space && text.get(at + 1) != Some(&b' ')
    }

    fn write_plain(&mut self, text: &[u8], may_fold: bool) {
        let silent = self.dialect == Dialect::V3 && text.is_empty();
        if !(self.whitespace || silent) {
            self.put(b' ');
        }
        let mut after_space = false;
        let mut at = 0;
        while at < text.len() {
            if text[at] == b' ' {
                if may_fold && self.breaks_at(text, at, after_space) {
                    self.write_indent();
                    at += 1;
                } else {
                    at = self.write(text, at);
                }
                after_space = true;
            } else {
                at = self.write_word(text, at);
                after_space = false;
            }
        }
        if !silent {
            self.whitespace = false;
        }
        self.indention = false;
    }

    /// Writes everything up to the next blank.
    fn write_word(&mut self, text: &[u8], start: usize) -> usize {
        let end = memchr::memchr(b' ', &text[start..]).map_or(text.len(), |length| start + length);
        let word = &text[start..end];
        self.out.extend_from_slice(word);
        self.column += word.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        end
    }

    fn write_single_quoted(&mut self, text: &[u8], may_fold: bool) {
        self.write_indicator(b"'", true, false, false);
        let mut after_space = false;
        let mut after_break = false;
        let mut at = 0;
        while at < text.len() {
            if text[at] == b' ' {
                let inside = at > 0 && at + 1 < text.len();
                if may_fold && inside && self.breaks_at(text, at, after_space) {
                    self.write_indent();
                    at += 1;
                } else {
                    at = self.write(text, at);
                }
                after_space = true;
            } else if break_width(text, at) > 0 {
                if !after_break && text[at] == b'\n' {
                    self.put_break();
                }
                at = self.write_break(text, at);
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                if text[at] == b'\'' {
                    self.put(b'\'');
                }
                at = self.write(text, at);
                self.indention = false;
                after_space = false;
                after_break = false;
            }
        }
        self.write_indicator(b"'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_double_quoted(&mut self, text: &[u8], may_fold: bool) {
        self.write_indicator(b"\"", true, false, false);
        // go-yaml looks at the first character only, but for every character.
        let begins_with_mark = text.starts_with("\u{FEFF}".as_bytes());
        let mut after_space = false;
        let mut at = 0;
        while at < text.len() {
            let escaped = begins_with_mark
                || matches!(text[at], b'"' | b'\\')
                || !is_printable(text, at)
                || break_width(text, at) > 0;
            if escaped {
                at = self.write_escape(text, at);
                after_space = false;
            } else if text[at] == b' ' {
                let inside = at > 0 && at + 1 < text.len();
                if may_fold && inside && !after_space && self.column > self.best_width {
                    self.write_indent();
                    if text[at + 1] == b' ' {
                        self.put(b'\\');
                    }
                    at += 1;
                } else {
                    at = self.write(text, at);
                }
                after_space = true;
            } else {
                at = self.write(text, at);
                after_space = false;
            }
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
            '\0' => "0".to_owned(),
            '\x07' => "a".to_owned(),
            '\x08' => "b".to_owned(),
            '\t' => "t".to_owned(),
            '\n' => "n".to_owned(),
            '\x0B' => "v".to_owned(),
            '\x0C' => "f".to_owned(),
            '\r' => "r".to_owned(),
            '\x1B' => "e".to_owned(),
            '"' => "\"".to_owned(),
            '\\' => "\\".to_owned(),
            '\u{85}' => "N".to_owned(),
            '\u{A0}' => "_".to_owned(),
            '\u{2028}' => "L".to_owned(),
            '\u{2029}' => "P".to_owned(),
            _ => match rune as u32 {
                code @ ..=0xFF => format!("x{code:02X}"),
                code @ ..=0xFFFF => format!("u{code:04X}"),
                code => format!("U{code:08X}"),
            },
        };
        self.put(b'\\');
        self.out.extend_from_slice(escape.as_bytes());
        self.column += escape.len();
        end
    }

    fn write_literal(&mut self, text: &[u8]) {
        self.write_indicator(b"|", true, false, false);
        if text[0] == b' ' || break_width(text, 0) > 0 {
            self.write_indicator(b"2", false, false, false);
        }
        if let Some(hint) = chomping_hint(text) {
            self.write_indicator(&[hint], false, false, false);
        }
        self.put_break();
        self.indention = true;
        self.whitespace = true;
        let mut after_break = true;
        let mut at = 0;
        while at < text.len() {
            if break_width(text, at) > 0 {
                at = self.write_break(text, at);
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                at = self.write_line(text, at);
                self.indention = false;
                after_break = false;
            }
        }
    }

    /// Writes everything up to the next line break.
    fn write_line(&mut self, text: &[u8], start: usize) -> usize {
        let mut end = start;
        while end < text.len() && break_width(text, end) == 0 {
            end += 1;
        }
        self.out.extend_from_slice(&text[start..end]);
        self.column += text[start..end].iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        end
    }
}

/// Falls back to a style that is possible.
fn choose(style: Style, analysis: Analysis, simple_key: bool) -> Style {
    let mut style = style;
    if simple_key && analysis.multiline {
        style = Style::DoubleQuoted;
    }
    if style == Style::Plain && !analysis.plain_allowed {
        style = Style::SingleQuoted;
    }
    if style == Style::SingleQuoted && !analysis.single_quoted_allowed {
        style = Style::DoubleQuoted;
    }
    if style == Style::Literal && (!analysis.block_allowed || simple_key) {
        style = Style::DoubleQuoted;
    }
    style
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
