//! Scenarios: rules that say what Pods do, and which requests go wrong.

use serde_json::Value;

use crate::faults::FaultRule;
use crate::object::{items, labels, name, namespace, text};
use crate::script::{Outcome, Script, millis};

/// Rules for a whole cluster.
///
/// A scenario is a YAML document:
///
/// ```yaml
/// pods:
/// - match: {namespace: shop, name: web-*, image: "*nginx*", labels: {app: web}}
///   outcome: CrashLoopBackOff
///   fails-for: 30s
/// - match: {image: "*slow*"}
///   ready-after: 2m
/// ```
///
/// The first rule that fits a Pod holds for it; all that `match` names has to fit, and `*` stands for any letters. The
/// fields of a rule are those of the annotations `sandbox.whelm.dev/…` of Pods, which come before rules:
///
/// | field | what it does |
/// |---|---|
/// | `outcome` | `Unschedulable`, `ImagePullBackOff`, `CrashLoopBackOff`, `NotReady`, `Failed` (where a Pod would be replaced and is always restarted, `CrashLoopBackOff`) or `QuotaExceeded` |
/// | `fails-for` | how long that lasts; without it, for ever |
/// | `ready-after` | how long containers take to become ready |
/// | `run-for` | how long containers run that are not restarted |
/// | `log` | what containers have written |
///
/// Requests can go wrong, too:
///
/// ```yaml
/// seed: 7
/// faults:
/// - match: {method: PATCH, path: /apis/apps/*, user-agent: kubectl*}
///   at: [1, 4]
///   status: 429
///   retry-after: 1
/// - match: {path: "*/secrets"}
///   chance: 0.1
///   latency: 300ms
/// ```
///
/// The first rule that hits a request decides. Of the requests that match, `at` names some by their numbers, `every: 3` takes
/// every third, `chance` a share that follows from `seed`, and `times` limits how many are hit.
///
/// | field | what it does |
/// |---|---|
/// | `latency` | the request takes longer |
/// | `status`, `retry-after`, `message` | the request is refused, and not carried out |
/// | `cut` | the connection breaks: `before` the request arrives, `after` it was carried out, or `within` the answer |
/// | `expire-watches: true` | all watches end with 410 Gone, and lists have to be made anew |
/// | `restart` | all connections break, and none can be made for this time |
#[derive(Debug, Clone, Default)]
pub struct Scenario {
    pub(crate) pods: Vec<PodRule>,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) seed: u64,
}

/// A rule for some Pods.
#[derive(Debug, Clone)]
pub(crate) struct PodRule {
    namespace: String,
    name: String,
    image: String,
    labels: Vec<(String, String)>,
    pub script: Script,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// It is no YAML, or has fields or values that a scenario does not have; the text says which.
    pub fn read(yaml: &[u8]) -> Result<Self, String> {
        let document = whole_numbers(crate::yaml::to_json(yaml)?);
        only(&document, &["pods", "faults", "seed"], "a scenario")?;
        let pods = items(&document, &["pods"]).iter().map(PodRule::read);
        let faults = items(&document, &["faults"]).iter().map(FaultRule::read);
        Ok(Scenario {
            pods: pods.collect::<Result<_, _>>()?,
            faults: faults.collect::<Result<_, _>>()?,
            seed: document.get("seed").and_then(Value::as_u64).unwrap_or(0),
        })
    }
}

/// YAML has one kind of number; those without a fraction are whole ones here.
fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64().filter(|float| float.fract() == 0.0) {
            Some(float) => format!("{float:.0}")
                .parse::<i64>()
                .map_or(Value::Number(number), Value::from),
            None => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole_numbers).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, whole_numbers(value)))
            .collect(),
        other => other,
    }
}

/// Refuses fields that nobody reads: they are mistakes.
pub(crate) fn only(value: &Value, known: &[&str], what: &str) -> Result<(), String> {
    let Value::Object(fields) = value else {
        return Err(format!("{what} has to be a map"));
    };
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        Some(field) => Err(format!(
            "{what} has no field {field:?}; it may have {}",
            known.join(", ")
        )),
        None => Ok(()),
    }
}

