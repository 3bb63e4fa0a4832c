//! What later calls of a trace tell of the outcome of earlier ones.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::connection::outcome::{State, state_of};
use crate::connection::{EndpointCall, Operation, Outcome, Said};
use crate::text::guid::canonical_id;

/// Settles the outcomes that one answer alone leaves open or tells wrong.
pub(super) fn settle(calls: &mut [EndpointCall]) {
    settle_waiting(calls);
    settle_reads(calls);
}

/// Settles calls whose answer said `InProgress` by the last later read of the same endpoint.
fn settle_waiting(calls: &mut [EndpointCall]) {
    let waits = |call: &EndpointCall| {
        let open = call.outcome == Outcome::Unknown;
        open && call
            .opened()
            .answer()
            .is_some_and(|node| state_of(node) == State::InProgress)
    };
    if !calls.iter().any(waits) {
        return;
    }
    // The calls are in order of time, so the last state seen counts.
    let mut last: HashMap<String, (usize, State, Option<Arc<Said>>)> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        if let Some(id) = call
            .endpoint_id()
            .filter(|_| call.loose_failure().is_some())
        {
            last.insert(canonical_id(id), (at, State::Failed, call.said.clone()));
        }
        for (base, node) in call.opened().answered_endpoints() {
            if let Some(id) = node.str("id") {
                let state = state_of(node);
                let answer = call.exchange.response.as_ref();
                let answer = answer.filter(|_| state == State::Failed);
                let said = answer.map(|answer| Said::of_state(node, &base, answer).into());
                last.insert(canonical_id(id), (at, state, said));
            }
        }
    }
    for (at, call) in calls.iter_mut().enumerate() {
        let waits = waits(call);
        let id = call.endpoint_id().filter(|_| waits);
        let later = id.and_then(|id| last.get(&canonical_id(id)));
        match later.filter(|(place, ..)| *place > at) {
            Some((_, State::Ready, _)) => call.outcome = Outcome::Ok,
            Some((_, State::Failed, said)) => {
                call.outcome = Outcome::Failed;
                call.said.clone_from(said);
            }
            Some((_, State::InProgress, _)) | None => {}
        }
    }
}

/// A read that was answered has not failed where nobody worked on the connection: what it shows is
/// the state of something else.
fn settle_reads(calls: &mut [EndpointCall]) {
    let worked_on: HashSet<String> = calls
        .iter()
        .filter(|call| call.works() && call.operation != Operation::Delete)
        .filter_map(|call| Some(canonical_id(call.endpoint_id()?)))
        .collect();
    for call in calls {
        let accepted = call.status().is_none_or(|status| status < 300);
        let shows = |call: &EndpointCall| {
            let opened = call.opened();
            let answer = opened.answer();
            answer.is_some_and(|node| state_of(node) == State::Failed)
        };
        let id = call.endpoint_id().map(canonical_id);
        if call.operation == Operation::Get
            && call.outcome == Outcome::Failed
            && accepted
            && shows(call)
            && !id.is_some_and(|id| worked_on.contains(&id))
        {
            call.outcome = Outcome::Ok;
            call.said = None;
        }
    }
}
