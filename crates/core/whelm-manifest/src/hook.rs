//! Hooks: documents that run at a moment of a release's life instead of belonging to it.

use std::fmt;

use go_value::Str;

use crate::Head;
use crate::head::HeadMetadata;

/// Names the events of a hook.
pub const HOOK_ANNOTATION: &str = "helm.sh/hook";
/// Orders the hooks of an event; an integer, 0 when absent or unreadable.
pub const HOOK_WEIGHT_ANNOTATION: &str = "helm.sh/hook-weight";
/// Says when the objects of a hook are deleted.
pub const HOOK_DELETE_ANNOTATION: &str = "helm.sh/hook-delete-policy";
/// Says when the logs of a hook are printed.
pub const HOOK_LOG_ANNOTATION: &str = "helm.sh/hook-output-log-policy";

/// A moment at which hooks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are Helm's")]
pub enum HookEvent {
    PreInstall,
    PostInstall,
    PreDelete,
    PostDelete,
    PreUpgrade,
    PostUpgrade,
    PreRollback,
    PostRollback,
    Test,
}

/// The events by the names that the annotation uses; `test-success` is the name that Helm 2 had for `test`.
pub const EVENT_NAMES: [(&str, HookEvent); 10] = [
    ("pre-install", HookEvent::PreInstall),
    ("post-install", HookEvent::PostInstall),
    ("pre-delete", HookEvent::PreDelete),
    ("post-delete", HookEvent::PostDelete),
    ("pre-upgrade", HookEvent::PreUpgrade),
    ("post-upgrade", HookEvent::PostUpgrade),
    ("pre-rollback", HookEvent::PreRollback),
    ("post-rollback", HookEvent::PostRollback),
    ("test", HookEvent::Test),
    ("test-success", HookEvent::Test),
];

impl HookEvent {
    /// Returns the event that the annotation calls `name`.
    pub fn from_name(name: &str) -> Option<HookEvent> {
        EVENT_NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, event)| *event)
    }

    /// Returns the name as records store it.
    pub fn name(self) -> &'static str {
        EVENT_NAMES
            .iter()
            .find(|(_, event)| *event == self)
            .map_or("", |(name, _)| name)
    }
}

impl fmt::Display for HookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// When the object of a hook is deleted. Helm keeps words that it does not know, and so does [`Hook::delete_policies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletePolicy {
    /// `before-hook-creation`: the object that is left from last time, before this run; the default.
    BeforeHookCreation,
    /// `hook-succeeded`
    HookSucceeded,
    /// `hook-failed`
    HookFailed,
}

impl DeletePolicy {
    /// Returns the word that the annotation uses.
    pub fn name(self) -> &'static str {
        match self {
            DeletePolicy::BeforeHookCreation => "before-hook-creation",
            DeletePolicy::HookSucceeded => "hook-succeeded",
            DeletePolicy::HookFailed => "hook-failed",
        }
    }
}

/// A hook.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// `metadata.name` of the document.
    pub name: String,
    /// `kind` of the document.
    pub kind: String,
    /// The path of the template.
    pub path: Str,
    /// The document.
    pub manifest: Str,
    /// The events, as often as the annotation names them.
    pub events: Vec<HookEvent>,
    /// The weight; lighter ones run first.
    pub weight: i64,
    /// The words of `helm.sh/hook-delete-policy`, in lower case.
    pub delete_policies: Vec<String>,
    /// The words of `helm.sh/hook-output-log-policy`, in lower case.
    pub output_log_policies: Vec<String>,
}

impl Hook {
    /// Tells whether the hook runs at `event`.
    pub fn runs_at(&self, event: HookEvent) -> bool {
        self.events.contains(&event)
    }

    /// Tells whether `policy` is among the words of the annotation.
    pub fn has_delete_policy(&self, policy: DeletePolicy) -> bool {
        self.delete_policies.iter().any(|word| word == policy.name())
    }
}

/// What a document's annotations make of it.
pub(crate) enum Class {
    /// A manifest of the release.
    Manifest,
    /// A hook.
    Hook(Box<Hook>),
    /// A hook with an event that Helm does not know, and what the annotation says; it is dropped.
    Unknown(String),
}

/// Tells a hook from a manifest.
pub(crate) fn classify(path: &Str, manifest: &[u8], head: &Head) -> Class {
    let Some(metadata) = &head.metadata else {
        return Class::Manifest;
    };
    let Some(names) = metadata.annotation(HOOK_ANNOTATION) else {
        return Class::Manifest;
    };
    let events: Option<Vec<HookEvent>> = words(names).iter().map(|name| HookEvent::from_name(name)).collect();
    let Some(events) = events else {
        return Class::Unknown(names.to_owned());
    };
    Class::Hook(Box::new(Hook {
        name: metadata.name.clone(),
        kind: head.kind.clone(),
        path: path.clone(),
        manifest: manifest.into(),
        events,
        weight: weight(metadata),
        delete_policies: policies(metadata, HOOK_DELETE_ANNOTATION),
        output_log_policies: policies(metadata, HOOK_LOG_ANNOTATION),
    }))
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(|word| word.trim().to_lowercase()).collect()
}

fn policies(metadata: &HeadMetadata, annotation: &str) -> Vec<String> {
    metadata.annotation(annotation).map(words).unwrap_or_default()
}

fn weight(metadata: &HeadMetadata) -> i64 {
    let text = metadata.annotation(HOOK_WEIGHT_ANNOTATION).unwrap_or_default();
    go_value::strconv::parse_int(text.as_bytes(), 10, 64).unwrap_or(0)
}
