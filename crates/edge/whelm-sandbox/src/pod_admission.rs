//! What new Pods need to find in the cluster: their service account, their priority, and how they are run.
//!
//! Source: `k8s.io/kubernetes` v1.36.3, `plugin/pkg/admission/{serviceaccount,priority,runtimeclass}`.

use serde_json::Value;

use crate::core::Core;
use crate::kinds::{Kind, Resource};
use crate::object::{at, int, is_deleted, items, name, namespace, set, text};
use crate::status::Refusal;
use crate::store::Key;

const ACCOUNT: &str = "serviceAccountName";
/// The object that a kubelet shows of a Pod that it runs by itself.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Refuses a Pod of a client whose service account does not exist.
pub(crate) fn check_account(core: &Core, kind: &Kind, pod: &Value) -> Result<(), Refusal> {
    if !text(pod, &["metadata", "annotations", MIRROR]).is_empty() {
        return Ok(());
    }
    let account = match text(pod, &["spec", ACCOUNT]) {
        "" => "default",
        account => account,
    };
    let key = Key::new(&Resource::new("", "serviceaccounts"), namespace(pod), account);
    if core.store.get(&key).is_some() {
        return Ok(());
    }
    let cause = format!(
        "error looking up service account {}/{account}: serviceaccount {account:?} not found",
        namespace(pod)
    );
    Err(Refusal::forbidden(kind, name(pod), &cause))
}

/// Gives a Pod the priority of its class, and what its runtime takes.
pub(crate) fn admit(core: &Core, kind: &Kind, pod: &mut Value) -> Result<(), Refusal> {
    set_priority(core, kind, pod)?;
    set_runtime(core, kind, pod)
}

fn class(core: &Core, pod: &Value) -> Option<Value> {
    let classes = Resource::new("scheduling.k8s.io", "priorityclasses");
    match text(pod, &["spec", "priorityClassName"]) {
        "" => {
            let all = core.store.list(&classes, "");
            let usual = all
                .iter()
                .filter(|own| own.get("globalDefault") == Some(&Value::Bool(true)) && !is_deleted(own));
            usual
                .min_by_key(|own| int(own, &["value"]).unwrap_or(0))
                .map(|own| Value::clone(own))
        }
        own => core
            .store
            .get(&Key::new(&classes, "", own))
            .map(|own| Value::clone(own)),
    }
}

fn set_priority(core: &Core, kind: &Kind, pod: &mut Value) -> Result<(), Refusal> {
    let own = text(pod, &["spec", "priorityClassName"]).to_owned();
    let found = class(core, pod);
    if found.is_none() && !own.is_empty() {
        let cause = format!("no PriorityClass with name {own} was found");
        return Err(Refusal::forbidden(kind, name(pod), &cause));
    }
    let found = found.unwrap_or_default();
    let value = int(&found, &["value"]).unwrap_or(0);
    let policy = match text(&found, &["preemptionPolicy"]) {
        "" => "PreemptLowerPriority",
        policy => policy,
    };
    let refuse = |what: &str, given: &str, computed: &str| {
        let cause = format!(
            "{what} ({given}) must not be provided in pod spec; priority admission controller computed {computed} from the \
             given PriorityClass name"
        );
        Err(Refusal::forbidden(kind, name(pod), &cause))
    };
    if let Some(given) = int(pod, &["spec", "priority"]).filter(|&given| given != value) {
        return refuse("the integer value of priority", &given.to_string(), &value.to_string());
    }
    let given = text(pod, &["spec", "preemptionPolicy"]);
    if !given.is_empty() && given != policy {
        return refuse("the string value of PreemptionPolicy", given, policy);
    }
    if own.is_empty() && !name(&found).is_empty() {
        set(pod, &["spec", "priorityClassName"], name(&found));
    }
    set(pod, &["spec", "priority"], value);
    set(pod, &["spec", "preemptionPolicy"], policy);
    Ok(())
}

fn set_runtime(core: &Core, kind: &Kind, pod: &mut Value) -> Result<(), Refusal> {
    let own = text(pod, &["spec", "runtimeClassName"]).to_owned();
    if own.is_empty() {
        return Ok(());
    }
    let classes = Resource::new("node.k8s.io", "runtimeclasses");
    let Some(found) = core.store.get(&Key::new(&classes, "", &own)) else {
        let cause = format!("pod rejected: RuntimeClass {own:?} not found");
        return Err(Refusal::forbidden(kind, name(pod), &cause));
    };
    if let Some(overhead) = at(found, &["overhead", "podFixed"]) {
        set(pod, &["spec", "overhead"], overhead.clone());
    }
    let selector = at(found, &["scheduling", "nodeSelector"]).and_then(Value::as_object);
    for (key, value) in selector.into_iter().flatten() {
        set(pod, &["spec", "nodeSelector", key], value.clone());
    }
    let mut tolerations = items(pod, &["spec", "tolerations"]).to_vec();
    for toleration in items(found, &["scheduling", "tolerations"]) {
        if !tolerations.contains(toleration) {
            tolerations.push(toleration.clone());
        }
    }
    if !tolerations.is_empty() {
        set(pod, &["spec", "tolerations"], tolerations);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn classes_give_priorities() {
        let core = Core::new(1, 0);
        let Some(kind) = core.kinds.at("", "v1", "pods") else {
            panic!("it is served")
        };
        let admitted = |spec: Value| {
            let mut pod = json!({"metadata": {"name": "p"}, "spec": spec});
            admit(&core, &kind, &mut pod)
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
