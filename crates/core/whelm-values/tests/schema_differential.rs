//! Schemas and values against Helm: V-018, V-019, V-022.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

mod support;

use serde_json::{Value as Json, json};
use support::{Answer, Random, count, map_from_json};
use whelm_chart::Log;
use whelm_values::{NoSchemas, check_schema};

const NAMES: &[&str] = &["a", "b", "c", "foo", "x-y", "it's"];
const TYPES: &[&str] = &["string", "integer", "number", "boolean", "null", "array", "object"];
const DRAFTS: &[&str] = &[
    "",
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
    "http://json-schema.org/schema#",
];
const FORMATS: &[&str] = &[
    "ipv4",
    "hostname",
    "email",
    "date",
    "time",
    "date-time",
    "uuid",
    "duration",
    "json-pointer",
    "regex",
    "semver",
    "period",
    "relative-json-pointer",
    "nothing",
    "uri-reference",
    "ipv6",
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "abc",
    "it's \"q\"",
    "1.2.3.4",
    "01.2.3.4",
    "999.1.1.1",
    "a.b-c",
    "-a",
    "x@y.z",
    "@",
    "2020-01-31",
    "2020-02-30",
    "12:00:00Z",
    "2020-01-31T12:00:00+01:30",
    "P1Y2M",
    "PT",
    "/a~1b",
    "/a~2",
    "a(",
    "1.2.3-rc.1",
    "1.02.3",
    "1#",
    "::1",
    "ab::zz",
    "é",
    "\n",
    "2020-01-31/P1D",
    "123e4567-e89b-12d3-a456-426614174000",
];

fn value(random: &mut Random, depth: usize) -> Json {
    match random.below(if depth == 0 { 7 } else { 11 }) {
        0 => Json::Null,
        1 => json!(random.chance(50)),
        2 => json!(random.below(5)),
        3 => json!([0.5, 1.0, 2.5, 70000.0, -3.0, 1e21, 0.1, 12345.678, 3e6][random.below(9)]),
        4..=6 => json!(random.pick(TEXTS)),
        7 | 8 => Json::Array((0..random.below(4)).map(|_| value(random, depth - 1)).collect()),
        _ => object(random, depth - 1),
    }
}

