//! The parts of a plan.

use std::{borrow::Cow, fmt, time::Duration};

use whelm_kube_api::request::Propagation;
use whelm_release::{HookEvent, Status};

use crate::{HookRun, Managers, Object, PatchBase};

/// What is going to happen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Steps before the record exists: a failure here leaves no trace in the history.
    pub prepare: Vec<Step>,
    /// The steps themselves. The first one of an installation creates the record.
    pub steps: Vec<Step>,
    /// What happens when one of `steps` fails.
    pub on_failure: OnFailure,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// What stands before the text of its error.
    pub error_prefix: Cow<'static, str>,
    /// Whether an error ends the plan.
    pub on_error: OnError,
    /// What its failure does to the history, in place of what the plan says.
    pub if_failed: Option<IfFailed>,
}

/// What the failure of a step does to the history.
#[derive(Clone, Debug, PartialEq)]
pub struct IfFailed {
    /// The description of the failed revision; the text of the error follows.
    pub description: String,
    /// The revision that does not count as what runs any more.
    pub supersedes: Option<i64>,
    /// The revision that is stored again as it is, in the form and with the time of this write.
    pub stores_again: Option<i64>,
    /// Whether the description is logged, too.
    pub is_logged: bool,
    /// What stands before the text of the error, but not in the description.
    pub error_prefix: String,
    /// Whether objects that this attempt created are deleted. As with Helm, that fails when there are none.
    pub cleans_up: bool,
}

/// What an error does to the rest of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The plan ends.
    #[default]
    Stop,
    /// The error is kept for the end, and the plan goes on.
    Collect,
    /// The error is logged, and the plan goes on.
    Log,
}

impl Step {
    /// Makes a step whose error ends the plan and is passed on as it is.
    pub fn new(action: Action) -> Self {
        Step {
            action,
            error_prefix: Cow::Borrowed(""),
            on_error: OnError::Stop,
            if_failed: None,
        }
    }

    pub(crate) fn prefixed(action: Action, error_prefix: impl Into<Cow<'static, str>>) -> Self {
        Step {
            error_prefix: error_prefix.into(),
            ..Step::new(action)
        }
    }

    pub(crate) fn or(action: Action, on_error: OnError) -> Self {
        Step {
            on_error,
            ..Step::new(action)
        }
    }
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Creates the release's namespace.
    CreateNamespace(Box<Object>),
    /// Stores the release as a new revision.
    CreateRecord,
    /// Changes the release and stores it.
    UpdateRecord(RecordChange),
    /// Marks an earlier revision.
    Supersede {
        /// The revision.
        revision: i64,
        /// Its new description; `None` keeps the old one.
        description: Option<&'static str>,
    },
    /// Runs hooks, one after the other.
    Hooks {
        /// The event, for texts.
        event: HookEvent,
        /// The hooks in their order.
        runs: Vec<HookRun>,
    },
    /// Creates or changes objects: those of one kind that stand together at once, in the order given otherwise.
    Apply {
        /// The objects.
        objects: Vec<Apply>,
        /// How errors are put together.
        errors: ErrorStyle,
    },
    /// Deletes objects, with the same rule for what happens at once.
    Delete(Vec<Delete>),
    /// Waits for objects.
    Wait(WaitPlan),
    /// Waits until objects are gone.
    WaitDeleted(Vec<Object>),
    /// Fails: what was asked for does not go together.
    Refuse(&'static str),
    /// Removes revisions from the history.
    Purge(Vec<i64>),
    /// Marks all deployed revisions but the release's own.
    SupersedeDeployed,
}

/// What changes in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordChange {
    /// The new state.
    pub status: Status,
    /// The new description; the text of an error follows when there is one.
    pub description: String,
    /// Whether the moment is noted as that of the deletion.
    pub deleted: bool,
}

/// An object to be brought to the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Apply {
    /// The object with its ownership marks.
    pub object: Object,
    /// How.
    pub write: Write,
    /// What this client owns by updates, as the live object has it: that becomes what it owns by applying, first.
    pub managers: Option<Managers>,
    /// What stands before the text of an error.
    pub error_prefix: &'static str,
    /// Whether a failure keeps the kinds that come later from being applied.
    pub stop_on_error: bool,
    /// Whether it exists although the revision before did not have it.
    pub is_unexpected: bool,
}

/// How an object is brought to the cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// It is applied on the server's side.
    Apply {
        /// Whether fields of others are taken over.
        force: bool,
    },
    /// It is created.
    Create,
    /// It is patched by what differs.
    Patch(Box<PatchBase>),
    /// It is replaced as a whole.
    Replace {
        /// The version of the live object.
        resource_version: String,
    },
}

/// How the errors of several objects become one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorStyle {
    /// One per line, as Helm's creation does.
    Lines,
    /// With ` && ` between them, as Helm's update does.
    Ands,
}

/// An object to be deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The object.
    pub object: Object,
    /// What happens to what it owns.
    pub propagation: Propagation,
    /// The uid of the object that is meant: another one of that name stays.
    pub uid: Option<String>,
}

/// A wait.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitPlan {
    /// What is waited for.
    pub objects: Vec<Object>,
    /// Whether Jobs have to be complete.
    pub jobs: bool,
    /// How long.
    pub timeout: Duration,
}

/// What happens after a failure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnFailure {
    /// How the record changes; the text of the error is put behind the description.
    pub record: Option<RecordChange>,
    /// Whether objects that this attempt created are deleted.
    pub clean_up: bool,
    /// Whether the release is removed, or goes back to the revision before.
    pub roll_back: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError(pub String);

impl fmt::Display for PlanError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for PlanError {}
