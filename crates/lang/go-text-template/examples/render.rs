//! Executes a template with JSON data and a function of one's own.

use std::io::Write;
use std::sync::Arc;

use go_text_template::{FuncMap, Options, TemplateSet, Type, Value};
use go_value::json::{Numbers, parse};

const TEMPLATE: &str = r#"{{ range $name, $port := .ports -}}
{{ $name | shout }}: {{ printf "%05.1f" $port }}
{{ end }}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut functions = FuncMap::default();
    functions.add("shout", &[Type::String], |_, arguments| match &arguments[0] {
        Value::Str(text) => Ok(Value::from(format!("{text}!"))),
        other => Ok(other.clone()),
    });
    let mut set = TemplateSet::new("main", Arc::new(functions));
    set.parse("main", TEMPLATE)?;

    let data =
        parse(br#"{"ports": {"web": 80, "admin": 8080.5}}"#, Numbers::Float).map_err(|error| error.to_string())?;
    let output = set.execute("main", &Value::thaw(&data), &Options::default())?;
    std::io::stdout().write_all(&output)?;
    Ok(())
}
