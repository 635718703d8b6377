//! A cluster whose state lives in a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::core::Core;

/// A file that holds the state of one cluster, for one process at a time.
///
/// Every change is appended before its request is answered, so that a process that is killed loses nothing it has said.
/// Opening the file writes it anew, in one step: to another file, which then takes its place.
#[derive(Debug)]
pub(crate) struct StateFile {
    file: File,
    written: u64,
    /// Keeps other processes out until this one ends.
    _lock: File,
}

impl StateFile {
    /// Opens or creates the file and returns the cluster in it. Waits while another process has it open.
    pub fn open(path: &Path, seed: u64, now: i64) -> io::Result<(Self, Core)> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(path, "lock"))?;
        lock.lock()?;
        let lines = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let core = match Core::from_lines(&lines, now) {
            Some(core) => core,
            None if lines.trim().is_empty() => Core::new(seed, now),
            None => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "not the state of a sandbox cluster",
                ));
            }
        };
        let new = beside(path, "new");
        let mut file = File::create(&new)?;
        file.write_all(core.all_lines().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        Ok((
            StateFile {
                file,
                written: core.revision(),
                _lock: lock,
            },
            core,
        ))
    }

    /// Appends what changed since the last call.
    pub fn save(&mut self, core: &Core) -> io::Result<()> {
        if core.revision() != self.written {
            self.file.write_all(core.lines_after(self.written).as_bytes())?;
            self.written = core.revision();
        }
        Ok(())
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn what_one_process_wrote_the_next_one_finds() {
        let folder = std::env::temp_dir().join(format!("whelm-sandbox-{}", std::process::id()));
        let path = folder.join("state");
        let (mut file, mut core) = StateFile::open(&path, 1, 0).unwrap();
        let body = r#"{"metadata": {"name": "a"}}"#;
        let request = http::Request::post("/api/v1/namespaces/default/configmaps")
            .body(Bytes::from(body))
            .unwrap();
        core.handle(&request, 0);
        file.save(&core).unwrap();
        drop(file);
        let (_file, again) = StateFile::open(&path, 2, 0).unwrap();
        assert_eq!(again.objects(), core.objects());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
