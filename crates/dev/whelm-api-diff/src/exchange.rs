//! Requests and answers as data.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

/// One request. `@rv@`, `@uid@` and `@continue@` in path and query stand for what the last object or list had that the same
/// server answered, in the body for what the last object had; `@rv:2@` for that of the sequence's step 2.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// The HTTP method.
    pub method: &'static str,
    /// The path with its query.
    pub path: String,
    /// The content type, empty for none.
    pub content_type: &'static str,
    /// The accepted types, empty for JSON.
    pub accept: &'static str,
    /// The body, empty for none.
    pub body: String,
    /// The request is repeated, for some seconds, until the answer has this text. Some things take the real server a moment.
    pub until: &'static str,
}

/// Requests that depend on each other.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// A name that no other sequence has.
    pub name: String,
    /// How many steps at the start only prepare the ground. They are compared, but not counted.
    pub setup: usize,
    /// The requests in their order.
    pub steps: Vec<Step>,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status code.
    pub code: u16,
    /// The body: an object, a text, or the list of events of a watch.
    pub body: Value,
    /// The texts of `Warning` headers.
    pub warnings: Vec<String>,
}

impl Step {
    /// A request without a body.
    pub fn plain(method: &'static str, path: impl Into<String>) -> Self {
        Step {
            method,
            path: path.into(),
            ..Step::default()
        }
    }

    /// A request with a JSON body.
    pub fn json(method: &'static str, path: impl Into<String>, body: &Value) -> Self {
        Step {
            content_type: "application/json",
            body: body.to_string(),
            ..Step::plain(method, path)
        }
    }

    /// A patch.
    pub fn patch(content_type: &'static str, path: impl Into<String>, body: &Value) -> Self {
        Step {
            content_type,
            body: body.to_string(),
            ..Step::plain("PATCH", path)
        }
    }

    /// The same request that asks for another form of the answer.
    pub fn accepting(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Returns the start of the name that the server is asked to make up.
    pub fn generate_name(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let prefix = body.pointer("/metadata/generateName").and_then(Value::as_str);
        let prefix = prefix.filter(|_| body.pointer("/metadata/name").is_none());
        prefix.unwrap_or_default().chars().take(58).collect()
    }

    /// Returns the resource that the path names, with its group.
    pub fn resource(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (group, rest) = match parts.as_slice() {
            ["api", _, rest @ ..] => ("", rest),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return path.to_owned(),
        };
        match rest {
            ["namespaces", _, plural, ..] if !matches!(*plural, "status" | "finalize") => format!("{group}/{plural}"),
            [plural, ..] => format!("{group}/{plural}"),
            [] => path.to_owned(),
        }
    }

    /// Returns the request with what earlier answers gave filled in.
    pub fn request(&self, base: &str, token: &str, answers: &[Answer]) -> anyhow::Result<Request<Bytes>> {
        let accept = if self.accept.is_empty() {
            "application/json"
        } else {
            self.accept
        };
        let mut builder = Request::builder()
            .method(self.method)
            .uri(format!("{base}{}", as_uri(&fill(&self.path, answers, Of::All))))
            .header("accept", accept)
            .header("user-agent", "diff/1.0");
        if !token.is_empty() {
            builder = builder.header("authorization", format!("Bearer {token}"));
        }
        if !self.content_type.is_empty() {
            builder = builder.header("content-type", self.content_type);
        }
        Ok(builder.body(fill(&self.body, answers, Of::Objects).into())?)
    }
}

/// Escapes what cannot stand in a URI.
fn as_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for character in path.chars() {
        if character.is_ascii_graphic() && !matches!(character, '\\' | '"' | '<' | '>' | '{' | '}' | '^' | '`' | '|') {
            uri.push(character);
        } else {
            let mut bytes = [0; 4];
            uri.extend(
                character
                    .encode_utf8(&mut bytes)
                    .bytes()
                    .map(|byte| format!("%{byte:02X}")),
            );
        }
    }
    uri
}

/// Whose values stand in for marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    /// Objects alone: the version of a list moves with what other sequences write.
    Objects,
}

/// Replaces the marks of a text.
fn fill(text: &str, answers: &[Answer], of: Of) -> String {
    let mut parts = text.split('@');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut rest: Vec<&str> = parts.collect();
    rest.reverse();
    while let Some(part) = rest.pop() {
        match value_of(part, answers, of).filter(|_| !rest.is_empty()) {
            Some(value) => {
                filled += &value;
                filled += rest.pop().unwrap_or_default();
            }
            None => {
                filled.push('@');
                filled += part;
            }
        }
    }
    filled
}

fn value_of(mark: &str, answers: &[Answer], whose: Of) -> Option<String> {
    let (name, step) = mark
        .split_once(':')
        .map_or((mark, None), |(name, step)| (name, step.parse::<usize>().ok()));
    let field = match name {
        "rv" => "resourceVersion",
        "uid" => "uid",
        "continue" => "continue",
        _ => return None,
    };
    let of = |answer: &Answer| answer.body.get("metadata")?.get(field)?.as_str().map(str::to_owned);
    let found = match step {
        Some(step) => answers.get(step).and_then(of),
        None => {
            let is_list = |answer: &&Answer| ["items", "rows"].iter().any(|field| answer.body.get(field).is_some());
            let mut last = answers
                .iter()
                .rev()
                .filter(|answer| whose == Of::All || !is_list(answer));
            last.find_map(of)
        }
    };
    // What nobody ever gave is something that no object has.
    Some(found.unwrap_or_else(|| "1".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fills_in_what_answers_gave() {
        let answer = |rv: &str| Answer {
            code: 200,
            body: json!({"metadata": {"resourceVersion": rv}}),
            warnings: vec![],
        };
        let answers = [answer("5"), answer("7")];
        assert_eq!(fill("a@rv@b@rv:0@c@x@d", &answers, Of::All), "a7b5c@x@d");
        let mut list = answer("9");
        list.body["items"] = json!([]);
        let answers = [answer("7"), list];
        assert_eq!(fill("@rv@", &answers, Of::All), "9");
        assert_eq!(fill("@rv@", &answers, Of::Objects), "7");
    }
}
