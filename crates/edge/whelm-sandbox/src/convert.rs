//! Objects of kinds that are served at several versions.
//!
//! Objects are held at the version at which they were written last. Only HorizontalPodAutoscalers differ between versions
//! in their fields; custom objects are converted by their `apiVersion` alone.

use std::sync::Arc;

use serde_json::Value;

use crate::autoscalers;
use crate::kinds::Kind;
use crate::object::{set, text};

/// Returns an object at the version of a kind.
pub(crate) fn to_version(kind: &Kind, object: &Arc<Value>) -> Arc<Value> {
    converted(kind, object).map_or_else(|| object.clone(), Arc::new)
}

/// Returns an object at the version of a kind; `None` when it is at it.
pub(crate) fn converted(kind: &Kind, object: &Value) -> Option<Value> {
    if kind.plural != "horizontalpodautoscalers" || text(object, &["apiVersion"]) == kind.api_version() {
        return None;
    }
    let mut object = object.clone();
    match kind.version.as_str() {
        "v1" => autoscalers::to_v1(&mut object),
        _ => autoscalers::to_v2(&mut object),
    }
    set(&mut object, &["apiVersion"], kind.api_version());
    Some(object)
}

/// Brings what a client wrote into the form in which its version shows it.
pub(crate) fn settle(kind: &Kind, object: &mut Value) {
    if is_old_autoscaler(kind) {
        autoscalers::settle(object);
    }
}

/// Keeps what stands elsewhere of the part of an object that a request leaves as it was.
pub(crate) fn keep(kind: &Kind, live: &Value, object: &mut Value, is_status: bool) {
    if is_old_autoscaler(kind) {
        autoscalers::keep(live, object, is_status);
    }
}

fn is_old_autoscaler(kind: &Kind) -> bool {
    kind.plural == "horizontalpodautoscalers" && kind.version == "v1" && !kind.custom
}
