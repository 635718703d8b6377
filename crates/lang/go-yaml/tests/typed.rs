//! Compares what documents become in Go types with what yaml.v3 makes of them.
//!
//! Needs Go and the module cache; without them the tests say so and pass. `GO_YAML_CASES` and `GO_YAML_SEED` are as for
//! `differential`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests and tools may read files, the environment and the clock"
)]

mod comments;
mod driver;
mod generate;
mod probe;
mod wide;

use driver::Driver;
use generate::Random;

type Answer = Result<Vec<u8>, Vec<u8>>;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(default)
}

fn same(ours: &Answer, theirs: &Answer) -> bool {
    // Error texts are text here, but bytes in Go.
    let lossy = |answer: &Answer| {
        answer
            .clone()
            .map_err(|text| String::from_utf8_lossy(&text).into_owned())
    };
    lossy(ours) == lossy(theirs)
}

/// Compares one document in all ways; returns what differs.
fn compare(driver: &mut Driver, document: &[u8]) -> Option<String> {
    for operation in *b"Tt3J" {
        let theirs = driver.ask(operation, document);
        let ours = probe::answer(operation, document);
        // The driver cannot show infinite numbers in the fields of its struct.
        let unshown = matches!(operation, b'T' | b't')
            && theirs
                .as_ref()
                .is_err_and(|text| text.starts_with(b"json: unsupported value"));
        if same(&ours, &theirs) || driver::is_panic(&theirs) || unshown {
            continue;
        }
        // Go walks its hash maps in another order each time.
        if (0..20).any(|_| same(&ours, &driver.ask(operation, document))) {
            continue;
        }
        let show = |answer: &Answer| match answer {
            Ok(text) => format!("value {}", String::from_utf8_lossy(text)),
            Err(text) => format!("error {}", String::from_utf8_lossy(text)),
        };
        return Some(format!(
            "{} of {:?}\n  Go:   {}\n  ours: {}",
            char::from(operation),
            String::from_utf8_lossy(document),
            show(&theirs),
            show(&ours)
        ));
    }
    None
}

fn report(name: &str, total: usize, mut differences: Vec<String>) {
    differences.sort_by_key(String::len);
    for difference in differences.iter().take(8) {
        println!("{difference}\n");
    }
    println!("{name}: {total} documents, {} differ", differences.len());
    assert!(
        differences.is_empty(),
        "{} of {total} documents differ",
        differences.len()
    );
}

const FIELDS: &[&str] = &[
    "name", "flag", "count", "small", "timeout", "ratio", "list", "items", "config", "env", "numbers", "hooks",
    "memory", "any", "unknown", "Name", "<<", "1", "~", "'name'", "*k ", "[a]",
];

const SCALARS: &[&str] = &[
    "x",
    "1",
    "-1",
    "300",
    "-129",
    "128",
    "1.5",
    "1e3",
    "-1.5",
    ".inf",
    "-.inf",
    ".nan",
    "true",
    "yes",
    "off",
    "'yes'",
    "n",
    "~",
    "null",
    "",
    "2001-01-01",
    "2001-01-01T10:20:30.5+02:00",
    "18446744073709551615",
    "9223372036854775808",
    "1e30",
    "'1'",
    "\"x\\ny\"",
    "!!str 1",
    "!!int 1",
    "!!int x",
    "!!float 3",
    "!!binary YQ==",
    "!!binary Y",
    "!!binary /w==",
    "!x y",
    "0x1f",
    "0o17",
    "1_000",
    "a long text that is cut",
    "ééééééé",
    "*k",
    "*m",
    "*l",
    "<<",
    "!!timestamp 2001-1-2",
    "!!null ''",
    "-1e30",
    "9223372036854775807.0",
    "4294967296",
];

const ENTRIES: &[&str] = &[
    "os",
    "args",
    "pages",
    "bytes",
    "a",
    "b",
    "a",
    "1",
    "true",
    "~",
    "<<",
    "'<<'",
    "x",
    "[q]",
    "{r: s}",
    "2001-01-01",
    "1.5",
];

