//! The objects, their revisions, and what changed lately.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;
use structured_merge::pack_owners;

use crate::kinds::Resource;
use crate::object::{items, name, namespace, text, uid};
use crate::selection::Selection;

/// How many changes are remembered for watches.
const HISTORY: usize = 20_000;

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub resource: Resource,
    pub namespace: String,
    pub name: String,
}

impl Key {
    pub fn new(resource: &Resource, namespace: &str, name: &str) -> Self {
        Key {
            resource: resource.clone(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    pub fn of(resource: &Resource, object: &Value) -> Self {
        Key::new(resource, namespace(object), name(object))
    }
}

/// One change of one object. A deletion's object is its last state, with the revision of the deletion.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub revision: u64,
    pub key: Key,
    pub before: Option<Arc<Value>>,
    pub after: Option<Arc<Value>>,
    /// What a watch shows: the new state, or the last one.
    pub object: Arc<Value>,
}

/// Returns the bound that leaves out more.
fn first_of(left: Bound<(String, String)>, right: Bound<(String, String)>) -> Bound<(String, String)> {
    match (&left, &right) {
        (Bound::Included(place), Bound::Excluded(other)) if other >= place => right,
        _ => left,
    }
}

/// All objects of a server. What their owners own is held as texts: trees of it would take half of all memory and time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    objects: BTreeMap<Resource, BTreeMap<(String, String), Arc<Value>>>,
    /// The same objects, to be found one by one.
    by_key: HashMap<Key, Arc<Value>>,
    /// How many objects of a resource a namespace has.
    counts: HashMap<Resource, HashMap<String, usize>>,
    dependents: BTreeMap<String, BTreeSet<Key>>,
    uids: BTreeSet<String>,
    selection: Selection,
    revision: u64,
    history: VecDeque<Change>,
}

impl Store {
    /// Returns the revision of the last change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns an object.
    pub fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.by_key.get(key)
    }

    /// Returns the objects of a resource in a namespace, or in all when it is empty; by namespace, then by name.
    pub fn list(&self, resource: &Resource, namespace: &str) -> Vec<Arc<Value>> {
        self.list_after(resource, namespace, None).cloned().collect()
    }

