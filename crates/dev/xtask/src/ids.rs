//! Which lines of the behaviour checklist (`T-027` and the like) have a test that carries their id.
//!
//! A test carries an id by its name (`fn t_027_…`), or by a comment or string with `T-027` in a test file or beside a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

const RECORD: &str = "conformance/checklist.txt";
const GROUPS: &str = "CEOTMVHDGRXLIUBNKAWPQ";

/// Whether to compare with the record or to write it.
pub(crate) enum Mode {
    Check,
    Record,
}

pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let mut found = BTreeSet::new();
    for folder in ["crates", "conformance", ".ci"] {
        collect(&root.join(folder), &mut found)?;
    }
    let record = root.join(RECORD);
    let recorded = read_record(&record)?;
    print_groups(&found);
    let lost: Vec<&String> = recorded.difference(&found).collect();
    match mode {
        Mode::Record => {
            let lines: String = found.iter().map(|id| format!("{id}\n")).collect();
            fs::write(&record, lines).with_context(|| format!("cannot write {RECORD}"))
        }
        Mode::Check if lost.is_empty() => Ok(()),
        Mode::Check => bail!("no test carries these recorded ids any more: {lost:?}"),
    }
}

fn read_record(record: &Path) -> Result<BTreeSet<String>> {
    if !record.exists() {
        return Ok(BTreeSet::new());
    }
    let text = fs::read_to_string(record).with_context(|| format!("cannot read {RECORD}"))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn print_groups(found: &BTreeSet<String>) {
    let mut groups: BTreeMap<char, Vec<&str>> = BTreeMap::new();
    for id in found {
        groups
            .entry(id.chars().next().unwrap_or('?'))
            .or_default()
            .push(&id[2..]);
    }
    for (group, numbers) in groups {
        println!("{group}: {}", numbers.join(" "));
    }
    println!("{} ids covered", found.len());
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if carries_tests(&path) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            if path.extension().is_none_or(|extension| extension != "rs")
                || text.contains("#[test]")
                || is_test_file(&path)
            {
                scan(&text, found);
            }
        }
    }
    Ok(())
}

fn carries_tests(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    matches!(extension, "rs" | "py" | "sh" | "") && !path.ends_with("xtask/src/ids.rs")
}

fn is_test_file(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests")
}

/// Adds the ids in `text`: `T-027`, and `t_027_` behind `fn `.
fn scan(text: &str, found: &mut BTreeSet<String>) {
    let bytes = text.as_bytes();
    for (at, window) in bytes.windows(5).enumerate() {
        let [group, dash, digits @ ..] = window else { continue };
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let after = bytes.get(at + 5).copied().unwrap_or(b' ');
        if !digits.iter().all(u8::is_ascii_digit) || after.is_ascii_digit() {
            continue;
        }
        let as_comment = *dash == b'-' && GROUPS.as_bytes().contains(group) && !before.is_ascii_alphanumeric();
        let as_name = *dash == b'_'
            && GROUPS.to_ascii_lowercase().as_bytes().contains(group)
            && text[..at].ends_with("fn ")
            && after == b'_';
        if as_comment || as_name {
            let group = char::from(*group).to_ascii_uppercase();
            found.insert(format!("{group}-{}", String::from_utf8_lossy(digits)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_ids_in_names_and_comments() {
        let mut found = BTreeSet::new();
        scan("// T-027, V-001\nfn h_013_ignore() {} let x_123_ = XT-001;", &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["H-013", "T-027", "V-001"]);
    }
}
