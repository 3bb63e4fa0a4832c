//! What accounts for each failed call: the one place that says which finding explains it.
//!
//! What the service said explains the call that it said it of. A fault of what was sent explains only
//! an answer that its rule declares as its consequence; otherwise it stands beside the words. Limits,
//! hints and what was merely suspected explain nothing.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::connection::outcome;
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::{self, Node};
use crate::report::finding::{Finding, Location, Part, Role, Severity};
use crate::rules::engine::{Context, Rule, Told};
use crate::sensitive::{is_masked_by_others, is_secret_header, is_secret_name};
use crate::text::guid::canonical_id;
use crate::text::has_word;

use super::hits::Raw;

/// Notes at each hit which failed calls it explains, and weighs it by what it is a hit on.
pub(super) fn explain(raws: &mut [Raw<'_>], context: &Context<'_>) {
    let told = explain_by_words(raws, context);
    let masked = masked_inputs(context);
    let sent = raws
        .iter_mut()
        .filter(|raw| !raw.said && raw.rule.role.explains());
    for raw in sent {
        let calls = answers_to(raw, context);
        let mut disproof = None;
        let member = member(&raw.hit.locations);
        // What is no fault for sure explains no refusal.
        let is_fault = raw.hit.severity.unwrap_or(raw.rule.severity) == Severity::Error;
        for call in calls {
            let Some(said) = &call.said else { continue };
            let entry = call.exchange.entry;
            let told = Told {
                rules: told.get(&entry).map_or(&[], Vec::as_slice),
                text: &said.message,
                code: said.code.as_deref(),
            };
            let expects = raw.rule.consequences.iter();
            let own = told.rules.iter().any(|rule| rule.id == raw.rule.id);
            let is_expected = || {
                expects
                    .into_iter()
                    .any(|one| one.fits(&told, member.as_deref()))
            };
            // Words that no rule knows, and that name what is wrong, are words of that.
            let is_unknown = told.rules.iter().all(|rule| rule.role == Role::Fallback);
            let is_named = || is_unknown && names(&said.message, raw, context);
            // An answer whose words were not recorded says nothing against it.
            if own || is_silent(call) || is_expected() || is_named() {
                if !is_fault {
                    continue;
                }
                raw.explains.push(said_location(call));
            } else if disproof.is_none() {
                let refutes = raw.rule.disproved_by.iter();
                disproof = refutes
                    .into_iter()
                    .any(|one| one.fits(&told, member.as_deref()))
                    .then_some(call);
            }
        }
        let remark = match (proof(raw, context), disproof) {
            (Some(call), _) => format!(
                "It did no harm: {} succeeded with it.",
                call.title()
            ),
            (None, Some(call)) if raw.explains.is_empty() => format!(
                "It is no fault here: the answer to {} is given only where the service has what it needs.",
                call.title()
            ),
            _ if raw.explains.is_empty() && was_taken_out(raw, &masked) => {
                "It may be no fault: whoever masked the headers of this recording may have emptied it too."
                    .to_owned()
            }
            _ => continue,
        };
        raw.hit.severity = Some(Severity::Note);
        raw.hit.remark = Some(context.known.mask_text(&remark));
    }
}

/// Does so for the hits on what the service said; gives the rules that know the words of each entry.
fn explain_by_words<'r>(
    raws: &mut [Raw<'r>],
    context: &Context<'_>,
) -> HashMap<usize, Vec<&'r Rule>> {
    let mut told: HashMap<usize, Vec<&'r Rule>> = HashMap::new();
    let states = failed_by(context, |call, timeline| {
        ended_as_failed(call).then_some(timeline)
    });
    // What a list shows of a connection that somebody works on is why that failed.
    let listed = failed_by(context, |call, _| {
        call.endpoint_id()
            .filter(|_| ended_as_failed(call))
            .map(canonical_id)
    });
    // Attempts whose answer was recorded without a word; the finding that asks first gets them.
    let mut wordless = failed_by(context, |call, timeline| {
        is_silent(call).then(|| attempt(call, timeline))
    });
    for raw in raws.iter_mut() {
        let Some(call) = said_at(raw, context) else {
            let id = raw.hit.captures.get("endpoint_id");
            let id = id.filter(|_| raw.from_text && raw.is_of_answer() && raw.rule.role.explains());
            if let Some(own) = id.and_then(|id| listed.get(&canonical_id(id))) {
                raw.said = true;
                raw.explains.extend(own.iter().cloned());
            }
            continue;
        };
        told.entry(call.exchange.entry).or_default().push(raw.rule);
        raw.said = true;
        raw.explains.push(said_location(call));
        if ended_as_failed(call) {
            let own = raw.timeline.and_then(|timeline| states.get(&timeline));
            raw.explains.extend(own.into_iter().flatten().cloned());
        }
        if is_open(call, context) {
            let timeline = context.timeline_of(call);
            let own = timeline.and_then(|timeline| wordless.remove(&attempt(call, timeline)));
            raw.explains.extend(own.into_iter().flatten());
        }
        // What a read shows of a connection has the weight of that connection's state.
        if !(call.operation == Operation::Get && ended_as_failed(call)) && is_open(call, context) {
            raw.hit.severity = Some(Severity::Error);
        }
    }
    told
}

