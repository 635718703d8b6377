//! Failures that an API server reports.

use std::fmt;

use serde_json::Value;

use crate::protobuf;

/// The reasons that callers tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The object does not exist.
    NotFound,
    /// The object exists.
    AlreadyExists,
    /// Somebody else changed the object, or owns the field.
    Conflict,
    /// The user may not do this.
    Forbidden,
    /// The server does not know the user.
    Unauthorized,
    /// The object breaks a rule.
    Invalid,
    /// A watch or a list began too far back.
    Expired,
    /// The server does not read this kind of body.
    UnsupportedMediaType,
    /// The server is too busy.
    TooManyRequests,
    /// Any other.
    Other(String),
}

/// A failure that the server reported. `Display` is what client-go prints for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub code: u16,
    /// The reason.
    pub reason: Reason,
    /// The text.
    pub message: String,
    /// How many seconds the server asks us to stay away.
    pub retry_after: Option<u64>,
}

/// What was asked, for texts about answers that say nothing themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// `deployments.apps`; empty for requests about no resource.
    pub resource: &'a str,
    /// The object; empty for lists and creations.
    pub name: &'a str,
}

impl ApiError {
    /// Reads the body of an answer with status `code`. A `Status` object speaks for itself; for anything else client-go
    /// has a text per code.
    pub fn from_answer(code: u16, body: &[u8], asked: Asked<'_>) -> Self {
        let status: Option<Value> = match protobuf::status(body) {
            Ok(status) => Some(status),
            Err(_) => serde_json::from_slice(body).ok(),
        };
        let status = status.filter(|status| status.get("kind").and_then(Value::as_str) == Some("Status"));
        let Some(status) = status else {
            return Self::generic(code, body, asked);
        };
        Self::from_status(code, &status)
    }

    /// Reads a `Status` object; `code` counts when it names none.
    pub fn from_status(code: u16, status: &Value) -> Self {
        let text = |key: &str| status.get(key).and_then(Value::as_str).unwrap_or_default();
        let own_code = status
            .get("code")
            .and_then(Value::as_u64)
            .and_then(|code| u16::try_from(code).ok());
        let code = own_code.unwrap_or(code);
        let reason = match text("reason") {
            "" => reason_of(code, ""),
            word => reason_from(word),
        };
        let retry_after = status.pointer("/details/retryAfterSeconds").and_then(Value::as_u64);
        ApiError {
            code,
            reason,
            message: text("message").to_owned(),
            retry_after,
        }
    }

    /// Gives the text that client-go has for an answer without a `Status`.
    ///
    /// Source: apimachinery, `pkg/api/errors/errors.go`, `NewGenericServerResponse`.
    pub fn generic(code: u16, body: &[u8], asked: Asked<'_>) -> Self {
        let body_text = String::from_utf8_lossy(body);
        let server_message = body_text.trim();
        let mut message = match code {
            409 => "the server reported a conflict".to_owned(),
            404 => "the server could not find the requested resource".to_owned(),
            400 => "the server rejected our request for an unknown reason".to_owned(),
            401 => "the server has asked for the client to provide credentials".to_owned(),
            403 => server_message.to_owned(),
            406 => "the server was unable to respond with a content type that the client supports".to_owned(),
            415 => "the server was unable to process the content type of the request".to_owned(),
            405 => "the server does not allow this method on the requested resource".to_owned(),
            422 => "the server rejected our request due to an error in our request".to_owned(),
            503 => "the server is currently unable to handle the request".to_owned(),
            504 => "the server was unable to return a response in the time allotted, but may still be processing the \
                    request"
                .to_owned(),
            429 => "the server has received too many requests and has asked us to try again later".to_owned(),
            500.. => format!("an error on the server ({server_message:?}) has prevented the request from succeeding"),
            _ => format!("the server responded with the status code {code} but did not return more information"),
        };
        let verb = asked.method.to_ascii_lowercase();
        match (asked.resource, asked.name) {
            ("", _) => {}
            (resource, "") => message.push_str(&format!(" ({verb} {resource})")),
            (resource, name) => message.push_str(&format!(" ({verb} {resource} {name})")),
        }
        ApiError {
            code,
            reason: reason_of(code, asked.method),
            message,
            retry_after: None,
        }
    }
}

fn reason_from(word: &str) -> Reason {
    match word {
        "NotFound" => Reason::NotFound,
        "AlreadyExists" => Reason::AlreadyExists,
        "Conflict" => Reason::Conflict,
        "Forbidden" => Reason::Forbidden,
        "Unauthorized" => Reason::Unauthorized,
        "Invalid" => Reason::Invalid,
        "Expired" | "Gone" => Reason::Expired,
        "UnsupportedMediaType" => Reason::UnsupportedMediaType,
        "TooManyRequests" => Reason::TooManyRequests,
        other => Reason::Other(other.to_owned()),
    }
}

fn reason_of(code: u16, method: &str) -> Reason {
    match code {
        404 => Reason::NotFound,
        409 if method == "POST" => Reason::AlreadyExists,
        409 => Reason::Conflict,
        403 => Reason::Forbidden,
        401 => Reason::Unauthorized,
        410 => Reason::Expired,
        415 => Reason::UnsupportedMediaType,
        422 => Reason::Invalid,
        429 => Reason::TooManyRequests,
        _ => Reason::Other(String::new()),
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_speaks_for_itself() {
        let body = br#"{"kind":"Status","status":"Failure","message":"secrets \"x\" already exists",
            "reason":"AlreadyExists","code":409}"#;
        let error = ApiError::from_answer(409, body, Asked::default());
        assert_eq!(error.reason, Reason::AlreadyExists);
        assert_eq!(error.to_string(), "secrets \"x\" already exists");
    }

    #[test]
    fn other_bodies_get_a_text_per_code() {
        let asked = Asked {
            method: "GET",
            resource: "pods",
            name: "",
        };
        let error = ApiError::from_answer(500, b"boom\n", asked);
        assert_eq!(
            error.to_string(),
            "an error on the server (\"boom\") has prevented the request from succeeding (get pods)"
        );
    }
}
