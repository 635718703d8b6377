//! Constraints: groups with `||` between them, each a list of comparisons that must all hold.

use std::fmt;

use crate::check::{Comparison, Operator, Reason};
use crate::grammar::{Numbers, Parts, prefix, whole};
use crate::{Error, ErrorKind, Version};

const MAX_LENGTH: usize = 512;
const MAX_GROUPS: usize = 32;

/// What versions are wanted.
#[derive(Clone, Debug)]
pub struct Constraints {
    groups: Vec<Group>,
    /// Whether prereleases are wanted even where no constraint names one; off by default.
    pub include_prerelease: bool,
}

#[derive(Clone, Debug)]
struct Group {
    comparisons: Vec<Comparison>,
    names_prerelease: bool,
}

impl Constraints {
    /// Reads constraints as Go's `NewConstraint` does.
    ///
    /// # Errors
    /// The text is not a constraint, longer than 512 bytes, or has more than 32 groups.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Constraints, Error> {
        let text = text.as_ref();
        if text.len() > MAX_LENGTH {
            return Err(ErrorKind::ConstraintTooLong.into());
        }
        let text = rewrite_ranges(text);
        let groups = split_groups(&text);
        if groups.len() > MAX_GROUPS {
            return Err(ErrorKind::TooManyGroups.into());
        }
        Ok(Constraints {
            groups: groups.into_iter().map(parse_group).collect::<Result<_, _>>()?,
            include_prerelease: false,
        })
    }

    /// Tells whether `version` is wanted.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let prereleases = self.include_prerelease || group.names_prerelease;
            let mut comparisons = group.comparisons.iter();
            comparisons.all(|comparison| comparison.check(version, prereleases).is_ok())
        })
    }

    /// Tells whether `version` is wanted, and if not, every reason why.
    ///
    /// # Errors
    /// The reasons, each as the text that Go gives.
    pub fn validate(&self, version: &Version) -> Result<(), Vec<String>> {
        let mut reasons = Vec::new();
        let mut said_prerelease = false;
        for group in &self.groups {
            let prereleases = self.include_prerelease || group.names_prerelease;
            let mut joy = true;
            for comparison in &group.comparisons {
                if !prereleases && !version.prerelease().is_empty() {
                    if !said_prerelease {
                        reasons.push(Reason::Prerelease.text(version, ""));
                        said_prerelease = true;
                    }
                    joy = false;
                } else if let Err(reason) = comparison.check(version, prereleases) {
                    reasons.push(reason.text(version, &comparison.text));
                    joy = false;
                }
            }
            if joy {
                return Ok(());
            }
        }
        Err(reasons)
    }
}

impl fmt::Display for Constraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.groups.iter().enumerate() {
            if index > 0 {
                f.write_str(" || ")?;
            }
            for (index, comparison) in group.comparisons.iter().enumerate() {
                if index > 0 {
                    f.write_str(" ")?;
                }
                write!(f, "{}{}", comparison.operator_text, comparison.text)?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for Constraints {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Constraints::parse(text)
    }
}

/// Go's `\s`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

fn spaces(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_space(**byte)).count()
}

fn split_groups(text: &[u8]) -> Vec<&[u8]> {
    let mut groups = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at + 1 < text.len() {
        if &text[at..at + 2] == b"||" {
            groups.push(&text[start..at]);
            at += 2;
            start = at;
        } else {
            at += 1;
        }
    }
    groups.push(&text[start..]);
    groups
}

/// Writes each `a - b` as `>= a, <= b`.
fn rewrite_ranges(text: &[u8]) -> Vec<u8> {
    let mut rewritten = text.to_vec();
    let mut at = 0;
    while at < text.len() {
        let Some(range) = range_at(&text[at..]) else {
            at += 1;
            continue;
        };
        let found = &text[at..at + range.length];
        // Go replaces the first place where the same text stands, which need not be this one.
        if let Some(place) = rewritten.windows(found.len()).position(|window| window == found) {
            let comparison = [b">= ", range.low, b", <= ", range.high, b" "].concat();
            rewritten.splice(place..place + found.len(), comparison);
        }
        at += range.length;
    }
    rewritten
}

struct Range<'a> {
    low: &'a [u8],
    high: &'a [u8],
    length: usize,
}

/// Reads spaces, a version, a dash between spaces, a version and spaces.
fn range_at(text: &[u8]) -> Option<Range<'_>> {
    let mut at = spaces(text);
    let start = at;
    at += text[at..].iter().take_while(|byte| !is_space(**byte)).count();
    let low = &text[start..at];
    whole(low, Numbers::Wildcards)?;
    let gap = spaces(&text[at..]);
    at += gap;
    if gap == 0 || text.get(at) != Some(&b'-') {
        return None;
    }
    at += 1;
    let gap = spaces(&text[at..]);
    at += gap;
    if gap == 0 {
        return None;
    }
    let high = &text[at..at + prefix(&text[at..], Numbers::Wildcards)?.length];
    at += high.len();
    at += spaces(&text[at..]);
    Some(Range { low, high, length: at })
}

/// Reads comparisons with spaces, or one comma, between them.
fn parse_group(text: &[u8]) -> Result<Group, Error> {
    let mut found = Vec::new();
    let mut at = spaces(text);
    loop {
        let (operator, operator_text) = Operator::prefix(&text[at..]);
        at += operator_text.len();
        at += spaces(&text[at..]);
        let Some(parts) = prefix(&text[at..], Numbers::Wildcards) else {
            return Err(Error::improper(text));
        };
        found.push((operator, operator_text, parts, &text[at..at + parts.length]));
        at += parts.length;
        let gap = spaces(&text[at..]);
        at += gap;
        match text.get(at) {
            None => break,
            Some(b',') => at += 1 + spaces(&text[at + 1..]),
            Some(_) if gap > 0 => {}
            Some(_) => return Err(Error::improper(text)),
        }
    }
    let comparisons: Vec<_> = found
        .into_iter()
        .map(|(operator, operator_text, parts, version)| comparison(operator, operator_text, &parts, version))
        .collect::<Result<_, _>>()?;
    let names_prerelease = comparisons
        .iter()
        .any(|comparison| !comparison.version.prerelease().is_empty());
    Ok(Group {
        comparisons,
        names_prerelease,
    })
}

fn is_wildcard(number: &[u8]) -> bool {
    matches!(number, b"" | b"x" | b"X" | b"*")
}

fn comparison(
    operator: Operator,
    operator_text: &'static str,
    parts: &Parts<'_>,
    version: &[u8],
) -> Result<Comparison, Error> {
    let pre = match parts.pre {
        [] => Vec::new(),
        pre => [b"-", pre].concat(),
    };
    let mut minor_dirty = false;
    let mut patch_dirty = false;
    let mut dirty = true;
    let text = if is_wildcard(parts.major) {
        [b"0.0.0", &pre[..]].concat()
    } else if is_wildcard(parts.minor) {
        minor_dirty = true;
        [parts.major, b".0.0", &pre].concat()
    } else if is_wildcard(parts.patch) {
        patch_dirty = true;
        [parts.major, b".", parts.minor, b".0", &pre].concat()
    } else {
        dirty = false;
        version.to_vec()
    };
    Ok(Comparison {
        operator,
        operator_text,
        version: Version::parse(text).map_err(|_| ErrorKind::ConstraintVersion)?,
        text: String::from_utf8_lossy(version).into_owned(),
        dirty,
        minor_dirty,
        patch_dirty,
    })
}
