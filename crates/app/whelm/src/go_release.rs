//! A release as templates of `--template` see it: Go's structs with their field names.
//!
//! Source: Helm 4.3.1, `pkg/release/v1`, `pkg/chart/v2`.

use std::any::Any;
use std::rc::Rc;

use go_text_template::{FuncError, Kind, List, Object, Signature, Type, Value};
use go_value::Str;
use whelm_sdk::chart::{Chart, File, Metadata};
use whelm_sdk::release::{Hook, Info, Release, Time};

use crate::times;

/// Returns the release as a `*release.Release`.
pub fn value(release: &Release) -> Value {
    let mut fields = vec![
        ("Name", text(&release.name)),
        ("Info", info(&release.info)),
        ("Chart", release.chart.as_deref().map_or(Value::Nil, chart)),
    ];
    let config = release.config.as_deref().cloned().unwrap_or_default();
    fields.extend([
        ("Config", Value::thaw(&go_value::Value::Map(config))),
        ("Manifest", Value::Str(release.manifest.clone())),
        ("Hooks", Value::list(release.hooks.iter().map(hook).collect())),
        ("Version", Value::Int(release.version)),
        ("Namespace", text(&release.namespace)),
        ("Labels", pairs(release.labels.iter())),
        ("ApplyMethod", text(&release.apply_method)),
    ]);
    Struct::pointer("*v1.Release", fields)
}

fn info(info: &Info) -> Value {
    Struct::pointer(
        "*v1.Info",
        vec![
            ("FirstDeployed", time(info.first_deployed)),
            ("LastDeployed", time(info.last_deployed)),
            ("Deleted", time(info.deleted)),
            ("Description", text(&info.description)),
            ("Status", text(info.status.as_str())),
            ("RollbackRevision", Value::Int(info.rollback_revision)),
            ("Notes", Value::Str(info.notes.clone())),
            ("Resources", Value::map([])),
        ],
    )
}

fn hook(hook: &Hook) -> Value {
    let run = Struct {
        type_: "v1.HookExecution",
        kind: Kind::Struct,
        fields: vec![
            ("StartedAt", time(hook.last_run.started_at)),
            ("CompletedAt", time(hook.last_run.completed_at)),
            ("Phase", text(hook.last_run.phase.as_str())),
        ],
    };
    Struct::pointer(
        "*v1.Hook",
        vec![
            ("Name", text(&hook.name)),
            ("Kind", text(&hook.kind)),
            ("Path", Value::Str(hook.path.clone())),
            ("Manifest", Value::Str(hook.manifest.clone())),
            ("Events", strings(hook.events.iter().map(|event| event.as_str()))),
            ("LastRun", Value::Object(Rc::new(run))),
            ("Weight", Value::Int(hook.weight)),
            (
                "DeletePolicies",
                strings(hook.delete_policies.iter().map(String::as_str)),
            ),
            (
                "OutputLogPolicies",
                strings(hook.output_log_policies.iter().map(String::as_str)),
            ),
        ],
    )
}

fn chart(chart: &Chart) -> Value {
    let files = |files: &[File]| Value::list(files.iter().map(file).collect());
    let schema = chart.schema.clone().unwrap_or_default();
    Struct::pointer(
        "*v2.Chart",
        vec![
            ("Raw", files(&chart.raw)),
            ("Metadata", metadata(&chart.metadata)),
            ("Templates", files(&chart.templates)),
            ("Values", Value::thaw(&go_value::Value::Map(chart.values().clone()))),
            ("Schema", Value::Bytes(schema)),
            ("Files", files(&chart.files)),
            ("Name", text(chart.name())),
            ("AppVersion", text(&chart.metadata.app_version)),
        ],
    )
}

fn file(file: &File) -> Value {
    let fields = vec![
        ("Name", Value::Str(file.name.clone())),
        ("Data", Value::Bytes(Str::clone(&file.data))),
    ];
    Struct::pointer("*common.File", fields)
}

