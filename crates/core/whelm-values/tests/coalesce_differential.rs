//! Trees of charts with values of the user against Helm: V-004 to V-013.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test: it runs the reference and says what it found"
)]

mod support;

use std::sync::Arc;

use serde_json::{Map as JsonMap, Value as Json, json};
use support::{Answer, Random, compare, count, dump, dump_map, from_json, log_lines, map_from_json};
use whelm_chart::{Chart, Dependency, Log, Metadata};
use whelm_values::{coalesce_values, merge_values, process_dependencies};

/// No chart is called `global`: Helm ties its values into a ring then and dies of it.
const NAMES: &[&str] = &["sub", "other", "b", "third"];
const KEYS: &[&str] = &["a", "b", "c", "sub", "other", "global", "third", "tags", "exports", "x"];

fn scalar(random: &mut Random) -> Json {
    match random.below(8) {
        0 | 1 => Json::Null,
        2 => json!(true),
        3 => json!(false),
        4 => json!(1.5),
        5 => json!(7),
        6 => json!([1, null, {"a": null, "b": 2}]),
        _ => json!("s"),
    }
}

fn value(random: &mut Random, depth: usize) -> Json {
    if depth > 0 && random.chance(60) {
        table(random, depth - 1)
    } else {
        scalar(random)
    }
}

fn table(random: &mut Random, depth: usize) -> Json {
    let mut map = JsonMap::new();
    for _ in 0..random.below(5) {
        map.insert(random.pick(KEYS).to_owned(), value(random, depth));
    }
    Json::Object(map)
}

fn values(random: &mut Random) -> Json {
    let Json::Object(mut map) = table(random, 4) else {
        return json!({});
    };
    for key in ["global", "sub", "exports"] {
        if random.chance(50) {
            map.insert(key.to_owned(), table(random, 3));
        }
    }
    if random.chance(40) {
        map.insert(
            "tags".to_owned(),
            json!({"t": random.chance(50), "u": random.chance(50), "v": "no bool"}),
        );
    }
    Json::Object(map)
}

fn path(random: &mut Random) -> String {
    let parts: Vec<&str> = (0..=random.below(3)).map(|_| random.pick(KEYS)).collect();
    parts.join(".")
}

fn condition(random: &mut Random) -> String {
    let paths: Vec<String> = (0..random.below(3)).map(|_| path(random)).collect();
    paths.join(",")
}

fn import(random: &mut Random) -> Json {
    match random.below(6) {
        0 => json!(random.pick(KEYS)),
        1 => json!({"child": path(random), "parent": "."}),
        2 => json!({"child": path(random)}),
        3 => json!(5),
        _ => json!({"child": path(random), "parent": path(random)}),
    }
}

fn declared(random: &mut Random, name: &str) -> Json {
    let alias = if random.chance(25) {
        random.pick(&["alias", "again", "a"])
    } else {
        ""
    };
    let tags: Vec<&str> = (0..random.below(3))
        .map(|_| random.pick(&["t", "u", "v", "w"]))
        .collect();
    let imports: Vec<Json> = (0..random.below(3)).map(|_| import(random)).collect();
    let version = random.pick(&["1.0.0", ">=0.1", "^1", "^1", "2", "bad x"]);
    json!({"name": name, "version": version, "alias": alias, "condition": condition(random), "tags": tags, "import": imports})
}

fn tree(random: &mut Random, name: &str, depth: usize) -> Json {
    let mut below = Vec::new();
    let mut names = Vec::new();
    if depth > 0 {
        for name in NAMES.iter().filter(|_| random.chance(45)).collect::<Vec<_>>() {
            below.push(tree(random, name, depth - 1));
            names.push(*name);
        }
    }
    let mut list = Vec::new();
    for name in &names {
        for _ in 0..random.below(3) {
            list.push(declared(random, name));
        }
    }
    let values = if random.chance(85) { values(random) } else { Json::Null };
    let list = if list.is_empty() && random.chance(70) {
        Json::Null
    } else {
        Json::Array(list)
    };
    json!({"name": name, "version": "1.0.0", "values": values, "declared": list, "dependencies": below})
}

fn chart(json: &Json) -> Chart {
    let text = |json: &Json, key: &str| json[key].as_str().unwrap_or_default().to_owned();
    let dependency = |json: &Json| Dependency {
        name: text(json, "name"),
        version: text(json, "version"),
        alias: text(json, "alias"),
        condition: text(json, "condition"),
        tags: Some(
            json["tags"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tag| tag.as_str().unwrap().to_owned())
                .collect(),
        ),
        import_values: Some(json["import"].as_array().unwrap().iter().map(from_json).collect()),
        ..Dependency::default()
    };
    let mut chart = Chart::default();
    chart.metadata = Metadata {
        name: text(json, "name"),
        version: text(json, "version"),
        dependencies: json["declared"]
            .as_array()
            .map(|list| list.iter().map(|json| Some(dependency(json))).collect()),
        ..Metadata::default()
    };
    chart.values = json["values"]
        .is_object()
        .then(|| Arc::new(map_from_json(&json["values"])));
    chart.add_dependencies(json["dependencies"].as_array().unwrap().iter().map(self::chart));
    chart
}

fn dump_chart(chart: &Chart) -> String {
    let mut out = format!(
        "{} {} values={} declared=",
        chart.full_path(),
        chart.name(),
        dump_map(chart.values())
    );
    for dependency in chart.metadata.dependencies() {
        let imports = dependency
            .import_values
            .as_ref()
            .map(|list| dump(&go_value::Value::List(list.clone())));
        out += &format!(
            "({} {} {} {})",
            dependency.name,
            dependency.enabled,
            dependency.alias,
            imports.unwrap_or_else(|| "[]".to_owned())
        );
    }
    out += " below=[";
    for chart in chart.dependencies() {
        out += &dump_chart(chart);
        out += ";";
    }
    out + "]"
}

fn ours(question: &Json) -> Answer {
    let mut chart = chart(&question["chart"]);
    let values = map_from_json(&question["base"]);
    let mut log = Log::default();
    let outcome = match question["op"].as_str().unwrap() {
        "coalesce" => coalesce_values(&chart, &values, &mut log).map(|map| dump_map(&map)),
        "merge" => merge_values(&chart, &values, &mut log).map(|map| dump_map(&map)),
        _ => process_dependencies(&mut chart, &values, &mut log).and_then(|()| {
            let values = coalesce_values(&chart, &values, &mut log)?;
            Ok(format!("{} | {}", dump_chart(&chart), dump_map(&values)))
        }),
    };
    Answer {
        outcome: outcome.map_err(|error| error.to_string()),
        log: log_lines(&log),
    }
}

fn questions(seed: u64, op: &str, inputs: usize) -> Vec<Json> {
    let mut random = Random::new(seed);
    (0..inputs)
        .map(|_| json!({"op": op, "chart": tree(&mut random, "root", 3), "base": values(&mut random)}))
        .collect()
}

// V-004, V-005, V-006, V-007, V-008
#[test]
fn v_004_values_are_coalesced_as_helm_coalesces_them() {
    compare("coalesce", &questions(4, "coalesce", count(1500)), ours);
    compare("merge", &questions(5, "merge", count(1500)), ours);
}

// V-009, V-010, V-011, V-012, V-013
#[test]
fn v_009_dependencies_are_processed_as_helm_processes_them() {
    compare("process", &questions(9, "process", count(1500)), ours);
}
