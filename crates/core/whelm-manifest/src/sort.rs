//! Files to hooks and manifests, in order.

use std::fmt;

use go_value::Str;

use crate::hook::{Class, classify};
use crate::space::trim;
use crate::{Head, Hook, KindOrder, Text, compare_kinds, split_places};

/// A document of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The path of the template that it came from.
    pub path: Str,
    /// The text, a part of the rendered file.
    pub content: Text,
    /// Its head.
    pub head: Head,
}

/// The documents of a render.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted {
    /// The hooks, ordered by kind. The order in which they run is by weight and name.
    pub hooks: Vec<Hook>,
    /// The manifests, ordered by kind, then by path, then by their place in the file.
    pub manifests: Vec<Manifest>,
    /// Documents that were dropped because their hook annotation names an unknown event.
    pub unknown_hooks: Vec<UnknownHook>,
}

/// A document that was dropped because its hook annotation names an unknown event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownHook {
    /// The path of the template.
    pub path: Str,
    /// What the annotation says.
    pub annotation: String,
}

/// A document that is no YAML, or not the head of a Kubernetes object; `Display` is Helm's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The path of the template.
    pub path: Str,
    /// What is wrong.
    pub message: String,
    /// What had been read before: Helm still shows the hooks.
    pub read: Box<Sorted>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YAML parse error on {}: {}", self.path, self.message)
    }
}

impl std::error::Error for Error {}

/// Splits rendered files and sorts their documents into hooks and manifests, ordered by kind.
///
/// Partials (base names that start with `_`) and blank files are left out.
///
/// # Errors
/// The first document, by path and place, that cannot be read.
///
/// Source: Helm 4.3.1, `pkg/release/v1/util/manifest_sorter.go`.
pub fn sort(files: Vec<(Str, Str)>, order: KindOrder) -> Result<Sorted, Error> {
    sort_with(files, order, |documents| {
        documents.iter().map(|document| Head::parse(document)).collect()
    })
}

/// As [`sort`], with the heads read by `heads`, which returns what [`Head::parse`] does for each document in their order:
/// nothing else takes as long, and a caller may have threads for it.
///
/// # Errors
/// As [`sort`].
pub fn sort_with(
    mut files: Vec<(Str, Str)>,
    order: KindOrder,
    heads: impl FnOnce(&[Text]) -> Vec<Result<Head, String>>,
) -> Result<Sorted, Error> {
    files.sort_by(|left, right| left.0.cmp(&right.0));
    let (paths, documents): (Vec<&Str>, Vec<Text>) = files
        .iter()
        .filter(|(path, content)| !is_partial(path) && !trim(content).is_empty())
        .flat_map(|(path, content)| split_places(content).map(move |place| (path, Text::new(content, place))))
        .unzip();
    let heads = heads(&documents);
    let mut sorted = Sorted::default();
    for ((path, document), head) in paths.into_iter().zip(documents).zip(heads) {
        match head {
            Ok(head) => sorted.add(path, document, head),
            Err(message) => {
                return Err(Error {
                    path: path.clone(),
                    message,
                    read: Box::new(sorted),
                });
            }
        }
    }
    sorted
        .hooks
        .sort_by(|left, right| compare_kinds(order, &left.kind, &right.kind));
    sorted
        .manifests
        .sort_by(|left, right| compare_kinds(order, &left.head.kind, &right.head.kind));
    Ok(sorted)
}

fn is_partial(path: &Str) -> bool {
    path.rsplit(|byte| *byte == b'/')
        .next()
        .is_some_and(|base| base.starts_with(b"_"))
}

impl Sorted {
    fn add(&mut self, path: &Str, document: Text, head: Head) {
        match classify(path, &document, &head) {
            Class::Manifest => self.manifests.push(Manifest {
                path: path.clone(),
                content: document,
                head,
            }),
            Class::Hook(hook) => self.hooks.push(*hook),
            Class::Unknown(annotation) => self.unknown_hooks.push(UnknownHook {
                path: path.clone(),
                annotation,
            }),
        }
    }
}
