//! The parser: tokens to trees, as Go's `text/template/parse/parse.go` does it.

use std::collections::HashMap;
use std::sync::Arc;

use go_value::Str;
use go_value::strconv::{quote, unquote};
use smallvec::SmallVec;

use super::builder::Builder;
use super::lexer::Lexer;
use super::node::{Branch, Builtin, Callee, NodeId, NodeKind, Pipe, Span};
use super::number::Number;
use super::token::{Token, TokenKind};
use super::tree::{Name, StringLiteral, Tree};
use crate::error::Error;
use crate::func::FuncMap;

/// How deep parentheses may nest: Go's own limit.
const MAX_PAREN_DEPTH: u32 = if cfg!(target_family = "wasm") { 1000 } else { 10_000 };

/// How deep actions with an `end` may nest. Go has no limit but its stack.
const MAX_CONTROL_DEPTH: u32 = if cfg!(target_family = "wasm") { 1000 } else { 100_000 };

type Ids = SmallVec<[NodeId; 8]>;

/// What ended a list of nodes.
#[derive(Clone, Copy)]
enum Ending {
    End,
    Else { position: u32 },
}

/// What the parser found in the place of a node.
enum Found {
    Node(NodeId),
    Ending(Ending),
}

/// The three controls with a pipeline and lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    If,
    Range,
    With,
}

impl Control {
    fn context(self) -> &'static str {
        match self {
            Control::If => "if",
            Control::Range => "range",
            Control::With => "with",
        }
    }
}

/// The state that belongs to one template; a definition inside a text starts with a fresh one.
#[derive(Default)]
struct State {
    builder: Builder,
    tokens: [Token; 3],
    peeked: usize,
    /// The variables that are visible, by their places in the builder.
    variables: Vec<u32>,
    /// How often each variable is in `variables`.
    visible: Vec<u32>,
    action_line: u32,
    range_depth: u32,
    paren_depth: u32,
}

impl State {
    fn new() -> State {
        let mut state = State {
            builder: Builder::take(),
            ..State::default()
        };
        state.declare(b"$");
        state
    }

    fn declare(&mut self, name: &[u8]) -> u32 {
        let place = self.builder.variable(name);
        self.variables.push(place);
        if self.visible.len() <= place as usize {
            self.visible.resize(place as usize + 1, 0);
        }
        self.visible[place as usize] += 1;
        place
    }

    fn pop_variables(&mut self, mark: usize) {
        while self.variables.len() > mark {
            if let Some(place) = self.variables.pop() {
                self.visible[place as usize] -= 1;
            }
        }
    }

    fn is_visible(&self, place: u32) -> bool {
        self.visible.get(place as usize).is_some_and(|count| *count > 0)
    }
}

/// Parses `source` as the template `name`, with the templates that it defines.
///
/// # Errors
/// Go's parse errors.
pub(crate) fn parse(name: &Str, source: &Str, functions: &Arc<FuncMap>) -> Result<Vec<Arc<Tree>>, Error> {
    if source.len() > u32::MAX as usize / 2 {
        return Err(Error::parse(name.clone(), 1, "template too large".to_owned()));
    }
    let lexer = Lexer::new(
        source,
        functions.get("break").is_none(),
        functions.get("continue").is_none(),
    );
    let mut parser = Parser {
        name: name.clone(),
        source: source.clone(),
        text: source,
        functions,
        lexer,
        state: State::new(),
        control_depth: 0,
        trees: Vec::new(),
        places: HashMap::new(),
    };
    // Within this, going deeper finds out how much stack is left, also where the system does not tell.
    let root = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || parser.parse_text())?;
    let builder = std::mem::take(&mut parser.state.builder);
    parser.add(name.clone(), builder, root)?;
    Ok(parser.trees)
}

struct Parser<'t> {
    name: Str,
    source: Str,
    text: &'t [u8],
    functions: &'t Arc<FuncMap>,
    lexer: Lexer<'t>,
    state: State,
    control_depth: u32,
    trees: Vec<Arc<Tree>>,
    /// The places of the templates in `trees`.
    places: HashMap<Str, usize>,
}

impl<'t> Parser<'t> {
    // Tokens.

    fn next(&mut self) -> Token {
        if self.state.peeked > 0 {
            self.state.peeked -= 1;
        } else {
            self.state.tokens[0] = self.lexer.next_token();
        }
        self.state.tokens[self.state.peeked]
    }

    fn back(&mut self) {
        self.state.peeked += 1;
    }

    /// Steps back by two tokens, of which `first` is the earlier.
    fn back2(&mut self, first: Token) {
        self.state.tokens[1] = first;
        self.state.peeked = 2;
    }

