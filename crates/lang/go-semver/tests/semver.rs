//! Versions and constraints; the expected values are those of Masterminds/semver 3.5.0.
#![allow(clippy::unwrap_used, reason = "a test")]

use go_semver::{Constraints, Version};

fn wanted(constraints: &str, version: &str) -> bool {
    Constraints::parse(constraints)
        .unwrap()
        .check(&Version::parse(version).unwrap())
}

#[test]
fn t_032_constraints() {
    let cases = [
        ("^1.2", "1.3.4", true),
        (">=1.19-0", "v1.19.3-gke.100", true),
        (">=1.19", "v1.19.3-gke.100", false),
        ("~1.2.3 || >3", "1.2.9", true),
        ("1.2 - 1.4", "1.4.9", true),
        ("1.2 - 1.4", "1.5.0", false),
        ("!=1.2.x", "1.2.5", false),
        ("*", "1.0.0-a", false),
        (">0.0.0-0", "1.0.0-a", true),
        ("^0.2.3", "0.3.0", false),
        ("<=1.2", "1.2.9", true),
        (">1.2", "1.2.9", false),
        ("1.2", "1.2.7", true),
    ];
    for (constraints, version, expected) in cases {
        assert_eq!(wanted(constraints, version), expected, "{constraints} {version}");
    }
}

#[test]
fn texts_of_errors() {
    let of_version = |text: &str| Version::parse(text).unwrap_err().to_string();
    assert_eq!(of_version("1.2.3.4"), "invalid semantic version");
    assert_eq!(of_version("1.2.3-01"), "version segment starts with 0");
    assert_eq!(
        of_version("99999999999999999999.0.0"),
        "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range"
    );
    assert_eq!(
        of_version(&"1".repeat(257)),
        "version string is too long (max 256 bytes)"
    );
    let of_constraints = |text: &str| Constraints::parse(text).unwrap_err().to_string();
    assert_eq!(of_constraints("nope"), "improper constraint: \"nope\"");
    assert_eq!(of_constraints("1 || "), "improper constraint: \" \"");
    assert_eq!(of_constraints("1x"), "constraint parser error");
    assert_eq!(of_constraints(&"1||".repeat(40)), "too many constraint groups (max 32)");
    assert_eq!(
        of_constraints(&" ".repeat(513)),
        "constraint string is too long (max 512 bytes)"
    );
    assert_eq!(
        Version::parse_strict("1.2").unwrap_err().to_string(),
        "invalid semantic version"
    );
}

#[test]
fn versions_are_ordered_by_precedence() {
    let texts = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0",
        "1.2",
        "1.10",
    ];
    let versions: Vec<Version> = texts.iter().map(|text| Version::parse(text).unwrap()).collect();
    assert!(versions.is_sorted());
    assert_eq!(Version::parse("1.0.0+a").unwrap(), Version::parse("v1.0.0+b").unwrap());
}

#[test]
fn reasons_are_told() {
    let reasons = Constraints::parse("~1.2, !=1.2.4")
        .unwrap()
        .validate(&Version::parse("1.2.4").unwrap());
    assert_eq!(reasons, Err(vec!["\"1.2.4\" is equal to \"1.2.4\"".to_owned()]));
}
