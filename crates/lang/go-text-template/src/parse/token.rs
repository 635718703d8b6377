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
    Space,
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
    /// Returns the keyword that `word` is.
    pub(crate) fn keyword(word: &[u8]) -> Option<TokenKind> {
        Some(match word {
            b"block" => TokenKind::Block,
            b"break" => TokenKind::Break,
            b"continue" => TokenKind::Continue,
            b"define" => TokenKind::Define,
            b"else" => TokenKind::Else,
            b"end" => TokenKind::End,
            b"if" => TokenKind::If,
            b"range" => TokenKind::Range,
            b"nil" => TokenKind::Nil,
            b"template" => TokenKind::Template,
            b"with" => TokenKind::With,
            _ => return None,
        })
    }

    fn is_keyword(self) -> bool {
        use TokenKind::{Block, Break, Continue, Define, Dot, Else, End, If, Nil, Range, Template, With};
        matches!(
            self,
            Block | Break | Continue | Dot | Define | Else | End | If | Nil | Range | Template | With
        )
    }
}

/// A token: its kind, its place in the text and the line on which it starts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) line: u32,
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
