//! The parser: tokens to trees, as Go's `text/template/parse/parse.go` does it.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use go_value::Str;
use go_value::strconv::{quote, unquote};

use super::builder::{Builder, DOLLAR};
use super::lexer::Lexer;
use super::node::{NO_NODE, NodeId, NodeKind};
use super::token::{Token, TokenKind};
use super::tree::Tree;
use crate::error::Error;
use crate::func::FuncMap;

/// How deep actions with an `end` may nest. Go has no limit but its stack.
const MAX_CONTROL_DEPTH: u32 = if cfg!(target_family = "wasm") { 1000 } else { 100_000 };

/// What ended a list of nodes.
#[derive(Clone, Copy)]
enum Ending {
    End,
    Else { position: u32 },
}

/// What the parser found in the place of a node.
enum Found {
    Node(NodeId),
    /// It gives no node.
    Definition,
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
pub(super) struct State {
    /// The variables that are visible but for `$`, by their places in the builder.
    variables: Vec<u32>,
    /// How often each variable is in `variables`.
    visible: HashMap<u32, u32, RandomState>,
    /// Where the action starts that is being read.
    action: Option<u32>,
    range_depth: u32,
}

impl State {
    pub(super) fn declare(&mut self, place: u32) {
        self.variables.push(place);
        *self.visible.entry(place).or_default() += 1;
    }

    fn pop_variables(&mut self, mark: usize) {
        for place in self.variables.drain(mark..) {
            if let Some(count) = self.visible.get_mut(&place) {
                *count -= 1;
            }
        }
    }

    pub(super) fn is_visible(&self, place: u32) -> bool {
        place == DOLLAR || self.visible.get(&place).is_some_and(|count| *count > 0)
    }
}

/// A template that was read.
struct Definition {
    name: Str,
    root: NodeId,
    empty: bool,
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
        state: State::default(),
        builder: Builder::take(),
        name,
        text: source,
        functions,
        lexer,
        waiting: None,
        reached: 0,
        control_depth: 0,
        paren_depth: 0,
        definitions: Vec::new(),
        places: HashMap::default(),
    };
    // Within this, going deeper finds out how much stack is left, also where the system does not tell.
    let root = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || parser.parse_text())?;
    parser.define(name.clone(), root)?;
    let body = Arc::new(parser.builder.finish(source.clone(), functions.clone()));
    let trees = parser.definitions.into_iter().map(|definition| {
        Arc::new(Tree {
            name: definition.name,
            parse_name: name.clone(),
            root: definition.root,
            empty: definition.empty,
            body: body.clone(),
        })
    });
    Ok(trees.collect())
}

pub(super) struct Parser<'t> {
    name: &'t Str,
    pub(super) text: &'t [u8],
    pub(super) functions: &'t FuncMap,
    lexer: Lexer<'t>,
    pub(super) builder: Builder,
    pub(super) state: State,
    /// A token that was read too early.
    waiting: Option<Token>,
    /// How far the lexer has come, in Go's tokens: errors name this line.
    pub(super) reached: u32,
    control_depth: u32,
    pub(super) paren_depth: u32,
    definitions: Vec<Definition>,
    /// The places of the templates in `definitions`.
    places: HashMap<Str, usize, RandomState>,
}

impl<'t> Parser<'t> {
    // Tokens.

    #[inline]
    pub(super) fn next(&mut self) -> Token {
        if let Some(token) = self.waiting.take() {
            return token;
        }
        let token = self.lexer.next_token();
        self.reached = token.start;
        token
    }

    /// Makes `token` the next one again.
    pub(super) fn back(&mut self, token: Token) {
        self.waiting = Some(token);
    }

    /// Reads a further field of what was read last; returns where it ends.
    #[inline]
    pub(super) fn further_field(&mut self) -> Option<u32> {
        match self.waiting {
            Some(_) => None,
            None => self.lexer.further_field(),
        }
    }

    // Errors.

