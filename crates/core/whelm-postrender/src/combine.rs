//! Files to the stream that a post-renderer reads.

use go_value::Str;
use whelm_manifest::trim;

use crate::read::Resources;
use crate::{Error, FILENAME_ANNOTATION, annotation, write};

/// Combines files, names and contents, to one stream, in the order of their names. Each document in it carries the name of its
/// file in the annotation [`FILENAME_ANNOTATION`].
///
/// Files whose names begin with `_`, and blank ones, are left out, and so are documents without data. The items of a `List` become
/// documents. Notes are not to be among the files.
///
/// # Errors
/// `parsing web/templates/a.yaml: MalformedYAMLError: yaml: line 2: …` for what is no YAML;
/// `annotating …: wrong node kind: expected MappingNode but got ScalarNode: node contents:\n…` for what is no map.
pub fn combine(files: &[(Str, Str)]) -> Result<Vec<u8>, Error> {
    let mut files: Vec<&(Str, Str)> = files.iter().filter(|(name, _)| !is_partial(name)).collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let mut resources = Resources::default();
    for (name, content) in files {
        if trim(content).is_empty() {
            continue;
        }
        for document in whelm_manifest::split(content) {
            add(&mut resources, name, document)?;
        }
    }
    let Resources { mut trees, list } = resources;
    write::write(&mut trees, &list).map_err(|error| error.during("writing merged docs"))
}

/// Reads a document of the file `name`.
fn add(resources: &mut Resources, name: &Str, document: &[u8]) -> Result<(), Error> {
    let start = resources.list.len();
    resources
        .read(document)
        .map_err(|error| error.during(format_args!("parsing {}", name.to_string_lossy())))?;
    for resource in &resources.list[start..] {
        let tree = &mut resources.trees[resource.tree];
        annotation::set(tree, resource.node, FILENAME_ANNOTATION, name)
            .map_err(|error| error.during(format_args!("annotating {}", name.to_string_lossy())))?;
    }
    Ok(())
}

/// Tells whether the last part of a path begins with `_`.
fn is_partial(name: &[u8]) -> bool {
    let end = name.iter().rposition(|&byte| byte != b'/').map_or(0, |at| at + 1);
    let start = name[..end]
        .iter()
        .rposition(|&byte| byte == b'/')
        .map_or(0, |at| at + 1);
    name[start..].starts_with(b"_")
}