/// The inputs whose recorder masked what people and programs sign in with.
fn masked_inputs(context: &Context<'_>) -> HashSet<usize> {
    let is_masked = |call: &&EndpointCall| {
        let call = call.opened();
        let headers = &call.exchange.request.headers;
        let mut credentials = headers.iter().filter(|(name, _)| is_secret_header(name));
        credentials.any(|(_, value)| is_masked_by_others(value) || value.trim().is_empty())
    };
    let calls = context.calls.iter().filter(is_masked);
    calls.map(|call| call.input).collect()
}

/// Whether `raw` misses a secret in a recording that shows none: that proves nothing.
fn was_taken_out(raw: &Raw<'_>, masked: &HashSet<usize>) -> bool {
    let first = raw.hit.locations.first();
    let is_secret = member(&raw.hit.locations).is_some_and(|name| is_secret_name(&name));
    raw.rule.missing_secret && is_secret && first.is_some_and(|at| masked.contains(&at.input))
}

/// The verify that succeeded with the last body that has the fault. A connection that is merely ready
/// was only stored.
fn proof<'a>(raw: &Raw<'_>, context: &Context<'a>) -> Option<&'a EndpointCall> {
    let sent = raw.hit.locations.iter().filter(|at| is_request(at.part));
    let last = sent.filter_map(|at| context.place_of(at.entry)).max()?;
    Some(&context.calls[context.history.proved_by(last)?])
}

/// The failed call whose answer `raw` was found in, if it is about the words of that answer: a
/// connection that an answer shows says nothing of the failure.
fn said_at<'a>(raw: &Raw<'_>, context: &Context<'a>) -> Option<&'a EndpointCall> {
    let first = raw.hit.locations.first()?;
    let call = context.call_at(first.entry)?;
    let said = call.said.as_ref()?;
    let root = |pointer: &str| pointer.split('/').nth(1).map(str::to_ascii_lowercase);
    let in_words = match (&first.pointer, &said.pointer) {
        (Some(at), Some(words)) => root(at) == root(words),
        _ => true,
    };
    (raw.rule.role.explains() && raw.is_of_answer() && (raw.from_text || in_words)).then_some(call)
}

/// Whether the refusal of what was sent was recorded without a word.
fn is_silent(call: &EndpointCall) -> bool {
    let call = call.opened();
    let refused = |status| status == 400 || status >= 500;
    let answer = call.exchange.response.as_ref();
    let empty = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
    call.status().is_some_and(refused)
        && call.said.as_ref().is_some_and(|said| said.code.is_none())
        && answer.is_some_and(|answer| {
            empty(answer.body.text()) && empty(answer.headers.get("x-tfs-serviceerror"))
        })
}

fn said_location(call: &EndpointCall) -> Location {
    let pointer = call.said.as_ref().and_then(|said| said.pointer.clone());
    call.location(Part::ResponseBody, pointer)
}

/// Whether the call failed and no other one made that good.
pub(super) fn is_open(call: &EndpointCall, context: &Context<'_>) -> bool {
    call.outcome == Outcome::Failed && context.mended_by(call).is_none()
}

/// Whether the failed call at `place` was tried again, and the recording does not tell how that ended.
pub(super) fn is_undecided(place: usize, context: &Context<'_>) -> bool {
    let next = context.history.next_attempt(place);
    next.is_some_and(|next| context.calls[next].outcome == Outcome::Unknown)
}

/// Whether the service took the call, and the work behind it failed.
fn ended_as_failed(call: &EndpointCall) -> bool {
    let call = call.opened();
    let answer = call.exchange.response.as_ref();
    let refused = call.response().is_some_and(outcome::is_error_envelope)
        || answer.is_some_and(outcome::is_sign_in)
        || call.status().is_some_and(|status| status >= 400);
    call.operation != Operation::Verify && !refused
}

/// Where the failed calls of one kind tell that they failed, by what `key` makes of a call and its timeline:
/// whichever answer tells why, tells it of all that have the same key.
fn failed_by<K: Eq + Hash>(
    context: &Context<'_>,
    key: impl Fn(&EndpointCall, usize) -> Option<K>,
) -> HashMap<K, Vec<Location>> {
    let mut all: HashMap<K, Vec<Location>> = HashMap::new();
    let failed = context.calls.iter();
    for call in failed.filter(|call| call.outcome == Outcome::Failed) {
        let timeline = context.timeline_of(call);
        if let Some(key) = timeline.and_then(|timeline| key(call, timeline)) {
            all.entry(key).or_default().push(said_location(call));
        }
    }
    all
}

