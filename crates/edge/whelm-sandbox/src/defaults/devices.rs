//! Defaults of requests for devices.

use serde_json::Value;

use super::each;
use crate::kinds::Kind;
use crate::object::{int, set, set_default, text};

pub(super) fn apply(kind: &Kind, object: &mut Value) {
    let place = match kind.plural.as_str() {
        "resourceclaims" => "/spec/devices",
        "resourceclaimtemplates" => "/spec/spec/devices",
        _ => return,
    };
    let Some(devices) = object.pointer_mut(place) else {
        return;
    };
    each(devices, "requests", |request| {
        if let Some(exactly) = request.get_mut("exactly") {
            count(exactly);
        }
        each(request, "firstAvailable", count);
    });
}

fn count(request: &mut Value) {
    if text(request, &["allocationMode"]).is_empty() {
        set_default(request, &["allocationMode"], "ExactCount");
    }
    if text(request, &["allocationMode"]) == "ExactCount" && int(request, &["count"]).unwrap_or(0) == 0 {
        set(request, &["count"], 1);
    }
    each(request, "tolerations", |toleration| {
        if text(toleration, &["operator"]).is_empty() {
            set(toleration, &["operator"], "Equal");
        }
    });
}
