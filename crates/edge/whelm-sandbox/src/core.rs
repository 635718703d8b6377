//! The server as a function of its state: requests in, answers out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use structured_merge::unpack_owners;

use crate::alarms::Alarms;
use crate::authorization::{self, Authorization, User};
use crate::custom::Definition;
use crate::form::Form;
use crate::kinds::{Kind, Kinds, Resource};
use crate::list_options::is_watch;
use crate::request::Ask;
use crate::scenario::Scenario;
use crate::status::Refusal;
use crate::store::{Key, Store};
use crate::time::rfc3339;
use crate::watch::Watch;
use crate::{controllers, discovery, openapi, read, write};

/// How many alarms are gone through in their order when time passes at once.
const MOST_ALARMS: usize = 1_000;

/// What the server answers.
#[derive(Debug)]
pub enum Answer {
    /// A whole answer.
    Full {
        /// The HTTP status code.
        code: u16,
        /// The value of `Content-Type`.
        content_type: &'static str,
        /// Texts of `Warning` headers.
        warnings: Vec<String>,
        /// The body.
        body: Bytes,
    },
    /// A stream of changes; see [`Core::poll_watch`].
    Watch(Watch),
}

impl Answer {
    pub(crate) fn json(code: u16, value: &Value) -> Self {
        Answer::with_warnings(code, value, Vec::new())
    }

    pub(crate) fn with_warnings(code: u16, value: &Value, warnings: Vec<String>) -> Self {
        let mut body = value.to_string();
        body.push('\n');
        Answer::Full {
            code,
            content_type: "application/json",
            warnings,
            body: body.into(),
        }
    }

    pub(crate) fn text(code: u16, text: &str) -> Self {
        let body = Bytes::copy_from_slice(text.as_bytes());
        Answer::Full {
            code,
            content_type: "text/plain; charset=utf-8",
            warnings: Vec::new(),
            body,
        }
    }

    /// Answers that there is nothing at a path.
    pub(crate) fn no_page() -> Self {
        Answer::text(404, "404 page not found\n")
    }

    pub(crate) fn refuse(refusal: &Refusal) -> Self {
        Answer::refuse_with(refusal, Vec::new())
    }

    /// Refuses, with warnings beside it.
    pub(crate) fn refuse_with(refusal: &Refusal, warnings: Vec<String>) -> Self {
        Answer::with_warnings(refusal.code, &refusal.to_json(), warnings)
    }
}

/// How often controllers may act after a request.
const MOST_STEPS: usize = 100_000;

/// A cluster: an API server's objects and the controllers that act on them.
///
/// Everything happens inside [`Core::handle`]: a write is stored, then all controllers run until nothing changes any
/// more. The caller gives the time; equal requests at equal times give equal answers.
#[derive(Debug, Clone)]
pub struct Core {
    pub(crate) kinds: Kinds,
    pub(crate) definitions: BTreeMap<Resource, Arc<Definition>>,
    pub(crate) store: Store,
    pub(crate) alarms: Alarms,
    pub(crate) scenario: Scenario,
    pub(crate) now: i64,
    /// How far the clock was put forward, in milliseconds.
    pub(crate) skipped: i64,
    pub(crate) settled: u64,
    pub(crate) next_address: u32,
    pub(crate) random: u64,
    /// Whether all controllers act, or only those that are parts of the API server.
    pub(crate) controllers: bool,
    /// Who may do what; everybody everything when there is none.
    pub(crate) authorization: Option<Arc<Authorization>>,
}

impl Core {
    /// Starts a cluster with its namespaces, three nodes and nothing that runs on them.
    ///
    /// UIDs and generated names follow from `seed`; `now` is in milliseconds since the Unix epoch.
    #[must_use]
    pub fn new(seed: u64, now: i64) -> Self {
        let mut core = Core::without_objects(seed, now);
        controllers::bootstrap(&mut core);
        core.settle();
        core
    }

