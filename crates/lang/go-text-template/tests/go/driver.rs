//! Runs cases through Go and through this crate.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;

use go_text_template::{ErrorKind, FuncMap, MissingKey, Options, TemplateSet, Value};
use go_value::json::{Numbers, parse};

/// A template with its data.
#[derive(Clone, Debug)]
pub struct Case {
    /// 0: `missingkey=default`, 1: `zero`, 2: `error`.
    pub mode: u8,
    /// The template.
    pub template: Vec<u8>,
    /// The data as JSON.
    pub data: Vec<u8>,
}

/// What came of a case: 0 and output, 1 and a parse error, 2 and an execution error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status byte.
    pub status: u8,
    /// Output or error text.
    pub text: Vec<u8>,
}

/// Builds the Go driver; `None` when there is no Go here.
pub fn build(folder: &Path, target: &Path) -> Option<PathBuf> {
    if Command::new("go").arg("version").output().is_err() {
        eprintln!("skipped: there is no go command");
        return None;
    }
    let binary = target.join("template-driver");
    let build = Command::new("go")
        .args(["build", "-o"])
        .arg(&binary)
        .arg(".")
        .current_dir(folder)
        .status();
    match build {
        Ok(status) if status.success() => Some(binary),
        _ => {
            eprintln!("skipped: the Go driver does not build here");
            None
        }
    }
}

/// Executes the cases with Go.
pub fn go(binary: &Path, cases: &[Case]) -> io::Result<Vec<Answer>> {
    let mut child = Command::new(binary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut request = Vec::new();
    for case in cases {
        request.push(case.mode);
        for block in [&case.template, &case.data] {
            request.extend_from_slice(&(block.len() as u32).to_be_bytes());
            request.extend_from_slice(block);
        }
    }
    let writer = std::thread::spawn(move || input.write_all(&request));
    let mut output = Vec::new();
    let mut stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    stdout.read_to_end(&mut output)?;
    writer.join().map_err(|_| io::ErrorKind::Other)??;
    child.wait()?;
    Ok(answers(&output))
}

fn answers(mut output: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some((status, rest)) = output.split_first() {
        let Some((length, rest)) = rest.split_first_chunk::<4>() else {
            break;
        };
        let length = u32::from_be_bytes(*length) as usize;
        let Some((text, rest)) = rest.split_at_checked(length) else {
            break;
        };
        answers.push(Answer {
            status: *status,
            text: text.to_vec(),
        });
        output = rest;
    }
    answers
}

/// Executes a case with this crate.
pub fn rust(functions: &Arc<FuncMap>, case: &Case) -> Answer {
    let mut set = TemplateSet::new("root", functions.clone());
    if let Err(error) = set.parse("case", case.template.as_slice()) {
        return Answer {
            status: 1,
            text: error.to_string().into_bytes(),
        };
    }
    let data = match parse(&case.data, Numbers::Float) {
        Ok(data) => Value::thaw(&data),
        Err(error) => panic!("data: {error}"),
    };
    let options = Options {
        missing_key: [MissingKey::Default, MissingKey::Zero, MissingKey::Error][usize::from(case.mode % 3)],
        state: Some(Rc::new(Cell::new(0u32))),
        ..Options::default()
    };
    match set.execute("case", &data, &options) {
        Ok(text) => Answer { status: 0, text },
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::Limit);
            Answer {
                status: 2,
                text: error.to_string().into_bytes(),
            }
        }
    }
}
