//! Generated sequences: the life of one object of a kind, with right and wrong requests of all sorts.

use serde_json::{Value, json};

use crate::exchange::{Sequence, Step};
use crate::kinds::{Kind, Place};
use crate::random::Random;
use crate::schema::{Field, Schema};
use crate::values::Maker;

/// The content type of server-side apply.
pub const APPLY: &str = "application/apply-patch+yaml";
/// The content type of a merge patch.
pub const MERGE: &str = "application/merge-patch+json";
/// The content type of a strategic merge patch.
pub const STRATEGIC: &str = "application/strategic-merge-patch+json";
/// The content type of a JSON patch.
pub const JSON_PATCH: &str = "application/json-patch+json";
/// Accepts a table.
pub const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";
/// Accepts metadata alone.
pub const METADATA: &str = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
/// Accepts lists of metadata alone.
pub const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

/// Returns the steps that make a namespace in which Pods can be created.
pub fn namespace_steps(namespace: &str) -> Vec<Step> {
    let create = |path: &str, body: &Value| Step::json("POST", path, body);
    vec![
        create("/api/v1/namespaces", &json!({"metadata": {"name": namespace}})),
        create(
            &format!("/api/v1/namespaces/{namespace}/serviceaccounts"),
            &json!({"metadata": {"name": "default"}}),
        ),
    ]
}

/// Returns the generated sequence of a kind.
pub fn sequence(kind: &Kind, schema: &Schema, seed: u64, run: &str, number: usize) -> Sequence {
    let place = Place {
        namespace: format!("diff-{run}-{number}"),
        number,
    };
    let name = format!("generated/{}/{number}", kind.plural);
    let random = Random::new(seed, &name);
    let mut steps = if kind.namespaced {
        namespace_steps(&place.namespace)
    } else {
        Vec::new()
    };
    let setup = steps.len();
    let mut life = Life {
        kind,
        fields: schema.of_kind(&kind.schema_name).unwrap_or_default(),
        collection: kind.collection(&place),
        object: kind.example(&place, 0),
        path: format!("{}/{}", kind.collection(&place), kind.name(&place, 0)),
        maker: Maker { schema, random },
        place,
    };
    steps.extend(life.first());
    for _ in 0..10 {
        let step = life.next();
        steps.push(step);
    }
    steps.extend(life.last());
    Sequence { name, setup, steps }
}

struct Life<'a> {
    kind: &'a Kind,
    fields: &'a [Field],
    place: Place,
    collection: String,
    path: String,
    object: Value,
    maker: Maker<'a>,
}

