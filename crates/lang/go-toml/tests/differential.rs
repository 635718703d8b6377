//! Random values and documents, compared with what the Go library makes of them. Needs `go` and the library's module; skips
//! without them.

#![allow(clippy::disallowed_methods, reason = "the cases come from a Go program")]

use std::process::Command;

use go_value::json;

fn hex(text: &str) -> Vec<u8> {
    let value = |digit: u8| (digit as char).to_digit(16).expect("a hex digit") as u8;
    let pairs = text.as_bytes()[1..].chunks(2);
    pairs.map(|pair| value(pair[0]) * 16 + value(pair[1])).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(fields: &[Vec<u8>]) -> (&'static str, String) {
    let kind = |error: &go_toml::Error| match error.kind() {
        go_toml::ErrorKind::Panic => "panic",
        _ => "error",
    };
    if fields[0] == b"decode" {
        return match go_toml::from_toml(&fields[1]) {
            Ok(value) => match json::to_string(&value, json::Escape::Html) {
                Ok(text) => ("ok", text),
                Err(_) => ("skip", String::new()),
            },
            Err(error) => (kind(&error), error.to_string()),
        };
    }
    let value = json::parse(&fields[1], json::Numbers::Int).expect("JSON");
    match go_toml::to_toml(&value) {
        Ok(bytes) => ("ok", text(&bytes)),
        Err(error) => (kind(&error), error.to_string()),
    }
}

/// T-022: reading, writing and their error texts.
#[test]
fn t_022_toml_is_the_go_librarys() {
    let count = std::env::var("GO_TOML_CASES").unwrap_or_else(|_| "2000".to_owned());
    let seed = std::env::var("GO_TOML_SEED").unwrap_or_else(|_| "1".to_owned());
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");
    let output = Command::new("go")
        .args(["run", ".", &count, &seed])
        .current_dir(oracle)
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) => {
            eprintln!("skipped: go cannot run the oracle: {}", text(&output.stderr));
            return;
        }
        Err(error) => {
            eprintln!("skipped: no go: {error}");
            return;
        }
    };
    let (mut cases, mut wrong) = (0, 0);
    for line in text(&output).lines() {
        let fields: Vec<_> = line.split(' ').map(hex).collect();
        let (kind, result) = run(&fields);
        cases += 1;
        if kind.as_bytes() != fields[2] || text(result.as_bytes()) != text(&fields[3]) {
            wrong += 1;
            if wrong < 20 {
                let input: Vec<_> = fields.iter().map(|field| text(field)).collect();
                eprintln!("{input:?}\n  here: {kind} {result:?}");
            }
        }
    }
    eprintln!("{cases} cases, {wrong} differ");
    assert_eq!(wrong, 0);
}
