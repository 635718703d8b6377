//! Label selectors, as `-l` takes them.

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
        let mut requirements = Vec::new();
        for part in split_top_level(text) {
            let part = part.trim();
            if part.is_empty() {
                if text.trim().is_empty() {
                    continue;
                }
                return Err(ParseError("found '', expected: identifier after ','".to_owned()));
            }
            requirements.push(parse_requirement(part)?);
        }
        Ok(Selector(requirements))
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

/// Splits at commas outside parentheses.
fn split_top_level(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn parse_requirement(part: &str) -> Result<Requirement, ParseError> {
    if let Some(key) = part.strip_prefix('!') {
        return requirement(key, Rule::NotExists);
    }
    if let Some((key, set)) = set_rule(part, " notin ").or_else(|| set_rule(part, " notin(")) {
        return requirement(key, Rule::NotIn(set_values(set)?));
    }
    if let Some((key, set)) = set_rule(part, " in ").or_else(|| set_rule(part, " in(")) {
        return requirement(key, Rule::In(set_values(set)?));
    }
    for sign in ["!=", "==", "=", ">", "<"] {
        if let Some((key, value)) = part.split_once(sign) {
            let value = value.trim();
            let number = || {
                value
                    .parse::<i64>()
                    .map_err(|_| ParseError("for 'Gt', 'Lt' operators, the value must be an integer".to_owned()))
            };
            let rule = match sign {
                "!=" => Rule::NotIn(vec![value.to_owned()]),
                ">" => Rule::Greater(number()?),
                "<" => Rule::Less(number()?),
                _ => Rule::In(vec![value.to_owned()]),
            };
            return requirement(key, rule);
        }
    }
    requirement(part, Rule::Exists)
}

fn set_rule<'a>(part: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let at = part.find(word)?;
    let rest = &part[at + word.trim_end_matches('(').len()..];
    Some((&part[..at], rest.trim()))
}

fn set_values(set: &str) -> Result<Vec<String>, ParseError> {
    let inner = set.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.ok_or_else(|| ParseError(format!("found '{set}', expected: '('")))?;
    Ok(inner.split(',').map(|value| value.trim().to_owned()).collect())
}

fn requirement(key: &str, rule: Rule) -> Result<Requirement, ParseError> {
    let key = key.trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        return Err(ParseError(format!(
            "unable to parse requirement: invalid label key {key:?}"
        )));
    }
    Ok(Requirement {
        key: key.to_owned(),
        rule,
    })
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
        assert!(Selector::parse("a in b").is_err());
        assert!(Selector::parse("a=b,,c").is_err());
    }
}
