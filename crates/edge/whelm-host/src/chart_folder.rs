//! Charts on disk: walking over a folder, or reading an archive.
//!
//! The rules are those of `whelm-chart`; here are the system calls, in Helm's order and with Go's texts for their errors.
//!
//! Source: Helm 4.3.1, `pkg/chart/loader`, `pkg/chart/v2/loader/directory.go` and `internal/sympath`; Go,
//! `path/filepath`.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::UNIX_EPOCH;

use whelm_chart::archive::clean_path;
use whelm_chart::both::Finally;
use whelm_chart::{Chart, Error, ErrorKind, FolderLoader, Generation, HELM_IGNORE, Level, Log, ModTime};
use whelm_chart::{detect_generation, load_archive_file, load_archive_file_v2};

use crate::reading::{Entry, Queue};
use crate::threads::Helper;
use crate::{heap, io_error_text, on_two_threads};

/// How many links Go follows before it gives up.
const MAX_LINKS: usize = 255;

/// From how many bytes on a file may be left unread, and how many may be open at once for it.
const WORTH_WAITING: u64 = 16 * 1024;
const MOST_WAITING: usize = 200;

/// From how many files on a second thread is worth its start.
const WORTH_A_THREAD: usize = 32;

/// When the files of a folder are read that loading does not look into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// With all others.
    #[default]
    AtOnce,
    /// When their contents are needed; the large ones stay open until then. Whoever asks for this has to look at
    /// [`Chart::unreadable`] in the end.
    WhenNeeded,
}

/// Loads a chart from a folder or an archive, whichever is at `path`.
///
/// # Errors
/// Helm's texts, and Go's where a file cannot be read: `stat x: no such file or directory`.
pub fn load(path: &Path, reading: Reading, log: &mut Log) -> Result<(Chart, Generation), Error> {
    heap::keep_freed();
    heap::make_room();
    let metadata = fs::metadata(path).map_err(|error| file_error("stat", path, &error))?;
    if metadata.is_dir() {
        load_dir(path, reading, log)
    } else {
        load_file(path, log)
    }
}

/// Loads a chart by the rules for `v1` and `v2` whatever its `apiVersion`, as `show` and `dependency list` do.
///
/// # Errors
/// As [`load`], and what is wrong inside of an archive.
pub fn load_v2(path: &Path, log: &mut Log) -> Result<Chart, Error> {
    let metadata = fs::metadata(path).map_err(|error| file_error("stat", path, &error))?;
    if metadata.is_dir() {
        return load_dir_as(path, Generation::V2, Reading::AtOnce, log);
    }
    load_archive_file_v2(&path.to_string_lossy(), &read(path)?, log)
}

/// Loads a chart from a folder, by the rules of the `apiVersion` in its `Chart.yaml`.
///
/// # Errors
/// `unable to detect chart at …` when there is no `Chart.yaml` to be read, and those of loading.
pub fn load_dir(dir: &Path, reading: Reading, log: &mut Log) -> Result<(Chart, Generation), Error> {
    let top = absolute(dir)?;
    let chart_yaml = join(&top, b"Chart.yaml");
    let data = read(&chart_yaml)
        .map_err(|error| error.context(format_args!("unable to detect chart at {}", chart_yaml.display())))?;
    let generation = detect_generation(&data)?;
    load_dir_as(dir, generation, reading, log).map(|chart| (chart, generation))
}

/// Loads a chart from a folder by the rules of one family of formats, without looking at `Chart.yaml` first.
///
/// # Errors
/// Helm's texts, and Go's where a file cannot be read.
pub fn load_dir_as(dir: &Path, generation: Generation, reading: Reading, log: &mut Log) -> Result<Chart, Error> {
    let top = absolute(dir)?;
    let ignore_file = join(&top, HELM_IGNORE.as_bytes());
    let rules = if fs::metadata(&ignore_file).is_ok() {
        read(&ignore_file)?
    } else {
        Vec::new()
    };
    let mut loader = FolderLoader::new(&rules)?;
    let queue = Queue::default();
    let helper = Helper::default();
    let walked = thread::scope(|scope| {
        let start_reading = || helper.start(scope, || queue.read());
        let end = Finally(|| queue.close());
        let walked = Walker {
            below_top: top.as_os_str().len() + usize::from(top != Path::new("/")),
            remaining: loader.remaining(),
            loader: &loader,
            queue: &queue,
            start_reading: &start_reading,
            may_wait: match reading {
                Reading::AtOnce => 0,
                Reading::WhenNeeded => MOST_WAITING,
            },
            log,
        }
        .walk_top(&top);
        drop(end);
        queue.read();
        helper.wait();
        walked
    });
    for (entry, content) in queue.into_read() {
        let added = content.and_then(|content| entry.add_to(&mut loader, content));
        if let Err(error) = added {
            // What lies behind it was not reached.
            log.entries.truncate(entry.logged);
            return Err(error);
        }
    }
    walked?;
    loader.finish_on(generation, &on_two_threads, log)
}

