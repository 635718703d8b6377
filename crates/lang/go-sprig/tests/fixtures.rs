//! Calls with the results of the real sprig, recorded by the Go driver in `conformance/go-driver/sprig`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod evaluate;

/// T-001: every name of sprig is there, but `env` and `expandenv` only where an environment was given.
#[test]
fn t_001_names() {
    let host = std::sync::Arc::new(go_sprig::FixedHost::new(0, 0));
    let functions = go_sprig::functions(host.clone());
    let environment: go_sprig::Environment = std::sync::Arc::new(|name| (name == b"HOME").then(|| b"/root".to_vec()));
    let with_environment = go_sprig::functions_with_environment(host, &environment);
    for name in include_str!("fixtures/names.list").lines() {
        let of_environment = matches!(name, "env" | "expandenv");
        assert_eq!(functions.get(name).is_some(), !of_environment, "{name}");
        assert!(with_environment.get(name).is_some(), "{name}");
    }
}

/// T-024: conversions and arithmetic on odd inputs.
#[test]
fn t_024_conversions() {
    evaluate::check(include_str!("fixtures/conversions.txt"));
}

/// T-026: nil, and what counts as empty, with each kind.
#[test]
fn t_026_nil_and_empty() {
    evaluate::check(include_str!("fixtures/nil_and_empty.txt"));
}

/// T-027, T-030: dictionaries alias, change in place, and walk in the order of their keys.
#[test]
fn t_027_t_030_dicts() {
    evaluate::check(include_str!("fixtures/dicts.txt"));
}

/// T-031: lists, with mixed types.
#[test]
fn t_031_lists() {
    evaluate::check(include_str!("fixtures/lists.txt"));
}

/// T-032: regular expressions and versions.
#[test]
fn t_032_expressions_and_versions() {
    evaluate::check(include_str!("fixtures/expressions_and_versions.txt"));
}

/// T-035: encodings, hashes, URLs, paths and texts.
#[test]
fn t_035_texts() {
    evaluate::check(include_str!("fixtures/texts.txt"));
}

/// T-030: the order of keys and values is that of the keys.
#[test]
fn t_030_keys_are_sorted() {
    let evaluator = evaluate::Evaluator::new();
    let found = evaluator.evaluate(r#"{{ $d := dict "b" 1 "a" 2 "C" 3 }}{{ keys $d }} {{ values $d }}"#);
    assert_eq!(found, r#""[C a b] [3 2 1]""#);
}

/// T-032, T-035: classes and case mapping agree on every rune.
#[test]
fn t_032_t_035_every_rune() {
    evaluate::check(include_str!("fixtures/every_rune.txt"));
}
