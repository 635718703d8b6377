//! Versions.

use std::cmp::Ordering;
use std::fmt;

use go_value::strconv::parse_uint;

use crate::grammar::{Numbers, whole};
use crate::{Error, ErrorKind};

const MAX_LENGTH: usize = 256;

/// A semantic version.
///
/// Equality and order are those of precedence: build metadata and the way it was written do not count.
#[derive(Clone, Debug, Default)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    pre: String,
    metadata: String,
    original: String,
}

impl Version {
    /// Reads a version as Go's `NewVersion` does: a leading `v` is skipped, absent minor and patch numbers are 0, leading
    /// zeros are fine.
    ///
    /// # Errors
    /// The text is not a version, longer than 256 bytes, has a number above [`u64::MAX`], or a prerelease number with a leading zero.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Version, Error> {
        let text = text.as_ref();
        if text.len() > MAX_LENGTH {
            return Err(ErrorKind::VersionTooLong.into());
        }
        let parts = whole(text, Numbers::Digits).ok_or(ErrorKind::InvalidVersion)?;
        let number = |digits: &[u8]| match digits {
            [] => Ok(0),
            digits => parse_uint(digits, 10).map_err(Error::segment),
        };
        let version = Version {
            major: number(parts.major)?,
            minor: number(parts.minor)?,
            patch: number(parts.patch)?,
            pre: ascii(parts.pre),
            metadata: ascii(parts.metadata),
            original: ascii(text),
        };
        if !version.pre.is_empty() {
            validate_prerelease(parts.pre)?;
        }
        Ok(version)
    }

    /// Reads a complete version as Go's `StrictNewVersion` does: three numbers without leading zeros, no `v`.
    ///
    /// # Errors
    /// The text is anything else.
    pub fn parse_strict(text: impl AsRef<[u8]>) -> Result<Version, Error> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(ErrorKind::Empty.into());
        }
        if text.len() > MAX_LENGTH {
            return Err(ErrorKind::VersionTooLong.into());
        }
        let mut parts = text.splitn(3, |byte| *byte == b'.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ErrorKind::InvalidVersion.into());
        };
        let (rest, metadata) = cut(rest, b'+');
        if let Some(metadata) = metadata {
            validate_metadata(metadata)?;
        }
        let (patch, pre) = cut(rest, b'-');
        if let Some(pre) = pre {
            validate_prerelease(pre)?;
        }
        for number in [major, minor, patch] {
            if !number.iter().all(u8::is_ascii_digit) {
                return Err(ErrorKind::InvalidCharacters.into());
            }
            if number.len() > 1 && number[0] == b'0' {
                return Err(ErrorKind::SegmentStartsZero.into());
            }
        }
        Ok(Version {
            major: parse_uint(major, 10).map_err(Error::number)?,
            minor: parse_uint(minor, 10).map_err(Error::number)?,
            patch: parse_uint(patch, 10).map_err(Error::number)?,
            pre: ascii(pre.unwrap_or_default()),
            metadata: ascii(metadata.unwrap_or_default()),
            original: ascii(text),
        })
    }

    /// Returns the version of three numbers.
    pub fn new(major: u64, minor: u64, patch: u64) -> Version {
        Version {
            major,
            minor,
            patch,
            original: format!("{major}.{minor}.{patch}"),
            ..Version::default()
        }
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.major
    }

    /// The second number.
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// The third number.
    pub fn patch(&self) -> u64 {
        self.patch
    }

    /// The part after `-`; empty when there is none.
    pub fn prerelease(&self) -> &str {
        &self.pre
    }

    /// The part after `+`; empty when there is none.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// The text that was read.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The next patch version; of a prerelease, the version it leads to. `None` when the number is the greatest there is.
    pub fn inc_patch(&self) -> Option<Version> {
        let step = u64::from(self.pre.is_empty());
        Some(self.successor(self.major, self.minor, self.patch.checked_add(step)?))
    }

    /// The next minor version. `None` when the number is the greatest there is.
    pub fn inc_minor(&self) -> Option<Version> {
        Some(self.successor(self.major, self.minor.checked_add(1)?, 0))
    }

    /// The next major version. `None` when the number is the greatest there is.
    pub fn inc_major(&self) -> Option<Version> {
        Some(self.successor(self.major.checked_add(1)?, 0, 0))
    }

    /// The same version with another prerelease; an empty one removes it.
    ///
    /// # Errors
    /// The prerelease is malformed.
    pub fn set_prerelease(&self, pre: impl AsRef<[u8]>) -> Result<Version, Error> {
        let pre = pre.as_ref();
        if !pre.is_empty() {
            validate_prerelease(pre)?;
        }
        let mut version = self.clone();
        version.pre = ascii(pre);
        Ok(version.renamed(self))
    }

    /// The same version with other build metadata; empty metadata removes it.
    ///
    /// # Errors
    /// The metadata is malformed.
    pub fn set_metadata(&self, metadata: impl AsRef<[u8]>) -> Result<Version, Error> {
        let metadata = metadata.as_ref();
        if !metadata.is_empty() {
            validate_metadata(metadata)?;
        }
        let mut version = self.clone();
        version.metadata = ascii(metadata);
        Ok(version.renamed(self))
    }

    fn successor(&self, major: u64, minor: u64, patch: u64) -> Version {
        Version::new(major, minor, patch).renamed(self)
    }

    /// Sets the original text to the normal form, with the `v` that `before` had.
    fn renamed(mut self, before: &Version) -> Version {
        let v = if before.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{v}{self}");
        self
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Version::parse(text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let numbers = |version: &Version| (version.major, version.minor, version.patch);
        numbers(self)
            .cmp(&numbers(other))
            .then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_prereleases(&self.pre, &other.pre),
            })
    }
}

/// Compares two prereleases part by part; a missing part is less than any other.
pub(crate) fn compare_prereleases(one: &str, other: &str) -> Ordering {
    let mut ones = one.split('.');
    let mut others = other.split('.');
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => compare_parts(one.unwrap_or_default(), other.unwrap_or_default()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers are less than words. A number above [`u64::MAX`] is a word; equal numbers with different digits do not happen,
/// because leading zeros are refused.
fn compare_parts(one: &str, other: &str) -> Ordering {
    if one == other || one.is_empty() || other.is_empty() {
        return one.cmp(other);
    }
    match (parse_uint(one.as_bytes(), 10), parse_uint(other.as_bytes(), 10)) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => one.cmp(other),
    }
}

fn cut(text: &[u8], sign: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == sign) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn is_identifier(part: &[u8]) -> bool {
    !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn validate_prerelease(pre: &[u8]) -> Result<(), Error> {
    for part in pre.split(|byte| *byte == b'.') {
        if !is_identifier(part) {
            return Err(ErrorKind::InvalidPrerelease.into());
        }
        if part.len() > 1 && part[0] == b'0' && part.iter().all(u8::is_ascii_digit) {
            return Err(ErrorKind::SegmentStartsZero.into());
        }
    }
    Ok(())
}

fn validate_metadata(metadata: &[u8]) -> Result<(), Error> {
    match metadata.split(|byte| *byte == b'.').all(is_identifier) {
        true => Ok(()),
        false => Err(ErrorKind::InvalidMetadata.into()),
    }
}

/// The text of bytes that the grammar has found to be ASCII.
fn ascii(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
