//! W-008: `--wait=legacy`, in the time of a runtime whose clock only goes on when everybody waits.
#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use go_sprig::FixedHost;
use tokio::time::Instant;
use whelm_actions::{
    ApplyOptions, ClusterAddress, Context, InstallRequest, NameRequest, Server, UninstallRequest, WaitStrategy,
    install, uninstall,
};
use whelm_chart::Log;
use whelm_kube_client::Client;
use whelm_sandbox::{Sandbox, Scenario};

const NOW: i64 = 1_700_000_000_000;

struct World {
    sandbox: Sandbox,
    address: ClusterAddress,
    folder: tempfile::TempDir,
    log: Log,
}

fn deployment(annotations: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: 2\n  selector: {{matchLabels: {{app: \
         web}}}}\n  template:\n    metadata: {{labels: {{app: web}}, annotations: {annotations}}}\n    spec: {{containers: [{{name: \
         a, image: a}}]}}\n"
    )
}

fn job(annotations: &str, of_pods: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j, annotations: {annotations}}}\nspec:\n  backoffLimit: 0\n  template:\n    \
         metadata: {{annotations: {of_pods}}}\n    spec: {{restartPolicy: Never, containers: [{{name: a, image: a}}]}}\n"
    )
}

impl World {
    fn new(template: &str) -> World {
        let sandbox = Sandbox::in_runtime_time(7, NOW);
        let client = Client::over(Arc::new(sandbox.clone()), "http://sandbox", "default");
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("templates")).unwrap();
        std::fs::write(
            folder.path().join("Chart.yaml"),
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        )
        .unwrap();
        std::fs::write(folder.path().join("templates/a.yaml"), template).unwrap();
        World {
            sandbox,
            address: ClusterAddress::new(Server::Client(client)),
            folder,
            log: Log::default(),
        }
    }

    fn faults(self, rules: &str) -> World {
        let scenario = Scenario::read(format!("faults:\n{rules}").as_bytes()).unwrap();
        self.sandbox.set_scenario(scenario).unwrap();
        self
    }

    /// Installs; returns how many seconds that took, and what went wrong.
    async fn install(&mut self, jobs: bool, timeout: u64) -> (u64, String) {
        let request = InstallRequest {
            name: NameRequest {
                arguments: vec!["web".to_owned(), self.folder.path().to_string_lossy().into_owned()],
                ..NameRequest::default()
            },
            namespace: "default".to_owned(),
            apply: ApplyOptions {
                wait: WaitStrategy::Legacy,
                wait_for_jobs: jobs,
                timeout: Duration::from_secs(timeout),
                ..ApplyOptions::default()
            },
            ..InstallRequest::default()
        };
        let cx = Context::new(Arc::new(FixedHost::new(NOW / 1000, 1)));
        let start = Instant::now();
        let done = install(&cx, &self.address, &request, &mut self.log).await;
        let error = done.err().map(|error| error.to_string()).unwrap_or_default();
        (start.elapsed().as_secs(), error)
    }
}

const FAULT: &str = "- match: {method: GET, path: /apis/apps/v1/namespaces/default/deployments/web}\n";
const LATE: &str = "context deadline exceeded";

/// W-008: rounds are two seconds apart, however long it takes; without a timeout there is no end.
#[tokio::test(start_paused = true)]
async fn w_008_rounds() {
    for (annotations, timeout, expected) in [
        ("{}", 60, (0, "")),
        ("{sandbox.whelm.dev/ready-after: 3s}", 60, (4, "")),
        ("{sandbox.whelm.dev/ready-after: 1h}", 600, (600, LATE)),
        ("{sandbox.whelm.dev/ready-after: 59m59s}", 0, (3600, "")),
    ] {
        let (seconds, error) = World::new(&deployment(annotations)).install(false, timeout).await;
        assert_eq!((seconds, error.as_str()), expected, "{annotations}");
    }
}

/// W-008: thirty failures in a row are endured where asking again may help, and none where it does not.
#[tokio::test(start_paused = true)]
async fn w_008_failures() {
    // The first request is that of the check of ownership.
    for (rule, seconds, text) in [
        // The client asks five times by itself before that counts as a failure.
        ("  at: [2, 3]\n  status: 503\n", 0, ""),
        ("  at: [2]\n  status: 429\n", 0, ""),
        ("  at: [2, 3, 4]\n  cut: before\n", 0, ""),
        ("  at: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]\n  status: 503\n", 4, ""),
        ("  at: [2]\n  status: 403\n  message: not you\n", 0, "not you"),
        ("  at: [2]\n  status: 501\n", 0, "an error on the server"),
    ] {
        let mut world = World::new(&deployment("{}")).faults(&format!("{FAULT}{rule}"));
        let (took, error) = world.install(false, 600).await;
        assert!(
            took == seconds && error.contains(text) && error.is_empty() == text.is_empty(),
            "{rule}: {took} {error}"
        );
    }
}

/// W-008: Jobs count only when asked for; one that failed is asked for thirty times more, as Helm does it.
#[tokio::test(start_paused = true)]
async fn w_008_jobs() {
    let failing = job("{}", "{sandbox.whelm.dev/outcome: Failed}");
    assert_eq!(World::new(&failing).install(false, 600).await, (0, String::new()));
    let (seconds, error) = World::new(&failing).install(true, 600).await;
    assert_eq!((seconds, error.as_str()), (60, "job is failed: default/j"));
    let long = job("{}", "{sandbox.whelm.dev/run-for: 5s}");
    assert_eq!(World::new(&long).install(true, 600).await, (6, String::new()));
}

/// W-008: hooks are watched.
#[tokio::test(start_paused = true)]
async fn w_008_hooks() {
    let hook = "{helm.sh/hook: pre-install}";
    let mut failing = World::new(&job(hook, "{sandbox.whelm.dev/outcome: Failed}"));
    let (_, error) = failing.install(false, 600).await;
    assert_eq!(error, "failed pre-install: job j failed: BackoffLimitExceeded");
    assert!(format!("{:?}", failing.log).contains("job failed"));
    let long = job(hook, "{sandbox.whelm.dev/run-for: 10m}");
    let (seconds, error) = World::new(&long).install(false, 60).await;
    assert_eq!(
        (seconds, error.as_str()),
        (60, "failed pre-install: timed out waiting for the condition")
    );
    let short = job(hook, "{sandbox.whelm.dev/run-for: 90s}");
    assert_eq!(World::new(&short).install(false, 600).await, (90, String::new()));
}

/// W-008, W-010: what is to be gone is asked for, too.
#[tokio::test(start_paused = true)]
async fn w_008_w_010_deletion() {
    let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, finalizers: [a.b/c]}\n";
    for (template, expected) in [
        (
            kept.to_owned(),
            (
                20,
                "uninstallation completed with 1 error(s): context deadline exceeded",
            ),
        ),
        (deployment("{}"), (0, "")),
    ] {
        let mut world = World::new(&template);
        assert_eq!(world.install(false, 60).await.1, "");
        let request = UninstallRequest {
            name: "web".to_owned(),
            wait: WaitStrategy::Legacy,
            timeout: Duration::from_secs(20),
            ..UninstallRequest::default()
        };
        let cx = Context::new(Arc::new(FixedHost::new(NOW / 1000, 1)));
        let start = Instant::now();
        let done = uninstall(&cx, &world.address, "default", &request, &mut world.log).await;
        let error = done.err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!((start.elapsed().as_secs(), error.as_str()), expected);
    }
}
