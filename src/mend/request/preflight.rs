//! What to read before writing, and what to expect.

use super::{Mark, Place, Preflight, safe_url};
use crate::connection::{EndpointCall, Operation};
use crate::json::Node;
use crate::mend::last_state::last_state;
use crate::report::Report;

/// The endpoint as the trace last showed it, and the URL that the trace read it with.
///
/// Only a URL on the host of the write is used: it is the one that gets the credential.
pub(super) fn of(call: &EndpointCall, report: &Report) -> Option<Preflight> {
    if !matches!(call.operation, Operation::Update | Operation::Convert) {
        return None;
    }
    let id = call.endpoint_id()?;
    let reads = |other: &&EndpointCall| {
        other.operation == Operation::Get
            && other.route.host == call.route.host
            && other
                .endpoint_id()
                .is_some_and(|own| own.eq_ignore_ascii_case(id))
    };
    let read = report.calls.iter().rev().find(reads)?;
    let state = last_state(report, call)?;
    let marks = marks(state.node, state.text);
    (!marks.is_empty()).then_some(Preflight {
        url: safe_url(read).ok()?,
        marks,
    })
}

/// The time of the last change, which newer versions tell; or else the name and the scheme.
fn marks(endpoint: &Node, text: &str) -> Vec<Mark> {
    let mark = |owner: &Node, key: &str, place| {
        let member = owner.member(key)?;
        let value = member.value.as_str()?;
        let base = endpoint.span.start;
        let start = member.key_span.start.checked_sub(base)?;
        let end = member.value.span.end.checked_sub(base)?;
        let text: String = text
            .get(start..end)?
            .chars()
            .filter(|c| !c.is_ascii_whitespace())
            .collect();
        // A portal asks for its own form of dates, which another reader does not get.
        let foreign = value.starts_with("/Date");
        let shown = |text: &str| {
            text.bytes()
                .all(|byte| byte == b' ' || byte.is_ascii_graphic())
        };
        let plain = !foreign && shown(&text) && shown(value);
        plain.then(|| Mark {
            place,
            text,
            value: value.to_owned(),
        })
    };
    if let Some(changed) = mark(endpoint, "modificationDate", Place::Changed) {
        return vec![changed];
    }
    let scheme = endpoint
        .get("authorization")
        .and_then(|node| mark(node, "scheme", Place::Scheme));
    let name = mark(endpoint, "name", Place::Name);
    name.into_iter().chain(scheme).collect()
}
