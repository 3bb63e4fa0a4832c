//! A difference side by side: what works on the left, the payload on the right.

use std::io::{self, Write};

use similar::{ChangeTag, DiffOp, TextDiff};
use textwrap::core::display_width;

use super::Style;
use crate::text::sanitize;

/// From this width on there is room for two columns of JSON.
pub(super) const MIN_WIDTH: usize = 140;

const BETWEEN: &str = " \u{2502} ";

/// One line of one side; parts that differ within the line are marked.
struct Cell {
    tag: ChangeTag,
    parts: Vec<(bool, String)>,
}

/// Writes the groups of changed lines in two columns.
pub(super) fn write(
    diff: &TextDiff<'_, '_, str>,
    context: usize,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let column = (style.width - BETWEEN.chars().count()) / 2;
    for (at, group) in diff.grouped_ops(context).iter().enumerate() {
        if at > 0 {
            writeln!(out, "{}", style.faint("\u{22ee}"))?;
        }
        for op in group {
            let (left, right) = cells(diff, op);
            for row in 0..left.len().max(right.len()) {
                write_row(left.get(row), right.get(row), column, style, out)?;
            }
        }
    }
    Ok(())
}

/// The lines of one operation, left and right; unchanged ones stand on both sides.
fn cells(diff: &TextDiff<'_, '_, str>, op: &DiffOp) -> (Vec<Cell>, Vec<Cell>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in diff.iter_inline_changes(op) {
        let cell = || Cell {
            tag: change.tag(),
            parts: change
                .iter_strings_lossy()
                .map(|(differs, text)| {
                    let line = sanitize::line(text.trim_end_matches(['\n', '\r']));
                    (differs, line)
                })
                .collect(),
        };
        if change.tag() != ChangeTag::Insert {
            left.push(cell());
        }
        if change.tag() != ChangeTag::Delete {
            right.push(cell());
        }
    }
    (left, right)
}

fn write_row(
    left: Option<&Cell>,
    right: Option<&Cell>,
    column: usize,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (left, right) = (folded(left, column, style), folded(right, column, style));
    let blank = (String::new(), 0);
    for line in 0..left.len().max(right.len()) {
        let (text, width) = left.get(line).unwrap_or(&blank);
        let (other, _) = right.get(line).unwrap_or(&blank);
        let gap = " ".repeat(column.saturating_sub(*width));
        writeln!(
            out,
            "{}",
            format!("{text}{gap}{}{other}", style.faint(BETWEEN)).trim_end()
        )?;
    }
    Ok(())
}

/// A line in pieces that fit the column, painted, with the width of each. A side without the line
/// says so: absent is not empty.
fn folded(cell: Option<&Cell>, column: usize, style: Style) -> Vec<(String, usize)> {
    let Some(cell) = cell else {
        return vec![(style.faint("  (absent)"), 10)];
    };
    let sign = match cell.tag {
        ChangeTag::Equal => "  ",
        ChangeTag::Delete => "- ",
        ChangeTag::Insert => "+ ",
    };
    let paint = |differs: bool, text: &str| match (cell.tag, differs) {
        (ChangeTag::Delete, false) => style.bad(text),
        (ChangeTag::Delete, true) => style.bad_strong(text),
        (ChangeTag::Insert, false) => style.good(text),
        (ChangeTag::Insert, true) => style.good_strong(text),
        (ChangeTag::Equal, _) => text.to_owned(),
    };
    let mut lines = vec![(paint(false, sign), sign.len())];
    for (differs, text) in &cell.parts {
        let mut piece = String::new();
        for c in text.chars() {
            let own = display_width(c.encode_utf8(&mut [0; 4]));
            let used = lines.last().map_or(0, |line| line.1) + display_width(&piece);
            if used + own > column {
                close(&mut lines, &piece, |text| paint(*differs, text));
                piece.clear();
                lines.push(("    ".to_owned(), 4));
            }
            piece.push(c);
        }
        close(&mut lines, &piece, |text| paint(*differs, text));
    }
    lines
}

fn close(lines: &mut [(String, usize)], piece: &str, paint: impl Fn(&str) -> String) {
    if let Some((text, width)) = lines.last_mut().filter(|_| !piece.is_empty()) {
        text.push_str(&paint(piece));
        *width += display_width(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str, width: usize) -> String {
        let style = Style {
            width,
            ..Style::default()
        };
        let mut out = Vec::new();
        write(&TextDiff::from_lines(old, new), 1, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_one_side_lacks_is_called_absent() {
        let text = shown("a\nb\n", "a\nx\nb\n", 43);
        let expected = "  a                  \u{2502}   a\n  (absent)           \u{2502} + x\n  b                  \u{2502}   b\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn long_and_wide_lines_are_folded_and_stay_in_their_column() {
        let long = "\u{4e2d}".repeat(30);
        let text = shown("a\n", &format!("{long}\n"), 43);
        assert!(text.lines().all(|line| display_width(line) <= 43), "{text}");
        assert_eq!(text.matches('\u{4e2d}').count(), 30);
    }
}
