//! A hit that is only the consequence of another one becomes its evidence.

use std::collections::HashMap;

use crate::report::finding::{Location, Part, Role, Severity};
use crate::rules::engine::{Context, USUAL_RANK};
use crate::text::guid::canonical_id;

use super::account;
use super::hits::Raw;
use super::later::{Later, survived};

/// Captures that tell two causes of one rule apart.
pub(super) const TELLING: &[&str] = &[
    "client_id",
    "object_id",
    "action",
    "scope",
    "name",
    "aadsts",
    "words",
];

/// Takes out hits that are only the echo of another: words that a fault of the body explains, those
/// that yield to a rule that fired for the same endpoint, and what only says that something failed
/// beside a cause in the same answer. Their places become its evidence.
///
/// What was put right before is no cause of what comes later.
pub(super) fn fold<'r>(raws: Vec<Raw<'r>>, context: &Context<'_>) -> Vec<Raw<'r>> {
    let neighbours = Neighbours::of(&raws);
    let causes: Vec<Option<usize>> = (0..raws.len())
        .map(|at| {
            let cause = neighbours.cause_of(at, &raws, context)?;
            (!mended_before(&raws[cause], &raws[at], context)).then_some(cause)
        })
        .collect();
    let echoes: Vec<(usize, Vec<Location>, Vec<Location>)> = causes
        .iter()
        .enumerate()
        .filter_map(|(at, cause)| {
            let raw = &raws[at];
            let cause = last_cause(&causes, (*cause)?);
            Some((cause, raw.hit.locations.clone(), raw.explains.clone()))
        })
        .collect();
    let mut raws: Vec<Option<Raw<'_>>> = raws.into_iter().map(Some).collect();
    for (cause, locations, explains) in echoes {
        if let Some(raw) = raws[cause].as_mut() {
            raw.echoes.extend(locations);
            raw.explains.extend(explains);
        }
    }
    raws.into_iter()
        .zip(causes)
        .filter_map(|(raw, cause)| raw.filter(|_| cause.is_none()))
        .collect()
}

/// Behind a cause that is itself the echo of another, that other one.
fn last_cause(causes: &[Option<usize>], mut cause: usize) -> usize {
    // No chain of rules that yield is longer; one that bites its tail ends too.
    for _ in 0..8 {
        match causes[cause] {
            Some(next) => cause = next,
            None => break,
        }
    }
    cause
}

/// The hits by what may relate them: the call they are at, or the rule and the endpoint.
struct Neighbours<'r> {
    /// Those at a call about an endpoint, by their rule.
    at_calls: HashMap<&'r str, Vec<usize>>,
    by_entry: HashMap<usize, Vec<usize>>,
    by_rule: HashMap<(&'r str, Option<usize>), Vec<usize>>,
    /// By the entry of a failed call, the fault of a body that explains it.
    explained: HashMap<usize, usize>,
    /// By the input, a hit that explains a failed call.
    by_input: HashMap<usize, usize>,
}

