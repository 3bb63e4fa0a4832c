//! Everything that is known after the analysis; what renderers turn into text, JSON and pages.

pub mod command;
pub mod compare;
pub mod connection;
pub mod finding;
pub(crate) mod seen;
pub mod statistics;
mod status;

pub use status::Status;

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Serialize;

use crate::connection::EndpointCall;
use crate::error::Error;
use crate::ingest::{Container, IngestNote};
use crate::report::finding::{CallFix, Finding, Severity};
use crate::report::seen::Seen;
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
    /// The secrets of the traces, which no output may quote.
    pub known: Known,
    /// How the reader starts mendpoint.
    pub invocation: command::Invocation,
    /// The connections that any input shows, in the order in which they were first seen.
    pub connections: Vec<connection::Connection>,
    /// The connection of each call, by the call's number.
    owners: HashMap<usize, usize>,
    /// The inputs in which a correction has to be chosen; found out once.
    pub(crate) ambiguous: OnceLock<BTreeSet<usize>>,
    /// The paths of the inputs, to be looked for in texts; made once.
    paths: OnceLock<Option<AhoCorasick>>,
    /// Answers that were saved without their calls.
    pub(crate) answers: Vec<EndpointCall>,
    /// The inputs in which something is missing or unexplained.
    pub(crate) open: BTreeSet<usize>,
    /// Payloads that came without the call that sends them: their input, and what is told of each.
    pub(crate) payloads: Vec<(usize, IngestNote)>,
    /// Numbers of the calls in order of time.
    times: Vec<usize>,
    /// Where the call at an entry of a trace stands among the calls.
    places: HashMap<(usize, usize), usize>,
}

/// By input and entry of a failed call, the indices of the findings that explain it.
pub(crate) type Explained = HashMap<(usize, usize), Vec<usize>>;

/// A trace as the report shows it.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Its place among all inputs.
    pub(crate) index: usize,
    /// Whether its exchanges have times, so that they take part in one order with other inputs.
    pub timed: bool,
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

impl Input {
    /// Whether it is a safe copy: its ids and names stand for others.
    pub(crate) fn is_copy(&self) -> bool {
        let creator = self.creator.as_deref().unwrap_or_default();
        creator.split(' ').next() == Some("mendpoint")
    }

    /// The name of the file, and of the member where it is one of an archive: nothing of the machine.
    pub(crate) fn name(&self) -> String {
        name_of(&self.path)
    }
}

