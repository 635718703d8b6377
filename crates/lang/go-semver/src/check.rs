//! One comparison, and why a version fails it.

use go_value::strconv::quote;

use crate::Version;
use crate::version::compare_prereleases;

/// How a version is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    TildeOrEqual,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

impl Operator {
    /// Reads the longest operator at the start of `text`, which may be none.
    pub(crate) fn prefix(text: &[u8]) -> (Operator, &'static str) {
        const OPERATORS: [(&str, Operator); 12] = [
            ("!=", Operator::NotEqual),
            (">=", Operator::GreaterEqual),
            ("=>", Operator::GreaterEqual),
            ("<=", Operator::LessEqual),
            ("=<", Operator::LessEqual),
            ("~>", Operator::Tilde),
            ("=", Operator::TildeOrEqual),
            (">", Operator::Greater),
            ("<", Operator::Less),
            ("~", Operator::Tilde),
            ("^", Operator::Caret),
            ("", Operator::TildeOrEqual),
        ];
        let found = OPERATORS
            .into_iter()
            .find(|(name, _)| text.starts_with(name.as_bytes()));
        found.map_or((Operator::TildeOrEqual, ""), |(name, operator)| (operator, name))
    }
}

/// Why a version fails a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say what the texts say")]
pub enum Reason {
    Prerelease,
    Equal,
    NotEqual,
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    OtherMajor,
    OtherMajorAndMinor,
    OtherMinorOfMajorZero,
    OtherMinor,
    OtherPatchOfZero,
}

impl Reason {
    /// Go's text for `version` failing the constraint written `constraint`.
    pub(crate) fn text(self, version: &Version, constraint: &str) -> String {
        let version = quote(version.to_string().as_bytes());
        let constraint = quote(constraint.as_bytes());
        match self {
            Reason::Prerelease => {
                format!("{version} is a prerelease version and the constraint is only looking for release versions")
            }
            Reason::Equal => format!("{version} is equal to {constraint}"),
            Reason::NotEqual => format!("{version} is not equal to {constraint}"),
            Reason::LessOrEqual => format!("{version} is less than or equal to {constraint}"),
            Reason::Less => format!("{version} is less than {constraint}"),
            Reason::GreaterOrEqual => format!("{version} is greater than or equal to {constraint}"),
            Reason::Greater => format!("{version} is greater than {constraint}"),
            Reason::OtherMajor => format!("{version} does not have same major version as {constraint}"),
            Reason::OtherMajorAndMinor => {
                format!("{version} does not have same major and minor version as {constraint}")
            }
            Reason::OtherMinorOfMajorZero => format!(
                "{version} does not have same minor version as {constraint}. Expected minor versions to match when \
                 constraint major version is 0"
            ),
            Reason::OtherMinor => format!("{version} does not have same minor version as {constraint}"),
            Reason::OtherPatchOfZero => format!(
                "{version} does not equal {constraint}. Expect version and constraint to equal when major and minor \
                 versions are 0"
            ),
        }
    }
}

/// One comparison of a constraint.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub operator: Operator,
    /// The operator as it was written.
    pub operator_text: &'static str,
    /// The version to compare with; wildcards are 0.
    pub version: Version,
    /// The version as it was written.
    pub text: String,
    /// Whether any number is a wildcard or absent.
    pub dirty: bool,
    /// Whether the minor number is the first wildcard.
    pub minor_dirty: bool,
    /// Whether the patch number is the first wildcard.
    pub patch_dirty: bool,
}

impl Comparison {
    /// Compares; prereleases always fail unless they are wanted.
    pub(crate) fn check(&self, version: &Version, prereleases: bool) -> Result<(), Reason> {
        if !version.prerelease().is_empty() && !prereleases {
            return Err(Reason::Prerelease);
        }
        match self.operator {
            Operator::TildeOrEqual if self.dirty => self.tilde(version),
            Operator::TildeOrEqual => holds(*version == self.version, Reason::NotEqual),
            Operator::NotEqual => self.not_equal(version),
            Operator::Greater => self.greater(version),
            Operator::Less => holds(*version < self.version, Reason::GreaterOrEqual),
            Operator::GreaterEqual => holds(*version >= self.version, Reason::Less),
            Operator::LessEqual => self.less_equal(version),
            Operator::Tilde => self.tilde(version),
            Operator::Caret => self.caret(version),
        }
    }

    fn not_equal(&self, version: &Version) -> Result<(), Reason> {
        if self.dirty {
            if self.version.major() != version.major() {
                return Ok(());
            }
            if self.minor_dirty {
                return Err(Reason::Equal);
            }
            if self.version.minor() != version.minor() {
                return Ok(());
            }
            if self.patch_dirty {
                let same = compare_prereleases(version.prerelease(), self.version.prerelease()).is_eq();
                return holds(!same, Reason::Equal);
            }
            if self.version.patch() != version.patch() {
                return Ok(());
            }
        }
        holds(*version != self.version, Reason::Equal)
    }

    fn greater(&self, version: &Version) -> Result<(), Reason> {
        let greater =
            if !self.dirty || version.major() == self.version.major() && !self.minor_dirty && !self.patch_dirty {
                *version > self.version
            } else if version.major() != self.version.major() {
                version.major() > self.version.major()
            } else {
                // 11.1 is not above 11, and 11.1.1 not above 11.1.
                !self.minor_dirty && version.minor() > self.version.minor()
            };
        holds(greater, Reason::LessOrEqual)
    }

    fn less_equal(&self, version: &Version) -> Result<(), Reason> {
        if !self.dirty {
            return holds(*version <= self.version, Reason::Greater);
        }
        let major = version.major().cmp(&self.version.major());
        let above = major.is_gt() || major.is_eq() && version.minor() > self.version.minor() && !self.minor_dirty;
        holds(!above, Reason::Greater)
    }

    fn tilde(&self, version: &Version) -> Result<(), Reason> {
        if *version < self.version {
            return Err(Reason::Less);
        }
        let numbers = (self.version.major(), self.version.minor(), self.version.patch());
        // ~0.0.0 and ~* accept everything.
        if numbers == (0, 0, 0) && !self.minor_dirty && !self.patch_dirty {
            return Ok(());
        }
        if version.major() != self.version.major() {
            return Err(Reason::OtherMajor);
        }
        holds(
            version.minor() == self.version.minor() || self.minor_dirty,
            Reason::OtherMajorAndMinor,
        )
    }

    fn caret(&self, version: &Version) -> Result<(), Reason> {
        if *version < self.version {
            return Err(Reason::Less);
        }
        if self.version.major() > 0 || self.minor_dirty {
            return holds(version.major() == self.version.major(), Reason::OtherMajor);
        }
        if version.major() > 0 {
            return Err(Reason::OtherMajor);
        }
        if self.version.minor() > 0 || self.patch_dirty {
            let same = version.minor() == self.version.minor();
            return holds(same, Reason::OtherMinorOfMajorZero);
        }
        if version.minor() > 0 {
            return Err(Reason::OtherMinor);
        }
        holds(version.patch() == self.version.patch(), Reason::OtherPatchOfZero)
    }
}

fn holds(holds: bool, reason: Reason) -> Result<(), Reason> {
    if holds { Ok(()) } else { Err(reason) }
}
