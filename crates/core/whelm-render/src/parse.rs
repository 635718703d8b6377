//! Parsing the templates, on two threads when the caller has them.

use std::collections::HashMap;

use go_text_template::{Parsed, TemplateSet};
use go_value::Str;
use whelm_chart::both::{self, Both};

use crate::error::Error;
use crate::scope::Renderable;

/// From how many bytes of templates on a second thread is worth its start.
const WORTH_A_THREAD: usize = 200_000;

/// Parses all templates into the set, in their order.
///
/// A text that several templates have, such as those of one chart under several aliases, is parsed once.
///
/// # Errors
/// The first template, in that order, that does not parse.
pub(crate) fn parse_all(
    templates: &mut TemplateSet,
    renderables: &[Renderable],
    both: Option<&Both>,
) -> Result<(), Error> {
    let firsts = firsts(renderables);
    let wanted: Vec<usize> = (0..renderables.len()).filter(|at| firsts[*at] == *at).collect();
    let size: usize = wanted.iter().map(|at| renderables[*at].text.len()).sum();
    let texts: Vec<(&str, &Str)> = renderables
        .iter()
        .map(|template| (template.path.as_str(), &template.text))
        .collect();
    let parse = |at: usize| templates.parse_only(texts[at].0, texts[at].1.clone());
    let mut outcomes = match both {
        Some(both) if size >= WORTH_A_THREAD => both::map(wanted.len(), both, |at| parse(wanted[at])),
        _ => wanted.iter().map(|at| parse(*at)).collect(),
    }
    .into_iter();
    let mut all: Vec<Parsed> = Vec::with_capacity(renderables.len());
    for (at, first) in firsts.into_iter().enumerate() {
        let path = texts[at].0;
        let outcome = match all.get(first) {
            Some(same) => same.renamed(path).map_or_else(|| parse(at), Ok),
            None => outcomes.next().unwrap_or_else(|| parse(at)),
        };
        all.push(outcome.map_err(|error| Error::parse(path, error))?);
    }
    for parsed in &all {
        templates.add(parsed);
    }
    Ok(())
}

/// For each template the first one with the same text in memory, which may be itself.
fn firsts(renderables: &[Renderable]) -> Vec<usize> {
    let mut known = HashMap::with_capacity(renderables.len());
    let texts = renderables.iter().map(|template| template.text.as_ptr_range());
    texts
        .enumerate()
        .map(|(at, place)| *known.entry(place).or_insert(at))
        .collect()
}
