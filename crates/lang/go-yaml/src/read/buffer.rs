//! go-yaml's buffer, for the sake of one mistake in it.
//!
//! At the start of a line go-yaml steps over a byte order mark, but it looks for the mark at the start of its buffer instead. So while
//! the buffer begins with a mark, each line loses its first character. The buffer begins where the scanner stood when it last
//! needed more characters than there were.

use std::cell::Cell;

use super::chars;
use super::input::MARK;

/// What the buffer holds of a text.
#[derive(Debug)]
pub(crate) struct Buffer<'a> {
    piece_ends: &'a [usize],
    start: Cell<usize>,
    /// How many pieces have been read.
    pieces: Cell<usize>,
    /// How many NULs were put behind the end of the text.
    nuls: Cell<usize>,
}

impl<'a> Buffer<'a> {
    /// Makes a buffer with nothing read.
    pub(crate) fn new(piece_ends: &'a [usize]) -> Self {
        Buffer {
            piece_ends,
            start: Cell::new(0),
            pieces: Cell::new(0),
            nuls: Cell::new(0),
        }
    }

    /// Reads until there are `length` characters behind `pos`.
    pub(crate) fn require(&self, text: &[u8], pos: usize, length: usize) {
        let mut unread = self.unread(text, pos);
        if unread < length {
            self.start.set(pos);
        }
        while unread < length && self.pieces.get() < self.piece_ends.len() {
            self.pieces.set(self.pieces.get() + 1);
            unread = self.unread(text, pos);
        }
        if unread < length {
            self.nuls.set(self.nuls.get() + 1);
        }
    }

    fn unread(&self, text: &[u8], pos: usize) -> usize {
        let filled = match self.pieces.get() {
            0 => 0,
            pieces => self.piece_ends[pieces - 1].min(text.len()),
        };
        let characters = match filled > pos {
            true => chars::count(&text[pos..filled]),
            false => 0,
        };
        characters + self.nuls.get()
    }

    /// Steps over a NUL behind the end of the text.
    pub(crate) fn skip_nul(&self) {
        self.nuls.set(self.nuls.get().saturating_sub(1));
    }

    /// Tells whether the buffer begins with a byte order mark.
    pub(crate) fn begins_with_mark(&self, text: &[u8]) -> bool {
        text[self.start.get().min(text.len())..].starts_with(MARK)
    }
}
