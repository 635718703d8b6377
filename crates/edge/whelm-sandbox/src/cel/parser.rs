//! Reads expressions.

use super::lexer::{Token, Wrong, tokens};
use super::syntax::{Access, Expr, Item, Literal, Node};

/// How deep the tree of an expression may be.
const MOST_DEPTH: usize = 120;
/// How deep brackets and conditions may nest. Each takes many calls, for all the operators that could follow.
const MOST_NESTING: usize = 40;
/// How long an expression may be, in bytes.
const MOST_LENGTH: usize = 32 << 10;

/// Reads an expression.
///
/// # Errors
/// What stands where it cannot.
pub(crate) fn parse(text: &str) -> Result<Node, Wrong> {
    if text.len() > MOST_LENGTH {
        return Err(Wrong {
            at: 0,
            message: format!("expression is longer than {MOST_LENGTH} bytes"),
        });
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        end: text.len(),
        depth: 0,
    };
    let node = parser.expression()?;
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.unexpected()),
    }
}

pub(super) struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: usize,
}

const TIGHTEST: usize = 3;
/// The binary operators, the loosest first.
const LEVELS: [&[&str]; TIGHTEST] = [&["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(own)) if *own == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Wrong> {
        if self.takes(sign) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong {
            at: self.at(),
            message: message.into(),
        }
    }

    fn unexpected(&self) -> Wrong {
        let found = match self.peek() {
            None => "<EOF>".to_owned(),
            Some(Token::Sign(sign)) => (*sign).to_owned(),
            Some(Token::Ident(name)) => name.clone(),
            Some(Token::Literal(_)) => "a literal".to_owned(),
        };
        self.wrong(format!("Syntax error: mismatched input '{found}'"))
    }

    pub(super) fn node(&self, at: usize, below: usize, expr: Expr) -> Result<Node, Wrong> {
        let depth = below + 1;
        if depth > MOST_DEPTH {
            return Err(self.too_deep());
        }
        Ok(Node { at, depth, expr })
    }

    fn too_deep(&self) -> Wrong {
        self.wrong("expression recursion limit exceeded")
    }

    fn expression(&mut self) -> Result<Node, Wrong> {
        self.depth += 1;
        if self.depth > MOST_NESTING {
            return Err(self.too_deep());
        }
        let condition = self.chain("||")?;
        let node = if self.takes("?") {
            let yes = self.chain("||")?;
            self.expect(":")?;
            let no = self.expression()?;
            let below = condition.depth.max(yes.depth).max(no.depth);
            let at = condition.at;
            self.node(at, below, Expr::Choice(Box::new([condition, yes, no])))?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(node)
    }

    /// Reads what `||` joins, or what `&&` joins.
    fn chain(&mut self, sign: &str) -> Result<Node, Wrong> {
        let mut parts = Vec::new();
        loop {
            parts.push(if sign == "||" {
                self.chain("&&")?
            } else {
                self.binary(0)?
            });
            if !self.takes(sign) {
                break;
            }
        }
        let below = parts.iter().map(|part| part.depth).max().unwrap_or(0);
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => {
                parts.extend(last);
                let at = parts.first().map_or(0, |part| part.at);
                let expr = if sign == "||" {
                    Expr::Or(parts)
                } else {
                    Expr::And(parts)
                };
                self.node(at, below, expr)
            }
        }
    }

    fn binary(&mut self, level: usize) -> Result<Node, Wrong> {
        let Some(signs) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            let at = self.at();
            let Some(sign) = signs.iter().find(|sign| self.takes(sign)) else {
                return Ok(left);
            };
            let right = self.binary(level + 1)?;
            let below = left.depth.max(right.depth);
            left = self.node(at, below, call(None, sign, vec![left, right]))?;
        }
    }

    fn unary(&mut self) -> Result<Node, Wrong> {
        let at = self.at();
        let sign = if self.takes("!") {
            "!"
        } else if self.takes("-") {
            "-"
        } else {
            return self.member();
        };
        let mut count = 1;
        while self.takes(sign) {
            count += 1;
        }
        let operand = self.unary_operand(sign)?;
        if count % 2 == 0 {
            return Ok(operand);
        }
        match operand.expr {
            Expr::Literal(Literal::Int(value)) if sign == "-" => {
                self.node(at, 0, Expr::Literal(Literal::Int(value.wrapping_neg())))
            }
            Expr::Literal(Literal::Double(value)) if sign == "-" => {
                self.node(at, 0, Expr::Literal(Literal::Double(-value)))
            }
            _ => {
                let below = operand.depth;
                let name = if sign == "-" { "negate" } else { "!" };
                self.node(at, below, call(None, name, vec![operand]))
            }
        }
    }

    /// `!-x` and `-!x` are no expressions.
    fn unary_operand(&mut self, sign: &str) -> Result<Node, Wrong> {
        let other = if sign == "!" { "-" } else { "!" };
        match self.peek() {
            Some(Token::Sign(own)) if *own == other => Err(self.unexpected()),
            _ => self.member(),
        }
    }

    fn member(&mut self) -> Result<Node, Wrong> {
        let mut node = self.primary()?;
        loop {
            let at = self.at();
            if self.takes(".") {
                let optional = self.takes("?");
                let field = self.name()?;
                let after = self.at();
                if !optional && self.takes("(") {
                    let arguments = self.list(")")?;
                    node = self.method(after, node, field, arguments)?;
                    continue;
                }
                let how = if optional { Access::Optional } else { Access::Field };
                let below = node.depth;
                let operand = Box::new(node);
                node = self.node(at, below, Expr::Select { operand, field, how })?;
            } else if self.takes("[") {
                let optional = self.takes("?");
                let index = self.expression()?;
                self.expect("]")?;
                let below = node.depth.max(index.depth);
                let (operand, index) = (Box::new(node), Box::new(index));
                node = self.node(
                    at,
                    below,
                    Expr::Index {
                        operand,
                        index,
                        optional,
                    },
                )?;
            } else {
                return Ok(node);
            }
        }
    }

    fn name(&mut self) -> Result<String, Wrong> {
        match self.peek().cloned() {
            Some(Token::Ident(name)) => {
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn list(&mut self, end: &str) -> Result<Vec<Node>, Wrong> {
        let mut values = Vec::new();
        while !self.takes(end) {
            values.push(self.expression()?);
            if !self.takes(",") {
                self.expect(end)?;
                break;
            }
        }
        Ok(values)
    }

    fn primary(&mut self) -> Result<Node, Wrong> {
        let at = self.at();
        match self.peek().cloned() {
            Some(Token::Literal(literal)) => {
                self.next += 1;
                self.node(at, 0, Expr::Literal(literal))
            }
            Some(Token::Ident(name)) => {
                self.next += 1;
                let after = self.at();
                if !self.takes("(") {
                    return self.node(at, 0, Expr::Ident(name));
                }
                let arguments = self.list(")")?;
                self.function(after, name, arguments)
            }
            Some(Token::Sign("(")) => {
                self.next += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Token::Sign("[")) => self.list_literal(at),
            Some(Token::Sign("{")) => self.map_literal(at),
            _ => Err(self.unexpected()),
        }
    }

    fn list_literal(&mut self, at: usize) -> Result<Node, Wrong> {
        self.next += 1;
        let mut items = Vec::new();
        while !self.takes("]") {
            let optional = self.takes("?");
            let value = self.expression()?;
            items.push(Item { value, optional });
            if !self.takes(",") {
                self.expect("]")?;
                break;
            }
        }
        let below = items.iter().map(|item| item.value.depth).max().unwrap_or(0);
        self.node(at, below, Expr::List(items))
    }

    fn map_literal(&mut self, at: usize) -> Result<Node, Wrong> {
        self.next += 1;
        let mut pairs = Vec::new();
        while !self.takes("}") {
            let key = self.expression()?;
            self.expect(":")?;
            pairs.push((key, self.expression()?));
            if !self.takes(",") {
                self.expect("}")?;
                break;
            }
        }
        let below = pairs
            .iter()
            .map(|(key, value)| key.depth.max(value.depth))
            .max()
            .unwrap_or(0);
        self.node(at, below, Expr::Map(pairs))
    }
}

pub(super) fn call(target: Option<Node>, name: &str, arguments: Vec<Node>) -> Expr {
    Expr::Call {
        target: target.map(Box::new),
        name: name.to_owned(),
        arguments,
    }
}
