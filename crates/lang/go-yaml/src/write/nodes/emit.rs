//! The emitter for nodes: where things go, and the comments around them.

use std::borrow::Cow;

use super::Layout;
use super::analysis::{Analysis, analyze};
use super::page::Page;
use crate::node::{Comments, Quoting};

/// The longest text, in bytes, that is written as a key without `? `.
const MAX_SIMPLE_KEY: usize = 128;
/// The prefix of the tags that YAML itself defines.
const LONG_TAG_PREFIX: &[u8] = b"tag:yaml.org,2002:";

/// What is to be written.
#[derive(Debug)]
pub(super) enum What<'t> {
    DocumentStart,
    DocumentEnd,
    Alias(&'t [u8]),
    Scalar { value: Cow<'t, [u8]>, quoting: Quoting },
    SequenceStart { flow: bool, empty: bool },
    SequenceEnd,
    MappingStart { flow: bool, empty: bool },
    MappingEnd,
}

/// What is to be written, with what belongs to it.
#[derive(Debug)]
pub(super) struct Event<'t> {
    pub(super) what: What<'t>,
    pub(super) anchor: &'t [u8],
    /// The whole tag if it is to be written.
    pub(super) tag: Cow<'t, [u8]>,
    pub(super) head: &'t [u8],
    pub(super) line: &'t [u8],
    pub(super) foot: &'t [u8],
    /// The foot of the previous key of a mapping.
    pub(super) tail: &'t [u8],
}

impl<'t> Event<'t> {
    pub(super) fn new(what: What<'t>) -> Self {
        Event {
            what,
            anchor: b"",
            tag: Cow::Borrowed(b""),
            head: b"",
            line: b"",
            foot: b"",
            tail: b"",
        }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    DocumentStart { first: bool },
    Content,
    DocumentEnd,
    FlowItem { first: bool, trail: bool },
    FlowKey { first: bool, trail: bool },
    FlowValue { simple: bool },
    Item { first: bool },
    Key { first: bool },
    Value { simple: bool },
}

/// A tag as it is written.
#[derive(Debug, Default)]
struct Tag<'e> {
    handle: &'static [u8],
    suffix: &'e [u8],
}

impl Tag<'_> {
    fn new(tag: &[u8]) -> Tag<'_> {
        if let Some(suffix) = tag.strip_prefix(b"!") {
            return Tag { handle: b"!", suffix };
        }
        match tag.strip_prefix(LONG_TAG_PREFIX) {
            Some(suffix) => Tag { handle: b"!!", suffix },
            None => Tag {
                handle: b"",
                suffix: tag,
            },
        }
    }

    fn len(&self) -> usize {
        self.handle.len() + self.suffix.len()
    }
}

/// The emitter.
#[derive(Debug)]
pub(super) struct NodeEmitter {
    pub(super) page: Page,
    layout: Layout,
    state: State,
    states: Vec<State>,
    indents: Vec<isize>,
    flow_level: usize,
    /// Whether the last node was a key or a value of a mapping.
    in_mapping: bool,
    /// The comments that wait to be written.
    waiting: Comments,
    tail: Vec<u8>,
    /// The line comment of a key: it goes to the value.
    key_line: Vec<u8>,
}

impl NodeEmitter {
    pub(super) fn new(layout: Layout) -> Self {
        NodeEmitter {
            page: Page::new(),
            layout,
            state: State::DocumentStart { first: true },
            states: Vec::new(),
            indents: Vec::new(),
            flow_level: 0,
            in_mapping: false,
            waiting: Comments::default(),
            tail: Vec::new(),
            key_line: Vec::new(),
        }
    }

    pub(super) fn set_compact(&mut self, compact: bool) {
        self.layout.compact = compact;
    }

    /// Writes what the event tells.
    pub(super) fn emit(&mut self, event: &Event<'_>) {
        let slots = [
            (&mut self.waiting.head, event.head),
            (&mut self.waiting.line, event.line),
            (&mut self.waiting.foot, event.foot),
            (&mut self.tail, event.tail),
        ];
        for (slot, comment) in slots {
            if !comment.is_empty() {
                *slot = comment.to_vec();
            }
        }
        match self.state {
            State::DocumentStart { first } => self.document_start(first),
            State::Content => self.content(event),
            State::DocumentEnd => self.document_end(),
            State::FlowItem { first, trail } => self.flow_item(event, first, trail),
            State::FlowKey { first, trail } => self.flow_key(event, first, trail),
            State::FlowValue { simple } => self.flow_value(event, simple),
            State::Item { first } => self.item(event, first),
            State::Key { first } => self.key(event, first),
            State::Value { simple } => self.value(event, simple),
        }
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }

