//! A chart inside a record.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/{chart,metadata,dependency}.go`, `pkg/chart/common/file.go`.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use go_value::{
    Map, Str, Value,
    json::{Error, Escape, write_string, write_value},
};
use whelm_chart::{Chart, Dependency, File, Lock, Maintainer, Metadata, ModTime};

use crate::{
    Time,
    to_json::{Object, list},
};

const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

pub(crate) fn write(chart: &Chart, out: &mut String) -> Result<(), Error> {
    let mut object = Object::begin(out);
    write_metadata(&chart.metadata, object.key("metadata"))?;
    match &chart.lock {
        None => object.key("lock").push_str("null"),
        Some(lock) => write_lock(lock, object.key("lock"))?,
    }
    write_files(&chart.templates, object.key("templates"));
    match chart.values.as_deref() {
        None => object.key("values").push_str("null"),
        Some(values) => write_map(values, object.key("values"))?,
    }
    object.bytes("schema", chart.schema.as_ref());
    object.text(
        "schemamodtime",
        time_text(chart.schema_mod_time)
            .unwrap_or_else(|| ZERO_TIME.into())
            .as_bytes(),
    );
    write_files(&chart.files, object.key("files"));
    if let Some(time) = time_text(chart.mod_time) {
        object.text("modtime", time.as_bytes());
    }
    object.end();
    Ok(())
}

pub(crate) fn write_map(map: &Map, out: &mut String) -> Result<(), Error> {
    out.push('{');
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_string(out, key.as_bytes(), Escape::Html);
        out.push(':');
        write_value(out, value, Escape::Html)?;
    }
    out.push('}');
    Ok(())
}

fn time_text(time: Option<ModTime>) -> Option<String> {
    time.map(|time| Time::utc(time.seconds, time.nanoseconds).rfc3339_nano())
}

/// No files are `null`, as Go writes a list that nothing was added to.
fn write_files(files: &[File], out: &mut String) {
    if files.is_empty() {
        out.push_str("null");
        return;
    }
    list(out, files, |file, out| {
        let mut object = Object::begin(out);
        object.text("name", file.name.as_bytes());
        object.bytes("data", Some(&file.data));
        if let Some(time) = time_text(file.mod_time) {
            object.text("modtime", time.as_bytes());
        }
        object.end();
    });
}

fn write_metadata(metadata: &Metadata, out: &mut String) -> Result<(), Error> {
    let mut object = Object::begin(out);
    object.text_unless_empty("name", metadata.name.as_bytes());
    object.text_unless_empty("home", metadata.home.as_bytes());
    object.texts_unless_empty("sources", metadata.sources.as_deref().unwrap_or_default());
    object.text_unless_empty("version", metadata.version.as_bytes());
    object.text_unless_empty("description", metadata.description.as_bytes());
    object.texts_unless_empty("keywords", metadata.keywords.as_deref().unwrap_or_default());
    if let Some(maintainers) = metadata.maintainers.as_ref().filter(|all| !all.is_empty()) {
        list(object.key("maintainers"), maintainers, write_maintainer);
    }
    object.text_unless_empty("icon", metadata.icon.as_bytes());
    object.text_unless_empty("apiVersion", metadata.api_version.as_bytes());
    object.text_unless_empty("condition", metadata.condition.as_bytes());
    object.text_unless_empty("tags", metadata.tags.as_bytes());
    object.text_unless_empty("appVersion", metadata.app_version.as_bytes());
    if metadata.deprecated {
        object.key("deprecated").push_str("true");
    }
    if let Some(annotations) = metadata.annotations.as_ref().filter(|all| !all.is_empty()) {
        let mut inner = Object::begin(object.key("annotations"));
        for (key, value) in annotations {
            inner.text(key, value.as_bytes());
        }
        inner.end();
    }
    object.text_unless_empty("kubeVersion", metadata.kube_version.as_bytes());
    if let Some(dependencies) = metadata.dependencies.as_ref().filter(|all| !all.is_empty()) {
        write_dependencies(dependencies, object.key("dependencies"))?;
    }
    object.text_unless_empty("type", metadata.chart_type.as_bytes());
    object.end();
    Ok(())
}

fn write_maintainer(maintainer: &Option<Maintainer>, out: &mut String) {
    let Some(maintainer) = maintainer else {
        out.push_str("null");
        return;
    };
    let mut object = Object::begin(out);
    object.text_unless_empty("name", maintainer.name.as_bytes());
    object.text_unless_empty("email", maintainer.email.as_bytes());
    object.text_unless_empty("url", maintainer.url.as_bytes());
    object.end();
}

fn write_dependencies(dependencies: &[Option<Dependency>], out: &mut String) -> Result<(), Error> {
    let mut result = Ok(());
    list(out, dependencies, |dependency, out| match dependency {
        None => out.push_str("null"),
        Some(dependency) => {
            if let Err(error) = write_dependency(dependency, out) {
                result = Err(error);
            }
        }
    });
    result
}