    /// Returns a server that has nothing, not even namespaces.
    pub(crate) fn without_objects(seed: u64, now: i64) -> Self {
        Core {
            kinds: Kinds::new(),
            definitions: BTreeMap::new(),
            store: Store::default(),
            alarms: Alarms::default(),
            scenario: Scenario::default(),
            now,
            skipped: 0,
            settled: 0,
            next_address: 9,
            random: seed,
            controllers: true,
            authorization: None,
        }
    }

    /// Returns the cluster without its controllers, scheduler and kubelets: from now on, objects change by requests alone.
    #[must_use]
    pub fn without_controllers(mut self) -> Self {
        self.controllers = false;
        self
    }

    /// Returns the cluster with authentication and role-based access control.
    ///
    /// `tokens` are the users by their bearer tokens. Service accounts have those that the server issues to them; who sends no
    /// token, in the header `Authorization` or as [`token_path`](crate::token_path), is `system:anonymous`. Members of `system:masters` may do everything.
    #[must_use]
    pub fn with_rbac(mut self, tokens: BTreeMap<String, User>) -> Self {
        self.authorization = Some(Arc::new(Authorization { tokens }));
        self
    }

    /// Answers a request at a moment, in milliseconds since the Unix epoch.
    pub fn handle(&mut self, request: &Request<Bytes>, now: i64) -> Answer {
        self.tick(now);
        let request = &*authorization::with_header(request);
        let mut ask = Ask::read(request);
        let before = self.store.revision();
        let admitted = authorization::admit(self, request, &mut ask);
        let answer = admitted
            .and_then(|()| self.route(&ask))
            .unwrap_or_else(|refusal| Answer::refuse(&refusal));
        if self.store.revision() != before {
            self.settle();
        }
        answer
    }

    /// Lets time pass until a moment: does what controllers have waited for, each at its time.
    pub fn tick(&mut self, now: i64) {
        for count in 0.. {
            let Some((due, key)) = self.alarms.take(now) else { break };
            // After a long time without anybody looking, what is left is done as controllers do that were away.
            self.now = self.now.max(if count < MOST_ALARMS { due } else { now });
            controllers::reconcile(self, &key);
            self.settle();
        }
        self.now = self.now.max(now);
    }

    /// Returns the moment at which [`Core::tick`] has something to do, if there is one.
    #[must_use]
    pub fn next_alarm(&self) -> Option<i64> {
        self.alarms.next()
    }

    /// Has all watches end, because the server forgets what has changed.
    pub fn expire_watches(&mut self) {
        self.store.forget_history();
        self.store.continue_from(self.store.revision() + 1);
        self.settled = self.store.revision();
    }

    /// Makes Pods do what a scenario says, from now on.
    pub fn set_scenario(&mut self, scenario: Scenario) {
        self.scenario = scenario;
    }

    /// Returns the next events of a watch, and whether more can come.
    pub fn poll_watch(&self, watch: &mut Watch) -> (Vec<Value>, bool) {
        watch.poll(self)
    }

