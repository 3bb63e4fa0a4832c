//! A conversion or its way back that did not succeed.

use super::{Attempt, Ended};
use crate::connection::outcome::State;
use crate::connection::{EndpointCall, Outcome};
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};
use crate::text::readable::readable;

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let Some(attempt) = Attempt::of(call, None, context) else {
        return Vec::new();
    };
    if attempt.ended != Ended::Badly {
        return Vec::new();
    }
    let body = call
        .exchange
        .response
        .as_ref()
        .and_then(|response| response.body.text());
    let refusal = call
        .response()
        .and_then(|body| body.str("message"))
        .or(body.filter(|_| call.outcome == Outcome::Failed));
    let last = attempt
        .last
        .as_ref()
        .filter(|seen| seen.state == State::Failed);
    let state = last.map(|seen| seen.node());
    let said = refusal.or_else(|| {
        let state = state.as_ref()?;
        state
            .get("operationStatus")
            .and_then(|status| status.str("statusMessage"))
    });
    let status = call.status().unwrap_or_default();
    let evidence = match said.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => readable(text),
        None => format!("status {status}, nothing in the answer"),
    };
    let mut hit = Hit::at(call.location(Part::ResponseBody, None)).evidence(evidence);
    if let Some(seen) = last {
        let pointer = format!("{}/operationStatus/statusMessage", seen.pointer);
        hit = hit.and_at(seen.call.location(Part::ResponseBody, Some(pointer)));
    }
    vec![hit]
}
