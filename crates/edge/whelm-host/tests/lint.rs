//! The lint rules on charts on disk. The charts under `tests/lint` have beside them what Helm 4.3.1 prints for them.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use whelm_host::SystemHost;
use whelm_host::lint_files::LintFiles;
use whelm_lint::{Options, lint};
use whelm_render::{BuildInfo, Capabilities, World};
use whelm_values::NoSchemas;

/// The lines that `helm lint` prints between its first line and the summary.
fn findings(dir: &Path) -> String {
    let files = LintFiles::read(dir);
    let options = Options {
        values: &Default::default(),
        namespace: "default",
        kube_version: None,
        capabilities: &Capabilities::offline(BuildInfo::default()),
        skip_schema_validation: false,
    };
    let world = World::new(Arc::new(SystemHost::default()));
    let report = lint(&files.folder(), &options, &world, &mut NoSchemas);
    report.findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("Chart.yaml").exists());
    folders.sort();
    folders
}

// H-014
#[test]
fn h_014_findings_are_helms() {
    let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint");
    let folders = folders(&inputs);
    assert!(!folders.is_empty());
    for dir in folders {
        let expected = fs::read_to_string(dir.with_extension("txt")).unwrap();
        let path = std::path::absolute(&dir).unwrap();
        let found = findings(&dir).replace(&*path.to_string_lossy(), "{chart}");
        assert_eq!(found, expected, "{}", dir.display());
    }
}

/// Compares with Helm itself on the charts in the folders that `WHELM_LINT_CHARTS` names, with colons between them.
#[test]
fn h_014_differential() {
    let Ok(folders_to_check) = std::env::var("WHELM_LINT_CHARTS") else {
        eprintln!("skipped: WHELM_LINT_CHARTS is not set");
        return;
    };
    let (mut charts, mut wrong) = (0, 0);
    for dir in folders_to_check.split(':').flat_map(|dir| folders(Path::new(dir))) {
        let Ok(output) = Command::new("helm").arg("lint").arg(&dir).output() else {
            eprintln!("skipped: no helm");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = text.split_once('\n').map_or("", |(_, rest)| rest);
        let expected = text.rsplit_once("1 chart(s)").map_or(text, |(findings, _)| findings);
        let expected = expected.trim_end_matches('\n');
        let found = findings(&dir);
        charts += 1;
        if found.trim_end_matches('\n') != expected {
            wrong += 1;
            eprintln!("{}\nHelm:\n{expected}\nhere:\n{found}", dir.display());
        }
    }
    eprintln!("{charts} charts, {wrong} differ");
    assert_eq!(wrong, 0);
}
