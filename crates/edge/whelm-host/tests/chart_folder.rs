//! Folders of charts as Helm walks over them. The texts are those of Helm 4.3.1 for the same folders.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use whelm_chart::Log;
use whelm_host::chart_folder::{Reading, load};

/// A fresh folder with a small chart in it.
fn chart(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("chart-folder-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(dir.join("templates")).unwrap();
    fs::write(dir.join("Chart.yaml"), "apiVersion: v2\nname: w\nversion: 1.0.0\n").unwrap();
    fs::write(dir.join("templates/a.yaml"), "\u{feff}kind: A\n").unwrap();
    dir
}

/// The names of the templates, or the error, both without the path of the folder; and the log.
fn loaded(dir: &Path) -> (String, Vec<String>) {
    let mut log = Log::default();
    let text = match load(dir, Reading::AtOnce, &mut log) {
        Ok((chart, _)) => chart
            .templates
            .iter()
            .map(|file| file.name.to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => error.to_string(),
    };
    let short = |text: &str| text.replace(&dir.display().to_string(), "DIR");
    let lines = log.entries.iter().map(|entry| short(&entry.to_string())).collect();
    let found = (short(&text), lines);
    fs::remove_dir_all(dir).unwrap();
    found
}

// H-012
#[test]
fn h_012_links_are_followed_with_a_line_in_the_log() {
    let dir = chart("links");
    fs::create_dir(dir.join("other")).unwrap();
    fs::write(dir.join("other/z.yaml"), "kind: Z\n").unwrap();
    symlink("a.yaml", dir.join("templates/b.yaml")).unwrap();
    symlink("../other", dir.join("templates/dir")).unwrap();
    let (text, lines) = loaded(&dir);
    assert_eq!(text, "templates/a.yaml templates/b.yaml templates/dir/z.yaml");
    let start = "level=INFO msg=\"found symbolic link in path. Contents of linked file included and used\"";
    assert_eq!(
        lines,
        [
            format!("{start} path=DIR/templates/b.yaml resolved=DIR/templates/a.yaml"),
            format!("{start} path=DIR/templates/dir resolved=DIR/other"),
        ]
    );
}

// H-012
#[test]
fn h_012_links_that_lead_nowhere() {
    for (target, text) in [
        ("nowhere", "lstat DIR/templates/nowhere: no such file or directory"),
        ("b.yaml", "EvalSymlinks: too many links"),
        ("a.yaml/q", "not a directory"),
        ("/nonexistent/q", "lstat /nonexistent: no such file or directory"),
    ] {
        let dir = chart("nowhere");
        symlink(target, dir.join("templates/b.yaml")).unwrap();
        assert_eq!(
            loaded(&dir).0,
            format!("error evaluating symlink DIR/templates/b.yaml: {text}")
        );
    }
}

// H-012
#[test]
fn h_012_a_ring_of_folders_ends() {
    let dir = chart("ring");
    symlink("..", dir.join("templates/up")).unwrap();
    let (text, lines) = loaded(&dir);
    assert!(text.ends_with(": too many levels of symbolic links"), "{text}");
    assert!(lines.len() > 30);
}

// H-012
#[test]
fn h_012_irregular_files_are_refused() {
    let dir = chart("irregular");
    let socket = std::os::unix::net::UnixListener::bind(dir.join("s")).unwrap();
    assert_eq!(
        loaded(&dir).0,
        "cannot load irregular file DIR/s as it has file mode type bits set"
    );
    drop(socket);
}

// H-010
#[test]
fn h_010_folders_have_a_limit() {
    let dir = chart("large");
    fs::File::create(dir.join("large"))
        .unwrap()
        .set_len(100 * 1024 * 1024)
        .unwrap();
    let text = "error reading large: chart exceeds maximum decompressed size of 104857600 bytes";
    assert_eq!(loaded(&dir).0, text);
    let dir = chart("ignored");
    fs::File::create(dir.join("large"))
        .unwrap()
        .set_len(100 * 1024 * 1024)
        .unwrap();
    fs::write(dir.join(".helmignore"), "large\n").unwrap();
    assert_eq!(loaded(&dir).0, "templates/a.yaml");
}

// H-011, H-013
#[test]
fn h_013_ignored_files_and_folders() {
    let dir = chart("ignore");
    fs::create_dir(dir.join("templates/no")).unwrap();
    fs::write(dir.join("templates/no/x.yaml"), "x").unwrap();
    fs::write(dir.join("templates/.hidden"), "x").unwrap();
    fs::write(dir.join(".helmignore"), "no/\n").unwrap();
    assert_eq!(loaded(&dir).0, "templates/a.yaml");
}

#[test]
fn what_is_no_chart() {
    let dir = chart("none");
    fs::remove_file(dir.join("Chart.yaml")).unwrap();
    assert_eq!(
        loaded(&dir).0,
        "unable to detect chart at DIR/Chart.yaml: open DIR/Chart.yaml: no such file or directory"
    );
    let dir = chart("file");
    let file = dir.join("values.yaml");
    fs::write(&file, "a: 1\n").unwrap();
    let error = load(&file, Reading::AtOnce, &mut Log::default())
        .unwrap_err()
        .to_string();
    let file = file.display();
    assert_eq!(
        error,
        format!("file '{file}' seems to be a YAML file, but expected a gzipped archive")
    );
    fs::remove_dir_all(dir).unwrap();
}
