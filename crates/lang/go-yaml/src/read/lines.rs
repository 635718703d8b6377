//! Documents whose structure shows in the indentation of their lines, read without tokens and without the parser.
//!
//! Nearly all values files and manifests are made of lines with a key, an item or both, and scalars that the scanner knows how to
//! read. Here such lines become events directly. Whatever is not plain, or not right, makes this give up, and the document is
//! read by the parser; so this must never accept what the parser does not, nor read anything in another way.

use go_value::Value;

use super::build::Builder;
use super::chars::{self, ALPHA, byte, is, is_blankz};
use super::input::Input;
use super::parser::Event;
use super::scanner::{MAX_SIMPLE_KEY, Scanner};
use super::token::{Scalar, Style};
use crate::{Duplicates, Numbers};

/// Reads the first document if it is the only one and made of plain lines. Of a mapping at the top only the entries that `wanted`
/// names are kept.
pub(super) fn build(
    input: &Input<'_>,
    duplicates: Duplicates,
    numbers: Numbers,
    wanted: Option<&[&str]>,
) -> Option<Value> {
    let scanner = Scanner::new(input);
    if !scanner.plain_breaks || scanner.is_watched() {
        return None;
    }
    let mut lines = Lines {
        builder: Builder::new(scanner.text_len(), duplicates, numbers, wanted),
        scanner,
        open: Vec::new(),
        is_missing: false,
    };
    lines.document()?;
    Some(lines.builder.root)
}

/// A reader of lines.
struct Lines<'a, 'w> {
    scanner: Scanner<'a>,
    builder: Builder<'a, 'w>,
    /// The collections that are open.
    open: Vec<Open>,
    /// Whether the last entry of the innermost collection has no value yet.
    is_missing: bool,
}

/// An open collection and the column of its entries.
#[derive(Clone, Copy)]
struct Open {
    kind: Kind,
    column: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mapping,
    Sequence,
    /// A sequence at the column of the mapping that it is a value of.
    Indentless,
}

