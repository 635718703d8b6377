//! From bytes to text: encodings, and the bytes that no YAML text may have.
//!
//! go-yaml reads its input in pieces of 512 bytes and complains about a bad byte when it needs the piece it stands in, so
//! a mistake in the grammar of an earlier piece is told first. [`Input`] keeps that order: its text is good up to
//! the bad piece, and [`Input::failure`] is what to say when the scanner needs more.

use std::borrow::Cow;

use super::chars;

/// How many bytes go-yaml reads at once.
const PIECE: usize = 512;

/// A text that is fit for the scanner.
pub(crate) struct Input<'a> {
    /// UTF-8 without a byte order mark, without NUL, up to the first bad byte.
    text: Cow<'a, [u8]>,
    /// Where the piece begins that holds the bad byte.
    good: usize,
    /// Why the text ends where it does, unless that is its real end.
    pub(crate) failure: Option<&'static str>,
    /// Whether all of the text is ASCII.
    pub(crate) ascii: bool,
    /// Whether LF is the only line break.
    pub(crate) plain_breaks: bool,
    /// Where the pieces end in the text; not told when no byte order mark is in it. See [`super::buffer`].
    pub(crate) piece_ends: Vec<usize>,
}

impl<'a> Input<'a> {
    /// Reads `bytes` as UTF-8 or, by their byte order mark, as UTF-16.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let read = match bytes {
            [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3),
            _ => utf8(bytes, 0),
        };
        let Read {
            text,
            good,
            failure,
            mut piece_ends,
        } = read;
        let ascii = text.is_ascii();
        let plain_breaks = memchr::memchr(b'\r', &text).is_none() && (ascii || !has_wide_break(&text));
        if ascii || memchr::memmem::find(&text, MARK).is_none() {
            piece_ends.clear();
        } else if piece_ends.is_empty() {
            piece_ends = utf8_piece_ends(
                &text[..good],
                bytes.len() - bytes.strip_prefix(MARK).map_or(bytes.len(), <[u8]>::len),
            );
        }
        Input {
            text,
            good,
            failure,
            ascii,
            plain_breaks,
            piece_ends,
        }
    }

    /// Returns the text before the bad piece.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text[..self.good]
    }

    /// Returns the text up to the bad byte: what can be read after the failure was met once.
    pub(crate) fn text_to_failure(&self) -> &[u8] {
        &self.text
    }
}

fn has_wide_break(text: &[u8]) -> bool {
    memchr::memchr2_iter(0xC2, 0xE2, text).any(|at| chars::break_width(text, at) > 0)
}

/// What was read; see [`Input`].
struct Read<'a> {
    text: Cow<'a, [u8]>,
    good: usize,
    failure: Option<&'static str>,
    /// Where the pieces end in the text, if that is known already.
    piece_ends: Vec<usize>,
}

/// Reads UTF-8. `mark` is the width of the byte order mark before `text`.
fn utf8(text: &[u8], mark: usize) -> Read<'_> {
    match first_fault(text) {
        None => Read {
            text: Cow::Borrowed(text),
            good: text.len(),
            failure: None,
            piece_ends: Vec::new(),
        },
        Some((at, failure)) => {
            let good = if failure == INCOMPLETE {
                at
            } else {
                piece_start(text, at, mark)
            };
            Read {
                text: Cow::Borrowed(&text[..at]),
                good,
                failure: Some(failure),
                piece_ends: Vec::new(),
            }
        }
    }
}

/// Returns where the piece begins that holds the byte `at`.
fn piece_start(text: &[u8], at: usize, mark: usize) -> usize {
    let mut start = 0;
    let mut end = PIECE - mark;
    loop {
        let mut piece_end = piece_end(text, start, end);
        // The bad character goes to the next piece as well, when its first byte says that it is that long.
        if at < piece_end && end < text.len() && at + chars::width(text[at]) > end {
            piece_end = at;
        }
        if at < piece_end || piece_end >= text.len() || piece_end == start {
            return start;
        }
        start = piece_end;
        end = start + PIECE;
    }
}

/// Returns where a piece really ends that can hold the bytes up to `end`: a character that it cuts goes to the next one.
fn piece_end(text: &[u8], start: usize, end: usize) -> usize {
    let piece_end = end.min(text.len());
    for back in 1..=3.min(piece_end - start) {
        let first = text[piece_end - back];
        if first & 0xC0 != 0x80 {
            let cut = chars::width(first) > back && end < text.len();
            return if cut { piece_end - back } else { piece_end };
        }
    }
    piece_end
}

