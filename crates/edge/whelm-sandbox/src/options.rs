//! The options of requests, which stand in their queries, or in the bodies of deletions.
//!
//! Source: `k8s.io/apimachinery` v0.36.3, `pkg/apis/meta/v1/validation`.

use serde_json::{Value, json};

use crate::object::{at, items, text};
use crate::request::Ask;
use crate::status::{FieldFault, Refusal};

/// How long the names of field managers may be.
const MANAGER_BYTES: usize = 128;

/// Checks the options of a creation or an update; `kind` is `CreateOptions` or `UpdateOptions`.
pub(crate) fn check_write(ask: &Ask, kind: &str) -> Result<(), Refusal> {
    check(kind, &common(ask))
}

/// Checks the options of a patch.
pub(crate) fn check_patch(ask: &Ask) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    if ask.media_type() == "application/apply-patch+yaml" {
        if ask.query.get("fieldManager").is_empty() {
            faults.push(FieldFault::required("fieldManager", "is required for apply patch"));
        }
    } else if !ask.query.get("force").is_empty() {
        faults.push(FieldFault::forbidden(
            "force",
            "may not be specified for non-apply patch",
        ));
    }
    faults.extend(common(ask));
    check("PatchOptions", &faults)
}

fn check(kind: &str, faults: &[FieldFault]) -> Result<(), Refusal> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid_options(kind, faults))
    }
}

fn common(ask: &Ask) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let manager = ask.query.get("fieldManager");
    if manager.len() > MANAGER_BYTES {
        faults.push(FieldFault::too_long("fieldManager", MANAGER_BYTES));
    }
    for (place, rune) in manager.char_indices() {
        if !go_value::strconv::is_print(rune) {
            let detail = format!("invalid character U+{:04X} (at position {place})", u32::from(rune));
            faults.push(FieldFault::invalid("fieldManager", &json!(manager), &detail));
        }
    }
    let dry_run: Vec<&str> = ask.query.all("dryRun").collect();
    faults.extend(dry_run_fault(&json!(dry_run)));
    let validation = ask.query.get("fieldValidation");
    let supported = ["", "Ignore", "Strict", "Warn"];
    if !supported.contains(&validation) {
        faults.push(FieldFault::unsupported(
            "fieldValidation",
            &json!(validation),
            &supported,
        ));
    }
    faults
}

fn dry_run_fault(values: &Value) -> Option<FieldFault> {
    let list = values.as_array()?;
    let fits = list.iter().all(|value| value == "All");
    (!fits).then(|| FieldFault::unsupported("dryRun", values, &["All"]))
}

/// Returns the options of a deletion: those of the body, else those of the query.
pub(crate) fn of_deletion(ask: &Ask) -> Result<Value, Refusal> {
    let options = if ask.body.is_empty() {
        from_query(ask)?
    } else {
        crate::write::read_options(ask)?
    };
    let mut faults = Vec::new();
    let policy = at(&options, &["propagationPolicy"]).filter(|policy| !policy.is_null());
    if let Some(policy) = policy {
        if at(&options, &["orphanDependents"]).is_some_and(|orphan| !orphan.is_null()) {
            let detail = "orphanDependents and deletionPropagation cannot be both set";
            faults.push(FieldFault::invalid("propagationPolicy", policy, detail));
        }
        if !matches!(policy.as_str(), Some("Foreground" | "Background" | "Orphan")) {
            let supported = ["Foreground", "Background", "Orphan", "nil"];
            faults.push(FieldFault::unsupported("propagationPolicy", policy, &supported));
        }
    }
    faults.extend(dry_run_fault(at(&options, &["dryRun"]).unwrap_or(&Value::Null)));
    check("DeleteOptions", &faults)?;
    Ok(options)
}

fn from_query(ask: &Ask) -> Result<Value, Refusal> {
    let mut options = json!({});
    let query = &ask.query;
    let mut set = |name: &str, value: Value| crate::object::set(&mut options, &[name], value);
    if query.has("propagationPolicy") {
        set("propagationPolicy", query.get("propagationPolicy").into());
    }
    let dry_run: Vec<&str> = query.all("dryRun").collect();
    if !dry_run.is_empty() {
        set("dryRun", json!(dry_run));
    }
    if query.has("orphanDependents") {
        // Go's decoder takes everything but these for true.
        let text = query.get("orphanDependents").to_lowercase();
        set("orphanDependents", (!matches!(text.as_str(), "false" | "0")).into());
    }
    if query.has("gracePeriodSeconds") {
        let text = query.get("gracePeriodSeconds");
        let seconds: i64 = text
            .parse()
            .map_err(|_| Refusal::bad_request(format!("strconv.ParseInt: parsing {text:?}: invalid syntax")))?;
        set("gracePeriodSeconds", seconds.into());
    }
    Ok(options)
}

/// Says whether a deletion is only tried.
pub(crate) fn is_dry(options: &Value) -> bool {
    items(options, &["dryRun"]).contains(&json!("All"))
}

/// Returns the policy that a deletion asks for.
pub(crate) fn propagation(options: &Value) -> &str {
    text(options, &["propagationPolicy"])
}
