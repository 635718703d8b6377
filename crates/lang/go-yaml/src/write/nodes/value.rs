//! Plain values to nodes that are written as yaml.v3 writes the values.

use go_value::Value;
use go_value::strconv::{self, FloatForm};

use super::super::encode::is_base_60;
use super::super::sort;
use crate::node::{Kind, Node, NodeId, Quoting, Tree};
use crate::read::{guess_tag, old_bool};
use crate::{Dialect, Error, MAX_DEPTH};

/// Makes nodes of a value; the keys of maps come in natural order.
pub(crate) fn tree_of(value: &Value) -> Result<Tree, Error> {
    let mut tree = Tree::new(Node::new(Kind::Document));
    let top = add(&mut tree, value, 0)?;
    let root = tree.root;
    tree[root].content.push(top);
    Ok(tree)
}

fn add(tree: &mut Tree, value: &Value, depth: usize) -> Result<NodeId, Error> {
    if depth > MAX_DEPTH {
        return Err(Error::emit(format_args!("exceeded max depth of {MAX_DEPTH}")));
    }
    let mut content = Vec::new();
    let mut node = match value {
        Value::Nil => Node::scalar("null"),
        Value::Bool(value) => Node::scalar(value.to_string()),
        Value::Int(value) => Node::scalar(value.to_string()),
        Value::Uint(value) => Node::scalar(value.to_string()),
        Value::Float(value) => Node::scalar(float(*value)),
        Value::Str(text) => string(text),
        Value::List(list) => {
            for item in list {
                content.push(add(tree, item, depth + 1)?);
            }
            Node::new(Kind::Sequence)
        }
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            sort::sort(&mut entries, |entry| entry.0.as_bytes(), Dialect::V3);
            for (key, value) in entries {
                content.push(tree.add(string(key)));
                content.push(add(tree, value, depth + 1)?);
            }
            Node::new(Kind::Mapping)
        }
    };
    node.content = content;
    Ok(tree.add(node))
}

fn float(value: f64) -> String {
    match value {
        f64::INFINITY => ".inf".to_owned(),
        f64::NEG_INFINITY => "-.inf".to_owned(),
        _ if value.is_nan() => ".nan".to_owned(),
        _ => strconv::format_float(value, FloatForm::General, None),
    }
}

/// Makes a string; one that would be something else without quotes gets them.
fn string(text: &[u8]) -> Node {
    let mut node = Node::string(text);
    let binary = *node.tag == *b"!!binary";
    let is_text = *guess_tag(text) == *b"!!str" && !is_base_60(text) && old_bool(text).is_none();
    if node.style.quoting == Quoting::Plain && !binary && !is_text {
        node.style.quoting = Quoting::Double;
    }
    node
}
