//! Rules found by what people have at hand: an id, a code, the name of a type, or words of a message.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

use super::catalogue::Catalogue;
use super::document::Rule;
use crate::text::has_word;
use crate::text::readable::clip;

/// Longest question that is looked at, in bytes; what makes a message known comes early.
const MAX_QUESTION: usize = 4 << 10;

/// Words that more rules speak of than this tell nothing.
const MOST: usize = 12;

/// How well a rule answers; better ones come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// All words stand in its title or among its sentences.
    Described,
    /// The words stand together in its title or in one of its sentences.
    Quoted,
    /// It is what the rule matches: its code, or one of its sentences.
    Matched,
}

/// What is asked for, taken apart.
struct Question {
    /// All of it, in lower case.
    plain: String,
    /// What may be a code in it.
    codes: Vec<String>,
    /// Its words, in lower case, but for the shortest.
    words: Vec<String>,
}

impl Question {
    fn of(text: &str) -> Self {
        let bare = text.trim_matches(['"', '\'', '.', ':']);
        let plain = plain(text);
        let tokens = bare.split(|c: char| !(c.is_alphanumeric() || "_.".contains(c)));
        let is_code = |token: &&str| {
            let has_digit = token.bytes().any(|byte| byte.is_ascii_digit());
            let inner = token.get(1..).unwrap_or_default();
            let is_camel = inner.contains(|c: char| c.is_ascii_uppercase())
                && inner.contains(|c: char| c.is_ascii_lowercase());
            token.len() > 3 && (has_digit || is_camel)
        };
        let mut codes: Vec<String> = tokens.filter(is_code).map(str::to_owned).collect();
        // `authorization failed`
        codes.push(bare.chars().filter(|c| !c.is_whitespace()).collect());
        Self {
            codes,
            words: words(&plain).map(str::to_owned).collect(),
            plain,
        }
    }
}

impl Catalogue {
    /// The rules that `question` may mean: the rule of that id alone, else those that know its code or
    /// name it as their type, else those that fit its words best. Words of which many rules speak find
    /// nothing.
    pub fn search(&self, question: &str) -> Vec<&Rule> {
        let text = clip(question.trim(), MAX_QUESTION);
        if let Some(rule) = self.iter().find(|rule| rule.id.eq_ignore_ascii_case(text)) {
            return vec![rule];
        }
        if text.is_empty() {
            return Vec::new();
        }
        let question = Question::of(text);
        let fits: Vec<(Fit, &Rule)> = self
            .iter()
            .filter_map(|rule| Some((rule.answers(&question)?, rule)))
            .collect();
        let best = fits.iter().map(|(fit, _)| *fit).max();
        let fits = fits.into_iter().filter(|(fit, _)| Some(*fit) == best);
        let mut found: Vec<&Rule> = fits.map(|(_, rule)| rule).collect();
        if best < Some(Fit::Matched) {
            let types = self.iter().filter(|rule| !rule.types.is_empty());
            let mut of_type: Vec<&Rule> = types.filter(|rule| rule.concerns_type(text)).collect();
            if !of_type.is_empty() {
                // What is said of few types is said of this one more than of others.
                of_type.sort_by_key(|rule| (rule.types.len(), Reverse(rule.severity)));
                return of_type;
            }
            if found.len() > MOST || !self.is_telling(&question) {
                return Vec::new();
            }
        }
        found.sort_by_key(|rule| Reverse(rule.severity));
        found
    }

    /// Whether one of its words tells rules apart: at most one in four of them has it.
    fn is_telling(&self, question: &Question) -> bool {
        let all: Vec<String> = self.iter().map(|rule| rule.words(false)).collect();
        question.words.iter().any(|word| {
            let word = std::slice::from_ref(word);
            let have = all.iter().filter(|text| holds(text, word)).count();
            have * 4 <= all.len()
        })
    }

    /// `question` with its slips mended: each word that no rule uses is replaced by the one most like it.
    /// `None` where that finds no rule either.
    pub fn respelt(&self, question: &str) -> Option<String> {
        let known: Vec<String> = self.iter().map(|rule| rule.words(false)).collect();
        let known: BTreeSet<&str> = known.iter().flat_map(|text| words(text)).collect();
        let question = plain(clip(question, 200));
        let respelt: Vec<&str> = words(&question)
            .map(|word| {
                if known.contains(word) || word.contains(|c: char| c.is_ascii_digit()) {
                    word
                } else {
                    nearest(word, &known).unwrap_or(word)
                }
            })
            .collect();
        let respelt = respelt.join(" ");
        (respelt != question && !self.search(&respelt).is_empty()).then_some(respelt)
    }
}

/// The word of `known` that `word` is nearly.
fn nearest<'k>(word: &str, known: &BTreeSet<&'k str>) -> Option<&'k str> {
    let close = known.iter().filter(|other| {
        other.len().abs_diff(word.len()) < 3 && other.as_bytes()[0] == word.as_bytes()[0]
    });
    let rated = close.map(|other| (similar::TextDiff::from_chars(word, *other).ratio(), *other));
    let best = rated.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > 0.8)
        .map(|(_, other)| other)
}

