//! Where two answers differ.

use serde_json::Value;

use crate::exchange::Answer;

/// One place at which two answers differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// `code`, `warnings`, or a JSON pointer into the body.
    pub place: String,
    /// What the real server has there.
    pub real: Value,
    /// What the embedded server has there.
    pub embedded: Value,
}

/// Returns all places at which two answers differ; one place called `order` where they have the same in another order.
pub fn differences(real: &Answer, embedded: &Answer) -> Vec<Difference> {
    if real.code >= 400 && real != embedded && in_order(real) == in_order(embedded) {
        let message = |answer: &Answer| answer.body.get("message").cloned().unwrap_or_default();
        return vec![Difference {
            place: "order".into(),
            real: message(real),
            embedded: message(embedded),
        }];
    }
    let mut found = Vec::new();
    if real.code != embedded.code {
        found.push(Difference {
            place: "code".into(),
            real: real.code.into(),
            embedded: embedded.code.into(),
        });
    }
    if real.warnings != embedded.warnings {
        found.push(Difference {
            place: "warnings".into(),
            real: real.warnings.clone().into(),
            embedded: embedded.warnings.clone().into(),
        });
    }
    compare("", Some(&real.body), Some(&embedded.body), &mut found);
    found
}

/// Returns a refusal with its causes, the parts of its message and its warnings sorted.
fn in_order(answer: &Answer) -> (u16, Value, Vec<String>, Vec<String>) {
    let mut body = answer.body.clone();
    if let Some(Value::Array(causes)) = body.pointer_mut("/details/causes") {
        for cause in causes.iter_mut() {
            let parts = cause.get_mut("message").map(parts_of).unwrap_or_default();
            cause["message"] = parts.into();
        }
        causes.sort_by_cached_key(Value::to_string);
    }
    let parts = body.get_mut("message").map(parts_of).unwrap_or_default();
    let mut warnings = answer.warnings.clone();
    warnings.sort();
    (answer.code, body, parts, warnings)
}

/// Takes the parts of a message, sorted.
fn parts_of(message: &mut Value) -> Vec<String> {
    let message = message.take();
    let text = message.as_str().unwrap_or_default().replace(['[', ']'], ", ");
    let mut parts: Vec<String> = text.split(", ").map(str::to_owned).collect();
    parts.sort();
    parts
}

fn compare(place: &str, real: Option<&Value>, embedded: Option<&Value>, found: &mut Vec<Difference>) {
    match (real, embedded) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                compare(&format!("{place}/{escaped}"), left.get(name), right.get(name), found);
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{place}/{index}"), Some(left), Some(right), found);
            }
        }
        _ if real != embedded => found.push(Difference {
            place: place.to_owned(),
            real: real.cloned().unwrap_or(Value::Null),
            embedded: embedded.cloned().unwrap_or(Value::Null),
        }),
        _ => {}
    }
}