fn object(random: &mut Random, depth: usize) -> Json {
    (0..random.below(5))
        .map(|_| (random.pick(NAMES).to_owned(), value(random, depth)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn schemas(random: &mut Random, depth: usize) -> Json {
    Json::Array((0..=random.below(3)).map(|_| schema(random, depth)).collect())
}

fn named(random: &mut Random, depth: usize) -> Json {
    (0..=random.below(3))
        .map(|_| (random.pick(NAMES).to_owned(), schema(random, depth)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn names(random: &mut Random) -> Json {
    let mut names: Vec<&str> = (0..=random.below(2)).map(|_| random.pick(NAMES)).collect();
    names.sort_unstable();
    names.dedup();
    json!(names)
}

fn keyword(random: &mut Random, depth: usize) -> (&'static str, Json) {
    let simple = 27;
    let number = json!([0, 1, 2, 3, 70000][random.below(5)]);
    match random.below(if depth == 0 { simple } else { simple + 25 }) {
        0..=3 => ("type", json!(random.pick(TYPES))),
        4 => (
            "type",
            json!([
                random.pick(&["string", "integer"]),
                random.pick(&["array", "object", "null"])
            ]),
        ),
        5 => ("enum", json!([value(random, 0), value(random, 0), "z"])),
        6 => ("const", value(random, 1)),
        7 => ("minimum", number),
        8 => ("maximum", number),
        9 => ("exclusiveMinimum", number),
        10 => ("exclusiveMaximum", number),
        11 => ("multipleOf", json!([1.0, 2.0, 0.1, 0.5, 7.0][random.below(5)])),
        12 => ("minLength", number),
        13 => ("maxLength", number),
        14 => (
            "pattern",
            json!(random.pick(&["^a", "\\d+", "[a-z]{2,}", "^$", "a(", "'"])),
        ),
        15 => ("minItems", number),
        16 => ("maxItems", number),
        17 => ("uniqueItems", json!(true)),
        18 => ("minProperties", number),
        19 => ("maxProperties", number),
        20 | 21 => ("required", names(random)),
        22 | 23 => ("format", json!(random.pick(FORMATS))),
        24 => ("dependentRequired", json!({random.pick(NAMES): names(random)})),
        25 => (
            "$ref",
            json!(random.pick(&["#/definitions/d", "#/$defs/e", "#", "#anchor", "#/properties/a", "#/no"])),
        ),
        26 => ("minContains", number),
        27 => ("allOf", schemas(random, depth - 1)),
        28 => ("anyOf", schemas(random, depth - 1)),
        29 => ("oneOf", schemas(random, depth - 1)),
        30 => ("not", schema(random, depth - 1)),
        31 => ("if", schema(random, depth - 1)),
        32 => ("then", schema(random, depth - 1)),
        33 => ("else", schema(random, depth - 1)),
        34..=37 => ("properties", named(random, depth - 1)),
        38 => (
            "patternProperties",
            json!({random.pick(&["^a", "o+", "."]): schema(random, depth - 1)}),
        ),
        39 => ("additionalProperties", json!(false)),
        40 => ("additionalProperties", schema(random, depth - 1)),
        41 => ("propertyNames", schema(random, depth - 1)),
        42 => (
            "dependencies",
            json!({random.pick(NAMES): schema(random, depth - 1), "b": names(random)}),
        ),
        43 => ("dependentSchemas", named(random, depth - 1)),
        44 => ("items", schema(random, depth - 1)),
        45 => ("items", schemas(random, depth - 1)),
        46 => ("additionalItems", json!(false)),
        47 => ("prefixItems", schemas(random, depth - 1)),
        48 => ("contains", schema(random, depth - 1)),
        49 => ("unevaluatedProperties", json!(false)),
        50 => ("unevaluatedItems", json!(false)),
        _ => ("definitions", json!({"d": schema(random, depth - 1)})),
    }
}

fn schema(random: &mut Random, depth: usize) -> Json {
    if random.chance(4) {
        return json!(random.chance(50));
    }
    (0..=random.below(4))
        .map(|_| keyword(random, depth))
        .map(|(key, value)| (key.to_owned(), value))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn root(random: &mut Random) -> Json {
    let Json::Object(mut root) = schema(random, 3) else {
        return json!({"properties": {"a": false}});
    };
    let draft = random.pick(DRAFTS);
    if !draft.is_empty() {
        root.insert("$schema".to_owned(), json!(draft));
    }
    root.insert("definitions".to_owned(), json!({"d": schema(random, 1)}));
    if random.chance(60) {
        root.insert("type".to_owned(), json!("object"));
    }
    if random.chance(50) {
        root.insert(
            "$defs".to_owned(),
            json!({"e": schema(random, 1), "f": {"$anchor": "anchor", "type": "object"}}),
        );
    }
    Json::Object(root)
}

/// Sorts siblings, and the names in a list: Helm's order is another one every time.
fn sorted(text: &str) -> String {
    // The path of these is overwritten now and then in Helm's library: two slices share their memory.
    let without_path = |line: &str| match line.split_once("': invalid propertyName") {
        Some((start, rest)) => {
            let indent = start.len() - start.trim_start().len();
            format!("{}- at ...: invalid propertyName{rest}", " ".repeat(indent))
        }
        None => line.to_owned(),
    };
    if text.starts_with("json-pointer in ") {
        // With more than one, it is a matter of chance which one is found first.
        return "json-pointer not found".to_owned();
    }
    let lines: Vec<String> = text.lines().map(without_path).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    sorted_lines(&lines, 0).concat()
}

fn sorted_lines(lines: &[&str], indent: usize) -> Vec<String> {
    let starts = |line: &str| line.len() - line.trim_start().len() <= indent;
    let mut blocks: Vec<String> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let end = (at + 1..lines.len())
            .find(|index| starts(lines[*index]))
            .unwrap_or(lines.len());
        if lines[at].contains("additional properties") {
            let line = lines[at]
                .replace("additional properties ", "additional properties , ")
                .replace(" not allowed", ",  not allowed");
            let mut parts: Vec<String> = line.split(", ").map(str::to_owned).collect();
            parts.sort();
            blocks.push(format!(
                "{}\n{}",
                parts.join(", "),
                sorted_lines(&lines[at + 1..end], indent + 2).concat()
            ));
        } else {
            blocks.push(format!(
                "{}\n{}",
                lines[at],
                sorted_lines(&lines[at + 1..end], indent + 2).concat()
            ));
        }
        at = end;
    }
    blocks.sort();
    blocks
}

fn ours(question: &Json) -> Answer {
    let values = map_from_json(&question["base"]);
    let schema = question["schema"].as_str().unwrap();
    let outcome = check_schema(&values, schema.as_bytes(), &mut NoSchemas, &mut Log::default());
    Answer {
        outcome: outcome
            .map(|()| String::new())
            .map_err(|error| sorted(&error.to_string())),
        log: Vec::new(),
    }
}

// V-018, V-019, V-022
#[test]
fn v_018_schemas_are_checked_as_helm_checks_them() {
    let mut random = Random::new(18);
    let questions: Vec<Json> = (0..count(3000))
        .map(|_| json!({"op": "schema", "schema": root(&mut random).to_string(), "base": object(&mut random, 3)}))
        .collect();
    support::compare_with("schema", &questions, ours, sorted);
}
