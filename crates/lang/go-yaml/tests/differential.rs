//! Compares the reader and the writer with the Go libraries themselves.
//!
//! Needs Go and the module cache; without them the tests say so and pass. `GO_YAML_CASES` sets the number of generated
//! documents per test, `GO_YAML_SEED` the seed, `GO_YAML_FILES` a folder whose YAML files are compared too.
#![allow(
    clippy::disallowed_methods,
    reason = "tests and tools may read files, the environment and the clock"
)]

mod answers;
mod comments;
mod driver;
mod generate;
mod wide;

use answers::{is_infinite, is_json_error, ours};
use driver::Driver;
use generate::Random;
use go_value::Value;

fn cases() -> u64 {
    std::env::var("GO_YAML_CASES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(2000)
}

fn seed() -> u64 {
    std::env::var("GO_YAML_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(1)
}

/// Compares two answers. `YAMLToJSON` writes U+FFFD as an escape where it stands for a bad byte.
fn same(ours: &Result<Vec<u8>, Vec<u8>>, theirs: &Result<Vec<u8>, Vec<u8>>) -> bool {
    // Error texts are text here, but bytes in Go.
    let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let same_error = || matches!((ours, theirs), (Err(ours), Err(theirs)) if lossy(ours) == lossy(theirs));
    ours == theirs
        || same_error()
        || theirs.as_ref().is_ok_and(|theirs| {
            let plain = String::from_utf8_lossy(theirs).replace("\\ufffd", "\u{FFFD}");
            ours.as_ref().is_ok_and(|ours| *ours == plain.as_bytes())
        })
}

/// Compares one document in all ways of reading; returns what differs.
fn compare(driver: &mut Driver, document: &[u8]) -> Option<String> {
    for operation in *b"USKHD" {
        let theirs = driver.ask(operation, document);
        let ours = ours(operation, document);
        if operation == b'H' && (is_json_error(&theirs) || is_infinite(&ours)) {
            // The complaints about types are the callers' business, and so are infinite numbers in string fields.
            continue;
        }
        if same(&ours, &theirs) || driver::is_panic(&theirs) {
            continue;
        }
        // Go walks its hash maps in another order each time.
        if (0..20).any(|_| same(&ours, &driver.ask(operation, document))) {
            continue;
        }
        let show = |answer: &Result<Vec<u8>, Vec<u8>>| match answer {
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

fn report(name: &str, total: usize, differences: &[String]) {
    for difference in differences.iter().take(15) {
        println!("{difference}\n");
    }
    println!("{name}: {total} documents, {} differ", differences.len());
    assert!(
        differences.is_empty(),
        "{} of {total} documents differ",
        differences.len()
    );
}

#[test]
fn tricky_documents() {
    let Some(mut driver) = Driver::start() else { return };
    let text = include_str!("inputs/tricky.txt");
    let documents: Vec<Vec<u8>> = text.split("\n====\n").map(driver::unescape).collect();
    let differences: Vec<String> = documents
        .iter()
        .filter_map(|document| compare(&mut driver, document))
        .collect();
    report("tricky", documents.len(), &differences);
}

#[test]
fn generated_documents() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(seed());
    let mut differences = Vec::new();
    for _ in 0..cases() {
        let document = generate::document(&mut random);
        differences.extend(compare(&mut driver, &document));
    }
    report("generated", cases() as usize, &differences);
}

#[test]
fn wide_documents() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(seed());
    let mut differences = Vec::new();
    let mut read = 0;
    for _ in 0..cases() {
        let document = wide::document(&mut random);
        read += usize::from(go_yaml::to_json_value(&document).is_ok());
        differences.extend(compare(&mut driver, &document));
    }
    println!("wide: {read} of {} can be read", cases());
    differences.sort_by_key(String::len);
    report("wide", cases() as usize, &differences);
}

#[test]
fn files() {
    let Ok(folder) = std::env::var("GO_YAML_FILES") else {
        return;
    };
    let Some(mut driver) = Driver::start() else { return };
    let mut differences = Vec::new();
    let mut total = 0;
    for path in driver::yaml_files(std::path::Path::new(&folder)) {
        let Ok(document) = std::fs::read(&path) else { continue };
        total += 1;
        if let Some(difference) = compare(&mut driver, &document) {
            let short: String = difference
                .chars()
                .rev()
                .take(600)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            differences.push(format!("{}: {short}", path.display()));
        }
    }
    report("files", total, &differences);
}

/// Compares what both write; returns what differs.
fn compare_writers(driver: &mut Driver, value: &Value) -> Option<String> {
    let mut document = Vec::new();
    generate::encode(value, &mut document);
    for operation in *b"MPV" {
        let ours = match operation {
            b'M' => go_yaml::to_yaml(value),
            b'V' => go_yaml::typed::marshal(value),
            _ => go_yaml::to_yaml_pretty(value),
        };
        let ours = ours.map_err(|error| error.to_string().into_bytes());
        if (0..20).any(|_| same(&ours, &driver.ask(operation, &document))) {
            continue;
        }
        let theirs = driver.ask(operation, &document);
        let show = |answer: &Result<Vec<u8>, Vec<u8>>| match answer {
            Ok(text) => format!("value {:?}", String::from_utf8_lossy(text)),
            Err(text) => format!("error {}", String::from_utf8_lossy(text)),
        };
        return Some(format!(
            "{} of {value:?}\n  Go:   {}\n  ours: {}",
            char::from(operation),
            show(&theirs),
            show(&ours)
        ));
    }
    None
}

#[test]
fn generated_values() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(seed());
    let mut differences = Vec::new();
    for _ in 0..cases() {
        let value = generate::value(&mut random, 4);
        differences.extend(compare_writers(&mut driver, &value));
    }
    report("generated values", cases() as usize, &differences);
}

#[test]
fn wide_values() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(seed());
    let mut differences = Vec::new();
    for _ in 0..cases() {
        let value = wide::values::value(&mut random, 4);
        differences.extend(compare_writers(&mut driver, &value));
    }
    differences.sort_by_key(String::len);
    report("wide values", cases() as usize, &differences);
}
