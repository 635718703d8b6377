//! SIGINT and SIGTERM while a release is being made: what goes on ends, and the record says so.

use std::io::Write;

use tokio::signal::unix::{Signal, SignalKind, signal};
use whelm_sdk::{Cancel, Canceller};

use crate::failure::Failure;

/// Listens for signals from now on, which no longer end the process. The first one says on standard output what is
/// cancelled; further ones change nothing, so that the record can be written.
///
/// Source: Helm 4.3.1, `pkg/cmd/install.go`.
pub fn listen(release: &str) -> Result<Cancel, Failure> {
    let of_kind = |kind| signal(kind).map_err(|error| Failure::new(format!("cannot listen for signals: {error}")));
    let (interrupt, terminate) = (of_kind(SignalKind::interrupt())?, of_kind(SignalKind::terminate())?);
    let (canceller, cancel) = Canceller::new();
    tokio::spawn(wait(interrupt, terminate, canceller, release.to_owned()));
    Ok(cancel)
}

async fn wait(mut interrupt: Signal, mut terminate: Signal, canceller: Canceller, release: String) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    let mut stdout = std::io::stdout();
    // Nobody is left to tell when standard output is gone.
    let _ = writeln!(stdout, "Release {release} has been cancelled.").and_then(|()| stdout.flush());
    canceller.cancel();
}
