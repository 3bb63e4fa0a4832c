//! What rules find in a trace, each hit by itself.

use std::collections::HashSet;

use crate::connection::{EndpointCall, Payload, Said, payload};
use crate::exchange::Exchange;
use crate::json;
use crate::mend::known_good::InTrace;
use crate::report::Report;
use crate::report::finding::{Location, Part, Role};
use crate::rules::engine::{
    Check, Context, Hit, Match, Models, Place, Recording, Rule, SPECIFIC, Surface, texts,
};
use crate::rules::families;

use super::later::{Later, overcome};
use super::{Analyzer, account, consequences, severity};

/// A hit of a rule, before hits of one root cause are put together.
pub(super) struct Raw<'r> {
    pub(super) rule: &'r Rule,
    pub(super) hit: Hit,
    /// Index of the timeline it belongs to.
    pub(super) timeline: Option<usize>,
    /// Name of the operation it happened in.
    pub(super) operation: Option<&'static str>,
    /// Whether it was found in a text the service wrote.
    pub(super) from_text: bool,
    /// Whether it is about what the service said of a failed call.
    pub(super) said: bool,
    /// The words of the failed calls that it explains.
    pub(super) explains: Vec<Location>,
    /// Where the same root cause showed again.
    pub(super) echoes: Vec<Location>,
    /// What makes it history, whatever became of the call it was found in.
    pub(super) later: Option<Later>,
}

impl Raw<'_> {
    /// Whether it was found in what was answered.
    pub(super) fn is_of_answer(&self) -> bool {
        let first = self.hit.locations.first();
        first.is_some_and(|at| {
            matches!(
                at.part,
                Part::ResponseBody | Part::ResponseHeaders | Part::ResponseStatus
            )
        })
    }
}

impl<'r> Analyzer<'r> {
    /// The payload faults of one call, each by itself: what a correction of that call has to mend.
    pub(crate) fn payload_hits(
        &self,
        payload: &Payload<'_>,
        context: &Context<'_>,
    ) -> Vec<(&'r Rule, Hit)> {
        let mut found = Vec::new();
        let kind = payload.str(&["type"]);
        let scheme = payload.str(&["authorization", "scheme"]);
        for (rule, check) in &self.checks {
            let Check::Payload(check) = check else {
                continue;
            };
            if rule.concerns(scheme) && kind.is_none_or(|kind| rule.concerns_type(kind)) {
                found.extend(check(payload, context).into_iter().map(|hit| (*rule, hit)));
            }
        }
        found
    }

