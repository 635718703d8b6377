//! Doing something again.

use std::time::Duration;

use crate::Error;

/// How often something is done that others cross, as client-go's default back-off has it.
const TRIES: u32 = 5;

/// How long the first pause is after others have crossed; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// Does something until it goes well, or `pause` gives no time after which it is worth to do it again.
pub(crate) async fn again<T, F>(
    once: impl Fn() -> F,
    mut pause: impl FnMut(&Error) -> Option<Duration>,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    loop {
        // On the heap: the futures of requests are large, and those who send them nest deep.
        let failure = match Box::pin(once()).await {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        match pause(&failure) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(failure),
        }
    }
}

/// Does something up to five times, with short pauses, as long as it fails because others did something at the same moment.
///
/// # Errors
/// As `once`.
pub async fn insistently<T, F>(once: impl Fn() -> F, is_crossed: impl Fn(&Error) -> bool) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut pauses = (0..TRIES - 1).map(|number| FIRST_PAUSE * 2_u32.pow(number));
    again(once, |failure| if is_crossed(failure) { pauses.next() } else { None }).await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn five_times_and_no_more() {
        let count = Cell::new(0);
        let fails = || async {
            count.set(count.get() + 1);
            Err::<(), _>(Error::Answer("no".to_owned()))
        };
        let start = tokio::time::Instant::now();
        assert!(insistently(fails, |_| true).await.is_err());
        assert_eq!((count.get(), start.elapsed().as_millis()), (5, 150));
        assert!(insistently(fails, |_| false).await.is_err());
        assert_eq!(count.get(), 6);
    }
}
