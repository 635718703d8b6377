//! The wait state machine, fed by hand.

#![allow(clippy::unwrap_used)]

use kstatus::{End, ObjectId, Progress, Status, Timestamp, WaitFor, Waiter};
use serde_json::{Value, json};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn claim(name: &str, phase: &str) -> Value {
    let metadata = json!({"name": name, "namespace": "default"});
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "status": {"phase": phase}})
}

fn job(finished: Option<&str>) -> Value {
    let conditions: Value = finished
        .iter()
        .map(|kind| json!({"type": kind, "status": "True"}))
        .collect();
    let status = json!({"startTime": "2027-01-15T07:59:45Z", "active": 1, "conditions": conditions});
    let metadata = json!({"name": "migrate", "namespace": "default"});
    json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "status": status})
}

/// W-003
#[test]
fn w_003_paused_deployments_are_skipped() {
    let deployment = |api_version: &str, paused: bool| {
        let metadata = json!({"name": "web", "namespace": "default"});
        json!({"apiVersion": api_version, "kind": "Deployment", "metadata": metadata, "spec": {"paused": paused}})
    };
    let waiter = Waiter::new([&deployment("apps/v1", true)], WaitFor::Ready);
    assert_eq!(waiter.progress(), Progress::Done);
    assert!(waiter.targets().is_empty());
    let awaited = [
        (deployment("apps/v1", false), WaitFor::Ready),
        (deployment("apps/v1", true), WaitFor::Deleted),
    ];
    for (object, wait_for) in awaited {
        assert_eq!(Waiter::new([&object], wait_for).progress(), Progress::Waiting);
    }
}

/// W-004
#[test]
fn w_004_wait_for_jobs() {
    let mut waiter = Waiter::new([&job(None)], WaitFor::Ready);
    assert_eq!(waiter.observe(&job(None), &[], at(0)), Progress::Done);

    let mut waiter = Waiter::new([&job(None)], WaitFor::ReadyWithJobs);
    assert_eq!(waiter.observe(&job(None), &[], at(0)), Progress::Waiting);
    assert_eq!(
        waiter.finish(End::DeadlineExceeded).unwrap_err().to_string(),
        "resource Job/default/migrate not ready. status: InProgress, message: Job in progress\n\
         context deadline exceeded",
    );
    assert_eq!(waiter.observe(&job(Some("Complete")), &[], at(0)), Progress::Done);
    assert_eq!(waiter.finish(End::Observed), Ok(()));
}

