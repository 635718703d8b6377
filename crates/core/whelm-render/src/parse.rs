//! Parsing the templates, on two threads when the caller has them.

use std::collections::HashMap;

use go_text_template::{Parsed, TemplateSet};
use go_value::Str;
use whelm_chart::both::{self, Both};

use crate::ahead::{Ahead, WORTH_A_THREAD};
use crate::error::Error;
use crate::scope::Renderable;

/// Parses all templates into the set, in their order.
///
/// A text that several templates have, such as those of one chart under several aliases, is parsed once, and one that was parsed
/// ahead is not parsed again.
///
/// # Errors
/// The first template, in that order, that does not parse.
pub(crate) fn parse_all(
    templates: &mut TemplateSet,
    renderables: &[Renderable],
    ahead: Option<&Ahead>,
    both: Option<&Both>,
) -> Result<(), Error> {
    let firsts = firsts(renderables);
    let texts: Vec<(&str, &Str)> = renderables
        .iter()
        .map(|template| (template.path.as_str(), &template.text))
        .collect();
    let known: Vec<Option<Parsed>> = texts
        .iter()
        .map(|(path, text)| ahead.and_then(|ahead| ahead.parsed(path, text)))
        .collect();
    let is_wanted = |at: &usize| firsts[*at] == *at && known[*at].is_none();
    let wanted: Vec<usize> = (0..renderables.len()).filter(is_wanted).collect();
    let parse = |at: usize| templates.parse_only(texts[at].0, texts[at].1.clone());
    let size: usize = wanted.iter().map(|at| texts[*at].1.len()).sum();
    let mut outcomes = match both {
        Some(both) if size >= WORTH_A_THREAD => both::map(wanted.len(), both, |at| parse(wanted[at])),
        _ => wanted.iter().map(|at| parse(*at)).collect(),
    }
    .into_iter();
    let mut all: Vec<Parsed> = Vec::with_capacity(renderables.len());
    for ((at, first), known) in firsts.iter().copied().enumerate().zip(known.iter().cloned()) {
        let path = texts[at].0;
        let outcome = match (known, all.get(first)) {
            (Some(known), _) => Ok(known),
            (None, Some(same)) => same.renamed(path).map_or_else(|| parse(at), Ok),
            (None, None) => outcomes.next().unwrap_or_else(|| parse(at)),
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
