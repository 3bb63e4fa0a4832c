//! Hits of one root cause become one finding.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::endpoint::outcome::{State, state_of};
use crate::endpoint::{EndpointCall, Operation, Outcome};
use crate::finding::{Applicability, Command, Finding, Fix, Location, Part, Severity};
use crate::json;
use crate::request;
use crate::rule::{Context, Role, Rule, fill};
use crate::trace_path;

use super::progress::Failures;
use super::{Later, Raw, words};

/// Captures that tell two causes of one rule apart.
const TELLING: &[&str] = &[
    "client_id",
    "object_id",
    "action",
    "scope",
    "name",
    "aadsts",
];

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
        .map(|raw| survived(raw, context).or_else(|| failures.past(raw, context)))
        .collect();
    for (raw, later) in groups.iter_mut().zip(later) {
        raw.later = later;
    }
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
///
/// What was put right before is no cause of what comes later.
fn absorb<'r>(raws: Vec<Raw<'r>>, context: &Context<'_>) -> Vec<Raw<'r>> {
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
fn survived(raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
    if raw.later.is_some() {
        return raw.later;
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
    let survivor = timeline.survived_by(last)?;
    context
        .place_of(survivor.exchange.entry)
        .map(Later::Succeeded)
}

fn finding(raw: Raw<'_>, several: bool, context: &Context<'_>) -> Finding {
    let rule = raw.rule;
    let survivor = raw.later.filter(|_| !rule.id.starts_with("trace-"));
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
        message.push_str(&words::history(survivor, context));
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
        remedy: match &raw.hit.remedy {
            Some(steps) => steps.iter().map(|text| fill(text)).collect(),
            None => remedy(rule, raw.hit.fix.as_ref(), call, context)
                .iter()
                .map(|text| fill(text))
                .collect(),
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
            .filter(|(name, _)| !FOR_WORDS.contains(&name.as_str()))
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
    let written = |text: &str, shell: &str| {
        let text = correctable(text, fix, call)?;
        if text.contains(SEND) {
            let call = call?;
            return request::az_line(call, &words::corrected_file(call));
        }
        let text = text.replace(PATCH, &chosen);
        let text = words::localised(&text, call, &context.trace.path);
        Some(fill::command(&text, shell, &trusted))
    };
    let commands = rule.commands.iter().filter_map(|block| {
        Some(Command {
            shell: block.shell.clone(),
            text: written(&block.text, &block.shell)?,
            purpose: fill::prose(&block.purpose, values),
        })
    });
    commands.collect()
}

/// How rules speak of a correction.
const PATCH: &str = "mendpoint patch TRACE";

/// How rules speak of the whole request.
const REQUEST: &str = "--request curl";

/// How a rule's command sends the corrected body. Verb and address are those of the captured call.
const SEND: &str = "--body \"@fixed.json\"";

/// The option that makes `patch` mend `call`, where it would not choose it by itself.
fn choice(call: Option<&EndpointCall>, several: bool) -> String {
    let unclear = |call: &&EndpointCall| several || !call.operation.writes_endpoint();
    call.filter(unclear)
        .map_or_else(String::new, |call| format!(" --call {}", call.number))
}

/// A command that corrects a body, as `fix` needs it; `None` where there is no body to correct.
fn correctable(text: &str, fix: Option<&Fix>, call: Option<&EndpointCall>) -> Option<String> {
    if !text.contains(PATCH) && !text.contains(SEND) {
        return Some(text.to_owned());
    }
    let text = requestable(text, call);
    if text.trim().is_empty() {
        return None;
    }
    match fix?.applicability {
        Applicability::DisplayOnly => None,
        Applicability::Unsafe if !text.contains("--unsafe-fixes") => {
            Some(text.replace(PATCH, &format!("{PATCH} --unsafe-fixes")))
        }
        Applicability::Unsafe | Applicability::Safe => Some(text),
    }
}

/// The steps of a rule for the call at hand. Where there is nothing that `patch` could apply, a step
/// ends before it speaks of `patch`; where nothing is left of it and the body is not there, that is said.
fn remedy(
    rule: &Rule,
    fix: Option<&Fix>,
    call: Option<&EndpointCall>,
    context: &Context<'_>,
) -> Vec<String> {
    const BY_HAND: &str = "Correct the body by hand, or record the save again with a tool that keeps \
                           the bodies of requests as they are sent.";
    let is_there = match call {
        Some(call) => call.exchange.request.body.as_sent().is_some(),
        None => context.trace.text.as_deref().is_some_and(is_json),
    };
    let mut by_hand = (!is_there).then_some(BY_HAND);
    let mut steps = Vec::new();
    for step in &rule.remedy {
        let step = requestable(step, call);
        if fix.is_some() || !step.contains(PATCH) {
            steps.push(step);
            continue;
        }
        let sentences = step.split_inclusive(". ");
        let before: String = sentences
            .take_while(|sentence| !sentence.contains(PATCH))
            .collect();
        let step = match before.trim_end() {
            "" => by_hand.take(),
            before => Some(before),
        };
        steps.extend(step.map(str::to_owned));
    }
    steps
}

fn is_json(text: &str) -> bool {
    json::parse(text).is_ok()
}

/// `text` with the option that a request to the host of `call` needs. Where no request can be
/// written, because there is no address or no body to send, the sentences that offer one are left out.
fn requestable(text: &str, call: Option<&EndpointCall>) -> String {
    if !text.contains(REQUEST) {
        return text.to_owned();
    }
    let Some(call) = call.filter(|call| call.exchange.request.body.as_sent().is_some()) else {
        let sentences = text.split_inclusive(". ");
        let others = sentences.filter(|sentence| !sentence.contains(REQUEST));
        return others.collect::<String>().trim_end().to_owned();
    };
    let host = request::host_to_allow(call).filter(|host| fill::is_plain(host));
    let trust = host.map_or_else(String::new, |host| format!(" --allow-host {host}"));
    text.replace(REQUEST, &format!("{REQUEST}{trust}"))
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
