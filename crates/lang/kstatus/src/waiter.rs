//! Waiting for many objects, as Helm's status watcher does, driven by events.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::object_id::group_and_kind;
use crate::rules::hook::{hook_job, hook_pod};
use crate::rules::pod::SCHEDULE_WINDOW;
use crate::{
    FieldError, GroupKind, ObjectId, Status, StatusResult, Timestamp, compute_lenient, compute_with_pods,
    is_pod_unschedulable,
};

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitFor {
    /// Every object is current; a Job is when it has started.
    Ready,
    /// Every object is current; a Job is when it has completed.
    ReadyWithJobs,
    /// Jobs have completed and Pods have succeeded; any other object only has to exist.
    HooksReady,
    /// No object exists any more.
    Deleted,
}

/// Whether the wait goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Objects are still on their way.
    Waiting,
    /// Nothing that is waited for can change any more: call [`Waiter::finish`].
    Done,
}

/// Why the wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The waiter answered [`Progress::Done`].
    Observed,
    /// The time was up.
    DeadlineExceeded,
    /// The user or the program gave up.
    Canceled,
}

/// The last known state of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectStatus {
    /// Which object.
    pub id: ObjectId,
    /// Its status, [`Status::Unknown`] before the first event.
    pub status: Status,
    /// kstatus' words for it, empty while it is unknown.
    pub message: String,
}

/// Objects that did not reach the wanted state. Prints one line per object, and one for the end of the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitError {
    /// The objects, in the order in which they were given.
    pub objects: Vec<ObjectStatus>,
    /// What was waited for.
    pub wait_for: WaitFor,
    /// Why the wait ended.
    pub end: End,
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.wait_for == WaitFor::Deleted {
            "still exists"
        } else {
            "not ready"
        };
        let mut separator = "";
        for ObjectStatus { id, status, message } in &self.objects {
            write!(
                f,
                "{separator}resource {id} {verdict}. status: {status}, message: {message}"
            )?;
            separator = "\n";
        }
        match self.end {
            End::Observed => Ok(()),
            End::DeadlineExceeded => write!(f, "{separator}context deadline exceeded"),
            End::Canceled => write!(f, "{separator}context canceled"),
        }
    }
}

impl std::error::Error for WaitError {}

/// The state of a wait for a set of objects.
///
/// A caller lists and watches every pair of [`Waiter::targets`], passes what it sees to [`Waiter::observe`] and
/// [`Waiter::deleted`], calls [`Waiter::synced`] when all first lists are through and [`Waiter::tick`] at
/// [`Waiter::next_tick`], until one of them answers [`Progress::Done`] or the time is up, and then asks
/// [`Waiter::finish`] for the verdict. Objects that are not waited for are ignored.
///
/// A failed Job or Deployment ends the wait, and so does a hook. Other failed objects are final for themselves: the rest is
/// still awaited, and the error names them at the end.
///
/// ```
/// use kstatus::{End, Progress, Timestamp, WaitFor, Waiter};
///
/// let mut claim = serde_json::json!({
///     "apiVersion": "v1", "kind": "PersistentVolumeClaim",
///     "metadata": {"name": "data", "namespace": "default"},
/// });
/// let now = Timestamp::from_unix_seconds(0);
/// let mut waiter = Waiter::new([&claim], WaitFor::Ready);
/// claim["status"] = serde_json::json!({"phase": "Pending"});
/// assert_eq!(waiter.observe(&claim, &[], now), Progress::Waiting);
/// let error = waiter.finish(End::DeadlineExceeded).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "resource PersistentVolumeClaim/default/data not ready. status: InProgress, \
///      message: PVC is not Bound. phase: Pending\ncontext deadline exceeded",
/// );
/// ```
///
/// Source: Helm 4.3.1, `pkg/kube/statuswait.go`; cli-utils, `pkg/kstatus/watcher`.
#[derive(Debug, Clone)]
pub struct Waiter {
    wait_for: WaitFor,
    order: Vec<ObjectId>,
    statuses: BTreeMap<ObjectId, (Status, String)>,
    unscheduled: BTreeMap<ObjectId, Unscheduled>,
    synced: bool,
    lost: bool,
}