/// The name of the file at `path`, and of the member where it is one of an archive.
fn name_of(path: &str) -> String {
    let (file, member) = match path.split_once('!') {
        Some((file, member)) => (file, Some(member)),
        None => (path, None),
    };
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    match member {
        Some(member) => format!("{file}!{member}"),
        None => file.to_owned(),
    }
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
    /// Takes in what is told of other inputs of the same run.
    pub(crate) fn merge(&mut self, mut other: Self) {
        self.times
            .extend(other.calls.iter().map(|call| call.number));
        self.known.append(other.known);
        self.inputs.append(&mut other.inputs);
        self.calls.append(&mut other.calls);
        self.answers.append(&mut other.answers);
        self.findings.append(&mut other.findings);
        self.fixes.append(&mut other.fixes);
        self.missing.append(&mut other.missing);
        self.open.append(&mut other.open);
        self.payloads.append(&mut other.payloads);
    }

    /// Puts everything in the order in which it is shown.
    pub(crate) fn sort(&mut self) {
        self.inputs.sort_by_key(|input| input.index);
        self.calls.sort_by_key(|call| call.input);
        self.fixes.sort_by_key(|fix| (fix.input, fix.entry));
        self.findings.sort_by_key(Finding::rank);
        self.note_places();
        let answers = std::mem::take(&mut self.answers);
        connection::link(self, &answers);
        self.answers = answers;
        let seen = Seen::of(self);
        let inputs = self.inputs.iter_mut().enumerate();
        for (at, input) in inputs.filter(|(_, input)| input.reason.is_none()) {
            input.verdict = seen.verdict_of(at, &self.findings, &self.open);
        }
    }

    /// The call with this number.
    pub fn call(&self, number: usize) -> Option<&EndpointCall> {
        self.calls.get(number.checked_sub(1)?)
    }

    /// The calls in order of time, whichever input they are in.
    pub(crate) fn in_time(&self) -> impl DoubleEndedIterator<Item = &EndpointCall> {
        let numbers = self.times.iter();
        numbers.filter_map(|number| self.calls.get(number - 1))
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

    /// Whether a finding stands at `entry`.
    pub(crate) fn names(&self, entry: usize) -> bool {
        let mut places = self.findings.iter().flat_map(|finding| &finding.locations);
        places.any(|place| place.entry == entry && place.part != finding::Part::Text)
    }

    /// The answer: the gravest of all inputs.
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.inputs.iter().map(|input| input.verdict);
        verdicts.max().unwrap_or_default()
    }

    /// The inputs that could not be read, each with the reason.
    pub(crate) fn unreadable_inputs(&self) -> impl Iterator<Item = (&Input, &str)> {
        let inputs = self.inputs.iter();
        inputs.filter_map(|input| input.reason.as_deref().map(|reason| (input, reason)))
    }

    /// The findings that explain the failure of a call, by the place of the call among the inputs.
    pub fn explained(&self) -> Explained {
        let mut all = Explained::new();
        for (at, finding) in self.findings.iter().enumerate() {
            for location in &finding.explains {
                let own = all.entry((location.input, location.entry)).or_default();
                if own.last() != Some(&at) {
                    own.push(at);
                }
            }
        }
        all
    }

    /// The endpoint's name: from the call, else from another call about the same endpoint.
    pub fn endpoint_name<'a>(&'a self, call: &'a EndpointCall) -> Option<&'a str> {
        let known = || self.connection_of(call)?.name.as_deref();
        call.endpoint_name().or_else(known)
    }

    /// The connection that `call` is about.
    pub(crate) fn connection_of(&self, call: &EndpointCall) -> Option<&connection::Connection> {
        let at = self.owners.get(&call.number)?;
        self.connections.get(*at)
    }

    /// The fixes of the body at an entry.
    pub(crate) fn fixes_at(&self, input: usize, entry: usize) -> &[CallFix] {
        let place = |fix: &CallFix| (fix.input, fix.entry);
        let from = self
            .fixes
            .partition_point(|fix| place(fix) < (input, entry));
        let to = self
            .fixes
            .partition_point(|fix| place(fix) <= (input, entry));
        &self.fixes[from..to]
    }

    /// The name of an input, for readers on other machines.
    pub(crate) fn input_name(&self, input: usize) -> String {
        self.inputs.get(input).map_or_else(String::new, Input::name)
    }

    /// The endpoint's type: from the call, else from all that is known of its connection.
    pub(crate) fn endpoint_type<'a>(&'a self, call: &'a EndpointCall) -> Option<&'a str> {
        let known = || self.connection_of(call)?.kind.as_deref();
        call.endpoint_type().or_else(known)
    }

    /// The endpoint's name as it may be shown.
    pub fn shown_name(&self, call: &EndpointCall) -> Option<String> {
        self.endpoint_name(call)
            .map(|name| self.known.mask_text(name))
    }

    /// The call at an entry.
    pub(crate) fn call_at(&self, input: usize, entry: usize) -> Option<&EndpointCall> {
        self.places.get(&(input, entry)).map(|at| &self.calls[*at])
    }

    /// `text` with the names of files in the place of their paths: for a page that others read.
    pub(crate) fn without_folders(&self, text: &str) -> String {
        let paths = self.paths.get_or_init(|| {
            let paths = self.inputs.iter().map(|input| input.path.as_str());
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(paths.filter(|path| !path.is_empty()))
                .ok()
        });
        let Some(paths) = paths else {
            return text.to_owned();
        };
        let mut shown = String::with_capacity(text.len());
        paths.replace_all_with(text, &mut shown, |_, path, shown| {
            shown.push_str(&name_of(path));
            true
        });
        shown
    }

    /// Notes where the calls stand; of two at one entry the first counts.
    fn note_places(&mut self) {
        for (at, call) in self.calls.iter().enumerate() {
            let place = (call.input, call.exchange.entry);
            self.places.entry(place).or_insert(at);
        }
    }
}
