//! Tokens of service accounts, in the form of JSON Web Tokens.
//!
//! They are signed with a key that follows from the cluster, so that every process that uses a state file knows them. It keeps
//! nobody out who may read the namespace `kube-system`: these tokens say who asks in a test, and protect nothing.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::user::{User, split_service_account};
use crate::core::{Answer, Core, Target};
use crate::kinds::{Kind, Resource};
use crate::object::{at, int, items, name, set, set_default, text, uid};
use crate::request::Ask;
use crate::status::{FieldFault, Refusal};
use crate::store::Key;
use crate::time::rfc3339;
use crate::write::{Write, read_body};

const ISSUER: &str = "https://kubernetes.default.svc";
/// How long a token holds unless its request says so, in seconds.
const USUAL_LIFE: i64 = 3_600;
const SHORTEST_LIFE: i64 = 600;
const LONGEST_LIFE: i64 = 1 << 32;

/// Answers a `POST` to the subresource `token` of a service account.
pub(crate) fn issue(core: &mut Core, ask: &Ask, target: &Target, account: &Value) -> Result<Answer, Refusal> {
    let kind = request_kind();
    let (mut request, warnings) = read_body(core, ask, target, &kind)?;
    set_default(&mut request, &["spec", "expirationSeconds"], USUAL_LIFE);
    let life = int(&request, &["spec", "expirationSeconds"]).unwrap_or(USUAL_LIFE);
    check_life(&kind, life)?;
    let bound = bound_object(core, &request, account)?;
    let mut write = Write::of(ask, target);
    write.kind = Arc::new(kind);
    let mut request = write.owned(core, request);
    if items(&request, &["spec", "audiences"]).is_empty() {
        set(&mut request, &["spec", "audiences"], json!([ISSUER]));
    }
    set_default(&mut request, &["spec", "boundObjectRef"], Value::Null);
    for (field, value) in [
        ("name", name(account)),
        ("namespace", &target.namespace),
        ("uid", uid(account)),
    ] {
        set(&mut request, &["metadata", field], value);
    }
    let time = core.timestamp();
    set(&mut request, &["metadata", "creationTimestamp"], time);
    let now = core.now / 1_000;
    let claims = claims(core, account, &request, bound, now);
    let status = json!({"token": sign(core, &claims), "expirationTimestamp": rfc3339((now + life) * 1_000)});
    set(&mut request, &["status"], status);
    Ok(Answer::with_warnings(201, &request, warnings))
}

fn request_kind() -> Kind {
    Kind {
        group: "authentication.k8s.io".into(),
        version: "v1".into(),
        kind: "TokenRequest".into(),
        ..Kind::nameless()
    }
}

fn check_life(kind: &Kind, life: i64) -> Result<(), Refusal> {
    let detail = match life {
        ..SHORTEST_LIFE => "may not specify a duration less than 10 minutes",
        SHORTEST_LIFE..=LONGEST_LIFE => return Ok(()),
        _ => "may not specify a duration larger than 2^32 seconds",
    };
    let fault = FieldFault::invalid("spec.expirationSeconds", &json!(life), detail);
    Err(Refusal::invalid(kind, "", &[fault]))
}

