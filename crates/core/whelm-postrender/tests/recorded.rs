//! Compares with what Helm's own code said when `tests/expected.txt` was recorded.
//!
//! `POSTRENDER_RECORD=1` records anew, which needs Go.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may read the environment and files"
)]

mod support;

use go_value::Str;
use support::{Answer, Driver, Files, Random, manifests, ours, write_files};

fn line(operation: u8, answer: &Answer) -> String {
    let (word, text) = match answer {
        Ok(text) => ("value", text),
        Err(text) => ("error", text),
    };
    format!("{} {word} {:?}\n", char::from(operation), String::from_utf8_lossy(text))
}

/// M-015, M-016: combined streams, regrouped files, and what a post-renderer that changes nothing makes of files.
#[test]
fn m_015_m_016_recorded_answers() {
    let mut random = Random::new(2026);
    let mut questions: Vec<(u8, Files, Vec<u8>)> = Vec::new();
    for _ in 0..60 {
        let files = manifests::files(&mut random);
        let stream = ours(b'C', &files, b"").unwrap_or_default();
        let output = manifests::output(&mut random, &stream);
        for operation in *b"CIS" {
            questions.push((operation, files.clone(), output.clone()));
        }
    }
    if std::env::var("POSTRENDER_RECORD").is_ok() {
        return record(&questions);
    }
    let expected: Vec<&str> = include_str!("expected.txt").lines().collect();
    assert_eq!(expected.len(), questions.len(), "expected.txt is to be recorded anew");
    for ((operation, files, output), expected) in questions.iter().zip(expected) {
        let answer = ours(*operation, files, output);
        assert_eq!(line(*operation, &answer).trim_end(), expected, "{files:?} {output:?}");
    }
}

fn record(questions: &[(u8, Files, Vec<u8>)]) {
    let Some(mut driver) = Driver::start() else { return };
    let lines = questions.iter().map(|(operation, files, output)| match operation {
        b'S' => line(*operation, &driver.ask(*operation, output)),
        _ => line(*operation, &driver.ask(*operation, &write_files(files))),
    });
    let path = format!("{}/tests/expected.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, lines.collect::<String>()).unwrap();
}

fn file(name: &str, content: &str) -> (Str, Str) {
    (name.into(), content.into())
}

/// M-015: hooks are in the stream as anything else is; partials, blank files and comments alone are not.
#[test]
fn m_015_what_is_in_the_stream() {
    let stream = whelm_postrender::combine(&[
        file(
            "c/templates/hook.yaml",
            "kind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: pre-install\n",
        ),
        file("c/templates/_part.tpl", "kind: Lost\n"),
        file("c/templates/blank.yaml", " \n"),
        file("c/templates/comment.yaml", "# nothing\n"),
        file("c/templates/a.yaml", "---\nkind: A\n---\n# of b\nkind: B\n"),
    ]);
    let expected = "\
kind: A
metadata:
  annotations:
    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'
---
# of b
kind: B
metadata:
  annotations:
    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'
---
kind: Job
metadata:
  annotations:
    helm.sh/hook: pre-install
    postrenderer.helm.sh/postrender-filename: 'c/templates/hook.yaml'
";
    assert_eq!(String::from_utf8(stream.unwrap()).unwrap(), expected);
}

/// M-015: what comes back without a name gets one, by its place in the stream.
#[test]
fn m_015_documents_without_a_file() {
    let output = "\
kind: A
metadata:
  annotations:
    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'
---
kind: New
metadata:
  name: n
---
kind: B
metadata:
  annotations:
    x: y
    postrenderer.helm.sh/postrender-filename: c/templates/a.yaml
";
    let files = whelm_postrender::split(output.as_bytes()).unwrap();
    let expected = [
        file(
            "c/templates/a.yaml",
            "kind: A\n---\nkind: B\nmetadata:\n  annotations:\n    x: y\n",
        ),
        file("generated-by-postrender-1.yaml", "kind: New\nmetadata:\n  name: n\n"),
    ];
    assert_eq!(files, expected);
}

/// M-017: what cannot be combined or split.
#[test]
fn m_017_error_texts() {
    let combine = |content: &str| {
        let error = whelm_postrender::combine(&[file("c/templates/a.yaml", content)]).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        combine("a: b: c\n"),
        "parsing c/templates/a.yaml: MalformedYAMLError: yaml: mapping values are not allowed in this context"
    );
    assert_eq!(
        combine("text\n"),
        "parsing c/templates/a.yaml: wrong node kind: expected MappingNode but got ScalarNode: node contents:\ntext\n"
    );
    let split = |output: &str| whelm_postrender::split(output.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        split("a: 1\n---\n\tb\n"),
        "error parsing YAML: MalformedYAMLError: yaml: found character that cannot start any token"
    );
    assert_eq!(
        split("a: 1\n--- b\nc: 2\n"),
        "error parsing YAML: invalid document separator: --- b"
    );
    assert_eq!(
        split("kind: List\nitems: [{a: b}]\n"),
        "getting metadata: missing Resource metadata"
    );
}
