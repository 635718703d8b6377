//! A cluster whose state lives in a file that many processes use at once.
//!
//! The file is a log (see `snapshot`): what a request changed is appended to it before the request is answered, in one
//! write. A process that is killed in the middle leaves a group without a commit, which the next one cuts off. A lock,
//! beside the file, is held for as long as one request takes; whoever gets it first reads what others have appended.
//! When the log has grown far beyond the state that it leads to, a file with that state takes its place in one step.
//!
//! Nothing is flushed to the disk but such a new file: what was answered survives the end of any process, but a machine
//! that loses power may go back to an earlier state.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::core::Core;

/// A log shorter than this is not written anew, in bytes.
const SMALL: u64 = 4 << 20;

/// How many times longer than the state a log may become.
const GROWTH: u64 = 4;

/// The place of a cluster's state.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    lock: File,
    seed: u64,
    /// The file as far as it is known; nothing when it has to be read from the start.
    log: Option<Log>,
}

/// An open log.
#[derive(Debug)]
struct Log {
    file: File,
    /// Tells the file from one that took its place.
    identity: (u64, u64),
    /// How many bytes were read or written.
    position: u64,
    /// How many of these were the whole state.
    state: u64,
    /// The revision that they lead to, and how far the clock was put forward.
    revision: u64,
    skipped: i64,
}

impl StateFile {
    /// Opens the file, or creates it together with the folders on the way, and returns the cluster in it.
    ///
    /// A new cluster follows from `seed` and starts at `now`.
    pub fn open(path: &Path, seed: u64, now: i64) -> io::Result<(Self, Core)> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = StateFile {
            path: path.to_owned(),
            lock: open_lock(path)?,
            seed,
            log: None,
        };
        let mut core = Core::without_objects(seed, now);
        file.exclusively(&mut core, now, |_| ())?;
        Ok((file, core))
    }

    /// Brings the cluster up to date, lets it act, and writes down what changed, while no other process does the same.
    ///
    /// # Errors
    /// The file cannot be read or written; the cluster is then read anew the next time.
    pub fn exclusively<T>(&mut self, core: &mut Core, now: i64, act: impl FnOnce(&mut Core) -> T) -> io::Result<T> {
        self.lock.lock()?;
        let result = self.refresh(core, now).and_then(|()| {
            let answer = act(core);
            self.save(core).map(|()| answer)
        });
        if result.is_err() {
            self.log = None;
        }
        self.lock.unlock()?;
        result
    }

    /// Says whether another process has written since this one last looked. Costs one system call.
    pub fn has_news(&self) -> bool {
        match (&self.log, std::fs::metadata(&self.path)) {
            (Some(log), Ok(found)) => log.identity != identity(&found) || log.position != found.len(),
            _ => true,
        }
    }

    fn refresh(&mut self, core: &mut Core, now: i64) -> io::Result<()> {
        if !self.has_news() {
            return Ok(());
        }
        let found = std::fs::metadata(&self.path).ok();
        match (&mut self.log, found) {
            (Some(log), Some(found)) if log.identity == identity(&found) && log.position < found.len() => {
                log.read_on(core, &self.path)
            }
            (_, found) => self.load(core, now, found.is_some_and(|found| found.len() > 0)),
        }
    }

    /// Reads the whole file, or starts a cluster when there is none. What this process wants of its cluster stays.
    fn load(&mut self, core: &mut Core, now: i64, exists: bool) -> io::Result<()> {
        let scenario = std::mem::take(&mut core.scenario);
        let loaded = self.load_state(core, now, exists);
        core.scenario = scenario;
        loaded
    }

    fn load_state(&mut self, core: &mut Core, now: i64, exists: bool) -> io::Result<()> {
        if !exists {
            let revision = core.revision();
            *core = Core::new(self.seed, now);
            // Clients that know the cluster that was here find that it is another one.
            core.store.continue_from(revision);
            core.store.forget_history();
            return self.write_anew(core);
        }
        let (log, read) = Log::open(&self.path, now)?;
        self.log = Some(log);
        *core = read;
        Ok(())
    }

    fn save(&mut self, core: &Core) -> io::Result<()> {
        let Some(log) = &mut self.log else {
            return self.write_anew(core);
        };
        if core.revision() == log.revision && core.skipped == log.skipped {
            return Ok(());
        }
        let lines = core.lines_after(log.revision);
        let Some(lines) = lines.filter(|_| log.position < SMALL.max(GROWTH * log.state)) else {
            return self.write_anew(core);
        };
        log.append(lines.as_bytes())?;
        log.revision = core.revision();
        log.skipped = core.skipped;
        Ok(())
    }

    /// Puts a file with nothing but the present state in the place of the log.
    fn write_anew(&mut self, core: &Core) -> io::Result<()> {
        let new = beside(&self.path, "new");
        let lines = core.all_lines();
        // Secrets are among the objects.
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)?;
        let length = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.log = Some(Log {
            identity: identity(&file.metadata()?),
            file,
            position: length,
            state: length,
            revision: core.revision(),
            skipped: core.skipped,
        });
        Ok(())
    }

    /// Takes the state away. Whoever uses the file starts a new cluster with the next request.
    pub fn remove(path: &Path) -> io::Result<()> {
        if !path.exists() {
            return Ok(());
        }
        let lock = open_lock(path)?;
        lock.lock()?;
        let mut content = File::open(path)?;
        let mut start = Vec::new();
        Read::by_ref(&mut content).take(64).read_to_end(&mut start)?;
        if !start.is_empty() && !start.starts_with(br#"{"sandbox":"#) {
            return Err(not_a_state(0));
        }
        std::fs::remove_file(path)?;
        lock.unlock()
    }
}

