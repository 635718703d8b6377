//! Values, dependencies and schemas, with the results and texts of Helm 4.3.1.
#![allow(clippy::unwrap_used, reason = "a test")]

use go_value::json::Escape;
use go_value::{Map, Str, Value};
use whelm_chart::{BufferedFile, Chart, Log, load_files, load_values};
use whelm_values::{
    Error, ErrorKind, NoSchemas, SchemaLoader, ValueSources, check_schema, check_schemas, coalesce_shared_values,
    coalesce_values, is_likely_enabled, path_value, process_dependencies,
};

fn chart(list: &[(&str, &str)]) -> Chart {
    let files = list
        .iter()
        .map(|(name, data)| BufferedFile::new(*name, *data))
        .collect();
    load_files(files, &mut Log::default()).unwrap()
}

fn values(yaml: &str) -> Map {
    load_values(yaml.as_bytes()).unwrap()
}

fn json(map: &Map) -> String {
    go_value::json::to_string(&Value::Map(map.clone()), Escape::Plain).unwrap()
}

const PARENT: &str = "apiVersion: v2\nname: p\nversion: 1.0.0\n";
const SUB: &str = "name: sub\nversion: 1.0.0\n";

/// Processes and coalesces; gives the values as JSON and the log.
fn run(chart: &mut Chart, user: &str) -> Result<(String, Vec<String>), Error> {
    let mut log = Log::default();
    let user = values(user);
    process_dependencies(chart, &user, &mut log)?;
    let found = coalesce_values(chart, &user, &mut log)?;
    Ok((json(&found), log.entries.iter().map(ToString::to_string).collect()))
}

fn merged(sources: &ValueSources) -> Result<String, String> {
    let mut read = |path: &[u8]| match path {
        b"one.yaml" => Ok(Str::from("a: 1\nm: {x: 1}\n---\nm: {z: 2}\n")),
        b"two.yaml" => Ok(Str::from("a: 2\nl: [1]\n")),
        b"list.yaml" => Ok(Str::from("- 1\n")),
        b"text" => Ok(Str::from("content")),
        path => Err(Error::new(
            ErrorKind::Source,
            format!("open {}: no such file or directory", String::from_utf8_lossy(path)),
        )),
    };
    sources
        .merge(&mut read)
        .map(|map| json(&map))
        .map_err(|error| error.to_string())
}

fn list(items: &[&str]) -> Vec<Str> {
    items.iter().map(|item| Str::from(*item)).collect()
}

// V-001
#[test]
fn v_001_kinds_of_sources_have_an_order() {
    let sources = ValueSources {
        value_files: list(&["one.yaml", "two.yaml"]),
        json_values: list(&["a=\"json\"", "{\"m\": {\"w\": [1]}}"]),
        values: list(&["a=set,b=set,c=set,d=set"]),
        string_values: list(&["b=1,c=str,d=str"]),
        file_values: list(&["c=text,d=text"]),
        literal_values: list(&["d=a,b"]),
    };
    let text =
        "{\"a\":\"set\",\"b\":\"1\",\"c\":\"content\",\"d\":\"a,b\",\"l\":[1],\"m\":{\"w\":[1],\"x\":1,\"z\":2}}";
    assert_eq!(merged(&sources).unwrap(), text);
}

