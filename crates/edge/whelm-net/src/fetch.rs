//! One plain download.

use bytes::Bytes;

use crate::{Error, ErrorKind, HttpOptions, HttpTransport, Request, Transport};

/// Downloads `url`, as `-f URL` does.
///
/// # Errors
/// The server cannot be reached, or its answer is not 200: `failed to fetch URL : 404 Not Found`.
///
/// Source: Helm 4.3.1, `pkg/getter/httpgetter.go`.
pub async fn get(url: &str) -> Result<Bytes, Error> {
    let uri: http::Uri = url.parse().map_err(|error: http::uri::InvalidUri| bad(url, &error))?;
    let options = HttpOptions {
        host: uri.host().map(str::to_owned),
        user_agent: Some("Helm/4.3.1".to_owned()),
        ..HttpOptions::default()
    };
    let transport = HttpTransport::new(&options)?;
    let request: Request = http::Request::get(uri)
        .body(Bytes::new())
        .map_err(|error| bad(url, &error))?;
    let response = transport.send(request).await?;
    let status = response.status();
    if status != http::StatusCode::OK {
        let reason = status.canonical_reason().unwrap_or_default();
        return Err(Error::new(
            ErrorKind::Status,
            format!("failed to fetch {url} : {} {reason}", status.as_u16()),
        ));
    }
    response.into_body().bytes().await
}

fn bad(url: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Request, format!("parse {url:?}: {error}"))
}
