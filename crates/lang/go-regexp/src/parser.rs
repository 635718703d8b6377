//! The parser: from an expression to the representation that the matcher compiles.
//!
//! Source of truth: Go 1.26, `regexp/syntax/parse.go` with the flags `Perl`.

use regex_syntax::hir::{Capture, Class, Dot, Hir, Look, Repetition};

use crate::class::{bracketed, escaped, single};
use crate::error::{Error, ErrorCode};
use crate::escape::{escape, next_rune};
use crate::flags::{Flags, PerlGroup, perl_group};

/// A repetition count may not exceed this, nor may nested ones multiplied.
const MAX_REPEAT: u32 = 1000;
/// How deep an expression may nest.
const MAX_HEIGHT: u32 = 1000;

/// What an expression was read as.
pub(crate) struct Parsed {
    /// The expression.
    pub hir: Hir,
    /// The names of the groups, of the whole first; empty where there is none.
    pub names: Vec<String>,
    /// How deep it nests.
    pub height: u32,
}

/// A part of the expression.
struct Node {
    hir: Hir,
    shape: Shape,
    /// How deep it nests.
    height: u32,
    /// The greatest product of counts of repetitions inside each other.
    copies: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Concatenation,
    Alternation,
    Other,
}

impl Node {
    fn leaf(hir: Hir) -> Node {
        Node {
            hir,
            shape: Shape::Other,
            height: 1,
            copies: 1,
        }
    }

    /// Joins several parts; Go makes no node of its own for a single one.
    fn join(mut nodes: Vec<Node>, shape: Shape) -> Node {
        match nodes.len() {
            0 => return Node::leaf(Hir::empty()),
            1 => return nodes.remove(0),
            _ => {}
        }
        let below = |node: &Node| node.height - u32::from(node.shape == shape);
        let height = nodes.iter().map(below).max().unwrap_or(0) + 1;
        let copies = nodes.iter().map(|node| node.copies).max().unwrap_or(1);
        let hirs = nodes.into_iter().map(|node| node.hir).collect();
        let hir = match shape {
            Shape::Alternation => Hir::alternation(hirs),
            _ => Hir::concat(hirs),
        };
        Node {
            hir,
            shape,
            height,
            copies,
        }
    }
}

/// An open parenthesis, or the whole expression.
struct Frame {
    alternatives: Vec<Node>,
    current: Vec<Node>,
    /// The flags to go back to at its end.
    outer_flags: Flags,
    /// The index of its capture.
    capture: Option<u32>,
}

impl Frame {
    fn new(outer_flags: Flags, capture: Option<u32>) -> Frame {
        Frame {
            alternatives: Vec::new(),
            current: Vec::new(),
            outer_flags,
            capture,
        }
    }

    fn finish(mut self) -> (Node, Frame) {
        self.next_alternative();
        let node = Node::join(std::mem::take(&mut self.alternatives), Shape::Alternation);
        (node, self)
    }

    fn next_alternative(&mut self) {
        let current = std::mem::take(&mut self.current);
        self.alternatives.push(Node::join(current, Shape::Concatenation));
    }
}

struct Parser<'a> {
    whole: &'a [u8],
    frames: Vec<Frame>,
    frame: Frame,
    flags: Flags,
    names: Vec<String>,
}

/// Reads an expression.
pub(crate) fn parse(expression: &[u8]) -> Result<Parsed, Error> {
    let flags = Flags::default();
    let mut parser = Parser {
        whole: expression,
        frames: Vec::new(),
        frame: Frame::new(flags, None),
        flags,
        names: vec![String::new()],
    };
    let mut rest = expression;
    let mut last_repeat = None;
    while let Some(first) = rest.first() {
        let repeats = matches!(first, b'*' | b'+' | b'?') || *first == b'{' && counts(rest).is_some();
        if repeats {
            let before = rest;
            rest = parser.repetition(rest, last_repeat)?;
            last_repeat = Some(before);
        } else {
            rest = parser.next(*first, rest)?;
            last_repeat = None;
        }
    }
    if !parser.frames.is_empty() {
        return Err(Error::new(ErrorCode::MissingParen, expression));
    }
    let (node, _) = parser.frame.finish();
    if node.height > MAX_HEIGHT {
        return Err(Error::new(ErrorCode::NestingDepth, expression));
    }
    Ok(Parsed {
        hir: node.hir,
        names: parser.names,
        height: node.height,
    })
}

