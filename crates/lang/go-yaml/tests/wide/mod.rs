//! Random documents of the rarer things: line breaks and marks, directives, tags, merges, numbers, words, dates, binary data,
//! block scalars, brackets over many lines, long keys, aliases.
#![allow(dead_code)]

pub mod values;

use super::comments;
use super::generate::{self, Random, damage};

/// Makes a document.
pub fn document(random: &mut Random) -> Vec<u8> {
    let themes: [fn(&mut Random) -> String; 12] = [
        numbers,
        words,
        dates,
        block_scalars,
        quoted,
        brackets,
        tags,
        merges,
        long_keys,
        directives,
        odd_indentation,
        plain,
    ];
    let mut out = String::new();
    for _ in 0..1 + random.below(6) / 4 {
        out.push_str(&random.pick(&themes)(random));
    }
    let mut text = out.into_bytes();
    match random.below(14) {
        0 => text = with_breaks(random, &text),
        1 => text = with_mark(random, text),
        2 => text.extend(comments::document(random)),
        3 => text = [comments::document(random), text].concat(),
        4 | 5 => damage(random, &mut text),
        6 => {
            text.pop();
        }
        7 => text = [generate::document(random), text].concat(),
        _ => {}
    }
    text
}

fn repeat(random: &mut Random, most: usize, make: impl Fn(&mut Random) -> String) -> String {
    (0..1 + random.below(most)).map(|_| make(random)).collect()
}

/// Replaces some line feeds by other line breaks.
fn with_breaks(random: &mut Random, text: &[u8]) -> Vec<u8> {
    let one = random.pick(&["\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\n\r", "\r\r\n"]);
    let all = random.below(2) == 0;
    let mut out = Vec::new();
    for &byte in text {
        if byte == b'\n' && (all || random.below(3) == 0) {
            out.extend(one.bytes());
        } else {
            out.push(byte);
        }
    }
    out
}

/// Puts a byte order mark somewhere.
fn with_mark(random: &mut Random, mut text: Vec<u8>) -> Vec<u8> {
    let at = match random.below(4) {
        0 => random.below(text.len() + 1),
        1 => text.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1),
        _ => 0,
    };
    let mark = random.pick(&["\u{feff}", "\u{feff}\u{feff}", "\u{feff}\n", " \u{feff}"]);
    text.splice(at..at, mark.bytes());
    text
}

fn digits(random: &mut Random, base: usize) -> String {
    let length = random.pick(&[1, 2, 3, 8, 15, 16, 17, 18, 19, 20, 21, 22, 40, 64, 65, 310]);
    let mut out = String::new();
    for _ in 0..length {
        let digit = random.below(base) as u32;
        out.extend(char::from_digit(digit, base as u32));
        if random.below(30) == 0 {
            out.push('_');
        }
    }
    out
}

fn number(random: &mut Random) -> String {
    let sign = random.pick(&["", "", "", "-", "+", "--", "+-"]);
    let body = match random.below(12) {
        0 => format!("0x{}", digits(random, 16)),
        1 => format!("0b{}", digits(random, 2)),
        2 => format!("0o{}", digits(random, 8)),
        3 => format!("0{}", digits(random, 8)),
        4 => format!("{}.{}", digits(random, 10), digits(random, 10)),
        5 => format!(
            "{}e{}{}",
            digits(random, 10),
            random.pick(&["", "+", "-"]),
            random.below(400)
        ),
        6 => format!(".{}", digits(random, 10)),
        7 => format!("{}.", digits(random, 10)),
        8 => format!("{}:{}", random.below(300), random.below(70)),
        9 => format!("{}.{}E{}", random.below(10), digits(random, 10), random.below(40)),
        10 => random
            .pick(&[
                "9223372036854775807",
                "9223372036854775808",
                "18446744073709551615",
                "18446744073709551616",
                "9007199254740993",
                "1.7976931348623157e308",
                "1.7976931348623159e308",
                "4.9e-324",
                "2e-324",
                "0X1F",
                "0B1",
                "0O7",
                "0x_1",
                "1__2",
                "_1",
                "1_",
                "0_",
                "0x",
                "1e",
                "1e+",
                "1.e3",
                ".e1",
                "0.0",
                "00.1",
                "1.2.3",
                "1e5.0",
                "0x1p3",
                "0x1.8p1",
                "1_000.5_0",
                "123456789012345678901234567890",
                "1e1_0",
                "inf",
                "Infinity",
                "nan",
            ])
            .to_owned(),
        _ => digits(random, 10),
    };
    format!("{sign}{body}")
}

