//! `--template` of commands that show something: Go's templates with Go's own functions only.

use go_text_template::{FuncMap, Options, TemplateSet, Value};

use crate::failure::Failure;
use crate::output::Output;

/// Executes the template on what is shown. Where it fails, what it wrote until then is written.
///
/// # Errors
/// Go's text.
pub fn execute(template: &str, data: &Value, output: &mut Output) -> Result<(), Failure> {
    let failed = |error: go_text_template::Error| Failure::new(error.to_string());
    let mut templates = TemplateSet::new("_", FuncMap::default().into());
    templates.parse("_", template).map_err(failed)?;
    let mut text = Vec::new();
    let result = templates.execute_to("_", data, &Options::default(), &mut text);
    output.write(&text);
    result.map_err(failed)
}
