//! A stream of gzip members.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{error, unexpected_eof};
use crate::{Error, ErrorKind};

const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

/// How long a name or comment in a header may be, in Go's reader.
const MAX_TEXT: usize = 511;

/// Decompresses on demand; what nobody reads is never looked at.
pub(super) struct Gzip<'a> {
    input: &'a [u8],
    at: usize,
    inflate: Decompress,
    crc: Crc,
    /// Where the data of this member starts.
    start: usize,
    /// The data of this member is at its end, which nobody has looked behind yet.
    ended: bool,
    done: bool,
}

impl<'a> Gzip<'a> {
    /// Reads the first header.
    pub(super) fn new(input: &'a [u8]) -> Result<Self, Error> {
        let mut gzip = Gzip {
            input,
            at: 0,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            start: 0,
            ended: false,
            done: false,
        };
        if !gzip.header()? {
            return Err(error("EOF"));
        }
        Ok(gzip)
    }

    /// Fills the buffer as far as the stream goes; returns how far.
    pub(super) fn read_full(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() && !self.done {
            filled += self.read(&mut buffer[filled..])?;
        }
        Ok(filled)
    }

    /// Skips bytes; returns how many there were.
    pub(super) fn skip(&mut self, count: u64) -> Result<u64, Error> {
        let mut buffer = [0; 8192];
        let mut skipped = 0;
        while skipped < count && !self.done {
            let want = usize::try_from(count - skipped).unwrap_or(usize::MAX).min(buffer.len());
            skipped += self.read(&mut buffer[..want])? as u64;
        }
        Ok(skipped)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        if self.ended {
            self.end_member()?;
            return Ok(0);
        }
        let (read_before, written_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(&self.input[self.at..], buffer, FlushDecompress::None);
        let read = (self.inflate.total_in() - read_before) as usize;
        let written = (self.inflate.total_out() - written_before) as usize;
        self.at += read;
        self.crc.update(&buffer[..written]);
        match status {
            // What is wrong behind the data only matters to those who want more of it.
            Ok(Status::StreamEnd) => self.ended = true,
            Ok(_) if read == 0 && written == 0 => return Err(unexpected_eof()),
            Ok(_) => {}
            Err(_) => {
                let offset = self.at - self.start;
                return Err(error(format!("flate: corrupt input before offset {offset}")));
            }
        }
        Ok(written)
    }

    /// Checks the end of a member and reads the header of the next one, if there is one.
    fn end_member(&mut self) -> Result<(), Error> {
        let trailer = self.take(8).ok_or_else(unexpected_eof)?;
        let number = |at: usize| u32::from_le_bytes([trailer[at], trailer[at + 1], trailer[at + 2], trailer[at + 3]]);
        if number(0) != self.crc.sum() || number(4) != self.crc.amount() {
            return Err(error("gzip: invalid checksum"));
        }
        self.ended = false;
        self.crc.reset();
        self.inflate.reset(false);
        self.done = !self.header()?;
        Ok(())
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let bytes = self.input.get(self.at..self.at + count)?;
        self.at += count;
        Some(bytes)
    }

    /// Reads a header; false at the end of the input.
    fn header(&mut self) -> Result<bool, Error> {
        if self.at == self.input.len() {
            return Ok(false);
        }
        let from = self.at;
        let fixed = self.take(10).ok_or_else(unexpected_eof)?;
        if !fixed.starts_with(b"\x1f\x8b\x08") {
            return Err(bad_header());
        }
        let flags = fixed[3];
        if flags & EXTRA != 0 {
            let length = self.take(2).ok_or_else(unexpected_eof)?;
            let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
            self.take(length).ok_or_else(unexpected_eof)?;
        }
        for flag in [NAME, COMMENT] {
            if flags & flag != 0 {
                self.text()?;
            }
        }
        if flags & HEADER_CRC != 0 {
            let mut crc = Crc::new();
            crc.update(&self.input[from..self.at]);
            let found = self.take(2).ok_or_else(unexpected_eof)?;
            if u16::from_le_bytes([found[0], found[1]]) != crc.sum() as u16 {
                return Err(bad_header());
            }
        }
        self.start = self.at;
        Ok(true)
    }

    /// Skips text that ends in a zero byte.
    fn text(&mut self) -> Result<(), Error> {
        let rest = &self.input[self.at..];
        match rest.iter().take(MAX_TEXT + 1).position(|byte| *byte == 0) {
            Some(end) => {
                self.at += end + 1;
                Ok(())
            }
            None if rest.len() <= MAX_TEXT => Err(unexpected_eof()),
            None => Err(bad_header()),
        }
    }
}

fn bad_header() -> Error {
    Error::new(ErrorKind::NotGzip, "gzip: invalid header")
}
