//! A user who may do in one namespace what releases need, and no more; and what is said when one of these rights is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderValue, header};
use serde_json::json;
use whelm_kube_api::Gvk;
use whelm_net::{BoxFuture, Error, Request, Response, SharedTransport, Transport};
use whelm_sandbox::{Sandbox, Scenario, User};

use crate::in_paused_time;
use crate::place::Place;
use crate::world::{Verb, World};

/// What a user needs to install, upgrade, roll back and remove the chart, and to wait for it: for the records of releases, for
/// its objects, and for what hooks run. Group, resource, verbs.
const RIGHTS: &[(&str, &str, &[&str])] = &[
    (
        "",
        "secrets",
        &["get", "list", "watch", "create", "update", "patch", "delete"],
    ),
    ("", "configmaps", &["get", "list", "watch", "create", "patch", "delete"]),
    ("", "services", &["get", "list", "watch", "create", "patch", "delete"]),
    (
        "",
        "serviceaccounts",
        &["get", "list", "watch", "create", "patch", "delete"],
    ),
    ("", "pods", &["list", "watch", "create", "patch", "delete"]),
    (
        "apps",
        "deployments",
        &["get", "list", "watch", "create", "patch", "delete"],
    ),
];

/// Sends requests as one user.
struct Token(SharedTransport, &'static str);

impl Transport for Token {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let token = HeaderValue::from_static(self.1);
        request.headers_mut().insert(header::AUTHORIZATION, token);
        self.0.send(request)
    }
}

fn user(name: &str, groups: &[&str]) -> User {
    User {
        name: name.to_owned(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        ..User::default()
    }
}

/// Makes a world in which the administrator has given a tenant all rights but one. Returns the tenant's way to it.
pub async fn world_without(missing: Option<(&str, &str)>) -> (World, SharedTransport) {
    let users = BTreeMap::from([
        ("admin".to_owned(), user("admin", &["system:masters"])),
        ("tenant".to_owned(), user("tenant", &["system:authenticated"])),
    ]);
    let sandbox = Sandbox::in_runtime_time(7, 1_700_000_000_000).with_rbac(users);
    // Waits have to watch: nothing is ready at once.
    let slowly = Scenario::read(b"pods: [{ready-after: 2s, run-for: 2s}]").unwrap();
    sandbox.set_scenario(slowly).unwrap();
    let sandbox: SharedTransport = Arc::new(sandbox);
    let place = Place {
        transport: Arc::new(Token(sandbox.clone(), "Bearer admin")),
        server: "http://sandbox".to_owned(),
        namespace: "apps".to_owned(),
    };
    let world = World::new(place).await;
    let rules: Vec<_> = RIGHTS
        .iter()
        .map(|(group, resource, verbs)| {
            let verbs: Vec<_> = verbs.iter().filter(|verb| missing != Some((resource, verb))).collect();
            json!({"apiGroups": [group], "resources": [resource], "verbs": verbs})
        })
        .collect();
    let metadata = json!({"name": "tenant", "namespace": "apps"});
    let role =
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": rules});
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
        "subjects": [{"kind": "User", "name": "tenant", "apiGroup": "rbac.authorization.k8s.io"}],
        "roleRef": {"kind": "Role", "name": "tenant", "apiGroup": "rbac.authorization.k8s.io"}});
    for object in [role, binding] {
        let kind = object["kind"].as_str().unwrap();
        let mapping = world
            .client()
            .mapping(&Gvk::new("rbac.authorization.k8s.io/v1", kind))
            .await
            .unwrap();
        world
            .client()
            .create(&mapping, "apps", &object, Default::default())
            .await
            .unwrap();
    }
    (world, Arc::new(Token(sandbox, "Bearer tenant")))
}

/// Takes a release through its life as the tenant, to the first failure.
async fn live(world: &World, tenant: &SharedTransport) -> Result<(), String> {
    for verb in Verb::ALL {
        let done = world.act(verb, tenant.clone()).await;
        done.map_err(|error| format!("{verb:?}: {error}\n{}", error.hints().join("\n")))?;
        world.check().await?;
    }
    Ok(())
}

#[test]
fn w_012_rights_in_one_namespace_are_enough() {
    let lived = in_paused_time(async {
        let (world, tenant) = world_without(None).await;
        live(&world, &tenant).await
    });
    assert_eq!(lived, Ok(()));
}

#[test]
fn w_012_a_missing_right_is_named() {
    let mut unneeded = Vec::new();
    for (_, resource, verbs) in RIGHTS {
        for verb in *verbs {
            let lived = in_paused_time(async {
                let (world, tenant) = world_without(Some((resource, verb))).await;
                live(&world, &tenant).await
            });
            let right = format!("cannot {verb} resource \"{resource}\"");
            match lived {
                Ok(()) => unneeded.push(format!("{verb} {resource}")),
                Err(text) => {
                    let text = text.replace('\\', "");
                    let names_all = text.contains(&right) && text.contains("in the namespace \"apps\"");
                    assert!(names_all, "without {verb} {resource}: {text}");
                }
            }
        }
    }
    println!("rights that the chart does without: {}", unneeded.join(", "));
    assert!(unneeded.is_empty(), "{unneeded:?}");
}
