//! `.Capabilities`: the cluster's version and APIs.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use go_text_template::value::{Kind, Signature};
use go_text_template::{FuncError, List, Object, Type, Value};
use go_value::Str;
use go_value::strconv::{parse_uint, quote};

/// What a chart can learn about the cluster and about this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Kubernetes.
    pub kube_version: KubeVersion,
    /// The API versions that the cluster has, and the kinds in them: `apps/v1`, `apps/v1/Deployment`.
    pub api_versions: Arc<Vec<String>>,
    /// This program's build.
    pub helm_version: BuildInfo,
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// As the cluster or the user gave it, with a `v`: `v1.33.4-gke.1245000`.
    pub version: String,
    /// Only the numbers, for constraints: `v1.33.4`; empty when the version came from a cluster.
    pub normalized: String,
    /// The first number.
    pub major: String,
    /// The second number.
    pub minor: String,
}

/// What a program says about its build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// The version of Helm that this program stands in for, `v4.3`.
    pub version: String,
    /// The commit, empty when unknown.
    pub git_commit: String,
    /// `clean`, `dirty` or empty.
    pub git_tree_state: String,
    /// The compiler; Helm has Go's version here.
    pub go_version: String,
    /// The version of Kubernetes that the client is made for, `v1.37`.
    pub kube_client_version: String,
}

/// The API versions that Helm 4.3.1 assumes without a cluster.
const DEFAULT_API_VERSIONS: [&str; 57] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

impl Capabilities {
    /// Returns what Helm 4.3.1 assumes without a cluster: Kubernetes v1.37.0 and its API versions, without kinds.
    pub fn offline(helm_version: BuildInfo) -> Capabilities {
        let version = "v1.37.0".to_owned();
        Capabilities {
            kube_version: KubeVersion {
                normalized: version.clone(),
                version,
                major: "1".to_owned(),
                minor: "37".to_owned(),
            },
            api_versions: Arc::new(DEFAULT_API_VERSIONS.map(str::to_owned).to_vec()),
            helm_version,
        }
    }

    /// Adds API versions behind those that are there.
    pub fn add_api_versions(&mut self, versions: impl IntoIterator<Item = String>) {
        Arc::make_mut(&mut self.api_versions).extend(versions);
    }
}

impl KubeVersion {
    /// Reads a version: numbers with dots between them, at least two, and anything behind.
    ///
    /// # Errors
    /// The text of the Kubernetes library, for example `could not parse "x" as version`.
    pub fn parse(text: &str) -> Result<KubeVersion, String> {
        let components = components(text)?;
        let numbers: Vec<String> = components.iter().map(u64::to_string).collect();
        let version = if text.starts_with('v') {
            text.to_owned()
        } else {
            format!("v{text}")
        };
        Ok(KubeVersion {
            version,
            normalized: format!("v{}", numbers.join(".")),
            major: numbers.first().cloned().unwrap_or_default(),
            minor: numbers.get(1).cloned().unwrap_or_default(),
        })
    }

    /// Returns the version that constraints are checked against.
    pub fn for_constraints(&self) -> &str {
        if self.normalized.is_empty() {
            &self.version
        } else {
            &self.normalized
        }
    }
}

