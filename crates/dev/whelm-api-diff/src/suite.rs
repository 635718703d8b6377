//! Running sequences against both servers, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::compare::{Difference, differences};
use crate::exchange::{Answer, Sequence, Step};
use crate::known::Rule;
use crate::mask::mask;
use crate::server::Server;

/// What is asked of a run.
pub struct Options {
    /// How many sequences are under way at a time.
    pub connections: usize,
    /// The part of names that differs between runs.
    pub run: String,
    /// Answers of the real server from an earlier run, by sequence.
    pub replay: Option<BTreeMap<String, Vec<Answer>>>,
}

/// What came of a run.
#[derive(Default)]
pub struct Report {
    /// How many requests were compared, without those that only prepare the ground.
    pub requests: usize,
    /// How many had the same answers.
    pub agreed: usize,
    /// The resources that were asked for.
    pub resources: BTreeSet<String>,
    /// How many answers differed as expected, by the number of the rule.
    pub expected: BTreeMap<usize, usize>,
    /// Answers that differ.
    pub failures: Vec<Failure>,
    /// The real server's answers.
    pub recorded: BTreeMap<String, Vec<Answer>>,
}

/// Two answers that differ.
pub struct Failure {
    /// The sequence.
    pub sequence: String,
    /// The number of the request in it.
    pub index: usize,
    /// The request.
    pub step: Step,
    /// The real server's answer.
    pub real: Answer,
    /// The embedded server's.
    pub embedded: Answer,
    /// Where they differ.
    pub differences: Vec<Difference>,
}

/// Runs all sequences.
pub fn run(
    sequences: &[Sequence],
    real: &(impl Fn() -> anyhow::Result<Server> + Sync),
    embedded: &(impl Fn() -> Server + Sync),
    options: &Options,
    rules: &[Rule],
) -> anyhow::Result<Report> {
    let report = Mutex::new(Report::default());
    let next = AtomicUsize::new(0);
    let threads = 2;
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                    let worker = Worker {
                        sequences,
                        real: real()?,
                        embedded: embedded(),
                        options,
                        rules,
                        next: &next,
                        report: &report,
                    };
                    runtime.block_on(worker.run(options.connections.div_ceil(threads)))
                })
            })
            .collect();
        for handle in handles {
            handle.join().map_err(|_| anyhow::anyhow!("a worker panicked"))??;
        }
        anyhow::Ok(())
    })?;
    let mut report = report.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    report
        .failures
        .sort_by(|left, right| (&left.sequence, left.index).cmp(&(&right.sequence, right.index)));
    Ok(report)
}

struct Worker<'a> {
    sequences: &'a [Sequence],
    real: Server,
    embedded: Server,
    options: &'a Options,
    rules: &'a [Rule],
    next: &'a AtomicUsize,
    report: &'a Mutex<Report>,
}

impl Worker<'_> {
    async fn run(&self, tasks: usize) -> anyhow::Result<()> {
        let tasks = (0..tasks.max(1)).map(|_| self.take_sequences());
        futures_util::future::try_join_all(tasks).await.map(|_| ())
    }

    async fn take_sequences(&self) -> anyhow::Result<()> {
        while let Some(sequence) = self.sequences.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let real = match &self.options.replay {
                Some(recorded) => match recorded.get(&sequence.name) {
                    Some(answers) => self.masked(sequence, answers.clone()),
                    None => continue,
                },
                None => self.masked(sequence, self.real.answers(sequence).await?),
            };
            let embedded = self.masked(sequence, self.embedded.answers(sequence).await?);
            let mut report = self.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            report.add(sequence, real, embedded, self.rules);
        }
        Ok(())
    }

    fn masked(&self, sequence: &Sequence, mut answers: Vec<Answer>) -> Vec<Answer> {
        for (step, answer) in sequence.steps.iter().zip(&mut answers) {
            mask(answer, &self.options.run, &step.generate_name());
        }
        answers
    }
}

impl Report {
    /// Returns how many in a hundred answers agree or differ as listed.
    pub fn agreement(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
        let share = |count: usize| count as f64;
        if self.requests == 0 {
            return 100.0;
        }
        100.0 * share(self.requests.saturating_sub(self.failures.len())) / share(self.requests)
    }

    fn add(&mut self, sequence: &Sequence, real: Vec<Answer>, embedded: Vec<Answer>, rules: &[Rule]) {
        let mut followed = None;
        for (index, step) in sequence.steps.iter().enumerate() {
            let (Some(real), Some(embedded)) = (real.get(index), embedded.get(index)) else {
                continue;
            };
            self.resources.insert(step.resource());
            let differences = differences(real, embedded);
            let counts = index >= sequence.setup;
            self.requests += usize::from(counts);
            let expected: Option<Vec<usize>> = differences
                .iter()
                .map(|difference| {
                    rules
                        .iter()
                        .position(|rule| rule.expects(step, difference, real, embedded))
                })
                .collect();
            match expected {
                Some(found) if found.is_empty() => self.agreed += usize::from(counts),
                Some(found) => {
                    followed = followed.or(found.iter().find(|&&rule| rules[rule].follows).copied());
                    for rule in found.into_iter().collect::<BTreeSet<_>>() {
                        *self.expected.entry(rule).or_default() += 1;
                    }
                }
                None if followed.is_some() => {
                    *self.expected.entry(followed.unwrap_or_default()).or_default() += 1;
                }
                None => self.failures.push(Failure {
                    sequence: sequence.name.clone(),
                    index,
                    step: step.clone(),
                    real: real.clone(),
                    embedded: embedded.clone(),
                    differences,
                }),
            }
        }
        self.recorded.insert(sequence.name.clone(), real);
    }
}

/// Writes the real server's answers as JSON.
pub fn to_record(recorded: &BTreeMap<String, Vec<Answer>>) -> Value {
    let answer = |answer: &Answer| json!([answer.code, answer.body, answer.warnings]);
    recorded
        .iter()
        .map(|(name, answers)| (name.clone(), answers.iter().map(answer).collect::<Value>()))
        .collect()
}

/// Reads what [`to_record`] wrote.
pub fn from_record(record: &Value) -> BTreeMap<String, Vec<Answer>> {
    let answer = |entry: &Value| Answer {
        code: entry
            .get(0)
            .and_then(Value::as_u64)
            .and_then(|code| u16::try_from(code).ok())
            .unwrap_or(0),
        body: entry.get(1).cloned().unwrap_or_default(),
        warnings: entry
            .get(2)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect(),
    };
    let answers = |list: &Value| list.as_array().into_iter().flatten().map(answer).collect();
    record
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, list)| (name.clone(), answers(list)))
        .collect()
}
