//! The server as a transport, and on a socket.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use http::{HeaderValue, Response};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use whelm_net::{Body, BoxFuture, Error, Request, Transport};

use crate::core::{Answer, Core};
use crate::state_file::StateFile;
use crate::status::Refusal;
use crate::watch::Watch;

/// A cluster inside the process. Clones are handles to the same cluster.
///
/// It is a [`Transport`]: whatever host a request names, the cluster answers it.
#[derive(Debug, Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    revision: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    core: Core,
    file: Option<StateFile>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Sandbox::new()
    }
}

impl Sandbox {
    /// Starts a cluster of its own; its UIDs and generated names differ from those of other runs.
    #[must_use]
    pub fn new() -> Self {
        Sandbox::with_seed(seed(unix_millis()))
    }

    /// Starts a cluster whose UIDs and generated names follow from a seed.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        Sandbox::of(State {
            core: Core::new(seed, unix_millis()),
            file: None,
        })
    }

    /// Opens the cluster whose state lives in a file, or starts one there. Folders on the way are made.
    ///
    /// The file belongs to this process until the last handle is dropped; another process that opens it waits until then.
    /// Beside it lie two more, with `.lock` and `.new` after its name.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn open(path: &std::path::Path) -> std::io::Result<Self> {
        let now = unix_millis();
        let (file, core) = StateFile::open(path, seed(now), now)?;
        Ok(Sandbox::of(State { core, file: Some(file) }))
    }

    fn of(state: State) -> Self {
        let (revision, _) = watch::channel(state.core.revision());
        Sandbox {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                revision,
            }),
        }
    }

    /// Returns every object of the cluster.
    #[must_use]
    pub fn objects(&self) -> Vec<Value> {
        self.state().core.objects()
    }

    /// Answers a request.
    #[must_use]
    pub fn answer(&self, request: &Request) -> whelm_net::Response {
        let (answer, revision) = {
            let mut state = self.state();
            let answer = state.core.handle(request, unix_millis());
            let State { core, file } = &mut *state;
            let saved = file.as_mut().map_or(Ok(()), |file| file.save(core));
            let answer = match saved {
                Ok(()) => answer,
                Err(error) => Answer::refuse(&Refusal::internal(format!("the state file cannot be written: {error}"))),
            };
            (answer, state.core.revision())
        };
        self.shared
            .revision
            .send_if_modified(|last| std::mem::replace(last, revision) != revision);
        match answer {
            Answer::Full {
                code,
                content_type,
                warnings,
                body,
            } => full(code, content_type, &warnings, body),
            Answer::Watch(watch) => {
                let body = Body::stream(self.events(watch));
                let mut response = Response::new(body);
                response
                    .headers_mut()
                    .insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the lines of a watch as they come, until its time is over.
    fn events(&self, watch: Watch) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<> {
        let deadline = Instant::now() + Duration::from_secs(watch.timeout_seconds.min(86_400));
        let revision = self.shared.revision.subscribe();
        let state = Events {
            sandbox: self.clone(),
            watch,
            revision,
            deadline,
            open: true,
        };
        unfold(state, |mut state| async move {
            state.next().await.map(|bytes| (Ok(bytes), state))
        })
    }

    /// Serves the cluster on a listening socket, until the future is dropped.
    ///
    /// # Errors
    /// The socket cannot accept connections any more.
    pub async fn serve(&self, listener: tokio::net::TcpListener) -> std::io::Result<()> {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let (stream, _) = accepted?;
                    connections.spawn(self.clone().serve_connection(stream));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve_connection(self, stream: tokio::net::TcpStream) {
        let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let sandbox = self.clone();
            async move { Ok::<_, Infallible>(sandbox.answer_incoming(request).await) }
        });
        let io = hyper_util::rt::TokioIo::new(stream);
        // A client that goes away ends its connection; there is nobody to tell.
        let _ = hyper::server::conn::http1::Builder::new()
            .serve_connection(io, service)
            .await;
    }

    async fn answer_incoming(
        &self,
        request: http::Request<hyper::body::Incoming>,
    ) -> Response<http_body_util::StreamBody<impl Stream<Item = Result<hyper::body::Frame<Bytes>, Error>> + use<>>>
    {
        use futures_util::StreamExt;
        use http_body_util::{BodyExt, Limited};
        let (head, body) = request.into_parts();
        // The real server takes no more than three mebibytes either.
        let response = match Limited::new(body, 3 << 20).collect().await {
            Ok(body) => self.answer(&http::Request::from_parts(head, body.to_bytes())),
            Err(_) => full(413, "text/plain", &[], "request entity too large".into()),
        };
        response.map(|body| http_body_util::StreamBody::new(body.map(|chunk| chunk.map(hyper::body::Frame::data))))
    }
}

fn full(code: u16, content_type: &'static str, warnings: &[String], body: Bytes) -> whelm_net::Response {
    let length = body.len();
    let mut response = Response::new(Body::full(body));
    *response.status_mut() = http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(http::header::CONTENT_LENGTH, length.into());
    for warning in warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{quoted}\"")) {
            headers.append(http::header::WARNING, value);
        }
    }
    response
}

struct Events {
    sandbox: Sandbox,
    watch: Watch,
    revision: watch::Receiver<u64>,
    deadline: Instant,
    open: bool,
}

impl Events {
    async fn next(&mut self) -> Option<Bytes> {
        while self.open {
            // Marked as seen before looking, so that no change between the two is missed.
            self.revision.mark_unchanged();
            let (events, more) = self.sandbox.state().core.poll_watch(&mut self.watch);
            self.open = more;
            if !events.is_empty() {
                return Some(lines(&events));
            }
            let changed = tokio::time::timeout_at(self.deadline, self.revision.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                self.open = false;
                let bookmark = self.watch.last_bookmark(&self.sandbox.state().core);
                return bookmark.map(|bookmark| lines(&[bookmark]));
            }
        }
        None
    }
}

fn lines(events: &[Value]) -> Bytes {
    let mut text = String::new();
    for event in events {
        text += &event.to_string();
        text.push('\n');
    }
    text.into()
}

impl Transport for Sandbox {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<whelm_net::Response, Error>> {
        let response = self.answer(&request);
        Box::pin(async move { Ok(response) })
    }
}

fn seed(now: i64) -> u64 {
    now.unsigned_abs() ^ u64::from(std::process::id()) << 40
}

fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