fn crashing_pod() -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"}, "status": {
        "phase": "Running", "containerStatuses": [{"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}})
}

/// W-005
#[test]
fn w_005_failed_is_final_and_others_are_awaited() {
    let mut waiter = Waiter::new([&crashing_pod(), &claim("data", "")], WaitFor::Ready);
    assert_eq!(waiter.observe(&crashing_pod(), &[], at(0)), Progress::Waiting);
    assert_eq!(waiter.observe(&claim("data", "Bound"), &[], at(0)), Progress::Done);
    assert_eq!(
        waiter.finish(End::Observed).unwrap_err().to_string(),
        "resource Pod/default/web not ready. status: Failed, message: Containers in CrashLoop state: main",
    );
}

/// W-005: what cannot recover ends the wait as soon as all has been seen once.
#[test]
fn w_005_a_lost_object_ends_the_wait() {
    let mut waiter = Waiter::new(
        [&job(None), &claim("data", ""), &claim("more", "")],
        WaitFor::ReadyWithJobs,
    );
    assert_eq!(waiter.observe(&job(Some("Failed")), &[], at(0)), Progress::Waiting);
    waiter.observe(&claim("data", "Bound"), &[], at(0));
    waiter.observe(&claim("more", "Pending"), &[], at(0));
    assert_eq!(waiter.synced(), Progress::Done);
    let text = waiter.finish(End::Observed).unwrap_err().to_string();
    let first = "resource Job/default/migrate not ready. status: Failed, message: Job Failed. failed: 0/1\n";
    assert!(text.starts_with(first) && !text.contains("/data "), "{text}");
    assert!(
        text.contains("PersistentVolumeClaim/default/more not ready. status: InProgress"),
        "{text}"
    );
}

/// W-005: what has failed can still go.
#[test]
fn w_005_a_failed_job_is_awaited_until_it_is_gone() {
    let mut waiter = Waiter::new([&job(None)], WaitFor::Deleted);
    waiter.synced();
    assert_eq!(waiter.observe(&job(Some("Failed")), &[], at(0)), Progress::Waiting);
    assert_eq!(waiter.deleted(&ObjectId::of(&job(None))), Progress::Done);
}

/// W-006
#[test]
fn w_006_timeout_text() {
    let mut waiter = Waiter::new([&claim("b", ""), &claim("c", ""), &claim("a", "")], WaitFor::Ready);
    waiter.observe(&claim("b", "Pending"), &[], at(0));
    waiter.observe(&claim("c", "Bound"), &[], at(0));
    waiter.observe(&claim("stranger", "Pending"), &[], at(0));
    assert_eq!(
        waiter.finish(End::DeadlineExceeded).unwrap_err().to_string(),
        "resource PersistentVolumeClaim/default/b not ready. status: InProgress, \
         message: PVC is not Bound. phase: Pending\n\
         resource PersistentVolumeClaim/default/a not ready. status: Unknown, message: \n\
         context deadline exceeded",
    );
    assert!(
        waiter
            .finish(End::Canceled)
            .unwrap_err()
            .to_string()
            .ends_with("\ncontext canceled")
    );
}

/// W-010
#[test]
fn w_010_wait_for_delete() {
    let (first, second) = (claim("a", "Bound"), claim("b", "Bound"));
    let mut waiter = Waiter::new([&first, &second], WaitFor::Deleted);
    let mut terminating = first.clone();
    terminating["metadata"]["deletionTimestamp"] = json!("2027-01-15T07:59:45Z");
    waiter.observe(&terminating, &[], at(0));
    // The second one was gone before the wait began.
    assert_eq!(waiter.synced(), Progress::Waiting);
    assert_eq!(
        waiter.finish(End::DeadlineExceeded).unwrap_err().to_string(),
        "resource PersistentVolumeClaim/default/a still exists. status: Terminating, \
         message: Resource scheduled for deletion\ncontext deadline exceeded",
    );
    assert_eq!(waiter.deleted(&ObjectId::of(&first)), Progress::Done);
    assert_eq!(waiter.finish(End::Observed), Ok(()));
}

#[test]
fn hooks_wait_for_jobs_and_pods_only() {
    let pod = |phase: &str| {
        let metadata = json!({"name": "test", "namespace": "default"});
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"phase": phase}})
    };
    let mut waiter = Waiter::new([&pod(""), &claim("data", "")], WaitFor::HooksReady);
    assert_eq!(waiter.observe(&claim("data", "Pending"), &[], at(0)), Progress::Waiting);
    assert_eq!(waiter.observe(&pod("Running"), &[], at(0)), Progress::Waiting);
    assert_eq!(waiter.observe(&pod("Failed"), &[], at(0)), Progress::Done);
    assert_eq!(
        waiter.finish(End::Observed).unwrap_err().to_string(),
        "resource Pod/default/test not ready. status: Failed, message: pod test failed",
    );
}

#[test]
fn unschedulable_pods_fail_when_their_window_is_over() {
    let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable"});
    let metadata = json!({"name": "p", "namespace": "default", "creationTimestamp": "1970-01-01T00:00:10Z"});
    let status = json!({"phase": "Pending", "conditions": [condition]});
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": status});
    let mut waiter = Waiter::new([&pod], WaitFor::Ready);
    assert_eq!(waiter.observe(&pod, &[], at(12)), Progress::Waiting);
    assert_eq!(waiter.next_tick(), Some(at(27)));
    assert_eq!(waiter.tick(at(26)), Progress::Waiting);
    assert_eq!(waiter.tick(at(27)), Progress::Done);
    assert_eq!(waiter.next_tick(), None);
    assert_eq!(waiter.statuses().next().unwrap().status, Status::Failed);
}
