//! When objects were ready by the rules of Helm 3, which `--wait=legacy` brings back.
//!
//! Source: Helm 4.3.1, `pkg/kube/ready.go`; Kubernetes, `pkg/controller/deployment/util`.

use serde_json::{Value, json};
use whelm_kube_api::{Gvk, object};

/// What else of the cluster decides whether an object is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Its kind: `ReplicaSet` or `Pod`.
    pub kind: Gvk,
    /// The label selector, as an object has it.
    pub selector: Value,
}

/// Tells whether objects of this kind are looked at; all others are ready once they are created.
pub fn is_awaited(kind: &Gvk, jobs: bool) -> bool {
    match (kind.group.as_str(), kind.version.as_str(), kind.kind.as_str()) {
        ("", "v1", "Pod" | "PersistentVolumeClaim" | "Service" | "ReplicationController")
        | ("apps", "v1", "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet")
        | ("apiextensions.k8s.io", "v1" | "v1beta1", "CustomResourceDefinition") => true,
        ("batch", "v1", "Job") => jobs,
        _ => false,
    }
}

/// Returns what has to be looked up for an object that is awaited, besides itself.
pub fn related(live: &Value) -> Option<Related> {
    let kind = match text(live, "/kind") {
        "Deployment" if !is_paused(live) => Gvk::new("apps/v1", "ReplicaSet"),
        "ReplicaSet" | "ReplicationController" if is_observed(live) => Gvk::new("v1", "Pod"),
        _ => return None,
    };
    let selector = live.pointer("/spec/selector").cloned().unwrap_or_default();
    let selector = match text(live, "/kind") {
        "ReplicationController" => json!({"matchLabels": selector}),
        _ => selector,
    };
    Some(Related { kind, selector })
}

/// Tells whether an object that is awaited is ready; `found` is what [`related`] asks for.
///
/// # Errors
/// `job is failed: ns/name`
pub fn is_ready(live: &Value, found: &[Value]) -> Result<bool, String> {
    Ok(match text(live, "/kind") {
        "Pod" => is_pod_ready(live),
        "Job" => return job(live),
        "Deployment" => is_paused(live) || deployment(live, found),
        "PersistentVolumeClaim" => text(live, "/status/phase") == "Bound",
        "Service" => service(live),
        "DaemonSet" => daemon_set(live),
        "CustomResourceDefinition" => definition(live),
        "StatefulSet" => stateful_set(live),
        "ReplicaSet" | "ReplicationController" => is_observed(live) && found.iter().all(is_pod_ready),
        _ => true,
    })
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Reads a number; what is not there is 0, as in Go.
fn number(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or_default()
}

fn is_observed(live: &Value) -> bool {
    number(live, "/status/observedGeneration") == number(live, "/metadata/generation")
}

fn is_paused(live: &Value) -> bool {
    live.pointer("/spec/paused").and_then(Value::as_bool) == Some(true)
}

fn has_condition(live: &Value, kind: &str, status: &str) -> bool {
    let conditions = live.pointer("/status/conditions").and_then(Value::as_array);
    let mut conditions = conditions.into_iter().flatten();
    conditions.any(|condition| text(condition, "/type") == kind && text(condition, "/status") == status)
}

fn is_pod_ready(pod: &Value) -> bool {
    has_condition(pod, "Ready", "True")
}

fn job(live: &Value) -> Result<bool, String> {
    let limit = live.pointer("/spec/backoffLimit").and_then(Value::as_i64).unwrap_or(6);
    if number(live, "/status/failed") > limit {
        return Err(format!(
            "job is failed: {}/{}",
            object::namespace(live),
            object::name(live)
        ));
    }
    Ok(number(live, "/status/succeeded") >= number(live, "/spec/completions"))
}

fn service(live: &Value) -> bool {
    let kind = text(live, "/spec/type");
    if kind == "ExternalName" {
        return true;
    }
    let is_filled = |pointer: &str| {
        live.pointer(pointer)
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty())
    };
    !text(live, "/spec/clusterIP").is_empty()
        && (kind != "LoadBalancer" || is_filled("/spec/externalIPs") || is_filled("/status/loadBalancer/ingress"))
}

