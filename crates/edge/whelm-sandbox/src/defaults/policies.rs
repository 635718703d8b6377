//! Defaults of webhooks, admission policies, and the priorities of requests.

use serde_json::{Value, json};

use super::{each, in_map};
use crate::kinds::Kind;
use crate::object::{int, set, set_default};

pub(super) fn admission(kind: &Kind, object: &mut Value) {
    match kind.plural.as_str() {
        "mutatingwebhookconfigurations" => webhooks(object, true),
        "validatingwebhookconfigurations" => webhooks(object, false),
        "validatingadmissionpolicies" | "mutatingadmissionpolicies" => in_map(object, "spec", |spec| {
            set_default(spec, &["failurePolicy"], "Fail");
            in_map(spec, "matchConstraints", match_resources);
        }),
        _ => in_map(object, "spec", |spec| in_map(spec, "matchResources", match_resources)),
    }
}

fn match_resources(resources: &mut Value) {
    set_default(resources, &["matchPolicy"], "Equivalent");
    set_default(resources, &["namespaceSelector"], json!({}));
    set_default(resources, &["objectSelector"], json!({}));
    for list in ["resourceRules", "excludeResourceRules"] {
        each(resources, list, |rule| set_default(rule, &["scope"], "*"));
    }
}

fn webhooks(object: &mut Value, mutating: bool) {
    each(object, "webhooks", |webhook| {
        set_default(webhook, &["failurePolicy"], "Fail");
        set_default(webhook, &["matchPolicy"], "Equivalent");
        set_default(webhook, &["namespaceSelector"], json!({}));
        set_default(webhook, &["objectSelector"], json!({}));
        set_default(webhook, &["timeoutSeconds"], 10);
        if mutating {
            set_default(webhook, &["reinvocationPolicy"], "Never");
        }
        each(webhook, "rules", |rule| set_default(rule, &["scope"], "*"));
        if let Some(service) = webhook.pointer_mut("/clientConfig/service") {
            set_default(service, &["port"], 443);
        }
    });
}

/// The defaults of FlowSchemas and PriorityLevelConfigurations.
pub(super) fn flow(kind: &Kind, object: &mut Value) {
    in_map(object, "spec", |spec| {
        if kind.plural == "flowschemas" {
            if int(spec, &["matchingPrecedence"]).unwrap_or(0) == 0 {
                set(spec, &["matchingPrecedence"], 1000);
            }
            return;
        }
        for (form, shares) in [("limited", 30), ("exempt", 0)] {
            in_map(spec, form, |own| {
                set_default(own, &["nominalConcurrencyShares"], shares);
                set_default(own, &["lendablePercent"], 0);
            });
        }
        if let Some(queuing) = spec.pointer_mut("/limited/limitResponse/queuing") {
            for (field, value) in [("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)] {
                if int(queuing, &[field]).unwrap_or(0) == 0 {
                    set(queuing, &[field], value);
                }
            }
        }
    });
}
