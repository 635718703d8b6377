//! How a field inside an object is named.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use crate::value::{compare_values, path_text};

/// One step from a value to a value inside it.
#[derive(Debug, Clone)]
pub enum PathElement {
    /// The field of a map.
    Field(String),
    /// The item of a list whose key fields have these values; sorted by field name.
    Key(Vec<(String, Value)>),
    /// The item of a set that equals this value.
    Value(Value),
    /// The item of a list at this index.
    Index(i64),
}

/// The steps from an object to a field inside it.
pub type Path = Vec<PathElement>;

impl PathElement {
    fn rank(&self) -> u8 {
        match self {
            PathElement::Field(_) => 0,
            PathElement::Key(_) => 1,
            PathElement::Value(_) => 2,
            PathElement::Index(_) => 3,
        }
    }
}

impl Ord for PathElement {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (PathElement::Field(left), PathElement::Field(right)) => left.cmp(right),
            (PathElement::Key(left), PathElement::Key(right)) => compare_keys(left, right),
            (PathElement::Value(left), PathElement::Value(right)) => compare_values(left, right),
            (PathElement::Index(left), PathElement::Index(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn compare_keys(left: &[(String, Value)], right: &[(String, Value)]) -> Ordering {
    for (left, right) in left.iter().zip(right) {
        let ordering = left.0.cmp(&right.0).then_with(|| compare_values(&left.1, &right.1));
        if ordering.is_ne() {
            return ordering;
        }
    }
    left.len().cmp(&right.len())
}

impl PartialOrd for PathElement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PathElement {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for PathElement {}

impl fmt::Display for PathElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathElement::Field(name) => write!(f, ".{name}"),
            PathElement::Key(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| format!("{name}={}", path_text(value)))
                    .collect();
                write!(f, "[{}]", fields.join(","))
            }
            PathElement::Value(value) => write!(f, "[={}]", path_text(value)),
            PathElement::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Returns the text of a path, such as `.spec.containers[name="a"].image`.
pub(crate) fn display(path: &[PathElement]) -> String {
    path.iter().map(ToString::to_string).collect()
}
