//! The status of ResourceClaims: which devices were given to whom.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{binding, configuration, label, list_of, pool_name, reference, request_names, request_references, set_of};
use crate::object::{at, is_deleted, items, text};
use crate::validation::report::Report;
use crate::validation::{addresses, conditions, nodes};

/// Checks a change of the status.
pub(in crate::validation) fn check(live: &Value, object: &Value, report: &mut Report) {
    let nothing = Value::Null;
    let status = object.get("status").unwrap_or(&nothing);
    let reserved = items(status, &["reservedFor"]);
    let key = |own: &Value| json!(text(own, &["uid"]));
    set_of(
        reserved,
        256,
        "status.reservedFor",
        report,
        &key,
        |own, place, report| {
            for field in ["resource", "name", "uid"] {
                if text(own, &[field]).is_empty() {
                    report.required(&format!("{place}.{field}"), "");
                }
            }
        },
    );
    given(status, report);
    let (before, after) = (at(live, &["status", "allocation"]), status.get("allocation"));
    if !reserved.is_empty() {
        let kept = items(live, &["status", "reservedFor"]);
        if after.is_none() {
            let detail = "may not be specified when `allocated` is not set";
            report.forbidden("status.reservedFor", detail);
        } else if is_deleted(object) && reserved.iter().any(|own| !kept.contains(own)) {
            let detail = "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set";
            report.forbidden("status.reservedFor", detail);
        }
    }
    match (before, after) {
        (Some(before), Some(after)) if before != after => {
            let form = "*@resource.AllocationResult";
            report.invalid_as("status.allocation", form, Some(after), "field is immutable");
        }
        (None, Some(allocation)) => allocated(allocation, object, report),
        _ => {}
    }
}

/// Returns by what a device is known: driver, pool, device and share.
fn identity(own: &Value) -> [&str; 4] {
    ["driver", "pool", "device", "shareID"].map(|field| text(own, &[field]))
}

fn given(status: &Value, report: &mut Report) {
    let allocated: BTreeSet<[&str; 4]> = items(status, &["allocation", "devices", "results"])
        .iter()
        .map(identity)
        .collect();
    let key = |own: &Value| {
        let [driver, pool, device, share] = identity(own);
        json!({
            "Driver": driver, "Pool": pool, "Device": device, "ShareID": share,
        })
    };
    let devices = items(status, &["devices"]);
    set_of(
        devices,
        usize::MAX,
        "status.devices",
        report,
        &key,
        |own, place, report| {
            let [driver, pool, device, share] = identity(own);
            report.driver(&format!("{place}.driver"), driver);
            pool_name(pool, &format!("{place}.pool"), report);
            label(device, &format!("{place}.device"), report);
            if own.get("shareID").is_some() {
                share_id(share, &format!("{place}.shareID"), report);
            }
            if !allocated.contains(&identity(own)) {
                let detail = "must be an allocated device in the claim";
                let [driver, pool, device, share] = identity(own).map(|part| crate::status::go_json(&json!(part)));
                let shown = format!(r#"{{"Driver":{driver},"Pool":{pool},"Device":{device},"ShareID":{share}}}"#);
                report
                    .0
                    .push(crate::status::FieldFault::invalid_shown(place, &shown, detail));
            }
            let list = items(own, &["conditions"]);
            let field = format!("{place}.conditions");
            if list.len() > 8 {
                report.too_many(&field, list.len(), 8);
            }
            conditions::check(list, &field, report);
            if own.get("data").is_some() {
                super::raw(own.get("data"), &format!("{place}.data"), report);
            }
            network(own, &format!("{place}.networkData"), report);
        },
    );
}

fn network(own: &Value, place: &str, report: &mut Report) {
    let Some(network) = own.get("networkData") else { return };
    report.not_longer(
        &format!("{place}.interfaceName"),
        text(network, &["interfaceName"]),
        256,
    );
    report.not_longer(
        &format!("{place}.hardwareAddress"),
        text(network, &["hardwareAddress"]),
        128,
    );
    let list = items(network, &["ips"]);
    set_of(
        list,
        16,
        &format!("{place}.ips"),
        report,
        &super::key_self,
        |own, place, report| {
            report.findings(place, own, addresses::interface(own.as_str().unwrap_or_default()));
        },
    );
}

fn share_id(id: &str, field: &str, report: &mut Report) {
    let is_uuid = id.len() == 36
        && id.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if !is_uuid {
        let detail = if id.len() == 36 {
            "error validating uid: invalid UUID format".to_owned()
        } else {
            format!("error validating uid: invalid UUID length: {}", id.len())
        };
        report.invalid(field, &json!(id), &detail);
    } else if id != id.to_lowercase() {
        let detail = "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase \
            hexadecimal characters";
        report.invalid(field, &json!(id), detail);
    }
}

fn allocated(allocation: &Value, object: &Value, report: &mut Report) {
    let devices = at(object, &["spec", "devices"]).unwrap_or(&Value::Null);
    let names = request_names(devices);
    let place = "status.allocation.devices";
    let results = items(allocation, &["devices", "results"]);
    list_of(
        results,
        32,
        &format!("{place}.results"),
        report,
        |own, place, report| {
            reference(text(own, &["request"]), &names, &format!("{place}.request"), report);
            let [driver, pool, device, share] = identity(own);
            report.driver(&format!("{place}.driver"), driver);
            pool_name(pool, &format!("{place}.pool"), report);
            label(device, &format!("{place}.device"), report);
            binding(own, place, report);
            if own.get("shareID").is_some() {
                share_id(share, &format!("{place}.shareID"), report);
            }
        },
    );
    let configs = items(allocation, &["devices", "config"]);
    list_of(configs, 64, &format!("{place}.config"), report, |own, place, report| {
        let field = format!("{place}.source");
        match text(own, &["source"]) {
            "" => report.required(&field, ""),
            source => report.one_of(&field, source, &["FromClaim", "FromClass"]),
        }
        request_references(own, &names, place, report);
        configuration(own, place, report);
    });
    if let Some(selector) = allocation.get("nodeSelector") {
        nodes::selector(selector, "status.allocation.nodeSelector", report);
    }
}
