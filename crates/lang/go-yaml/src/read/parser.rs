//! Tokens to events: the grammar of YAML 1.1 as go-yaml reads it.

use std::borrow::Cow;

use super::scanner::Scanner;
use super::token::{Kind, Scalar, Style, Token};
use crate::Error;

/// The prefix of the tags that YAML itself defines.
pub(crate) const LONG_TAG_PREFIX: &[u8] = b"tag:yaml.org,2002:";

/// The anchor and the tag before a node; most nodes have none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties<'a> {
    pub(crate) anchor: Option<&'a [u8]>,
    pub(crate) tag: Cow<'a, [u8]>,
}

/// What a document is made of.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'a [u8]),
    Scalar {
        scalar: Scalar<'a>,
        /// Whether the type is to be guessed from the text.
        implicit: bool,
        properties: Option<Box<Properties<'a>>>,
    },
    SequenceStart(Option<Box<Properties<'a>>>),
    SequenceEnd,
    MappingStart(Option<Box<Properties<'a>>>),
    MappingEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
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
pub(crate) struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    /// The lines where the open collections began.
    marks: Vec<u32>,
    tag_directives: Vec<(Vec<u8>, Vec<u8>)>,
    started: bool,
}

type EventAt<'a> = (Event<'a>, u32);

impl<'a> Parser<'a> {
    /// Makes a parser of the scanner's tokens.
    pub(crate) fn new(scanner: Scanner<'a>) -> Self {
        Parser {
            scanner,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            marks: Vec::new(),
            tag_directives: Vec::new(),
            started: false,
        }
    }

    /// Returns the length of the text in bytes.
    pub(crate) fn text_len(&self) -> usize {
        self.scanner.text_len()
    }

