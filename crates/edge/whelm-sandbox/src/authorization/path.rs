//! Tokens in paths.
//!
//! Clients such as kubectl send no token of a kubeconfig over a connection without TLS. The address of a server may have a path
//! though, and so a token can be part of it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Request, Uri};

const PREFIX: &str = "/as/";

/// Returns the path that, before the path of a request, stands for a token.
///
/// The token is one of letters, digits, `-`, `_` and `.`.
#[must_use]
pub fn token_path(token: &str) -> String {
    format!("{PREFIX}{token}")
}

/// Moves the token of a path to where tokens are looked for.
pub(crate) fn with_header(request: &Request<Bytes>) -> Cow<'_, Request<Bytes>> {
    moved(request).map_or(Cow::Borrowed(request), Cow::Owned)
}

fn moved(request: &Request<Bytes>) -> Option<Request<Bytes>> {
    let whole = request.uri().path_and_query()?.as_str();
    let rest = whole.strip_prefix(PREFIX)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (token, path) = rest.split_at(end);
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    let mut request = request.clone();
    *request.uri_mut() = path.parse::<Uri>().ok()?;
    let value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    request.headers_mut().insert(http::header::AUTHORIZATION, value);
    Some(request)
}
