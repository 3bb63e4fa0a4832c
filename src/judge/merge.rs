//! Hits of one root cause become one finding.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::connection::identity::canonical_id;
use crate::connection::outcome::{State, state_of};
use crate::connection::{EndpointCall, Outcome, Said};
use crate::report::finding::{Finding, Location, Role, Severity};
use crate::rules::engine::{Context, fill};
use crate::text::trace_path;

use super::absorb::{TELLING, absorb};
use super::account::member;
use super::advice::Advice;
use super::progress::Failures;
use super::{Later, Raw, words};

/// Values that only the words of a rule need: the captures tell the same.
const FOR_WORDS: &[&str] = &["url", "base_url", "role_scope", "assignee", "own_client_id"];

/// Puts hits together, lowers what a later call survived, and writes the words.
///
/// `several` says that more than one endpoint has something to mend, so that `patch` must be told which.
pub(super) fn findings(raws: Vec<Raw<'_>>, several: bool, context: &Context<'_>) -> Vec<Finding> {
    let mut groups = group(absorb(raws, context), context);
    let failures = Failures::of(&groups, context);
    let later: Vec<Option<Later>> = groups
        .iter()
        .map(|raw| failures.over(raw, context))
        .collect();
    for (raw, later) in groups.iter_mut().zip(later) {
        raw.later = later;
    }
    let mut findings: Vec<Finding> = groups
        .into_iter()
        .map(|raw| finding(raw, several, context))
        .collect();
    findings.sort_by_key(Finding::rank);
    findings
}

/// Hits of one rule on one endpoint that name the same things are one. The most telling of them
/// gives the words: a write before a verify, and of each the last.
fn group<'r>(mut raws: Vec<Raw<'r>>, context: &Context<'_>) -> Vec<Raw<'r>> {
    raws.sort_by_key(|raw| {
        let place = raw
            .hit
            .locations
            .first()
            .and_then(|location| context.place_of(location.entry));
        Reverse(place.map(|at| (context.calls[at].operation.writes_endpoint(), at)))
    });
    let mut groups: Vec<Raw<'r>> = Vec::new();
    let mut known: HashMap<Sameness<'r>, usize> = HashMap::new();
    for raw in raws {
        match known.entry(Sameness::of(&raw)) {
            Entry::Occupied(at) => {
                let group = &mut groups[*at.get()];
                group.hit.locations.extend(raw.hit.locations);
                group.echoes.extend(raw.echoes);
                group.explains.extend(raw.explains);
                group.hit.remark = group.hit.remark.take().or(raw.hit.remark);
                // History only if each of them is.
                group.later = group.later.and(raw.later);
            }
            Entry::Vacant(place) => {
                place.insert(groups.len());
                groups.push(raw);
            }
        }
    }
    groups
}

/// What two hits share that are one finding.
#[derive(PartialEq, Eq, Hash)]
struct Sameness<'r> {
    rule: &'r str,
    timeline: Option<usize>,
    /// Of what is about no connection that anybody worked on: the input, and the connection that a list
    /// shows in it.
    input: Option<usize>,
    listed: Option<String>,
    /// Of what the service says only; what was sent is the same fault in every operation.
    operation: Option<&'static str>,
    telling: Vec<(String, String)>,
    tail: Option<String>,
}

impl<'r> Sameness<'r> {
    fn of(raw: &Raw<'r>) -> Self {
        let captures = raw.hit.captures.iter();
        let telling = captures.filter(|(name, _)| TELLING.contains(&name.as_str()));
        Self {
            rule: &raw.rule.id,
            timeline: raw.timeline,
            input: raw
                .hit
                .locations
                .first()
                .map(|at| at.input)
                .filter(|_| raw.timeline.is_none()),
            listed: raw
                .hit
                .captures
                .get("endpoint_id")
                .filter(|_| raw.timeline.is_none())
                .cloned(),
            operation: raw.operation.filter(|_| raw.from_text),
            telling: telling
                .map(|(name, value)| {
                    let same = if name == "words" {
                        alike(value)
                    } else {
                        value.to_ascii_lowercase()
                    };
                    (name.clone(), same)
                })
                .collect(),
            tail: member(&raw.hit.locations),
        }
    }
}

/// A value without letter case, and without the numbers that differ from call to call.
fn alike(value: &str) -> String {
    let mut alike = String::with_capacity(value.len());
    for word in value.to_ascii_lowercase().split(' ') {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_stamp = |c: char| c.is_ascii_hexdigit() || "-:.tz".contains(c);
        let number = bare.len() > 15 || bare.contains(':');
        if !(number && bare.bytes().any(|byte| byte.is_ascii_digit()) && bare.chars().all(is_stamp))
        {
            alike.push_str(word);
        }
        alike.push(' ');
    }
    alike
}