    /// What can still be said of failed calls that no rule explains.
    pub(super) fn unexplained_hits(
        &self,
        context: &Context<'_>,
        calls: &[&EndpointCall],
    ) -> Vec<Raw<'r>> {
        let mut raws = Vec::new();
        if calls.is_empty() {
            return raws;
        }
        let models = Models {
            offer: &self.offer,
            in_trace: InTrace::of(context.calls),
        };
        for (rule, check) in &self.checks {
            if let Check::Unexplained(check) = check {
                raws.extend(calls.iter().flat_map(|call| {
                    let call = &call.opened();
                    let hits = check(call, context, &models).into_iter();
                    hits.map(|hit| raw(rule, hit, Some(call), context))
                        .collect::<Vec<_>>()
                }));
            }
        }
        raws
    }

    /// What somebody did in a portal and was refused, and no rule explains.
    pub(super) fn unexplained_refusals(
        &self,
        context: &Context<'_>,
        report: &Report,
    ) -> Vec<Raw<'r>> {
        let findings = report.findings.iter();
        let told = findings.filter(|finding| finding.role != Role::Limit);
        let told: HashSet<usize> = told
            .flat_map(|finding| &finding.locations)
            .map(|location| location.entry)
            .collect();
        let others = context.others.iter();
        let untold: Vec<&Exchange> = others
            .filter(|exchange| !told.contains(&exchange.entry))
            .collect();
        let mut raws = Vec::new();
        for (rule, check) in &self.checks {
            if let Check::UnexplainedOther(check) = check {
                let hits = untold
                    .iter()
                    .filter_map(|exchange| check(&exchange.opened(), context));
                raws.extend(hits.map(|hit| raw(rule, hit, None, context)));
            }
        }
        raws
    }

    /// What can still be said of a pasted text that no rule explains.
    pub(super) fn unexplained_text_hits(
        &self,
        context: &Context<'_>,
        text: &str,
        recording: &Recording,
    ) -> Vec<Raw<'r>> {
        let mut raws = Vec::new();
        for (rule, check) in &self.checks {
            if let Check::UnexplainedText(check) = check {
                let hit = check(text, recording);
                raws.extend(hit.map(|hit| raw(rule, hit, None, context)));
            }
        }
        raws
    }

    pub(super) fn hits(&self, context: &Context<'_>) -> Vec<Raw<'r>> {
        let mut raws = Vec::new();
        let mut of_calls: Vec<Vec<Raw<'r>>> = Vec::new();
        of_calls.resize_with(self.checks.len(), Vec::new);
        for call in context.calls {
            let call = &call.opened();
            for payload in call.payloads() {
                raws.extend(
                    self.payload_hits(&payload, context)
                        .into_iter()
                        .map(|(rule, hit)| raw(rule, hit, Some(call), context)),
                );
            }
            self.call_hits(call, context, &mut of_calls);
        }
        self.check_hits(context, of_calls, &mut raws);
        let known: HashSet<usize> = raws
            .iter()
            .filter(|raw| raw.rule.role == Role::Cause && raw.is_of_answer())
            .filter_map(|raw| Some(raw.hit.locations.first()?.entry))
            .collect();
        for surface in context.surfaces {
            let entry = surface.location.entry;
            let call = surface.call.and_then(|_| context.call_at(entry));
            let mut found = self.matcher.find(surface);
            // So did a connection that an answer shows as failed.
            let open = call.is_some_and(|call| account::is_open(call, context))
                || surface.endpoint.is_some();
            if open && !known.contains(&entry) {
                let more = self.matcher.find_anywhere(surface, &found);
                if !more.is_empty() {
                    found = more;
                }
            }
            for found in found {
                let raw = raw_of(surface, found, call, context);
                // A paragraph says again what the whole text said.
                let again = |known: &Raw<'_>| {
                    known.from_text
                        && known.rule.id == raw.rule.id
                        && consequences::agree(known, &raw)
                };
                if surface.place != Place::Text || !raws.iter().any(again) {
                    raws.push(raw);
                }
            }
        }
        self.apart_hits(context, &mut raws);
        self.pasted_hits(context, &mut raws);
        keep_stale_bodies(&mut raws);
        for raw in &mut raws {
            raw.later = raw.later.or_else(|| overcome(raw, context));
        }
        raws
    }

    /// What the checks of single calls find at `call`, by the place of the check.
    fn call_hits(&self, call: &EndpointCall, context: &Context<'_>, found: &mut [Vec<Raw<'r>>]) {
        for ((rule, check), found) in self.checks.iter().zip(found) {
            let Check::Call(check) = check else { continue };
            let kind = call.endpoint_type();
            if rule.concerns(call.scheme()) && kind.is_none_or(|kind| rule.concerns_type(kind)) {
                let hits = check(call, context).into_iter();
                found.extend(hits.map(|hit| raw(rule, hit, Some(call), context)));
            }
        }
    }

    fn check_hits(
        &self,
        context: &Context<'_>,
        of_calls: Vec<Vec<Raw<'r>>>,
        raws: &mut Vec<Raw<'r>>,
    ) {
        for ((rule, check), of_calls) in self.checks.iter().zip(of_calls) {
            match check {
                Check::Call(_) => raws.extend(of_calls),
                Check::Timeline(check) => {
                    for timeline in context.timelines {
                        raws.extend(
                            check(timeline, context)
                                .into_iter()
                                .map(|hit| raw(rule, hit, None, context)),
                        );
                    }
                }
                Check::Trace(check) => {
                    raws.extend(
                        check(context)
                            .into_iter()
                            .map(|hit| raw(rule, hit, None, context)),
                    );
                }
                // Payloads are looked at one by one before, texts behind, and what nobody explains last.
                Check::Payload(_)
                | Check::Text(_)
                | Check::Unexplained(_)
                | Check::UnexplainedOther(_)
                | Check::UnexplainedText(_) => {}
            }
        }
    }

    /// What a text says in one place of a connection that it names in another, where nothing in it is
    /// known by itself, or no more than that something was refused.
    fn apart_hits(&self, context: &Context<'_>, raws: &mut Vec<Raw<'r>>) {
        for recording in context.recordings {
            let Some(text) = &recording.trace.text else {
                continue;
            };
            let place = recording.text_location(None);
            let is_here = |raw: &Raw<'_>| {
                raw.from_text
                    && raw.rule.role >= Role::Consequence
                    && raw.hit.locations.contains(&place)
            };
            let is_general =
                |raw: &Raw<'_>| raw.rule.role == Role::Cause && raw.rule.rank < SPECIFIC;
            if raws.iter().any(|raw| is_here(raw) && !is_general(raw)) {
                // Who refused is known: that somebody did is no finding of its own.
                raws.retain(|raw| !is_here(raw) || !is_general(raw));
                continue;
            }
            let found = texts::apart(text, &place).into_iter().find_map(|surface| {
                let found = self.matcher.find(&surface).into_iter().next()?;
                let tells = found.rule.role == Role::Cause && found.rule.rank >= SPECIFIC;
                tells.then_some((surface, found))
            });
            if let Some((surface, found)) = found {
                raws.retain(|raw| !is_here(raw));
                raws.push(raw_of(&surface, found, None, context));
            }
        }
    }

    fn pasted_hits(&self, context: &Context<'_>, raws: &mut Vec<Raw<'r>>) {
        for recording in context.recordings {
            let Some(text) = &recording.trace.text else {
                continue;
            };
            let Ok(body) = json::parse(text) else {
                continue;
            };
            for mut payload in payload::of_pasted(&body, text, recording.input) {
                payload.entry = recording.base;
                raws.extend(
                    self.payload_hits(&payload, context)
                        .into_iter()
                        .map(|(rule, hit)| raw(rule, hit, None, context)),
                );
            }
        }
    }
}

