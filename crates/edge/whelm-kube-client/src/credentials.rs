//! Who we are to a server.

use std::{
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;
use serde_json::{Value, json};
use whelm_kube_api::kubeconfig::{Cluster, Exec, Source};

use crate::Error;

/// The header that proves who we are, and where it came from.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    header: Mutex<Option<HeaderValue>>,
    origin: Origin,
}

#[derive(Debug, Default)]
enum Origin {
    /// It does not change.
    #[default]
    Fixed,
    /// A file that others renew.
    File(String),
    /// A program.
    Exec(Box<Exec>, Value),
}

/// What a credential program answered.
#[derive(Debug, Default)]
pub(crate) struct ExecAnswer {
    pub(crate) token: String,
    pub(crate) certificate: Option<(Vec<u8>, Vec<u8>)>,
}

impl Credentials {
    /// Reads what the kubeconfig says. A client certificate that a program gives is returned beside it.
    pub(crate) async fn load(cluster: &Cluster) -> Result<(Self, Option<(Vec<u8>, Vec<u8>)>), Error> {
        let auth = &cluster.auth;
        if cluster.server.starts_with("http://") {
            // client-go does not even look at credentials for a server that everybody in between can read.
            return Ok((Credentials::default(), None));
        }
        if let Some(exec) = &auth.exec {
            let info = exec_info(exec, cluster)?;
            let answer = run(exec, &info).await?;
            let header = if answer.token.is_empty() {
                None
            } else {
                Some(bearer(&answer.token)?)
            };
            let origin = Origin::Exec(Box::new(exec.clone()), info);
            return Ok((
                Credentials {
                    header: Mutex::new(header),
                    origin,
                },
                answer.certificate,
            ));
        }
        if !auth.token_file.is_empty() {
            let header = bearer(&token_from(&auth.token_file)?)?;
            let origin = Origin::File(auth.token_file.clone());
            return Ok((
                Credentials {
                    header: Mutex::new(Some(header)),
                    origin,
                },
                None,
            ));
        }
        if let Some(provider) = auth.provider.as_deref().filter(|_| auth.token.is_empty()) {
            return Err(Error::Credentials(format!(
                "no Auth Provider found for name {provider:?}"
            )));
        }
        let header = match (&auth.basic, auth.token.as_str()) {
            (_, token) if !token.is_empty() => Some(bearer(token)?),
            (Some((user, password)), _) => Some(header(&format!(
                "Basic {}",
                STANDARD.encode(format!("{user}:{password}"))
            ))?),
            _ => None,
        };
        Ok((
            Credentials {
                header: Mutex::new(header),
                origin: Origin::Fixed,
            },
            None,
        ))
    }

    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gets fresh credentials after the server refused ours, and tells whether there are any.
    pub(crate) async fn renew(&self) -> Result<bool, Error> {
        let fresh = match &self.origin {
            Origin::Fixed => return Ok(false),
            Origin::File(path) => bearer(&token_from(path)?)?,
            Origin::Exec(exec, info) => {
                let answer = run(exec, info).await?;
                if answer.token.is_empty() {
                    return Ok(false);
                }
                bearer(&answer.token)?
            }
        };
        let mut header = self.header.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = header.as_ref() != Some(&fresh);
        *header = Some(fresh);
        Ok(changed)
    }
}

/// Reads text that stands in a kubeconfig or in a file beside it. `what` and `owner` name it in errors, as client-go does.
pub(crate) fn read_source(source: &Source, what: &str, owner: &str) -> Result<Vec<u8>, Error> {
    match source {
        Source::Data(text) => STANDARD
            .decode(text.trim())
            .map_err(|error| Error::Credentials(format!("invalid configuration: {what}-data: {error}"))),
        Source::File(path) => std::fs::read(path).map_err(|error| {
            let cause = go_io_error("open", path, &error);
            Error::Credentials(format!(
                "invalid configuration: unable to read {what} {path} for {owner} due to {cause}"
            ))
        }),
    }
}

/// Says an IO error as Go does: `open /x: no such file or directory`.
pub(crate) fn go_io_error(verb: &str, path: &str, error: &std::io::Error) -> String {
    let words = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => error.to_string(),
    };
    format!("{verb} {path}: {words}")
}

fn token_from(path: &str) -> Result<String, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::Credentials(format!(
            "failed to read token file {path:?}: {}",
            go_io_error("open", path, &error)
        ))
    })?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::Credentials(format!("read empty token from file {path:?}")));
    }
    Ok(text.to_owned())
}

fn bearer(token: &str) -> Result<HeaderValue, Error> {
    header(&format!("Bearer {token}"))
}

