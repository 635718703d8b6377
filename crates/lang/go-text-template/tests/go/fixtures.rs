//! Cases with the answers that Go gave: `inputs/*.tmpl` and `inputs/*.out`.
//!
//! A case is data in JSON, a line `---`, and the template; a first line `missingkey=…` sets that option. With
//! `TEMPLATE_RECORD=1` the answers are taken from the Go driver and stored.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_value::utf8::to_string_lossy;

use crate::driver::{self, Answer, Case};
use crate::functions::functions;

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs")
}

fn read(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let (data, template) = text.split_once("\n---\n").expect("a case has a line ---");
    let (mode, data) = match data.strip_prefix("missingkey=") {
        Some(rest) => rest.split_once('\n').expect("data follows the option"),
        None => ("default", data),
    };
    Case {
        mode: match mode {
            "zero" => 1,
            "error" => 2,
            _ => 0,
        },
        template: template.trim_end_matches('\n').as_bytes().to_vec(),
        data: data.as_bytes().to_vec(),
    }
}

fn stored(answer: &Answer) -> String {
    let kind = ["output", "parse error", "execution error"][usize::from(answer.status)];
    format!("{kind}\n{}\n", to_string_lossy(&answer.text))
}

/// Checks every case whose name starts with `prefix`.
fn check(prefix: &str) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(inputs())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tmpl"))
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no case starts with {prefix}");
    let functions = Arc::new(functions());
    for path in paths {
        let found = stored(&driver::rust(&functions, &read(&path)));
        let expected = std::fs::read_to_string(path.with_extension("out")).unwrap();
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn record() {
    if std::env::var("TEMPLATE_RECORD").is_err() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/template");
    let binary = driver::build(&folder, Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    for entry in std::fs::read_dir(inputs()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tmpl") {
            let answers = driver::go(&binary, &[read(&path)]).unwrap();
            std::fs::write(path.with_extension("out"), stored(&answers[0])).unwrap();
        }
    }
}

#[test]
fn t_003_actions() {
    check("t003_");
}

#[test]
fn t_004_printf() {
    check("t004_");
}

#[test]
fn t_005_chains_and_methods() {
    check("t005_");
}

#[test]
fn t_006_lexing() {
    check("t006_");
}

#[test]
fn t_007_missing_keys() {
    check("t007_");
}

#[test]
fn t_010_empty_definitions() {
    check("t010_");
}

#[test]
fn t_023_numbers() {
    check("t023_");
}

#[test]
fn t_029_range() {
    check("t029_");
}

#[test]
fn t_049_panics() {
    check("t049_");
}

#[test]
fn errors() {
    check("err_");
}
