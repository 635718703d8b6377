//! Who may use a served cluster: `--authorization` and `--token`.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};

use whelm_cli::Invocation;
use whelm_sdk::sandbox::{Sandbox, User, token_path};

use crate::failure::Failure;

/// The user of the kubeconfig that may do everything.
const ADMINISTRATOR: &str = "sandbox";

/// The users of a cluster, each with a token; the first is the administrator. Empty when nobody is asked who they are.
#[derive(Debug, Default)]
pub(super) struct Users(Vec<(String, User)>);

impl Users {
    /// Reads the flags.
    pub fn read(invocation: &Invocation<'_>) -> Result<Self, Failure> {
        let tokens = invocation.list("token");
        match invocation.string("authorization").as_str() {
            "none" if tokens.is_empty() => Ok(Users::default()),
            "none" => Err(Failure::new("--token needs --authorization=rbac")),
            "rbac" => {
                let administrator = (new_token(), User::new(ADMINISTRATOR, &["system:masters"]));
                let others = tokens.iter().map(|text| user(text));
                let users: Result<Vec<_>, Failure> = std::iter::once(Ok(administrator)).chain(others).collect();
                users.map(Users)
            }
            other => Err(Failure::new(format!(
                "invalid authorization {other:?}: must be none or rbac"
            ))),
        }
    }

    /// Returns the cluster that knows these users.
    pub fn admit(&self, server: Sandbox) -> Sandbox {
        if self.0.is_empty() {
            return server;
        }
        server.with_rbac(self.0.iter().cloned().collect::<BTreeMap<_, _>>())
    }

    /// Returns a kubeconfig with a context for each user.
    ///
    /// The tokens are parts of the addresses, since clients send those of users only over TLS.
    pub fn kubeconfig(&self, server: &str) -> String {
        let nobody = [(String::new(), User::new(ADMINISTRATOR, &[]))];
        let users = if self.0.is_empty() { &nobody[..] } else { &self.0 };
        let (mut clusters, mut contexts, mut list) = (String::new(), String::new(), String::new());
        for (token, user) in users {
            // A JSON text is a YAML text, whatever is in it.
            let name = serde_json::Value::from(user.name.as_str());
            let name = if user.name == ADMINISTRATOR {
                ADMINISTRATOR.to_owned()
            } else {
                name.to_string()
            };
            let path = if token.is_empty() {
                String::new()
            } else {
                token_path(token)
            };
            clusters += &format!("- name: {name}\n  cluster:\n    server: {server}{path}\n");
            contexts += &format!("- name: {name}\n  context:\n    cluster: {name}\n    user: {name}\n");
            list += &format!("- name: {name}\n  user: {{}}\n");
        }
        format!(
            "apiVersion: v1\nkind: Config\nclusters:\n{clusters}contexts:\n{contexts}users:\n{list}current-context: sandbox\n"
        )
    }
}

/// Reads `TOKEN=USER[,GROUP...]`.
fn user(text: &str) -> Result<(String, User), Failure> {
    // Of what stands in paths as it is.
    let fits = |token: &str| {
        !token.is_empty()
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let parts = text.split_once('=').filter(|(token, _)| fits(token));
    let mut names = parts.map(|(_, names)| names.split(',')).into_iter().flatten();
    match (parts, names.next()) {
        (Some((token, _)), Some(name)) if !name.is_empty() => {
            let groups: Vec<&str> = names.filter(|group| !group.is_empty()).collect();
            Ok((token.to_owned(), User::new(name, &groups)))
        }
        _ => Err(Failure::new(format!(
            "invalid token {text:?}: must be TOKEN=USER[,GROUP...]"
        ))),
    }
}

/// Returns a token that nobody can guess who does not see the kubeconfig.
pub(super) fn new_token() -> String {
    // The standard library's hashers start from random numbers of the operating system.
    let random = || std::hash::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
