//! Tokens to events that have comments.

use std::borrow::Cow;

use super::super::parser::LONG_TAG_PREFIX;
use super::super::token::{Kind, Scalar, Style, TagToken};
use super::comment::Part;
use super::mark::Mark;
use super::scan::{NodeScanner, Token};
use crate::Error;
use crate::node::Comments;

/// What happens in a text.
#[derive(Debug)]
pub(super) enum What<'a> {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'a [u8]),
    Scalar(Scalar<'a>),
    SequenceStart {
        flow: bool,
    },
    MappingStart {
        flow: bool,
    },
    /// Of a sequence or a mapping.
    End,
}

/// An event, with what belongs to it.
#[derive(Debug)]
pub(super) struct Event<'a> {
    pub(super) what: What<'a>,
    pub(super) start: Mark,
    pub(super) anchor: Option<&'a [u8]>,
    /// The whole tag; empty when there is none.
    pub(super) tag: Cow<'a, [u8]>,
    pub(super) comments: Comments,
}

impl<'a> Event<'a> {
    fn new(what: What<'a>, start: Mark) -> Self {
        Event {
            what,
            start,
            anchor: None,
            tag: Cow::Borrowed(b""),
            comments: Comments::default(),
        }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Document { implicit: bool },
    DocumentContent,
    DocumentEnd,
    BlockNode,
    SequenceEntry { first: bool },
    IndentlessEntry,
    MappingKey { first: bool },
    MappingValue,
    FlowEntry { first: bool },
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowKey { first: bool },
    FlowValue { empty: bool },
    End,
}

/// Which nodes may stand at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Flow,
    Block,
    /// Also a sequence that is not indented more than the mapping it is a value of.
    BlockOrIndentless,
}

/// The parser.
pub(super) struct NodeParser<'a> {
    scanner: NodeScanner<'a>,
    state: State,
    states: Vec<State>,
    /// The lines where the open collections began.
    lines: Vec<isize>,
    tag_directives: Vec<(&'a [u8], Cow<'a, [u8]>)>,
    /// The comments that wait for the next event that takes comments.
    waiting: Comments,
    /// The head of a collection that is an entry of a sequence.
    stem: Vec<u8>,
}

type Next<'a> = Result<Event<'a>, Error>;

impl<'a> NodeParser<'a> {
    /// Makes a parser of the scanner's tokens.
    pub(super) fn new(scanner: NodeScanner<'a>) -> Self {
        NodeParser {
            scanner,
            state: State::Document { implicit: true },
            states: Vec::new(),
            lines: Vec::new(),
            tag_directives: Vec::new(),
            waiting: Comments::default(),
            stem: Vec::new(),
        }
    }

