//! What goes wrong with one request, and the transport that makes it go wrong.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::Notify;
use whelm_net::{Body, BoxFuture, Error, ErrorKind, Request, Response, SharedTransport, Transport};

/// How many attempts fail while an API server starts anew: in all some seconds.
const ATTEMPTS_WHILE_DOWN: usize = 6;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client ends before the request is sent.
    KilledBefore,
    /// The client ends when the request was carried out, and never sees the answer.
    KilledAfter,
    /// The connection breaks before the request arrives.
    CutBefore,
    /// The connection breaks when the request was carried out.
    CutAfter,
    /// The connection breaks in the middle of the answer.
    CutWithin,
    /// The server refuses once, and does nothing.
    Refused(u16),
    /// The server carries the request out, and fails then.
    FailedAfter(u16),
    /// The server asks to come back later.
    Later(u16),
    /// From here on the server fails always.
    Down(u16),
    /// The server starts anew: watches end, and for some time it cannot be reached.
    Restart,
    /// The answer takes long.
    Slow,
    /// A watch is refused, since it begins too far back.
    WatchRefused,
    /// A watch says at once that it began too far back.
    WatchExpired,
    /// A watch ends at once.
    WatchEnded,
}

impl Fault {
    /// All of them.
    pub const ALL: &[Fault] = &[
        Fault::KilledBefore,
        Fault::KilledAfter,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::CutWithin,
        Fault::Refused(409),
        Fault::Refused(429),
        Fault::Refused(500),
        Fault::Refused(503),
        Fault::Refused(504),
        Fault::FailedAfter(500),
        Fault::FailedAfter(504),
        Fault::Later(429),
        Fault::Later(503),
        Fault::Down(500),
        Fault::Restart,
        Fault::Slow,
        Fault::WatchRefused,
        Fault::WatchExpired,
        Fault::WatchEnded,
    ];

    pub fn is_about_watches(self) -> bool {
        matches!(self, Fault::WatchRefused | Fault::WatchExpired | Fault::WatchEnded)
    }

    /// Tells whether the operation has to go well in spite of it, when it happens to the request of this number.
    pub fn is_harmless(self, at: usize) -> bool {
        match self {
            Fault::KilledBefore | Fault::KilledAfter | Fault::Down(_) => false,
            // A server that cannot be reached at first is not there.
            Fault::Restart => at > 0,
            Fault::Slow | Fault::Later(_) => true,
            Fault::Refused(409) => false,
            Fault::CutBefore | Fault::CutAfter | Fault::CutWithin => true,
            Fault::Refused(429) => false,
            Fault::Refused(_) | Fault::FailedAfter(_) => true,
            Fault::WatchRefused | Fault::WatchExpired | Fault::WatchEnded => true,
        }
    }
}

/// Lets the request of one number go wrong; the numbers are from 0.
pub struct Faulty {
    inner: SharedTransport,
    fault: Option<(usize, Fault)>,
    count: AtomicUsize,
    watches: AtomicUsize,
    /// What has happened.
    pub tripped: AtomicBool,
    /// Tells that the client is dead.
    pub dead: Notify,
    is_dead: AtomicBool,
    failures: AtomicUsize,
    /// The requests, for messages.
    pub seen: std::sync::Mutex<Vec<String>>,
}

impl Faulty {
    pub fn new(inner: SharedTransport, fault: Option<(usize, Fault)>) -> Self {
        Faulty {
            inner,
            fault,
            count: AtomicUsize::new(0),
            watches: AtomicUsize::new(0),
            tripped: AtomicBool::new(false),
            dead: Notify::new(),
            is_dead: AtomicBool::new(false),
            failures: AtomicUsize::new(0),
            seen: std::sync::Mutex::default(),
        }
    }

    /// How many requests there were, and how many of them were watches.
    pub fn counts(&self) -> (usize, usize) {
        (self.count.load(Ordering::SeqCst), self.watches.load(Ordering::SeqCst))
    }

    /// Tells what goes wrong with the next request.
    fn next(&self, request: &Request) -> Option<Fault> {
        let is_watch = is_watch(request);
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let watch = if is_watch {
            self.watches.fetch_add(1, Ordering::SeqCst)
        } else {
            0
        };
        let (at, fault) = self.fault?;
        match fault {
            _ if fault.is_about_watches() => (is_watch && watch == at).then_some(fault),
            Fault::Down(_) => (number >= at).then_some(fault),
            Fault::Restart if number >= at => {
                (self.failures.fetch_add(1, Ordering::SeqCst) < ATTEMPTS_WHILE_DOWN).then_some(fault)
            }
            _ => (number == at).then_some(fault),
        }
    }

