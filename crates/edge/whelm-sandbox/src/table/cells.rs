//! What many cells are made of.

use serde_json::{Value, json};

use crate::object::{at, int, items, name, text};

/// Returns how long ago something was, as people say it.
pub(super) fn since(moment: &str, now: i64) -> String {
    kstatus::Timestamp::parse(moment).map_or_else(|| "<unknown>".into(), |moment| span(now - moment.unix_millis()))
}

/// Returns a time in milliseconds in its one or two largest units.
pub(super) fn span(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let two = |large: i64, unit: char, small: i64, small_unit: char| {
        if small == 0 {
            format!("{large}{unit}")
        } else {
            format!("{large}{unit}{small}{small_unit}")
        }
    };
    match seconds {
        ..-1 => "<invalid>".into(),
        -1..0 => "0s".into(),
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, 'm', seconds % 60, 's'),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, 'h', minutes % 60, 'm'),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(hours / 24, 'd', hours % 24, 'h'),
        691_200..63_072_000 => format!("{}d", hours / 24),
        63_072_000..252_288_000 => two(hours / 24 / 365, 'y', hours / 24 % 365, 'd'),
        _ => format!("{}y", hours / 24 / 365),
    }
}

/// Returns the number at a path, 0 when there is none.
pub(super) fn count(object: &Value, path: &[&str]) -> Value {
    json!(int(object, path).unwrap_or(0))
}

/// Returns the text at a path.
pub(super) fn plain(object: &Value, path: &[&str]) -> Value {
    json!(text(object, path))
}

/// Returns the text at a path, or what stands for none.
pub(super) fn text_or(object: &Value, path: &[&str], none: &str) -> String {
    match text(object, path) {
        "" => none.to_owned(),
        text => text.to_owned(),
    }
}

/// Returns a text, number or truth at a path as text.
pub(super) fn scalar(object: &Value, path: &[&str]) -> Option<String> {
    match at(object, path)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

/// Returns whether the value at a path is true.
pub(super) fn is_true(object: &Value, path: &[&str]) -> bool {
    at(object, path) == Some(&Value::Bool(true))
}

/// Returns how many fields a map or items a list has.
pub(super) fn size(object: &Value, path: &[&str]) -> usize {
    match at(object, path) {
        Some(Value::Object(fields)) => fields.len(),
        Some(Value::Array(items)) => items.len(),
        _ => 0,
    }
}

/// Joins the texts of a list.
pub(super) fn joined(object: &Value, path: &[&str]) -> String {
    let texts: Vec<&str> = items(object, path).iter().filter_map(Value::as_str).collect();
    texts.join(",")
}

/// Returns texts, at most three, and how many more there are.
pub(super) fn first_three(texts: &[String], none: &str) -> String {
    match texts {
        [] => none.to_owned(),
        [first @ .., _] if first.len() >= 3 => format!("{} + {} more...", texts[..3].join(","), texts.len() - 3),
        _ => texts.join(","),
    }
}

/// Returns a map of labels as `a=b,c=d`.
pub(super) fn labels_text(object: &Value, path: &[&str]) -> String {
    let pairs: Vec<String> = at(object, path)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    if pairs.is_empty() {
        return "<none>".into();
    }
    pairs.join(",")
}

/// Returns a label selector as clients write it, or what stands for one that says nothing.
pub(crate) fn selector_text(object: &Value, path: &[&str], none: &str) -> String {
    let Some(selector) = at(object, path).filter(|selector| !selector.is_null()) else {
        return none.to_owned();
    };
    let labels = at(selector, &["matchLabels"]).and_then(Value::as_object);
    let mut parts: Vec<(&str, String)> = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), format!("{key}={}", value.as_str().unwrap_or_default())))
        .collect();
    for expression in items(selector, &["matchExpressions"]) {
        let key = text(expression, &["key"]);
        parts.push((key, requirement(key, expression)));
    }
    if parts.is_empty() {
        return none.to_owned();
    }
    parts.sort_by_key(|(key, _)| *key);
    let texts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
    texts.join(",")
}

fn requirement(key: &str, expression: &Value) -> String {
    let mut values: Vec<&str> = items(expression, &["values"])
        .iter()
        .filter_map(Value::as_str)
        .collect();
    values.sort_unstable();
    match text(expression, &["operator"]) {
        "In" => format!("{key} in ({})", values.join(",")),
        "NotIn" => format!("{key} notin ({})", values.join(",")),
        "DoesNotExist" => format!("!{key}"),
        _ => key.to_owned(),
    }
}

/// Joins a field of the containers of a Pod's spec.
pub(super) fn containers(object: &Value, spec: &[&str], field: &str) -> Value {
    let path = [spec, &["containers"]].concat();
    let texts: Vec<&str> = items(object, &path)
        .iter()
        .map(|container| text(container, &[field]))
        .collect();
    json!(texts.join(","))
}

/// Returns the name with a mark for the default one of its kind.
pub(super) fn name_or_default(object: &Value, annotation: &str) -> Value {
    if text(object, &["metadata", "annotations", annotation]) == "true" {
        json!(format!("{} (default)", name(object)))
    } else {
        json!(name(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_at_most_two_units() {
        const HOUR: i64 = 3600;
        let cases = [
            (-5, "<invalid>"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (125, "2m5s"),
            (601, "10m"),
            (3 * HOUR, "3h"),
            (3 * HOUR + 61, "3h1m"),
            (9 * HOUR + 61, "9h"),
            (48 * HOUR, "2d"),
            (50 * HOUR, "2d2h"),
            (10 * 24 * HOUR, "10d"),
            (3 * 365 * 24 * HOUR, "3y"),
            (9 * 365 * 24 * HOUR, "9y"),
        ];
        for (seconds, wanted) in cases {
            assert_eq!(span(seconds * 1000), wanted, "{seconds}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let texts: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(first_three(&texts, ""), "a,b,c + 1 more...");
        assert_eq!(first_three(&texts[..3], ""), "a,b,c");
        assert_eq!(first_three(&[], "*"), "*");
    }
}
