//! Services: their endpoints, and the addresses of load balancers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::events::{Remark, Source, record};
use super::{change, controller_reference, create, is_ready, owned, selects_pod, set_status};
use crate::core::Core;
use crate::kinds::Resource;
use crate::object::{at, has_ended, int, is_deleted, items, name, namespace, set, text, uid};
use crate::store::Key;

pub(super) fn reconcile(core: &mut Core, key: &Key, service: &Arc<Value>) {
    if text(service, &["spec", "type"]) == "LoadBalancer"
        && items(service, &["status", "loadBalancer", "ingress"]).is_empty()
    {
        let source = Source::controller("service-controller");
        record(
            core,
            service,
            source,
            Remark::normal("EnsuringLoadBalancer", "Ensuring load balancer"),
        );
        record(
            core,
            service,
            source,
            Remark::normal("EnsuredLoadBalancer", "Ensured load balancer"),
        );
        let address = crate::admission::next_address(core, "172.18");
        set_status(
            core,
            key,
            json!({"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}),
        );
    }
    let has_selector = at(service, &["spec", "selector"])
        .and_then(Value::as_object)
        .is_some_and(|own| !own.is_empty());
    if !has_selector || text(service, &["spec", "type"]) == "ExternalName" {
        return;
    }
    let mut pods = core.store.may_be_selected(service);
    pods.retain(|pod| selects_pod(service, pod) && !is_deleted(pod) && !has_ended(pod));
    pods.retain(|pod| !text(pod, &["status", "podIP"]).is_empty());
    write_slice(core, service, &pods);
    write_endpoints(core, service, &pods);
}

fn target(pod: &Value) -> Value {
    json!({"kind": "Pod", "namespace": namespace(pod), "name": name(pod), "uid": uid(pod)})
}

/// Returns the number of the port that a service's port leads to.
fn port_number(port: &Value, pods: &[Arc<Value>]) -> i64 {
    let wanted = text(port, &["targetPort"]);
    let named = || {
        let containers = pods.iter().flat_map(|pod| items(pod, &["spec", "containers"]));
        let mut ports = containers.flat_map(|container| items(container, &["ports"]));
        ports
            .find(|own| text(own, &["name"]) == wanted)
            .and_then(|own| int(own, &["containerPort"]))
    };
    int(port, &["targetPort"])
        .or_else(named)
        .or_else(|| int(port, &["port"]))
        .unwrap_or(0)
}

fn ports(service: &Value, pods: &[Arc<Value>]) -> Vec<Value> {
    items(service, &["spec", "ports"])
        .iter()
        .map(|port| {
            let mut own = json!({"port": port_number(port, pods), "protocol": text(port, &["protocol"])});
            set(&mut own, &["name"], text(port, &["name"]));
            own
        })
        .collect()
}

fn write_slice(core: &mut Core, service: &Value, pods: &[Arc<Value>]) {
    let slices = Resource::new("discovery.k8s.io", "endpointslices");
    let endpoints: Vec<Value> = pods.iter().map(|pod| json!({
        "addresses": [text(pod, &["status", "podIP"])], "nodeName": text(pod, &["spec", "nodeName"]),
        "conditions": {"ready": is_ready(pod), "serving": is_ready(pod), "terminating": false}, "targetRef": target(pod),
    })).collect();
    let ports = ports(service, pods);
    match owned(core, service, &slices).first().cloned() {
        Some(slice) => change(core, &Key::of(&slices, &slice), "", super::MANAGER, |slice| {
            set(slice, &["endpoints"], endpoints);
            set(slice, &["ports"], ports);
        }),
        None => {
            let slice = json!({
                "metadata": {"generateName": format!("{}-", name(service)), "ownerReferences": controller_reference(service),
                    "labels": {"kubernetes.io/service-name": name(service),
                        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}},
                "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
            });
            create(core, &slices, namespace(service), slice);
        }
    }
}

fn write_endpoints(core: &mut Core, service: &Value, pods: &[Arc<Value>]) {
    let resource = Resource::new("", "endpoints");
    let addresses: Vec<Value> = pods.iter().filter(|pod| is_ready(pod)).map(|pod| json!({
        "ip": text(pod, &["status", "podIP"]), "nodeName": text(pod, &["spec", "nodeName"]), "targetRef": target(pod),
    })).collect();
    let subsets = if addresses.is_empty() {
        json!([])
    } else {
        json!([{"addresses": addresses, "ports": ports(service, pods)}])
    };
    let key = Key::new(&resource, namespace(service), name(service));
    if core.store.get(&key).is_none() {
        let object = json!({"metadata": {"name": name(service), "labels": at(service, &["metadata", "labels"])}, "subsets": subsets});
        create(core, &resource, namespace(service), object);
        return;
    }
    change(core, &key, "", super::MANAGER, |endpoints| {
        if subsets.as_array().is_some_and(Vec::is_empty) {
            crate::object::remove(endpoints, &["subsets"]);
        } else {
            set(endpoints, &["subsets"], subsets);
        }
    });
}
