//! What a post-renderer wrote to files.

use std::collections::BTreeMap;

use go_value::Str;

use crate::meta::Meta;
use crate::read::{Resource, Resources};
use crate::{Error, ErrorKind, FILENAME_ANNOTATION, annotation, write};

/// Splits a stream into files, names and contents, by the annotation [`FILENAME_ANNOTATION`], which goes away. The files come in
/// the order of their names, the documents of a file in the order of the stream.
///
/// Documents without the annotation become files of their own: `generated-by-postrender-3.yaml` for the fourth.
///
/// # Errors
/// `error parsing YAML: …` for what is no YAML, `getting metadata: missing Resource metadata` and
/// `clearing filename annotation: wrong node kind: …` for items of a list that are no resources.
pub fn split(output: &[u8]) -> Result<Vec<(Str, Str)>, Error> {
    let mut resources = Resources::default();
    resources
        .read(output)
        .map_err(|error| error.during("error parsing YAML"))?;
    let Resources { mut trees, list } = resources;
    let mut files: BTreeMap<Vec<u8>, Vec<Resource>> = BTreeMap::new();
    for (at, resource) in list.into_iter().enumerate() {
        let tree = &mut trees[resource.tree];
        let meta = Meta::of(tree, resource.node);
        if meta.missing {
            let error = Error::new(ErrorKind::Annotation, "missing Resource metadata");
            return Err(error.during("getting metadata"));
        }
        let name = match meta.annotation(FILENAME_ANNOTATION) {
            b"" => format!("generated-by-postrender-{at}.yaml").into_bytes(),
            name => name.to_vec(),
        };
        annotation::clear(tree, resource.node, FILENAME_ANNOTATION)
            .map_err(|error| error.during("clearing filename annotation"))?;
        files.entry(name).or_default().push(resource);
    }
    let write = |(name, resources): (Vec<u8>, Vec<Resource>)| {
        let content = write::write(&mut trees, &resources)
            .map_err(|error| error.during(format_args!("re-writing {}", String::from_utf8_lossy(&name))))?;
        Ok((Str::from(&*name), Str::from(&*content)))
    };
    files.into_iter().map(write).collect()
}
