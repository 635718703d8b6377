//! A parsed template.

use std::fmt::{self, Write};
use std::sync::Arc;

use go_value::Str;
use go_value::strconv::quote;
use go_value::utf8::to_string_lossy;

use super::node::{Branch, Node, NodeId, NodeKind, Pipe, Span};
use super::number::Number;
use crate::func::FuncMap;

/// A parsed template: immutable, and cheap to share.
///
/// It belongs to the function map it was parsed with.
pub struct Tree {
    /// The template's name.
    pub(crate) name: Str,
    /// The name of the text it was found in, for errors.
    pub(crate) parse_name: Str,
    pub(crate) body: Arc<Body>,
}

/// What a text was parsed to, whatever its name.
pub(crate) struct Body {
    pub(crate) source: Str,
    pub(crate) root: NodeId,
    pub(crate) nodes: Box<[Node]>,
    pub(crate) ids: Box<[NodeId]>,
    pub(crate) pipes: Box<[Pipe]>,
    pub(crate) names: Box<[Name]>,
    pub(crate) variables: Box<[Str]>,
    pub(crate) strings: Box<[StringLiteral]>,
    pub(crate) numbers: Box<[Number]>,
    /// Whether there is nothing but space and comments.
    pub(crate) empty: bool,
    /// The functions that the nodes name by their places.
    pub(crate) functions: Arc<FuncMap>,
}

/// A name, as a range of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A string literal: its value, and its text as a range of the source.
#[derive(Clone, Debug)]
pub(crate) struct StringLiteral {
    pub(crate) value: Str,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Name {
    pub(crate) fn of(self, source: &[u8]) -> &[u8] {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("name", &self.name)
            .field("text", &self.text())
            .finish()
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Tree {
    /// The template's name.
    pub fn name(&self) -> &Str {
        &self.name
    }

    /// Tells whether there is nothing but space, comments and definitions. Such a template replaces no other.
    pub fn is_empty(&self) -> bool {
        self.body.empty
    }

    /// The template written out again from its nodes, as Go's `Tree.Root.String()` does.
    pub fn text(&self) -> String {
        self.node_text(self.body.root)
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.body.nodes[id as usize]
    }

    pub(crate) fn ids(&self, span: Span) -> &[NodeId] {
        &self.body.ids[span.range()]
    }

    pub(crate) fn names(&self, span: Span) -> &[Name] {
        &self.body.names[span.range()]
    }

    pub(crate) fn name_text(&self, name: Name) -> &[u8] {
        name.of(&self.body.source)
    }

    pub(crate) fn pipe(&self, id: NodeId) -> &Pipe {
        match self.node(id).kind {
            NodeKind::Pipe(pipe) => &self.body.pipes[pipe as usize],
            _ => unreachable!("the parser puts pipelines where pipelines belong"),
        }
    }

    /// Go's `ErrorContext`: line from 1, column in bytes from 0.
    pub(crate) fn location(&self, id: NodeId) -> (usize, usize) {
        let before = &self.body.source[..(self.node(id).position as usize).min(self.body.source.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        (line, column)
    }

    /// Go's `Node.String()`.
    pub(crate) fn node_text(&self, id: NodeId) -> String {
        let mut out = String::new();
        self.write_node(&mut out, id);
        out
    }

    fn name_lossy(&self, name: Name) -> std::borrow::Cow<'_, str> {
        to_string_lossy(self.name_text(name))
    }

    fn source_text(&self, start: u32, end: u32) -> std::borrow::Cow<'_, str> {
        to_string_lossy(self.body.source.get(start as usize..end as usize).unwrap_or_default())
    }

    fn write_node(&self, out: &mut String, id: NodeId) {
        stacker::maybe_grow(crate::RED_ZONE, crate::STACK_SEGMENT, || self.write_node_inner(out, id));
    }

    fn write_node_inner(&self, out: &mut String, id: NodeId) {
        match self.node(id).kind {
            NodeKind::List(span) => {
                for id in self.ids(span) {
                    self.write_node(out, *id);
                }
            }
            NodeKind::Text { start, end } => out.push_str(&self.source_text(start, end)),
            NodeKind::Action(pipe) => {
                out.push_str("{{");
                self.write_node(out, pipe);
                out.push_str("}}");
            }
            NodeKind::If(branch) => self.write_branch(out, "if", branch),
            NodeKind::Range(branch) => self.write_branch(out, "range", branch),
            NodeKind::With(branch) => self.write_branch(out, "with", branch),
            NodeKind::Template { name, pipe } => {
                let _ = write!(out, "{{{{template {}", quote(&self.body.strings[name as usize].value));
                if let Some(pipe) = pipe {
                    out.push(' ');
                    self.write_node(out, pipe);
                }
                out.push_str("}}");
            }
            NodeKind::Break => out.push_str("{{break}}"),
            NodeKind::Continue => out.push_str("{{continue}}"),
            NodeKind::Pipe(pipe) => self.write_pipe(out, &self.body.pipes[pipe as usize]),
            NodeKind::Command(operands) => self.write_command(out, operands),
            NodeKind::Identifier { name, .. } => out.push_str(&self.name_lossy(self.body.names[name as usize])),
            NodeKind::Variable { variable, fields } => {
                out.push_str(&self.body.variables[variable as usize].to_string_lossy());
                self.write_fields(out, fields);
            }
            NodeKind::Dot => out.push('.'),
            NodeKind::Nil => out.push_str("nil"),
            NodeKind::Field(fields) => self.write_fields(out, fields),
            NodeKind::Chain { node, fields } => {
                self.write_operand(out, node);
                self.write_fields(out, fields);
            }
            NodeKind::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            NodeKind::Number(number) => {
                let number = &self.body.numbers[number as usize];
                out.push_str(&self.source_text(number.start, number.end));
            }
            NodeKind::String(string) => {
                let string = &self.body.strings[string as usize];
                out.push_str(&self.source_text(string.start, string.end));
            }
        }
    }

    fn write_branch(&self, out: &mut String, word: &str, branch: Branch) {
        let _ = write!(out, "{{{{{word} ");
        self.write_node(out, branch.pipe);
        out.push_str("}}");
        self.write_node(out, branch.list);
        if let Some(list) = branch.else_list {
            out.push_str("{{else}}");
            self.write_node(out, list);
        }
        out.push_str("{{end}}");
    }

    fn write_pipe(&self, out: &mut String, pipe: &Pipe) {
        for (at, id) in self.ids(pipe.declarations).iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            self.write_node(out, *id);
        }
        if pipe.declarations.len > 0 {
            out.push_str(if pipe.assign { " = " } else { " := " });
        }
        for (at, id) in self.ids(pipe.commands).iter().enumerate() {
            if at > 0 {
                out.push_str(" | ");
            }
            self.write_node(out, *id);
        }
    }

    fn write_command(&self, out: &mut String, operands: Span) {
        for (at, id) in self.ids(operands).iter().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            self.write_operand(out, *id);
        }
    }

    /// A pipeline within a command or before a field stands in parentheses.
    fn write_operand(&self, out: &mut String, id: NodeId) {
        let parentheses = matches!(self.node(id).kind, NodeKind::Pipe(_));
        if parentheses {
            out.push('(');
        }
        self.write_node(out, id);
        if parentheses {
            out.push(')');
        }
    }

    fn write_fields(&self, out: &mut String, fields: Span) {
        for name in self.names(fields) {
            out.push('.');
            out.push_str(&self.name_lossy(*name));
        }
    }
}
