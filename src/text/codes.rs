//! Codes and ids that the services put into their messages.

use std::ops::Range;
use std::sync::OnceLock;

use regex::{Captures, Regex};

/// Entra error numbers: `AADSTS70021`, and the members of `error_codes`.
pub fn aadsts(text: &str) -> Vec<(u32, Range<usize>)> {
    static IN_TEXT: OnceLock<Regex> = OnceLock::new();
    static IN_LIST: OnceLock<Regex> = OnceLock::new();
    let lower = text.to_ascii_lowercase();
    let in_text = Pattern {
        cell: &IN_TEXT,
        source: r"(?i-u:AADSTS) ?([0-9]{4,9})(?:\[([0-9]{1,4})\])?",
        marks: &["aadsts"],
    };
    let in_list = Pattern {
        cell: &IN_LIST,
        source: r#""error_codes" ?: ?\[([0-9, ]+)\]"#,
        marks: &["error_codes"],
    };
    let mut found = Vec::new();
    for captures in in_text.captures(text, &lower) {
        // A mangled link splits the number: AADSTS700[21](https://…).
        let digits: String = captures
            .iter()
            .skip(1)
            .flatten()
            .map(|part| part.as_str())
            .collect();
        if let (Ok(code), Some(all)) = (digits.parse(), captures.get(0)) {
            // The rest of a number that was cut is not known.
            let behind = &text[all.end()..];
            if !behind.starts_with('\u{2026}') && !behind.starts_with("...") {
                found.push((code, all.range()));
            }
        }
    }
    for captures in in_list.captures(text, &lower) {
        let (Some(all), Some(list)) = (captures.get(0), captures.get(1)) else {
            continue;
        };
        found.extend(
            list.as_str()
                .split(',')
                .filter_map(|code| Some((code.trim().parse().ok()?, all.range()))),
        );
    }
    found
}

/// `typeKey`s, `code`s, `error`s and the numbers of Azure DevOps.
pub fn words(text: &str) -> Vec<(&str, Range<usize>)> {
    static KEYED: OnceLock<Regex> = OnceLock::new();
    static NUMBERED: OnceLock<Regex> = OnceLock::new();
    let lower = text.to_ascii_lowercase();
    let keyed = Pattern {
        cell: &KEYED,
        source: r#"(?i-u:\b(?:typeKey|code|odata\.error\.code|error))['"]? ?[:=] ?['"]?([A-Za-z_][A-Za-z0-9_.]{2,80})"#,
        marks: &["typekey", "code", "error"],
    };
    let numbered = Pattern {
        cell: &NUMBERED,
        source: r"(?-u:\b)((?:TF|VS)[0-9]{4,8})(?-u:\b)",
        marks: &["tf", "vs"],
    };
    keyed
        .captures(text, &lower)
        .chain(numbered.captures(text, &lower))
        .filter_map(|captures| captures.get(1))
        .map(|word| (word.as_str(), word.range()))
        .collect()
}

/// Words written as codes are (`ScopeLocked`), wherever they stand: tools print the code of an answer in
/// brackets, behind a status or by itself.
pub(crate) fn camel_words(text: &str) -> Vec<(&str, Range<usize>)> {
    static CAMEL: OnceLock<Regex> = OnceLock::new();
    let camel = CAMEL
        .get_or_init(|| pattern(r"(?-u:\b[A-Z][A-Za-z0-9]*[a-z0-9]_?[A-Z][A-Za-z0-9_]{2,60}\b)"));
    camel
        .find_iter(text)
        .map(|word| (word.as_str(), word.range()))
        .collect()
}

/// Values that many texts carry in the same words.
pub fn common(text: &str) -> Vec<(&'static str, String)> {
    static IDS: OnceLock<Regex> = OnceLock::new();
    static STAMP: OnceLock<Regex> = OnceLock::new();
    let lower = text.to_ascii_lowercase();
    let ids = Pattern {
        cell: &IDS,
        source: r#"(?i-u:\b(trace[ _]id|correlation[ _]id|activity ?id))['"]? ?[:=]? ?['"]?([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})"#,
        marks: &["trace", "correlation", "activity"],
    };
    let stamp = Pattern {
        cell: &STAMP,
        source: r#"(?i-u:\btimestamp)['"]? ?[:=] ?['"]?((?-u:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?)Z?)"#,
        marks: &["timestamp"],
    };
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for captures in ids.captures(text, &lower) {
        let name = match captures[1].to_ascii_lowercase().as_bytes()[0] {
            b't' => "trace_id",
            b'c' => "correlation_id",
            _ => "activity_id",
        };
        found.push((name, captures[2].to_owned()));
    }
    found.extend(
        stamp
            .captures(text, &lower)
            .next()
            .map(|captures| ("timestamp", captures[1].to_owned())),
    );
    found.extend(
        aadsts(text)
            .last()
            .map(|(code, _)| ("aadsts", code.to_string())),
    );
    found
}

/// Whether `text` holds a number of Entra ID or of Azure DevOps.
pub(crate) fn is_numbered(text: &str) -> bool {
    numbers(text).next().is_some()
}

/// The numbers of Entra ID and of Azure DevOps in `text`.
pub(crate) fn numbers(text: &str) -> impl Iterator<Item = &str> {
    static NUMBER: OnceLock<Regex> = OnceLock::new();
    let number =
        NUMBER.get_or_init(|| pattern(r"(?-u)\b(?:AADSTS[0-9]{4,9}|TF[0-9]{5,6}|VS[0-9]{5,6})\b"));
    number.find_iter(text).map(|found| found.as_str())
}

/// A pattern that most texts have no use for: it costs more to compile than such a text to search.
struct Pattern {
    cell: &'static OnceLock<Regex>,
    source: &'static str,
    /// What stands in every text that fits, in lower case: one of these.
    marks: &'static [&'static str],
}

impl Pattern {
    /// Its matches in `text`, which is `lower` in lower case.
    fn captures<'t>(&self, text: &'t str, lower: &str) -> impl Iterator<Item = Captures<'t>> {
        let told = self.marks.iter().any(|mark| lower.contains(mark));
        let pattern = told.then(|| self.cell.get_or_init(|| pattern(self.source)));
        let found = pattern.map(|pattern: &'static Regex| pattern.captures_iter(text));
        found.into_iter().flatten()
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant and is tested")
}

#[cfg(test)]
mod tests {
    use super::aadsts;

    #[test]
    fn a_number_that_was_cut_is_none() {
        let codes = |text| {
            aadsts(text)
                .into_iter()
                .map(|(code, _)| code)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes("AADSTS700213: No"), [700_213]);
        assert_eq!(codes("error code AADSTS700213."), [700_213]);
        assert!(codes("error code AADSTS700213\u{2026}").is_empty());
        assert_eq!(codes("error code AADSTS7002... AADSTS50076"), [50_076]);
    }
}
