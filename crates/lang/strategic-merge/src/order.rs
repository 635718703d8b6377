//! The order of the items of merged lists.

use serde_json::Value;

use crate::PatchError;
use crate::diff::DIRECTIVE;
use crate::lists::keys_of;

/// Says whether a value is a map that is to be deleted.
fn is_deletion(item: &Value) -> bool {
    item.get(DIRECTIVE).is_some_and(|directive| directive == "delete")
}

/// Returns what tells an item apart: its key, or, where there is none, itself.
fn named_by<'a>(item: &'a Value, key: &str) -> Option<&'a Value> {
    if key.is_empty() { Some(item) } else { item.get(key) }
}

/// Returns where an item is in a list: by its key, or, where there is none, by itself.
pub(crate) fn index(list: &[Value], item: &Value, key: &str) -> Option<usize> {
    let wanted = named_by(item, key);
    list.iter().position(|own| named_by(own, key) == wanted)
}

/// Brings items into the order of another list; those that are to be deleted come last. All have their keys.
pub(crate) fn sort_like(items: Vec<Value>, order: &[Value], key: &str) -> Vec<Value> {
    let (mut deleted, mut kept): (Vec<Value>, Vec<Value>) = items.into_iter().partition(is_deletion);
    // All that are sorted so are in the list.
    kept.sort_by_cached_key(|item| index(order, item, key));
    kept.append(&mut deleted);
    kept
}

/// Merges what only the server has into the list of a patch, as near as can be to where it was.
fn interleave(server: Vec<Value>, patch: Vec<Value>, server_order: &[Value], key: &str) -> Vec<Value> {
    let mut all = Vec::with_capacity(server.len() + patch.len());
    let (mut server, mut patch) = (server.into_iter().peekable(), patch.into_iter().peekable());
    while let (Some(left), Some(right)) = (server.peek(), patch.peek()) {
        let places = (index(server_order, left, key), index(server_order, right, key));
        let comes_first = matches!(places, (Some(left), Some(right)) if left < right);
        all.extend(if comes_first { server.next() } else { patch.next() });
    }
    all.extend(server);
    all.extend(patch);
    all
}

/// Puts a merged list in order: what `wanted` names as it does, the rest as the server had it.
pub(crate) fn ordered(
    merged: Vec<Value>,
    wanted: &[Value],
    server: &[Value],
    key: &str,
) -> Result<Vec<Value>, PatchError> {
    if !key.is_empty() {
        for list in [&merged[..], wanted, server] {
            keys_of(list, key)?;
        }
    }
    let (own, rest): (Vec<Value>, Vec<Value>) = merged.into_iter().partition(|item| index(wanted, item, key).is_some());
    let own = sort_like(own, wanted, key);
    let rest = sort_like(rest, server, key);
    Ok(interleave(rest, own, server, key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(names: &[&str]) -> Vec<Value> {
        names.iter().map(|name| json!({"name": name})).collect()
    }

    #[test]
    fn what_only_the_server_has_stays_where_it_was() {
        let merged = list(&["a", "b", "x", "c"]);
        let ordered = ordered(merged, &list(&["c", "a", "b"]), &list(&["a", "x", "b", "c"]), "name").unwrap();
        assert_eq!(ordered, list(&["x", "c", "a", "b"]));
        let gone = json!({"name": "a", "$patch": "delete"});
        let items = vec![gone.clone(), json!({"name": "b"})];
        let sorted = sort_like(items, &list(&["a", "b"]), "name");
        assert_eq!(sorted, [json!({"name": "b"}), gone]);
    }

    #[test]
    fn items_need_their_keys() {
        let error = ordered(vec![json!({"x": 1})], &[], &[], "name").unwrap_err();
        assert_eq!(
            error.to_string(),
            "map: map[x:1] does not contain declared merge key: name"
        );
    }
}
