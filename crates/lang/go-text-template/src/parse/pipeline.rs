//! Pipelines, commands and operands: what stands between the delimiters.

use go_value::strconv::quote;
use go_value::utf8::to_string_lossy;

use super::node::{Builtin, NodeId, NodeKind};
use super::number::Number;
use super::parser::Parser;
use super::token::{Token, TokenKind};
use crate::error::Error;

/// How deep parentheses may nest: Go's own limit.
const MAX_PAREN_DEPTH: u32 = if cfg!(target_family = "wasm") { 1000 } else { 10_000 };

/// How many digits a number has at most that surely fits 32 bits.
const FEW_DIGITS: usize = 9;

impl Parser<'_> {
    /// A pipeline up to `end`, from its first token on.
    pub(super) fn pipeline(&mut self, context: &str, end: TokenKind, first: Token) -> Result<NodeId, Error> {
        let group = self.builder.open();
        // What comes before the nodes will be known then.
        self.builder.add(0);
        let mut token = first;
        let mut assign = false;
        if first.kind == TokenKind::Variable {
            (assign, token) = self.declarations(context, first)?;
        }
        let commands = self.builder.open();
        loop {
            match token.kind {
                kind if kind == end => break,
                TokenKind::Bool
                | TokenKind::CharConstant
                | TokenKind::Complex
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::Nil
                | TokenKind::RawString
                | TokenKind::String
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    let command = self.command(&mut token)?;
                    self.builder.add(command);
                }
                _ => return Err(self.unexpected(token, context)),
            }
        }
        self.check_pipeline(commands, context)?;
        let declared = (commands - group - 1) as u32;
        Ok(self.close_pipeline(group, first.start, end, declared * 2 + u32::from(assign)))
    }

    /// Makes the node of a pipeline, unless its only command can stand for it.
    fn close_pipeline(&mut self, group: usize, position: u32, end: TokenKind, head: u32) -> NodeId {
        let (0, [_, command]) = (head, self.builder.opened(group)) else {
            self.builder.set(group, head);
            let pipe = NodeKind::Pipeline(self.builder.close(group));
            return self.builder.push(position, pipe);
        };
        let command = *command;
        self.builder.drop_group(group);
        let first = self.builder.kind(self.builder.first_operand(command));
        if end == TokenKind::RightParen || first.is_pipeline() {
            return self.builder.push(position, NodeKind::Pipe(command));
        }
        command
    }

    /// The variables before `:=` or `=`, from the first on; tells whether it was `=`, and which token comes then.
    fn declarations(&mut self, context: &str, first: Token) -> Result<(bool, Token), Error> {
        let mut variable = first;
        let mut count = 0;
        loop {
            let mark = self.next();
            match mark.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    self.declare(variable);
                    return Ok((mark.kind == TokenKind::Assign, self.next()));
                }
                TokenKind::Char if mark.text(self.text) == b"," => {
                    self.declare(variable);
                    count += 1;
                    if context != "range" || count >= 2 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                }
                _ => {
                    self.back(mark);
                    return Ok((false, variable));
                }
            }
            variable = self.next();
            match variable.kind {
                TokenKind::Variable => {}
                TokenKind::RightDelim | TokenKind::RightParen => return Ok((false, variable)),
                _ => return Err(self.error("range can only initialize variables")),
            }
        }
    }

    fn declare(&mut self, token: Token) {
        let variable = self.builder.variable(token.text(self.text));
        self.state.declare(variable);
        let node = self.builder.push(token.start, NodeKind::Variable(variable));
        self.builder.add(node);
    }

    /// Checks the commands of the open group.
    fn check_pipeline(&self, commands: usize, context: &str) -> Result<(), Error> {
        let commands = self.builder.opened(commands);
        if commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (at, command) in commands.iter().enumerate().skip(1) {
            let first = self.builder.kind(self.builder.first_operand(*command));
            if first.is_constant() {
                return Err(self.error(format!("non executable command in pipeline stage {}", at + 1)));
            }
        }
        Ok(())
    }

    /// A command from its first token, which is that of an operand, up to the end of the pipeline or what follows `|`. That
    /// becomes the token.
    fn command(&mut self, token: &mut Token) -> Result<NodeId, Error> {
        let group = self.builder.open();
        let position = token.start;
        while let Some(operand) = self.operand(token)? {
            self.builder.add(operand);
            if !token.spaced {
                break;
            }
        }
        match token.kind {
            TokenKind::RightDelim | TokenKind::RightParen => {}
            TokenKind::Pipe => *token = self.next(),
            _ => return Err(self.unexpected(*token, "operand")),
        }
        if let [operand] = *self.builder.opened(group) {
            self.builder.drop_group(group);
            return Ok(operand);
        }
        let operands = self.builder.close(group);
        Ok(self.builder.push(position, NodeKind::Command(operands)))
    }

    /// A term with the fields after it; nothing when the token starts none. What follows becomes the token.
    #[inline]
    fn operand(&mut self, token: &mut Token) -> Result<Option<NodeId>, Error> {
        let first = *token;
        match first.kind {
            TokenKind::Field => return Ok(Some(self.field(token))),
            TokenKind::Variable => return self.variable(token).map(Some),
            _ => {}
        }
        let Some(node) = self.term(first)? else { return Ok(None) };
        *token = self.next();
        if is_further_field(*token) {
            self.chain(first, node, token).map(Some)
        } else {
            Ok(Some(node))
        }
    }

    /// The fields of a term; `token` is the first of them.
    fn chain(&mut self, term: Token, node: NodeId, token: &mut Token) -> Result<NodeId, Error> {
        let group = self.builder.open();
        let position = token.start;
        self.builder.add(node);
        self.builder.add(position + 1);
        let end = self.fields(token);
        if self.builder.kind(node).is_constant() {
            if token.spaced {
                // To Go the space is a token, and the last one that was read.
                self.reached = end;
            }
            let text = quote(to_string_lossy(term.text(self.text)).as_bytes());
            return Err(self.error(format!("unexpected . after term {text}")));
        }
        let chain = self.builder.close(group);
        Ok(self.builder.push(position, NodeKind::Chain(chain)))
    }

    /// Adds the ends of the field `token` and of the fields after it to the open group; returns where they end. What follows
    /// becomes the token.
    fn fields(&mut self, token: &mut Token) -> u32 {
        let mut end = token.end;
        loop {
            self.builder.add(end);
            match self.further_field() {
                Some(next) => end = next,
                None => break,
            }
        }
        *token = self.next();
        end
    }

    fn field(&mut self, token: &mut Token) -> NodeId {
        let group = self.builder.open();
        let mut position = token.start;
        self.builder.add(position + 1);
        self.fields(token);
        // Go's positions: a field or variable with more fields stands where the second field does.
        if let [_, first_end, _, ..] = *self.builder.opened(group) {
            position = first_end;
        }
        let fields = self.builder.close(group);
        self.builder.push(position, NodeKind::Field(fields))
    }

    fn variable(&mut self, token: &mut Token) -> Result<NodeId, Error> {
        let first = *token;
        let name = first.text(self.text);
        let variable = self.builder.variable(name);
        if !self.state.is_visible(variable) {
            return Err(self.error(format!("undefined variable {}", quote(name))));
        }
        *token = self.next();
        if !is_further_field(*token) {
            return Ok(self.builder.push(first.start, NodeKind::Variable(variable)));
        }
        let group = self.builder.open();
        let position = token.start;
        self.builder.add(variable);
        self.builder.add(position + 1);
        self.fields(token);
        let fields = self.builder.close(group);
        Ok(self.builder.push(position, NodeKind::VariableFields(fields)))
    }

    /// A term that is no field and no variable.
    fn term(&mut self, token: Token) -> Result<Option<NodeId>, Error> {
        let kind = match token.kind {
            TokenKind::Identifier => self.callee(token)?,
            TokenKind::Dot => NodeKind::Dot,
            TokenKind::Nil => NodeKind::Nil,
            TokenKind::Bool => NodeKind::Bool(token.text(self.text) == b"true"),
            TokenKind::CharConstant | TokenKind::Complex | TokenKind::Number => self.number(token)?,
            TokenKind::LeftParen => return self.parenthesized().map(Some),
            TokenKind::String | TokenKind::RawString => NodeKind::String(self.unquoted(token)?),
            _ => return Ok(None),
        };
        Ok(Some(self.builder.push(token.start, kind)))
    }

    fn number(&mut self, token: Token) -> Result<NodeKind, Error> {
        let text = token.text(self.text);
        if let Some(int) = plain_int(text) {
            return Ok(NodeKind::Int(int));
        }
        let mut number = Number::parse(text, token.kind).map_err(|message| self.error(message))?;
        number.start = token.start;
        number.end = token.end;
        Ok(NodeKind::Number(self.builder.number(number)))
    }

    fn parenthesized(&mut self) -> Result<NodeId, Error> {
        if self.paren_depth >= MAX_PAREN_DEPTH {
            return Err(self.error("max expression depth exceeded"));
        }
        self.paren_depth += 1;
        let pipe = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            let first = self.next();
            self.pipeline("parenthesized pipeline", TokenKind::RightParen, first)
        })?;
        self.paren_depth -= 1;
        Ok(pipe)
    }

    fn callee(&self, token: Token) -> Result<NodeKind, Error> {
        let name = token.text(self.text);
        // A caller's function goes before a builtin one of the same name.
        if let Some(place) = self.functions.place(name) {
            return Ok(NodeKind::Function(place));
        }
        match Builtin::by_name(name) {
            Some(builtin) => Ok(NodeKind::Builtin(builtin)),
            None => Err(self.error(format!("function {} not defined", quote(name)))),
        }
    }
}

/// Whether the token is a field of what comes before it.
fn is_further_field(token: Token) -> bool {
    token.kind == TokenKind::Field && !token.spaced
}

/// The value of a number that is written as Go would write it, and small.
fn plain_int(text: &[u8]) -> Option<u32> {
    let no_zero_before = matches!(text, [b'0'] | [b'1'..=b'9', ..]);
    if !no_zero_before || text.len() > FEW_DIGITS {
        return None;
    }
    text.iter().try_fold(0, |value, byte| match byte {
        b'0'..=b'9' => Some(value * 10 + u32::from(byte - b'0')),
        _ => None,
    })
}
