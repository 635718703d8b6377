//! The trees of a text under construction.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use go_value::Str;

use super::node::{Group, Node, NodeId, NodeKind};
use super::number::Number;
use super::tree::Body;
use crate::func::FuncMap;

/// How many builders are kept, and how many nodes one of them may have room for.
const MOST_SPARE: usize = 8;
const MOST_SPARE_NODES: usize = 1 << 16;

/// Among how many strings an equal one is looked for.
const SAME_STRINGS: usize = 8;

/// The place of the variable `$`, which every template has.
pub(crate) const DOLLAR: u32 = 0;

thread_local! {
    /// Builders that are done. Lists that grow anew for every text cost more than all that is put into them.
    static SPARE: RefCell<Vec<Builder>> = const { RefCell::new(Vec::new()) };
}

/// Collects the nodes of one text.
#[derive(Default)]
pub(crate) struct Builder {
    nodes: Vec<Node>,
    words: Vec<u32>,
    /// Words of groups that are not complete; those of the innermost come last.
    open: Vec<u32>,
    variables: Vec<Str>,
    strings: Vec<Str>,
    numbers: Vec<Number>,
    variable_places: HashMap<Str, u32, RandomState>,
}

impl Builder {
    /// Returns an empty builder, with room if there is one to spare.
    pub(crate) fn take() -> Builder {
        let mut builder = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        builder.variables.push("$".into());
        builder
    }

    fn give_back(mut self) {
        if self.nodes.capacity() > MOST_SPARE_NODES {
            return;
        }
        self.nodes.clear();
        self.words.clear();
        self.open.clear();
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

    pub(crate) fn kind(&self, id: NodeId) -> NodeKind {
        self.nodes[id as usize].kind
    }

    /// Opens a group: what is added from now on belongs to it, until it is closed.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// Adds a word to the innermost open group.
    pub(crate) fn add(&mut self, word: u32) {
        self.open.push(word);
    }

    /// The words of the open group `mark`.
    pub(crate) fn opened(&self, mark: usize) -> &[u32] {
        &self.open[mark..]
    }

    /// Changes a word of an open group.
    pub(crate) fn set(&mut self, place: usize, word: u32) {
        self.open[place] = word;
    }

    /// Forgets the open group `mark`.
    pub(crate) fn drop_group(&mut self, mark: usize) {
        self.open.truncate(mark);
    }

    /// Completes the open group `mark`, which those within have been before.
    pub(crate) fn close(&mut self, mark: usize) -> Group {
        let group = append_group(&mut self.words, &self.open[mark..]);
        self.open.truncate(mark);
        group
    }

    /// Makes a group of words that are at hand.
    pub(crate) fn group(&mut self, words: &[u32]) -> Group {
        append_group(&mut self.words, words)
    }

    fn group_words(&self, group: Group) -> &[u32] {
        group_words(&self.words, group)
    }

    /// The first operand of a command.
    pub(crate) fn first_operand(&self, command: NodeId) -> NodeId {
        match self.kind(command) {
            NodeKind::Command(group) => self.group_words(group)[0],
            _ => command,
        }
    }

    pub(crate) fn variable(&mut self, name: &[u8]) -> u32 {
        if name == b"$" {
            return DOLLAR;
        }
        if let Some(place) = self.variable_places.get(name) {
            return *place;
        }
        let name = Str::from(name);
        self.variables.push(name.clone());
        let place = (self.variables.len() - 1) as u32;
        self.variable_places.insert(name, place);
        place
    }

    pub(crate) fn string(&mut self, value: &[u8]) -> u32 {
        // Charts escape braces by the thousand, and name the same template again and again.
        let before = self.strings.iter().rev().take(SAME_STRINGS);
        match before.zip(1..).find(|(before, _)| before.as_bytes() == value) {
            Some((_, back)) => (self.strings.len() - back) as u32,
            None => {
                self.strings.push(value.into());
                (self.strings.len() - 1) as u32
            }
        }
    }

    pub(crate) fn string_at(&self, place: u32) -> &Str {
        &self.strings[place as usize]
    }

    pub(crate) fn number(&mut self, number: Number) -> u32 {
        self.numbers.push(number);
        (self.numbers.len() - 1) as u32
    }

    /// Go's `IsEmptyTree`: whether the list has nothing but white space in it.
    pub(crate) fn is_empty(&self, list: NodeId, source: &[u8]) -> bool {
        let NodeKind::List(group) = self.kind(list) else {
            return false;
        };
        let mut nodes = self.group_words(group).iter().map(|id| self.nodes[*id as usize]);
        nodes.all(|node| match node.kind {
            NodeKind::Text { end } => is_white_space(&source[node.position as usize..end as usize]),
            _ => false,
        })
    }

    pub(crate) fn finish(mut self, source: Str, functions: Arc<FuncMap>) -> Body {
        let body = Body {
            source,
            nodes: self.nodes.as_slice().into(),
            words: self.words.as_slice().into(),
            variables: self.variables.drain(..).collect(),
            strings: self.strings.drain(..).collect(),
            numbers: self.numbers.drain(..).collect(),
            functions,
        };
        self.give_back();
        body
    }
}

fn append_group(words: &mut Vec<u32>, group: &[u32]) -> Group {
    let place = Group(words.len() as u32);
    words.push(group.len() as u32);
    words.extend_from_slice(group);
    place
}

/// The words of a group, without their number.
#[inline]
pub(crate) fn group_words(words: &[u32], group: Group) -> &[u32] {
    let start = group.0 as usize;
    &words[start + 1..][..words[start] as usize]
}

fn is_white_space(text: &[u8]) -> bool {
    go_value::utf8::runes(text).all(|(_, rune)| rune.is_whitespace() && rune != '\u{fffd}')
}
