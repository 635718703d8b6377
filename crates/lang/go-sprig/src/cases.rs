//! `camelcase`, `snakecase`, `kebabcase`. Source of truth: huandu/xstrings 1.5.0.

use go_text_template::{FuncMap, Type};
use go_value::utf8;

use crate::arguments::{text, text_value};
use crate::unicode::{Category, push, to_lower, to_upper};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    functions.add("camelcase", &[Type::String], |_, a| text_value(pascal_case(text(a, 0))));
    functions.add("snakecase", &[Type::String], |_, a| {
        text_value(connect(text(a, 0), '_'))
    });
    functions.add("kebabcase", &[Type::String], |_, a| {
        text_value(connect(text(a, 0), '-'))
    });
}

fn is_connector(rune: char) -> bool {
    matches!(rune, '-' | '_') || rune.is_whitespace()
}

/// A letter, but not one of the unified ideographs.
fn is_alphabet(rune: char) -> bool {
    let ideograph = matches!(rune, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}');
    Category::Letter.has(rune) && !ideograph
}

/// Joins words, each with a large first letter. Connectors at the start stay.
fn pascal_case(text: &[u8]) -> Vec<u8> {
    let mut runes = utf8::runes(text).map(|(_, rune)| rune).peekable();
    let mut out = Vec::with_capacity(text.len());
    while let Some(connector) = runes.next_if(|rune| is_connector(*rune)) {
        // A text of connectors alone ends with its last one twice.
        if runes.peek().is_none() {
            push(&mut out, connector);
        }
        push(&mut out, connector);
    }
    let Some(first) = runes.next() else {
        return out;
    };
    let mut word_starts_large = Category::Upper.has(first);
    let mut current = to_upper(first);
    for rune in runes {
        let before = std::mem::replace(&mut current, rune);
        if is_connector(rune) && is_connector(before) {
            push(&mut out, before);
        } else if is_connector(before) {
            word_starts_large = Category::Upper.has(rune);
            current = to_upper(rune);
        } else {
            if word_starts_large {
                word_starts_large = Category::Upper.has(rune);
                current = if word_starts_large { to_lower(rune) } else { rune };
            }
            push(&mut out, before);
        }
    }
    push(&mut out, current);
    out
}

/// What a word is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

impl Word {
    fn is_mark(self) -> bool {
        matches!(self, Word::Connector | Word::Punctuation)
    }

    fn is_alphanumeric(self) -> bool {
        matches!(self, Word::Alphabet | Word::Number)
    }
}

/// Puts connectors between words and makes large letters small.
fn connect(text: &[u8], connector: char) -> Vec<u8> {
    let mut connect = Connect {
        out: Vec::with_capacity(text.len() + 4),
        connector,
        kind: Word::Invalid,
        word: b"",
        rest: text,
    };
    if text.is_empty() {
        return connect.out;
    }
    connect.next();
    while !connect.rest.is_empty() {
        connect.step();
    }
    connect.write(connect.kind, connect.word);
    connect.out
}

struct Connect<'a> {
    out: Vec<u8>,
    connector: char,
    /// The word in hand, not yet written.
    kind: Word,
    word: &'a [u8],
    rest: &'a [u8],
}

