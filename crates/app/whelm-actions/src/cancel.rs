//! Ending a verb early.

use tokio::sync::watch;

use crate::Error;

/// Tells verbs that they are to end. The default never does.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Receiver<bool>);

/// Ends the verbs that hold the [`Cancel`] made with it.
#[derive(Debug)]
pub struct Canceller(watch::Sender<bool>);

impl Canceller {
    /// Makes a pair.
    pub fn new() -> (Canceller, Cancel) {
        let (sender, receiver) = watch::channel(false);
        (Canceller(sender), Cancel(receiver))
    }

    /// Ends the verbs.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Default for Cancel {
    fn default() -> Self {
        Canceller::new().1
    }
}

impl Cancel {
    /// Waits until the verb is to end; for ever when nobody can say so any more.
    pub(crate) async fn cancelled(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|cancelled| *cancelled).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Runs a piece of work that leaves nothing behind, unless or until the verb is to end.
    pub(crate) async fn unless<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.cancelled() => Err(cancelled()),
            result = work => result,
        }
    }
}

/// Go's text.
pub(crate) fn cancelled() -> Error {
    Error::new("context canceled")
}