    /// As [`Store::list`], those behind the object with a namespace and a name.
    pub fn list_after<'a>(
        &'a self,
        resource: &Resource,
        namespace: &'a str,
        after: Option<(String, String)>,
    ) -> impl Iterator<Item = &'a Arc<Value>> + use<'a> {
        let first = Bound::Included((namespace.to_owned(), String::new()));
        let start = after.map_or(first.clone(), |place| first_of(first, Bound::Excluded(place)));
        let objects = self.objects.get(resource).into_iter();
        objects
            .flat_map(move |objects| objects.range((start.clone(), Bound::Unbounded)))
            .take_while(move |((own, _), _)| namespace.is_empty() || own == namespace)
            .map(|(_, object)| object)
    }

    /// Returns how many objects of a resource there are in a namespace, or in all when it is empty.
    pub fn count(&self, resource: &Resource, namespace: &str) -> usize {
        if namespace.is_empty() {
            return self.objects.get(resource).map_or(0, BTreeMap::len);
        }
        let counts = self.counts.get(resource);
        counts.and_then(|counts| counts.get(namespace)).copied().unwrap_or(0)
    }

    fn count_of(&mut self, key: &Key) -> &mut usize {
        let counts = self.counts.entry(key.resource.clone()).or_default();
        counts.entry(key.namespace.clone()).or_default()
    }

    fn uncount(&mut self, key: &Key) {
        let Some(counts) = self.counts.get_mut(&key.resource) else {
            return;
        };
        if let Some(count) = counts.get_mut(&key.namespace) {
            *count = count.saturating_sub(1);
        }
        if counts.get(&key.namespace) == Some(&0) {
            counts.remove(&key.namespace);
        }
    }

    /// Returns the objects of a resource in a namespace whose names begin with a text.
    pub fn with_prefix<'a>(
        &'a self,
        resource: &Resource,
        namespace: &'a str,
        prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Value>> {
        let start = (namespace.to_owned(), prefix.to_owned());
        let objects = self.objects.get(resource).into_iter();
        objects
            .flat_map(move |objects| objects.range(start.clone()..))
            .take_while(move |((own, name), _)| own == namespace && name.starts_with(prefix))
            .map(|(_, object)| object)
    }

    /// Returns the resources that have objects.
    pub fn resources(&self) -> Vec<Resource> {
        self.objects
            .iter()
            .filter(|(_, objects)| !objects.is_empty())
            .map(|(resource, _)| resource.clone())
            .collect()
    }

    /// Says whether an object with this UID exists.
    pub fn has_uid(&self, uid: &str) -> bool {
        self.uids.contains(uid)
    }

    /// Returns the objects that name an owner by its UID.
    pub fn dependents(&self, uid: &str) -> Vec<Key> {
        self.dependents.get(uid).into_iter().flatten().cloned().collect()
    }

    /// Returns the services and budgets that may select a Pod: a few more than do.
    pub fn may_select(&self, key: &Key, pod: &Value) -> Vec<Key> {
        self.selection.may_select(key, pod).into_iter().cloned().collect()
    }

    /// Returns the Pods that a service or a budget may select: a few more than it does.
    pub fn may_be_selected(&self, selector: &Value) -> Vec<Arc<Value>> {
        let (pods, namespace) = (Resource::new("", "pods"), namespace(selector));
        match self.selection.may_be_selected(namespace, selector) {
            Some(names) => {
                let keys = names.into_iter().map(|name| Key::new(&pods, namespace, name));
                keys.filter_map(|key| self.get(&key).cloned()).collect()
            }
            None => self.list(&pods, namespace),
        }
    }

    /// Stores an object under a new revision and returns it as stored.
    pub fn put(&mut self, key: &Key, mut object: Value) -> Arc<Value> {
        let revision = self.revision + 1;
        crate::object::set(&mut object, &["metadata", "resourceVersion"], revision.to_string());
        self.insert(key, Arc::new(object), revision)
    }

    fn insert(&mut self, key: &Key, object: Arc<Value>, revision: u64) -> Arc<Value> {
        self.revision = revision;
        let before = self.place(key, object.clone());
        self.remember(Change {
            revision,
            key: key.clone(),
            before,
            after: Some(object.clone()),
            object: object.clone(),
        });
        object
    }

    /// Puts an object in its place and returns the one that was there.
    fn place(&mut self, key: &Key, object: Arc<Value>) -> Option<Arc<Value>> {
        let place = (key.namespace.clone(), key.name.clone());
        let objects = self.objects.entry(key.resource.clone()).or_default();
        let before = objects.insert(place, object.clone());
        self.by_key.insert(key.clone(), object.clone());
        match &before {
            Some(before) => self.forget(key, before),
            None => *self.count_of(key) += 1,
        }
        self.remember_owners(key, &object);
        self.selection.add(key, &object);
        before
    }

    /// Puts back an object of a saved state. Watches do not see it.
    pub fn restore(&mut self, key: &Key, mut object: Value) {
        pack_owners(&mut object);
        self.place(key, Arc::new(object));
    }

    /// Repeats a change that another process, or this one in an earlier life, has made.
    pub fn replay(&mut self, key: &Key, object: Option<Value>, revision: u64) {
        match object {
            Some(mut object) => {
                pack_owners(&mut object);
                self.insert(key, Arc::new(object), revision);
            }
            None => {
                self.take_out(key, revision);
            }
        }
        self.revision = revision;
    }

    /// Goes on from a revision, which changes from now on follow.
    pub fn continue_from(&mut self, revision: u64) {
        self.revision = self.revision.max(revision);
    }

    /// Forgets what changed, so that watches have to start anew.
    pub fn forget_history(&mut self) {
        self.history.clear();
    }

    fn remember_owners(&mut self, key: &Key, object: &Value) {
        self.uids.insert(uid(object).to_owned());
        for owner in items(object, &["metadata", "ownerReferences"]) {
            self.dependents
                .entry(text(owner, &["uid"]).to_owned())
                .or_default()
                .insert(key.clone());
        }
    }

    /// Takes an object out.
    pub fn remove(&mut self, key: &Key) -> Option<Arc<Value>> {
        self.take_out(key, self.revision + 1)
    }

    fn take_out(&mut self, key: &Key, revision: u64) -> Option<Arc<Value>> {
        let place = (key.namespace.clone(), key.name.clone());
        let before = self.objects.get_mut(&key.resource)?.remove(&place)?;
        self.by_key.remove(key);
        self.forget(key, &before);
        self.uncount(key);
        self.revision = revision;
        let mut last = Value::clone(&before);
        crate::object::set(&mut last, &["metadata", "resourceVersion"], revision.to_string());
        self.remember(Change {
            revision,
            key: key.clone(),
            before: Some(before.clone()),
            after: None,
            object: Arc::new(last),
        });
        Some(before)
    }

    /// Takes an object out of all indexes.
    fn forget(&mut self, key: &Key, object: &Value) {
        self.forget_owners(key, object);
        self.uids.remove(uid(object));
        self.selection.remove(key, object);
    }

    fn forget_owners(&mut self, key: &Key, object: &Value) {
        for owner in items(object, &["metadata", "ownerReferences"]) {
            let owner = text(owner, &["uid"]);
            if let Some(keys) = self.dependents.get_mut(owner) {
                keys.remove(key);
                if keys.is_empty() {
                    self.dependents.remove(owner);
                }
            }
        }
    }

    fn remember(&mut self, change: Change) {
        self.history.push_back(change);
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
    }

    /// Returns the oldest revision from which a watch can start.
    pub fn oldest(&self) -> u64 {
        self.history.front().map_or(self.revision, |change| change.revision - 1)
    }

    /// Returns the changes after a revision, oldest first.
    pub fn changes_after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        let start = self.history.partition_point(|change| change.revision <= revision);
        self.history.range(start..)
    }
}
