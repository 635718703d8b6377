//! Parsing templates before it is known what they will see, or whether they are wanted at all.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use go_text_template::{FuncMap, Parsed, TemplateSet};
use go_value::Str;
use memchr::memmem;
use whelm_chart::both::Exchange;
use whelm_chart::{Chart, Dependency};

use crate::engine::{self, Mode};
use crate::scope::template_texts;
use crate::world::World;

/// From how many bytes of templates on a second thread is worth its start.
const WORTH_A_THREAD: usize = 200_000;

/// The templates of a chart, parsed by a thread that has nothing else to do while another one works out the values.
///
/// What is wrong with a template is not found here: the render parses it once more and says so in its turn.
pub struct Ahead {
    templates: TemplateSet,
    queue: Exchange<Queue>,
    parsed: Mutex<HashMap<Place, Known>>,
    makes_keys: AtomicBool,
}

/// What is still to be parsed.
struct Queue {
    texts: Vec<(String, Str)>,
    begun: HashSet<Place>,
    /// Whether nothing can be added any more.
    closed: bool,
}

impl Queue {
    /// The next text that nobody has begun; `Some(None)` when none can come any more.
    fn take(&mut self) -> Option<Option<(String, Str)>> {
        while let Some((path, text)) = self.texts.pop() {
            if self.begun.insert(place(&text)) {
                return Some(Some((path, text)));
            }
        }
        self.closed.then_some(None)
    }
}

/// Functions that make a certificate, and with it a key: what follows `gen` in their names.
const MAKE_KEYS: [&[u8]; 4] = [b"CA", b"SelfSignedCert", b"SignedCert", b"PrivateKey"];

fn may_make_keys(text: &[u8]) -> bool {
    let mut places = memmem::find_iter(text, b"gen").map(|at| &text[at + 3..]);
    places.any(|rest| MAKE_KEYS.iter().any(|name| rest.starts_with(name)))
}

/// Whether a dependency of a chart is likely to take part.
pub type Likely<'a> = dyn Fn(&Chart, &Dependency) -> bool + 'a;

/// Where a text is in memory, which its trees hold on to.
type Place = (usize, usize);

pub(crate) fn place(text: &Str) -> Place {
    (text.as_ptr().addr(), text.len())
}

/// What a text was parsed to, as the template at `path`.
pub(crate) struct Known {
    pub(crate) path: String,
    pub(crate) parsed: Parsed,
}

impl Known {
    /// The same text as the template at `path`, where that follows from what is known.
    pub(crate) fn under(&self, path: &str) -> Option<Parsed> {
        if self.path == path {
            return Some(self.parsed.clone());
        }
        self.parsed.renamed(path)
    }
}

impl Ahead {
    /// Looks at what `chart`, whose dependencies need not be processed yet, will render in `mode`; `likely` guesses which of them
    /// take part. `None` when the templates are so few that a second thread does not pay.
    pub fn new(chart: &Chart, mode: Mode, world: &World, likely: &Likely<'_>) -> Option<Ahead> {
        (templates_size(chart) >= WORTH_A_THREAD).then(|| Ahead {
            templates: engine::templates(mode, world),
            queue: Exchange::new(Queue {
                texts: likely_texts(chart, likely),
                begun: HashSet::new(),
                closed: false,
            }),
            parsed: Mutex::default(),
            makes_keys: AtomicBool::new(false),
        })
    }

    /// Parses until [`Ahead::finish`] or [`Ahead::stop`] was called and nothing is left.
    pub fn work(&self) {
        while let Some((path, text)) = self.queue.wait(Queue::take) {
            if may_make_keys(&text) {
                self.makes_keys.store(true, Ordering::Relaxed);
            }
            if let Ok(parsed) = self.templates.parse_only(path.as_str(), text.clone()) {
                let mut all = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert(place(&text), Known { path, parsed });
            }
        }
    }

    /// Takes part in the work when it has become clear what is wanted: the templates of `chart`, its dependencies processed.
    pub fn finish(&self, chart: &Chart) {
        self.close(likely_texts(chart, &|_, _| true));
        self.work();
    }

    /// Ends [`Ahead::work`] after the template that it is at.
    pub fn stop(&self) {
        self.close(Vec::new());
    }

    fn close(&self, texts: Vec<(String, Str)>) {
        self.queue.change(|queue| {
            queue.texts = texts;
            queue.closed = true;
        });
    }

    /// Whether a template that was looked at so far may make a key. Searching for one takes longer than all else, so that it pays
    /// to begin when a thread is free.
    pub fn may_make_keys(&self) -> bool {
        self.makes_keys.load(Ordering::Relaxed)
    }

    /// The functions that the templates were parsed with.
    pub(crate) fn functions(&self) -> &Arc<FuncMap> {
        self.templates.functions()
    }

    /// Takes out what was parsed.
    pub(crate) fn take_parsed(&self) -> HashMap<Place, Known> {
        std::mem::take(&mut *self.parsed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How many bytes of templates a chart and all charts below it have.
fn templates_size(chart: &Chart) -> usize {
    let own: usize = chart.templates.iter().map(|file| file.data.len()).sum();
    own + chart.dependencies().iter().map(templates_size).sum::<usize>()
}

/// The paths and texts of the templates of the charts that are likely to take part.
fn likely_texts(chart: &Chart, likely: &Likely<'_>) -> Vec<(String, Str)> {
    let mut texts = Vec::new();
    let mut charts = vec![chart];
    while let Some(chart) = charts.pop() {
        texts.extend(template_texts(chart));
        charts.extend(chart.dependencies().iter().filter(|child| {
            let declared = chart.metadata.dependencies();
            let mut declared = declared.filter(|declared| declared.name == child.name()).peekable();
            declared.peek().is_none() || declared.any(|declared| likely(chart, declared))
        }));
    }
    texts
}

impl std::fmt::Debug for Ahead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ahead").finish_non_exhaustive()
    }
}
