//! The stream of a watch.

use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use whelm_net::Error;

use crate::faults;
use crate::service::Sandbox;
use crate::watch::Watch;

/// The longest that a watch lasts, in seconds.
const LONGEST: u64 = 86_400;

/// Returns the lines of a watch as they come, until its time is over.
pub(crate) fn stream(sandbox: Sandbox, watch: Watch) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    let deadline = Instant::now() + Duration::from_secs(watch.timeout_seconds.min(LONGEST));
    let revision = sandbox.revisions();
    let restarts = sandbox.restarts();
    let events = Events {
        sandbox,
        watch,
        revision,
        deadline,
        open: true,
        restarts,
    };
    unfold(events, |mut events| async move {
        events.next().await.map(|bytes| (bytes, events))
    })
}

struct Events {
    sandbox: Sandbox,
    watch: Watch,
    revision: watch::Receiver<u64>,
    deadline: Instant,
    open: bool,
    restarts: u64,
}

impl Events {
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        while self.open {
            if self.sandbox.restarts() != self.restarts {
                self.open = false;
                return Some(Err(faults::broken()));
            }
            // Marked as seen before looking, so that no change between the two is missed.
            self.revision.mark_unchanged();
            self.sandbox.catch_up();
            let (events, more) = self.sandbox.poll_watch(&mut self.watch);
            self.open = more;
            if !events.is_empty() {
                return Some(Ok(lines(&events)));
            }
            if !self.wait().await {
                self.open = false;
                let bookmark = self.sandbox.last_bookmark(&mut self.watch);
                return bookmark.map(|bookmark| Ok(lines(&[bookmark])));
            }
        }
        None
    }

    /// Waits until something may have happened; says no when the watch is over.
    async fn wait(&mut self) -> bool {
        let quiet = self.sandbox.quiet_time().map(|time| Instant::now() + time);
        let until = quiet.map_or(self.deadline, |quiet| quiet.min(self.deadline));
        match tokio::time::timeout_at(until, self.revision.changed()).await {
            Ok(changed) => changed.is_ok(),
            Err(_) => Instant::now() < self.deadline,
        }
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
