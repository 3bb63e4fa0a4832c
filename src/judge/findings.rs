//! Hits of one root cause become one finding.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::connection::{EndpointCall, Ids, Said};
use crate::report::finding::{Elsewhere, Finding, Location, Part, Role, Severity};
use crate::rules::engine::{Context, FAULT, NEXT, Recording, Rule, fill};
use crate::sensitive::Known;
use crate::text::readable::clip;
use crate::text::shell::Shell;
use crate::text::trace_path;

use super::account::member;
use super::consequences::{self, TELLING};
use super::fixes;
use super::hits::Raw;
use super::later::{Failures, Later};
use super::remedy::{Advice, Place};
use super::values::{self, role_scope, subscription_of};
use super::words::Words;

/// Values that only the words of a rule need: the captures tell the same.
const FOR_WORDS: &[&str] = &[
    "url",
    "base_url",
    "role_scope",
    "assignee",
    "own_client_id",
    FAULT,
    NEXT,
];

/// Of how many endpoints the values are held at a time.
const MOST_KNOWN: usize = 256;

/// Puts hits together, lowers what a later call survived, and writes the words.
///
/// `several` says that more than one endpoint has something to mend, so that `patch` must be told which.
pub(super) fn of(raws: Vec<Raw<'_>>, several: bool, context: &Context<'_>) -> Vec<Finding> {
    let mut groups = group(consequences::fold(raws, context), context);
    let failures = Failures::of(&groups, context);
    let later: Vec<Option<Later>> = groups
        .iter()
        .map(|raw| failures.over(raw, context))
        .collect();
    for (raw, later) in groups.iter_mut().zip(later) {
        raw.later = later;
    }
    // An endpoint can have thousands of findings, and there can be thousands of endpoints.
    let mut known: HashMap<usize, fill::Values> = HashMap::new();
    let mut words = Words::default();
    let mut finding_of = |raw: Raw<'_>| {
        let endpoint = raw.timeline.map(|at| {
            let timeline = &context.timelines[at];
            if known.len() == MOST_KNOWN {
                known.clear();
            }
            &*known
                .entry(at)
                .or_insert_with(|| values::of_timeline(timeline))
        });
        finding(raw, endpoint, several, context, &mut words)
    };
    let mut findings: Vec<Finding> = groups.into_iter().map(&mut finding_of).collect();
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

/// The number of a call where its input is read alone.
fn own_number(call: &EndpointCall, context: &Context<'_>) -> usize {
    let recordings = context.recordings;
    let own = recordings.binary_search_by_key(&call.input, |one| one.input);
    let before = own.map_or(0, |at| recordings[at].calls_before);
    call.number.saturating_sub(before)
}

/// Where a finding at `call` of `recording` is, as its commands name it.
fn place<'a>(
    recording: Option<&'a Recording>,
    call: Option<&'a EndpointCall>,
    several: bool,
    context: &Context<'_>,
) -> Place<'a> {
    let trace_path = recording.map_or("", |one| one.trace.path.as_str());
    Place {
        call,
        pasted: recording.and_then(|one| one.trace.text.as_deref()),
        path: trace_path::word_in(Shell::HERE, trace_path),
        number: call.map_or(0, |call| own_number(call, context)),
        several: several || context.recordings.len() > 1,
    }
}

/// The values that the words of a finding are filled with, masked.
fn values_of(
    raw: &Raw<'_>,
    call: Option<&EndpointCall>,
    endpoint: Option<&fill::Values>,
    context: &Context<'_>,
) -> fill::Values {
    let mut values = values::of(call, endpoint);
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
    values
}

