//! What the verbs need of the world.

use std::sync::Arc;

use go_sprig::Host;
use whelm_chart::{Log, LogEntry};
use whelm_render::Lookup;

use crate::{Cancel, WaitProgress};

/// The world of a verb: clock and keys, files behind URLs, standard input, the environment, the cluster for `lookup`.
///
/// Nothing below this reads the environment or standard input by itself.
#[derive(Clone)]
pub struct Context {
    /// Clock, randomness, names and keys.
    pub host: Arc<dyn Host>,
    /// Reads what is behind a URL.
    pub fetch: Arc<Fetch>,
    /// Reads standard input to its end.
    pub stdin: Arc<Stdin>,
    /// A variable of the environment.
    pub environment: Arc<Environment>,
    /// The cluster, for the template function `lookup`.
    pub lookup: Option<Arc<dyn Lookup>>,
    /// Ends verbs that wait for a cluster.
    pub cancel: Cancel,
    /// Takes lines of the log as they come. Without it they stay in the log that the verb was given.
    pub on_log: Option<Arc<OnLog>>,
    /// Takes in what changes while a verb waits for objects.
    pub on_progress: Option<Arc<OnProgress>>,
    /// Whether the process ends soon after the verb: then memory is left to the operating system.
    pub one_shot: bool,
}

/// Reads what is behind a URL; the error is Helm's text.
pub type Fetch = dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync;

/// Reads standard input to its end.
pub type Stdin = dyn Fn() -> std::io::Result<Vec<u8>> + Send + Sync;

/// Returns a variable of the environment, `None` when it is not set.
pub type Environment = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Takes a line of the log.
pub type OnLog = dyn Fn(&LogEntry) + Send + Sync;

/// Takes in what has changed in a wait.
pub type OnProgress = dyn Fn(&WaitProgress) + Send + Sync;

impl Context {
    /// Hands over what was logged so far, if somebody wants it before the verb ends.
    pub(crate) fn emit(&self, log: &mut Log) {
        if let Some(on_log) = &self.on_log {
            log.entries.drain(..).for_each(|entry| on_log(&entry));
        }
    }

    /// Returns who is told what changes in a wait.
    pub(crate) fn progress(&self) -> Option<&OnProgress> {
        self.on_progress.as_deref()
    }

    /// Returns a context with this host, without URLs, standard input, environment or cluster.
    pub fn new(host: Arc<dyn Host>) -> Context {
        Context {
            host,
            fetch: Arc::new(|url| Err(format!("no way to fetch {url}"))),
            stdin: Arc::new(|| Ok(Vec::new())),
            environment: Arc::new(|_| None),
            lookup: None,
            cancel: Cancel::default(),
            on_log: None,
            on_progress: None,
            one_shot: false,
        }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("lookup", &self.lookup.is_some())
            .finish_non_exhaustive()
    }
}
