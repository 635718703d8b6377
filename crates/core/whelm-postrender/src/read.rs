//! A stream of YAML to resources, as kyaml's `ByteReader` reads it.

use std::borrow::Cow;

use go_yaml::nodes::{self, NodeId, Tree};
use memchr::memmem;
use whelm_manifest::trim;

use crate::meta::Meta;
use crate::{Error, ErrorKind, annotation};

/// The annotations that kyaml keeps twice, under an old and a new name.
const TWICE: [(&str, &str); 3] = [
    (LEGACY_PATH, PATH),
    (LEGACY_INDEX, INDEX),
    ("config.k8s.io/id", "internal.config.kubernetes.io/id"),
];

pub(crate) const INDEX: &str = "internal.config.kubernetes.io/index";
pub(crate) const LEGACY_INDEX: &str = "config.kubernetes.io/index";
pub(crate) const PATH: &str = "internal.config.kubernetes.io/path";
pub(crate) const LEGACY_PATH: &str = "config.kubernetes.io/path";
pub(crate) const SEQUENCE_INDENT: &str = "internal.config.kubernetes.io/seqindent";

/// Resources, and the documents that they are, or are in.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    pub(crate) trees: Vec<Tree>,
    pub(crate) list: Vec<Resource>,
}

/// A resource: a document, or an item of a `List`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource {
    pub(crate) tree: usize,
    pub(crate) node: NodeId,
}

impl Resources {
    /// Reads the documents of `text` and adds the resources in them. Documents without data are left out.
    ///
    /// Each gets its number in the stream as an annotation, which is taken away again when it is written: so it
    /// is only seen in that empty annotations are tidied up, or that a text as metadata is an error.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<(), Error> {
        let text = without_cr_before_lf(text);
        let documents = documents(&text)?;
        let mut index = 0;
        let count = documents.len();
        for (at, document) in documents.into_iter().enumerate() {
            // A separator begins with the line break of the line before it.
            let whole = match at + 1 < count {
                true => Cow::Owned([document, b"\n"].concat()),
                false => Cow::Borrowed(document),
            };
            let tree = nodes::read(&whole)
                .map_err(|error| Error::new(ErrorKind::Parse, error.to_string()).during("MalformedYAMLError"))?;
            let Some(mut tree) = tree.filter(|tree| !tree[tree.top()].is_null()) else {
                continue;
            };
            add_reader_annotations(&mut tree, index)?;
            if count == 1 && self.add_items(&tree) {
                self.trees.push(tree);
                continue;
            }
            self.list.push(Resource {
                tree: self.trees.len(),
                node: tree.root,
            });
            self.trees.push(tree);
            index += 1;
        }
        Ok(())
    }

    /// Adds the items of a list; returns whether it is one.
    fn add_items(&mut self, tree: &Tree) -> bool {
        let top = tree.top();
        if !matches!(&*Meta::of(tree, top).kind, b"List" | b"ResourceList") {
            return false;
        }
        let items = tree.field(top, b"items");
        if items.is_none() && tree.field(top, b"functionConfig").is_none() {
            return false;
        }
        if let Some(items) = items {
            let place = self.trees.len();
            let resources = tree[items].content.iter();
            self.list.extend(resources.map(|&node| Resource { tree: place, node }));
        }
        true
    }
}

fn without_cr_before_lf(text: &[u8]) -> Cow<'_, [u8]> {
    if memmem::find(text, b"\r\n").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memmem::find(rest, b"\r\n") {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// Cuts a text at the lines that begin with `---`, but not at the first line, nor at a last one without a line feed. A line
/// that follows such a line directly is none either.
fn documents(text: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut documents = Vec::new();
    if text.is_empty() {
        return Ok(documents);
    }
    let mut rest = text;
    while let Some(at) = memmem::find(rest, b"\n---") {
        let Some(length) = memchr::memchr(b'\n', &rest[at + 4..]) else {
            break;
        };
        let end = at + 4 + length;
        let comment = trim(&rest[at + 4..end]);
        if !comment.is_empty() && !comment.starts_with(b"#") {
            let separator = String::from_utf8_lossy(trim(&rest[at..end])).into_owned();
            return Err(Error::new(
                ErrorKind::Parse,
                format!("invalid document separator: {separator}"),
            ));
        }
        documents.push(&rest[..at]);
        rest = &rest[end + 1..];
    }
    documents.push(rest);
    Ok(documents)
}

fn add_reader_annotations(tree: &mut Tree, index: usize) -> Result<(), Error> {
    let root = tree.root;
    let meta = Meta::of(tree, root);
    if !meta.missing {
        for (legacy, new) in TWICE {
            match (meta.annotation(legacy), meta.annotation(new)) {
                (b"", b"") => {}
                (b"", value) => annotation::set(tree, root, legacy, value)?,
                (value, b"") => annotation::set(tree, root, new, value)?,
                _ => {}
            }
        }
    }
    let index = index.to_string();
    annotation::set(tree, root, LEGACY_INDEX, index.as_bytes())?;
    annotation::set(tree, root, INDEX, index.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let documents = documents(text.as_bytes()).unwrap();
        documents
            .into_iter()
            .map(|document| String::from_utf8_lossy(document).into_owned())
            .collect()
    }

    #[test]
    fn cuts_where_kyaml_cuts() {
        assert_eq!(cut(""), Vec::<String>::new());
        assert_eq!(cut("a\n---\nb\n"), ["a", "b\n"]);
        assert_eq!(cut("---\na\n--- # x\n---\nb"), ["---\na", "---\nb"]);
        assert_eq!(cut("a\n---"), ["a\n---"]);
        let error = documents(b"a\n---b: 1\nc").unwrap_err();
        assert_eq!(error.to_string(), "invalid document separator: ---b: 1");
    }
}