// V-002, V-014, V-015, V-016, V-017
#[test]
fn v_014_what_cannot_be_read() {
    let set = |line: &str| ValueSources {
        values: list(&[line]),
        ..ValueSources::default()
    };
    let json = |line: &str| ValueSources {
        json_values: list(&[line]),
        ..ValueSources::default()
    };
    let cases = [
        (set("abc"), "failed parsing --set data: key \"abc\" has no value"),
        (set("k={a,b"), "failed parsing --set data: list must terminate with '}'"),
        (
            set("l[-1]=1"),
            "failed parsing --set data: negative -1 index not allowed",
        ),
        (
            set("l[70000]=1"),
            "failed parsing --set data: index of 70000 is greater than maximum supported index of 65536",
        ),
        (
            set("l[x]=1"),
            "failed parsing --set data: error parsing index: strconv.Atoi: parsing \"x\": invalid syntax",
        ),
        (
            set(&format!("{}=1", ["a"; 32].join("."))),
            "failed parsing --set data: value name nested level is greater than maximum supported nested level of 30",
        ),
        (json("a={bad"), "failed parsing --set-json data a={bad"),
        (json("{\"a\""), "failed parsing --set-json data JSON: {\"a\""),
        (
            ValueSources {
                file_values: list(&["s=none.txt"]),
                ..ValueSources::default()
            },
            "failed parsing --set-file data: open none.txt: no such file or directory",
        ),
        (
            ValueSources {
                literal_values: list(&["s"]),
                ..ValueSources::default()
            },
            "failed parsing --set-literal data: key \"s\" has no value",
        ),
        (
            ValueSources {
                value_files: list(&["list.yaml"]),
                ..ValueSources::default()
            },
            "failed to parse list.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \
             array into Go value of type map[string]interface {}",
        ),
    ];
    for (sources, text) in cases {
        assert_eq!(merged(&sources).unwrap_err(), text);
    }
    let fine = set("a[1].b=x\\,y,n=null,t=TRUE,z=007,e=,l={1,b,}");
    assert_eq!(
        merged(&fine).unwrap(),
        "{\"a\":[null,{\"b\":\"x,y\"}],\"e\":\"\",\"l\":[1,\"b\",\"\"],\"n\":null,\"t\":true,\"z\":\"007\"}"
    );
}

// V-004, V-007
#[test]
fn v_004_maps_merge_and_nulls_remove() {
    let text = "keep: 1\ngone: 1\nown: null\nm: {a: 1, b: {c: 1, d: 2}}\nl: [1, 2]\ns: text\n";
    let mut chart = chart(&[("Chart.yaml", PARENT), ("values.yaml", text)]);
    let (found, log) = run(&mut chart, "gone: null\nm: {b: {c: null}}\nl: [3]\ns: {x: 1}\n").unwrap();
    assert_eq!(
        found,
        "{\"keep\":1,\"l\":[3],\"m\":{\"a\":1,\"b\":{\"d\":2}},\"s\":{\"x\":1}}"
    );
    assert_eq!(log, ["level=INFO msg=\"warning: skipped value for p.s: Not a table.\""]);
}

// V-005, V-006
#[test]
fn v_006_globals_reach_the_charts_below() {
    let mut chart = chart(&[
        ("Chart.yaml", PARENT),
        ("values.yaml", "global: {g: parent, t: {deep: {a: 1}}}\nsub: {x: 1}\n"),
        ("charts/sub/Chart.yaml", SUB),
        (
            "charts/sub/values.yaml",
            "global: {g: sub, own: 1, t: {deep: {b: 2}}}\nx: 0\nz: 2\n",
        ),
    ]);
    let (found, _) = run(&mut chart, "global: {new: 1}\nsub: {z: null}\n").unwrap();
    assert_eq!(
        found,
        "{\"global\":{\"g\":\"parent\",\"new\":1,\"t\":{\"deep\":{\"a\":1,\"b\":2}}},\"sub\":{\"global\":{\"g\":\"parent\",\"new\":1,\"own\":1,\"t\":{\"deep\":{\"a\":1,\"b\":2}}},\"x\":1}}"
    );
    let (_, log) = run(&mut chart, "global: 1\n").unwrap();
    assert!(
        log.contains(&"level=INFO msg=\"warning: skipping globals because source global is not a table.\"".to_owned())
    );
}

