//! Indexes against Helm's own package.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

#[path = "../../whelm-values/tests/support/mod.rs"]
mod support;

use std::fmt::Write;

use go_value::strconv::quote;
use serde_json::{Value as Json, json};
use support::{Answer, Random, base64, compare, count, unbase64};
use whelm_chart::{Level, Log};
use whelm_repo::{ChartVersion, IndexFile};

fn ours(question: &Json) -> Answer {
    let data = unbase64(question["data"].as_str().unwrap());
    let mut log = Log::default();
    let outcome = IndexFile::read(&data, "index.yaml", &mut log)
        .map(|index| dump(&index, question, &mut log))
        .map_err(|error| error.to_string());
    log.entries.retain(|entry| entry.level > Level::Debug);
    Answer {
        outcome,
        log: support::log_lines(&log),
    }
}

fn dump(index: &IndexFile, question: &Json, log: &mut Log) -> String {
    let annotations = index.annotations.iter().flatten();
    let annotations: Vec<String> = annotations
        .map(|(key, value)| format!("{}:{}", quote(key.as_bytes()), quote(value.as_bytes())))
        .collect();
    let mut out = format!(
        "{} \"{}\" {} {{{}}}",
        index.api_version,
        index.generated,
        strings(index.public_keys.as_deref()),
        annotations.join(",")
    );
    for (name, versions) in &index.entries {
        let _ = write!(out, "\n{}", quote(name.as_bytes()));
        for version in versions {
            let _ = write!(out, "\n  {}", dump_version(version));
        }
    }
    for wanted in question["paths"].as_array().unwrap() {
        let wanted = wanted.as_str().unwrap();
        let (name, version) = wanted.split_once(' ').unwrap();
        let _ = match index.get(name, version, log) {
            Ok(found) => write!(out, "\n{wanted}: {}", dump_version(found)),
            Err(error) => write!(out, "\n{wanted}: error {error}"),
        };
    }
    out
}

fn dump_version(version: &ChartVersion) -> String {
    format!(
        "{} {} \"{}\" {} {}",
        quote(version.metadata.to_yaml().as_bytes()),
        strings(version.urls.as_deref()),
        version.created,
        version.removed,
        quote(version.digest.as_bytes())
    )
}

fn strings(items: Option<&[String]>) -> String {
    let items: Vec<String> = items
        .unwrap_or_default()
        .iter()
        .map(|item| quote(item.as_bytes()))
        .collect();
    format!("[{}]", items.join(" "))
}

const TIMES: &[&str] = &[
    "2020-01-01T00:00:00Z",
    "\"2024-02-29T23:59:59.120+02:00\"",
    "2023-02-29T00:00:00Z",
    "abc",
    "\"a<b\"",
    "5",
    "null",
];

const VERSIONS: &[&str] = &[
    "1.0.0",
    "1.0.0+a",
    "1.0.0+b",
    "\"1.0\"",
    "v1.0.0",
    "2.1.3",
    "2.1.4-rc.1",
    "2.1.4-rc.2",
    "10.0.0",
    "0.9.9",
    "\"1\"",
    "1.10",
    "x",
    "1.2.3.4",
    "null",
    "\"\"",
    "0.0.1-alpha",
    "3.0.0-x",
    "\"01.2.3\"",
];

const SCALARS: &[&str] = &[
    "x",
    "1",
    "1.5",
    "true",
    "null",
    "\"\"",
    "'a/b'",
    "..",
    "application",
    "library",
    "[a, 1]",
    "[a, b]",
    "[]",
    "{}",
    "{a: 1}",
    "{a: b}",
    "{name: 5}",
    "[{name: a}]",
    "[{name: a}, {name: a}]",
    "[{name: a, version: 1}]",
    "[null]",
    "[{alias: 'a b'}]",
    "[{email: 3}]",
    "é",
    "\"a\\tb\\u200bc\"",
    "0x1F",
    "1e3",
    ".inf",
    "12345678901234567890",
];

const FIELDS: &[&str] = &[
    "home",
    "sources",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "APIVERSION",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
    "unknown",
    "Name",
    "urls",
    "created",
    "removed",
    "digest",
    "checksum",
    "engine",
    "tillerVersion",
    "url",
    "metadata",
    "URLs",
];

