//! Traces and rules → [`Report`].

mod account;
mod consequences;
mod findings;
mod fixes;
mod hits;
mod inputs;
mod joined;
mod later;
mod masked_ids;
mod missing;
mod outcomes;
mod remedy;
mod repeats;
mod saved_lists;
mod severity;
mod traces;
mod values;
mod without_calls;
mod words;

pub use inputs::empty;
#[cfg(test)]
pub(crate) use masked_ids::ids_are_masked;
pub use traces::Traces;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::connection::EndpointCall;
use crate::connection::history::History;
use crate::connection::identity::Projects;
use crate::connection::timeline;
use crate::exchange::Exchange;
use crate::ingest::Trace;
use crate::mend::known_good::Offer;
use crate::report::seen::Seen;
use crate::report::{Input, Report};
use crate::rules::engine::texts;
use crate::rules::engine::{Catalogue, Check, Context, Facts, Matcher, Recording, Rule};
use crate::rules::families;
use crate::sensitive::Known;

use self::joined::{Joined, Parts};
use self::masked_ids::MaskedIds;

/// What is asked of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// All that is known.
    Report,
    /// What bodies need; no text is read for that.
    Fixes,
}

/// What all bodies together tell.
struct Looked {
    /// The secrets: the service quotes them back in messages.
    known: Known,
    projects: Projects,
    /// The inputs whose ids somebody masked.
    redacted: HashSet<usize>,
}

/// The rules of a run, prepared once for all its traces.
pub struct Analyzer<'r> {
    catalogue: &'r Catalogue,
    /// What rules do beyond matching texts, in the order of the rules.
    checks: Vec<(&'r Rule, Check)>,
    matcher: Matcher<'r>,
    offer: Offer,
}

impl Default for Analyzer<'static> {
    /// Judges by the built-in rules.
    fn default() -> Self {
        Self::new(Catalogue::shared())
    }
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
        for joined in Traces::from(vec![trace]).joined() {
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
            // With what is named belongs its repetition, which may have ended it.
            let address = |exchange: &Exchange| {
                let request = &exchange.request;
                (request.method.to_ascii_lowercase(), request.url.clone())
            };
            let named = others
                .iter()
                .filter(|exchange| report.names(exchange.entry));
            let named: HashSet<(String, String)> = named.map(address).collect();
            others.retain(|exchange| named.contains(&address(exchange)));
        }
        (report, others)
    }

    /// Judges `traces` as one story: what one shows may be the end of what another began. The results
    /// come in their order.
    pub fn judge(&self, traces: impl Into<Traces>) -> Report {
        self.judge_for(traces.into(), Aim::Report)
    }

    fn judge_for(&self, traces: Traces, aim: Aim) -> Report {
        let mut report = Report::default();
        for joined in traces.joined() {
            report.merge(match joined.unreadable() {
                Some(unreadable) => unreadable,
                None => self.judge_joined(joined, aim).0,
            });
        }
        report.sort();
        if repeats::fold(&mut report) {
            report.sort();
        }
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
        outcomes::settle(&mut calls);
        let Looked {
            known,
            projects,
            redacted,
        } = self.look_through(&recordings, &calls, &others);
        for call in &mut calls {
            Arc::make_mut(&mut call.ids).mask(|id| known.mask_id(id));
            if let Some(said) = &mut call.said {
                Arc::make_mut(said).mask(|text| known.mask_text(text));
            }
        }
        let timelines = timeline::group(&calls, &projects);
        let history = History::of(&calls, &timelines, &projects);
        let facts = Facts::new(&calls, &timelines).in_order(entries);
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
                report.fixes = fixes::of(&self.hits(&context), &context);
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
        saved_lists::give_back(&mut report);
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

    /// Looks once into every body.
    fn look_through(
        &self,
        recordings: &[Recording],
        calls: &[EndpointCall],
        others: &[Exchange],
    ) -> Looked {
        let mut known = Known::of(self.catalogue.types());
        let mut projects = Projects::default();
        let mut ids: HashMap<usize, MaskedIds> = HashMap::new();
        for call in calls {
            let call = call.opened();
            known.learn(&call.exchange, [call.request(), call.response()]);
            projects.take(&call);
            ids.entry(call.input).or_default().take(&call);
        }
        for exchange in others {
            let exchange = exchange.opened();
            known.learn(&exchange, [None, None]);
            projects.take_list(&exchange);
        }
        for recording in recordings {
            if let Some(text) = &recording.trace.text {
                known.learn_text(text);
                ids.entry(recording.input).or_default().take_text(text);
            }
        }
        known.forget(crate::rules::vocabulary::is_common);
        let redacted = ids.iter().filter(|(_, ids)| ids.are_most());
        Looked {
            known,
            projects,
            redacted: redacted.map(|(input, _)| *input).collect(),
        }
    }

    /// What is found, missing and unexplained, without the calls it is about.
    fn told(&self, context: &Context<'_>) -> Report {
        let mut report = Report::default();
        let mut raws = self.hits(context);
        account::explain(&mut raws, context);
        let fixes = fixes::of(&raws, context);
        let several = fixes::are_of_several(&fixes, context);
        report.findings = findings::of(raws, several, context);
        report.fixes = fixes;
        for (input, line) in missing::of(context) {
            report.missing.push(context.known.mask_text(&line));
            report.open.insert(input);
        }
        let unexplained = account::unexplained(context, &report.findings);
        let mut differences = self.unexplained_hits(context, &unexplained);
        account::explain(&mut differences, context);
        report
            .findings
            .extend(findings::of(differences, several, context));
        let refusals = self.unexplained_refusals(context, &report);
        report
            .findings
            .extend(findings::of(refusals, several, context));
        let mut seen = Seen::of(&report);
        let recordings = context.recordings.iter();
        for recording in recordings.filter(|one| !context.is_beside_calls(one.input)) {
            if let Some(text) = without_calls::unexplained(&report, &seen, recording) {
                let hits = self.unexplained_text_hits(context, text, recording);
                report.findings.extend(findings::of(hits, several, context));
                seen.take_findings(&report.findings);
            }
            without_calls::judge(&mut report, &seen, recording, context);
        }
        report
    }
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
