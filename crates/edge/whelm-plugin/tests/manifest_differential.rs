//! Compares what is read in random `plugin.yaml` files with what Helm reads.
//!
//! Needs Go and the module cache; without them the test says so and passes. `PLUGIN_CASES` sets the number of files, `PLUGIN_SEED` the
//! seed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use go_value::strconv::quote;
use whelm_plugin::{Manifest, Runtime};

fn setting(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|value| value.parse().ok());
    value.unwrap_or(default)
}

/// A small random number generator (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

fn start() -> Option<Child> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../conformance/go-driver/postrender");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("plugin-driver-{}", std::process::id()));
    let build = Command::new("go")
        .arg("build")
        .arg("-o")
        .arg(&binary)
        .arg(".")
        .current_dir(source)
        .status();
    if !build.is_ok_and(|status| status.success()) {
        println!("skipped: the Go driver cannot be built");
        return None;
    }
    Command::new(&binary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()
}

fn ask(driver: &mut Child, file: &str) -> Result<String, String> {
    let mut request = vec![b'P'];
    request.extend((file.len() as u32).to_be_bytes());
    request.extend(file.bytes());
    let input = driver.stdin.as_mut().unwrap();
    input.write_all(&request).unwrap();
    input.flush().unwrap();
    let output = driver.stdout.as_mut().unwrap();
    let mut head = [0; 5];
    output.read_exact(&mut head).unwrap();
    let mut text = vec![0; u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize];
    output.read_exact(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    if head[0] == 0 { Ok(text) } else { Err(text) }
}

fn ours(file: &str) -> Result<String, String> {
    let manifest = Manifest::parse(file.as_bytes()).map_err(|error| error.to_string())?;
    let runtime = match manifest.runtime {
        Runtime::Subprocess(_) => "subprocess",
        Runtime::Wasm => "extism/v1",
    };
    let texts = [&manifest.name, &manifest.version, &manifest.plugin_type, runtime];
    Ok(texts.map(|text| quote(text.as_bytes())).join(" "))
}

const NAMES: &[&str] = &["x", "my-plugin", "a.b", "", "1", "~", "[a]", "'q q'", "é", "true"];
const VERSIONS: &[&str] = &["1.0.0", "v1.0.0", "1.0", "1", "1.2.3-a+b", "x", "", "~", "{a: b}"];
const TYPES: &[&str] = &["postrenderer/v1", "cli/v1", "getter/v1", "test/v1", "x", "", "1"];
const RUNTIMES: &[&str] = &["subprocess", "extism/v1", "wasm", "", "[x]"];
const CONFIGS: &[&str] = &[
    "{}",
    "~",
    "{usage: x, ignoreFlags: true}",
    "{protocols: [a, b]}",
    "{protocols: []}",
    "{protocols: ['']}",
    "{protocols: [a, '']}",
    "{more: 1}",
    "[a]",
    "text",
    "{usage: [a], ignoreFlags: maybe, longHelp: 1}",
    "{1: x}",
    "{usage: {a: b}, more: 1}",
    "{z: 1, a: 2, m: [x]}",
];
const RUNTIME_CONFIGS: &[&str] = &[
    "{}",
    "~",
    "{platformCommand: [{command: cat, args: [-u, 1]}]}",
    "{platformCommand: {command: cat}}",
    "{platformCommand: [cat]}",
    "{platformCommand: [{os: [x]}], platformHooks: {install: [{command: y}]}}",
    "{platformHooks: [x]}",
    "{protocolCommands: [{protocols: x}]}",
    "{memory: {maxPages: 4, maxVarBytes: -1}, timeout: 5}",
    "{memory: {maxPages: -1}, timeout: -2}",
    "{fileSystem: {createTempDir: yes}}",
    "{config: {a: 1, b: [x]}}",
    "{allowedHosts: x, hostFunctions: [1, ~]}",
    "text",
    "{unknown: {a: b}}",
    "{platformHooks: {install: x, 2: [1]}}",
];

/// A file of the newer format; most of it is good.
fn newer(random: &mut Random) -> String {
    let mut lines = vec!["apiVersion: v1".to_owned()];
    let mut line = |random: &mut Random, name: &str, choices: &[&str], good: usize| {
        if random.below(12) > 0 {
            let value = if random.below(4) == 0 {
                random.pick(choices)
            } else {
                choices[random.below(good)]
            };
            lines.push(format!("{name}: {value}"));
        }
    };
    line(random, "name", NAMES, 2);
    line(random, "version", VERSIONS, 1);
    line(random, "type", TYPES, 4);
    line(random, "runtime", RUNTIMES, 2);
    line(random, "config", CONFIGS, 4);
    line(random, "runtimeConfig", RUNTIME_CONFIGS, 3);
    line(random, "sourceURL", &["https://x", "[a]", "~"], 1);
    if random.below(12) == 0 {
        lines.push(
            random
                .pick(&[
                    "more: 1",
                    "name: again",
                    "? [a]",
                    "<<: {name: y}",
                    "- x",
                    "apiVersion: v1",
                ])
                .to_owned(),
        );
    }
    lines.join("\n") + "\n"
}

/// A file of the older format.
fn older(random: &mut Random) -> String {
    let lines = [
        "name: old",
        "name: old",
        "name: a b",
        "version: 1.0.0",
        "version: x",
        "usage: u",
        "command: x",
        "command: [x]",
        "platformCommand: [{command: y}]",
        "platformCommand: []",
        "ignoreFlags: yes",
        "ignoreFlags: 1",
        "hooks: {install: x}",
        "hooks: {}",
        "platformHooks: {install: [{command: z}]}",
        "downloaders: [{protocols: [x], command: y}]",
        "downloaders: [{command: y}]",
        "downloaders: [{protocols: [''], command: y}]",
        "downloaders: [{protocols: [x]}, ~]",
        "downloaders: []",
        "whatever: [1]",
    ];
    let mut chosen: Vec<&str> = vec!["name: old"];
    for _ in 0..random.below(6) {
        let line = random.pick(&lines);
        let key = line.split(':').next();
        if random.below(8) == 0 || chosen.iter().all(|known| known.split(':').next() != key) {
            chosen.push(line);
        }
    }
    chosen.join("\n") + "\n"
}

#[test]
fn p_001_p_002_random_manifests() {
    let Some(mut driver) = start() else { return };
    let mut random = Random(setting("PLUGIN_SEED", 1));
    let cases = setting("PLUGIN_CASES", 2000);
    let mut differences = 0;
    let mut good = 0;
    for _ in 0..cases {
        let file = match random.below(20) {
            0 => random
                .pick(&[
                    "",
                    "# c\n",
                    "- a\n",
                    "x",
                    "apiVersion: v2\n",
                    "apiVersion: [a]\n",
                    "a: b: c\n",
                    "~",
                    "apiVersion: 1\n",
                ])
                .to_owned(),
            1..=7 => older(&mut random),
            _ => newer(&mut random),
        };
        let (theirs, ours) = (ask(&mut driver, &file), ours(&file));
        good += usize::from(ours.is_ok());
        if theirs != ours && !theirs.as_ref().is_err_and(|text| text.starts_with("panic: ")) {
            differences += 1;
            if differences < 8 {
                println!("{file}--- Go:   {theirs:?}\n--- ours: {ours:?}\n");
            }
        }
    }
    println!("{cases} manifests, {good} good, {differences} differ");
    let _ = driver.kill();
    let _ = driver.wait();
    assert_eq!(differences, 0);
}
