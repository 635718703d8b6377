//! What the server adds to objects on their way in, beyond plain defaults.

use serde_json::{Value, json};

use crate::core::Core;
use crate::kinds::Kind;
use crate::object::{at, items, set, set_default, text};
use crate::status::Refusal;

/// Completes a new object: cluster addresses, tokens, first states.
pub(crate) fn created(core: &mut Core, kind: &Kind, object: &mut Value) -> Result<(), Refusal> {
    if kind.custom {
        return Ok(());
    }
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "namespaces") => namespace(object),
        ("", "services") => service_addresses(core, object),
        ("", "pods") => {
            crate::pod_admission::admit(core, kind, object)?;
            pod(object);
            mount_token(core, object);
        }
        ("", "persistentvolumeclaims") => {
            data_sources(None, object);
            add_finalizer(object, "kubernetes.io/pvc-protection");
            if let Some(class) = default_class(core) {
                set_default(object, &["spec", "storageClassName"], class);
            }
            set(object, &["status", "phase"], "Pending");
        }
        ("", "persistentvolumes") => {
            add_finalizer(object, "kubernetes.io/pv-protection");
            let time = core.timestamp();
            set(object, &["status", "phase"], "Pending");
            set(object, &["status", "lastPhaseTransitionTime"], time);
        }
        ("storage.k8s.io", "volumeattributesclasses") => add_finalizer(object, "kubernetes.io/vac-protection"),
        ("", "nodes") => taint_node(object),
        ("", "serviceaccounts") => name_secrets(object),
        ("certificates.k8s.io", _) => requester(object),
        ("batch", "jobs") => job(object),
        ("apps", "daemonsets") => set(object, &TEMPLATE_GENERATION, "1"),
        ("apiextensions.k8s.io", _) => set(
            object,
            &["status"],
            json!({
                "conditions": null, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored_versions(object),
            }),
        ),
        _ => {}
    }
    Ok(())
}

/// Carries over what a client that replaces an object may leave out.
pub(crate) fn updated(kind: &Kind, live: &Value, object: &mut Value) {
    match (kind.group.as_str(), kind.plural.as_str()) {
        ("", "services") => {
            keep_service_addresses(live, object);
            drop_traffic_policy(live, object);
        }
        ("", "serviceaccounts") => name_secrets(object),
        ("", "namespaces") => match at(live, &["spec"]) {
            Some(spec) => set(object, &["spec"], spec.clone()),
            None => set(object, &["spec"], json!({})),
        },
        ("certificates.k8s.io", _) => {
            if let Some(spec) = at(live, &["spec"]) {
                set(object, &["spec"], spec.clone());
            }
        }
        ("apps", "daemonsets") => count_templates(live, object),
        ("", "persistentvolumeclaims") => {
            data_sources(Some(live), object);
        }
        _ => {}
    }
}

/// A claim says in two fields where its data comes from; each follows the other.
fn data_sources(live: Option<&Value>, object: &mut Value) {
    const SOURCE: [&str; 2] = ["spec", "dataSource"];
    const REFERENCE: [&str; 2] = ["spec", "dataSourceRef"];
    let had = live.is_some_and(|live| at(live, &SOURCE).is_some() || at(live, &REFERENCE).is_some());
    let is_usual = |source: &Value| {
        matches!(
            (text(source, &["kind"]), text(source, &["apiGroup"])),
            ("PersistentVolumeClaim", "") | ("VolumeSnapshot", "snapshot.storage.k8s.io")
        )
    };
    if !had && at(object, &REFERENCE).is_none() && !at(object, &SOURCE).is_some_and(is_usual) {
        crate::object::remove(object, &SOURCE);
    }
    let (source, reference) = (at(object, &SOURCE).cloned(), at(object, &REFERENCE).cloned());
    match (source, reference) {
        (Some(source), None) => set(object, &REFERENCE, source),
        (None, Some(mut reference)) if text(&reference, &["namespace"]).is_empty() => {
            crate::object::remove(&mut reference, &["namespace"]);
            set(object, &SOURCE, reference);
        }
        _ => {}
    }
}