fn numbers(random: &mut Random) -> String {
    repeat(random, 4, |random| match random.below(4) {
        0 => format!("{}: {}\n", number(random), number(random)),
        1 => format!("k{}: [{}, {}]\n", random.below(9), number(random), number(random)),
        2 => format!(
            "k{}: {} {}\n",
            random.below(9),
            random.pick(&["!!int", "!!float", "!!str"]),
            number(random)
        ),
        _ => format!("n{}: {}\n", random.below(9), number(random)),
    })
}

fn any_case(random: &mut Random, word: &str) -> String {
    match random.below(4) {
        0 => word.to_uppercase(),
        1 => {
            let mut word = word.to_owned();
            if word.is_ascii() && !word.is_empty() {
                word[..1].make_ascii_uppercase();
            }
            word
        }
        2 => word
            .chars()
            .map(|letter| match random.below(2) {
                0 => letter.to_ascii_uppercase(),
                _ => letter,
            })
            .collect(),
        _ => word.to_owned(),
    }
}

fn word(random: &mut Random) -> String {
    let word = random.pick(&[
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".nan", ".inf", "-.inf", "+.inf", "t", "f",
        "nil", "none", "=", "<<", "-", "?", ":", "", "yesno", "truee", "o", "nul", ".", "..", "...", "---", "-.", "+.",
        ".n",
    ]);
    any_case(random, word)
}

fn words(random: &mut Random) -> String {
    repeat(random, 4, |random| match random.below(5) {
        0 => format!("{}: {}\n", word(random), word(random)),
        1 => format!("{{{}: {}, {}: x}}: y\n", word(random), word(random), word(random)),
        2 => format!(
            "{}: {} {}\n",
            word(random),
            random.pick(&["!!bool", "!!null", "!!str", "!!float"]),
            word(random)
        ),
        3 => format!("- {}\n", word(random)),
        _ => format!("w{}: {}\n", random.below(9), word(random)),
    })
}

fn date(random: &mut Random) -> String {
    let pad = |number: usize, random: &mut Random| match random.below(2) {
        0 => format!("{number:02}"),
        _ => number.to_string(),
    };
    let year = random.pick(&["2001", "1999", "0000", "0001", "9999", "12001", "201", "2000", "1900"]);
    let (month, day) = (random.below(14), random.below(33));
    let mut out = format!("{year}-{}-{}", pad(month, random), pad(day, random));
    if random.below(3) > 0 {
        out.push_str(random.pick(&["T", "t", " ", "  ", "\t", "_"]));
        let (hour, minute, second) = (random.below(26), random.below(62), random.below(62));
        let clock = [pad(hour, random), pad(minute, random), pad(second, random)].join(":");
        out.push_str(&clock);
        out.push_str(random.pick(&["", "", ".1", ".123456789", ".1234567891", ".", ",5"]));
        out.push_str(random.pick(&[
            "", "Z", "z", "+01:00", "-0730", "+24:60", "+25:00", " Z", " +1", "+00:00", "-12:30",
        ]));
    }
    out
}

fn dates(random: &mut Random) -> String {
    repeat(random, 3, |random| match random.below(4) {
        0 => format!("{}: {}\n", date(random), date(random)),
        1 => format!("d{}: !!timestamp {}\n", random.below(9), date(random)),
        2 => format!("d{}: [{}]\n", random.below(9), date(random)),
        _ => format!("d{}: {}\n", random.below(9), date(random)),
    })
}

