//! The file system with Go's error texts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use whelm_cli::path::clean;

use crate::failure::Failure;

/// Returns the failure that Go's `*os.PathError` would be: the call, the path and the system's reason.
pub fn failure(call: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{call} {}: {}", path.display(), reason(error)))
}

/// Returns the system's reason as Go writes it.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

/// Returns the path from the root, cleaned, as Go's `filepath.Abs` does.
pub fn absolute(path: &str) -> Result<PathBuf, Failure> {
    if path.starts_with('/') {
        return Ok(PathBuf::from(clean(path)));
    }
    let current = std::env::current_dir().map_err(|error| Failure::new(format!("getwd: {}", reason(&error))))?;
    Ok(PathBuf::from(clean(&format!("{}/{path}", current.display()))))
}

/// Creates a folder and those above it, as Go's `os.MkdirAll` does.
pub fn make_folders(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => return Ok(()),
        Ok(_) => return Err(failure("mkdir", path, &io::Error::from_raw_os_error(NOT_A_DIRECTORY))),
        Err(_) => {}
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_folders(parent)?;
    }
    match fs::create_dir(path) {
        Err(_) if fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()) => Ok(()),
        result => result.map_err(|error| failure("mkdir", path, &error)),
    }
}

/// `ENOTDIR`.
const NOT_A_DIRECTORY: i32 = 20;
