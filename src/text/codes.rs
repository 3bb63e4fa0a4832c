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
    let mut found = keyed(text);
    found.extend(numbered(text));
    let found = found.into_iter();
    found.map(|range| (&text[range.clone()], range)).collect()
}

/// Keys behind which a code stands.
const KEYS: [&str; 3] = ["typekey", "code", "error"];

/// What stands behind a key and its sign: `"typeKey": "…"`, `error=…`.
fn keyed(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let bytes = text.as_bytes();
    for sign in memchr::memchr2_iter(b':', b'=', bytes) {
        let mut end = sign;
        end -= usize::from(bytes[..end].last() == Some(&b' '));
        end -= usize::from(bytes[..end].last().is_some_and(quote));
        let from = found.last().map_or(0, |last| last.end);
        let is_key = |key: &&str| {
            let start = end.checked_sub(key.len()).filter(|start| *start >= from);
            start.is_some_and(|start| {
                bytes[start..end].eq_ignore_ascii_case(key.as_bytes())
                    && !bytes[..start].last().copied().is_some_and(is_of_word)
            })
        };
        if !KEYS.iter().any(is_key) {
            continue;
        }
        let mut start = sign + 1;
        start += usize::from(bytes.get(start) == Some(&b' '));
        start += usize::from(bytes.get(start).is_some_and(quote));
        let symbol = |byte: &&u8| is_of_word(**byte) || **byte == b'.';
        let length = bytes[start..].iter().take(MAX_CODE).take_while(symbol);
        let length = length.count();
        if length >= 3 && !matches!(bytes[start], b'0'..=b'9' | b'.') {
            found.push(start..start + length);
        }
    }
    found
}

/// The longest code, in bytes.
const MAX_CODE: usize = 81;

/// `TF400813` and `VS403384`, wherever they stand.
fn numbered(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_end = |byte: &u8| !is_of_word(*byte);
    let mut end = 0;
    let words = text.as_bytes().split(is_end).map(move |word| {
        let start = end;
        end = start + word.len() + 1;
        (word, start..start + word.len())
    });
    let numbered = words.filter(|(word, _)| {
        let digits = word.strip_prefix(b"TF").or(word.strip_prefix(b"VS"));
        digits.is_some_and(|digits| {
            (4..=8).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        })
    });
    numbered.map(|(_, range)| range)
}

/// Whether a byte is a letter, a digit or `_`.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
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
