//! The archives in a chart's folder, unpacked by whichever thread comes to one first.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use go_value::Str;

use crate::archive::read_archive;
use crate::load::extension;
use crate::{BufferedFile, Error, both};

/// The archives of charts below, however deep their folders are.
#[derive(Default)]
pub(crate) struct Unpacking {
    archives: Vec<Archive>,
}

struct Archive {
    data: Str,
    begun: AtomicBool,
    files: OnceLock<Result<Vec<BufferedFile>, Error>>,
}

impl Unpacking {
    pub(crate) fn of(files: &[BufferedFile]) -> Self {
        let archives = files.iter().filter(|file| is_subchart_archive(&file.name));
        let archives = archives.map(|file| Archive {
            data: Str::clone(&file.data),
            begun: AtomicBool::new(false),
            files: OnceLock::new(),
        });
        Unpacking {
            archives: archives.collect(),
        }
    }

    /// Returns the files in an archive.
    pub(crate) fn files(&self, data: &Str) -> Result<Vec<BufferedFile>, Error> {
        match self.archives.iter().find(|archive| is_same(&archive.data, data)) {
            Some(archive) => archive.files(),
            None => read_archive(data),
        }
    }

    /// Unpacks what nobody has begun, the last one first: those who want the files start from the other end.
    pub(crate) fn help(&self) {
        for archive in self.archives.iter().rev() {
            if !archive.begun.swap(true, Ordering::Relaxed) {
                archive.unpacked();
            }
        }
    }
}

impl Archive {
    fn unpacked(&self) -> &Result<Vec<BufferedFile>, Error> {
        self.files.get_or_init(|| read_archive(&self.data))
    }

    fn files(&self) -> Result<Vec<BufferedFile>, Error> {
        if self.begun.swap(true, Ordering::Relaxed) {
            both::soon(|| self.files.get());
        }
        self.unpacked().clone()
    }
}

/// Whether two texts are the same place in memory.
fn is_same(left: &Str, right: &Str) -> bool {
    std::ptr::eq(left.as_bytes(), right.as_bytes())
}

/// Whether a file is the archive of a chart that will be loaded.
fn is_subchart_archive(path: &[u8]) -> bool {
    let mut rest = path;
    while let Some(below) = rest.strip_prefix(b"charts/") {
        if matches!(below.first(), Some(b'_' | b'.')) {
            return false;
        }
        match below.iter().position(|byte| *byte == b'/') {
            Some(slash) => rest = &below[slash + 1..],
            None => return extension(below) == b".tgz",
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_of_charts_are_found_at_any_depth() {
        let wanted: [&[u8]; 2] = [b"charts/a-1.tgz", b"charts/a/charts/b/charts/c.tgz"];
        let others: [&[u8]; 6] = [
            b"a.tgz",
            b"charts/_a.tgz",
            b"charts/.a/charts/b.tgz",
            b"charts/a/files/b.tgz",
            b"charts/a/b.tgz",
            b"charts/a.tgz.prov",
        ];
        assert!(wanted.iter().all(|path| is_subchart_archive(path)));
        assert!(!others.iter().any(|path| is_subchart_archive(path)));
    }
}
