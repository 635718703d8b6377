//! The rule about `metadata.name`, by the kind of the object.
//!
//! Source: Helm 4.3.1, `validateMetadataNameFunc`; apimachinery 0.37.1, `pkg/api/validation`, `pkg/util/validation`.

use go_value::strconv::quote;

use crate::object::Object;

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL_1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";

pub(crate) fn check(object: &Object) -> Result<(), String> {
    let name = object.name.as_str();
    let mut complaints = match object.kind.to_lowercase().as_str() {
        "service" => label_1035(name),
        "namespace" => label(name),
        "certificatesigningrequest" => Vec::new(),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => path_segment(name),
        _ => subdomain(name),
    };
    let quoted = quote(name.as_bytes());
    for complaint in &mut complaints {
        *complaint = format!("metadata.name: Invalid value: {quoted}: {complaint}");
    }
    let all = match complaints.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Err(format!(
        "object name does not conform to Kubernetes naming requirements: {quoted}: {all}"
    ))
}

fn too_long(name: &str, limit: usize) -> Option<String> {
    (name.len() > limit).then(|| format!("must be no more than {limit} characters"))
}

fn mismatch(rule: &str, expression: &str, examples: &[&str]) -> String {
    let mut text = format!("{rule} (e.g. ");
    for (index, example) in examples.iter().enumerate() {
        // Two blanks come out between examples.
        text.push_str(if index > 0 { " or " } else { "" });
        text.push_str(&format!("'{example}', "));
    }
    format!("{text}regex used for validation is '{expression}')")
}

fn subdomain(name: &str) -> Vec<String> {
    let mut complaints: Vec<String> = too_long(name, 253).into_iter().collect();
    if !is_subdomain(name) {
        complaints.push(mismatch(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            &format!("{LABEL}(\\.{LABEL})*"),
            &["example.com"],
        ));
    }
    complaints
}

fn label(name: &str) -> Vec<String> {
    let mut complaints: Vec<String> = too_long(name, 63).into_iter().collect();
    if !is_label(name) {
        complaints.push(if is_subdomain(name) {
            "must not contain dots".to_owned()
        } else {
            mismatch(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                LABEL,
                &["my-name", "123-abc"],
            )
        });
    }
    complaints
}

fn label_1035(name: &str) -> Vec<String> {
    let mut complaints: Vec<String> = too_long(name, 63).into_iter().collect();
    if !is_label(name) || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        complaints.push(mismatch(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            LABEL_1035,
            &["my-name", "abc-123"],
        ));
    }
    complaints
}

fn path_segment(name: &str) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    let illegal = ['/', '%'].into_iter().filter(|illegal| name.contains(*illegal));
    illegal.map(|illegal| format!("may not contain '{illegal}'")).collect()
}

fn is_label(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let ends = bytes.first().is_some_and(|byte| fits(*byte)) && bytes.last().is_some_and(|byte| fits(*byte));
    ends && bytes.iter().all(|byte| fits(*byte) || *byte == b'-')
}

fn is_subdomain(name: &str) -> bool {
    name.split('.').all(is_label)
}
