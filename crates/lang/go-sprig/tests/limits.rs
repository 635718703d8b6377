//! Results that would take all memory.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use go_sprig::FixedHost;
use go_text_template::{Options, TemplateSet, Value};

fn failure(text: &str) -> String {
    let functions = go_sprig::functions(Arc::new(FixedHost::new(0, 1)));
    let mut set = TemplateSet::new("root", Arc::new(functions));
    set.parse("main", text).unwrap();
    set.execute("main", &Value::Nil, &Options::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_too_long_is_refused() {
    for call in [
        "repeat 1000000000 \"x\"",
        "until 1000000000",
        "untilStep 0 9223372036854775807 1",
        "seq 1 1000000000",
        "indent 1000000000 \"x\"",
        "join (repeat 1000000 \"x\") (until 10000)",
        "replace \"\" (repeat 100000 \"x\") (repeat 100000 \"x\")",
        "wrapWith 1 (repeat 100000 \"x\") (repeat 100000 \"y \")",
        "regexReplaceAll \"x\" (repeat 100000 \"x\") (repeat 100000 \"x\")",
        "regexReplaceAllLiteral \"\" (repeat 100000 \"x\") (repeat 100000 \"x\")",
        "randAlpha 1000000000",
    ] {
        let error = failure(&format!("{{{{ {call} | len }}}}"));
        assert!(error.ends_with("runtime error: makeslice: len out of range"), "{error}");
    }
}

#[test]
fn a_copy_of_what_shares_its_parts_is_refused() {
    let error = failure("{{ $x := list 1 }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}{{ deepCopy $x | len }}");
    assert!(error.ends_with("runtime error: makeslice: len out of range"), "{error}");
}