fn block_scalars(random: &mut Random) -> String {
    repeat(random, 3, |random| {
        let depth = random.below(3) * 2;
        let mut out = " ".repeat(depth);
        out.push_str(random.pick(&["k: ", "- ", "? ", "k: !!str ", "k: &x ", "- - ", "k:\n  "]));
        out.push_str(random.pick(&["|", ">"]));
        out.push_str(random.pick(&[
            "", "", "-", "+", "1", "2", "3", "9", "0", "1-", "-1", "+2", "2+", "--", "12", "-0", " ", "\t", " # c",
            "# c", " x",
        ]));
        out.push('\n');
        let indent = depth + random.below(5);
        for _ in 0..random.below(6) {
            let extra = random.pick(&[0, 0, 0, 1, 2, 4]);
            match random.below(8) {
                0 => out.push('\n'),
                1 => out.push_str(&format!("{}\n", " ".repeat(indent + extra))),
                2 => out.push_str(&format!("{}\t\n", " ".repeat(indent.saturating_sub(extra)))),
                _ => {
                    let text = random.pick(&[
                        "text",
                        "more text here",
                        " indented",
                        "\ttab",
                        "# hash",
                        "- item",
                        "a: b",
                        "é",
                        "---",
                        "...",
                        "trailing ",
                        "trailing\t",
                        "'q'",
                        "\u{2028}sep",
                        "\\",
                        "%d",
                    ]);
                    out.push_str(&format!("{}{text}\n", " ".repeat(indent + extra)));
                }
            }
        }
        out
    })
}

fn quoted(random: &mut Random) -> String {
    repeat(random, 3, |random| {
        let quote = random.pick(&["'", "\""]);
        let mut out = random.pick(&["k: ", "- ", "", "? ", "k:\n "]).to_owned();
        out.push_str(quote);
        for _ in 0..random.below(8) {
            out.push_str(random.pick(&[
                "a",
                "word",
                " ",
                "  ",
                "\t",
                "''",
                "\\\"",
                "\\n",
                "\\\\",
                "\\x41",
                "\\x4",
                "\\u00e9",
                "\\ud800",
                "\\U0001F600",
                "\\U00110000",
                "\\\n",
                "\\\n  ",
                "\\ ",
                "\\\t",
                "\\/",
                "\\0",
                "\\N",
                "\\_",
                "\\L",
                "\\P",
                "\\q",
                "\n",
                "\n\n",
                "\n  ",
                " \n ",
                "\n\t",
                "é",
                "😀",
                "#",
                " # c",
                ": ",
                "- ",
                "\n---\n",
                "\n...\n",
                "\n--- x",
                "\\\r\n",
                "\\e",
                "\\a",
                "\\v",
                "\\'",
                "\"",
                "'",
            ]));
        }
        out.push_str(quote);
        out.push_str(random.pick(&["\n", "\n", ": x\n", " : x\n", " x\n", "# c\n", " # c\n", ":x\n"]));
        out
    })
}

fn bracket(random: &mut Random, out: &mut String, left: usize) {
    let mapping = random.below(2) == 0;
    out.push(if mapping { '{' } else { '[' });
    for _ in 0..random.below(4) {
        gap(random, out);
        if mapping || random.below(5) == 0 {
            out.push_str(random.pick(&[
                "a", "b", "? c", "'d'", "\"e\"", "? ", "1", "~", "&x f", "*x ", "[g]", "", "<<", "http://x",
            ]));
            gap(random, out);
            out.push_str(random.pick(&[":", ": ", " : ", ":", "", ":\n "]));
            gap(random, out);
        }
        match random.below(8) {
            0 | 1 if left > 0 => bracket(random, out, left - 1),
            2 => {}
            _ => out.push_str(random.pick(&[
                "x", "1", "'y'", "\"z\"", "a b", "a\n b", "-", "- ", "-x", "?", "?x", ":x", "!!str 1", "*x", "&y v",
                "null", "a:b", "a#b", "%", "@", "|", ">", "{{ x }}", "x]", "é",
            ])),
        }
        gap(random, out);
        out.push_str(random.pick(&[",", ", ", ",\n  ", ",", ",,", ""]));
    }
    gap(random, out);
    out.push_str(match random.below(24) {
        0 => "",
        1 => "]",
        2 => "}",
        _ if mapping => "}",
        _ => "]",
    });
}

