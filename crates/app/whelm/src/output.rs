//! Standard output, written once at the end, and standard error.

use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::os::fd::AsFd;

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

    /// Writes pieces to standard output right away, without putting them together first.
    pub fn write_pieces(&mut self, pieces: &[&[u8]]) {
        self.flush();
        if !self.closed {
            self.closed = write_all_vectored(pieces).is_err();
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

/// How many pieces one system call takes.
const MOST_PIECES: usize = 1024;

fn write_all_vectored(pieces: &[&[u8]]) -> io::Result<()> {
    // The library's standard output looks for the ends of lines in all that goes through it.
    let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    for pieces in pieces.chunks(MOST_PIECES) {
        let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut left = slices.as_mut_slice();
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match stdout.write_vectored(left) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut left, written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
