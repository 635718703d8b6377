//! Random values that are hard to write: long lines, odd characters, keys of critical lengths, texts that look like something else.
#![allow(dead_code)]

use go_value::{Map, Value};

use super::super::generate::Random;
use super::{date, number, word};

/// Makes a value.
pub fn value(random: &mut Random, left: usize) -> Value {
    match random.below(if left == 0 { 6 } else { 10 }) {
        0 => Value::Float(float(random)),
        1..=5 => Value::Str(text(random).into()),
        6 | 7 => Value::List((0..random.below(4)).map(|_| value(random, left - 1)).collect()),
        _ => {
            let mut map = Map::new();
            for _ in 0..random.below(5) {
                let key = match random.below(3) {
                    0 => random.pick(&["a", "b", "key", "a1", "a10", "z"]).as_bytes().to_vec(),
                    1 => key(random).into_bytes(),
                    _ => text(random).into_bytes(),
                };
                map.insert((&*key).into(), value(random, left - 1));
            }
            Value::Map(map)
        }
    }
}

fn float(random: &mut Random) -> f64 {
    let digits = random.next() >> random.below(64);
    let scaled = digits as f64 * 10f64.powi(random.below(60) as i32 - 30);
    if random.below(2) == 0 { scaled } else { -scaled }
}

/// A key near the lengths at which something changes.
fn key(random: &mut Random) -> String {
    let length = random.pick(&[
        1, 120, 126, 127, 128, 129, 130, 160, 161, 250, 1010, 1022, 1023, 1024, 1025, 1030,
    ]);
    let letter = random.pick(&["a", "é", "日", "😀", "a ", "a:", "\"", "\\", "'", "a\n"]);
    let mut key = String::new();
    while key.len() < length {
        key.push_str(letter);
    }
    key
}

fn text(random: &mut Random) -> String {
    match random.below(9) {
        0 => number(random),
        1 => word(random),
        2 => date(random),
        3 => lines(random),
        4..=6 => long(random),
        7 => edges(random),
        _ => {
            let mut text = long(random);
            text.push_str(random.pick(&["\n", "\n\n", " ", "\t", ":", "#", " #"]));
            text
        }
    }
}

/// One line of many words, with breaks at critical columns.
fn long(random: &mut Random) -> String {
    let mut text = String::new();
    let count = 1 + random.below(30);
    for _ in 0..count {
        let length = random.pick(&[1, 2, 3, 5, 8, 20, 38, 39, 40, 75, 76, 77, 78, 79, 80, 81, 82, 120]);
        let letter = random.pick(&[
            "w", "w", "w", "é", "日", "😀", "'", "\"", "\\", ":", "#", "-", "\u{a0}", "\u{1}",
        ]);
        text.push_str(&letter.repeat(if letter == "w" { length } else { length.min(5) }));
        text.push_str(random.pick(&[" ", " ", " ", " ", "  ", "   ", "", ": ", " #", ", ", "\t"]));
    }
    match random.below(4) {
        0 => text,
        _ => text.trim_end().to_owned(),
    }
}

fn lines(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(6) {
        text.push_str(random.pick(&[
            "line",
            " indented",
            "  more",
            "",
            "trailing ",
            "\ttab",
            "tab\t",
            "# c",
            "- x",
            "a: b",
            "é",
            "😀",
            "'",
            "\"",
            "---",
            "...",
            "\u{feff}",
            "x\u{7f}",
            "very long line that goes on and on and on and on and on and on and on and on and on and on and on",
        ]));
        text.push_str(random.pick(&[
            "\n", "\n", "\n", "\n\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "",
        ]));
    }
    text
}

/// Texts whose first or last character matters.
fn edges(random: &mut Random) -> String {
    const EDGES: &[&str] = &[
        "",
        " ",
        "\t",
        "\n",
        "-",
        "- ",
        "?",
        "? ",
        ":",
        ": ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "#",
        "'",
        "\"",
        "\\",
        "~",
        "=",
        "<",
        "<<",
        "--- ",
        "...",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "\0",
        "\u{1b}",
        "\u{fffe}",
        "\u{10ffff}",
        "é",
    ];
    let middle = random.pick(&["", "a", "a b", "a: b", "a #b", "1", "word"]);
    format!("{}{middle}{}", random.pick(EDGES), random.pick(EDGES))
}