    /// Returns the next event and the line, from 0, where it starts. After the end there are only more ends.
    pub(crate) fn next(&mut self) -> Result<EventAt<'a>, Error> {
        if !self.started {
            self.scanner.peek()?;
            self.scanner.take();
            self.started = true;
        }
        match self.state {
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(Place::Block),
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => self.flow_pair_end(),
            State::FlowMappingFirstKey => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => self.flow_mapping_empty_value(),
            State::End => Ok((Event::StreamEnd, 0)),
        }
    }

    /// Takes the next token, which [`Scanner::peek`] has found.
    fn take(&mut self) -> Token<'a> {
        self.scanner.take().unwrap_or(Token {
            kind: Kind::StreamEnd,
            line: 0,
            key_level: super::token::NO_KEY,
        })
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    #[cold]
    fn error(context: u32, problem: &str, line: u32) -> Error {
        Error::syntax(if line > 0 { line } else { context } as usize, problem)
    }

    fn empty_scalar(&mut self, state: State, line: u32) -> Result<EventAt<'a>, Error> {
        self.state = state;
        let scalar = Scalar::direct(b"", Style::Plain);
        Ok((
            Event::Scalar {
                scalar,
                implicit: true,
                properties: None,
            },
            line,
        ))
    }

    // ---- documents

    fn document_start(&mut self, implicit: bool) -> Result<EventAt<'a>, Error> {
        if !implicit {
            while let Kind::DocumentEnd = self.scanner.peek()?.kind {
                self.take();
            }
        }
        let token = self.scanner.peek()?;
        let line = token.line;
        match token.kind {
            Kind::StreamEnd => {
                self.take();
                self.state = State::End;
                return Ok((Event::StreamEnd, line));
            }
            Kind::Version(..) | Kind::TagDirective(_) | Kind::DocumentStart => {}
            _ if implicit => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                return Ok((Event::DocumentStart, line));
            }
            _ => {}
        }
        self.directives()?;
        let token = self.scanner.peek()?;
        if !matches!(token.kind, Kind::DocumentStart) {
            return Err(Self::error(0, "did not find expected <document start>", token.line));
        }
        self.take();
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok((Event::DocumentStart, line))
    }

    fn document_content(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::Version(..) | Kind::TagDirective(_) | Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd => {
                let line = token.line;
                self.pop_state();
                self.empty_scalar(self.state, line)
            }
            _ => self.node(Place::Block),
        }
    }

    fn document_end(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        if let Kind::DocumentEnd = token.kind {
            self.take();
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        Ok((Event::DocumentEnd, line))
    }

    fn directives(&mut self) -> Result<(), Error> {
        let mut version_seen = false;
        loop {
            let token = self.scanner.peek()?;
            let line = token.line;
            match &token.kind {
                Kind::Version(..) if version_seen => {
                    return Err(Self::error(0, "found duplicate %YAML directive", line));
                }
                Kind::Version(1, 1) => version_seen = true,
                Kind::Version(..) => return Err(Self::error(0, "found incompatible YAML document", line)),
                Kind::TagDirective(tag) => {
                    let (handle, prefix) = (tag.handle.to_vec(), tag.suffix.to_vec());
                    if self.tag_directives.iter().any(|(known, _)| *known == handle) {
                        return Err(Self::error(0, "found duplicate %TAG directive", line));
                    }
                    self.tag_directives.push((handle, prefix));
                }
                _ => break,
            }
            self.take();
        }
        Ok(())
    }

    /// Returns the whole tag of a handle and a suffix.
    fn resolve_tag(&self, handle: &[u8], suffix: Cow<'a, [u8]>) -> Option<Cow<'a, [u8]>> {
        let declared = self.tag_directives.iter().find(|(known, _)| known == handle);
        let prefix = match (declared, handle) {
            (_, b"") => return Some(suffix),
            (Some((_, prefix)), _) => prefix.as_slice(),
            (None, b"!") => b"!",
            (None, b"!!") => LONG_TAG_PREFIX,
            (None, _) => return None,
        };
        let tag = [prefix, &suffix].concat();
        if tag.is_empty() { None } else { Some(Cow::Owned(tag)) }
    }

    // ---- nodes

    fn node(&mut self, place: Place) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let start = token.line;
        match token.kind {
            Kind::Alias(name) => {
                self.take();
                self.pop_state();
                Ok((Event::Alias(name), start))
            }
            Kind::Anchor(_) | Kind::Tag(_) => {
                let properties = self.properties()?;
                self.node_content(place, start, Some(Box::new(properties)))
            }
            _ => self.node_content(place, start, None),
        }
    }

    /// Reads an anchor and a tag, in either order, one of each at most.
    fn properties(&mut self) -> Result<Properties<'a>, Error> {
        let start = self.scanner.peek()?.line;
        let mut properties = Properties::default();
        let mut tag = None;
        while let Kind::Anchor(_) | Kind::Tag(_) = self.scanner.peek()?.kind {
            let is_tag = matches!(self.scanner.peek()?.kind, Kind::Tag(_));
            if (is_tag && tag.is_some()) || (!is_tag && properties.anchor.is_some()) {
                break;
            }
            let token = self.take();
            match token.kind {
                Kind::Anchor(name) => properties.anchor = Some(name),
                Kind::Tag(found) => tag = Some((found, token.line)),
                _ => {}
            }
        }
        if let Some((found, line)) = tag {
            let undefined = || Self::error(start, "found undefined tag handle", line);
            properties.tag = self.resolve_tag(found.handle, found.suffix).ok_or_else(undefined)?;
        }
        Ok(properties)
    }

    fn node_content(
        &mut self,
        place: Place,
        start: u32,
        properties: Option<Box<Properties<'a>>>,
    ) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        match token.kind {
            Kind::BlockEntry if place == Place::BlockOrIndentless => {
                self.state = State::IndentlessSequenceEntry;
                Ok((Event::SequenceStart(properties), start))
            }
            Kind::Scalar(scalar) => {
                self.take();
                self.pop_state();
                let tag = properties.as_ref().map_or(&b""[..], |properties| &properties.tag);
                let implicit = (tag.is_empty() && scalar.style == Style::Plain) || tag == b"!";
                Ok((
                    Event::Scalar {
                        scalar,
                        implicit,
                        properties,
                    },
                    start,
                ))
            }
            Kind::FlowSequenceStart => {
                self.state = State::FlowSequenceFirstEntry;
                Ok((Event::SequenceStart(properties), start))
            }
            Kind::FlowMappingStart => {
                self.state = State::FlowMappingFirstKey;
                Ok((Event::MappingStart(properties), start))
            }
            Kind::BlockSequenceStart if place != Place::Flow => {
                self.take();
                self.marks.push(line);
                self.state = State::BlockSequenceEntry;
                Ok((Event::SequenceStart(properties), start))
            }
            Kind::BlockMappingStart if place != Place::Flow => {
                self.take();
                self.marks.push(line);
                self.state = State::BlockMappingKey;
                Ok((Event::MappingStart(properties), start))
            }
            _ if properties.is_some() => {
                self.pop_state();
                let scalar = Scalar::direct(b"", Style::Plain);
                let implicit = properties.as_ref().is_some_and(|properties| properties.tag.is_empty());
                Ok((
                    Event::Scalar {
                        scalar,
                        implicit,
                        properties,
                    },
                    start,
                ))
            }
            _ => Err(Self::error(start, "did not find expected node content", line)),
        }
    }

    // ---- block collections

    fn end_collection(&mut self, event: Event<'a>) -> Result<EventAt<'a>, Error> {
        let token = self.take();
        self.pop_state();
        self.marks.pop();
        Ok((event, token.line))
    }

    fn block_sequence_entry(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        match token.kind {
            Kind::BlockEntry => {
                self.take();
                match self.scanner.peek()?.kind {
                    Kind::BlockEntry | Kind::BlockEnd => self.empty_scalar(State::BlockSequenceEntry, line),
                    _ => {
                        self.states.push(State::BlockSequenceEntry);
                        self.node(Place::Block)
                    }
                }
            }
            Kind::BlockEnd => self.end_collection(Event::SequenceEnd),
            _ => Err(Self::error(self.context(), "did not find expected '-' indicator", line)),
        }
    }

    fn context(&self) -> u32 {
        self.marks.last().copied().unwrap_or_default()
    }

    fn indentless_sequence_entry(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        let Kind::BlockEntry = token.kind else {
            self.pop_state();
            return Ok((Event::SequenceEnd, line));
        };
        self.take();
        match self.scanner.peek()?.kind {
            Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => {
                self.empty_scalar(State::IndentlessSequenceEntry, line)
            }
            _ => {
                self.states.push(State::IndentlessSequenceEntry);
                self.node(Place::Block)
            }
        }
    }

    fn block_mapping_key(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        match token.kind {
            Kind::Key => {
                self.take();
                match self.scanner.peek()?.kind {
                    Kind::Key | Kind::Value | Kind::BlockEnd => self.empty_scalar(State::BlockMappingValue, line),
                    _ => {
                        self.states.push(State::BlockMappingValue);
                        self.node(Place::BlockOrIndentless)
                    }
                }
            }
            Kind::BlockEnd => self.end_collection(Event::MappingEnd),
            _ => Err(Self::error(self.context(), "did not find expected key", line)),
        }
    }

    fn block_mapping_value(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        let Kind::Value = token.kind else {
            return self.empty_scalar(State::BlockMappingKey, line);
        };
        self.take();
        match self.scanner.peek()?.kind {
            Kind::Key | Kind::Value | Kind::BlockEnd => self.empty_scalar(State::BlockMappingKey, line),
            _ => {
                self.states.push(State::BlockMappingKey);
                self.node(Place::BlockOrIndentless)
            }
        }
    }

    // ---- flow collections

    /// Steps over the `,` between entries, and over the bracket before the first.
    fn flow_separator(&mut self, first: bool, end: fn(&Kind<'a>) -> bool, problem: &str) -> Result<bool, Error> {
        if first {
            let line = self.take().line;
            self.marks.push(line);
        }
        let token = self.scanner.peek()?;
        if end(&token.kind) {
            return Ok(true);
        }
        if !first {
            let Kind::FlowEntry = token.kind else {
                let line = token.line;
                return Err(Self::error(self.context(), problem, line));
            };
            self.take();
        }
        Ok(end(&self.scanner.peek()?.kind))
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Result<EventAt<'a>, Error> {
        let is_end = |kind: &Kind<'a>| matches!(kind, Kind::FlowSequenceEnd);
        if self.flow_separator(first, is_end, "did not find expected ',' or ']'")? {
            return self.end_collection(Event::SequenceEnd);
        }
        let token = self.scanner.peek()?;
        if let Kind::Key = token.kind {
            let line = self.take().line;
            self.state = State::FlowPairKey;
            return Ok((Event::MappingStart(None), line));
        }
        self.states.push(State::FlowSequenceEntry);
        self.node(Place::Flow)
    }

    fn flow_pair_key(&mut self) -> Result<EventAt<'a>, Error> {
        match self.scanner.peek()?.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                // go-yaml loses this token, as libyaml does.
                let line = self.take().line;
                self.empty_scalar(State::FlowPairValue, line)
            }
            _ => {
                self.states.push(State::FlowPairValue);
                self.node(Place::Flow)
            }
        }
    }

    fn flow_pair_value(&mut self) -> Result<EventAt<'a>, Error> {
        let token = self.scanner.peek()?;
        let line = token.line;
        if let Kind::Value = token.kind {
            self.take();
            if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                self.states.push(State::FlowPairEnd);
                return self.node(Place::Flow);
            }
        }
        self.empty_scalar(State::FlowPairEnd, line)
    }

    fn flow_pair_end(&mut self) -> Result<EventAt<'a>, Error> {
        let line = self.scanner.peek()?.line;
        self.state = State::FlowSequenceEntry;
        Ok((Event::MappingEnd, line))
    }

    fn flow_mapping_key(&mut self, first: bool) -> Result<EventAt<'a>, Error> {
        let is_end = |kind: &Kind<'a>| matches!(kind, Kind::FlowMappingEnd);
        if self.flow_separator(first, is_end, "did not find expected ',' or '}'")? {
            return self.end_collection(Event::MappingEnd);
        }
        let Kind::Key = self.scanner.peek()?.kind else {
            self.states.push(State::FlowMappingEmptyValue);
            return self.node(Place::Flow);
        };
        self.take();
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => {
                let line = token.line;
                self.empty_scalar(State::FlowMappingValue, line)
            }
            _ => {
                self.states.push(State::FlowMappingValue);
                self.node(Place::Flow)
            }
        }
    }

    fn flow_mapping_value(&mut self) -> Result<EventAt<'a>, Error> {
        if let Kind::Value = self.scanner.peek()?.kind {
            self.take();
            if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowMappingEnd) {
                self.states.push(State::FlowMappingKey);
                return self.node(Place::Flow);
            }
        }
        let line = self.scanner.peek()?.line;
        self.empty_scalar(State::FlowMappingKey, line)
    }

    fn flow_mapping_empty_value(&mut self) -> Result<EventAt<'a>, Error> {
        let line = self.scanner.peek()?.line;
        self.empty_scalar(State::FlowMappingKey, line)
    }
}
