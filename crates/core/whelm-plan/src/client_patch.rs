//! The patch by which a client changes an object itself.
//!
//! Source: Helm 4.3.1, `pkg/kube/client.go`, `createPatch`.

use serde_json::Value;

use crate::Object;

/// What a patch is made of, besides the object that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchBase {
    /// The object as it was applied last; without one, what the cluster has counts as that.
    pub original: Option<Value>,
    /// The live object when the plan was made.
    pub live: Value,
    /// Whether what others did to custom objects is looked at, too.
    pub three_way_for_custom: bool,
}

/// A patch and its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientPatch {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The patch.
    pub patch: Value,
}

/// Returns the patch that makes a live object what is wanted; nothing when it is that already.
///
/// # Errors
/// There is no such patch: `failed to create patch: …`.
pub fn client_patch(wanted: &Object, base: &PatchBase, live: &Value) -> Result<Option<ClientPatch>, String> {
    let gvk = &wanted.mapping.gvk;
    let original = base.original.as_ref().unwrap_or(live);
    let known = kube_schema::known_to_clients(&gvk.group, &gvk.version, &gvk.kind);
    let made = match known {
        Some(known) => strategic_merge::three_way(&known, original, &wanted.value, live)
            .map(|patch| ("application/strategic-merge-patch+json", patch)),
        None if base.three_way_for_custom => {
            strategic_merge::three_way_merge_patch(original, &wanted.value, live).map(as_merge_patch)
        }
        None => Ok(as_merge_patch(strategic_merge::merge_patch(original, &wanted.value))),
    };
    let (content_type, patch) = made.map_err(|error| format!("failed to create patch: {error}"))?;
    let is_empty = patch.as_object().is_some_and(serde_json::Map::is_empty);
    Ok((!is_empty).then_some(ClientPatch { content_type, patch }))
}

fn as_merge_patch(patch: Value) -> (&'static str, Value) {
    ("application/merge-patch+json", patch)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use whelm_kube_api::{Gvk, Mapping};

    use super::*;

    fn object(version: &str, kind: &str, value: Value) -> Object {
        Object {
            mapping: Mapping {
                gvk: Gvk::new(version, kind),
                resource: String::new(),
                namespaced: true,
            },
            namespace: "ns".into(),
            name: "a".into(),
            value,
        }
    }

    fn base(original: Value, live: Value) -> PatchBase {
        PatchBase {
            original: Some(original),
            live,
            three_way_for_custom: false,
        }
    }

    #[test]
    fn a_003_lists_are_merged_by_their_keys() {
        let spec = |image: &str| json!({"spec": {"containers": [{"name": "a", "image": image}]}});
        let mut live = spec("a:1");
        live["spec"]["containers"][0]["resources"] = json!({});
        let base = base(spec("a:1"), live.clone());
        let patch = client_patch(&object("v1", "Pod", spec("a:2")), &base, &live)
            .unwrap()
            .unwrap();
        assert_eq!(patch.content_type, "application/strategic-merge-patch+json");
        assert_eq!(
            patch.patch["spec"]["containers"],
            json!([{"name": "a", "image": "a:2"}])
        );
        // what does not change needs no request.
        assert_eq!(client_patch(&object("v1", "Pod", spec("a:1")), &base, &live), Ok(None));
    }

    #[test]
    fn a_004_custom_objects_get_what_the_chart_changed() {
        let thing = |size: i64| json!({"spec": {"size": size}});
        let wanted = object("x/v1", "Thing", thing(2));
        let mut own = base(thing(1), thing(9));
        let patch = client_patch(&wanted, &own, &thing(9)).unwrap().unwrap();
        assert_eq!(
            (patch.content_type, patch.patch),
            ("application/merge-patch+json", thing(2))
        );
        let wanted = object("x/v1", "Thing", thing(1));
        assert_eq!(client_patch(&wanted, &own, &thing(9)), Ok(None));
        own.three_way_for_custom = true;
        assert_eq!(client_patch(&wanted, &own, &thing(9)).unwrap().unwrap().patch, thing(1));
    }
}
