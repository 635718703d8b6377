//! Streams of changes.

use serde_json::{Value, json};

use crate::core::{Core, Target};
use crate::form::Form;
use crate::list_options::{ListOptions, parse_version};
use crate::object::set;
use crate::read::{Filter, shown};
use crate::request::Ask;
use crate::status::Refusal;
use crate::store::Change;

/// How long a watch lasts when the client does not say, in seconds.
const DEFAULT_SECONDS: u64 = 1800;

/// How long before the end of a watch its last bookmark comes, in seconds.
const BEFORE_END: u64 = 2;

/// A watch of one collection.
#[derive(Debug, Clone)]
pub struct Watch {
    target: Target,
    filter: Filter,
    form: Form,
    /// Whether it has sent something already.
    has_sent: bool,
    /// The revision up to which everything was sent.
    position: u64,
    start: Start,
    bookmarks: bool,
    /// How long the client wants the watch to last, in seconds.
    pub timeout_seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// With everything there is.
    All {
        mark_end: bool,
    },
    /// With what changed after the revision that the client knows.
    Changes,
    Started,
}

impl Watch {
    pub(crate) fn start(ask: &Ask, target: &Target) -> Result<Self, Refusal> {
        let form = Form::of(ask)?;
        let options = ListOptions::read(ask, true)?;
        let filter = Filter::read(ask, &target.kind)?;
        let revision = parse_version(ask.query.get("resourceVersion")).map_err(Refusal::internal)?;
        let revision = revision.unwrap_or(0);
        let mark_end = options.initial_events;
        let start = if mark_end || revision == 0 {
            Start::All { mark_end }
        } else {
            Start::Changes
        };
        Ok(Watch {
            target: target.clone(),
            filter,
            form,
            has_sent: false,
            position: revision,
            start,
            bookmarks: ask.query.is_true("allowWatchBookmarks"),
            timeout_seconds: options.timeout_seconds.unwrap_or(DEFAULT_SECONDS),
        })
    }

    /// Returns the events since the last call, and whether more can come.
    pub(crate) fn poll(&mut self, core: &Core) -> (Vec<Value>, bool) {
        let mut events = Vec::new();
        match self.start {
            Start::All { mark_end } => {
                self.send_all(core, &mut events);
                if mark_end && self.bookmarks {
                    let mark = self.bookmark(core, Some(json!({"k8s.io/initial-events-end": "true"})));
                    events.push(mark);
                }
            }
            _ if self.is_lost(core) => {
                let status = Refusal::expired(self.position, core.store.oldest()).to_json();
                return (vec![json!({"type": "ERROR", "object": status})], false);
            }
            _ => {}
        }
        self.start = Start::Started;
        for change in core.store.changes_after(self.position) {
            events.extend(self.event(core, change));
        }
        self.position = core.store.revision().max(self.position);
        (events, true)
    }

    /// Returns the bookmark that ends a watch, if the client wants bookmarks.
    pub(crate) fn last_bookmark(&mut self, core: &Core) -> Option<Value> {
        // It comes two seconds before the end.
        (self.bookmarks && self.timeout_seconds > BEFORE_END).then(|| self.bookmark(core, None))
    }

    /// Whether changes since the last one that was sent are forgotten, or the state was replaced by an older one.
    fn is_lost(&self, core: &Core) -> bool {
        self.position < core.store.oldest() || self.position > core.store.revision()
    }

    fn send_all(&mut self, core: &Core, events: &mut Vec<Value>) {
        for object in core.store.list(&self.target.kind.resource(), &self.target.namespace) {
            if self.is_wanted(&object) {
                let event = self.shown_event(core, "ADDED", &object);
                events.push(event);
            }
        }
        self.position = core.store.revision();
    }

    fn is_wanted(&self, object: &Value) -> bool {
        let named = self.target.name.is_empty() || crate::object::name(object) == self.target.name;
        named && self.filter.matches(object)
    }

    fn event(&mut self, core: &Core, change: &Change) -> Option<Value> {
        let resource = self.target.kind.resource();
        let in_namespace = self.target.namespace.is_empty() || change.key.namespace == self.target.namespace;
        if change.key.resource != resource || !in_namespace {
            return None;
        }
        let before = change.before.as_ref().is_some_and(|object| self.is_wanted(object));
        let after = change.after.as_ref().is_some_and(|object| self.is_wanted(object));
        let kind = match (before, after) {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            (false, false) => return None,
        };
        // What the client does not want any more is shown as it was when it did.
        if let ("DELETED", Some(last), Some(_)) = (kind, &change.before, &change.after) {
            let mut last = Value::clone(last);
            set(&mut last, &["metadata", "resourceVersion"], change.revision.to_string());
            return Some(self.shown_event(core, kind, &last));
        }
        Some(self.shown_event(core, kind, &change.object))
    }

    fn shown_event(&mut self, core: &Core, event: &str, object: &Value) -> Value {
        let object = shown(core, &self.target.kind, object);
        self.sent(core, event, object)
    }

    /// Returns an event with an object in the form that the client wants.
    fn sent(&mut self, core: &Core, event: &str, object: Value) -> Value {
        let is_first = !std::mem::replace(&mut self.has_sent, true);
        let object = self.form.event(core, &self.target.kind, object, is_first);
        json!({"type": event, "object": object})
    }

    fn bookmark(&mut self, core: &Core, annotations: Option<Value>) -> Value {
        let kind = &self.target.kind;
        let mut metadata = json!({"resourceVersion": core.store.revision().to_string()});
        if let Some(annotations) = annotations {
            metadata["annotations"] = annotations;
        }
        let object = json!({"kind": kind.kind, "apiVersion": kind.api_version(), "metadata": metadata});
        self.sent(core, "BOOKMARK", object)
    }
}
