//! The fields by which objects can be selected.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/*/v1/conversion.go`.

use crate::kinds::Kind;
use crate::status::Refusal;

/// A field, its value, and whether it is to have it.
pub(crate) type Term = (String, String, bool);

/// Reads a field selector.
///
/// # Errors
/// The words of the real server.
///
/// Source: `k8s.io/apimachinery` v0.36.3, `pkg/fields/selector.go`.
pub(crate) fn parse(selector: &str) -> Result<Vec<Term>, String> {
    let mut parts = split(selector);
    parts.sort_unstable();
    let mut terms = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        let Some((field, value, equal)) = split_term(part) else {
            return Err(format!("invalid selector: '{selector}'; can't understand '{part}'"));
        };
        let value = unescape(value)?;
        // Nothing that is to be nothing is all.
        if !(field.is_empty() && value.is_empty()) {
            terms.push((field.to_owned(), value, equal));
        }
    }
    Ok(terms)
}

/// Splits a selector at the commas that no backslash stands before.
fn split(selector: &str) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (place, letter) in selector.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&selector[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&selector[start..]);
    parts
}

fn split_term(part: &str) -> Option<(&str, &str, bool)> {
    let place = part.find("!=").into_iter().chain(part.find('=')).min()?;
    let (field, rest) = part.split_at(place);
    let operators = [("!=", false), ("==", true), ("=", true)];
    operators
        .iter()
        .find_map(|(operator, equal)| Some((field, rest.strip_prefix(operator)?, *equal)))
}

fn unescape(value: &str) -> Result<String, String> {
    let wrong = |sequence: String| format!("invalid field selector: invalid escape sequence: {sequence}");
    let mut plain = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(escaped @ ('\\' | ',' | '=')) => plain.push(escaped),
                Some(other) => return Err(wrong(format!("\\{other}"))),
                None => return Err(wrong("\\".into())),
            },
            ',' | '=' => {
                let number = u32::from(letter);
                return Err(format!(
                    "invalid field selector: unescaped character in value: {number}"
                ));
            }
            letter => plain.push(letter),
        }
    }
    Ok(plain)
}

/// Checks that objects of a kind can be selected by a field.
pub(crate) fn check(kind: &Kind, field: &str) -> Result<(), Refusal> {
    let own = fields(kind);
    if own.contains(&field) || matches!(field, "metadata.name" | "metadata.namespace") {
        return Ok(());
    }
    Err(Refusal::bad_request(
        match (kind.group.as_str(), kind.plural.as_str()) {
            ("batch", "jobs") => format!("field label {field:?} not supported for Job"),
            ("resource.k8s.io", "resourceslices") => {
                format!("field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: {field}")
            }
            _ if kind.custom || !own.is_empty() => format!("field label not supported: {field}"),
            _ => format!("{field:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""),
        },
    ))
}

fn fields(kind: &Kind) -> &'static [&'static str] {
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "pods") => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        ("", "nodes") => &["spec.unschedulable"],
        ("", "replicationcontrollers") => &["status.replicas"],
        ("", "namespaces") => &["status.phase"],
        ("", "secrets") => &["type"],
        ("", "services") => &["spec.clusterIP", "spec.type"],
        ("", "events") => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ("events.k8s.io", "events") => &[
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type",
        ],
        ("batch", "jobs") => &["status.successful"],
        ("certificates.k8s.io", _) => &["spec.signerName"],
        ("resource.k8s.io", "resourceslices") => &["spec.nodeName", "spec.driver"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_read_as_go_reads_them() {
        let one = |field: &str, value: &str, equal| vec![(field.to_owned(), value.to_owned(), equal)];
        assert_eq!(parse("a=b"), Ok(one("a", "b", true)));
        assert_eq!(parse("a!=b"), Ok(one("a", "b", false)));
        assert_eq!(parse("a==b\\,c"), Ok(one("a", "b,c", true)));
        assert_eq!(parse("="), Ok(Vec::new()));
        assert_eq!(parse("a"), Err("invalid selector: 'a'; can't understand 'a'".into()));
        assert_eq!(
            parse("a=b=c"),
            Err("invalid field selector: unescaped character in value: 61".into())
        );
    }
}