/// An object that is judged again when the window for scheduling its Pods ends.
#[derive(Debug, Clone)]
struct Unscheduled {
    object: Value,
    pods: Vec<Value>,
    at: Timestamp,
}

impl Waiter {
    /// How long a wait lasts when the caller gives no time.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// Starts a wait for `objects`; their namespaces must be filled in.
    ///
    /// A paused Deployment (`apps/v1`) is not waited for, unless its deletion is.
    pub fn new<'a>(objects: impl IntoIterator<Item = &'a Value>, wait_for: WaitFor) -> Self {
        let awaited = objects
            .into_iter()
            .filter(|object| wait_for == WaitFor::Deleted || !is_paused(object));
        let order: Vec<ObjectId> = awaited.map(ObjectId::of).collect();
        let statuses = order
            .iter()
            .map(|id| (id.clone(), (Status::Unknown, String::new())))
            .collect();
        Waiter {
            wait_for,
            order,
            statuses,
            unscheduled: BTreeMap::new(),
            synced: false,
            lost: false,
        }
    }

    /// Returns the distinct kinds and namespaces to list and watch; the namespace of cluster-scoped kinds is empty.
    #[must_use]
    pub fn targets(&self) -> Vec<(GroupKind, String)> {
        let targets: BTreeSet<_> = self
            .order
            .iter()
            .map(|id| (id.group_kind.clone(), id.namespace.clone()))
            .collect();
        targets.into_iter().collect()
    }

    /// Says whether the wait is for this object.
    #[must_use]
    pub fn awaits(&self, id: &ObjectId) -> bool {
        self.statuses.contains_key(id)
    }

    /// Takes in an object that a list or watch reported, as added or as modified.
    ///
    /// `pods` are the Pods that [`pod_selector`](crate::pod_selector) selects; leave them empty for other kinds.
    pub fn observe(&mut self, object: &Value, pods: &[Value], now: Timestamp) -> Progress {
        let id = ObjectId::of(object);
        if !self.awaits(&id) {
            return self.progress();
        }
        self.unscheduled.remove(&id);
        let status = self.judge(object, pods, now);
        let waits_for_node = std::iter::once(object).chain(pods).any(is_pod_unschedulable);
        if status.0 == Status::InProgress && waits_for_node {
            let at = now.plus(SCHEDULE_WINDOW);
            let unscheduled = Unscheduled {
                object: object.clone(),
                pods: pods.to_vec(),
                at,
            };
            self.unscheduled.insert(id.clone(), unscheduled);
        }
        self.lost |= self.is_lost(&id, status.0);
        self.statuses.insert(id, status);
        self.progress()
    }

    /// Takes in that an object is gone.
    pub fn deleted(&mut self, id: &ObjectId) -> Progress {
        if let Some(status) = self.statuses.get_mut(id) {
            *status = (Status::NotFound, "Resource not found".into());
            self.unscheduled.remove(id);
        }
        self.progress()
    }

    /// Takes in that every target has been listed once, so that what was not seen does not exist.
    pub fn synced(&mut self) -> Progress {
        self.synced = true;
        self.progress()
    }

    /// Returns when [`Waiter::tick`] has something to do, if ever.
    #[must_use]
    pub fn next_tick(&self) -> Option<Timestamp> {
        self.unscheduled.values().map(|unscheduled| unscheduled.at).min()
    }

    /// Takes in that time has passed: Pods without a node fail when their window is over.
    pub fn tick(&mut self, now: Timestamp) -> Progress {
        let due: Vec<ObjectId> = self
            .unscheduled
            .iter()
            .filter(|(_, entry)| entry.at <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in due {
            if let Some(Unscheduled { object, pods, .. }) = self.unscheduled.remove(&id) {
                let status = self.judge(&object, &pods, now);
                self.statuses.insert(id, status);
            }
        }
        self.progress()
    }

    /// Returns whether the wait goes on.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let settled = |status: Status| match self.wait_for {
            WaitFor::Deleted => matches!(status, Status::NotFound | Status::Unknown),
            _ => matches!(status, Status::Current | Status::Failed),
        };
        let known = self.wait_for != WaitFor::Deleted || self.synced;
        // The verdict names all that is not ready, so all have to be seen first.
        if self.lost && self.synced {
            return Progress::Done;
        }
        if known && self.statuses.values().all(|(status, _)| settled(*status)) {
            Progress::Done
        } else {
            Progress::Waiting
        }
    }

    /// Tells whether an object has failed for good, so that waiting for the others is in vain: a Job that has failed stays so, a
    /// Deployment has had its time, and a hook is a matter of one run. Pods without a node, or in a crash loop, may recover.
    fn is_lost(&self, id: &ObjectId, status: Status) -> bool {
        let kind = (id.group_kind.group.as_str(), id.group_kind.kind.as_str());
        status == Status::Failed
            && match self.wait_for {
                WaitFor::Deleted => false,
                WaitFor::HooksReady => true,
                WaitFor::Ready | WaitFor::ReadyWithJobs => matches!(kind, ("batch", "Job") | ("apps", "Deployment")),
            }
    }

    /// Returns the last known state of an object that is waited for.
    #[must_use]
    pub fn status(&self, id: &ObjectId) -> Option<(Status, &str)> {
        self.statuses
            .get(id)
            .map(|(status, message)| (*status, message.as_str()))
    }

    /// Returns the last known state of every object, in the order in which they were given.
    pub fn statuses(&self) -> impl Iterator<Item = ObjectStatus> {
        self.order.iter().map(|id| {
            let (status, message) = self
                .statuses
                .get(id)
                .cloned()
                .unwrap_or((Status::Unknown, String::new()));
            ObjectStatus {
                id: id.clone(),
                status,
                message,
            }
        })
    }

    /// Ends the wait and gives the verdict.
    ///
    /// # Errors
    /// The objects that are not in the wanted state, and why the wait ended if that was not by itself.
    pub fn finish(&self, end: End) -> Result<(), WaitError> {
        let wanted = |status: Status| match self.wait_for {
            WaitFor::Deleted => matches!(status, Status::NotFound | Status::Unknown),
            _ => status == Status::Current,
        };
        let objects: Vec<ObjectStatus> = self.statuses().filter(|object| !wanted(object.status)).collect();
        if objects.is_empty() && end == End::Observed {
            return Ok(());
        }
        Err(WaitError {
            objects,
            wait_for: self.wait_for,
            end,
        })
    }

    fn judge(&self, object: &Value, pods: &[Value], now: Timestamp) -> (Status, String) {
        match self.compute(object, pods, now) {
            Ok(StatusResult { status, message, .. }) => (status, message),
            // kstatus keeps the error beside the status, and Helm does not print it.
            Err(_) => (Status::Unknown, String::new()),
        }
    }

    fn compute(&self, object: &Value, pods: &[Value], now: Timestamp) -> Result<StatusResult, FieldError> {
        match (self.wait_for, group_and_kind(object)) {
            (WaitFor::HooksReady | WaitFor::ReadyWithJobs, ("batch", "Job")) => hook_job(object),
            (WaitFor::HooksReady, ("", "Pod")) => Ok(hook_pod(object)),
            (WaitFor::HooksReady, _) => Ok(StatusResult::current("Resource is current")),
            (_, ("apps", "StatefulSet" | "ReplicaSet")) => compute_with_pods(object, pods, now),
            _ => compute_lenient(object, now),
        }
    }
}

fn is_paused(object: &Value) -> bool {
    object.get("apiVersion").and_then(Value::as_str) == Some("apps/v1")
        && object.get("kind").and_then(Value::as_str) == Some("Deployment")
        && object.get("spec").and_then(|spec| spec.get("paused")) == Some(&Value::Bool(true))
}
