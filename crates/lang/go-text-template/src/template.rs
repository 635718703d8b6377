//! Parsed templates by name.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;
use go_value::Str;
use memchr::memmem;

use crate::error::Error;
use crate::func::FuncMap;
use crate::parse;
use crate::parse::tree::Tree;

/// How many layers a set may have before they are merged.
const MAX_LAYERS: usize = 8;

/// Templates by name, with the functions they may call: Go's `template.Template` and its associated templates.
///
/// A clone is cheap and independent: what is parsed into it, the original does not see.
#[derive(Clone)]
pub struct TemplateSet {
    name: Str,
    functions: Arc<FuncMap>,
    layer: Arc<Layer>,
}

/// Templates added since a clone, and what was there before.
#[derive(Default, Clone)]
struct Layer {
    templates: HashMap<Str, Arc<Tree>, RandomState>,
    below: Option<Arc<Layer>>,
    depth: usize,
}

/// What a text was parsed to: its own template and those that it defines.
#[derive(Clone, Debug)]
pub struct Parsed {
    name: Str,
    trees: Arc<[Arc<Tree>]>,
}

impl Parsed {
    /// The template of the text itself, without its definitions.
    pub fn main(&self) -> &Arc<Tree> {
        // The parser always gives the main template, and gives it last.
        let main = self.trees.iter().rev().find(|tree| tree.name == self.name);
        main.unwrap_or(&self.trees[0])
    }

    /// What parsing the same text under another name would have given, without parsing it again.
    ///
    /// `None` when the text may define a template of one of the two names.
    pub fn renamed(&self, name: impl Into<Str>) -> Option<Parsed> {
        let name = name.into();
        let text = &self.main().body.source;
        if memmem::find(text, &self.name).is_some() || memmem::find(text, &name).is_some() {
            return None;
        }
        let renamed = |tree: &Arc<Tree>| {
            Arc::new(Tree {
                name: if tree.name == self.name { &name } else { &tree.name }.clone(),
                parse_name: name.clone(),
                root: tree.root,
                empty: tree.empty,
                body: tree.body.clone(),
            })
        };
        Some(Parsed {
            trees: self.trees.iter().map(renamed).collect(),
            name: name.clone(),
        })
    }
}

impl TemplateSet {
    /// Returns an empty set; `name` is that of the root template, which some errors mention.
    pub fn new(name: impl Into<Str>, functions: Arc<FuncMap>) -> TemplateSet {
        TemplateSet {
            name: name.into(),
            functions,
            layer: Arc::default(),
        }
    }

    /// The name of the root template.
    pub fn name(&self) -> &Str {
        &self.name
    }

    /// The functions that the templates can call.
    pub fn functions(&self) -> &Arc<FuncMap> {
        &self.functions
    }

    /// Parses `text` as the template `name` and adds it and what it defines.
    ///
    /// As in Go, a template that is empty but for white space and comments replaces no other.
    ///
    /// # Errors
    /// Go's parse errors.
    pub fn parse(&mut self, name: impl Into<Str>, text: impl Into<Str>) -> Result<Arc<Tree>, Error> {
        let parsed = self.parse_only(name, text)?;
        self.add(&parsed);
        Ok(parsed.main().clone())
    }

    /// Parses `text` as the template `name` without adding it. The result can be added any number of times to this set, to its
    /// clones, and to any other set with the same functions.
    ///
    /// # Errors
    /// Go's parse errors.
    pub fn parse_only(&self, name: impl Into<Str>, text: impl Into<Str>) -> Result<Parsed, Error> {
        let name = name.into();
        let trees = parse::parse(&name, &text.into(), &self.functions)?;
        Ok(Parsed {
            name,
            trees: trees.into(),
        })
    }

    /// Adds the templates of a text.
    pub fn add(&mut self, parsed: &Parsed) {
        let wanted: Vec<_> = parsed
            .trees
            .iter()
            .filter(|tree| !tree.is_empty() || self.lookup(&tree.name).is_none())
            .collect();
        if wanted.is_empty() {
            return;
        }
        let layer = self.own_layer();
        for tree in wanted {
            layer.templates.insert(tree.name.clone(), tree.clone());
        }
    }

    /// The layer for changes: this set's own, or a fresh one when others share it.
    fn own_layer(&mut self) -> &mut Layer {
        if Arc::get_mut(&mut self.layer).is_none() {
            let layer = if self.layer.depth >= MAX_LAYERS {
                self.layer.merged()
            } else {
                Layer {
                    templates: HashMap::default(),
                    depth: self.layer.depth + 1,
                    below: Some(self.layer.clone()),
                }
            };
            self.layer = Arc::new(layer);
        }
        Arc::make_mut(&mut self.layer)
    }

    /// Returns the template `name`.
    pub fn lookup(&self, name: &[u8]) -> Option<&Arc<Tree>> {
        let mut layer = &self.layer;
        loop {
            if let Some(tree) = layer.templates.get(name) {
                return Some(tree);
            }
            layer = layer.below.as_ref()?;
        }
    }

    /// Returns the names of all templates in byte order.
    pub fn names(&self) -> Vec<Str> {
        let mut names: Vec<Str> = self.layer.merged().templates.into_keys().collect();
        names.sort_unstable();
        names
    }
}

impl Layer {
    fn merged(&self) -> Layer {
        let mut templates = match &self.below {
            Some(below) => below.merged().templates,
            None => HashMap::default(),
        };
        templates.extend(self.templates.iter().map(|(name, tree)| (name.clone(), tree.clone())));
        Layer {
            templates,
            below: None,
            depth: 0,
        }
    }
}

impl fmt::Debug for TemplateSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateSet")
            .field("name", &self.name)
            .field("templates", &self.names())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Value};

    #[test]
    fn a_text_under_another_name() {
        let set = TemplateSet::new("root", Arc::new(FuncMap::default()));
        let text = r#"{{ define "part" }}{{ .a.b }}{{ end }}{{ template "part" . }}"#;
        let first = set.parse_only("one", text).unwrap();
        let mut again = set.clone();
        again.add(&first.renamed("two").unwrap());
        assert_eq!(again.names(), ["part", "two"].map(Str::from));
        let data = Value::map([("a".into(), Value::from("x"))]);
        let parsed_anew = {
            let mut set = set.clone();
            set.parse("two", text).unwrap();
            set.execute("two", &data, &Options::default()).unwrap_err().to_string()
        };
        let error = again.execute("two", &data, &Options::default()).unwrap_err();
        assert_eq!(error.to_string(), parsed_anew);
        assert!(first.renamed("part").is_none());
    }
}
