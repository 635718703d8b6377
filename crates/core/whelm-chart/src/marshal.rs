//! Metadata back to YAML: what `show chart` prints and `Chart.yaml` files of packages have.

use go_value::{Map, Str, Value};

use crate::{Dependency, Lock, Maintainer, Metadata};

impl Metadata {
    /// Returns the metadata as Go writes it into JSON: empty fields are left out.
    pub fn to_value(&self) -> Value {
        let mut fields = Fields::default();
        for (key, text) in [
            ("name", &self.name),
            ("home", &self.home),
            ("version", &self.version),
            ("description", &self.description),
            ("icon", &self.icon),
            ("apiVersion", &self.api_version),
            ("condition", &self.condition),
            ("tags", &self.tags),
            ("appVersion", &self.app_version),
            ("kubeVersion", &self.kube_version),
            ("type", &self.chart_type),
        ] {
            fields.text(key, text);
        }
        fields.list(
            "sources",
            self.sources
                .iter()
                .flatten()
                .map(|text| Some(Value::from(text.as_str()))),
        );
        fields.list(
            "keywords",
            self.keywords
                .iter()
                .flatten()
                .map(|text| Some(Value::from(text.as_str()))),
        );
        let maintainers = self.maintainers.iter().flatten();
        fields.list(
            "maintainers",
            maintainers.map(|item| item.as_ref().map(Maintainer::to_value)),
        );
        let dependencies = self.dependencies.iter().flatten();
        fields.list(
            "dependencies",
            dependencies.map(|item| item.as_ref().map(Dependency::to_value)),
        );
        if self.deprecated {
            fields.set("deprecated", Value::Bool(true));
        }
        let annotations: Map = self
            .annotations
            .iter()
            .flatten()
            .map(|(key, text)| (Str::from(key), Value::from(text.as_str())))
            .collect();
        if !annotations.is_empty() {
            fields.set("annotations", Value::Map(annotations));
        }
        Value::Map(fields.map)
    }

    /// Returns the metadata as YAML, keys in the order of their bytes.
    pub fn to_yaml(&self) -> String {
        crate::yaml::write(&self.to_value())
    }
}

impl Maintainer {
    fn to_value(&self) -> Value {
        let mut fields = Fields::default();
        fields.text("name", &self.name);
        fields.text("email", &self.email);
        fields.text("url", &self.url);
        Value::Map(fields.map)
    }
}

impl Dependency {
    /// Returns the dependency as Go writes it into JSON: name and repository always, the rest unless empty.
    pub fn to_value(&self) -> Value {
        let mut fields = Fields::default();
        fields.set("name", self.name.as_str().into());
        fields.set("repository", self.repository.as_str().into());
        fields.text("version", &self.version);
        fields.text("condition", &self.condition);
        fields.text("alias", &self.alias);
        fields.list(
            "tags",
            self.tags.iter().flatten().map(|text| Some(Value::from(text.as_str()))),
        );
        fields.list("import-values", self.import_values.iter().flatten().cloned().map(Some));
        if self.enabled {
            fields.set("enabled", Value::Bool(true));
        }
        Value::Map(fields.map)
    }
}

impl Lock {
    /// Returns the lock as Go writes it into JSON.
    pub fn to_value(&self) -> Value {
        let dependencies = self.dependencies.as_ref().map_or(Value::Nil, |list| {
            Value::List(
                list.iter()
                    .map(|item| item.as_ref().map_or(Value::Nil, Dependency::to_value))
                    .collect(),
            )
        });
        Value::Map(Map::from([
            ("generated".into(), self.generated.as_str().into()),
            ("digest".into(), self.digest.as_str().into()),
            ("dependencies".into(), dependencies),
        ]))
    }

    /// Returns the lock as YAML, keys in the order of their bytes.
    pub fn to_yaml(&self) -> String {
        crate::yaml::write(&self.to_value())
    }
}

/// An object that leaves out what is empty.
#[derive(Default)]
struct Fields {
    map: Map,
}

impl Fields {
    fn set(&mut self, key: &str, value: Value) {
        self.map.insert(key.into(), value);
    }

    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.set(key, text.into());
        }
    }

    fn list(&mut self, key: &str, items: impl Iterator<Item = Option<Value>>) {
        let items: Vec<Value> = items.map(Option::unwrap_or_default).collect();
        if !items.is_empty() {
            self.set(key, Value::List(items));
        }
    }
}