fn header(text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::Credentials("the token has letters that no header may have".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What the program is told in `KUBERNETES_EXEC_INFO`.
fn exec_info(exec: &Exec, cluster: &Cluster) -> Result<Value, Error> {
    let mut info = json!({
        "kind": "ExecCredential",
        "apiVersion": exec.api_version,
        "spec": {"interactive": std::io::IsTerminal::is_terminal(&std::io::stdin())},
    });
    if exec.provide_cluster_info {
        let mut about = json!({"server": cluster.server});
        if let Some(ca) = &cluster.ca {
            about["certificate-authority-data"] = STANDARD
                .encode(read_source(ca, "certificate-authority", &cluster.name)?)
                .into();
        }
        if !cluster.tls_server_name.is_empty() {
            about["tls-server-name"] = cluster.tls_server_name.clone().into();
        }
        if cluster.insecure_skip_tls_verify {
            about["insecure-skip-tls-verify"] = true.into();
        }
        info["spec"]["cluster"] = about;
    }
    Ok(info)
}

async fn run(exec: &Exec, info: &Value) -> Result<ExecAnswer, Error> {
    let mut command = Command::new(&exec.command);
    command
        .args(&exec.args)
        .env("KUBERNETES_EXEC_INFO", info.to_string())
        .envs(exec.env.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::inherit())
        .stdin(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .map_err(|error| exec_error(exec, &error.to_string()))?;
    let output = output.map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            let hint = if exec.install_hint.is_empty() {
                String::new()
            } else {
                format!("\n\n{}", exec.install_hint)
            };
            exec_error(exec, &format!("executable {} not found{hint}", exec.command))
        } else {
            exec_error(exec, &error.to_string())
        }
    })?;
    if !output.status.success() {
        let code = output.status.code().unwrap_or(-1);
        return Err(exec_error(
            exec,
            &format!("executable {} failed with exit code {code}", exec.command),
        ));
    }
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| exec_error(exec, &format!("decoding stdout: {error}")))?;
    read_answer(&answer).ok_or_else(|| exec_error(exec, "exec plugin didn't return a status field"))
}

fn exec_error(_: &Exec, text: &str) -> Error {
    Error::Credentials(format!("getting credentials: exec: {text}"))
}

fn read_answer(answer: &Value) -> Option<ExecAnswer> {
    let status = answer.get("status").filter(|status| status.is_object())?;
    let text = |key: &str| status.get(key).and_then(Value::as_str).unwrap_or_default();
    let (certificate, key) = (text("clientCertificateData"), text("clientKeyData"));
    let certificate = (!certificate.is_empty() && !key.is_empty())
        .then(|| (certificate.as_bytes().to_vec(), key.as_bytes().to_vec()));
    Some(ExecAnswer {
        token: text("token").to_owned(),
        certificate,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exec(command: &str, args: &[&str]) -> Exec {
        Exec {
            command: command.into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            api_version: "client.authentication.k8s.io/v1".into(),
            ..Exec::default()
        }
    }

    // E-017
    #[tokio::test]
    async fn a_program_gives_a_token() {
        let script = r#"printf '{"kind":"ExecCredential","status":{"token":"%s"}}' "$T""#;
        let mut program = exec("/bin/sh", &["-c", script]);
        program.env.push(("T".into(), "secret".into()));
        assert_eq!(run(&program, &json!({})).await.unwrap().token, "secret");
    }

    // E-016, E-017: only to a server that is reached over TLS.
    #[tokio::test]
    async fn credentials_need_tls() {
        let token = Cluster {
            auth: whelm_kube_api::kubeconfig::Auth {
                token: "abc".to_owned(),
                ..Default::default()
            },
            ..Cluster::default()
        };
        let mut program = token.clone();
        program.auth.exec = Some(exec(
            "/bin/sh",
            &[
                "-c",
                "echo '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"abc\"}}'",
            ],
        ));
        for cluster in [token, program] {
            for (server, sent) in [("https://a.invalid", Some("Bearer abc")), ("http://a.invalid", None)] {
                let cluster = Cluster {
                    server: server.to_owned(),
                    ..cluster.clone()
                };
                let (credentials, _) = Credentials::load(&cluster).await.unwrap();
                let header = credentials.authorization();
                assert_eq!(header.as_ref().map(|value| value.to_str().unwrap()), sent, "{server}");
            }
        }
    }

    #[tokio::test]
    async fn a_missing_program_is_named() {
        let error = run(&exec("/nonexistent/login", &[]), &json!({})).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "getting credentials: exec: executable /nonexistent/login not found"
        );
        let error = run(&exec("/bin/sh", &["-c", "exit 3"]), &json!({})).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "getting credentials: exec: executable /bin/sh failed with exit code 3"
        );
    }
}
