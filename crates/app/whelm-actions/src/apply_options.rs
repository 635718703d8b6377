//! What `install` and `upgrade` share beyond rendering.

use std::{collections::BTreeMap, time::Duration};

use whelm_plan::{Merging, WaitFor};
use whelm_release::Release;

use crate::{Error, WaitStrategy, cluster::Waiting};

/// Whether anything is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// Everything happens.
    #[default]
    None,
    /// Nothing is written, and `lookup` finds nothing.
    Client,
    /// Nothing is written; the cluster is read.
    Server,
}

/// Who merges objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ServerSide {
    /// As the last revision had it.
    #[default]
    Auto,
    /// The server.
    Yes,
    /// The client.
    No,
    /// A word that nobody knows, which is refused once there is a release to upgrade.
    Other(String),
}

/// How objects are applied and waited for.
#[derive(Clone, Debug, Default)]
pub struct ApplyOptions {
    /// `--dry-run`
    pub dry_run: DryRun,
    /// `--hide-secret`
    pub hide_secret: bool,
    /// `--no-hooks`
    pub no_hooks: bool,
    /// `--wait`
    pub wait: WaitStrategy,
    /// `--wait-for-jobs`
    pub wait_for_jobs: bool,
    /// `--timeout`, for each wait of its own
    pub timeout: Duration,
    /// `--rollback-on-failure`
    pub rollback_on_failure: bool,
    /// `--force-conflicts`
    pub force_conflicts: bool,
    /// `--force-replace`: whether the client replaces objects as a whole
    pub force_replace: bool,
    /// `--take-ownership`
    pub take_ownership: bool,
    /// `--server-side`
    pub server_side: ServerSide,
    /// `--recreate-pods`: whether an upgrade replaces the Pods of what it updates
    pub recreate_pods: bool,
    /// `--description`
    pub description: String,
    /// `--labels`
    pub labels: BTreeMap<String, String>,
}

impl ApplyOptions {
    /// Returns the strategy: going back on failure needs to know of failures.
    pub(crate) fn strategy(&self) -> WaitStrategy {
        if self.rollback_on_failure && self.wait == WaitStrategy::HookOnly {
            WaitStrategy::Watcher
        } else {
            self.wait
        }
    }

    /// Whether an installation applies objects on the server's side.
    pub(crate) fn installs_server_side(&self) -> bool {
        self.server_side != ServerSide::No
    }

    /// Whether what follows a revision applies objects on the server's side.
    ///
    /// # Errors
    /// `invalid/unknown release server-side apply method: …`
    pub(crate) fn follows_server_side(&self, revision: &Release) -> Result<bool, Error> {
        match &self.server_side {
            ServerSide::Auto => Ok(revision.is_server_side()),
            ServerSide::Yes => Ok(true),
            ServerSide::No => Ok(false),
            ServerSide::Other(word) => Err(Error::new(format!(
                "invalid/unknown release server-side apply method: {word}"
            ))),
        }
    }

    /// Returns who merges objects.
    pub(crate) fn merging(&self, server_side: bool) -> Merging {
        Merging {
            server_side,
            force_conflicts: self.force_conflicts,
            replace: self.force_replace,
            ..Merging::default()
        }
    }

    /// Returns how hooks and objects are waited for.
    pub(crate) fn waiting(&self) -> Waiting {
        Waiting {
            strategy: self.strategy(),
            timeout: self.timeout,
        }
    }

    pub(crate) fn wait_for(&self) -> Option<WaitFor> {
        self.strategy().waits().then_some(WaitFor {
            jobs: self.wait_for_jobs,
            timeout: self.timeout,
        })
    }
}
