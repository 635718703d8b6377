//! The kinds that are compared, with an object of each that both servers take.

use serde_json::{Value, json};

/// A kind, where its objects live, and what one looks like.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Group, version and kind as `schema.txt` has them, such as `apps/v1/Deployment`.
    pub schema_name: String,
    /// The group, empty for the core group.
    pub group: String,
    /// `apiVersion` of its objects.
    pub api_version: String,
    /// `kind` of its objects.
    pub kind: String,
    /// The plural name.
    pub plural: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Its subresources.
    pub subresources: Vec<String>,
    /// An object without metadata.
    pub object: Value,
}

/// A certificate signing request for `CN=diff`.
const SIGNING_REQUEST: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RVpHbG1aakJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSApBMElBQkN1dEFTUWZqeTl1RURQVDdKNERVeGtPM1pOaktObnlYNDZXckoxeUIyYVkwMTQ0TUZQVGViSldubzNXCkR1TEVGa09KVkVKYlEwNHZydm9YT0w4N2FtQ2dBREFLQmdncWhrak9QUVFEQWdOSUFEQkZBaUJ1QW1QOVVBWi8KMnlCdnlvMDNaNU9qQWZmSjUrR1E1YUJScnlKazJNSEJld0loQUttL3RYeEp2MmV3dk9zaUNDT1NIdUljL1ZkMApxaTFGUTdyTnBPa0hxRDZBCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=";

/// Returns all kinds that have an object in `data/objects.json`, in the order of discovery.
pub fn all() -> anyhow::Result<Vec<Kind>> {
    let objects: Value = serde_json::from_str(include_str!("../data/objects.json"))?;
    let table = include_str!("../../../edge/whelm-sandbox/data/kinds.txt");
    Ok(table.lines().filter_map(|line| read_kind(line, &objects)).collect())
}

fn read_kind(line: &str, objects: &Value) -> Option<Kind> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [group, version, plural, _, kind, scope, _, _, _, subresources, ..] = columns.as_slice() else {
        return None;
    };
    let object = objects.get(format!("{group}/{version}/{plural}"))?.clone();
    let names = subresources
        .split(';')
        .filter_map(|own| own.split(':').next())
        .filter(|name| !name.is_empty());
    Some(Kind {
        schema_name: format!("{group}/{version}/{kind}"),
        group: (*group).to_owned(),
        api_version: if group.is_empty() {
            (*version).to_owned()
        } else {
            format!("{group}/{version}")
        },
        kind: (*kind).to_owned(),
        plural: (*plural).to_owned(),
        namespaced: *scope == "N",
        subresources: names.map(str::to_owned).collect(),
        object,
    })
}

/// Where the objects of one sequence live, and what they are called.
#[derive(Debug, Clone)]
pub struct Place {
    /// The namespace of the sequence, and the start of the names of its objects outside namespaces.
    pub namespace: String,
    /// A number that no other sequence has.
    pub number: usize,
}

impl Kind {
    /// Returns the path of the collection.
    pub fn collection(&self, place: &Place) -> String {
        let root = if self.group.is_empty() {
            "/api/v1".to_owned()
        } else {
            format!("/apis/{}", self.api_version)
        };
        if self.namespaced {
            format!("{root}/namespaces/{}/{}", place.namespace, self.plural)
        } else {
            format!("{root}/{}", self.plural)
        }
    }

    /// Returns the name of the sequence's object of this kind; `other` tells two apart.
    pub fn name(&self, place: &Place, other: usize) -> String {
        let Place { namespace, number } = place;
        match self.plural.as_str() {
            "customresourcedefinitions" => format!("things.{}", group_of(place, other)),
            "apiservices" => format!("v1.{}", group_of(place, other)),
            "ipaddresses" => format!(
                "10.0.{}.{}",
                100 + number * 2 / 250 % 150,
                1 + (number * 2 + other) % 250
            ),
            _ if self.namespaced => format!("o{other}"),
            _ => format!("{namespace}-o{other}"),
        }
    }

    /// Returns an object that both servers take.
    pub fn example(&self, place: &Place, other: usize) -> Value {
        let mut object = self.object.clone();
        replace(
            &mut object,
            &[
                ("@ns", &place.namespace),
                ("@group", &group_of(place, other)),
                ("@csr", SIGNING_REQUEST),
            ],
        );
        let mut metadata =
            json!({"name": self.name(place, other), "labels": {"diff": place.namespace, "own": format!("l{other}")}});
        if self.kind == "Event" {
            metadata["namespace"] = place.namespace.clone().into();
        }
        object["metadata"] = metadata;
        object["apiVersion"] = self.api_version.clone().into();
        object["kind"] = self.kind.clone().into();
        object
    }
}

fn group_of(place: &Place, other: usize) -> String {
    format!("g{other}.{}.example.com", place.namespace)
}

fn replace(value: &mut Value, pairs: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            if let Some((_, with)) = pairs.iter().find(|(mark, _)| text == mark) {
                *text = (*with).to_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, pairs)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, pairs)),
        _ => {}
    }
}
