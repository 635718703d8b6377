//! Times the reader and the writer on a file: `cargo run --release --example time -- FILE [ROUNDS [PART]]`.
//!
//! With a part (`read`, `strict`, `head`, `nodes`, `encode`, `write`, `pretty`) only that runs.
#![allow(clippy::print_stdout)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests and tools may read files, the environment and the clock"
)]

use std::time::Instant;

use go_yaml::nodes::{self, Encoder, Layout};
use go_yaml::{Duplicates, Numbers};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else { return };
    let rounds: u32 = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let part = arguments.next();
    let text = std::fs::read(&path).unwrap_or_default();
    let time = |name: &str, run: &dyn Fn()| {
        if part.as_ref().is_some_and(|part| part != name) {
            return;
        }
        let mut best = f64::MAX;
        for _ in 0..rounds {
            let start = Instant::now();
            run();
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!(
            "{name}: {:.1} ms, {:.0} MB/s",
            best * 1e3,
            text.len() as f64 / best / 1e6
        );
    };
    time("read", &|| drop(go_yaml::to_json_value(&text)));
    time("strict", &|| {
        drop(go_yaml::read(&text, Duplicates::Refuse, Numbers::Keep))
    });
    time("head", &|| {
        drop(go_yaml::read_head(&text, &["apiVersion", "kind", "metadata"]))
    });
    time("nodes", &|| drop(nodes::read(&text)));
    if let Ok(Some(tree)) = nodes::read(&text) {
        time("encode", &|| {
            let mut encoder = Encoder::new(Layout::KYAML);
            drop(encoder.encode(&tree, tree.root));
            drop(encoder.finish());
        });
    }
    let documents: Vec<_> = go_yaml::documents(&text).filter_map(Result::ok).collect();
    println!("{} documents", documents.len());
    time("heads", &|| {
        for document in &documents {
            drop(go_yaml::read_head(document, &["apiVersion", "kind", "metadata"]));
        }
    });
    time("documents", &|| {
        documents
            .iter()
            .for_each(|document| drop(go_yaml::to_json_value(document)))
    });
    if part.as_deref().is_some_and(|part| !matches!(part, "write" | "pretty")) {
        return;
    }
    if let Ok(value) = go_yaml::to_json_value(&text) {
        time("drop", &|| drop(value.clone()));
        time("write", &|| drop(go_yaml::to_yaml(&value)));
        time("pretty", &|| drop(go_yaml::to_yaml_pretty(&value)));
    }
}
