//! Lines that were broken at a width: by a terminal at its last column, by a mail in front of a word.

use crate::ingest::log::begins_record;

/// Widths at which programs break lines.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=400;

/// Widest line of a mail whose lines were broken between words.
const WIDEST_MAIL: usize = 140;

/// Fewest lines that make it sure.
const FEWEST: usize = 3;

/// `text` with the lines put together that were one, where so many are as wide as the widest that a
/// terminal must have broken them.
pub(super) fn surely_joined(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.is_empty()).count();
    match full(text) {
        Some((width, full)) if full >= FEWEST && full * 3 >= lines => vec![at_column(text, width)],
        _ => Vec::new(),
    }
}

/// `text` with the lines put together that may have been one: broken at a column, or between words.
pub(super) fn joined(text: &str) -> Vec<String> {
    let Some((widest, _)) = full(text) else {
        return Vec::new();
    };
    let mut texts = vec![at_column(text, widest)];
    if widest <= WIDEST_MAIL {
        let first = |line: &str| width(line.split(' ').next().unwrap_or_default());
        let no_room = |line: &str, next: &str| width(line) + 1 + first(next) > widest;
        texts.push(put_together(text, " ", no_room));
    }
    texts
}

fn width(line: &str) -> usize {
    line.chars().count()
}

/// How wide the widest lines are, if programs break lines there, and how many lines are as wide.
fn full(text: &str) -> Option<(usize, usize)> {
    let widest = text.lines().map(width).max()?;
    let full = || text.lines().filter(|line| width(line) == widest).count();
    WIDTHS.contains(&widest).then(|| (widest, full()))
}

/// `text` with the lines put together that fill the column `widest`, where no new line of a log begins.
fn at_column(text: &str, widest: usize) -> String {
    put_together(text, "", |line, next| {
        width(line) == widest && !begins_record(next)
    })
}

/// `text`, each line with the next one behind `between` where they are `one`.
fn put_together(text: &str, between: &str, one: impl Fn(&str, &str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let goes_on = lines
            .peek()
            .is_some_and(|next| !next.is_empty() && one(line, next));
        if !goes_on {
            out.push_str(line);
            out.push('\n');
        } else if between.is_empty() {
            out.push_str(line);
        } else {
            out.push_str(line.trim_end());
            out.push_str(between);
        }
    }
    out
}
