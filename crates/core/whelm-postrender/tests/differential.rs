//! Compares with Helm's own code, on random files and on real ones.
//!
//! Needs Go and the module cache; without them the tests say so and pass. `POSTRENDER_CASES` sets the number of cases,
//! `POSTRENDER_SEED` the seed, `POSTRENDER_FILES` a folder whose YAML files are compared too.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

mod support;

use support::{Answer, Driver, Files, Random, is_panic, manifests, ours, write_files};

fn setting(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|value| value.parse().ok());
    value.unwrap_or(default)
}

fn show(answer: &Answer) -> String {
    match answer {
        Ok(text) => format!("value\n{}", String::from_utf8_lossy(text)),
        Err(text) => format!("error {}", String::from_utf8_lossy(text)),
    }
}

/// Compares one answer; returns what differs.
fn compare(driver: &mut Driver, operation: u8, files: &Files, output: &[u8]) -> Option<String> {
    let question = match operation {
        b'S' => output.to_vec(),
        _ => write_files(files),
    };
    let theirs = driver.ask(operation, &question);
    let ours = ours(operation, files, output);
    // Error texts are text here, but bytes in Go.
    let lossy = |answer: &Answer| {
        answer
            .clone()
            .map_err(|text| String::from_utf8_lossy(&text).into_owned())
    };
    if lossy(&theirs) == lossy(&ours) || is_panic(&theirs) {
        return None;
    }
    let question = String::from_utf8_lossy(&question);
    Some(format!(
        "{} of\n{question}\n{question:?}\n--- Go: {}\n--- ours: {}",
        char::from(operation),
        show(&theirs),
        show(&ours)
    ))
}

fn report(name: &str, total: usize, mut differences: Vec<String>) {
    differences.sort_by_key(String::len);
    for difference in differences.iter().take(3) {
        println!("{difference}\n");
    }
    println!("{name}: {total} cases, {} differ", differences.len());
    assert!(differences.is_empty(), "{} of {total} cases differ", differences.len());
}

#[test]
fn m_015_m_016_random_files() {
    let Some(mut driver) = Driver::start() else { return };
    let mut random = Random::new(setting("POSTRENDER_SEED", 1));
    let cases = setting("POSTRENDER_CASES", 1000);
    let mut differences = Vec::new();
    let mut combined = 0;
    for _ in 0..cases {
        let files = manifests::files(&mut random);
        let stream = ours(b'C', &files, b"").unwrap_or_default();
        combined += usize::from(!stream.is_empty());
        let output = manifests::output(&mut random, &stream);
        for operation in *b"CIS" {
            differences.extend(compare(&mut driver, operation, &files, &output));
        }
    }
    println!("{combined} of {cases} can be combined");
    report("random files", cases as usize, differences);
}

#[test]
fn m_016_real_files() {
    let Ok(folder) = std::env::var("POSTRENDER_FILES") else {
        return;
    };
    let Some(mut driver) = Driver::start() else { return };
    let mut differences = Vec::new();
    let mut total = 0;
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(content) = std::fs::read(&path) {
                total += 1;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let files = vec![(name.into(), (&*content).into())];
                for operation in *b"CI" {
                    let difference = compare(&mut driver, operation, &files, b"");
                    differences.extend(difference.map(|text| format!("{}: {text}", path.display())));
                }
            }
        }
    }
    report("real files", total, differences);
}
