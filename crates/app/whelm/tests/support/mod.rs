//! Runs the program with a clean environment and an empty home.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test; not every binary uses everything"
)]

pub mod http;
pub mod lives;
pub mod real;
pub mod records;
pub mod rules;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    /// What it wrote to standard error, without what is told of waits.
    pub err: String,
    /// The lines about waits.
    pub waits: Vec<String>,
}

/// A home folder of a test, which goes away with it.
pub struct Home {
    pub path: PathBuf,
}

impl Home {
    pub fn new(name: &str) -> Home {
        let path = std::env::temp_dir().join(format!("whelm-test-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Home {
            path: path.canonicalize().unwrap(),
        }
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments)
    }

    pub fn run_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
        run(
            Path::new(env!("CARGO_BIN_EXE_whelm")),
            &self.path,
            environment,
            arguments,
        )
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Runs a program in `home`.
pub fn run(program: &Path, home: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("KUBECONFIG", home.join("no-kubeconfig"))
        .env("TZ", "UTC")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let all = String::from_utf8_lossy(&output.stderr);
    let is_wait = |line: &&str| line.starts_with("wait: ");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: all.split_inclusive('\n').filter(|line| !is_wait(line)).collect(),
        waits: all.lines().filter(is_wait).map(str::to_owned).collect(),
    }
}

/// A home with a kubeconfig for a cluster of its own: an embedded one, which is served on a loopback port and ends with it, or a
/// real one where `WHELM_TEST_CLUSTERS` names some.
pub struct Cluster {
    pub home: Home,
    address: String,
    server: Server,
}

enum Server {
    Embedded {
        sandbox: whelm_sdk::sandbox::Sandbox,
        _runtime: tokio::runtime::Runtime,
    },
    Real(real::Real),
}

impl Cluster {
    pub fn new(name: &str) -> Cluster {
        match real::folder() {
            Some(folder) => Cluster::real(name, real::Real::take(&folder)),
            None => Cluster::embedded(name),
        }
    }

    /// Two clusters. Of real ones, nobody else takes any meanwhile: two tests that have one each would wait for each other.
    pub fn pair(names: [&str; 2]) -> [Cluster; 2] {
        let _taking = real::folder().map(|folder| real::taking(&folder));
        names.map(Cluster::new)
    }

    fn embedded(name: &str) -> Cluster {
        let home = Home::new(name);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let sandbox = whelm_sdk::sandbox::Sandbox::new();
        let served = sandbox.clone();
        runtime.spawn(async move { served.serve(listener).await });
        let address = address.to_string();
        home.file("no-kubeconfig", &kubeconfig(&address));
        Cluster {
            home,
            address,
            server: Server::Embedded {
                sandbox,
                _runtime: runtime,
            },
        }
    }

    fn real(name: &str, real: real::Real) -> Cluster {
        let home = Home::new(name);
        home.file("no-kubeconfig", &real.kubeconfig);
        Cluster {
            home,
            address: real.address.clone(),
            server: Server::Real(real),
        }
    }

    pub fn is_real(&self) -> bool {
        matches!(self.server, Server::Real(_))
    }

    /// The embedded cluster, of which a test needs more than an API.
    pub fn sandbox(&self) -> &whelm_sdk::sandbox::Sandbox {
        match &self.server {
            Server::Embedded { sandbox, .. } => sandbox,
            Server::Real(_) => panic!("a test of the embedded cluster runs on a real one: it has to skip"),
        }
    }

    /// All objects of the cluster; of a real one without what it notes for itself.
    pub fn objects(&self) -> Vec<serde_json::Value> {
        match &self.server {
            Server::Embedded { sandbox, .. } => sandbox.objects().unwrap(),
            Server::Real(real) => real.objects(),
        }
    }

    /// Sends a request of JSON to the API server, and returns the whole answer.
    pub fn request(&self, method: &str, path: &str, body: &str) -> String {
        http::request(&self.address, method, path, body).text()
    }

    /// Lets Pods and requests go wrong by the rules of a scenario.
    pub fn scenario(&self, yaml: &str) {
        let scenario = whelm_sdk::sandbox::Scenario::read(yaml.as_bytes()).unwrap();
        self.sandbox().set_scenario(scenario).unwrap();
    }

    /// Runs the program; it has to succeed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let ran = self.home.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        ran.out
    }

    /// Runs the program; it has to fail. Returns what it wrote to standard error.
    pub fn fail(&self, arguments: &[&str]) -> String {
        let ran = self.home.run(arguments);
        assert_eq!(ran.code, 1, "{arguments:?}: {ran:?}");
        ran.err
    }
}

/// A server that notes what it is asked, and answers as an API server without releases or as a server of values.
pub struct Recorder {
    pub address: String,
    heads: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl Recorder {
    pub fn new() -> Recorder {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heads = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = heads.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut head = Vec::new();
                let mut chunk = [0; 4096];
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(count) if count > 0 => head.extend_from_slice(&chunk[..count]),
                        _ => break,
                    }
                    // TLS begins with a record of its own; nothing is answered.
                    if head.first() == Some(&22) {
                        break;
                    }
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let (kind, body) = match head.split(' ').nth(1).unwrap_or_default() {
                    path if path.contains("/version") => {
                        ("json", "{\"major\":\"1\",\"minor\":\"37\",\"gitVersion\":\"v1.37.0\"}")
                    }
                    path if path.ends_with(".yaml") => ("yaml", "a: answered\n"),
                    _ => (
                        "json",
                        "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}",
                    ),
                };
                noted.lock().unwrap().push(head);
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/{kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Recorder { address, heads }
    }

    /// The heads of the requests since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap())
    }
}

/// A kubeconfig for a server without TLS.
pub fn kubeconfig(server: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- {{name: here, context: {{cluster: here, user: me}}}}\n\
         clusters:\n- {{name: here, cluster: {{server: \"http://{server}\"}}}}\nusers:\n- {{name: me, user: {{token: secret}}}}\n"
    )
}

/// Helm 3, if `WHELM_TEST_HELM3` names it; tests of its releases do nothing otherwise, and say so.
pub fn helm3() -> Option<PathBuf> {
    let named = std::env::var_os("WHELM_TEST_HELM3").map(PathBuf::from);
    if named.is_none() {
        eprintln!("skipped: no Helm 3, which WHELM_TEST_HELM3 names");
    }
    named
}

/// The real Helm, if it is installed; tests that compare with it do nothing otherwise, and say so.
pub fn helm() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("WHELM_TEST_HELM") {
        return Some(PathBuf::from(named));
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join("go/bin"));
    let found = std::env::split_paths(&paths)
        .chain(home)
        .map(|folder| folder.join("helm"))
        .find(|path| path.is_file());
    let usable = found.filter(|path| {
        let version = Command::new(path).arg("version").output();
        version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("\"v4.3"))
    });
    if usable.is_none() {
        eprintln!("skipped: no Helm 4.3 is installed");
    }
    usable
}
