//! The direction of the dependencies.
//!
//! A crate may use its own layer and those to the right of it in `app ► edge ► core ► lang`; `dev` may use all and nobody uses
//! it but as a dev-dependency. The pure layers have no async runtime and no sockets.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

const LAYERS: [&str; 5] = ["lang", "core", "edge", "app", "dev"];
const NOT_IN_PURE_LAYERS: [&str; 7] = ["tokio", "hyper", "reqwest", "rustls", "kube", "rayon", "aws-lc-rs"];

pub(crate) fn run(root: &Path) -> Result<()> {
    let metadata = metadata(root)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let layers: BTreeMap<&str, usize> = packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, layer(package)?)))
        .collect();
    let mut faults = Vec::new();
    for package in packages {
        check(package, &layers, &mut faults);
    }
    println!("{} crates, {} faults", packages.len(), faults.len());
    if faults.is_empty() {
        Ok(())
    } else {
        bail!("{}", faults.join("\n"))
    }
}

fn metadata(root: &Path) -> Result<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .context("cannot run cargo metadata")?;
    serde_json::from_slice(&output.stdout).context("cargo metadata prints JSON")
}

/// The place of the crate's folder in [`LAYERS`].
fn layer(package: &Value) -> Option<usize> {
    let manifest = Path::new(package["manifest_path"].as_str()?);
    let folder = manifest.ancestors().nth(2)?.file_name()?.to_str()?;
    LAYERS.iter().position(|layer| *layer == folder)
}

fn check(package: &Value, layers: &BTreeMap<&str, usize>, faults: &mut Vec<String>) {
    let name = package["name"].as_str().unwrap_or("?");
    let Some(own) = layers.get(name).copied() else {
        faults.push(format!("{name} is in none of the layer folders"));
        return;
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let used = dependency["name"].as_str().unwrap_or("?");
        let only_tests = dependency["kind"] == "dev";
        if let Some(other) = layers.get(used) {
            if *other > own && !only_tests {
                faults.push(format!(
                    "{name} ({}) must not use {used} ({})",
                    LAYERS[own], LAYERS[*other]
                ));
            }
        } else if own < 2 && !only_tests && NOT_IN_PURE_LAYERS.contains(&used) {
            faults.push(format!("{name} is pure and must not use {used}"));
        }
    }
    if name == "whelm" {
        check_binary(package, layers, faults);
    }
}

/// The binary sees the SDK, the command line and the languages only, so that the SDK is never poorer than the command line.
fn check_binary(package: &Value, layers: &BTreeMap<&str, usize>, faults: &mut Vec<String>) {
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let used = dependency["name"].as_str().unwrap_or("?");
        if layers.get(used).is_some_and(|layer| *layer > 0)
            && dependency["kind"] != "dev"
            && !matches!(used, "whelm-sdk" | "whelm-cli")
        {
            faults.push(format!("the binary must use {used} through whelm-sdk"));
        }
    }
}