/// Each step returns `None` when it gives up.
impl<'a> Lines<'a, '_> {
    fn document(&mut self) -> Option<()> {
        self.next_line()?;
        if self.column() == 0 && self.rest().starts_with(b"---") && is_blankz(self.scanner.text, self.scanner.pos + 3) {
            self.scanner.pos += 3;
            self.next_line()?;
        }
        let start = self.scanner.pos;
        while !self.is_at_end() {
            let column = self.column();
            if column == 0 && chars::is_document_indicator(self.scanner.text, self.scanner.pos) {
                return None;
            }
            while self.open.last().is_some_and(|open| open.column > column) {
                self.close()?;
            }
            match self.open.last() {
                Some(open) => self.line(*open, column)?,
                // A lone scalar is left to the parser.
                None if self.scanner.pos == start => self.node(column, false)?,
                None => return None,
            }
            self.next_line()?;
        }
        while !self.open.is_empty() {
            self.close()?;
        }
        Some(())
    }

    // ---- places

    fn rest(&self) -> &'a [u8] {
        &self.scanner.text[self.scanner.pos..]
    }

    fn is_at_end(&self) -> bool {
        self.scanner.pos >= self.scanner.text.len()
    }

    fn peek(&self) -> u8 {
        byte(self.scanner.text, self.scanner.pos)
    }

    /// The current column; nothing but spaces and dashes may stand before it.
    fn column(&self) -> usize {
        self.scanner.pos - self.scanner.line_start
    }

    fn is_at_dash(&self) -> bool {
        self.peek() == b'-' && is_blankz(self.scanner.text, self.scanner.pos + 1)
    }

    fn skip_spaces(&mut self) {
        while self.peek() == b' ' {
            self.scanner.pos += 1;
        }
    }

    /// Steps over what may follow an entry, up to the first character of the next line that has one.
    fn next_line(&mut self) -> Option<()> {
        let Scanner { text, line_start, .. } = self.scanner;
        loop {
            self.skip_spaces();
            if self.peek() == b'#' {
                self.scanner.pos += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
            }
            if self.is_at_end() {
                return Some(());
            }
            if self.peek() != b'\n' {
                break;
            }
            self.scanner.skip_break();
        }
        // A scalar of several lines may have come to the next line before.
        let is_new =
            self.scanner.line_start > line_start || text[line_start..self.scanner.pos].iter().all(|byte| *byte == b' ');
        (is_new && self.peek() != b'\t').then_some(())
    }

    /// Tells whether nothing but a comment follows on this line.
    fn ends_here(&self) -> bool {
        self.is_at_end() || matches!(self.peek(), b'\n' | b'#')
    }

    // ---- collections

    fn begin(&mut self, kind: Kind, column: usize) -> Option<()> {
        self.is_missing = false;
        self.open.push(Open { kind, column });
        self.builder.add(match kind {
            Kind::Mapping => Event::MappingStart(None),
            Kind::Sequence | Kind::Indentless => Event::SequenceStart(None),
        })
    }

    fn close(&mut self) -> Option<()> {
        self.fill()?;
        self.builder.add(match self.open.pop()?.kind {
            Kind::Mapping => Event::MappingEnd,
            Kind::Sequence | Kind::Indentless => Event::SequenceEnd,
        })
    }

    /// Gives the last entry the value that it has when it has none.
    fn fill(&mut self) -> Option<()> {
        if !std::mem::take(&mut self.is_missing) {
            return Some(());
        }
        self.add(Scalar::direct(b"", Style::Plain))
    }

    fn add(&mut self, scalar: Scalar<'a>) -> Option<()> {
        self.builder.add(Event::Scalar {
            scalar,
            implicit: scalar.style == Style::Plain,
            properties: None,
        })
    }

    // ---- lines

    /// Reads a line in the collection `open`, which is not deeper than the line.
    fn line(&mut self, open: Open, column: usize) -> Option<()> {
        if column > open.column {
            return if self.is_missing { self.node(column, true) } else { None };
        }
        match (open.kind, self.is_at_dash()) {
            (Kind::Mapping, true) if self.is_missing => {
                self.begin(Kind::Indentless, column)?;
                self.item()
            }
            (Kind::Mapping, true) | (Kind::Sequence, false) => None,
            (Kind::Mapping, false) => {
                self.fill()?;
                self.entry()
            }
            (Kind::Sequence | Kind::Indentless, true) => {
                self.fill()?;
                self.item()
            }
            (Kind::Indentless, false) => {
                self.close()?;
                self.entry()
            }
        }
    }

    /// Reads the first line of a node at `column`, or as much of it as there is on this line.
    fn node(&mut self, column: usize, may_be_lone: bool) -> Option<()> {
        if self.is_at_dash() {
            self.begin(Kind::Sequence, column)?;
            return self.item();
        }
        if may_be_lone && matches!(self.peek(), b'[' | b'{' | b'|' | b'>') {
            self.is_missing = false;
            return self.value();
        }
        let (scalar, is_key) = self.key_or_scalar()?;
        if is_key {
            self.begin(Kind::Mapping, column)?;
            self.add(scalar)?;
            return self.after_key();
        }
        self.is_missing = false;
        may_be_lone.then_some(())?;
        self.add(scalar)
    }

    /// Reads an item from its dash on.
    fn item(&mut self) -> Option<()> {
        self.scanner.pos += 1;
        self.skip_spaces();
        self.is_missing = true;
        if self.ends_here() {
            return Some(());
        }
        self.node(self.column(), true)
    }

    /// Reads a key and what follows.
    fn entry(&mut self) -> Option<()> {
        let (key, is_key) = self.key_or_scalar()?;
        is_key.then_some(())?;
        self.add(key)?;
        self.after_key()
    }

    /// Reads from the colon on.
    fn after_key(&mut self) -> Option<()> {
        self.scanner.pos += 1;
        self.skip_spaces();
        self.is_missing = self.ends_here();
        if self.is_missing { Some(()) } else { self.value() }
    }

    // ---- values

    /// Reads a value that is no block collection.
    fn value(&mut self) -> Option<()> {
        match self.peek() {
            b'[' => self.flow_sequence(),
            b'{' => self.flow_mapping(),
            style @ (b'|' | b'>') => {
                self.set_indent();
                let scalar = self.scanner.scan_block_scalar(style == b'|').ok()?;
                self.add(scalar)
            }
            _ => {
                let (scalar, is_key) = self.simple_value_or_scalar()?;
                if is_key { None } else { self.add(scalar) }
            }
        }
    }

    // ---- scalars

    /// Steps over letters, digits and the signs in names, the first of which is a letter or a digit; `None` when there are none.
    fn word(&mut self) -> Option<&'a [u8]> {
        let (text, start) = (self.scanner.text, self.scanner.pos);
        if !self.peek().is_ascii_alphanumeric() {
            return None;
        }
        let mut end = start + 1;
        while is(text, end, ALPHA) || matches!(byte(text, end), b'.' | b'/') {
            end += 1;
        }
        self.scanner.pos = end;
        Some(&text[start..end])
    }

    /// Reads a key that is a word; stays where it is when there is none.
    fn simple_key(&mut self) -> Option<Scalar<'a>> {
        let start = self.scanner.pos;
        let word = self.word()?;
        let is_key = self.is_at_colon() && word.len() <= MAX_SIMPLE_KEY;
        if !is_key {
            self.scanner.pos = start;
        }
        is_key.then(|| Scalar::direct(word, Style::Plain))
    }

    /// Reads a scalar that is no block; tells whether it is a key.
    fn key_or_scalar(&mut self) -> Option<(Scalar<'a>, bool)> {
        match self.simple_key() {
            Some(key) => Some((key, true)),
            None => self.simple_value_or_scalar(),
        }
    }

    fn simple_value_or_scalar(&mut self) -> Option<(Scalar<'a>, bool)> {
        match self.simple_value() {
            Some(value) => Some((value, false)),
            None => self.scalar(),
        }
    }

    /// Reads a value that is a word and ends with its line; stays where it is when there is none.
    fn simple_value(&mut self) -> Option<Scalar<'a>> {
        let start = self.scanner.pos;
        let word = self.word()?;
        let goes_on = !self.is_at_end() && (self.peek() != b'\n' || self.is_next_line_deeper());
        if goes_on {
            self.scanner.pos = start;
        }
        (!goes_on).then(|| Scalar::direct(word, Style::Plain))
    }

    /// Tells whether the scalar that ends with this line may go on in the next; that is so of an empty line, too.
    fn is_next_line_deeper(&self) -> bool {
        let text = self.scanner.text;
        let start = self.scanner.pos + 1;
        let most = self.open.last().map_or(0, |open| open.column + 1);
        let spaces = text[start..]
            .iter()
            .take(most)
            .take_while(|byte| **byte == b' ')
            .count();
        spaces == most || matches!(byte(text, start + spaces), b'\n' | b'\t')
    }

    fn is_at_colon(&self) -> bool {
        self.peek() == b':' && is_blankz(self.scanner.text, self.scanner.pos + 1)
    }

    /// Scalars go on in lines that are indented deeper than the collection they are in.
    fn set_indent(&mut self) {
        self.scanner.indent = self.open.last().map_or(-1, |open| open.column as isize);
    }

    /// Reads a scalar that is no block; tells whether it is a key.
    fn scalar(&mut self) -> Option<(Scalar<'a>, bool)> {
        let (text, start, line) = (self.scanner.text, self.scanner.pos, self.scanner.line_start);
        self.set_indent();
        let scalar = match self.peek() {
            quote @ (b'"' | b'\'') => self.scanner.scan_quoted(quote == b'\'').ok()?,
            b'-' | b'?' | b':' if is_blankz(text, start + 1) => return None,
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b',' | b'[' | b']' | b'{' | b'}' | b'|' | b'>' | b'#' | b'\t'
            | 0 => return None,
            _ => self.scanner.scan_plain().ok()?,
        };
        if !self.is_at_colon() {
            return Some((scalar, false));
        }
        let is_simple = line == self.scanner.line_start && self.scanner.pos - start <= MAX_SIMPLE_KEY;
        is_simple.then_some((scalar, true))
    }

    // ---- flow collections

    /// Reads an empty `{}`.
    fn flow_mapping(&mut self) -> Option<()> {
        self.scanner.pos += 1;
        self.skip_spaces();
        self.expect(b'}')?;
        self.builder.add(Event::MappingStart(None))?;
        self.builder.add(Event::MappingEnd)
    }

    /// Reads a `[]` of scalars on one line.
    fn flow_sequence(&mut self) -> Option<()> {
        self.scanner.pos += 1;
        self.skip_spaces();
        self.builder.add(Event::SequenceStart(None))?;
        let mut is_first = true;
        while self.peek() != b']' || !is_first {
            self.flow_item()?;
            is_first = false;
            self.skip_spaces();
            if self.peek() == b']' {
                break;
            }
            self.expect(b',')?;
            self.skip_spaces();
        }
        self.expect(b']')?;
        self.builder.add(Event::SequenceEnd)
    }

    fn flow_item(&mut self) -> Option<()> {
        let (text, start) = (self.scanner.text, self.scanner.pos);
        let scalar = match self.peek() {
            quote @ (b'"' | b'\'') => self
                .scanner
                .scan_quoted(quote == b'\'')
                .ok()
                .filter(|scalar| scalar.direct)?,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'/' => {
                let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'-' | b'.');
                self.scanner.pos += self.rest().iter().take_while(|byte| is_plain(byte)).count();
                Scalar::direct(&text[start..self.scanner.pos], Style::Plain)
            }
            _ => return None,
        };
        self.add(scalar)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.peek() == wanted).then(|| self.scanner.pos += 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::build::{Built, build as build_by_events};
    use super::super::parser::Parser;
    use super::*;

    fn by_lines(text: &[u8]) -> Option<Value> {
        build(&Input::new(text), Duplicates::LastWins, Numbers::Keep, None)
    }

    fn by_events(text: &[u8]) -> Option<Value> {
        let input = Input::new(text);
        let mut parser = Parser::new(Scanner::new(&input));
        match build_by_events(&mut parser, Duplicates::LastWins, Numbers::Keep, None) {
            Ok(Built::Value(value)) => Some(value),
            _ => None,
        }
    }

    #[test]
    fn plain_documents_are_read() {
        for text in [
            "",
            "# nothing\n\n",
            "---\na: 1\n",
            "a: 1\nb: two words # comment\nc:\n\n# x\nd: \"q\\n\" \n'e': ''\n",
            "a:\n- b\n-\n- c: d\n  e:\n    f: g\n-   - h\n    - i\nj:\n  - k\n",
            "a: |\n  text\n    more\n\nb: >-\n  folded\n  text\nc:\n  plain\n  text\nd: {}\ne: [1, \"x\", 'y', z-1]\nf:\n  {}\n",
            "- a\n- b: |-\n    c\n-\n  d: e",
        ] {
            let found = by_lines(text.as_bytes());
            assert!(found.is_some() && found == by_events(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_document_is_left_to_the_parser() {
        for text in [
            "a",
            "{}",
            "[a]",
            "a: b: c",
            "a: - b",
            "a: &x b",
            "a: *x",
            "? a",
            "a: 'b",
            "a: 'b' c",
            "a:\tb",
            "a:\n\tb: c",
            "  a: 1\nb: 2",
            "a:\n    b: 1\n  c: 2",
            "a: 1\n- b",
            "- a\nb: 1",
            "a: [b",
            "a: [b,]",
            "a: {b: c}",
            "a: 1\n---\nb: 1",
            "a: 1\n...\n",
            "--- a\n",
            "%YAML 1.1\n---\na: 1\n",
            "a: b\n c: d",
            "a: 'b'\n  c",
            "a: b #c\n  d\n",
            "a: \"\\q\"",
            "a: |\n  b\n c\n",
            "a: 1\r\n",
        ] {
            assert_eq!(by_lines(text.as_bytes()), None, "{text}");
        }
        let long = format!("{}: 1", "k".repeat(1025));
        assert_eq!(by_lines(long.as_bytes()), None);
    }

    /// Puts documents together of pieces that fit, or nearly fit; whatever is read must be what the parser reads.
    #[test]
    fn pieces_put_together_at_random_are_read_as_the_parser_reads_them() {
        const PIECES: [&str; 64] = [
            "a: ",
            "b:",
            "c: d",
            "key: value",
            "- ",
            "-",
            "- x",
            "- y: ",
            "- z: 1",
            "\"q\": ",
            "'r'",
            "\"s\\n\"",
            "'it''s'",
            ": ",
            ":",
            " # c",
            "#c",
            "# d",
            "|",
            ">",
            "|-",
            "|2",
            ">+ # e",
            "[]",
            "{}",
            "[1, two]",
            "['a', \"b\"]",
            "[a b]",
            "{a: b}",
            "[a,]",
            "\t",
            "---",
            "...",
            "--- ",
            "&x ",
            "*x",
            "!t ",
            "? ",
            "<<: ",
            "~",
            "null",
            "-1",
            "1.5",
            ".5",
            "0x1f",
            "yes",
            "%",
            "@",
            "`",
            "two words",
            "http://x",
            "a:b",
            "é",
            "\u{85}",
            "\u{2028}",
            "\r",
            "-x",
            "?y",
            ",",
            "]",
            "}",
            "\"open",
            "'open",
            "\\",
        ];
        let (mut read, mut state) = (0, 0x9E37_79B9_7F4A_7C15_u64);
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize % below
        };
        for round in 0..200_000 {
            // Most of the time only pieces that are likely to fit, so that documents get long.
            let pieces = if round % 4 == 0 { PIECES.len() } else { 29 };
            let mut text = String::new();
            for _ in 0..1 + random(8) {
                text.push_str(&" ".repeat([0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 6][random(11)]));
                for _ in 0..[1, 1, 1, 2, 2, 3][random(6)] {
                    text.push_str(PIECES[random(pieces)]);
                }
                if random(40) > 0 {
                    text.push('\n');
                }
            }
            if let Some(value) = by_lines(text.as_bytes()) {
                assert_eq!(by_events(text.as_bytes()), Some(value), "{text:?}");
                read += 1;
            }
        }
        assert!(read > 10_000, "{read}");
    }
}
