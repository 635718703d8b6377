//! Finding plugins in folders, and programs in the folders of `PATH`.

use std::path::{Path, PathBuf};

use go_value::strconv::quote;
use whelm_chart::Log;

use crate::error::reason;
use crate::{Error, Manifest, PostRenderer, Runtime};

/// An installed plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its folder.
    pub folder: String,
}

/// Where plugins and programs are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Folders of plugins: each plugin is a folder in one of them.
    pub folders: &'a [String],
    /// Folders of programs, separated as in `PATH`.
    pub path: &'a str,
}

impl Search<'_> {
    /// Returns the post-renderer of that name: a plugin, else as Helm 3 had it a program by its path or in `PATH`.
    ///
    /// # Errors
    /// There is neither: `plugin: {Name:x Type:postrenderer/v1} not found`.
    pub fn post_renderer(&self, name: &str, args: &[String], log: &mut Log) -> Result<PostRenderer, Error> {
        let plugins = self.plugins(log)?;
        let wanted =
            |plugin: &&Plugin| plugin.manifest.name == name && plugin.manifest.plugin_type == "postrenderer/v1";
        if let Some(plugin) = plugins.iter().find(wanted) {
            return match &plugin.manifest.runtime {
                Runtime::Subprocess(_) => Ok(PostRenderer::of_plugin(plugin.clone(), args)),
                Runtime::Wasm => Err(Error::new(format!(
                    "the plugin {} is WebAssembly, which is not in this release",
                    quote(name.as_bytes())
                ))),
            };
        }
        match self.program(name) {
            Some(program) => Ok(PostRenderer::of_program(program, args)),
            None => Err(Error::new(format!(
                "plugin: {{Name:{name} Type:postrenderer/v1}} not found"
            ))),
        }
    }

    /// Loads all plugins, folder by folder. What is broken is left out with a warning.
    fn plugins(&self, log: &mut Log) -> Result<Vec<Plugin>, Error> {
        let mut all = Vec::new();
        for folder in self.folders {
            let mut own: Vec<Plugin> = Vec::new();
            for file in manifests(folder) {
                match load(&file) {
                    Ok(plugin) => own.push(plugin),
                    Err(error) => log.warn(
                        "failed to load plugin (ignoring)",
                        vec![("plugin_yaml", file), ("error", error.to_string())],
                    ),
                }
            }
            refuse_twins(&own)?;
            all.extend(own);
        }
        Ok(all)
    }

    /// Go's `exec.LookPath`, made absolute.
    fn program(&self, name: &str) -> Option<PathBuf> {
        let found = if name.contains('/') {
            Some(PathBuf::from(name))
        } else {
            let folders = self.path.split(':').filter(|folder| Path::new(folder).is_absolute());
            folders
                .map(|folder| Path::new(folder).join(name))
                .find(|path| is_executable(path))
        };
        let found = found.filter(|path| !name.is_empty() && is_executable(path))?;
        std::path::absolute(found).ok()
    }
}

/// The files `FOLDER/*/plugin.yaml`, sorted.
fn manifests(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<String> = entries
        .map(|entry| format!("{folder}/{}/plugin.yaml", entry.file_name().to_string_lossy()))
        .filter(|file| std::fs::symlink_metadata(file).is_ok())
        .collect();
    files.sort();
    files
}

fn load(file: &str) -> Result<Plugin, Error> {
    let folder = file.strip_suffix("/plugin.yaml").unwrap_or(file);
    let text = std::fs::read(file).map_err(|error| {
        let quoted = quote(file.as_bytes());
        Error::new(format!(
            "failed to read plugin at {quoted}: open {file}: {}",
            reason(&error)
        ))
    })?;
    let manifest = Manifest::parse(&text).map_err(|error| {
        let quoted = quote(folder.as_bytes());
        Error::new(format!("failed to load plugin {quoted}: {error}"))
    })?;
    Ok(Plugin {
        manifest,
        folder: folder.to_owned(),
    })
}

fn refuse_twins(plugins: &[Plugin]) -> Result<(), Error> {
    for (at, plugin) in plugins.iter().enumerate() {
        let earlier = plugins[..at]
            .iter()
            .find(|other| other.manifest.name == plugin.manifest.name);
        if let Some(earlier) = earlier {
            let [name, first, second] =
                [&plugin.manifest.name, &earlier.folder, &plugin.folder].map(|text| quote(text.as_bytes()));
            return Err(Error::new(format!(
                "two plugins claim the name {name} at {first} and {second}"
            )));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
