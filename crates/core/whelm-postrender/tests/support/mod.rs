//! The Go program that runs Helm's own code, and random files for it.
#![allow(dead_code)]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use go_value::Str;

#[path = "../../../../lang/go-yaml/tests/comments/mod.rs"]
mod comments;
#[path = "../../../../lang/go-yaml/tests/generate/mod.rs"]
mod generate;
pub mod manifests;
#[path = "../../../../lang/go-yaml/tests/wide/mod.rs"]
mod wide;

pub use generate::Random;

pub type Files = Vec<(Str, Str)>;
pub type Answer = Result<Vec<u8>, Vec<u8>>;

/// A running driver.
pub struct Driver {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Driver {
    /// Builds and starts the driver; `None`, with a line that says why, when that is not possible.
    pub fn start() -> Option<Driver> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/postrender");
        let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postrender-driver-{}", std::process::id()));
        if !binary.exists() {
            let build = Command::new("go")
                .arg("build")
                .arg("-o")
                .arg(&binary)
                .arg(".")
                .current_dir(source)
                .status();
            if !build.is_ok_and(|status| status.success()) {
                println!("skipped: the Go driver cannot be built");
                return None;
            }
        }
        let mut child = Command::new(&binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let input = child.stdin.take()?;
        let output = child.stdout.take()?;
        Some(Driver { child, input, output })
    }

    /// Asks one question.
    pub fn ask(&mut self, operation: u8, question: &[u8]) -> Answer {
        let mut request = vec![operation];
        write_text(&mut request, question);
        self.input.write_all(&request).unwrap();
        self.input.flush().unwrap();
        let mut head = [0; 5];
        self.output.read_exact(&mut head).unwrap();
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut text = vec![0; length as usize];
        self.output.read_exact(&mut text).unwrap();
        if head[0] == 0 { Ok(text) } else { Err(text) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells whether Go's answer is a crash.
pub fn is_panic(answer: &Answer) -> bool {
    answer.as_ref().is_err_and(|text| text.starts_with(b"panic: "))
}

fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(text);
}

/// Writes files in the form in which the driver reads and writes them.
pub fn write_files(files: &[(Str, Str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        write_text(&mut out, name);
        write_text(&mut out, content);
    }
    out
}

/// What this crate says, in the form in which the driver answers.
pub fn ours(operation: u8, files: &Files, output: &[u8]) -> Answer {
    let combine = || whelm_postrender::combine(files).map_err(|error| error.to_string().into_bytes());
    let split = |output: &[u8]| {
        let files = whelm_postrender::split(output).map_err(|error| error.to_string().into_bytes())?;
        Ok(write_files(&files))
    };
    match operation {
        b'C' => combine(),
        b'S' => split(output),
        _ => combine().and_then(|stream| split(&stream)),
    }
}
