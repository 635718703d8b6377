//! Real templates, whole and damaged, parsed by Go's `text/template/parse` and by this crate.
//!
//! `TEMPLATE_FILES` names a folder to take `.tpl`, `.yaml` and `.txt` files from besides the crate's own; `TEMPLATE_DAMAGED` says
//! how many damaged forms of each to try, `TEMPLATE_SEED` which.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::driver::{self, Answer, Case};
use crate::random::Random;
use crate::setting;
use go_text_template::{FuncMap, TemplateSet, Value};
use go_value::utf8::to_string_lossy;

#[test]
fn parses_as_go_does() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = crate_folder.join("../../../conformance/go-driver/template");
    let Some(binary) = driver::build(&folder, Path::new(env!("CARGO_TARGET_TMPDIR"))) else {
        return;
    };
    let mut files = Vec::new();
    collect(&crate_folder.join("tests/inputs"), &mut files);
    if let Ok(folder) = std::env::var("TEMPLATE_FILES") {
        collect(Path::new(&folder), &mut files);
    }
    let mut random = Random::new(setting("TEMPLATE_SEED", 1));
    let damaged = setting("TEMPLATE_DAMAGED", 30);
    let (mut count, mut differences, mut errors) = (0, 0, 0);
    for chunk in files.chunks(100) {
        let mut cases = Vec::new();
        for file in chunk {
            let text = std::fs::read(file).unwrap();
            let names = identifiers(&text);
            cases.push(case(text.clone(), &names));
            for _ in 0..damaged {
                cases.push(case(damage(&mut random, text.clone()), &names));
            }
        }
        let answers = driver::go(&binary, &cases).unwrap();
        assert_eq!(answers.len(), cases.len(), "Go stopped in the middle");
        for (case, expected) in cases.iter().zip(&answers) {
            count += 1;
            errors += u64::from(expected.status == 1);
            let found = parse(case);
            if to_string_lossy(&found.text) != to_string_lossy(&expected.text) {
                differences += 1;
                if differences <= 5 {
                    eprintln!("--- {}", String::from_utf8_lossy(&case.template));
                    eprintln!("go   {:?}", String::from_utf8_lossy(&expected.text));
                    eprintln!("rust {:?}", String::from_utf8_lossy(&found.text));
                }
            }
        }
    }
    eprintln!("{count} texts, {errors} of them errors, {differences} differences");
    assert_eq!(differences, 0);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            collect(&path, files);
        } else if matches!(extension, Some("tpl" | "tmpl" | "yaml" | "txt")) {
            files.push(path);
        }
    }
}

/// Everything that could be the name of a function.
fn identifiers(text: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(text);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let keywords = [
        "if", "else", "end", "range", "with", "define", "template", "block", "nil", "true", "false", "break",
        "continue",
    ];
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()) && !keywords.contains(word))
        .map(str::to_owned)
        .collect()
}

fn case(template: Vec<u8>, names: &BTreeSet<String>) -> Case {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    Case {
        mode: 3,
        template,
        data: format!("[{}]", names.join(",")).into_bytes(),
    }
}

/// Removes, doubles or inserts a few bytes.
fn damage(random: &mut Random, mut text: Vec<u8>) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "{{",
        "}}",
        "(",
        ")",
        "|",
        ":=",
        "=",
        "\"",
        "'",
        "`",
        "$",
        ".",
        ",",
        "\n",
        "{{- ",
        " -}}",
        "{{end}}",
        "{{else}}",
        "/*",
        "*/",
        "\\",
        "é",
        "{{break}}",
        "1",
        "0x",
        "nil",
        "range",
        "if ",
        " ",
        "\0",
        "{{template \"x\" .}}",
        "{{else if .}}",
    ];
    for _ in 0..1 + random.below(3) {
        let at = random.below(text.len() + 1);
        let end = (at + 1 + random.below(8)).min(text.len());
        match random.below(3) {
            0 => drop(text.drain(at..end)),
            1 => {
                let copy = text[at..end].to_vec();
                text.splice(at..at, copy);
            }
            _ => drop(text.splice(at..at, random.pick(PIECES).bytes())),
        }
    }
    text
}

fn parse(case: &Case) -> Answer {
    let mut functions = FuncMap::default();
    let names = String::from_utf8_lossy(&case.data).into_owned();
    for name in names
        .split('"')
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        functions.add(name, &[], |_, _| Ok(Value::Nil));
    }
    let mut set = TemplateSet::new("case", Arc::new(functions));
    if let Err(error) = set.parse("case", case.template.as_slice()) {
        return Answer {
            status: 1,
            text: error.to_string().into_bytes(),
        };
    }
    let mut text = String::new();
    for name in set.names() {
        let tree = set.lookup(&name).unwrap();
        text.push_str(&format!("{name}\n{tree}\n"));
    }
    Answer {
        status: 0,
        text: text.into_bytes(),
    }
}
