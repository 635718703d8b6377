//! The same commands by whelm and by Helm, each in an embedded cluster of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use go_regexp::Regexp;
use serde_json::Value;

use super::{Cluster, Ran, run};

/// A cluster in which one of the two programs does what both do.
pub struct Side<'a> {
    program: &'a Path,
    pub cluster: Cluster,
}

impl<'a> Side<'a> {
    fn new(program: &'a Path, name: &str) -> Self {
        let cluster = Cluster::new(name);
        Side { program, cluster }
    }

    /// Runs a command; its words have single spaces between them.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with(&[], line)
    }

    fn run_with(&self, environment: &[(&str, &str)], line: &str) -> Ran {
        let arguments: Vec<&str> = line.split(' ').collect();
        run(self.program, &self.cluster.home.path, environment, &arguments)
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
}

impl<'a> Sides<'a> {
    pub fn new(whelm: &'a Path, helm: &'a Path, name: &str, compared: fn(&Value) -> bool) -> Self {
        Sides {
            own: Side::new(whelm, &format!("{name}-whelm")),
            theirs: Side::new(helm, &format!("{name}-helm")),
            compared,
            all_errors: false,
        }
    }

    /// Compares all of standard error, but for hints and for warnings of the API server, which Helm words as its library does.
    pub fn with_logs(self) -> Self {
        Sides {
            all_errors: true,
            ..self
        }
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
        let (ran, wanted) = (
            self.own.run_with(environment, line),
            self.theirs.run_with(environment, line),
        );
        assert_eq!(ran.code, wanted.code, "{line}: {ran:?} {wanted:?}");
        assert_eq!(self.errors(&ran), self.errors(&wanted), "{line}");
        assert_eq!(without_times(&ran.out), without_times(&wanted.out), "{line}");
        self.compare(line);
        ran
    }

    /// Compares the objects.
    pub fn compare(&self, line: &str) {
        let (objects, wanted) = (self.shown(&self.own), self.shown(&self.theirs));
        for (object, wanted) in objects.iter().zip(&wanted) {
            assert_eq!(object, wanted, "{line}");
        }
        assert_eq!(objects.len(), wanted.len(), "{line}: {objects:?} {wanted:?}");
    }

    fn errors(&self, ran: &Ran) -> Vec<String> {
        let library = Regexp::compile(r"^[IWE]\d{4} ").unwrap();
        let left_out = |line: &str| {
            line.starts_with("hint: ") || line.starts_with("Warning: ") || library.is_match(line.as_bytes())
        };
        let compared = |line: &&str| match self.all_errors {
            true => !left_out(line),
            false => line.starts_with("Error: "),
        };
        ran.err.lines().filter(compared).map(without_times).collect()
    }

    /// The objects as they are, without what differs from run to run.
    fn shown(&self, side: &Side<'_>) -> Vec<String> {
        let objects = side.cluster.objects().into_iter().filter(self.compared);
        let masked = objects.map(|mut object| {
            object.as_object_mut().unwrap().remove("status");
            if object["kind"] == "Pod" {
                // The cluster adds names and addresses of its own.
                object.as_object_mut().unwrap().remove("spec");
                let owners = object["metadata"]["managedFields"].as_array_mut().unwrap();
                owners.retain(|owner| owner["subresource"] != "status");
            }
            mask(&mut object);
            object.to_string()
        });
        masked.collect()
    }
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
