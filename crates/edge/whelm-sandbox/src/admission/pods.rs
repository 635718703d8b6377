//! What the server adds to Pods on their way in, and which of them it refuses because of what they name.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `plugin/pkg/admission`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::{Kind, Resource};
use crate::object::{at, int, items, name, set, set_default, text};
use crate::status::Refusal;
use crate::store::Key;

/// The object that a kubelet shows of a Pod that it runs by itself.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Refuses a Pod of a client whose service account does not exist.
pub(crate) fn check_account(core: &Core, kind: &Kind, pod: &Value) -> Result<(), Refusal> {
    if !text(pod, &["metadata", "annotations", MIRROR]).is_empty() {
        return Ok(());
    }
    let account = match text(pod, &["spec", "serviceAccountName"]) {
        "" => "default",
        account => account,
    };
    let namespace = text(pod, &["metadata", "namespace"]);
    let key = Key::new(&Resource::new("", "serviceaccounts"), namespace, account);
    if core.store.get(&key).is_some() {
        return Ok(());
    }
    let cause = format!("error looking up service account {namespace}/{account}: serviceaccount {account:?} not found");
    Err(Refusal::forbidden(kind, name(pod), &cause))
}

/// Completes a new Pod. What a Pod of a controller names may still come.
pub(super) fn created(core: &mut Core, kind: &Kind, by_user: bool, object: &mut Value) -> Result<(), Refusal> {
    let refuse = |object: &Value, cause: &str| Err(Refusal::forbidden(kind, name(object), cause));
    set_default(object, &["spec", "serviceAccountName"], "default");
    let account = text(object, &["spec", "serviceAccountName"]).to_owned();
    set_default(object, &["spec", "serviceAccount"], account);
    mount_token(core, object);
    if let Err(cause) = prioritize(core, by_user, object) {
        return refuse(object, &cause);
    }
    tolerate(object);
    if let Err(cause) = runtime(core, by_user, object) {
        return refuse(object, &cause);
    }
    set(object, &["status", "phase"], "Pending");
    let class = quality_class(object);
    set_default(object, &["status", "qosClass"], class);
    Ok(())
}

/// Carries over what the server gave a Pod.
pub(super) fn updated(live: &Value, object: &mut Value) {
    for field in ["priority", "preemptionPolicy"] {
        if let Some(value) = at(live, &["spec", field]) {
            set_default(object, &["spec", field], value.clone());
        }
    }
    tolerate(object);
}

/// Returns the priority class of Pods that name none.
pub(super) fn default_priority(core: &Core) -> Option<Arc<Value>> {
    let classes = core
        .store
        .list(&Resource::new("scheduling.k8s.io", "priorityclasses"), "");
    let mut classes = classes.into_iter();
    classes.find(|class| class.get("globalDefault") == Some(&Value::Bool(true)))
}

/// Gives a Pod the priority of its class.
fn prioritize(core: &Core, by_user: bool, object: &mut Value) -> Result<(), String> {
    let class = text(object, &["spec", "priorityClassName"]).to_owned();
    let found = if class.is_empty() {
        default_priority(core)
    } else {
        let key = Key::new(&Resource::new("scheduling.k8s.io", "priorityclasses"), "", &class);
        core.store.get(&key).cloned()
    };
    let (value, policy) = match (&found, class.as_str()) {
        (Some(found), _) => (
            int(found, &["value"]).unwrap_or(0),
            match text(found, &["preemptionPolicy"]) {
                "" => "PreemptLowerPriority",
                policy => policy,
            },
        ),
        (None, "system-cluster-critical") => (2_000_000_000, "PreemptLowerPriority"),
        (None, "system-node-critical") => (2_000_001_000, "PreemptLowerPriority"),
        (None, "") => (0, "PreemptLowerPriority"),
        (None, _) if by_user => return Err(format!("no PriorityClass with name {class} was found")),
        (None, _) => (0, "PreemptLowerPriority"),
    };
    if let (Some(found), true) = (&found, class.is_empty()) {
        set(object, &["spec", "priorityClassName"], name(found));
    }
    if let Some(given) = int(object, &["spec", "priority"]).filter(|&given| given != value) {
        return Err(format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller \
             computed {value} from the given PriorityClass name"
        ));
    }
    set(object, &["spec", "priority"], value);
    let given = text(object, &["spec", "preemptionPolicy"]);
    if !given.is_empty() && given != policy {
        return Err(format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission \
             controller computed {policy} from the given PriorityClass name"
        ));
    }
    set(object, &["spec", "preemptionPolicy"], policy);
    Ok(())
}

