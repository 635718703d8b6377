//! Real clusters in the place of embedded ones: `WHELM_TEST_CLUSTERS` names a folder with as many as are used at once.
//!
//! Each is a folder with a `kubeconfig` for programs, and a file `proxy` with the address of a `kubectl proxy` for the tests
//! themselves, which thus need no TLS. A test has a cluster for itself, and leaves it as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::{Answer, request};

const DISCOVERY: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/// What the cluster notes for itself, at moments of its own.
const NOTES: [&str; 7] = [
    "Event",
    "Lease",
    "Endpoints",
    "EndpointSlice",
    "ComponentStatus",
    "IPAddress",
    "Node",
];
/// Groups of the control plane.
const ASIDE: [&str; 11] = [
    "/admissionregistration.",
    "/apiregistration.",
    "/certificates.",
    "/coordination.",
    "/flowcontrol.",
    "/internal.",
    "/node.",
    "/resource.",
    "/scheduling.",
    "/storage.",
    "/storagemigration.",
];
const THREADS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the real clusters are, if tests are to use them.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("WHELM_TEST_CLUSTERS").map(PathBuf::from)
}

/// Says that a test is about what only the embedded cluster can do, if there are real ones.
pub fn skips(what: &str) -> bool {
    let skips = folder().is_some();
    if skips {
        eprintln!("skipped on a real cluster: {what}");
    }
    skips
}

/// Keeps others from taking two clusters, until it is dropped.
pub fn taking(folder: &Path) -> File {
    let file = File::create(folder.join("taking")).unwrap();
    file.lock().unwrap();
    file
}

/// A cluster that nobody else uses.
pub struct Real {
    /// Holds the lock, until it is closed.
    _lock: File,
    pub kubeconfig: String,
    pub address: String,
    /// The paths of what is in an unused cluster.
    before: BTreeSet<String>,
}

