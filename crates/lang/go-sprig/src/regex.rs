//! Regular expressions.

use std::rc::Rc;

use go_regexp::{Regexp, cached, quote_meta};
use go_text_template::{FuncError, FuncMap, List, Type, Value};
use go_value::Str;
use go_value::strconv::{can_backquote, quote};

use crate::arguments::{MAX_BYTES, Result, bad_length, int, text, text_value};

/// Adds the functions of this module.
pub(crate) fn add(functions: &mut FuncMap) {
    let two = &[Type::String, Type::String];
    let three = &[Type::String, Type::String, Type::String];
    let limited = &[Type::String, Type::String, Type::Int];
    // This one alone has no error for a bad expression.
    functions.add("regexMatch", two, |_, a| {
        Ok(cached(text(a, 0))
            .is_ok_and(|regexp| regexp.is_match(text(a, 1)))
            .into())
    });
    functions.add("mustRegexMatch", two, |_, a| {
        Ok(must_compile(text(a, 0))?.is_match(text(a, 1)).into())
    });
    functions.add("regexQuoteMeta", &[Type::String], |_, a| {
        text_value(quote_meta(text(a, 0)))
    });
    let prefixes: [(&str, Compile); 2] = [("regex", compile), ("mustRegex", must_compile)];
    for (prefix, compile) in prefixes {
        let must = prefix == "mustRegex";
        functions.add(if must { "mustRegexFind" } else { "regexFind" }, two, move |_, a| {
            let found = compile(text(a, 0))?.find(text(a, 1));
            text_value(found.map_or(&[][..], |range| &text(a, 1)[range]))
        });
        functions.add(
            if must { "mustRegexFindAll" } else { "regexFindAll" },
            limited,
            move |_, a| {
                let found = compile(text(a, 0))?.find_all(text(a, 1), int(a, 2));
                Ok(strings(found.into_iter().map(|range| &text(a, 1)[range])))
            },
        );
        functions.add(
            if must { "mustRegexSplit" } else { "regexSplit" },
            limited,
            move |_, a| {
                let parts = compile(text(a, 0))?.split(text(a, 1), int(a, 2));
                if int(a, 2) == 0 {
                    return Ok(Value::nil_list(Type::strings()));
                }
                Ok(Value::List(List::strings(parts)))
            },
        );
        functions.add(
            if must { "mustRegexReplaceAll" } else { "regexReplaceAll" },
            three,
            move |_, a| replaced(compile(text(a, 0))?.replace_all_within(text(a, 1), text(a, 2), MAX_BYTES)),
        );
        let name = if must {
            "mustRegexReplaceAllLiteral"
        } else {
            "regexReplaceAllLiteral"
        };
        functions.add(name, three, move |_, a| {
            replaced(compile(text(a, 0))?.replace_all_literal_within(text(a, 1), text(a, 2), MAX_BYTES))
        });
    }
}

/// The text, or the error that Go makes of one that is too long.
fn replaced(text: Option<Vec<u8>>) -> Result {
    text.map_or_else(bad_length, text_value)
}

type Compile = fn(&[u8]) -> Result<Rc<Regexp>>;

/// Compiles; the error is that of Go's `MustCompile`.
fn compile(expression: &[u8]) -> Result<Rc<Regexp>> {
    cached(expression).map_err(|error| {
        let expression = match can_backquote(expression) {
            true => format!("`{}`", Str::from(expression)),
            false => quote(expression),
        };
        FuncError::new(format!("regexp: Compile({expression}): {error}"))
    })
}

/// Compiles; the error is that of Go's `Compile`.
fn must_compile(expression: &[u8]) -> Result<Rc<Regexp>> {
    cached(expression).map_err(|error| FuncError::new(error.to_string()))
}

/// A `[]string`; without elements it is nil.
fn strings<'a>(found: impl Iterator<Item = &'a [u8]>) -> Value {
    let list = List::strings(found);
    if list.items.is_empty() {
        Value::nil_list(Type::strings())
    } else {
        Value::List(list)
    }
}