/// Takes away what corrects a body that the service calls out of date: sent again, it would take back
/// what somebody else saved.
fn keep_stale_bodies(raws: &mut [Raw<'_>]) {
    let entry = |raw: &Raw<'_>| Some(raw.hit.locations.first()?.entry);
    let told = raws
        .iter()
        .filter(|raw| raw.rule.stale_body && raw.is_of_answer());
    let stale: HashSet<usize> = told.filter_map(entry).collect();
    for raw in raws {
        if entry(raw).is_some_and(|entry| stale.contains(&entry)) {
            raw.hit.fix = None;
        }
    }
}

/// The longest sentence that is the evidence of a finding, in bytes.
const MOST_SHOWN: usize = 600;

/// What was found in a text, as the checks of the rule see it.
fn raw_of<'r>(
    surface: &Surface,
    found: Match<'r>,
    call: Option<&EndpointCall>,
    context: &Context<'_>,
) -> Raw<'r> {
    let by_meaning = found.by_meaning;
    let excerpt = || texts::excerpt(&surface.text, &found.span);
    // Of a connection that is only shown no call tells what was said.
    let is_shown = surface.endpoint.is_some() && call.is_none_or(|call| call.said.is_none());
    let sentence = is_shown.then(|| Said::sentence(&surface.text));
    let sentence = sentence.filter(|words| (1..=MOST_SHOWN).contains(&words.len()));
    let mut hit = Hit {
        locations: vec![surface.location.clone()],
        evidence: sentence.unwrap_or_else(excerpt),
        captures: found.captures,
        ..Hit::default()
    };
    for check in families::checks_of(&found.rule.id) {
        if let Check::Text(refine) = check {
            refine(surface, &mut hit, context);
        }
    }
    let mut raw = Raw {
        from_text: true,
        ..raw(found.rule, hit, call, context)
    };
    severity::weigh(&mut raw, surface, by_meaning, context);
    raw
}

fn raw<'r>(
    rule: &'r Rule,
    mut hit: Hit,
    call: Option<&EndpointCall>,
    context: &Context<'_>,
) -> Raw<'r> {
    let located = call.or_else(|| {
        let first = hit.locations.first()?;
        // A text that stands in front of calls belongs to none of them.
        context
            .call_at(first.entry)
            .filter(|_| first.part != Part::Text)
    });
    // Edits are spliced into what was sent, so that has to be there.
    if located.is_some_and(|call| !call.exchange.request.body.is_as_sent()) {
        hit.fix = None;
    }
    let timeline = located.and_then(|call| context.timeline_of(call));
    Raw {
        rule,
        hit,
        timeline,
        operation: located.map(|call| call.operation.name()),
        from_text: false,
        said: false,
        explains: Vec::new(),
        echoes: Vec::new(),
        later: None,
    }
}
