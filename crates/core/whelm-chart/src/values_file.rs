//! Reading `values.yaml` and the files of `-f`.

use std::borrow::Cow;

use go_value::{Map, Value};
use memchr::memmem;

use crate::decode::decode_map;
use crate::{Error, ErrorKind};

/// Reads the YAML documents of a values file and merges them, later ones over earlier ones.
///
/// # Errors
/// [`ErrorKind::Format`] with the text of the YAML library after `cannot unmarshal yaml document: `, or
/// `error reading yaml document: ` and what follows a `---` that should stand alone.
///
/// Source: Helm 4.3.1, `pkg/chart/v2/loader/load.go`; the splitting, apimachinery, `pkg/util/yaml`.
pub fn load_values(text: &[u8]) -> Result<Map, Error> {
    let mut values = Map::new();
    for document in split_documents(text) {
        let document =
            document.map_err(|error| Error::new(ErrorKind::Format, format!("error reading yaml document: {error}")))?;
        let map = decode_map(&document)
            .map_err(|error| Error::new(ErrorKind::Format, format!("cannot unmarshal yaml document: {error}")))?;
        if values.is_empty() {
            values = map;
        } else {
            merge_maps(&mut values, map);
        }
    }
    Ok(values)
}

/// Merges `over` into `values`: maps are merged with maps, anything else replaces.
pub fn merge_maps(values: &mut Map, over: Map) {
    let mut new = Vec::new();
    for (key, value) in over {
        match (values.get_mut(&key), value) {
            (Some(Value::Map(below)), Value::Map(over)) => merge_maps(below, over),
            (Some(below), value) => *below = value,
            (None, value) => new.push((key, value)),
        }
    }
    values.extend(new);
}

/// Cuts a stream of YAML at its `---` lines. A line end of two bytes becomes one byte.
fn split_documents(text: &[u8]) -> impl Iterator<Item = Result<Cow<'_, [u8]>, String>> + '_ {
    let whole = is_one_document(text).then_some(Ok(Cow::Borrowed(text)));
    let parts = if whole.is_some() { &[] } else { text };
    whole
        .into_iter()
        .chain(split_lines(parts).map(|part| part.map(Cow::Owned)))
}

/// Tells whether a text is a single document as it stands. A `---` at the very start is part of the document.
fn is_one_document(text: &[u8]) -> bool {
    text.ends_with(b"\n")
        && (!text.starts_with(b"---") || text.starts_with(b"---\n"))
        && memmem::find(text, b"\n---").is_none()
        && memmem::find(text, b"\r\n").is_none()
}

fn split_lines(text: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, String>> + '_ {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let mut done = false;
    std::iter::from_fn(move || {
        let mut document = Vec::new();
        while !done {
            let Some(line) = lines.next() else {
                done = true;
                break;
            };
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(rest) = line.strip_prefix(b"---") {
                let rest = go_value::utf8::to_string_lossy(rest);
                let rest = rest.trim();
                if !rest.is_empty() && !rest.starts_with('#') {
                    done = true;
                    return Some(Err(format!("invalid Yaml document separator: {rest}")));
                }
                if !document.is_empty() {
                    return Some(Ok(document));
                }
            }
            document.extend_from_slice(line);
            document.push(b'\n');
        }
        (!document.is_empty()).then_some(Ok(document))
    })
}

#[cfg(test)]
mod tests {
    use super::{split_documents, split_lines};

    #[test]
    fn a_text_that_is_not_cut_is_what_its_lines_are() {
        for text in [
            "",
            "\n",
            "a: 1",
            "a: 1\n",
            "---\na: 1\n",
            "---\n",
            "--- \na: 1\n",
            "---x\n",
            "--- # x\na: 1\n",
            "a: 1\n---\nb: 2\n",
            "a: 1\r\nb: 2\n",
            "a: 1\n---",
            "a: 1\r",
            "a\n\n---x\n",
            "\n---\n",
        ] {
            let whole: Vec<_> = split_documents(text.as_bytes())
                .map(|part| part.map(|part| part.into_owned()))
                .collect();
            assert_eq!(whole, split_lines(text.as_bytes()).collect::<Vec<_>>(), "{text:?}");
        }
    }
}
