//! The same commands by whelm and by Helm, each in an embedded cluster of its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use go_regexp::Regexp;
use serde_json::Value;

use super::{Cluster, Ran, records, run};

/// How long controllers of real clusters may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A cluster in which one of the two programs does what both do.
pub struct Side<'a> {
    program: &'a Path,
    pub cluster: Cluster,
}

impl<'a> Side<'a> {
    /// Runs a command; its words have single spaces between them.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with(&[], line)
    }

    fn run_with(&self, environment: &[(&str, &str)], line: &str) -> Ran {
        let arguments: Vec<&str> = line.split(' ').collect();
        run(self.program, &self.cluster.home.path, environment, &arguments)
    }

    /// Runs a command by a program that is the same on both sides; it has to succeed.
    pub fn run_by(&self, program: &Path, environment: &[(&str, &str)], line: &str) -> String {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ran = run(program, &self.cluster.home.path, environment, &arguments);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        printed(&ran.out)
    }

    /// Runs a command until another one prints something, and kills it.
    pub fn kill_after(&self, line: &str, prints: &str) {
        let home = &self.cluster.home.path;
        let mut child = Command::new(self.program)
            .args(line.split(' '))
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .env("KUBECONFIG", home.join("no-kubeconfig"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while self.run(prints).out.is_empty() {
            assert!(child.try_wait().unwrap().is_none(), "{line} has ended");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Both programs.
pub struct Sides<'a> {
    pub own: Side<'a>,
    pub theirs: Side<'a>,
    /// Says which objects of the clusters are compared.
    compared: fn(&Value) -> bool,
    /// Whether all of standard error is compared, or only lines that begin with `Error: `.
    all_errors: bool,
    /// Records that differ on purpose, by their names without `sh.helm.release.v1.`; COMPATIBILITY.md says why.
    other_records: &'static [&'static str],
}

impl<'a> Sides<'a> {
    pub fn new(whelm: &'a Path, helm: &'a Path, name: &str, compared: fn(&Value) -> bool) -> Self {
        let [own, theirs] = Cluster::pair([&format!("{name}-whelm"), &format!("{name}-helm")]);
        Sides {
            own: Side {
                program: whelm,
                cluster: own,
            },
            theirs: Side {
                program: helm,
                cluster: theirs,
            },
            compared,
            all_errors: false,
            other_records: &[],
        }
    }

    /// Compares all of standard error, but for hints and for warnings of the API server, which Helm words as its library does.
    pub fn with_logs(self) -> Self {
        Sides {
            all_errors: true,
            ..self
        }
    }

    /// Leaves out records that differ on purpose.
    pub fn with_other_records(self, other_records: &'static [&'static str]) -> Self {
        Sides { other_records, ..self }
    }

    /// Does the same to both.
    pub fn each(&self, act: impl Fn(&Side<'a>)) {
        act(&self.own);
        act(&self.theirs);
    }

    /// Runs the commands by both, and compares what comes of each.
    pub fn live(&self, lines: &[&str]) {
        for line in lines {
            self.step(line);
        }
    }

    /// Runs one command by both, and compares: exit codes, standard output, errors and objects. Returns what whelm printed.
    pub fn step(&self, line: &str) -> Ran {
        self.step_with(&[], line)
    }

    /// As [`Sides::step`], with variables.
    pub fn step_with(&self, environment: &[(&str, &str)], line: &str) -> Ran {
        let run = || [&self.own, &self.theirs].map(|side| side.run_with(environment, line));
        let shown = |ran: &Ran| (ran.code, self.errors(ran), printed(&ran.out));
        let [ran, wanted] = self.until_equal(run, |[own, theirs]| !reads_only(line) || shown(own) == shown(theirs));
        assert_eq!(ran.code, wanted.code, "{line}: {ran:?} {wanted:?}");
        assert_eq!(self.errors(&ran), self.errors(&wanted), "{line}");
        assert_eq!(printed(&ran.out), printed(&wanted.out), "{line}");
        self.compare(line);
        ran
    }

    /// Compares the objects. The controllers of real clusters get time to come to the same end.
    pub fn compare(&self, line: &str) {
        let look = || (self.shown(&self.own), self.shown(&self.theirs));
        let (objects, wanted) = self.until_equal(look, |(own, theirs)| own == theirs);
        for (object, wanted) in objects.iter().zip(&wanted) {
            assert!(object == wanted, "{line}: {}", first_difference(object, wanted));
        }
        assert_eq!(objects.len(), wanted.len(), "{line}: {objects:?} {wanted:?}");
    }

    /// Looks once, and in real clusters again until what is seen is equal or time is up.
    fn until_equal<T>(&self, look: impl Fn() -> T, equal: impl Fn(&T) -> bool) -> T {
        let begun = Instant::now();
        let mut seen = look();
        while self.own.cluster.is_real() && begun.elapsed() < PATIENCE && !equal(&seen) {
            std::thread::sleep(Duration::from_millis(200));
            seen = look();
        }
        seen
    }

    fn errors(&self, ran: &Ran) -> Vec<String> {
        let library = Regexp::compile(r"^[IWE]\d{4} ").unwrap();
        let left_out = |line: &str| {
            line.starts_with("hint: ")
                || line.starts_with("      ")
                || line.starts_with("Warning: ")
                || library.is_match(line.as_bytes())
        };
        let compared = |line: &&str| match self.all_errors {
            true => !left_out(line),
            false => line.starts_with("Error: "),
        };
        ran.err.lines().filter(compared).map(without_times).collect()
    }

    fn is_compared_record(&self, object: &Value) -> bool {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        records::is_record(object) && !self.other_records.iter().any(|other| name.ends_with(other))
    }

    /// The objects and the release records as they are, without what differs from run to run.
    fn shown(&self, side: &Side<'_>) -> Vec<String> {
        let objects = side.cluster.objects().into_iter();
        let objects = objects.filter(|object| self.is_compared_record(object) || (self.compared)(object));
        let masked = objects.map(|mut object| {
            object.as_object_mut().unwrap().remove("status");
            if object["kind"] == "Pod" {
                // The cluster adds names and addresses of its own.
                object.as_object_mut().unwrap().remove("spec");
                let owners = object["metadata"]["managedFields"].as_array_mut().unwrap();
                owners.retain(|owner| owner["subresource"] != "status");
            }
            mask(&mut object);
            if records::is_record(&object) {
                records::open(&mut object);
            }
            format!("{object:#}")
        });
        masked.collect()
    }
}

/// The first line that differs, with those before it.
fn first_difference(own: &str, theirs: &str) -> String {
    let (own, theirs): (Vec<&str>, Vec<&str>) = (own.lines().collect(), theirs.lines().collect());
    let at = own
        .iter()
        .zip(&theirs)
        .take_while(|(own, theirs)| own == theirs)
        .count();
    let around = |lines: &[&str]| lines[at.saturating_sub(12)..lines.len().min(at + 4)].join("\n");
    let name = own.iter().find(|line| line.starts_with("    \"name\""));
    format!("{name:?}\nwhelm:\n{}\nHelm:\n{}", around(&own), around(&theirs))
}

/// Whether a command can be run again without a change.
fn reads_only(line: &str) -> bool {
    ["status ", "list", "history ", "get "]
        .iter()
        .any(|verb| line.starts_with(verb))
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let varies = [
                    "uid",
                    "resourceVersion",
                    "creationTimestamp",
                    "deletionTimestamp",
                    "time",
                    "clusterIP",
                    "clusterIPs",
                    "nodePort",
                    "controller-uid",
                    "batch.kubernetes.io/controller-uid",
                ];
                if varies.contains(&name.as_str()) {
                    *value = Value::String(name.clone());
                }
                mask(value);
                // They are in the order of their times, which may be one second or two.
                if let (Value::Array(owners), "managedFields") = (value, name.as_str()) {
                    owners.sort_by_key(Value::to_string);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

/// Standard output without what differs from run to run: times, names by chance, and Helm's order of the kinds of live objects.
pub fn printed(text: &str) -> String {
    if let Ok(mut value) = serde_json::from_str::<Value>(text)
        && value.is_object()
    {
        if let Some(kinds) = value.pointer_mut("/info/resources").and_then(Value::as_object_mut) {
            // What they are in full is compared with the objects.
            kinds
                .values_mut()
                .for_each(|objects| *objects = objects.as_array().map_or(0, Vec::len).into());
        }
        return without_times(&value.to_string());
    }
    let text = without_times(text);
    // Columns of tables are as wide as times are long.
    let text = String::from_utf8(
        Regexp::compile(" +\t")
            .unwrap()
            .replace_all_literal(text.as_bytes(), b"\t"),
    )
    .unwrap();
    let Some((head, live)) = text.split_once("\nRESOURCES:\n") else {
        return text;
    };
    let mut kinds: Vec<String> = live.split("\n\n").map(single_spaces).collect();
    kinds.sort();
    format!("{head}\n{}", kinds.join("\n"))
}

/// Columns are as wide as addresses and ages are.
fn single_spaces(text: &str) -> String {
    let address = Regexp::compile(r"\b\d+\.\d+\.\d+\.\d+\b").unwrap();
    let text = address.replace_all_literal(text.as_bytes(), b"ADDRESS");
    let lines = String::from_utf8(text).unwrap();
    let words = lines
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    words.collect::<Vec<_>>().join("\n")
}

/// Puts a word in the place of times and of what is made up for names.
pub fn without_times(text: &str) -> String {
    let time = Regexp::compile(concat!(
        r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}",
        r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( \+0000 UTC|Z)?",
        r"|\b[0-9a-z]{6,10}-[0-9a-z]{5}\b|\b\d+s\b",
    ));
    let masked = time.unwrap().replace_all_literal(text.as_bytes(), b"TIME");
    String::from_utf8(masked).unwrap()
}
