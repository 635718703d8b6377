//! Evaluates template expressions and writes values down as the Go driver in `conformance/go-driver/sprig` does.

use std::fmt::Write;
use std::sync::Arc;

use go_semver::{Constraints, Version};
use go_sprig::FixedHost;
use go_text_template::{FuncError, FuncMap, List, Options, TemplateSet, Type, Value};
use go_value::strconv::{FloatForm, format_float, quote_to_ascii};
use go_value::utf8;

/// What stands between an expression and its result.
pub const SEPARATOR: &str = " => ";

/// Evaluates expressions.
pub struct Evaluator {
    functions: Arc<FuncMap>,
}

impl Evaluator {
    pub fn new() -> Evaluator {
        let mut functions = go_sprig::functions(Arc::new(FixedHost::new(0, 0)));
        functions.add("capture", &[Type::Any], |_, a| Ok(dump(&a[0]).into()));
        add_semver(&mut functions);
        functions.add("everyRune", &[], |_, _| {
            Ok(('\0'..=char::MAX).collect::<String>().into())
        });
        functions.add("regexGroups", &[Type::String, Type::String], |_, a| {
            groups(&a[0], &a[1])
        });
        Evaluator {
            functions: Arc::new(functions),
        }
    }

    /// The dump of the expression's value, or the error after the place. A whole template is an expression too; its value is
    /// its output.
    pub fn evaluate(&self, expression: &str) -> String {
        let mut templates = TemplateSet::new("x", Arc::clone(&self.functions));
        let whole = expression.starts_with("{{");
        let text = match whole {
            true => expression.to_owned(),
            false => format!("{{{{ capture ({expression}) }}}}"),
        };
        if let Err(error) = templates.parse("x", text.as_str()) {
            return format!("!{}", quote_to_ascii(error.to_string().as_bytes()));
        }
        let options = Options::default();
        match templates.execute("x", &Value::map([]), &options) {
            Ok(output) if whole => quote_to_ascii(&output),
            Ok(output) => String::from_utf8(output).unwrap(),
            Err(error) => {
                let error = error.to_string();
                let message = error.split_once(">: ").map_or(error.as_str(), |(_, message)| message);
                format!("!{}", quote_to_ascii(message.as_bytes()))
            }
        }
    }
}

fn fail(error: impl std::fmt::Display) -> FuncError {
    FuncError::new(error.to_string())
}

fn text(value: &Value) -> &[u8] {
    match value {
        Value::Str(text) => text,
        _ => &[],
    }
}

fn add_semver(functions: &mut FuncMap) {
    functions.add("semverStrict", &[Type::String], |exec, a| {
        let version = Version::parse_strict(text(&a[0])).map_err(fail)?;
        let semver = exec.templates().functions().get("semver").unwrap().clone();
        (semver.body)(exec, &[version.original().into()])
    });
    functions.add("semverConstraint", &[Type::String], |_, a| {
        Ok(Constraints::parse(text(&a[0])).map_err(fail)?.to_string().into())
    });
    functions.add("semverValidate", &[Type::String, Type::String], |_, a| {
        let constraints = Constraints::parse(text(&a[0])).map_err(fail)?;
        let version = Version::parse(text(&a[1])).map_err(fail)?;
        let reasons = constraints.validate(&version).err().unwrap_or_default();
        Ok(Value::List(List::strings(reasons)))
    });
}

fn groups(expression: &Value, searched: &Value) -> Result<Value, FuncError> {
    let regexp = go_regexp::Regexp::compile(text(expression)).map_err(fail)?;
    let groups = regexp.captures(text(searched)).unwrap_or_default();
    let offsets: Vec<String> = groups
        .into_iter()
        .flat_map(|group| group.map_or([-1, -1], |range| [range.start as i64, range.end as i64]))
        .map(|offset| offset.to_string())
        .collect();
    Ok(format!("[{}] [{}]", offsets.join(" "), regexp.names().join(" ")).into())
}

fn dump(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value).unwrap();
    out
}

fn write(out: &mut String, value: &Value) -> std::fmt::Result {
    match value {
        Value::Nil => out.write_str("nil"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(number) => write!(out, "int({number})"),
        Value::Int64(number) => write!(out, "int64({number})"),
        Value::OtherInt(type_, number) => write!(out, "{type_}({number})"),
        Value::Uint(type_, number) => write!(out, "{type_}({number})"),
        Value::Float(number) => write!(out, "float64({})", format_float(*number, FloatForm::General, None)),
        Value::Str(text) => out.write_str(&quote_to_ascii(text)),
        Value::Bytes(bytes) => write!(out, "[]uint8({})", quote_to_ascii(bytes)),
        Value::List(list) if list.nil => write!(out, "{}(nil)", list.type_),
        Value::List(list) => {
            write!(out, "{}{{", list.type_)?;
            for (index, item) in list.items.iter().enumerate() {
                out.write_str(if index > 0 { ", " } else { "" })?;
                write(out, item)?;
            }
            out.write_str("}")
        }
        Value::Map(map) if map.nil => write!(out, "{}(nil)", map.type_),
        Value::Map(map) => {
            write!(out, "{}{{", map.type_)?;
            for (index, (key, value)) in map.entries().into_iter().enumerate() {
                out.write_str(if index > 0 { ", " } else { "" })?;
                write!(out, "{}: ", quote_to_ascii(&key))?;
                write(out, &value)?;
            }
            out.write_str("}")
        }
        Value::Object(object) => {
            let text = object.text().unwrap_or_default();
            write!(out, "{}({})", object.type_(), quote_to_ascii(&text))
        }
    }
}

/// Compares all cases, each an expression with its result, and panics with those that differ.
pub fn check(cases: &str) -> usize {
    let evaluator = Evaluator::new();
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (expression, expected) = case.split_once(SEPARATOR).expect("a case has a result");
        let found = evaluator.evaluate(expression);
        count += 1;
        if !same(&found, expected) {
            wrong.push(format!("{expression}\n    Go:   {expected}\n    here: {found}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(200)].join("\n")
    );
    count
}

/// Errors lose what is not UTF-8, because error texts are text here.
fn same(found: &str, expected: &str) -> bool {
    found == expected || expected.starts_with('!') && found.starts_with('!') && plain(found) == plain(expected)
}

fn plain(error: &str) -> String {
    let bytes = go_value::strconv::unquote(&error.as_bytes()[1..]).unwrap_or_default();
    utf8::to_string_lossy(&bytes).into_owned()
}