/// A name that clashes is nobody's to wait for either.
fn definition(live: &Value) -> bool {
    has_condition(live, "Established", "True") || has_condition(live, "NamesAccepted", "False")
}

fn daemon_set(live: &Value) -> bool {
    if !is_observed(live) {
        return false;
    }
    if text(live, "/spec/updateStrategy/type") != "RollingUpdate" {
        return true;
    }
    let desired = number(live, "/status/desiredNumberScheduled");
    if number(live, "/status/updatedNumberScheduled") != desired {
        return false;
    }
    let unavailable = share(
        live.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable"),
        desired,
        Round::Up,
    );
    number(live, "/status/numberReady") >= desired - unavailable.unwrap_or(desired)
}

fn stateful_set(live: &Value) -> bool {
    if !is_observed(live) {
        return false;
    }
    if text(live, "/spec/updateStrategy/type") != "RollingUpdate" {
        return true;
    }
    let partition = number(live, "/spec/updateStrategy/rollingUpdate/partition");
    let replicas = replicas(live);
    let revisions = ["/status/currentRevision", "/status/updateRevision"].map(|pointer| text(live, pointer));
    // With a partition some Pods keep their revision.
    number(live, "/status/updatedReplicas") >= replicas - partition
        && number(live, "/status/readyReplicas") == replicas
        && (partition != 0 || revisions[0] == revisions[1])
}

fn replicas(live: &Value) -> i64 {
    live.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1)
}

/// Looks at the ReplicaSet that has the Pods of today, which has to exist.
fn deployment(live: &Value, replica_sets: &[Value]) -> bool {
    let Some(newest) = new_replica_set(live, replica_sets) else {
        return false;
    };
    is_observed(newest)
        && is_observed(live)
        && number(newest, "/status/readyReplicas") >= replicas(live) - max_unavailable(live)
}

/// Returns the ReplicaSet of a Deployment that has its template; of several the oldest.
fn new_replica_set<'a>(deployment: &Value, replica_sets: &'a [Value]) -> Option<&'a Value> {
    let wanted = template(deployment);
    let uid = object::uid(deployment);
    let same = |set: &&Value| is_controlled_by(set, uid) && template(set) == wanted;
    let age = |set: &&Value| {
        let created = text(set, "/metadata/creationTimestamp").to_owned();
        (created, object::name(set).to_owned())
    };
    replica_sets.iter().filter(same).min_by_key(age)
}

fn is_controlled_by(object: &Value, uid: &str) -> bool {
    let owners = object.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    let mut owners = owners.into_iter().flatten();
    owners.any(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true) && text(owner, "/uid") == uid)
}

/// Returns the template of Pods, without what tells ReplicaSets apart and without what is empty.
fn template(object: &Value) -> Value {
    let mut template = object.pointer("/spec/template").cloned().unwrap_or_default();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove("pod-template-hash");
    }
    prune(&mut template, 0);
    template
}

/// What is deeper than objects of the cluster get stays as it is.
const DEEPEST: usize = 64;

fn prune(value: &mut Value, depth: usize) {
    let Value::Object(fields) = value else { return };
    if depth > DEEPEST {
        return;
    }
    for field in fields.values_mut() {
        prune(field, depth + 1);
    }
    fields.retain(|_, field| match field {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(inner) => !inner.is_empty(),
        _ => true,
    });
}

fn max_unavailable(deployment: &Value) -> i64 {
    let replicas = replicas(deployment);
    if text(deployment, "/spec/strategy/type") != "RollingUpdate" || replicas == 0 {
        return 0;
    }
    let rolling = |field: &str, round| {
        let given = deployment.pointer(&format!("/spec/strategy/rollingUpdate/{field}"));
        given.map_or(Some(0), |given| share(Some(given), replicas, round))
    };
    let fence_posts = (rolling("maxSurge", Round::Up), rolling("maxUnavailable", Round::Down));
    match fence_posts {
        // One of both has to move.
        (Some(0), Some(0)) => 1.min(replicas),
        (Some(_), Some(unavailable)) => unavailable.min(replicas),
        _ => 0,
    }
}

