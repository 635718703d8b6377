//! Documents that are lists of objects, and what makes a document no object.
//!
//! Source: `k8s.io/kubectl`, `pkg/validation/schema.go`; `k8s.io/cli-runtime`, `pkg/resource/visitor.go`; `k8s.io/apimachinery`,
//! `pkg/apis/meta/v1/unstructured/helpers.go`, all of Kubernetes 1.37.

use serde_json::{Map, Value};
use whelm_kube_api::{Discovery, Gvk, object};

use crate::build::aggregate;

/// Says what keeps a document, or an item of a `v1` `List`, from being an object.
pub(crate) fn invalid(document: &Value) -> Option<String> {
    let problems = if object::gvk(document) == Gvk::new("v1", "List") {
        match document.get("items") {
            Some(Value::Array(items)) => items.iter().flat_map(kind_problems).collect(),
            _ => vec!["invalid object to validate".to_owned()],
        }
    } else {
        kind_problems(document)
    };
    (!problems.is_empty()).then(|| format!("error validating \"\": error validating data: {}", aggregate(&problems)))
}

fn kind_problems(value: &Value) -> Vec<String> {
    let Value::Object(fields) = value else {
        return vec!["invalid object to validate".to_owned()];
    };
    let problem = |field: &str| match fields.get(field) {
        None | Some(Value::Null) => Some(format!("{field} not set")),
        Some(Value::String(_)) => None,
        Some(_) => Some(format!("{field} isn't string type")),
    };
    ["apiVersion", "kind"].into_iter().filter_map(problem).collect()
}

/// Tells whether the server serves a kind of lists: of typed ones it has to serve the kind of their items.
pub(crate) fn is_served(gvk: &Gvk, discovery: &Discovery) -> bool {
    let item = Gvk {
        kind: item_kind(gvk).to_owned(),
        ..gvk.clone()
    };
    match item.kind.as_str() {
        "" => discovery.serves(&gvk.group, &gvk.version),
        _ => discovery.mapping(&item).is_ok() || discovery.mapping(gvk).is_ok(),
    }
}

/// Returns the items of a document that has some, whatever its kind; those of typed lists with the kind that the list says.
///
/// # Errors
/// What is there is no list of objects.
pub(crate) fn items(mut document: Value) -> Result<Vec<Value>, String> {
    let gvk = object::gvk(&document);
    let items = match document.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        None | Some(Value::Null) => Vec::new(),
        Some(other) => {
            let name = object::json_kind(&other);
            return Err(format!(
                "unable to decode \"\": json: cannot unmarshal {name} into Go struct field decodeList.items of type \
                 []json.RawMessage"
            ));
        }
    };
    let items: Vec<Value> = items
        .into_iter()
        .map(|item| with_kind(item, &gvk))
        .collect::<Result<_, _>>()?;
    if items.iter().any(|item| item.get("items").is_some_and(Value::is_array)) {
        return Err("*unstructured.Unstructured is not a list: no Items field in this object".to_owned());
    }
    Ok(items)
}

fn item_kind(list: &Gvk) -> &str {
    list.kind.strip_suffix("List").unwrap_or(&list.kind)
}

fn with_kind(item: Value, list: &Gvk) -> Result<Value, String> {
    let mut fields = match item {
        Value::Object(fields) => fields,
        Value::Null => Map::new(),
        other => {
            let name = object::json_kind(&other);
            return Err(format!(
                "unable to decode \"\": json: cannot unmarshal {name} into Go value of type map[string]interface {{}}"
            ));
        }
    };
    let has = |field: &str| {
        fields
            .get(field)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    if !has("kind") && !has("apiVersion") {
        fields.insert("kind".to_owned(), item_kind(list).into());
        fields.insert("apiVersion".to_owned(), list.api_version().into());
    }
    Ok(Value::Object(fields))
}

/// Says why an item has no kind, or what its kind lacks.
pub(crate) fn incomplete(gvk: &Gvk) -> Option<String> {
    let missing = match (gvk.version.is_empty(), gvk.kind.is_empty()) {
        // The space is theirs.
        (_, true) => "Object 'Kind' is missing in 'object has no kind field '",
        (true, false) => "Object 'apiVersion' is missing in 'object has no apiVersion field'",
        _ => return None,
    };
    Some(format!(
        "unable to get type info from the object \"*unstructured.Unstructured\": {missing}"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_get_the_kind_of_their_list() {
        let list = json!({"apiVersion": "v1", "kind": "SecretList", "items": [{"a": 1}, {"apiVersion": "v1", "kind": "Pod"}, null]});
        let kinds: Vec<String> = items(list).unwrap().iter().map(|item| object::gvk(item).kind).collect();
        assert_eq!(kinds, ["Secret", "Pod", "Secret"]);
        let half = json!({"apiVersion": "v1", "kind": "SecretList", "items": [{"kind": "Secret"}]});
        assert_eq!(items(half.clone()).unwrap()[0], half["items"][0]);
    }

    #[test]
    fn what_is_no_list_of_objects() {
        let error =
            |items_are: Value| items(json!({"apiVersion": "v1", "kind": "List", "items": items_are})).unwrap_err();
        assert!(error(json!("x")).contains("cannot unmarshal string into Go struct field decodeList.items"));
        assert!(error(json!([5])).contains("cannot unmarshal number into Go value of type map[string]interface {}"));
        assert!(error(json!([{"items": []}])).contains("no Items field in this object"));
    }

    #[test]
    fn documents_that_are_no_objects() {
        let text = |value: Value| invalid(&value).unwrap_or_default();
        assert_eq!(text(json!({"apiVersion": "v1", "kind": "A"})), "");
        assert!(text(json!({"apiVersion": 1})).ends_with("[apiVersion isn't string type, kind not set]"));
        assert!(text(json!([])).ends_with("data: invalid object to validate"));
        let list = json!({"apiVersion": "v1", "kind": "List", "items": [{"kind": "A"}, {"kind": "B"}]});
        assert!(text(list).ends_with("data: apiVersion not set"));
    }
}
