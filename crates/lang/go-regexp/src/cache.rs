//! Expressions that were compiled before.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::{Error, Regexp};

/// So many expressions are kept per thread; when there are more, all are forgotten.
const CAPACITY: usize = 256;

thread_local! {
    static CACHE: RefCell<HashMap<Vec<u8>, Rc<Regexp>>> = RefCell::default();
}

/// Compiles an expression, or returns what it was compiled to before on this thread.
///
/// # Errors
/// The expression is not valid; failures are not kept.
pub fn cached(expression: impl AsRef<[u8]>) -> Result<Rc<Regexp>, Error> {
    let expression = expression.as_ref();
    let known = CACHE.with_borrow(|cache| cache.get(expression).cloned());
    if let Some(regexp) = known {
        return Ok(regexp);
    }
    let regexp = Rc::new(Regexp::compile(expression)?);
    CACHE.with_borrow_mut(|cache| {
        if cache.len() >= CAPACITY {
            cache.clear();
        }
        cache.insert(expression.to_vec(), Rc::clone(&regexp));
    });
    Ok(regexp)
}