impl Life<'_> {
    fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        self.maker.random.pick::<&str>(choices)
    }

    /// Parameters of a write, mostly none.
    fn options(&mut self) -> String {
        let manager = self.pick(&["", "fieldManager=one", "fieldManager=two"]);
        let validation = self.pick(&[
            "",
            "",
            "fieldValidation=Strict",
            "fieldValidation=Warn",
            "fieldValidation=Ignore",
            "fieldValidation=Odd",
        ]);
        let validation = if validation.ends_with("Odd") && !self.maker.random.one_in(5) {
            ""
        } else {
            validation
        };
        let dry = if self.maker.random.one_in(10) { "dryRun=All" } else { "" };
        let parts: Vec<&str> = [manager, validation, dry]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!("?{}", parts.join("&"))
        }
    }

    /// The kind's object with some fields changed.
    fn changed(&mut self, changes: usize) -> Value {
        let mut object = self.object.clone();
        for _ in 0..changes {
            self.maker.change(self.fields, &mut object);
        }
        object
    }

    /// Two attempts that may fail, and one that should not.
    fn first(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for changes in [3, 1, 0] {
            let count = if changes == 0 {
                0
            } else {
                1 + self.maker.random.below(changes)
            };
            let object = self.changed(count);
            let options = self.options().replace("dryRun=All", "");
            steps.push(Step::json("POST", format!("{}{options}", self.collection), &object));
        }
        steps
    }

    fn next(&mut self) -> Step {
        match self.maker.random.below(24) {
            0 | 1 => self.read(),
            2 => self.list(),
            3..=5 => self.replace(),
            6..=8 => self.merge(MERGE),
            9..=11 => self.merge(STRATEGIC),
            12..=14 => self.json_patch(),
            15..=18 => self.apply(),
            19 | 20 => self.subresource(),
            21 => self.create_again(),
            22 => self.odd(),
            _ => self.delete_dry(),
        }
    }

    fn read(&mut self) -> Step {
        let accept = self.pick(&["", TABLE, METADATA]);
        Step::plain("GET", self.path.clone()).accepting(accept)
    }

    fn list(&mut self) -> Step {
        let accept = self.pick(&["", TABLE, METADATA_LIST]);
        // Other sequences have objects of the same kind.
        let own = format!("labelSelector=diff%3D{}", self.place.namespace);
        let more = self.pick(&[
            "",
            "%2Cown%3Dl0",
            "%2Cown!%3Dl0",
            "%2Cown+in+(l0,l1)",
            "%2C!own",
            "%2Cown+notin+(l1)",
            "&fieldSelector=metadata.name%3Do0",
            "&limit=1",
            "&resourceVersion=0",
        ]);
        Step::plain("GET", format!("{}?{own}{more}", self.collection)).accepting(accept)
    }

    fn replace(&mut self) -> Step {
        let changes = 1 + self.maker.random.below(2);
        let mut object = self.changed(changes);
        match self.maker.random.below(5) {
            0 => object["metadata"]["resourceVersion"] = "1".into(),
            1 | 2 => object["metadata"]["resourceVersion"] = "@rv@".into(),
            _ => {}
        }
        let options = self.options();
        Step::json("PUT", format!("{}{options}", self.path), &object)
    }

    fn merge(&mut self, content_type: &'static str) -> Step {
        let object = self.object.clone();
        let mut patch = self.maker.merge_patch(self.fields, &object);
        if content_type == STRATEGIC && self.maker.random.one_in(10) {
            patch["metadata"] =
                json!({"$patch": "replace", "name": object["metadata"]["name"], "annotations": {"a": "b"}});
        }
        let options = self.options();
        Step::patch(content_type, format!("{}{options}", self.path), &patch)
    }

    fn json_patch(&mut self) -> Step {
        let object = self.object.clone();
        let patch = self.maker.json_patch(&object);
        let options = self.options();
        Step::patch(JSON_PATCH, format!("{}{options}", self.path), &patch)
    }

    fn apply(&mut self) -> Step {
        let mut object = self.changed(1);
        // A part of the object, as charts hand it over.
        for name in ["labels", "annotations"] {
            if self.maker.random.one_in(2) {
                object["metadata"].as_object_mut().map(|metadata| metadata.remove(name));
            }
        }
        if self.maker.random.one_in(30) {
            object.as_object_mut().map(|fields| fields.remove("kind"));
        }
        let manager = self.pick(&["one", "two", "helm"]);
        let force = self.pick(&["", "&force=true", "&force=false"]);
        let dry = if self.maker.random.one_in(10) {
            "&dryRun=All"
        } else {
            ""
        };
        Step::patch(
            APPLY,
            format!("{}?fieldManager={manager}{force}{dry}", self.path),
            &object,
        )
    }

    fn subresource(&mut self) -> Step {
        let names: Vec<String> = self
            .kind
            .subresources
            .iter()
            .filter(|name| matches!(name.as_str(), "status" | "scale" | "approval" | "ephemeralcontainers"))
            .cloned()
            .collect();
        if names.is_empty() || self.maker.random.one_in(10) {
            let name = self.pick(&["status", "scale", "nothing"]);
            return Step::plain("GET", format!("{}/{name}", self.path));
        }
        let name = self.maker.random.pick(&names).clone();
        let path = format!("{}/{name}", self.path);
        if name == "scale" {
            let count = self.maker.random.below(2);
            return match self.maker.random.below(4) {
                0 => Step::plain("GET", path),
                1 => Step::patch(MERGE, path, &json!({"spec": {"replicas": count}})),
                2 => Step::patch(
                    APPLY,
                    format!("{path}?fieldManager=scaler"),
                    &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": self.object["metadata"]["name"]}, "spec": {"replicas": 0}}),
                ),
                _ => Step::json(
                    "PUT",
                    path,
                    &json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": self.object["metadata"]["name"], "namespace": self.place.namespace}, "spec": {"replicas": count}}),
                ),
            };
        }
        let Some(status) = self.fields.iter().find(|field| field.name == "status") else {
            return Step::plain("GET", path);
        };
        match self.maker.random.below(5) {
            0 => Step::plain("GET", path),
            1 => {
                let mut object = self.object.clone();
                object["status"] = self.maker.value("status", &status.shape, 3);
                Step::json("PUT", path, &object)
            }
            2 => {
                let mut object = json!({"apiVersion": self.kind.api_version, "kind": self.kind.kind, "metadata": {"name": self.object["metadata"]["name"]}});
                object["status"] = self.maker.value("status", &status.shape, 2);
                Step::patch(APPLY, format!("{path}?fieldManager=status"), &object)
            }
            other => {
                let value = self.maker.value("status", &status.shape, 3);
                Step::patch(
                    if other == 3 { MERGE } else { STRATEGIC },
                    path,
                    &json!({"status": value, "metadata": {"labels": {"from": "status"}}}),
                )
            }
        }
    }

    fn create_again(&mut self) -> Step {
        let mut object = self.object.clone();
        match self.maker.random.below(4) {
            0 => {}
            1 => {
                object = self.kind.example(&self.place, 1);
                object["metadata"]["name"] =
                    format!("{}-", object["metadata"]["name"].as_str().unwrap_or_default()).into();
            }
            2 => {
                object["metadata"]
                    .as_object_mut()
                    .map(|metadata| metadata.remove("name"));
                object["metadata"]["generateName"] = "made-".into();
            }
            _ => object["metadata"]["resourceVersion"] = "5".into(),
        }
        Step::json("POST", format!("{}?dryRun=All", self.collection), &object)
    }

    /// Requests that no client should send.
    fn odd(&mut self) -> Step {
        let path = self.path.clone();
        match self.maker.random.below(12) {
            0 => Step::plain("GET", format!("{path}-other")),
            1 => Step {
                content_type: "application/json",
                body: "{\"a\": ".into(),
                ..Step::plain("PUT", path)
            },
            2 => Step::json("PUT", path, &json!([1])),
            3 => Step::json(
                "PUT",
                path,
                &json!({"apiVersion": "v1", "kind": "Other", "metadata": {"name": "x"}}),
            ),
            4 => Step::patch("text/plain", path, &json!({})),
            5 => Step::json("POST", path, &self.object.clone()),
            6 => Step::patch(JSON_PATCH, path, &json!({"op": "add"})),
            7 => Step::patch(MERGE, path, &json!([1])),
            8 => {
                let mut object = self.object.clone();
                object["metadata"]["name"] = "other".into();
                Step::json("PUT", path, &object)
            }
            9 => {
                let mut object = self.object.clone();
                object["metadata"]["uid"] = "11111111-1111-4111-8111-111111111111".into();
                Step::json("PUT", path, &object)
            }
            10 => Step::plain("GET", format!("{}?labelSelector=a%3D%3D%3Db", self.collection)),
            _ => Step::plain("GET", format!("{}?fieldSelector=spec.nothing%3Db", self.collection)),
        }
    }

    fn delete_dry(&mut self) -> Step {
        let propagation = self.pick(&[
            "",
            "&propagationPolicy=Foreground",
            "&propagationPolicy=Orphan",
            "&propagationPolicy=Background",
            "&propagationPolicy=Odd",
            "&gracePeriodSeconds=0",
            "&gracePeriodSeconds=-1",
        ]);
        Step::plain("DELETE", format!("{}?dryRun=All{propagation}", self.path))
    }

    fn last(&mut self) -> Vec<Step> {
        let uid = self.pick(&["@uid@", "@uid@", "11111111-1111-4111-8111-111111111111"]);
        let propagation = self.pick(&["Background", "Foreground", "Orphan"]);
        let options = match self.maker.random.below(3) {
            0 => json!({"preconditions": {"uid": uid}}),
            1 => json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}),
            _ => json!({"preconditions": {"resourceVersion": "1"}}),
        };
        vec![
            Step::plain("GET", self.path.clone()),
            Step::json("DELETE", self.path.clone(), &options),
            Step::plain("DELETE", self.path.clone()),
            Step::plain("GET", self.path.clone()),
        ]
    }
}
