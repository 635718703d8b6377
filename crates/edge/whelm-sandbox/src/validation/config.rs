//! ConfigMaps and Secrets.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation/validation.go`.

use go_value::json::{Numbers, parse};
use serde_json::{Map, Value, json};

use super::format;
use super::report::Report;
use crate::base64;
use crate::object::{at, text};

/// How many bytes the values of one object may have.
const MOST_BYTES: usize = 1 << 20;

/// Checks a ConfigMap.
pub(super) fn config_map(object: &Value, report: &mut Report) {
    let (data, binary) = (map(object, "data"), map(object, "binaryData"));
    for key in keys(data) {
        check_key("data", key, report);
        if binary.is_some_and(|binary| binary.contains_key(key)) {
            let field = format!("data[{key}]");
            report.invalid(&field, &json!(key), "duplicate of key present in binaryData");
        }
    }
    keys(binary).for_each(|key| check_key("binaryData", key, report));
    let plain: usize = values(data).map(str::len).sum();
    let packed: usize = values(binary).map(decoded_length).sum();
    if plain + packed > MOST_BYTES {
        // The whole object is meant.
        report.too_long("[]", MOST_BYTES);
    }
}

/// Checks a Secret.
pub(super) fn secret(object: &Value, report: &mut Report) {
    let data = map(object, "data");
    keys(data).for_each(|key| check_key("data", key, report));
    if values(data).map(decoded_length).sum::<usize>() > MOST_BYTES {
        report.too_long("data", MOST_BYTES);
    }
    let value = |key: &str| data.and_then(|data| data.get(key)).and_then(Value::as_str);
    let mut need = |key: &str| {
        if value(key).is_none() {
            report.required(&format!("data[{key}]"), "");
        }
    };
    match text(object, &["type"]) {
        "kubernetes.io/service-account-token" => {
            let name = at(
                object,
                &["metadata", "annotations", "kubernetes.io/service-account.name"],
            );
            if name.and_then(Value::as_str).unwrap_or_default().is_empty() {
                report.required("metadata.annotations[kubernetes.io/service-account.name]", "");
            }
        }
        "kubernetes.io/dockercfg" => credentials(".dockercfg", value(".dockercfg"), report),
        "kubernetes.io/dockerconfigjson" => credentials(".dockerconfigjson", value(".dockerconfigjson"), report),
        "kubernetes.io/basic-auth" if value("username").is_none() && value("password").is_none() => {
            need("username");
            need("password");
        }
        "kubernetes.io/ssh-auth" if value("ssh-privatekey").is_none_or(str::is_empty) => {
            report.required("data[ssh-privatekey]", "");
        }
        "kubernetes.io/tls" => {
            need("tls.crt");
            need("tls.key");
        }
        _ => {}
    }
}

/// Checks that the credentials for a registry are there, and a map in JSON.
fn credentials(key: &str, value: Option<&str>, report: &mut Report) {
    let field = format!("data[{key}]");
    let Some(value) = value else {
        report.required(&field, "");
        return;
    };
    let fault = match parse(&base64::decode(value), Numbers::Float) {
        Ok(value) if value.as_map().is_some() || value.is_nil() => return,
        Ok(value) => {
            let kind = match value {
                go_value::Value::List(_) => "array",
                go_value::Value::Str(_) => "string",
                go_value::Value::Bool(_) => "bool",
                _ => "number",
            };
            format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}")
        }
        Err(error) => error.to_string(),
    };
    report.invalid(&field, &json!("<secret contents redacted>"), &fault);
}

fn check_key(field: &str, key: &str, report: &mut Report) {
    for finding in format::config_key(key) {
        report.invalid(&format!("{field}[{key}]"), &json!(key), &finding);
    }
}

fn map<'a>(object: &'a Value, field: &str) -> Option<&'a Map<String, Value>> {
    at(object, &[field]).and_then(Value::as_object)
}

fn keys(map: Option<&Map<String, Value>>) -> impl Iterator<Item = &String> {
    map.into_iter().flat_map(Map::keys)
}

fn values(map: Option<&Map<String, Value>>) -> impl Iterator<Item = &str> {
    map.into_iter().flat_map(Map::values).filter_map(Value::as_str)
}

/// How many bytes a text of base64 stands for.
fn decoded_length(text: &str) -> usize {
    let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
    text.len() / 4 * 3 - padding.min(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(check: fn(&Value, &mut Report), object: &Value) -> Vec<String> {
        let mut report = Report::default();
        check(object, &mut report);
        report
            .0
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.message))
            .collect()
    }

    #[test]
    fn sizes() {
        let too_long = "Too long: may not be more than 1048576 bytes";
        let map = |bytes: usize| json!({"data": {"a": "x".repeat(bytes)}, "binaryData": {"b": "YQ=="}});
        assert!(faults(config_map, &map(MOST_BYTES - 1)).is_empty());
        assert_eq!(faults(config_map, &map(MOST_BYTES)), [format!("[]: {too_long}")]);
        let full = base64::encode(&vec![0; MOST_BYTES]);
        assert!(faults(secret, &json!({"data": {"a": full}})).is_empty());
        assert_eq!(
            faults(secret, &json!({"data": {"a": full, "b": "YQ=="}})),
            [format!("data: {too_long}")]
        );
    }

    #[test]
    fn types_of_secrets() {
        let of = |kind: &str, data: Value| faults(secret, &json!({"type": kind, "data": data}));
        assert_eq!(
            of("kubernetes.io/tls", json!({"tls.crt": ""})),
            ["data[tls.key]: Required value"]
        );
        assert_eq!(of("kubernetes.io/basic-auth", json!({})).len(), 2);
        assert_eq!(
            of("kubernetes.io/dockerconfigjson", json!({".dockerconfigjson": "WzFd"})),
            [
                "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": json: cannot unmarshal array into Go value \
                 of type map[string]interface {}"
            ]
        );
        assert!(of("helm.sh/release.v1", json!({"release": ""})).is_empty());
    }
}
