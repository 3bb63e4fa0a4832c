//! A hit that is only the echo of another one becomes its evidence.

use std::collections::HashMap;

use crate::connection::Operation;
use crate::report::finding::{Location, Part, Severity};
use crate::rules::engine::{Context, Role};

use super::progress::survived;
use super::{Later, Raw};

/// Captures that tell two causes of one rule apart.
pub(super) const TELLING: &[&str] = &[
    "client_id",
    "object_id",
    "action",
    "scope",
    "name",
    "aadsts",
];

/// Takes out hits that are only the echo of another: those that yield to a rule that fired for the
/// same endpoint, wrappers beside a cause in the same call, and a rule's own sentence in the answer
/// beside what its check found in the request. Their places become its evidence.
///
/// What was put right before is no cause of what comes later.
pub(super) fn absorb<'r>(raws: Vec<Raw<'r>>, context: &Context<'_>) -> Vec<Raw<'r>> {
    let neighbours = Neighbours::of(&raws);
    let causes: Vec<Option<usize>> = (0..raws.len())
        .map(|at| {
            let cause = neighbours.cause_of(at, &raws, context)?;
            (!mended_before(&raws[cause], &raws[at], context)).then_some(cause)
        })
        .collect();
    let echoes: Vec<(usize, Vec<Location>)> = causes
        .iter()
        .enumerate()
        .filter_map(|(at, cause)| Some(((*cause)?, raws[at].hit.locations.clone())))
        .collect();
    let mut raws: Vec<Option<Raw<'_>>> = raws.into_iter().map(Some).collect();
    for (cause, locations) in echoes {
        if let Some(raw) = raws[cause].as_mut() {
            raw.echoes.extend(locations);
        }
    }
    raws.into_iter()
        .zip(causes)
        .filter_map(|(raw, cause)| raw.filter(|_| cause.is_none()))
        .collect()
}

/// The hits by what may relate them: the call they are at, or the rule and the endpoint.
struct Neighbours<'r> {
    /// Those at a call about an endpoint, by their rule.
    at_calls: HashMap<&'r str, Vec<usize>>,
    by_entry: HashMap<usize, Vec<usize>>,
    by_rule: HashMap<(&'r str, Option<usize>), Vec<usize>>,
}

