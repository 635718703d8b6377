//! The states of a release.

use std::fmt;

/// The state of a revision.
///
/// Source: Helm 4.3.1, `pkg/release/common/status.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nobody knows.
    #[default]
    Unknown,
    /// It is what runs.
    Deployed,
    /// It was taken away, the record was kept.
    Uninstalled,
    /// A later revision took over.
    Superseded,
    /// It went wrong.
    Failed,
    /// It is being taken away.
    Uninstalling,
    /// The first revision is under way.
    PendingInstall,
    /// A further revision is under way.
    PendingUpgrade,
    /// A rollback is under way.
    PendingRollback,
    /// A word that some other program wrote.
    Other(String),
}

impl Status {
    /// Returns the word that is stored and printed.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Unknown => "unknown",
            Status::Deployed => "deployed",
            Status::Uninstalled => "uninstalled",
            Status::Superseded => "superseded",
            Status::Failed => "failed",
            Status::Uninstalling => "uninstalling",
            Status::PendingInstall => "pending-install",
            Status::PendingUpgrade => "pending-upgrade",
            Status::PendingRollback => "pending-rollback",
            Status::Other(word) => word,
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "unknown" => Status::Unknown,
            "deployed" => Status::Deployed,
            "uninstalled" => Status::Uninstalled,
            "superseded" => Status::Superseded,
            "failed" => Status::Failed,
            "uninstalling" => Status::Uninstalling,
            "pending-install" => Status::PendingInstall,
            "pending-upgrade" => Status::PendingUpgrade,
            "pending-rollback" => Status::PendingRollback,
            other => Status::Other(other.to_owned()),
        }
    }

    /// Tells whether an operation is under way.
    pub fn is_pending(&self) -> bool {
        matches!(
            self,
            Status::PendingInstall | Status::PendingUpgrade | Status::PendingRollback
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
