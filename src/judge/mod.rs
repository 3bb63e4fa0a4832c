//! Traces and rules → [`Report`].

mod absorb;
mod account;
mod advice;
mod evidence;
mod inputs;
mod joined;
mod listed;
mod merge;
mod order;
mod pasted;
mod progress;
mod redacted;
mod state;
mod words;

pub use inputs::empty;
#[cfg(test)]
pub(crate) use redacted::ids_are_masked;

use std::collections::{HashMap, HashSet};

use crate::connection::history::History;
use crate::connection::identity::Projects;
use crate::connection::timeline;
use crate::connection::{EndpointCall, Payload, payload};
use crate::exchange::{Body, Exchange};
use crate::ingest::{Container, Trace};
use crate::json;
use crate::mend::known_good::Offer;
use crate::report::finding::{Applicability, CallFix, Location, Part, Role, Severity};
use crate::report::seen::Seen;
use crate::report::{Input, Report};
use crate::rules::engine::other_hosts::{self, Overcome};
use crate::rules::engine::texts;
use crate::rules::engine::{
    Catalogue, Check, Context, Facts, Hit, Matcher, Place, Recording, Rule,
};
use crate::rules::families;
use crate::sensitive::Known;

use self::joined::{Joined, Parts};

/// A hit of a rule, before hits of one root cause are put together.
struct Raw<'r> {
    rule: &'r Rule,
    hit: Hit,
    /// Index of the timeline it belongs to.
    timeline: Option<usize>,
    /// Name of the operation it happened in.
    operation: Option<&'static str>,
    /// Whether it was found in a text the service wrote.
    from_text: bool,
    /// Whether it is about what the service said of a failed call.
    said: bool,
    /// The words of the failed calls that it explains.
    explains: Vec<Location>,
    /// Where the same root cause showed again.
    echoes: Vec<Location>,
    /// What makes it history, whatever became of the call it was found in.
    later: Option<Later>,
}

impl Raw<'_> {
    /// Whether it was found in what was answered.
    fn is_of_answer(&self) -> bool {
        let first = self.hit.locations.first();
        first.is_some_and(|at| {
            matches!(
                at.part,
                Part::ResponseBody | Part::ResponseHeaders | Part::ResponseStatus
            )
        })
    }
}

/// What makes a fault history.
#[derive(Debug, Clone, Copy)]
enum Later {
    /// The call at this place succeeded.
    Succeeded(usize),
    /// The same request to another host succeeded.
    Repeated,
    /// The call at this place got past it and failed for another reason.
    GotPast(usize),
}

/// What is asked of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// All that is known.
    Report,
    /// What bodies need; no text is read for that.
    Fixes,
}

/// The rules of a run, prepared once for all its traces.
pub struct Analyzer<'r> {
    catalogue: &'r Catalogue,
    /// What rules do beyond matching texts, in the order of the rules.
    checks: Vec<(&'r Rule, Check)>,
    matcher: Matcher<'r>,
    offer: Offer,
}

impl<'r> Analyzer<'r> {
    /// Prepares `catalogue`.
    pub fn new(catalogue: &'r Catalogue) -> Self {
        let rules = catalogue.iter();
        let checks = rules.flat_map(|rule| {
            let own = families::checks_of(&rule.id);
            own.map(move |check| (rule, check))
        });
        Self {
            catalogue,
            checks: checks.collect(),
            matcher: Matcher::new(catalogue.iter()),
            offer: Offer::default(),
        }
    }

