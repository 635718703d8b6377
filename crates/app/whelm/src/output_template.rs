//! `--template` of commands that show something: Go's templates with Go's own functions only.

use go_text_template::{FuncMap, Options, TemplateSet, Value};

use crate::failure::Failure;

/// Executes the template on what is shown.
///
/// # Errors
/// Go's text.
pub fn execute(template: &str, data: &Value) -> Result<Vec<u8>, Failure> {
    let failed = |error: go_text_template::Error| Failure::new(error.to_string());
    let mut templates = TemplateSet::new("_", FuncMap::default().into());
    templates.parse("_", template).map_err(failed)?;
    templates.execute("_", data, &Options::default()).map_err(failed)
}
