//! One API server and who we are to it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, Method, Request, header};
use serde_json::Value;
use whelm_kube_api::{ApiError, Asked, DISCOVERY_ACCEPT, Discovery, Gvk, Mapping, request, request::WriteOptions};
use whelm_net::{Body, Response, SharedTransport};

use crate::{Error, again::again, credentials::Credentials, patience::Pauses};

/// Takes in warnings that the server sends beside its answers.
pub type WarningSink = Arc<dyn Fn(&str) + Send + Sync>;

/// How often a request is repeated that the server asks to repeat, as in client-go.
const MAX_RETRIES: u32 = 10;

/// How many discovery documents are asked for at once.
const DISCOVERY_CONCURRENCY: usize = 16;

/// What `/version` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerVersion {
    /// `v1.36.3`
    pub git_version: String,
    /// `1`
    pub major: String,
    /// `36`
    pub minor: String,
}

/// A client of one API server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Inner>,
    is_patient: bool,
    is_rehearsal: bool,
}

struct Inner {
    transport: SharedTransport,
    server: String,
    namespace: String,
    headers: HeaderMap,
    credentials: Credentials,
    warnings: Mutex<Option<WarningSink>>,
    version: tokio::sync::Mutex<Option<ServerVersion>>,
    discovery: tokio::sync::Mutex<Option<Arc<Discovery>>>,
}

impl Client {
    /// Makes a client over any transport, without credentials. `namespace` is the one that objects without one go to.
    pub fn over(transport: SharedTransport, server: &str, namespace: &str) -> Self {
        Self::build(transport, server, namespace, HeaderMap::new(), Credentials::default())
    }

    pub(crate) fn build(
        transport: SharedTransport,
        server: &str,
        namespace: &str,
        mut headers: HeaderMap,
        credentials: Credentials,
    ) -> Self {
        headers.insert(header::USER_AGENT, HeaderValue::from_static("Helm/4.3.1"));
        let shared = Inner {
            transport,
            server: server.trim_end_matches('/').to_owned(),
            namespace: namespace.to_owned(),
            headers,
            credentials,
            warnings: Mutex::new(None),
            version: tokio::sync::Mutex::new(None),
            discovery: tokio::sync::Mutex::new(None),
        };
        Client {
            shared: Arc::new(shared),
            is_patient: false,
            is_rehearsal: false,
        }
    }

    /// Returns the same client, but one that sends requests again whose failure may pass by itself: broken connections,
    /// a server that starts anew, answers of 429, 500, 502, 503 and 504. It gives up after 15 seconds without an answer, and after
    /// 1.5 seconds of failures. What creates an object is sent again only if it cannot have arrived.
    ///
    /// That holds for [`Client::bytes`] and what is made of it.
    #[must_use]
    pub fn patient(&self) -> Self {
        Client {
            is_patient: true,
            ..self.clone()
        }
    }

