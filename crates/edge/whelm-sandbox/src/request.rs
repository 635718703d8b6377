//! What a request asks for.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::{Method, Request};

use crate::authorization::User;
use crate::document::{self, Document};
use crate::status::Refusal;

/// The parameters of a request's query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode_percent(name, true), decode_percent(value, true))
        });
        Query(pairs.collect())
    }

    /// Returns the first value of a parameter, empty when it is not given.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map_or("", |(_, value)| value)
    }

    /// Returns all values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Says whether a parameter is given.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "1" | "True" | "t" | "T" | "TRUE")
    }
}

/// Decodes `%41` and, in queries, `+`; what is no code stays as it is.
pub(crate) fn decode_percent(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let hex = |byte: &u8| {
            char::from(*byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = tail;
                }
                _ => bytes.push(b'%'),
            },
            (b'+', _) if plus_is_space => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How strictly fields are checked that no kind has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldValidation {
    Ignore,
    Warn,
    Strict,
}

/// A request, read as far as it does not depend on what is served.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub method: Method,
    /// The decoded path.
    pub full_path: String,
    /// The decoded parts of the path.
    pub segments: Vec<String>,
    pub query: Query,
    pub accept: String,
    pub content_type: String,
    pub user_agent: String,
    pub body: Bytes,
    /// Who sends it.
    pub user: Arc<User>,
}

/// Who sends requests while nobody is asked.
static ADMINISTRATOR: LazyLock<Arc<User>> = LazyLock::new(|| Arc::new(User::administrator()));

impl Ask {
    pub fn read(request: &Request<Bytes>) -> Self {
        let header = |name: http::header::HeaderName| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let path = request.uri().path();
        let segments = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| decode_percent(part, false))
            .collect();
        Ask {
            method: request.method().clone(),
            full_path: decode_percent(path, false),
            segments,
            query: Query::parse(request.uri().query().unwrap_or_default()),
            accept: header(http::header::ACCEPT),
            content_type: header(http::header::CONTENT_TYPE),
            user_agent: header(http::header::USER_AGENT),
            body: request.body().clone(),
            user: ADMINISTRATOR.clone(),
        }
    }

    /// Returns the parts of the path as text.
    pub fn path(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// Returns the content type without its parameters.
    pub fn media_type(&self) -> &str {
        self.content_type.split(';').next().unwrap_or_default().trim()
    }

    /// Returns who writes: `fieldManager`, else the program in `User-Agent`.
    pub fn manager(&self) -> String {
        let given = self.query.get("fieldManager");
        let name = if given.is_empty() {
            self.user_agent.split('/').next().unwrap_or_default()
        } else {
            given
        };
        name.to_owned()
    }

    pub fn dry_run(&self) -> bool {
        self.query.get("dryRun") == "All"
    }

    pub fn field_validation(&self) -> FieldValidation {
        match self.query.get("fieldValidation") {
            "Strict" => FieldValidation::Strict,
            "Ignore" => FieldValidation::Ignore,
            _ => FieldValidation::Warn,
        }
    }

    /// Refuses a body of which not even the kind is clear.
    pub fn unrecognized(&self, kind: &str, error: &str) -> Refusal {
        let summary = summary(&self.body);
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): {error} ({summary})"
        ))
    }

    /// Reads a body whose errors are told as they are.
    pub fn plain_document(&self) -> Result<Document, Refusal> {
        match self.media_type() {
            "" | "application/json" => document::parse(&self.body)
                .map_err(|error| Refusal::bad_request(format!("couldn't get version/kind; json parse error: {error}"))),
            _ => self.document("DeleteOptions"),
        }
    }

    /// Reads the body of a creation or an update of an object of a kind.
    pub fn document(&self, kind: &str) -> Result<Document, Refusal> {
        let unrecognized = |error: String| self.unrecognized(kind, &error);
        match self.media_type() {
            "" | "application/json" => document::parse(&self.body)
                .map_err(|error| unrecognized(format!("couldn't get version/kind; json parse error: {error}"))),
            "application/yaml" => document::parse(&self.body)
                .or_else(|_| {
                    let value = crate::yaml::to_json(&self.body)?;
                    let yaml_fault = crate::yaml::duplicates(&self.body).unwrap_or_default();
                    Ok(Document::of_yaml(value, yaml_fault))
                })
                .map_err(unrecognized),
            "application/vnd.kubernetes.protobuf" => crate::protobuf::to_json(&self.body)
                .map(Document::of)
                .ok_or_else(|| Refusal::unsupported_media_type("application/json, application/yaml")),
            _ => Err(Refusal::unsupported_media_type(
                "application/json, application/yaml, application/vnd.kubernetes.protobuf",
            )),
        }
    }
}

/// The start of a body as errors show it: as text when it is a JSON object, else in hexadecimal.
fn summary(body: &[u8]) -> String {
    const SHOWN: usize = 30;
    let start = body.get(..SHOWN).unwrap_or(body);
    let more = if body.len() > SHOWN { " ..." } else { "" };
    match body.first() {
        None => "<empty>".into(),
        Some(b'{') => format!("{}{more}", String::from_utf8_lossy(start)),
        Some(_) => start.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_percent() {
        assert_eq!(decode_percent("a%2Fb+c%zz%", true), "a/b c%zz%");
        assert_eq!(decode_percent("a+b", false), "a+b");
        let query = Query::parse("labelSelector=a%3Db&watch=true&x");
        assert_eq!(
            (query.get("labelSelector"), query.is_true("watch"), query.get("y")),
            ("a=b", true, "")
        );
    }
}
