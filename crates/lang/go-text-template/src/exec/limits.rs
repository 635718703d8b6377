//! When to stop an execution that Go would never end.

use std::fmt;
use std::rc::Rc;

use crate::value::Value;

/// Limits of an execution. The default is none.
#[derive(Clone, Default)]
pub struct Limits {
    /// How many bytes may be written, those of nested executions included.
    pub output: Option<u64>,
    /// How many nodes may be executed.
    pub steps: Option<u64>,
    /// How many bytes the large results of functions may take together, those that are gone included. A result is large from
    /// 64 KiB on. None of them may take more than an eighth.
    pub results: Option<u64>,
    /// Asked every few thousand steps; a text stops the execution with that text as its error.
    pub interrupt: Option<Interrupt>,
}

/// Asked now and then whether to stop, and why.
pub type Interrupt = Rc<dyn Fn() -> Option<String>>;

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("output", &self.output)
            .field("steps", &self.steps)
            .field("results", &self.results)
            .finish_non_exhaustive()
    }
}

/// Counts steps and bytes.
pub(super) struct Meter {
    limits: Limits,
    /// Steps until the next look at the limits.
    pub(super) credit: u32,
    steps: u64,
    output: u64,
    results: u64,
}

const INTERVAL: u32 = 4096;
/// Smaller results are not counted.
const LARGE: usize = 64 * 1024;

impl Meter {
    pub(super) fn new(limits: Limits) -> Meter {
        Meter {
            limits,
            credit: INTERVAL,
            steps: 0,
            output: 0,
            results: 0,
        }
    }

    /// Looks at the limits after [`INTERVAL`] steps; the error is the text of the reason to stop.
    #[cold]
    pub(super) fn refill(&mut self) -> Result<(), String> {
        self.credit = INTERVAL;
        self.steps += u64::from(INTERVAL);
        if self.limits.steps.is_some_and(|limit| self.steps > limit) {
            return Err("exceeded maximum number of steps".to_owned());
        }
        match self.limits.interrupt.as_ref().and_then(|ask| ask()) {
            Some(reason) => Err(reason),
            None => Ok(()),
        }
    }

    /// Counts what a function returned.
    #[inline]
    pub(super) fn result(&mut self, value: &Value) -> Result<(), String> {
        let bytes = match value {
            Value::Str(text) | Value::Bytes(text) => text.len(),
            Value::List(list) => list.items.len().saturating_mul(size_of::<Value>()),
            _ => 0,
        };
        if bytes < LARGE {
            Ok(())
        } else {
            self.large_result(bytes)
        }
    }

    #[cold]
    fn large_result(&mut self, bytes: usize) -> Result<(), String> {
        self.results = self.results.saturating_add(bytes as u64);
        match self.limits.results {
            Some(limit) if self.results > limit || bytes as u64 > limit / 8 => {
                Err(format!("exceeded maximum size of results ({limit})"))
            }
            _ => Ok(()),
        }
    }

    /// Counts `bytes` of output.
    pub(super) fn write(&mut self, bytes: usize) -> Result<(), String> {
        self.output += bytes as u64;
        match self.limits.output {
            Some(limit) if self.output > limit => Err(format!("exceeded maximum output size ({limit})")),
            _ => Ok(()),
        }
    }
}
