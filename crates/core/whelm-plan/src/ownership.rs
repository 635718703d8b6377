//! Which objects belong to a release.
//!
//! Source: Helm 4.3.1, `pkg/action/validate.go`.

use serde_json::Value;
use whelm_kube_api::object;

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const HELM: &str = "Helm";
const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";

/// Checks that an object belongs to a release.
///
/// # Errors
/// `invalid ownership metadata; label validation error: missing key "…": must be set to "…"; …`
pub fn check_ownership(object: &Value, name: &str, namespace: &str) -> Result<(), String> {
    let mut problems = Vec::new();
    let label = object::label(object, MANAGED_BY);
    require(&mut problems, "label", MANAGED_BY, label, HELM);
    for (key, wanted) in [(RELEASE_NAME, name), (RELEASE_NAMESPACE, namespace)] {
        require(
            &mut problems,
            "annotation",
            key,
            object::annotation(object, key),
            wanted,
        );
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(format!("invalid ownership metadata; {}", problems.join("; ")))
    }
}

fn require(problems: &mut Vec<String>, what: &str, key: &str, actual: Option<&str>, wanted: &str) {
    match actual {
        None => problems.push(format!(
            "{what} validation error: missing key {key:?}: must be set to {wanted:?}"
        )),
        Some(actual) if actual != wanted => {
            problems.push(format!(
                "{what} validation error: key {key:?} must equal {wanted:?}: current value is {actual:?}"
            ));
        }
        Some(_) => {}
    }
}

/// Marks an object as belonging to a release.
pub fn set_ownership(object: &mut Value, name: &str, namespace: &str) {
    object::set_label(object, MANAGED_BY, HELM);
    object::set_annotation(object, RELEASE_NAME, name);
    object::set_annotation(object, RELEASE_NAMESPACE, namespace);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn i_003_ownership() {
        let mut object = json!({"metadata": {"name": "a", "labels": {"app.kubernetes.io/managed-by": "me"}}});
        assert_eq!(
            check_ownership(&object, "web", "ns").unwrap_err(),
            "invalid ownership metadata; label validation error: key \"app.kubernetes.io/managed-by\" must equal \"Helm\": \
             current value is \"me\"; annotation validation error: missing key \"meta.helm.sh/release-name\": must be set \
             to \"web\"; annotation validation error: missing key \"meta.helm.sh/release-namespace\": must be set to \"ns\""
        );
        set_ownership(&mut object, "web", "ns");
        assert_eq!(check_ownership(&object, "web", "ns"), Ok(()));
    }
}
