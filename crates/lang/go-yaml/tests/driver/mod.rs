//! The Go program that answers what the Go libraries make of a document.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running driver.
pub struct Driver {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Driver {
    /// Builds and starts the driver; `None`, with a line that says why, when that is not possible.
    pub fn start() -> Option<Driver> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/yaml");
        let name = format!("go-yaml-driver-{}", std::process::id());
        let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
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
        let child = Command::new(&binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = child else {
            println!("skipped: the Go driver cannot be started");
            return None;
        };
        let input = child.stdin.take()?;
        let output = child.stdout.take()?;
        Some(Driver { child, input, output })
    }

    /// Asks one question.
    pub fn ask(&mut self, operation: u8, document: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let mut request = vec![operation];
        request.extend((document.len() as u32).to_be_bytes());
        request.extend(document);
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

/// Tells whether Go's answer is a crash of go-yaml.
pub fn is_panic(answer: &Result<Vec<u8>, Vec<u8>>) -> bool {
    let Err(text) = answer else { return false };
    let text = String::from_utf8_lossy(text);
    text.starts_with("panic: ")
}

/// Reads the escapes `\xNN`, `\t`, `\r` and `\\` of a line of the list of documents.
pub fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'x') => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            Some(b't') => out.push(b'\t'),
            Some(b'r') => out.push(b'\r'),
            Some(b'n') => out.push(b'\n'),
            Some(other) => out.extend([b'%', other]),
            None => out.push(b'%'),
        }
    }
    out
}

/// Lists the YAML files of a folder, and of the folders in it.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml" || end == "tpl" || end == "json")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