/// Keeps an object that others use from going away too early.
fn add_finalizer(object: &mut Value, name: &str) {
    let mut finalizers = items(object, &["metadata", "finalizers"]).to_vec();
    if !finalizers.contains(&json!(name)) {
        finalizers.push(json!(name));
        set(object, &["metadata", "finalizers"], finalizers);
    }
}

/// Returns the name of the class that claims get which ask for none.
fn default_class(core: &Core) -> Option<String> {
    let classes = core
        .store
        .list(&crate::kinds::Resource::new("storage.k8s.io", "storageclasses"), "");
    let mark = ["metadata", "annotations", "storageclass.kubernetes.io/is-default-class"];
    let found = classes.iter().find(|class| text(class, &mark) == "true");
    found.map(|class| crate::object::name(class).to_owned())
}

/// New nodes are not ready.
fn taint_node(object: &mut Value) {
    const KEY: &str = "node.kubernetes.io/not-ready";
    let mut taints = items(object, &["spec", "taints"]).to_vec();
    if !taints
        .iter()
        .any(|taint| text(taint, &["key"]) == KEY && text(taint, &["effect"]) == "NoSchedule")
    {
        taints.push(json!({"key": KEY, "effect": "NoSchedule"}));
        set(object, &["spec", "taints"], taints);
    }
}

/// Of the secrets of a service account only the names are kept.
fn name_secrets(object: &mut Value) {
    if let Some(Value::Array(secrets)) = object.get_mut("secrets") {
        for secret in secrets {
            if let Value::Object(fields) = secret {
                fields.retain(|field, _| field == "name");
            }
        }
    }
}

/// Says who asks for a certificate.
fn requester(object: &mut Value) {
    set(object, &["spec", "username"], "sandbox");
    set(
        object,
        &["spec", "groups"],
        json!(["system:masters", "system:authenticated"]),
    );
}

/// Returns the versions in which objects are stored, nothing when there are none.
fn stored_versions(object: &Value) -> Value {
    let mut versions = items(object, &["spec", "versions"]).iter();
    let stored = versions.find(|version| version.get("storage") == Some(&Value::Bool(true)));
    stored.map_or(Value::Null, |version| json!([text(version, &["name"])]))
}

/// Remembers that objects are stored in another version now.
pub(crate) fn store_version(object: &mut Value) {
    let mut stored = items(object, &["status", "storedVersions"]).to_vec();
    for version in items(&stored_versions(object), &[]) {
        if !stored.contains(version) {
            stored.push(version.clone());
            set(object, &["status", "storedVersions"], stored.clone());
        }
    }
}

fn namespace(object: &mut Value) {
    let name = text(object, &["metadata", "name"]).to_owned();
    set(object, &["metadata", "labels", "kubernetes.io/metadata.name"], name);
    let mut finalizers = items(object, &["spec", "finalizers"]).to_vec();
    if !finalizers.contains(&json!("kubernetes")) {
        finalizers.push(json!("kubernetes"));
    }
    set(object, &["spec", "finalizers"], finalizers);
    set(object, &["status", "phase"], "Active");
}

fn service_addresses(core: &mut Core, object: &mut Value) {
    let kind = text(object, &["spec", "type"]).to_owned();
    if kind != "ExternalName" {
        if text(object, &["spec", "clusterIP"]).is_empty() {
            let address = next_address(core, "10.96");
            set(object, &["spec", "clusterIP"], address);
        }
        let address = at(object, &["spec", "clusterIP"]).cloned().unwrap_or_default();
        set_default(object, &["spec", "clusterIPs"], json!([address]));
        set_default(object, &["spec", "ipFamilies"], json!(["IPv4"]));
        set_default(object, &["spec", "ipFamilyPolicy"], "SingleStack");
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        let count = items(object, &["spec", "ports"]).len();
        for index in 0..count {
            let port = core.next_address % 2767 + 30_000;
            core.next_address += 1;
            if let Some(own) = object.pointer_mut(&format!("/spec/ports/{index}")) {
                set_default(own, &["nodePort"], port);
            }
        }
    }
    set_default(object, &["status", "loadBalancer"], json!({}));
}

/// Returns an address that nothing else has.
pub(crate) fn next_address(core: &mut Core, prefix: &str) -> String {
    core.next_address += 1;
    format!(
        "{prefix}.{}.{}",
        core.next_address / 250 % 250,
        core.next_address % 250 + 1
    )
}

