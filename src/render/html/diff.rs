//! Two JSON texts side by side, laid out for people.

use maud::{Markup, html};
use similar::{DiffOp, TextDiff};

use crate::render::layout::pretty;

use super::markup::line;

/// Unchanged lines around a change.
const CONTEXT: usize = 4;

/// A table of the lines that differ and those around them.
pub(super) fn table(before: &str, after: &str) -> Markup {
    let (before, after) = (without_commas(before), without_commas(after));
    let diff = TextDiff::from_lines(&before, &after);
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut rows = Vec::new();
    let mut seen = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let from = group.first().map_or(0, |op| op.old_range().start);
        rows.push(skipped(from - seen));
        rows.extend(group.iter().flat_map(|op| rows_of(op, &old, &new)));
        seen = group.last().map_or(seen, |op| op.old_range().end);
    }
    rows.push(skipped(old.len() - seen));
    html! {
        table class="diff" {
            caption { "Laid out for reading, without commas; secrets are masked" }
            colgroup { col class="n"; col; col class="n"; col; }
            thead {
                tr {
                    th scope="col" colspan="2" { "Before: as it was sent" }
                    th scope="col" colspan="2" { "After: as it should be sent" }
                }
            }
            tbody { @for row in &rows { (row) } }
        }
    }
}

/// Lines whose end does not depend on the line behind them: where a last member goes, the one before
/// it has not changed.
fn without_commas(text: &str) -> String {
    let lines = pretty(text);
    let bare = lines
        .lines()
        .map(|line| line.strip_suffix(',').unwrap_or(line));
    bare.flat_map(|line| [line, "\n"]).collect()
}

fn skipped(count: usize) -> Markup {
    let lines = if count == 1 { "line" } else { "lines" };
    html! {
        @if count > 0 {
            tr class="skipped" { td colspan="4" { (count) " equal " (lines) } }
        }
    }
}

fn rows_of(op: &DiffOp, old: &[&str], new: &[&str]) -> Vec<Markup> {
    let (left, right) = (op.old_range(), op.new_range());
    let equal = matches!(op, DiffOp::Equal { .. });
    let (gone, come) = if equal { ("", "") } else { ("gone", "come") };
    let row = |at: usize| {
        let line = |lines: &[&str], start: usize, length: usize| {
            (at < length).then(|| (start + at + 1, lines[start + at].to_owned()))
        };
        html! {
            tr class=(if equal { "same" } else { "changed" }) {
                (cells(line(old, left.start, left.len()), gone, "removed"))
                (cells(line(new, right.start, right.len()), come, "added"))
            }
        }
    };
    (0..left.len().max(right.len())).map(row).collect()
}

/// Line number and line; the word says to a screen reader what the colour says to the eye.
fn cells(cell: Option<(usize, String)>, class: &str, word: &str) -> Markup {
    html! {
        @if let Some((number, text)) = cell {
            td class="number" { (number) }
            td class={ "line " (class) } {
                @if !class.is_empty() { span class="unseen" { (word) ": " } }
                code { (line(&text)) }
            }
        } @else {
            td class="number" {}
            td class="none" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn the_table_shows_what_went_and_counts_what_stayed() {
        let before = r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":null}"#;
        let after = r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}"#;
        let table = table(before, after).into_string();
        assert!(
            table.contains("removed: </span><code>  &quot;g&quot;: null</code>"),
            "{table}"
        );
        assert!(table.contains("3 equal lines"), "{table}");
        assert!(!table.contains("added: "), "{table}");
    }
}
