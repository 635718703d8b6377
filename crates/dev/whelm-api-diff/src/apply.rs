//! The merge of server-side apply: many managers write to one object, by apply, update and patch.
//!
//! Objects are parts of a large one in `data/apply.json`. There, a field that starts with `!` is in every part, `$any` has
//! values to choose from, `$rare` a value that is seldom there, and `"$pod"` stands for the Pod of `data/pod.json`.

use serde_json::{Map, Value, json};

use crate::exchange::{Sequence, Step};
use crate::generated::{APPLY, JSON_PATCH, MERGE, STRATEGIC, namespace_steps};
use crate::random::Random;

/// How many writes one object gets.
const WRITES: usize = 25;
const MANAGERS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// What all sequences need: their namespace and the definition of their custom resource.
pub fn preparation(run: &str) -> anyhow::Result<Sequence> {
    let definition: Value = serde_json::from_str(include_str!("../data/thing.json"))?;
    let mut steps = namespace_steps(&namespace(run));
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    steps.push(Step::json("POST", definitions, &definition));
    steps.push(Step {
        until: "\"Established\"",
        ..Step::plain("GET", format!("{definitions}/things.apply.example.com"))
    });
    steps.push(Step {
        until: "ThingList",
        ..Step::plain(
            "GET",
            format!("/apis/apply.example.com/v1/namespaces/{}/things", namespace(run)),
        )
    });
    // The embedded cluster comes with a default storage class, which claims get.
    steps.push(Step::plain("DELETE", "/apis/storage.k8s.io/v1/storageclasses/standard"));
    Ok(Sequence {
        name: "apply/preparation".into(),
        setup: steps.len(),
        steps,
    })
}

fn namespace(run: &str) -> String {
    format!("diff-{run}-apply")
}

/// Returns sequences with at least `count` writes.
pub fn sequences(count: usize, seed: u64, run: &str) -> anyhow::Result<Vec<Sequence>> {
    let kinds: Map<String, Value> = serde_json::from_str(include_str!("../data/apply.json"))?;
    let pod: Value = serde_json::from_str(include_str!("../data/pod.json"))?;
    let kinds: Vec<(&String, &Value)> = kinds.iter().collect();
    let number_of = count.div_ceil(WRITES);
    let sequence = |number: usize| {
        let (plural, kind) = kinds.get(number % kinds.len())?;
        let name = format!("apply/{plural}/{number}");
        let random = Random::new(seed, &name);
        let root = kind.get("path").and_then(Value::as_str)?;
        let mut writer = Writer {
            random,
            whole: kind.get("object")?,
            pod: &pod,
            custom: root.contains("example.com"),
            collection: format!("{root}/namespaces/{}/{plural}", namespace(run)),
            name: format!("o{number}"),
        };
        let steps = (0..WRITES).map(|index| writer.step(index)).collect();
        Some(Sequence { name, setup: 0, steps })
    };
    Ok((0..number_of).filter_map(sequence).collect())
}

struct Writer<'a> {
    random: Random,
    whole: &'a Value,
    pod: &'a Value,
    custom: bool,
    collection: String,
    name: String,
}