fn keep_service_addresses(live: &Value, object: &mut Value) {
    if text(object, &["spec", "type"]) == "ExternalName" {
        return;
    }
    for field in [
        "clusterIP",
        "clusterIPs",
        "ipFamilies",
        "ipFamilyPolicy",
        "healthCheckNodePort",
    ] {
        if let Some(value) = at(live, &["spec", field])
            && (at(object, &["spec", field]).is_none() || at(object, &["spec", field]) == Some(&json!("")))
        {
            set(object, &["spec", field], value.clone());
        }
    }
    if !matches!(text(object, &["spec", "type"]), "NodePort" | "LoadBalancer") {
        return;
    }
    let before = items(live, &["spec", "ports"]).to_vec();
    if let Some(Value::Array(ports)) = object.pointer_mut("/spec/ports") {
        for port in ports {
            let same = before
                .iter()
                .find(|own| own.get("port") == port.get("port") && own.get("protocol") == port.get("protocol"));
            if let Some(number) = same.and_then(|own| own.get("nodePort")) {
                set_default(port, &["nodePort"], number.clone());
            }
        }
    }
}

/// A service that nothing reaches from outside any more loses the policy that it had for that.
fn drop_traffic_policy(live: &Value, object: &mut Value) {
    let path = ["spec", "externalTrafficPolicy"];
    let reachable = matches!(text(object, &["spec", "type"]), "NodePort" | "LoadBalancer")
        || !items(object, &["spec", "externalIPs"]).is_empty();
    if !reachable && at(live, &path) == at(object, &path) {
        crate::object::remove(object, &path);
    }
}

fn pod(object: &mut Value) {
    set_default(object, &["spec", "serviceAccountName"], "default");
    let account = at(object, &["spec", "serviceAccountName"]).cloned().unwrap_or_default();
    set_default(object, &["spec", "serviceAccount"], account);
    let tolerations = json!([
        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
    ]);
    let mut own = items(object, &["spec", "tolerations"]).to_vec();
    for toleration in tolerations.as_array().into_iter().flatten() {
        if !own.iter().any(|other| other.get("key") == toleration.get("key")) {
            own.push(toleration.clone());
        }
    }
    set(object, &["spec", "tolerations"], own);
    set(object, &["status", "phase"], "Pending");
    let class = match text(object, &["status", "qosClass"]) {
        "" => quality_class(object).to_owned(),
        given => given.to_owned(),
    };
    set(object, &["status", "qosClass"], class);
}

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Gives the containers of a Pod the token of its service account.
fn mount_token(core: &mut Core, object: &mut Value) {
    let account = text(object, &["spec", "serviceAccountName"]);
    let accounts = crate::kinds::Resource::new("", "serviceaccounts");
    let key = crate::store::Key::new(&accounts, text(object, &["metadata", "namespace"]), account);
    let found = core.store.get(&key);
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

/// Where DaemonSets count the changes of their template.
const TEMPLATE_GENERATION: [&str; 3] = ["metadata", "annotations", "deprecated.daemonset.template.generation"];

/// DaemonSets count the changes of their template in an annotation.
fn count_templates(live: &Value, object: &mut Value) {
    let before: i64 = text(live, &TEMPLATE_GENERATION).parse().unwrap_or(1);
    let changed = at(live, &["spec", "template"]) != at(object, &["spec", "template"]);
    set(object, &TEMPLATE_GENERATION, (before + i64::from(changed)).to_string());
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

/// A job without a selector of its own gets one that selects its own Pods.
fn job(object: &mut Value) {
    if at(object, &["spec", "manualSelector"]) == Some(&Value::Bool(true)) {
        return;
    }
    let uid = text(object, &["metadata", "uid"]).to_owned();
    let name = text(object, &["metadata", "name"]).to_owned();
    set(
        object,
        &["spec", "selector"],
        json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}),
    );
    for (label, value) in [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("controller-uid", &uid),
        ("job-name", &name),
    ] {
        set(
            object,
            &["spec", "template", "metadata", "labels", label],
            value.clone(),
        );
    }
}
