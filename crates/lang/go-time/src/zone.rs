//! Time zones, read from zone files.

use std::fmt;
use std::sync::Arc;

use crate::Error;
use crate::rule::Rule;

/// A time zone: the offsets and abbreviations in use there over time.
///
/// A clone shares the rules. Two locations are equal when they share them.
#[derive(Clone, Default)]
pub struct Location(Option<Arc<Zones>>);

struct Zones {
    name: String,
    kinds: Vec<Kind>,
    transitions: Vec<Transition>,
    /// The rule that holds after the last transition.
    rule: Option<Rule>,
}

/// An abbreviation and its offset.
#[derive(Clone, Debug)]
struct Kind {
    name: String,
    offset: i64,
    daylight: bool,
}

/// From this Unix time on, a kind holds.
struct Transition {
    when: i64,
    kind: usize,
}

/// What holds at one moment, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span<'a> {
    pub(crate) name: &'a str,
    pub(crate) offset: i64,
    pub(crate) daylight: bool,
    /// Unix time, included.
    pub(crate) start: i64,
    /// Unix time, excluded.
    pub(crate) end: i64,
}

impl Location {
    /// Coordinated universal time.
    pub fn utc() -> Location {
        Location(None)
    }

    /// A zone that always has the abbreviation `name` and lies `offset` seconds east of UTC.
    pub fn fixed(name: &str, offset: i64) -> Location {
        Location(Some(Arc::new(Zones {
            name: name.to_owned(),
            kinds: vec![Kind {
                name: name.to_owned(),
                offset,
                daylight: false,
            }],
            transitions: vec![Transition {
                when: i64::MIN,
                kind: 0,
            }],
            rule: None,
        })))
    }

    /// Reads a zone file in the TZif format, versions 1 to 3.
    ///
    /// # Errors
    /// `malformed time zone information` is all that Go says; here it is `unknown time zone NAME`.
    pub fn from_tzif(name: &str, file: &[u8]) -> Result<Location, Error> {
        let zones = read(name, file).ok_or_else(|| Error::zone(name.as_bytes()))?;
        Ok(Location(Some(Arc::new(zones))))
    }

    /// The name, such as `Europe/Berlin`, `Local` or `UTC`; empty when it was made of an offset alone.
    pub fn name(&self) -> &str {
        self.0.as_ref().map_or("UTC", |zones| &zones.name)
    }

    /// What holds at the Unix time `seconds`.
    pub(crate) fn lookup(&self, seconds: i64) -> Span<'_> {
        match &self.0 {
            None => Span {
                name: "UTC",
                offset: 0,
                daylight: false,
                start: i64::MIN,
                end: i64::MAX,
            },
            Some(zones) => zones.lookup(seconds),
        }
    }

    /// The offset of the abbreviation `name`, preferably one that is in use at the local time `seconds`.
    pub(crate) fn lookup_name(&self, name: &str, seconds: i64) -> Option<i64> {
        let kinds = self.0.as_ref()?.kinds.iter().filter(|kind| kind.name == name);
        let in_use = kinds.clone().find_map(|kind| {
            let span = self.lookup(seconds.wrapping_sub(kind.offset));
            (span.name == name).then_some(span.offset)
        });
        in_use.or_else(|| kinds.clone().next().map(|kind| kind.offset))
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Location) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            _ => false,
        }
    }
}

impl Eq for Location {}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({:?})", self.name())
    }
}

impl Zones {
    fn lookup(&self, seconds: i64) -> Span<'_> {
        let after = self
            .transitions
            .partition_point(|transition| transition.when <= seconds);
        let end = self.transitions.get(after).map_or(i64::MAX, |next| next.when);
        let Some(transition) = after.checked_sub(1).map(|index| &self.transitions[index]) else {
            return self.span(self.first_kind(), i64::MIN, end);
        };
        if after == self.transitions.len()
            && let Some(rule) = &self.rule
        {
            return rule.lookup(transition.when, seconds);
        }
        self.span(transition.kind, transition.when, end)
    }

    fn span(&self, kind: usize, start: i64, end: i64) -> Span<'_> {
        let kind = &self.kinds[kind];
        Span {
            name: &kind.name,
            offset: kind.offset,
            daylight: kind.daylight,
            start,
            end,
        }
    }

    /// The kind before the first transition.
    ///
    /// Source: Go 1.26, `time.Location.lookupFirstZone`, after localtime.c.
    fn first_kind(&self) -> usize {
        let first_used = self.transitions.iter().any(|transition| transition.kind == 0);
        if !first_used {
            return 0;
        }
        let standard = |kind: &usize| !self.kinds[*kind].daylight;
        let first = self.transitions[0].kind;
        let before = self.kinds[first]
            .daylight
            .then(|| (0..first).rev().find(standard))
            .flatten();
        before.or_else(|| (0..self.kinds.len()).find(standard)).unwrap_or(0)
    }
}

