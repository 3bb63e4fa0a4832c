//! A sentence of a rule: literal text with `{placeholders}`, compiled to a pattern when it is needed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;
use std::sync::OnceLock;

use memchr::memmem;
use regex_lite::{Regex, RegexBuilder};

use crate::text::readable::clip;

use super::anchors::TAIL;

/// A sentence and its anchor.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    source: String,
    pattern: OnceLock<Option<Regex>>,
}

/// What a sentence found in a text.
pub(super) struct Found {
    /// Byte range of the whole sentence.
    pub(super) span: Range<usize>,
    /// Placeholder → what stands there.
    pub(super) values: BTreeMap<String, String>,
}

/// Longest text a placeholder takes, in bytes; a longer one, or one with the end of a quote and of a
/// sentence in it, means that two texts were mixed up.
const MAX_CAPTURE: usize = 600;

/// How far a sentence reaches around its anchor, in bytes: placeholders are bounded, and there are few.
const WINDOW: usize = 8 << 10;

impl Sentence {
    pub(super) fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            pattern: OnceLock::new(),
        }
    }

    /// The sentence with single blanks.
    fn tidy(&self) -> Cow<'_, str> {
        let mut words = self.source.split(' ');
        if words.all(|word| !word.is_empty() && !word.contains(char::is_whitespace)) {
            return Cow::Borrowed(&self.source);
        }
        let words: Vec<&str> = self.source.split_whitespace().collect();
        Cow::Owned(words.join(" "))
    }

    /// The longest run of the sentence that stands in every matching text letter by letter.
    pub(super) fn anchor(&self) -> String {
        let mut longest = String::new();
        for piece in pieces(&self.tidy()) {
            let Piece::Text(text) = piece else {
                continue;
            };
            // A text keeps its letters beyond ASCII as they are where it is searched.
            let text = text.to_ascii_lowercase();
            let run = literal_runs(&text).max_by_key(|run| run.len());
            if let Some(run) = run.filter(|run| run.len() >= longest.len()) {
                run.clone_into(&mut longest);
            }
        }
        longest
    }

    /// Where a peeled text says it, and what stands in the placeholders.
    pub(super) fn find(&self, text: &str) -> Option<Found> {
        let regex = self.regex()?;
        let captures = regex.captures(text)?;
        let mixed_up = |value: &str| value.len() > MAX_CAPTURE || value.contains("'. ");
        if captures
            .iter()
            .skip(1)
            .flatten()
            .any(|value| mixed_up(value.as_str()))
        {
            return None;
        }
        let named = regex
            .capture_names()
            .flatten()
            .filter(|name| !name.starts_with('_'));
        let values = named
            .filter_map(|name| {
                Some((
                    name.trim_end_matches(BARE).to_owned(),
                    captures.name(name)?.as_str().trim().to_owned(),
                ))
            })
            // A value that somebody masked would hide the one that the call gives.
            .filter(|(_, value)| value.bytes().any(|byte| byte != b'*'));
        Some(Found {
            span: captures.get(0).map_or(0..0, |all| all.range()),
            values: values.collect(),
        })
    }

    /// Like [`Self::find`] for a sentence whose anchor stands at `anchor`, without searching the rest
    /// of a long text; `lower` is that text with the letters of ASCII in lower case.
    pub(super) fn find_around(
        &self,
        text: &str,
        lower: &str,
        anchor: &Range<usize>,
    ) -> Option<Found> {
        let from = clip(text, anchor.start.saturating_sub(WINDOW)).len();
        let to = clip(text, anchor.end + WINDOW).len();
        if !self.has_its_words(&lower[from..to]) {
            return None;
        }
        let mut found = self.find(&text[from..to])?;
        found.span = found.span.start + from..found.span.end + from;
        Some(found)
    }

    /// Whether each word of the sentence stands in `lower`: what most texts with the anchor fail, at a
    /// small part of what the pattern costs.
    fn has_its_words(&self, lower: &str) -> bool {
        let tidy = self.tidy();
        let pieces = pieces(&tidy);
        let mut texts = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.to_ascii_lowercase()),
            Piece::Placeholder(_) => None,
        });
        texts.all(|text| {
            let words = literal_runs(&text).flat_map(|run| run.split(' '));
            let mut words = words.filter(|word| word.is_ascii());
            words.all(|word| memmem::find(lower.as_bytes(), word.as_bytes()).is_some())
        })
    }

    /// Why the sentence is no sentence.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.anchor().trim().len() < TAIL {
            return Err(format!(
                "the sentence {:?} has no literal text of {TAIL} letters to look for",
                self.source
            ));
        }
        match self.regex() {
            Some(_) => Ok(()),
            None => Err(format!(
                "the sentence {:?} has a placeholder that is no name or stands twice",
                self.source
            )),
        }
    }

    fn regex(&self) -> Option<&Regex> {
        self.pattern.get_or_init(|| compile(&self.tidy())).as_ref()
    }
}

