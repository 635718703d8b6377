//! IP addresses that are taken, and the ranges that services take theirs from.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `pkg/apis/networking/validation`; `k8s.io/apimachinery` v0.36.3, `pkg/util/validation/ip.go`.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::format::{self, Findings};
use super::report::Report;
use crate::object::{at, items, text};

/// An address in the one way that it is written.
pub(super) fn canonical(text: &str) -> Findings {
    let Ok(address) = text.parse::<IpAddr>() else {
        return format::address(text);
    };
    if matches!(address, IpAddr::V6(own) if own.to_ipv4_mapped().is_some()) {
        return vec!["must not be an IPv4-mapped IPv6 address".into()];
    }
    let written = address.to_string();
    if written == text {
        Findings::new()
    } else {
        vec![format!("must be in canonical form ({written:?})")]
    }
}

/// Returns the address and the length of the prefix of a range.
fn parts(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let is_number = bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
    let bits = bits.parse().ok().filter(|&bits| is_number && bits <= most)?;
    Some((address, bits))
}

/// A range of addresses.
pub(super) fn cidr(text: &str) -> Findings {
    match parts(text) {
        None => vec!["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)".into()],
        Some((IpAddr::V6(own), _)) if own.to_ipv4_mapped().is_some() => {
            vec!["must not have an IPv4-mapped IPv6 address".into()]
        }
        Some((address, bits)) if masked(address, bits) != address => {
            vec!["must not have bits set beyond the prefix length".into()]
        }
        Some(_) => Findings::new(),
    }
}

/// An address of an interface with the length of its network's prefix.
pub(super) fn interface(text: &str) -> Findings {
    let Some((address, bits)) = parts(text) else {
        return vec!["must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)".into()];
    };
    let written = format!("{address}/{bits}");
    if written == text {
        Findings::new()
    } else {
        vec![format!("must be in canonical form ({written:?})")]
    }
}

/// A range of addresses in the one way that it is written.
fn range(text: &str) -> Findings {
    let findings = cidr(text);
    let Some((address, bits)) = parts(text).filter(|_| findings.is_empty()) else {
        return findings;
    };
    let written = format!("{address}/{bits}");
    if written == text {
        Findings::new()
    } else {
        vec![format!("must be in canonical form ({written:?})")]
    }
}

/// Returns the first address of a range.
fn masked(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(own) => {
            let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
            IpAddr::V4((u32::from(own) & mask).into())
        }
        IpAddr::V6(own) => {
            let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
            IpAddr::V6((u128::from(own) & mask).into())
        }
    }
}

/// Checks an IPAddress.
pub(super) fn address(object: &Value, report: &mut Report) {
    let place = "spec.parentRef";
    let Some(parent) = at(object, &["spec", "parentRef"]) else {
        report.required(place, "");
        return;
    };
    let segment = |text: &str| format::path_segment(text, false);
    report.formed(&format!("{place}.group"), text(parent, &["group"]), format::subdomain);
    report.named(&format!("{place}.resource"), text(parent, &["resource"]), segment);
    report.named(&format!("{place}.name"), text(parent, &["name"]), segment);
    report.formed(&format!("{place}.namespace"), text(parent, &["namespace"]), segment);
}

/// Checks how an IPAddress changes.
pub(super) fn address_changes(live: &Value, object: &Value, report: &mut Report) {
    let own = |object| at(object, &["spec", "parentRef"]);
    report.fixed_as("spec.parentRef", "*@networking.ParentReference", own(live), own(object));
}

/// Checks a ServiceCIDR.
pub(super) fn service_range(object: &Value, report: &mut Report) {
    let place = "spec.cidrs";
    let ranges = items(object, &["spec", "cidrs"]);
    if ranges.is_empty() {
        report.required(place, "at least one CIDR required");
        return;
    }
    if ranges.len() > 2 {
        let shown = json!({"CIDRs": ranges});
        report.invalid(place, &shown, "may only hold up to 2 values");
        return;
    }
    let own = |index: usize| ranges.get(index).and_then(Value::as_str).unwrap_or_default();
    for (index, shown) in ranges.iter().enumerate() {
        report.findings(&format!("{place}[{index}]"), shown, range(own(index)));
    }
    let is_range = |text: &str| cidr(text).is_empty();
    if ranges.len() == 2 && is_range(own(0)) && is_range(own(1)) && own(0).contains(':') == own(1).contains(':') {
        let detail = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
        report.invalid(place, &json!(ranges), detail);
    }
}

/// Checks how a ServiceCIDR changes: it may get a second range.
pub(super) fn service_range_changes(live: &Value, object: &Value, report: &mut Report) {
    let (before, after) = (items(live, &["spec", "cidrs"]), items(object, &["spec", "cidrs"]));
    let place = "spec.cidrs";
    if before.len() == after.len() || (before.len() == 1 && after.len() == 2) {
        for (index, (before, after)) in before.iter().zip(after).enumerate() {
            if before != after {
                report.invalid(&format!("{place}[{index}]"), after, "field is immutable");
            }
        }
        if before.len() != after.len() {
            service_range(object, report);
        }
    } else {
        let own = at(object, &["spec", "cidrs"]);
        report.invalid_as(place, "[s", own, "field is immutable");
    }
}
