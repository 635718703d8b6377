//! Events to values directly, for documents without anchors, tags, merge keys and mistakes.
//!
//! Nearly all documents are of this kind. Whatever is unusual makes the builder give up, and the document is read again in the
//! way of go-yaml; see [`super::decode`].

use go_value::{Map, Str, Value};

use super::convert;
use super::parser::{Event, Parser};
use super::resolve::{Resolved, resolve};
use super::token::{Scalar, Style};
use crate::{Dialect, Duplicates, Error, MAX_DEPTH, Numbers};

/// What the builder made of a document.
pub(crate) enum Built {
    /// The value.
    Value(Value),
    /// The document must be read in the slow way.
    Unusual,
}

/// An open collection.
enum Frame {
    /// Its items are those of the builder from this one on.
    List(usize),
    /// Its entries are those of the builder from this one on. The flag tells whether the last has no value yet.
    Map(usize, bool),
}

/// Reads the first document. Of a mapping at the top only the entries that `wanted` names are kept.
pub(crate) fn build(
    parser: &mut Parser<'_>,
    duplicates: Duplicates,
    numbers: Numbers,
    wanted: Option<&[&str]>,
) -> Result<Built, Error> {
    if let (Event::StreamEnd, _) = parser.next()? {
        return Ok(Built::Value(Value::Nil));
    }
    let mut builder = Builder::new(parser.text_len(), duplicates, numbers, wanted);
    loop {
        let (event, _) = parser.next()?;
        if let Event::DocumentEnd | Event::StreamEnd = event {
            return Ok(Built::Value(builder.root));
        }
        if builder.add(event).is_none() {
            return Ok(Built::Unusual);
        }
    }
}

/// Makes a value of events.
pub(super) struct Builder<'a, 'w> {
    frames: Vec<Frame>,
    /// The items of all open lists.
    items: Vec<Value>,
    /// The entries of all open mappings.
    entries: Vec<(Str, Value)>,
    /// The value, once it is whole.
    pub(super) root: Value,
    keys: KeyCache<'a>,
    duplicates: Duplicates,
    numbers: Numbers,
    wanted: Option<&'w [&'w str]>,
    skipper: Skipper,
}

impl<'a, 'w> Builder<'a, 'w> {
    /// Makes a builder for a text of `length` bytes.
    pub(super) fn new(length: usize, duplicates: Duplicates, numbers: Numbers, wanted: Option<&'w [&'w str]>) -> Self {
        Builder {
            frames: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            root: Value::Nil,
            keys: KeyCache::new(length),
            duplicates,
            numbers,
            wanted,
            skipper: Skipper::default(),
        }
    }

    /// Takes an event; `None` when it is an unusual one.
    pub(super) fn add(&mut self, event: Event<'a>) -> Option<()> {
        if self.skipper.active {
            return self.skipper.add(event);
        }
        match event {
            Event::Scalar {
                scalar,
                implicit,
                properties: None,
            } => {
                let at_top = self.frames.len() == 1;
                if let Some(Frame::Map(_, wants_value @ false)) = self.frames.last_mut() {
                    let found = self.keys.key(&scalar, implicit)?;
                    match self.wanted {
                        Some(wanted) if at_top && !wanted.iter().any(|name| is_field(&found, name)) => {
                            self.skipper.active = true;
                        }
                        _ => {
                            *wants_value = true;
                            self.entries.push((found, Value::Nil));
                        }
                    }
                    return Some(());
                }
                let value = scalar_value(&scalar, implicit, self.numbers)?;
                self.put(value);
            }
            Event::SequenceStart(None) => self.open(Frame::List(self.items.len()))?,
            Event::MappingStart(None) => self.open(Frame::Map(self.entries.len(), false))?,
            Event::SequenceEnd | Event::MappingEnd => {
                let value = match self.frames.pop()? {
                    Frame::List(start) => Value::List(self.items.drain(start..).collect()),
                    Frame::Map(start, _) => Value::Map(self.map(start)?),
                };
                self.put(value);
            }
            _ => return None,
        }
        Some(())
    }

    fn open(&mut self, frame: Frame) -> Option<()> {
        if matches!(self.frames.last(), Some(Frame::Map(_, false))) || self.frames.len() >= MAX_DEPTH {
            return None;
        }
        self.frames.push(frame);
        Some(())
    }

    #[inline]
    fn put(&mut self, value: Value) {
        match self.frames.last_mut() {
            None => self.root = value,
            Some(Frame::List(_)) => self.items.push(value),
            Some(Frame::Map(_, wants_value)) => {
                *wants_value = false;
                if let Some(entry) = self.entries.last_mut() {
                    entry.1 = value;
                }
            }
        }
    }

    /// Takes the entries from `start` on; `None` when there are duplicates and they are refused.
    fn map(&mut self, start: usize) -> Option<Map> {
        let count = self.entries.len() - start;
        let map: Map = self.entries.drain(start..).collect();
        (map.len() == count || self.duplicates == Duplicates::LastWins).then_some(map)
    }
}

/// Tells whether encoding/json stores the entry `key` in the field `name`: it does not mind the case.
pub(crate) fn is_field(key: &[u8], name: &str) -> bool {
    if key.is_ascii() {
        return key.eq_ignore_ascii_case(name.as_bytes());
    }
    // The other letters that fold to ASCII ones: the Kelvin sign and the long s.
    let Ok(key) = std::str::from_utf8(key) else {
        return false;
    };
    key.replace('\u{212A}', "k")
        .replace('\u{17F}', "s")
        .eq_ignore_ascii_case(name)
}

