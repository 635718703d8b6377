//! `--show-only`: documents by the path of their template.

use memchr::memmem;
use whelm_sdk::chart::match_path;
use whelm_sdk::manifest::split;

use crate::failure::Failure;

/// Returns the documents whose template's path, without the chart's name, matches a pattern, in the order of the
/// patterns; all of `text` when there is no pattern.
pub fn select(patterns: &[String], text: Vec<u8>) -> Result<Vec<u8>, Failure> {
    if patterns.is_empty() {
        return Ok(text);
    }
    let documents: Vec<(&[u8], &[u8])> = split(&text)
        .filter_map(|document| Some((path_in_chart(document)?, document)))
        .collect();
    let mut selected = Vec::new();
    for pattern in patterns {
        let before = selected.len();
        for (path, document) in &documents {
            if match_path(pattern.as_bytes(), path) == Ok(true) {
                selected.extend_from_slice(b"---\n");
                selected.extend_from_slice(document);
                selected.push(b'\n');
            }
        }
        if selected.len() == before {
            return Err(Failure::new(format!("could not find template {pattern} in chart")));
        }
    }
    Ok(selected)
}

/// Returns what follows the chart's name in the first line that says where a document is from.
fn path_in_chart(document: &[u8]) -> Option<&[u8]> {
    const MARK: &[u8] = b"# Source: ";
    memmem::find_iter(document, MARK).find_map(|at| {
        let rest = &document[at + MARK.len()..];
        let slash = memchr::memchr(b'/', rest).filter(|slash| *slash > 0)?;
        let path = rest[slash + 1..].split(|byte| *byte == b'\n').next()?;
        (!path.is_empty()).then_some(path)
    })
}
