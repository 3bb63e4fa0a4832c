//! Several inputs as one recording: what one shows may be the end of what another began.
//!
//! Inputs with times are joined and judged in order of time; one without times is judged alone. While
//! they are judged, the exchanges of each input count on from its base, so that a number is one place
//! of the whole; [`spread`] turns them back into places of their inputs.

use jiff::Timestamp;

use crate::connection::EndpointCall;
use crate::exchange::Exchange;
use crate::report::Report;
use crate::report::finding::{CallFix, Location};
use crate::rules::engine::Recording;

/// Inputs that are judged together, each with the time it stands at in the order of time.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) recordings: Vec<Recording>,
    pub(super) calls: Vec<(Option<Timestamp>, EndpointCall)>,
    pub(super) others: Vec<(Option<Timestamp>, Exchange)>,
    pub(super) entries: Vec<(Option<Timestamp>, usize)>,
}

/// The parts of a [`Joined`] in order of time.
pub(super) struct Parts {
    pub(super) calls: Vec<EndpointCall>,
    pub(super) others: Vec<Exchange>,
    /// All exchanges.
    pub(super) entries: Vec<usize>,
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

/// Dates before this one (1990) are what recorders write where they know none: 0001, 1601, 1970.
const FIRST: i64 = 631_152_000;

/// Sorts `exchanges`, which are in the order of their file. One without a date stands where the file
/// has it: behind the one before it, and at the start before the one after it. Each comes with the time
/// it stands at; none has one where nothing in the file tells any.
pub(super) fn by_time(mut exchanges: Vec<Exchange>) -> Vec<(Option<Timestamp>, Exchange)> {
    exchanges.sort_by_key(|exchange| exchange.entry);
    for exchange in &mut exchanges {
        exchange.started = exchange.started.filter(|at| at.as_second() > FIRST);
    }
    if exchanges.iter().all(|exchange| exchange.started.is_none()) {
        by_answers(&mut exchanges);
    }
    let mut last = exchanges.iter().find_map(|exchange| exchange.started);
    let mut placed: Vec<(Option<Timestamp>, Exchange)> = exchanges
        .into_iter()
        .map(|exchange| {
            last = exchange.started.or(last);
            (last, exchange)
        })
        .collect();
    placed.sort_by_key(|(at, exchange)| (*at, exchange.entry));
    placed
}

/// Gives exchanges without times, of a log for example, those of their answers. The clocks of several
/// services may differ: their order stays.
fn by_answers(exchanges: &mut [Exchange]) {
    let mut last = None;
    for exchange in exchanges {
        let answered = exchange.answered().filter(|at| at.as_second() > FIRST);
        exchange.started = answered.max(last.filter(|_| answered.is_some()));
        last = exchange.started.or(last);
    }
}

#[cfg(test)]
mod tests {
    use super::by_time;
    use crate::exchange::Exchange;

    /// The entries in the order they get; `-` has no date.
    fn order(dates: &[&str]) -> Vec<usize> {
        let exchanges = dates.iter().enumerate().map(|(entry, date)| Exchange {
            entry,
            started: date.parse().ok(),
            ..Exchange::default()
        });
        let sorted = by_time(exchanges.collect());
        sorted.iter().map(|(_, exchange)| exchange.entry).collect()
    }

    #[test]
    fn what_has_no_date_stays_beside_its_neighbours() {
        let (one, two, three) = (
            "2026-01-01T00:00:01Z",
            "2026-01-01T00:00:02Z",
            "2026-01-01T00:00:03Z",
        );
        assert_eq!(order(&[one, "-"]), [0, 1]);
        assert_eq!(order(&["-", one]), [0, 1]);
        assert_eq!(order(&[two, "-", one, "-", three]), [2, 3, 0, 1, 4]);
        assert_eq!(order(&["-", "-"]), [0, 1]);
        assert_eq!(order(&[one, "0001-01-01T00:00:00Z", three]), [0, 1, 2]);
        assert_eq!(order(&[one, "1970-01-01T00:00:00Z", three]), [0, 1, 2]);
    }
}