    fn increase_indent(&mut self, flow: bool, compact: bool) {
        let (indent, spaces) = (self.page.indent, self.layout.spaces as isize);
        self.indents.push(indent);
        self.page.indent = if indent < 0 {
            if flow { spaces } else { 0 }
        } else if self.states.last() == Some(&(State::Item { first: false })) {
            // The first indentation inside a sequence is that of its `- `.
            indent + 2
        } else {
            spaces * ((indent + spaces) / spaces) - if compact { 2 } else { 0 }
        };
    }

    fn decrease_indent(&mut self) {
        self.page.indent = self.indents.pop().unwrap_or(-1);
    }

    // ---- comments

    /// Tells whether a comment waits that ends a line.
    fn has_ending_comment(&self) -> bool {
        !(self.waiting.line.is_empty() && self.waiting.foot.is_empty() && self.tail.is_empty())
    }

    fn write_head(&mut self) {
        let tail = std::mem::take(&mut self.tail);
        if !tail.is_empty() {
            self.page.write_indent();
            self.page.write_comment(&tail);
            self.page.foot_indent = Some(self.page.margin());
        }
        let head = std::mem::take(&mut self.waiting.head);
        if !head.is_empty() {
            self.page.write_indent();
            self.page.write_comment(&head);
        }
    }

