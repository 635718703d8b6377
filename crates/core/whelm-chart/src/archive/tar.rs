//! A tar stream as Go's `archive/tar` reads it.

use go_value::strconv::{parse_int, parse_uint};

use super::gzip::Gzip;
use super::pax::{self, Records};
use super::sparse::{self, Fragment, SparseMap};
use super::{Error, error, invalid_header, unexpected_eof};
use crate::ModTime;

const BLOCK: usize = 512;
/// How large an entry that describes another one may be.
const MAX_SPECIAL: u64 = 1 << 20;

type Block = [u8; BLOCK];

/// What is said about an entry.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    /// How many bytes the file has, its holes included.
    pub(super) size: u64,
    pub(super) mod_time: ModTime,
    signed_size: i64,
    kind: u8,
    mode: i64,
    /// The parts with data, of a file with holes.
    fragments: Option<Vec<Fragment>>,
}

impl Header {
    /// Tells whether this is a folder, by its kind or by its mode.
    pub(super) fn is_dir(&self) -> bool {
        self.kind == b'5' || (self.kind != b'g' && (self.mode as u32) & !0o7777 == 0o40000)
    }

    /// Tells whether this only describes other entries.
    pub(super) fn is_extension(&self) -> bool {
        matches!(self.kind, b'x' | b'g')
    }

    fn has_no_data(&self) -> bool {
        (b'1'..=b'6').contains(&self.kind)
    }
}

/// The layouts of a header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    V7,
    Ustar,
    Star,
    Gnu,
}

/// Reads entry after entry.
pub(super) struct Tar<'a> {
    input: Gzip<'a>,
    /// What is left of the data of this entry.
    remaining: u64,
    padding: u64,
}

impl<'a> Tar<'a> {
    pub(super) fn new(input: Gzip<'a>) -> Self {
        Tar {
            input,
            remaining: 0,
            padding: 0,
        }
    }

