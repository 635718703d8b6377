//! The types of a release.

use std::{collections::BTreeMap, sync::Arc};

use go_value::{Map, Str};
use whelm_chart::Chart;

use crate::{Status, Time};

/// How the objects of a revision were applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyMethod {
    /// On the server's side: `ssa`.
    ServerSide,
    /// On the client's side: `csa`.
    ClientSide,
}

impl ApplyMethod {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            ApplyMethod::ServerSide => "ssa",
            ApplyMethod::ClientSide => "csa",
        }
    }
}

/// One revision of an installed chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Release {
    /// The name.
    pub name: String,
    /// When and how it went.
    pub info: Info,
    /// The chart, without those below it; `None` when it is left out on purpose.
    pub chart: Option<Arc<Chart>>,
    /// The values that the user gave.
    pub config: Option<Arc<Map>>,
    /// The rendered objects, hooks not among them.
    pub manifest: Str,
    /// The hooks.
    pub hooks: Vec<Hook>,
    /// The revision, from 1 on.
    pub version: i64,
    /// The namespace.
    pub namespace: String,
    /// The labels of the stored object; not part of the JSON.
    pub labels: BTreeMap<String, String>,
    /// `ssa` or `csa`; empty, as in old records, means `csa`.
    pub apply_method: String,
}

impl Release {
    /// Sets state and description.
    pub fn set_status(&mut self, status: Status, description: impl Into<String>) {
        self.info.status = status;
        self.info.description = description.into();
    }

    /// Tells whether the objects were applied on the server's side.
    pub fn is_server_side(&self) -> bool {
        self.apply_method == "ssa"
    }

    /// Returns the key under which stores keep the revision.
    pub fn storage_key(name: &str, version: i64) -> String {
        format!("sh.helm.release.v1.{name}.v{version}")
    }
}

/// When and how a revision went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// When the first revision was made.
    pub first_deployed: Option<Time>,
    /// When this one was made.
    pub last_deployed: Option<Time>,
    /// When it was taken away.
    pub deleted: Option<Time>,
    /// One sentence.
    pub description: String,
    /// The state.
    pub status: Status,
    /// The revision that a rollback went back to; 0 for others.
    pub rollback_revision: i64,
    /// The rendered `NOTES.txt`.
    pub notes: Str,
    /// The live objects, by `version/Kind`; filled in for `status` only.
    pub resources: Option<Map>,
}

/// When a hook runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookEvent {
    /// Before the first installation.
    PreInstall,
    /// After it.
    PostInstall,
    /// Before removal.
    PreDelete,
    /// After it.
    PostDelete,
    /// Before a further revision.
    PreUpgrade,
    /// After it.
    PostUpgrade,
    /// Before going back.
    PreRollback,
    /// After it.
    PostRollback,
    /// When asked for.
    Test,
    /// A word from some other program.
    Other(String),
}

impl HookEvent {
    /// Returns the word of the annotation.
    pub fn as_str(&self) -> &str {
        match self {
            HookEvent::PreInstall => "pre-install",
            HookEvent::PostInstall => "post-install",
            HookEvent::PreDelete => "pre-delete",
            HookEvent::PostDelete => "post-delete",
            HookEvent::PreUpgrade => "pre-upgrade",
            HookEvent::PostUpgrade => "post-upgrade",
            HookEvent::PreRollback => "pre-rollback",
            HookEvent::PostRollback => "post-rollback",
            HookEvent::Test => "test",
            HookEvent::Other(word) => word,
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "pre-install" => HookEvent::PreInstall,
            "post-install" => HookEvent::PostInstall,
            "pre-delete" => HookEvent::PreDelete,
            "post-delete" => HookEvent::PostDelete,
            "pre-upgrade" => HookEvent::PreUpgrade,
            "post-upgrade" => HookEvent::PostUpgrade,
            "pre-rollback" => HookEvent::PreRollback,
            "post-rollback" => HookEvent::PostRollback,
            "test" => HookEvent::Test,
            other => HookEvent::Other(other.to_owned()),
        }
    }
}

/// Words of `helm.sh/hook-delete-policy`.
pub mod hook_delete {
    /// After all hooks of the event succeeded.
    pub const SUCCEEDED: &str = "hook-succeeded";
    /// After the hook failed.
    pub const FAILED: &str = "hook-failed";
    /// Before it is created again; the default.
    pub const BEFORE_CREATION: &str = "before-hook-creation";
}

/// Words of `helm.sh/hook-output-log-policy`.
pub mod hook_log {
    /// After the hook succeeded.
    pub const SUCCEEDED: &str = "hook-succeeded";
    /// After it failed.
    pub const FAILED: &str = "hook-failed";
}

/// An object that runs at certain moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hook {
    /// The object's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// The template it came from.
    pub path: Str,
    /// The object as text.
    pub manifest: Str,
    /// When it runs.
    pub events: Vec<HookEvent>,
    /// How it went last time.
    pub last_run: HookExecution,
    /// Its place among the others.
    pub weight: i64,
    /// When its object is deleted.
    pub delete_policies: Vec<String>,
    /// When its logs are shown.
    pub output_log_policies: Vec<String>,
}

/// How a hook went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HookExecution {
    /// When it began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub completed_at: Option<Time>,
    /// How.
    pub phase: HookPhase,
}

/// Where a hook stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HookPhase {
    /// It never ran.
    #[default]
    None,
    /// Nobody knows.
    Unknown,
    /// It runs.
    Running,
    /// It went well.
    Succeeded,
    /// It went wrong.
    Failed,
}

impl HookPhase {
    /// Returns the stored word; empty for [`HookPhase::None`].
    pub fn as_str(self) -> &'static str {
        match self {
            HookPhase::None => "",
            HookPhase::Unknown => "Unknown",
            HookPhase::Running => "Running",
            HookPhase::Succeeded => "Succeeded",
            HookPhase::Failed => "Failed",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "" => HookPhase::None,
            "Running" => HookPhase::Running,
            "Succeeded" => HookPhase::Succeeded,
            "Failed" => HookPhase::Failed,
            _ => HookPhase::Unknown,
        }
    }
}
