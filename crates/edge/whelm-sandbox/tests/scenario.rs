//! Scripted Pods, time that passes at once, and requests that go wrong.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use tokio::time::Instant;
use whelm_net::Transport;
use whelm_sandbox::{Answer, Core, Sandbox, Scenario};

const START: i64 = 1_800_000_000_000;
const SECOND: i64 = 1000;

struct Cluster {
    core: Core,
    now: i64,
}

impl Cluster {
    fn new() -> Self {
        Cluster {
            core: Core::new(7, START),
            now: START,
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .unwrap();
        let Answer::Full { body, .. } = self.core.handle(&request, self.now) else {
            panic!("no watch was asked for")
        };
        serde_json::from_slice(&body).unwrap()
    }

    fn get(&mut self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    fn wait(&mut self, millis: i64) {
        self.now += millis;
        self.core.tick(self.now);
    }

    fn create(&mut self, path: &str, object: &Value) {
        let created = self.ask("POST", path, object);
        assert_ne!(created["kind"], "Status", "{created}");
    }

    fn reasons(&mut self) -> Vec<String> {
        let events = self.get("/api/v1/namespaces/default/events");
        let items = events["items"].as_array().unwrap().iter();
        items
            .map(|event| event["reason"].as_str().unwrap().to_owned())
            .collect()
    }
}

const PODS: &str = "/api/v1/namespaces/default/pods";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

fn pod(annotations: &Value) -> Value {
    json!({
        "metadata": {"name": "p", "annotations": annotations}, "spec": {"containers": [{"name": "c", "image": "i"}]},
    })
}

fn deployment(image: &str, replicas: i64, annotations: &Value) -> Value {
    let template = json!({
        "metadata": {"labels": {"app": "web"}, "annotations": annotations},
        "spec": {"containers": [{"name": "c", "image": image}]},
    });
    let spec = json!({"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template});
    json!({"metadata": {"name": "web"}, "spec": spec})
}

fn phase(pod: &Value) -> (String, String) {
    let status = &pod["status"];
    let waiting = status["containerStatuses"][0]["state"]["waiting"]["reason"].as_str();
    (
        status["phase"].as_str().unwrap_or_default().to_owned(),
        waiting.unwrap_or_default().to_owned(),
    )
}

fn is_ready(pod: &Value) -> bool {
    pod["status"]["containerStatuses"][0]["ready"] == true
}

#[test]
fn readiness_takes_time() {
    let mut cluster = Cluster::new();
    cluster.create(PODS, &pod(&json!({"sandbox.whelm.dev/ready-after": "90s"})));
    cluster.wait(89 * SECOND);
    assert!(!is_ready(&cluster.get(&format!("{PODS}/p"))));
    cluster.wait(SECOND);
    let ready = cluster.get(&format!("{PODS}/p"));
    assert!(is_ready(&ready));
    let conditions = ready["status"]["conditions"].as_array().unwrap();
    let condition = conditions.iter().find(|own| own["type"] == "Ready").unwrap();
    assert_eq!(condition["lastTransitionTime"], "2027-01-15T08:01:30Z");
}

#[test]
fn pods_of_the_same_name_do_not_wait_for_each_other() {
    let mut cluster = Cluster::new();
    for _ in 0..2 {
        cluster.create(PODS, &pod(&json!({"sandbox.whelm.dev/ready-after": "1h"})));
        cluster.wait(60 * SECOND);
        let path = format!("{PODS}/p?gracePeriodSeconds=0");
        cluster.ask("DELETE", &path, &Value::Null);
    }
    cluster.create(PODS, &pod(&json!({})));
    assert!(is_ready(&cluster.get(&format!("{PODS}/p"))));
}

#[test]
fn troubles_end() {
    for (outcome, wanted) in [
        ("ImagePullBackOff", ("Pending", "ImagePullBackOff")),
        ("CrashLoopBackOff", ("Running", "CrashLoopBackOff")),
        ("NotReady", ("Running", "")),
        ("Unschedulable", ("Pending", "")),
    ] {
        let mut cluster = Cluster::new();
        let annotations = json!({"sandbox.whelm.dev/outcome": outcome, "sandbox.whelm.dev/fails-for": "1m"});
        cluster.create(PODS, &pod(&annotations));
        let found = cluster.get(&format!("{PODS}/p"));
        assert_eq!(phase(&found), (wanted.0.to_owned(), wanted.1.to_owned()), "{outcome}");
        cluster.wait(3600 * SECOND);
        assert!(is_ready(&cluster.get(&format!("{PODS}/p"))), "{outcome}");
    }
}

#[test]
fn crashes_are_counted_with_growing_pauses() {
    let mut cluster = Cluster::new();
    cluster.create(PODS, &pod(&json!({"sandbox.whelm.dev/outcome": "CrashLoopBackOff"})));
    let restarts = |cluster: &mut Cluster| {
        cluster.get(&format!("{PODS}/p"))["status"]["containerStatuses"][0]["restartCount"].clone()
    };
    assert_eq!(restarts(&mut cluster), 1);
    cluster.wait(10 * SECOND);
    assert_eq!(restarts(&mut cluster), 2);
    cluster.wait(19 * SECOND);
    assert_eq!(restarts(&mut cluster), 2);
    cluster.wait(SECOND);
    assert_eq!(restarts(&mut cluster), 3);
    assert!(cluster.reasons().contains(&"BackOff".to_owned()));
}

/// Containers that are always restarted do not end, so no Pod is made in their Pod's place.
#[test]
fn what_is_restarted_always_crashes_again() {
    let mut cluster = Cluster::new();
    cluster.create(
        DEPLOYMENTS,
        &deployment("web", 2, &json!({"sandbox.whelm.dev/outcome": "Failed"})),
    );
    let pods = cluster.get(PODS);
    let pods = pods["items"].as_array().unwrap();
    assert_eq!(pods.len(), 2);
    for pod in pods {
        assert_eq!(phase(pod), ("Running".to_owned(), "CrashLoopBackOff".to_owned()));
    }
}

#[test]
fn a_rollout_that_fails_leaves_what_works() {
    let mut cluster = Cluster::new();
    cluster.create(DEPLOYMENTS, &deployment("good", 3, &json!({})));
    let patch = |image: &str, outcome: &str| {
        let annotations = json!({"sandbox.whelm.dev/outcome": outcome});
        let spec = json!({"containers": [{"name": "c", "image": image}]});
        json!({"spec": {"template": {"metadata": {"annotations": annotations}, "spec": spec}}})
    };
    let path = format!("{DEPLOYMENTS}/web");
    let request = Request::patch(&path)
        .header("content-type", "application/strategic-merge-patch+json")
        .body(Bytes::from(patch("bad", "ImagePullBackOff").to_string()))
        .unwrap();
    cluster.core.handle(&request, cluster.now);
    let status = cluster.get(&path)["status"].clone();
    assert_eq!(
        (&status["availableReplicas"], &status["updatedReplicas"]),
        (&json!(3), &json!(1))
    );
    let progressing = |status: &Value| {
        let conditions = status["conditions"].as_array().unwrap().clone();
        conditions.into_iter().find(|own| own["type"] == "Progressing").unwrap()
    };
    assert_eq!(progressing(&status)["reason"], "ReplicaSetUpdated");
    cluster.wait(601 * SECOND);
    let status = cluster.get(&path)["status"].clone();
    assert_eq!(progressing(&status)["reason"], "ProgressDeadlineExceeded");
    assert_eq!(status["availableReplicas"], 3);
    let request = Request::patch(&path)
        .header("content-type", "application/strategic-merge-patch+json")
        .body(Bytes::from(patch("better", "Fine").to_string()))
        .unwrap();
    cluster.core.handle(&request, cluster.now);
    let status = cluster.get(&path)["status"].clone();
    assert_eq!(
        (&status["replicas"], &status["updatedReplicas"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(progressing(&status)["reason"], "NewReplicaSetAvailable");
}

#[test]
fn scenarios_choose_pods() {
    let mut cluster = Cluster::new();
    let yaml = "pods:\n- match: {image: 'bad*'}\n  outcome: QuotaExceeded\n- match: {name: web-*}\n  ready-after: 5s\n  log: hello\n";
    cluster.core.set_scenario(Scenario::read(yaml.as_bytes()).unwrap());
    cluster.create(DEPLOYMENTS, &deployment("good", 1, &json!({})));
    assert_eq!(
        cluster.get(&format!("{DEPLOYMENTS}/web"))["status"]["unavailableReplicas"],
        1
    );
    cluster.wait(5 * SECOND);
    assert_eq!(cluster.get(&format!("{DEPLOYMENTS}/web"))["status"]["readyReplicas"], 1);
    let mut refused = deployment("bad", 1, &json!({}));
    refused["metadata"]["name"] = json!("refused");
    cluster.create(DEPLOYMENTS, &refused);
    assert!(cluster.reasons().contains(&"FailedCreate".to_owned()));
    let pods = cluster.get(PODS);
    assert_eq!(pods["items"].as_array().unwrap().len(), 1);
    let name = pods["items"][0]["metadata"]["name"].as_str().unwrap();
    let request = Request::get(format!("{PODS}/{name}/log")).body(Bytes::new()).unwrap();
    let Answer::Full { body, .. } = cluster.core.handle(&request, cluster.now) else {
        panic!("no watch")
    };
    assert_eq!(body, "hello");
}

#[test]
fn jobs_run_at_their_times_and_end() {
    let mut cluster = Cluster::new();
    let template = json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}});
    let job = json!({"spec": {"ttlSecondsAfterFinished": 7200, "template": template}});
    let cron = json!({"metadata": {"name": "hourly"}, "spec": {"schedule": "0 * * * *", "jobTemplate": job}});
    cluster.create("/apis/batch/v1/namespaces/default/cronjobs", &cron);
    let jobs = |cluster: &mut Cluster| {
        cluster.get("/apis/batch/v1/namespaces/default/jobs")["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(jobs(&mut cluster), 0);
    cluster.wait(3600 * SECOND);
    assert_eq!(jobs(&mut cluster), 1);
    cluster.wait(24 * 3600 * SECOND);
    // Two hours after its end each Job goes.
    assert_eq!(jobs(&mut cluster), 2);
    let status = cluster.get("/apis/batch/v1/namespaces/default/cronjobs/hourly")["status"].clone();
    assert_eq!(status["lastScheduleTime"], "2027-01-16T09:00:00Z");
    // Events are forgotten after an hour.
    assert!(cluster.reasons().len() < 20, "{:?}", cluster.reasons());
    let late = json!({"metadata": {"name": "late"}, "spec": {"activeDeadlineSeconds": 60, "template": {
        "metadata": {"annotations": {"sandbox.whelm.dev/run-for": "2m"}}, "spec": template["spec"],
    }}});
    cluster.create("/apis/batch/v1/namespaces/default/jobs", &late);
    cluster.wait(61 * SECOND);
    let failed = cluster.get("/apis/batch/v1/namespaces/default/jobs/late")["status"].clone();
    assert_eq!(failed["conditions"][1]["reason"], "DeadlineExceeded");
}

fn request(method: &str, path: &str, body: &Value) -> Request<Bytes> {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let uri = format!("https://sandbox.invalid{path}");
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("content-type", "application/json");
    request.body(Bytes::from(body)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_hour_takes_no_time() {
    let sandbox = Sandbox::in_runtime_time(1, START);
    let real = std::time::Instant::now();
    let slow = pod(&json!({"sandbox.whelm.dev/ready-after": "1h"}));
    sandbox.send(request("POST", PODS, &slow)).await.unwrap();
    let path = format!(
        "{PODS}?watch=true&resourceVersion={}&timeoutSeconds=7200",
        sandbox.revision().unwrap()
    );
    let mut events = sandbox
        .send(request("GET", &path, &Value::Null))
        .await
        .unwrap()
        .into_body();
    let began = Instant::now();
    let event = events.chunk().await.unwrap().unwrap();
    let event: Value = serde_json::from_slice(event.split(|&byte| byte == b'\n').next().unwrap()).unwrap();
    assert!(is_ready(&event["object"]));
    assert!(
        (3599..3602).contains(&began.elapsed().as_secs()),
        "{:?}",
        began.elapsed()
    );
    assert!(real.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_clock_is_put_forward() {
    let sandbox = Sandbox::with_seed(1);
    let slow = pod(&json!({"sandbox.whelm.dev/ready-after": "1h"}));
    sandbox.send(request("POST", PODS, &slow)).await.unwrap();
    let path = format!("{PODS}?watch=true&resourceVersion={}", sandbox.revision().unwrap());
    let mut events = sandbox
        .send(request("GET", &path, &Value::Null))
        .await
        .unwrap()
        .into_body();
    let waiting = tokio::spawn(async move { events.chunk().await.unwrap().unwrap() });
    tokio::task::yield_now().await;
    sandbox.advance(Duration::from_secs(3600)).unwrap();
    let event: Value = serde_json::from_slice(&waiting.await.unwrap()).unwrap();
    assert!(is_ready(&event["object"]));
}

#[test]
fn the_clock_of_a_state_file_is_that_of_all() {
    let folder = std::env::temp_dir().join(format!("whelm-clock-{}", std::process::id()));
    let (here, there) = (
        Sandbox::open(&folder.join("state")).unwrap(),
        Sandbox::open(&folder.join("state")).unwrap(),
    );
    let slow = pod(&json!({"sandbox.whelm.dev/ready-after": "1h"}));
    let _ = here.answer(&request("POST", PODS, &slow));
    there.advance(Duration::from_secs(3600)).unwrap();
    let is_done = |sandbox: &Sandbox| {
        sandbox
            .objects()
            .unwrap()
            .iter()
            .any(|own| own["kind"] == "Pod" && is_ready(own))
    };
    assert!(is_done(&here) && is_done(&there) && is_done(&Sandbox::open(&folder.join("state")).unwrap()));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_scenario_stays_when_the_state_is_read_anew() {
    let folder = std::env::temp_dir().join(format!("whelm-scenario-{}", std::process::id()));
    let file = folder.join("state");
    let sandbox = Sandbox::open(&file).unwrap();
    sandbox
        .set_scenario(Scenario::read(b"pods: [{outcome: NotReady}]").unwrap())
        .unwrap();
    Sandbox::delete(&file).unwrap();
    let _ = sandbox.answer(&request("POST", PODS, &pod(&json!({}))));
    let objects = sandbox.objects().unwrap();
    assert!(objects.iter().any(|own| own["kind"] == "Pod" && !is_ready(own)));
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn with_faults(yaml: &str) -> Sandbox {
    let sandbox = Sandbox::in_runtime_time(1, START);
    sandbox.set_scenario(Scenario::read(yaml.as_bytes()).unwrap()).unwrap();
    sandbox
}

#[tokio::test(start_paused = true)]
async fn requests_are_refused_delayed_and_cut() {
    let yaml = "faults:\n\
                - {match: {method: POST}, at: [1], status: 429, retry-after: 3, latency: 2s}\n\
                - {match: {method: POST}, at: [1], cut: before}\n\
                - {match: {method: POST}, at: [1], cut: after}\n\
                - {match: {method: GET, path: '*/configmaps'}, times: 1, cut: within}\n";
    let sandbox = with_faults(yaml).await;
    let path = "/api/v1/namespaces/default/configmaps";
    let create = |name: &str| request("POST", path, &json!({"metadata": {"name": name}}));
    let began = Instant::now();
    let refused = sandbox.send(create("a")).await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"3".parse().unwrap())
    );
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert!(sandbox.send(create("b")).await.is_err());
    assert!(sandbox.send(create("c")).await.is_err());
    assert_eq!(sandbox.send(create("d")).await.unwrap().status(), 201);
    let cut = sandbox.send(request("GET", path, &Value::Null)).await.unwrap();
    assert!(cut.into_body().bytes().await.is_err());
    let listed = sandbox
        .send(request("GET", path, &Value::Null))
        .await
        .unwrap()
        .into_body()
        .bytes()
        .await
        .unwrap();
    let listed: Value = serde_json::from_slice(&listed).unwrap();
    let items = listed["items"].as_array().unwrap().iter();
    let names: Vec<&Value> = items.map(|own| &own["metadata"]["name"]).collect();
    // What was cut before it arrived is not there; what was cut afterwards is.
    assert_eq!(names, ["c", "d", "kube-root-ca.crt"]);
}

#[tokio::test(start_paused = true)]
async fn watches_expire_and_servers_restart() {
    let yaml = "faults:\n\
                - {match: {path: /version}, at: [1], expire-watches: true}\n\
                - {match: {path: /version}, at: [1], restart: 10s}\n";
    let sandbox = with_faults(yaml).await;
    let watch = |sandbox: &Sandbox| {
        let path = format!("{PODS}?watch=true&resourceVersion={}", sandbox.revision().unwrap());
        request("GET", &path, &Value::Null)
    };
    let version = || request("GET", "/version", &Value::Null);
    let mut events = sandbox.send(watch(&sandbox)).await.unwrap().into_body();
    assert_eq!(sandbox.send(version()).await.unwrap().status(), 200);
    let event: Value = serde_json::from_slice(&events.chunk().await.unwrap().unwrap()).unwrap();
    assert_eq!(
        (&event["type"], &event["object"]["code"]),
        (&json!("ERROR"), &json!(410))
    );
    assert!(events.chunk().await.unwrap().is_none());

    let mut events = sandbox.send(watch(&sandbox)).await.unwrap().into_body();
    assert!(sandbox.send(version()).await.is_err());
    assert!(events.chunk().await.is_err());
    assert!(sandbox.send(version()).await.is_err());
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(sandbox.send(version()).await.unwrap().status(), 200);
}