    /// The rules it judges by.
    pub(crate) fn catalogue(&self) -> &'r Catalogue {
        self.catalogue
    }

    /// Gives it payloads that work, to compare with what fails and no rule explains.
    #[must_use]
    pub fn with_known_good(mut self, offer: Offer) -> Self {
        self.offer = offer;
        self
    }

    /// Judges one trace, whatever others show.
    pub fn analyze(&self, trace: Trace) -> Report {
        self.judge(vec![trace])
    }

    /// Judges one trace, and gives back the exchanges beside its calls that the judgement used: those of
    /// a trace about connections, and those that a finding names.
    pub fn analyze_with_others(&self, trace: Trace) -> (Report, Vec<Exchange>) {
        let mut report = Report::default();
        let mut others = Vec::new();
        for joined in joined::join(vec![trace]) {
            if let Some(unreadable) = joined.unreadable() {
                report.merge(unreadable);
                continue;
            }
            let (judged, beside) = self.judge_joined(joined, Aim::Report);
            report.merge(judged);
            others.extend(beside);
        }
        report.sort();
        if report.calls.is_empty() {
            others.retain(|exchange| report.names(exchange.entry));
        }
        (report, others)
    }

    /// Judges `traces` as one story: what one shows may be the end of what another began. The results
    /// come in their order.
    pub fn judge(&self, traces: Vec<Trace>) -> Report {
        self.judge_for(traces, Aim::Report)
    }

    fn judge_for(&self, traces: Vec<Trace>, aim: Aim) -> Report {
        let mut report = Report::default();
        for joined in joined::join(traces) {
            report.merge(match joined.unreadable() {
                Some(unreadable) => unreadable,
                None => self.judge_joined(joined, aim).0,
            });
        }
        report.sort();
        report
    }

    /// Judges inputs that share one order of time. Everything goes by places of the whole until the end;
    /// what is given back beside the report are the exchanges that are no calls.
    fn judge_joined(&self, mut joined: Joined, aim: Aim) -> (Report, Vec<Exchange>) {
        let Parts {
            mut calls,
            others,
            entries,
        } = joined.take();
        let recordings = joined.recordings;
        merge::settle(&mut calls);
        listed::settle_reads(&mut calls);
        let texts = || {
            recordings
                .iter()
                .filter_map(|one| one.trace.text.as_deref())
        };
        let known = words::known_secrets(&calls, &others, texts());
        for call in &mut calls {
            call.ids.mask(|id| known.mask_text(id));
            if let Some(said) = &mut call.said {
                said.mask(|text| known.mask_text(text));
            }
        }
        let projects = Projects::of(&calls, &others);
        let timelines = timeline::group(&calls, &projects);
        let history = History::of(&calls, &timelines, &projects);
        let facts = Facts::new(&calls, &timelines).in_order(entries);
        let redacted = redacted_inputs(&recordings, &calls);
        let context = Context {
            recordings: &recordings,
            calls: &calls,
            others: &others,
            timelines: &timelines,
            catalogue: self.catalogue,
            redacted: &redacted,
            known: &known,
            surfaces: &[],
            facts: &facts,
            history: &history,
        };
        let surfaces = match aim {
            Aim::Report => texts::all(&context),
            Aim::Fixes => Vec::new(),
        };
        let context = Context {
            surfaces: &surfaces,
            ..context
        };
        let mut report = match aim {
            Aim::Report => self.told(&context),
            Aim::Fixes => {
                let mut report = Report::default();
                report.fixes = call_fixes(&self.hits(&context), &context);
                report
            }
        };
        let mended: Vec<Option<usize>> = (0..calls.len())
            .map(|at| Some(calls[history.mended_by(at)?].number))
            .collect();
        report.calls = calls;
        for (call, mended) in report.calls.iter_mut().zip(mended) {
            call.mended_by = mended;
        }
        joined::spread(&mut report, &recordings);
        let inputs = recordings.into_iter();
        report.inputs = inputs.map(|one| input_of(one, &known)).collect();
        listed::give_back(&mut report);
        for (input, note) in &report.payloads {
            // They are in the order of the inputs.
            let own = report.inputs.binary_search_by_key(input, |one| one.index);
            if let Ok(at) = own {
                report.inputs[at].notes.push(note.clone());
            }
        }
        report.known = known;
        (report, others)
    }

    /// What is found, missing and unexplained, without the calls it is about.
    fn told(&self, context: &Context<'_>) -> Report {
        let mut report = Report::default();
        let mut raws = self.hits(context);
        account::explain(&mut raws, context);
        let fixes = call_fixes(&raws, context);
        let several = several_mendable(&fixes, context);
        report.findings = merge::findings(raws, several, context);
        report.fixes = fixes;
        for (input, line) in evidence::missing(context) {
            report.missing.push(context.known.mask_text(&line));
            report.open.insert(input);
        }
        let unexplained = account::unexplained(context, &report.findings);
        let mut differences = self.unexplained_hits(context, &unexplained);
        account::explain(&mut differences, context);
        report
            .findings
            .extend(merge::findings(differences, several, context));
        let refusals = self.unexplained_refusals(context, &report);
        report
            .findings
            .extend(merge::findings(refusals, several, context));
        let with_calls: HashSet<usize> = context.calls.iter().map(|call| call.input).collect();
        let mut seen = Seen::of(&report);
        let recordings = context.recordings.iter();
        for recording in recordings.filter(|one| !with_calls.contains(&one.input)) {
            if let Some(text) = pasted::unexplained(&report, &seen, recording) {
                let hits = self.unexplained_text_hits(context, text, recording);
                report
                    .findings
                    .extend(merge::findings(hits, several, context));
                seen.take_findings(&report.findings);
            }
            pasted::judge(&mut report, &seen, recording, context);
        }
        report
    }

    /// The payload faults of one call, each by itself: what a correction of that call has to mend.
    pub fn payload_hits(
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

    /// The fixes that the body at `entry` of trace `input` would still need if it were `body`.
    pub fn fixes_of(
        &self,
        report: &Report,
        input: usize,
        entry: usize,
        body: &str,
    ) -> Vec<CallFix> {
        // Nobody but the connection's own calls has a say in what its body needs.
        let own = report.call_at(input, entry);
        let own = own.and_then(|call| report.connection_of(call));
        let calls = own.into_iter().flat_map(|own| &own.calls);
        let calls = calls
            .filter_map(|number| report.call(*number))
            .filter(|call| call.input == input);
        let mut exchanges: Vec<Exchange> = calls.map(|call| call.exchange.clone()).collect();
        for exchange in exchanges.iter_mut().filter(|own| own.entry == entry) {
            exchange.request.body = Body::Text(body.to_owned());
        }
        let pasted = report
            .inputs
            .get(input)
            .is_some_and(|input| input.text.is_some());
        let trace = Trace {
            container: Container::Json,
            text: pasted.then(|| body.to_owned()),
            exchanges,
            ..Trace::default()
        };
        let mut fixes = self.judge_for(vec![trace], Aim::Fixes).fixes;
        fixes.retain(|fix| fix.entry == entry);
        for fix in &mut fixes {
            fix.input = input;
        }
        fixes
    }

    /// What can still be said of failed calls that no rule explains.
    fn unexplained_hits(&self, context: &Context<'_>, calls: &[&EndpointCall]) -> Vec<Raw<'r>> {
        let mut raws = Vec::new();
        for (rule, check) in &self.checks {
            if let Check::Unexplained(check) = check {
                raws.extend(calls.iter().flat_map(|call| {
                    let hits = check(call, context, &self.offer);
                    hits.into_iter()
                        .map(|hit| raw(rule, hit, Some(call), context))
                }));
            }
        }
        raws
    }

    /// What somebody did in a portal and was refused, and no rule explains.
    fn unexplained_refusals(&self, context: &Context<'_>, report: &Report) -> Vec<Raw<'r>> {
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
        for rule in self.catalogue.iter() {
            for check in families::checks_of(&rule.id) {
                if let Check::UnexplainedOther(check) = check {
                    let hits = untold
                        .iter()
                        .filter_map(|exchange| check(exchange, context));
                    raws.extend(hits.map(|hit| raw(rule, hit, None, context)));
                }
            }
        }
        raws
    }

    /// What can still be said of a pasted text that no rule explains.
    fn unexplained_text_hits(
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

    fn hits(&self, context: &Context<'_>) -> Vec<Raw<'r>> {
        let mut raws = Vec::new();
        for call in context.calls {
            for payload in call.payloads() {
                raws.extend(
                    self.payload_hits(&payload, context)
                        .into_iter()
                        .map(|(rule, hit)| raw(rule, hit, Some(call), context)),
                );
            }
        }
        self.check_hits(context, &mut raws);
        let known: HashSet<usize> = raws
            .iter()
            .filter(|raw| raw.rule.role == Role::Cause && raw.is_of_answer())
            .filter_map(|raw| Some(raw.hit.locations.first()?.entry))
            .collect();
        for surface in context.surfaces {
            let entry = surface.location.entry;
            let call = surface.call.and_then(|_| context.call_at(entry));
            let mut found = self.matcher.find(surface);
            let open = call.is_some_and(|call| account::is_open(call, context));
            if open && !known.contains(&entry) {
                let more = self.matcher.find_anywhere(surface, &found);
                if !more.is_empty() {
                    found = more;
                }
            }
            for found in found {
                let mut hit = Hit {
                    locations: vec![surface.location.clone()],
                    evidence: texts::excerpt(&surface.text, &found.span),
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
                state::weigh(&mut raw, surface, context);
                // A paragraph says again what the whole text said.
                let again = |known: &Raw<'_>| {
                    known.from_text && known.rule.id == raw.rule.id && absorb::agree(known, &raw)
                };
                if surface.place != Place::Text || !raws.iter().any(again) {
                    raws.push(raw);
                }
            }
        }
        self.pasted_hits(context, &mut raws);
        for raw in &mut raws {
            raw.later = raw.later.or_else(|| overcome(raw, context));
        }
        raws
    }

    fn check_hits(&self, context: &Context<'_>, raws: &mut Vec<Raw<'r>>) {
        for (rule, check) in &self.checks {
            match check {
                Check::Call(check) => {
                    for call in context
                        .calls
                        .iter()
                        .filter(|call| rule.concerns(call.scheme()))
                        .filter(|call| {
                            let kind = call.endpoint_type();
                            kind.is_none_or(|kind| rule.concerns_type(kind))
                        })
                    {
                        raws.extend(
                            check(call, context)
                                .into_iter()
                                .map(|hit| raw(rule, hit, Some(call), context)),
                        );
                    }
                }
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

/// The inputs whose ids somebody masked.
fn redacted_inputs(recordings: &[Recording], calls: &[EndpointCall]) -> HashSet<usize> {
    let mut by_input: HashMap<usize, Vec<&EndpointCall>> = HashMap::new();
    for call in calls {
        by_input.entry(call.input).or_default().push(call);
    }
    let masked = recordings.iter().filter(|one| {
        let own = by_input.remove(&one.input).unwrap_or_default();
        redacted::ids_are_masked(own, one.trace.text.as_deref())
    });
    masked.map(|one| one.input).collect()
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
    if located.is_some_and(|call| call.exchange.request.body.as_sent().is_none()) {
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

/// What makes a refusal by another host history.
fn overcome(raw: &Raw<'_>, context: &Context<'_>) -> Option<Later> {
    let entry = raw.hit.locations.first()?.entry;
    if context.place_of(entry).is_some() {
        return None;
    }
    let exchange = context.other_at(entry)?;
    let status = exchange.response.as_ref().map(|response| response.status);
    if !raw.from_text && status.is_none_or(|status| status < 400) {
        return None;
    }
    Some(match other_hosts::overcome(exchange, context)? {
        Overcome::Repeated => Later::Repeated,
        Overcome::LetIn(at) => Later::Succeeded(at),
    })
}

/// The fix of every hit at the call it was found in: a correction mends one call, whatever root
/// cause several calls share.
fn call_fixes(raws: &[Raw<'_>], context: &Context<'_>) -> Vec<CallFix> {
    let fix_of = |raw: &Raw<'_>| {
        let location = raw.hit.locations.first()?;
        let call = context.call_at(location.entry);
        let place = context.place_of(location.entry);
        let history = place.filter(|_| call.is_some()).is_some_and(|at| {
            let history = context.history;
            let later = history.mended_by(at).or_else(|| history.done_after(at));
            later.or_else(|| history.proved_by(at)).is_some()
        });
        Some(CallFix {
            input: location.input,
            entry: location.entry,
            rule: raw.rule.id.clone(),
            severity: raw.hit.severity.unwrap_or(raw.rule.severity),
            fix: raw.hit.fix.clone()?,
            history,
        })
    };
    raws.iter().filter_map(fix_of).collect()
}

/// Whether the writes of more than one endpoint have something to mend.
fn several_mendable(fixes: &[CallFix], context: &Context<'_>) -> bool {
    let mendable = fixes.iter().filter(|fix| {
        fix.fix.applicability > Applicability::DisplayOnly
            && fix.severity > Severity::Note
            && !fix.history
    });
    let timelines: HashSet<Option<usize>> = mendable
        .filter_map(|fix| context.call_at(fix.entry))
        .filter(|call| call.operation.writes_endpoint())
        .map(|call| context.timeline_of(call))
        .collect();
    timelines.len() > 1
}

fn input_of(recording: Recording, known: &Known) -> Input {
    let mut trace = recording.trace;
    for note in &mut trace.notes {
        note.message = known.mask_text(&note.message);
    }
    Input {
        index: recording.input,
        timed: recording.timed,
        path: trace.path,
        container: trace.container,
        creator: trace.creator.map(|creator| known.mask_text(&creator)),
        exchanges: trace.total,
        notes: trace.notes,
        text: trace.text.filter(|_| trace.container.is_document()),
        ..Input::default()
    }
}