impl Rule {
    /// Whether the rule knows `code`: an Entra error number, a number of Azure DevOps, a `typeKey` or
    /// the code of an answer.
    pub fn knows_code(&self, code: &str) -> bool {
        let Some(matching) = &self.matching else {
            return false;
        };
        let number = code
            .get(..6)
            .filter(|head| head.eq_ignore_ascii_case("AADSTS"));
        let number = number.map_or(code, |head| &code[head.len()..]);
        if let Ok(number) = number.trim().parse::<u32>() {
            return matching.aadsts.contains(&number);
        }
        let coded = [&matching.numbers, &matching.type_keys, &matching.codes];
        let quoted = || matching.text.iter().any(|text| begins_with(text, code));
        coded
            .into_iter()
            .flatten()
            .any(|known| known.eq_ignore_ascii_case(code))
            || (code.bytes().any(|byte| byte.is_ascii_digit()) && quoted())
    }

    /// Whether every one of `words` is, or begins, a word of the rule's id, title, sentences or text.
    pub fn speaks_of(&self, words: &[String]) -> bool {
        let asked: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        holds(&self.words(true), &asked)
    }

    fn answers(&self, question: &Question) -> Option<Fit> {
        let sentences = || self.matching.iter().flat_map(|matching| &matching.text);
        let asked = &question.plain;
        if question.codes.iter().any(|code| self.knows_code(code))
            || self.knows_code(asked)
            || sentences().any(|text| says(asked, text))
        {
            return Some(Fit::Matched);
        }
        if question.words.is_empty() {
            return None;
        }
        if has_word(&plain(&self.title), asked)
            || sentences().any(|text| has_word(&plain(text), asked))
        {
            return Some(Fit::Quoted);
        }
        holds(&self.words(false), &question.words).then_some(Fit::Described)
    }

    /// The rule's words in lower case: id, title and sentences, and with `prose` its types and all of its text.
    fn words(&self, prose: bool) -> String {
        let mut words = vec![self.id.as_str(), self.title.as_str()];
        if let Some(matching) = &self.matching {
            let lists = [
                &matching.text,
                &matching.codes,
                &matching.numbers,
                &matching.type_keys,
            ];
            words.extend(lists.into_iter().flatten().map(String::as_str));
        }
        if prose {
            words.extend(self.types.iter().map(String::as_str));
            let prose = self.prose();
            words.extend([prose.meaning.as_str(), prose.cause.as_str()]);
            words.extend(prose.remedy.iter().map(String::as_str));
        }
        words.join("\n").to_lowercase()
    }
}

/// Lower case, straight quotes, single blanks.
fn plain(text: &str) -> String {
    let text = crate::text::readable::readable(text).to_lowercase();
    text.trim_matches(['"', '\'', '.']).to_owned()
}

/// The words of a text in lower case, but for the shortest.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2)
}

/// Whether each of `asked` is a word of `text`, or begins one; both in lower case.
fn holds(text: &str, asked: &[String]) -> bool {
    let all: HashSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    asked.iter().all(|word| {
        all.contains(word.as_str())
            || word.len() > 3 && all.iter().any(|other| other.starts_with(word.as_str()))
    })
}

/// Whether a message says the whole sentence, whatever stands in its placeholders.
fn says(message: &str, sentence: &str) -> bool {
    super::sentence::Sentence::new(sentence)
        .find(message)
        .is_some()
}

/// Whether a sentence begins with `code`.
fn begins_with(sentence: &str, code: &str) -> bool {
    sentence
        .get(..code.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(code))
        && !sentence[code.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::Catalogue;

    fn found(question: &str) -> Vec<String> {
        let catalogue = Catalogue::built_in();
        let rules = catalogue.search(question);
        rules.into_iter().map(|rule| rule.id.clone()).collect()
    }

    #[test]
    fn a_rule_is_found_by_id_code_and_words() {
        for (question, id) in [
            ("azdo-duplicate-name", "azdo-duplicate-name"),
            ("AADSTS7000222", "aadsts7000222-secret-expired"),
            ("aadsts7000222", "aadsts7000222-secret-expired"),
            ("TF400898", "azdo-internal-error-tf400898"),
            ("TF400813", "azdo-user-not-authorized"),
            ("VS403384", "azdo-changed-since-read"),
            ("cache value is invalid", "access-token-cache-invalid"),
            ("ScopeLocked", "arm-scope-locked"),
            (
                "Failed to get Azure DevOps Service access token, cache value is invalid.",
                "access-token-cache-invalid",
            ),
        ] {
            assert!(
                found(question).contains(&id.to_owned()),
                "{question}: {:?}",
                found(question)
            );
        }
    }

    #[test]
    fn a_code_is_found_in_what_stands_around_it() {
        for (question, id) in [
            (
                r#"{"error":{"code":"AuthorizationFailed"}}"#,
                "arm-authorization-failed-other",
            ),
            ("authorization failed", "arm-authorization-failed-other"),
            ("what is AADSTS7000222?", "aadsts7000222-secret-expired"),
            ("kubernetes", "kubernetes-rbac-forbidden"),
        ] {
            assert!(
                found(question).contains(&id.to_owned()),
                "{question}: {:?}",
                found(question)
            );
        }
    }

    #[test]
    fn what_no_rule_speaks_of_finds_nothing() {
        for question in [
            "frobnicator",
            "",
            "AADSTS1",
            "no-such-rule",
            "no such thing here",
            "a",
            "is",
            "the",
            "the service connection",
            "the-service-connection",
        ] {
            assert!(
                found(question).is_empty(),
                "{question}: {:?}",
                found(question)
            );
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_mended() {
        let catalogue = Catalogue::built_in();
        assert_eq!(
            catalogue.respelt("secert expired").as_deref(),
            Some("secret expired")
        );
        assert_eq!(catalogue.respelt("secret expired"), None);
        assert_eq!(catalogue.respelt("frobnicator"), None);
    }
}
