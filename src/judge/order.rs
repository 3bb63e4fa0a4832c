//! The exchanges of a trace in order of time.

use jiff::Timestamp;

use crate::exchange::Exchange;

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
