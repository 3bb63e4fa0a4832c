//! Everything that is known after the analysis; what renderers turn into text, JSON and pages.

pub mod command;
pub mod compare;
pub mod finding;

use std::collections::HashMap;

use serde::Serialize;

use crate::connection::EndpointCall;
use crate::error::Error;
use crate::ingest::{Container, IngestNote};
use crate::report::finding::{CallFix, Finding, Part, Severity};
use crate::sensitive::Known;

/// The result of a run over one or more traces.
#[derive(Debug, Default)]
pub struct Report {
    /// The traces, in path order.
    pub inputs: Vec<Input>,
    /// Every service-endpoint call, in order of time within its trace.
    pub calls: Vec<EndpointCall>,
    /// What the rules found: the worst first.
    pub findings: Vec<Finding>,
    /// The fix of every fault of every body, call by call.
    pub fixes: Vec<CallFix>,
    /// Evidence that would be needed for a verdict and is not there; one line each.
    pub missing: Vec<String>,
    /// Failed calls that no rule explains; one line each.
    pub unexplained: Vec<String>,
    /// The secrets of the traces, which no output may quote.
    pub known: Known,
    /// How the reader starts mendpoint.
    pub invocation: command::Invocation,
    /// Where the call at an entry of a trace stands among the calls.
    places: HashMap<(usize, usize), usize>,
}

/// A trace as the report shows it.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Its path.
    pub path: String,
    /// What it is.
    pub container: Container,
    /// The recorder.
    pub creator: Option<String>,
    /// How many exchanges it holds.
    pub exchanges: usize,
    /// What could not be read.
    pub notes: Vec<IngestNote>,
    /// Pasted text or JSON.
    pub text: Option<String>,
    /// Its part of the answer.
    pub verdict: Verdict,
    /// Why it could not be read, and what to do about that.
    pub reason: Option<String>,
}

/// The answer to “is it broken?”. Of several inputs the gravest answer counts: that is their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// No service-endpoint call and no known failure text.
    #[default]
    NothingRelevant,
    /// Everything was looked at and nothing is wrong.
    Clean,
    /// The evidence that would decide is not in the trace.
    Inconclusive,
    /// The input could not be read.
    Unreadable,
    /// A fault was found.
    Fault,
}

impl Verdict {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Inconclusive => "inconclusive",
            Self::Clean => "clean",
            Self::Unreadable => "unreadable",
            Self::NothingRelevant => "nothing-relevant",
        }
    }
}

impl Report {
    /// A report on `calls`, which are in order of time, about which nothing is known yet.
    pub fn of(calls: Vec<EndpointCall>) -> Self {
        let mut report = Self {
            calls,
            ..Self::default()
        };
        report.note_places(0);
        report
    }

