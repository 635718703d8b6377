//! Helm's own packages as the reference, and a generator of inputs that gives the same ones every time.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use go_value::strconv::quote;
use go_value::{Map, Value};

/// A small generator of numbers (xorshift); the same seed gives the same numbers on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// How many inputs each differential test makes: `WHELM_DIFF_COUNT`, or `default`.
pub fn count(default: usize) -> usize {
    std::env::var("WHELM_DIFF_COUNT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// What the reference says to one question.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Result<String, String>,
    pub log: Vec<String>,
}

/// Builds the reference once; `None`, with the reason printed, where Go or its modules are missing.
fn driver() -> Option<PathBuf> {
    static DRIVER: OnceLock<Option<PathBuf>> = OnceLock::new();
    DRIVER.get_or_init(build_driver).clone()
}

fn build_driver() -> Option<PathBuf> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/values");
    let binary = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("values-driver");
    let built = Command::new("go")
        .current_dir(&source)
        .args(["build", "-o"])
        .arg(&binary)
        .arg(".")
        .output();
    match built {
        Ok(output) if output.status.success() => Some(binary),
        Ok(output) => {
            println!("skipped: go build failed: {}", String::from_utf8_lossy(&output.stderr));
            None
        }
        Err(error) => {
            println!("skipped: no Go: {error}");
            None
        }
    }
}

/// Asks the reference all questions; `None` where it cannot be built.
pub fn ask(questions: &[serde_json::Value]) -> Option<Vec<Answer>> {
    let driver = driver()?;
    let mut text = Vec::new();
    for question in questions {
        serde_json::to_writer(&mut text, question).unwrap();
        text.push(b'\n');
    }
    let mut child = Command::new(&driver)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&text));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let reply: serde_json::Value = serde_json::from_slice(line).unwrap();
            let field = |name: &str| reply[name].as_str().map(str::to_owned);
            let outcome = match field("error") {
                Some(error) => Err(error),
                None => Ok(field("ok").unwrap_or_default()),
            };
            let log = field("log").unwrap_or_default();
            Answer {
                outcome,
                log: log.lines().map(str::to_owned).collect(),
            }
        });
    Some(answers.collect())
}

/// Compares answer by answer, prints the first differences, and fails when there are any.
pub fn compare(name: &str, questions: &[serde_json::Value], ours: impl FnMut(&serde_json::Value) -> Answer) {
    compare_with(name, questions, ours, str::to_owned);
}

/// Does the same with the reference's error texts brought into a certain form first.
pub fn compare_with(
    name: &str,
    questions: &[serde_json::Value],
    mut ours: impl FnMut(&serde_json::Value) -> Answer,
    form: impl Fn(&str) -> String,
) {
    let ask = |questions: &[serde_json::Value]| {
        let mut answers = ask(questions)?;
        for answer in &mut answers {
            if let Err(error) = &mut answer.outcome {
                *error = form(error);
            }
        }
        Some(answers)
    };
    let Some(answers) = ask(questions) else { return };
    assert_eq!(answers.len(), questions.len());
    let (mut different, mut unstable) = (0, 0);
    for (question, expected) in questions.iter().zip(&answers) {
        let found = ours(question);
        if found != *expected {
            // Helm walks over its maps in a random order, and now and then that shows.
            let again = ask(&vec![question.clone(); 40]).unwrap_or_default();
            if again.contains(&found) {
                unstable += 1;
                continue;
            }
            different += 1;
            if different <= 8 {
                let (want, have) = (format!("{expected:?}"), format!("{found:?}"));
                let same = want
                    .bytes()
                    .zip(have.bytes())
                    .take_while(|(left, right)| left == right)
                    .count();
                let around = |text: &str| {
                    let start = (0..=same.saturating_sub(200))
                        .rev()
                        .find(|at| text.is_char_boundary(*at))
                        .unwrap_or(0);
                    text[start..].chars().take(700).collect::<String>()
                };
                println!(
                    "--- {name}: {question}\n  want {}\n  have {}",
                    around(&want),
                    around(&have)
                );
            }
        }
    }
    println!(
        "{name}: {} inputs, {different} differ, {unstable} where Helm's own answers vary",
        questions.len()
    );
    assert_eq!(different, 0, "{name}");
}

/// The lines of a log as the reference gives them.
pub fn log_lines(log: &whelm_chart::Log) -> Vec<String> {
    let mut lines: Vec<String> = log.entries.iter().map(ToString::to_string).collect();
    lines.sort();
    lines
}

/// Writes a value so that types show, as the reference does.
pub fn dump(value: &Value) -> String {
    match value {
        Value::Nil => "n".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => format!("i{number}"),
        Value::Uint(number) => format!("u{number}"),
        Value::Float(number) => format!("d{:016x}", number.to_bits()),
        Value::Str(text) => quote(text),
        Value::List(items) => format!("[{}]", items.iter().map(dump).collect::<Vec<_>>().join(",")),
        Value::Map(map) => dump_map(map),
    }
}

/// Writes a map as [`dump`] does.
pub fn dump_map(map: &Map) -> String {
    let entries: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{}:{}", quote(key), dump(value)))
        .collect();
    format!("{{{}}}", entries.join(","))
}

/// Turns JSON into values; all numbers are floats.
pub fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap()),
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| (key.into(), from_json(value)))
                .collect(),
        ),
    }
}

/// Turns a JSON object into a map; anything else into an empty one.
pub fn map_from_json(json: &serde_json::Value) -> Map {
    match from_json(json) {
        Value::Map(map) => map,
        _ => Map::new(),
    }
}

/// Writes bytes for the reference.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// Reads what [`base64`] wrote.
pub fn unbase64(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut number, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        number = number << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((number >> bits) as u8);
        }
    }
    out
}