    /// Returns the same client, but one whose writes change nothing: the server says what it would do (`dryRun=All`).
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Client {
            is_rehearsal: true,
            ..self.clone()
        }
    }

    /// Returns the options of a write by this client.
    pub(crate) fn write_options(&self, options: WriteOptions) -> WriteOptions {
        WriteOptions {
            dry_run: options.dry_run || self.is_rehearsal,
            ..options
        }
    }

    pub(crate) fn is_patient(&self) -> bool {
        self.is_patient
    }

    /// Says where warnings of the server go; without that they are dropped.
    pub fn on_warning(&self, sink: WarningSink) {
        *self.shared.warnings.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }

    /// Returns the namespace for objects without one.
    pub fn namespace(&self) -> &str {
        &self.shared.namespace
    }

    /// Sends a request whose URI is a path, and returns the answer whatever its status is.
    ///
    /// A server that is too busy, or changes its leader, is asked again.
    ///
    /// # Errors
    /// [`Error::Transport`] and [`Error::Credentials`].
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response, Error> {
        let mut renewed = false;
        let mut retries = 0;
        loop {
            let response = self.send_once(&request).await;
            let response = match response {
                Ok(response) => response,
                Err(Error::Transport(error))
                    if error.kind() == whelm_net::ErrorKind::Reset
                        && request.method() == http::Method::GET
                        && retries < 2 =>
                {
                    retries += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.pass_on_warnings(response.headers());
            if response.status() == http::StatusCode::UNAUTHORIZED && !renewed {
                renewed = true;
                if self.shared.credentials.renew().await? {
                    continue;
                }
            }
            match retry_after(&response) {
                Some(pause) if retries < MAX_RETRIES => {
                    retries += 1;
                    tokio::time::sleep(pause).await;
                }
                _ => return Ok(response),
            }
        }
    }

    async fn send_once(&self, request: &Request<Bytes>) -> Result<Response, Error> {
        let mut request = request.clone();
        let uri = format!("{}{}", self.shared.server, request.uri());
        *request.uri_mut() = uri.parse().map_err(|error| {
            Error::Credentials(format!(
                "host must be a URL or a host:port pair: {:?}: {error}",
                self.shared.server
            ))
        })?;
        for (name, value) in &self.shared.headers {
            request.headers_mut().append(name, value.clone());
        }
        if let Some(value) = self.shared.credentials.authorization() {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        Ok(self.shared.transport.send(request).await?)
    }

    fn pass_on_warnings(&self, headers: &HeaderMap) {
        let mut texts = headers
            .get_all(header::WARNING)
            .iter()
            .filter_map(warning_text)
            .peekable();
        if texts.peek().is_none() {
            return;
        }
        let sink = self
            .shared
            .warnings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(sink) = sink {
            texts.for_each(|text| sink(&text));
        }
    }

    /// Sends a request and returns the body of the answer.
    ///
    /// # Errors
    /// As [`Client::send`], and [`Error::Api`] for an answer with a status of 400 or more.
    pub async fn bytes(&self, request: Request<Bytes>, asked: Asked<'_>) -> Result<Bytes, Error> {
        self.patiently(request.method(), || self.bytes_once(request.clone(), asked))
            .await
    }

    /// Does again what a failure ended that may pass by itself, if this client is patient: see [`Client::patient`]. `method` is that
    /// of the requests that are sent.
    ///
    /// # Errors
    /// Those of the last attempt.
    pub async fn patiently<T, F>(&self, method: &Method, once: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut pauses = Pauses::default();
        again(once, |failure| {
            pauses.after(failure, method).filter(|_| self.is_patient)
        })
        .await
    }

    async fn bytes_once(&self, request: Request<Bytes>, asked: Asked<'_>) -> Result<Bytes, Error> {
        Ok(self.body(request, asked).await?.bytes().await?)
    }

    /// Sends a request and returns the body of the answer, which may still be on its way. It is sent once.
    pub(crate) async fn body(&self, request: Request<Bytes>, asked: Asked<'_>) -> Result<Body, Error> {
        let response = self.send(request).await?;
        let status = response.status().as_u16();
        let body = response.into_body();
        if status >= 400 {
            return Err(ApiError::from_answer(status, &body.bytes().await?, asked).into());
        }
        Ok(body)
    }

    /// Sends a request and returns the object that comes back.
    ///
    /// # Errors
    /// As [`Client::bytes`], and [`Error::Answer`] when the answer is no JSON.
    pub async fn json(&self, request: Request<Bytes>, asked: Asked<'_>) -> Result<Value, Error> {
        decoded(&self.bytes(request, asked).await?)
    }

    /// Returns the server's version; it is asked once.
    ///
    /// # Errors
    /// As [`Client::json`]; the server's own words are replaced by client-go's, as `helm` prints them here.
    pub async fn server_version(&self) -> Result<ServerVersion, Error> {
        let mut cached = self.shared.version.lock().await;
        if let Some(version) = cached.as_ref() {
            return Ok(version.clone());
        }
        let mut pauses = Pauses::default();
        let version = again(
            || self.ask_version(),
            |failure| pauses.after_knocking(failure).filter(|_| self.is_patient),
        );
        Ok(cached.insert(version.await?).clone())
    }

    async fn ask_version(&self) -> Result<ServerVersion, Error> {
        let response = self.send(request::raw("/version", "application/json, */*")).await?;
        let status = response.status().as_u16();
        let body = response.into_body().bytes().await?;
        if status >= 400 {
            return Err(ApiError::generic(status, &body, Asked::default()).into());
        }
        let value: Value = serde_json::from_slice(&body)
            .map_err(|error| Error::Answer(format!("unable to parse the server version: {error}")))?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(ServerVersion {
            git_version: text("gitVersion"),
            major: text("major"),
            minor: text("minor"),
        })
    }

    /// Returns what the server serves; it is asked once.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn discovery(&self) -> Result<Arc<Discovery>, Error> {
        let mut cached = self.shared.discovery.lock().await;
        if let Some(discovery) = cached.as_ref() {
            return Ok(Arc::clone(discovery));
        }
        let discovery = Arc::new(self.discover().await?);
        *cached = Some(Arc::clone(&discovery));
        Ok(discovery)
    }

    /// Forgets what the server serves, so that it is asked again.
    pub async fn forget_discovery(&self) {
        *self.shared.discovery.lock().await = None;
    }

    async fn discover(&self) -> Result<Discovery, Error> {
        let root = |path| {
            self.json(
                request::raw(path, DISCOVERY_ACCEPT),
                Asked {
                    method: "GET",
                    ..Asked::default()
                },
            )
        };
        let (core, groups) = futures_util::future::try_join(root("/api"), root("/apis")).await?;
        let mut discovery = Discovery::default();
        let mut paths = discovery.add_root(&core);
        paths.extend(discovery.add_root(&groups));
        let lists = stream::iter(paths)
            .map(|path| async move {
                // A server behind the API server that is away counts as one without kinds.
                let list = self.bytes_once(request::raw(&path, "application/json"), Asked::default());
                let list = list.await.and_then(|body| decoded(&body));
                (path, list)
            })
            .buffered(DISCOVERY_CONCURRENCY)
            .collect::<Vec<_>>()
            .await;
        for (path, list) in lists {
            match list {
                Ok(list) => discovery.add_resource_list(&list),
                Err(Error::Api(_)) => {
                    discovery.add_failure(path.trim_start_matches("/apis/").trim_start_matches("/api/"));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(discovery)
    }

    /// Returns where objects of `gvk` live.
    ///
    /// # Errors
    /// [`Error::NoMatch`], and those of [`Client::discovery`].
    pub async fn mapping(&self, gvk: &Gvk) -> Result<Mapping, Error> {
        Ok(self.discovery().await?.mapping(gvk)?.clone())
    }
}

fn decoded(body: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Answer(format!("couldn't decode the answer: {error}")))
}

/// How long to stay away before asking again, if the server asks for that.
fn retry_after(response: &Response) -> Option<Duration> {
    let status = response.status().as_u16();
    if status != 429 && status < 500 {
        return None;
    }
    let seconds: u64 = response
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds.min(60)))
}

/// Takes the text out of `299 - "text"`.
fn warning_text(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?.strip_prefix("299 ")?;
    let quoted = text.split_once(' ')?.1;
    let inner = quoted.strip_prefix('"')?;
    let mut out = String::new();
    let mut escaped = false;
    for letter in inner.chars() {
        match letter {
            _ if escaped => {
                out.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some(out),
            _ => out.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o_029_warnings_are_unquoted() {
        let value = HeaderValue::from_static(r#"299 - "unknown field \"spec.x\"""#);
        assert_eq!(warning_text(&value).unwrap(), "unknown field \"spec.x\"");
        assert_eq!(warning_text(&HeaderValue::from_static("199 - \"x\"")), None);
    }
}
