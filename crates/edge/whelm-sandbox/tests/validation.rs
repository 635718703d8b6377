//! What the server refuses, in Kubernetes' words.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::Request;
use serde_json::{Value, json};
use whelm_sandbox::{Answer, Core};

const NOW: i64 = 1_800_000_000_000;
const PODS: &str = "/api/v1/namespaces/default/pods";
const SERVICES: &str = "/api/v1/namespaces/default/services";
const LIMITS: &str = "/api/v1/namespaces/default/limitranges";
const QUOTAS: &str = "/api/v1/namespaces/default/resourcequotas";
const BUDGETS: &str = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

struct Cluster(Core);

impl Cluster {
    fn new() -> Self {
        let mut cluster = Cluster(Core::new(7, NOW));
        let account = json!({"metadata": {"name": "default"}});
        cluster.send("POST", "/api/v1/namespaces/default/serviceaccounts", &account);
        cluster
    }

    fn send(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(
                "content-type",
                if method == "PATCH" {
                    "application/merge-patch+json"
                } else {
                    "application/json"
                },
            )
            .header("user-agent", "test/1.0");
        match self.0.handle(&request.body(body.to_string().into()).unwrap(), NOW) {
            Answer::Full { code, body, .. } => (code, serde_json::from_slice(&body).unwrap_or_default()),
            Answer::Watch(_) => panic!("no watch was asked for"),
        }
    }

    /// Creates an object, and returns it.
    fn create(&mut self, path: &str, object: &Value) -> Value {
        let (code, answer) = self.send("POST", path, object);
        assert_eq!(code, 201, "{answer}");
        answer
    }

    /// Returns what is said of an object that is refused.
    fn refused(&mut self, path: &str, object: &Value) -> String {
        let (code, answer) = self.send("POST", path, object);
        assert!(matches!(code, 403 | 422), "{code} {answer}");
        let message = answer["message"].as_str().unwrap();
        let (_, rest) = message.split_once(": ").unwrap();
        rest.to_owned()
    }

    fn refused_pod(&mut self, spec: &Value) -> String {
        self.refused(PODS, &pod(spec))
    }
}

/// Returns a Pod whose container and specification have more than they need.
fn pod(spec: &Value) -> Value {
    let mut pod = json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    for (field, value) in spec.as_object().unwrap() {
        pod["spec"][field] = value.clone();
    }
    pod
}

fn of_container(field: &str, value: &Value) -> Value {
    json!({"containers": [{"name": "c", "image": "i", field: value}]})
}

#[test]
fn probes_need_handlers() {
    let mut cluster = Cluster::new();
    let place = "spec.containers[0].livenessProbe";
    let mut said = |probe: Value| cluster.refused_pod(&of_container("livenessProbe", &probe));
    assert_eq!(
        said(json!({})),
        format!("{place}: Required value: must specify a handler type")
    );
    assert_eq!(
        said(json!({"exec": {"command": ["x"]}, "tcpSocket": {"port": 1}})),
        format!("{place}.tcpSocket: Forbidden: may not specify more than 1 handler type")
    );
    assert_eq!(
        said(json!({"httpGet": {"port": 0}})),
        format!("{place}.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive")
    );
}

#[test]
fn init_containers_end_or_stay() {
    let mut cluster = Cluster::new();
    let probe = json!({"exec": {"command": ["x"]}});
    let of = |policy: Value| json!({"initContainers": [{"name": "i", "image": "i", "livenessProbe": probe, "restartPolicy": policy}]});
    assert_eq!(
        cluster.refused_pod(&of(Value::Null)),
        "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
    );
    cluster.create(PODS, &pod(&of(json!("Always"))));
}

#[test]
fn variables_show_what_can_be_shown() {
    let mut cluster = Cluster::new();
    let place = "spec.containers[0].env[0].valueFrom";
    let mut said = |source: Value| {
        let variable = json!([{"name": "A", "valueFrom": source}]);
        cluster.refused_pod(&of_container("env", &variable))
    };
    assert_eq!(
        said(json!({"fieldRef": {"fieldPath": "spec.odd"}})),
        format!(
            "{place}.fieldRef.fieldPath: Invalid value: \"spec.odd\": error converting fieldPath: field label not supported: \
             spec.odd"
        )
    );
    assert_eq!(
        said(json!({"resourceFieldRef": {"resource": "limits.cpu", "divisor": "3m"}})),
        format!(
            "{place}.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are supported with the cpu resource"
        )
    );
}

#[test]
fn volumes_have_one_source_each() {
    let mut cluster = Cluster::new();
    let mut said = |volume: Value| cluster.refused_pod(&json!({"volumes": [volume]}));
    assert_eq!(
        said(json!({"name": "v", "emptyDir": {}, "secret": {"secretName": "s"}})),
        "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type"
    );
    assert_eq!(
        said(json!({"name": "v", "configMap": {"name": "m", "items": [{"key": "k", "path": "../p"}]}})),
        "spec.volumes[0].configMap.items[0].path: Invalid value: \"../p\": must not contain '..'"
    );
    assert_eq!(
        said(json!({"name": "v", "projected": {"sources": [{"downwardAPI": {"items": [{"path": "p"}]}}]}})),
        "spec.volumes[0].projected.sources[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required"
    );
}

