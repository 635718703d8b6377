//! Forms of names, keys and values, and what is said of a text that does not have them.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/util/validation` and `pkg/api/validate/content`.

/// What is wrong with a text, nothing when it is fine.
pub(crate) type Findings = Vec<String>;

const LABEL_FORM: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const KEY_FORM: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const KEY_RULE: &str =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// Says that a text is too long. Keys and values of labels count bytes instead.
pub(crate) fn too_long(length: usize) -> String {
    format!("must be no more than {length} characters")
}

fn too_many_bytes(length: usize) -> String {
    format!("must be no more than {length} bytes")
}

/// Says which form a text should have.
pub(crate) fn expected(rule: &str, form: &str, examples: &[&str]) -> String {
    let mut text = format!("{rule} (e.g. ");
    for (index, example) in examples.iter().enumerate() {
        if index > 0 {
            text += " or ";
        }
        text += &format!("'{example}', ");
    }
    text + &format!("regex used for validation is '{form}')")
}

fn is_label_text(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_subdomain_text(text: &str) -> bool {
    text.split('.').all(is_label_text)
}

fn is_key_text(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let ends = [text.bytes().next(), text.bytes().last()];
    text.bytes().all(inner)
        && ends
            .iter()
            .all(|byte| byte.is_some_and(|byte| byte.is_ascii_alphanumeric()))
}

/// A label of a host name.
pub(crate) fn label(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 63 {
        findings.push(too_long(63));
    }
    if !is_label_text(text) {
        findings.push(if is_subdomain_text(text) {
            "must not contain dots".to_owned()
        } else {
            let rule = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
                        start and end with an alphanumeric character";
            expected(rule, LABEL_FORM, &["my-name", "123-abc"])
        });
    }
    findings
}

/// A name of the domain name system.
pub(crate) fn subdomain(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 253 {
        findings.push(too_long(253));
    }
    if !is_subdomain_text(text) {
        let rule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
                    start and end with an alphanumeric character";
        findings.push(expected(
            rule,
            &format!("{LABEL_FORM}(\\.{LABEL_FORM})*"),
            &["example.com"],
        ));
    }
    findings
}

/// A name of the domain name system whose first label is `*`.
pub(crate) fn wildcard_subdomain(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 253 {
        findings.push(too_long(253));
    }
    if !text.strip_prefix("*.").is_some_and(is_subdomain_text) {
        let rule = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist \
                    of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
        findings.push(expected(
            rule,
            &format!("\\*\\.{LABEL_FORM}(\\.{LABEL_FORM})*"),
            &["*.example.com"],
        ));
    }
    findings
}

/// A label that starts with a letter.
pub(crate) fn label_1035(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 63 {
        findings.push(too_long(63));
    }
    if !is_label_text(text) || text.starts_with(|first: char| first.is_ascii_digit()) {
        let rule = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
                    character, and end with an alphanumeric character";
        findings.push(expected(rule, "[a-z]([-a-z0-9]*[a-z0-9])?", &["my-name", "abc-123"]));
    }
    findings
}

/// The key of a label: a name, perhaps with a domain and a slash before it.
pub(crate) fn label_key(text: &str) -> Findings {
    let mut findings = Findings::new();
    let name = match text.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                findings.push("prefix part must be non-empty".into());
            } else {
                let of_prefix = subdomain(prefix).into_iter().map(|finding| {
                    if finding == too_long(253) {
                        too_many_bytes(253)
                    } else {
                        finding
                    }
                });
                findings.extend(of_prefix.map(|finding| format!("prefix part {finding}")));
            }
            name
        }
        _ => {
            let form = expected(KEY_RULE, KEY_FORM, &["MyName", "my.name", "123-abc"]);
            let prefix = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a valid label key {form}{prefix}")];
        }
    };
    if name.is_empty() {
        findings.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        findings.push(format!("name part {}", too_many_bytes(63)));
    }
    if !is_key_text(name) {
        findings.push(format!(
            "name part {}",
            expected(KEY_RULE, KEY_FORM, &["MyName", "my.name", "123-abc"])
        ));
    }
    findings
}

/// The value of a label.
pub(crate) fn label_value(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 63 {
        findings.push(too_many_bytes(63));
    }
    if !text.is_empty() && !is_key_text(text) {
        let rule = format!(
            "a valid label must be an empty string or consist of {}",
            &KEY_RULE["must consist of ".len()..]
        );
        findings.push(expected(
            &rule,
            &format!("({KEY_FORM})?"),
            &["MyValue", "my_value", "12345"],
        ));
    }
    findings
}

/// The key of a ConfigMap or Secret.
pub(crate) fn config_key(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 253 {
        findings.push(too_long(253));
    }
    let fits = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !fits {
        let rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
        findings.push(expected(rule, "[-._a-zA-Z0-9]+", &["key.name", "KEY_NAME", "key-name"]));
    } else if text == "." || text == ".." {
        findings.push(format!("must not be '{text}'"));
    } else if text.starts_with("..") {
        findings.push("must not start with '..'".into());
    }
    findings
}

