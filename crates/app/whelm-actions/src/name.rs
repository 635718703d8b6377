//! The name of a release and the reference of its chart, from the positional arguments.

use std::sync::Arc;

use go_sprig::Host;
use go_text_template::{Options, TemplateSet, Value};

use crate::{Context, Error, NameRequest};

/// Returns the release's name and the chart's reference.
///
/// # Errors
/// Helm's texts for too many arguments, for a name together with a flag that makes one, and for no name at all.
///
/// Source: Helm 4.3.1, `pkg/action/install.go`, `NameAndChart`.
pub fn name_and_chart(cx: &Context, request: &NameRequest) -> Result<(String, String), Error> {
    match request.arguments.as_slice() {
        [] => Err(Error::new("must either provide a name or specify --generate-name")),
        [_, _, rest @ ..] if !rest.is_empty() => Err(Error::new(format!(
            "expected at most two arguments, unexpected arguments: {}",
            rest.join(", ")
        ))),
        [_, _, ..] if request.generate => Err(Error::new("cannot set --generate-name and also specify a name")),
        [_, _, ..] if !request.template.is_empty() => {
            Err(Error::new("cannot set --name-template and also specify a name"))
        }
        [name, chart, ..] => Ok((name.clone(), chart.clone())),
        [chart] if !request.template.is_empty() => Ok((from_template(cx, &request.template)?, chart.clone())),
        [chart] if !request.default.is_empty() => Ok((request.default.clone(), chart.clone())),
        [_] if !request.generate => Err(Error::new("must either provide a name or specify --generate-name")),
        [chart] => Ok((generated(chart, cx.host.as_ref()), chart.clone())),
    }
}

/// The last element of the chart's path up to its first dot, and the time in seconds.
fn generated(chart: &str, host: &dyn Host) -> String {
    let base = chart.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let base = match base {
        "" if chart.is_empty() => "chart",
        "" => "/",
        "." => "chart",
        base => base.split('.').next().unwrap_or(base),
    };
    format!("{base}-{}", host.now().seconds)
}

/// `--name-template`: all of sprig, the environment included, and no data.
fn from_template(cx: &Context, template: &str) -> Result<String, Error> {
    let variables = cx.environment.clone();
    let environment: go_sprig::Environment = Arc::new(move |name: &[u8]| {
        let name = std::str::from_utf8(name).ok()?;
        variables(name).map(String::into_bytes)
    });
    let functions = go_sprig::functions_with_environment(cx.host.clone(), &environment);
    let mut templates = TemplateSet::new("name-template", functions.into());
    let output = templates
        .parse("name-template", template)
        .and_then(|_| templates.execute("name-template", &Value::Nil, &Options::default()));
    match output {
        Ok(name) => Ok(go_value::utf8::to_string_lossy(&name).into_owned()),
        Err(error) => Err(Error::new(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use go_sprig::FixedHost;

    use super::*;

    fn name(arguments: &[&str], generate: bool, default: &str) -> Result<(String, String), String> {
        let cx = Context::new(Arc::new(FixedHost::new(1_700_000_000, 1)));
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let request = NameRequest {
            arguments,
            generate,
            template: String::new(),
            default: default.to_owned(),
        };
        name_and_chart(&cx, &request).map_err(|error| error.to_string())
    }

    // C-017
    #[test]
    fn c_017_names_and_their_conflicts() {
        assert_eq!(name(&["a", "b"], false, "x"), Ok(("a".into(), "b".into())));
        assert_eq!(
            name(&["b"], false, "release-name"),
            Ok(("release-name".into(), "b".into()))
        );
        assert_eq!(
            name(&["./dir/nginx-1.2.3.tgz"], true, "").unwrap().0,
            "nginx-1-1700000000"
        );
        assert_eq!(name(&["."], true, "").unwrap().0, "chart-1700000000");
        assert_eq!(
            name(&["a", "b"], true, "").unwrap_err(),
            "cannot set --generate-name and also specify a name"
        );
        assert_eq!(
            name(&["a", "b", "c", "d"], false, "").unwrap_err(),
            "expected at most two arguments, unexpected arguments: c, d"
        );
        assert_eq!(
            name(&["b"], false, "").unwrap_err(),
            "must either provide a name or specify --generate-name"
        );
    }
}
