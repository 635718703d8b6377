//! The values of scalars: folded lines, escapes, indentation.

use std::borrow::Cow;

use super::chars::{self, BLANK, break_width, byte, is};
use super::token::{Scalar, Style};

impl<'a> Scalar<'a> {
    /// Returns the value; it borrows from the source where that is the value already.
    #[inline]
    pub(crate) fn value(&self) -> Cow<'a, [u8]> {
        if self.direct {
            Cow::Borrowed(self.source)
        } else {
            Cow::Owned(self.make_value())
        }
    }

    fn make_value(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.source.len());
        match self.style {
            Style::Plain => plain(self.source, &mut out),
            Style::SingleQuoted => single_quoted(self.source, &mut out),
            Style::DoubleQuoted => double_quoted(self.source, &mut out),
            Style::Literal => literal(self, &mut out),
            Style::Folded => folded(self, &mut out),
        }
        out
    }
}

/// Appends the line break at `at` as the value has it: CR, LF and NEL as LF, LS and PS as they are.
fn push_break(source: &[u8], at: usize, width: usize, out: &mut Vec<u8>) {
    match width {
        3 => out.extend_from_slice(&source[at..at + 3]),
        _ => out.push(b'\n'),
    }
}

/// Appends what becomes of the blanks and line breaks at `at`, and returns where they end. A single line break becomes
/// a space, of more of them the first is dropped. After an escaped line break (`continued`) all of them stay.
fn fold_white(source: &[u8], start: usize, continued: bool, out: &mut Vec<u8>) -> usize {
    let mut at = start;
    let mut broken = continued;
    let mut dropped_first = false;
    let before = out.len();
    loop {
        let width = break_width(source, at);
        if width > 0 {
            if broken || width == 3 {
                push_break(source, at, width, out);
            } else {
                dropped_first = true;
            }
            broken = true;
            at += width;
        } else if is(source, at, BLANK) {
            at += 1;
        } else {
            break;
        }
    }
    if !broken {
        out.extend_from_slice(&source[start..at]);
    } else if dropped_first && out.len() == before {
        out.push(b' ');
    }
    at
}

fn plain(source: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < source.len() {
        if is(source, at, BLANK) || break_width(source, at) > 0 {
            at = fold_white(source, at, false, out);
        } else {
            out.push(source[at]);
            at += 1;
        }
    }
}

fn single_quoted(source: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < source.len() {
        if is(source, at, BLANK) || break_width(source, at) > 0 {
            at = fold_white(source, at, false, out);
        } else {
            out.push(source[at]);
            at += if source[at] == b'\'' { 2 } else { 1 };
        }
    }
}

fn double_quoted(source: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < source.len() {
        if source[at] == b'\\' {
            let width = break_width(source, at + 1);
            at = match width {
                0 => escape(source, at + 1, out),
                _ => fold_white(source, at + 1 + width, true, out),
            };
        } else if is(source, at, BLANK) || break_width(source, at) > 0 {
            at = fold_white(source, at, false, out);
        } else {
            out.push(source[at]);
            at += 1;
        }
    }
}

/// Appends the character of the escape whose letter is at `at`, and returns where it ends.
fn escape(source: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let digits = match byte(source, at) {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        letter => {
            out.extend_from_slice(match letter {
                b'0' => b"\0",
                b'a' => b"\x07",
                b'b' => b"\x08",
                b't' | b'\t' => b"\t",
                b'n' => b"\n",
                b'v' => b"\x0B",
                b'f' => b"\x0C",
                b'r' => b"\r",
                b'e' => b"\x1B",
                b' ' => b" ",
                b'"' => b"\"",
                b'\'' => b"'",
                b'N' => "\u{85}".as_bytes(),
                b'_' => "\u{A0}".as_bytes(),
                b'L' => "\u{2028}".as_bytes(),
                b'P' => "\u{2029}".as_bytes(),
                _ => b"\\",
            });
            return at + 1;
        }
    };
    let mut code = 0;
    for digit in at + 1..at + 1 + digits {
        code = code << 4 | chars::hex(byte(source, digit)).unwrap_or_default();
    }
    if let Some(rune) = char::from_u32(code) {
        out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
    }
    at + 1 + digits
}

/// The lines of a block: what is left of each after its indentation, and the width and place of its break.
struct Lines<'a> {
    source: &'a [u8],
    at: usize,
    indent: usize,
}

/// A line of a block.
struct Line {
    /// Where it starts after the indentation, and where it ends before the break.
    start: usize,
    end: usize,
    break_width: usize,
    /// Whether it has all of the indentation, which an empty line need not have.
    full: bool,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.at >= self.source.len() {
            return None;
        }
        let line_start = self.at;
        let mut start = self.at;
        while start - line_start < self.indent && byte(self.source, start) == b' ' {
            start += 1;
        }
        let full = start - line_start == self.indent && byte(self.source, start) != 0;
        let mut end = start;
        while !chars::is_breakz(self.source, end) {
            end += 1;
        }
        let break_width = break_width(self.source, end);
        self.at = end + break_width;
        let empty = end == start;
        // Spaces before the end of the text are indentation of what follows the block.
        if empty && break_width == 0 && !full {
            return None;
        }
        Some(Line {
            start,
            end,
            break_width,
            full: full && !empty,
        })
    }
}

fn lines<'a>(scalar: &Scalar<'a>) -> Lines<'a> {
    Lines {
        source: scalar.source,
        at: 0,
        indent: scalar.indent as usize,
    }
}

/// Takes the line breaks at the end back as far as `chomping` says. `content_end` is where the last line ends,
/// `first_break_end` where the break after it ends.
fn chomp(out: &mut Vec<u8>, chomping: i8, content_end: usize, first_break_end: usize) {
    match chomping {
        -1 => out.truncate(content_end),
        0 => out.truncate(first_break_end),
        _ => {}
    }
}

fn literal(scalar: &Scalar<'_>, out: &mut Vec<u8>) {
    let source = scalar.source;
    let (mut content_end, mut first_break_end) = (0, 0);
    for line in lines(scalar) {
        out.extend_from_slice(&source[line.start..line.end]);
        let line_end = out.len();
        if line.break_width > 0 {
            push_break(source, line.end, line.break_width, out);
        }
        if line.full {
            (content_end, first_break_end) = (line_end, out.len());
        }
    }
    chomp(out, scalar.chomping, content_end, first_break_end);
}

fn folded(scalar: &Scalar<'_>, out: &mut Vec<u8>) {
    let source = scalar.source;
    // The break after the last full line, and the breaks of the empty lines after that.
    let mut leading: &[u8] = b"";
    let mut trailing = Vec::new();
    let mut was_blank = false;
    for line in lines(scalar) {
        if !line.full {
            push_break(source, line.end, line.break_width, &mut trailing);
            continue;
        }
        let blank = is(source, line.start, BLANK);
        if leading == b"\n" && !was_blank && !blank {
            if trailing.is_empty() {
                out.push(b' ');
            }
        } else {
            out.extend_from_slice(leading);
        }
        out.append(&mut trailing);
        was_blank = blank;
        out.extend_from_slice(&source[line.start..line.end]);
        leading = match line.break_width {
            0 => b"",
            3 => &source[line.end..line.end + 3],
            _ => b"\n",
        };
    }
    if scalar.chomping != -1 {
        out.extend_from_slice(leading);
    }
    if scalar.chomping == 1 {
        out.extend_from_slice(&trailing);
    }
}
