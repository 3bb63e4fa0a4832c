//! Hits of one root cause become one finding.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::endpoint::outcome::{State, state_of};
use crate::endpoint::{EndpointCall, Outcome};
use crate::finding::{Applicability, Command, Finding, Fix, Location, Severity};
use crate::rule::{Context, Role, Rule, fill};

use crate::trace_path;

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
///
/// `several` says that more than one endpoint has something to mend, so that `patch` must be told which.
pub(super) fn findings(raws: Vec<Raw<'_>>, several: bool, context: &Context<'_>) -> Vec<Finding> {
    let groups = group(absorb(raws), context);
    let mut findings: Vec<Finding> = groups
        .into_iter()
        .map(|raw| finding(raw, several, context))
        .collect();
    findings.sort_by_key(|finding| {
        (
            Reverse(finding.severity),
            // What limits the trace comes behind what is wrong with the connection.
            finding.rule.starts_with("trace-"),
            finding.locations.first().map(|at| at.entry),
        )
    });
    findings
}

/// Takes out hits that are only the echo of another: those that yield to a rule that fired for the
/// same endpoint, wrappers beside a cause in the same call, and a rule's own sentence in the answer
/// beside what its check found in the request. Their places become its evidence.
fn absorb(raws: Vec<Raw<'_>>) -> Vec<Raw<'_>> {
    let neighbours = Neighbours::of(&raws);
    let causes: Vec<Option<usize>> = (0..raws.len())
        .map(|at| neighbours.cause_of(at, &raws))
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
    fn cause_of(&self, at: usize, raws: &[Raw<'_>]) -> Option<usize> {
        let raw = &raws[at];
        // Most hits are causes by themselves, and a body can have thousands.
        if raw.rule.role == Role::Cause && raw.rule.yields_to.is_empty() && !raw.from_text {
            return None;
        }
        let other_of = |rule: &str| {
            let same_endpoint = self.by_rule.get(&(rule, raw.timeline))?;
            same_endpoint.iter().copied().find(|other| *other != at)
        };
        let yields = raw.rule.yields_to.iter().filter_map(|rule| other_of(rule));
        let sent = |other: &usize| !raws[*other].from_text && *other != at;
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
        // What a sign-in host or Azure answered, and the service quotes.
        let elsewhere = raw.from_text && raw.timeline.is_none() && raw.operation.is_none();
        let quoted = elsewhere.then(|| {
            let quotes = self.at_calls.get(raw.rule.id.as_str())?;
            let agrees = |other: &usize| raws[*other].from_text && agree(&raws[*other], raw);
            quotes.iter().copied().find(agrees)
        });
        yields
            .chain(repeats.flatten())
            .chain(quoted.flatten())
            .chain(here)
            .min()
    }
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
    raw.rule.yields_to.contains(&other.rule.id) || wraps || repeats
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
                group.hit.remark = group.hit.remark.take().or(raw.hit.remark);
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
            operation: raw.operation.filter(|_| raw.from_text),
            telling: telling
                .map(|(name, value)| (name.clone(), value.to_ascii_lowercase()))
                .collect(),
            tail: tail(&raw.hit.locations),
        }
    }
}

/// The last token of the first pointer, without regard to case: `accesstoken`.
fn tail(locations: &[Location]) -> Option<String> {
    let pointer = locations.first()?.pointer.as_deref()?;
    pointer.rsplit('/').next().map(str::to_ascii_lowercase)
}

/// The later success that makes a finding history: every located write, or else every located
/// call, has one.
fn survived<'a>(raw: &Raw<'_>, context: &Context<'a>) -> Option<&'a EndpointCall> {
    if let Some(at) = raw.settled {
        return Some(&context.calls[at]);
    }
    let timeline = &context.timelines[raw.timeline?];
    let calls: Vec<&EndpointCall> = raw
        .hit
        .locations
        .iter()
        .filter_map(|location| context.call_at(location.entry))
        .collect();
    let writes: Vec<&EndpointCall> = calls
        .iter()
        .copied()
        .filter(|call| call.operation.writes_endpoint())
        .collect();
    let decisive = if writes.is_empty() { calls } else { writes };
    let last = decisive
        .iter()
        .max_by_key(|call| context.place_of(call.exchange.entry))?;
    timeline.survived_by(last)
}

