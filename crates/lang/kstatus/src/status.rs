//! The statuses and what comes with one.

use std::fmt;

/// The state of one object, seen from a client that waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The controllers are still working on the object.
    InProgress,
    /// The controllers gave up on the object.
    Failed,
    /// The object is as its specification wants it.
    Current,
    /// The object is scheduled for deletion.
    Terminating,
    /// The object does not exist.
    NotFound,
    /// Nothing is known about the object yet, or its data could not be understood.
    Unknown,
}

impl Status {
    /// Returns the word that kstatus prints for the status.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::InProgress => "InProgress",
            Status::Failed => "Failed",
            Status::Current => "Current",
            Status::Terminating => "Terminating",
            Status::NotFound => "NotFound",
            Status::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A standard condition that would belong on the object.
///
/// `Reconciling` accompanies [`Status::InProgress`], `Stalled` accompanies [`Status::Failed`]. Its status is always
/// `True`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// `Reconciling` or `Stalled`.
    pub kind: &'static str,
    /// A single word in CamelCase, possibly taken from the object.
    pub reason: String,
    /// A sentence for people.
    pub message: String,
}

/// The status of one object with the words that explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusResult {
    /// The status.
    pub status: Status,
    /// Why the object has this status, in kstatus' words.
    pub message: String,
    /// The standard conditions that express the status; empty when the object is current.
    pub conditions: Vec<Condition>,
}

impl StatusResult {
    pub(crate) fn current(message: impl Into<String>) -> Self {
        StatusResult {
            status: Status::Current,
            message: message.into(),
            conditions: Vec::new(),
        }
    }

    pub(crate) fn in_progress(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self::with_condition(Status::InProgress, "Reconciling", reason.into(), message.into())
    }

    pub(crate) fn failed(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self::with_condition(Status::Failed, "Stalled", reason.into(), message.into())
    }

    pub(crate) fn terminating() -> Self {
        StatusResult {
            status: Status::Terminating,
            message: "Resource scheduled for deletion".into(),
            conditions: Vec::new(),
        }
    }

    fn with_condition(status: Status, kind: &'static str, reason: String, message: String) -> Self {
        let condition = Condition {
            kind,
            reason,
            message: message.clone(),
        };
        StatusResult {
            status,
            message,
            conditions: vec![condition],
        }
    }
}