    /// Writes the comment at the end of a line; returns whether there was one.
    fn write_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.waiting.line);
        if line.is_empty() {
            return false;
        }
        if !self.page.whitespace {
            self.page.put(b' ');
        }
        self.page.write_comment(&line);
        true
    }

    fn write_foot(&mut self) {
        let foot = std::mem::take(&mut self.waiting.foot);
        if foot.is_empty() {
            return;
        }
        self.page.write_indent();
        self.page.write_comment(&foot);
        self.page.foot_indent = Some(self.page.margin());
    }

    fn write_line_and_foot(&mut self) {
        self.write_line();
        self.write_foot();
    }

    // ---- documents

    fn document_start(&mut self, first: bool) {
        if !first {
            self.page.write_indent();
            self.page.write_indicator(b"---", true, false, false);
            self.page.write_indent();
        }
        if !self.waiting.head.is_empty() {
            self.write_head();
            self.page.put_break();
        }
        self.state = State::Content;
    }

    fn content(&mut self, event: &Event<'_>) {
        self.states.push(State::DocumentEnd);
        self.write_head();
        self.node(event, false, false);
        self.write_line_and_foot();
    }

    fn document_end(&mut self) {
        // An empty line keeps the document's foot apart.
        self.page.foot_indent = Some(0);
        self.write_foot();
        self.page.foot_indent = None;
        self.page.write_indent();
        self.state = State::DocumentStart { first: false };
    }

    // ---- brackets

    fn open_bracket(&mut self, bracket: &[u8]) {
        self.page.write_indicator(bracket, true, true, false);
        self.increase_indent(true, false);
        self.flow_level += 1;
    }

    fn close_bracket(&mut self, bracket: &[u8]) {
        self.page.write_indicator(bracket, false, false, false);
        self.write_line_and_foot();
        self.pop_state();
    }

    fn write_comma(&mut self) {
        self.page.write_indicator(b",", false, false, false);
    }

    /// Writes what comes before an item or key in brackets.
    fn begin_flow_item(&mut self, first: bool, trail: bool) {
        if !first && !trail {
            self.write_comma();
        }
        self.write_head();
        if self.page.column == 0 {
            self.page.write_indent();
        }
    }

    /// Writes what comes after an item or value in brackets. The comma goes before the comment.
    fn end_flow_item(&mut self) {
        if self.has_ending_comment() {
            self.write_comma();
        }
        self.write_line_and_foot();
    }

    fn flow_item(&mut self, event: &Event<'_>, first: bool, trail: bool) {
        if first {
            self.open_bracket(b"[");
        }
        if let What::SequenceEnd = event.what {
            self.flow_level -= 1;
            self.decrease_indent();
            if self.page.column == 0 {
                self.page.write_indent();
            }
            return self.close_bracket(b"]");
        }
        self.begin_flow_item(first, trail);
        let trail = self.has_ending_comment();
        self.states.push(State::FlowItem { first: false, trail });
        self.node(event, false, false);
        self.end_flow_item();
    }

    fn flow_key(&mut self, event: &Event<'_>, first: bool, trail: bool) {
        if first {
            self.open_bracket(b"{");
        }
        if let What::MappingEnd = event.what {
            let waiting = &self.waiting;
            let comments = !(waiting.head.is_empty() && waiting.foot.is_empty() && self.tail.is_empty());
            if comments && !first && !trail {
                self.write_comma();
            }
            self.write_head();
            self.flow_level -= 1;
            self.decrease_indent();
            return self.close_bracket(b"}");
        }
        self.begin_flow_item(first, trail);
        let simple = is_simple_key(event);
        if !simple {
            self.page.write_indicator(b"?", true, false, false);
        }
        self.states.push(State::FlowValue { simple });
        self.node(event, true, simple);
    }

    fn flow_value(&mut self, event: &Event<'_>, simple: bool) {
        self.page.write_indicator(b":", !simple, false, false);
        let trail = self.has_ending_comment();
        self.states.push(State::FlowKey { first: false, trail });
        self.node(event, true, false);
        self.end_flow_item();
    }

    // ---- blocks

    fn item(&mut self, event: &Event<'_>, first: bool) {
        if first {
            let on_own_line = self.page.column == 0 || !self.page.indention;
            self.increase_indent(false, self.in_mapping && on_own_line && self.layout.compact);
        }
        if let What::SequenceEnd = event.what {
            self.decrease_indent();
            return self.pop_state();
        }
        self.write_head();
        self.page.write_indent();
        self.page.write_indicator(b"-", true, false, true);
        self.states.push(State::Item { first: false });
        self.node(event, false, false);
        self.write_line_and_foot();
    }

    fn key(&mut self, event: &Event<'_>, first: bool) {
        if first {
            self.increase_indent(false, false);
        }
        self.write_head();
        if let What::MappingEnd = event.what {
            self.decrease_indent();
            return self.pop_state();
        }
        self.page.write_indent();
        if !self.waiting.line.is_empty() {
            self.key_line = std::mem::take(&mut self.waiting.line);
        }
        let simple = is_simple_key(event);
        if !simple {
            self.page.write_indicator(b"?", true, false, true);
        }
        self.states.push(State::Value { simple });
        self.node(event, true, simple);
    }

    fn value(&mut self, event: &Event<'_>, simple: bool) {
        if simple {
            self.page.write_indicator(b":", false, false, false);
        } else {
            self.page.write_indent();
            self.page.write_indicator(b":", true, false, true);
        }
        self.place_key_comment(event);
        self.states.push(State::Key { first: false });
        self.node(event, true, false);
        self.write_line_and_foot();
    }

    /// The line comment of a key is written after the `:` when a block follows; a scalar takes it over, if it has none.
    fn place_key_comment(&mut self, event: &Event<'_>) {
        if self.key_line.is_empty() {
            return;
        }
        match event.what {
            What::Scalar { .. } if self.waiting.line.is_empty() => {
                self.waiting.line = std::mem::take(&mut self.key_line);
            }
            What::SequenceStart { flow: false, .. } | What::MappingStart { flow: false, .. } => {
                std::mem::swap(&mut self.waiting.line, &mut self.key_line);
                self.write_line();
                std::mem::swap(&mut self.waiting.line, &mut self.key_line);
            }
            _ => {}
        }
    }

    // ---- nodes

    fn node(&mut self, event: &Event<'_>, in_mapping: bool, simple_key: bool) {
        self.in_mapping = in_mapping;
        match &event.what {
            What::Alias(name) => {
                self.page.write_indicator(b"*", true, false, false);
                self.page.write_name(name);
                self.pop_state();
            }
            What::Scalar { value, quoting } => {
                self.scalar(event, value, *quoting, simple_key);
                self.pop_state();
            }
            What::SequenceStart { flow, empty } => {
                self.write_properties(event);
                self.state = if self.flow_level > 0 || *flow || *empty {
                    State::FlowItem {
                        first: true,
                        trail: false,
                    }
                } else {
                    State::Item { first: true }
                };
            }
            What::MappingStart { flow, empty } => {
                self.write_properties(event);
                self.state = if self.flow_level > 0 || *flow || *empty {
                    State::FlowKey {
                        first: true,
                        trail: false,
                    }
                } else {
                    State::Key { first: true }
                };
            }
            What::DocumentStart | What::DocumentEnd | What::SequenceEnd | What::MappingEnd => {}
        }
    }

    fn write_properties(&mut self, event: &Event<'_>) {
        if !event.anchor.is_empty() {
            self.page.write_indicator(b"&", true, false, false);
            self.page.write_name(event.anchor);
        }
        if event.tag.is_empty() {
            return;
        }
        let tag = Tag::new(&event.tag);
        if tag.handle.is_empty() {
            self.page.write_indicator(b"!<", true, false, false);
            self.page.write_tag_content(tag.suffix);
            self.page.write_indicator(b">", false, false, false);
            return;
        }
        self.page.write_indicator(tag.handle, true, false, false);
        if !tag.suffix.is_empty() {
            self.page.write_tag_content(tag.suffix);
        }
    }

    fn scalar(&mut self, event: &Event<'_>, value: &[u8], quoting: Quoting, simple_key: bool) {
        let quoting = self.choose(value, quoting, simple_key);
        self.write_properties(event);
        self.increase_indent(true, false);
        match quoting {
            Quoting::Plain => self.page.write_plain(value),
            Quoting::Single => self.page.write_single_quoted(value),
            Quoting::Double => self.page.write_double_quoted(value),
            Quoting::Literal => {
                self.begin_block_scalar(b"|", value);
                self.page.write_literal_lines(value);
            }
            Quoting::Folded => {
                self.begin_block_scalar(b">", value);
                self.page.write_folded_lines(value);
            }
        }
        self.decrease_indent();
    }

    fn begin_block_scalar(&mut self, indicator: &[u8], value: &[u8]) {
        self.page.write_indicator(indicator, true, false, false);
        self.page.write_block_hints(value, self.layout.spaces);
        if !self.write_line() {
            self.page.put_break();
        }
    }

    /// Falls back to a style that is possible.
    fn choose(&self, value: &[u8], quoting: Quoting, simple_key: bool) -> Quoting {
        let analysis = analyze(value);
        let flow = self.flow_level > 0;
        let mut quoting = quoting;
        if simple_key && analysis.multiline {
            quoting = Quoting::Double;
        }
        if quoting == Quoting::Plain && !is_plain_allowed(analysis, flow, value.is_empty(), simple_key) {
            quoting = Quoting::Single;
        }
        if quoting == Quoting::Single && !analysis.single_quoted_allowed {
            quoting = Quoting::Double;
        }
        let block = matches!(quoting, Quoting::Literal | Quoting::Folded);
        if block && (!analysis.block_allowed || flow || simple_key) {
            quoting = Quoting::Double;
        }
        quoting
    }
}

fn is_plain_allowed(analysis: Analysis, flow: bool, empty: bool, simple_key: bool) -> bool {
    let allowed = match flow {
        true => analysis.flow_plain_allowed,
        false => analysis.block_plain_allowed,
    };
    allowed && !(empty && (flow || simple_key))
}

/// Tells whether a node can stand before a `:` on the same line.
fn is_simple_key(event: &Event<'_>) -> bool {
    let tag = match event.tag.is_empty() {
        true => 0,
        false => Tag::new(&event.tag).len(),
    };
    let length = match &event.what {
        What::Alias(name) => name.len(),
        What::Scalar { value, .. } if !analyze(value).multiline => event.anchor.len() + tag + value.len(),
        What::SequenceStart { empty: true, .. } | What::MappingStart { empty: true, .. } => event.anchor.len() + tag,
        _ => return false,
    };
    length <= MAX_SIMPLE_KEY
}
