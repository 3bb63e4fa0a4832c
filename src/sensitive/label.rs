//! Secrets beside their label: on the line below it, in the next cell, and in the element it names.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::names::is_secret_name;
use super::pair::is_evidence;
use super::shape::pattern;

/// Values that stand below or beside the label that calls them a secret, and the paths of webhooks.
pub(super) fn labelled(text: &str) -> Vec<Range<usize>> {
    static BELOW: OnceLock<Regex> = OnceLock::new();
    static CELL: OnceLock<Regex> = OnceLock::new();
    static ELEMENT: OnceLock<Regex> = OnceLock::new();
    static HOOK: OnceLock<Regex> = OnceLock::new();
    let mut ranges = Vec::new();
    let mut add = |pattern: &Regex, named: bool| {
        for found in pattern.captures_iter(text) {
            let (Some(name), Some(value)) = (found.get(1), found.get(2)) else {
                continue;
            };
            let is_secret = !named || is_secret_name(name.as_str().trim());
            if is_secret && !is_evidence(name.as_str(), value.as_str()) {
                ranges.push(value.range());
            }
        }
    };
    if text.contains('\n') {
        add(
            pattern(
                &BELOW,
                r"(?m)^[ \t]*([A-Za-z][A-Za-z0-9 _.-]{2,40}?)[ \t]*(?::[ \t]*[|>]?[-+]?)?[ \t]*\r?\n(?:[ \t]*\r?\n)?[ \t]*([^\s:<>{}\[\]]{6,200})[ \t]*\r?$",
            ),
            true,
        );
    }
    if text.contains("</") {
        add(
            pattern(
                &CELL,
                r"(?i)<t[dh][^>]{0,100}>\s*([^<]{3,60})</t[dh]>\s*<t[dh][^>]{0,100}>\s*([^<]{3,200})</t[dh]>",
            ),
            true,
        );
        add(
            pattern(
                &ELEMENT,
                r#"<[A-Za-z][^<>]{0,100}\b(?:name|key)=["']([^"'<>]{3,60})["'][^<>]{0,100}>([^<]{3,200})</"#,
            ),
            true,
        );
    }
    if text.contains("hooks.") || text.contains("webhook") {
        add(
            pattern(
                &HOOK,
                r#"(?i)://([^\s/"']*hooks?[^\s/"']*|[^\s"']{1,200}/[^\s/"']*webhooks?)/([^\s"'<>?]{6,300})"#,
            ),
            false,
        );
    }
    ranges
}

/// How many lines below its head a table is looked at, and the longest line that may be a head.
const MOST_ROWS: usize = 200;
const LONGEST_HEAD: usize = 400;

/// The cells of a line, as ranges of it: between bars, tabs, or the signs of comma-separated values,
/// else between two blanks or more.
fn cells(line: &str, separator: &str) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = 0;
    for cell in line.split(separator) {
        let bare = cell.trim();
        let at = start + cell.len() - cell.trim_start().len();
        // Of a run of blanks all but the first two lie between the cells as well.
        if separator != "  " || !bare.is_empty() {
            cells.push(at..at + bare.len());
        }
        start += cell.len() + separator.len();
    }
    cells
}

/// What separates the cells of `line`, if it looks like the head of a table, and which of them hold secrets.
fn head(line: &str) -> Option<(&'static str, Vec<usize>, usize)> {
    let separator = ["|", "\t", ";", ",", "  "]
        .into_iter()
        .find(|mark| line.contains(mark))?;
    let heads = cells(line, separator);
    let lists = [";", ","].contains(&separator);
    let plain = |cell: &Range<usize>| {
        let text = &line[cell.clone()];
        text.len() <= 40
            && text.split_whitespace().count() <= 4
            && text
                .chars()
                .all(|c| c.is_alphabetic() || " _-.()\"".contains(c))
    };
    let spaced = lists && (line.contains(", ") || line.contains("; "));
    if heads.len() < 2 || spaced || line.len() > LONGEST_HEAD || !heads.iter().all(plain) {
        return None;
    }
    let is_secret = |(at, cell): (usize, &Range<usize>)| {
        let name = line[cell.clone()].trim_matches('"');
        is_secret_name(name).then_some(at)
    };
    let secret: Vec<usize> = heads.iter().enumerate().filter_map(is_secret).collect();
    (!secret.is_empty()).then_some((separator, secret, heads.len()))
}

/// Values below the head of a column that calls them secrets.
pub(super) fn columns(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut table: Option<(&str, Vec<usize>, usize)> = None;
    let (mut start, mut rows) = (0, 0);
    if !text.contains('\n') {
        return ranges;
    }
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let line = line.trim_end_matches(['\r', '\n']);
        if line.chars().all(|c| "-+|=: ".contains(c)) && !line.is_empty() {
            continue;
        }
        let Some((separator, secret, count)) = &table else {
            (table, rows) = (head(line), 0);
            continue;
        };
        let row = cells(line, separator);
        rows += 1;
        if row.len() != *count || rows > MOST_ROWS {
            (table, rows) = (head(line), 0);
            continue;
        }
        for column in secret {
            let cell = row[*column].clone();
            if !is_evidence("", &line[cell.clone()]) {
                ranges.push(at + cell.start..at + cell.end);
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use crate::sensitive::mask_text;

    #[test]
    fn what_stands_beside_its_label_goes() {
        for (text, masked) in [
            ("Client secret\nHarbour!Falcon\n", "Client secret\n***\n"),
            ("password: |\n  Harbour!Falcon\n", "password: |\n  ***\n"),
            (
                "<tr><td>Password</td><td>Harbour!Falcon</td></tr>",
                "<tr><td>Password</td><td>***</td></tr>",
            ),
            (
                "<property name=\"password\">Harbour!Falcon</property>",
                "<property name=\"password\">***</property>",
            ),
            (
                "https://hooks.slack.test/services/T01/B02/Harbour failed",
                "https://hooks.slack.test/*** failed",
            ),
            (
                "| user | password |\n|---|---|\n| robin | harbour |\n| ada | falcon |",
                "| user | password |\n|---|---|\n| robin | *** |\n| ada | *** |",
            ),
            (
                "NAME   TOKEN    AGE\nkiosk  harbour  3d\n\nharbour  is  here",
                "NAME   TOKEN    AGE\nkiosk  ***  3d\n\nharbour  is  here",
            ),
            (
                "Name;Kennwort;Rolle\nrobin;harbour;admin",
                "Name;Kennwort;Rolle\nrobin;***;admin",
            ),
        ] {
            assert_eq!(mask_text(text), masked);
        }
        for text in [
            "The app, its secret\nor a token, and more",
            "Name\nHarbour-Falcon\n",
            "<td>Status</td><td>Forbidden</td>",
        ] {
            assert_eq!(mask_text(text), text);
        }
    }
}