    /// Goes to the next entry; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Header>, Error> {
        let mut records = Records::new();
        let mut long_name = Vec::new();
        loop {
            if self.input.skip(self.remaining)? < self.remaining {
                return Err(unexpected_eof());
            }
            self.remaining = 0;
            // An archive that ends within the padding has ended well.
            if self.input.skip(self.padding)? < self.padding {
                return Ok(None);
            }
            self.padding = 0;
            let mut block = [0; BLOCK];
            let Some(mut header) = self.read_header(&mut block)? else {
                return Ok(None);
            };
            self.begin(&header)?;
            match header.kind {
                b'x' => records = pax::parse_records(&self.read_special()?)?,
                b'g' => {
                    pax::parse_records(&self.read_special()?)?;
                    return Ok(Some(header));
                }
                b'L' => long_name = until_zero(&self.read_special()?).to_vec(),
                b'K' => {
                    self.read_special()?;
                }
                _ => {
                    self.finish_header(&mut header, &mut block, &records, &long_name)?;
                    return Ok(Some(header));
                }
            }
        }
    }

    /// Applies what the entries before said about this one.
    fn finish_header(
        &mut self,
        header: &mut Header,
        block: &mut Block,
        records: &Records,
        long_name: &[u8],
    ) -> Result<(), Error> {
        merge_records(header, records)?;
        if !long_name.is_empty() {
            header.name = long_name.to_vec();
        }
        if header.kind == 0 {
            header.kind = if header.name.ends_with(b"/") { b'5' } else { b'0' };
        }
        self.begin(header)?;
        let map = if header.kind == b'S' {
            Some(self.read_gnu_map(header, block)?)
        } else {
            self.read_pax_map(header, records)?
        };
        if let Some(map) = map {
            if header.has_no_data() || header.signed_size < 0 {
                return Err(invalid_header());
            }
            header.fragments = Some(map.validate(header.signed_size)?);
        }
        // A name of a sparse file may come late; a negative size is only possible without data.
        header.size = u64::try_from(header.signed_size).unwrap_or(0);
        Ok(())
    }

    /// Sets up reading the data of an entry.
    fn begin(&mut self, header: &Header) -> Result<(), Error> {
        let size = if header.has_no_data() { 0 } else { header.signed_size };
        self.remaining = u64::try_from(size).map_err(|_| invalid_header())?;
        self.padding = self.remaining.wrapping_neg() % BLOCK as u64;
        Ok(())
    }

    /// Reads the data of an entry, with zeros in its holes.
    pub(super) fn read_file(&mut self, header: &Header) -> Result<Vec<u8>, Error> {
        let Some(fragments) = &header.fragments else {
            return self.read_dense(self.remaining);
        };
        let mut data = Vec::new();
        for (offset, length) in fragments {
            data.resize(*offset as usize, 0);
            let missing = *length > self.remaining;
            data.append(&mut self.read_dense((*length).min(self.remaining))?);
            if missing {
                return Err(error("archive/tar: sparse file references non-existent data"));
            }
        }
        data.resize(header.size as usize, 0);
        if self.remaining > 0 {
            return Err(error("archive/tar: sparse file contains unreferenced data"));
        }
        Ok(data)
    }

    /// Reads bytes of the entry. `count` must not be more than there are.
    fn read_dense(&mut self, count: u64) -> Result<Vec<u8>, Error> {
        let mut data = Vec::new();
        let mut left = count;
        // A header can claim any size, so memory is only taken for what comes.
        while left > 0 {
            let from = data.len();
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(1 << 20);
            data.resize(from + step, 0);
            let got = self.input.read_full(&mut data[from..])?;
            self.remaining -= got as u64;
            left -= got as u64;
            if got < step {
                return Err(unexpected_eof());
            }
        }
        Ok(data)
    }

    fn read_special(&mut self) -> Result<Vec<u8>, Error> {
        if self.remaining > MAX_SPECIAL {
            self.read_dense(MAX_SPECIAL + 1)?;
            return Err(error("archive/tar: header field too long"));
        }
        self.read_dense(self.remaining)
    }

    /// Reads a block; false at the end of the stream.
    fn read_block(&mut self, block: &mut Block) -> Result<bool, Error> {
        match self.input.read_full(block)? {
            0 => Ok(false),
            BLOCK => Ok(true),
            _ => Err(unexpected_eof()),
        }
    }

    fn read_header(&mut self, block: &mut Block) -> Result<Option<Header>, Error> {
        if !self.read_block(block)? {
            return Ok(None);
        }
        if *block == [0; BLOCK] {
            // Two blocks of zeros are the end; so is one before the end of the stream.
            return match self.read_block(block)? && *block != [0; BLOCK] {
                true => Err(invalid_header()),
                false => Ok(None),
            };
        }
        parse_header(block).map(Some)
    }

    /// Reads the map of GNU's oldest sparse format: four entries in the header, more in blocks of their own.
    fn read_gnu_map(&mut self, header: &mut Header, block: &mut Block) -> Result<SparseMap, Error> {
        if layout(block) != Some(Layout::Gnu) {
            return Err(invalid_header());
        }
        header.signed_size = numeric(&block[483..495]).ok_or_else(invalid_header)?;
        let mut map = SparseMap::default();
        let mut range = 386..483;
        let mut total = 0;
        loop {
            let entries = &block[range.clone()];
            total += entries.len() as u64;
            if total - entries.len() as u64 >= MAX_SPECIAL {
                return Err(sparse::too_long());
            }
            let (more, entries) = match entries.len() {
                BLOCK => (entries[504], &entries[..504]),
                length => (entries[length - 1], &entries[..length - 1]),
            };
            for entry in entries.chunks_exact(24).take_while(|entry| entry[0] != 0) {
                let (offset, length) = (numeric(&entry[..12]), numeric(&entry[12..]));
                map.push(offset.ok_or_else(invalid_header)?, length.ok_or_else(invalid_header)?)?;
            }
            if more == 0 {
                return Ok(map);
            }
            if !self.read_block(block)? {
                return Err(unexpected_eof());
            }
            range = 0..BLOCK;
        }
    }

    /// Reads the map of the sparse formats that use PAX records, if this is one.
    fn read_pax_map(&mut self, header: &mut Header, records: &Records) -> Result<Option<SparseMap>, Error> {
        let record = |key: &str| records.get(key.as_bytes()).map_or(&[][..], Vec::as_slice);
        let in_data = match (record("GNU.sparse.major"), record("GNU.sparse.minor")) {
            (b"0", b"0" | b"1") => false,
            (b"1", b"0") => true,
            (b"", b"") if !record("GNU.sparse.map").is_empty() => false,
            _ => return Ok(None),
        };
        if !record("GNU.sparse.name").is_empty() {
            header.name = record("GNU.sparse.name").to_vec();
        }
        for key in ["GNU.sparse.size", "GNU.sparse.realsize"] {
            if !record(key).is_empty() {
                header.signed_size = pax::number(record(key))?;
                break;
            }
        }
        if in_data {
            self.read_map_in_data().map(Some)
        } else {
            sparse::map_from_records(records).map(Some)
        }
    }

    /// Reads the map at the start of the data: decimal numbers, one a line, in whole blocks.
    fn read_map_in_data(&mut self) -> Result<SparseMap, Error> {
        let mut text = Vec::new();
        let mut at = 0;
        let count = self.next_number(&mut text, &mut at)?;
        if count < 0 || count.checked_mul(2).is_none() {
            return Err(invalid_header());
        }
        let mut map = SparseMap::default();
        for _ in 0..count {
            let offset = self.next_number(&mut text, &mut at)?;
            let length = self.next_number(&mut text, &mut at)?;
            map.push(offset, length)?;
        }
        Ok(map)
    }

    fn next_number(&mut self, text: &mut Vec<u8>, at: &mut usize) -> Result<i64, Error> {
        let mut searched = *at;
        loop {
            if let Some(end) = text[searched..].iter().position(|byte| *byte == b'\n') {
                let line = &text[*at..searched + end];
                *at = searched + end + 1;
                return parse_int(line, 10, 64).map_err(|_| invalid_header());
            }
            searched = text.len();
            if text.len() as u64 + BLOCK as u64 > MAX_SPECIAL {
                return Err(sparse::too_long());
            }
            let step = self.remaining.min(BLOCK as u64);
            let mut block = self.read_dense(step)?;
            if block.len() < BLOCK {
                return Err(unexpected_eof());
            }
            text.append(&mut block);
        }
    }
}