enum Piece<'s> {
    Text(&'s str),
    Placeholder(&'s str),
}

fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(open) = rest.find('{') {
        let body = &rest[open + 1..];
        let inner = body
            .split_once('}')
            .filter(|(name, _)| is_placeholder(name));
        let Some((name, behind)) = inner else {
            pieces.push(Piece::Text(&rest[..=open]));
            rest = body;
            continue;
        };
        if open > 0 {
            pieces.push(Piece::Text(&rest[..open]));
        }
        pieces.push(Piece::Placeholder(name));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn is_placeholder(name: &str) -> bool {
    let (name, kind) = name.split_once(':').unwrap_or((name, ""));
    name.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && matches!(kind, "" | "guid" | "int" | "word")
}

/// Quotes differ on the wire, and negations are written in two ways; an anchor must hold neither.
fn literal_runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let mut places = text.char_indices();
        let end = places.find_map(|(at, c)| Some((at, length_of_end(&text[at..], c)?)));
        rest = end.map(|(at, length)| &text[at + length..]);
        Some(end.map_or(text, |(at, _)| &text[..at]))
    })
}

/// How long the negation or the quote is with which `text` begins; `first` is its first letter.
fn length_of_end(text: &str, first: char) -> Option<usize> {
    let negations: &[&str] = match first {
        'n' => &["n't "],
        ' ' => &[" not "],
        'c' => &["cannot", "can't"],
        _ => return is_quote(first).then(|| first.len_utf8()),
    };
    let mut negations = negations.iter();
    let negation = negations.find(|negation| text.starts_with(**negation))?;
    Some(negation.len())
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '\'' | '"' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}'
    )
}

fn compile(source: &str) -> Option<Regex> {
    let pieces = pieces(source);
    // Behind the last letter there is nothing that would stop a placeholder but the end of a word.
    let is_word =
        |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(char::is_alphanumeric));
    let last = pieces.iter().rposition(is_word).map_or(0, |at| at + 1);
    let mut pattern = String::new();
    if is_code(source) {
        // `EPROTO` does not stand in `nativeProtocols`.
        pattern.push_str(r"\b");
    }
    let mut quoted = false;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => {
                let text = if quoted { &text[1..] } else { text };
                quoted = is_quoted_word(text, &pieces[at + 1..]);
                push_text(
                    &mut pattern,
                    if quoted {
                        &text[..text.len() - 1]
                    } else {
                        text
                    },
                );
            }
            Piece::Placeholder(name) if quoted => push_quoted(&mut pattern, name),
            Piece::Placeholder(name) => push_placeholder(&mut pattern, name, at >= last),
        }
    }
    RegexBuilder::new(&pattern)
        .case_insensitive(true)
        .size_limit(4 << 20)
        .build()
        .ok()
}