    /// Returns the next event. After the end there are only more ends.
    pub(super) fn next(&mut self) -> Next<'a> {
        let event = self.next_of_state()?;
        self.scanner.failure()?;
        Ok(event)
    }

    fn next_of_state(&mut self) -> Next<'a> {
        match self.state {
            State::Document { implicit } => self.document_start(implicit),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(Place::Block),
            State::SequenceEntry { first } => self.sequence_entry(first),
            State::IndentlessEntry => self.indentless_entry(),
            State::MappingKey { first } => self.mapping_key(first),
            State::MappingValue => self.mapping_value(),
            State::FlowEntry { first } => self.flow_entry(first),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => self.flow_pair_end(),
            State::FlowKey { first } => self.flow_key(first),
            State::FlowValue { empty } => self.flow_value(empty),
            State::End => Ok(Event::new(What::StreamEnd, Mark::default())),
        }
    }

    // ---- tokens and comments

    /// Returns the next token, after the comments that belong to it have been collected.
    fn peek(&mut self) -> Result<&Token<'a>, Error> {
        let token = self.scanner.peek()?;
        let start = token.start.index;
        let is_end = matches!(token.kind, Kind::BlockEnd);
        while let Some(comment) = self.scanner.comments.front() {
            if start < comment.token.index || (comment.part == Part::Head && is_end) {
                break;
            }
            let slot = match comment.part {
                Part::Head => &mut self.waiting.head,
                Part::Line => &mut self.waiting.line,
                Part::Foot => &mut self.waiting.foot,
            };
            if !slot.is_empty() {
                slot.push(b'\n');
            }
            slot.extend_from_slice(&comment.text);
            self.scanner.comments.pop_front();
        }
        self.scanner.peek()
    }

    fn take(&mut self) -> Token<'a> {
        self.scanner.take().unwrap_or(Token {
            kind: Kind::StreamEnd,
            start: Mark::default(),
            end: Mark::default(),
        })
    }

    /// Gives the waiting comments to an event.
    fn take_comments(&mut self, event: &mut Event<'a>) {
        event.comments = std::mem::take(&mut self.waiting);
        self.stem.clear();
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn error(context: isize, problem: &str, line: isize) -> Error {
        let line = if context > 0 { context } else { line };
        Error::syntax(line.max(0) as usize, problem)
    }

    fn context(&self) -> isize {
        self.lines.last().copied().unwrap_or_default()
    }

    fn empty_scalar(&mut self, state: State, mark: Mark) -> Next<'a> {
        self.state = state;
        let scalar = Scalar::direct(b"", Style::Plain);
        Ok(Event::new(What::Scalar(scalar), mark))
    }

    // ---- documents

    fn document_start(&mut self, implicit: bool) -> Next<'a> {
        if let Kind::StreamStart = self.peek()?.kind {
            self.take();
        }
        if !implicit {
            while let Kind::DocumentEnd = self.peek()?.kind {
                self.take();
            }
        }
        let token = self.peek()?;
        let start = token.start;
        match token.kind {
            Kind::StreamEnd => {
                self.take();
                self.state = State::End;
                return Ok(Event::new(What::StreamEnd, start));
            }
            Kind::Version(..) | Kind::TagDirective(_) | Kind::DocumentStart => {}
            _ if implicit => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                let mut event = Event::new(What::DocumentStart, start);
                event.comments.head = self.split_document_head();
                return Ok(event);
            }
            _ => {}
        }
        self.directives()?;
        let token = self.peek()?;
        if !matches!(token.kind, Kind::DocumentStart) {
            let line = token.start.line;
            return Err(Self::error(0, "did not find expected <document start>", line));
        }
        self.take();
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(Event::new(What::DocumentStart, start))
    }

    /// Takes off the waiting head what stands before its last empty line: it is about the document.
    fn split_document_head(&mut self) -> Vec<u8> {
        let head = &mut self.waiting.head;
        for at in (1..head.len()).rev() {
            if head[at] != b'\n' {
                continue;
            }
            let end = match head[at - 1] {
                _ if at + 1 == head.len() => at,
                b'\n' => at - 1,
                _ => continue,
            };
            let rest = head.split_off(at + 1);
            let mut document = std::mem::replace(head, rest);
            document.truncate(end);
            return document;
        }
        Vec::new()
    }

    fn document_content(&mut self) -> Next<'a> {
        let token = self.peek()?;
        match token.kind {
            Kind::Version(..) | Kind::TagDirective(_) | Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd => {
                let start = token.start;
                self.pop_state();
                self.empty_scalar(self.state, start)
            }
            _ => self.node(Place::Block),
        }
    }

    fn document_end(&mut self) -> Next<'a> {
        let token = self.peek()?;
        let start = token.start;
        if let Kind::DocumentEnd = token.kind {
            self.take();
        }
        self.tag_directives.clear();
        self.state = State::Document { implicit: false };
        let mut event = Event::new(What::DocumentEnd, start);
        self.take_comments(&mut event);
        if event.comments.foot.is_empty() {
            event.comments.foot = std::mem::take(&mut event.comments.head);
        }
        Ok(event)
    }

    fn directives(&mut self) -> Result<(), Error> {
        let mut version_seen = false;
        loop {
            let token = self.peek()?;
            let line = token.start.line;
            match &token.kind {
                Kind::Version(..) if version_seen => {
                    return Err(Self::error(0, "found duplicate %YAML directive", line));
                }
                Kind::Version(1, 1) => version_seen = true,
                Kind::Version(..) => return Err(Self::error(0, "found incompatible YAML document", line)),
                Kind::TagDirective(tag) => {
                    let (handle, prefix) = (tag.handle, tag.suffix.clone());
                    if self.tag_directives.iter().any(|(known, _)| *known == handle) {
                        return Err(Self::error(0, "found duplicate %TAG directive", line));
                    }
                    self.tag_directives.push((handle, prefix));
                }
                _ => return Ok(()),
            }
            self.take();
        }
    }

    // ---- nodes

    fn node(&mut self, place: Place) -> Next<'a> {
        let token = self.peek()?;
        let mut event = Event::new(What::End, token.start);
        if let Kind::Alias(name) = token.kind {
            event.what = What::Alias(name);
            self.pop_state();
            self.take_comments(&mut event);
            self.take();
            return Ok(event);
        }
        self.properties(&mut event)?;
        self.node_content(place, event)
    }

    /// Reads an anchor and a tag, in either order, one of each at most.
    fn properties(&mut self, event: &mut Event<'a>) -> Result<(), Error> {
        let mut tag: Option<(Box<TagToken<'a>>, isize)> = None;
        loop {
            match self.peek()?.kind {
                Kind::Anchor(name) if event.anchor.is_none() => {
                    event.anchor = Some(name);
                    self.take();
                }
                Kind::Tag(_) if tag.is_none() => {
                    let token = self.take();
                    if let Kind::Tag(found) = token.kind {
                        tag = Some((found, token.start.line));
                    }
                }
                _ => break,
            }
        }
        if let Some((tag, line)) = tag {
            let undefined = || Self::error(event.start.line, "found undefined tag handle", line);
            event.tag = self.resolve_tag(*tag).ok_or_else(undefined)?;
        }
        Ok(())
    }

    fn resolve_tag(&self, tag: TagToken<'a>) -> Option<Cow<'a, [u8]>> {
        let declared = self.tag_directives.iter().find(|(known, _)| *known == tag.handle);
        let prefix: &[u8] = match (declared, tag.handle) {
            (_, b"") => return Some(tag.suffix),
            (Some((_, prefix)), _) => prefix,
            (None, b"!") => b"!",
            (None, b"!!") => LONG_TAG_PREFIX,
            (None, _) => return None,
        };
        let whole = [prefix, &tag.suffix].concat();
        if whole.is_empty() {
            None
        } else {
            Some(Cow::Owned(whole))
        }
    }

    fn node_content(&mut self, place: Place, mut event: Event<'a>) -> Next<'a> {
        let token = self.peek()?;
        let start = token.start;
        match token.kind {
            Kind::BlockEntry if place == Place::BlockOrIndentless => {
                self.state = State::IndentlessEntry;
                event.what = What::SequenceStart { flow: false };
            }
            Kind::Scalar(scalar) => {
                self.pop_state();
                event.what = What::Scalar(scalar);
                self.take_comments(&mut event);
                self.take();
            }
            Kind::FlowSequenceStart => {
                self.state = State::FlowEntry { first: true };
                event.what = What::SequenceStart { flow: true };
                self.take_comments(&mut event);
            }
            Kind::FlowMappingStart => {
                self.state = State::FlowKey { first: true };
                event.what = What::MappingStart { flow: true };
                self.take_comments(&mut event);
            }
            Kind::BlockSequenceStart if place != Place::Flow => {
                self.state = State::SequenceEntry { first: true };
                event.what = What::SequenceStart { flow: false };
                event.comments.head = std::mem::take(&mut self.stem);
            }
            Kind::BlockMappingStart if place != Place::Flow => {
                self.state = State::MappingKey { first: true };
                event.what = What::MappingStart { flow: false };
                event.comments.head = std::mem::take(&mut self.stem);
            }
            _ if event.anchor.is_some() || !event.tag.is_empty() => {
                self.pop_state();
                event.what = What::Scalar(Scalar::direct(b"", Style::Plain));
            }
            _ => {
                let problem = "did not find expected node content";
                return Err(Self::error(event.start.line, problem, start.line));
            }
        }
        Ok(event)
    }

    /// Reads a node now and goes on with `state` after it.
    fn node_then(&mut self, state: State, place: Place) -> Next<'a> {
        self.states.push(state);
        self.node(place)
    }

    // ---- block collections

    /// Takes the token that begins a collection.
    fn begin_collection(&mut self) -> Result<(), Error> {
        let line = self.peek()?.start.line;
        self.lines.push(line);
        self.take();
        Ok(())
    }

    /// Ends a collection with the next token; [`What::End`] of a block sequence takes no comments.
    fn end_collection(&mut self, takes_comments: bool) -> Next<'a> {
        self.pop_state();
        self.lines.pop();
        let mut event = Event::new(What::End, self.peek()?.start);
        if takes_comments {
            self.take_comments(&mut event);
        }
        self.take();
        Ok(event)
    }

    /// Takes the `-` before an entry. A head that waited before it belongs to the collection that follows on the same
    /// line, if there is one; it is put aside.
    fn take_entry_indicator(&mut self) -> Result<Mark, Error> {
        let end = self.peek()?.end;
        let head = self.waiting.head.len();
        self.take();
        if head == 0 {
            return Ok(end);
        }
        // yaml.v3 does not look at a failure here, and reads on.
        let begins_block = match self.peek() {
            Ok(token) => matches!(token.kind, Kind::BlockSequenceStart | Kind::BlockMappingStart),
            Err(error) => {
                self.scanner.failed = Some(error);
                false
            }
        };
        if begins_block {
            let rest = self.waiting.head.split_off((head + 1).min(self.waiting.head.len()));
            self.stem = std::mem::replace(&mut self.waiting.head, rest);
            self.stem.truncate(head);
        }
        Ok(end)
    }

    fn sequence_entry(&mut self, first: bool) -> Next<'a> {
        if first {
            self.begin_collection()?;
        }
        let token = self.peek()?;
        let line = token.start.line;
        match token.kind {
            Kind::BlockEntry => {
                let end = self.take_entry_indicator()?;
                let state = State::SequenceEntry { first: false };
                match self.peek()?.kind {
                    Kind::BlockEntry | Kind::BlockEnd => self.empty_scalar(state, end),
                    _ => self.node_then(state, Place::Block),
                }
            }
            Kind::BlockEnd => self.end_collection(false),
            _ => Err(Self::error(self.context(), "did not find expected '-' indicator", line)),
        }
    }

    fn indentless_entry(&mut self) -> Next<'a> {
        let token = self.peek()?;
        let start = token.start;
        let Kind::BlockEntry = token.kind else {
            self.pop_state();
            return Ok(Event::new(What::End, start));
        };
        let end = self.take_entry_indicator()?;
        match self.peek()?.kind {
            Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => {
                self.empty_scalar(State::IndentlessEntry, end)
            }
            _ => self.node_then(State::IndentlessEntry, Place::Block),
        }
    }

    fn mapping_key(&mut self, first: bool) -> Next<'a> {
        if first {
            self.begin_collection()?;
        }
        let token = self.peek()?;
        let (line, end) = (token.start.line, token.end);
        match token.kind {
            Kind::Key => {
                self.take();
                match self.peek()?.kind {
                    Kind::Key | Kind::Value | Kind::BlockEnd => self.empty_scalar(State::MappingValue, end),
                    _ => self.node_then(State::MappingValue, Place::BlockOrIndentless),
                }
            }
            Kind::BlockEnd => self.end_collection(true),
            _ => Err(Self::error(self.context(), "did not find expected key", line)),
        }
    }

    fn mapping_value(&mut self) -> Next<'a> {
        let state = State::MappingKey { first: false };
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        let Kind::Value = token.kind else {
            return self.empty_scalar(state, start);
        };
        self.take();
        match self.peek()?.kind {
            Kind::Key | Kind::Value | Kind::BlockEnd => self.empty_scalar(state, end),
            _ => self.node_then(state, Place::BlockOrIndentless),
        }
    }

    // ---- flow collections

    /// Steps over the `,` between entries, and over the bracket before the first. Returns whether the collection ends here.
    fn flow_separator(&mut self, first: bool, is_end: fn(&Kind<'a>) -> bool, problem: &str) -> Result<bool, Error> {
        if first {
            self.begin_collection()?;
        }
        let token = self.peek()?;
        if is_end(&token.kind) {
            return Ok(true);
        }
        if !first {
            let Kind::FlowEntry = token.kind else {
                let line = token.start.line;
                return Err(Self::error(self.context(), problem, line));
            };
            self.take();
        }
        Ok(is_end(&self.peek()?.kind))
    }

    fn flow_entry(&mut self, first: bool) -> Next<'a> {
        let is_end = |kind: &Kind<'a>| matches!(kind, Kind::FlowSequenceEnd);
        if self.flow_separator(first, is_end, "did not find expected ',' or ']'")? {
            return self.end_collection(true);
        }
        let token = self.peek()?;
        if let Kind::Key = token.kind {
            let start = token.start;
            self.take();
            self.state = State::FlowPairKey;
            return Ok(Event::new(What::MappingStart { flow: true }, start));
        }
        self.node_then(State::FlowEntry { first: false }, Place::Flow)
    }

    fn flow_pair_key(&mut self) -> Next<'a> {
        let token = self.peek()?;
        match token.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                // go-yaml loses this token, as libyaml does.
                let end = token.end;
                self.take();
                self.empty_scalar(State::FlowPairValue, end)
            }
            _ => self.node_then(State::FlowPairValue, Place::Flow),
        }
    }

    fn flow_pair_value(&mut self) -> Next<'a> {
        let token = self.peek()?;
        let mut start = token.start;
        if let Kind::Value = token.kind {
            let slots = self.scanner.slots;
            self.take();
            if !matches!(self.peek()?.kind, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                return self.node_then(State::FlowPairEnd, Place::Flow);
            }
            let other = self.scanner.slots.now_at_head_of(slots);
            if let Some(token) = other.and_then(|at| self.scanner.tokens.get(at)) {
                start = token.start;
            }
        }
        self.empty_scalar(State::FlowPairEnd, start)
    }

    fn flow_pair_end(&mut self) -> Next<'a> {
        let start = self.peek()?.start;
        self.state = State::FlowEntry { first: false };
        Ok(Event::new(What::End, start))
    }

    fn flow_key(&mut self, first: bool) -> Next<'a> {
        let is_end = |kind: &Kind<'a>| matches!(kind, Kind::FlowMappingEnd);
        if self.flow_separator(first, is_end, "did not find expected ',' or '}'")? {
            return self.end_collection(true);
        }
        let Kind::Key = self.peek()?.kind else {
            return self.node_then(State::FlowValue { empty: true }, Place::Flow);
        };
        self.take();
        let state = State::FlowValue { empty: false };
        let token = self.peek()?;
        match token.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => {
                let start = token.start;
                self.empty_scalar(state, start)
            }
            _ => self.node_then(state, Place::Flow),
        }
    }

    fn flow_value(&mut self, empty: bool) -> Next<'a> {
        let state = State::FlowKey { first: false };
        if let (Kind::Value, false) = (&self.peek()?.kind, empty) {
            self.take();
            if !matches!(self.peek()?.kind, Kind::FlowEntry | Kind::FlowMappingEnd) {
                return self.node_then(state, Place::Flow);
            }
        }
        let start = self.peek()?.start;
        self.empty_scalar(state, start)
    }
}
