//! `helm version`: which Helm this behaves as.

use go_text_template::{Kind, Object, Type, Value};
use whelm_cli::Invocation;

use crate::build::{GO_VERSION, KUBE_CLIENT_VERSION, VERSION};
use crate::failure::Failure;
use crate::output::Output;
use crate::output_template::execute;

pub fn run(invocation: &Invocation<'_>, output: &mut Output) -> Result<(), Failure> {
    let template = invocation.string("template");
    if !template.is_empty() {
        let data = Value::Object(std::rc::Rc::new(BuildInfo));
        return execute(&template, &data, output);
    }
    let text = if invocation.bool("short") {
        format!("{VERSION}\n")
    } else {
        format!(
            "version.BuildInfo{{Version:\"{VERSION}\", GitCommit:\"\", GitTreeState:\"\", GoVersion:\"{GO_VERSION}\", \
             KubeClientVersion:\"{KUBE_CLIENT_VERSION}\"}}\n"
        )
    };
    output.write(text.as_bytes());
    Ok(())
}

/// The build as a Go struct.
#[derive(Debug)]
struct BuildInfo;

impl Object for BuildInfo {
    fn type_(&self) -> Type {
        Type::Named("version.BuildInfo")
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields()
            .into_iter()
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value)
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Version", Value::from(VERSION)),
            ("GitCommit", Value::from("")),
            ("GitTreeState", Value::from("")),
            ("GoVersion", Value::from(GO_VERSION)),
            ("KubeClientVersion", Value::from(KUBE_CLIENT_VERSION)),
        ]
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        Err("a build is no plain data".to_owned())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
