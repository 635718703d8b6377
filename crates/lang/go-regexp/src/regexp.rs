//! Compiled expressions.

use std::ops::Range;

use go_value::utf8;
use regex_automata::Input;
use regex_automata::meta;
use regex_automata::util::captures::Captures;
use regex_syntax::hir::Hir;

use crate::bytes::small_classes_as_bytes;
use crate::error::{Error, ErrorCode};
use crate::expand::{Piece, pieces};
use crate::haystack::Haystack;
use crate::parser::parse;

/// The compiled form of an expression may take so many bytes.
const SIZE_LIMIT: usize = 32 << 20;

/// The stack for compiling an expression that nests up to Go's limit of 1000.
const DEEP_STACK: usize = 32 << 20;

/// Compiles; the only way to fail is an expression that gets too large. Small classes as bytes take more space than others.
fn build(hir: &Hir) -> Option<meta::Regex> {
    build_as_is(&small_classes_as_bytes(hir.clone())).or_else(|| build_as_is(hir))
}

fn build_as_is(hir: &Hir) -> Option<meta::Regex> {
    let config = meta::Config::new()
        .utf8_empty(true)
        .dfa(false)
        .nfa_size_limit(Some(SIZE_LIMIT));
    meta::Builder::new().configure(config).build_from_hir(hir).ok()
}

/// A compiled expression.
#[derive(Debug)]
pub struct Regexp {
    expression: Vec<u8>,
    matcher: meta::Regex,
    names: Vec<String>,
}

/// Checks the syntax of an expression, which takes a small part of the time that compiling it takes.
///
/// # Errors
/// The expression is not valid. One that is valid may still be too large to compile.
pub fn check(expression: impl AsRef<[u8]>) -> Result<(), Error> {
    parse(expression.as_ref()).map(|_| ())
}

impl Regexp {
    /// Compiles an expression in Go's syntax.
    ///
    /// # Errors
    /// The expression is not valid; the error displays Go's text.
    pub fn compile(expression: impl AsRef<[u8]>) -> Result<Regexp, Error> {
        let expression = expression.as_ref();
        let parsed = parse(expression)?;
        // The compiler recurses; an expression that nests deep gets a stack of its own.
        let matcher = match parsed.height {
            0..100 => build(&parsed.hir),
            _ => stacker::grow(DEEP_STACK, || build(&parsed.hir)),
        };
        let matcher = matcher.ok_or_else(|| Error::new(ErrorCode::Large, expression))?;
        Ok(Regexp {
            expression: expression.to_vec(),
            matcher,
            names: parsed.names,
        })
    }

