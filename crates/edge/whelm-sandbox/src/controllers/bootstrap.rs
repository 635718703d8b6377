//! What is there before anybody has created anything.

use serde_json::{Value, json};

use super::create;
use crate::core::Core;
use crate::kinds::Resource;

/// The names of the simulated nodes.
pub(super) const NODES: [&str; 3] = ["node-0", "node-1", "node-2"];

/// Creates namespaces, nodes, the service of the server itself, a storage class and the default roles.
pub(crate) fn bootstrap(core: &mut Core) {
    for namespace in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        create(
            core,
            &Resource::new("", "namespaces"),
            "",
            json!({"metadata": {"name": namespace}}),
        );
    }
    for node in NODES {
        create_node(core, node);
    }
    let service = json!({
        "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
    });
    create(core, &Resource::new("", "services"), "default", service);
    let class = json!({
        "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "sandbox.whelm.dev/memory",
    });
    create(core, &Resource::new("storage.k8s.io", "storageclasses"), "", class);
    for (name, value) in [
        ("system-cluster-critical", 2_000_000_000),
        ("system-node-critical", 2_000_001_000),
    ] {
        let priority = json!({"metadata": {"name": name}, "value": value});
        create(
            core,
            &Resource::new("scheduling.k8s.io", "priorityclasses"),
            "",
            priority,
        );
    }
    crate::authorization::install_policy(core);
}

fn create_node(core: &mut Core, name: &str) {
    let nodes = Resource::new("", "nodes");
    let labels = json!({
        "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": "amd64",
    });
    create(core, &nodes, "", json!({"metadata": {"name": name, "labels": labels}}));
    let time = core.timestamp();
    let size = json!({"cpu": "64", "memory": "256Gi", "pods": "500"});
    let status: Value = json!({
        "capacity": size, "allocatable": size,
        "addresses": [{"type": "InternalIP", "address": "172.18.0.2"}, {"type": "Hostname", "address": name}],
        "conditions": [{
            "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
            "lastHeartbeatTime": time, "lastTransitionTime": time,
        }],
        "nodeInfo": {
            "kubeletVersion": "v1.36.3", "operatingSystem": "linux", "architecture": "amd64", "machineID": "", "systemUUID": "",
            "bootID": "", "kernelVersion": "none", "osImage": "whelm sandbox", "containerRuntimeVersion": "sandbox://1", "kubeProxyVersion": "",
        },
    });
    super::set_status(core, &crate::store::Key::new(&nodes, "", name), status);
}