    /// How many findings have `severity`.
    pub fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }

    /// How many findings there are of `severity`.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// A report on an input called `path` that could not be read.
    pub fn unreadable(path: &str, why: &Error) -> Self {
        let hint = why
            .hint()
            .map_or_else(String::new, |hint| format!("; {hint}"));
        Self {
            inputs: vec![Input {
                path: path.to_owned(),
                container: Container::Unknown,
                verdict: Verdict::Unreadable,
                reason: Some(format!("{why}{hint}")),
                ..Input::default()
            }],
            ..Self::default()
        }
    }

    /// The answer: the gravest of all inputs.
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.inputs.iter().map(|input| input.verdict);
        verdicts.max().unwrap_or_default()
    }

    /// The inputs that could not be read, each with the reason.
    pub fn unreadable_inputs(&self) -> impl Iterator<Item = (&Input, &str)> {
        let inputs = self.inputs.iter();
        inputs.filter_map(|input| input.reason.as_deref().map(|reason| (input, reason)))
    }

    /// What the findings, and what is missing, say of the input they are about.
    pub(crate) fn judged(&self) -> Verdict {
        let failed_for_a_reason = |finding: &Finding| {
            finding.severity == Severity::Warning
                && (self.is_at_failed_call(finding) || self.is_message(finding))
                && !finding.rule.starts_with("trace-")
                // A difference that no rule explains is a hint and decides nothing.
                && finding.rule != crate::rules::families::UNEXPLAINED
                && finding.rule != crate::rules::families::UNKNOWN_TEXT
        };
        if self.count(Severity::Error) > 0 || self.findings.iter().any(failed_for_a_reason) {
            Verdict::Fault
        } else if self.calls.is_empty()
            && !self
                .findings
                .iter()
                .any(|finding| !finding.rule.starts_with("trace-"))
        {
            // Nothing was seen; where something was lost, that may have been it.
            if self.missing.is_empty() && self.unexplained.is_empty() {
                Verdict::NothingRelevant
            } else {
                Verdict::Inconclusive
            }
        } else if !self.missing.is_empty() || !self.unexplained.is_empty() {
            Verdict::Inconclusive
        } else {
            Verdict::Clean
        }
    }

    fn is_at_failed_call(&self, finding: &Finding) -> bool {
        use crate::connection::Outcome;
        finding.locations.iter().any(|location| {
            self.call_at(location.input, location.entry)
                .is_some_and(|call| call.outcome == Outcome::Failed)
        })
    }

    /// Whether `finding` explains a message that came without the call that failed.
    fn is_message(&self, finding: &Finding) -> bool {
        finding.rule != crate::rules::families::UNKNOWN_CODE
            && finding.locations.first().is_some_and(|location| {
                let is_payload = location.part == Part::Text && location.pointer.is_some();
                !is_payload && self.calls.iter().all(|call| call.input != location.input)
            })
    }

    /// The endpoint's name: from the call, else from another call about the same endpoint.
    pub fn endpoint_name<'a>(&'a self, call: &'a EndpointCall) -> Option<&'a str> {
        call.endpoint_name().or_else(|| {
            let id = call.endpoint_id()?;
            let others = self.calls.iter().filter(|other| other.input == call.input);
            others
                .flat_map(EndpointCall::answered_endpoints)
                .find_map(|(_, node)| {
                    node.str("id")
                        .filter(|other| other.eq_ignore_ascii_case(id))
                        .and(node.str("name"))
                })
        })
    }

    /// The endpoint's type: from the call, else from another call about the same endpoint.
    pub fn endpoint_type<'a>(&'a self, call: &'a EndpointCall) -> Option<&'a str> {
        call.endpoint_type().or_else(|| {
            let id = call.endpoint_id()?;
            let mut others = self.calls.iter().filter(|other| other.input == call.input);
            others.find_map(|other| {
                let same = other.endpoint_id()?.eq_ignore_ascii_case(id);
                other.endpoint_type().filter(|_| same)
            })
        })
    }

    /// The endpoint's name as it may be shown.
    pub fn shown_name(&self, call: &EndpointCall) -> Option<String> {
        self.endpoint_name(call)
            .map(|name| self.known.mask_text(name))
    }

    /// The call at an entry.
    pub fn call_at(&self, input: usize, entry: usize) -> Option<&EndpointCall> {
        self.places.get(&(input, entry)).map(|at| &self.calls[*at])
    }

    /// Appends the report of further traces; their indices and call numbers go on from here.
    pub fn append(&mut self, mut other: Self) {
        let inputs = self.inputs.len();
        for call in &mut other.calls {
            call.input += inputs;
        }
        for location in other
            .findings
            .iter_mut()
            .flat_map(|finding| &mut finding.locations)
        {
            location.input += inputs;
        }
        for fix in &mut other.fixes {
            fix.input += inputs;
        }
        self.known.append(std::mem::take(&mut other.known));
        self.fixes.append(&mut other.fixes);
        self.inputs.append(&mut other.inputs);
        let known = self.calls.len();
        self.calls.append(&mut other.calls);
        self.note_places(known);
        self.findings.append(&mut other.findings);
        self.missing.append(&mut other.missing);
        self.unexplained.append(&mut other.unexplained);
        self.findings
            .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    }

    /// Numbers the calls from `known` on as they follow each other, and notes where they stand; of two
    /// at one entry the first counts.
    fn note_places(&mut self, known: usize) {
        for (at, call) in self.calls.iter_mut().enumerate().skip(known) {
            call.number = at + 1;
            let place = (call.input, call.exchange.entry);
            self.places.entry(place).or_insert(at);
        }
    }
}
