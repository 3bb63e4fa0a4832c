//! Several inputs as one recording: what one shows may be the end of what another began.
//!
//! Inputs with times are joined and judged in order of time; one without times is judged alone. While
//! they are judged, the exchanges of each input count on from its base, so that a number is one place
//! of the whole; [`spread`] turns them back into places of their inputs.

use jiff::Timestamp;

use super::listed;
use super::order::by_time;
use crate::connection::EndpointCall;
use crate::exchange::Exchange;
use crate::ingest::Trace;
use crate::report::Report;
use crate::report::finding::{CallFix, Location};
use crate::rules::engine::Recording;

/// Inputs that are judged together, each with the time it stands at in the order of time.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) recordings: Vec<Recording>,
    calls: Vec<(Option<Timestamp>, EndpointCall)>,
    others: Vec<(Option<Timestamp>, Exchange)>,
    entries: Vec<(Option<Timestamp>, usize)>,
}

/// The parts of a [`Joined`] in order of time.
pub(super) struct Parts {
    pub(super) calls: Vec<EndpointCall>,
    pub(super) others: Vec<Exchange>,
    /// All exchanges.
    pub(super) entries: Vec<usize>,
}

/// Joins `traces` and numbers their calls as they are shown: in the order of the inputs.
pub(super) fn join(traces: Vec<Trace>) -> Vec<Joined> {
    let mut timed = Joined::default();
    let mut alone = Vec::new();
    let mut base = 0;
    let mut number = 0;
    for (input, mut trace) in traces.into_iter().enumerate() {
        let listed = listed::take(&mut trace, input, base);
        let placed = by_time(std::mem::take(&mut trace.exchanges));
        let length = placed.iter().map(|(_, exchange)| exchange.entry + 1).max();
        let has_times = placed.iter().any(|(at, _)| at.is_some());
        let mut own = Joined::default();
        own.calls.extend(listed.map(|call| (None, call)));
        let joined = if has_times { &mut timed } else { &mut own };
        for (at, mut exchange) in placed {
            exchange.entry += base;
            joined.entries.push((at, exchange.entry));
            match EndpointCall::recognise(exchange, input) {
                Ok(mut call) => {
                    number += 1;
                    call.number = number;
                    joined.calls.push((at, call));
                }
                Err(exchange) => joined.others.push((at, *exchange)),
            }
        }
        joined.recordings.push(Recording {
            trace,
            input,
            base,
            timed: has_times,
        });
        base += length.unwrap_or(0).max(1);
        if !has_times {
            alone.push(own);
        }
    }
    if !timed.recordings.is_empty() {
        alone.push(timed);
    }
    alone
}

impl Joined {
    /// What is told of an input that could not be read.
    pub(super) fn unreadable(&self) -> Option<Report> {
        let [only] = self.recordings.as_slice() else {
            return None;
        };
        let why = only.trace.failure.as_ref()?;
        let mut report = Report::unreadable(&only.trace.path, why);
        report.inputs[0].index = only.input;
        Some(report)
    }

    /// Takes the exchanges out, sorted: of equal times those of the first input come first.
    pub(super) fn take(&mut self) -> Parts {
        fn sorted<T>(items: &mut Vec<(Option<Timestamp>, T)>) -> Vec<T> {
            let mut items = std::mem::take(items);
            items.sort_by_key(|(at, _)| *at);
            items.into_iter().map(|(_, item)| item).collect()
        }
        Parts {
            calls: sorted(&mut self.calls),
            others: sorted(&mut self.others),
            entries: sorted(&mut self.entries),
        }
    }
}

/// Gives what `report` tells of `recordings` the places of their inputs.
pub(super) fn spread(report: &mut Report, recordings: &[Recording]) {
    let base = |input: usize| {
        let own = recordings.binary_search_by_key(&input, |one| one.input);
        own.map_or(0, |at| recordings[at].base)
    };
    let locations = report.findings.iter_mut();
    let locations =
        locations.flat_map(|finding| finding.locations.iter_mut().chain(&mut finding.explains));
    for Location { input, entry, .. } in locations {
        *entry -= base(*input);
    }
    for CallFix { input, entry, .. } in &mut report.fixes {
        *entry -= base(*input);
    }
    for call in &mut report.calls {
        call.exchange.entry -= base(call.input);
    }
}
