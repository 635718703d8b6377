//! Zone files, found where Go finds them.
//!
//! Source: Go 1.26, `time.LoadLocation`, `time.initLocal`.

use std::path::Path;

use go_sprig::host::LocalZone;

const DIRECTORIES: [&str; 4] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/usr/lib/locale/TZ",
    "/etc/zoneinfo",
];

/// The file of a zone. `ZONEINFO` names a directory that comes first.
pub(crate) fn file(name: &str) -> Option<Vec<u8>> {
    let first = std::env::var("ZONEINFO").unwrap_or_default();
    let directories = [first.as_str()].into_iter().chain(DIRECTORIES);
    directories
        .filter(|directory| !directory.is_empty())
        .find_map(|directory| read(&Path::new(directory).join(name)))
}

/// The zone that `TZ` names; without it, the system's.
pub(crate) fn local() -> LocalZone {
    let zone = |name: &str, data: Option<Vec<u8>>| match data {
        Some(data) => LocalZone::File {
            name: name.to_owned(),
            data,
        },
        None => LocalZone::Utc,
    };
    let Some(name) = std::env::var_os("TZ") else {
        return zone("Local", read(Path::new("/etc/localtime")));
    };
    let name = name.to_string_lossy();
    match name.strip_prefix(':').unwrap_or(&name) {
        "" | "UTC" => LocalZone::Utc,
        "/etc/localtime" => zone("Local", read(Path::new("/etc/localtime"))),
        path if path.starts_with('/') => zone(path, read(Path::new(path))),
        name if name.split('/').any(|part| part == "..") => LocalZone::Utc,
        name => zone(
            name,
            DIRECTORIES
                .iter()
                .find_map(|directory| read(&Path::new(directory).join(name))),
        ),
    }
}

/// Reads a file that may be missing, and not a large one.
fn read(path: &Path) -> Option<Vec<u8>> {
    let size = std::fs::metadata(path).ok()?.len();
    (size < 10 << 20).then(|| std::fs::read(path).ok())?
}