fn parse_header(block: &Block) -> Result<Header, Error> {
    let layout = layout(block).ok_or_else(invalid_header)?;
    let field = |from: usize, to: usize| numeric(&block[from..to]).ok_or_else(invalid_header);
    let mut header = Header {
        name: until_zero(&block[..100]).to_vec(),
        mode: field(100, 108)?,
        signed_size: field(124, 136)?,
        mod_time: ModTime {
            seconds: field(136, 148)?,
            nanoseconds: 0,
        },
        kind: block[156],
        ..Header::default()
    };
    field(108, 116)?;
    field(116, 124)?;
    if layout == Layout::V7 {
        return Ok(header);
    }
    field(329, 337)?;
    field(337, 345)?;
    let prefix = match layout {
        Layout::Star => {
            field(476, 488)?;
            field(488, 500)?;
            until_zero(&block[345..476])
        }
        Layout::Gnu => gnu_prefix(block),
        _ => until_zero(&block[345..500]),
    };
    if !prefix.is_empty() {
        header.name = [prefix, b"/", &header.name].concat();
    }
    Ok(header)
}

/// GNU's layout has no prefix, but old writers of Go put one there.
fn gnu_prefix(block: &Block) -> &[u8] {
    let is_time = |field: &[u8]| field[0] == 0 || numeric(field).is_some();
    let prefix = until_zero(&block[345..500]);
    if (is_time(&block[345..357]) && is_time(&block[357..369])) || !prefix.is_ascii() {
        return &[];
    }
    prefix
}

/// Checks the sum of a header and finds out its layout.
fn layout(block: &Block) -> Option<Layout> {
    let sum = octal(&block[148..156])?;
    let bytes = || {
        block
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { b' ' } else { *byte })
    };
    let unsigned: i64 = bytes().map(i64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte as i8)).sum();
    if sum != unsigned && sum != signed {
        return None;
    }
    Some(match (&block[257..263], &block[263..265], &block[508..512]) {
        (b"ustar\0", _, b"tar\0") => Layout::Star,
        (b"ustar\0", _, _) => Layout::Ustar,
        (b"ustar ", b" \0", _) => Layout::Gnu,
        _ => Layout::V7,
    })
}

fn merge_records(header: &mut Header, records: &Records) -> Result<(), Error> {
    for (key, value) in records.iter().filter(|(_, value)| !value.is_empty()) {
        match key.as_slice() {
            b"path" => header.name.clone_from(value),
            b"uid" | b"gid" => {
                pax::number(value)?;
            }
            b"atime" | b"ctime" => {
                pax::time(value)?;
            }
            b"mtime" => header.mod_time = pax::time(value)?,
            b"size" => header.signed_size = pax::number(value)?,
            _ => {}
        }
    }
    Ok(())
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or(field)
}

/// Reads a number in base 8, or in base 256 when the first bit is set.
fn numeric(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    let invert = if first & 0x40 != 0 { 0xff } else { 0 };
    let mut number: u64 = 0;
    for (at, byte) in field.iter().enumerate() {
        let mask = if at == 0 { 0x7f } else { 0xff };
        if number >> 56 != 0 {
            return None;
        }
        number = number << 8 | u64::from((byte ^ invert) & mask);
    }
    let number = i64::try_from(number).ok()?;
    Some(if invert == 0 { number } else { !number })
}

fn octal(field: &[u8]) -> Option<i64> {
    let blank = |byte: &u8| *byte == b' ' || *byte == 0;
    let Some(from) = field.iter().position(|byte| !blank(byte)) else {
        return Some(0);
    };
    let to = field.iter().rposition(|byte| !blank(byte)).unwrap_or(from);
    parse_uint(until_zero(&field[from..=to]), 8)
        .ok()
        .map(|number| number as i64)
}
