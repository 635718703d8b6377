//! Random values for the fields of the built-in kinds, of right and of wrong types.

use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::schema::{Field, Schema, Shape};

/// Values that a field of a name takes, valid ones first and most; the last are not.
const TEXTS: &[(&str, &[&str])] = &[
    ("action", &["Do", "FailJob"]),
    ("addressType", &["IPv4", "IPv6", "FQDN", "ipv4"]),
    ("apiGroup", &["", "apps", "rbac.authorization.k8s.io"]),
    ("apiVersion", &["v1", "apps/v1", "example.com/v1"]),
    ("attacher", &["csi.example.com"]),
    ("cidr", &["10.0.0.0/8", "192.168.1.0/24", "10.0.0.0"]),
    ("clusterIP", &["None", ""]),
    ("completionMode", &["NonIndexed", "Indexed", "Other"]),
    ("concurrencyPolicy", &["Allow", "Forbid", "Replace", "Maybe"]),
    ("controller", &["example.com/ingress"]),
    ("dnsPolicy", &["ClusterFirst", "Default", "None", "Never"]),
    ("driver", &["csi.example.com"]),
    ("effect", &["NoSchedule", "NoExecute", "PreferNoSchedule", "Never"]),
    ("externalName", &["example.com", "a.b"]),
    ("externalTrafficPolicy", &["Cluster", "Local", "None"]),
    ("failurePolicy", &["Fail", "Ignore", "Never"]),
    ("fieldPath", &["metadata.name", "spec.nodeName", "status.podIP"]),
    ("holderIdentity", &["me", "you"]),
    ("host", &["a.example.com", "*.example.com", "A"]),
    ("hostname", &["h", "H"]),
    ("image", &["nginx:1.27", "nginx", "busybox:latest", ""]),
    ("imagePullPolicy", &["Always", "IfNotPresent", "Never", "Sometimes"]),
    ("ip", &["10.1.2.3", "10.1.2.4", "x"]),
    ("internalTrafficPolicy", &["Cluster", "Local"]),
    ("key", &["k", "example.com/k", "a key"]),
    ("kind", &["Pod", "ConfigMap", "Thing"]),
    ("matchPolicy", &["Exact", "Equivalent", "None"]),
    ("medium", &["", "Memory"]),
    ("mode", &["a"]),
    ("mountPath", &["/a", "/b", "c:d", ""]),
    ("name", &["a", "b", "c", "d", "x-1", "Not_Valid", ""]),
    ("namespace", &["default"]),
    ("nodeName", &["node-0"]),
    ("operator", &["In", "NotIn", "Exists", "DoesNotExist", "Equal"]),
    ("path", &["/a", "/", "b", "../c"]),
    ("pathType", &["Prefix", "Exact", "ImplementationSpecific", "Other"]),
    ("persistentVolumeReclaimPolicy", &["Retain", "Delete", "Recycle"]),
    ("podManagementPolicy", &["OrderedReady", "Parallel", "Other"]),
    ("policy", &["a"]),
    ("preemptionPolicy", &["PreemptLowerPriority", "Never", "Other"]),
    ("priorityClassName", &["system-cluster-critical", ""]),
    ("protocol", &["TCP", "UDP", "SCTP", "tcp"]),
    ("provisioner", &["example.com/disk"]),
    ("reclaimPolicy", &["Delete", "Retain", "Never"]),
    ("restartPolicy", &["Always", "OnFailure", "Never", "Sometimes"]),
    ("runtimeClassName", &["r"]),
    ("schedule", &["* * * * *", "0 1 * * *", "x"]),
    ("scheme", &["HTTP", "HTTPS", "FTP"]),
    ("scope", &["*", "Namespaced", "Cluster", "None"]),
    ("serviceAccountName", &["default", "other"]),
    ("serviceName", &["s", "S"]),
    ("sessionAffinity", &["None", "ClientIP", "Other"]),
    ("sideEffects", &["None", "NoneOnDryRun", "Some"]),
    ("state", &["a"]),
    ("storageClassName", &["slow", "fast"]),
    ("terminationMessagePolicy", &["File", "FallbackToLogsOnError", "Other"]),
    ("timeZone", &["Etc/UTC", "Moon/Base"]),
    ("topologyKey", &["zone", "kubernetes.io/hostname", ""]),
    (
        "type",
        &[
            "ClusterIP",
            "NodePort",
            "RollingUpdate",
            "Recreate",
            "OnDelete",
            "Resource",
            "Normal",
            "Opaque",
            "Other",
        ],
    ),
    ("url", &["https://example.com/a", "http://x"]),
    ("verbs", &["get", "list", "*"]),
    ("volumeBindingMode", &["Immediate", "WaitForFirstConsumer", "Other"]),
    ("volumeMode", &["Filesystem", "Block", "Other"]),
    ("whenUnsatisfiable", &["DoNotSchedule", "ScheduleAnyway", "Other"]),
];

const OTHER_TEXTS: &[&str] = &[
    "a",
    "b",
    "c",
    "some-text",
    "x.example.com",
    "",
    "With Space",
    "\u{e9}<&>\"\\",
];
const KEYS: &[&str] = &["a", "b", "app", "example.com/k", "cpu", "memory", "storage", "a key"];