impl PodRule {
    fn read(rule: &Value) -> Result<Self, String> {
        const TIMES: [&str; 3] = ["fails-for", "ready-after", "run-for"];
        only(
            rule,
            &["match", "outcome", "log", TIMES[0], TIMES[1], TIMES[2]],
            "a rule for Pods",
        )?;
        let matched = rule.get("match").cloned().unwrap_or_else(|| serde_json::json!({}));
        only(&matched, &["namespace", "name", "image", "labels"], "match")?;
        if Outcome::named(text(rule, &["outcome"])).is_none() {
            return Err(format!("there is no outcome {:?}", text(rule, &["outcome"])));
        }
        for field in TIMES {
            let given = rule.get(field).map(|value| value.as_str().and_then(millis));
            if given == Some(None) {
                return Err(format!("{field} is no time such as 90s or 1m30s"));
            }
        }
        let mut script = Script::default();
        script.read(|field| Some(text(rule, &[field]).to_owned()).filter(|text| !text.is_empty()));
        let part = |field| text(&matched, &[field]).to_owned();
        let labels = matched.get("labels").and_then(Value::as_object);
        let pair = |(key, value): (&String, &Value)| (key.clone(), value.as_str().unwrap_or_default().to_owned());
        Ok(PodRule {
            namespace: part("namespace"),
            name: part("name"),
            image: part("image"),
            labels: labels.into_iter().flatten().map(pair).collect(),
            script,
        })
    }

    /// Says whether the rule is about a Pod, which may not have its generated name yet.
    pub fn selects(&self, pod: &Value) -> bool {
        let fits = |pattern: &str, text: &str| pattern.is_empty() || matches(pattern, text);
        let own = labels(pod);
        let pod_name = match name(pod) {
            "" => text(pod, &["metadata", "generateName"]),
            name => name,
        };
        let mut containers = items(pod, &["spec", "containers"]).iter();
        fits(&self.namespace, namespace(pod))
            && fits(&self.name, pod_name)
            && (self.image.is_empty() || containers.any(|own| fits(&self.image, text(own, &["image"]))))
            && self
                .labels
                .iter()
                .all(|(key, value)| own.get(key).is_some_and(|own| matches(value, own)))
    }
}

/// Says whether a text is a pattern, in which `*` stands for any letters.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn stars_stand_for_any_letters() {
        let cases = [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*b*c", "a1b2b3c", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("", "x", false),
            ("*x*", "axb", true),
            ("*x*y*", "ayx", false),
        ];
        for (pattern, text, wanted) in cases {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn rules_select_pods() {
        let yaml = "pods:\n- match: {namespace: a*, image: '*nginx*', labels: {app: web}}\n  outcome: NotReady\n  fails-for: 5s\n";
        let scenario = Scenario::read(yaml.as_bytes()).unwrap();
        let mut pod = json!({
            "metadata": {"namespace": "ab", "labels": {"app": "web"}}, "spec": {"containers": [{"image": "x/nginx:1"}]},
        });
        assert!(scenario.pods[0].selects(&pod));
        assert_eq!(scenario.pods[0].script.fails_for, 5000);
        pod["metadata"]["labels"]["app"] = json!("other");
        assert!(!scenario.pods[0].selects(&pod));
    }

    #[test]
    fn mistakes_are_named() {
        let error = |yaml: &str| Scenario::read(yaml.as_bytes()).unwrap_err();
        assert_eq!(error("pods: [{outcome: Broken}]"), "there is no outcome \"Broken\"");
        assert!(error("pod: []").starts_with("a scenario has no field \"pod\""));
        assert!(error("pods: [{match: {nme: x}}]").starts_with("match has no field \"nme\""));
        assert!(error("pods: [{ready-after: soon}]").starts_with("ready-after is no time"));
        assert!(error("[]").starts_with("a scenario has to be a map"));
    }
}
