//! Files to chart.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use go_value::Str;
use memchr::memmem;

use crate::archive::{ensure_archive, read_archive};
use crate::both::{self, Both};
use crate::decode::{Generation, decode_api_version, decode_lock, decode_metadata};
use crate::unpacking::Unpacking;
use crate::values_file::load_values;
use crate::{BufferedFile, Chart, Error, ErrorKind, File, Lock, Log, Metadata};

/// How deep charts may lie in charts. Helm has no limit; an archive can be made that holds itself.
const MAX_DEPTH: usize = 100;

/// Makes a chart out of files, whatever `apiVersion` it has, as Helm's loader for `v1` and `v2` does.
///
/// # Errors
/// Helm's text for the first thing that is wrong.
///
/// Source: Helm 4.3.1, `pkg/chart/v2/loader/load.go`.
pub fn load_files(files: Vec<BufferedFile>, log: &mut Log) -> Result<Chart, Error> {
    load_generation(files, Generation::V2, log)
}

/// Makes a chart out of files by the rules of one family of chart formats.
///
/// # Errors
/// Helm's text for the first thing that is wrong.
pub fn load_generation(files: Vec<BufferedFile>, generation: Generation, log: &mut Log) -> Result<Chart, Error> {
    load_on(files, generation, None, log)
}

/// As [`load_generation`]; the charts below are loaded on two threads where `both` has them.
pub(crate) fn load_on(
    files: Vec<BufferedFile>,
    generation: Generation,
    both: Option<&Both>,
    log: &mut Log,
) -> Result<Chart, Error> {
    let unpacking = both.map(|_| Unpacking::of(&files)).unwrap_or_default();
    let mut chart = Loader {
        generation,
        both,
        unpacking: &unpacking,
        log,
        depth: 0,
    }
    .load(files)?;
    chart.settle_paths();
    Ok(chart)
}

/// Finds out by the `apiVersion` in the bytes of `Chart.yaml` which loader a chart needs.
///
/// # Errors
/// `cannot load Chart.yaml: …`, or `unsupported chart version`.
///
/// Source: Helm 4.3.1, `pkg/chart/loader/load.go`.
pub fn detect_generation(chart_yaml: &[u8]) -> Result<Generation, Error> {
    let version = decode_api_version(chart_yaml)
        .map_err(|error| Error::new(ErrorKind::Format, format!("cannot load Chart.yaml: {error}")))?;
    match version.as_str() {
        "" | "v1" | "v2" => Ok(Generation::V2),
        "v3" => Ok(Generation::V3),
        _ => Err(Error::new(ErrorKind::UnsupportedVersion, "unsupported chart version")),
    }
}

/// Makes a chart out of the bytes of an archive file, as `install`, `template` and the others do with a path.
///
/// `name` is the path, for messages.
///
/// # Errors
/// What [`ensure_archive`] says, then Helm's texts; what is wrong inside of the archive is hidden behind
/// `unable to load chart archive`.
///
/// Source: Helm 4.3.1, `pkg/chart/loader/load.go`.
pub fn load_archive_file(name: &str, bytes: &[u8], log: &mut Log) -> Result<(Chart, Generation), Error> {
    ensure_archive(name, bytes)?;
    let files = read_archive(bytes).map_err(|error| match error.kind() {
        ErrorKind::NotGzip => Error::new(
            ErrorKind::NotGzip,
            format!("file '{name}' does not appear to be a valid chart file (details: {error})"),
        ),
        kind => Error::new(kind, "unable to load chart archive"),
    })?;
    load_detected(files, log)
}

/// Makes a chart out of the bytes of an archive file by the rules for `v1` and `v2`, as `show` and `dependency list` do: what
/// is wrong inside of the archive is told.
///
/// # Errors
/// What [`ensure_archive`] says, then Helm's texts.
///
/// Source: Helm 4.3.1, `pkg/chart/v2/loader/archive.go`.
pub fn load_archive_file_v2(name: &str, bytes: &[u8], log: &mut Log) -> Result<Chart, Error> {
    ensure_archive(name, bytes)?;
    let loaded = read_archive(bytes).and_then(|files| load_files(files, log));
    loaded.map_err(|error| match error.kind() {
        ErrorKind::NotGzip => Error::new(
            ErrorKind::NotGzip,
            format!("file '{name}' does not appear to be a valid chart file (details: {error})"),
        ),
        _ => error,
    })
}

/// Makes a chart out of the bytes of an archive that has no name, such as one from a registry.
///
/// # Errors
/// Helm's texts.
pub fn load_archive(bytes: &[u8], log: &mut Log) -> Result<(Chart, Generation), Error> {
    let files = read_archive(bytes).map_err(|error| match error.kind() {
        ErrorKind::NotGzip => Error::new(
            ErrorKind::NotGzip,
            format!("stream does not appear to be a valid chart file (details: {error})"),
        ),
        _ => error.context("unable to load chart archive"),
    })?;
    load_detected(files, log)
}