fn finding(raw: Raw<'_>, several: bool, context: &Context<'_>) -> Finding {
    let rule = raw.rule;
    let survivor = raw.later.filter(|_| rule.role != Role::Limit);
    let call = raw
        .hit
        .locations
        .first()
        .and_then(|location| context.call_at(location.entry));
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
    if let Some(scope) = role_scope(&values) {
        values.insert("role_scope".to_owned(), scope);
    }
    for value in values.values_mut() {
        *value = context.known.mask_text(value);
    }
    let severity = raw.hit.severity.unwrap_or(rule.severity);
    let recording = words::recording(&raw.hit.locations, context);
    let trace_path = recording.map_or("", |one| one.trace.path.as_str());
    let pasted = recording.and_then(|one| one.trace.text.as_deref());
    let path = trace_path::in_shell(trace_path);
    let fix = raw.hit.fix.clone();
    let advice = Advice::new(fix.as_ref(), call, pasted, &path, several);
    let mut all = values.clone();
    all.extend(advice.values.clone());
    let fill = |text: &str| fill::prose(text, &all);
    let mut message = message(&raw, &fill, context);
    if let Some(survivor) = survivor {
        message.push_str(&words::history(survivor, context));
    }
    let mut locations = raw.hit.locations;
    locations.extend(raw.echoes);
    dedup(&mut locations);
    let mut explains = raw.explains;
    dedup(&mut explains);
    Finding {
        rule: rule.id.clone(),
        role: rule.role,
        severity: if survivor.is_some() {
            Severity::Note
        } else {
            severity
        },
        confidence: raw.hit.confidence.unwrap_or(rule.confidence),
        title: fill(&rule.title),
        message,
        connection: None,
        locations,
        explains,
        evidence: words::shown(&raw.hit.evidence, context.known),
        cause: fill(&rule.prose().cause),
        remedy: match &raw.hit.remedy {
            Some(steps) => steps.iter().map(|text| fill(text)).collect(),
            None => advice.remedy(rule).into_iter().map(fill).collect(),
        },
        who: rule.who.clone(),
        commands: match raw.hit.remedy {
            Some(_) => Vec::new(),
            None => advice.commands(rule, &values),
        },
        fix,
        sources: rule.all_sources().into_iter().map(str::to_owned).collect(),
        captures: values
            .into_iter()
            .filter(|(name, _)| !FOR_WORDS.contains(&name.as_str()))
            .collect(),
    }
}

/// What is wrong: in the words of the check, which have values of the trace in them, or of the rule.
fn message(raw: &Raw<'_>, fill: &dyn Fn(&str) -> String, context: &Context<'_>) -> String {
    let own = |text: &String| context.known.hide(text).into_owned();
    let hit = &raw.hit;
    let mut message = hit
        .message
        .as_ref()
        .map_or_else(|| fill(&raw.rule.prose().meaning), own);
    if let Some(remark) = &hit.remark {
        message.push(' ');
        message.push_str(&own(remark));
    }
    message
}

fn dedup(locations: &mut Vec<Location>) {
    let mut seen = HashSet::new();
    locations.retain(|location| seen.insert(location.clone()));
}

/// Where a role has to be given: the scope that was refused, without the assignment that was to be
/// made there, or else the subscription.
fn role_scope(values: &fill::Values) -> Option<String> {
    const ASSIGNMENTS: &str = "/providers/microsoft.authorization/roleassignments";
    match values.get("scope") {
        Some(scope) => {
            let end = scope.to_ascii_lowercase().find(ASSIGNMENTS);
            Some(scope[..end.unwrap_or(scope.len())].to_owned())
        }
        None => Some(format!("/subscriptions/{}", values.get("subscription_id")?)),
    }
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
    // The calls are in order of time, so the last state seen counts.
    let mut last: HashMap<String, (usize, State, Option<Said>)> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        if let Some(id) = call
            .endpoint_id()
            .filter(|_| call.loose_failure().is_some())
        {
            last.insert(canonical_id(id), (at, State::Failed, call.said.clone()));
        }
        for (base, node) in call.answered_endpoints() {
            if let Some(id) = node.str("id") {
                let state = state_of(node);
                let answer = call.exchange.response.as_ref();
                let answer = answer.filter(|_| state == State::Failed);
                let said = answer.map(|answer| Said::of_state(node, &base, answer));
                last.insert(canonical_id(id), (at, state, said));
            }
        }
    }
    for (at, call) in calls.iter_mut().enumerate() {
        let waits = call.outcome == Outcome::Unknown
            && call
                .answer()
                .is_some_and(|node| state_of(node) == State::InProgress);
        let id = call.endpoint_id().filter(|_| waits);
        let later = id.and_then(|id| last.get(&canonical_id(id)));
        match later.filter(|(place, ..)| *place > at) {
            Some((_, State::Ready, _)) => call.outcome = Outcome::Ok,
            Some((_, State::Failed, said)) => {
                call.outcome = Outcome::Failed;
                call.said.clone_from(said);
            }
            Some((_, State::InProgress, _)) | None => {}
        }
    }
}