    fn back3(&mut self, first: Token, second: Token) {
        self.state.tokens[1] = second;
        self.state.tokens[2] = first;
        self.state.peeked = 3;
    }

    fn peek(&mut self) -> Token {
        if self.state.peeked > 0 {
            return self.state.tokens[self.state.peeked - 1];
        }
        self.state.peeked = 1;
        self.state.tokens[0] = self.lexer.next_token();
        self.state.tokens[0]
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.back();
        token
    }

    fn text_of(&self, token: Token) -> &'t [u8] {
        token.text(self.text)
    }

    // Errors.

    fn error(&self, message: impl Into<String>) -> Error {
        Error::parse(self.name.clone(), self.state.tokens[0].line as usize, message.into())
    }

    fn unexpected(&self, token: Token, context: &str) -> Error {
        if token.kind != TokenKind::Error {
            return self.error(format!("unexpected {} in {context}", token.describe(self.text)));
        }
        let message = &self.lexer.error;
        let line = self.state.action_line;
        if line == 0 || line == token.line {
            return self.error(message.clone());
        }
        let action = if message.ends_with(" action") { "" } else { " in action" };
        self.error(format!("{message}{action} started at {}:{line}", self.name))
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token, Error> {
        let token = self.next_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            Err(self.unexpected(token, context))
        }
    }

    // Templates.

    /// The whole text.
    fn parse_text(&mut self) -> Result<NodeId, Error> {
        let position = self.peek().start;
        let mut nodes = Vec::new();
        while self.peek().kind != TokenKind::Eof {
            if self.peek().kind == TokenKind::LeftDelim {
                let delim = self.next();
                if self.next_non_space().kind == TokenKind::Define {
                    self.definition()?;
                    continue;
                }
                self.back2(delim);
            }
            match self.text_or_action()? {
                Found::Node(node) => nodes.push(node),
                Found::Ending(Ending::End) => return Err(self.error("unexpected {{end}}")),
                Found::Ending(Ending::Else { .. }) => return Err(self.error("unexpected {{else}}")),
            }
        }
        Ok(self.list(position, &nodes))
    }

    fn list(&mut self, position: u32, nodes: &[NodeId]) -> NodeId {
        let span = self.state.builder.ids(nodes);
        self.state.builder.push(position, NodeKind::List(span))
    }

    /// `{{define "name"}} … {{end}}`, from after `define`.
    fn definition(&mut self) -> Result<(), Error> {
        let outer = std::mem::replace(&mut self.state, State::new());
        let token = self.next_non_space();
        let name = match token.kind {
            TokenKind::String | TokenKind::RawString => self.unquoted(token)?,
            _ => return Err(self.unexpected(token, "define clause")),
        };
        self.expect(TokenKind::RightDelim, "define clause")?;
        self.body(name, "define clause")?;
        self.state = outer;
        Ok(())
    }

    /// A template's body up to its `end`, in a state of its own.
    fn body(&mut self, name: Str, context: &str) -> Result<(), Error> {
        let (root, ending) = self.item_list()?;
        if let Ending::Else { .. } = ending {
            return Err(self.error(format!("unexpected {{{{else}}}} in {context}")));
        }
        let builder = std::mem::take(&mut self.state.builder);
        self.add(name, builder, root)
    }

    fn add(&mut self, name: Str, builder: Builder, root: NodeId) -> Result<(), Error> {
        let tree = builder.finish(
            name,
            self.name.clone(),
            self.source.clone(),
            root,
            self.functions.clone(),
        );
        let Some(place) = self.places.get(&tree.name) else {
            self.places.insert(tree.name.clone(), self.trees.len());
            self.trees.push(Arc::new(tree));
            return Ok(());
        };
        if self.trees[*place].is_empty() {
            self.trees[*place] = Arc::new(tree);
        } else if !tree.is_empty() {
            let message = format!("template: multiple definition of template {}", quote(&tree.name));
            return Err(self.error(message));
        }
        Ok(())
    }

    fn unquoted(&self, token: Token) -> Result<Str, Error> {
        let text = self.text_of(token);
        let content = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let plain = match token.kind {
            TokenKind::RawString => !content.contains(&b'\r'),
            _ => !content.contains(&b'\\') && std::str::from_utf8(content).is_ok(),
        };
        if plain {
            return Ok(content.into());
        }
        match unquote(text) {
            Some(text) => Ok(text.into()),
            None => Err(self.error("invalid syntax")),
        }
    }

    // Lists and actions.

    /// Nodes up to an `end` or `else`.
    fn item_list(&mut self) -> Result<(NodeId, Ending), Error> {
        let position = self.peek_non_space().start;
        let mut nodes = Ids::new();
        while self.peek_non_space().kind != TokenKind::Eof {
            match self.text_or_action()? {
                Found::Node(node) => nodes.push(node),
                Found::Ending(ending) => return Ok((self.list(position, &nodes), ending)),
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Found, Error> {
        let token = self.next_non_space();
        match token.kind {
            TokenKind::Text => {
                let text = NodeKind::Text {
                    start: token.start,
                    end: token.end,
                };
                Ok(Found::Node(self.state.builder.push(token.start, text)))
            }
            TokenKind::LeftDelim => {
                self.state.action_line = token.line;
                let found = self.action();
                self.state.action_line = 0;
                found
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    fn action(&mut self) -> Result<Found, Error> {
        let token = self.next_non_space();
        Ok(Found::Node(match token.kind {
            TokenKind::Block => self.block()?,
            TokenKind::Break => self.loop_control(token, "{{break}}", NodeKind::Break)?,
            TokenKind::Continue => self.loop_control(token, "{{continue}}", NodeKind::Continue)?,
            TokenKind::Else => return self.else_control(),
            TokenKind::End => {
                self.expect(TokenKind::RightDelim, "end")?;
                return Ok(Found::Ending(Ending::End));
            }
            TokenKind::If => self.control(Control::If)?,
            TokenKind::Range => self.control(Control::Range)?,
            TokenKind::With => self.control(Control::With)?,
            TokenKind::Template => self.template()?,
            _ => {
                self.back();
                let position = self.peek().start;
                let pipe = self.pipeline("command", TokenKind::RightDelim)?;
                self.state.builder.push(position, NodeKind::Action(pipe))
            }
        }))
    }

    fn loop_control(&mut self, word: Token, text: &str, kind: NodeKind) -> Result<NodeId, Error> {
        let token = self.next_non_space();
        if token.kind != TokenKind::RightDelim {
            return Err(self.unexpected(token, text));
        }
        if self.state.range_depth == 0 {
            return Err(self.error(format!("{text} outside {{{{range}}}}")));
        }
        Ok(self.state.builder.push(word.start, kind))
    }

    fn else_control(&mut self) -> Result<Found, Error> {
        let peek = self.peek_non_space();
        let position = if matches!(peek.kind, TokenKind::If | TokenKind::With) {
            peek.start
        } else {
            self.expect(TokenKind::RightDelim, "else")?.start
        };
        Ok(Found::Ending(Ending::Else { position }))
    }

    fn control(&mut self, control: Control) -> Result<NodeId, Error> {
        if self.control_depth >= MAX_CONTROL_DEPTH {
            return Err(self.error("max nesting depth exceeded"));
        }
        self.control_depth += 1;
        let mark = self.state.variables.len();
        let node = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || self.control_body(control));
        self.state.pop_variables(mark);
        self.control_depth -= 1;
        node
    }

    fn control_body(&mut self, control: Control) -> Result<NodeId, Error> {
        let pipe = self.pipeline(control.context(), TokenKind::RightDelim)?;
        self.state.range_depth += u32::from(control == Control::Range);
        let (list, ending) = self.item_list()?;
        self.state.range_depth -= u32::from(control == Control::Range);
        let else_list = match ending {
            Ending::End => None,
            Ending::Else { position } => Some(self.else_list(control, position)?),
        };
        let branch = Branch { pipe, list, else_list };
        let position = self.state.builder.node(pipe).position;
        let kind = match control {
            Control::If => NodeKind::If(branch),
            Control::Range => NodeKind::Range(branch),
            Control::With => NodeKind::With(branch),
        };
        Ok(self.state.builder.push(position, kind))
    }

    /// What follows an `else`; `else if` and `else with` end together with what they are in.
    fn else_list(&mut self, control: Control, position: u32) -> Result<NodeId, Error> {
        let chained = match (control, self.peek().kind) {
            (Control::If, TokenKind::If) | (Control::With, TokenKind::With) => {
                self.next();
                self.control(control)?
            }
            _ => {
                let (list, ending) = self.item_list()?;
                if let Ending::Else { .. } = ending {
                    return Err(self.error("expected end; found {{else}}"));
                }
                return Ok(list);
            }
        };
        Ok(self.list(position, &[chained]))
    }

    /// `{{block "name" pipeline}} … {{end}}`: a definition and a call of it.
    fn block(&mut self) -> Result<NodeId, Error> {
        const CONTEXT: &str = "block clause";
        if self.control_depth >= MAX_CONTROL_DEPTH {
            return Err(self.error("max nesting depth exceeded"));
        }
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, TokenKind::RightDelim)?;
        let outer = std::mem::replace(&mut self.state, State::new());
        self.control_depth += 1;
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            let (root, ending) = self.item_list()?;
            if let Ending::Else { .. } = ending {
                // The error names the line that the outer template has reached.
                return Err(Error::parse(
                    self.name.clone(),
                    outer.tokens[0].line as usize,
                    format!("unexpected {{{{else}}}} in {CONTEXT}"),
                ));
            }
            let builder = std::mem::take(&mut self.state.builder);
            self.add(name.clone(), builder, root)
        })?;
        self.control_depth -= 1;
        self.state = outer;
        let name = self.called(name, token);
        Ok(self
            .state
            .builder
            .push(token.start, NodeKind::Template { name, pipe: Some(pipe) }))
    }

    fn template(&mut self) -> Result<NodeId, Error> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        let mut pipe = None;
        if self.next_non_space().kind != TokenKind::RightDelim {
            self.back();
            pipe = Some(self.pipeline(CONTEXT, TokenKind::RightDelim)?);
        }
        let name = self.called(name, token);
        Ok(self.state.builder.push(token.start, NodeKind::Template { name, pipe }))
    }

    /// The name of a template that is called, among the strings.
    fn called(&mut self, name: Str, token: Token) -> u32 {
        self.state.builder.string(StringLiteral {
            value: name,
            start: token.start,
            end: token.end,
        })
    }

    fn template_name(&mut self, token: Token, context: &str) -> Result<Str, Error> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => self.unquoted(token),
            _ => Err(self.unexpected(token, context)),
        }
    }

    // Pipelines.

    fn pipeline(&mut self, context: &str, end: TokenKind) -> Result<NodeId, Error> {
        let position = self.peek_non_space().start;
        let mut declarations = Ids::new();
        let assign = self.declarations(context, &mut declarations)?;
        let mut commands = Ids::new();
        loop {
            let token = self.next_non_space();
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
                    self.back();
                    let command = self.command()?;
                    commands.push(command);
                }
                _ => return Err(self.unexpected(token, context)),
            }
        }
        self.check_pipeline(&commands, context)?;
        let builder = &mut self.state.builder;
        let pipe = Pipe {
            declarations: builder.ids(&declarations),
            commands: builder.ids(&commands),
            assign,
        };
        Ok(builder.pipe(position, pipe))
    }

    /// The variables before `:=` or `=`; tells whether it was `=`.
    fn declarations(&mut self, context: &str, declarations: &mut Ids) -> Result<bool, Error> {
        loop {
            let variable = self.peek_non_space();
            if variable.kind != TokenKind::Variable {
                return Ok(false);
            }
            self.next();
            // "$x foo" is an argument, "$x := foo" a declaration, and the space between counts as a token.
            let after = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    self.next_non_space();
                    self.declare(variable, declarations);
                    return Ok(next.kind == TokenKind::Assign);
                }
                TokenKind::Char if self.text_of(next) == b"," => {
                    self.next_non_space();
                    self.declare(variable, declarations);
                    if context != "range" || declarations.len() >= 2 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                    match self.peek_non_space().kind {
                        TokenKind::Variable | TokenKind::RightDelim | TokenKind::RightParen => {}
                        _ => return Err(self.error("range can only initialize variables")),
                    }
                }
                _ if after.kind == TokenKind::Space => {
                    self.back3(variable, after);
                    return Ok(false);
                }
                _ => {
                    self.back2(variable);
                    return Ok(false);
                }
            }
        }
    }

    fn declare(&mut self, token: Token, declarations: &mut Ids) {
        let variable = self.state.declare(token.text(self.text));
        let kind = NodeKind::Variable {
            variable,
            fields: Span::default(),
        };
        declarations.push(self.state.builder.push(token.start, kind));
    }

    fn check_pipeline(&self, commands: &[NodeId], context: &str) -> Result<(), Error> {
        if commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        let builder = &self.state.builder;
        for (at, command) in commands.iter().enumerate().skip(1) {
            let NodeKind::Command(operands) = builder.node(*command).kind else {
                continue;
            };
            let first = builder.first_of(operands).map(|id| builder.node(id).kind);
            if let Some(NodeKind::Bool(_) | NodeKind::Dot | NodeKind::Nil | NodeKind::Number(_) | NodeKind::String(_)) =
                first
            {
                return Err(self.error(format!("non executable command in pipeline stage {}", at + 1)));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<NodeId, Error> {
        let position = self.peek_non_space().start;
        let mut operands = Ids::new();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                operands.push(operand);
            }
            let token = self.next();
            match token.kind {
                TokenKind::Space => continue,
                TokenKind::RightDelim | TokenKind::RightParen => self.back(),
                TokenKind::Pipe => {}
                _ => return Err(self.unexpected(token, "operand")),
            }
            break;
        }
        if operands.is_empty() {
            return Err(self.error("empty command"));
        }
        let span = self.state.builder.ids(&operands);
        Ok(self.state.builder.push(position, NodeKind::Command(span)))
    }

    /// A term with the fields after it.
    fn operand(&mut self) -> Result<Option<NodeId>, Error> {
        let Some(node) = self.term()? else { return Ok(None) };
        let first = self.peek();
        if first.kind != TokenKind::Field {
            return Ok(Some(node));
        }
        let mut fields: SmallVec<[Name; 8]> = SmallVec::new();
        while self.peek().kind == TokenKind::Field {
            fields.push(field_name(self.next()));
        }
        let builder = &mut self.state.builder;
        let kind = match builder.node(node).kind {
            // Go's positions: a field or variable with more fields stands where the second field does.
            NodeKind::Field(span) => NodeKind::Field(builder.more_names(span, &fields)),
            NodeKind::Variable { variable, .. } => NodeKind::Variable {
                variable,
                fields: builder.names(&fields),
            },
            NodeKind::Bool(_) | NodeKind::String(_) | NodeKind::Number(_) | NodeKind::Nil | NodeKind::Dot => {
                let text = builder.text_of(node, &self.source);
                return Err(self.error(format!("unexpected . after term {}", quote(text.as_bytes()))));
            }
            _ => NodeKind::Chain {
                node,
                fields: builder.names(&fields),
            },
        };
        Ok(Some(builder.push(first.start, kind)))
    }

    fn term(&mut self) -> Result<Option<NodeId>, Error> {
        let token = self.next_non_space();
        let text = self.text_of(token);
        let kind = match token.kind {
            TokenKind::Identifier => {
                let Some(callee) = self.callee(text) else {
                    return Err(self.error(format!("function {} not defined", quote(text))));
                };
                let name = self.state.builder.name(name_of(token));
                NodeKind::Identifier { name, callee }
            }
            TokenKind::Dot => NodeKind::Dot,
            TokenKind::Nil => NodeKind::Nil,
            TokenKind::Variable => {
                let variable = self.state.builder.variable(text);
                if !self.state.is_visible(variable) {
                    return Err(self.error(format!("undefined variable {}", quote(text))));
                }
                NodeKind::Variable {
                    variable,
                    fields: Span::default(),
                }
            }
            TokenKind::Field => NodeKind::Field(self.state.builder.names(&[field_name(token)])),
            TokenKind::Bool => NodeKind::Bool(text == b"true"),
            TokenKind::CharConstant | TokenKind::Complex | TokenKind::Number => self.number(token)?,
            TokenKind::LeftParen => return self.parenthesized().map(Some),
            TokenKind::String | TokenKind::RawString => {
                let literal = StringLiteral {
                    value: self.unquoted(token)?,
                    start: token.start,
                    end: token.end,
                };
                NodeKind::String(self.state.builder.string(literal))
            }
            _ => {
                self.back();
                return Ok(None);
            }
        };
        Ok(Some(self.state.builder.push(token.start, kind)))
    }

    fn number(&mut self, token: Token) -> Result<NodeKind, Error> {
        let mut number = Number::parse(self.text_of(token), token.kind).map_err(|message| self.error(message))?;
        number.start = token.start;
        number.end = token.end;
        Ok(NodeKind::Number(self.state.builder.number(number)))
    }

    fn parenthesized(&mut self) -> Result<NodeId, Error> {
        if self.state.paren_depth >= MAX_PAREN_DEPTH {
            return Err(self.error("max expression depth exceeded"));
        }
        self.state.paren_depth += 1;
        let pipe = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            self.pipeline("parenthesized pipeline", TokenKind::RightParen)
        })?;
        self.state.paren_depth -= 1;
        Ok(pipe)
    }

    fn callee(&self, name: &[u8]) -> Option<Callee> {
        // A caller's function goes before a builtin one of the same name.
        let function = std::str::from_utf8(name)
            .ok()
            .and_then(|name| self.functions.place(name));
        match function {
            Some(place) => Some(Callee::Function(place)),
            None => Builtin::by_name(name).map(Callee::Builtin),
        }
    }
}

fn name_of(token: Token) -> Name {
    Name {
        start: token.start,
        end: token.end,
    }
}

/// The name in `.name`.
fn field_name(token: Token) -> Name {
    Name {
        start: token.start + 1,
        end: token.end,
    }
}
