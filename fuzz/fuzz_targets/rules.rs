//! CEL rules of definitions: whatever a rule says and whatever it is asked about, it is answered, and in good time.
//!
//! An input is a rule, a zero byte, and the specification of an object as JSON.
#![no_main]
use std::sync::LazyLock;

use bytes::Bytes;
use http::Request;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

static FRESH: LazyLock<Core> = LazyLock::new(|| Core::new(1, 0).without_controllers());

fn create(core: &mut Core, path: &str, object: &Value) -> u16 {
    let body = Bytes::from(object.to_string());
    let request = Request::post(path).header("content-type", "application/json").body(body);
    match core.handle(&request.expect("the path is right"), 0) {
        Answer::Full { code, .. } => code,
        Answer::Watch(_) => panic!("a write is no watch"),
    }
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let Ok(rule) = str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let spec: Value = parts
        .next()
        .and_then(|text| serde_json::from_slice(text).ok())
        .unwrap_or_else(|| json!({"number": 3, "text": "abc", "list": ["a", "b"], "map": {"a": "b"}}));
    let text = json!({"type": "string"});
    let schema = json!({"type": "object", "properties": {"spec": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": rule}],
        "properties": {
            "number": {"type": "integer"}, "text": text, "list": {"type": "array", "items": text},
            "map": {"type": "object", "additionalProperties": text},
        },
    }}});
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.x.org"},
        "spec": {
            "group": "x.org", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    });
    let mut core = FRESH.clone();
    let code = create(&mut core, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition);
    if code != 201 {
        assert_eq!(code, 422, "{rule}");
        return;
    }
    let thing = json!({"apiVersion": "x.org/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec});
    let code = create(&mut core, "/apis/x.org/v1/namespaces/default/things", &thing);
    assert!(matches!(code, 201 | 404 | 422), "{code}: {rule}");
});
