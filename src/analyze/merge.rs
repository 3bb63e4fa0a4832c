//! Hits of one root cause become one finding.

use std::collections::BTreeMap;

use crate::endpoint::{EndpointCall, Outcome};
use crate::finding::{Applicability, Command, Finding, Fix, Location, Severity};
use crate::json::Node;
use crate::rule::{Context, Hit, Role, fill};

use super::{Raw, words};

/// Captures that tell two causes of one rule apart.
const TELLING: &[&str] = &[
    "client_id",
    "object_id",
    "action",
    "scope",
    "name",
    "aadsts",
];

/// Puts hits together, lowers what a later call survived, and writes the words.
pub(super) fn findings(raws: Vec<Raw<'_>>, context: &Context<'_>) -> Vec<Finding> {
    let groups = group(absorb(raws), context);
    let mut findings: Vec<Finding> = groups
        .into_iter()
        .map(|raw| finding(raw, context))
        .collect();
    findings.sort_by_key(|finding| {
        (
            std::cmp::Reverse(finding.severity),
            finding.locations.first().map(|at| at.entry),
        )
    });
    findings
}

/// Takes out hits that are only the echo of another: those that yield to a rule that fired for the
/// same endpoint, wrappers beside a cause in the same call, and a rule's own sentence in the answer
/// beside what its check found in the request. Their places become its evidence.
fn absorb(raws: Vec<Raw<'_>>) -> Vec<Raw<'_>> {
    let cause_of = |at: usize| {
        let raw = &raws[at];
        raws.iter().enumerate().position(|(other_at, other)| {
            let same_endpoint = other.timeline == raw.timeline;
            let same_call = other.hit.locations.iter().any(|here| {
                raw.hit
                    .locations
                    .iter()
                    .any(|there| here.entry == there.entry)
            });
            let yields =
                raw.rule.yields_to.contains(&other.rule.id) && (same_endpoint || same_call);
            // What the service itself says explains the failure however bad it is; of what was seen
            // elsewhere in the call only an error does.
            let explains = other.from_text
                || other.hit.severity.unwrap_or(other.rule.severity) == Severity::Error;
            let wraps = raw.rule.role < Role::Cause
                && other.rule.role > raw.rule.role
                && explains
                && same_call;
            let repeats = raw.from_text
                && !other.from_text
                && raw.rule.id == other.rule.id
                && (same_endpoint || same_call);
            other_at != at && (yields || wraps || repeats)
        })
    };
    let causes: Vec<Option<usize>> = (0..raws.len()).map(cause_of).collect();
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

/// Hits of one rule on one endpoint that name the same things are one. The most telling of them
/// gives the words: a write before a verify, and of each the last.
fn group<'r>(mut raws: Vec<Raw<'r>>, context: &Context<'_>) -> Vec<Raw<'r>> {
    raws.sort_by_key(|raw| {
        let place = raw
            .hit
            .locations
            .first()
            .and_then(|location| call_at(location, context));
        std::cmp::Reverse(place.map(|(at, call)| (call.operation.writes_endpoint(), at)))
    });
    let mut groups: Vec<Raw<'r>> = Vec::new();
    for raw in raws {
        match groups.iter_mut().find(|group| is_same(group, &raw)) {
            Some(group) => {
                group.hit.locations.extend(raw.hit.locations);
                group.echoes.extend(raw.echoes);
                group.hit.remark = group.hit.remark.take().or(raw.hit.remark);
            }
            None => groups.push(raw),
        }
    }
    groups
}

fn is_same(one: &Raw<'_>, other: &Raw<'_>) -> bool {
    let telling = |hit: &Hit| -> BTreeMap<String, String> {
        let named = hit
            .captures
            .iter()
            .filter(|(name, _)| TELLING.contains(&name.as_str()));
        named
            .map(|(name, value)| (name.clone(), value.to_ascii_lowercase()))
            .collect()
    };
    one.rule.id == other.rule.id
        && one.timeline == other.timeline
        && (!one.from_text || one.operation == other.operation)
        && telling(&one.hit) == telling(&other.hit)
        && tail(&one.hit.locations) == tail(&other.hit.locations)
}

/// The last token of the first pointer, without regard to case: `accesstoken`.
fn tail(locations: &[Location]) -> Option<String> {
    let pointer = locations.first()?.pointer.as_deref()?;
    pointer.rsplit('/').next().map(str::to_ascii_lowercase)
}

fn call_at<'a>(location: &Location, context: &Context<'a>) -> Option<(usize, &'a EndpointCall)> {
    context
        .calls
        .iter()
        .enumerate()
        .find(|(_, call)| call.exchange.entry == location.entry)
}

/// The later success that makes a finding history: every located write, or else every located
/// call, has one.
fn survived<'a>(raw: &Raw<'_>, context: &Context<'a>) -> Option<&'a EndpointCall> {
    let timeline = &context.timelines[raw.timeline?];
    let calls: Vec<&EndpointCall> = raw
        .hit
        .locations
        .iter()
        .filter_map(|location| call_at(location, context).map(|(_, call)| call))
        .collect();
    let writes: Vec<&EndpointCall> = calls
        .iter()
        .copied()
        .filter(|call| call.operation.writes_endpoint())
        .collect();
    let decisive = if writes.is_empty() { calls } else { writes };
    let last = decisive
        .iter()
        .max_by_key(|call| (call.exchange.started, call.exchange.entry))?;
    timeline.survived_by(last)
}

fn finding(raw: Raw<'_>, context: &Context<'_>) -> Finding {
    let rule = raw.rule;
    let survivor = survived(&raw, context).filter(|_| !rule.id.starts_with("trace-"));
    let call = raw
        .hit
        .locations
        .first()
        .and_then(|location| call_at(location, context))
        .map(|(_, call)| call);
    let timeline = raw.timeline.map(|at| &context.timelines[at]);
    let mut values = words::values(call, timeline);
    values.extend(raw.hit.captures.clone());
    if let (Some(scope), false) = (
        values.get("scope"),
        raw.hit.captures.contains_key("subscription_id"),
    ) && let Some(subscription) = subscription_of(scope)
    {
        values.insert("subscription_id".to_owned(), subscription);
    }
    for value in values.values_mut() {
        *value = context.known.mask_text(value);
    }
    let severity = raw.hit.severity.unwrap_or(rule.severity);
    let fill = |text: &str| fill::prose(text, &values);
    let mut message = message(&raw, &fill, context);
    if let Some(survivor) = survivor {
        message.push_str(&format!(
            " It is history: {} succeeded later.",
            words::call_name(survivor)
        ));
    }
    let mut locations = raw.hit.locations;
    locations.extend(raw.echoes);
    dedup(&mut locations);
    Finding {
        rule: rule.id.clone(),
        severity: if survivor.is_some() {
            Severity::Note
        } else {
            severity
        },
        confidence: raw.hit.confidence.unwrap_or(rule.confidence),
        title: fill(&rule.title),
        message,
        locations,
        evidence: words::shown(&raw.hit.evidence, context.known),
        cause: fill(&rule.cause),
        remedy: rule.remedy.iter().map(|text| fill(text)).collect(),
        who: rule.who.clone(),
        commands: rule
            .commands
            .iter()
            .filter_map(|block| {
                Some((block, correctable(&block.text, raw.hit.fix.as_ref(), call)?))
            })
            .map(|(block, text)| Command {
                shell: block.shell.clone(),
                text: fill::command(
                    &words::localised(&text, call, &context.trace.path),
                    &block.shell,
                    &values,
                ),
                purpose: fill(&block.purpose),
            })
            .collect(),
        fix: raw.hit.fix,
        sources: rule
            .sources
            .iter()
            .chain(&rule.references)
            .cloned()
            .collect(),
        captures: values
            .into_iter()
            .filter(|(name, _)| name != "url")
            .collect(),
    }
}

/// A command that corrects a body, as `fix` needs it; `None` where there is no body to correct.
fn correctable(text: &str, fix: Option<&Fix>, call: Option<&EndpointCall>) -> Option<String> {
    const PATCH: &str = "mendpoint patch TRACE";
    if !text.contains(PATCH) && !text.contains("@fixed.json") {
        return Some(text.to_owned());
    }
    // A pasted payload has no request.
    if text.contains("--request") && call.is_none() {
        return None;
    }
    match fix?.applicability {
        Applicability::DisplayOnly => None,
        Applicability::Unsafe if !text.contains("--unsafe-fixes") => {
            Some(text.replace(PATCH, &format!("{PATCH} --unsafe-fixes")))
        }
        Applicability::Unsafe | Applicability::Safe => Some(text.to_owned()),
    }
}

/// What is wrong: in the words of the check, which have values of the trace in them, or of the rule.
fn message(raw: &Raw<'_>, fill: &dyn Fn(&str) -> String, context: &Context<'_>) -> String {
    let own = |text: &String| context.known.hide(text).into_owned();
    let hit = &raw.hit;
    let mut message = hit
        .message
        .as_ref()
        .map_or_else(|| fill(&raw.rule.meaning), own);
    if let Some(remark) = &hit.remark {
        message.push(' ');
        message.push_str(&own(remark));
    }
    message
}

fn dedup(locations: &mut Vec<Location>) {
    let mut seen: Vec<Location> = Vec::new();
    locations.retain(|location| {
        let new = !seen.contains(location);
        if new {
            seen.push(location.clone());
        }
        new
    });
}

fn subscription_of(scope: &str) -> Option<String> {
    let mut segments = scope
        .split('/')
        .skip_while(|segment| !segment.eq_ignore_ascii_case("subscriptions"));
    segments
        .nth(1)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
}

/// Settles calls whose answer said `InProgress` by the last later read of the same endpoint.
pub(super) fn settle(calls: &mut [EndpointCall]) {
    use crate::endpoint::outcome::{State, state_of};
    for at in 0..calls.len() {
        let waits = calls[at].outcome == Outcome::Unknown
            && calls[at]
                .answer()
                .is_some_and(|node| state_of(node) == State::InProgress);
        let Some(id) = calls[at].endpoint_id().filter(|_| waits).map(str::to_owned) else {
            continue;
        };
        let states = calls[at + 1..]
            .iter()
            .flat_map(|later| later.answered_endpoints());
        let is_same = |node: &Node| {
            node.str("id")
                .is_some_and(|other| other.eq_ignore_ascii_case(&id))
        };
        // The calls are in order of time, so the last state seen counts.
        let last = states.fold(
            None,
            |last, (_, node)| if is_same(node) { Some(node) } else { last },
        );
        calls[at].outcome = match last.map(state_of) {
            Some(State::Ready) => Outcome::Ok,
            Some(State::Failed) => Outcome::Failed,
            Some(State::InProgress) | None => Outcome::Unknown,
        };
    }
}
