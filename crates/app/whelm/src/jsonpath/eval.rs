//! Selecting from a value with a JSONPath template, and printing what was selected.

use std::borrow::Cow;

use go_value::json::{self, Escape};
use go_value::strconv::{FloatForm, format_float};
use go_value::{Str, Value, utf8};

use super::compare::compare;
use super::{Bound, Node};

/// A selected value; `None` where Go has no value at all.
type Selected<'a> = Option<Cow<'a, Value>>;

/// What a node selects, and why it stopped if it failed. What was selected until then counts in some places.
type Walked<'a> = (Vec<Selected<'a>>, Result<(), String>);

/// Writes what the template selects from `data`.
///
/// # Errors
/// The library's text; `out` has what was printed before.
pub fn execute(nodes: &[Node], data: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let mut machine = Machine {
        nodes,
        begin: 0,
        inside: 0,
        end: 0,
        last_end: None,
    };
    for results in machine.find(0, Some(Cow::Borrowed(data)))? {
        print(&results, out)?;
    }
    Ok(())
}

/// The state of ranges.
struct Machine<'n> {
    nodes: &'n [Node],
    begin: usize,
    inside: usize,
    end: usize,
    last_end: Option<usize>,
}

impl Machine<'_> {
    /// Evaluates the nodes from `start` on.
    fn find<'a>(&mut self, start: usize, data: Selected<'a>) -> Result<Vec<Vec<Selected<'a>>>, String> {
        let current = vec![data];
        let mut all = Vec::new();
        let mut at = start;
        while at < self.nodes.len() {
            let (results, outcome) = self.walk(current.clone(), &self.nodes[at]);
            outcome?;
            if self.end > 0 && self.end <= self.inside {
                self.end -= 1;
                self.last_end = Some(at);
                break;
            }
            if self.begin == 0 {
                all.push(results);
            } else {
                self.begin -= 1;
                self.inside += 1;
                if results.is_empty() {
                    self.find(at + 1, None)?;
                }
                for value in results {
                    all.extend(self.find(at + 1, value)?);
                }
                self.inside -= 1;
                at = self.last_end.filter(|end| *end > at).unwrap_or(at);
            }
            at += 1;
        }
        Ok(all)
    }

    fn walk<'a>(&mut self, input: Vec<Selected<'a>>, node: &Node) -> Walked<'a> {
        let constant = |value: Value| (input.iter().map(|_| Some(Cow::Owned(value.clone()))).collect(), Ok(()));
        match node {
            Node::List(nodes) => self.walk_list(input, nodes),
            Node::Text(text) => (vec![Some(Cow::Owned(Value::Str(Str::from(text.clone()))))], Ok(())),
            Node::Int(number) => constant(Value::Int(*number)),
            Node::Float(number) => constant(Value::Float(*number)),
            Node::Bool(value) => constant(Value::Bool(*value)),
            Node::Field(name) => field(&input, name),
            Node::Array(bounds) => array(input, *bounds),
            Node::Filter { left, operator, right } => self.filter(input, left, operator.as_deref(), right),
            Node::Wildcard => (input.iter().flatten().flat_map(children).collect(), Ok(())),
            Node::Recursive => {
                let mut found = Vec::new();
                recursive(input, &mut found);
                (found, Ok(()))
            }
            Node::Union(lists) => self.union(input, lists),
            Node::Identifier(name) => self.identifier(input, name),
        }
    }

    fn walk_list<'a>(&mut self, mut values: Vec<Selected<'a>>, nodes: &[Node]) -> Walked<'a> {
        for node in nodes {
            let (next, outcome) = self.walk(values, node);
            values = next;
            if outcome.is_err() {
                return (values, outcome);
            }
        }
        (values, Ok(()))
    }

    fn identifier<'a>(&mut self, input: Vec<Selected<'a>>, name: &[u8]) -> Walked<'a> {
        match name {
            b"range" => {
                self.begin += 1;
                (input, Ok(()))
            }
            b"end" if self.inside > 0 => {
                self.end += 1;
                (Vec::new(), Ok(()))
            }
            b"end" => (Vec::new(), Err("not in range, nothing to end".to_owned())),
            _ => (
                input,
                Err(format!("unrecognized identifier {}", utf8::to_string_lossy(name))),
            ),
        }
    }

    fn union<'a>(&mut self, input: Vec<Selected<'a>>, lists: &[Vec<Node>]) -> Walked<'a> {
        let mut results = Vec::new();
        for list in lists {
            let (found, outcome) = self.walk_list(input.clone(), list);
            if outcome.is_err() {
                return (input, outcome);
            }
            results.extend(found);
        }
        (results, Ok(()))
    }

    fn filter<'a>(
        &mut self,
        input: Vec<Selected<'a>>,
        left: &[Node],
        operator: Option<&[u8]>,
        right: &[Node],
    ) -> Walked<'a> {
        let mut results = Vec::new();
        for value in &input {
            let Some(Value::List(_)) = value.as_deref() else {
                return (
                    input,
                    Err("value is not array or slice and cannot be filtered".to_owned()),
                );
            };
            for item in value.iter().flat_map(children) {
                match self.passes(&item, left, operator, right) {
                    Ok(true) => results.push(item),
                    Ok(false) => {}
                    Err(error) => return (input, Err(error)),
                }
            }
        }
        (results, Ok(()))
    }

    fn passes(
        &mut self,
        item: &Selected<'_>,
        left: &[Node],
        operator: Option<&[u8]>,
        right: &[Node],
    ) -> Result<bool, String> {
        let (lefts, outcome) = self.walk_list(vec![item.clone()], left);
        let Some(operator) = operator else {
            return Ok(!lefts.is_empty());
        };
        outcome?;
        let (rights, outcome) = match lefts.len() {
            0 => return Ok(false),
            1 => self.walk_list(vec![item.clone()], right),
            _ => return Err("can only compare one element at a time".to_owned()),
        };
        outcome?;
        match (lefts.as_slice(), rights.as_slice()) {
            (_, []) => Ok(false),
            ([Some(left)], [Some(right)]) => compare(left, operator, right),
            ([_], [_]) => Err("invalid type for comparison".to_owned()),
            _ => Err("can only compare one element at a time".to_owned()),
        }
    }
}