/// Returns where all pieces of a good text end.
fn utf8_piece_ends(text: &[u8], mark: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut end = piece_end(text, 0, PIECE - mark);
    while end < text.len() {
        ends.push(end);
        end = piece_end(text, end, end + PIECE);
    }
    ends.push(end);
    ends
}

/// The byte order mark.
pub(super) const MARK: &[u8] = "\u{FEFF}".as_bytes();
const INCOMPLETE: &str = "incomplete UTF-8 octet sequence";
const CONTROL: &str = "control characters are not allowed";

/// Finds the first byte that go-yaml refuses, and what it says about it.
fn first_fault(text: &[u8]) -> Option<(usize, &'static str)> {
    let mut at = 0;
    while at < text.len() {
        at += clean_ascii(&text[at..]);
        let first = *text.get(at)?;
        if first < 0x80 {
            return Some((at, CONTROL));
        }
        match wide_character(&text[at..]) {
            Ok(width) => at += width,
            Err(failure) => return Some((at, failure)),
        }
    }
    None
}

/// Counts the bytes at the start that are allowed ASCII.
fn clean_ascii(text: &[u8]) -> usize {
    let mut at = 0;
    for block in text.chunks_exact(32) {
        let bad = block.iter().fold(false, |bad, &byte| bad | !is_clean_ascii(byte));
        if bad {
            break;
        }
        at += 32;
    }
    at + text[at..].iter().take_while(|&&byte| is_clean_ascii(byte)).count()
}

#[inline(always)]
fn is_clean_ascii(byte: u8) -> bool {
    (byte.wrapping_sub(0x20) < 0x5F) | (byte == b'\n') | (byte == b'\t') | (byte == b'\r')
}

/// Returns the width of the character at the start, which is not ASCII.
fn wide_character(text: &[u8]) -> Result<usize, &'static str> {
    let width = chars::width(text[0]);
    if width == 0 {
        return Err("invalid leading UTF-8 octet");
    }
    let Some(rune) = text.get(..width) else {
        return Err(INCOMPLETE);
    };
    let mut code = u32::from(text[0]) & (0x7F >> width);
    for &octet in &rune[1..] {
        if octet & 0xC0 != 0x80 {
            return Err("invalid trailing UTF-8 octet");
        }
        code = code << 6 | u32::from(octet & 0x3F);
    }
    let least = [0, 0, 0x80, 0x800, 0x10000][width];
    if code < least {
        return Err("invalid length of a UTF-8 sequence");
    }
    check_code(code).map(|_| width)
}

fn check_code(code: u32) -> Result<char, &'static str> {
    match char::from_u32(code) {
        None => Err("invalid Unicode character"),
        Some('\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}') => Err(CONTROL),
        Some(rune @ ('\t' | '\n' | '\r' | ' '..='~' | '\u{80}'..)) => Ok(rune),
        Some(_) => Err(CONTROL),
    }
}

/// Reads UTF-16. `bytes` begin after the byte order mark.
fn utf16<'a>(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Read<'a> {
    let mut text = Vec::with_capacity(bytes.len());
    // Where the current piece begins in the text, and where it ends in the bytes.
    let mut piece_start = 0;
    let mut piece_end = PIECE - 2;
    let mut piece_ends = Vec::new();
    let mut failure = None;
    let mut good = None;
    let mut at = 0;
    while at < bytes.len() {
        let character = utf16_character(&bytes[at..], unit);
        if at + character.map_or(2, |(width, _)| width) > piece_end {
            piece_start = text.len();
            piece_ends.push(piece_start);
            piece_end = at + PIECE;
        }
        match character.and_then(|(width, code)| Ok((width, check_code(code)?))) {
            Ok((width, rune)) => {
                text.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
                at += width;
            }
            Err(problem) => {
                if !problem.starts_with("incomplete") {
                    good = Some(piece_start);
                }
                failure = Some(problem);
                break;
            }
        }
    }
    let good = good.unwrap_or(text.len());
    piece_ends.push(good);
    Read {
        text: Cow::Owned(text),
        good,
        failure,
        piece_ends,
    }
}

fn utf16_character(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<(usize, u32), &'static str> {
    let &[a, b, ref rest @ ..] = bytes else {
        return Err("incomplete UTF-16 character");
    };
    let high = u32::from(unit([a, b]));
    match high & 0xFC00 {
        0xDC00 => Err("unexpected low surrogate area"),
        0xD800 => {
            let &[c, d, ..] = rest else {
                return Err("incomplete UTF-16 surrogate pair");
            };
            let low = u32::from(unit([c, d]));
            if low & 0xFC00 != 0xDC00 {
                return Err("expected low surrogate area");
            }
            Ok((4, 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)))
        }
        _ => Ok((2, high)),
    }
}
