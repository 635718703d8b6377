//! Parsing the templates, on two threads when the caller has them.

use std::sync::atomic::{AtomicUsize, Ordering};

use go_text_template::{Error as TemplateError, Parsed, TemplateSet};
use go_value::Str;

use crate::error::Error;
use crate::scope::Renderable;
use crate::world::Both;

/// From how many bytes of templates on a second thread is worth its start.
const WORTH_A_THREAD: usize = 200_000;

/// Parses all templates into the set, in their order.
///
/// # Errors
/// The first template, in that order, that does not parse.
pub(crate) fn parse_all(
    templates: &mut TemplateSet,
    renderables: &[Renderable],
    both: Option<&Both>,
) -> Result<(), Error> {
    let size: usize = renderables.iter().map(|template| template.text.len()).sum();
    match both {
        Some(both) if size >= WORTH_A_THREAD => parse_on_two(templates, renderables, both),
        _ => {
            for Renderable { path, text, .. } in renderables {
                let parsed = templates.parse_only(path.as_str(), text.clone());
                templates.add(&parsed.map_err(|error| Error::parse(path, error))?);
            }
            Ok(())
        }
    }
}

/// What a text was parsed to, with its place among the templates.
type Found = (usize, Result<Parsed, TemplateError>);

fn parse_on_two(templates: &mut TemplateSet, renderables: &[Renderable], both: &Both) -> Result<(), Error> {
    let texts: Vec<(&str, &Str)> = renderables
        .iter()
        .map(|template| (template.path.as_str(), &template.text))
        .collect();
    let next = AtomicUsize::new(0);
    let take = |found: &mut Vec<Found>| {
        // No template needs another one to be parsed: whoever is free takes the next.
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, text)) = texts.get(at) else { return };
            found.push((at, templates.parse_only(*path, (*text).clone())));
        }
    };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    both(&mut || take(&mut left), &mut || take(&mut right));
    left.append(&mut right);
    left.sort_unstable_by_key(|(at, _)| *at);
    for (at, parsed) in left {
        templates.add(&parsed.map_err(|error| Error::parse(&renderables[at].path, error))?);
    }
    Ok(())
}
