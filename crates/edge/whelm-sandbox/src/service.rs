//! The server as a transport.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderValue, Response};
use serde_json::Value;
use tokio::sync::watch;
use whelm_net::{Body, BoxFuture, Error, Request, Transport};

use crate::authorization::{Authorization, User};
use crate::clock::{Clock, millis, unix_millis};
use crate::core::{Answer, Core};
use crate::events;
use crate::faults::{self, Cut, Faults, Trouble};
use crate::scenario::Scenario;
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
    faults: Mutex<Faults>,
    /// How often the server was started anew, which ends all streams.
    restarts: AtomicU64,
    clock: Clock,
    revision: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    core: Core,
    file: Option<StateFile>,
    authorization: Option<Arc<Authorization>>,
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
        Sandbox::of(Core::new(seed, unix_millis()), None, Clock::System)
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
        Ok(Sandbox::of(core, Some(file), Clock::System))
    }

    /// Serves a cluster that was made before.
    #[must_use]
    pub fn of_core(core: Core) -> Self {
        Sandbox::of(core, None, Clock::System)
    }

    /// Returns the cluster with authentication and role-based access control; see [`Core::with_rbac`].
    #[must_use]
    pub fn with_rbac(self, tokens: BTreeMap<String, User>) -> Self {
        self.state().authorization = Some(Arc::new(Authorization { tokens }));
        self
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
        let authorization = core.authorization.clone();
        let state = Mutex::new(State {
            core,
            file,
            authorization,
        });
        Sandbox {
            shared: Arc::new(Shared {
                state,
                faults: Mutex::default(),
                restarts: AtomicU64::new(0),
                clock,
                revision,
            }),
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
        self.act(|core, now| {
            core.skipped = core.skipped.saturating_add(millis(time));
            core.tick(now.saturating_add(millis(time)));
        })?;
        // Whoever waits for an alarm waits for the clock that was, and has to look again.
        self.shared.revision.send_modify(|_| ());
        Ok(())
    }

    /// Makes Pods and requests do what a scenario says, from now on. It holds for this handle and its clones, not for
    /// other processes that use the same state file.
    ///
    /// # Errors
    /// The state file cannot be read.
    pub fn set_scenario(&self, scenario: Scenario) -> std::io::Result<()> {
        let faults = Faults::new(scenario.faults.clone(), scenario.seed);
        *self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
        self.act(|core, _| core.set_scenario(scenario))
    }

    /// Answers a request, after whatever a scenario has in store for it.
    pub(crate) async fn respond(&self, request: &Request) -> Result<whelm_net::Response, Error> {
        let fault = {
            let now = self.now(&self.state().core);
            let mut faults = self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner);
            faults.next(request, now)
        };
        if fault.latency > 0 {
            tokio::time::sleep(Duration::from_millis(fault.latency)).await;
        }
        match fault.trouble {
            Trouble::None => Ok(self.answer(request)),
            Trouble::Status {
                code,
                retry_after,
                message,
            } => Ok(refused(code, retry_after, &message)),
            Trouble::Cut(Cut::Before) => Err(faults::broken()),
            Trouble::Cut(Cut::After) => {
                drop(self.answer(request));
                Err(faults::broken())
            }
            Trouble::Cut(Cut::Within) => Ok(self.answer(request).map(cut_within)),
            Trouble::ExpireWatches => {
                // A file that cannot be read is reported by the answer.
                let _ = self.act(|core, _| core.expire_watches());
                Ok(self.answer(request))
            }
            Trouble::Restart { .. } => {
                self.shared.restarts.fetch_add(1, Ordering::Relaxed);
                self.shared.revision.send_modify(|_| ());
                Err(faults::broken())
            }
        }
    }

    /// Returns how often the server was started anew.
    pub(crate) fn restarts(&self) -> u64 {
        self.shared.restarts.load(Ordering::Relaxed)
    }

    /// Answers a request, whatever faults a scenario has.
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
            } => {
                let is_head = request.method() == http::Method::HEAD;
                full(code, content_type, &warnings, if is_head { Bytes::new() } else { body })
            }
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
            let now = self.now(&state.core);
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
        let now = self.now(&state.core);
        let alarm = state.core.next_alarm().map(|due| until(now, due));
        let look = state.file.as_ref().map(|_| LOOK);
        alarm.into_iter().chain(look).min()
    }

    /// Calls `act` on a cluster that is up to date, at the present time, and keeps what it changed.
    fn act<T>(&self, act: impl FnOnce(&mut Core, i64) -> T) -> std::io::Result<T> {
        let (result, revision) = {
            let mut state = self.state();
            let State {
                core,
                file,
                authorization,
            } = &mut *state;
            let start = self.shared.clock.now();
            let act = |core: &mut Core| {
                // What a state file was read into knows nothing of users.
                core.authorization.clone_from(authorization);
                // The file may say that the clock was put forward.
                act(core, self.now(core))
            };
            let result = match file {
                Some(file) => file.exclusively(core, start, act),
                None => Ok(act(core)),
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
    pub(crate) fn last_bookmark(&self, watch: &mut Watch) -> Option<Value> {
        watch.last_bookmark(&self.state().core)
    }

    /// Returns what tells of new revisions.
    pub(crate) fn revisions(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    fn now(&self, core: &Core) -> i64 {
        self.shared.clock.now().saturating_add(core.skipped)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn until(now: i64, due: i64) -> Duration {
    Duration::from_millis(u64::try_from(due.saturating_sub(now)).unwrap_or(0))
}

fn refused(code: u16, retry_after: Option<i64>, message: &str) -> whelm_net::Response {
    let status = faults::status(code, retry_after, message);
    let mut response = full(code, "application/json", &[], status.to_string().into());
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(http::header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Returns the first half of what a body begins with, and then breaks off.
fn cut_within(mut body: Body) -> Body {
    Body::stream(
        futures_util::stream::once(async move { body.chunk().await }).flat_map(|chunk| {
            let half = chunk.ok().flatten().map(|chunk| Ok(chunk.slice(..chunk.len() / 2)));
            futures_util::stream::iter(half.into_iter().chain([Err(faults::broken())]))
        }),
    )
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
        Box::pin(async move { self.respond(&request).await })
    }
}

fn seed(now: i64) -> u64 {
    now.unsigned_abs() ^ u64::from(std::process::id()) << 40
}
