//! The first record of a CSV text, as Go's `encoding/csv` reads it.

/// Splits `text` as `csv.Reader.Read` with default options does.
///
/// # Errors
/// Go's text: `EOF` when there is no record, else the place of a stray or missing quote.
pub fn read_record(text: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader { rest: text, line: 0 };
    let mut line = reader.next_line().ok_or("EOF")?;
    while line == "\n" || line.is_empty() {
        line = reader.next_line().ok_or("EOF")?;
    }
    reader.record(line)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Returns the next line with its newline; a carriage return before it, or at the very end, is dropped.
    fn next_line(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(match line.strip_suffix("\r\n") {
            Some(body) => format!("{body}\n"),
            None if rest.is_empty() => line.strip_suffix('\r').unwrap_or(line).to_owned(),
            None => line.to_owned(),
        })
    }

    fn record(&mut self, mut line: String) -> Result<Vec<String>, String> {
        let first_line = self.line;
        let mut fields = Vec::new();
        let mut at = 0;
        loop {
            if !line[at..].starts_with('"') {
                let end = line[at..].find(',').map(|offset| at + offset);
                let field = &line[at..end.unwrap_or(line.len())];
                let field = if end.is_none() {
                    field.strip_suffix('\n').unwrap_or(field)
                } else {
                    field
                };
                if let Some(quote) = field.find('"') {
                    return Err(self.error(first_line, at + quote, "bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                match end {
                    Some(end) => at = end + 1,
                    None => return Ok(fields),
                }
                continue;
            }
            match self.quoted(&mut line, at + 1, first_line)? {
                (field, Some(next)) => {
                    fields.push(field);
                    at = next;
                }
                (field, None) => {
                    fields.push(field);
                    return Ok(fields);
                }
            }
        }
    }

    /// Reads a field after its opening quote; the second result is where the next field begins, if there is one.
    fn quoted(
        &mut self,
        line: &mut String,
        mut at: usize,
        first_line: usize,
    ) -> Result<(String, Option<usize>), String> {
        const STRAY: &str = "extraneous or missing \" in quoted-field";
        let mut field = String::new();
        loop {
            let Some(offset) = line[at..].find('"') else {
                field.push_str(&line[at..]);
                let end = line.len();
                match self.next_line() {
                    Some(next) => {
                        *line = next;
                        at = 0;
                        continue;
                    }
                    None => return Err(self.error(first_line, end, STRAY)),
                }
            };
            field.push_str(&line[at..at + offset]);
            at += offset + 1;
            match &line[at..] {
                rest if rest.starts_with('"') => {
                    field.push('"');
                    at += 1;
                }
                rest if rest.starts_with(',') => return Ok((field, Some(at + 1))),
                "" | "\n" => return Ok((field, None)),
                _ => return Err(self.error(first_line, at - 1, STRAY)),
            }
        }
    }

    /// Go's text for an error at byte `column` (from 0) of the current line.
    fn error(&self, first_line: usize, column: usize, what: &str) -> String {
        let place = format!("parse error on line {}, column {}: {what}", self.line, column + 1);
        if first_line == self.line {
            place
        } else {
            format!("record on line {first_line}; {place}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_record;

    #[test]
    fn splits_as_go_does() {
        assert_eq!(read_record("a,b").unwrap(), ["a", "b"]);
        assert_eq!(read_record("a,\"b,c\",").unwrap(), ["a", "b,c", ""]);
        assert_eq!(read_record("\"x\"\"y\"\nz").unwrap(), ["x\"y"]);
        assert_eq!(read_record("\"x\ny\",z").unwrap(), ["x\ny", "z"]);
        assert_eq!(read_record("\n").unwrap_err(), "EOF");
        assert_eq!(
            read_record("a\"b").unwrap_err(),
            "parse error on line 1, column 2: bare \" in non-quoted-field"
        );
        assert_eq!(
            read_record("\"ab").unwrap_err(),
            "parse error on line 1, column 4: extraneous or missing \" in quoted-field"
        );
    }
}
