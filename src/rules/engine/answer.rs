//! Answers of a service as rule files name them: by the rule that knows them, by their code, or by a
//! sentence.

use serde::Deserialize;

use crate::text::codes;

use super::document::Rule;
use super::sentence::Sentence;

/// An answer that a rule expects: `arm-invalid-token`, `arm/*`, `AADSTS7000216`, or a sentence. Behind
/// a `#` stands the member in which the rule has to have found its fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub struct Answer {
    kind: Kind,
    member: Option<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    Rule(String),
    Family(String),
    Code(String),
    Sentence(Sentence),
}

/// What a failed call was answered with.
pub(crate) struct Told<'a> {
    /// The rules that know it.
    pub rules: &'a [&'a Rule],
    /// Its words.
    pub text: &'a str,
    /// Its code, which need not stand in the words.
    pub code: Option<&'a str>,
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        let is_member = |(_, member): &(&str, &str)| !member.contains(' ');
        let (text, member) = match text.rsplit_once('#').filter(is_member) {
            Some((text, member)) => (text, Some(member.to_ascii_lowercase())),
            None => (text.as_str(), None),
        };
        let kind = match text.strip_suffix("/*") {
            Some(family) => Kind::Family(family.to_owned()),
            None if text.contains(' ') => Kind::Sentence(Sentence::new(text)),
            None if is_id(text) => Kind::Rule(text.to_owned()),
            None => Kind::Code(text.to_owned()),
        };
        Self { kind, member }
    }
}

/// Ids of rules have no capital letters, and codes do.
fn is_id(text: &str) -> bool {
    text.contains('-') && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

impl Answer {
    /// Whether it is what a call was `told`, where the fault was found in `member`.
    pub(crate) fn fits(&self, told: &Told<'_>, member: Option<&str>) -> bool {
        let here = self.member.is_none() || self.member.as_deref() == member;
        here && match &self.kind {
            Kind::Rule(id) => told.rules.iter().any(|rule| rule.id == *id),
            Kind::Family(family) => told.rules.iter().any(|rule| rule.family == *family),
            Kind::Code(code) => {
                told.code.is_some_and(|own| own.eq_ignore_ascii_case(code)) || says(told.text, code)
            }
            Kind::Sentence(sentence) => sentence.find(told.text).is_some(),
        }
    }

    /// The id of the rule it means, if it means one.
    pub fn rule(&self) -> Option<&str> {
        match &self.kind {
            Kind::Rule(id) => Some(id),
            _ => None,
        }
    }

    /// Why it can be no answer.
    pub(super) fn check(&self) -> Result<(), String> {
        match &self.kind {
            Kind::Sentence(sentence) => sentence.check(),
            _ => Ok(()),
        }
    }
}

/// Whether `text` holds `code`, as a whole.
fn says(text: &str, code: &str) -> bool {
    let entra = codes::aadsts(text);
    entra
        .iter()
        .any(|(number, _)| format!("AADSTS{number}").eq_ignore_ascii_case(code))
        || codes::words(text)
            .iter()
            .any(|(word, _)| word.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Told};

    fn fits(answer: &str, text: &str, member: Option<&str>) -> bool {
        Answer::from(answer.to_owned()).fits(
            &Told {
                rules: &[],
                text,
                code: None,
            },
            member,
        )
    }

    #[test]
    fn codes_are_compared_whole_and_sentences_as_people_read_them() {
        assert!(fits("AADSTS7000216", "Error: AADSTS7000216: no", None));
        assert!(!fits("AADSTS7000216", "AADSTS70002161: no", None));
        assert!(fits("TF400898", "tf400898 and TF400898: An error", None));
        assert!(fits(
            "cache value is invalid",
            "The Cache value is invalid.",
            None
        ));
        assert!(!fits("arm-invalid-token", "arm-invalid-token", None));
    }

    #[test]
    fn an_answer_can_be_that_to_one_member_only() {
        let answer = "AADSTS900023#tenantid";
        assert!(fits(answer, "AADSTS900023", Some("tenantid")));
        assert!(!fits(answer, "AADSTS900023", Some("url")));
        assert!(!fits(answer, "AADSTS900023", None));
    }
}
