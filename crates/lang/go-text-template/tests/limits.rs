//! Input that would never end, or that nests without end.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::rc::Rc;
use std::sync::Arc;

use go_text_template::{ErrorKind, FuncMap, Limits, List, Map, Options, TemplateSet, Value, fmt};

fn run(text: &str, data: &Value, options: &Options) -> Result<String, String> {
    let mut functions = FuncMap::default();
    functions.add("wrap", &[go_text_template::Type::Any], |_, a| {
        Ok(Value::list(a.to_vec()))
    });
    let mut set = TemplateSet::new("root", Arc::new(functions));
    set.parse("main", text).map_err(|error| error.to_string())?;
    match set.execute("main", data, options) {
        Ok(output) => Ok(String::from_utf8_lossy(&output).into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn endless_recursion_of_templates_is_an_error() {
    let text = r#"{{define "a"}}{{if true}}{{template "a" .}}{{end}}{{end}}{{template "a" .}}"#;
    let error = run(text, &Value::Nil, &Options::default()).unwrap_err();
    let expected =
        r#"template: main:1:36: executing "a" at <{{template "a" .}}>: exceeded maximum template depth (100000)"#;
    assert_eq!(error, expected);
}

#[test]
fn steps_are_limited() {
    let options = Options {
        limits: Limits {
            steps: Some(1_000_000),
            ..Limits::default()
        },
        ..Options::default()
    };
    let error = run("{{range 9223372036854775807}}{{end}}", &Value::Nil, &options).unwrap_err();
    assert!(error.ends_with("exceeded maximum number of steps"), "{error}");
}

#[test]
fn output_is_limited() {
    let options = Options {
        limits: Limits {
            output: Some(1_000_000),
            ..Limits::default()
        },
        ..Options::default()
    };
    let error = run("{{range 9223372036854775807}}0123456789{{end}}", &Value::Nil, &options).unwrap_err();
    assert!(error.ends_with("exceeded maximum output size (1000000)"), "{error}");
}

#[test]
fn large_results_are_limited() {
    let options = Options {
        limits: Limits {
            results: Some(1 << 20),
            ..Limits::default()
        },
        ..Options::default()
    };
    let text = r#"{{$x := "x"}}{{range 60}}{{$x = printf "%s%s" $x $x}}{{end}}"#;
    let error = run(text, &Value::Nil, &options).unwrap_err();
    assert!(error.ends_with("exceeded maximum size of results (1048576)"), "{error}");
}

/// A list that holds itself twice, 60 times over: small in memory, endless on paper.
fn doubled() -> Value {
    (0..60).fold(Value::list(vec![Value::Int(1)]), |inner, _| {
        Value::list(vec![inner.clone(), inner])
    })
}

#[test]
fn what_shares_its_parts_is_compared_once() {
    assert!(doubled().deep_equal(&doubled()));
}

#[test]
fn what_shares_its_parts_is_no_plain_data_without_end() {
    let error = doubled().freeze().unwrap_err();
    assert_eq!(error, "json: unsupported value: too many elements");
}

#[test]
fn an_interrupt_stops_with_its_reason() {
    let options = Options {
        limits: Limits {
            interrupt: Some(Rc::new(|| Some("enough".to_owned()))),
            ..Limits::default()
        },
        ..Options::default()
    };
    let mut set = TemplateSet::new("root", Arc::default());
    set.parse("main", "{{range 100000}}{{end}}").unwrap();
    let error = set.execute("main", &Value::Nil, &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(error.message(), "enough");
}

#[test]
fn deep_nesting_in_the_text_needs_no_stack() {
    let deep = |count: usize, open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(count), close.repeat(count))
    };
    let options = Options::default();
    assert_eq!(
        run(&deep(50_000, "{{if 1}}", "x", "{{end}}"), &Value::Nil, &options).unwrap(),
        "x"
    );
    let parentheses = format!("{{{{{}}}}}", deep(9_999, "(", "1", ")"));
    assert_eq!(run(&parentheses, &Value::Nil, &options).unwrap(), "1");
    let error = run(
        &format!("{{{{{}}}}}", deep(10_001, "(", "1", ")")),
        &Value::Nil,
        &options,
    );
    assert_eq!(error.unwrap_err(), "template: main:1: max expression depth exceeded");
    let error = run(&deep(200_000, "{{if 1}}", "x", "{{end}}"), &Value::Nil, &options);
    assert_eq!(error.unwrap_err(), "template: main:1: max nesting depth exceeded");
    let chain = format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 0}}".repeat(20_000));
    assert_eq!(run(&chain, &Value::Nil, &options).unwrap(), "");
}

#[test]
fn deep_values_are_dropped_and_compared_without_stack() {
    let build = || {
        let mut value = Value::Nil;
        for _ in 0..200_000 {
            value = Value::list(vec![value]);
        }
        value
    };
    let (left, right) = (build(), build());
    assert!(left.deep_equal(&right));
    assert!(left.freeze().is_err());
    drop(left);
    let mut value = right;
    for _ in 0..200_000 {
        value = Value::map([("k".into(), value)]);
    }
    drop(value);
    run(
        "{{$x := 1}}{{range 300000}}{{$x = wrap $x}}{{end}}",
        &Value::Nil,
        &Options::default(),
    )
    .unwrap();
}

#[test]
fn a_map_that_contains_itself_is_reported() {
    let map = Map::new(Default::default());
    map.insert("self", Value::Map(map.clone()));
    map.insert("list", Value::List(List::new(vec![Value::Map(map.clone())])));
    let value = Value::Map(map.clone());
    assert_eq!(
        value.freeze().unwrap_err(),
        "json: unsupported value: encountered a cycle via map[string]interface {}"
    );
    assert_eq!(fmt::value_string(&value), "map[list:[%!v(CYCLE)] self:%!v(CYCLE)]");
    assert!(value.deep_equal(&value));
    map.remove("self");
    map.remove("list");
}
