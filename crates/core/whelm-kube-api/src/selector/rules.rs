//! What keys and values of labels may be, in the words of apimachinery's validation.

use super::ParseError;

const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character \
                    (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
                    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and \
                     end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
                     '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const DOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start \
                      and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
                      '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// Checks `name` or `domain/name`.
pub(super) fn check_key(key: &str) -> Result<(), ParseError> {
    let mut problems = Vec::new();
    let parts: Vec<&str> = key.split('/').collect();
    match parts.as_slice() {
        [name] => check_name(name, &mut problems),
        [domain, name] => {
            check_domain(domain, &mut problems);
            check_name(name, &mut problems);
        }
        _ => problems.push(format!(
            "a valid label key {NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        )),
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(ParseError(format!(
        "<nil>: Invalid value: {key:?}: {}",
        problems.join("; ")
    )))
}

fn check_name(name: &str, problems: &mut Vec<String>) {
    if name.is_empty() {
        problems.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        problems.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_name(name) {
        problems.push(format!("name part {NAME}"));
    }
}

fn check_domain(domain: &str, problems: &mut Vec<String>) {
    let label = |label: &str| {
        let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        label.bytes().all(|byte| lower(byte) || byte == b'-')
            && label.bytes().next().is_some_and(lower)
            && label.bytes().next_back().is_some_and(lower)
    };
    if domain.is_empty() {
        problems.push("prefix part must be non-empty".to_owned());
        return;
    }
    if domain.len() > 253 {
        problems.push("prefix part must be no more than 253 bytes".to_owned());
    }
    if !domain.split('.').all(label) {
        problems.push(format!("prefix part {DOMAIN}"));
    }
}

/// Checks the value at place `at` of the requirement for `key`.
pub(super) fn check_value(key: &str, at: usize, value: &str) -> Result<(), ParseError> {
    let mut problems = Vec::new();
    if value.len() > 63 {
        problems.push("must be no more than 63 bytes".to_owned());
    }
    if !value.is_empty() && !is_name(value) {
        problems.push(VALUE.to_owned());
    }
    if problems.is_empty() {
        return Ok(());
    }
    let problems = problems.join("; ");
    Err(ParseError(format!(
        "values[{at}][{key}]: Invalid value: {value:?}: {problems}"
    )))
}

fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let ends = [name.bytes().next(), name.bytes().next_back()];
    name.bytes().all(inner)
        && ends
            .iter()
            .all(|byte| byte.is_some_and(|byte| byte.is_ascii_alphanumeric()))
}