/// What attempts have in common that were refused for one reason.
fn attempt(call: &EndpointCall, timeline: usize) -> (usize, Operation, Option<u16>) {
    (timeline, call.operation, call.status())
}

/// The failed calls that answer what `raw` found in a request: that call, and, where it stored
/// something, those behind it, until something else is stored.
fn answers_to<'a>(raw: &Raw<'_>, context: &Context<'a>) -> Vec<&'a EndpointCall> {
    let mut found = Vec::new();
    for location in &raw.hit.locations {
        let call = context
            .call_at(location.entry)
            .filter(|_| is_request(location.part));
        let Some(call) = call else { continue };
        if found
            .last()
            .is_some_and(|last: &&EndpointCall| last.number == call.number)
        {
            continue;
        }
        found.push(call);
        if call.operation.writes_endpoint() {
            found.extend(behind(call, context));
        }
    }
    found.retain(|call| call.outcome == Outcome::Failed);
    found
}

/// Whether it is a part of what was sent.
pub(super) fn is_request(part: Part) -> bool {
    matches!(
        part,
        Part::RequestBody | Part::RequestUrl | Part::RequestHeaders
    )
}

/// The calls about the same connection behind `call`, until it is stored anew.
fn behind<'a>(call: &EndpointCall, context: &Context<'a>) -> Vec<&'a EndpointCall> {
    let Some(timeline) = context.timeline_of(call).map(|at| &context.timelines[at]) else {
        return Vec::new();
    };
    let place = |call: &EndpointCall| context.place_of(call.exchange.entry);
    let own = place(call);
    let start = timeline.calls.partition_point(|other| place(other) <= own);
    let later = timeline.calls[start..].iter().copied();
    later
        .take_while(|other| !other.operation.writes_endpoint())
        .collect()
}

/// The last token of the first pointer, without regard to case: `accesstoken`.
pub(super) fn member(locations: &[Location]) -> Option<String> {
    let pointer = locations.first()?.pointer.as_deref()?;
    pointer.rsplit('/').next().map(str::to_ascii_lowercase)
}

/// Whether `words` name the member in which `raw` found its fault, or quote the value that it found there.
fn names(words: &str, raw: &Raw<'_>, context: &Context<'_>) -> bool {
    let Some(location) = raw.hit.locations.first() else {
        return false;
    };
    let pointer = location.pointer.as_deref().unwrap_or_default();
    let member = pointer.rsplit('/').next().unwrap_or_default();
    let call = context.call_at(location.entry).map(EndpointCall::opened);
    let body = call.as_ref().and_then(|call| call.request());
    let found = body.and_then(|body| json::pointer::resolve(body, pointer));
    let found = found.and_then(Node::as_str).unwrap_or_default();
    let is_name = member.len() >= SHORTEST_MEMBER
        && has_word(&words.to_ascii_lowercase(), &member.to_ascii_lowercase());
    is_name || is_quoted(words, found)
}

/// The shortest name of a member that is worth looking for in a sentence: `url`.
const SHORTEST_MEMBER: usize = 3;

/// The shortest value that is worth looking for in a sentence.
const SHORTEST_VALUE: usize = 4;

/// Whether `word` stands in `text` in quotes.
fn is_quoted(text: &str, word: &str) -> bool {
    let quoted = |quote: char| text.contains(&format!("{quote}{word}{quote}"));
    word.len() >= SHORTEST_VALUE && ['\'', '"', '`'].into_iter().any(quoted)
}

/// Failed calls that no finding explains, and that no later call made good.
pub(super) fn unexplained<'a>(
    context: &Context<'a>,
    findings: &[Finding],
) -> Vec<&'a EndpointCall> {
    let places = |finding: &Finding| -> Vec<usize> {
        let explained = finding.explains.iter();
        explained
            .filter_map(|location| context.place_of(location.entry))
            .collect()
    };
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let errors: HashSet<usize> = errors.flat_map(places).collect();
    let noted: HashSet<usize> = findings.iter().flat_map(places).collect();
    // Of each connection the last call that an error explains: there the faults before were got past.
    let mut last: HashMap<usize, usize> = HashMap::new();
    for at in &errors {
        if let Some(timeline) = context.timeline_of(&context.calls[*at]) {
            let known = last.entry(timeline).or_insert(*at);
            *known = (*known).max(*at);
        }
    }
    let is_told = |at: usize, call: &EndpointCall| {
        let past = || context.timeline_of(call).and_then(|own| last.get(&own));
        let settled = || past().is_some_and(|past| *past > at) || is_undecided(at, context);
        errors.contains(&at) || (noted.contains(&at) && settled())
    };
    let told = context.calls.iter().enumerate();
    told.filter(|(at, call)| call.said.is_some() && is_open(call, context) && !is_told(*at, call))
        .map(|(_, call)| call)
        .collect()
}