impl Real {
    /// Waits for a cluster that is free.
    pub fn take(folder: &Path) -> Real {
        let begun = Instant::now();
        loop {
            let mut clusters: Vec<PathBuf> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            clusters.sort();
            for cluster in clusters.iter().filter(|path| path.join("proxy").exists()) {
                let lock = File::create(cluster.join("lock")).unwrap();
                if lock.try_lock().is_ok() {
                    return Real::new(cluster, lock);
                }
            }
            assert!(
                begun.elapsed() < PATIENCE * 10,
                "no cluster in {} is free",
                folder.display()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn new(cluster: &Path, lock: File) -> Real {
        let text = |name: &str| std::fs::read_to_string(cluster.join(name));
        let mut real = Real {
            _lock: lock,
            kubeconfig: text("kubeconfig").unwrap(),
            address: text("proxy").unwrap().trim().to_owned(),
            before: BTreeSet::new(),
        };
        if let Ok(before) = text("before") {
            real.before = before.lines().map(str::to_owned).collect();
            // Whoever had it before may have been killed.
            real.clean();
        } else {
            real.before = real.all().into_keys().collect();
            let before: Vec<&str> = real.before.iter().map(String::as_str).collect();
            std::fs::write(cluster.join("before"), before.join("\n")).unwrap();
        }
        real
    }

    /// The objects that were made, but for those of groups that no release has to do with.
    pub fn objects(&self) -> Vec<Value> {
        let listed = self.listed(|path| !ASIDE.iter().any(|group| path.contains(group)));
        let made = listed.into_iter().filter(|(path, _)| !self.before.contains(path));
        made.map(|(_, object)| object).collect()
    }

    /// All objects, by their paths.
    fn all(&self) -> BTreeMap<String, Value> {
        self.listed(|_| true)
    }

    /// The objects of the kinds whose paths are wanted, asked for by several threads.
    fn listed(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
        let kinds: Vec<Kind> = self.kinds().into_iter().filter(|kind| wanted(&kind.path)).collect();
        let share = kinds.len().div_ceil(THREADS);
        std::thread::scope(|scope| {
            let threads: Vec<_> = kinds
                .chunks(share)
                .map(|kinds| scope.spawn(|| self.list(kinds)))
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        })
    }

    fn list(&self, kinds: &[Kind]) -> Vec<(String, Value)> {
        let mut objects = Vec::new();
        for kind in kinds {
            let Some(list) = request(&self.address, "GET", &kind.path, "").json() else {
                continue; // a kind that has just gone
            };
            for mut object in list["items"].as_array().cloned().unwrap_or_default() {
                object["kind"] = kind.name.as_str().into();
                object["apiVersion"] = kind.version.as_str().into();
                objects.push((place(&kind.path, &object["metadata"]), object));
            }
        }
        objects
    }

    /// All kinds that can be made, each in one version.
    fn kinds(&self) -> Vec<Kind> {
        let mut kinds = BTreeMap::new();
        for root in ["/api", "/apis"] {
            let groups = Answer::of_discovery(&self.address, root, DISCOVERY).json().unwrap();
            for group in groups["items"].as_array().unwrap() {
                let group_name = group["metadata"]["name"].as_str().unwrap_or_default();
                for version in group["versions"].as_array().unwrap() {
                    let version = match (group_name, version["version"].as_str().unwrap()) {
                        ("", version) => version.to_owned(),
                        (group, version) => format!("{group}/{version}"),
                    };
                    for resource in version_resources(group, &version) {
                        let name = resource["responseKind"]["kind"].as_str().unwrap().to_owned();
                        let path = format!("{root}/{version}/{}", resource["resource"].as_str().unwrap());
                        let key = (group_name.to_owned(), name.clone());
                        kinds.entry(key).or_insert(Kind {
                            path,
                            name,
                            version: version.clone(),
                        });
                    }
                }
            }
        }
        kinds.into_values().collect()
    }

    /// Deletes what was made, and waits until it is gone.
    fn clean(&self) {
        let begun = Instant::now();
        loop {
            let left: Vec<(String, Value)> = self
                .all()
                .into_iter()
                .filter(|(path, _)| !self.before.contains(path))
                .collect();
            if left.is_empty() {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "left in the cluster: {:?}",
                left.iter().map(|(path, _)| path).collect::<Vec<_>>()
            );
            for (path, object) in &left {
                if object["metadata"].get("finalizers").is_some() {
                    request(&self.address, "PATCH", path, "{\"metadata\":{\"finalizers\":null}}");
                }
                request(
                    &self.address,
                    "DELETE",
                    path,
                    "{\"propagationPolicy\":\"Background\",\"gracePeriodSeconds\":0}",
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.clean();
        } else if let Err(failure) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.clean())) {
            eprintln!("the cluster is not clean: {failure:?}");
        }
    }
}

/// A kind and the path of its list.
struct Kind {
    path: String,
    name: String,
    version: String,
}

/// The resources of a version that can be listed and deleted.
fn version_resources<'a>(group: &'a Value, version: &str) -> impl Iterator<Item = &'a Value> {
    let version = version.rsplit('/').next().unwrap_or_default();
    let found = group["versions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["version"] == version);
    let can = |resource: &Value, verb: &str| {
        resource["verbs"]
            .as_array()
            .is_some_and(|verbs| verbs.iter().any(|one| one == verb))
    };
    let resources = found.unwrap()["resources"].as_array().into_iter().flatten();
    resources.filter(move |resource| {
        let noted = NOTES.iter().any(|kind| resource["responseKind"]["kind"] == *kind);
        !noted && can(resource, "list") && can(resource, "delete")
    })
}

/// The path of an object whose kind is listed at a path.
fn place(list: &str, metadata: &Value) -> String {
    let name = metadata["name"].as_str().unwrap();
    match metadata["namespace"].as_str() {
        None => format!("{list}/{name}"),
        Some(namespace) => {
            let (root, resource) = list.rsplit_once('/').unwrap();
            format!("{root}/namespaces/{namespace}/{resource}/{name}")
        }
    }
}