impl Log {
    fn open(path: &Path, now: i64) -> io::Result<(Self, Core)> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut lines = Vec::new();
        file.read_to_end(&mut lines)?;
        let (core, count) = Core::from_lines(&lines, now).map_err(|damaged| not_a_state(damaged.at))?;
        let mut log = Log {
            identity: identity(&file.metadata()?),
            file,
            position: u64::try_from(count).unwrap_or(u64::MAX),
            state: state_length(&lines),
            revision: core.revision(),
            skipped: core.skipped,
        };
        if count < lines.len() {
            log.cut()?;
        }
        Ok((log, core))
    }

    /// Takes in what other processes have appended.
    fn read_on(&mut self, core: &mut Core, path: &Path) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.position))?;
        let mut lines = Vec::new();
        self.file.read_to_end(&mut lines)?;
        let count = core
            .replay(&lines)
            .map_err(|damaged| io::Error::other(format!("{} is damaged at byte {}", path.display(), damaged.at)))?;
        self.position += u64::try_from(count).unwrap_or(u64::MAX);
        self.revision = core.revision();
        self.skipped = core.skipped;
        if count < lines.len() {
            self.cut()?;
        }
        Ok(())
    }

    /// Takes away what a process that was killed has written without a commit.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.position)
    }

    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.position))?;
        if let Err(error) = self.file.write_all(lines) {
            // Half a group would be cut off by the next process; a full disk should not have to wait for it.
            let _ = self.cut();
            return Err(error);
        }
        self.position += u64::try_from(lines.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    options.open(beside(path, "lock"))
}

fn identity(found: &std::fs::Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

/// Returns how many bytes the whole state takes that the log begins with.
fn state_length(lines: &[u8]) -> u64 {
    let mut length = 0;
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        length += u64::try_from(line.len()).unwrap_or(u64::MAX);
        if line.starts_with(br#"{"commit":"#) {
            break;
        }
    }
    length
}