/// Loads a chart from an archive.
///
/// # Errors
/// Helm's texts, and Go's where the file cannot be read.
pub fn load_file(path: &Path, log: &mut Log) -> Result<(Chart, Generation), Error> {
    let metadata = fs::metadata(path).map_err(|error| file_error("stat", path, &error))?;
    if metadata.is_dir() {
        return Err(Error::new(ErrorKind::File, "cannot load a directory"));
    }
    let bytes = read(path)?;
    load_archive_file(&path.to_string_lossy(), &bytes, log)
}

struct Walker<'run> {
    /// Where the path below the folder starts in a path.
    below_top: usize,
    loader: &'run FolderLoader,
    /// Takes the files that were found.
    queue: &'run Queue,
    start_reading: &'run dyn Fn(),
    /// How many bytes there is still room for.
    remaining: u64,
    /// How many files more may be left unread.
    may_wait: usize,
    log: &'run mut Log,
}

impl Walker<'_> {
    fn walk_top(&mut self, top: &Path) -> Result<(), Error> {
        // A failure to list the folder itself leaves it without files, as in Helm.
        let Ok(listed) = list(top) else { return Ok(()) };
        self.walk_listed(top, listed)
    }

    fn walk_listed(&mut self, dir: &Path, listed: Vec<Listed>) -> Result<(), Error> {
        for (name, metadata) in listed {
            let path = dir.join(name);
            let metadata = metadata.map_err(|error| file_error("lstat", &path, &error))?;
            if metadata.is_symlink() {
                self.walk_link(path)?;
            } else {
                self.walk(path, &metadata)?;
            }
        }
        Ok(())
    }

    /// Follows a link; what it leads to appears under the path of the link.
    fn walk_link(&mut self, path: PathBuf) -> Result<(), Error> {
        let resolved = eval_symlinks(&path)
            .map_err(|error| error.context(format_args!("error evaluating symlink {}", path.display())))?;
        self.log.push_with(
            Level::Info,
            "found symbolic link in path. Contents of linked file included and used",
            vec![
                ("path", path.display().to_string()),
                ("resolved", resolved.display().to_string()),
            ],
        );
        let metadata = fs::symlink_metadata(&resolved).map_err(|error| file_error("lstat", &resolved, &error))?;
        self.walk(path, &metadata)
    }

    fn walk(&mut self, path: PathBuf, metadata: &Metadata) -> Result<(), Error> {
        let relative = &path.as_os_str().as_bytes()[self.below_top..];
        if self.loader.ignored(relative, metadata.is_dir(), self.log) {
            return Ok(());
        }
        if !metadata.is_dir() {
            return self.note_file(path, metadata);
        }
        let listed = list(&path).map_err(|(verb, error)| file_error(verb, &path, &error))?;
        self.walk_listed(&path, listed)
    }

    fn note_file(&mut self, path: PathBuf, metadata: &Metadata) -> Result<(), Error> {
        if !metadata.is_file() {
            let path = path.display();
            let message = format!("cannot load irregular file {path} as it has file mode type bits set");
            return Err(Error::new(ErrorKind::File, message));
        }
        let size = metadata.len();
        let relative = &path.as_os_str().as_bytes()[self.below_top..];
        if size > self.remaining {
            return Err(FolderLoader::too_large(relative));
        }
        let waits = self.may_wait > 0 && size >= WORTH_WAITING && FolderLoader::can_wait(relative);
        self.may_wait -= usize::from(waits);
        let found = self.queue.push(Entry {
            path,
            below_top: self.below_top,
            size,
            mod_time: mod_time(metadata),
            waits,
            room: self.remaining,
            logged: self.log.entries.len(),
        });
        if found == WORTH_A_THREAD {
            (self.start_reading)();
        }
        self.remaining -= size;
        Ok(())
    }
}

