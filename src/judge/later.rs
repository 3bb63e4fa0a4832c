//! What ended a fault: a later success, or an attempt that got past it and failed for another reason.

use std::collections::HashMap;

use crate::connection::{EndpointCall, Outcome};
use crate::report::finding::{Part, Severity};
use crate::rules::engine::other_hosts::{self, Overcome};
use crate::rules::engine::{Context, Stage};

use super::account;
use super::hits::Raw;

/// What makes a fault history.
#[derive(Debug, Clone, Copy)]
pub(super) enum Later {
    /// The call at this place succeeded.
    Succeeded(usize),
    /// The same request to another host succeeded.
    Repeated,
    /// The call at this place got past it and failed for another reason.
    GotPast(usize),
}

impl Later {
    /// What is said of a fault that is history.
    pub(super) fn told(self, context: &Context<'_>) -> String {
        let told = match self {
            Later::Succeeded(at) => format!("{} succeeded later", context.calls[at].title()),
            Later::Repeated => "the same request succeeded later".to_owned(),
            Later::GotPast(at) => {
                let call = context.calls[at].title();
                format!("{call} got past it later and failed for another reason")
            }
        };
        // The name of a connection may quote a secret.
        format!(" It is history: {}.", context.known.mask_text(&told))
    }
}

/// The failed calls of every timeline for which there is an error to tell, the last first.
pub(super) struct Failures {
    by_timeline: HashMap<usize, Vec<Failure>>,
}

/// An error that was found at a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    /// The place of the call in the order of time.
    place: usize,
    reason: Reason,
}

/// Reasons that tell how far a call got. A service that is down or a caller without rights tell nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// A fault of its body.
    Body,
    /// What a service said at this step, in this operation.
    Said(Stage, Option<&'static str>),
}

impl Reason {
    fn of(raw: &Raw<'_>) -> Option<Self> {
        let first = raw.hit.locations.first()?;
        if raw.from_text {
            return Some(Self::Said(raw.rule.stage?, raw.operation));
        }
        (first.part == Part::RequestBody).then_some(Self::Body)
    }
}

impl Failures {
    pub(super) fn of(raws: &[Raw<'_>], context: &Context<'_>) -> Self {
        let mut by_timeline: HashMap<usize, Vec<Failure>> = HashMap::new();
        for raw in raws {
            let severity = raw.hit.severity.unwrap_or(raw.rule.severity);
            let known = (raw.timeline, last_place(raw, context), Reason::of(raw));
            if let (Some(timeline), Some(place), Some(reason)) = known
                && severity == Severity::Error
            {
                let failures = by_timeline.entry(timeline).or_default();
                failures.push(Failure { place, reason });
            }
        }
        for failures in by_timeline.values_mut() {
            failures.sort_unstable_by(|one, other| other.cmp(one));
            failures.dedup();
        }
        Self { by_timeline }
    }

    /// The later call that failed further on than `raw` did.
    fn past(&self, raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
        let last = last_place(raw, context)?;
        let before = &context.calls[last];
        let failures = self.by_timeline.get(&raw.timeline?)?;
        let later = failures.iter().take_while(|failure| failure.place > last);
        let mut further =
            later.filter(|failure| passed(raw, failure, before, &context.calls[failure.place]));
        Some(Later::GotPast(further.next()?.place))
    }

    /// What ended the fault that `raw` tells of.
    pub(super) fn over(&self, raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
        survived(raw, context)
            .or_else(|| proved(raw, context))
            .or_else(|| left_out(raw, context))
            .or_else(|| self.past(raw, context))
            .filter(|later| !fails_still(raw, *later, context))
    }
}

/// Whether a failed call that `raw` explains is still open: what was put right elsewhere did not make it
/// good, and what got past the fault came before it. Where it was tried again and the answer is lost,
/// that answer would decide.
fn fails_still(raw: &Raw<'_>, later: Later, context: &Context<'_>) -> bool {
    let explained = raw.explains.iter();
    let places = explained.filter_map(|at| context.place_of(at.entry));
    let mut open = places.filter(|at| {
        account::is_open(&context.calls[*at], context) && !account::is_undecided(*at, context)
    });
    match later {
        Later::Succeeded(_) => open.next().is_some(),
        Later::GotPast(past) => open.any(|at| at > past),
        Later::Repeated => false,
    }
}

fn last_place(raw: &Raw<'_>, context: &Context<'_>) -> Option<usize> {
    let places = raw.hit.locations.iter();
    places.filter_map(|at| context.place_of(at.entry)).max()
}

/// A verify that succeeded with the very body in which the fault was seen.
fn proved(raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
    let of_body = Reason::of(raw) == Some(Reason::Body);
    let last = decisive_place(raw, context).filter(|_| of_body)?;
    context.history.proved_by(last).map(Later::Succeeded)
}

/// The next attempt at what was refused with a fault in its body: it sent a body without the fault,
/// which would have been found there as well. What was stored with the fault stays stored.
fn left_out(raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
    let of_body = Reason::of(raw) == Some(Reason::Body);
    let last = decisive_place(raw, context).filter(|_| of_body)?;
    let refused = context.calls[last].outcome == Outcome::Failed;
    let next = context.history.next_attempt(last).filter(|_| refused)?;
    let has_body = context.calls[next].sends_json();
    has_body.then_some(Later::GotPast(next))
}

/// Whether `failure` answers the same attempt as `raw` did and takes what `raw` was refused: Azure is
/// asked with the token of an app that has signed in, and for an app that was made.
fn passed(raw: &Raw<'_>, failure: &Failure, before: &EndpointCall, after: &EndpointCall) -> bool {
    // The state of an endpoint belongs to no operation: whichever call shows it.
    let stage = match raw.operation {
        Some(_) => Stage::SignIn,
        None => Stage::App,
    };
    raw.from_text
        && failure.reason == Reason::Said(Stage::Azure, raw.operation)
        && (raw.operation.is_none() || same_attempt(before, after))
        && raw.rule.stage == Some(stage)
}

fn same_attempt(one: &EndpointCall, other: &EndpointCall) -> bool {
    one.operation == other.operation && one.data_source() == other.data_source()
}

/// The last call that a fault was seen at: a write, if it was seen at any.
fn decisive_place(raw: &Raw<'_>, context: &Context<'_>) -> Option<usize> {
    let places = raw.hit.locations.iter();
    let places = places.filter_map(|location| context.place_of(location.entry));
    places.max_by_key(|at| (context.calls[*at].operation.writes_endpoint(), *at))
}

/// The later success that makes a finding history: the last located write, or else the last located
/// call, has one.
pub(super) fn survived(raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
    if raw.later.is_some() {
        return raw.later;
    }
    let last = decisive_place(raw, context)?;
    let history = context.history;
    // Reading once more changes nothing in what was read.
    let changes = !context.calls[last].is_read();
    let done = || history.done_after(last).filter(|_| changes);
    let mended = history.mended_by(last).or_else(done);
    mended.map(Later::Succeeded)
}

/// What makes a refusal by another host history.
pub(super) fn overcome(raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
    let entry = raw.hit.locations.first()?.entry;
    if context.place_of(entry).is_some() {
        return None;
    }
    let exchange = &context.other_at(entry)?.opened();
    let status = exchange.response.as_ref().map(|response| response.status);
    if !raw.from_text && status.is_none_or(|status| status < 400) {
        return None;
    }
    Some(match other_hosts::overcome(exchange, context)? {
        Overcome::Repeated => Later::Repeated,
        Overcome::LetIn(at) => Later::Succeeded(at),
    })
}