fn finding(
    raw: Raw<'_>,
    endpoint: Option<&fill::Values>,
    several: bool,
    context: &Context<'_>,
    words: &mut Words,
) -> Finding {
    let rule = raw.rule;
    let survivor = raw.later.filter(|_| rule.role != Role::Limit);
    let call = raw
        .hit
        .locations
        .first()
        .and_then(|location| context.call_at(location.entry));
    let values = values_of(&raw, call, endpoint, context);
    let recording = recording_of(&raw.hit.locations, context);
    let fix = raw.hit.fix.clone();
    // Nothing is left to correct of what was made good or tried again since.
    let over = raw.later.is_some()
        || call.is_some_and(|call| fixes::is_over(call.exchange.entry, context));
    let place = place(recording, call, several, context);
    let advice = Advice::new(fix.as_ref().filter(|_| !over), place);
    let mut all = values.clone();
    all.extend(advice.values.clone());
    let fill = |text: &str| fill::prose(text, &all);
    let mut message = message(&raw, &fill, context);
    if let Some(survivor) = survivor {
        message.push_str(&survivor.told(context));
    }
    message.shrink_to_fit();
    let mut locations = raw.hit.locations;
    locations.extend(raw.echoes);
    dedup(&mut locations);
    let first = locations.first().map(|at| at.entry);
    let first_input = context.recordings.first().map_or(0, |one| one.input);
    let mut explains = raw.explains;
    dedup(&mut explains);
    let tried = explains.iter().filter_map(|at| context.place_of(at.entry));
    let is_tried_again = tried.map(|at| context.history.next_attempt(at).is_some());
    let is_passed = is_tried_again.min() == Some(true);
    let title = words.share(&title(rule, &all));
    let own = raw.hit.remedy.map(<[&str]>::to_vec);
    let steps = own.unwrap_or_else(|| advice.remedy(rule));
    Finding {
        rule: rule.id.clone(),
        role: rule.role,
        severity: match survivor {
            Some(_) => Severity::Note,
            None => raw.hit.severity.unwrap_or(rule.severity),
        },
        confidence: raw.hit.confidence.unwrap_or(rule.confidence),
        title,
        message,
        connection: None,
        moment: (
            first_input,
            is_passed,
            first.and_then(|entry| context.moment_of(entry)),
        ),
        elsewhere: locations
            .first()
            .and_then(|at| elsewhere(at, context))
            .map(Box::new),
        locations,
        explains,
        evidence: shown(&raw.hit.evidence, context.known),
        cause: words.share(&fill(&rule.prose().cause)),
        remedy: steps
            .into_iter()
            .map(|text| words.share(&fill(text)))
            .collect(),
        who: rule.who.as_deref().map(|who| words.share(who)),
        commands: match raw.hit.remedy {
            Some(_) => Box::default(),
            None => advice.commands(rule, &values, words),
        },
        fix,
        sources: rule
            .all_sources()
            .into_iter()
            .map(|source| words.share(source))
            .collect(),
        captures: values
            .into_iter()
            .filter(|(name, _)| !FOR_WORDS.contains(&name.as_str()))
            .map(|(name, value)| (words.share(&name), value.into_boxed_str()))
            .collect(),
    }
}

/// The exchange at `place`, where that is no service-endpoint call.
fn elsewhere(place: &Location, context: &Context<'_>) -> Option<Elsewhere> {
    let exchange = context
        .other_at(place.entry)
        .filter(|_| place.part != Part::Text)?;
    let exchange = &exchange.opened();
    let known = context.known;
    let answer = exchange.response.as_ref();
    let mut said = answer.and_then(|_| Said::of_refusal(exchange));
    let mut ids = Ids::of(exchange, said.as_ref());
    let mask = |text: &str| known.mask_text(text);
    if let Some(said) = &mut said {
        said.mask(mask);
    }
    ids.mask(|id| known.mask_id(id));
    Some(Elsewhere {
        method: mask(&exchange.request.method),
        url: known.mask_url(&exchange.request.url),
        started: exchange.started,
        status: answer.map(|answer| answer.status),
        said,
        ids,
    })
}

/// What the rule says in one line; of a rule with several cases also which of them it is.
fn title(rule: &Rule, values: &fill::Values) -> String {
    let title = fill::prose(&rule.title, values);
    let cases = rule.matching.iter().flat_map(|matching| &matching.cases);
    match values.get(FAULT).filter(|_| cases.count() > 0) {
        Some(fault) => format!("{title}: {fault}"),
        None => title,
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
    locations.shrink_to_fit();
}

/// The input that a finding is about, for its path and its text.
fn recording_of<'a>(locations: &[Location], context: &Context<'a>) -> Option<&'a Recording> {
    let own = locations.first().map(|at| at.entry);
    let own = own.and_then(|entry| context.recording_of(entry));
    own.or_else(|| context.recordings.first())
}

/// The longest evidence, in bytes.
const MAX_EVIDENCE: usize = 900;

/// What a rule saw, masked before it is cut, so that no cut leaves half a secret.
fn shown(text: &str, known: &Known) -> String {
    let masked = known.mask_text(clip(text, 8 * MAX_EVIDENCE));
    clip(&masked, MAX_EVIDENCE).to_owned()
}
