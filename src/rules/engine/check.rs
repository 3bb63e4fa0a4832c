//! Checks written in Rust, for what a text match cannot judge.

use std::collections::{BTreeMap, HashSet};

use crate::connection::history::History;
use crate::connection::timeline::Timeline;
use crate::connection::{EndpointCall, Payload};
use crate::exchange::Exchange;
use crate::ingest::Trace;
use crate::json::Node;
use crate::mend::known_good::{InTrace, Offer};
use crate::report::finding::{Confidence, Fix, Location, Part, Severity};
use crate::sensitive::Known;
use crate::text::guid::canonical_id;

use super::catalogue::Catalogue;
use super::facts::{AppId, Facts, LastSeen, Project, Reach, Subscription};
use super::matcher::Surface;

/// A check and what it looks at.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    /// One `ServiceEndpoint` in a request body, or a pasted one.
    Payload(fn(&Payload<'_>, &Context<'_>) -> Vec<Hit>),
    /// One service-endpoint call.
    Call(fn(&EndpointCall, &Context<'_>) -> Vec<Hit>),
    /// The calls of one endpoint in order.
    Timeline(fn(&Timeline<'_>, &Context<'_>) -> Vec<Hit>),
    /// The whole trace.
    Trace(fn(&Context<'_>) -> Vec<Hit>),
    /// A text that the rule's `[match]` has found: adds what takes more than reading it.
    Text(fn(&Surface, &mut Hit, &Context<'_>)),
    /// A failed call at which no other rule found anything, beside payloads that work.
    Unexplained(fn(&EndpointCall, &Context<'_>, &Models<'_>) -> Vec<Hit>),
    /// What somebody did in a portal and was refused, where no other rule found anything.
    UnexplainedOther(fn(&Exchange, &Context<'_>) -> Option<Hit>),
    /// A pasted text in which no other rule found anything.
    UnexplainedText(fn(&str, &Recording) -> Option<Hit>),
}

/// Payloads that work, to hold what failed against.
pub(crate) struct Models<'a> {
    /// Those that the user has.
    pub offer: &'a Offer,
    /// Those of the same trace.
    pub in_trace: InTrace<'a>,
}

/// An input while it is judged. Several may be judged as one recording; the entries of each then count
/// on from its base.
#[derive(Debug)]
pub(crate) struct Recording {
    /// The input's own facts; its exchanges have moved out.
    pub trace: Trace,
    /// Its index in the report.
    pub input: usize,
    /// What its own entries are counted from.
    pub base: usize,
    /// How many calls the inputs before it hold.
    pub calls_before: usize,
    /// Whether its exchanges have times.
    pub timed: bool,
}

impl Recording {
    /// The place of its text.
    pub(crate) fn text_location(&self, pointer: Option<String>) -> Location {
        Location {
            input: self.input,
            entry: self.base,
            part: Part::Text,
            pointer,
        }
    }
}

/// What a check may know besides what it looks at.
pub(crate) struct Context<'a> {
    /// The inputs that are judged together, by their base.
    pub recordings: &'a [Recording],
    /// Every service-endpoint call of the recordings, in order of time.
    pub calls: &'a [EndpointCall],
    /// The other exchanges that can matter: sign-in, Graph, ARM, other Azure DevOps APIs.
    pub others: &'a [Exchange],
    /// The calls by endpoint.
    pub timelines: &'a [Timeline<'a>],
    /// The rules of this run.
    pub catalogue: &'a Catalogue,
    /// The inputs in which ids and names were masked by someone, so that their form proves nothing.
    pub redacted: &'a HashSet<usize>,
    /// The secrets of the trace.
    pub known: &'a Known,
    /// The texts that rules are held against.
    pub surfaces: &'a [Surface],
    /// What several checks ask.
    pub facts: &'a Facts<'a>,
    /// What became of every call.
    pub history: &'a History,
}

/// What a check found; the rule file gives the words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hit {
    /// Where; the first is where a fix applies.
    pub locations: Vec<Location>,
    /// What stands there; the analysis masks and shortens it.
    pub evidence: String,
    /// Named values for the rule's words.
    pub captures: BTreeMap<String, String>,
    /// The edits that mend it.
    pub fix: Option<Fix>,
    /// Instead of the rule's own meaning, where the case needs other words.
    pub message: Option<String>,
    /// Said behind the meaning.
    pub remark: Option<String>,
    /// Instead of the rule's own steps and commands, where the case needs other ones.
    pub remedy: Option<&'static [&'static str]>,
    /// Instead of the rule's own severity.
    pub severity: Option<Severity>,
    /// Instead of the rule's own confidence.
    pub confidence: Option<Confidence>,
}

impl Hit {
    /// A hit at `location`.
    pub(crate) fn at(location: Location) -> Self {
        Self {
            locations: vec![location],
            ..Self::default()
        }
    }

    /// Adds a further place.
    #[must_use]
    pub(crate) fn and_at(mut self, location: Location) -> Self {
        self.locations.push(location);
        self
    }

    /// Says what stands there.
    #[must_use]
    pub(crate) fn evidence(mut self, text: impl Into<String>) -> Self {
        self.evidence = text.into();
        self
    }

    /// Adds a named value.
    #[must_use]
    pub(crate) fn capture(mut self, name: &str, value: impl Into<String>) -> Self {
        self.captures.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the edits that mend it.
    #[must_use]
    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Replaces the rule's meaning.
    #[must_use]
    pub(crate) fn message(mut self, text: impl Into<String>) -> Self {
        self.message = Some(text.into());
        self
    }

    /// Replaces the rule's steps, and leaves its commands out.
    #[must_use]
    pub(crate) fn remedy(mut self, steps: &'static [&'static str]) -> Self {
        self.remedy = Some(steps);
        self
    }

    /// Replaces the rule's severity.
    #[must_use]
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Replaces the rule's confidence.
    #[must_use]
    pub(crate) fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

impl<'a> Context<'a> {
    /// The input that holds the exchange at `entry`.
    pub(crate) fn recording_of(&self, entry: usize) -> Option<&'a Recording> {
        let behind = self.recordings.partition_point(|one| one.base <= entry);
        self.recordings.get(behind.checked_sub(1)?)
    }

    /// The place of `part` of an exchange that is no service-endpoint call.
    pub(crate) fn location(&self, entry: usize, part: Part) -> Location {
        Location {
            input: self.recording_of(entry).map_or(0, |one| one.input),
            entry,
            part,
            pointer: None,
        }
    }

    /// The tenant that the answers about one connection demand, looked for once with `find`.
    pub(crate) fn demanded_tenant(
        &self,
        timeline: usize,
        find: impl FnOnce() -> Option<String>,
    ) -> Option<String> {
        self.facts.demanded_tenant(timeline, find)
    }

    /// Whether a service-endpoint call is in the input with this index, or in another one that was
    /// recorded at the same time.
    pub(crate) fn is_beside_calls(&self, input: usize) -> bool {
        self.facts.is_beside_calls(input, self)
    }

    /// Whether ids were masked in the input with this index.
    pub(crate) fn is_redacted(&self, input: usize) -> bool {
        self.redacted.contains(&input)
    }

    /// The later call that did what `call` failed to do.
    pub(crate) fn mended_by(&self, call: &EndpointCall) -> Option<&'a EndpointCall> {
        let place = self.place_of(call.exchange.entry)?;
        Some(&self.calls[self.history.mended_by(place)?])
    }

    /// The call at `entry`.
    pub(crate) fn call_at(&self, entry: usize) -> Option<&'a EndpointCall> {
        Some(&self.calls[self.place_of(entry)?])
    }

    /// The place of the call at `entry` in the order of time.
    pub(crate) fn place_of(&self, entry: usize) -> Option<usize> {
        self.facts.place_of_entry(entry)
    }

    /// The place of the exchange at `entry`, a call or not, in the order of time.
    pub(crate) fn moment_of(&self, entry: usize) -> Option<usize> {
        self.facts.moment_of(entry)
    }

    /// The exchange at `entry` that is no service-endpoint call.
    pub(crate) fn other_at(&self, entry: usize) -> Option<&'a Exchange> {
        let place = self.facts.others(self).place_of_entry(entry)?;
        self.others.get(place)
    }

    /// Whether an exchange behind `exchange`, which is no service-endpoint call, is the same call with success.
    pub(crate) fn is_repeated(&self, exchange: &Exchange) -> bool {
        self.facts.others(self).is_repeated(exchange)
    }

    /// Whether any host but that of a sign-in serves somebody behind `exchange` in `input`.
    pub(crate) fn is_served_behind(&self, exchange: &Exchange, input: usize) -> bool {
        self.facts.others(self).is_served_behind(exchange, input)
    }

    /// The first call from the place `first` on that only succeeds with the sign-in to Azure; with
    /// `any`, with that to Azure DevOps.
    pub(crate) fn let_in_from(&self, first: usize, any: bool) -> Option<usize> {
        self.facts.others(self).let_in_from(first, any)
    }

    /// What the connections of the trace use.
    pub(crate) fn reach(&self) -> &Reach {
        self.facts.reach(self.calls)
    }

    /// The calls about the connection of `call`.
    pub(crate) fn timeline(&self, call: &EndpointCall) -> Option<&'a Timeline<'a>> {
        self.timelines.get(self.timeline_of(call)?)
    }

    /// The index of the timeline that `call` belongs to.
    pub(crate) fn timeline_of(&self, call: &EndpointCall) -> Option<usize> {
        self.facts.timeline_of(call.number)
    }

    /// The last word about every endpoint that the trace shows and does not delete.
    pub(crate) fn last_seen(&self) -> impl Iterator<Item = &LastSeen<'a>> {
        self.facts.last_seen(self.calls).values()
    }

    /// The last word about the endpoint `id`, unless the trace deletes it.
    pub(crate) fn last_seen_of(&self, id: &str) -> Option<&LastSeen<'a>> {
        let all = self.facts.last_seen(self.calls);
        all.get(&canonical_id(id))
    }

    /// The index of the timeline of the endpoint `id`.
    pub(crate) fn timeline_of_id(&self, id: &str) -> Option<usize> {
        self.facts.timeline_of_id(id)
    }

    /// What the answers say of an id that a request sends as `serviceprincipalid`.
    pub(crate) fn app_id(&self, id: &str) -> Option<&AppId> {
        self.facts.app_id(id, self.calls, self.others)
    }

    /// The projects that the trace names, in the order in which it does.
    pub(crate) fn projects(&self) -> &[Project] {
        self.facts.projects(self.calls, self.others)
    }

    /// What the trace says of the subscription `id`.
    pub(crate) fn subscription(&self, id: &str) -> Option<&Subscription> {
        self.facts.subscription(id, self.calls, self.others)
    }

    /// The endpoint as the service showed it: the last ready state before `call`, else the first after it.
    pub(crate) fn stored_state(&self, call: &EndpointCall) -> Option<Node> {
        let at = self.place_of(call.exchange.entry)?;
        self.facts.stored(call.endpoint_id()?, at, self.calls)
    }
}