#[test]
fn pods_say_who_they_are_and_where_they_run() {
    let mut cluster = Cluster::new();
    let mut said = |spec: Value| cluster.refused_pod(&spec);
    assert_eq!(
        said(json!({"securityContext": {"runAsUser": -1}})),
        "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"
    );
    assert_eq!(
        said(json!({"dnsPolicy": "None"})),
        "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"
    );
    let term = json!({"weight": 101, "podAffinityTerm": {"topologyKey": "zone"}});
    let affinity = json!({"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}});
    assert_eq!(
        said(json!({"affinity": affinity})),
        "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be \
         in the range 1-100"
    );
    assert_eq!(
        said(json!({"runtimeClassName": "none"})),
        "pod rejected: RuntimeClass \"none\" not found"
    );
}

#[test]
fn services_follow_their_types() {
    let mut cluster = Cluster::new();
    let service = |spec: Value| {
        let mut service = json!({"metadata": {"name": "s"}, "spec": spec});
        service["spec"]["ports"] = json!([{"port": 80}]);
        service
    };
    assert_eq!(
        cluster.refused(SERVICES, &service(json!({"ipFamilyPolicy": "RequireDualStack"}))),
        "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services"
    );
    assert_eq!(
        cluster.refused(SERVICES, &service(json!({"loadBalancerClass": "a/b"}))),
        "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"
    );
    let balanced = cluster.create(
        SERVICES,
        &service(json!({"type": "LoadBalancer", "loadBalancerClass": "a/b"})),
    );
    assert!(balanced["spec"]["ports"][0]["nodePort"].is_number());
    let path = format!("{SERVICES}/s");
    let (code, plain) = cluster.send("PATCH", &path, &json!({"spec": {"type": "ClusterIP"}}));
    assert_eq!(code, 200, "{plain}");
    for field in [
        "loadBalancerClass",
        "allocateLoadBalancerNodePorts",
        "externalTrafficPolicy",
    ] {
        assert!(plain["spec"].get(field).is_none(), "{field}");
    }
    assert!(plain["spec"]["ports"][0].get("nodePort").is_none());
    let (code, answer) = cluster.send("PATCH", &path, &json!({"spec": {"clusterIP": "10.96.9.9"}}));
    assert_eq!(code, 422);
    let message = answer["message"].as_str().unwrap();
    assert!(message.ends_with("spec.clusterIPs[0]: Invalid value: [\"10.96.9.9\"]: may not change once set"));
}

#[test]
fn limit_ranges_complete_and_refuse() {
    let mut cluster = Cluster::new();
    let limit = json!({"type": "Container", "max": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}});
    cluster.create(LIMITS, &json!({"metadata": {"name": "l"}, "spec": {"limits": [limit]}}));
    let resources = json!({"limits": {"cpu": "2"}});
    assert_eq!(
        cluster.refused_pod(&of_container("resources", &resources)),
        "maximum cpu usage per Container is 1, but limit is 2"
    );
    let made = cluster.create(PODS, &pod(&json!({})));
    let own = &made["spec"]["containers"][0]["resources"];
    assert_eq!(own, &json!({"limits": {"cpu": "1"}, "requests": {"cpu": "100m"}}));
    assert_eq!(
        made["metadata"]["annotations"]["kubernetes.io/limit-ranger"],
        "LimitRanger plugin set: cpu request for container c; cpu limit for container c"
    );
}

#[test]
fn quotas_with_scopes_are_about_some_pods() {
    let mut cluster = Cluster::new();
    let spec = json!({"hard": {"pods": "0"}, "scopes": ["Terminating"]});
    cluster.create(QUOTAS, &json!({"metadata": {"name": "q"}, "spec": spec}));
    assert_eq!(
        cluster.refused_pod(&json!({"activeDeadlineSeconds": 9})),
        "exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0"
    );
    cluster.create(PODS, &pod(&json!({})));
}

#[test]
fn statuses_of_pods_are_checked() {
    let mut cluster = Cluster::new();
    cluster.create(PODS, &pod(&json!({})));
    let status = json!({"status": {"hostIPs": [{"ip": "10.0.0.1"}]}});
    let (code, answer) = cluster.send("PATCH", &format!("{PODS}/p/status"), &status);
    assert_eq!(code, 422, "{answer}");
    let message = answer["message"].as_str().unwrap();
    assert!(message.ends_with("status.hostIPs[0].ip: Invalid value: \"10.0.0.1\": must be equal to `hostIP`"));
}

#[test]
fn budgets_stop_evictions() {
    let mut cluster = Cluster::new();
    let mut running = pod(&json!({}));
    running["metadata"]["labels"] = json!({"a": "b"});
    cluster.create(PODS, &running);
    let selector = json!({"matchLabels": {"a": "b"}});
    cluster.create(
        BUDGETS,
        &json!({"metadata": {"name": "b"}, "spec": {"minAvailable": 2, "selector": selector}}),
    );
    let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}});
    let (code, answer) = cluster.send("POST", &format!("{PODS}/p/eviction"), &eviction);
    assert_eq!(code, 429, "{answer}");
    let message = "Cannot evict pod as it would violate the pod's disruption budget.";
    assert_eq!(answer["message"], message);
}

#[test]
fn schemas_fit_themselves() {
    let mut cluster = Cluster::new();
    let mut said = |schema: Value| {
        let root = json!({"type": "object", "properties": {"spec": schema}});
        let version = json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": root}});
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "odds.example.org"},
            "spec": {"group": "example.org", "scope": "Cluster", "names": {"plural": "odds", "kind": "Odd"}, "versions": [version]},
        });
        cluster.refused("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition)
    };
    let place = "spec.validation.openAPIV3Schema.properties[spec]";
    assert_eq!(
        said(json!({"type": "string", "default": 5})),
        format!("{place}.default: Invalid value: \"integer\":  in body must be of type string: \"integer\"")
    );
    assert_eq!(
        said(json!({"type": "string", "pattern": "("})),
        format!(
            "{place}.pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp: \
             missing closing ): `(`"
        )
    );
    let item = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let list =
        json!({"type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]});
    assert_eq!(
        said(list),
        format!(
            "{place}.items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it \
             must have a default or be a required property"
        )
    );
}