fn gap(random: &mut Random, out: &mut String) {
    if random.below(4) == 0 {
        out.push_str(random.pick(&[
            " ",
            "\n",
            "\n  ",
            " # c\n  ",
            "\t",
            "\n\n ",
            "\n# c\n",
            " #c\n#d\n  ",
            "\n---\n",
        ]));
    }
}

fn brackets(random: &mut Random) -> String {
    repeat(random, 2, |random| {
        let mut out = random.pick(&["k: ", "- ", "", "? ", "k:\n  "]).to_owned();
        bracket(random, &mut out, 3);
        out.push_str(random.pick(&["\n", "\n", " # c\n", ": v\n", " x\n", "\n- \n"]));
        out
    })
}

fn tag(random: &mut Random) -> String {
    random
        .pick(&[
            "!",
            "!!",
            "!a",
            "!!str",
            "!!int",
            "!!float",
            "!!bool",
            "!!null",
            "!!map",
            "!!seq",
            "!!binary",
            "!!timestamp",
            "!!merge",
            "!!set",
            "!<a>",
            "!<tag:yaml.org,2002:int>",
            "!<!>",
            "!<>",
            "!<a",
            "!h!x",
            "!e!y",
            "!!a%41",
            "!%zz",
            "!%c3%a9",
            "!%ff",
            "!a%2",
            "!a!b!c",
            "!a,b",
            "!a[b]",
            "!{",
            "!a#b",
            "!é",
        ])
        .to_owned()
}

fn tags(random: &mut Random) -> String {
    let mut out = String::new();
    if random.below(4) == 0 {
        out.push_str(random.pick(&[
            "%TAG !h! tag:yaml.org,2002:\n---\n",
            "%TAG ! x\n---\n",
            "%TAG !! y\n---\n",
            "%TAG !h! z\n%TAG !h! z\n---\n",
            "%TAG !h! !\n--- ",
        ]));
    }
    out + &repeat(random, 4, |random| {
        let key = random.pick(&["k: ", "- ", "? ", "a:\n  "]);
        let value = random.pick(&[
            "1",
            "1.5",
            "x",
            "'1'",
            "\"x\"",
            "[a]",
            "{a: b}",
            "",
            "~",
            "true",
            "2001-01-01",
            "YQ==",
            "YQ=",
            "Y Q = =",
            "/+8=",
            "|\n  YQ\n  ==\n",
            "*x",
            "&x 1",
            "<<",
            "yes",
            "0x1",
            "!x y",
            "-\n",
            "|\n  a\n",
        ]);
        format!("{key}{} {value}\n", tag(random))
    })
}

fn merges(random: &mut Random) -> String {
    let mut out = String::from("a: &a {x: 1, y: 2}\nb: &b\n  y: 3\n  z: &z [1]\n");
    out.push_str(&repeat(random, 3, |random| {
        let mut out = format!("m{}:\n", random.below(3));
        for _ in 0..1 + random.below(4) {
            out.push_str(random.pick(&[
                "  <<: *a\n",
                "  <<: [*a, *b]\n",
                "  <<: {x: 9, w: 8}\n",
                "  x: 5\n",
                "  y: 6\n",
                "  x: 5\n",
                "  <<: [{x: 7}, *a]\n",
                "  !!merge <<: *b\n",
                "  \"<<\": *a\n",
                "  <<: *z\n",
                "  <<: 1\n",
                "  <<: ~\n",
                "  <<: [*z]\n",
                "  ? <<\n  : *a\n",
                "  <<: &r {<<: *a, q: 1}\n",
                "  v: *a\n",
                "  <<: *r\n",
                "  1: x\n",
                "  '1': y\n",
                "  !!str <<: *a\n",
                "  <<: []\n",
                "  <<: *none\n",
                "  *z : 1\n",
                "  ~: n\n",
                "  self: &s {k: *s}\n",
                "  1.0: x\n",
                "  true: x\n",
                "  yes: y\n",
            ]));
        }
        out
    }));
    out
}

