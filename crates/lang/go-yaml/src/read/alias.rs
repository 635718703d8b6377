//! The limit on what aliases may multiply a document to.

use crate::Error;

/// Up to this many decoded nodes, 99 of 100 may come from aliases.
const LOW: f64 = 400_000.0;
/// From this many on, 10 of 100 may.
const HIGH: f64 = 4_000_000.0;

/// Counts decoded nodes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AliasCounter {
    decoded: u64,
    in_aliases: u64,
}

impl AliasCounter {
    /// Counts a node; an error when too many came from aliases.
    pub(crate) fn count(&mut self, in_alias: bool) -> Result<(), Error> {
        self.decoded += 1;
        self.in_aliases += u64::from(in_alias);
        if self.in_aliases > 100
            && self.decoded > 1000
            && self.in_aliases as f64 / self.decoded as f64 > allowed_ratio(self.decoded)
        {
            return Err(Error::decode("document contains excessive aliasing"));
        }
        Ok(())
    }
}

fn allowed_ratio(decoded: u64) -> f64 {
    let decoded = decoded as f64;
    if decoded <= LOW {
        0.99
    } else if decoded >= HIGH {
        0.10
    } else {
        0.99 - 0.89 * ((decoded - LOW) / (HIGH - LOW))
    }
}
