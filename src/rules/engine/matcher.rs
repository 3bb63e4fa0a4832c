//! Texts against rules: every text is looked at once, not once per rule.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::report::finding::{Location, Role};
use crate::text::codes::{aadsts, camel_words, common, words};

use super::anchors::Anchors;
use super::document::{Matching, Rule};
use super::meaning::Topics;
use super::pasted_text::reads_like_output;
use super::placeholders;
use super::sentence::Sentence;
use super::subject::Subject;

/// Where a text was seen; the words are those of a rule's `where`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// `errorMessage` and `result` of an `endpointproxy` answer.
    Verify,
    /// `operationStatus.statusMessage`.
    Operation,
    /// Error body of an Azure DevOps call.
    Http,
    /// What a browser or a tool says of an Azure DevOps call that got no answer.
    Transport,
    /// Sign-in hosts.
    Entra,
    /// Directory APIs.
    Graph,
    /// Azure Resource Manager.
    Arm,
    /// Pasted text.
    Text,
}

/// One text of a trace, peeled, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Surface {
    /// Where it was seen.
    pub place: Place,
    /// Its place in the trace.
    pub location: Location,
    /// Number of the call it belongs to; `None` for pasted text and for other APIs.
    pub call: Option<usize>,
    /// The text as [`crate::text::readable::readable`] gives it.
    pub text: String,
    /// The lines of a pasted text that a program marked as errors.
    pub errors: String,
    /// What it is about: a pasted text may be about anything.
    pub subject: Subject,
    /// HTTP status, or the one inside a verify answer.
    pub status: Option<u16>,
    /// Name of the operation.
    pub operation: Option<&'static str>,
    /// `authorization.scheme` of the endpoint.
    pub scheme: Option<String>,
    /// `type` of the endpoint.
    pub kind: Option<String>,
    /// The endpoint whose state it tells: its id, and its name.
    pub endpoint: Option<(String, Option<String>)>,
}

/// A rule that fits a surface.
#[derive(Debug)]
pub(crate) struct Match<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// What its sentences captured.
    pub captures: BTreeMap<String, String>,
    /// Byte range of the telling part in the surface's text.
    pub span: Range<usize>,
    /// Whether it was found by its meaning: no code or sentence of it is known.
    pub by_meaning: bool,
}

/// What a case says is wrong, and what to do about it.
pub(crate) const FAULT: &str = "fault";
/// See [`FAULT`].
pub(crate) const NEXT: &str = "next";

/// From this rank on a rule says of which server or tool a failure is.
pub(crate) const SPECIFIC: u8 = 10;

/// How many of its anchors in one text a sentence is tried at; the sentence itself comes early.
const MAX_TRIES: usize = 32;

/// All rules, prepared for matching. Made once per run.
#[derive(Debug)]
pub(crate) struct Matcher<'r> {
    rules: Vec<Prepared<'r>>,
    aadsts: HashMap<u32, Vec<usize>>,
    words: HashMap<String, Vec<usize>>,
    statuses: Vec<usize>,
    anchors: OnceLock<Anchors>,
    /// Behind each anchor: the rule, and its sentence.
    sentences: Vec<(usize, Sentence)>,
    topics: OnceLock<Topics>,
}

/// A rule with its sentences, each compiled when it is first needed.
#[derive(Debug)]
struct Prepared<'r> {
    rule: &'r Rule,
    matching: &'r Matching,
    require: Vec<Sentence>,
    unless: Vec<Sentence>,
    capture: Vec<(&'r String, Vec<Sentence>)>,
}

impl<'r> Prepared<'r> {
    fn new(rule: &'r Rule) -> Option<Self> {
        let matching = rule.matching.as_ref()?;
        let sentences = |texts: &[String]| texts.iter().map(|text| Sentence::new(text)).collect();
        let capture = rule.capture.iter();
        Some(Self {
            rule,
            matching,
            require: sentences(&matching.require),
            unless: sentences(&matching.unless),
            capture: capture
                .map(|(name, texts)| (name, sentences(texts)))
                .collect(),
        })
    }