    /// The names of the groups, of the whole match first; a group without a name has an empty one.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Tells whether there is a match anywhere in `text`.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.matcher.is_match(Haystack::new(text).bytes())
    }

    /// Returns the leftmost match.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let haystack = Haystack::new(text);
        let found = self.matcher.find(haystack.bytes())?;
        Some(haystack.original(found.start())..haystack.original(found.end()))
    }

    /// Returns the leftmost match and its groups: the whole match first, `None` for a group that took no part.
    pub fn captures(&self, text: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        let haystack = Haystack::new(text);
        let mut captures = self.matcher.create_captures();
        self.matcher.captures(haystack.bytes(), &mut captures);
        let original = |at| haystack.original(at);
        let group = |index| {
            captures
                .get_group(index)
                .map(|span| original(span.start)..original(span.end))
        };
        // The matcher forgets groups that cannot match.
        captures.is_match().then(|| (0..self.names.len()).map(group).collect())
    }

    /// Returns up to `limit` matches from left to right, all if it is negative. An empty match right after a match does not
    /// count.
    pub fn find_all(&self, text: &[u8], limit: i64) -> Vec<Range<usize>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let haystack = Haystack::new(text);
        let bytes = haystack.bytes();
        let mut all = Vec::new();
        let mut position = 0;
        let mut last_end = None;
        while all.len() < limit && position <= bytes.len() {
            let Some(found) = self.matcher.search(&Input::new(bytes).span(position..bytes.len())) else {
                break;
            };
            let (start, end) = (found.start(), found.end());
            let refused = end == position && Some(start) == last_end;
            position = if end == position {
                after_rune(bytes, position)
            } else {
                end
            };
            last_end = Some(end);
            if !refused {
                all.push(haystack.original(start)..haystack.original(end));
            }
        }
        all
    }

    /// Replaces every match by `replacement`, where `$1`, `${1}`, `$name` and `${name}` stand for groups and `$$` for a dollar.
    pub fn replace_all(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace(text, &pieces(replacement), usize::MAX).unwrap_or_default()
    }

    /// Does the same unless it gives more than `limit` bytes; `None` then.
    pub fn replace_all_within(&self, text: &[u8], replacement: &[u8], limit: usize) -> Option<Vec<u8>> {
        self.replace(text, &pieces(replacement), limit)
    }

    /// Replaces every match by `replacement` as it is.
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        let pieces = [Piece::Text(replacement)];
        self.replace(text, &pieces, usize::MAX).unwrap_or_default()
    }

    /// Does the same unless it gives more than `limit` bytes; `None` then.
    pub fn replace_all_literal_within(&self, text: &[u8], replacement: &[u8], limit: usize) -> Option<Vec<u8>> {
        self.replace(text, &[Piece::Text(replacement)], limit)
    }

    fn replace(&self, text: &[u8], pieces: &[Piece<'_>], limit: usize) -> Option<Vec<u8>> {
        let haystack = Haystack::new(text);
        let bytes = haystack.bytes();
        let needs_groups = pieces.iter().any(|piece| !matches!(piece, Piece::Text(_)));
        let mut captures = if needs_groups {
            self.matcher.create_captures()
        } else {
            Captures::matches(self.matcher.group_info().clone())
        };
        let mut replaced = Vec::with_capacity(text.len());
        let mut last_end = 0;
        let mut position = 0;
        while position <= bytes.len() {
            let input = Input::new(bytes).span(position..bytes.len());
            self.matcher.search_captures(&input, &mut captures);
            let Some(found) = captures.get_match() else {
                break;
            };
            let (start, end) = (found.start(), found.end());
            replaced.extend_from_slice(&text[haystack.original(last_end)..haystack.original(start)]);
            if end > last_end || start == 0 {
                for piece in pieces {
                    replaced.extend_from_slice(self.expand(piece, &captures, &haystack, text));
                    if replaced.len() > limit {
                        return None;
                    }
                }
            }
            last_end = end;
            position = end.max(after_rune(bytes, position));
        }
        replaced.extend_from_slice(&text[haystack.original(last_end)..]);
        (replaced.len() <= limit).then_some(replaced)
    }

    fn expand<'a>(&self, piece: &Piece<'a>, captures: &Captures, haystack: &Haystack<'_>, text: &'a [u8]) -> &'a [u8] {
        let group = match piece {
            Piece::Text(text) => return text,
            Piece::Index(index) => captures.get_group(*index),
            Piece::Name(name) => {
                let named = self
                    .names
                    .iter()
                    .enumerate()
                    .filter(|(_, known)| known.as_bytes() == *name);
                named.filter_map(|(index, _)| captures.get_group(index)).next()
            }
        };
        group.map_or(&[], |span| {
            &text[haystack.original(span.start)..haystack.original(span.end)]
        })
    }

    /// Cuts `text` at the matches into at most `limit` parts; a negative limit is none, and 0 gives no parts.
    pub fn split<'a>(&self, text: &'a [u8], limit: i64) -> Vec<&'a [u8]> {
        if limit == 0 {
            return Vec::new();
        }
        if !self.expression.is_empty() && text.is_empty() {
            return vec![text];
        }
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut parts = Vec::new();
        let (mut start, mut end) = (0, 0);
        for found in self.find_all(text, limit) {
            if parts.len() + 1 >= most {
                break;
            }
            end = found.start;
            if found.end != 0 {
                parts.push(&text[start..end]);
            }
            start = found.end;
        }
        if end != text.len() {
            parts.push(&text[start..]);
        }
        parts
    }
}

/// The offset after the rune at `position`, or past the end.
fn after_rune(bytes: &[u8], position: usize) -> usize {
    utf8::decode(&bytes[position..]).map_or(position + 1, |(_, width)| position + width)
}

/// Escapes all characters that mean something in an expression.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len());
    for byte in text {
        if br"\.+*?()|[]{}^$".contains(byte) {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    quoted
}
