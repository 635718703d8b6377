//! Fields that cannot change, and updates that conflict.

use serde_json::json;

use super::Book;
use crate::generated::MERGE;

/// Kinds, and changes of their example that the real server refuses or takes with care.
const CHANGES: &[(&str, &[&str])] = &[
    (
        "deployments",
        &[
            r#"{"spec":{"selector":{"matchLabels":{"app":"b"}}}}"#,
            r#"{"spec":{"template":{"metadata":{"labels":{"app":"b"}}}}}"#,
            r#"{"spec":{"replicas":-1}}"#,
            r#"{"spec":{"template":{"spec":{"containers":[]}}}}"#,
            r#"{"spec":{"selector":{"matchLabels":{"more":"x"}}}}"#,
            r#"{"spec":{"strategy":{"type":"Recreate"}}}"#,
            r#"{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}"#,
        ],
    ),
    (
        "statefulsets",
        &[
            r#"{"spec":{"serviceName":"t"}}"#,
            r#"{"spec":{"selector":{"matchLabels":{"app":"b"}}}}"#,
            r#"{"spec":{"podManagementPolicy":"Parallel"}}"#,
            r#"{"spec":{"replicas":1,"minReadySeconds":2}}"#,
            r#"{"spec":{"volumeClaimTemplates":[]}}"#,
        ],
    ),
    (
        "daemonsets",
        &[
            r#"{"spec":{"selector":{"matchLabels":{"app":"b"}}}}"#,
            r#"{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"other"}]}}}}"#,
            r#"{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}"#,
        ],
    ),
    (
        "replicasets",
        &[
            r#"{"spec":{"selector":{"matchLabels":{"app":"b"}}}}"#,
            r#"{"spec":{"replicas":1}}"#,
        ],
    ),
    (
        "jobs",
        &[
            r#"{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"other"}]}}}}"#,
            r#"{"spec":{"completions":2}}"#,
            r#"{"spec":{"parallelism":2}}"#,
            r#"{"spec":{"selector":{"matchLabels":{"a":"b"}}}}"#,
            r#"{"spec":{"completionMode":"Indexed"}}"#,
            r#"{"spec":{"backoffLimit":-1}}"#,
            r#"{"spec":{"ttlSecondsAfterFinished":5}}"#,
        ],
    ),
    (
        "cronjobs",
        &[
            r#"{"spec":{"schedule":"bad"}}"#,
            r#"{"spec":{"schedule":"*/5 * * * *"}}"#,
            r#"{"spec":{"timeZone":"No/Where"}}"#,
            r#"{"spec":{"concurrencyPolicy":"x"}}"#,
        ],
    ),
    (
        "pods",
        &[
            r#"{"spec":{"containers":[{"name":"c","image":"other"}]}}"#,
            r#"{"spec":{"restartPolicy":"Never"}}"#,
            r#"{"spec":{"nodeName":"node-1"}}"#,
            r#"{"spec":{"activeDeadlineSeconds":5}}"#,
            r#"{"spec":{"tolerations":[]}}"#,
            r#"{"spec":{"hostNetwork":true}}"#,
            r#"{"spec":{"terminationGracePeriodSeconds":5}}"#,
        ],
    ),
    (
        "services",
        &[
            r#"{"spec":{"clusterIP":"10.0.0.7"}}"#,
            r#"{"spec":{"clusterIP":null}}"#,
            r#"{"spec":{"clusterIP":""}}"#,
            r#"{"spec":{"type":"Odd"}}"#,
            r#"{"spec":{"ports":[]}}"#,
            r#"{"spec":{"ports":[{"port":80},{"port":81}]}}"#,
            r#"{"spec":{"ports":[{"port":80,"name":"a"},{"port":80,"name":"b"}]}}"#,
            r#"{"spec":{"sessionAffinity":"X"}}"#,
            r#"{"spec":{"type":"NodePort"}}"#,
            r#"{"spec":{"type":"ExternalName","externalName":"a.b"}}"#,
        ],
    ),
    (
        "configmaps",
        &[
            r#"{"immutable":true}"#,
            r#"{"data":{"a":"2"}}"#,
            r#"{"immutable":false}"#,
            r#"{"binaryData":null}"#,
            r#"{"metadata":{"labels":{"free":"x"}}}"#,
        ],
    ),
    (
        "secrets",
        &[
            r#"{"type":"other"}"#,
            r#"{"immutable":true}"#,
            r#"{"stringData":{"user":"you"}}"#,
            r#"{"data":{"user":"!"}}"#,
        ],
    ),
    (
        "persistentvolumeclaims",
        &[
            r#"{"spec":{"accessModes":["ReadWriteMany"]}}"#,
            r#"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#,
            r#"{"spec":{"storageClassName":"fast"}}"#,
            r#"{"spec":{"volumeName":"v"}}"#,
        ],
    ),
    (
        "persistentvolumes",
        &[
            r#"{"spec":{"hostPath":{"path":"/other"}}}"#,
            r#"{"spec":{"capacity":{"storage":"2Gi"}}}"#,
            r#"{"spec":{"volumeMode":"Block"}}"#,
            r#"{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}"#,
        ],
    ),
    (
        "rolebindings",
        &[
            r#"{"roleRef":{"name":"other"}}"#,
            r#"{"subjects":[]}"#,
            r#"{"subjects":[{"kind":"Odd","name":"x"}]}"#,
        ],
    ),
    (
        "clusterrolebindings",
        &[r#"{"roleRef":{"name":"edit"}}"#, r#"{"subjects":null}"#],
    ),
    (
        "storageclasses",
        &[
            r#"{"provisioner":"other"}"#,
            r#"{"parameters":{"a":"b"}}"#,
            r#"{"reclaimPolicy":"Retain"}"#,
            r#"{"volumeBindingMode":"WaitForFirstConsumer"}"#,
            r#"{"allowVolumeExpansion":false}"#,
        ],
    ),
    (
        "priorityclasses",
        &[
            r#"{"value":5}"#,
            r#"{"preemptionPolicy":"Never"}"#,
            r#"{"description":"other"}"#,
            r#"{"globalDefault":false}"#,
        ],
    ),
    ("ingressclasses", &[r#"{"spec":{"controller":"other.example.com/x"}}"#]),
    (
        "ingresses",
        &[
            r#"{"spec":{"rules":[{"host":"*"}]}}"#,
            r#"{"spec":{"rules":[],"tls":null}}"#,
            r#"{"spec":{"rules":[{"http":{"paths":[{"path":"x","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}"#,
        ],
    ),
    (
        "networkpolicies",
        &[
            r#"{"spec":{"policyTypes":["Odd"]}}"#,
            r#"{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"x"}}]}]}}"#,
        ],
    ),
    (
        "leases",
        &[
            r#"{"spec":{"leaseDurationSeconds":0}}"#,
            r#"{"spec":{"leaseTransitions":-1}}"#,
        ],
    ),
    ("endpointslices", &[r#"{"addressType":"IPv6"}"#]),
    ("runtimeclasses", &[r#"{"handler":"other"}"#]),
    ("csidrivers", &[r#"{"spec":{"attachRequired":true}}"#]),
    (
        "poddisruptionbudgets",
        &[
            r#"{"spec":{"maxUnavailable":1}}"#,
            r#"{"spec":{"minAvailable":"x%"}}"#,
            r#"{"spec":{"selector":null}}"#,
        ],
    ),
    (
        "horizontalpodautoscalers",
        &[
            r#"{"spec":{"maxReplicas":0}}"#,
            r#"{"spec":{"minReplicas":5}}"#,
            r#"{"spec":{"minReplicas":0}}"#,
            r#"{"spec":{"scaleTargetRef":{"kind":""}}}"#,
        ],
    ),
    (
        "resourcequotas",
        &[
            r#"{"spec":{"hard":{"pods":"x"}}}"#,
            r#"{"spec":{"hard":{"pods":"-1"}}}"#,
            r#"{"spec":{"scopes":["Odd"]}}"#,
        ],
    ),
    (
        "limitranges",
        &[r#"{"spec":{"limits":[{"type":"Container","max":{"cpu":"1"},"min":{"cpu":"2"}}]}}"#],
    ),
    (
        "namespaces",
        &[
            r#"{"metadata":{"labels":{"kubernetes.io/metadata.name":"x"}}}"#,
            r#"{"spec":{"finalizers":[]}}"#,
        ],
    ),
    (
        "nodes",
        &[
            r#"{"spec":{"podCIDR":"10.9.0.0/24"}}"#,
            r#"{"spec":{"providerID":"a"}}"#,
            r#"{"spec":{"providerID":"b"}}"#,
            r#"{"spec":{"taints":[{"key":"a","effect":"Odd"}]}}"#,
        ],
    ),
];

pub(super) fn write(book: &mut Book<'_>) {
    book.for_each("changes", |script, kind| {
        let Some((_, changes)) = CHANGES.iter().find(|(plural, _)| *plural == kind.plural) else {
            return;
        };
        let collection = kind.collection(&script.place);
        let path = format!("{collection}/{}", kind.name(&script.place, 0));
        script.post(&collection, &kind.example(&script.place, 0));
        for change in *changes {
            script.send("PATCH", &path, MERGE, change);
        }
        let mut stale = kind.example(&script.place, 0);
        stale["metadata"]["resourceVersion"] = json!("1");
        script.put(&path, &stale);
        script.put(&path, &kind.example(&script.place, 0));
        script.delete(&path);
    });
    // Every kind with each of its fields taken away in turn.
    book.for_each("missing", |script, kind| {
        let path = format!("{}?dryRun=All", kind.collection(&script.place));
        let example = kind.example(&script.place, 0);
        let mut without = Vec::new();
        take_each(&kind.object, &mut Vec::new(), &mut without);
        for place in without {
            let mut object = example.clone();
            crate::written::immutable::take(&mut object, &place);
            script.post(&path, &object);
        }
    });
}

/// Lists the places of all fields of a value.
fn take_each(value: &serde_json::Value, place: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let fields: Vec<(String, &serde_json::Value)> = match value {
        serde_json::Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), field)).collect(),
        serde_json::Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => return,
    };
    for (name, field) in fields {
        place.push(name);
        found.push(place.clone());
        take_each(field, place, found);
        place.pop();
    }
}

/// Takes the field at a place out of a value.
fn take(value: &mut serde_json::Value, place: &[String]) {
    let Some((last, parents)) = place.split_last() else {
        return;
    };
    let parent = value.pointer_mut(
        &parents
            .iter()
            .map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
            .collect::<String>(),
    );
    match parent {
        Some(serde_json::Value::Object(fields)) => {
            fields.remove(last);
        }
        Some(serde_json::Value::Array(items)) => {
            if let Ok(index) = last.parse::<usize>() {
                items.remove(index);
            }
        }
        _ => {}
    }
}
