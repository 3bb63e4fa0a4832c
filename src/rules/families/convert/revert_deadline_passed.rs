//! A way back that was tried too late, by the trace's own clock.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use super::{Attempt, Ended, SECRET, datum};
use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let Some(attempt) = Attempt::of(call, Some(SECRET), context) else {
        return Vec::new();
    };
    let views = attempt.views(context);
    let deadline = views
        .iter()
        .find_map(|node| datum(node, "revertSchemeDeadline"));
    let passed = match (deadline.and_then(moment), time_of(call)) {
        (Some(deadline), Some(now)) => now > deadline,
        _ => false,
    };
    if attempt.ended == Ended::Well || !passed {
        return Vec::new();
    }
    let deadline = deadline.unwrap_or_default();
    vec![
        attempt
            .hit_at_datum("revertSchemeDeadline", context)
            .evidence(format!("deadline {deadline}"))
            .capture("deadline", deadline),
    ]
}

/// When the call was made: as recorded, or as the service dates its answer.
fn time_of(call: &EndpointCall) -> Option<Timestamp> {
    call.exchange.started.or_else(|| {
        let exchange = call.exchange.opened();
        let date = exchange.response.as_ref()?.headers.get("date")?;
        Some(rfc2822::parse(date.trim()).ok()?.timestamp())
    })
}

/// A moment as the service writes it; without an offset it is UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let plain = || {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_deadline_without_an_offset_is_utc() {
        let utc = moment("2026-03-10T09:00:00Z");
        assert!(utc.is_some());
        for same in [
            "2026-03-10T09:00:00",
            "2026-03-10T09:00:00.0000000Z",
            "2026-03-10T10:00:00+01:00",
        ] {
            assert_eq!(moment(same), utc, "{same}");
        }
        assert_eq!(moment("/Date(1700000000000)/"), None);
    }
}