    /// Whether the rule fits `surface` by its words alone, wherever it expects them.
    fn holds_anywhere(&self, surface: &Surface) -> bool {
        let matching = self.matching;
        let fits = |sentences: &[Sentence]| {
            let mut sentences = sentences.iter();
            sentences.any(|sentence| sentence.find(&surface.text).is_some())
        };
        let status = surface.status.filter(|_| !matching.status.is_empty());
        status.is_none_or(|status| matching.status.contains(&status))
            // The answer to a call is about the connection.
            && (matching.require.is_empty()
                || matching.pipeline
                || !matching.alone.is_empty()
                || fits(&self.require))
            && !fits(&self.unless)
    }

    /// Whether the rule fits `surface`, of whose scheme it may know better.
    fn holds(&self, surface: &Surface, whatever_scheme: bool) -> bool {
        let matching = self.matching;
        let pasted = surface.place == Place::Text;
        let fits = |sentences: &[Sentence]| {
            sentences
                .iter()
                .any(|sentence| sentence.find(&surface.text).is_some())
        };
        matching.places.contains(&surface.place)
            && (whatever_scheme || self.rule.concerns(surface.scheme.as_deref()))
            && (whatever_scheme || self.concerns_type_of(surface))
            && (pasted
                || matching.operations.is_empty()
                || surface
                    .operation
                    .is_some_and(|name| matching.operations.iter().any(|known| known == name)))
            && (pasted
                || matching.status.is_empty()
                || surface
                    .status
                    .is_some_and(|status| matching.status.contains(&status)))
            && ((matching.require.is_empty() && !matching.pipeline)
                || (matching.pipeline && surface.subject != Subject::Other)
                || matching.alone.contains(&surface.place)
                || fits(&self.require))
            && !fits(&self.unless)
    }

    /// Whether the rule can concern an endpoint of the type that `surface` is about.
    fn concerns_type_of(&self, surface: &Surface) -> bool {
        let kind = surface.kind.as_deref();
        kind.is_none_or(|kind| self.rule.concerns_type(kind))
    }

    /// What `text` says beside the sentence that was found.
    fn capture(&self, text: &str, captures: &mut BTreeMap<String, String>) {
        for (name, sentences) in &self.capture {
            let value = sentences
                .iter()
                .find_map(|sentence| sentence.find(text)?.values.remove(*name));
            if let Some(value) = value {
                captures.insert((*name).clone(), value);
            }
        }
        for (name, value) in common(text) {
            captures.entry(name.to_owned()).or_insert(value);
        }
    }
}

