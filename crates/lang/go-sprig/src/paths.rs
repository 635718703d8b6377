//! Paths with slashes. The `os` functions are those of a Unix system on every system, so that renders agree.

use go_text_template::{FuncMap, Type};

use crate::arguments::{text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    for name in ["base", "osBase"] {
        functions.add(name, &[Type::String], |_, a| text_value(base(text(a, 0))));
    }
    for name in ["dir", "osDir"] {
        functions.add(name, &[Type::String], |_, a| text_value(dir(text(a, 0))));
    }
    for name in ["clean", "osClean"] {
        functions.add(name, &[Type::String], |_, a| text_value(clean(text(a, 0))));
    }
    for name in ["ext", "osExt"] {
        functions.add(name, &[Type::String], |_, a| text_value(ext(text(a, 0))));
    }
    for name in ["isAbs", "osIsAbs"] {
        functions.add(name, &[Type::String], |_, a| Ok(text(a, 0).starts_with(b"/").into()));
    }
}

/// The last element; `.` for an empty path, `/` for slashes alone.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let name = path[..end].rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if name.is_empty() { b"/" } else { name }
}

/// Everything but the last element, cleaned.
fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    clean(&path[..end])
}

/// What the last element has from its last dot on.
fn ext(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| matches!(byte, b'/' | b'.')) {
        Some(at) if path[at] == b'.' => &path[at..],
        _ => b"",
    }
}

/// The shortest path that leads to the same place by the words alone.
pub(crate) fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut elements: Vec<&[u8]> = Vec::new();
    for element in path.split(|byte| *byte == b'/') {
        match element {
            b"" | b"." => {}
            b".." => match elements.last() {
                Some(last) if *last != b".." => drop(elements.pop()),
                _ if rooted => {}
                _ => elements.push(element),
            },
            _ => elements.push(element),
        }
    }
    let joined = elements.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
