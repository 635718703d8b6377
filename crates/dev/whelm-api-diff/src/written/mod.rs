//! Hand-written sequences.

mod bodies;
mod custom;
mod deletes;
mod immutable;
mod names;
mod patches;
mod reads;
mod subresources;
mod tables;
mod watches;

use serde_json::{Value, json};

use crate::exchange::{Sequence, Step};
use crate::generated::namespace_steps;
use crate::kinds::{Kind, Place};

/// Returns all hand-written sequences.
pub fn sequences(kinds: &[Kind], run: &str) -> Vec<Sequence> {
    let mut book = Book {
        kinds,
        run,
        sequences: Vec::new(),
    };
    names::write(&mut book);
    bodies::write(&mut book);
    reads::write(&mut book);
    tables::write(&mut book);
    watches::write(&mut book);
    patches::write(&mut book);
    immutable::write(&mut book);
    deletes::write(&mut book);
    subresources::write(&mut book);
    custom::write(&mut book);
    book.sequences
}

/// The sequences so far.
pub struct Book<'a> {
    /// The kinds with their objects.
    pub kinds: &'a [Kind],
    run: &'a str,
    sequences: Vec<Sequence>,
}

/// A sequence that is being written, in a namespace of its own.
pub struct Script {
    /// Where its objects live.
    pub place: Place,
    steps: Vec<Step>,
}

impl Book<'_> {
    /// Adds a sequence.
    pub fn add(&mut self, name: &str, write: impl FnOnce(&mut Script)) {
        // Away from the numbers of generated sequences.
        let number = 50_000 + self.sequences.len();
        let place = Place {
            namespace: format!("diff-{}-w{number}", self.run),
            number,
        };
        let steps = namespace_steps(&place.namespace);
        let setup = steps.len();
        let mut script = Script { place, steps };
        write(&mut script);
        self.sequences.push(Sequence {
            name: format!("written/{name}"),
            setup,
            steps: script.steps,
        });
    }

    /// Adds a sequence for every kind.
    pub fn for_each(&mut self, name: &str, write: impl Fn(&mut Script, &Kind)) {
        for kind in self.kinds {
            self.add(
                &format!("{name}/{}{}", kind.api_version.replace('/', "."), kind.plural),
                |script| write(script, kind),
            );
        }
    }
}

impl Script {
    /// Adds a request.
    pub fn step(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Returns the path of a core resource in the namespace.
    pub fn core(&self, rest: &str) -> String {
        format!("/api/v1/namespaces/{}/{rest}", self.place.namespace)
    }

    /// Returns the path of a resource of a group in the namespace.
    pub fn in_group(&self, group: &str, rest: &str) -> String {
        format!("/apis/{group}/namespaces/{}/{rest}", self.place.namespace)
    }

    /// Creates an object.
    pub fn post(&mut self, path: &str, body: &Value) {
        self.step(Step::json("POST", path, body));
    }

    /// Replaces an object.
    pub fn put(&mut self, path: &str, body: &Value) {
        self.step(Step::json("PUT", path, body));
    }

    /// Gets an object or a list.
    pub fn get(&mut self, path: &str) {
        self.step(Step::plain("GET", path));
    }

    /// Patches an object.
    pub fn patch(&mut self, content_type: &'static str, path: &str, body: &Value) {
        self.step(Step::patch(content_type, path, body));
    }

    /// Deletes an object or a collection.
    pub fn delete(&mut self, path: &str) {
        self.step(Step::plain("DELETE", path));
    }

    /// Sends a text as it is.
    pub fn send(&mut self, method: &'static str, path: &str, content_type: &'static str, body: &str) {
        self.step(Step {
            content_type,
            body: body.to_owned(),
            ..Step::plain(method, path)
        });
    }

    /// Creates a ConfigMap.
    pub fn config_map(&mut self, name: &str, labels: &Value) {
        let path = self.core("configmaps");
        self.post(&path, &config_map(name, labels));
    }
}

/// Returns a ConfigMap.
pub fn config_map(name: &str, labels: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}, "data": {"a": "1"}})
}
