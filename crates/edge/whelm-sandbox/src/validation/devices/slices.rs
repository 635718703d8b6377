//! ResourceSlices: the devices that drivers offer.

use serde_json::{Map, Value, json};

use super::{EFFECTS, binding, key_name, label, list_of, pool_name, qualified, set_of};
use crate::object::{at, int, items, text};
use crate::validation::report::Report;
use crate::validation::{format, nodes};

/// Checks a ResourceSlice. `live` is its state before, with taints that may stay as they are.
pub(in crate::validation) fn check(object: &Value, live: Option<&Value>, report: &mut Report) {
    let spec = object.get("spec").unwrap_or(&Value::Null);
    report.driver("spec.driver", text(spec, &["driver"]));
    let pool = spec.get("pool").unwrap_or(&Value::Null);
    pool_name(text(pool, &["name"]), "spec.pool.name", report);
    let (count, generation) = (
        int(pool, &["resourceSliceCount"]).unwrap_or(0),
        int(pool, &["generation"]).unwrap_or(0),
    );
    if count <= 0 {
        report.invalid(
            "spec.pool.resourceSliceCount",
            &json!(count),
            "must be greater than zero",
        );
    }
    if generation < 0 {
        let detail = "must be greater than or equal to zero";
        report.invalid("spec.pool.generation", &json!(generation), detail);
    }
    if let Some(live) = live {
        changes(live, object, report);
    }
    placed(spec, report);
    if spec.get("sharedCounters").is_some() && spec.get("devices").is_some() {
        let detail = "only one of `sharedCounters` or `devices` is allowed";
        report.invalid("spec", &json!(""), detail);
    }
    devices(spec, live, report);
    let sets = items(spec, &["sharedCounters"]);
    set_of(
        sets,
        8,
        "spec.sharedCounters",
        report,
        &key_name,
        |own, place, report| {
            report.named(&format!("{place}.name"), text(own, &["name"]), format::label);
            counters(own, place, report);
        },
    );
}

/// Says what of a ResourceSlice may not change.
fn changes(live: &Value, object: &Value, report: &mut Report) {
    for path in [&["pool", "name"][..], &["driver"], &["nodeName"]] {
        let own = |object| at(object, &["spec"]).and_then(|spec| at(spec, path));
        report.fixed(&format!("spec.{}", path.join(".")), own(live), own(object));
    }
}

/// A flag that is either not there or true.
fn flag(own: &Value, name: &str, place: &str, set: &mut Vec<String>, report: &mut Report) {
    match own.get(name) {
        Some(Value::Bool(true)) => set.push(format!("`{name}`")),
        Some(value @ Value::Bool(false)) => {
            let detail = "must be either unset or set to true";
            report.invalid(&format!("{place}.{name}"), value, detail);
        }
        _ => {}
    }
}

fn placed(spec: &Value, report: &mut Report) {
    let mut set = Vec::new();
    if let Some(name) = spec.get("nodeName").and_then(Value::as_str) {
        if name.is_empty() {
            let detail = "must be either unset or set to a non-empty string";
            report.invalid("spec.nodeName", &json!(name), detail);
        } else {
            set.push("`nodeName`".to_owned());
            report.findings("spec.nodeName", &json!(name), format::subdomain(name));
        }
    }
    if let Some(selector) = spec.get("nodeSelector") {
        set.push("`nodeSelector`".to_owned());
        nodes::selector(selector, "spec.nodeSelector", report);
        let terms = items(selector, &["nodeSelectorTerms"]);
        if terms.len() != 1 {
            let detail = "must have exactly one node selector term";
            let (field, form) = ("spec.nodeSelector.nodeSelectorTerms", "[@core.NodeSelectorTerm");
            report.invalid_as(field, form, selector.get("nodeSelectorTerms"), detail);
        }
    }
    flag(spec, "allNodes", "spec", &mut set, report);
    flag(spec, "perDeviceNodeSelection", "spec", &mut set, report);
    let detail = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    one_of_these(
        &set,
        "spec",
        detail,
        &format!("{detail}, but multiple fields are set"),
        report,
    );
}

fn one_of_these(set: &[String], place: &str, none: &str, many: &str, report: &mut Report) {
    match set.len() {
        0 => report.required(place, none),
        1 => {}
        _ => report.invalid(place, &json!(format!("{{{}}}", set.join(", "))), many),
    }
}

fn devices(spec: &Value, live: Option<&Value>, report: &mut Report) {
    let own = items(spec, &["devices"]);
    let has = |device: &Value, list: &str| !items(device, &[list]).is_empty();
    let advanced = own
        .iter()
        .any(|device| has(device, "taints") || has(device, "consumesCounters"));
    let most = if advanced { 64 } else { 128 };
    let each = spec.get("perDeviceNodeSelection") == Some(&Value::Bool(true));
    let before = live.map_or(&[][..], |live| items(live, &["spec", "devices"]));
    set_of(own, most, "spec.devices", report, &key_name, |device, place, report| {
        let name = text(device, &["name"]);
        let before = before.iter().find(|before| text(before, &["name"]) == name);
        check_device(device, before, each, place, report);
    });
}