// V-008
#[test]
fn v_008_something_else_under_the_name_of_a_chart() {
    let chart = chart(&[("Chart.yaml", PARENT), ("charts/sub/Chart.yaml", SUB)]);
    for (user, text) in [
        ("sub: 5", "type mismatch on sub: %!t(float64=5)"),
        ("sub: text", "type mismatch on sub: %!t(string=text)"),
        ("sub: true", "type mismatch on sub: true"),
        ("sub: [1, null]", "type mismatch on sub: [%!t(float64=1) <nil>]"),
        ("sub: null", "type mismatch on sub: %!t(<nil>)"),
    ] {
        let error = coalesce_values(&chart, &values(user), &mut Log::default()).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::TypeMismatch, text)
        );
    }
}

// V-009, V-010
#[test]
fn v_009_conditions_and_tags() {
    let dependencies = format!(
        "{PARENT}dependencies:\n- {{name: sub, version: '*', repository: '', condition: 'sub.first,sub.second,sub.other', tags: [back, web]}}\n"
    );
    let count = |user: &str| {
        let mut chart = chart(&[("Chart.yaml", &dependencies), ("charts/sub/Chart.yaml", SUB)]);
        let (_, log) = run(&mut chart, user).unwrap();
        (chart.dependencies().len(), log)
    };
    for (user, expected) in [
        ("{}", 1),
        ("tags: {back: false}", 0),
        ("tags: {back: false, web: true}", 1),
        ("tags: {back: false}\nsub: {second: true}", 1),
        ("sub: {second: false, other: true}", 0),
        ("sub: {other: false}", 0),
    ] {
        assert_eq!(count(user).0, expected, "{user}");
    }
    let (found, log) = count("sub: {second: 'yes'}\ntags: {back: 1}");
    assert_eq!(found, 1);
    assert_eq!(
        log,
        [
            "level=WARN msg=\"returned non-bool value\" tag=back chart=sub",
            "level=WARN msg=\"returned non-bool value\" path=sub.second chart=sub",
        ]
    );
}

// V-011, V-012
#[test]
fn v_011_imports() {
    let dependencies = format!(
        "{PARENT}dependencies:\n- name: sub\n  version: '*'\n  repository: ''\n  import-values:\n  - data\n  - {{child: a.b, parent: \
         c.d}}\n  - none\n"
    );
    let mut chart = chart(&[
        ("Chart.yaml", &dependencies),
        ("values.yaml", "own: parent\n"),
        ("charts/sub/Chart.yaml", SUB),
        (
            "charts/sub/values.yaml",
            "exports: {data: {own: child, more: 1}}\na: {b: {x: 1}}\n",
        ),
    ]);
    let (_, log) = run(&mut chart, "{}").unwrap();
    let found = chart.values();
    assert_eq!(path_value(found, "own").unwrap(), &Value::from("parent"));
    assert_eq!(path_value(found, "more").unwrap(), &Value::Float(1.0));
    assert_eq!(path_value(found, "c.d.x").unwrap(), &Value::Float(1.0));
    assert_eq!(
        log,
        ["level=WARN msg=\"ImportValues missing table\" error=\"\\\"none\\\" is not a table\""]
    );
}

// V-013
#[test]
fn v_013_one_chart_under_two_names() {
    let dependencies = format!(
        "{PARENT}dependencies:\n- {{name: sub, version: '1', repository: '', alias: one}}\n- {{name: sub, version: '1', repository: '', \
         alias: two}}\n"
    );
    let mut chart = chart(&[
        ("Chart.yaml", &dependencies),
        ("values.yaml", "one: {v: 1}\n"),
        ("charts/sub/Chart.yaml", SUB),
        ("charts/sub/values.yaml", "v: 0\n"),
        ("charts/sub/templates/a.yaml", ""),
    ]);
    let (found, _) = run(&mut chart, "two: {v: 2}\n").unwrap();
    assert_eq!(
        found,
        "{\"one\":{\"global\":{},\"v\":1},\"two\":{\"global\":{},\"v\":2}}"
    );
    let paths: Vec<String> = chart.dependencies().iter().map(Chart::full_path).collect();
    assert_eq!(paths, ["p/charts/one", "p/charts/two"]);
}

fn schema_error(schema: &str, user: &str) -> String {
    match check_schema(&values(user), schema.as_bytes(), &mut NoSchemas, &mut Log::default()) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    }
}