/// Whether a sentence is one word as programs name errors, in capitals.
fn is_code(source: &str) -> bool {
    source.starts_with(|c: char| c.is_ascii_uppercase())
        && source
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a word in straight quotes stands behind `text`, which ends with the first of them.
fn is_quoted_word(text: &str, behind: &[Piece<'_>]) -> bool {
    matches!(
        behind,
        [Piece::Placeholder(name), Piece::Text(next), ..]
            if name.ends_with(":word") && text.ends_with('\'') && next.starts_with('\'')
    )
}

fn push_text(pattern: &mut String, text: &str) {
    let text = text
        .replace("cannot", "\u{1}")
        .replace("Cannot", "\u{1}")
        .replace("can't", "\u{1}");
    let text = text.replace("n't ", "\u{2}").replace(" not ", "\u{2}");
    for c in text.chars() {
        match c {
            '\u{1}' => pattern.push_str("(?:cannot|can not|can['\"]?t)"),
            '\u{2}' => pattern.push_str("(?: not |n['\"]?t )"),
            ' ' => pattern.push_str(" ?"),
            c if is_quote(c) => pattern.push_str("['\"`]*"),
            c => pattern.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
}

/// A word; brackets belong to it where they are closed again, as in `rg(x)`, and the full stop of the
/// sentence that it ends does not.
const WORD: &str =
    r#"(?:[^\s'"`,;<>()]|\([^\s'"`,;<>()]*\))*(?:[^\s'"`,;<>().:!?]|\([^\s'"`,;<>()]*\))"#;

/// What the group of a word without quotes is called behind the word's own name.
const BARE: &str = "__bare";

/// A word in quotes: all between them, or a bare word where there are none. Without the second quote
/// the text was cut, and half a name is the name of something else.
fn push_quoted(pattern: &mut String, name: &str) {
    let name = name.trim_end_matches(":word");
    let inner = r#"[^\s'"`<>](?:[^'"`<>]*[^\s'"`<>])?"#;
    pattern.push_str(&format!(
        r#"(?:['"`]+(?P<{name}>{inner})['"`]+|(?P<{name}{BARE}>{WORD}))"#
    ));
}

fn push_placeholder(pattern: &mut String, name: &str, last: bool) {
    let (name, kind) = name.split_once(':').unwrap_or((name, ""));
    let body = match kind {
        "guid" => r"[0-9a-fA-FxX*]{8}-[0-9a-fA-FxX*]{4}-[0-9a-fA-FxX*]{4}-[0-9a-fA-FxX*]{4}-[0-9a-fA-FxX*]{12}".to_owned(),
        "int" => r"\d{1,20}".to_owned(),
        "word" => WORD.to_owned(),
        _ if last => r#"[^\s'"`,;<>]+"#.to_owned(),
        _ => ".*?".to_owned(),
    };
    if name.is_empty() {
        // Grouped all the same, so that its length is bounded too.
        pattern.push_str(&format!("({body})"));
    } else {
        pattern.push_str(&format!("(?P<{name}>{body})"));
    }
}

#[cfg(test)]
mod tests {
    use super::Sentence;

    fn capture(sentence: &str, text: &str, name: &str) -> Option<String> {
        let sentence = Sentence::new(sentence);
        sentence.check().unwrap();
        assert!(
            text.to_ascii_lowercase().contains(&sentence.anchor()),
            "anchor {:?}",
            sentence.anchor()
        );
        sentence
            .find(text)
            .and_then(|found| found.values.get(name).cloned())
    }

    #[test]
    fn the_code_of_an_error_begins_where_a_word_does() {
        let found = |text| Sentence::new("EPROTO").find(text).is_some();
        assert!(found("write EPROTO 140"));
        assert!(!found("nativeProtocols: {}"));
    }

    #[test]
    fn the_full_stop_behind_a_word_belongs_to_its_sentence() {
        let sentence = "the latest version is {version:word}";
        for (text, version) in [
            ("The latest version is 7.2.", "7.2"),
            (
                "The latest version is 7.2-preview.4. Try it",
                "7.2-preview.4",
            ),
            ("the latest version is rg(x).", "rg(x)"),
        ] {
            assert_eq!(capture(sentence, text, "version").as_deref(), Some(version));
        }
    }

    #[test]
    fn quotes_case_and_negation_do_not_matter() {
        let text =
            r#"the client "abc" doesn't have authorization over scope "/subscriptions/1" or more"#;
        let sentence =
            "The client '{client_id}' does not have authorization over scope '{scope}' or";
        assert_eq!(capture(sentence, text, "client_id").as_deref(), Some("abc"));
        assert_eq!(
            capture(sentence, text, "scope").as_deref(),
            Some("/subscriptions/1")
        );
    }

    #[test]
    fn strict_placeholders_are_strict() {
        assert_eq!(
            capture("tenant {t:guid} was", "tenant contoso was", "t"),
            None
        );
        assert_eq!(
            capture("code is {n:int}", "code is 42.", "n").as_deref(),
            Some("42")
        );
        assert_eq!(
            capture("scope of '{s}'", "scope of '/a/b'.", "s").as_deref(),
            Some("/a/b")
        );
    }

    #[test]
    fn a_quoted_word_is_all_between_its_quotes() {
        let scope = |text: &str| capture("over scope '{s:word}'", text, "s");
        for name in [
            "/g/rg(x)",
            "/g/a_(b.c",
            "/g/Zürich)",
            "/g/two words",
            "/g/a;b",
        ] {
            let text = format!("over scope '{name}' or the scope is invalid (see 'x')");
            assert_eq!(scope(&text).as_deref(), Some(name));
        }
        assert_eq!(scope("over scope /g/rg(x) or").as_deref(), Some("/g/rg(x)"));
        assert_eq!(scope("(over scope /g/rg)").as_deref(), Some("/g/rg"));
        assert_eq!(scope("over scope '' or the 'x'"), None);
    }

    #[test]
    fn a_quoted_word_that_was_cut_is_none() {
        assert_eq!(
            capture("over scope '{s:word}'", "over scope '/g/rg-shop", "s"),
            None
        );
        assert_eq!(
            capture(
                "over scope '{s:word}'",
                "over scope '/g/rg-\u{2026} (cut)",
                "s"
            ),
            None
        );
    }

    #[test]
    fn a_value_does_not_reach_into_the_next_sentence() {
        let text = "subject 'sc://a/b/c'. Please note that case matters. Check your credential";
        assert_eq!(capture("subject '{s}'. Check your", text, "s"), None);
    }

    #[test]
    fn a_brace_that_is_no_placeholder_is_text() {
        assert_eq!(
            capture(
                "starting with {{endpoint.url}} or {x}",
                "starting with {{endpoint.url}} or y",
                "x"
            )
            .as_deref(),
            Some("y")
        );
    }

    #[test]
    fn sentences_without_text_or_with_a_name_twice_are_refused() {
        assert!(Sentence::new("{a} {b}").check().is_err());
        assert!(Sentence::new("hello {a} and {a}").check().is_err());
    }
}
