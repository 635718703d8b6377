//! Results as JSON or YAML.

use go_value::Value;
use go_value::json::{self, Escape};

use crate::failure::Failure;
use crate::output::Output;

/// Prints a value as one line of JSON or as YAML. Maps at the top, or in a list at the top, have their keys in the given
/// order in JSON, as Go's structs do; keys that are not named are left out.
pub fn print(format: &str, value: &Value, order: &[&str], output: &mut Output) -> Result<(), Failure> {
    if format == "yaml" {
        let text =
            go_yaml::to_yaml(value).map_err(|error| Failure::new(format!("unable to write YAML output: {error}")))?;
        output.write(&text);
        return Ok(());
    }
    let text =
        json_text(value, order).map_err(|error| Failure::new(format!("unable to write JSON output: {error}")))?;
    output.write(text.as_bytes());
    output.write(b"\n");
    Ok(())
}

fn json_text(value: &Value, order: &[&str]) -> Result<String, json::Error> {
    match value {
        _ if order.is_empty() => json::to_string(value, Escape::Html),
        Value::List(items) => {
            let items = items
                .iter()
                .map(|item| json_text(item, order))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", items.join(",")))
        }
        Value::Map(map) => {
            let mut fields = Vec::new();
            for name in order {
                if let Some(value) = map.get(name.as_bytes()) {
                    fields.push(format!("\"{name}\":{}", json::to_string(value, Escape::Html)?));
                }
            }
            Ok(format!("{{{}}}", fields.join(",")))
        }
        _ => json::to_string(value, Escape::Html),
    }
}
