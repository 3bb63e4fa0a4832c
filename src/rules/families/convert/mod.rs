//! From a secret to workload identity federation, and back.

mod convert_failed;
mod convert_manual_connection;
mod convert_nothing_to_do;
mod convert_shared_connection;
mod revert_deadline_passed;
mod revert_manual;

use crate::connection::outcome::State;
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::exchange::Body;
use crate::json::Node;
use crate::report::finding::{Part, Severity};
use crate::rules::engine::{Check, Context, Hit, LastSeen};

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    ("convert-failed", Check::Call(convert_failed::check)),
    (
        "convert-manual-connection",
        Check::Call(convert_manual_connection::check),
    ),
    (
        "convert-nothing-to-do",
        Check::Call(convert_nothing_to_do::check),
    ),
    (
        "convert-shared-connection",
        Check::Call(convert_shared_connection::check),
    ),
    (
        "revert-deadline-passed",
        Check::Call(revert_deadline_passed::check),
    ),
    ("revert-manual", Check::Call(revert_manual::check)),
];

/// The scheme of a conversion's target that means "to federation".
const FEDERATION: &str = "WorkloadIdentityFederation";

/// The scheme of a conversion's target that means "back to the secret".
const SECRET: &str = "ServicePrincipal";

/// How a conversion ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    Unknown,
}

/// One request to convert or to revert.
struct Attempt<'c, 'a> {
    call: &'c EndpointCall,
    ended: Ended,
    /// The last word about the endpoint, if it says how the work behind the request ended.
    last: Option<&'c LastSeen<'a>>,
}

impl<'c, 'a> Attempt<'c, 'a> {
    /// An attempt to get to `target`; any if `None`.
    fn of(call: &'c EndpointCall, target: Option<&str>, context: &'c Context<'a>) -> Option<Self> {
        if call.operation != Operation::Convert {
            return None;
        }
        let asked = call
            .stored()
            .and_then(|node| node.get("authorization"))
            .and_then(|node| node.str("scheme"));
        if target
            .is_some_and(|target| asked.is_none_or(|asked| !asked.eq_ignore_ascii_case(target)))
        {
            return None;
        }
        let last = call
            .endpoint_id()
            .and_then(|id| context.last_seen_of(id))
            .filter(|seen| {
                let place = |call: &EndpointCall| context.place_of(call.exchange.entry);
                place(seen.call) >= place(call)
            });
        let ended = ended(call, last);
        Some(Self { call, ended, last })
    }

    /// The endpoint as the request and every answer of the trace show it.
    fn views(&self, context: &Context<'a>) -> Vec<Node> {
        let id = self.call.endpoint_id().unwrap_or_default();
        let mut views: Vec<Node> = self.call.stored().cloned().into_iter().collect();
        for call in context.calls {
            let opened = call.opened();
            let answered = opened.answered_endpoints().into_iter();
            let own = answered.map(|(_, node)| node).filter(|node| {
                node.str("id")
                    .is_some_and(|own| own.eq_ignore_ascii_case(id))
            });
            views.extend(own.cloned());
        }
        views
    }

    /// Whether the endpoint was set up by hand.
    fn is_manual(&self, context: &Context<'a>) -> bool {
        self.views(context)
            .iter()
            .find_map(|node| datum(node, "creationMode"))
            .is_some_and(|mode| mode.eq_ignore_ascii_case("Manual"))
    }

    /// A hit at `data.{name}` of the request, or at what it asks for and the answer that shows the value.
    fn hit_at_datum(&self, name: &str, context: &Context<'_>) -> Hit {
        let pointer = format!("/data/{name}");
        let sent = self.call.stored().and_then(|node| datum(node, name));
        if sent.is_some() {
            return self.hit(&pointer);
        }
        let id = self.call.endpoint_id().unwrap_or_default();
        let shown = context.calls.iter().find_map(|call| {
            let opened = call.opened();
            let mut own = opened.answered_endpoints().into_iter().filter(|(_, node)| {
                let same = node
                    .str("id")
                    .is_some_and(|own| own.eq_ignore_ascii_case(id));
                same && datum(node, name).is_some()
            });
            let (base, _) = own.next()?;
            Some(call.location(Part::ResponseBody, Some(format!("{base}{pointer}"))))
        });
        let hit = self.hit("/authorization/scheme");
        shown.into_iter().fold(hit, Hit::and_at)
    }

    /// A hit in the request, weaker if the trace does not show how it ended.
    fn hit(&self, pointer: &str) -> Hit {
        let hit = Hit::at(
            self.call
                .location(Part::RequestBody, Some(pointer.to_owned())),
        );
        match self.ended {
            Ended::Unknown => hit.severity(Severity::Warning),
            _ => hit,
        }
    }
}

/// An attempt to get to `target` that did not end well, on an endpoint that was set up by hand.
fn of_manual(call: &EndpointCall, target: &str, context: &Context<'_>) -> Vec<Hit> {
    Attempt::of(call, Some(target), context)
        .filter(|attempt| attempt.ended != Ended::Well && attempt.is_manual(context))
        .map(|attempt| {
            let hit = attempt.hit_at_datum("creationMode", context);
            hit.evidence("\"creationMode\": \"Manual\"")
        })
        .into_iter()
        .collect()
}

fn ended(call: &EndpointCall, last: Option<&LastSeen<'_>>) -> Ended {
    let response = call.exchange.response.as_ref();
    let empty = response
        .is_some_and(|response| response.status == 200 && matches!(response.body, Body::Empty));
    if call.outcome == Outcome::Failed || empty {
        return Ended::Badly;
    }
    match last.map(|last| last.state) {
        Some(State::Failed) => Ended::Badly,
        Some(State::Ready) => Ended::Well,
        None if call.outcome == Outcome::Ok => Ended::Well,
        Some(State::InProgress) | None => Ended::Unknown,
    }
}

/// `data.{name}` of an endpoint, if it is not empty.
fn datum<'a>(endpoint: &'a Node, name: &str) -> Option<&'a str> {
    endpoint
        .get("data")
        .and_then(|data| data.str(name))
        .map(str::trim)
        .filter(|text| !text.is_empty())
}