/// Values that fit.
const FITTING: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "x",
            "1",
            "'1'",
            "1.5",
            "true",
            "2001-01-01",
            "!!binary YQ==",
            "~",
            "",
            "|\n  text",
        ],
    ),
    ("flag", &["true", "false", "yes", "'off'", "n", "~", "!!bool true"]),
    (
        "count",
        &[
            "1",
            "-5",
            "0x1f",
            "1.9",
            "1e3",
            "9223372036854775807",
            "~",
            "0o17",
            "1_000",
        ],
    ),
    ("small", &["1", "-128", "127", "1.2"]),
    ("timeout", &["1", "18446744073709551615", "-1.5", "1e19", "3.7"]),
    ("ratio", &["1", "1.5", "-2e3", "18446744073709551615", "!!float 3"]),
    ("list", &["[a, b]", "[1, true, ~, 'x']", "[]", "~", "*l", "[*k , *k ]"]),
    (
        "items",
        &[
            "[{os: linux, args: [a]}, {}]",
            "[{os: 1, extra: 2}]",
            "[~, {args: ~}]",
            "[*m]",
            "[{<<: *m, os: x}]",
        ],
    ),
    (
        "config",
        &[
            "{a: {b: [1, ~]}, c: 1.5}",
            "{1: x, true: y}",
            "{a: {1: 2, b: 3}}",
            "*m",
            "{<<: *m, a: 2}",
            "{<<: [*m, {a: 3, z: 4}], b: 1}",
            "{~: x}",
            "{d: 2001-01-01, e: 2001-01-01T10:20:30.5+02:00}",
            "{a: ~}",
        ],
    ),
    (
        "env",
        &["{a: 1, b: x}", "{a: ~}", "{<<: {a: 1, b: 2}, a: ~}", "{2: 3}", "*m"],
    ),
    ("numbers", &["{a: 1, b: ~}", "{<<: {a: 1}, b: 2}", "{}"]),
    ("hooks", &["{install: [{os: linux, args: [x]}], update: []}", "{a: ~}"]),
    (
        "memory",
        &[
            "{pages: 4, bytes: -1}",
            "{}",
            "~",
            "{<<: {pages: 1}, bytes: 2}",
            "{pages: 4294967295}",
        ],
    ),
    ("unknown", &["x", "{a: b}"]),
    (
        "any",
        &[
            "[a, {b: c}, 1, ~, 2001-01-01]",
            "{1: {~: x}, 1.5: y, true: z}",
            "{<<: *m, 2: 3}",
            "[*m, *l, *k ]",
            "text",
        ],
    ),
];

/// Makes a document for the struct that fits, nearly.
fn fitting(random: &mut Random) -> Vec<u8> {
    let mut out = String::from("any: &m {a: 1, b: x, os: linux, 2: two}\nlist: &l [&k name, b]\n");
    let mut left: Vec<usize> = (0..FITTING.len()).collect();
    for _ in 0..1 + random.below(5) {
        let at = left.remove(random.below(left.len()));
        let (field, values) = FITTING[at];
        if matches!(field, "any" | "list") {
            continue;
        }
        out.push_str(&format!("{field}: "));
        match random.below(12) {
            0 => value(random, &mut out, 2),
            _ => out.push_str(random.pick(values)),
        }
        out.push('\n');
    }
    if random.below(3) == 0 {
        let (_, values) = FITTING[FITTING.len() - 1];
        out = out.replacen(
            "any: &m {",
            &format!("any: {}\nx: &m {{", random.pick(values).replace('*', "!v ")),
            1,
        );
    }
    out.into_bytes()
}

/// Makes a document for the struct.
fn document(random: &mut Random) -> Vec<u8> {
    let mut out = String::new();
    if random.below(3) > 0 {
        out.push_str("any: &m {a: 1, b: x, os: linux, 2: two}\nlist: &l [&k name, b]\n");
    }
    for _ in 0..1 + random.below(5) {
        out.push_str(random.pick(FIELDS));
        out.push_str(": ");
        value(random, &mut out, 3);
        out.push('\n');
    }
    out.into_bytes()
}

fn value(random: &mut Random, out: &mut String, left: usize) {
    match random.below(5) {
        0 if left > 0 => {
            out.push('[');
            for at in 0..random.below(4) {
                out.push_str(if at > 0 { ", " } else { "" });
                value(random, out, left - 1);
            }
            out.push(']');
        }
        1 | 2 if left > 0 => {
            out.push('{');
            for at in 0..random.below(4) {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(random.pick(ENTRIES));
                out.push_str(": ");
                value(random, out, left - 1);
            }
            out.push('}');
        }
        _ => out.push_str(random.pick(SCALARS)),
    }
}

#[test]
fn typed_documents() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(setting("GO_YAML_SEED", 1));
    let cases = setting("GO_YAML_CASES", 2000);
    let mut differences = Vec::new();
    let mut decoded = 0;
    for _ in 0..cases {
        let document = match random.below(3) {
            0 => document(&mut random),
            _ => fitting(&mut random),
        };
        decoded += usize::from(probe::answer(b't', &document).is_ok());
        differences.extend(compare(&mut driver, &document));
    }
    println!("typed: {decoded} of {cases} can be decoded");
    report("typed documents", cases as usize, differences);
}

#[test]
fn generated_documents() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(setting("GO_YAML_SEED", 1));
    let cases = setting("GO_YAML_CASES", 2000);
    let mut differences = Vec::new();
    for _ in 0..cases {
        differences.extend(compare(&mut driver, &generate::document(&mut random)));
        differences.extend(compare(&mut driver, &wide::document(&mut random)));
    }
    report("generated documents", 2 * cases as usize, differences);
}