fn load_detected(files: Vec<BufferedFile>, log: &mut Log) -> Result<(Chart, Generation), Error> {
    let Some(file) = files.iter().find(|file| file.name == "Chart.yaml") else {
        let message = "unable to detect chart version, no Chart.yaml found";
        return Err(Error::new(ErrorKind::MissingMetadata, message));
    };
    let generation = detect_generation(&file.data)?;
    load_generation(files, generation, log).map(|chart| (chart, generation))
}

struct Loader<'a> {
    generation: Generation,
    both: Option<&'a Both>,
    unpacking: &'a Unpacking,
    log: &'a mut Log,
    depth: usize,
}

/// The files of one chart below, under the name of its folder or archive.
struct Subchart {
    name: Str,
    files: Vec<BufferedFile>,
}

/// By how much more work a byte of an archive is than one of a file that is read: it is unpacked, and then read.
const ARCHIVE_WEIGHT: u64 = 8;

impl Subchart {
    /// About how much work it is to load the chart. Templates and other files are only put in their places.
    fn weight(&self) -> u64 {
        let weight = |file: &BufferedFile| {
            let size = file.data.size_now() as u64;
            match file.name.as_bytes() {
                name if extension(name) == b".tgz" => size * ARCHIVE_WEIGHT,
                name if extension(name) == b".yaml" && memmem::find(name, b"/templates/").is_none() => size,
                _ => 0,
            }
        };
        self.files.iter().map(weight).sum()
    }
}

impl Loader<'_> {
    fn load(&mut self, files: Vec<BufferedFile>) -> Result<Chart, Error> {
        let mut chart = Chart::default();
        let mut found = self.load_chart_yaml(&files, &mut chart)?;
        let mut subcharts = Subcharts::default();
        for file in &files {
            found |= self.place(file, &mut chart, &mut subcharts)?;
        }
        chart.raw = files;
        if !found {
            return Err(Error::new(ErrorKind::MissingMetadata, "Chart.yaml file is missing"));
        }
        chart.validate()?;
        let mut subcharts = subcharts.list;
        subcharts.retain(|subchart| !matches!(subchart.name.first(), Some(b'_' | b'.')));
        match self.both {
            Some(both) if subcharts.len() > 1 => self.load_on_two(subcharts, both, &mut chart)?,
            _ => {
                for subchart in subcharts {
                    let dependency = self.load_subchart(subchart, chart.name())?;
                    chart.push_dependency(dependency);
                }
            }
        }
        Ok(chart)
    }

    /// Loads the charts below; what they log and what is wrong with them comes in their order.
    ///
    /// Each is loaded by one thread. The one that is done first unpacks what the other one will come to.
    fn load_on_two(&mut self, subcharts: Vec<Subchart>, both: &Both, chart: &mut Chart) -> Result<(), Error> {
        let weights: Vec<u64> = subcharts.iter().map(Subchart::weight).collect();
        let slots: Vec<Mutex<Option<Subchart>>> = subcharts.into_iter().map(|one| Mutex::new(Some(one))).collect();
        let (generation, depth, without_debug) = (self.generation, self.depth, self.log.without_debug);
        let unpacking = self.unpacking;
        let load = |at: usize| {
            let subchart = slots[at].lock().unwrap_or_else(PoisonError::into_inner).take()?;
            let mut log = Log {
                without_debug,
                ..Log::default()
            };
            let mut loader = Loader {
                generation,
                both: None,
                unpacking,
                log: &mut log,
                depth,
            };
            let dependency = loader.load_subchart(subchart, chart.name());
            Some((dependency, log))
        };
        let loaded = both::map_weighted(&weights, both, load, || unpacking.help());
        for (dependency, log) in loaded.into_iter().flatten() {
            self.log.entries.extend(log.entries);
            chart.push_dependency(dependency?);
        }
        Ok(())
    }

    /// Reads every `Chart.yaml` first: the others depend on it and may come before it.
    fn load_chart_yaml(&mut self, files: &[BufferedFile], chart: &mut Chart) -> Result<bool, Error> {
        let mut found = false;
        for file in files.iter().filter(|file| file.name == "Chart.yaml") {
            found = true;
            decode_metadata(&file.data, &mut chart.metadata, self.generation)
                .map_err(|error| Error::new(ErrorKind::Format, format!("cannot load Chart.yaml: {error}")))?;
            if chart.metadata.api_version.is_empty() {
                chart.metadata.api_version = match self.generation {
                    Generation::V2 => "v1",
                    Generation::V3 => "v3",
                }
                .to_owned();
            }
            chart.mod_time = file.mod_time;
        }
        Ok(found)
    }

    /// Puts a file where it belongs; tells whether it counts as metadata.
    fn place(&mut self, file: &File, chart: &mut Chart, subcharts: &mut Subcharts) -> Result<bool, Error> {
        let name = file.name.as_bytes();
        match name {
            b"Chart.yaml" => {}
            b"Chart.lock" => chart.lock = self.load_lock(file)?,
            b"values.yaml" => {
                let values = load_values(&file.data).map_err(|error| error.context("cannot load values.yaml"))?;
                chart.values = Some(Arc::new(values));
            }
            b"values.schema.json" => {
                chart.schema = Some(Str::clone(&file.data));
                chart.schema_mod_time = file.mod_time;
            }
            b"requirements.yaml" if self.generation == Generation::V2 => {
                self.place_requirements(file, chart)?;
                return Ok(true);
            }
            b"requirements.lock" if self.generation == Generation::V2 => {
                chart.lock = self.load_lock(file)?;
                self.place_requirements_lock(file, chart);
                return Ok(true);
            }
            _ if name.starts_with(b"templates/") => chart.templates.push(file.clone()),
            _ if name.starts_with(b"charts/") && extension(name) != b".prov" => subcharts.place(file),
            _ => chart.files.push(file.clone()),
        }
        Ok(false)
    }

    fn load_lock(&self, file: &File) -> Result<Option<Lock>, Error> {
        decode_lock(&file.data, self.generation)
            .map_err(|error| Error::new(ErrorKind::Format, format!("cannot load {}: {error}", file.name)))
    }

    fn place_requirements(&mut self, file: &File, chart: &mut Chart) -> Result<(), Error> {
        if chart.metadata.api_version != "v1" {
            self.log.info(
                "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". \
                 We recommend migrating dependencies to Chart.yaml.",
            );
        }
        decode_metadata(&file.data, &mut chart.metadata, self.generation)
            .map_err(|error| Error::new(ErrorKind::Format, format!("cannot load requirements.yaml: {error}")))?;
        if chart.metadata.api_version == "v1" {
            chart.files.push(file.clone());
        }
        Ok(())
    }

    fn place_requirements_lock(&mut self, file: &File, chart: &mut Chart) {
        if chart.metadata.api_version == "v1" {
            chart.files.push(file.clone());
        } else {
            self.log.info(
                "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". \
                 We recommend migrating to Chart.lock.",
            );
        }
    }

    fn load_subchart(&mut self, subchart: Subchart, parent: &str) -> Result<Chart, Error> {
        let Subchart { name, files } = subchart;
        let dependency = if extension(&name) == b".tgz" {
            let Some(file) = files.into_iter().next() else {
                return Ok(Chart::default());
            };
            if file.name != name {
                let message = format!(
                    "error unpacking subchart tar in {parent}: expected {name}, got {}",
                    file.name
                );
                return Err(Error::new(ErrorKind::Archive, message));
            }
            self.unpacking
                .files(&file.data)
                .and_then(|files| self.load_nested(files))
        } else {
            let prefix = name.len() + 1;
            let inner = |file: BufferedFile| {
                let name = file.name.get(prefix..).map(Str::from);
                name.map(|name| File { name, ..file })
            };
            self.load_nested(files.into_iter().filter_map(inner).collect())
        };
        dependency.map_err(|error| error.context(format_args!("error unpacking subchart {name} in {parent}")))
    }

    fn load_nested(&mut self, files: Vec<BufferedFile>) -> Result<Chart, Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::new(ErrorKind::Archive, "charts are nested too deeply"));
        }
        self.depth += 1;
        let chart = self.load(files);
        self.depth -= 1;
        chart
    }
}

