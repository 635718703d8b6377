//! One table per group of kinds: object, expected status, expected message.

#![allow(clippy::unwrap_used)]

use kstatus::{Status, Timestamp, compute, compute_lenient, compute_with_pods};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000; // 2027-01-15T08:00:00Z

fn check(table: &[(Value, Status, &str)]) {
    for (object, status, message) in table {
        let result = compute(object, Timestamp::from_unix_seconds(NOW)).unwrap();
        assert_eq!(
            (result.status, result.message.as_str()),
            (*status, *message),
            "{object}"
        );
    }
}

fn object(api_version: &str, kind: &str, spec: Value, status: Value) -> Value {
    let metadata = json!({"name": "web", "namespace": "default", "generation": 1});
    json!({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": status})
}

fn conditions(list: &[(&str, &str, &str)]) -> Value {
    list.iter()
        .map(|(kind, status, reason)| json!({"type": kind, "status": status, "reason": reason}))
        .collect()
}

/// W-001
#[test]
fn w_001_deployment() {
    use Status::{Current, Failed, InProgress};
    let deployment = |replicas: i64, counts: [i64; 4], list: &[(&str, &str, &str)]| {
        let [all, updated, available, ready] = counts;
        let status = json!({
            "observedGeneration": 1, "replicas": all, "updatedReplicas": updated, "availableReplicas": available,
            "readyReplicas": ready, "conditions": conditions(list),
        });
        object(
            "apps/v1",
            "Deployment",
            json!({"replicas": replicas, "progressDeadlineSeconds": 600}),
            status,
        )
    };
    let available = ("Available", "True", "MinimumReplicasAvailable");
    let progressing = ("Progressing", "True", "NewReplicaSetAvailable");
    let mut no_deadline = deployment(1, [1, 1, 1, 1], &[available]);
    no_deadline["spec"] = json!({});
    check(&[
        (
            object("apps/v1", "Deployment", json!({}), json!({})),
            InProgress,
            "Replicas: 0/1",
        ),
        (deployment(3, [3, 1, 1, 1], &[]), InProgress, "Updated: 1/3"),
        (deployment(1, [3, 1, 1, 1], &[]), InProgress, "Pending termination: 2"),
        (deployment(2, [2, 2, 0, 0], &[]), InProgress, "Available: 0/2"),
        (deployment(2, [2, 2, 2, 1], &[]), InProgress, "Ready: 1/2"),
        (
            deployment(1, [1, 1, 1, 1], &[available]),
            InProgress,
            "ReplicaSet not Available",
        ),
        (
            deployment(1, [1, 1, 1, 1], &[progressing]),
            InProgress,
            "Deployment not Available",
        ),
        (
            deployment(1, [1, 1, 1, 1], &[progressing, available]),
            Current,
            "Deployment is available. Replicas: 1",
        ),
        (no_deadline, Current, "Deployment is available. Replicas: 1"),
        (
            deployment(1, [1, 1, 1, 1], &[("Progressing", "False", "ProgressDeadlineExceeded")]),
            Failed,
            "Progress deadline exceeded",
        ),
    ]);
}

/// W-001
#[test]
fn w_001_stateful_set() {
    use Status::{Current, InProgress};
    let set = |spec: Value, status: Value| object("apps/v1", "StatefulSet", spec, status);
    let full = json!({"replicas": 2, "readyReplicas": 2, "currentReplicas": 2, "updatedReplicas": 2});
    let mut rolling = full.clone();
    rolling["currentRevision"] = json!("web-1");
    rolling["updateRevision"] = json!("web-2");
    let partition = |partition: i64, updated: i64| {
        let spec = json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": partition}}});
        set(
            spec,
            json!({"replicas": 3, "readyReplicas": 3, "updatedReplicas": updated}),
        )
    };
    check(&[
        (
            set(json!({"updateStrategy": {"type": "OnDelete"}}), json!({})),
            Current,
            "StatefulSet is using the ondelete update strategy",
        ),
        (set(json!({}), json!({})), InProgress, "Replicas: 0/1"),
        (
            set(json!({"replicas": 2}), json!({"replicas": 2, "readyReplicas": 1})),
            InProgress,
            "Ready: 1/2",
        ),
        (
            set(json!({"replicas": 1}), full.clone()),
            InProgress,
            "Pending termination: 1",
        ),
        (partition(1, 1), InProgress, "updated: 1/2"),
        (partition(1, 2), Current, "Partition rollout complete. updated: 2"),
        (
            set(json!({"replicas": 2}), json!({"replicas": 2, "readyReplicas": 2})),
            InProgress,
            "current: 0/2",
        ),
        (
            set(json!({"replicas": 2}), rolling),
            InProgress,
            "Waiting for updated revision to match current",
        ),
        (
            set(json!({"replicas": 2}), full),
            Current,
            "All replicas scheduled as expected. Replicas: 2",
        ),
    ]);
}

/// W-001
#[test]
fn w_001_daemon_set_and_replica_set() {
    use Status::{Current, InProgress};
    let daemon_set = |counts: [i64; 5]| {
        let [desired, current, updated, available, ready] = counts;
        let status = json!({
            "observedGeneration": 1, "desiredNumberScheduled": desired, "currentNumberScheduled": current,
            "updatedNumberScheduled": updated, "numberAvailable": available, "numberReady": ready,
        });
        object("apps/v1", "DaemonSet", json!({}), status)
    };
    let replica_set = |counts: [i64; 4]| {
        let [all, labelled, available, ready] = counts;
        let status = json!({
            "replicas": all, "fullyLabeledReplicas": labelled, "availableReplicas": available, "readyReplicas": ready,
        });
        object("apps/v1", "ReplicaSet", json!({"replicas": 2}), status)
    };
    let failure = conditions(&[("ReplicaFailure", "True", "FailedCreate")]);
    let no_generation = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d"}});
    check(&[
        (no_generation, InProgress, "DaemonSet metadata.generation not found"),
        (
            object("apps/v1", "DaemonSet", json!({}), json!({})),
            InProgress,
            "DaemonSet status.observedGeneration not found",
        ),
        (
            object("apps/v1", "DaemonSet", json!({}), json!({"observedGeneration": 1})),
            InProgress,
            "Missing .status.desiredNumberScheduled",
        ),
        (daemon_set([3, 1, 3, 3, 3]), InProgress, "Current: 1/3"),
        (daemon_set([3, 3, 2, 3, 3]), InProgress, "Updated: 2/3"),
        (daemon_set([3, 3, 3, 0, 3]), InProgress, "Available: 0/3"),
        (daemon_set([3, 3, 3, 3, 0]), InProgress, "Ready: 0/3"),
        (
            daemon_set([3, 3, 3, 3, 3]),
            Current,
            "All replicas scheduled as expected. Replicas: 3",
        ),
        (replica_set([2, 1, 2, 2]), InProgress, "Labelled: 1/2"),
        (replica_set([2, 2, 1, 2]), InProgress, "Available: 1/2"),
        (replica_set([2, 2, 2, 1]), InProgress, "Ready: 1/2"),
        (replica_set([3, 2, 2, 2]), InProgress, "Pending termination: 1"),
        (
            replica_set([2, 2, 2, 2]),
            Current,
            "ReplicaSet is available. Replicas: 2",
        ),
        (
            object("apps/v1", "ReplicaSet", json!({}), json!({"conditions": failure})),
            InProgress,
            "Replica Failure condition. Check Pods",
        ),
    ]);
}

/// W-001
#[test]
fn w_001_pod() {
    use Status::{Current, Failed, InProgress};
    let pod = |phase: &str, list: &[(&str, &str, &str)]| {
        object(
            "v1",
            "Pod",
            json!({}),
            json!({"phase": phase, "conditions": conditions(list)}),
        )
    };
    let unscheduled = |created: &str| {
        let mut pod = pod("Pending", &[("PodScheduled", "False", "Unschedulable")]);
        pod["metadata"]["creationTimestamp"] = json!(created);
        pod
    };
    let mut crashing = pod("Running", &[("Ready", "False", "")]);
    let waiting = |name: &str, reason: &str| json!({"name": name, "state": {"waiting": {"reason": reason}}});
    crashing["status"]["containerStatuses"] = json!([
        waiting("a", "CrashLoopBackOff"),
        waiting("b", "Other"),
        waiting("c", "CrashLoopBackOff")
    ]);
    check(&[
        (
            object("v1", "Pod", json!({}), json!({})),
            InProgress,
            "Pod phase not available",
        ),
        (pod("Succeeded", &[]), Current, "Pod has completed successfully"),
        (pod("Failed", &[]), Current, "Pod has completed, but not successfully"),
        (pod("Running", &[("Ready", "True", "")]), Current, "Pod is Ready"),
        (pod("Running", &[]), InProgress, "Pod is running but is not Ready"),
        (crashing, Failed, "Containers in CrashLoop state: a,c"),
        (pod("Pending", &[]), InProgress, "Pod is in the Pending phase"),
        (
            unscheduled("2027-01-15T07:59:46Z"),
            InProgress,
            "Pod has not been scheduled",
        ),
        (
            unscheduled("2027-01-15T07:59:45Z"),
            Failed,
            "Pod could not be scheduled",
        ),
    ]);
    let error = compute(&pod("Odd", &[]), Timestamp::from_unix_seconds(NOW)).unwrap_err();
    assert_eq!(error.to_string(), "unknown phase Odd");
}

/// W-001
#[test]
fn w_001_claims_services_budgets_jobs_definitions() {
    use Status::{Current, Failed, InProgress};
    let claim = |status: Value| object("v1", "PersistentVolumeClaim", json!({}), status);
    let service = |spec: Value| object("v1", "Service", spec, json!({}));
    let job = |status: Value| object("batch/v1", "Job", json!({"completions": 2}), status);
    let definition = |kind: &str, status: &str, reason: &str| {
        let list = json!([{"type": kind, "status": status, "reason": reason, "message": "words"}]);
        object(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            json!({}),
            json!({"conditions": list}),
        )
    };
    let finished = |kind: &str| json!({"succeeded": 1, "failed": 3, "conditions": conditions(&[(kind, "True", "")])});
    let running = json!({"startTime": "2027-01-15T07:59:45Z", "succeeded": 1, "active": 2, "failed": 3});
    check(&[
        (claim(json!({})), InProgress, "PVC is not Bound. phase: unknown"),
        (
            claim(json!({"phase": "Pending"})),
            InProgress,
            "PVC is not Bound. phase: Pending",
        ),
        (claim(json!({"phase": "Bound"})), Current, "PVC is Bound"),
        (service(json!({})), Current, "Service is ready"),
        (
            service(json!({"type": "LoadBalancer"})),
            InProgress,
            "ClusterIP not set. Service type: LoadBalancer",
        ),
        (
            service(json!({"type": "LoadBalancer", "clusterIP": "10.0.0.9"})),
            Current,
            "Service is ready",
        ),
        (
            object("policy/v1", "PodDisruptionBudget", json!({}), json!({})),
            Current,
            "AllowedDisruptions has been computed.",
        ),
        (
            object("batch/v1", "CronJob", json!({}), json!({})),
            Current,
            "Resource is always ready",
        ),
        (
            object("v1", "ConfigMap", json!({}), json!({})),
            Current,
            "Resource is always ready",
        ),
        (job(json!({})), InProgress, "Job not started"),
        (
            job(running),
            Current,
            "Job in progress. success:1, active: 2, failed: 3",
        ),
        (job(finished("Complete")), Current, "Job Completed. succeeded: 1/2"),
        (job(finished("Failed")), Failed, "Job Failed. failed: 3/2"),
        (definition("NamesAccepted", "False", "Conflict"), Failed, "words"),
        (
            definition("Established", "False", "Installing"),
            InProgress,
            "Install in progress",
        ),
        (definition("Established", "False", "NotAccepted"), Failed, "words"),
        (definition("Established", "True", ""), Current, "CRD is established"),
    ]);
}

/// W-002
#[test]
fn w_002_generic_rules() {
    use Status::{Current, Failed, InProgress, Terminating};
    let custom = |status: Value| object("example.org/v1", "Widget", json!({}), status);
    let one = |kind: &str, status: &str| json!({"conditions": [{"type": kind, "status": status, "reason": "Because", "message": "words"}]});
    let mut deleted = custom(json!({}));
    deleted["metadata"]["deletionTimestamp"] = json!("2027-01-15T07:59:45Z");
    check(&[
        (deleted, Terminating, "Resource scheduled for deletion"),
        (
            custom(json!({"observedGeneration": 0})),
            InProgress,
            "Widget generation is 1, but latest observed generation is 0",
        ),
        (custom(one("Reconciling", "True")), InProgress, "words"),
        (custom(one("Reconciling", "False")), Current, "Resource is current"),
        (custom(one("Stalled", "True")), Failed, "words"),
        (custom(one("Ready", "True")), Current, "Resource is Ready"),
        (custom(one("Ready", "False")), InProgress, "words"),
        (custom(one("Ready", "Unknown")), InProgress, "words"),
        (custom(one("Ready", "Perhaps")), Current, "Resource is current"),
        (custom(json!({})), Current, "Resource is current"),
        (json!({}), Current, "Resource is current"),
    ]);
    let result = compute(&custom(one("Stalled", "True")), Timestamp::from_unix_seconds(NOW)).unwrap();
    assert_eq!(
        (result.conditions[0].kind, result.conditions[0].reason.as_str()),
        ("Stalled", "Because")
    );
}

/// W-013
#[test]
fn w_013_odd_observed_generation() {
    let now = Timestamp::from_unix_seconds(NOW);
    let custom = |observed: Value| {
        object(
            "example.org/v1",
            "W",
            json!({}),
            json!({"observedGeneration": observed}),
        )
    };
    let error = compute(&custom(json!("1")), now).unwrap_err();
    assert_eq!(
        error.to_string(),
        "looking up status.observedGeneration from resource: \
         .status.observedGeneration accessor error: 1 is of the type string, expected int64",
    );
    let table = [
        (json!("1"), Status::Current),
        (json!("0"), Status::InProgress),
        (json!("x"), Status::Current),
        (json!(null), Status::Current),
        (json!({}), Status::Current),
        (json!(1.5), Status::Current),
    ];
    for (observed, status) in table {
        assert_eq!(
            compute_lenient(&custom(observed.clone()), now).unwrap().status,
            status,
            "{observed}"
        );
    }
}

#[test]
fn fields_of_wrong_types_are_errors() {
    let now = Timestamp::from_unix_seconds(NOW);
    let table = [
        (json!({"status": "x"}), "cannot restore struct from: string"),
        (json!({"status": {"conditions": {}}}), "cannot restore slice from map"),
        (
            json!({"status": {"conditions": [1]}}),
            "cannot restore struct from: int64",
        ),
        (
            json!({"status": {"conditions": [{"type": 1}]}}),
            "cannot convert int64 to string",
        ),
        (
            json!({"status": {"conditions": [{"status": true}]}}),
            "cannot convert bool to v1.ConditionStatus",
        ),
        (
            json!({"metadata": {"deletionTimestamp": 5}}),
            "looking up metadata.deletionTimestamp from resource: \
             .metadata.deletionTimestamp accessor error: 5 is of the type int64, expected string",
        ),
        (
            json!({"metadata": {"generation": 1}, "status": []}),
            "looking up status.observedGeneration from resource: \
             .status.observedGeneration accessor error: [] is of the type []interface {}, \
             expected map[string]interface {}",
        ),
    ];
    for (object, message) in table {
        assert_eq!(compute(&object, now).unwrap_err().to_string(), message, "{object}");
    }
}

#[test]
fn controllers_fail_with_their_pods() {
    let now = Timestamp::from_unix_seconds(NOW);
    let spec = json!({"replicas": 3, "selector": {"matchLabels": {"app": "web"}}});
    let set = object(
        "apps/v1",
        "StatefulSet",
        spec,
        json!({"replicas": 3, "readyReplicas": 1}),
    );
    let status = json!({
        "phase": "Running",
        "containerStatuses": [{"name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
    });
    let crashing = object("v1", "Pod", json!({}), status);
    let mut deleted = crashing.clone();
    deleted["metadata"]["deletionTimestamp"] = json!("2027-01-15T07:59:45Z");
    let unscheduled = conditions(&[("PodScheduled", "False", "Unschedulable")]);
    let unscheduled = object(
        "v1",
        "Pod",
        json!({}),
        json!({"phase": "Pending", "conditions": unscheduled}),
    );

    let result = compute_with_pods(&set, &[deleted.clone(), unscheduled.clone()], now).unwrap();
    assert_eq!(
        (result.status, result.message.as_str()),
        (Status::InProgress, "Ready: 1/3")
    );
    let result = compute_with_pods(&set, &[crashing.clone(), deleted, unscheduled, crashing], now).unwrap();
    assert_eq!(
        (result.status, result.message.as_str()),
        (Status::Failed, "2 pods have failed")
    );
}
