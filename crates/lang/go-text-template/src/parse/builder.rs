//! A tree under construction.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use go_value::Str;

use super::node::{Node, NodeId, NodeKind, Pipe, Span};
use super::number::Number;
use super::tree::{Body, Name, StringLiteral, Tree};
use crate::func::FuncMap;

/// How many builders are kept, and how many nodes one of them may have room for.
const MOST_SPARE: usize = 8;
const MOST_SPARE_NODES: usize = 1 << 16;

thread_local! {
    /// Builders that are done. Lists that grow anew for every template cost more than all that is put into them.
    static SPARE: RefCell<Vec<Builder>> = const { RefCell::new(Vec::new()) };
}

/// Collects the nodes of one template.
#[derive(Default)]
pub(crate) struct Builder {
    nodes: Vec<Node>,
    ids: Vec<NodeId>,
    pipes: Vec<Pipe>,
    names: Vec<Name>,
    variables: Vec<Str>,
    strings: Vec<StringLiteral>,
    numbers: Vec<Number>,
    variable_places: HashMap<Str, u32, RandomState>,
}

impl Builder {
    /// Returns an empty builder, with room if there is one to spare.
    pub(crate) fn take() -> Builder {
        SPARE.with_borrow_mut(Vec::pop).unwrap_or_default()
    }

    fn give_back(mut self) {
        if self.nodes.capacity() > MOST_SPARE_NODES {
            return;
        }
        self.nodes.clear();
        self.ids.clear();
        self.pipes.clear();
        self.names.clear();
        self.variables.clear();
        self.strings.clear();
        self.numbers.clear();
        self.variable_places.clear();
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < MOST_SPARE {
                spare.push(self);
            }
        });
    }

    pub(crate) fn push(&mut self, position: u32, kind: NodeKind) -> NodeId {
        self.nodes.push(Node { position, kind });
        (self.nodes.len() - 1) as NodeId
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(crate) fn ids(&mut self, ids: &[NodeId]) -> Span {
        let start = self.ids.len() as u32;
        self.ids.extend_from_slice(ids);
        Span {
            start,
            len: ids.len() as u32,
        }
    }

    pub(crate) fn first_of(&self, span: Span) -> Option<NodeId> {
        self.ids[span.range()].first().copied()
    }

    pub(crate) fn pipe(&mut self, position: u32, pipe: Pipe) -> NodeId {
        self.pipes.push(pipe);
        let place = (self.pipes.len() - 1) as u32;
        self.push(position, NodeKind::Pipe(place))
    }

    pub(crate) fn names(&mut self, names: &[Name]) -> Span {
        let start = self.names.len() as u32;
        self.names.extend_from_slice(names);
        Span {
            start,
            len: names.len() as u32,
        }
    }

    /// Returns those of `before` followed by `names`.
    pub(crate) fn more_names(&mut self, before: Span, names: &[Name]) -> Span {
        // Mostly those before are the last ones.
        if before.range().end != self.names.len() {
            self.names.extend_from_within(before.range());
        }
        self.names.extend_from_slice(names);
        let len = before.len + names.len() as u32;
        Span {
            start: self.names.len() as u32 - len,
            len,
        }
    }

    pub(crate) fn name(&mut self, name: Name) -> u32 {
        self.names.push(name);
        (self.names.len() - 1) as u32
    }

    pub(crate) fn variable(&mut self, name: &[u8]) -> u32 {
        if let Some(place) = self.variable_places.get(name) {
            return *place;
        }
        let name = Str::from(name);
        self.variables.push(name.clone());
        let place = (self.variables.len() - 1) as u32;
        self.variable_places.insert(name, place);
        place
    }

    pub(crate) fn string(&mut self, mut literal: StringLiteral) -> u32 {
        // Charts escape braces by the thousand: equal neighbours share their text.
        let before = self
            .strings
            .iter()
            .rev()
            .take(2)
            .find(|before| before.value == literal.value);
        if let Some(before) = before {
            literal.value = before.value.clone();
        }
        self.strings.push(literal);
        (self.strings.len() - 1) as u32
    }

    pub(crate) fn number(&mut self, number: Number) -> u32 {
        self.numbers.push(number);
        (self.numbers.len() - 1) as u32
    }

    /// Go's `IsEmptyTree`: whether the list has nothing but white space in it.
    pub(crate) fn is_empty(&self, list: NodeId, source: &[u8]) -> bool {
        let NodeKind::List(span) = self.node(list).kind else {
            return false;
        };
        self.ids[span.range()].iter().all(|id| match self.node(*id).kind {
            NodeKind::Text { start, end } => is_white_space(&source[start as usize..end as usize]),
            _ => false,
        })
    }

    /// Writes a node out, for error texts.
    pub(crate) fn text_of(&self, id: NodeId, source: &Str) -> String {
        let copy = Builder {
            nodes: self.nodes.clone(),
            ids: self.ids.clone(),
            pipes: self.pipes.clone(),
            names: self.names.clone(),
            variables: self.variables.clone(),
            strings: self.strings.clone(),
            numbers: self.numbers.clone(),
            ..Builder::default()
        };
        copy.finish(Str::default(), Str::default(), source.clone(), id, Arc::default())
            .node_text(id)
    }

    pub(crate) fn finish(
        mut self,
        name: Str,
        parse_name: Str,
        source: Str,
        root: NodeId,
        functions: Arc<FuncMap>,
    ) -> Tree {
        let body = Body {
            empty: self.is_empty(root, &source),
            source,
            root,
            nodes: self.nodes.as_slice().into(),
            ids: self.ids.as_slice().into(),
            pipes: self.pipes.as_slice().into(),
            names: self.names.as_slice().into(),
            variables: self.variables.drain(..).collect(),
            strings: self.strings.drain(..).collect(),
            numbers: self.numbers.drain(..).collect(),
            functions,
        };
        self.give_back();
        Tree {
            name,
            parse_name,
            body: Arc::new(body),
        }
    }
}

fn is_white_space(text: &[u8]) -> bool {
    go_value::utf8::runes(text).all(|(_, rune)| rune.is_whitespace() && rune != '\u{fffd}')
}
