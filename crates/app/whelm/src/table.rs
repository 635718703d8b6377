//! Tables as Helm prints them: cells padded to the width of their column, with tabs between them.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Rows of cells.
#[derive(Debug, Default)]
pub struct Table {
    /// The widest a column may be; 0 sets no limit.
    pub max_width: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(max_width: usize) -> Table {
        Table {
            max_width,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn add<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
    }

    /// Adds a row of however many cells.
    pub fn add_row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Returns the lines, without a newline at the end.
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|column| self.width(column)).collect();
        self.rows
            .iter()
            .map(|row| row_text(row, &widths))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest = cells.flat_map(|cell| cell.split('\n')).map(width).max().unwrap_or(0);
        if self.max_width == 0 {
            widest
        } else {
            widest.min(self.max_width)
        }
    }
}

/// Returns one row; cells of several lines make it several lines high.
fn row_text(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<Vec<String>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| resize(cell, *width).split('\n').map(str::to_owned).collect())
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        let parts = cells.iter().zip(widths).map(|(lines, width)| match lines.get(at) {
            Some(line) => resize(line, *width),
            None => format!("{:>1$}", " ", (*width).max(1)),
        });
        parts.collect::<Vec<_>>().join("\t")
    };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

/// Pads a text to `target` columns, or cuts it and puts three dots at its end.
fn resize(text: &str, target: usize) -> String {
    let own = width(text);
    if target == 0 || own == target {
        return text.to_owned();
    }
    if own < target {
        return format!("{text}{}", " ".repeat(target - own));
    }
    let limit = target as isize - 3;
    let mut cut = String::new();
    let mut used = 0;
    for rune in text.chars() {
        cut.push(rune);
        let wide = rune.width().unwrap_or(0) as isize;
        if used + wide >= limit {
            break;
        }
        used += wide;
    }
    cut + "..."
}

/// Returns how many columns of a terminal a text takes; colours take none.
fn width(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return text.width();
    }
    let mut total = 0;
    for (at, part) in text.split("\u{1b}[").enumerate() {
        let shown = if at == 0 {
            part
        } else {
            part.split_once('m').map_or("", |(_, shown)| shown)
        };
        total += shown.width();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn o_001_pads_joins_and_cuts() {
        let mut table = Table::new(8);
        table.add(["NAME", "B"]);
        table.add(["a-long-name", "\u{1b}[32mx\u{1b}[0m"]);
        table.add(["日本語日本語", ""]);
        assert_eq!(
            table.text(),
            "NAME    \tB\na-lon...\t\u{1b}[32mx\u{1b}[0m\n日本語...\t "
        );
    }
}
