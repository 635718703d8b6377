//! Reading the files of a chart's folder while the walk over it still finds more.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_value::Str;
use whelm_chart::both::Exchange;
use whelm_chart::{Content, Error, FolderLoader, ModTime};

use crate::chart_folder::{file_error, read_up_to};

/// From how many bytes on a file is read to where it stays. Smaller ones are copied there, which is quicker than to clear
/// fresh memory for each.
const WORTH_NO_COPY: u64 = 64 * 1024;

/// A file that was found.
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    /// Where in it the path below the folder starts.
    pub(crate) below_top: usize,
    pub(crate) size: u64,
    pub(crate) mod_time: Option<ModTime>,
    /// Whether it is read when it is needed.
    pub(crate) waits: bool,
    /// How many bytes there was room for before it.
    pub(crate) room: u64,
    /// How many lines were logged before it was found.
    pub(crate) logged: usize,
}

/// What is in a file, or where it is.
pub(crate) enum Found {
    Here(Str),
    Later(Content),
}

/// A file that was read: its number in the order of finding, and what came of it.
type Read = (usize, Entry, Result<Found, Error>);

/// The files that were found and those that were read. Any number of threads may read.
#[derive(Default)]
pub(crate) struct Queue(Exchange<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Entry>,
    /// How many were found.
    found: usize,
    closed: bool,
    read: Vec<Read>,
}

impl State {
    /// The next file and its number; `Some(None)` when none can come any more.
    fn take(&mut self) -> Option<Option<(usize, Entry)>> {
        let number = self.found - self.waiting.len();
        match self.waiting.pop_front() {
            Some(entry) => Some(Some((number, entry))),
            None => self.closed.then_some(None),
        }
    }
}

impl Queue {
    /// Takes a file to be read; returns how many there were.
    pub(crate) fn push(&self, entry: Entry) -> usize {
        self.0.change(|state| {
            state.waiting.push_back(entry);
            state.found += 1;
            state.found
        })
    }

    /// Says that there are no more.
    pub(crate) fn close(&self) {
        self.0.change(|state| state.closed = true);
    }

    /// Reads until all files are read or begun.
    pub(crate) fn read(&self) {
        let mut done = Vec::new();
        while let Some((number, entry)) = self.0.wait(State::take) {
            let content = entry.read();
            done.push((number, entry, content));
        }
        self.0.change(|state| state.read.append(&mut done));
    }

    /// The files in the order in which they were found.
    pub(crate) fn into_read(self) -> impl Iterator<Item = (Entry, Result<Found, Error>)> {
        let mut read = self.0.into_inner().read;
        read.sort_unstable_by_key(|(number, ..)| *number);
        read.into_iter().map(|(_, entry, content)| (entry, content))
    }
}

impl Entry {
    /// The path below the folder.
    fn relative(&self) -> &[u8] {
        &self.path.as_os_str().as_bytes()[self.below_top..]
    }

    fn read(&self) -> Result<Found, Error> {
        if self.waits {
            return read_later(&self.path, self.size).map(Found::Later);
        }
        if self.size >= WORTH_NO_COPY
            && let Some(data) = read_exactly(&self.path, self.size)
        {
            return Ok(Found::Here(data));
        }
        let mut data = Vec::new();
        // A file that grows meanwhile is read no further than one byte over the limit.
        read_up_to(&self.path, self.size, self.room + 1, &mut data).map_err(|error| {
            let relative = String::from_utf8_lossy(self.relative());
            error.context(format_args!("error reading {relative}"))
        })?;
        Ok(Found::Here(data.into()))
    }

    pub(crate) fn add_to(&self, loader: &mut FolderLoader, found: Found) -> Result<(), Error> {
        match found {
            Found::Here(data) => loader.add(self.relative(), data, self.mod_time),
            Found::Later(content) => loader.add_later(self.relative(), self.size, content, self.mod_time),
        }
    }
}

/// Reads a file that has exactly `size` bytes; `None` for one that cannot be read or has another size.
fn read_exactly(path: &Path, size: u64) -> Option<Str> {
    let file = File::open(path).ok()?;
    let data = read_bytes(&file, size).ok()?;
    let ends = file.read_at(&mut [0], size).ok()? == 0;
    ends.then_some(data)
}

/// Opens a file of `size` bytes whose contents are read when they are needed.
fn read_later(path: &Path, size: u64) -> Result<Content, Error> {
    let file = File::open(path).map_err(|error| file_error("open", path, &error))?;
    let path = path.to_owned();
    Ok(Content::later(move || {
        read_bytes(&file, size).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("read {}: the file became shorter", path.display()),
            _ => file_error("read", &path, &error).to_string(),
        })
    }))
}

/// Reads the first `size` bytes to where they stay.
fn read_bytes(file: &File, size: u64) -> io::Result<Str> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let mut data: Arc<[u8]> = std::iter::repeat_n(0, size).collect();
    if let Some(data) = Arc::get_mut(&mut data) {
        file.read_exact_at(data, 0)?;
    }
    Ok(data.into())
}