impl Connect<'_> {
    /// Writes the word in hand, and a connector if it needs one, and takes the next.
    fn step(&mut self) {
        let (kind, word) = (self.kind, self.word);
        if kind != Word::Connector {
            self.write(kind, word);
        }
        self.next();
        match kind {
            Word::Number => {
                self.write_alphanumerics();
                self.separate(self.kind != Word::Invalid);
            }
            Word::Connector => self.write(kind, word),
            Word::Punctuation => {}
            _ if self.kind != Word::Number => self.separate(true),
            _ => self.number_after_letters(),
        }
    }

    /// A number belongs to the word before it, unless small letters follow it.
    fn number_after_letters(&mut self) {
        if self.rest.is_empty() {
            return;
        }
        let number = self.word;
        self.next();
        if self.kind == Word::Alphabet {
            push(&mut self.out, self.connector);
            self.write(Word::Number, number);
            self.write_alphanumerics();
            self.separate(self.kind != Word::Invalid);
        } else {
            self.write(Word::Number, number);
            self.separate(true);
        }
    }

    fn write_alphanumerics(&mut self) {
        while self.kind.is_alphanumeric() {
            self.write(self.kind, self.word);
            self.next();
        }
    }

    /// Writes a connector before the word in hand, if `wanted` and the word is no mark itself.
    fn separate(&mut self, wanted: bool) {
        if wanted && !self.kind.is_mark() {
            push(&mut self.out, self.connector);
        }
    }

    fn write(&mut self, kind: Word, word: &[u8]) {
        if !matches!(kind, Word::Upper | Word::Connector) {
            self.out.extend_from_slice(word);
            return;
        }
        for (_, rune) in utf8::runes(word) {
            let written = match rune {
                _ if is_connector(rune) => self.connector,
                _ if Category::Upper.has(rune) => to_lower(rune),
                _ => rune,
            };
            push(&mut self.out, written);
        }
    }

    fn next(&mut self) {
        let (kind, length) = next_word(self.rest);
        self.kind = kind;
        (self.word, self.rest) = self.rest.split_at(length);
    }
}

/// The next rune that is valid, with the bytes up to its end; `before` when there is none.
fn next_valid(text: &[u8], before: char) -> (char, usize) {
    let mut size = 0;
    while let Some((rune, width)) = utf8::decode(&text[size..]) {
        size += width;
        if rune != char::REPLACEMENT_CHARACTER {
            return (rune, size);
        }
    }
    (before, size)
}

/// The kind and length of the word at the start of `text`.
fn next_word(text: &[u8]) -> (Word, usize) {
    let (rune, size) = next_valid(text, char::REPLACEMENT_CHARACTER);
    if rune == char::REPLACEMENT_CHARACTER {
        return (Word::Invalid, size);
    }
    if is_connector(rune) {
        (Word::Connector, extend(text, size, rune, is_connector))
    } else if Category::Punctuation.has(rune) {
        (
            Word::Punctuation,
            extend(text, size, rune, |rune| Category::Punctuation.has(rune)),
        )
    } else if Category::Upper.has(rune) {
        (Word::Upper, upper_word(text, size, rune))
    } else if is_alphabet(rune) {
        (Word::Alphabet, extend(text, size, rune, is_small))
    } else if Category::Number.has(rune) {
        (
            Word::Number,
            extend(text, size, rune, |rune| Category::Number.has(rune)),
        )
    } else {
        let other = |rune| {
            !is_connector(rune) && !is_alphabet(rune) && !Category::Number.has(rune) && !Category::Punctuation.has(rune)
        };
        (Word::Other, extend(text, size, rune, other))
    }
}

fn is_small(rune: char) -> bool {
    is_alphabet(rune) && !Category::Upper.has(rune)
}

/// Goes on from `at` while the runes belong.
fn extend(text: &[u8], mut at: usize, mut rune: char, belongs: impl Fn(char) -> bool) -> usize {
    while at < text.len() {
        let (next, size) = next_valid(&text[at..], rune);
        if !belongs(next) {
            break;
        }
        rune = next;
        at += size;
    }
    at
}

/// A large letter and the small ones after it, or several large ones but not the one that starts the next word.
fn upper_word(text: &[u8], at: usize, first: char) -> usize {
    if at >= text.len() {
        return at;
    }
    let (second, size) = next_valid(&text[at..], first);
    if !Category::Upper.has(second) {
        return if is_alphabet(second) {
            extend(text, at + size, second, is_small)
        } else {
            at
        };
    }
    let mut end = at + size;
    let mut last_size = size;
    let mut rune = second;
    while end < text.len() {
        let (next, size) = next_valid(&text[end..], rune);
        rune = next;
        if !Category::Upper.has(next) {
            break;
        }
        last_size = size;
        end += size;
    }
    if end < text.len() && is_alphabet(rune) {
        end - last_size
    } else {
        end
    }
}
