//! Files with holes.

use super::pax::{Records, number};
use super::{Error, error, invalid_header};

/// How many entries a map may have.
const MAX_ENTRIES: usize = 1 << 20;

/// A part of a file that has data: offset and length.
pub(super) type Fragment = (u64, u64);

/// Collects the fragments of a map in their order.
#[derive(Default)]
pub(super) struct SparseMap {
    fragments: Vec<(i64, i64)>,
}

impl SparseMap {
    pub(super) fn push(&mut self, offset: i64, length: i64) -> Result<(), Error> {
        if self.fragments.len() >= MAX_ENTRIES {
            return Err(too_long());
        }
        self.fragments.push((offset, length));
        Ok(())
    }

    /// Checks that the fragments follow each other within the size of the file.
    pub(super) fn validate(self, size: i64) -> Result<Vec<Fragment>, Error> {
        let mut end = 0;
        let mut fragments = Vec::with_capacity(self.fragments.len());
        for (offset, length) in self.fragments {
            let stop = offset.checked_add(length).filter(|stop| *stop <= size);
            let Some(stop) = stop.filter(|_| offset >= end && length >= 0) else {
                return Err(invalid_header());
            };
            fragments.push((offset as u64, length as u64));
            end = stop;
        }
        Ok(fragments)
    }
}

/// Reads the map that stands in the records of a PAX header, format 0.1.
pub(super) fn map_from_records(records: &Records) -> Result<SparseMap, Error> {
    let record = |key: &str| records.get(key.as_bytes()).map_or(&[][..], Vec::as_slice);
    let count = number(record("GNU.sparse.numblocks"))?;
    let list = record("GNU.sparse.map");
    let numbers: Vec<&[u8]> = if list.is_empty() {
        Vec::new()
    } else {
        list.split(|byte| *byte == b',').collect()
    };
    if count < 0 || count.checked_mul(2) != i64::try_from(numbers.len()).ok() {
        return Err(invalid_header());
    }
    let mut map = SparseMap::default();
    for pair in numbers.chunks_exact(2) {
        map.push(number(pair[0])?, number(pair[1])?)?;
    }
    Ok(map)
}

pub(super) fn too_long() -> Error {
    error("archive/tar: sparse map too long")
}