/// Steps over a value that nobody wants, but complains about what would be wrong with it.
#[derive(Default)]
struct Skipper {
    active: bool,
    open: Vec<Skipped>,
}

/// A collection that is stepped over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skipped {
    List,
    /// A key comes next.
    Key,
    /// A value comes next.
    Value,
}

impl Skipper {
    fn add(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Scalar {
                scalar,
                implicit,
                properties: None,
            } => {
                let plain = implicit && scalar.direct;
                if let Some(last @ Skipped::Key) = self.open.last_mut() {
                    if plain && is_unusual_key(scalar.source) {
                        return None;
                    }
                    *last = Skipped::Value;
                    return Some(());
                }
                if plain && is_infinite(scalar.source) {
                    return None;
                }
            }
            Event::SequenceStart(None) => return self.open(Skipped::List),
            Event::MappingStart(None) => return self.open(Skipped::Key),
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            _ => return None,
        }
        match self.open.last_mut() {
            None => self.active = false,
            Some(last @ Skipped::Value) => *last = Skipped::Key,
            Some(_) => {}
        }
        Some(())
    }

    fn open(&mut self, kind: Skipped) -> Option<()> {
        // One for the mapping at the top.
        if self.open.last() == Some(&Skipped::Key) || self.open.len() + 1 >= MAX_DEPTH {
            return None;
        }
        self.open.push(kind);
        Some(())
    }
}

/// Tells whether a plain key is a merge key or has no string form.
#[inline]
fn is_unusual_key(text: &[u8]) -> bool {
    match text.first() {
        Some(b'<') => text == b"<<",
        None | Some(b'~' | b'n' | b'N' | b'+' | b'-' | b'0'..=b'9') => {
            matches!(resolve(text, Dialect::V2, false), Resolved::Null | Resolved::Uint(_))
        }
        _ => false,
    }
}

/// Tells whether a plain text is a float that JSON cannot hold.
#[inline]
fn is_infinite(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'.' | b'+' | b'-'))
        && matches!(text.len(), 4 | 5)
        && matches!(resolve(text, Dialect::V2, false), Resolved::Float(value) if !value.is_finite())
}

/// Makes the value of a scalar without a tag; `None` when JSON cannot hold it.
#[inline]
fn scalar_value(scalar: &Scalar<'_>, implicit: bool, numbers: Numbers) -> Option<Value> {
    let text = scalar.value();
    if !implicit {
        return Some(Value::Str(Str::from(&*text)));
    }
    Some(match resolve(&text, Dialect::V2, false) {
        Resolved::Null => Value::Nil,
        Resolved::Bool(value) => Value::Bool(value),
        Resolved::Int(value) => convert::int(value, numbers),
        Resolved::Uint(value) => convert::uint(value, numbers),
        Resolved::Float(value) => convert::float(value, numbers).ok()?,
        Resolved::Timestamp | Resolved::Str => Value::Str(Str::from(&*text)),
    })
}

/// The largest number of remembered keys.
const MAX_CACHE_SIZE: usize = 256;

/// Remembers keys, because most of them come again: equal keys share their text.
struct KeyCache<'a> {
    slots: Vec<Option<(&'a [u8], Str)>>,
}

impl<'a> KeyCache<'a> {
    /// Makes a cache for a text of `length` bytes.
    fn new(length: usize) -> Self {
        let size = (length / 128).next_power_of_two().clamp(8, MAX_CACHE_SIZE);
        KeyCache {
            slots: vec![None; size],
        }
    }

    /// Returns the string form of a key; `None` when it has none, or when it is a merge key.
    fn key(&mut self, scalar: &Scalar<'a>, implicit: bool) -> Option<Str> {
        if !scalar.direct || !implicit {
            return make_key(scalar, implicit);
        }
        let source = scalar.source;
        let at = hash(source) & (self.slots.len() - 1);
        let slot = &mut self.slots[at];
        if let Some((known, key)) = slot
            && *known == source
        {
            return Some(key.clone());
        }
        let key = make_key(scalar, implicit)?;
        *slot = Some((source, key.clone()));
        Some(key)
    }
}

/// Hashes the length, the beginning and the end.
fn hash(text: &[u8]) -> usize {
    let letters = match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(32),
        _ => text.iter().fold(0, |letters, byte| letters << 8 | u64::from(*byte)),
    };
    ((letters ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize
}

fn make_key(scalar: &Scalar<'_>, implicit: bool) -> Option<Str> {
    let text = scalar.value();
    if !implicit {
        return Some(Str::from(&*text));
    }
    if *text == *b"<<" && scalar.style == Style::Plain {
        return None;
    }
    Some(match resolve(&text, Dialect::V2, false) {
        Resolved::Null | Resolved::Uint(_) => return None,
        Resolved::Bool(value) => (if value { "true" } else { "false" }).into(),
        Resolved::Int(value) => value.to_string().into(),
        Resolved::Float(value) => convert::short_float(value).into(),
        Resolved::Timestamp | Resolved::Str => Str::from(&*text),
    })
}
