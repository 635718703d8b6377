//! The simple JSON paths that printer columns have: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`.

use serde_json::Value;

/// One step from a value to those inside of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Item(i64),
    All,
    /// The items whose field has a value.
    Where(Vec<String>, String),
}

/// A path that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// Reads a path; nothing when it is not one of the simple ones.
    pub fn read(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        while !rest.is_empty() {
            let step;
            (step, rest) = match rest.strip_prefix('[') {
                Some(inside) => {
                    let end = closing(inside)?;
                    (bracket(&inside[..end])?, &inside[end + 1..])
                }
                None => field(rest.strip_prefix('.')?),
            };
            if step != Step::Field(String::new()) {
                steps.push(step);
            }
        }
        Some(Path(steps))
    }

    /// Returns what the path leads to.
    pub fn find<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![value];
        for step in &self.0 {
            found = found.into_iter().flat_map(|value| step.of(value)).collect();
        }
        found
    }
}

/// Returns where the bracket ends, past those in quotes.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, ']') => return Some(at),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

/// Reads a name up to the next dot or bracket; a backslash keeps the letter after it.
fn field(text: &str) -> (Step, &str) {
    let mut name = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '.' | '[' => return (named(name), &text[at..]),
            '\\' => name.extend(letters.next().map(|(_, letter)| letter)),
            letter => name.push(letter),
        }
    }
    (named(name), "")
}

fn named(name: String) -> Step {
    if name == "*" { Step::All } else { Step::Field(name) }
}

fn unquote(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

fn bracket(text: &str) -> Option<Step> {
    if text == "*" {
        return Some(Step::All);
    }
    if let Some(condition) = text.strip_prefix("?(").and_then(|text| text.strip_suffix(')')) {
        let (left, right) = condition.split_once("==")?;
        let fields = left.trim().strip_prefix("@.")?.split('.').map(str::to_owned).collect();
        let right = right.trim();
        return Some(Step::Where(fields, unquote(right).unwrap_or(right).to_owned()));
    }
    match unquote(text) {
        Some(name) => Some(Step::Field(name.to_owned())),
        None => text.parse().ok().map(Step::Item),
    }
}

impl Step {
    fn of<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        match (self, value) {
            (Step::Field(name), Value::Object(fields)) => fields.get(name).into_iter().collect(),
            (Step::All, Value::Object(fields)) => fields.values().collect(),
            (Step::All, Value::Array(items)) => items.iter().collect(),
            (Step::Item(index), Value::Array(items)) => {
                let from_end = if *index < 0 { items.len() } else { 0 };
                let index = i64::try_from(from_end).ok().and_then(|end| end.checked_add(*index));
                let index = index.and_then(|index| usize::try_from(index).ok());
                index.and_then(|index| items.get(index)).into_iter().collect()
            }
            (Step::Where(path, wanted), Value::Array(items)) => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                let is_wanted = |item: &&Value| match crate::object::at(item, &path) {
                    Some(Value::String(text)) => text == wanted,
                    Some(other) => {
                        let shown = other.to_string();
                        shown == *wanted
                    }
                    None => false,
                };
                items.iter().filter(is_wanted).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn follows_simple_paths() {
        let object = json!({
            "spec": {"n": 3, "list": [{"name": "a", "v": 1}, {"name": "b", "v": 2}], "a.b": "dot"},
        });
        let find =
            |text: &str| Path::read(text).map(|path| path.find(&object).into_iter().cloned().collect::<Vec<_>>());
        let cases = [
            (".spec.n", json!([3])),
            ("$.spec.n", json!([3])),
            (".spec.list[0].name", json!(["a"])),
            (".spec.list[-1].name", json!(["b"])),
            (".spec.list[*].v", json!([1, 2])),
            (".spec.list[?(@.name==\"b\")].v", json!([2])),
            (".spec.list[?(@.v==1)].name", json!(["a"])),
            (".spec['a.b']", json!(["dot"])),
            (".spec.a\\.b", json!(["dot"])),
            (".spec.none.at.all", json!([])),
            (".spec.list[9]", json!([])),
        ];
        for (path, wanted) in cases {
            assert_eq!(find(path).map(Value::from), Some(wanted), "{path}");
        }
        for bad in ["spec", ".spec[", ".spec[x]", ".spec[?(x)]", ".a]b[", ".é[\u{1F600}"] {
            let _ = find(bad);
        }
        assert_eq!(Path::read(".spec["), None);
    }
}
