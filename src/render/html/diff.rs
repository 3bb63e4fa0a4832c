//! Two JSON texts side by side, laid out for people.

use similar::{DiffOp, TextDiff};

use crate::render::layout::pretty;

use super::markup::esc;

/// Unchanged lines around a change.
const CONTEXT: usize = 4;

/// A table of the lines that differ and those around them.
pub(super) fn table(before: &str, after: &str) -> String {
    let (before, after) = (without_commas(before), without_commas(after));
    let diff = TextDiff::from_lines(&before, &after);
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut rows = String::new();
    let mut seen = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let from = group.first().map_or(0, |op| op.old_range().start);
        rows.push_str(&skipped(from - seen));
        for op in &group {
            rows.push_str(&rows_of(op, &old, &new));
        }
        seen = group.last().map_or(seen, |op| op.old_range().end);
    }
    rows.push_str(&skipped(old.len() - seen));
    format!(
        "<table class=\"diff\"><caption>Laid out for reading, without commas; secrets are masked</caption><colgroup><col class=\"n\"><col><col class=\"n\"><col></colgroup><thead><tr><th scope=\"col\" colspan=\"2\">Before: as it was sent</th><th scope=\"col\" colspan=\"2\">After: as it should be sent</th></tr></thead><tbody>{rows}</tbody></table>\n"
    )
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

fn skipped(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "<tr class=\"skipped\"><td colspan=\"4\">1 equal line</td></tr>".to_owned(),
        count => format!("<tr class=\"skipped\"><td colspan=\"4\">{count} equal lines</td></tr>"),
    }
}

fn rows_of(op: &DiffOp, old: &[&str], new: &[&str]) -> String {
    let (left, right) = (op.old_range(), op.new_range());
    let equal = matches!(op, DiffOp::Equal { .. });
    let mut rows = String::new();
    for at in 0..left.len().max(right.len()) {
        let line = |lines: &[&str], start: usize, length: usize| {
            (at < length).then(|| (start + at + 1, lines[start + at].to_owned()))
        };
        let before = line(old, left.start, left.len());
        let after = line(new, right.start, right.len());
        let (gone, come) = if equal { ("", "") } else { ("gone", "come") };
        rows.push_str(&format!(
            "<tr class=\"{}\">{}{}</tr>",
            if equal { "same" } else { "changed" },
            cells(before, gone, "removed"),
            cells(after, come, "added")
        ));
    }
    rows
}

/// Line number and line; the word says to a screen reader what the colour says to the eye.
fn cells(line: Option<(usize, String)>, class: &str, word: &str) -> String {
    let Some((number, text)) = line else {
        return "<td class=\"number\"></td><td class=\"none\"></td>".to_owned();
    };
    let said = if class.is_empty() {
        String::new()
    } else {
        format!("<span class=\"unseen\">{word}: </span>")
    };
    format!(
        "<td class=\"number\">{number}</td><td class=\"line {class}\">{said}<code>{}</code></td>",
        esc(&text)
    )
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn the_table_shows_what_went_and_counts_what_stayed() {
        let before = r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":null}"#;
        let after = r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}"#;
        let table = table(before, after);
        assert!(
            table.contains("removed: </span><code>  &quot;g&quot;: null</code>"),
            "{table}"
        );
        assert!(table.contains("3 equal lines"), "{table}");
        assert!(!table.contains("added: "), "{table}");
    }
}
