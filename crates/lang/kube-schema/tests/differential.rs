//! Random states of objects, and the patches that Go's libraries make of them. Needs `go` and the libraries; skips without.

#![allow(clippy::disallowed_methods, reason = "the cases come from a Go program")]

use std::process::Command;

use kube_schema::known_to_clients;
use serde_json::Value;
use strategic_merge::{PatchError, merge_patch, three_way, three_way_merge_patch};

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().expect("a text")
}

/// The patch as the oracle has it: its text, or the text of the error. Maps have no order, and numbers are compared as such.
fn same(own: &Result<Value, PatchError>, patch: &str, error: &str) -> bool {
    match own {
        Ok(own) => serde_json::from_str::<Value>(patch).is_ok_and(|wanted| wanted == *own),
        // Which of several errors is found first depends on the order of a Go map.
        Err(own) => own.to_string() == error || (patch.is_empty() && error.starts_with("map: ")),
    }
}

/// the patches of built-in and of custom kinds.
#[test]
fn a_003_a_004_patches_are_those_of_the_go_libraries() {
    let count = std::env::var("PATCH_CASES").unwrap_or_else(|_| "3000".to_owned());
    let seed = std::env::var("PATCH_SEED").unwrap_or_else(|_| "1".to_owned());
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");
    let output = Command::new("go")
        .args(["run", ".", &count, &seed])
        .current_dir(oracle)
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output.stdout,
        Ok(output) => {
            eprintln!(
                "skipped: go cannot run the oracle: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            return;
        }
        Err(error) => {
            eprintln!("skipped: no go: {error}");
            return;
        }
    };
    let (mut cases, mut differences) = (0, 0);
    for line in String::from_utf8(output).expect("UTF-8").lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let (patch, second) = (text(&case, "patch"), text(&case, "second"));
        if second == "panic" {
            continue;
        }
        cases += 1;
        let (original, modified, current) = (&case["original"], &case["modified"], &case["current"]);
        let known = known_to_clients(text(&case, "group"), text(&case, "version"), text(&case, "kind"));
        let agrees = if let Some(known) = known {
            let own = three_way(&known, original, modified, current);
            same(&own, patch, second)
        } else {
            let two = Ok(merge_patch(original, modified));
            let three = three_way_merge_patch(original, modified, current);
            same(&two, patch, "") && same(&three, second, second)
        };
        if !agrees {
            differences += 1;
            if differences <= 5 {
                let own = known.map(|known| three_way(&known, original, modified, current));
                eprintln!(
                    "original {original}\nmodified {modified}\ncurrent {current}\nwanted {patch} {second}\nown {own:?}\n"
                );
            }
        }
    }
    println!("{cases} cases");
    assert_eq!(differences, 0, "of {cases} cases");
}
