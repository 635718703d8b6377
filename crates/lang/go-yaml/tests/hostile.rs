//! Texts that want to make the reader panic, hang or use up the stack.
//!
//! `GO_YAML_MUTATIONS` sets the number of mutated documents, `GO_YAML_SEED` the seed.
#![allow(
    clippy::disallowed_methods,
    reason = "tests and tools may read files, the environment and the clock"
)]

mod comments;
mod generate;

use std::time::{Duration, Instant};

use generate::Random;
use go_yaml::nodes::{self, Encoder, Layout};
use go_yaml::{Duplicates, Numbers};

/// Reads in all ways, and writes what was read.
fn exercise(text: &[u8]) {
    let _ = go_yaml::read(text, Duplicates::Refuse, Numbers::Keep);
    let _ = go_yaml::read_head(text, &["kind", "metadata"]);
    let _ = go_yaml::documents(text).count();
    if let Ok(Some(tree)) = nodes::read(text) {
        let mut encoder = Encoder::new(Layout::KYAML);
        encoder.encode(&tree, tree.root).expect("a read node can be written");
        encoder.finish();
    }
    if let Ok(value) = go_yaml::to_json_value(text) {
        let _ = go_yaml::to_yaml_pretty(&value);
        if let Ok(text) = go_yaml::to_yaml(&value) {
            let again = go_yaml::to_json_value(&text);
            assert!(again.is_ok(), "{:?}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn mutations() {
    let number = |name: &str, otherwise| {
        std::env::var(name)
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(otherwise)
    };
    let mut random = Random::new(number("GO_YAML_SEED", 3));
    for _ in 0..number("GO_YAML_MUTATIONS", 3000) {
        let mut text = generate::document(&mut random);
        for _ in 0..random.below(20) {
            let other = generate::document(&mut random);
            text.extend(other);
        }
        if random.below(3) == 0 {
            text.extend(comments::document(&mut random));
        }
        for _ in 0..random.below(4) {
            generate::damage(&mut random, &mut text);
        }
        exercise(&text);
    }
}

/// Collections that all end after the comments that follow.
const DEEP: &str =
    "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - a\n";

#[test]
fn long_and_deep_texts_take_linear_time() {
    let patterns: &[&str] = &[
        "[",
        "{",
        "[[",
        "{a: ",
        "[a: ",
        "- ",
        "? ",
        "a: ",
        "a:\n",
        "- - a\n ",
        "!!str ",
        "!a",
        "&a ",
        "*a ",
        "&a a: *a\n",
        "'",
        "\"",
        "' ",
        "\" ",
        "'\n",
        "\"\\\n",
        "a\n",
        " a\n",
        "é",
        "é ",
        "é: ",
        "é\n",
        "[é, ",
        "{é: é, ",
        "|\n ",
        "|\n\n",
        ">\n x\n",
        "- |\n  x\n",
        "#\n",
        "# é",
        "\n",
        " ",
        "\t",
        "\r",
        "\u{85}",
        "\u{2028}",
        "---\n",
        "...\n",
        "--- a\n",
        "%YAML 1.1\n",
        "%TAG !a! b\n",
        "<<: ",
        "<<: {a: b}\n",
        "<<: [",
        "a: b\n",
        "? a\n: b\n",
        ",",
        "[,",
        "a,",
        "]",
        "}",
        "[]",
        "{}",
        "[] ",
        "x: []\n",
        "\\",
        "%25",
        "!%41",
        "1",
        "1_",
        "0x",
        "a b ",
        "a: |\n",
        "- a: b\n  c: d\n",
        "[a]: b\n",
        "{a}: ",
        "\u{feff}",
        "\u{feff}\n",
        "\"a\": ",
        "'a': b\n",
        "{\"a\":",
        "[1,",
        "a:\n- b\n",
        "a:\n  - ",
        " #\n",
        "#\n  #\n",
        "- #\n",
        "a: #\n",
        "[ #\n",
        ", #\n",
        "# c\n\n",
    ];
    let length = if cfg!(debug_assertions) { 20_000 } else { 200_000 };
    for pattern in patterns {
        for prefix in ["", "- ", "a: ", "a: |\n  ", "\"", "[", "&x [", "%x", DEEP] {
            let mut text = prefix.to_owned();
            while text.len() < length {
                text.push_str(pattern);
            }
            let start = Instant::now();
            exercise(text.as_bytes());
            let took = start.elapsed();
            assert!(
                took < Duration::from_secs(6),
                "{prefix:?} and {pattern:?} took {took:?}"
            );
        }
    }
}

#[test]
fn alias_bombs_are_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let list = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    let error = go_yaml::to_json_value(text.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "yaml: document contains excessive aliasing");
}