// V-018, V-019, V-022
#[test]
fn v_019_what_does_not_fit() {
    for (schema, user, text) in [
        (
            r#"{"properties": {"a": {"minimum": 3}}}"#,
            "a: 1",
            "- at '/a': minimum: got 1, want 3\n",
        ),
        (
            r#"{"properties": {"a": {"maximum": 65535}}}"#,
            "a: 70000",
            "- at '/a': maximum: got 70,000, want 65,535\n",
        ),
        (r#"{"required": ["x"]}"#, "a: 1", "- at '': missing property 'x'\n"),
        (
            r#"{"additionalProperties": false}"#,
            "b: 1\na: 1",
            "- at '': additional properties 'a', 'b' not allowed\n",
        ),
        (
            r#"{"properties": {"a": {"type": ["string", "null"]}}}"#,
            "a: 1.5",
            "- at '/a': got number, want null or string\n",
        ),
        (
            r#"{"allOf": [{"required": ["x"]}]}"#,
            "a: 1",
            "- at '': 'allOf' failed\n  - at '': missing property 'x'\n",
        ),
        (
            r#"{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"minimum": 1, "exclusiveMinimum": true}}}"#,
            "a: 1",
            "- at '/a': exclusiveMinimum: got 1, want 1\n",
        ),
        (
            r##"{"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"b": {"const": "it's"}}}}}"##,
            "b: 1",
            "- at '/b': value must be 'it\\'s'\n",
        ),
        ("{", "a: 1", "unexpected EOF"),
        (
            r#"{"properties": {"a": {"pattern": "("}}}"#,
            "a: 1",
            "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation failed with \
             'https://json-schema.org/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/properties/a': 'allOf' failed\n    - at \
             '/properties/a/pattern': '(' is not valid regex: error parsing regexp: missing closing ): `(`",
        ),
    ] {
        assert_eq!(schema_error(schema, user), text, "{schema}");
    }
}

// V-019, V-021
#[test]
fn v_019_charts_one_after_the_other() {
    let schema = r#"{"properties": {"a": {"type": "integer"}}}"#;
    let chart = chart(&[
        ("Chart.yaml", PARENT),
        ("values.schema.json", schema),
        ("charts/sub/Chart.yaml", SUB),
        ("charts/sub/values.schema.json", schema),
    ]);
    let check = |user: &str| check_schemas(&chart, &values(user), &mut NoSchemas, &mut Log::default());
    let error = check("a: x\nsub: {a: z}\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "values don't meet the specifications of the schema(s) in the following chart(s):\np:\n- at '/a': got string, want integer\nsub:\n\
         - at '/a': got string, want integer\n"
    );
    assert!(check("a: 1\nsub: null\n").is_ok());
    let error = check("sub: 1\n").unwrap_err().to_string();
    assert!(
        error.ends_with("sub:\ninvalid type for values: expected object (map), got float64\n"),
        "{error}"
    );
}

#[test]
fn a_debug_line_for_each_schema_that_is_json() {
    let mut log = Log::default();
    let check = |schema: &[u8], log: &mut Log| check_schema(&Map::new(), schema, &mut NoSchemas, log);
    check(b"{\n}", &mut log).unwrap();
    check(b"{", &mut log).unwrap_err();
    let lines: Vec<String> = log.entries.iter().map(ToString::to_string).collect();
    assert_eq!(lines, [r#"level=DEBUG msg="unmarshalled JSON schema" schema="{\n}""#]);
}

struct Memory;

impl SchemaLoader for Memory {
    fn load(&mut self, url: &str) -> Result<Vec<u8>, String> {
        match url {
            "file:///dir/other.json" | "https://h/s.json" => Ok(br#"{"type": "string"}"#.to_vec()),
            url => Err(format!("HTTP request to {url} returned status 404 (Not Found)")),
        }
    }
}

// V-020
#[test]
fn v_020_references_elsewhere() {
    let check = |reference: &str| {
        let schema = format!(r#"{{"properties": {{"a": {{"$ref": "{reference}"}}}}}}"#);
        let mut log = Log::default();
        let outcome = check_schema(&values("a: 1"), schema.as_bytes(), &mut Memory, &mut log);
        (
            outcome.map_err(|error| error.to_string()),
            log.entries.last().map(ToString::to_string),
        )
    };
    let refused = Err("- at '/a': got number, want string\n".to_owned());
    assert_eq!(check("file:///dir/other.json").0, refused);
    assert_eq!(check("dir/other.json").0, refused);
    assert_eq!(check("https://h/s.json").0, refused);
    assert_eq!(
        check("https://h/no.json").0.unwrap_err(),
        "failing loading \"https://h/no.json\": HTTP request to https://h/no.json returned status 404 (Not Found)"
    );
    let (outcome, line) = check("urn:x:y");
    assert!(outcome.is_ok());
    assert_eq!(
        line.unwrap(),
        "level=WARN msg=\"unresolved URN reference ignored; using permissive schema\" urn=urn:x:y"
    );
    assert_eq!(
        check("ftp://h/x").0.unwrap_err(),
        "failing loading \"ftp://h/x\": no URLLoader registered for \"ftp://h/x\""
    );
}

#[test]
fn rings_of_charts_named_global_end() {
    let global = "name: global\nversion: 1.0.0\n";
    let mut chart = chart(&[
        ("Chart.yaml", PARENT),
        ("values.yaml", "global: {global: {global: {a: {b: {}}}}}\n"),
        ("charts/global/Chart.yaml", global),
        (
            "charts/global/values.yaml",
            "global: {a: {b: {c: 1}}, global: {a: 1}}\n",
        ),
        ("charts/global/charts/global/Chart.yaml", global),
        (
            "charts/global/charts/global/values.yaml",
            "global: {global: {global: {}}}\n",
        ),
    ]);
    // Helm dies of this, or not, as its maps happen to be walked over.
    let _ = run(&mut chart, "global: {global: {a: {b: {global: {}}}}}\n");
}

#[test]
fn lists_of_charts_are_shared_only_where_coalescing_shares_them() {
    let dependency = |alias: &str| format!("- {{name: sub, version: 1.0.0, alias: {alias}}}\n");
    let declared = format!("{PARENT}dependencies:\n{}{}", dependency("one"), dependency("two"));
    let mut chart = chart(&[
        ("Chart.yaml", &declared),
        ("values.yaml", "global: {list: [{b: 1}]}\n"),
        ("charts/sub/Chart.yaml", SUB),
        ("charts/sub/values.yaml", "x: {y: {list: [{a: 1}]}}\n"),
    ]);
    let (user, mut log) = (Map::new(), Log::default());
    process_dependencies(&mut chart, &user, &mut log).unwrap();
    let found = coalesce_shared_values(&chart, &user, &mut log).unwrap();
    let wanted = r#"[[["global", "list"], ["one", "global", "list"], ["two", "global", "list"]]]"#;
    assert_eq!(format!("{:?}", found.shared), wanted);
}

#[test]
fn guesses_whether_a_dependency_takes_part() {
    let parent = format!(
        "{PARENT}dependencies:\n- {{name: a}}\n- {{name: b, condition: \"one.switch,two.switch\"}}\n- {{name: c, condition: any.such}}\n"
    );
    let chart = chart(&[
        ("Chart.yaml", &parent),
        ("values.yaml", "one: {switch: text}\ntwo: {switch: false}\n"),
    ]);
    let guess = |user: &str| {
        let user = values(user);
        let dependencies = chart.metadata.dependencies();
        dependencies
            .map(|dependency| is_likely_enabled(&chart, dependency, &user))
            .collect::<Vec<bool>>()
    };
    assert_eq!(guess(""), [true, false, true]);
    assert_eq!(guess("two: {switch: true}"), [true, true, true]);
    assert_eq!(guess("{one: {switch: true}, any: {such: false}}"), [true, true, false]);
}
