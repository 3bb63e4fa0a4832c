//! Rules found by what people have at hand: an id, a code, or words of a message.

use std::cmp::Reverse;

use super::catalogue::Catalogue;
use super::document::Rule;

/// Longest question that is looked at, in bytes; what makes a message known comes early.
const MAX_QUESTION: usize = 4 << 10;

/// How well a rule answers; better ones come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// All words stand somewhere in its text.
    Mentioned,
    /// All words stand in its title or among its sentences.
    Described,
    /// The words stand together in its title or in one of its sentences.
    Quoted,
    /// It is what the rule matches: its code, or one of its sentences.
    Matched,
}

impl Catalogue {
    /// The rules that `question` may mean: the rule of that id alone, else those that know its code,
    /// else those that fit its words best.
    pub fn search(&self, question: &str) -> Vec<&Rule> {
        let question = crate::text::readable::clip(question.trim(), MAX_QUESTION);
        if let Some(rule) = self
            .iter()
            .find(|rule| rule.id.eq_ignore_ascii_case(question))
        {
            return vec![rule];
        }
        if question.is_empty() {
            return Vec::new();
        }
        let fits: Vec<(Fit, &Rule)> = self
            .iter()
            .filter_map(|rule| Some((rule.answers(question)?, rule)))
            .collect();
        let best = fits.iter().map(|(fit, _)| *fit).max();
        let mut found: Vec<&Rule> = fits
            .into_iter()
            .filter(|(fit, _)| Some(*fit) == best)
            .map(|(_, rule)| rule)
            .collect();
        found.sort_by_key(|rule| Reverse(rule.severity));
        found
    }
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

    /// Whether every one of `words` stands in the rule's id, title, sentences or text.
    pub fn speaks_of(&self, words: &[String]) -> bool {
        let all = self.words(true);
        words.iter().all(|word| all.contains(&word.to_lowercase()))
    }

    fn answers(&self, question: &str) -> Option<Fit> {
        let question = plain(question);
        let sentences = || self.matching.iter().flat_map(|matching| &matching.text);
        if self.knows_code(&question) || sentences().any(|text| says(&question, text)) {
            return Some(Fit::Matched);
        }
        if plain(&self.title).contains(&question)
            || sentences().any(|text| plain(text).contains(&question))
        {
            return Some(Fit::Quoted);
        }
        let words: Vec<String> = question
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 2)
            .map(str::to_owned)
            .collect();
        if words.is_empty() {
            return None;
        }
        let described = self.words(false);
        if words.iter().all(|word| described.contains(word.as_str())) {
            return Some(Fit::Described);
        }
        self.speaks_of(&words).then_some(Fit::Mentioned)
    }

    /// The rule's words in lower case: id, title and sentences, and with `prose` all of its text.
    fn words(&self, prose: bool) -> String {
        let mut words = vec![self.id.as_str(), self.title.as_str()];
        words.extend(self.types.iter().map(String::as_str));
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
    fn what_no_rule_speaks_of_finds_nothing() {
        assert!(found("frobnicator").is_empty());
        assert!(found("").is_empty());
        assert!(found("AADSTS1").is_empty());
    }
}