/// Source: apimachinery 0.37.1, `pkg/util/version/version.go`, `ParseGeneric`.
fn components(text: &str) -> Result<Vec<u64>, String> {
    let quoted = || quote(text.as_bytes());
    let unparsable = || format!("could not parse {} as version", quoted());
    let start = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    let start = start.strip_prefix('v').unwrap_or(start);
    let digits_and_dots = start.len() - start.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    // The numbers end before a dot that no digit follows.
    let mut numbers = &start[..digits_and_dots];
    if let Some(gap) = numbers.find("..") {
        numbers = &numbers[..gap];
    }
    let numbers = numbers.trim_end_matches('.');
    let rest = &start[numbers.len()..];
    if numbers.is_empty() || numbers.starts_with('.') || rest.contains('\n') {
        return Err(unparsable());
    }
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() < 2 {
        return Err(format!("illegal version string {}", quoted()));
    }
    if parts[0].len() > 1 && parts[0].starts_with('0') {
        return Err(format!(
            "illegal zero-prefixed version component {} in {}",
            quote(parts[0].as_bytes()),
            quoted()
        ));
    }
    parts
        .iter()
        .map(|part| {
            parse_uint(part.as_bytes(), 10).map_err(|error| {
                format!(
                    "illegal non-numeric version component {} in {}: {error}",
                    quote(part.as_bytes()),
                    quoted()
                )
            })
        })
        .collect()
}

fn string(text: &str) -> Value {
    Value::Str(text.into())
}

fn plain(fields: &[(&str, &str)]) -> go_value::Value {
    let fields = fields
        .iter()
        .map(|(name, text)| (Str::from(*name), go_value::Value::from(*text)));
    go_value::Value::Map(fields.collect())
}

fn no_method(name: &str) -> FuncError {
    FuncError::new(format!("no method {name}"))
}

/// `*common.Capabilities`
#[derive(Debug)]
pub(crate) struct CapabilitiesObject {
    kube_version: Value,
    api_versions: Value,
    helm_version: Value,
    all: Capabilities,
}

impl CapabilitiesObject {
    pub(crate) fn value(capabilities: &Capabilities) -> Value {
        let versions: Vec<Str> = capabilities.api_versions.iter().map(Str::from).collect();
        Value::Object(Rc::new(CapabilitiesObject {
            kube_version: Value::Object(Rc::new(capabilities.kube_version.clone())),
            api_versions: Value::Object(Rc::new(VersionSet {
                versions: Value::List(List::strings(versions)),
                all: capabilities.api_versions.clone(),
            })),
            helm_version: Value::Object(Rc::new(capabilities.helm_version.clone())),
            all: capabilities.clone(),
        }))
    }
}

impl Object for CapabilitiesObject {
    fn type_(&self) -> Type {
        Type::Named("*common.Capabilities")
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "KubeVersion" => Some(self.kube_version.clone()),
            "APIVersions" => Some(self.api_versions.clone()),
            "HelmVersion" => Some(self.helm_version.clone()),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Copy").then(|| Signature {
            parameters: Vec::new(),
            variadic: None,
        })
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, FuncError> {
        match name {
            "Copy" => Ok(CapabilitiesObject::value(&self.all)),
            _ => Err(no_method(name)),
        }
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        let versions = self
            .all
            .api_versions
            .iter()
            .map(|version| go_value::Value::from(version.as_str()))
            .collect();
        let fields = [
            ("KubeVersion", self.all.kube_version.to_plain()?),
            ("APIVersions", go_value::Value::List(versions)),
            ("HelmVersion", self.all.helm_version.to_plain()?),
        ];
        Ok(go_value::Value::Map(
            fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        ))
    }

    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![
            ("KubeVersion", self.kube_version.clone()),
            ("APIVersions", self.api_versions.clone()),
            ("HelmVersion", self.helm_version.clone()),
        ])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for KubeVersion {
    fn type_(&self) -> Type {
        Type::Named("common.KubeVersion")
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(string(&self.version)),
            "Major" => Some(string(&self.major)),
            "Minor" => Some(string(&self.minor)),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<Signature> {
        matches!(name, "String" | "GitVersion").then(|| Signature {
            parameters: Vec::new(),
            variadic: None,
        })
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, FuncError> {
        match name {
            "String" => Ok(string(self.for_constraints())),
            "GitVersion" => Ok(string(&self.version)),
            _ => Err(no_method(name)),
        }
    }

    /// A copy of the struct has no `String()`: Go prints the fields.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Version", string(&self.version)),
            ("normalizedVersion", string(&self.normalized)),
            ("Major", string(&self.major)),
            ("Minor", string(&self.minor)),
        ]
    }

    fn addressed_text(&self) -> Option<Str> {
        Some(self.for_constraints().into())
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Ok(plain(&[
            ("Version", &self.version),
            ("Major", &self.major),
            ("Minor", &self.minor),
        ]))
    }

    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![
            ("Version", string(&self.version)),
            ("Major", string(&self.major)),
            ("Minor", string(&self.minor)),
        ])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `common.VersionSet`
