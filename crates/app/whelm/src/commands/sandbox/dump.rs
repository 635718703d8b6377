//! `helm sandbox dump`: all objects of the embedded cluster.

use whelm_cli::Invocation;
use whelm_sdk::kube_client::to_go_value;

use crate::failure::Failure;
use crate::output::Output;
use crate::sandbox;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let objects = sandbox::place_or_default(invocation).open()?.objects();
    let objects = objects.map_err(|error| Failure::new(error.to_string()))?;
    match invocation.string("output").as_str() {
        "json" => {
            let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": objects});
            output.write(format!("{list}\n").as_bytes());
            Ok(())
        }
        "yaml" => objects.iter().try_for_each(|object| {
            let text = go_yaml::to_yaml(&to_go_value(object)).map_err(|error| Failure::new(error.to_string()))?;
            output.write(b"---\n");
            output.write(&text);
            Ok(())
        }),
        format => Err(Failure::new(format!("objects cannot be written as {format}"))),
    }
}