/// The charts below in the order in which they first appear.
#[derive(Default)]
struct Subcharts {
    list: Vec<Subchart>,
    places: BTreeMap<Str, usize>,
}

impl Subcharts {
    /// Puts a file under `charts/` to the others of the same chart.
    fn place(&mut self, file: &File) {
        let path = &file.name[b"charts/".len()..];
        let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
        let name = &path[..end];
        let inner = File {
            name: path.into(),
            ..file.clone()
        };
        match self.places.get(name) {
            Some(place) => self.list[*place].files.push(inner),
            None => {
                let name = Str::from(name);
                self.places.insert(name.clone(), self.list.len());
                self.list.push(Subchart {
                    name,
                    files: vec![inner],
                });
            }
        }
    }
}

/// Returns what follows the last dot of the last part of a path, with the dot; empty without one.
pub(crate) fn extension(path: &[u8]) -> &[u8] {
    let from = path.iter().rposition(|byte| *byte == b'.' || *byte == b'/');
    match from {
        Some(at) if path[at] == b'.' => &path[at..],
        _ => &[],
    }
}

/// Reads the bytes of a `Chart.yaml` on its own, without checking its rules.
///
/// # Errors
/// The text of the YAML library.
pub fn load_chartfile(text: &[u8]) -> Result<Metadata, Error> {
    let mut metadata = Metadata::default();
    decode_metadata(text, &mut metadata, Generation::V2)
        .map(|()| metadata)
        .map_err(|error| Error::new(ErrorKind::Format, error))
}