const NAMES: &[&str] = &["web", "db", "a-b", "Web", "\"1\"", "x y"];

const WANTED: &[&str] = &[
    "",
    "*",
    "^1",
    "~2.1",
    ">=0",
    "1",
    "1.0",
    "1.0.0",
    "1.0.0+b",
    "v1.0.0",
    "2.1.x",
    "1 - 3",
    "1||2",
    "2.1.4-rc.1",
    ">2.0.0-0",
    "x",
    "a",
    "1.0.0 2",
    "=1.0.0",
    "2",
    "10",
];

fn wanted(random: &mut Random) -> Vec<String> {
    (0..3)
        .map(|_| format!("{} {}", random.pick(&["web", "db", "a-b", "1"]), random.pick(WANTED)))
        .collect()
}

/// One version, as flow YAML; with `plain`, as JSON.
fn entry(random: &mut Random, name: &str, plain: bool) -> String {
    if random.chance(4) {
        return random.pick(&["null", "1", "[]", "{}", "\"x\""]).to_owned();
    }
    let mut fields = Vec::new();
    if random.chance(95) {
        fields.push(format!("name: {name}"));
    }
    if random.chance(95) {
        fields.push(format!("version: {}", random.pick(VERSIONS)));
    }
    if random.chance(50) {
        fields.push("urls: [u/web-1.tgz]".to_owned());
    }
    if random.chance(20) {
        let times = if random.chance(70) { &TIMES[..2] } else { TIMES };
        fields.push(format!("created: {}", random.pick(times)));
    }
    for _ in 0..random.below(3) / 2 {
        fields.push(format!("{}: {}", random.pick(FIELDS), random.pick(SCALARS)));
    }
    if random.chance(30) {
        let (from, to) = (random.below(fields.len().max(1)), random.below(fields.len().max(1)));
        if !fields.is_empty() {
            fields.swap(from, to);
        }
    }
    let text = format!("{{{}}}", fields.join(", "));
    if plain { as_json(&text) } else { text }
}

/// Makes JSON of the flow YAML that is used here: quotes what is bare, and keeps order and repetitions.
fn as_json(flow: &str) -> String {
    let mut out = String::new();
    let mut rest = flow;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '{' | '}' | '[' | ']' | ',' | ':' | ' ' => {
                out.push(first);
                1
            }
            '"' => {
                let end = rest[1..].find('"').map_or(rest.len(), |at| at + 2);
                out.push_str(&rest[..end]);
                end
            }
            '\'' => {
                let end = rest[1..].find('\'').map_or(rest.len(), |at| at + 2);
                out.push_str(&quote(&rest.as_bytes()[1..end - 1]));
                end
            }
            _ => {
                let end = rest.find(['{', '}', '[', ']', ',']).unwrap_or(rest.len());
                // A key ends at a colon before a space; a time has colons inside.
                let end = rest[..end].find(": ").unwrap_or(end);
                let word = &rest[..end];
                let is_json = matches!(word, "null" | "true" | "1" | "1.5" | "1e3" | "5" | "1.10");
                out.push_str(&if is_json {
                    word.to_owned()
                } else {
                    quote(word.as_bytes())
                });
                end
            }
        };
        rest = &rest[length..];
    }
    out
}