fn not_a_state(at: usize) -> io::Error {
    let text = format!("not the state of a sandbox cluster, or damaged at byte {at}");
    io::Error::new(io::ErrorKind::InvalidData, text)
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
    use serde_json::json;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("whelm-sandbox-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&folder);
            Folder(folder)
        }

        fn open(&self, seed: u64) -> (StateFile, Core) {
            StateFile::open(&self.0.join("state"), seed, 0).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn create((file, core): &mut (StateFile, Core), name: &str) {
        let body = json!({"metadata": {"name": name}, "data": {"text": "x".repeat(20_000)}}).to_string();
        let request = http::Request::post("/api/v1/namespaces/default/configmaps")
            .body(Bytes::from(body))
            .unwrap();
        file.exclusively(core, 0, |core| core.handle(&request, 0)).unwrap();
    }

    fn names(core: &Core) -> Vec<String> {
        let objects = core.objects();
        let maps = objects.iter().filter(|object| object["kind"] == "ConfigMap");
        let names = maps.map(|object| object["metadata"]["name"].as_str().unwrap_or_default().to_owned());
        names.filter(|name| name != "kube-root-ca.crt").collect()
    }

    #[test]
    fn two_users_see_what_the_other_wrote() {
        let folder = Folder::new("two");
        let mut one = folder.open(1);
        let mut two = folder.open(2);
        create(&mut one, "a");
        create(&mut two, "b");
        assert_eq!(names(&two.1), ["a", "b"]);
        assert!(one.0.has_news() && !two.0.has_news());
        one.0.exclusively(&mut one.1, 0, |_| ()).unwrap();
        assert_eq!(one.1.objects(), two.1.objects());
        assert_eq!(folder.open(3).1.objects(), two.1.objects());
    }

    #[test]
    fn the_state_is_for_its_owner_alone() {
        let folder = Folder::new("private");
        let _cluster = folder.open(1);
        let found = std::fs::metadata(folder.0.join("state")).unwrap();
        assert_eq!(found.mode() & 0o777, 0o600);
    }

    #[test]
    fn a_torn_end_is_cut_off() {
        let folder = Folder::new("torn");
        let path = folder.0.join("state");
        let mut one = folder.open(1);
        create(&mut one, "a");
        let whole = std::fs::read(&path).unwrap();
        for torn in [
            &b"{\"gro"[..],
            b"\0\0\0",
            b"{\"group\":\"\",\"plural\":\"x\",\"object\":{}}\n",
        ] {
            std::fs::write(&path, [whole.as_slice(), torn].concat()).unwrap();
            let mut other = folder.open(2);
            assert_eq!(std::fs::read(&path).unwrap(), whole);
            create(&mut other, "b");
            assert_eq!(names(&folder.open(3).1), ["a", "b"]);
        }
    }

    #[test]
    fn the_log_is_written_anew_when_it_has_grown() {
        let folder = Folder::new("grown");
        let path = folder.0.join("state");
        let mut one = folder.open(1);
        let mut two = folder.open(2);
        let identity_before = identity(&std::fs::metadata(&path).unwrap());
        for number in 0..250 {
            create(&mut one, &format!("m{}", number % 2));
            let request = http::Request::delete(format!("/api/v1/namespaces/default/configmaps/m{}", number % 2));
            let request = request.body(Bytes::new()).unwrap();
            one.0
                .exclusively(&mut one.1, 0, |core| core.handle(&request, 0))
                .unwrap();
        }
        let found = std::fs::metadata(&path).unwrap();
        assert!(found.len() <= SMALL + (1 << 20), "{}", found.len());
        assert_ne!(identity(&found), identity_before);
        create(&mut two, "late");
        assert_eq!(names(&two.1), ["late"]);
    }

    #[test]
    fn a_state_that_was_taken_away_is_replaced_by_a_new_one() {
        let folder = Folder::new("away");
        let mut one = folder.open(1);
        create(&mut one, "a");
        let revision = one.1.revision();
        StateFile::remove(&folder.0.join("state")).unwrap();
        create(&mut one, "b");
        assert_eq!(names(&one.1), ["b"]);
        assert!(one.1.revision() > revision);
        std::fs::write(folder.0.join("other"), "text").unwrap();
        assert!(StateFile::remove(&folder.0.join("other")).is_err());
        assert!(StateFile::open(&folder.0.join("other"), 1, 0).is_err());
    }
}
