//! What is told of a wait while it goes on.

use std::collections::BTreeMap;

use kstatus::{ObjectId, Status, WaitFor, Waiter};

use crate::OnProgress;

/// What has changed in a wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitProgress {
    /// How many of the objects are where they are wanted.
    pub done: usize,
    /// How many are waited for.
    pub total: usize,
    /// Whether they are to go; otherwise they are to be ready.
    pub is_removal: bool,
    /// What has changed.
    pub step: WaitStep,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitStep {
    /// An object has another status than before.
    Changed {
        /// `Kind/namespace/name`
        object: String,
        /// `InProgress`, `Current`, `Failed`, `Terminating`, `NotFound`
        status: String,
        /// Why, in the words of kstatus.
        message: String,
    },
    /// The wait has ended, whether well or not.
    Ended,
}

/// Tells what changes. What is fine when it is seen first is not worth a word.
pub(super) struct Teller<'a> {
    told: Option<&'a OnProgress>,
    wait_for: WaitFor,
    known: BTreeMap<ObjectId, (Status, String)>,
    done: usize,
    total: usize,
}

impl<'a> Teller<'a> {
    pub(super) fn new(told: Option<&'a OnProgress>, waiter: &Waiter, wait_for: WaitFor) -> Self {
        Teller {
            told,
            wait_for,
            known: BTreeMap::new(),
            done: 0,
            total: waiter.statuses().count(),
        }
    }

    /// Compares what is known of some objects now with what was told.
    pub(super) fn look<'b>(&mut self, waiter: &Waiter, ids: impl IntoIterator<Item = &'b ObjectId>) {
        if self.told.is_some() {
            ids.into_iter().for_each(|id| self.look_at(waiter, id));
        }
    }

    fn look_at(&mut self, waiter: &Waiter, id: &ObjectId) {
        let Some((status, message)) = waiter.status(id) else {
            return;
        };
        let known = self.known.get(id);
        if known.is_some_and(|known| known.0 == status && known.1 == message) {
            return;
        }
        let is_done = self.is_done(status);
        // Nothing is known of an object before it was seen.
        let is_news = status != Status::Unknown && (known.is_some() || !is_done);
        let was_done = known.is_some_and(|known| self.is_done(known.0));
        self.done = (self.done + usize::from(is_done)).saturating_sub(usize::from(was_done));
        self.known.insert(id.clone(), (status, message.to_owned()));
        if let Some(told) = self.told.filter(|_| is_news) {
            told(&self.progress(WaitStep::Changed {
                object: id.to_string(),
                status: status.to_string(),
                message: message.to_owned(),
            }));
        }
    }

    /// Tells that the wait is over.
    pub(super) fn end(&self) {
        if let Some(told) = self.told {
            told(&self.progress(WaitStep::Ended));
        }
    }

    fn is_done(&self, status: Status) -> bool {
        match self.wait_for {
            WaitFor::Deleted => status == Status::NotFound,
            _ => status == Status::Current,
        }
    }

    fn progress(&self, step: WaitStep) -> WaitProgress {
        WaitProgress {
            done: self.done,
            total: self.total,
            is_removal: self.wait_for == WaitFor::Deleted,
            step,
        }
    }
}
