//! Files read whole, within reason.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How many bytes a file may have.
const MOST: u64 = 256 << 20;

/// Reads a file of up to 256 MiB. A device that never ends is told from a file by that.
///
/// # Errors
/// Those of opening and reading, and `the file is larger than 256 MiB`.
pub fn read_file(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    if size > MOST {
        return Err(too_large());
    }
    let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(MOST + 1).read_to_end(&mut data)?;
    if data.len() as u64 > MOST {
        return Err(too_large());
    }
    Ok(data)
}

fn too_large() -> io::Error {
    io::Error::other("the file is larger than 256 MiB")
}
