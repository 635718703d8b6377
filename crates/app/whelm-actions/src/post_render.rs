//! Rendered files through a post-renderer.
//!
//! Source: Helm 4.3.1, `pkg/action/action.go`, `renderResources`.

use std::collections::BTreeMap;

use go_value::Str;
use whelm_chart::Log;
use whelm_manifest::KindOrder;
use whelm_plugin::PostRenderer;

use crate::Error;

/// Returns the files as the post-renderer gives them back.
///
/// A plugin gets all of them as one stream, hooks included. A program that Helm 3 would have run gets what Helm 3 gave it:
/// everything but the hooks, which stay as they are.
///
/// # Errors
/// Helm's texts.
pub(crate) fn post_render(
    renderer: &PostRenderer,
    files: Vec<(Str, Str)>,
    log: &mut Log,
) -> Result<Vec<(Str, Str)>, Error> {
    if renderer.takes_hooks() {
        return through(renderer, &files, log);
    }
    let sorted = whelm_manifest::sort(files, KindOrder::Install)?;
    let mut manifests = Files::default();
    for manifest in &sorted.manifests {
        manifests.add(&manifest.path, &manifest.content);
    }
    let mut all = Files::default();
    for hook in &sorted.hooks {
        all.add(&hook.path, &hook.manifest);
    }
    for (path, text) in through(renderer, &manifests.into_list(), log)? {
        all.add(&path, &text);
    }
    Ok(all.into_list())
}

fn through(renderer: &PostRenderer, files: &[(Str, Str)], log: &mut Log) -> Result<Vec<(Str, Str)>, Error> {
    let failed = |what: &str, why: &dyn std::fmt::Display| Error::new(format!("{what}: {why}"));
    let stream = whelm_postrender::combine(files).map_err(|error| failed("error merging manifests", &error))?;
    let output = renderer.run(&stream, log);
    let output = output.map_err(|error| failed("error while running post render on files", &error))?;
    whelm_postrender::split(&output).map_err(|error| failed("error while parsing post rendered output", &error))
}

/// Texts by file; further ones of a file become further documents of it.
#[derive(Default)]
struct Files(BTreeMap<Str, Vec<u8>>);

impl Files {
    fn add(&mut self, path: &Str, text: &[u8]) {
        let file = self.0.entry(path.clone()).or_default();
        if !file.is_empty() {
            file.extend_from_slice(b"\n---\n");
        }
        file.extend_from_slice(text);
    }

    fn into_list(self) -> Vec<(Str, Str)> {
        self.0.into_iter().map(|(path, text)| (path, Str::from(text))).collect()
    }
}