impl<'r> Matcher<'r> {
    /// Prepares `rules`.
    pub(crate) fn new(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let rules: Vec<Prepared<'r>> = rules.into_iter().filter_map(Prepared::new).collect();
        let mut aadsts: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut words: HashMap<String, Vec<usize>> = HashMap::new();
        let mut statuses = Vec::new();
        let mut sentences = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let matching = rule.matching;
            for code in &matching.aadsts {
                aadsts.entry(*code).or_default().push(at);
            }
            for word in [&matching.type_keys, &matching.codes, &matching.numbers]
                .into_iter()
                .flatten()
            {
                words.entry(word.to_ascii_lowercase()).or_default().push(at);
            }
            sentences.extend(matching.text.iter().map(|text| (at, Sentence::new(text))));
            if is_status_only(matching) {
                statuses.push(at);
            }
        }
        Self {
            rules,
            aadsts,
            words,
            statuses,
            anchors: OnceLock::new(),
            sentences,
            topics: OnceLock::new(),
        }
    }

    /// Made for the first text: many runs have none.
    fn anchors(&self) -> &Anchors {
        let sentences = self.sentences.iter();
        self.anchors
            .get_or_init(|| Anchors::new(sentences.map(|(_, sentence)| sentence.anchor())))
    }

    /// The rules that fit `surface`: the most telling causes, or else consequences, or else fallbacks.
    pub(crate) fn find(&self, surface: &Surface) -> Vec<Match<'r>> {
        self.find_where(surface, |rule, sure| rule.holds(surface, sure))
    }

    /// The rules that fit the words of `surface`, the answer to a failed call, and say more of it than
    /// `known`, which fit as they expect it: a cause is a cause whichever place or scheme it is told of.
    pub(crate) fn find_anywhere(&self, surface: &Surface, known: &[Match<'r>]) -> Vec<Match<'r>> {
        let most = known.iter().map(|one| one.rule.role).max();
        let most = most.unwrap_or(Role::Fallback).max(Role::Fallback);
        if most == Role::Cause || surface.text.is_empty() {
            return Vec::new();
        }
        let mut found = self.find_where(surface, |rule, _| rule.holds_anywhere(surface));
        found.retain(|one| one.rule.role > most);
        found
    }

    fn find_where(
        &self,
        surface: &Surface,
        holds: impl Fn(&Prepared<'r>, bool) -> bool,
    ) -> Vec<Match<'r>> {
        let text = surface.text.as_str();
        let mut found: BTreeMap<usize, Match<'r>> = BTreeMap::new();
        let mut missed = vec![0_usize; self.sentences.len()];
        let mut keep =
            |at: usize, captures: BTreeMap<String, String>, span: Range<usize>, sure: bool| {
                if holds(&self.rules[at], sure) {
                    let entry = found.entry(at);
                    let kept = entry.or_insert_with(|| Match {
                        rule: self.rules[at].rule,
                        captures: BTreeMap::new(),
                        span,
                        by_meaning: false,
                    });
                    for (name, value) in captures {
                        kept.captures.entry(name).or_insert(value);
                    }
                }
            };
        for (code, span) in aadsts(text) {
            // A number that only another scheme can cause tells that the trace shows an old one.
            let rules = self.aadsts.get(&code).map_or(&[][..], Vec::as_slice);
            let scheme = surface.scheme.as_deref();
            let sure = !rules.iter().any(|at| {
                let rule = self.rules[*at].rule;
                !rule.schemes.is_empty() && rule.concerns(scheme)
            });
            for at in rules {
                keep(*at, BTreeMap::new(), span.clone(), sure);
            }
        }
        // In what people paste, a code often stands without the key in front of it.
        let bare = (surface.place == Place::Text).then(|| camel_words(text));
        for (word, span) in words(text).into_iter().chain(bare.into_iter().flatten()) {
            for at in self
                .words
                .get(&word.to_ascii_lowercase())
                .into_iter()
                .flatten()
            {
                keep(*at, BTreeMap::new(), span.clone(), false);
            }
        }
        let lower = text.to_ascii_lowercase();
        self.anchors().each(text, |index, anchor| {
            if missed[index] < MAX_TRIES {
                let (at, sentence) = &self.sentences[index];
                match sentence.find_around(text, &lower, &anchor) {
                    Some(found) => {
                        missed[index] = MAX_TRIES;
                        keep(*at, found.values, found.span, false);
                    }
                    None => missed[index] += 1,
                }
            }
        });
        for at in &self.statuses {
            // A status alone is no words: it counts where the rule expects it.
            if self.rules[*at].holds(surface, false) {
                keep(*at, BTreeMap::new(), 0..0, false);
            }
        }
        self.add_by_meaning(surface, holds, &mut found);
        self.best(found, text)
    }

    /// Adds the rules that know a failure by its meaning, where no cause was found by its words.
    fn add_by_meaning(
        &self,
        surface: &Surface,
        holds: impl Fn(&Prepared<'r>, bool) -> bool,
        found: &mut BTreeMap<usize, Match<'r>>,
    ) {
        let text = surface.text.as_str();
        let told = |one: &Match<'_>| one.rule.role == Role::Cause;
        if words_count(surface) && !found.values().any(told) {
            let topics = self.topics();
            let marked = topics.find_in_errors(&surface.errors).into_iter();
            let marked = marked.map(|(at, said)| (at, place_of_line(text, said)));
            for (at, span) in topics.find(text).into_iter().chain(marked) {
                // What does not say whose it is can be another program's: who refused has to be named,
                // and it is told as that which others say, too.
                let rule = &self.rules[at];
                let names_whom = rule.rule.rank >= SPECIFIC && rule.matching.pipeline;
                let says_where =
                    matches!(surface.subject, Subject::Pipelines | Subject::Connection);
                if (names_whom || says_where) && holds(rule, false) {
                    let rule = self.rules[at].rule;
                    let captures = BTreeMap::new();
                    let found = found.entry(at);
                    found.or_insert(Match {
                        rule,
                        captures,
                        span,
                        by_meaning: true,
                    });
                }
            }
        }
    }

    fn topics(&self) -> &Topics {
        self.topics.get_or_init(|| {
            let rules = self.rules.iter().map(|rule| rule.matching).enumerate();
            let topics = rules.flat_map(|(at, own)| {
                let topics = own.topics();
                topics.map(move |(about, says)| (at, about, says))
            });
            Topics::new(topics)
        })
    }

    fn best(&self, found: BTreeMap<usize, Match<'r>>, text: &str) -> Vec<Match<'r>> {
        let mut found: Vec<(usize, Match<'r>)> = found.into_iter().collect();
        let Some(role) = found.iter().map(|(_, one)| one.rule.role).max() else {
            return Vec::new();
        };
        found.retain(|(_, one)| one.rule.role == role);
        if role == Role::Cause {
            let rank = found
                .iter()
                .map(|(_, one)| one.rule.rank)
                .max()
                .unwrap_or_default();
            found.retain(|(_, one)| one.rule.rank == rank);
        }
        // Of equals the one named last is the most specific: wrappers come first on the wire.
        found.sort_by_key(|(_, one)| std::cmp::Reverse(one.span.end));
        found.truncate(1);
        for (at, one) in &mut found {
            let prepared = &self.rules[*at];
            prepared.capture(text, &mut one.captures);
            let said = text.get(one.span.clone()).unwrap_or_default();
            // Of several codes in one text the last is the most telling one.
            if let Some(case) = prepared.matching.cases_of(said).last() {
                let told = [(FAULT, &case.fault), (NEXT, &case.next)];
                let told = told.map(|(name, told)| (name.to_owned(), told.clone()));
                one.captures.extend(told);
            }
        }
        found.into_iter().map(|(_, one)| one).collect()
    }
}

/// Where `text`, of which lines may be joined, has the words of one of its lines.
fn place_of_line(text: &str, said: &str) -> Range<usize> {
    text.find(said).map_or(0..0, |at| at..at + said.len())
}

/// Whether words may be weighed in `surface`: people who speak of a service connection, or of anything
/// else, say much that no tool means.
fn words_count(surface: &Surface) -> bool {
    surface.place == Place::Text
        && match surface.subject {
            Subject::Other => false,
            Subject::Pipelines | Subject::Connection | Subject::Foreign | Subject::Unsaid => {
                !surface.errors.is_empty() || reads_like_output(&surface.text)
            }
        }
}

/// What is wrong with the sentences of a rule.
pub(super) fn check(rule: &Rule) -> Result<(), String> {
    for answer in rule.consequences.iter().chain(&rule.disproved_by) {
        answer.check()?;
    }
    placeholders::check(rule)?;
    let Some(matching) = &rule.matching else {
        return Ok(());
    };
    for text in matching
        .text
        .iter()
        .chain(&matching.require)
        .chain(&matching.unless)
    {
        Sentence::new(text).check()?;
    }
    for (name, sentences) in &rule.capture {
        for sentence in sentences {
            Sentence::new(sentence).check()?;
            if !sentence.contains(&format!("{{{name}}}"))
                && !sentence.contains(&format!("{{{name}:"))
            {
                return Err(format!(
                    "[capture] {name}: the sentence {sentence:?} has no {{{name}}}"
                ));
            }
        }
    }
    Ok(())
}

/// A rule that names statuses and nothing else fires on the status alone.
fn is_status_only(matching: &Matching) -> bool {
    !matching.status.is_empty()
        && matching.aadsts.is_empty()
        && matching.type_keys.is_empty()
        && matching.codes.is_empty()
        && matching.numbers.is_empty()
        && matching.text.is_empty()
}