impl Writer<'_> {
    fn step(&mut self, index: usize) -> Step {
        let path = format!("{}/{}", self.collection, self.name);
        let manager = *self.random.pick(&MANAGERS);
        let owner = format!("fieldManager={manager}");
        match self.random.below(20) {
            _ if index == 0 && self.random.one_in(3) => {
                Step::json("POST", format!("{}?{owner}", self.collection), &self.object())
            }
            0 | 1 => {
                let mut object = self.object();
                if self.random.one_in(4) {
                    object["metadata"]["resourceVersion"] = "@rv@".into();
                }
                if self.random.one_in(6) {
                    object["metadata"]["managedFields"] = self.random.pick(&[json!([]), json!([{}])]).clone();
                }
                Step::json("PUT", format!("{path}?{owner}"), &object)
            }
            2 | 3 => {
                let patch = self.merge_patch();
                Step::patch(MERGE, format!("{path}?{owner}"), &patch)
            }
            4 if !self.custom => {
                let patch = self.merge_patch();
                Step::patch(STRATEGIC, format!("{path}?{owner}"), &patch)
            }
            5 => {
                let patch = self.json_patch();
                Step::patch(JSON_PATCH, format!("{path}?{owner}"), &patch)
            }
            6 if self.random.one_in(8) => Step::plain("DELETE", path),
            _ => {
                let force = if self.random.one_in(2) { "&force=true" } else { "" };
                let object = self.object();
                Step::patch(APPLY, format!("{path}?{owner}{force}"), &object)
            }
        }
    }

    /// A random part of the whole object.
    fn object(&mut self) -> Value {
        let mut object = self.part(self.whole).unwrap_or_default();
        object["metadata"] = json!({"name": self.name});
        // Those are in every part, whatever their names say.
        for field in ["apiVersion", "kind"] {
            object[field] = self.whole.get(field).cloned().unwrap_or_default();
        }
        for (field, text) in [("labels", "v"), ("annotations", "w")] {
            if self.random.one_in(3) {
                let value = format!("{text}{}", self.random.below(2));
                object["metadata"][field] =
                    json!({ *self.random.pick(&["a", "b", "example.com/c"]): value, "d": "same" });
            }
        }
        if self.random.one_in(12) {
            object["metadata"]["finalizers"] = self
                .random
                .pick(&[json!(["example.com/a"]), json!(["example.com/b", "example.com/a"])])
                .clone();
        }
        if self.random.one_in(12) {
            object["metadata"]["ownerReferences"] =
                json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": self.random.pick(&["u1", "u2"])}]);
        }
        if self.random.one_in(8) {
            self.spoil(&mut object);
        }
        object
    }

    /// Makes a scalar somewhere another one, of any type, or null.
    fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                let names: Vec<String> = fields
                    .keys()
                    .filter(|name| !matches!(name.as_str(), "metadata" | "kind" | "apiVersion" | "name"))
                    .cloned()
                    .collect();
                if names.is_empty() {
                    return;
                }
                if let Some(field) = fields.get_mut(self.random.pick(&names)) {
                    self.spoil(field);
                }
            }
            Value::Array(items) if !items.is_empty() && !self.random.one_in(4) => {
                let index = self.random.below(items.len());
                if self.random.one_in(3) {
                    let item = items.get(index).cloned().unwrap_or_default();
                    items.push(item);
                } else if let Some(item) = items.get_mut(index) {
                    self.spoil(item);
                }
            }
            other => {
                *other = self
                    .random
                    .pick(&[
                        Value::Null,
                        json!("odd"),
                        json!(7),
                        json!(true),
                        json!({"o": 1}),
                        json!([]),
                        json!({}),
                        json!(["o"]),
                    ])
                    .clone()
            }
        }
    }

    /// Returns a random part of a value, nothing when it is left out.
    fn part(&mut self, whole: &Value) -> Option<Value> {
        match whole {
            Value::String(text) if text == "$pod" => self.part(self.pod),
            Value::Object(fields) if fields.contains_key("$any") => {
                let choices = fields.get("$any").and_then(Value::as_array)?;
                let choice = self.random.pick(choices).clone();
                Some(choice)
            }
            Value::Object(fields) if fields.contains_key("$rare") => {
                self.random.one_in(40).then(|| fields.get("$rare").cloned())?
            }
            Value::Object(fields) => {
                let mut part = Map::new();
                for (name, field) in fields {
                    let always = name.starts_with('!');
                    if (always || self.random.one_in(2))
                        && let Some(value) = self.part(field)
                    {
                        part.insert(name.trim_start_matches('!').to_owned(), value);
                    }
                }
                Some(Value::Object(part))
            }
            Value::Array(items) => {
                let mut part: Vec<Value> = Vec::new();
                for item in items {
                    if !self.random.one_in(3)
                        && let Some(value) = self.part(item)
                    {
                        let place = if self.random.one_in(4) { 0 } else { part.len() };
                        part.insert(place, value);
                    }
                }
                if part.is_empty() {
                    part.extend(items.first().and_then(|item| self.part(item)));
                }
                Some(part.into())
            }
            scalar => Some(scalar.clone()),
        }
    }

    fn merge_patch(&mut self) -> Value {
        let mut patch = self.part(self.whole).unwrap_or_default();
        if let Value::Object(fields) = &mut patch {
            fields.retain(|name, _| !matches!(name.as_str(), "apiVersion" | "kind"));
        }
        if self.random.one_in(3) {
            patch["metadata"] = json!({"labels": {"a": self.random.pick(&[Value::Null, json!("p"), json!("q")])}});
        }
        self.thin(&mut patch);
        patch
    }

    /// Leaves one field of every map, and makes some null.
    fn thin(&mut self, value: &mut Value) {
        let Value::Object(fields) = value else { return };
        let names: Vec<String> = fields.keys().cloned().collect();
        if names.is_empty() {
            return;
        }
        let kept = self.random.pick(&names).clone();
        fields.retain(|name, _| *name == kept);
        if let Some(field) = fields.get_mut(&kept) {
            if self.random.one_in(8) && kept != "metadata" {
                *field = Value::Null;
            } else {
                self.thin(field);
            }
        }
    }

    fn json_patch(&mut self) -> Value {
        let object = self.object();
        let names: Vec<String> = object
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .filter(|name| !matches!(name.as_str(), "apiVersion" | "kind" | "metadata"))
            .collect();
        match (self.random.below(4), names.is_empty()) {
            (0, _) | (_, true) => json!([{"op": "add", "path": "/metadata/labels", "value": {"a": "j"}}]),
            (1, _) => json!([{"op": "remove", "path": format!("/{}", self.random.pick(&names))}]),
            (2, _) => {
                json!([{"op": "add", "path": "/metadata/annotations", "value": {"a": "j", "k": "l"}}, {"op": "remove", "path": "/metadata/annotations/k"}])
            }
            _ => {
                let name = self.random.pick(&names).clone();
                json!([{"op": "replace", "path": format!("/{name}"), "value": object.get(&name)}])
            }
        }
    }
}
