//! The labels of a stored release.

use std::collections::BTreeMap;

/// The labels that the store itself uses.
pub const SYSTEM_LABELS: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// Tells whether one of the labels is the store's own.
pub fn contains_system_labels(labels: &BTreeMap<String, String>) -> bool {
    labels.keys().any(|key| SYSTEM_LABELS.contains(&key.as_str()))
}

/// Returns the labels that users gave.
pub fn without_system_labels(labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let own = |key: &&String| !SYSTEM_LABELS.contains(&key.as_str());
    labels
        .iter()
        .filter(|(key, _)| own(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Returns the text that refuses labels of the store's own names.
pub fn system_labels_error() -> String {
    format!(
        "user supplied labels contains system reserved label name. System labels: [{}]",
        SYSTEM_LABELS.join(" ")
    )
}

/// Puts new labels over old ones; the value `null` takes a label away.
///
/// Source: Helm 4.3.1, `pkg/action/upgrade.go`.
pub fn merge_custom_labels(
    current: &BTreeMap<String, String>,
    desired: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut merged = current.clone();
    merged.extend(desired.clone());
    merged.retain(|_, value| value != "null");
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_006_null_removes_and_reserved_names_are_refused() {
        let old = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        let new = BTreeMap::from([("a".to_owned(), "null".to_owned()), ("c".to_owned(), "3".to_owned())]);
        let merged = merge_custom_labels(&old, &new);
        assert_eq!(merged.keys().collect::<Vec<_>>(), ["b", "c"]);
        assert!(!contains_system_labels(&merged));
        assert!(contains_system_labels(&BTreeMap::from([(
            "owner".to_owned(),
            "me".to_owned()
        )])));
        assert!(system_labels_error().ends_with("[name owner status version createdAt modifiedAt]"));
    }
}
