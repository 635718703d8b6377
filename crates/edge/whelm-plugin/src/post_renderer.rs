//! Running a post-renderer.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use go_value::strconv::quote;
use whelm_chart::{Level, Log};

use crate::command::{Variables, prepare};
use crate::error::reason;
use crate::{Error, Plugin, Runtime};

/// A program that changes rendered manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRenderer {
    what: What,
    args: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Plugin(Box<Plugin>),
    /// As Helm 3 had it.
    Program(PathBuf),
}

impl PostRenderer {
    pub(crate) fn of_plugin(plugin: Plugin, args: &[String]) -> PostRenderer {
        PostRenderer {
            what: What::Plugin(Box::new(plugin)),
            args: args.to_vec(),
        }
    }

    pub(crate) fn of_program(program: PathBuf, args: &[String]) -> PostRenderer {
        PostRenderer {
            what: What::Program(program),
            args: args.to_vec(),
        }
    }

    /// Whether it gets hooks too: a plugin does; what Helm 3 would have run does not, as then.
    pub fn takes_hooks(&self) -> bool {
        matches!(self.what, What::Plugin(_))
    }

    /// Gives it manifests and returns what it makes of them. What it writes to standard error goes to `log` when it fails.
    ///
    /// # Errors
    /// It cannot be run, it fails, or it says nothing: Helm's texts.
    pub fn run(&self, manifests: &[u8], log: &mut Log) -> Result<Vec<u8>, Error> {
        match &self.what {
            What::Plugin(plugin) => self.run_plugin(plugin, manifests, log),
            What::Program(program) => self.run_program(program, manifests),
        }
    }

    fn run_plugin(&self, plugin: &Plugin, manifests: &[u8], log: &mut Log) -> Result<Vec<u8>, Error> {
        let name = quote(plugin.manifest.name.as_bytes());
        let failed = |cause: String| Error::new(format!("failed to invoke post-renderer plugin {name}: {cause}"));
        let mut variables: Variables = environment();
        variables.insert("HELM_PLUGIN_NAME".to_owned(), plugin.manifest.name.clone());
        variables.insert("HELM_PLUGIN_DIR".to_owned(), plugin.folder.clone());
        let commands = match &plugin.manifest.runtime {
            Runtime::Subprocess(commands) => commands.as_slice(),
            Runtime::Wasm => &[],
        };
        let Some(words) = prepare(commands, &self.args, &variables) else {
            return Err(failed(
                "failed to prepare plugin command: no plugin command is applicable".to_owned(),
            ));
        };
        let attributes = vec![
            ("pluginName", plugin.manifest.name.clone()),
            ("command", words.join(" ")),
        ];
        log.push_with(Level::Debug, "executing plugin command", attributes);
        let (program, args) = words
            .split_first()
            .map_or(("", &[][..]), |(program, args)| (program.as_str(), args));
        let mut command = Command::new(program);
        command.args(args).env_clear().envs(&variables);
        let output = converse(command, manifests).map_err(|error| failed(start_error(program, &error)))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            if !said.is_empty() {
                let attributes = vec![("pluginName", plugin.manifest.name.clone()), ("stderr", said)];
                log.push_with(Level::Error, "plugin execution failed", attributes);
            }
            return Err(failed(format!("plugin {name} exited with error")));
        }
        non_empty(output.stdout, &name)
    }

    fn run_program(&self, program: &PathBuf, manifests: &[u8]) -> Result<Vec<u8>, Error> {
        let path = program.display().to_string();
        let mut command = Command::new(program);
        command.args(&self.args);
        let failed = |said: &[u8], cause: String| {
            let said = String::from_utf8_lossy(said);
            Error::new(format!(
                "error while running command {path}. error output:\n{said}: {cause}"
            ))
        };
        let output = converse(command, manifests).map_err(|error| failed(b"", start_error(&path, &error)))?;
        if !output.status.success() {
            return Err(failed(&output.stderr, exit_text(&output)));
        }
        non_empty(output.stdout, &quote(path.as_bytes()))
    }
}

fn environment() -> Variables {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

/// Runs a program, writing to it and reading from it at the same time.
fn converse(mut command: Command, input: &[u8]) -> std::io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A program need not read what it is given.
            stdin.map(|mut stdin| stdin.write_all(input))
        });
        child.wait_with_output()
    })
}

/// Go's text for a program that cannot be started.
fn start_error(program: &str, error: &std::io::Error) -> String {
    if !program.contains('/') && error.kind() == std::io::ErrorKind::NotFound {
        return format!(
            "exec: {}: executable file not found in $PATH",
            quote(program.as_bytes())
        );
    }
    format!("fork/exec {program}: {}", reason(error))
}

/// Go's text for how a program ended.
fn exit_text(output: &Output) -> String {
    match output.status.code() {
        Some(code) => format!("exit status {code}"),
        None => "signal: killed".to_owned(),
    }
}

fn non_empty(output: Vec<u8>, name: &str) -> Result<Vec<u8>, Error> {
    if output.trim_ascii().is_empty() {
        return Err(Error::new(format!("post-renderer {name} produced empty output")));
    }
    Ok(output)
}
