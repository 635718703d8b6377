//! `helm sandbox serve`: the embedded cluster on a socket.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use whelm_cli::Invocation;
use whelm_sdk::sandbox::Scenario;

use super::users::{Users, new_token};
use crate::failure::Failure;
use crate::output::Output;
use crate::{cluster, sandbox};

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let users = Users::read(invocation)?;
    let server = users.admit(sandbox::place_or_default(invocation).open()?);
    let scenario = invocation.string("scenario");
    if !scenario.is_empty() {
        let failed = |error: String| Failure::new(format!("cannot use the scenario {scenario}: {error}"));
        let text = std::fs::read(&scenario).map_err(|error| failed(error.to_string()))?;
        let scenario = Scenario::read(&text).map_err(failed)?;
        let set = server.set_scenario(scenario);
        set.map_err(|error| Failure::new(error.to_string()))?;
    }
    let listen = invocation.string("listen");
    cluster::run(async {
        let failed = |error: std::io::Error| Failure::new(format!("cannot serve on {listen}: {error}"));
        let listener = TcpListener::bind(&listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        tokio::select! {
            served = server.serve(listener) => served.map_err(failed),
            ended = until_end(invocation, address, &users, output) => ended,
        }
    })
}

/// Hands out the kubeconfig and waits for the end: that of the command, or a signal.
async fn until_end(
    invocation: &Invocation<'_>,
    address: SocketAddr,
    users: &Users,
    output: &mut Output,
) -> Result<(), Failure> {
    let text = users.kubeconfig(&format!("http://{address}"));
    let file = invocation.string("kubeconfig-out");
    if !file.is_empty() {
        write_private(Path::new(&file), &text)
            .map_err(|error| Failure::new(format!("cannot write the kubeconfig to {file}: {error}")))?;
    }
    if let Some((program, arguments)) = invocation.args.split_first() {
        return run_command(program, arguments, &file, &text).await;
    }
    if file.is_empty() {
        output.write(text.as_bytes());
        output.flush();
        close_stdout();
    }
    wait_for_signal().await
}

/// Writes a file that only its owner may read, since it may hold tokens; in one step, so that whoever waits for it never reads half
/// of it.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&new, path)
}

/// Lets whoever reads the kubeconfig from a pipe see its end.
fn close_stdout() {
    if let Ok(nowhere) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
        // Where it cannot be closed, the reader has the whole text all the same.
        let _ = rustix::stdio::dup2_stdout(&nowhere);
    }
}

async fn wait_for_signal() -> Result<(), Failure> {
    Signals::listen()?.next().await;
    Ok(())
}

/// The signals that end the server.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let of_kind = |kind| signal(kind).map_err(|error| Failure::new(format!("cannot listen for signals: {error}")));
        Ok(Signals {
            interrupt: of_kind(SignalKind::interrupt())?,
            terminate: of_kind(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> rustix::process::Signal {
        tokio::select! {
            _ = self.interrupt.recv() => rustix::process::Signal::INT,
            _ = self.terminate.recv() => rustix::process::Signal::TERM,
        }
    }
}

/// Runs a command that finds the cluster, and ends as it ends.
async fn run_command(program: &str, arguments: &[String], file: &str, text: &str) -> Result<(), Failure> {
    let own = if file.is_empty() {
        Some(OwnFile::write(text)?)
    } else {
        None
    };
    let file = own.as_ref().map_or(Path::new(file), |own| own.0.as_path());
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).env("KUBECONFIG", file).kill_on_drop(true);
    let failed = |error: std::io::Error| Failure::new(format!("cannot run {program}: {error}"));
    let mut signals = Signals::listen()?;
    let mut child = command.spawn().map_err(failed)?;
    let status = tokio::select! {
        status = child.wait() => status.map_err(failed)?,
        signal = signals.next() => {
            pass_on(&child, signal);
            tokio::select! {
                status = child.wait() => status.map_err(failed)?,
                // Whoever asks twice does not want to wait.
                _ = signals.next() => return Ok(()),
            }
        }
    };
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::silent(u8::try_from(code).unwrap_or(1))),
        None => Err(Failure::new(format!("{program} was ended by a signal"))),
    }
}

/// Lets the command end itself.
fn pass_on(child: &tokio::process::Child, signal: rustix::process::Signal) {
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
        // A command that has just ended needs no signal.
        let _ = rustix::process::kill_process(id, signal);
    }
}

/// A kubeconfig that goes away with its command.
struct OwnFile(std::path::PathBuf);

impl OwnFile {
    fn write(text: &str) -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("sandbox-{}.kubeconfig", new_token()));
        write_private(&path, text)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
        Ok(OwnFile(path))
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        // A leftover in the folder for temporary files does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}