/// Bytes not read yet.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    }

    /// The six counts of a header, which follow its magic bytes, version and padding.
    fn counts(&mut self) -> Option<Counts> {
        Some(Counts {
            utc: self.number()?,
            standard: self.number()?,
            leaps: self.number()?,
            transitions: self.number()?,
            kinds: self.number()?,
            letters: self.number()?,
        })
    }
}

/// How many of each there are.
struct Counts {
    utc: usize,
    standard: usize,
    leaps: usize,
    transitions: usize,
    kinds: usize,
    letters: usize,
}

impl Counts {
    /// The length of the data block with times of `width` bytes.
    fn length(&self, width: usize) -> Option<usize> {
        let parts = [
            (self.transitions, width + 1),
            (self.kinds, 6),
            (self.letters, 1),
            (self.leaps, width + 4),
            (self.standard, 1),
            (self.utc, 1),
        ];
        parts
            .into_iter()
            .try_fold(0_usize, |sum, (count, size)| sum.checked_add(count.checked_mul(size)?))
    }
}

fn read(name: &str, file: &[u8]) -> Option<Zones> {
    let mut input = Input(file);
    if input.take(4)? != b"TZif" {
        return None;
    }
    let version = input.take(16)?[0];
    let mut counts = input.counts()?;
    let width = match version {
        0 => 4,
        // The first block repeats in 32 bits what the second one says in 64.
        b'2' | b'3' => {
            input.take(counts.length(4)?)?;
            input.take(20)?;
            counts = input.counts()?;
            8
        }
        _ => return None,
    };
    let times = input.take(counts.transitions.checked_mul(width)?)?;
    let indices = input.take(counts.transitions)?;
    let kinds = input.take(counts.kinds.checked_mul(6)?)?;
    let letters = input.take(counts.letters)?;
    input.take(counts.leaps.checked_mul(width + 4)?)?;
    input.take(counts.standard)?;
    input.take(counts.utc)?;
    let kinds = read_kinds(kinds, letters)?;
    let transitions = read_transitions(times, width, indices, kinds.len())?;
    Some(Zones {
        name: name.to_owned(),
        kinds,
        transitions,
        rule: read_rule(input.0),
    })
}

fn read_kinds(bytes: &[u8], letters: &[u8]) -> Option<Vec<Kind>> {
    let kinds = bytes
        .chunks_exact(6)
        .map(|kind| {
            let offset = i32::from_be_bytes([kind[0], kind[1], kind[2], kind[3]]);
            let name = letters.get(usize::from(kind[5])..).filter(|name| !name.is_empty())?;
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
            Some(Kind {
                name: String::from_utf8_lossy(&name[..end]).into_owned(),
                offset: i64::from(offset),
                daylight: kind[4] != 0,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    (!kinds.is_empty()).then_some(kinds)
}

fn read_transitions(times: &[u8], width: usize, indices: &[u8], kinds: usize) -> Option<Vec<Transition>> {
    if indices.is_empty() {
        return Some(vec![Transition {
            when: i64::MIN,
            kind: 0,
        }]);
    }
    let times = times.chunks_exact(width).map(|time| match width {
        4 => i64::from(i32::from_be_bytes([time[0], time[1], time[2], time[3]])),
        _ => time.iter().fold(0, |number, byte| (number << 8) | i64::from(*byte)),
    });
    times
        .zip(indices)
        .map(|(when, kind)| {
            let kind = usize::from(*kind);
            (kind < kinds).then_some(Transition { when, kind })
        })
        .collect()
}

/// The rule for later times, between two line ends; what cannot be read is no rule.
fn read_rule(footer: &[u8]) -> Option<Rule> {
    let text = footer.strip_prefix(b"\n")?.strip_suffix(b"\n")?;
    Rule::parse(std::str::from_utf8(text).ok()?)
}