/// Makes values for a schema.
pub struct Maker<'a> {
    /// The structure of the kinds.
    pub schema: &'a Schema,
    /// Where the choices come from.
    pub random: Random,
}

impl Maker<'_> {
    /// Returns a value of a shape, for a field of this name. `room` is how deep it may nest.
    pub fn value(&mut self, name: &str, shape: &Shape, room: usize) -> Value {
        match shape {
            Shape::Scalar(letter) => self.scalar(name, *letter),
            Shape::Struct(number) => {
                let fields = self.schema.fields(*number).unwrap_or_default();
                self.fields(fields, room)
            }
            Shape::List(element) => {
                let count = if room == 0 { 0 } else { self.random.below(3) };
                (0..count)
                    .map(|_| self.value(name, element, room.saturating_sub(1)))
                    .collect()
            }
            Shape::Map(element) => {
                let count = self.random.below(3);
                let pairs = (0..count).map(|_| {
                    let key = (*self.random.pick(KEYS)).to_owned();
                    let value = self.value(name, element, room.saturating_sub(1));
                    (key, value)
                });
                Value::Object(pairs.collect())
            }
        }
    }

    fn fields(&mut self, fields: &[Field], room: usize) -> Value {
        let mut made = Map::new();
        for field in fields {
            let nested = !matches!(field.shape, Shape::Scalar(_));
            let usual = matches!(
                field.name,
                "name" | "key" | "operator" | "type" | "image" | "path" | "port"
            );
            let wanted = if usual {
                !self.random.one_in(5)
            } else {
                self.random.one_in(4)
            };
            if wanted && !(nested && room == 0) {
                made.insert(
                    field.name.to_owned(),
                    self.value(field.name, &field.shape, room.saturating_sub(1)),
                );
            }
        }
        Value::Object(made)
    }

    fn scalar(&mut self, name: &str, letter: char) -> Value {
        match letter {
            's' => self.text(name).into(),
            't' => (*self.random.pick(&[
                "2026-01-01T00:00:00Z",
                "2026-02-03T04:05:06Z",
                "2026-02-03T04:05:06+02:00",
            ]))
            .into(),
            'y' => (*self.random.pick(&["AQI=", "", "dGV4dA=="])).into(),
            'i' | 'l' => (*self
                .random
                .pick(&[0_i64, 1, 2, 3, 5, 10, 80, 443, 1000, 8080, -1, 70_000]))
            .into(),
            'd' => 1.5.into(),
            'b' => self.random.one_in(2).into(),
            'q' => self
                .random
                .pick(&[
                    json!("1"),
                    json!("100m"),
                    json!("1Gi"),
                    json!("1.5"),
                    json!(2),
                    json!("0"),
                    json!("1000Ki"),
                    json!("0.5Gi"),
                    json!("1e3"),
                    json!(1.5),
                ])
                .clone(),
            'x' => self
                .random
                .pick(&[json!(80), json!("http"), json!("25%"), json!(1), json!("1")])
                .clone(),
            _ => self
                .random
                .pick(&[json!({"a": 1}), json!({"a": {"b": [1, 2]}}), json!({})])
                .clone(),
        }
    }

    fn text(&mut self, name: &str) -> &'static str {
        let known = TEXTS.iter().find(|(own, _)| *own == name).map(|(_, texts)| *texts);
        match known {
            Some(texts) if !self.random.one_in(20) => {
                // The first ones are the likely ones.
                let end = 1 + self.random.below(texts.len());
                self.random.pick::<&str>(texts.get(..end).unwrap_or(texts))
            }
            _ => self.random.pick::<&str>(OTHER_TEXTS),
        }
    }

    /// Returns a value that no field of the shape can hold.
    pub fn wrong(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Scalar('s' | 't' | 'y') => self
                .random
                .pick(&[json!(5), json!(true), json!({"a": 1}), json!(["a"]), json!(1.5)])
                .clone(),
            Shape::Scalar('q') => self
                .random
                .pick(&[json!("one"), json!(true), json!({}), json!("1 Gi")])
                .clone(),
            Shape::Scalar('x') => self
                .random
                .pick(&[json!(true), json!({}), json!(1.5), json!([])])
                .clone(),
            Shape::Scalar('i' | 'l' | 'd') => self
                .random
                .pick(&[
                    json!("5"),
                    json!(true),
                    json!({}),
                    json!([1]),
                    json!(1.5),
                    json!(5_000_000_000_i64),
                ])
                .clone(),
            Shape::Scalar('b') => self
                .random
                .pick(&[json!("true"), json!(1), json!({}), json!([])])
                .clone(),
            Shape::List(_) => self.random.pick(&[json!({"a": 1}), json!("a"), json!(3)]).clone(),
            _ => self
                .random
                .pick(&[json!([1]), json!("a"), json!(3), json!(true)])
                .clone(),
        }
    }

    /// Returns a new value for one field: mostly right, now and then null or of a wrong type.
    pub fn any_value(&mut self, field: &Field) -> Value {
        match self.random.below(20) {
            0 => Value::Null,
            1 => self.wrong(&field.shape),
            _ => self.value(field.name, &field.shape, 3),
        }
    }

    /// Changes one field somewhere in an object, adds one or takes one away.
    pub fn change(&mut self, fields: &[Field], object: &mut Value) {
        let Value::Object(own) = object else { return };
        // Fields that are there are more interesting than others.
        let present: Vec<&Field> = fields.iter().filter(|field| own.contains_key(field.name)).collect();
        let field = if present.is_empty() || self.random.one_in(2) {
            self.random.pick(fields)
        } else {
            *self.random.pick(&present)
        };
        if matches!(field.name, "apiVersion" | "kind" | "managedFields") && !self.random.one_in(40) {
            return;
        }
        if self.random.one_in(60) {
            own.insert("unknownField".into(), json!(1));
            return;
        }
        let schema = self.schema;
        let descends = !self.random.one_in(6);
        match (&field.shape, own.get_mut(field.name)) {
            (Shape::Struct(number), Some(value @ Value::Object(_))) if descends => {
                self.change(schema.fields(*number).unwrap_or_default(), value);
            }
            (Shape::List(element), Some(Value::Array(items))) if descends && !items.is_empty() => {
                self.change_list(field.name, element, items);
            }
            (_, Some(_)) if self.random.one_in(5) && field.name != "metadata" => {
                own.remove(field.name);
            }
            (_, Some(_)) if field.name == "metadata" => {}
            (_, _) => {
                let value = self.any_value(field);
                own.insert(field.name.to_owned(), value);
            }
        }
    }

    fn change_list(&mut self, name: &str, element: &Shape, items: &mut Vec<Value>) {
        let index = self.random.below(items.len());
        match self.random.below(6) {
            0 => {
                items.remove(index);
            }
            1 => items.push(self.value(name, element, 3)),
            2 => {
                let item = items.get(index).cloned().unwrap_or_default();
                items.push(item);
            }
            _ => match (element, items.get_mut(index)) {
                (Shape::Struct(number), Some(item)) => {
                    let schema = self.schema;
                    self.change(schema.fields(*number).unwrap_or_default(), item);
                }
                (_, Some(item)) => *item = self.value(name, element, 2),
                _ => {}
            },
        }
    }

    /// Returns a merge patch that sets or removes one field somewhere in an object of a kind.
    pub fn merge_patch(&mut self, fields: &[Field], object: &Value) -> Value {
        let field = self.random.pick(fields);
        if matches!(field.name, "apiVersion" | "kind") {
            return json!({});
        }
        let schema = self.schema;
        let inner = match &field.shape {
            Shape::Struct(number) if !self.random.one_in(8) => {
                let own = object.get(field.name).unwrap_or(&Value::Null);
                self.merge_patch(schema.fields(*number).unwrap_or_default(), own)
            }
            _ if self.random.one_in(6) => Value::Null,
            // A list that is there, with one item changed.
            Shape::List(element) if self.random.one_in(2) => {
                let mut items = object
                    .get(field.name)
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default();
                if items.is_empty() {
                    items.push(self.value(field.name, element, 2));
                } else {
                    self.change_list(field.name, element, &mut items);
                }
                items.into()
            }
            _ => self.any_value(field),
        };
        json!({ field.name: inner })
    }

    /// Returns a JSON patch with one or two operations on what an object has.
    pub fn json_patch(&mut self, object: &Value) -> Value {
        let mut places = Vec::new();
        list_places(object, "", &mut places);
        let count = 1 + self.random.below(2);
        let operations = (0..count).map(|_| self.operation(object, &places));
        operations.collect()
    }

    fn operation(&mut self, object: &Value, places: &[String]) -> Value {
        let (path, other) = (self.random.pick(places).clone(), self.random.pick(places).clone());
        let path = if self.random.one_in(8) {
            format!("{path}/{}", self.random.pick(&["x", "0", "-", "7", "a~1b"]))
        } else {
            path
        };
        let value = match self.random.below(3) {
            0 => json!("text"),
            1 => object.pointer(&other).cloned().unwrap_or_default(),
            _ => json!(2),
        };
        match self.random.below(9) {
            0 | 1 => json!({"op": "add", "path": path, "value": value}),
            2 | 3 => json!({"op": "replace", "path": path, "value": value}),
            4 => json!({"op": "remove", "path": path}),
            5 => json!({"op": "test", "path": path, "value": object.pointer(&path)}),
            6 => json!({"op": "copy", "path": path, "from": other}),
            7 => json!({"op": "move", "path": path, "from": other}),
            _ => json!({"op": "test", "path": path, "value": value}),
        }
    }
}

/// Returns the JSON pointers of everything in a value but the fields by which it is found.
fn list_places(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if matches!(name.as_str(), "apiVersion" | "kind") && place.is_empty() {
                    continue;
                }
                let place = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                list_places(field, &place, places);
                places.push(place);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let place = format!("{place}/{index}");
                list_places(item, &place, places);
                places.push(place);
            }
        }
        _ => {}
    }
}
