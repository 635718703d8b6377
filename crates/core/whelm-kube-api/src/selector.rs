//! Label selectors, as `-l` takes them.

mod parser;
mod rules;

use std::{collections::BTreeMap, fmt};

/// A parsed label selector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    NotExists,
    Greater(i64),
    Less(i64),
}

/// A selector that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(String);

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ParseError {}

impl Selector {
    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2`.
    ///
    /// # Errors
    /// The text is no selector.
    ///
    /// Source: apimachinery, `pkg/labels/selector.go`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Selector(parser::parse(text)?))
    }

    /// Tells whether `labels` satisfy every requirement.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }

    /// Returns whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Requirement {
    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.rule {
            Rule::In(values) => value.is_some_and(|value| values.contains(value)),
            Rule::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Rule::Exists => value.is_some(),
            Rule::NotExists => value.is_none(),
            Rule::Greater(limit) => number().is_some_and(|number| number > *limit),
            Rule::Less(limit) => number().is_some_and(|number| number < *limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> BTreeMap<String, String> {
        text.split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    }

    #[test]
    fn o_005_selectors() {
        let set = labels("a=b,n=5");
        for (text, wanted) in [
            ("", true),
            ("a=b", true),
            ("a==b,n", true),
            ("a!=b", false),
            ("x!=b", true),
            ("!x", true),
            ("a in (b,c)", true),
            ("a notin (b, c)", false),
            ("n>4,n<6", true),
        ] {
            assert_eq!(Selector::parse(text).unwrap().matches(&set), wanted, "{text}");
        }
    }

    #[test]
    fn o_005_what_is_no_selector() {
        let requirement = "unable to parse requirement: ";
        for (text, prefix, error) in [
            ("a in", requirement, "found '' expected: '('"),
            ("a in b", requirement, "found 'b' expected: '('"),
            ("a in (b", requirement, "found '', expected: ',' or ')'"),
            ("a notin (b c)", requirement, "found 'c', expected: ',' or ')'"),
            ("a=b,", "", "found '', expected: identifier after ','"),
            ("a=b,,c", "", "found ',', expected: identifier after ','"),
            (",a", "", "found ',', expected: !, identifier, or 'end of string'"),
            ("a b", requirement, "found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("!", requirement, "found '', expected: identifier"),
            ("!a=b", "", "found '=', expected: ',' or 'end of string'"),
            ("a=!b", requirement, "found '!', expected: identifier"),
            ("a<=1", requirement, "found '=', expected: identifier"),
            (
                "a>x",
                requirement,
                "values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
        ] {
            let found = Selector::parse(text).unwrap_err().to_string();
            assert_eq!(found, format!("{prefix}{error}"), "{text}");
        }
        for text in ["-a", "a/b/c=d", "a=-x", "A.b/c"] {
            let error = Selector::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("Invalid value: ") && error.contains("regex used for validation"),
                "{error}"
            );
        }
        for text in [
            "in",
            "notin in (x)",
            "a in ()",
            "a in (,)",
            "a in (b),c",
            "a!=",
            "a=b,c in (d),!e",
            "x.y/z = v",
        ] {
            assert!(Selector::parse(text).is_ok(), "{text}");
        }
    }
}
