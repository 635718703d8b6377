//! The grammar of label selectors, with the error texts of apimachinery's parser.

use super::rules::{check_key, check_value};
use super::{ParseError, Requirement, Rule};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    End,
    Word,
    Not,
    Open,
    Close,
    Comma,
    Equals,
    DoubleEquals,
    NotEquals,
    Greater,
    Less,
}

/// A piece of the text and what it is.
type Token<'a> = (Kind, &'a str);

const SIGNS: [(&str, Kind); 9] = [
    ("==", Kind::DoubleEquals),
    ("!=", Kind::NotEquals),
    ("=", Kind::Equals),
    ("!", Kind::Not),
    ("(", Kind::Open),
    (")", Kind::Close),
    (",", Kind::Comma),
    (">", Kind::Greater),
    ("<", Kind::Less),
];

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let sign = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
        let (kind, length) = match sign {
            Some((sign, kind)) => (*kind, sign.len()),
            None => {
                let ends = |letter: char| letter.is_whitespace() || "=!(),<>".contains(letter);
                (Kind::Word, rest.find(ends).unwrap_or(rest.len()))
            }
        };
        tokens.push((kind, &rest[..length]));
        rest = rest[length..].trim_start();
    }
    tokens
}

pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, ParseError> {
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
    };
    let mut requirements = Vec::new();
    loop {
        match parser.peek() {
            (Kind::Word | Kind::Not, _) => {}
            (Kind::End, _) => return Ok(requirements),
            (_, found) => return Err(expected(found, ", expected: !, identifier, or 'end of string'")),
        }
        let requirement = parser.requirement();
        requirements.push(requirement.map_err(|error| ParseError(format!("unable to parse requirement: {error}")))?);
        match parser.next() {
            (Kind::End, _) => return Ok(requirements),
            (Kind::Comma, _) => match parser.peek() {
                (Kind::Word | Kind::Not, _) => {}
                (_, found) => return Err(expected(found, ", expected: identifier after ','")),
            },
            (_, found) => return Err(expected(found, ", expected: ',' or 'end of string'")),
        }
    }
}

fn expected(found: &str, what: &str) -> ParseError {
    ParseError(format!("found '{found}'{what}"))
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.at).copied().unwrap_or((Kind::End, ""))
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, ParseError> {
        let (mut kind, mut word) = self.next();
        let absent = kind == Kind::Not;
        if absent {
            (kind, word) = self.next();
        }
        if kind != Kind::Word {
            return Err(expected(word, ", expected: identifier"));
        }
        check_key(word)?;
        let rule = match self.peek().0 {
            _ if absent => Rule::NotExists,
            Kind::End | Kind::Comma => Rule::Exists,
            _ => self.rule()?,
        };
        if let Rule::In(values) | Rule::NotIn(values) = &rule {
            for (at, value) in values.iter().enumerate() {
                check_value(word, at, value)?;
            }
        }
        Ok(Requirement {
            key: word.to_owned(),
            rule,
        })
    }

    fn rule(&mut self) -> Result<Rule, ParseError> {
        match self.next() {
            (Kind::Word, "in") => Ok(Rule::In(self.set()?)),
            (Kind::Word, "notin") => Ok(Rule::NotIn(self.set()?)),
            (Kind::Equals | Kind::DoubleEquals, _) => Ok(Rule::In(vec![self.value()?])),
            (Kind::NotEquals, _) => Ok(Rule::NotIn(vec![self.value()?])),
            (Kind::Greater, _) => Ok(Rule::Greater(number(&self.value()?)?)),
            (Kind::Less, _) => Ok(Rule::Less(number(&self.value()?)?)),
            (_, found) => Err(expected(found, ", expected: in, notin, =, ==, !=, gt, lt")),
        }
    }

    fn value(&mut self) -> Result<String, ParseError> {
        if matches!(self.peek().0, Kind::End | Kind::Comma) {
            return Ok(String::new());
        }
        match self.next() {
            (Kind::Word, word) => Ok(word.to_owned()),
            (_, found) => Err(expected(found, ", expected: identifier")),
        }
    }

    /// `(a, b)`; a gap is an empty value.
    fn set(&mut self) -> Result<Vec<String>, ParseError> {
        let (kind, found) = self.next();
        if kind != Kind::Open {
            return Err(expected(found, " expected: '('"));
        }
        let mut values = Vec::new();
        let mut gap = true;
        loop {
            match self.next() {
                (Kind::Close, _) => {
                    if gap {
                        values.push(String::new());
                    }
                    values.sort();
                    values.dedup();
                    return Ok(values);
                }
                (Kind::Comma, _) => {
                    if gap {
                        values.push(String::new());
                    }
                    gap = true;
                }
                (Kind::Word, word) if gap => {
                    values.push(word.to_owned());
                    gap = false;
                }
                (_, found) if gap && values.is_empty() => {
                    return Err(expected(found, ", expected: ',', ')' or identifier"));
                }
                (_, found) if gap => return Err(expected(found, ", expected: ',', or identifier")),
                (_, found) => return Err(expected(found, ", expected: ',' or ')'")),
            }
        }
    }
}

fn number(value: &str) -> Result<i64, ParseError> {
    value.parse().map_err(|_| {
        ParseError(format!(
            "values[0]: Invalid value: {value:?}: for 'Gt', 'Lt' operators, the value must be an integer"
        ))
    })
}
