//! The differences that are known to stay, with reasons.

use serde_json::Value;

use crate::compare::Difference;
use crate::exchange::{Answer, Step};

/// One rule: which difference of which requests is expected, and why.
#[derive(Debug)]
pub struct Rule {
    method: String,
    path: String,
    place: String,
    real: String,
    embedded: String,
    /// Why the servers differ there.
    pub reason: String,
    /// Whether what differs later in the same sequence follows from it.
    pub follows: bool,
}

/// Reads `data/known.json`.
pub fn rules() -> anyhow::Result<Vec<Rule>> {
    let list: Vec<Value> = serde_json::from_str(include_str!("../data/known.json"))?;
    let rule = |entry: &Value| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or("*").to_owned();
        Rule {
            method: text("method"),
            path: text("path"),
            place: text("place"),
            real: text("real"),
            embedded: text("embedded"),
            reason: text("reason"),
            follows: entry.get("follows").and_then(Value::as_bool).unwrap_or(false),
        }
    };
    Ok(list.iter().map(rule).collect())
}

impl Rule {
    /// Says whether the rule expects a difference.
    ///
    /// `place` names where the answers differ; `real` and `embedded` are patterns for what the two have there. A rule for the
    /// place `answer` expects two different answers as a whole: `real` and `embedded` are then compared with their messages,
    /// or with their code when they have none.
    pub fn expects(&self, step: &Step, difference: &Difference, real: &Answer, embedded: &Answer) -> bool {
        if !matches(&self.method, step.method) || !matches(&self.path, &step.path) {
            return false;
        }
        if self.place == "answer" {
            return matches(&self.real, &summary(real)) && matches(&self.embedded, &summary(embedded));
        }
        matches(&self.place, &difference.place)
            && matches(&self.real, &shown(&difference.real))
            && matches(&self.embedded, &shown(&difference.embedded))
    }
}

fn summary(answer: &Answer) -> String {
    let message = answer
        .body
        .get("message")
        .and_then(Value::as_str)
        .filter(|_| answer.code >= 400);
    message.map_or_else(
        || answer.code.to_string(),
        |message| format!("{} {message}", answer.code),
    )
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Says whether a text fits a pattern, in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = rest.get(place + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(matches("*", "") && matches("a*c", "abc") && matches("a*b*c", "a-b-c") && matches("abc", "abc"));
        assert!(!matches("a*c", "ab") && !matches("abc", "abcd") && !matches("a*b*c", "a-c"));
    }
}