fn write_dependency(dependency: &Dependency, out: &mut String) -> Result<(), Error> {
    let mut object = Object::begin(out);
    object.text("name", dependency.name.as_bytes());
    object.text_unless_empty("version", dependency.version.as_bytes());
    object.text("repository", dependency.repository.as_bytes());
    object.text_unless_empty("condition", dependency.condition.as_bytes());
    object.texts_unless_empty("tags", dependency.tags.as_deref().unwrap_or_default());
    if dependency.enabled {
        object.key("enabled").push_str("true");
    }
    if let Some(values) = dependency.import_values.as_ref().filter(|all| !all.is_empty()) {
        object.value("import-values", &Value::List(values.clone()))?;
    }
    object.text_unless_empty("alias", dependency.alias.as_bytes());
    object.end();
    Ok(())
}

fn write_lock(lock: &Lock, out: &mut String) -> Result<(), Error> {
    let mut object = Object::begin(out);
    object.text("generated", lock.generated.as_bytes());
    object.text("digest", lock.digest.as_bytes());
    match &lock.dependencies {
        None => object.key("dependencies").push_str("null"),
        Some(dependencies) => write_dependencies(dependencies, object.key("dependencies"))?,
    }
    object.end();
    Ok(())
}

pub(crate) fn read(value: &Value) -> Option<Chart> {
    value.as_map()?;
    let mut chart = Chart::default();
    chart.metadata = value.get("metadata").map(read_metadata).unwrap_or_default();
    chart.lock = value.get("lock").and_then(read_lock);
    chart.templates = read_files(value.get("templates"));
    chart.values = value
        .get("values")
        .and_then(Value::as_map)
        .map(|map| Arc::new(map.clone()));
    chart.schema = value.get("schema").and_then(read_bytes);
    chart.schema_mod_time = read_time(value, "schemamodtime");
    chart.files = read_files(value.get("files"));
    chart.mod_time = read_time(value, "modtime");
    if chart.schema.as_ref().is_some_and(|schema| schema.is_empty()) {
        chart.schema = None;
    }
    Some(chart)
}

fn read_files(value: Option<&Value>) -> Vec<File> {
    let items = value.and_then(Value::as_list).unwrap_or_default();
    let file = |item: &Value| {
        let mut file = File::new(
            item.get("name").and_then(Value::as_string).cloned().unwrap_or_default(),
            item.get("data").and_then(read_bytes).unwrap_or_default(),
        );
        file.mod_time = read_time(item, "modtime");
        file
    };
    items.iter().filter(|item| item.as_map().is_some()).map(file).collect()
}

fn read_bytes(value: &Value) -> Option<Str> {
    STANDARD.decode(value.as_string()?.as_bytes()).ok().map(Str::from)
}

fn read_time(value: &Value, key: &str) -> Option<ModTime> {
    let text = value.get(key)?.as_str()?;
    let time = Time::parse_rfc3339(text).filter(|_| text != ZERO_TIME)?;
    Some(ModTime {
        seconds: time.seconds,
        nanoseconds: time.nanoseconds,
    })
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_string)
        .map(|text| text.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn texts(value: &Value, key: &str) -> Option<Vec<String>> {
    let items = value.get(key)?.as_list()?;
    Some(
        items
            .iter()
            .filter_map(Value::as_string)
            .map(|text| text.to_string_lossy().into_owned())
            .collect(),
    )
}

fn truth(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn read_metadata(value: &Value) -> Metadata {
    let annotations = value.get("annotations").and_then(Value::as_map).map(|map| {
        let pair = |(key, value): (&Str, &Value)| {
            Some((
                key.to_string_lossy().into_owned(),
                value.as_string()?.to_string_lossy().into_owned(),
            ))
        };
        map.iter().filter_map(pair).collect::<BTreeMap<_, _>>()
    });
    Metadata {
        name: text(value, "name"),
        home: text(value, "home"),
        sources: texts(value, "sources"),
        version: text(value, "version"),
        description: text(value, "description"),
        keywords: texts(value, "keywords"),
        maintainers: value
            .get("maintainers")
            .and_then(Value::as_list)
            .map(|all| all.iter().map(read_maintainer).collect()),
        icon: text(value, "icon"),
        api_version: text(value, "apiVersion"),
        condition: text(value, "condition"),
        tags: text(value, "tags"),
        app_version: text(value, "appVersion"),
        deprecated: truth(value, "deprecated"),
        annotations,
        kube_version: text(value, "kubeVersion"),
        dependencies: read_dependencies(value),
        chart_type: text(value, "type"),
    }
}

fn read_maintainer(value: &Value) -> Option<Maintainer> {
    value.as_map()?;
    Some(Maintainer {
        name: text(value, "name"),
        email: text(value, "email"),
        url: text(value, "url"),
    })
}

fn read_dependencies(value: &Value) -> Option<Vec<Option<Dependency>>> {
    let items = value.get("dependencies")?.as_list()?;
    Some(items.iter().map(read_dependency).collect())
}

fn read_dependency(value: &Value) -> Option<Dependency> {
    value.as_map()?;
    Some(Dependency {
        name: text(value, "name"),
        version: text(value, "version"),
        repository: text(value, "repository"),
        condition: text(value, "condition"),
        tags: texts(value, "tags"),
        enabled: truth(value, "enabled"),
        import_values: value
            .get("import-values")
            .and_then(Value::as_list)
            .map(<[Value]>::to_vec),
        alias: text(value, "alias"),
    })
}

fn read_lock(value: &Value) -> Option<Lock> {
    value.as_map()?;
    Some(Lock {
        generated: text(value, "generated"),
        digest: text(value, "digest"),
        dependencies: read_dependencies(value),
    })
}
