//! Defaults that come from the environment.

use go_value::strconv;

use crate::Environment;

/// `true` or `false`; false when the variable is not set or no boolean.
pub(super) fn bool_or_false(environment: &Environment, name: &str) -> String {
    strconv::parse_bool(environment.get(name).as_bytes())
        .unwrap_or(false)
        .to_string()
}

/// The groups of `HELM_KUBEASGROUPS`, in pflag's brackets.
pub(super) fn kube_as_groups(environment: &Environment) -> String {
    let groups = environment.get("HELM_KUBEASGROUPS");
    format!("[{}]", groups.trim_matches([',', ' ']))
}

/// The number in `HELM_QPS`, or 0.
pub(super) fn qps(environment: &Environment) -> String {
    let number = environment.lookup("HELM_QPS").and_then(|text| text.parse::<f32>().ok());
    number.unwrap_or(0.0).to_string()
}
