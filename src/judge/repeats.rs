//! What one input repeats of another: the mail around a trace, the text of an error beside its recording,
//! a log of a call that a trace has too. One cause is one finding; the repetition is its evidence.

use std::collections::{HashMap, HashSet};

use crate::connection::{EndpointCall, Operation, Outcome, Said};
use crate::report::Report;
use crate::report::finding::{Finding, Part, Severity};

use super::consequences::TELLING;

/// The words that texts are looked up by, and how many in all are compared.
const KEY: usize = 4;
const COMPARED: usize = 40;

/// Puts findings that only repeat another one into that one's evidence. Whether there were any.
pub(super) fn fold(report: &mut Report) -> bool {
    let untimed = |input: usize| !report.inputs.get(input).is_some_and(|one| one.timed);
    // Inputs with times were judged together.
    if report.inputs.len() < 2 || !(0..report.inputs.len()).any(untimed) {
        return false;
    }
    let known = Known::of(report);
    let mut into: Vec<Option<usize>> = Vec::with_capacity(report.findings.len());
    for (at, finding) in report.findings.iter().enumerate() {
        let original = (finding.severity == Severity::Error)
            .then(|| known.original_of(at, report))
            .flatten();
        // What was itself a repetition stands for its original.
        into.push(original.map(|to| into.get(to).copied().flatten().unwrap_or(to)));
    }
    if into.iter().all(Option::is_none) {
        return false;
    }
    let mut kept: Vec<Option<Finding>> = Vec::with_capacity(into.len());
    for (finding, to) in std::mem::take(&mut report.findings).into_iter().zip(into) {
        match to.and_then(|to| kept.get_mut(to)?.as_mut()) {
            Some(original) => {
                original.locations.extend(finding.locations);
                original.explains.extend(finding.explains);
                kept.push(None);
            }
            None => kept.push(Some(finding)),
        }
    }
    report.findings = kept.into_iter().flatten().collect();
    true
}

/// What makes a call the same in two recordings.
type CallKey<'a> = (usize, Operation, Option<u16>, &'a str);

/// What makes a fault of a body the same in two inputs.
type FaultKey<'a> = (&'a str, usize, Option<&'a str>, &'a str);

/// What the findings of a report tell, by what a repetition of it is known by.
struct Known<'a> {
    /// The findings that explain a failed call.
    calls: HashMap<CallKey<'a>, Vec<usize>>,
    /// The first words of what was said, with all of them and the finding that explains it.
    words: HashMap<String, Vec<(String, usize)>>,
    faults: HashMap<FaultKey<'a>, Vec<usize>>,
}

impl<'a> Known<'a> {
    fn of(report: &'a Report) -> Self {
        let mut known = Self {
            calls: HashMap::new(),
            words: HashMap::new(),
            faults: HashMap::new(),
        };
        let mut told = HashSet::new();
        let findings = report.findings.iter().enumerate();
        for (at, finding) in findings.filter(|(_, one)| one.severity == Severity::Error) {
            if let Some(key) = fault_key(finding) {
                known.faults.entry(key).or_default().push(at);
            }
            for place in &finding.explains {
                let Some(call) = report.call_at(place.input, place.entry) else {
                    continue;
                };
                if let Some(key) = call_key(finding, call) {
                    known.calls.entry(key).or_default().push(at);
                }
                let said = call.said.as_deref().map_or("", Said::telling);
                let words = words(said);
                let open = call.outcome == Outcome::Failed && call.mended_by.is_none();
                if let Some(key) = words.get(..KEY).filter(|_| open && told.insert((at, said))) {
                    let all = words.iter().take(COMPARED);
                    let all = all.map(String::as_str).collect::<Vec<_>>().join(" ");
                    let same = known.words.entry(key.join(" ")).or_default();
                    same.push((all, at));
                }
            }
        }
        known
    }

    /// The finding that the one at `at` repeats, which stands before it.
    fn original_of(&self, at: usize, report: &Report) -> Option<usize> {
        let finding = &report.findings[at];
        let input = finding.locations.first()?.input;
        let untimed = |input: usize| !report.inputs.get(input).is_some_and(|one| one.timed);
        let elsewhere = |other: &usize| {
            let first = report.findings[*other].locations.first();
            *other < at
                && first.is_some_and(|first| {
                    first.input != input && (untimed(first.input) || untimed(input))
                })
        };
        let fault = fault_key(finding).and_then(|key| {
            let mut same = self.faults.get(&key)?.iter().copied();
            same.find(|other| elsewhere(other) && agree(finding, &report.findings[*other]))
        });
        fault
            .or_else(|| {
                let mut calls = finding.explains.iter();
                let call = calls.next().filter(|_| finding.fix.is_none())?;
                let call = report.call_at(call.input, call.entry)?;
                let same = self.calls.get(&call_key(finding, call)?)?;
                same.iter().copied().find(elsewhere)
            })
            .or_else(|| self.quoted(finding).filter(elsewhere))
    }

    /// The finding whose service's words `finding`, one about a text, was found in.
    fn quoted(&self, finding: &Finding) -> Option<usize> {
        let mut places = finding.locations.iter();
        if finding.connection.is_some() || places.any(|place| place.part != Part::Text) {
            return None;
        }
        let words = words(&finding.evidence);
        let text = words.join(" ");
        words.windows(KEY).find_map(|key| {
            let known = self.words.get(&key.join(" "))?;
            let said = known.iter().find(|(said, _)| text.contains(said.as_str()));
            said.map(|(_, at)| *at)
        })
    }
}

fn fault_key(finding: &Finding) -> Option<FaultKey<'_>> {
    let first = finding.locations.first()?;
    let is_body = matches!(first.part, Part::RequestBody | Part::Text);
    Some((
        &finding.rule,
        finding.connection.filter(|_| is_body)?,
        first.pointer.as_deref(),
        &finding.evidence,
    ))
}

fn call_key<'a>(finding: &Finding, call: &'a EndpointCall) -> Option<CallKey<'a>> {
    let said = call.said.as_ref()?;
    let connection = finding.connection?;
    Some((connection, call.operation, call.status(), &said.message))
}

/// Whether nothing that two findings name contradicts.
fn agree(one: &Finding, other: &Finding) -> bool {
    TELLING.iter().all(|name| {
        let values = [one, other].map(|finding| finding.captures.get(name));
        let [Some(a), Some(b)] = values else {
            return true;
        };
        a.eq_ignore_ascii_case(b)
    })
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "'\"\u{2018}\u{2019}".contains(c));
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
