//! Lines of `--set` and its relatives against Helm's parser: V-014, V-015, V-016, V-017.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

mod support;

use go_value::Str;
use serde_json::json;
use support::{Answer, Random, compare, count, dump_map, map_from_json};
use whelm_values::strvals;
use whelm_values::{Error, ErrorKind};

const TOKENS: &[&str] = &[
    "a",
    "b",
    "c",
    "ab",
    "k",
    ".",
    ".",
    ".",
    "[0]",
    "[1]",
    "[2]",
    "[",
    "]",
    "[-1]",
    "[x]",
    "[70000]",
    "[+1]",
    "[ 1]",
    "=",
    "=",
    "=",
    "=",
    ",",
    ",",
    "{",
    "}",
    "{x,y}",
    "{}",
    "{1,null,true}",
    "\\",
    "\\,",
    "\\.",
    "\\=",
    "\\{",
    "true",
    "TRUE",
    "False",
    "falſe",
    "null",
    "NULL",
    "1",
    "0",
    "007",
    "-5",
    "+7",
    "-0",
    "1.5",
    "9223372036854775807",
    "9223372036854775808",
    "x y",
    " ",
    "é",
    "\u{fffd}",
    "\n",
    "\"q\"",
    "global",
    "\t",
];

const JSON_TOKENS: &[&str] = &[
    "a",
    "b",
    ".",
    "[0]",
    "[1]",
    "=",
    "=",
    "=",
    ",",
    ",",
    " ",
    "{\"a\":1}",
    "{\"a\":{\"b\":[1,null]}}",
    "[1,2]",
    "[",
    "]",
    "{",
    "}",
    "null",
    "true",
    "false",
    "tru",
    "1",
    "-",
    "-1",
    "1.5",
    "1e5",
    "1e",
    "01",
    "\"s\"",
    "\"\\u00e9\"",
    "\"",
    "\\",
    "\"\\ud800\"",
    "1e999",
    "\"a,b\"",
    "[\"]\"]",
    "\t",
    "\u{a0}",
];

fn line(random: &mut Random, tokens: &[&'static str]) -> String {
    let mut line = String::new();
    for _ in 0..=random.below(10) {
        line.push_str(random.pick(tokens));
    }
    line
}

fn base(random: &mut Random) -> serde_json::Value {
    let choices = [
        json!({}),
        json!({"a": {"b": 1, "k": null}, "b": [1, {"a": 2}, [3]], "c": "s"}),
        json!({"a": [[1, 2], null, {"b": {}}], "b": {}, "k": null, "ab": 5}),
        json!({"a": {"a": {"a": {}}}, "": 1, "c": true}),
    ];
    choices[random.below(choices.len())].clone()
}

fn ours(question: &serde_json::Value) -> Answer {
    let mut values = map_from_json(&question["base"]);
    let line = question["line"].as_str().unwrap().as_bytes();
    let outcome = match question["op"].as_str().unwrap() {
        "set" => strvals::parse_into(line, &mut values),
        "set-string" => strvals::parse_into_string(line, &mut values),
        "set-json" => strvals::parse_json(line, &mut values),
        "set-literal" => strvals::parse_literal_into(line, &mut values),
        _ => strvals::parse_into_file(line, &mut values, &mut |path| {
            if path.chars().count() % 5 == 4 {
                return Err(Error::new(ErrorKind::Source, format!("no such file {path}")));
            }
            Ok(Str::from(format!("<{path}>")))
        }),
    };
    Answer {
        outcome: outcome.map(|()| dump_map(&values)).map_err(|error| error.to_string()),
        log: Vec::new(),
    }
}

// V-014, V-015, V-016, V-017
#[test]
fn v_014_lines_are_read_as_helm_reads_them() {
    let mut random = Random::new(14);
    let mut questions = Vec::new();
    for _ in 0..count(3000) {
        let op = random.pick(&["set", "set", "set-string", "set-json", "set-literal", "set-file"]);
        let tokens = if op == "set-json" { JSON_TOKENS } else { TOKENS };
        questions.push(json!({"op": op, "line": line(&mut random, tokens), "base": base(&mut random)}));
    }
    for fixed in [
        "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d=1",
        &"a.".repeat(31),
        &"a.".repeat(30),
    ] {
        questions.push(json!({"op": "set", "line": format!("{fixed}=1"), "base": {}}));
    }
    compare("strvals", &questions, ours);
}
