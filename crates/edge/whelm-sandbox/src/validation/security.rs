//! As whom Pods and their containers run, and what they may.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/core/validation`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format;
use super::report::Report;
use crate::object::{at, int, items, text};

const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

/// Checks the security context of a Pod.
pub(super) fn of_pod(spec: &Value, place: &str, report: &mut Report) {
    let Some(own) = spec.get("securityContext") else { return };
    let is_on = |field: &str| spec.get(field) == Some(&Value::Bool(true));
    let place = format!("{place}.securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        number(int(own, &[field]), &format!("{place}.{field}"), report);
    }
    for (index, group) in items(own, &["supplementalGroups"]).iter().enumerate() {
        number(group.as_i64(), &format!("{place}.supplementalGroups[{index}]"), report);
    }
    if is_on("shareProcessNamespace") && is_on("hostPID") {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        report.invalid(&format!("{place}.shareProcessNamespace"), &json!(true), detail);
    }
    kernel_settings(own, spec, &format!("{place}.sysctls"), report);
    choice(
        own,
        "fsGroupChangePolicy",
        &["Always", "OnRootMismatch"],
        &place,
        report,
    );
    profiles(own, &place, report);
    choice(own, "supplementalGroupsPolicy", &["Merge", "Strict"], &place, report);
    choice(
        own,
        "seLinuxChangePolicy",
        &["MountOption", "Recursive"],
        &place,
        report,
    );
}

fn choice(own: &Value, field: &str, supported: &[&str], place: &str, report: &mut Report) {
    if let Some(value) = own.get(field).and_then(Value::as_str) {
        report.one_of(&format!("{place}.{field}"), value, supported);
    }
}

/// The number of a user or of a group.
fn number(own: Option<i64>, field: &str, report: &mut Report) {
    if let Some(own) = own {
        report.findings(field, &json!(own), format::in_range(own, 0, i64::from(i32::MAX)));
    }
}

fn kernel_settings(own: &Value, spec: &Value, place: &str, report: &mut Report) {
    const FORM: &str = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let is_segment = |part: &str| part.bytes().all(inner) && part.starts_with(is_end) && part.ends_with(is_end);
    let is_on = |field: &str| spec.get(field) == Some(&Value::Bool(true));
    let mut names = BTreeSet::new();
    for (index, setting) in items(own, &["sysctls"]).iter().enumerate() {
        let name = text(setting, &["name"]);
        let field = format!("{place}[{index}].name");
        if name.is_empty() {
            report.required(&field, "");
        } else if name.len() > 253 || !name.split(['.', '/']).all(is_segment) {
            let detail = format!("must have at most 253 characters and match regex {FORM}");
            report.invalid(&field, &json!(name), &detail);
        } else if names.contains(name) {
            report.duplicate(&field, &json!(name));
        }
        names.insert(name);
        let plain = name.replace('/', ".");
        let of_processes = [
            "kernel.shm_rmid_forced",
            "kernel.sem",
            "kernel.msg",
            "kernel.shm",
            "fs.mqueue.",
        ];
        if is_on("hostNetwork") && plain.starts_with("net.") {
            report.invalid(&field, &json!(name), "may not be specified when 'hostNetwork' is true");
        } else if is_on("hostIPC") && of_processes.iter().any(|start| plain.starts_with(start)) {
            report.invalid(&field, &json!(name), "may not be specified when 'hostIPC' is true");
        }
    }
}

fn is_end(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit()
}

fn profiles(own: &Value, place: &str, report: &mut Report) {
    if let Some(profile) = own.get("seccompProfile") {
        seccomp(profile, &format!("{place}.seccompProfile"), report);
    }
    if let Some(profile) = own.get("appArmorProfile") {
        app_armor(profile, &format!("{place}.appArmorProfile"), report);
    }
}

fn seccomp(profile: &Value, place: &str, report: &mut Report) {
    let (kind, field) = (text(profile, &["type"]), format!("{place}.type"));
    if kind.is_empty() {
        report.required(&field, "type is required when seccompProfile is set");
    } else {
        report.one_of(&field, kind, &PROFILES);
    }
    let (file, field) = (profile.get("localhostProfile"), format!("{place}.localhostProfile"));
    match file.and_then(Value::as_str) {
        None if kind == "Localhost" => report.required(&field, "must be set when seccomp type is Localhost"),
        Some(file) if kind == "Localhost" => report.findings(&field, &json!(file), format::descending_path(file)),
        Some(_) => {
            let detail = "can only be set when seccomp type is Localhost";
            report.invalid_as(&field, "*@core.SeccompProfile", Some(profile), detail);
        }
        None => {}
    }
}

fn app_armor(profile: &Value, place: &str, report: &mut Report) {
    let needed = "must be set when AppArmor type is Localhost";
    let field = format!("{place}.localhostProfile");
    let file = profile.get("localhostProfile").and_then(Value::as_str);
    match (text(profile, &["type"]), file) {
        ("Localhost", None) => report.required(&field, needed),
        ("Localhost", Some(file)) => {
            if file.trim() != file {
                report.invalid(&field, &json!(file), "must not be padded with whitespace");
            } else if file.is_empty() {
                report.required(&field, needed);
            }
            report.not_longer(&field, file, 4095);
        }
        ("RuntimeDefault" | "Unconfined", Some(file)) => {
            report.invalid(&field, &json!(file), "can only be set when AppArmor type is Localhost");
        }
        ("RuntimeDefault" | "Unconfined", None) => {}
        ("", _) => report.required(&format!("{place}.type"), "type is required when appArmorProfile is set"),
        (other, _) => report.one_of(&format!("{place}.type"), other, &PROFILES),
    }
}

/// Checks the security context of a container.
pub(super) fn of_container(container: &Value, spec: &Value, place: &str, report: &mut Report) {
    let Some(own) = container.get("securityContext") else {
        return;
    };
    let place = format!("{place}.securityContext");
    for field in ["runAsUser", "runAsGroup"] {
        number(int(own, &[field]), &format!("{place}.{field}"), report);
    }
    if let Some(mount) = own.get("procMount").and_then(Value::as_str) {
        let field = format!("{place}.procMount");
        report.one_of(&field, mount, &["Default", "Unmasked"]);
        if mount == "Unmasked" && spec.get("hostUsers") != Some(&Value::Bool(false)) {
            report.invalid(&field, &json!(mount), "`hostUsers` must be false to use `Unmasked`");
        }
    }
    let is = |field: &str, value: bool| own.get(field) == Some(&Value::Bool(value));
    let mut refuse = |what: &str| {
        let detail = format!("cannot set `allowPrivilegeEscalation` to false and {what}");
        report.invalid_as(&place, "*@core.SecurityContext", Some(own), &detail);
    };
    if is("allowPrivilegeEscalation", false) {
        if is("privileged", true) {
            refuse("`privileged` to true");
        }
        let added = at(own, &["capabilities", "add"]).and_then(Value::as_array);
        for _ in added.into_iter().flatten().filter(|own| **own == "CAP_SYS_ADMIN") {
            refuse("`capabilities.Add` CAP_SYS_ADMIN");
        }
    }
    profiles(own, &place, report);
}
