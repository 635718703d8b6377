//! Executes a template from a file with JSON data: `render template.tmpl data.json`.

use std::sync::Arc;

use go_text_template::{FuncMap, Options, TemplateSet, Value};
use go_value::json::{Numbers, parse};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, template, data] = arguments.as_slice() else {
        return Err("usage: render template.tmpl data.json".into());
    };
    let text = std::fs::read(template)?;
    let data = parse(&std::fs::read(data)?, Numbers::Float).map_err(|error| error.to_string())?;
    let mut set = TemplateSet::new("main", Arc::new(FuncMap::default()));
    set.parse("main", text)?;
    let output = set.execute("main", &Value::thaw(&data), &Options::default())?;
    std::io::Write::write_all(&mut std::io::stdout(), &output)?;
    Ok(())
}