fn index(random: &mut Random) -> Vec<u8> {
    let plain = random.chance(35);
    let scalar = |random: &mut Random, choices: &[&'static str]| {
        let text = random.pick(choices).to_owned();
        if plain { as_json(&text) } else { text }
    };
    let mut members: Vec<(String, String)> = Vec::new();
    if random.chance(92) {
        members.push((
            "apiVersion".into(),
            scalar(random, &["v1", "v1", "v1", "\"\"", "1", "null", "v2"]),
        ));
    }
    if random.chance(60) {
        let times = if random.chance(80) { &TIMES[..2] } else { TIMES };
        members.push(("generated".into(), scalar(random, times)));
    }
    for _ in 0..usize::from(random.chance(97)) + usize::from(random.chance(4)) {
        let mut charts = Vec::new();
        for _ in 0..random.below(4) {
            let name = random.pick(NAMES);
            let length = if random.chance(6) {
                13 + random.below(150)
            } else {
                random.below(5)
            };
            let versions: Vec<String> = (0..length).map(|_| entry(random, name, plain)).collect();
            let list = match random.below(40) {
                0 => random.pick(&["null", "{}", "1"]).to_owned(),
                _ => format!("[{}]", versions.join(", ")),
            };
            let name = if plain { as_json(name) } else { name.to_owned() };
            charts.push(format!("{name}: {list}"));
        }
        let entries = match random.below(40) {
            0 => random.pick(&["null", "[]", "1"]).to_owned(),
            _ => format!("{{{}}}", charts.join(", ")),
        };
        members.push(("entries".into(), entries));
    }
    for _ in 0..random.below(5) / 3 {
        let key = random.pick(&["publicKeys", "annotations", "serverInfo", "other", "Entries"]);
        let value = scalar(random, SCALARS);
        members.insert(random.below(members.len() + 1), (key.to_owned(), value));
    }
    let mut text = if plain {
        let members: Vec<String> = members
            .iter()
            .map(|(key, value)| format!("\"{key}\": {value}"))
            .collect();
        format!("{{{}}}", members.join(",\n "))
    } else {
        members
            .iter()
            .fold(String::new(), |text, (key, value)| text + &format!("{key}: {value}\n"))
    }
    .into_bytes();
    if random.chance(8) {
        mutate(&mut text, random);
    }
    text
}

fn mutate(text: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(text.len() + 1);
        match random.below(4) {
            0 => text.truncate(at),
            1 => text.insert(at, b"{}[]:,\"'-#&*!|>% \n\t\x00\xff1a"[random.below(23)]),
            2 if at < text.len() => drop(text.remove(at)),
            _ if at < text.len() => text[at] ^= 1 << random.below(8),
            _ => {}
        }
    }
}

/// Well-formed versions only, so many that the order of equal ones shows.
fn long_index(random: &mut Random) -> String {
    let mut text = "apiVersion: v1\nentries:\n  web:\n".to_owned();
    let (spread, shape) = (1 + random.below(12), random.below(4));
    let limit = if random.chance(20) { 900 } else { 120 };
    let length = 10 + random.below(limit);
    for at in 0..length {
        let number = match shape {
            0 => at / 3,
            1 => (length - at) / 3,
            2 if random.chance(95) => at,
            _ => random.below(spread),
        };
        let _ = writeln!(text, "  - {{name: web, version: 1.{number}.0+b{at}}}");
    }
    text
}

#[test]
fn r_004_indexes_are_read_as_helm_reads_them() {
    let mut random = Random::new(4);
    let questions: Vec<Json> = (0..count(6000))
        .map(|_| json!({"op": "index", "data": base64(&index(&mut random)), "paths": wanted(&mut random)}))
        .collect();
    compare("index", &questions, ours);
}

#[test]
fn r_004_equal_versions_stand_where_helm_puts_them() {
    let mut random = Random::new(5);
    let questions: Vec<Json> = (0..count(400).min(2000))
        .map(|_| json!({"op": "index", "data": base64(long_index(&mut random).as_bytes()), "paths": ["web ", "web ^1.2"]}))
        .collect();
    compare("order of versions", &questions, ours);
}

//
#[test]
fn r_018_warnings_name_chart_version_and_source() {
    let text = "apiVersion: v1\nentries:\n  web: [{name: web, version: 1.x.y.z}, null]\n";
    let mut log = Log::default();
    let index = IndexFile::read(text.as_bytes(), "index.yaml", &mut log).unwrap();
    assert!(index.entries["web"].is_empty());
    let lines: Vec<String> = log.entries.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "level=WARN msg=\"skipping loading invalid entry for chart: empty entry\" name=web source=index.yaml",
            "level=WARN msg=\"skipping loading invalid entry for chart\" name=web version=1.x.y.z source=index.yaml \
             error=\"validation: chart.metadata.version \\\"1.x.y.z\\\" is invalid\"",
        ]
    );
}
