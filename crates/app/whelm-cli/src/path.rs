//! Paths as texts, as Go's `path/filepath` treats them on Unix.

/// Joins and cleans paths as Go's `filepath.Join` does on Unix.
pub fn join(elements: &[&str]) -> String {
    let parts: Vec<&str> = elements.iter().copied().filter(|element| !element.is_empty()).collect();
    if parts.is_empty() {
        String::new()
    } else {
        clean(&parts.join("/"))
    }
}

/// Cleans a path as Go's `filepath.Clean` does on Unix.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, rest) => format!("/{rest}"),
        (false, rest) if rest.is_empty() => ".".to_owned(),
        (false, rest) => rest,
    }
}

/// Returns the last element, as Go's `filepath.Base` does.
pub fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    match path.trim_end_matches('/').rsplit('/').next() {
        None | Some("") => "/".to_owned(),
        Some(last) => last.to_owned(),
    }
}

/// Returns everything before the last element, cleaned, as Go's `filepath.Dir` does.
pub fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

#[cfg(test)]
mod tests {
    use super::{base, dir, join};

    #[test]
    fn joins_as_go_does() {
        assert_eq!(join(&["/a/", "b/../c", ""]), "/a/c");
        assert_eq!(join(&["", ".cache", "helm"]), ".cache/helm");
        assert_eq!(join(&["/..", "x"]), "/x");
    }

    #[test]
    fn splits_as_go_does() {
        for (path, parent, last) in [
            ("", ".", "."),
            ("/", "/", "/"),
            ("a", ".", "a"),
            ("a/b/", "a/b", "b"),
            ("/a/../b", "/", "b"),
        ] {
            assert_eq!((dir(path).as_str(), base(path).as_str()), (parent, last), "{path}");
        }
    }
}
