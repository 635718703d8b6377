//! Compares the reader and the writer with what the Go libraries said when `tests/expected` was recorded.
//!
//! `GO_YAML_RECORD=1` records anew, which needs Go.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may read the environment and files"
)]

mod answers;
mod comments;
mod driver;
mod dump;
mod generate;

use driver::Driver;
use generate::Random;
use go_value::Value;

/// Writes the answers down, one per line.
fn line(operation: u8, answer: &Result<Vec<u8>, Vec<u8>>) -> String {
    let (word, text) = match answer {
        Ok(text) => ("value", text),
        Err(text) => ("error", text),
    };
    format!("{} {word} {:?}\n", char::from(operation), String::from_utf8_lossy(text))
}

/// Compares `answer` for each of `questions` with the recorded answers.
fn check(name: &str, recorded: &str, questions: &[(u8, Vec<u8>)], answer: impl Fn(usize) -> Result<Vec<u8>, Vec<u8>>) {
    if std::env::var("GO_YAML_RECORD").is_ok() {
        let Some(mut driver) = Driver::start() else { return };
        let lines = questions
            .iter()
            .map(|(operation, question)| line(*operation, &driver.ask(*operation, question)));
        let path = format!("{}/tests/expected/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, lines.collect::<String>()).unwrap();
        return;
    }
    let mut differences = 0;
    let expected: Vec<&str> = recorded.lines().collect();
    assert_eq!(expected.len(), questions.len(), "{name} is to be recorded anew");
    for (at, (operation, question)) in questions.iter().enumerate() {
        let ours = line(*operation, &answer(at));
        if ours.trim_end() != expected[at] {
            println!(
                "{:?}\n  Go:   {}\n  ours: {ours}",
                String::from_utf8_lossy(question),
                expected[at]
            );
            differences += 1;
        }
    }
    assert_eq!(differences, 0);
}

/// T-025, T-048: documents that are hard to read.
#[test]
fn tricky_documents() {
    let text = include_str!("inputs/tricky.txt");
    let documents = text.split("\n====\n").map(driver::unescape);
    // Go walks its maps in any order, so the documents with two keys of one name have no single answer.
    let documents =
        documents.filter(|document| !document.starts_with(b"1: a\n\"1\"") && !document.starts_with(b"!!int 1:"));
    let questions: Vec<(u8, Vec<u8>)> = documents
        .flat_map(|document| [(b'U', document.clone()), (b'S', document.clone()), (b'D', document)])
        .collect();
    check("tricky.txt", include_str!("expected/tricky.txt"), &questions, |at| {
        answers::ours(questions[at].0, &questions[at].1)
    });
}

/// T-019, T-020, T-023: values that are hard to write.
#[test]
fn generated_values() {
    let mut random = Random::new(2026);
    let values: Vec<Value> = (0..200).map(|_| generate::value(&mut random, 3)).collect();
    let questions: Vec<(u8, Vec<u8>)> = values
        .iter()
        .flat_map(|value| {
            let mut encoded = Vec::new();
            generate::encode(value, &mut encoded);
            [(b'M', encoded.clone()), (b'P', encoded)]
        })
        .collect();
    check("values.txt", include_str!("expected/values.txt"), &questions, |at| {
        let value = &values[at / 2];
        let written = if at % 2 == 0 {
            go_yaml::to_yaml(value)
        } else {
            go_yaml::to_yaml_pretty(value)
        };
        written.map_err(|error| error.to_string().into_bytes())
    });
}

/// M-016: nodes with their comments, and what is written of them.
#[test]
fn nodes() {
    let mut random = Random::new(2026);
    let short = std::iter::from_fn(|| Some(comments::document(&mut random))).filter(|document| document.len() < 160);
    let questions: Vec<(u8, Vec<u8>)> = short
        .take(150)
        .flat_map(|document| [(b'N', document.clone()), (b'R', document)])
        .collect();
    check("nodes.txt", include_str!("expected/nodes.txt"), &questions, |at| {
        dump::answer(questions[at].0, &questions[at].1)
    });
}