fn long_keys(random: &mut Random) -> String {
    repeat(random, 2, |random| {
        let length = random.pick(&[
            120, 127, 128, 129, 1000, 1020, 1021, 1022, 1023, 1024, 1025, 1026, 1030, 2050, 4100,
        ]);
        let length = if random.below(4) > 0 { 30 } else { length };
        let letter = random.pick(&["a", "é", "日", "😀", "a ", "ab é"]);
        let key: String = letter.chars().cycle().take(length).collect();
        let key = key.trim_end().to_owned();
        match random.below(6) {
            0 => format!("'{key}': x\n"),
            1 => format!("\"{key}\": x\n"),
            2 => format!("{{{key}: x, b: c}}\n"),
            3 => format!("[{key}: x]\n"),
            4 => format!("? {key}\n: x\n"),
            _ => format!("{key}: x\n"),
        }
    })
}

fn directives(random: &mut Random) -> String {
    let mut out = repeat(random, 3, |random| {
        random
            .pick(&[
                "%YAML 1.1\n",
                "%YAML 1.2\n",
                "%YAML 1.1 # c\n",
                "%YAML 1\n",
                "%YAML 1.123\n",
                "%YAML  1.1\n",
                "%YAML 1.1 x\n",
                "%TAG ! a\n",
                "%TAG !a! b\n",
                "%TAG a b\n",
                "%TAG !a b\n",
                "%TAG !a!\n",
                "%FOO bar\n",
                "% \n",
                "%\n",
                "# c\n",
                "\n",
                "%YAML 0.1\n",
                "%yaml 1.1\n",
            ])
            .to_owned()
    });
    out.push_str(random.pick(&[
        "---\n",
        "--- ",
        "---",
        "--- # c\n",
        "",
        "---\n---\n",
        "...\n",
        "---\t",
        "----\n",
    ]));
    out.push_str(random.pick(&["a: b\n", "x\n", "- a\n", "!a!x y\n", "", "|\n  text\n", "{a: b}\n"]));
    out.push_str(random.pick(&[
        "",
        "...\n",
        "---\n",
        "... # c\n",
        "... x\n",
        "%YAML 1.1\n---\nc: d\n",
        "...\n%TAG ! x\n---\nc\n",
    ]));
    out
}

fn odd_indentation(random: &mut Random) -> String {
    repeat(random, 6, |random| {
        let indent = random.pick(&["", "", " ", "  ", "   ", "    ", "\t", " \t", "  \t", "\t "]);
        let text = random.pick(&[
            "a: b",
            "- c",
            "d:",
            "-",
            "e",
            "- - f",
            "- g: h",
            "? i",
            ": j",
            "k: - l",
            "- m: n: o",
            "p:q",
            "-r",
            "s: 't'",
            "u:\tv",
            "-\tw",
            "?\tx",
            "a: b c",
            "- [",
            "]",
            "{",
            "}",
            "*a : b",
            "&a c: d",
            "!!str : e",
            "'f' : g",
            "? - h",
            ": - i",
            "# c",
            "a:   ",
            "a: #c",
            "- # c",
            "a: # c",
        ]);
        format!("{indent}{text}\n")
    })
}

fn plain(random: &mut Random) -> String {
    repeat(random, 3, |random| {
        let mut out = random.pick(&["k: ", "- ", "", "k:\n  ", "? "]).to_owned();
        for _ in 0..1 + random.below(12) {
            out.push_str(random.pick(&[
                "word",
                "a",
                "longer-word",
                "http://x.y/z?a=b#c",
                "a:b",
                "a#b",
                "-x",
                "?x",
                ":x",
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
                "'",
                "\"",
                "%",
                "@",
                "`",
                "#",
                "é",
                "😀",
                "\u{a0}",
                "\u{2028}",
                "1",
                "true",
                "\\n",
            ]));
            out.push_str(random.pick(&[
                " ", " ", " ", "", "  ", "\t", "\n", "\n  ", "\n\n  ", " \n\t ", ": ", " #",
            ]));
        }
        out.push('\n');
        out
    })
}
