//! Which paths an archive may have.

use go_value::Str;
use go_value::strconv::quote;

use super::{Error, error};

/// Turns the name of an entry into the path within the chart.
pub(super) fn chart_path(name: &[u8]) -> Result<Str, Error> {
    // An archive made on Windows may use the other slash throughout.
    let delimiter = if name.contains(&b'\\') { b'\\' } else { b'/' };
    let base_end = name.iter().position(|byte| *byte == delimiter).unwrap_or(name.len());
    let rest = name.get(base_end + 1..).unwrap_or_default();
    let path: Vec<u8> = rest
        .iter()
        .map(|byte| if *byte == delimiter { b'/' } else { *byte })
        .collect();
    if path.starts_with(b"/") {
        return Err(error("chart illegally contains absolute paths"));
    }
    let path = clean_path(&path);
    if path == b"." {
        let name = quote(name);
        return Err(error(format!(
            "chart illegally contains content outside the base directory: {name}"
        )));
    }
    if path.starts_with(b"..") {
        return Err(error("chart illegally references parent directory"));
    }
    if let [letter, b':', b'/', ..] = path[..]
        && letter.is_ascii_alphabetic()
    {
        return Err(error("chart contains illegally named files"));
    }
    if &name[..base_end] == b"Chart.yaml" {
        return Err(error("chart yaml not in base directory"));
    }
    Ok(path.into())
}

/// Shortens a path as Go's `path.Clean` does: no empty parts, no `.`, and `..` only at the start.
pub fn clean_path(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => {
                parts.pop();
            }
            b".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::{chart_path, clean_path};

    #[test]
    fn paths_are_cleaned_as_go_cleans_them() {
        for (path, clean) in [
            ("", "."),
            ("a/../..", ".."),
            ("a/../../b", "../b"),
            ("/..", "/"),
            ("a//b/./c/..", "a/b"),
            ("/", "/"),
            ("../../a", "../../a"),
        ] {
            assert_eq!(clean_path(path.as_bytes()), clean.as_bytes(), "{path}");
        }
    }

    // H-009
    #[test]
    fn h_009_paths_that_are_refused() {
        for (name, text) in [
            ("x//etc", "chart illegally contains absolute paths"),
            (
                "x",
                "chart illegally contains content outside the base directory: \"x\"",
            ),
            ("x/../y", "chart illegally references parent directory"),
            ("x/c:/y", "chart contains illegally named files"),
            ("Chart.yaml/x", "chart yaml not in base directory"),
        ] {
            let found = match chart_path(name.as_bytes()) {
                Ok(path) => path.to_string(),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, text, "{name}");
        }
        assert_eq!(chart_path(b"x\\a\\b").unwrap(), "a/b");
    }
}