impl<'r> Neighbours<'r> {
    fn of(raws: &[Raw<'r>]) -> Self {
        let mut all = Self {
            at_calls: HashMap::new(),
            by_entry: HashMap::new(),
            by_rule: HashMap::new(),
            explained: HashMap::new(),
            by_input: HashMap::new(),
        };
        for (at, raw) in raws.iter().enumerate() {
            for location in raw.explains.iter().filter(|_| !raw.said) {
                all.explained.entry(location.entry).or_insert(at);
            }
            let severity = raw.hit.severity.unwrap_or(raw.rule.severity);
            let explains = raw.explains.first().filter(|_| raw.later.is_none());
            if let Some(place) = explains.filter(|_| severity == Severity::Error) {
                all.by_input.entry(place.input).or_insert(at);
            }
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

    /// The fault of a body that explains `raw`, words of the service.
    fn explained_by(&self, raw: &Raw<'_>) -> Option<usize> {
        let first = raw.hit.locations.first().filter(|_| raw.said)?;
        self.explained.get(&first.entry).copied()
    }

    /// The first hit that the one at `at` is only an echo of.
    fn cause_of(&self, at: usize, raws: &[Raw<'_>], context: &Context<'_>) -> Option<usize> {
        let raw = &raws[at];
        // What a sign-in host or Azure answered, and the service quotes.
        let elsewhere = raw.timeline.is_none() && raw.operation.is_none();
        let of_body = self.explained_by(raw).filter(|body| *body != at);
        if of_body.is_some() {
            return of_body;
        }
        // Most hits are causes by themselves, and a body can have thousands.
        let by_itself = raw.rule.role == Role::Cause && raw.rule.yields_to.is_empty();
        if by_itself && !elsewhere && !raw.from_text {
            return None;
        }
        // What is over explains nothing that is not, and an echo of this one is not its cause.
        let may_cause = |other: usize| {
            let over = raws[other].later.is_some() && raw.later.is_none();
            let is_echo = self.explained_by(&raws[other]) == Some(at);
            if other == at || over || is_echo {
                return false;
            }
            !(raw.said && is_sent(&raws[other]))
        };
        let other_of = |cause: &String| {
            let rule = cause.split('#').next().unwrap_or_default();
            let same_endpoint = self.by_rule.get(&(rule, raw.timeline));
            // What is about no endpoint is about the organisation of them all.
            let of_any = self.at_calls.get(rule).filter(|_| raw.timeline.is_none());
            let mut others = same_endpoint.into_iter().chain(of_any).flatten().copied();
            others.find(|other| {
                may_cause(*other)
                    && is_named(cause, &raws[*other])
                    && !speaks_for_itself(raw, &raws[*other], context)
            })
        };
        let yields = raw.rule.yields_to.iter().filter_map(other_of);
        let here = raw.hit.locations.iter().filter_map(|location| {
            let here = self.by_entry.get(&location.entry)?;
            here.iter()
                .copied()
                .find(|other| may_cause(*other) && is_cause(&raws[*other], raw))
        });
        let quoted = elsewhere.then(|| {
            let quotes = self.at_calls.get(raw.rule.id.as_str())?;
            let agrees = |other: &usize| raws[*other].from_text && agree(&raws[*other], raw);
            quotes.iter().copied().find(agrees)
        });
        let elsewhere = yields.chain(quoted.flatten());
        here.min()
            .or_else(|| elsewhere.min())
            .or_else(|| self.recorded(raw))
    }

    /// Of what a tool prints around its calls, and that says no more than that something failed: why a
    /// call in the same log failed.
    fn recorded(&self, raw: &Raw<'_>) -> Option<usize> {
        let first = raw.hit.locations.first()?;
        let is_print = first.part == Part::Text && raw.from_text && raw.timeline.is_none();
        let says_no_more = matches!(raw.rule.role, Role::Fallback | Role::Consequence);
        let known = self.by_input.get(&first.input).copied();
        known.filter(|_| is_print && says_no_more)
    }
}

/// Whether the answer of `raw` names a code of its own, and `other` was said at another call: each of two
/// refusals has its reason.
fn speaks_for_itself(raw: &Raw<'_>, other: &Raw<'_>, context: &Context<'_>) -> bool {
    let entry = |raw: &Raw<'_>| Some(raw.hit.locations.first()?.entry);
    let call = entry(raw).and_then(|entry| context.call_at(entry));
    let said = call.and_then(|call| call.said.as_ref());
    raw.rule.role == Role::Cause
        && raw.said
        && other.said
        && entry(raw) != entry(other)
        && said.is_some_and(|said| said.code.is_some())
}

/// Whether it is about what was sent: that takes no words of the service away, unless it explains them.
fn is_sent(raw: &Raw<'_>) -> bool {
    let first = raw.hit.locations.first();
    first.is_some_and(|at| account::is_request(at.part))
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

/// Whether `other`, a hit in the same call, is what `raw` only echoes: what the service itself says
/// explains the failure however bad it is, and what was seen elsewhere in the call does not.
fn is_cause(other: &Raw<'_>, raw: &Raw<'_>) -> bool {
    // A list tells of many connections at one place.
    let subject = |raw: &Raw<'_>| {
        raw.hit
            .captures
            .get("endpoint_id")
            .map(|id| canonical_id(id))
    };
    let (one, two) = (subject(other), subject(raw));
    if one.is_some() && two.is_some() && one != two {
        return false;
    }
    let wraps = matches!(raw.rule.role, Role::Fallback | Role::Consequence)
        && other.rule.role > raw.rule.role
        && (other.said || other.from_text);
    // What a check found in the answer, its rule's own sentence finds there again.
    let repeats = raw.from_text && !other.from_text && raw.rule.id == other.rule.id;
    // What is known by a type key alone says less than what a check made of the whole answer.
    let outranks = raw.from_text
        && !other.from_text
        && raw.rule.role == other.rule.role
        && raw.said
        && other.said
        && raw.rule.rank < USUAL_RANK
        && raw.rule.rank < other.rule.rank;
    let mut yields = raw.rule.yields_to.iter();
    yields.any(|cause| is_named(cause, other)) || wraps || repeats || outranks
}

/// Whether `cause`, an item of `yields_to`, means `other`: `rule`, or `rule#member` for what the rule
/// found in one member.
fn is_named(cause: &str, other: &Raw<'_>) -> bool {
    match cause.split_once('#') {
        None => cause == other.rule.id,
        Some((rule, member)) => {
            rule == other.rule.id
                && account::member(&other.hit.locations).as_deref() == Some(member)
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