fn metadata(metadata: &Metadata) -> Value {
    let list = |list: &Option<Vec<String>>| strings(list.iter().flatten().map(String::as_str));
    let maintainers = metadata.maintainers().map(|maintainer| {
        let fields = vec![
            ("Name", text(&maintainer.name)),
            ("Email", text(&maintainer.email)),
            ("URL", text(&maintainer.url)),
        ];
        Struct::pointer("*v2.Maintainer", fields)
    });
    let dependencies = metadata.dependencies().map(|dependency| {
        let fields = vec![
            ("Name", text(&dependency.name)),
            ("Version", text(&dependency.version)),
            ("Repository", text(&dependency.repository)),
            ("Condition", text(&dependency.condition)),
            ("Tags", list(&dependency.tags)),
            ("Enabled", Value::Bool(dependency.enabled)),
            ("Alias", text(&dependency.alias)),
        ];
        Struct::pointer("*v2.Dependency", fields)
    });
    Struct::pointer(
        "*v2.Metadata",
        vec![
            ("Name", text(&metadata.name)),
            ("Home", text(&metadata.home)),
            ("Sources", list(&metadata.sources)),
            ("Version", text(&metadata.version)),
            ("Description", text(&metadata.description)),
            ("Keywords", list(&metadata.keywords)),
            ("Maintainers", Value::list(maintainers.collect())),
            ("Icon", text(&metadata.icon)),
            ("APIVersion", text(&metadata.api_version)),
            ("Condition", text(&metadata.condition)),
            ("Tags", text(&metadata.tags)),
            ("AppVersion", text(&metadata.app_version)),
            ("Deprecated", Value::Bool(metadata.deprecated)),
            ("Annotations", pairs(metadata.annotations.iter().flatten())),
            ("KubeVersion", text(&metadata.kube_version)),
            ("Dependencies", Value::list(dependencies.collect())),
            ("Type", text(&metadata.chart_type)),
        ],
    )
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn strings<'a>(items: impl Iterator<Item = &'a str>) -> Value {
    Value::List(List::strings(items))
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a String, &'a String)>) -> Value {
    Value::map(pairs.map(|(key, value)| (Str::from(key.as_str()), text(value))))
}

fn time(time: Option<Time>) -> Value {
    Value::Object(Rc::new(GoTime(time)))
}

/// A struct, or a pointer to one.
#[derive(Debug)]
struct Struct {
    type_: &'static str,
    kind: Kind,
    fields: Vec<(&'static str, Value)>,
}

impl Struct {
    fn pointer(type_: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
        let kind = Kind::Ptr;
        Value::Object(Rc::new(Struct { type_, kind, fields }))
    }
}

impl Object for Struct {
    fn type_(&self) -> Type {
        Type::Named(self.type_)
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn field(&self, name: &str) -> Option<Value> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value.clone())
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        self.fields.clone()
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Err(format!("{} is no plain data", self.type_))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A `time.Time`; `None` is Go's zero time.
#[derive(Debug)]
struct GoTime(Option<Time>);

impl GoTime {
    fn format(&self, layout: &str) -> String {
        match self.0 {
            Some(time) => times::format(time, layout),
            None => times::format(Time::utc(ZERO, 0), layout),
        }
    }
}

/// Go's zero time in seconds since 1970.
const ZERO: i64 = -62_135_596_800;

impl Object for GoTime {
    fn type_(&self) -> Type {
        Type::Named("time.Time")
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let parameters = match name {
            "Format" => vec![Type::String],
            "IsZero" | "String" | "Unix" => Vec::new(),
            _ => return None,
        };
        Some(Signature {
            parameters,
            variadic: None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FuncError> {
        match (name, arguments) {
            ("Format", [Value::Str(layout)]) => Ok(Value::from(self.format(&layout.to_string_lossy()))),
            ("IsZero", _) => Ok(Value::Bool(self.0.is_none())),
            ("Unix", _) => Ok(Value::Int64(self.0.map_or(ZERO, |time| time.seconds))),
            _ => Ok(Value::Str(self.text().unwrap_or_default())),
        }
    }

    fn text(&self) -> Option<Str> {
        Some(Str::from(self.format(times::GO_STRING)))
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Ok(self.0.map_or_else(String::new, |time| time.rfc3339()).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