/// Returns the object that a token is bound to, which has to be there: what a token says of it.
fn bound_object(core: &Core, request: &Value, account: &Value) -> Result<Option<(&'static str, Value)>, Refusal> {
    let Some(reference) = at(request, &["spec", "boundObjectRef"]).filter(|own| own.is_object()) else {
        return Ok(None);
    };
    let (api_version, kind) = (text(reference, &["apiVersion"]), text(reference, &["kind"]));
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let (plural, word) = match (group, kind) {
        ("", "Pod") => ("pods", "pod"),
        ("", "Secret") => ("secrets", "secret"),
        ("", "Node") => ("nodes", "node"),
        _ => {
            return Err(Refusal::bad_request(format!(
                "cannot bind token to object of type {group}/{version}, Kind={kind}"
            )));
        }
    };
    let kind = core.kinds.at("", "v1", plural).ok_or_else(Refusal::no_such_resource)?;
    let namespace = if plural == "nodes" {
        ""
    } else {
        crate::object::namespace(account)
    };
    let key = Key::new(&kind.resource(), namespace, text(reference, &["name"]));
    let found = core
        .store
        .get(&key)
        .ok_or_else(|| Refusal::not_found(&kind, &key.name))?;
    if plural == "pods" && text(found, &["spec", "serviceAccountName"]) != name(account) {
        return Err(Refusal::bad_request(format!(
            "cannot bind token for serviceaccount {:?} to pod running with different serviceaccount name.",
            name(account)
        )));
    }
    let wanted = text(reference, &["uid"]);
    if !wanted.is_empty() && wanted != uid(found) {
        let cause = format!(
            "the UID in the bound object reference ({wanted}) does not match the UID in record. The object might have been \
             deleted and then recreated"
        );
        // Here the real server names the kind where it names the resource elsewhere.
        let mut as_kind = Kind::clone(&kind);
        as_kind.plural.clone_from(&kind.kind);
        return Err(Refusal::conflict(&as_kind, &key.name, &cause));
    }
    Ok(Some((word, json!({"name": key.name, "uid": uid(found)}))))
}

fn claims(core: &mut Core, account: &Value, request: &Value, bound: Option<(&'static str, Value)>, now: i64) -> Value {
    let namespace = crate::object::namespace(account);
    let life = int(request, &["spec", "expirationSeconds"]).unwrap_or(USUAL_LIFE);
    let mut own = json!({
        "namespace": namespace, "serviceaccount": {"name": name(account), "uid": uid(account)},
    });
    if let Some((word, object)) = bound {
        set(&mut own, &[word], object);
    }
    json!({
        "aud": at(request, &["spec", "audiences"]), "exp": now + life, "iat": now, "nbf": now, "iss": ISSUER,
        "jti": core.new_uid(), "kubernetes.io": own,
        "sub": format!("system:serviceaccount:{namespace}:{}", name(account)),
    })
}

fn sign(core: &Core, claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = mac(core, &signed).map(|mac| mac.finalize().into_bytes());
    let signature = signature.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    format!("{signed}.{}", signature.unwrap_or_default())
}

fn mac(core: &Core, signed: &str) -> Option<Hmac<Sha256>> {
    let key = Key::new(&Resource::new("", "namespaces"), "", "kube-system");
    let secret = core.store.get(&key).map(|namespace| uid(namespace).to_owned())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

/// Returns the service account that a token was issued for, while both hold.
pub(super) fn authenticate(core: &Core, token: &str) -> Option<User> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(core, signed)?.verify_slice(&signature).ok()?;
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let is_for_server = items(&claims, &["aud"]).iter().any(|audience| audience == ISSUER);
    if !is_for_server || int(&claims, &["exp"])? < core.now / 1_000 {
        return None;
    }
    let (namespace, account) = split_service_account(text(&claims, &["sub"]))?;
    let key = Key::new(&Resource::new("", "serviceaccounts"), namespace, account);
    let live = core.store.get(&key)?;
    let own = text(&claims, &["kubernetes.io", "serviceaccount", "uid"]);
    (uid(live) == own).then(|| of_claims(&claims, namespace, account))
}

fn of_claims(claims: &Value, namespace: &str, account: &str) -> User {
    let mut user = User::service_account(namespace, account);
    user.uid = text(claims, &["kubernetes.io", "serviceaccount", "uid"]).to_owned();
    let mut tell = |key: &str, value: String| {
        user.extra
            .insert(format!("authentication.kubernetes.io/{key}"), vec![value]);
    };
    tell("credential-id", format!("JTI={}", text(claims, &["jti"])));
    let pod = text(claims, &["kubernetes.io", "pod", "name"]);
    if !pod.is_empty() {
        tell("pod-name", pod.to_owned());
        tell("pod-uid", text(claims, &["kubernetes.io", "pod", "uid"]).to_owned());
    }
    user
}
