//! Rules of CustomResourceDefinitions.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

const NOW: i64 = 1_800_000_000_000;
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGETS: &str = "/apis/example.org/v1/widgets";

struct Cluster(Core);

impl Cluster {
    fn send(&mut self, method: &str, path: &str, content_type: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .header("user-agent", "test/1.0");
        match self.0.handle(&request.body(body.to_string().into()).unwrap(), NOW) {
            Answer::Full { code, body, .. } => (code, serde_json::from_slice(&body).unwrap()),
            Answer::Watch(_) => panic!("no watch was asked for"),
        }
    }

    /// Serves widgets whose specification has a schema.
    fn of_schema(schema: &Value) -> Self {
        let mut cluster = Cluster(Core::new(7, NOW));
        let (code, answer) = cluster.define(schema);
        assert_eq!(code, 201, "{answer}");
        cluster
    }

    fn define(&mut self, schema: &Value) -> (u16, Value) {
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.example.org"},
            "spec": {
                "group": "example.org", "scope": "Cluster", "names": {"plural": "widgets", "kind": "Widget"},
                "versions": [{
                    "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                        "spec": schema,
                        "status": {
                            "type": "object", "properties": {"n": {"type": "integer"}},
                            "x-kubernetes-validations": [{"rule": "self.n < 10", "message": "n is large"}],
                        },
                    }}},
                }],
            },
        });
        self.send("POST", DEFINITIONS, "application/json", &definition)
    }

    fn create(&mut self, spec: &Value) -> (u16, Value) {
        let widget = json!({"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec});
        self.send("POST", WIDGETS, "application/json", &widget)
    }

    /// Returns what is said of a specification that is refused.
    fn refused(&mut self, spec: &Value) -> String {
        text_of(self.create(spec))
    }

    fn patch(&mut self, subresource: &str, patch: &Value) -> (u16, Value) {
        let path = format!("{WIDGETS}/w{subresource}");
        self.send("PATCH", &path, "application/merge-patch+json", patch)
    }
}

fn text_of((code, status): (u16, Value)) -> String {
    assert_eq!((code, status["reason"].as_str()), (422, Some("Invalid")), "{status}");
    let message = status["message"].as_str().unwrap();
    message.split_once(" is invalid: ").unwrap().1.to_owned()
}

fn object(properties: &Value, rules: &Value) -> Value {
    json!({"type": "object", "properties": properties, "x-kubernetes-validations": rules})
}

#[test]
fn rules_hold_where_they_are() {
    let number =
        json!({"type": "integer", "x-kubernetes-validations": [{"rule": "self > 0", "message": "must be positive"}]});
    let items = object(
        &json!({"n": number}),
        &json!([{"rule": "self.n < 100", "reason": "FieldValueForbidden", "fieldPath": ".n"}]),
    );
    let texts = json!({"type": "string", "x-kubernetes-validations": [{"rule": "self != 'bad'"}]});
    let schema = object(
        &json!({
            "a": {"type": "integer"}, "b": {"type": "array", "items": items},
            "mm": {"type": "object", "additionalProperties": texts},
        }),
        &json!([
            {"rule": "self.a < 10"},
            {"rule": "self.a != 5", "messageExpression": "'a is %d'.format([self.a])"},
            {"rule": "self.a != 8", "reason": "FieldValueDuplicate"},
            {"rule": "has(self.a)", "reason": "FieldValueRequired", "message": "need a"},
        ]),
    );
    let mut cluster = Cluster::of_schema(&schema);
    let wrong = json!({"a": 11, "b": [{"n": 0}, {"n": 100}], "mm": {"x": "bad"}});
    assert_eq!(
        cluster.refused(&wrong),
        "[spec: Invalid value: failed rule: self.a < 10, spec.b[0].n: Invalid value: 0: must be positive, spec.b[1].n: \
         Forbidden: failed rule: self.n < 100, spec.mm[x]: Invalid value: \"bad\": failed rule: self != 'bad']"
    );
    assert_eq!(cluster.refused(&json!({"a": 5})), "spec: Invalid value: a is 5");
    assert_eq!(cluster.refused(&json!({"a": 8})), "spec: Duplicate value");
    let missing = cluster.refused(&json!({}));
    assert!(
        missing.starts_with("[spec: Invalid value: \"object\": no such key: a evaluating rule: self.a < 10, "),
        "{missing}"
    );
    assert!(missing.ends_with("spec: Required value: need a]"), "{missing}");
    assert_eq!(cluster.create(&json!({"a": 1})).0, 201);
    assert_eq!(
        text_of(cluster.patch("/status", &json!({"status": {"n": 11}}))),
        "status: Invalid value: n is large"
    );
    assert_eq!(cluster.patch("/status", &json!({"status": {"n": 9}})).0, 200);
}

#[test]
fn rules_about_changes() {
    let fixed = json!({"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "im is immutable"}]});
    let by_name = json!({
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
        "items": object(
            &json!({"name": {"type": "string", "default": ""}, "size": {"type": "integer"}}),
            &json!([{"rule": "oldSelf.size <= self.size", "message": "may not shrink"}]),
        ),
    });
    let never = "!oldSelf.hasValue() || oldSelf.value().a <= self.a";
    let schema = object(
        &json!({"a": {"type": "integer"}, "im": fixed, "parts": by_name}),
        &json!([{"rule": never, "optionalOldSelf": true, "message": "a never shrinks"}]),
    );
    let mut cluster = Cluster::of_schema(&schema);
    let parts = json!([{"name": "x", "size": 1}, {"name": "y", "size": 5}]);
    assert_eq!(cluster.create(&json!({"a": 3, "im": "q", "parts": parts})).0, 201);
    let refused = |cluster: &mut Cluster, spec: Value| text_of(cluster.patch("", &json!({"spec": spec})));
    assert_eq!(
        refused(&mut cluster, json!({"im": "r"})),
        "spec.im: Invalid value: \"r\": im is immutable"
    );
    assert_eq!(
        refused(&mut cluster, json!({"a": 2})),
        "spec: Invalid value: a never shrinks"
    );
    assert_eq!(
        refused(&mut cluster, json!({"parts": [{"name": "y", "size": 4}]})),
        "spec.parts[0]: Invalid value: may not shrink"
    );
    assert_eq!(
        cluster
            .patch("", &json!({"spec": {"parts": [{"name": "z", "size": 0}]}}))
            .0,
        200
    );
}

/// Says what the real server says of an object that breaks a rule, or nothing.
fn verdict(rule: &str) -> Option<String> {
    let properties = json!({
        "a": {"type": "integer"}, "s": {"type": "string"}, "l": {"type": "array", "items": {"type": "string"}},
        "m": {"type": "object", "additionalProperties": {"type": "integer"}}, "n": {"type": "number"},
        "d": {"type": "string", "format": "duration"}, "t": {"type": "string", "format": "date-time"},
        "ios": {"x-kubernetes-int-or-string": true}, "namespace": {"type": "string"},
        "o": {"type": "object", "properties": {"x": {"type": "integer"}}},
    });
    let mut cluster = Cluster::of_schema(&object(&properties, &json!([{"rule": rule}])));
    let spec = json!({
        "a": 3, "s": "hello", "l": ["x", "y", "z"], "m": {"k": 1, "j": 2}, "d": "90s", "t": "2026-01-02T03:04:05Z",
        "ios": "50%", "n": 2, "namespace": "ns", "o": {"x": 1},
    });
    let answer = cluster.create(&spec);
    (answer.0 != 201).then(|| text_of(answer))
}

#[test]
fn functions_and_operators() {
    for rule in include_str!("rules/true.txt").lines() {
        assert_eq!(verdict(rule), None, "{rule}");
    }
}

#[test]
fn errors_have_the_real_texts() {
    for (rule, error) in [
        ("self.m['zz'] == 1", "no such key: zz"),
        ("self.l[7] == 'x'", "index out of bounds: 7"),
        ("1/0 == 1", "division by zero"),
        ("1 % 0 == 1", "modulus by zero"),
        ("self.a + 9223372036854775807 > 0", "integer overflow"),
        ("self.s.substring(9) == ''", "index out of range: 9"),
        ("optional.none().value() == 1", "optional.none() dereference"),
    ] {
        let text = format!("spec: Invalid value: \"object\": {error} evaluating rule: {rule}");
        assert_eq!(verdict(rule), Some(text));
    }
    let text = "spec: Invalid value: \"object\": 'no such overload': call arguments did not match a supported operator, function \
                or macro signature for rule: self.ios > 3";
    assert_eq!(verdict("self.ios > 3").as_deref(), Some(text));
}

#[test]
fn work_is_bounded() {
    let ten = "[0,1,2,3,4,5,6,7,8,9]";
    let nested = (0..9).fold("true".to_owned(), |inner, index| {
        format!("{ten}.all(x{index}, {inner})")
    });
    let doubled = (0..30).fold("self.s".to_owned(), |inner, _| format!("[{inner}].map(s, s + s)[0]"));
    for rule in [nested, format!("size({doubled}) > 0")] {
        let text = verdict(&rule).unwrap();
        assert!(text.contains("actual cost limit exceeded"), "{text}");
    }
}

#[test]
fn definitions_are_refused() {
    let place = "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0]";
    for (rule, text) in [
        (
            json!({"rule": " "}),
            "rule: Required value: rule is not specified".to_owned(),
        ),
        (
            json!({"rule": "self.a > 0", "message": " "}),
            "message: Invalid value: \" \": must be non-empty if specified".to_owned(),
        ),
        (
            json!({"rule": "self.a >\n 0"}),
            "message: Required value: message must be specified if rule contains line breaks".to_owned(),
        ),
        (
            json!({"rule": "self.a > 0", "fieldPath": ".zz"}),
            "fieldPath: Invalid value: \".zz\": must be a valid path".to_owned(),
        ),
        (
            json!({"rule": "self.a > 0", "optionalOldSelf": true}),
            "optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule".to_owned(),
        ),
        (
            json!({"rule": "foo > 1"}),
            compilation("foo > 1", 0, "undeclared reference to 'foo' (in container '')"),
        ),
        (
            json!({"rule": "self.zzz == 1"}),
            compilation("self.zzz == 1", 4, "undefined field 'zzz'"),
        ),
        (
            json!({"rule": "self.s.nope()"}),
            compilation("self.s.nope()", 11, "undeclared reference to 'nope' (in container '')"),
        ),
    ] {
        let schema = object(
            &json!({"a": {"type": "integer"}, "s": {"type": "string"}}),
            &json!([rule]),
        );
        assert_eq!(
            text_of(Cluster(Core::new(7, NOW)).define(&schema)),
            format!("{place}.{text}")
        );
    }
}

fn compilation(rule: &str, column: usize, error: &str) -> String {
    let shown = json!(rule).to_string().replace('>', "\\u003e");
    format!(
        "rule: Invalid value: {{\"Rule\":{shown},\"Message\":\"\",\"MessageExpression\":\"\",\"Reason\":null,\"FieldPath\":\"\",\
         \"OptionalOldSelf\":null}}: compilation failed: ERROR: <input>:1:{}: {error}\n | {rule}\n | {}^",
        column + 1,
        ".".repeat(column)
    )
}

#[test]
fn odd_expressions_do_no_harm() {
    for rule in [
        "(".repeat(100_000),
        "!".repeat(30_000) + "true",
        "-".repeat(30_000) + "1",
        "[".repeat(5_000),
        "a".to_owned() + &".b".repeat(10_000),
        "a?b:".repeat(5_000) + "c",
        "1".to_owned() + &"+1".repeat(10_000),
        "'\\".to_owned(),
        "b'\\777'".to_owned(),
        "self.all(1, x)".to_owned(),
        "{1:2,1:3}.size() > 'é".to_owned(),
        "0x".to_owned(),
        "1e999999 > 99999999999999999999".to_owned(),
    ] {
        let schema = object(&json!({"a": {"type": "integer"}}), &json!([{"rule": rule}]));
        let (code, _) = Cluster(Core::new(7, NOW)).define(&schema);
        assert!(code == 422 || code == 201, "{code}");
    }
}