/// The values of a map in the order of its keys, the items of a list, the bytes of a text.
fn children<'a>(value: &Cow<'a, Value>) -> Vec<Selected<'a>> {
    match value {
        Cow::Borrowed(Value::Map(map)) => map.values().map(|item| Some(Cow::Borrowed(item))).collect(),
        Cow::Borrowed(Value::List(list)) => list.iter().map(|item| Some(Cow::Borrowed(item))).collect(),
        Cow::Borrowed(Value::Str(text)) | Cow::Owned(Value::Str(text)) => text
            .iter()
            .map(|byte| Some(Cow::Owned(Value::Uint(u64::from(*byte)))))
            .collect(),
        _ => Vec::new(),
    }
}

/// Selects every value that has something below it, depth first.
fn recursive<'a>(input: Vec<Selected<'a>>, found: &mut Vec<Selected<'a>>) {
    for value in input.into_iter().flatten() {
        let below = children(&value);
        if !below.is_empty() {
            found.push(Some(value));
            recursive(below, found);
        }
    }
}

fn field<'a>(input: &[Selected<'a>], name: &[u8]) -> Walked<'a> {
    let mut results = Vec::new();
    for value in input {
        if let Some(Cow::Borrowed(Value::Map(map))) = value
            && let Some(item) = map.get(name)
        {
            results.push(Some(Cow::Borrowed(item)));
        }
    }
    if results.is_empty() && !input.is_empty() {
        return (results, Err(format!("{} is not found", utf8::to_string_lossy(name))));
    }
    (results, Ok(()))
}

fn array<'a>(input: Vec<Selected<'a>>, bounds: [Bound; 3]) -> Walked<'a> {
    let mut results = Vec::new();
    for value in &input {
        match value {
            Some(Cow::Borrowed(Value::List(list))) => match slice(list, bounds) {
                Ok(Some(items)) => results.extend(items),
                Ok(None) => return (results, Ok(())),
                Err(error) => return (input, Err(error)),
            },
            Some(value) if value.is_nil() => {}
            _ => return (input, Err("value is not array or slice".to_owned())),
        }
    }
    (results, Ok(()))
}

/// Returns the items of a slice; nothing when it asks for no item, which ends the selection.
fn slice<'a>(list: &'a [Value], [start, end, step]: [Bound; 3]) -> Result<Option<Vec<Selected<'a>>>, String> {
    let length = list.len() as i64;
    let from = match start.value.unwrap_or(0) {
        start if start < 0 => start.saturating_add(length),
        start => start,
    };
    let to = match end.value.unwrap_or(length) {
        to if to < 0 || (to == 0 && end.derived) => to.saturating_add(length),
        to => to,
    };
    if from == to {
        return Ok(None);
    }
    let out_of_bounds = |index: i64| format!("array index out of bounds: index {index}, length {length}");
    if from >= length || from < 0 {
        return Err(out_of_bounds(from));
    }
    if to > length || to < 0 {
        return Err(out_of_bounds(to.saturating_sub(1)));
    }
    if from > to {
        return Err(format!("starting index {from} is greater than ending index {to}"));
    }
    let step = step.value.unwrap_or(1);
    if step <= 0 {
        return Err("step must be > 0".to_owned());
    }
    let items = list[from as usize..to as usize].iter().step_by(step as usize);
    Ok(Some(items.map(|item| Some(Cow::Borrowed(item))).collect()))
}

fn print(results: &[Selected<'_>], out: &mut Vec<u8>) -> Result<(), String> {
    for (at, value) in results.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        match value.as_deref() {
            None => out.extend_from_slice(b"<no value>"),
            Some(Value::Nil) => out.extend_from_slice(b"null"),
            Some(Value::Bool(value)) => out.extend_from_slice(value.to_string().as_bytes()),
            Some(Value::Int(value)) => out.extend_from_slice(value.to_string().as_bytes()),
            Some(Value::Uint(value)) => out.extend_from_slice(value.to_string().as_bytes()),
            Some(Value::Float(value)) => out.extend_from_slice(number(*value).as_bytes()),
            Some(Value::Str(text)) => out.extend_from_slice(text),
            Some(value) => {
                let text = json::to_string(value, Escape::Html).map_err(|error| error.to_string())?;
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
    Ok(())
}

/// Go's `%v` of a number.
fn number(value: f64) -> String {
    let exponent = format_float(value, FloatForm::Exponent, None);
    let power: i32 = exponent
        .split_once('e')
        .and_then(|(_, power)| power.parse().ok())
        .unwrap_or(0);
    if value.is_finite() && (-4..21).contains(&power) {
        format_float(value, FloatForm::Fixed, None)
    } else {
        exponent
    }
}