    /// Returns the revision of the last change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.store.revision()
    }

    /// Returns every object, with `apiVersion` and `kind`, by resource, namespace and name.
    #[must_use]
    pub fn objects(&self) -> Vec<Value> {
        let objects = self
            .store
            .resources()
            .into_iter()
            .flat_map(|resource| self.store.list(&resource, ""));
        let shown = |object: Arc<Value>| {
            let mut object = Value::clone(&object);
            unpack_owners(&mut object);
            object
        };
        objects.map(shown).collect()
    }

    /// Lets the controllers act until nothing changes any more.
    pub(crate) fn settle(&mut self) {
        let mut dirty: BTreeSet<(u8, Key)> = BTreeSet::new();
        // A bound, so that controllers that disagree cannot keep a request from ending.
        for _ in 0..MOST_STEPS {
            self.mark_dirty(&mut dirty);
            let Some((_, key)) = dirty.pop_first() else { return };
            controllers::reconcile(self, &key);
        }
        self.settled = self.store.revision();
    }

    /// Takes in what changed. What others look at comes first, so that they need not look twice.
    fn mark_dirty(&mut self, dirty: &mut BTreeSet<(u8, Key)>) {
        let changes: Vec<_> = self.store.changes_after(self.settled).cloned().collect();
        let mut keys = BTreeSet::new();
        for change in &changes {
            self.settled = change.revision;
            controllers::mark(self, change, &mut keys);
        }
        dirty.extend(keys.into_iter().map(|key| (controllers::turn(&key), key)));
    }

    fn route(&mut self, ask: &Ask) -> Result<Answer, Refusal> {
        match ask.path().as_slice() {
            ["version"] => Ok(Answer::json(200, &version())),
            ["readyz" | "healthz" | "livez", ..] => Ok(Answer::text(200, "ok")),
            [] => Ok(Answer::json(
                200,
                &json!({"paths": ["/api", "/apis", "/openapi/v3", "/readyz", "/version"]}),
            )),
            ["api"] | ["apis"] | ["api", _] | ["apis", _] | ["apis", _, _] => discovery::answer(self, ask),
            ["openapi", ..] => openapi::answer(self, ask),
            ["api", version, "watch", rest @ ..] => self.route_old_watch(ask, "", version, rest),
            ["apis", group, version, "watch", rest @ ..] => self.route_old_watch(ask, group, version, rest),
            ["api", version, rest @ ..] => self.route_resource(ask, "", version, rest),
            ["apis", group, version, rest @ ..] => self.route_resource(ask, group, version, rest),
            _ => Ok(Answer::no_page()),
        }
    }

    /// Answers a watch as it was asked for before it was an option of lists.
    fn route_old_watch(&mut self, ask: &Ask, group: &str, version: &str, path: &[&str]) -> Result<Answer, Refusal> {
        match self.find_target(group, version, path) {
            Some(target) if ask.method == Method::GET && !target.kind.custom && target.subresource.is_empty() => {
                Watch::start(ask, &target).map(Answer::Watch)
            }
            Some(_) => Err(Refusal::method_not_allowed()),
            None => Err(Refusal::no_such_resource()),
        }
    }

    fn route_resource(&mut self, ask: &Ask, group: &str, version: &str, path: &[&str]) -> Result<Answer, Refusal> {
        let Some(target) = self.find_target(group, version, path) else {
            return self.nothing_served(group);
        };
        let warning = crate::warnings::of_kind(&target.kind);
        // Refusals come with warnings, too, unless nobody serves the path.
        let mut answer = match self.route_target(ask, &target) {
            Ok(answer) => answer,
            Err(refusal) if refusal.is_of_routing() => return Err(refusal),
            Err(refusal) => Answer::refuse(&refusal),
        };
        if let Answer::Full { warnings, .. } = &mut answer {
            warnings.splice(0..0, warning);
        }
        Ok(answer)
    }

    /// Answers that a path below a group names nothing: the server's own groups say it as a status.
    pub(crate) fn nothing_served(&self, group: &str) -> Result<Answer, Refusal> {
        if self.kinds.all().any(|kind| kind.group == group && !kind.custom) {
            Err(Refusal::no_such_resource())
        } else {
            Ok(Answer::no_page())
        }
    }

    fn route_target(&mut self, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
        check_timeout(ask)?;
        if !target.kind.custom
            && !matches!(
                target.subresource.as_str(),
                "log" | "exec" | "attach" | "portforward" | "proxy"
            )
        {
            Form::check_route(ask, target.name.is_empty() && ask.method == Method::GET)?;
        }
        if target.name.is_empty() {
            let everywhere = target.kind.namespaced && target.namespace.is_empty();
            return match ask.method {
                Method::GET if is_watch(&ask.query) => Watch::start(ask, target).map(Answer::Watch),
                Method::GET => read::list(self, ask, target),
                _ if everywhere && target.kind.custom && ask.method != Method::GET => Ok(Answer::no_page()),
                Method::DELETE if everywhere => Err(Refusal::method_not_allowed()),
                Method::POST => write::create(self, ask, target),
                Method::DELETE => write::delete_collection(self, ask, target),
                _ => Err(Refusal::method_not_allowed()),
            };
        }
        if !target.subresource.is_empty() && !target.kind.has_subresource(&target.subresource) {
            return Err(Refusal::no_such_resource());
        }
        match (ask.method.as_str(), target.subresource.as_str()) {
            (_, "" | "status" | "finalize" | "scale" | "ephemeralcontainers" | "resize" | "approval") => {
                self.route_object(ask, target)
            }
            (method, subresource) => crate::subresources::answer(self, ask, target, method, subresource),
        }
    }

    fn route_object(&mut self, ask: &Ask, target: &Target) -> Result<Answer, Refusal> {
        let own = target
            .kind
            .subresources
            .iter()
            .find(|own| own.name == target.subresource);
        let verb = match ask.method {
            Method::GET => "get",
            Method::PUT => "update",
            Method::PATCH => "patch",
            _ => "delete",
        };
        let verbs = own.map_or(&target.kind.verbs, |own| &own.verbs);
        if own.is_none()
            && !["get", "update", "patch", "delete"]
                .iter()
                .any(|verb| target.kind.has_verb(verb))
        {
            return Err(Refusal::no_such_resource());
        }
        if !verbs.iter().any(|other| other == verb) {
            return Err(Refusal::method_not_allowed());
        }
        match ask.method {
            Method::GET => read::get(self, ask, target),
            Method::PUT => write::replace(self, ask, target),
            Method::PATCH => write::patch(self, ask, target),
            Method::DELETE if target.subresource.is_empty() => write::delete(self, ask, target),
            _ => Err(Refusal::method_not_allowed()),
        }
    }

    /// Finds what a path below `/api/v1` or `/apis/group/version` names.
    fn find_target(&self, group: &str, version: &str, path: &[&str]) -> Option<Target> {
        let target = |plural: &str, namespace: &str, rest: &[&str]| {
            let kind = self.kinds.at(group, version, plural)?;
            Some(Target {
                kind,
                namespace: namespace.to_owned(),
                name: rest.first().map(|name| (*name).to_owned()).unwrap_or_default(),
                subresource: rest.get(1..).map(|rest| rest.join("/")).unwrap_or_default(),
            })
        };
        match path {
            ["namespaces", namespace, plural, rest @ ..] if !matches!(*plural, "status" | "finalize") => {
                target(plural, namespace, rest).filter(|target| target.kind.namespaced)
            }
            [plural, rest @ ..] => {
                target(plural, "", rest).filter(|target| !target.kind.namespaced || target.name.is_empty())
            }
            [] => None,
        }
    }

    /// Returns the moment of the request as objects show it.
    pub(crate) fn timestamp(&self) -> String {
        rfc3339(self.now)
    }

    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a UID that no other object has.
    pub(crate) fn new_uid(&mut self) -> String {
        let (high, low) = (self.next_random(), self.next_random());
        let (first, second, third) = (high >> 32, (high >> 16) & 0xffff, high & 0xfff);
        let (fourth, fifth) = ((low >> 48) & 0x3fff | 0x8000, low & 0xffff_ffff_ffff);
        format!("{first:08x}-{second:04x}-4{third:03x}-{fourth:04x}-{fifth:012x}")
    }

    /// Returns a suffix for generated names.
    pub(crate) fn new_suffix(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
        let letter = |random: u64| char::from(LETTERS[(random % LETTERS.len() as u64) as usize]);
        (0..length).map(|_| letter(self.next_random())).collect()
    }
}

/// Checks how long a client would wait for an answer.
fn check_timeout(ask: &Ask) -> Result<(), Refusal> {
    let text = ask.query.get("timeout");
    if text.is_empty() || ask.method == Method::GET && is_watch(&ask.query) {
        return Ok(());
    }
    go_time::Duration::parse(text.as_bytes())
        .map(drop)
        .map_err(|error| Refusal::bad_request(format!("invalid timeout specified in the request URL - {error}")))
}

/// What a path names.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub kind: Arc<Kind>,
    /// Empty for cluster-scoped kinds, and for lists over all namespaces.
    pub namespace: String,
    /// Empty for a collection.
    pub name: String,
    /// Empty for the object itself.
    pub subresource: String,
}

fn version() -> Value {
    json!({
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.3", "gitCommit": "none", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "go1.26", "compiler": "gc", "platform": "linux/amd64",
    })
}
