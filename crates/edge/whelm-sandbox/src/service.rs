//! The server as a transport.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response};
use serde_json::Value;
use tokio::sync::watch;
use whelm_net::{Body, BoxFuture, Error, Request, Transport};

use crate::clock::{Clock, unix_millis};
use crate::core::{Answer, Core};
use crate::events;
use crate::state_file::StateFile;
use crate::status::Refusal;
use crate::watch::Watch;

/// How often a watch looks whether another process has changed the state file.
const LOOK: Duration = Duration::from_millis(40);

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
    clock: Clock,
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
        Sandbox::of(Core::new(seed, unix_millis()), None, Clock::system())
    }

    /// Starts a cluster that lives in the time of the async runtime, from a moment in milliseconds since the Unix epoch.
    ///
    /// When a test pauses the runtime's clock, an hour that everybody only waits through takes no time.
    #[must_use]
    pub fn in_runtime_time(seed: u64, unix_millis: i64) -> Self {
        Sandbox::of(Core::new(seed, unix_millis), None, Clock::runtime(unix_millis))
    }

    /// Opens the cluster whose state lives in a file, or starts one there. Folders on the way are made.
    ///
    /// Any number of processes may have the same file open; each sees what the others do. What was answered survives the
    /// end of the process, in whatever way it ends. Beside the file lies another one, with `.lock` after its name.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let now = unix_millis();
        let (file, core) = StateFile::open(path, seed(now), now)?;
        Ok(Sandbox::of(core, Some(file), Clock::system()))
    }

    /// Serves a cluster that was made before.
    #[must_use]
    pub fn of_core(core: Core) -> Self {
        Sandbox::of(core, None, Clock::system())
    }

    /// Deletes the cluster whose state lives in a file. Processes that use it go on with a new cluster.
    ///
    /// # Errors
    /// The file holds something else, or cannot be deleted.
    pub fn delete(path: &Path) -> std::io::Result<()> {
        StateFile::remove(path)
    }

    fn of(core: Core, file: Option<StateFile>, clock: Clock) -> Self {
        let (revision, _) = watch::channel(core.revision());
        let state = Mutex::new(State { core, file });
        Sandbox {
            shared: Arc::new(Shared { state, clock, revision }),
        }
    }

    /// Returns every object of the cluster.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn objects(&self) -> std::io::Result<Vec<Value>> {
        self.act(|core, _| core.objects())
    }

    /// Returns the revision of the last change.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn revision(&self) -> std::io::Result<u64> {
        self.act(|core, _| core.revision())
    }

    /// Puts the cluster's clock forward, and does all that controllers would have done in the meantime.
    ///
    /// # Errors
    /// The state file cannot be read or written.
    pub fn advance(&self, time: Duration) -> std::io::Result<()> {
        self.shared.clock.skip(time);
        self.act(|core, now| core.tick(now))?;
        // Whoever waits for an alarm waits for the clock that was, and has to look again.
        self.shared.revision.send_modify(|_| ());
        Ok(())
    }

    /// Answers a request.
    #[must_use]
    pub fn answer(&self, request: &Request) -> whelm_net::Response {
        let answer = self.act(|core, now| core.handle(request, now)).unwrap_or_else(|error| {
            Answer::refuse(&Refusal::internal(format!("the state file is not usable: {error}")))
        });
        match answer {
            Answer::Full {
                code,
                content_type,
                warnings,
                body,
            } => full(code, content_type, &warnings, body),
            Answer::Watch(watch) => {
                let mut response = Response::new(Body::stream(events::stream(self.clone(), watch)));
                response
                    .headers_mut()
                    .insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
        }
    }

    /// Does what is due by now, and takes in what other processes did.
    pub(crate) fn catch_up(&self) {
        let is_behind = {
            let state = self.state();
            let now = self.shared.clock.now();
            state.file.as_ref().is_some_and(StateFile::has_news)
                || state.core.next_alarm().is_some_and(|due| due <= now)
        };
        if is_behind {
            // A file that cannot be read is reported to whoever sends the next request.
            let _ = self.act(|core, now| core.tick(now));
        }
    }

    /// Returns how long nothing happens without a request, as far as is known.
    pub(crate) fn quiet_time(&self) -> Option<Duration> {
        let state = self.state();
        let now = self.shared.clock.now();
        let alarm = state.core.next_alarm().map(|due| until(now, due));
        let look = state.file.as_ref().map(|_| LOOK);
        alarm.into_iter().chain(look).min()
    }

    /// Calls `act` on a cluster that is up to date, at the present time, and keeps what it changed.
    fn act<T>(&self, act: impl FnOnce(&mut Core, i64) -> T) -> std::io::Result<T> {
        let now = self.shared.clock.now();
        let (result, revision) = {
            let mut state = self.state();
            let State { core, file } = &mut *state;
            let result = match file {
                Some(file) => file.exclusively(core, now, |core| act(core, now)),
                None => Ok(act(core, now)),
            };
            (result, core.revision())
        };
        let changed = |last: &mut u64| std::mem::replace(last, revision) != revision;
        self.shared.revision.send_if_modified(changed);
        result
    }

    /// Returns what was changed since a watch last looked, and whether more can come.
    pub(crate) fn poll_watch(&self, watch: &mut Watch) -> (Vec<Value>, bool) {
        self.state().core.poll_watch(watch)
    }

    /// Returns the bookmark that ends a watch, if the client wants bookmarks.
    pub(crate) fn last_bookmark(&self, watch: &Watch) -> Option<Value> {
        watch.last_bookmark(&self.state().core)
    }

    /// Returns what tells of new revisions.
    pub(crate) fn revisions(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn until(now: i64, due: i64) -> Duration {
    Duration::from_millis(u64::try_from(due.saturating_sub(now)).unwrap_or(0))
}

/// Makes an HTTP response of an answer.
pub(crate) fn full(code: u16, content_type: &'static str, warnings: &[String], body: Bytes) -> whelm_net::Response {
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

impl Transport for Sandbox {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<whelm_net::Response, Error>> {
        let response = self.answer(&request);
        Box::pin(async move { Ok(response) })
    }
}

fn seed(now: i64) -> u64 {
    now.unsigned_abs() ^ u64::from(std::process::id()) << 40
}