impl<'r> Neighbours<'r> {
    fn of(raws: &[Raw<'r>]) -> Self {
        let mut all = Self {
            at_calls: HashMap::new(),
            by_entry: HashMap::new(),
            by_rule: HashMap::new(),
        };
        for (at, raw) in raws.iter().enumerate() {
            for location in &raw.hit.locations {
                let here = all.by_entry.entry(location.entry).or_default();
                if here.last() != Some(&at) {
                    here.push(at);
                }
            }
            if raw.timeline.is_some() {
                all.at_calls.entry(&raw.rule.id).or_default().push(at);
            }
            let key = (raw.rule.id.as_str(), raw.timeline);
            all.by_rule.entry(key).or_default().push(at);
        }
        all
    }

    /// The first hit that the one at `at` is only an echo of.
    fn cause_of(&self, at: usize, raws: &[Raw<'_>], context: &Context<'_>) -> Option<usize> {
        let raw = &raws[at];
        // What a sign-in host or Azure answered, and the service quotes.
        let elsewhere = raw.timeline.is_none() && raw.operation.is_none();
        // Most hits are causes by themselves, and a body can have thousands.
        let by_itself = raw.rule.role == Role::Cause && raw.rule.yields_to.is_empty();
        if by_itself && !raw.from_text && !elsewhere {
            return None;
        }
        let sends = raw.from_text && sends_body(raw, context);
        let may_cause = |other: usize| {
            // What is over explains nothing that is not.
            let over = raws[other].later.is_some() && raw.later.is_none();
            other != at && !over && !(sends && of_body(&raws[other]))
        };
        let other_of = |cause: &String| {
            let rule = cause.split('#').next().unwrap_or_default();
            let same_endpoint = self.by_rule.get(&(rule, raw.timeline));
            // What is about no endpoint is about the organisation of them all.
            let of_any = self.at_calls.get(rule).filter(|_| raw.timeline.is_none());
            let mut others = same_endpoint.into_iter().chain(of_any).flatten().copied();
            others.find(|other| may_cause(*other) && is_named(cause, &raws[*other]))
        };
        let yields = raw.rule.yields_to.iter().filter_map(other_of);
        let sent = |other: &usize| !raws[*other].from_text && may_cause(*other);
        let repeats = raw.from_text.then(|| {
            let own = self.by_rule.get(&(raw.rule.id.as_str(), raw.timeline))?;
            own.iter().copied().find(sent)
        });
        let here = raw.hit.locations.iter().filter_map(|location| {
            let here = self.by_entry.get(&location.entry)?;
            here.iter()
                .copied()
                .find(|other| *other != at && is_cause(&raws[*other], raw))
        });
        let quoted = elsewhere.then(|| {
            let quotes = self.at_calls.get(raw.rule.id.as_str())?;
            let agrees = |other: &usize| raws[*other].from_text && agree(&raws[*other], raw);
            quotes.iter().copied().find(agrees)
        });
        let elsewhere = yields.chain(repeats.flatten()).chain(quoted.flatten());
        here.min().or_else(|| elsewhere.min())
    }
}

/// Whether an answer speaks of the body that its own call sent: a fault in that of another call is
/// then not the cause. A verify of a saved endpoint tries out what an earlier call stored.
fn sends_body(raw: &Raw<'_>, context: &Context<'_>) -> bool {
    let entry = raw.hit.locations.first().map(|at| at.entry);
    let call = entry.and_then(|entry| context.call_at(entry));
    call.is_some_and(|call| {
        let saved = call.operation == Operation::Verify && call.endpoint_id().is_some();
        !saved && !call.payloads().is_empty()
    })
}

/// Whether a check found the fault in a request body.
fn of_body(raw: &Raw<'_>) -> bool {
    let first = raw.hit.locations.first();
    !raw.from_text && first.is_some_and(|at| at.part == Part::RequestBody)
}

/// Whether nothing that two hits name contradicts.
pub(super) fn agree(one: &Raw<'_>, other: &Raw<'_>) -> bool {
    TELLING.iter().all(|name| {
        let values = [one, other].map(|raw| raw.hit.captures.get(*name));
        let [Some(a), Some(b)] = values else {
            return true;
        };
        a.eq_ignore_ascii_case(b)
    })
}

/// Whether `other`, a hit in the same call, is what `raw` only echoes.
fn is_cause(other: &Raw<'_>, raw: &Raw<'_>) -> bool {
    // What the service itself says explains the failure however bad it is; of what was seen
    // elsewhere in the call only an error does.
    let explains =
        other.from_text || other.hit.severity.unwrap_or(other.rule.severity) == Severity::Error;
    let wraps = raw.rule.role < Role::Cause && other.rule.role > raw.rule.role && explains;
    let repeats = raw.from_text && !other.from_text && raw.rule.id == other.rule.id;
    let mut yields = raw.rule.yields_to.iter();
    yields.any(|cause| is_named(cause, other)) || wraps || repeats
}

/// Whether `cause`, an item of `yields_to`, means `other`: `rule`, or `rule#member` for what the rule
/// found in one member.
fn is_named(cause: &str, other: &Raw<'_>) -> bool {
    match cause.split_once('#') {
        None => cause == other.rule.id,
        Some((rule, member)) => {
            rule == other.rule.id && tail(&other.hit.locations).as_deref() == Some(member)
        }
    }
}

/// Whether a call before the one of `raw` shows that `cause` was put right.
fn mended_before(cause: &Raw<'_>, raw: &Raw<'_>, context: &Context<'_>) -> bool {
    let place = |entry| context.place_of(entry);
    let at = raw.hit.locations.first().and_then(|at| place(at.entry));
    let mended = match survived(cause, context) {
        Some(Later::Succeeded(at) | Later::GotPast(at)) => Some(at),
        Some(Later::Repeated) | None => None,
    };
    at.zip(mended).is_some_and(|(at, mended)| mended < at)
}

/// The last token of the first pointer, without regard to case: `accesstoken`.
pub(super) fn tail(locations: &[Location]) -> Option<String> {
    let pointer = locations.first()?.pointer.as_deref()?;
    pointer.rsplit('/').next().map(str::to_ascii_lowercase)
}
