//! Bad input to the whole program: Helm's error or a clearer one, in bounded time and memory, and never a panic (Q-007).
//!
//! Each run may take [`MEMORY`] of address space and [`SECONDS`] of processor time; what needs more is killed, and the test fails.

#![allow(clippy::unwrap_used, reason = "a test")]
#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Kibibytes of address space.
const MEMORY: u64 = 6 << 20;
/// Seconds of processor time; the program is not optimised in tests.
const SECONDS: u64 = 120;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

/// A folder of a test, which goes away with it.
struct Home {
    path: PathBuf,
}

impl Home {
    fn new(name: &str) -> Home {
        let path = std::env::temp_dir().join(format!("whelm-hostile-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Home {
            path: path.canonicalize().unwrap(),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// The exit code, what was printed, and what went wrong.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run(home: &Home, arguments: &[OsString]) -> Ran {
    let script = format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; ulimit -c 0; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .arg("-c")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_whelm"))
        .args(arguments)
        .current_dir(&home.path)
        .env_clear()
        .env("HOME", &home.path)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("KUBECONFIG", home.path.join("no-kubeconfig"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    let shown: String = ran.err.chars().take(300).collect();
    assert!(!ran.err.contains("panicked"), "{shown}");
    assert!(matches!(ran.code, 0 | 1), "ended with {}: {shown}", output.status);
    ran
}

fn words(arguments: &[&str]) -> Vec<OsString> {
    arguments.iter().map(OsString::from).collect()
}

fn chart(name: &str, files: &[(&str, &[u8])]) -> Home {
    let home = Home::new(name);
    let mut all = vec![("Chart.yaml", CHART.as_bytes())];
    all.extend_from_slice(files);
    for (path, text) in all {
        let path = home.path.join("c").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    home
}

/// Renders a chart of one template and these values.
fn render(name: &str, template: &str, values: &[u8]) -> Ran {
    let files: &[(&str, &[u8])] = &[("templates/a.yaml", template.as_bytes()), ("values.yaml", values)];
    run(&chart(name, files), &words(&["template", "r", "c"]))
}

fn refuses(name: &str, template: &str, reason: &str) {
    let ran = render(name, template, b"");
    let shown: String = ran
        .err
        .chars()
        .rev()
        .take(300)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    assert!(ran.code == 1 && ran.err.contains(reason), "{template}: {shown}");
}

#[test]
fn q_007_endless_recursion() {
    let nested = "rendering template has a nested reference name: x: unable to execute template";
    let own = r#"{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}"#;
    refuses("recursion-include", own, nested);
    let both = r#"{{ define "x" }}{{ include "y" . }}{{ end }}{{ define "y" }}{{ include "x" . }}{{ end }}{{ include "x" . }}"#;
    refuses("recursion-both", both, nested);
    let template = r#"{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}"#;
    refuses(
        "recursion-template",
        template,
        "exceeded maximum template depth (100000)",
    );
    let tpl = render(
        "recursion-tpl",
        "{{ tpl .Values.t . }}",
        b"t: \"{{ tpl .Values.t . }}\"\n",
    );
    assert_eq!(tpl.code, 1);
}

#[test]
fn q_007_loops_without_end() {
    let steps = "exceeded maximum number of steps";
    refuses("loop-range", "{{ range 9223372036854775807 }}{{ end }}", steps);
    let nested = "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}";
    refuses("loop-nested", nested, "exceeded maximum");
    refuses(
        "loop-output",
        "{{ range 9223372036854775807 }}0123456789012345{{ end }}",
        "exceeded maximum",
    );
}

#[test]
fn q_007_results_that_grow() {
    let length = "makeslice: len out of range";
    for (name, call, reason) in [
        ("grow-until", "until 1000000000", length),
        ("grow-repeat", "repeat 1000000000 \"x\"", length),
        (
            "grow-overflow",
            "repeat 9223372036854775807 \"xx\"",
            "strings: Repeat output length overflow",
        ),
        (
            "grow-wrap",
            "wrapWith 1 (repeat 100000 \"x\") (repeat 100000 \"y \")",
            length,
        ),
        (
            "grow-regexp",
            "regexReplaceAll \"x\" (repeat 100000 \"x\") (repeat 100000 \"x\")",
            length,
        ),
        ("grow-indent", "repeat 100000 \"\\n\" | indent 1000000", length),
    ] {
        refuses(name, &format!("{{{{ {call} | len }}}}"), reason);
    }
    let results = "exceeded maximum size of results";
    let double = "{{ $x := \"x\" }}{{ range until 60 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}{{ len $x }}";
    refuses("grow-printf", double, results);
    let list = "{{ $x := list 1 }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}{{ mustToJson $x | len }}";
    refuses("grow-json", list, "too many elements");
}

#[test]
fn q_007_regular_expressions() {
    for (name, call) in [
        (
            "regexp-size",
            "regexMatch \"((((a{1,100}){1,100}){1,100}){1,100}){1,100}\" \"aaaa\"",
        ),
        (
            "regexp-depth",
            "mustRegexMatch (printf \"%s%s\" (repeat 100000 \"(\") (repeat 100000 \")\")) \"a\"",
        ),
        ("regexp-time", "regexMatch \"(x+x+)+y\" (repeat 100000 \"x\")"),
    ] {
        run(
            &chart(name, &[("templates/a.yaml", format!("a: {{{{ {call} }}}}").as_bytes())]),
            &words(&["template", "r", "c"]),
        );
    }
}

#[test]
fn q_007_deep_and_odd_templates() {
    let deep = |open: &str, close: &str| [open.repeat(200_000), close.repeat(200_000)].concat();
    for (name, template) in [
        ("deep-parentheses", format!("{{{{ {} }}}}", deep("(", ")"))),
        ("deep-if", deep("{{ if 1 }}", "{{ end }}")),
        ("deep-pipe", format!("{{{{ 1{} }}}}", " | print".repeat(50_000))),
        ("deep-fields", format!("{{{{ .Values{} }}}}", ".a".repeat(200_000))),
        ("unclosed", "{{ ".repeat(100_000)),
        ("unclosed-comment", format!("{{{{/* {}", "x".repeat(1_000_000))),
        ("nul", "{{ \"\0\" }}\n".to_owned()),
    ] {
        render(name, &template, b"");
    }
    refuses("integer", "{{ 99999999999999999999 }}", "99999999999999999999");
    refuses("division", "{{ div 1 0 }}", "runtime error: integer divide by zero");
}

#[test]
fn q_007_yaml() {
    let bomb = (1..10).fold("a0: &a0 x\n".to_owned(), |text, level| {
        let items = vec![format!("*a{}", level - 1); 10].join(",");
        format!("{text}a{level}: &a{level} [{items}]\n")
    });
    let brackets = format!("a: {}", "[".repeat(100_000));
    let digits = format!("a: {}", "9".repeat(1_000_000));
    for (name, values, reason) in [
        (
            "yaml-aliases",
            bomb.as_bytes(),
            "yaml: document contains excessive aliasing",
        ),
        ("yaml-depth", brackets.as_bytes(), "yaml: "),
        ("yaml-itself", b"a: &a [*a]\n", "yaml: anchor 'a' value contains itself"),
        ("yaml-bytes", b"a: \xff\xfe\n", "yaml: invalid leading UTF-8 octet"),
        ("yaml-nul", b"a: \"x\0y\"\n", "yaml: control characters are not allowed"),
    ] {
        let ran = render(name, "x: 1\n", values);
        assert!(
            ran.code == 1 && ran.err.contains(reason),
            "{name}: {}",
            &ran.err[..ran.err.len().min(300)]
        );
    }
    render("yaml-digits", "x: {{ .Values.a }}\n", digits.as_bytes());
    let manifest = format!("kind: X\n{bomb}");
    refuses("yaml-manifest", &manifest, "YAML parse error on c/templates/a.yaml");
    let from = render(
        "yaml-from",
        "x: {{ fromYaml .Values.t | toJson }}\n",
        format!("t: {:?}\n", bomb).as_bytes(),
    );
    assert!(from.out.contains("excessive aliasing"), "{}", from.err);
}

#[test]
fn q_007_large_values() {
    let values = ["a: \"".to_owned(), "x".repeat(100_000_000), "\"\n".to_owned()].concat();
    let ran = render("large", "x: {{ .Values.a | len }}\n", values.as_bytes());
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "---\n# Source: c/templates/a.yaml\nx: 100000000\n")
    );
}

#[test]
fn q_007_bytes_in_the_chart() {
    let description = [CHART.as_bytes(), b"description: \xff\xfe\n"].concat();
    let home = chart("chart-bytes", &[("Chart.yaml", &description)]);
    let ran = run(&home, &words(&["template", "r", "c"]));
    assert!(ran.err.contains("yaml: invalid leading UTF-8 octet"), "{}", ran.err);
    let home = chart(
        "template-bytes",
        &[("templates/a.yaml", b"a: {{ \"\\xff\" | quote }}\n")],
    );
    assert_eq!(run(&home, &words(&["template", "r", "c"])).code, 0);
    let home = chart("name-bytes", &[]);
    let name = OsString::from_vec(b"\xff\xfe.yaml".to_vec());
    std::fs::create_dir_all(home.path.join("c/templates")).unwrap();
    std::fs::write(home.path.join("c/templates").join(name), "x: 1\n").unwrap();
    run(&home, &words(&["template", "r", "c"]));
}

#[test]
fn q_007_arguments() {
    let home = chart("arguments", &[("templates/a.yaml", b"a: {{ .Values.a }}\n")]);
    let with = |flag: &str, value: &[u8]| {
        let mut arguments = words(&["template", "r", "c", flag]);
        arguments.push(OsString::from_vec(value.to_vec()));
        run(&home, &arguments)
    };
    with("--set", b"a=\xff\xfe");
    with("--set", b"\xff=1");
    let deep = with("--set", format!("{}b=1", "a.".repeat(1000)).as_bytes());
    assert!(
        deep.err
            .contains("value name nested level is greater than maximum supported nested level of 30")
    );
    assert_eq!(with("--set", b"a[999999999]=1").code, 1);
    assert_eq!(with("--set", format!("a{}=1", "[0]".repeat(10_000)).as_bytes()).code, 1);
    assert_eq!(
        with("--set-json", format!("a={}", "[".repeat(50_000)).as_bytes()).code,
        1
    );
    with("--set-json", b"a=1e999999");
    assert_eq!(with("--kube-version", "9".repeat(100_000).as_bytes()).code, 1);
    assert_eq!(
        with("--name-template", b"{{ range 9223372036854775807 }}{{ end }}").code,
        1
    );
}

#[test]
fn q_007_links_and_special_files() {
    let home = chart("links", &[("templates/a.yaml", b"a: 1\n")]);
    symlink("loop", home.path.join("c/loop")).unwrap();
    assert_eq!(run(&home, &words(&["template", "r", "c"])).code, 1);

    let home = chart("links-out", &[("templates/a.yaml", b"a: {{ .Files.Get \"out\" }}\n")]);
    std::fs::write(home.path.join("secret"), "found").unwrap();
    symlink("../secret", home.path.join("c/out")).unwrap();
    // Helm follows links, and says that it does.
    let ran = run(&home, &words(&["template", "r", "c"]));
    assert!(ran.err.contains("found symbolic link in path"), "{}", ran.err);

    for (name, path) in [
        ("pipe-template", "templates/p.yaml"),
        ("pipe-values", "values.yaml"),
        ("pipe-file", "p"),
    ] {
        let home = chart(name, &[("templates/a.yaml", b"a: 1\n")]);
        let pipe = home.path.join("c").join(path);
        assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        let ran = run(&home, &words(&["template", "r", "c"]));
        assert!(
            ran.err.contains("as it has file mode type bits set"),
            "{name}: {}",
            ran.err
        );
    }

    let home = chart("device", &[("templates/a.yaml", b"a: 1\n")]);
    symlink("/dev/zero", home.path.join("c/templates/z.yaml")).unwrap();
    assert_eq!(run(&home, &words(&["template", "r", "c"])).code, 1);
}

#[test]
fn q_007_files_that_are_larger_than_they_look() {
    let home = chart("sparse", &[("templates/a.yaml", b"a: 1\n")]);
    let sparse = |path: &Path, start: &[u8]| {
        std::fs::write(path, start).unwrap();
        std::fs::File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_len(1 << 36)
            .unwrap();
    };
    sparse(&home.path.join("c/big"), b"");
    assert_eq!(run(&home, &words(&["template", "r", "c"])).code, 1);
    sparse(&home.path.join("c.tgz"), b"\x1f\x8b\x08");
    assert_eq!(run(&home, &words(&["template", "r", "c.tgz"])).code, 1);
}

#[test]
fn q_007_schemas() {
    let check = |name: &str, schema: &str, values: &str| {
        let files: &[(&str, &[u8])] = &[
            ("templates/a.yaml", b"a: 1\n"),
            ("values.yaml", values.as_bytes()),
            ("values.schema.json", schema.as_bytes()),
        ];
        run(&chart(name, files), &words(&["template", "r", "c"]))
    };
    for (name, schema) in [
        ("schema-itself", r##"{"$ref":"#"}"##),
        (
            "schema-circle",
            r##"{"$ref":"#/a","a":{"$ref":"#/b"},"b":{"$ref":"#/a"}}"##,
        ),
        ("schema-twice", r##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##),
    ] {
        check(name, schema, "a: 1\n");
    }
    let doubled: Vec<String> = (0..40)
        .map(|at| {
            format!(
                r##""a{at}":{{"allOf":[{{"$ref":"#/a{next}"}},{{"$ref":"#/a{next}"}}]}}"##,
                next = at + 1
            )
        })
        .collect();
    let doubled = format!(r##"{{"$ref":"#/a0",{},"a40":true}}"##, doubled.join(","));
    assert_eq!(check("schema-doubled", &doubled, "a: 1\n").code, 1);
    let deep = format!("{}{{}}{}", "{\"not\":".repeat(100_000), "}".repeat(100_000));
    assert_eq!(check("schema-deep", &deep, "a: 1\n").code, 1);
    assert_eq!(
        check("schema-device", r#"{"$ref":"file:///dev/zero"}"#, "a: 1\n").code,
        1
    );
    let slow = format!("a: {}!\n", "a".repeat(100_000));
    check("schema-regexp", r#"{"properties":{"a":{"pattern":"^(a+)+$"}}}"#, &slow);
}

#[test]
fn q_007_archives() {
    let home = Home::new("archives");
    let pack = |name: &str, tar: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, tar).unwrap();
        let path = home.path.join(name);
        std::fs::write(path, encoder.finish().unwrap()).unwrap();
        run(&home, &words(&["template", "r", name]))
    };
    let metadata = entry(b"c/Chart.yaml", CHART.len() as u64, CHART.as_bytes());
    let zeros = vec![0; 200_000_000];
    let large = pack(
        "large.tgz",
        &[metadata.clone(), entry(b"c/big", zeros.len() as u64, &zeros)].concat(),
    );
    assert_eq!(large.code, 1);
    let declared = pack(
        "declared.tgz",
        &[metadata.clone(), entry(b"c/big", 0o77_777_777_777, b"x")].concat(),
    );
    assert_eq!(declared.code, 1);
    let many: Vec<u8> = (0..100_000)
        .flat_map(|at| entry(format!("c/f{at}").as_bytes(), 0, b""))
        .collect();
    assert_eq!(pack("many.tgz", &[metadata.clone(), many].concat()).code, 0);
    for (name, path, code) in [
        ("up.tgz", &b"c/../../x"[..], 1),
        ("drive.tgz", b"c/c:/x", 1),
        ("root.tgz", b"/x", 0),
    ] {
        let ran = pack(name, &[metadata.clone(), entry(path, 1, b"x")].concat());
        // Helm says no more than this of what is wrong inside of an archive.
        let expected = if code == 1 {
            "Error: unable to load chart archive\n"
        } else {
            ""
        };
        assert_eq!((ran.code, ran.err.as_str()), (code, expected), "{name}");
    }
}

/// One file of a tar archive.
fn entry(name: &[u8], size: u64, data: &[u8]) -> Vec<u8> {
    let mut block = vec![0_u8; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[136..147].copy_from_slice(b"00000000000");
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].copy_from_slice(b"        ");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend_from_slice(data);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

#[test]
fn q_007_devices_in_the_place_of_files() {
    let home = chart("devices", &[("templates/a.yaml", b"a: 1\n")]);
    for arguments in [
        &["template", "r", "c", "-f", "/dev/zero"][..],
        &["template", "r", "c", "--set-file", "a=/dev/zero"],
    ] {
        let ran = run(&home, &words(arguments));
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(
            ran.err.ends_with("/dev/zero: the file is larger than 256 MiB\n"),
            "{}",
            ran.err
        );
    }
}