/// Makes a path absolute and clean, as `filepath.Abs` does.
fn absolute(path: &Path) -> Result<PathBuf, Error> {
    let joined = if path.is_absolute() {
        path.as_os_str().as_bytes().to_vec()
    } else {
        let here = std::env::current_dir()
            .map_err(|error| Error::new(ErrorKind::File, format!("getwd: {}", io_error_text(&error))))?;
        [here.as_os_str().as_bytes(), b"/", path.as_os_str().as_bytes()].concat()
    };
    Ok(path_of(clean_path(&joined)))
}

fn join(dir: &Path, name: &[u8]) -> PathBuf {
    path_of(clean_path(&[dir.as_os_str().as_bytes(), b"/", name].concat()))
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}

/// A name in a folder, and what it stands for; links are not followed.
type Listed = (OsString, io::Result<Metadata>);

/// Lists a folder in the order of the bytes of the names; an error comes with the name of the failing call.
///
/// Looking a file up in its folder is several times cheaper than following a long path to it.
fn list(dir: &Path) -> Result<Vec<Listed>, (&'static str, io::Error)> {
    let entries = fs::read_dir(dir).map_err(|error| ("open", error))?;
    let listed = |entry: fs::DirEntry| (entry.file_name(), entry.metadata());
    let all: io::Result<Vec<Listed>> = entries.map(|entry| entry.map(listed)).collect();
    let mut all = all.map_err(|error| ("readdirent", error))?;
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(all)
}

/// No archive or metadata file that is larger can be a chart's: of an archive, more than 100 MiB come out long before its end.
const MAX_FILE: u64 = 256 << 20;

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut data = Vec::new();
    read_up_to(path, 0, MAX_FILE, &mut data)?;
    Ok(data)
}

/// Reads a file of about `size` bytes, no further than `limit`, in place of what `data` holds.
pub(crate) fn read_up_to(path: &Path, size: u64, limit: u64, data: &mut Vec<u8>) -> Result<(), Error> {
    let file = File::open(path).map_err(|error| file_error("open", path, &error))?;
    data.clear();
    data.reserve(usize::try_from(size.min(limit)).unwrap_or(0).saturating_add(1));
    file.take(limit)
        .read_to_end(data)
        .map_err(|error| file_error("read", path, &error))?;
    Ok(())
}

fn mod_time(metadata: &Metadata) -> Option<ModTime> {
    let modified = metadata.modified().ok()?;
    Some(match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => ModTime {
            seconds: i64::try_from(since.as_secs()).ok()?,
            nanoseconds: since.subsec_nanos(),
        },
        Err(before) => {
            let before = before.duration();
            let seconds = -i64::try_from(before.as_secs()).ok()?;
            match before.subsec_nanos() {
                0 => ModTime {
                    seconds,
                    nanoseconds: 0,
                },
                nanoseconds => ModTime {
                    seconds: seconds - 1,
                    nanoseconds: 1_000_000_000 - nanoseconds,
                },
            }
        }
    })
}

/// Finds out where a path leads, link by link, as `filepath.EvalSymlinks` does.
fn eval_symlinks(path: &Path) -> Result<PathBuf, Error> {
    let mut left: Vec<Vec<u8>> = parts(path.as_os_str().as_bytes());
    let mut found = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = left.pop() {
        if part == b".." {
            found.pop();
            continue;
        }
        let next = join(&found, &part);
        let metadata = fs::symlink_metadata(&next).map_err(|error| file_error("lstat", &next, &error))?;
        if !metadata.is_symlink() {
            if !metadata.is_dir() && !left.is_empty() {
                return Err(Error::new(ErrorKind::File, "not a directory"));
            }
            found = next;
            continue;
        }
        links += 1;
        if links > MAX_LINKS {
            return Err(Error::new(ErrorKind::File, "EvalSymlinks: too many links"));
        }
        let target = fs::read_link(&next).map_err(|error| file_error("readlink", &next, &error))?;
        if target.is_absolute() {
            found = PathBuf::from("/");
        }
        left.extend(parts(target.as_os_str().as_bytes()));
    }
    Ok(found)
}

/// Splits a path into its parts, the last one first.
fn parts(path: &[u8]) -> Vec<Vec<u8>> {
    let parts = path
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".");
    parts.map(<[u8]>::to_vec).rev().collect()
}

pub(crate) fn file_error(verb: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(
        ErrorKind::File,
        format!("{verb} {}: {}", path.display(), io_error_text(error)),
    )
}
