//! Compares nodes, with their comments and places, with those of yaml.v3, and what becomes of them when they are
//! written again.
//!
//! Needs Go and the module cache; without them the tests say so and pass. `GO_YAML_CASES`, `GO_YAML_SEED` and `GO_YAML_FILES` are as
//! for `differential`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests and tools may read files, the environment and the clock"
)]

mod comments;
mod driver;
mod dump;
mod generate;
mod wide;

use driver::Driver;
use generate::Random;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(default)
}

/// Compares one document in all ways; returns what differs.
fn compare(driver: &mut Driver, document: &[u8]) -> Option<String> {
    for operation in *b"NRr" {
        let theirs = driver.ask(operation, document);
        let ours = dump::answer(operation, document);
        if ours == theirs || driver::is_panic(&theirs) {
            continue;
        }
        return Some(format!(
            "{} of {:?}\n{}\n{}",
            char::from(operation),
            String::from_utf8_lossy(document),
            String::from_utf8_lossy(document),
            difference(&ours, &theirs)
        ));
    }
    None
}

/// Shows the first lines that differ.
fn difference(ours: &Result<Vec<u8>, Vec<u8>>, theirs: &Result<Vec<u8>, Vec<u8>>) -> String {
    let text = |answer: &Result<Vec<u8>, Vec<u8>>| match answer {
        Ok(text) => String::from_utf8_lossy(text).into_owned(),
        Err(text) => format!("error {}", String::from_utf8_lossy(text)),
    };
    let (ours, theirs) = (text(ours), text(theirs));
    let equal = ours.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
    let show = |text: &str| text.lines().skip(equal).take(4).collect::<Vec<_>>().join("\n");
    format!("--- line {equal}, Go:\n{}\n--- ours:\n{}", show(&theirs), show(&ours))
}

fn report(name: &str, total: usize, differences: &[String]) {
    for difference in differences.iter().take(5) {
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
    report("nodes of tricky documents", documents.len(), &differences);
}

fn generated(name: &str, mut make: impl FnMut(&mut Random) -> Vec<u8>) {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(setting("GO_YAML_SEED", 1));
    let cases = setting("GO_YAML_CASES", 2000);
    let mut differences = Vec::new();
    let mut read = 0;
    for _ in 0..cases {
        let document = make(&mut random);
        read += usize::from(go_yaml::nodes::read(&document).is_ok());
        differences.extend(compare(&mut driver, &document));
    }
    differences.sort_by_key(String::len);
    println!("{name}: {read} of {cases} can be read");
    report(name, cases as usize, &differences);
}

#[test]
fn generated_documents() {
    generated("nodes of generated documents", generate::document);
}

#[test]
fn generated_comments() {
    generated("nodes of documents with comments", comments::document);
}

#[test]
fn wide_documents() {
    generated("nodes of wide documents", wide::document);
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
        let Ok(text) = std::fs::read(&path) else { continue };
        for document in std::iter::once(&text[..]).chain(pieces(&text)) {
            total += 1;
            if let Some(difference) = compare(&mut driver, document) {
                let short: String = difference.chars().take(3000).collect();
                differences.push(format!("{}: {short}", path.display()));
            }
        }
    }
    differences.sort_by_key(String::len);
    report("nodes of files", total, &differences);
}

/// Cuts a stream at its separators.
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = memchr::memmem::find(text, b"\n---");
        rest = cut.map(|at| &text[at + 4..]);
        Some(&text[..cut.map_or(text.len(), |at| at + 1)])
    })
    .skip(1)
}
