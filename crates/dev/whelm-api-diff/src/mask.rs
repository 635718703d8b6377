//! Taking out of answers what differs between any two servers: UIDs, times, versions, addresses, random names.

use serde_json::Value;

use crate::exchange::Answer;

/// Takes out of an answer what no two servers have in common. `run` is the part of names that differs between runs, `prefix`
/// the start of a name that the server was asked to make up.
pub fn mask(answer: &mut Answer, run: &str, prefix: &str) {
    if !prefix.is_empty() {
        mask_generated(&mut answer.body, prefix);
    }
    mask_value(&mut answer.body, "", run);
    for warning in &mut answer.warnings {
        *warning = mask_text(warning, run);
    }
}

fn mask_value(value: &mut Value, field: &str, run: &str) {
    match value {
        Value::Object(fields) => {
            sort_owners(fields);
            sort_conflicts(fields);
            // Names of fields come from names of objects in places, as in managedFields.
            let own = std::mem::take(fields);
            for (name, mut value) in own {
                mask_value(&mut value, &name, run);
                fields.insert(mask_text(&name, run), value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_value(item, field, run)),
        Value::String(text) => *text = mask_field(field, &sort_patched(text, run), run),
        Value::Number(_) if field == "nodePort" || field == "healthCheckNodePort" => *value = "PORT".into(),
        _ => {}
    }
}

/// Owners come in the order of their times, which are whole seconds: which of two is first depends on the clock.
fn sort_owners(metadata: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(owners)) = metadata.get_mut("managedFields") {
        owners.sort_by_key(|owner| {
            let text = |name: &str| owner.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            (
                text("operation"),
                text("manager"),
                text("apiVersion"),
                text("subresource"),
            )
        });
    }
}

/// The real server lists conflicts in the random order of Go's maps. Their message is sorted.
fn sort_conflicts(details: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(causes)) = details.get_mut("causes")
        && causes.iter().any(|cause| {
            cause
                .get("reason")
                .is_some_and(|reason| reason == "FieldManagerConflict")
        })
    {
        causes.sort_by_key(ToString::to_string);
    }
}

/// What a patch made, where it cannot be read, is shown as JSON in the order of Go's structs, which is recorded nowhere.
fn sort_patched(text: &str, run: &str) -> String {
    const BEFORE: &str = "nvalid value: ";
    let sorted = || {
        let start = text.find(BEFORE)? + BEFORE.len();
        let rest = text.get(start..).filter(|rest| rest.starts_with("\"{"))?;
        let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let shown = strings.next()?.ok()?;
        let end = start + strings.byte_offset();
        let mut value: Value = serde_json::from_str(&shown).ok()?;
        mask_value(&mut value, "", run);
        let quoted = Value::String(value.to_string()).to_string();
        Some(format!("{}{quoted}{}", text.get(..start)?, text.get(end..)?))
    };
    sorted().unwrap_or_else(|| text.to_owned())
}

/// The end of a generated name is random.
fn mask_generated(value: &mut Value, prefix: &str) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| mask_generated(field, prefix)),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_generated(item, prefix)),
        Value::String(text) => {
            let mut from = 0;
            while let Some(start) = text
                .get(from..)
                .and_then(|rest| rest.find(prefix))
                .map(|place| from + place + prefix.len())
            {
                let random = text
                    .get(start..start + 5)
                    .is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_alphanumeric()));
                if random {
                    text.replace_range(start..start + 5, "NAME");
                }
                from = start;
            }
        }
        _ => {}
    }
}

fn mask_field(field: &str, text: &str, run: &str) -> String {
    match field {
        "resourceVersion" if text != "0" && !text.is_empty() => "VERSION".into(),
        "continue" => "TOKEN".into(),
        "token" if text.starts_with("ey") || text == "sandbox" => "TOKEN".into(),
        "cells" if is_age(text) => "AGE".into(),
        "clusterIP" | "clusterIPs" | "cells" if text.starts_with("10.") => "ADDRESS".into(),
        _ => mask_text(text, run),
    }
}

/// Says whether a cell of a table is an age: the two servers do not look at the same moment.
fn is_age(text: &str) -> bool {
    let digits = text.strip_suffix('s').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Masks UIDs, times, versions of the store and the name of the run wherever they stand in a text.
pub fn mask_text(text: &str, run: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (mark, length) = if is_uid(rest) {
            ("UID", 36)
        } else if let Some(length) = time_length(rest) {
            ("TIME", length)
        } else if rest.starts_with("kube-api-access-") && rest.len() >= 21 {
            ("kube-api-access-NAME", 21)
        } else if !run.is_empty() && rest.starts_with(run) {
            ("RUN", run.len())
        } else {
            masked.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        };
        masked.push_str(mark);
        rest = rest.get(length..).unwrap_or_default();
    }
    mask_versions(&masked)
}

/// Versions of the store stand in a few messages.
fn mask_versions(text: &str) -> String {
    let mut text = text.to_owned();
    for before in [
        "ResourceVersion in precondition: ",
        "ResourceVersion in object meta: ",
        "too old resource version: ",
        "ResourceVersion in the precondition (",
        "ResourceVersion in record (",
        "Too large resource version: ",
        "current: ",
        "resourceVersion: \"",
    ] {
        let mut from = 0;
        while let Some(place) = text.get(from..).and_then(|rest| rest.find(before)) {
            let start = from + place + before.len();
            let length = text
                .get(start..)
                .unwrap_or_default()
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count();
            if length > 0 {
                text.replace_range(start..start + length, "VERSION");
            }
            from = start;
        }
    }
    text
}

fn is_uid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 36
        && bytes.iter().take(36).enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Returns the length of the time at the start of a text, such as `2026-01-02T03:04:05Z`.
fn time_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let pattern = b"0000-00-00T00:00:00";
    let fits = bytes.len() >= 20
        && bytes.iter().zip(pattern).all(|(byte, wanted)| {
            if *wanted == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == wanted
            }
        });
    if !fits || bytes.get(..3) != Some(b"202") {
        return None;
    }
    let tail = bytes.get(19..)?;
    let fraction = tail
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
        .count();
    (tail.get(fraction) == Some(&b'Z')).then_some(20 + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_alike() {
        assert_eq!(
            (mask_field("cells", "17s", ""), mask_field("cells", "1/1", "")),
            ("AGE".into(), "1/1".into())
        );
    }

    #[test]
    fn masks_what_is_unlike_anywhere() {
        let text = "uid 0a0b0c0d-1111-4222-8333-444455556666 at 2026-01-02T03:04:05Z in diff-zq7-1 (too old resource version: 12 (34))";
        assert_eq!(
            mask_text(text, "zq7"),
            "uid UID at TIME in diff-RUN-1 (too old resource version: VERSION (34))"
        );
    }
}