    #[cold]
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.error_at(self.reached, message)
    }

    fn error_at(&self, position: u32, message: impl Into<String>) -> Error {
        Error::parse(self.name.clone(), self.line(position), message.into())
    }

    /// The line of a place in the text, from 1.
    fn line(&self, position: u32) -> usize {
        let before = self.text.get(..position as usize).unwrap_or(self.text);
        1 + memchr::memchr_iter(b'\n', before).count()
    }

    #[cold]
    pub(super) fn unexpected(&self, token: Token, context: &str) -> Error {
        if token.kind != TokenKind::Error {
            return self.error(format!("unexpected {} in {context}", token.describe(self.text)));
        }
        let message = &self.lexer.error;
        match self.state.action.map(|action| self.line(action)) {
            Some(line) if line != self.line(token.start) => {
                let action = if message.ends_with(" action") { "" } else { " in action" };
                self.error(format!("{message}{action} started at {}:{line}", self.name))
            }
            _ => self.error(message.clone()),
        }
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token, Error> {
        let token = self.next();
        if token.kind == kind {
            Ok(token)
        } else {
            Err(self.unexpected(token, context))
        }
    }

    // Templates.

    /// The whole text.
    fn parse_text(&mut self) -> Result<NodeId, Error> {
        let list = self.builder.open();
        let mut token = self.next();
        let position = token.start;
        while token.kind != TokenKind::Eof {
            match self.text_or_action(token, true)? {
                Found::Node(node) => self.builder.add(node),
                Found::Definition => {}
                Found::Ending(Ending::End) => return Err(self.error("unexpected {{end}}")),
                Found::Ending(Ending::Else { .. }) => return Err(self.error("unexpected {{else}}")),
            }
            token = self.next();
        }
        Ok(self.close_list(position, list))
    }

    fn close_list(&mut self, position: u32, mark: usize) -> NodeId {
        let nodes = self.builder.close(mark);
        self.builder.push(position, NodeKind::List(nodes))
    }

    /// `{{define "name"}} … {{end}}`, from after `define`.
    fn definition(&mut self) -> Result<(), Error> {
        let outer = std::mem::take(&mut self.state);
        let token = self.next();
        let name = self.string(token, "define clause")?;
        self.expect(TokenKind::RightDelim, "define clause")?;
        let (root, ending) = self.item_list()?;
        if let Ending::Else { .. } = ending {
            return Err(self.error("unexpected {{else}} in define clause"));
        }
        self.define(name, root)?;
        self.state = outer;
        Ok(())
    }

    fn define(&mut self, name: Str, root: NodeId) -> Result<(), Error> {
        let empty = self.builder.is_empty(root, self.text);
        let definition = Definition { name, root, empty };
        let Some(place) = self.places.get(&definition.name) else {
            self.places.insert(definition.name.clone(), self.definitions.len());
            self.definitions.push(definition);
            return Ok(());
        };
        if self.definitions[*place].empty {
            self.definitions[*place] = definition;
        } else if !empty {
            let message = format!("template: multiple definition of template {}", quote(&definition.name));
            return Err(self.error(message));
        }
        Ok(())
    }

    /// The value of a string that names a template.
    fn string(&mut self, token: Token, context: &str) -> Result<Str, Error> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => {
                let place = self.unquoted(token)?;
                Ok(self.builder.string_at(place).clone())
            }
            _ => Err(self.unexpected(token, context)),
        }
    }

    /// The value of a string, among the builder's.
    pub(super) fn unquoted(&mut self, token: Token) -> Result<u32, Error> {
        let text = token.text(self.text);
        let content = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let plain = match token.kind {
            TokenKind::RawString => memchr::memchr(b'\r', content).is_none(),
            _ => !token.escaped && (content.is_ascii() || std::str::from_utf8(content).is_ok()),
        };
        if plain {
            return Ok(self.builder.string(content));
        }
        match unquote(text) {
            Some(text) => Ok(self.builder.string(text.as_ref())),
            None => Err(self.error("invalid syntax")),
        }
    }

    // Lists and actions.

    /// Nodes up to an `end` or `else`.
    fn item_list(&mut self) -> Result<(NodeId, Ending), Error> {
        let list = self.builder.open();
        let mut token = self.next();
        let position = token.start;
        while token.kind != TokenKind::Eof {
            match self.text_or_action(token, false)? {
                Found::Node(node) => self.builder.add(node),
                Found::Definition => {}
                Found::Ending(ending) => return Ok((self.close_list(position, list), ending)),
            }
            token = self.next();
        }
        Err(self.error("unexpected EOF"))
    }

    /// What starts with `token`. Only on the outermost level, `define` is an action.
    #[inline]
    fn text_or_action(&mut self, token: Token, outermost: bool) -> Result<Found, Error> {
        match token.kind {
            TokenKind::Text => {
                let text = NodeKind::Text { end: token.end };
                Ok(Found::Node(self.builder.push(token.start, text)))
            }
            TokenKind::LeftDelim => {
                let word = self.next();
                if outermost && word.kind == TokenKind::Define {
                    self.definition()?;
                    return Ok(Found::Definition);
                }
                self.state.action = Some(token.start);
                let found = self.action(word);
                self.state.action = None;
                found
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    fn action(&mut self, token: Token) -> Result<Found, Error> {
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
                let pipe = self.pipeline("command", TokenKind::RightDelim, token)?;
                self.builder.push(token.start, NodeKind::Action(pipe))
            }
        }))
    }

    fn loop_control(&mut self, word: Token, text: &str, kind: NodeKind) -> Result<NodeId, Error> {
        let token = self.next();
        if token.kind != TokenKind::RightDelim {
            return Err(self.unexpected(token, text));
        }
        if self.state.range_depth == 0 {
            return Err(self.error(format!("{text} outside {{{{range}}}}")));
        }
        Ok(self.builder.push(word.start, kind))
    }

    fn else_control(&mut self) -> Result<Found, Error> {
        let token = self.next();
        match token.kind {
            TokenKind::If | TokenKind::With => self.back(token),
            TokenKind::RightDelim => {}
            _ => return Err(self.unexpected(token, "else")),
        }
        Ok(Found::Ending(Ending::Else { position: token.start }))
    }

    fn control(&mut self, control: Control) -> Result<NodeId, Error> {
        if self.control_depth >= MAX_CONTROL_DEPTH {
            return Err(self.error("max nesting depth exceeded"));
        }
        self.control_depth += 1;
        let mark = self.state.variables.len();
        let node = stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || self.control_body(control))?;
        self.state.pop_variables(mark);
        self.control_depth -= 1;
        Ok(node)
    }

    fn control_body(&mut self, control: Control) -> Result<NodeId, Error> {
        let first = self.next();
        let pipe = self.pipeline(control.context(), TokenKind::RightDelim, first)?;
        self.state.range_depth += u32::from(control == Control::Range);
        let (list, ending) = self.item_list()?;
        self.state.range_depth -= u32::from(control == Control::Range);
        let else_list = match ending {
            Ending::End => NO_NODE,
            Ending::Else { position } => self.else_list(control, position)?,
        };
        let branch = self.builder.group(&[pipe, list, else_list]);
        let kind = match control {
            Control::If => NodeKind::If(branch),
            Control::Range => NodeKind::Range(branch),
            Control::With => NodeKind::With(branch),
        };
        Ok(self.builder.push(first.start, kind))
    }

    /// What follows an `else`; `else if` and `else with` end together with what they are in.
    fn else_list(&mut self, control: Control, position: u32) -> Result<NodeId, Error> {
        let chained = match (control, self.waiting.map(|token| token.kind)) {
            (Control::If, Some(TokenKind::If)) | (Control::With, Some(TokenKind::With)) => {
                self.waiting = None;
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
        let nodes = self.builder.group(&[chained]);
        Ok(self.builder.push(position, NodeKind::List(nodes)))
    }

    /// `{{block "name" pipeline}} … {{end}}`: a definition and a call of it.
    fn block(&mut self) -> Result<NodeId, Error> {
        const CONTEXT: &str = "block clause";
        if self.control_depth >= MAX_CONTROL_DEPTH {
            return Err(self.error("max nesting depth exceeded"));
        }
        let token = self.next();
        let name = self.string(token, CONTEXT)?;
        let first = self.next();
        let pipe = self.pipeline(CONTEXT, TokenKind::RightDelim, first)?;
        // Some errors name the line that the outer template has reached.
        let reached = self.reached;
        let outer = std::mem::take(&mut self.state);
        self.control_depth += 1;
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || {
            let (root, ending) = self.item_list()?;
            if let Ending::Else { .. } = ending {
                return Err(self.error_at(reached, format!("unexpected {{{{else}}}} in {CONTEXT}")));
            }
            self.define(name.clone(), root)
        })?;
        self.control_depth -= 1;
        self.state = outer;
        Ok(self.call(token, &name, pipe))
    }

    fn template(&mut self) -> Result<NodeId, Error> {
        const CONTEXT: &str = "template clause";
        let token = self.next();
        let name = self.string(token, CONTEXT)?;
        let first = self.next();
        let pipe = match first.kind {
            TokenKind::RightDelim => NO_NODE,
            _ => self.pipeline(CONTEXT, TokenKind::RightDelim, first)?,
        };
        Ok(self.call(token, &name, pipe))
    }

    fn call(&mut self, token: Token, name: &Str, pipe: NodeId) -> NodeId {
        let name = self.builder.string(name);
        let call = self.builder.group(&[name, pipe]);
        self.builder.push(token.start, NodeKind::Template(call))
    }
}
