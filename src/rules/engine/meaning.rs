//! What is said of something, in whatever words: tools have a thousand sentences for a few failures.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use serde::Deserialize;

use crate::text::readable::clip;

/// A failure, whatever the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// Somebody may not, or is not known: 401, 403, a wrong or missing password or token.
    Refused,
    /// It is not there.
    Missing,
    /// It did not answer.
    Unreachable,
}

const MEANINGS: [Meaning; 3] = [Meaning::Refused, Meaning::Missing, Meaning::Unreachable];

/// How many places of a meaning are looked at in one text.
const MAX_PLACES: usize = 64;

/// How far around the words of a failure what it is about may stand, in bytes.
const AROUND: usize = 240;

impl Meaning {
    fn pattern(self) -> &'static Regex {
        static PATTERNS: OnceLock<[Regex; 3]> = OnceLock::new();
        let patterns = PATTERNS.get_or_init(|| {
            [REFUSED, MISSING, UNREACHABLE].map(|pattern| {
                Regex::new(&format!("(?i){pattern}")).expect("a constant that is tested")
            })
        });
        match self {
            Self::Refused => &patterns[0],
            Self::Missing => &patterns[1],
            Self::Unreachable => &patterns[2],
        }
    }
}

const REFUSED: &str = r"\b(?:E?40[13]\b|unauthori[sz]ed|forbidden|(?:access|permission)s? ?(?:is |was )?(?:denied|forbidden)|accessdenied\w*|could not read (?:user ?name|password)|not (?:been )?(?:authori[sz]ed|permitted|allowed|logged in|authenticated)|need(?:s|ed)? auth\w*|ENEEDAUTH|(?:authentication|authorization|login|sign-?in) (?:was |has )?(?:failed|failure|error|required|is required|unsuccessful)|(?:failed|unable|could not|cannot) (?:to )?(?:log ?in|sign in|authenticate|authori[sz]e)|(?:invalid|bad|wrong|incorrect|expired|missing|unknown|no|no more|provide) (?:\w+ ){0,3}(?:credentials?|tokens?|api ?keys?|passwords?|user ?names?|logins?|secrets?|access keys?|signature)\b|(?:credentials?|tokens?|api ?keys?|passwords?|secrets?|keys?|certificate) (?:\w+ ){0,2}(?:not correct|invalid|expired|rejected|refused|missing|not valid|not accepted|revoked|must be provided|required)|(?:expired|invalid)token\w*|do(?:es)?(?: not|n't) have (?:\w+ ){0,3}(?:permissions?|access|rights?|privileges?)|denied: )";

const MISSING: &str = r"\b(?:(?:was|were|is|are|been|be)?(?: not|n't) (?:be )?found|do(?:es)?(?: not|n't) exist|no longer exists?|no (?:service )?(?:connection|endpoint)s?\b.{0,60}\bfound|could ?(?:not|n't) (?:find|be found)|unable to find|has been (?:deleted|disabled|removed)|is (?:disabled|deleted))\b";

const UNREACHABLE: &str = r"\b(?:timed ?out|time-?out|ETIMEDOUT|ECONN(?:REFUSED|RESET)|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|no such host|could not (?:be )?(?:resolve[d]?|connect|reach(?:ed)?)|unable to (?:connect|reach|resolve)|connection (?:was )?(?:refused|reset|closed|timed out)|cannot (?:connect|reach)|unreachable|failed to connect|i/o timeout)\b";

/// What a rule is about, and what is said of it.
#[derive(Debug)]
pub(super) struct Topics {
    words: AhoCorasick,
    /// Behind each word: the rule, and what must be said.
    rules: Vec<(usize, Vec<Meaning>)>,
}

impl Topics {
    /// `topics`: a rule, its words, and what must be said of them.
    pub(super) fn new<'t>(
        topics: impl Iterator<Item = (usize, &'t [String], &'t [Meaning])>,
    ) -> Self {
        let mut words: Vec<&str> = Vec::new();
        let mut rules = Vec::new();
        for (at, about, says) in topics {
            for word in about {
                words.push(word);
                rules.push((at, says.to_vec()));
            }
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words)
            .expect("words are few and short");
        Self { words, rules }
    }

    /// The rules whose words stand close to what they wait for, and where that is said.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut found: Vec<(usize, Range<usize>)> = Vec::new();
        for meaning in MEANINGS {
            for said in meaning.pattern().find_iter(text).take(MAX_PLACES) {
                let from = clip(text, said.start().saturating_sub(AROUND)).len();
                let to = clip(text, said.end() + AROUND).len();
                for hit in self.words.find_overlapping_iter(&text[from..to]) {
                    let (at, says) = &self.rules[hit.pattern().as_usize()];
                    let word = from + hit.start()..from + hit.end();
                    if says.contains(&meaning) && stands_alone(text, &word) {
                        let span = word.start.min(said.start())..word.end.max(said.end());
                        found.push((*at, span));
                    }
                }
            }
        }
        found
    }
}

/// Whether no letter or digit goes on before or behind a word.
fn stands_alone(text: &str, word: &Range<usize>) -> bool {
    let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let inner = &text[word.clone()];
    let starts = !inner.starts_with(char::is_alphanumeric)
        || !within(text[..word.start].chars().next_back());
    // `npm` is a word of its own in `npmAuthenticate` too.
    let behind = text[word.end..].chars().next();
    let hump = inner.ends_with(|c: char| c.is_ascii_lowercase())
        && behind.is_some_and(|c| c.is_ascii_uppercase());
    let ends = !inner.ends_with(char::is_alphanumeric) || !within(behind) || hump;
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::{MEANINGS, Meaning, Topics};

    fn said(text: &str) -> Vec<Meaning> {
        let said = |meaning: &Meaning| meaning.pattern().is_match(text);
        MEANINGS.into_iter().filter(said).collect()
    }

    #[test]
    fn many_words_mean_the_same() {
        for (text, meaning) in [
            (
                "status code: 403, reason phrase: Forbidden",
                Meaning::Refused,
            ),
            ("npm ERR! code ENEEDAUTH", Meaning::Refused),
            (
                "An API key must be provided in the header",
                Meaning::Refused,
            ),
            ("E215004: No more credentials", Meaning::Refused),
            ("The provided token has expired", Meaning::Refused),
            (
                "is not authorized to perform: s3:PutObject",
                Meaning::Refused,
            ),
            (
                "Invalid username and password combination",
                Meaning::Refused,
            ),
            ("No service connection with id x found", Meaning::Missing),
            ("connect ECONNREFUSED 10.0.0.1:22", Meaning::Unreachable),
        ] {
            assert_eq!(said(text), [meaning], "{text}");
        }
        for text in ["restored 403s packages", "all is well", "no tests"] {
            assert!(said(text).is_empty(), "{text}: {:?}", said(text));
        }
    }

    #[test]
    fn a_topic_is_a_whole_word_close_to_what_is_said() {
        let about = ["git".to_owned()];
        let topics = Topics::new([(7, &about[..], &[Meaning::Refused][..])].into_iter());
        let found = |text: &str| topics.find(text).iter().any(|(at, _)| *at == 7);
        assert!(found("git: 403 Forbidden"));
        assert!(!found("github: 403 Forbidden"));
        assert!(!found(&format!("git {} 403 Forbidden", "x ".repeat(300))));
    }
}