impl<'a> Parser<'a> {
    /// Reads anything but a repetition.
    fn next(&mut self, first: u8, text: &'a [u8]) -> Result<&'a [u8], Error> {
        let after = &text[1..];
        match first {
            b'(' if after.first() == Some(&b'?') => return self.perl_group(text),
            b'(' => self.open_capture(""),
            b'|' => self.frame.next_alternative(),
            b')' => self.close()?,
            b'^' if self.flags.multi_line => self.look(Look::StartLF)?,
            b'^' => self.look(Look::Start)?,
            b'$' if self.flags.multi_line => self.look(Look::EndLF)?,
            b'$' => self.look(Look::End)?,
            b'.' if self.flags.dot_newline => self.push(Node::leaf(Hir::dot(Dot::AnyChar)))?,
            b'.' => self.push(Node::leaf(Hir::dot(Dot::AnyCharExceptLF)))?,
            b'[' => {
                let (class, rest) = bracketed(text, self.flags.fold_case)?;
                self.push(Node::leaf(Hir::class(Class::Unicode(class))))?;
                return Ok(rest);
            }
            b'\\' => return self.backslash(text),
            _ => {
                let (rune, rest) = next_rune(text)?;
                self.literal(rune.into())?;
                return Ok(rest);
            }
        }
        Ok(after)
    }

    fn backslash(&mut self, text: &'a [u8]) -> Result<&'a [u8], Error> {
        if let [_, letter, rest @ ..] = text {
            match letter {
                b'A' => return self.look(Look::Start).map(|()| rest),
                b'b' => return self.look(Look::WordAscii).map(|()| rest),
                b'B' => return self.look(Look::WordAsciiNegate).map(|()| rest),
                b'z' => return self.look(Look::End).map(|()| rest),
                b'C' => return Err(Error::new(ErrorCode::InvalidEscape, &text[..2])),
                b'Q' => return self.quoted(rest),
                _ => {}
            }
        }
        if let Some((class, rest)) = escaped(text, self.flags.fold_case)? {
            self.push(Node::leaf(Hir::class(Class::Unicode(class))))?;
            return Ok(rest);
        }
        let (code, rest) = escape(text)?;
        self.literal(code)?;
        Ok(rest)
    }

    /// Reads literals up to `\E` or the end.
    fn quoted(&mut self, text: &'a [u8]) -> Result<&'a [u8], Error> {
        let end = text.windows(2).position(|pair| pair == b"\\E");
        let (mut literal, rest) = match end {
            Some(end) => (&text[..end], &text[end + 2..]),
            None => (text, &text[text.len()..]),
        };
        while !literal.is_empty() {
            let (rune, after) = next_rune(literal)?;
            self.literal(rune.into())?;
            literal = after;
        }
        Ok(rest)
    }

    fn literal(&mut self, code: u32) -> Result<(), Error> {
        let hir = match char::from_u32(code) {
            Some(rune) if !self.flags.fold_case => Hir::literal(rune.encode_utf8(&mut [0; 4]).as_bytes().to_vec()),
            _ => Hir::class(Class::Unicode(single(code, self.flags.fold_case))),
        };
        self.push(Node::leaf(hir))
    }

    fn look(&mut self, look: Look) -> Result<(), Error> {
        self.push(Node::leaf(Hir::look(look)))
    }

    fn push(&mut self, node: Node) -> Result<(), Error> {
        if node.height > MAX_HEIGHT {
            return Err(Error::new(ErrorCode::NestingDepth, self.whole));
        }
        self.frame.current.push(node);
        Ok(())
    }

    fn perl_group(&mut self, text: &'a [u8]) -> Result<&'a [u8], Error> {
        let (group, rest) = perl_group(text, self.flags)?;
        match group {
            PerlGroup::Capture(name) => self.open_capture(&String::from_utf8_lossy(name)),
            PerlGroup::Group(flags) => {
                self.open(None);
                self.flags = flags;
            }
            PerlGroup::Set(flags) => self.flags = flags,
        }
        Ok(rest)
    }

    fn open_capture(&mut self, name: &str) {
        let index = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.open(Some(index));
    }

    fn open(&mut self, capture: Option<u32>) {
        let outer = std::mem::replace(&mut self.frame, Frame::new(self.flags, capture));
        self.frames.push(outer);
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(outer) = self.frames.pop() else {
            return Err(Error::new(ErrorCode::UnexpectedParen, self.whole));
        };
        let (node, frame) = std::mem::replace(&mut self.frame, outer).finish();
        self.flags = frame.outer_flags;
        let Some(index) = frame.capture else {
            return self.push(node);
        };
        let capture = Capture {
            index,
            name: None,
            sub: Box::new(node.hir),
        };
        self.push(Node {
            hir: Hir::capture(capture),
            shape: Shape::Other,
            height: node.height + 1,
            copies: node.copies,
        })
    }

    /// Reads `*`, `+`, `?` or counts, and the `?` after them, and applies them to the part before.
    fn repetition(&mut self, text: &'a [u8], last: Option<&'a [u8]>) -> Result<&'a [u8], Error> {
        let (counted, min, max, mut rest) = match text[0] {
            b'*' => (false, 0, None, &text[1..]),
            b'+' => (false, 1, None, &text[1..]),
            b'?' => (false, 0, Some(1), &text[1..]),
            _ => self.valid_counts(text)?,
        };
        let mut greedy = !self.flags.swap_greed;
        if let [b'?', after @ ..] = rest {
            greedy = !greedy;
            rest = after;
        }
        if let Some(last) = last {
            return Err(Error::new(ErrorCode::InvalidRepeatOp, &last[..last.len() - rest.len()]));
        }
        let operator = &text[..text.len() - rest.len()];
        let Some(node) = self.frame.current.pop() else {
            return Err(Error::new(ErrorCode::MissingRepeatArgument, operator));
        };
        let copies = match max {
            _ if !counted => node.copies,
            Some(0) => 1,
            max => node.copies.saturating_mul(max.unwrap_or(min).max(1)),
        };
        let repetition = Repetition {
            min,
            max,
            greedy,
            sub: Box::new(node.hir),
        };
        self.push(Node {
            hir: Hir::repetition(repetition),
            shape: Shape::Other,
            height: node.height + 1,
            copies,
        })?;
        if copies > MAX_REPEAT {
            return Err(Error::new(ErrorCode::InvalidRepeatSize, operator));
        }
        Ok(rest)
    }

    #[expect(clippy::type_complexity, reason = "the caller takes it apart at once")]
    fn valid_counts(&self, text: &'a [u8]) -> Result<(bool, u32, Option<u32>, &'a [u8]), Error> {
        let Some((min, max, rest)) = counts(text) else {
            return Err(Error::new(ErrorCode::MissingRepeatArgument, text));
        };
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
            return Err(Error::new(
                ErrorCode::InvalidRepeatSize,
                &text[..text.len() - rest.len()],
            ));
        }
        Ok((true, min, max, rest))
    }
}

/// Reads `{min}`, `{min,}` or `{min,max}`. Anything else after a brace makes it a literal. Numbers too great to be valid are
/// just that.
fn counts(text: &[u8]) -> Option<(u32, Option<u32>, &[u8])> {
    let (min, rest) = count(&text[1..])?;
    let (max, rest) = match rest {
        [b',', b'}', ..] => (None, &rest[1..]),
        [b',', after @ ..] => count(after).map(|(max, rest)| (Some(max), rest))?,
        _ => (Some(min), rest),
    };
    let [b'}', rest @ ..] = rest else {
        return None;
    };
    Some((min, max, rest))
}

/// Reads digits without a leading zero.
fn count(text: &[u8]) -> Option<(u32, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || length > 1 && text[0] == b'0' {
        return None;
    }
    let digit = |count: u32, byte: &u8| count.saturating_mul(10).saturating_add(u32::from(byte - b'0'));
    Some((text[..length].iter().fold(0, digit), &text[length..]))
}
