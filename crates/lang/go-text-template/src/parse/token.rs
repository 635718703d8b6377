//! The tokens that the lexer gives to the parser.

use go_value::strconv::quote;
use go_value::utf8;

/// What a token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TokenKind {
    #[default]
    Error,
    Bool,
    /// A printable ASCII character without a meaning of its own, such as a comma.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    String,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl TokenKind {
    /// Returns what a word is.
    pub(crate) fn of_word(word: &[u8]) -> TokenKind {
        // By length first: each word is compared with few others.
        match word.len() {
            2 if word == b"if" => TokenKind::If,
            3 => match word {
                b"end" => TokenKind::End,
                b"nil" => TokenKind::Nil,
                _ => TokenKind::Identifier,
            },
            4 => match word {
                b"else" => TokenKind::Else,
                b"with" => TokenKind::With,
                b"true" => TokenKind::Bool,
                _ => TokenKind::Identifier,
            },
            5 => match word {
                b"range" => TokenKind::Range,
                b"false" => TokenKind::Bool,
                b"block" => TokenKind::Block,
                b"break" => TokenKind::Break,
                _ => TokenKind::Identifier,
            },
            6 if word == b"define" => TokenKind::Define,
            8 => match word {
                b"template" => TokenKind::Template,
                b"continue" => TokenKind::Continue,
                _ => TokenKind::Identifier,
            },
            _ => TokenKind::Identifier,
        }
    }

    fn is_keyword(self) -> bool {
        use TokenKind::{Block, Break, Continue, Define, Dot, Else, End, If, Nil, Range, Template, With};
        matches!(
            self,
            Block | Break | Continue | Dot | Define | Else | End | If | Nil | Range | Template | With
        )
    }
}

/// A token: its kind and its place in the text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) kind: TokenKind,
    /// Whether space stands before it. In Go that is a token.
    pub(crate) spaced: bool,
    /// Whether there is a backslash in the string.
    pub(crate) escaped: bool,
}

impl Token {
    /// The token's own bytes.
    pub(crate) fn text<'t>(&self, source: &'t [u8]) -> &'t [u8] {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The token as error texts show it. The text of an error token is the lexer's business.
    pub(crate) fn describe(&self, source: &[u8]) -> String {
        let text = self.text(source);
        if self.kind == TokenKind::Eof {
            return "EOF".to_owned();
        }
        if self.kind.is_keyword() {
            return format!("<{}>", utf8::to_string_lossy(text));
        }
        if text.len() <= 10 {
            return quote(text);
        }
        let end = utf8::runes(text).nth(10).map_or(text.len(), |(at, _)| at);
        format!("{}...", quote(&text[..end]))
    }
}
