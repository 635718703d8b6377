//! The functions that a template can call: names, Go signatures, bodies.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::value::{Signature, Type, Value};

/// Why a function failed: the text that Go's function would have returned as its error.
pub struct FuncError {
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl FuncError {
    /// Returns an error with the text `message`.
    pub fn new(message: impl Into<String>) -> FuncError {
        FuncError {
            message: message.into(),
            source: None,
        }
    }
}

impl fmt::Display for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FuncError")
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

/// The running interpreter, as a function sees it.
#[derive(Debug)]
pub struct Exec {}

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
    functions: HashMap<&'static str, Func>,
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
        self.functions.insert(
            name,
            Func {
                signature,
                body: Arc::new(body),
            },
        );
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
        self.functions.insert(
            name,
            Func {
                signature,
                body: Arc::new(body),
            },
        );
    }

    /// Returns the function `name`.
    pub fn get(&self, name: &str) -> Option<&Func> {
        self.functions.get(name)
    }

    /// Returns the names in alphabetical order.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.functions.keys().copied().collect();
        names.sort_unstable();
        names
    }
}