/// Part of a path in URLs. `prefix`: something will follow.
pub(crate) fn path_segment(text: &str, prefix: bool) -> Findings {
    if !prefix && matches!(text, "." | "..") {
        return vec![format!("may not be '{text}'")];
    }
    let has = |character: char| {
        text.contains(character)
            .then(|| format!("may not contain '{character}'"))
    };
    ['/', '%'].into_iter().filter_map(has).collect()
}

/// The number of a port.
pub(crate) fn port(number: i64) -> Findings {
    in_range(number, 1, 65_535)
}

/// A number between two others.
pub(crate) fn in_range(number: i64, low: i64, high: i64) -> Findings {
    if (low..=high).contains(&number) {
        Findings::new()
    } else {
        vec![format!("must be between {low} and {high}, inclusive")]
    }
}

/// The name of a port.
pub(crate) fn port_name(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.len() > 15 {
        findings.push(too_long(15));
    }
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || !text.bytes().all(inner) {
        findings.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        findings.push("must contain at least one letter (a-z)".into());
    }
    if text.contains("--") {
        findings.push("must not contain consecutive hyphens".into());
    }
    if text.starts_with('-') || text.ends_with('-') {
        findings.push("must not begin or end with a hyphen".into());
    }
    findings
}

/// The name of an environment variable: printable ASCII without `=`.
pub(crate) fn variable_name(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.is_empty() {
        findings.push("must be non-empty".into());
    }
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=') {
        let rule = "a valid environment variable name must consist only of printable ASCII characters other than '='";
        findings.push(rule.into());
    }
    findings
}

/// A percentage such as `25%`.
pub(crate) fn percent(text: &str) -> Findings {
    let digits = text.strip_suffix('%').unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Findings::new();
    }
    let rule = "a valid percent string must be a numeric string followed by an ending '%'";
    vec![expected(rule, "[0-9]+%", &["1%", "93%"])]
}

/// An IP address.
pub(crate) fn address(text: &str) -> Findings {
    match text.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(own)) if own.to_ipv4_mapped().is_some() => {
            vec!["must not be an IPv4-mapped IPv6 address".into()]
        }
        Ok(_) => Findings::new(),
        Err(_) if has_leading_zeros(text) => vec!["must not have leading 0s".into()],
        Err(_) => vec!["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".into()],
    }
}

/// Says whether a text is an address with zeros before its numbers.
fn has_leading_zeros(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 4 && parts.iter().all(|part| is_number(part) && part.parse::<u8>().is_ok())
}

/// Checks a whole name of the domain name system, of more than one label.
pub(crate) fn full_domain(text: &str) -> Findings {
    let own = text.strip_suffix('.').unwrap_or(text);
    if own.is_empty() {
        return vec!["-".into()];
    }
    let mut findings = subdomain(own);
    if findings.is_empty() && !own.contains('.') {
        findings.push("should be a domain with at least two segments separated by dots".into());
    }
    findings
}

/// A path without `..`.
pub(crate) fn no_steps_back(text: &str) -> Findings {
    let goes_back = text.split('/').any(|part| part == "..");
    goes_back
        .then(|| "must not contain '..'".to_owned())
        .into_iter()
        .collect()
}

/// A path that leads down from where it starts.
pub(crate) fn descending_path(text: &str) -> Findings {
    let mut findings = Findings::new();
    if text.starts_with('/') {
        findings.push("must be a relative path".to_owned());
    }
    findings.extend(no_steps_back(text));
    findings
}

/// A path that leads down, and that the real kubelet does not use itself.
pub(crate) fn free_path(text: &str) -> Findings {
    let mut findings = descending_path(text);
    if text.starts_with("..") && !text.starts_with("../") {
        findings.push("must not start with '..'".to_owned());
    }
    findings
}

/// The start of a name of a host, which may end with a dash.
pub(crate) fn subdomain_start(text: &str) -> Findings {
    match text.strip_suffix('-').filter(|rest| !rest.is_empty()) {
        Some(rest) => subdomain(&format!("{}a", rest.get(..rest.len() - 1).unwrap_or_default())),
        None => subdomain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(label("a.b"), ["must not contain dots"]);
        assert!(label("a-b").is_empty() && subdomain("a.b-c").is_empty() && label_key("x.io/a_B").is_empty());
        assert_eq!(label_key("/a"), ["prefix part must be non-empty"]);
        assert_eq!(
            path_segment("a/%", false),
            ["may not contain '/'", "may not contain '%'"]
        );
        assert_eq!(
            label("A"),
            [
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end \
              with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
              '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ]
        );
    }
}