#[derive(Clone, Copy)]
enum Round {
    Up,
    Down,
}

/// Reads a number, or a share of a whole in percent.
fn share(value: Option<&Value>, whole: i64, round: Round) -> Option<i64> {
    let value = value?;
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let percent: i64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    let hundredfold = percent.checked_mul(whole)?;
    Some(match round {
        Round::Up => hundredfold.checked_add(99)?.div_euclid(100),
        Round::Down => hundredfold.div_euclid(100),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(live: &Value) -> bool {
        is_ready(live, &[]).unwrap()
    }

    /// A live object, whose controller has seen it.
    fn live(kind: &str, spec: Value, mut status: Value) -> Value {
        status["observedGeneration"] = 2.into();
        json!({"kind": kind, "metadata": {"name": "x", "namespace": "ns", "uid": "u", "generation": 2}, "spec": spec, "status": status})
    }

    /// W-008
    #[test]
    fn w_008_what_is_awaited() {
        let awaited = |version: &str, kind: &str| is_awaited(&Gvk::new(version, kind), false);
        assert!(awaited("v1", "Service") && awaited("apps/v1", "StatefulSet"));
        assert!(!awaited("batch/v1", "Job") && is_awaited(&Gvk::new("batch/v1", "Job"), true));
        assert!(!awaited("v1", "ConfigMap") && !awaited("extensions/v1beta1", "Deployment"));
        assert!(!awaited("policy/v1", "PodDisruptionBudget"));
    }

    /// W-008
    #[test]
    fn w_008_pods_and_claims() {
        let condition =
            |status: &str| json!({"kind": "Pod", "status": {"conditions": [{"type": "Ready", "status": status}]}});
        assert!(ready(&condition("True")) && !ready(&condition("False")));
        let claim = |phase: &str| live("PersistentVolumeClaim", json!({}), json!({"phase": phase}));
        assert!(ready(&claim("Bound")) && !ready(&claim("Pending")));
    }

    /// W-008
    #[test]
    fn w_008_services() {
        let service = |spec: Value, status: Value| ready(&live("Service", spec, status));
        let balanced = |more: Value| {
            let mut spec = json!({"type": "LoadBalancer", "clusterIP": "1.2.3.4"});
            spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            spec
        };
        assert!(service(json!({"type": "ExternalName"}), json!({})));
        assert!(service(json!({"clusterIP": "None"}), json!({})));
        assert!(!service(json!({}), json!({})));
        assert!(!service(balanced(json!({})), json!({})));
        assert!(service(balanced(json!({"externalIPs": ["1.1.1.1"]})), json!({})));
        assert!(service(
            balanced(json!({})),
            json!({"loadBalancer": {"ingress": [{"ip": "1.1.1.1"}]}})
        ));
    }

    /// W-008
    #[test]
    fn w_008_jobs() {
        let job = |spec: Value, status: Value| is_ready(&live("Job", spec, status), &[]);
        let spec = json!({"backoffLimit": 1, "completions": 2});
        assert_eq!(job(spec.clone(), json!({"succeeded": 1, "failed": 1})), Ok(false));
        assert_eq!(job(spec.clone(), json!({"succeeded": 2})), Ok(true));
        assert_eq!(job(spec, json!({"failed": 2})), Err("job is failed: ns/x".to_owned()));
    }

    /// W-008
    #[test]
    fn w_008_daemon_sets() {
        let set = |unavailable: Value, updated: i64, count: i64| {
            let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}});
            let status = json!({"desiredNumberScheduled": 5, "updatedNumberScheduled": updated, "numberReady": count});
            ready(&live("DaemonSet", json!({"updateStrategy": strategy}), status))
        };
        assert!(set(json!(1), 5, 4) && !set(json!(1), 5, 3) && !set(json!(1), 4, 5));
        // A third of five, rounded up, may be missing.
        assert!(set(json!("30%"), 5, 3) && !set(json!("30%"), 5, 2));
        assert!(set(json!("x"), 5, 0));
        assert!(ready(&live(
            "DaemonSet",
            json!({"updateStrategy": {"type": "OnDelete"}}),
            json!({})
        )));
        let mut unseen = live("DaemonSet", json!({}), json!({}));
        unseen["metadata"]["generation"] = 3.into();
        assert!(!ready(&unseen));
    }

    /// W-008
    #[test]
    fn w_008_stateful_sets() {
        let set = |partition: i64, updated: i64, count: i64, revision: &str| {
            let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}});
            let status = json!({"updatedReplicas": updated, "readyReplicas": count, "currentRevision": "a", "updateRevision": revision});
            ready(&live(
                "StatefulSet",
                json!({"replicas": 3, "updateStrategy": strategy}),
                status,
            ))
        };
        assert!(set(0, 3, 3, "a") && !set(0, 3, 3, "b") && !set(0, 2, 3, "a") && !set(0, 3, 2, "a"));
        assert!(set(2, 1, 3, "b") && !set(2, 0, 3, "b"));
    }

    /// W-008
    #[test]
    fn w_008_definitions() {
        let crd = |kind: &str, status: &str| {
            ready(
                &json!({"kind": "CustomResourceDefinition", "status": {"conditions": [{"type": kind, "status": status}]}}),
            )
        };
        assert!(crd("Established", "True") && crd("NamesAccepted", "False") && !crd("NamesAccepted", "True"));
    }

    fn replica_set(name: &str, owner: &str, image: &str, count: i64) -> Value {
        let mut set = live(
            "ReplicaSet",
            json!({"template": pods(image, Some("h"))}),
            json!({"readyReplicas": count}),
        );
        set["metadata"]["name"] = name.into();
        set["metadata"]["ownerReferences"] = json!([{"controller": true, "uid": owner}]);
        set
    }

    fn pods(image: &str, hash: Option<&str>) -> Value {
        let mut labels = json!({"app": "web"});
        if let Some(hash) = hash {
            labels["pod-template-hash"] = hash.into();
        }
        json!({"metadata": {"labels": labels, "creationTimestamp": null}, "spec": {"containers": [{"image": image}]}})
    }

    /// W-008: only the ReplicaSet of today counts, and only as many Pods as may not be missing.
    #[test]
    fn w_008_deployments() {
        let deployment = |rolling: Value| {
            let strategy = json!({"type": "RollingUpdate", "rollingUpdate": rolling});
            let spec = json!({"replicas": 4, "strategy": strategy, "template": pods("new", None), "selector": {"matchLabels": {"app": "web"}}});
            live("Deployment", spec, json!({}))
        };
        let quarter = deployment(json!({"maxSurge": "25%", "maxUnavailable": "25%"}));
        assert_eq!(related(&quarter).unwrap().kind, Gvk::new("apps/v1", "ReplicaSet"));
        let of = |count: i64| replica_set("b", "u", "new", count);
        let is = |deployment: &Value, sets: &[Value]| is_ready(deployment, sets).unwrap();
        assert!(is(&quarter, &[of(3)]) && !is(&quarter, &[of(2)]));
        assert!(!is(&quarter, &[]));
        assert!(!is(&quarter, &[replica_set("b", "u", "old", 4)]));
        assert!(!is(&quarter, &[replica_set("b", "other", "new", 4)]));
        // Of two with the same template the older one counts.
        assert!(!is(&quarter, &[of(4), replica_set("a", "u", "new", 0)]));
        // Rounded down to nothing, one may still be missing.
        assert!(is(
            &deployment(json!({"maxSurge": 0, "maxUnavailable": "10%"})),
            &[of(3)]
        ));
        assert!(!is(&deployment(json!({"maxSurge": 1, "maxUnavailable": 0})), &[of(3)]));
        let mut paused = quarter;
        paused["spec"]["paused"] = true.into();
        assert!(is(&paused, &[]) && related(&paused).is_none());
    }

    /// W-008
    #[test]
    fn w_008_replication_controllers() {
        let controller = live("ReplicationController", json!({"selector": {"a": "b"}}), json!({}));
        assert_eq!(
            related(&controller).unwrap().selector,
            json!({"matchLabels": {"a": "b"}})
        );
        assert!(ready(&controller));
        assert!(!is_ready(&controller, &[json!({"status": {}})]).unwrap());
    }
}
