//! Parsing the templates that a render executes.

use go_text_template::TemplateSet;

use crate::ahead::{Ahead, Known, place};
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
) -> Result<(), Error> {
    let mut known = ahead.map(Ahead::take_parsed).unwrap_or_default();
    for Renderable { path, text, .. } in renderables {
        let same = known.get(&place(text)).and_then(|known| known.under(path));
        let parsed = match same {
            Some(parsed) => parsed,
            None => templates
                .parse_only(path.as_str(), text.clone())
                .map_err(|error| Error::parse(path, error))?,
        };
        templates.add(&parsed);
        known.entry(place(text)).or_insert_with(|| Known {
            path: path.clone(),
            parsed,
        });
    }
    Ok(())
}
