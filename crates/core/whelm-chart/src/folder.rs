//! A chart in a folder, as far as that goes without touching files.
//!
//! The caller walks over the folder in the order of the names and asks about each path; what it reads, it hands over.

use go_value::Str;

use crate::archive::MAX_DECOMPRESSED_CHART_SIZE;
use crate::both::Both;
use crate::content::without_mark;
use crate::ignore::Rules;
use crate::load::load_on;
use crate::{Chart, Content, Error, ErrorKind, File, Generation, Log, ModTime};

/// Files that loading looks into.
const NEEDED: [&[u8]; 6] = [
    b"Chart.yaml",
    b"Chart.lock",
    b"values.yaml",
    b"values.schema.json",
    b"requirements.yaml",
    b"requirements.lock",
];

/// Collects the files of a folder.
///
/// Source: Helm 4.3.1, `pkg/chart/v2/loader/directory.go`.
#[derive(Clone, Debug)]
pub struct FolderLoader {
    rules: Rules,
    files: Vec<File>,
    remaining: u64,
}

impl FolderLoader {
    /// Starts with the text of the folder's `.helmignore`; empty when there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Ignore`] for a wrong rule.
    pub fn new(helmignore: &[u8]) -> Result<Self, Error> {
        Ok(FolderLoader {
            rules: Rules::parse(helmignore)?,
            files: Vec::new(),
            remaining: MAX_DECOMPRESSED_CHART_SIZE,
        })
    }

    /// Tells whether a path, relative to the folder, is left out: a file is not read, a folder not entered.
    pub fn ignored(&self, path: &[u8], is_dir: bool, log: &mut Log) -> bool {
        self.rules.ignores(path, is_dir, log)
    }

    /// Returns how many bytes there is still room for. Nobody needs to read more than one byte beyond.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Checks by its size that a file fits, before it is read.
    ///
    /// # Errors
    /// [`ErrorKind::File`] when the files are more than 100 MiB together.
    pub fn check_size(&self, path: &[u8], size: u64) -> Result<(), Error> {
        if size <= self.remaining {
            return Ok(());
        }
        Err(FolderLoader::too_large(path))
    }

    /// The error of the file with which the files are more than 100 MiB together.
    pub fn too_large(path: &[u8]) -> Error {
        let path = go_value::utf8::to_string_lossy(path);
        let message = format!(
            "error reading {path}: chart exceeds maximum decompressed size of {MAX_DECOMPRESSED_CHART_SIZE} bytes"
        );
        Error::new(ErrorKind::File, message)
    }

    /// Takes a file. A byte order mark at its start goes.
    ///
    /// # Errors
    /// As [`FolderLoader::check_size`].
    pub fn add(&mut self, path: &[u8], data: impl Into<Str>, mod_time: Option<ModTime>) -> Result<(), Error> {
        let data = data.into();
        self.check_size(path, data.len() as u64)?;
        let size = data.len() as u64;
        self.push(path, size, without_mark(data).into(), mod_time);
        Ok(())
    }

    /// Tells whether loading the chart goes without the contents of a file.
    pub fn can_wait(path: &[u8]) -> bool {
        let mut path = path;
        // Into the folders of charts below.
        while let Some(below) = path.strip_prefix(b"charts/") {
            match below.iter().position(|byte| *byte == b'/') {
                Some(slash) => path = &below[slash + 1..],
                None => return false,
            }
        }
        !path.starts_with(b"templates/") && !NEEDED.contains(&path)
    }

    /// Takes a file of `size` bytes whose contents are read when they are needed; see [`FolderLoader::can_wait`].
    ///
    /// # Errors
    /// As [`FolderLoader::check_size`].
    pub fn add_later(
        &mut self,
        path: &[u8],
        size: u64,
        content: Content,
        mod_time: Option<ModTime>,
    ) -> Result<(), Error> {
        self.check_size(path, size)?;
        self.push(path, size, content, mod_time);
        Ok(())
    }

    fn push(&mut self, path: &[u8], size: u64, data: Content, mod_time: Option<ModTime>) {
        self.remaining -= size;
        self.files.push(File {
            name: Str::from(path),
            data,
            mod_time,
        });
    }

    /// Makes the chart.
    ///
    /// # Errors
    /// As [`crate::load_files`].
    pub fn finish(self, generation: Generation, log: &mut Log) -> Result<Chart, Error> {
        load_on(self.files, generation, None, log)
    }

    /// Makes the chart, the charts below it on the two threads of `both`.
    ///
    /// # Errors
    /// As [`crate::load_files`].
    pub fn finish_on(self, generation: Generation, both: &Both, log: &mut Log) -> Result<Chart, Error> {
        load_on(self.files, generation, Some(both), log)
    }
}