fn check_device(device: &Value, before: Option<&Value>, each: bool, place: &str, report: &mut Report) {
    label(text(device, &["name"]), &format!("{place}.name"), report);
    let map = |field: &str| device.get(field).and_then(Value::as_object);
    let total = map("attributes").map_or(0, Map::len) + map("capacity").map_or(0, Map::len);
    if total > 32 {
        let detail = "the total number of attributes and capacities must not exceed 32";
        report.invalid(place, &json!(total), detail);
    }
    for (name, value) in map("attributes").into_iter().flatten() {
        let field = format!("{place}.attributes");
        qualified(name, &field, report);
        attribute(value, &format!("{field}[{name}]"), report);
    }
    let shared = device.get("allowMultipleAllocations") == Some(&Value::Bool(true));
    for (name, value) in map("capacity").into_iter().flatten() {
        let field = format!("{place}.capacity");
        qualified(name, &field, report);
        if !shared && value.get("requestPolicy").is_some() {
            let detail = "allowMultipleAllocations must be true";
            report.forbidden(&format!("{field}[{name}].requestPolicy"), detail);
        }
    }
    if before.is_none_or(|before| before.get("taints") != device.get("taints")) {
        list_of(
            items(device, &["taints"]),
            16,
            &format!("{place}.taints"),
            report,
            taint,
        );
    }
    let consumed = items(device, &["consumesCounters"]);
    let key = |own: &Value| json!(text(own, &["counterSet"]));
    set_of(
        consumed,
        2,
        &format!("{place}.consumesCounters"),
        report,
        &key,
        |own, place, report| {
            report.named(
                &format!("{place}.counterSet"),
                text(own, &["counterSet"]),
                format::label,
            );
            counters(own, place, report);
        },
    );
    device_placed(device, each, place, report);
    binding(device, place, report);
}

fn device_placed(device: &Value, each: bool, place: &str, report: &mut Report) {
    if !each {
        let set = ["nodeName", "nodeSelector", "allNodes"]
            .iter()
            .any(|field| device.get(field).is_some());
        if set {
            let detail = "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in \
                the ResourceSlice spec";
            report.invalid(place, &Value::Null, detail);
        }
        return;
    }
    let mut set = Vec::new();
    if let Some(name) = device.get("nodeName").and_then(Value::as_str) {
        let field = format!("{place}.nodeName");
        if name.is_empty() {
            report.invalid(&field, &json!(name), "must not be empty");
        } else {
            set.push("`nodeName`".to_owned());
            report.findings(&field, &json!(name), format::subdomain(name));
        }
    }
    if let Some(selector) = device.get("nodeSelector") {
        set.push("`nodeSelector`".to_owned());
        nodes::selector(selector, &format!("{place}.nodeSelector"), report);
    }
    flag(device, "allNodes", place, &mut set, report);
    let detail = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to \
        true in the ResourceSlice spec";
    one_of_these(&set, place, detail, detail, report);
}

fn attribute(own: &Value, place: &str, report: &mut Report) {
    let set: Vec<&str> = ["bool", "int", "string", "version"]
        .into_iter()
        .filter(|field| own.get(field).is_some())
        .collect();
    if let Some(text) = own.get("string").and_then(Value::as_str) {
        report.not_longer(&format!("{place}.string"), text, 64);
    }
    if let Some(text) = own.get("version").and_then(Value::as_str) {
        let field = format!("{place}.version");
        if !is_version(text) {
            let detail = "must be a string compatible with semver.org spec 2.0.0";
            report.invalid(&field, &json!(text), detail);
        }
        report.not_longer(&field, text, 64);
    }
    let detail = "exactly one value must be specified";
    match set.len() {
        0 => report.invalid(place, &json!(""), detail),
        1 => {}
        _ => {
            report.invalid_as(place, "@resource.DeviceAttribute", Some(own), detail);
        }
    }
}

/// Says whether a text is a version as semver.org has them.
fn is_version(text: &str) -> bool {
    let (rest, build) = text
        .split_once('+')
        .map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, before) = rest
        .split_once('-')
        .map_or((rest, None), |(core, before)| (core, Some(before)));
    let is_number = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_part = |part: &str| is_word(part) && (is_number(part) || part.bytes().any(|byte| !byte.is_ascii_digit()));
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && before.is_none_or(|before| before.split('.').all(is_part))
        && build.is_none_or(|build| build.split('.').all(is_word))
}

fn taint(own: &Value, place: &str, report: &mut Report) {
    let key = text(own, &["key"]);
    report.findings(&format!("{place}.key"), &json!(key), format::label_key(key));
    report.formed(&format!("{place}.value"), text(own, &["value"]), format::label_value);
    let field = format!("{place}.effect");
    match text(own, &["effect"]) {
        "" => report.required(&field, ""),
        effect => report.one_of(&field, effect, &EFFECTS),
    }
}

fn counters(own: &Value, place: &str, report: &mut Report) {
    let field = format!("{place}.counters");
    let own = own.get("counters").and_then(Value::as_object);
    match own.map_or(0, Map::len) {
        0 => report.required(&field, ""),
        count if count > 32 => report.too_many(&field, count, 32),
        _ => {
            for (name, _) in own.into_iter().flatten() {
                label(name, &field, report);
            }
        }
    }
}
