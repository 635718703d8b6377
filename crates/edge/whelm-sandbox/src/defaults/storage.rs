//! Defaults of volumes, and of what provides them.

use serde_json::{Value, json};

use super::in_map;
use crate::kinds::Kind;
use crate::object::set_default;

pub(super) fn apply(kind: &Kind, object: &mut Value) {
    match kind.plural.as_str() {
        "storageclasses" => {
            set_default(object, &["reclaimPolicy"], "Delete");
            set_default(object, &["volumeBindingMode"], "Immediate");
        }
        "csidrivers" => in_map(object, "spec", |spec| {
            set_default(spec, &["attachRequired"], true);
            set_default(spec, &["fsGroupPolicy"], "ReadWriteOnceWithFSType");
            set_default(spec, &["volumeLifecycleModes"], json!(["Persistent"]));
            for field in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] {
                set_default(spec, &[field], false);
            }
        }),
        _ => {}
    }
}

/// The defaults of a PersistentVolume.
pub(super) fn volume(object: &mut Value) {
    set_default(object, &["spec", "volumeMode"], "Filesystem");
    set_default(object, &["spec", "persistentVolumeReclaimPolicy"], "Retain");
    if let Some(path) = object.pointer_mut("/spec/hostPath") {
        set_default(path, &["type"], "");
    }
    if let Some(target) = object.pointer_mut("/spec/iscsi") {
        set_default(target, &["iscsiInterface"], "default");
    }
}
