//! `.Files`: the files of a chart that are no templates.

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use go_text_template::value::{Kind, Signature};
use go_text_template::{FuncError, List, Map, Object, Type, Value};
use go_value::Str;
use whelm_chart::Content;

use crate::glob::Glob;

/// `engine.files`: a map from names to bytes.
#[derive(Debug)]
pub(crate) struct Files {
    files: BTreeMap<Str, Content>,
}

impl Files {
    /// Returns the files as a template sees them; of files with the same name the last counts.
    pub(crate) fn value<'a>(files: impl IntoIterator<Item = &'a whelm_chart::File>) -> Value {
        let files = files
            .into_iter()
            .map(|file| (file.name.clone(), file.data.clone()))
            .collect();
        Value::Object(Rc::new(Files { files }))
    }

    fn get(&self, name: &Str) -> Str {
        self.files.get(name).map(|data| Str::clone(data)).unwrap_or_default()
    }

    fn glob(&self, pattern: &Str) -> Value {
        let glob = Glob::compile(pattern);
        let matching = self
            .files
            .iter()
            .filter(|(name, _)| glob.as_ref().is_none_or(|glob| glob.matches(name)));
        let files = matching.map(|(name, data)| (name.clone(), data.clone())).collect();
        Value::Object(Rc::new(Files { files }))
    }

    fn lines(&self, name: &Str) -> Value {
        let data = self.get(name);
        if data.is_empty() {
            return Value::List(List::strings(Vec::<Str>::new()));
        }
        let text = data.strip_suffix(b"\n").unwrap_or(&data);
        Value::List(List::strings(text.split(|byte| *byte == b'\n').map(Str::from)))
    }

    /// The files under their base names, as YAML; `encode` makes the text of each.
    fn as_yaml(&self, encode: impl Fn(&Str) -> Str) -> Value {
        let entries = self.files.iter().map(|(path, data)| {
            let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            (Str::from(base), go_value::Value::Str(encode(data)))
        });
        Value::Str(crate::functions::to_yaml(&go_value::Value::Map(entries.collect())))
    }
}

impl Object for Files {
    fn type_(&self) -> Type {
        Type::Named("engine.files")
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn underlying(&self) -> Option<Value> {
        let entries = self
            .files
            .iter()
            .map(|(name, data)| (name.clone(), Value::Bytes(Str::clone(data))))
            .collect();
        Some(Value::Map(Map::with_type(Type::Named("engine.files"), entries)))
    }

    fn keys(&self) -> Option<Vec<Str>> {
        Some(self.files.keys().cloned().collect())
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let parameters = match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => vec![Type::String],
            "AsConfig" | "AsSecrets" => Vec::new(),
            _ => return None,
        };
        Some(Signature {
            parameters,
            variadic: None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FuncError> {
        Ok(match (name, arguments) {
            ("Get", [Value::Str(path)]) => Value::Str(self.get(path)),
            ("GetBytes", [Value::Str(path)]) => Value::Bytes(self.get(path)),
            ("Glob", [Value::Str(pattern)]) => self.glob(pattern),
            ("Lines", [Value::Str(path)]) => self.lines(path),
            ("AsConfig", []) => self.as_yaml(Str::clone),
            ("AsSecrets", []) => self.as_yaml(|data| base64::encode(data).into()),
            _ => return Err(FuncError::new(format!("no method {name}"))),
        })
    }

    fn to_plain(&self) -> Result<go_value::Value, String> {
        let entries = self
            .files
            .iter()
            .map(|(name, data)| (name.clone(), base64::encode(data).into()));
        Ok(go_value::Value::Map(entries.collect()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Standard base64 with padding.
mod base64 {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    pub(super) fn encode(data: &[u8]) -> String {
        let mut out = String::with_capacity(data.len().div_ceil(3) * 4);
        for chunk in data.chunks(3) {
            let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let digit = ALPHABET[(bits >> (18 - 6 * place)) as usize & 63];
                out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
            }
        }
        out
    }

    #[test]
    fn pads() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| encode(text.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use go_text_template::{Options, TemplateSet};

    use super::*;

    /// Executes a template over two files with the contents `text`; returns what it printed and how often a file was read.
    fn run(template: &str) -> (String, usize) {
        let reads = Arc::new(AtomicUsize::new(0));
        let content = || {
            let reads = Arc::clone(&reads);
            Content::later(move || {
                reads.fetch_add(1, Ordering::Relaxed);
                Ok(Str::from("text"))
            })
        };
        let files = ["a.txt", "b.txt"].map(|name| whelm_chart::File::new(name, content()));
        let mut set = TemplateSet::new("", Arc::default());
        set.parse("t", template).expect("the template is right");
        let dot = Value::map([("Files".into(), Files::value(&files))]);
        let out = set.execute("t", &dot, &Options::default()).expect("the template runs");
        (
            String::from_utf8_lossy(&out).into_owned(),
            reads.load(Ordering::Relaxed),
        )
    }

    #[test]
    fn names_alone_read_nothing() {
        assert_eq!(
            run("{{ range $path, $_ := .Files }}{{ $path }};{{ end }}"),
            ("a.txt;b.txt;".to_owned(), 0)
        );
        let one =
            r#"{{ range $path, $_ := .Files.Glob "b*" }}{{ $path }} {{ $.Files.Get $path }}{{ else }}{{ . }}{{ end }}"#;
        assert_eq!(run(one), ("b.txt text".to_owned(), 1));
    }

    #[test]
    fn what_the_body_can_see_is_read() {
        for body in [
            "{{ $data | printf `%s` }}",
            "{{ . | printf `%s` }}",
            "{{ with $data }}{{ printf `%s` . }}{{ end }}",
            "{{ if true }}{{ $x := $data }}{{ $x | printf `%s` }}{{ end }}",
            "{{ range $one := slice $data 0 1 }}{{ $data | printf `%s` }}{{ end }}",
        ] {
            let template = format!("{{{{ range $path, $data := .Files }}}}{body};{{{{ end }}}}");
            assert_eq!(run(&template), ("text;text;".to_owned(), 2), "{body}");
        }
        assert_eq!(
            run("{{ range $data := .Files }}{{ printf `%s` $data }}{{ end }}").0,
            "texttext"
        );
        assert_eq!(run("{{ range .Files }}{{ printf `%s` . }}{{ end }}").0, "texttext");
        let set = "{{ $d := 0 }}{{ $p := 0 }}{{ range $p, $d = .Files }}{{ end }}{{ printf `%s` $d }}";
        assert_eq!(run(set).0, "text");
    }
}
