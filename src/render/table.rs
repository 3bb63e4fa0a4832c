//! Columns for a terminal.

use textwrap::core::display_width;

/// Columns between two cells.
const GAP: usize = 2;

/// How wide each column is.
pub(super) struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// Columns as wide as the widest of their cells.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a [String]>) -> Self {
        let mut widths = Vec::new();
        for row in rows {
            widths.resize(row.len(), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = display_width(cell).max(*width);
            }
        }
        Self { widths }
    }

    /// Columns that a row takes.
    pub(super) fn width(&self) -> usize {
        self.widths.iter().sum::<usize>() + GAP * self.widths.len().saturating_sub(1)
    }

    /// Makes `column` narrower, to `least` at most, so that a row fits `width`.
    pub(super) fn fit(&mut self, column: usize, least: usize, width: usize) {
        let over = self.width().saturating_sub(width);
        let least = least.min(self.widths[column]);
        self.widths[column] = self.widths[column].saturating_sub(over).max(least);
    }

    /// A row; a cell that is too long ends with `…`.
    pub(super) fn line(&self, cells: &[String]) -> String {
        let padded = cells.iter().zip(&self.widths).map(|(cell, width)| {
            let shown = shortened(cell, *width);
            let blank = width.saturating_sub(display_width(&shown));
            format!("{shown}{}", " ".repeat(blank))
        });
        let gap = " ".repeat(GAP);
        padded.collect::<Vec<_>>().join(&gap).trim_end().to_owned()
    }
}

/// `text` in at most `width` columns.
fn shortened(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        let own = display_width(c.encode_utf8(&mut [0; 4]));
        if display_width(&short) + own + 1 > width {
            break;
        }
        short.push(c);
    }
    short.push('\u{2026}');
    short
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_column_that_gives_way_shortens_its_cells_and_no_others() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let rows = [
            row(["a", "\u{4e2d}\u{4e2d}\u{4e2d}\u{4e2d}", "end"]),
            row(["bc", "x", "e"]),
        ];
        let mut table = Table::of(rows.iter().map(<[String; 3]>::as_slice));
        assert_eq!(table.width(), 17);
        table.fit(1, 2, 14);
        assert_eq!(table.line(&rows[0]), "a   \u{4e2d}\u{4e2d}\u{2026}  end");
        assert_eq!(table.line(&rows[1]), "bc  x      e");
        table.fit(1, 3, 1);
        assert_eq!(table.line(&rows[0]), "a   \u{4e2d}\u{2026}  end");
    }
}
