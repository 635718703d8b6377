//! The functions that a template can call: names, Go signatures, bodies.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::error::Error;
use crate::exec::Exec;
use crate::value::{Signature, Type, Value};

/// Why a function failed: the text that Go's function would have returned as its error.
pub struct FuncError {
    message: String,
    cause: Option<Error>,
}

impl FuncError {
    /// Returns an error with the text `message`.
    pub fn new(message: impl Into<String>) -> FuncError {
        FuncError {
            message: message.into(),
            cause: None,
        }
    }

    /// Returns the error that Go makes of a panic in a function, such as `runtime error: integer divide by zero`.
    pub fn panic(message: impl Into<String>) -> FuncError {
        FuncError::new(message)
    }

    /// Returns an error whose text is `prefix` followed by that of `cause`: Go's `fmt.Errorf("…: %w", cause)`.
    pub fn wrap(prefix: impl Into<String>, cause: Error) -> FuncError {
        FuncError {
            message: prefix.into(),
            cause: Some(cause),
        }
    }

    /// The text before that of the cause; empty for an error that a function only passed on.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The template error inside, when the function executed a template.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }

    pub(crate) fn take_cause(&mut self) -> Option<Error> {
        self.cause.take()
    }
}

/// A function passes on the error of a template that it executed.
impl From<Error> for FuncError {
    fn from(error: Error) -> Self {
        FuncError::wrap("", error)
    }
}

impl fmt::Display for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.cause {
            Some(cause) => write!(f, "{cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FuncError({:?})", self.to_string())
    }
}

impl std::error::Error for FuncError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let cause = self.cause.as_ref()?;
        Some(cause)
    }
}

/// A function's body. The arguments were checked against, and converted to, the types of the signature.
pub type Body = Arc<dyn Fn(&mut Exec, &[Value]) -> Result<Value, FuncError> + Send + Sync>;

/// A function: Go's signature and the body.
#[derive(Clone)]
pub struct Func {
    /// The parameter types, which decide Go's "wrong number of args" and "wrong type for value" errors.
    pub signature: Signature,
    /// What it does.
    pub body: Body,
}

/// The functions by name.
#[derive(Clone, Default)]
pub struct FuncMap {
    functions: Vec<(&'static str, Func)>,
    places: HashMap<&'static [u8], u32, FixedState>,
}

impl fmt::Debug for FuncMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl FuncMap {
    /// Adds or replaces a function with fixed parameters.
    pub fn add(
        &mut self,
        name: &'static str,
        parameters: &[Type],
        body: impl Fn(&mut Exec, &[Value]) -> Result<Value, FuncError> + Send + Sync + 'static,
    ) {
        let signature = Signature {
            parameters: parameters.to_vec(),
            variadic: None,
        };
        let body: Body = Arc::new(body);
        self.set(name, Func { signature, body });
    }

    /// Adds or replaces a function whose last parameter is variadic with elements of type `variadic`.
    pub fn add_variadic(
        &mut self,
        name: &'static str,
        parameters: &[Type],
        variadic: Type,
        body: impl Fn(&mut Exec, &[Value]) -> Result<Value, FuncError> + Send + Sync + 'static,
    ) {
        let signature = Signature {
            parameters: parameters.to_vec(),
            variadic: Some(variadic),
        };
        let body: Body = Arc::new(body);
        self.set(name, Func { signature, body });
    }

    /// Adds or replaces a function.
    pub fn set(&mut self, name: &'static str, function: Func) {
        match self.places.get(name.as_bytes()) {
            Some(place) => self.functions[*place as usize].1 = function,
            None => {
                self.places.insert(name.as_bytes(), self.functions.len() as u32);
                self.functions.push((name, function));
            }
        }
    }

    /// Returns the function `name`.
    pub fn get(&self, name: &str) -> Option<&Func> {
        self.place(name.as_bytes()).map(|place| self.at(place))
    }

    pub(crate) fn place(&self, name: &[u8]) -> Option<u32> {
        self.places.get(name).copied()
    }

    pub(crate) fn at(&self, place: u32) -> &Func {
        &self.functions[place as usize].1
    }

    pub(crate) fn name_at(&self, place: u32) -> &'static str {
        self.functions[place as usize].0
    }

    /// Returns the names in alphabetical order.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.functions.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names
    }
}