    async fn carry_out(&self, request: Request) -> Result<Response, Error> {
        let line = format!("{} {}", request.method(), request.uri());
        if self.is_dead.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let fault = self.next(&request);
        self.seen.lock().unwrap().push(match fault {
            Some(fault) => format!("{line} <- {fault:?}"),
            None => line,
        });
        let Some(fault) = fault else {
            return self.inner.send(request).await;
        };
        self.tripped.store(true, Ordering::SeqCst);
        match fault {
            Fault::KilledBefore => self.die().await,
            Fault::KilledAfter => {
                let _ = whole(self.inner.send(request).await?).await;
                self.die().await
            }
            Fault::CutBefore => Err(broken()),
            Fault::CutAfter => {
                let _ = whole(self.inner.send(request).await?).await;
                Err(broken())
            }
            Fault::CutWithin => cut_within(self.inner.send(request).await?).await,
            Fault::Refused(code) | Fault::Down(code) => Ok(refusal(code, None)),
            Fault::FailedAfter(code) => {
                let _ = whole(self.inner.send(request).await?).await;
                Ok(refusal(code, None))
            }
            Fault::Later(code) => Ok(refusal(code, Some(1))),
            Fault::Restart => Err(Error::new(
                ErrorKind::Connect,
                "dial tcp 127.0.0.1:6443: connect: connection refused",
            )),
            Fault::Slow => {
                tokio::time::sleep(Duration::from_secs(2)).await;
                self.inner.send(request).await
            }
            Fault::WatchRefused => Ok(refusal(410, None)),
            Fault::WatchExpired => Ok(event_of(410)),
            Fault::WatchEnded => Ok(http::Response::new(Body::full(Vec::new()))),
        }
    }

    async fn die(&self) -> Result<Response, Error> {
        self.is_dead.store(true, Ordering::SeqCst);
        self.dead.notify_one();
        std::future::pending().await
    }
}

impl Transport for Faulty {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.carry_out(request))
    }
}

fn is_watch(request: &Request) -> bool {
    request.uri().query().is_some_and(|query| query.contains("watch="))
}

async fn whole(response: Response) -> Result<bytes::Bytes, Error> {
    // A watch has no end; what it tells first is answer enough.
    let mut body = response.into_body();
    Ok(body.chunk().await?.unwrap_or_default())
}

async fn cut_within(response: Response) -> Result<Response, Error> {
    let (parts, mut body) = response.into_parts();
    let first = body.chunk().await?.unwrap_or_default();
    let half = first.slice(..first.len() / 2);
    let chunks = stream::iter([Ok(half)]).chain(stream::once(async { Err(broken()) }));
    Ok(http::Response::from_parts(parts, Body::stream(chunks)))
}

fn broken() -> Error {
    Error::new(ErrorKind::Reset, "read: connection reset by peer")
}

fn status(code: u16) -> String {
    let (reason, message) = match code {
        409 => (
            "Conflict",
            "Operation cannot be fulfilled on things \"x\": the object has been modified; please apply your changes to the latest \
             version and try again",
        ),
        410 => ("Expired", "too old resource version: 1 (2)"),
        429 => ("TooManyRequests", "Too many requests, please try again later."),
        503 => ("ServiceUnavailable", "apiserver not ready"),
        504 => (
            "Timeout",
            "Timeout: request did not complete within the allotted timeout",
        ),
        _ => (
            "InternalError",
            "Internal error occurred: etcdserver: request timed out",
        ),
    };
    format!(
        "{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{{}},\"status\":\"Failure\",\"message\":{message:?},\
         \"reason\":\"{reason}\",\"code\":{code}}}"
    )
}

fn refusal(code: u16, retry_after: Option<u32>) -> Response {
    let mut builder = http::Response::builder()
        .status(code)
        .header("content-type", "application/json");
    if let Some(seconds) = retry_after {
        builder = builder.header("retry-after", seconds);
    }
    builder.body(Body::full(status(code))).unwrap()
}

/// A watch that tells one event of an error.
fn event_of(code: u16) -> Response {
    let line = format!("{{\"type\":\"ERROR\",\"object\":{}}}\n", status(code));
    http::Response::new(Body::full(line))
}