#[derive(Debug)]
struct VersionSet {
    versions: Value,
    all: Arc<Vec<String>>,
}

impl Object for VersionSet {
    fn type_(&self) -> Type {
        Type::Named("common.VersionSet")
    }

    fn kind(&self) -> Kind {
        Kind::Slice
    }

    fn underlying(&self) -> Option<Value> {
        Some(self.versions.clone())
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Has").then(|| Signature {
            parameters: vec![Type::String],
            variadic: None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FuncError> {
        match (name, arguments) {
            ("Has", [Value::Str(version)]) => Ok(Value::Bool(self.all.iter().any(|known| *version == known.as_str()))),
            _ => Err(no_method(name)),
        }
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Ok(go_value::Value::List(
            self.all
                .iter()
                .map(|version| go_value::Value::from(version.as_str()))
                .collect(),
        ))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl BuildInfo {
    /// The fields with their JSON names; empty ones are left out, save the last.
    fn json_texts(&self) -> Vec<(&'static str, &str)> {
        let mut fields = vec![
            ("version", self.version.as_str()),
            ("git_commit", &self.git_commit),
            ("git_tree_state", &self.git_tree_state),
            ("go_version", &self.go_version),
        ];
        fields.retain(|(_, text)| !text.is_empty());
        fields.push(("kube_client_version", &self.kube_client_version));
        fields
    }
}

impl Object for BuildInfo {
    fn type_(&self) -> Type {
        Type::Named("version.BuildInfo")
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(string(match name {
            "Version" => &self.version,
            "GitCommit" => &self.git_commit,
            "GitTreeState" => &self.git_tree_state,
            "GoVersion" => &self.go_version,
            "KubeClientVersion" => &self.kube_client_version,
            _ => return None,
        }))
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Version", string(&self.version)),
            ("GitCommit", string(&self.git_commit)),
            ("GitTreeState", string(&self.git_tree_state)),
            ("GoVersion", string(&self.go_version)),
            ("KubeClientVersion", string(&self.kube_client_version)),
        ]
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Ok(plain(&self.json_texts()))
    }

    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let texts = self.json_texts().into_iter();
        Some(texts.map(|(name, text)| (name, string(text))).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // T-044
    #[test]
    fn t_044_kube_version_forms() {
        let parsed = KubeVersion::parse("1.30.1-gke.5").unwrap();
        assert_eq!(
            (
                parsed.version.as_str(),
                parsed.normalized.as_str(),
                parsed.major.as_str(),
                parsed.minor.as_str()
            ),
            ("v1.30.1-gke.5", "v1.30.1", "1", "30")
        );
        assert_eq!(KubeVersion::parse("v1.2").unwrap().normalized, "v1.2");
        assert_eq!(KubeVersion::parse("x").unwrap_err(), "could not parse \"x\" as version");
        assert_eq!(KubeVersion::parse("1").unwrap_err(), "illegal version string \"1\"");
        assert!(
            KubeVersion::parse("01.2")
                .unwrap_err()
                .starts_with("illegal zero-prefixed version component \"01\"")
        );
    }

    // T-043
    #[test]
    fn t_043_offline_defaults() {
        let offline = Capabilities::offline(BuildInfo::default());
        assert_eq!(offline.kube_version.version, "v1.37.0");
        assert_eq!(offline.api_versions.len(), 57);
    }
}
