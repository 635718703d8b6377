//! Standard output, written once at the end, and standard error.

use std::io::{self, Write};

/// Output is collected up to this many bytes before it is written.
const CHUNK: usize = 1 << 20;

/// The two streams of a run.
#[derive(Debug)]
pub struct Output {
    buffer: Vec<u8>,
    /// Set once the reader is gone; what is written later is thrown away.
    closed: bool,
}

impl Output {
    /// Nothing has been written yet.
    pub fn new() -> Output {
        Output {
            buffer: Vec::new(),
            closed: false,
        }
    }

    /// Adds to standard output.
    pub fn write(&mut self, bytes: &[u8]) {
        if self.buffer.is_empty() && bytes.len() >= CHUNK {
            return self.send(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.flush();
        }
    }

    /// Adds a whole text to standard output, without copying it when it is the first.
    pub fn write_whole(&mut self, text: Vec<u8>) {
        if self.buffer.is_empty() && text.len() < CHUNK {
            self.buffer = text;
        } else {
            self.write(&text);
        }
    }

    /// Writes out what was collected.
    pub fn flush(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        if !buffer.is_empty() {
            self.send(&buffer);
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        if !self.closed {
            let mut stdout = io::stdout().lock();
            self.closed = stdout.write_all(bytes).and_then(|()| stdout.flush()).is_err();
        }
    }

    /// Writes a line to standard error at once.
    pub fn write_error_line(&mut self, line: &str) {
        self.write_error(&[line.as_bytes(), b"\n"]);
    }

    /// Writes to standard error at once, in one piece.
    pub fn write_error(&mut self, parts: &[&[u8]]) {
        // Nobody is left to tell when standard error is gone.
        let _ = io::stderr().lock().write_all(&parts.concat());
    }
}
