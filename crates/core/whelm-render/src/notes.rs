//! The notes among rendered files.

use go_value::Str;

use crate::Rendered;

const SUFFIX: &[u8] = b"NOTES.txt";

/// Which notes a release has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notes {
    /// Those of the chart itself.
    #[default]
    Own,
    /// Those of all charts, joined by line breaks in the order of their paths.
    WithSubcharts,
}

/// Takes the notes out of `rendered`: every path that ends in `NOTES.txt`.
///
/// Helm joins the notes of subcharts in the order of a hash map; here the order is that of their paths.
pub fn take_notes(rendered: &mut Rendered, chart_name: &str, which: Notes) -> Str {
    let own = format!("{chart_name}/templates/NOTES.txt");
    let mut notes: Vec<u8> = Vec::new();
    let mut found: Vec<(Str, Str)> = rendered
        .files
        .extract_if(.., |(path, _)| path.ends_with(SUFFIX))
        .collect();
    found.sort();
    for (path, text) in found {
        if which == Notes::WithSubcharts || path == *own {
            if !notes.is_empty() {
                notes.push(b'\n');
            }
            notes.extend_from_slice(&text);
        }
    }
    notes.into()
}
