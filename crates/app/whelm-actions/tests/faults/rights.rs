//! A user who may do in one namespace what releases need, and no more; and what is said when one of these rights is missing.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;
use whelm_kube_api::{Gvk, request::ListOptions};
use whelm_kube_client::Client;
use whelm_net::SharedTransport;
use whelm_sandbox::{Sandbox, Scenario, User};

use crate::place::Place;
use crate::world::{Verb, World};
use crate::{AT_ONCE, in_paused_time, in_real_time, on_a_real_cluster};

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

fn user(name: &str, groups: &[&str]) -> User {
    User {
        name: name.to_owned(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        ..User::default()
    }
}

/// Makes a cluster in which the administrator has given a tenant all rights but one. Returns the tenant's way to it.
pub async fn world_without(missing: Option<(&str, &str)>) -> (World, SharedTransport) {
    let users = BTreeMap::from([
        ("admin".to_owned(), user("admin", &["system:masters"])),
        ("tenant".to_owned(), user("tenant", &["system:authenticated"])),
    ]);
    let sandbox = Sandbox::in_runtime_time(7, 1_700_000_000_000).with_rbac(users);
    // Waits have to watch: nothing is ready at once.
    let slowly = Scenario::read(b"pods: [{ready-after: 2s, run-for: 2s}]").unwrap();
    sandbox.set_scenario(slowly).unwrap();
    let world = World::new(Place::within(sandbox)).await;
    let tenant = world.place.seen_by("Bearer tenant");
    give_rights(&world, "tenant", missing).await;
    (world, tenant)
}

/// Gives a user all rights but one in the namespace of a world.
async fn give_rights(world: &World, user: &str, missing: Option<(&str, &str)>) {
    let rules: Vec<_> = RIGHTS
        .iter()
        .map(|(group, resource, verbs)| {
            let verbs: Vec<_> = verbs.iter().filter(|verb| missing != Some((resource, verb))).collect();
            json!({"apiGroups": [group], "resources": [resource], "verbs": verbs})
        })
        .collect();
    let namespace = world.place.namespace.as_str();
    let metadata = json!({"name": "tenant", "namespace": namespace});
    let role =
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": rules});
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
        "subjects": [{"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}],
        "roleRef": {"kind": "Role", "name": "tenant", "apiGroup": "rbac.authorization.k8s.io"}});
    let client = world.client();
    for object in [role, binding] {
        let kind = object["kind"].as_str().unwrap();
        let gvk = Gvk::new("rbac.authorization.k8s.io/v1", kind);
        let mapping = client.mapping(&gvk).await.unwrap();
        let created = client.create(&mapping, namespace, &object, Default::default()).await;
        created.unwrap();
    }
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

/// All rights, one at a time.
fn each_right() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = |(_, resource, verbs): &(_, &'static str, &'static [&str])| {
        let resource = *resource;
        verbs.iter().map(move |verb| (resource, *verb))
    };
    RIGHTS.iter().flat_map(of)
}

/// Says what is wrong with a life that lacked a right: that the right was not missed, or not named.
fn complaint((resource, verb): (&str, &str), namespace: &str, lived: Result<(), String>) -> Option<String> {
    let Err(text) = lived else {
        return Some(format!("the chart does without {verb} {resource}"));
    };
    let text = text.replace('\\', "");
    let right = format!("cannot {verb} resource \"{resource}\"");
    let names_all = text.contains(&right) && text.contains(&format!("in the namespace \"{namespace}\""));
    (!names_all).then(|| format!("without {verb} {resource}: {text}"))
}

#[test]
fn w_012_a_missing_right_is_named() {
    let complaints: Vec<String> = each_right()
        .filter_map(|right| {
            let lived = in_paused_time(async {
                let (world, tenant) = world_without(Some(right)).await;
                live(&world, &tenant).await
            });
            complaint(right, "apps", lived)
        })
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn w_012_rights_in_a_real_cluster() {
    on_a_real_cluster(real);
}

fn real(dir: &Path) {
    let missing = std::iter::once(None).chain(each_right().map(Some)).enumerate();
    let lives = missing.map(|(number, right)| async move {
        let namespace = format!("rights-{number}");
        let world = World::new(Place::real(dir, &namespace)).await;
        give_rights(&world, "viewer", right).await;
        let tenant = world.place.seen_by("Bearer viewer");
        until_rights_hold(&world, &tenant).await;
        let lived = live(&world, &tenant).await;
        match right {
            Some(right) => complaint(right, &namespace, lived),
            None => lived.err(),
        }
    });
    let complaints = in_real_time(stream::iter(lives).buffer_unordered(AT_ONCE).collect::<Vec<_>>());
    let lives = complaints.len();
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    println!("real cluster: {lives} lives with the rights of one namespace, all but one of them without one of these");
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// Waits until the API server has heard of the rights: it learns of roles and of their bindings one after the other.
async fn until_rights_hold(world: &World, tenant: &SharedTransport) {
    let client = Client::over(tenant.clone(), &world.place.server, &world.place.namespace);
    let gvks = ["Service", "ServiceAccount"].map(|kind| Gvk::new("v1", kind));
    for _ in 0..100 {
        for gvk in &gvks {
            let mapping = client.mapping(gvk).await.unwrap();
            let listed = client
                .list(&mapping, &world.place.namespace, &ListOptions::default())
                .await;
            if listed.is_ok() {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the rights of {} do not hold", world.place.namespace);
}
