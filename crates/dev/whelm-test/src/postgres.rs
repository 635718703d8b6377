//! A PostgreSQL server of a test.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The user and group `nobody` of nearly every system.
const NOBODY: u32 = 65534;

/// A server with a data folder of its own, on a loopback port and a Unix domain socket; both end with this value.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    /// Where the data, the socket and the files of a test are.
    pub folder: PathBuf,
    /// The port.
    pub port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// The user who may do everything.
    pub const USER: &str = "postgres";
    /// Its password, which has what has to be escaped.
    pub const PASSWORD: &str = "ge heim'@\\";

    /// Starts a server that takes passwords; says why and returns nothing where PostgreSQL is not installed.
    ///
    /// # Panics
    /// It is installed but does not start.
    pub fn start(name: &str) -> Option<Postgres> {
        let mut server = Postgres::prepare(name)?;
        server.run(&[]);
        Some(server)
    }

    /// Starts a server that takes passwords over encrypted connections only, except for a database `plain`. Certificate and key are in PEM.
    ///
    /// # Panics
    /// PostgreSQL is installed but does not start.
    pub fn start_encrypted(name: &str, certificate: &str, key: &str) -> Option<Postgres> {
        let mut server = Postgres::prepare(name)?;
        let data = server.folder.join("data");
        for (file, text) in [
            ("server.crt", certificate),
            ("server.key", key),
            (
                "pg_hba.conf",
                "local all all scram-sha-256\nhost plain all 127.0.0.1/32 scram-sha-256\n\
                 hostssl all all 127.0.0.1/32 scram-sha-256\n",
            ),
        ] {
            let path = data.join(file);
            std::fs::write(&path, text).expect("the data folder is ours");
            hand_over(&path, 0o600);
        }
        server.run(&["-c", "ssl=on"]);
        Some(server)
    }

    /// Returns a connection string for a database of the server, over the loopback port.
    pub fn connection(&self, database: &str) -> String {
        format!(
            "host=127.0.0.1 port={} user={} password='{}' dbname={database} sslmode=disable",
            self.port,
            Postgres::USER,
            Postgres::PASSWORD.replace('\\', "\\\\").replace('\'', "\\'")
        )
    }

    /// Runs statements in a database, and returns the rows with `|` between columns.
    ///
    /// # Panics
    /// The statements are wrong.
    pub fn query(&self, database: &str, statements: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                Postgres::USER,
                "-d",
                database,
            ])
            .args(["-p", &self.port.to_string(), "-c", statements, "-h"])
            .arg(&self.folder)
            .env("PGPASSWORD", Postgres::PASSWORD)
            .output()
            .expect("psql runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn prepare(name: &str) -> Option<Postgres> {
        let Some(programs) = programs() else {
            eprintln!("skipped: no PostgreSQL server is installed (initdb, postgres, psql)");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("whelm-pg-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let password = folder.join("password");
        std::fs::write(&password, Postgres::PASSWORD).expect("the folder is ours");
        hand_over(&folder, 0o755);
        hand_over(&password, 0o600);
        let mut command = as_somebody(programs.join("initdb"), &folder);
        command.args([
            "-U",
            Postgres::USER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]);
        command
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(folder.join("data"));
        let output = command.output().expect("initdb runs");
        assert!(
            output.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        Some(Postgres {
            programs,
            folder,
            port: free.expect("a free port").port(),
            server: None,
        })
    }

    /// Starts the server and waits until it is ready.
    fn run(&mut self, options: &[&str]) {
        let mut command = as_somebody(self.programs.join("postgres"), &self.folder);
        command
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-k")
            .arg(&self.folder);
        command.args([
            "-p",
            &self.port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ]);
        let mut child = command
            .args(options)
            .stderr(Stdio::piped())
            .spawn()
            .expect("postgres runs");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped"))
            .lines()
            .map_while(Result::ok);
        self.server = Some(child);
        let mut said = String::new();
        for line in lines.by_ref() {
            if line.contains("ready to accept connections") {
                // Whatever it says later is read, so that it never waits for a reader.
                std::thread::spawn(move || lines.for_each(drop));
                return;
            }
            said.push_str(&line);
            said.push('\n');
        }
        panic!("postgres: {said}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // SIGINT is its fast way to stop; killed, it would leave others of its processes behind.
            let _ = Command::new("kill").args(["-INT", &server.id().to_string()]).status();
            let _ = server.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
        let _ = std::io::stderr().flush();
    }
}

/// Returns the folder of the programs.
fn programs() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&paths)
        .chain([PathBuf::from("/usr/local/bin")])
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|folder| {
            ["initdb", "postgres", "psql"]
                .iter()
                .all(|name| folder.join(name).is_file())
        })
}

/// PostgreSQL does not run as root: then `nobody` runs it.
fn as_somebody(program: PathBuf, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("HOME", folder).env("LC_ALL", "C").current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    #[cfg(unix)]
    if is_root() {
        use std::os::unix::process::CommandExt;
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Gives a file to whom the server runs as.
fn hand_over(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, chown};
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("the file is ours");
        if is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root may give files away");
        }
    }
    let _ = (path, mode);
}

#[cfg(unix)]
fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