/// Gives a Pod what its way of running containers needs.
fn runtime(core: &Core, by_user: bool, object: &mut Value) -> Result<(), String> {
    let no_class = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
    let given = at(object, &["spec", "overhead"]).cloned();
    let is_given = given
        .as_ref()
        .and_then(Value::as_object)
        .is_some_and(|own| !own.is_empty());
    let class = text(object, &["spec", "runtimeClassName"]).to_owned();
    if class.is_empty() {
        return if is_given { Err(no_class.to_owned()) } else { Ok(()) };
    }
    let key = Key::new(&Resource::new("node.k8s.io", "runtimeclasses"), "", &class);
    let Some(found) = core.store.get(&key) else {
        let cause = format!("pod rejected: RuntimeClass \"{class}\" not found");
        return if by_user { Err(cause) } else { Ok(()) };
    };
    match at(found, &["overhead", "podFixed"]) {
        Some(fixed) if is_given && given.as_ref() != Some(fixed) => {
            return Err("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead".to_owned());
        }
        Some(fixed) => set(object, &["spec", "overhead"], fixed.clone()),
        None if is_given => return Err(no_class.to_owned()),
        None => {}
    }
    let selector = at(found, &["scheduling", "nodeSelector"]).and_then(Value::as_object);
    for (key, value) in selector.into_iter().flatten() {
        let (own, value) = (
            text(object, &["spec", "nodeSelector", key]),
            value.as_str().unwrap_or_default(),
        );
        if !own.is_empty() && own != value {
            return Err(format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}"
            ));
        }
        set(object, &["spec", "nodeSelector", key], value);
    }
    let mut tolerations = items(object, &["spec", "tolerations"]).to_vec();
    for toleration in items(found, &["scheduling", "tolerations"]) {
        if !tolerations.contains(toleration) {
            tolerations.push(toleration.clone());
        }
    }
    set(object, &["spec", "tolerations"], tolerations);
    Ok(())
}

/// A Pod stays for a while on a node that is not well.
fn tolerate(object: &mut Value) {
    let tolerations = json!([
        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
    ]);
    let mut own = items(object, &["spec", "tolerations"]).to_vec();
    for toleration in tolerations.as_array().into_iter().flatten() {
        let covers = |other: &Value| {
            let (key, effect) = (text(other, &["key"]), text(other, &["effect"]));
            (key.is_empty() || key == text(toleration, &["key"])) && matches!(effect, "" | "NoExecute")
        };
        if !own.iter().any(covers) {
            own.push(toleration.clone());
        }
    }
    set(object, &["spec", "tolerations"], own);
}

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Returns the service account of a Pod.
fn service_account<'a>(core: &'a Core, pod: &Value) -> Option<&'a Arc<Value>> {
    let account = text(pod, &["spec", "serviceAccountName"]);
    let accounts = Resource::new("", "serviceaccounts");
    let key = Key::new(&accounts, text(pod, &["metadata", "namespace"]), account);
    core.store.get(&key)
}

/// Gives the containers of a Pod the token of its service account.
fn mount_token(core: &mut Core, object: &mut Value) {
    let found = service_account(core, object);
    let of_account = found.and_then(|found| found.get("automountServiceAccountToken"));
    let wanted = at(object, &["spec", "automountServiceAccountToken"]).or(of_account);
    let mounted = |container: &Value| {
        items(container, &["volumeMounts"])
            .iter()
            .any(|mount| text(mount, &["mountPath"]) == TOKEN_PATH)
    };
    let lists = ["initContainers", "containers"];
    let all_mounted = lists
        .iter()
        .all(|list| items(object, &["spec", list]).iter().all(mounted));
    if wanted == Some(&Value::Bool(false)) || all_mounted {
        return;
    }
    let name = format!("kube-api-access-{}", core.new_suffix(5));
    for list in lists {
        if let Some(Value::Array(containers)) = object.pointer_mut(&format!("/spec/{list}")) {
            for container in containers.iter_mut().filter(|container| !mounted(container)) {
                let mut mounts = items(container, &["volumeMounts"]).to_vec();
                mounts.push(json!({"name": name, "readOnly": true, "mountPath": TOKEN_PATH}));
                set(container, &["volumeMounts"], mounts);
            }
        }
    }
    let field = json!({"apiVersion": "v1", "fieldPath": "metadata.namespace"});
    let mut volumes = items(object, &["spec", "volumes"]).to_vec();
    volumes.push(json!({"name": name, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": field}]}},
    ]}}));
    set(object, &["spec", "volumes"], volumes);
}

fn quality_class(object: &Value) -> &'static str {
    let containers = items(object, &["spec", "containers"]);
    let has = |container: &Value, part: &str, name: &str| at(container, &["resources", part, name]).is_some();
    let any = |container: &Value| {
        ["requests", "limits"]
            .iter()
            .any(|part| has(container, part, "cpu") || has(container, part, "memory"))
    };
    let guaranteed = |container: &Value| {
        ["cpu", "memory"].iter().all(|name| {
            has(container, "limits", name)
                && at(container, &["resources", "limits", name]) == at(container, &["resources", "requests", name])
        })
    };
    if !containers.is_empty() && containers.iter().all(guaranteed) {
        "Guaranteed"
    } else if containers.iter().any(any) {
        "Burstable"
    } else {
        "BestEffort"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_give_priorities() {
        let mut core = Core::new(1, 0);
        let Some(kind) = core.kinds.at("", "v1", "pods") else {
            panic!("it is served")
        };
        let mut admitted = |spec: Value| {
            let mut pod = json!({"metadata": {"name": "p"}, "spec": spec});
            created(&mut core, &kind, true, &mut pod)
                .map(|()| pod["spec"].clone())
                .map_err(|refusal| refusal.message)
        };
        let spec = admitted(json!({"priorityClassName": "system-cluster-critical"})).unwrap_or_default();
        assert_eq!(spec["priority"], 2_000_000_000);
        assert_eq!(
            admitted(json!({"priorityClassName": "none"})),
            Err("pods \"p\" is forbidden: no PriorityClass with name none was found".into())
        );
        assert_eq!(
            admitted(json!({"runtimeClassName": "none"})),
            Err("pods \"p\" is forbidden: pod rejected: RuntimeClass \"none\" not found".into())
        );
    }
}