fn finding(raw: Raw<'_>, several: bool, context: &Context<'_>) -> Finding {
    let rule = raw.rule;
    let survivor = survived(&raw, context).filter(|_| !rule.id.starts_with("trace-"));
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
    let choice = choice(call, several);
    let path = trace_path::in_shell(&context.trace.path);
    let fill = |text: &str| {
        let chosen = text.replace(PATCH, &format!("{PATCH}{choice}"));
        // The path comes last: braces in it are no placeholders.
        fill::prose(&chosen.replace("TRACE", "\u{1}"), &values).replace('\u{1}', &path)
    };
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
        remedy: match raw.hit.remedy {
            Some(steps) => steps.iter().map(|text| fill(text)).collect(),
            None => rule.remedy.iter().map(|text| fill(text)).collect(),
        },
        who: rule.who.clone(),
        commands: match raw.hit.remedy {
            Some(_) => Vec::new(),
            None => commands(rule, raw.hit.fix.as_ref(), call, &values, &choice, context),
        },
        fix: raw.hit.fix,
        sources: rule
            .sources
            .iter()
            .chain(&rule.references)
            .cloned()
            .collect(),
        captures: values
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "url" | "role_scope" | "assignee"))
            .collect(),
    }
}

/// The commands of a rule for the call at hand.
fn commands(
    rule: &Rule,
    fix: Option<&Fix>,
    call: Option<&EndpointCall>,
    values: &fill::Values,
    choice: &str,
    context: &Context<'_>,
) -> Vec<Command> {
    let trusted = words::trusted(values);
    let chosen = format!("{PATCH}{choice}");
    let blocks = rule.commands.iter();
    let fitting = blocks.filter_map(|block| Some((block, correctable(&block.text, fix, call)?)));
    fitting
        .map(|(block, text)| {
            let text = words::localised(&text.replace(PATCH, &chosen), call, &context.trace.path);
            Command {
                shell: block.shell.clone(),
                text: fill::command(&text, &block.shell, &trusted),
                purpose: fill::prose(&block.purpose, values),
            }
        })
        .collect()
}

/// How rules speak of a correction.
const PATCH: &str = "mendpoint patch TRACE";

/// The option that makes `patch` mend `call`, where it would not choose it by itself.
fn choice(call: Option<&EndpointCall>, several: bool) -> String {
    let unclear = |call: &&EndpointCall| several || !call.operation.writes_endpoint();
    call.filter(unclear)
        .map_or_else(String::new, |call| format!(" --call {}", call.number))
}

/// A command that corrects a body, as `fix` needs it; `None` where there is no body to correct.
fn correctable(text: &str, fix: Option<&Fix>, call: Option<&EndpointCall>) -> Option<String> {
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
    let mut last: HashMap<String, (usize, State)> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        if let Some(id) = call
            .endpoint_id()
            .filter(|_| call.loose_failure().is_some())
        {
            last.insert(id.to_ascii_lowercase(), (at, State::Failed));
        }
        for (_, node) in call.answered_endpoints() {
            if let Some(id) = node.str("id") {
                last.insert(id.to_ascii_lowercase(), (at, state_of(node)));
            }
        }
    }
    for (at, call) in calls.iter_mut().enumerate() {
        let waits = call.outcome == Outcome::Unknown
            && call
                .answer()
                .is_some_and(|node| state_of(node) == State::InProgress);
        let id = call.endpoint_id().filter(|_| waits);
        let later = id.and_then(|id| last.get(&id.to_ascii_lowercase()));
        match later.filter(|(place, _)| *place > at) {
            Some((_, State::Ready)) => call.outcome = Outcome::Ok,
            Some((_, State::Failed)) => call.outcome = Outcome::Failed,
            Some((_, State::InProgress)) | None => {}
        }
    }
}
