//! A list of connections that was saved to a file is what the service answered to a read, without the
//! call: it is judged as such an answer, and told of as the document that it is.

use std::collections::HashSet;

use crate::connection::outcome::{State, state_of};
use crate::connection::{EndpointCall, Operation};
use crate::ingest::{Container, Trace};
use crate::json::{self, Node};
use crate::report::Report;
use crate::report::finding::Part;

/// Takes the answer out of an input that is a list, or a connection that failed.
pub(super) fn take(trace: &mut Trace, input: usize, entry: usize) -> Option<EndpointCall> {
    if trace.container != Container::Json {
        return None;
    }
    let body = json::parse(trace.text.as_deref()?).ok()?;
    let is_endpoint = |node: &Node| {
        node.get("id").is_some() && node.get("type").is_some() && node.get("url").is_some()
    };
    let items = body.get("value").unwrap_or(&body).items();
    let operation = if items.iter().any(is_endpoint) {
        Operation::List
    } else if is_endpoint(&body) && state_of(&body) == State::Failed {
        Operation::Get
    } else {
        return None;
    };
    let text = trace.text.take()?;
    Some(EndpointCall::of_saved_answer(
        text, body, operation, input, entry,
    ))
}

/// Puts the documents back in their place.
pub(super) fn give_back(report: &mut Report) {
    let is_listed = |call: &mut EndpointCall| call.is_saved_answer();
    let listed: Vec<EndpointCall> = report.calls.extract_if(.., is_listed).collect();
    let inputs: HashSet<usize> = listed.iter().map(|call| call.input).collect();
    for call in &listed {
        let inputs = &mut report.inputs;
        let own = inputs.binary_search_by_key(&call.input, |one| one.index);
        let call = call.opened();
        let answer = call.exchange.response.as_ref();
        let text = answer.and_then(|answer| answer.body.text());
        if let (Ok(at), Some(text)) = (own, text) {
            inputs[at].text = Some(text.to_owned());
        }
    }
    let findings = report.findings.iter_mut();
    for location in findings.flat_map(|finding| &mut finding.locations) {
        if inputs.contains(&location.input) {
            location.part = Part::Text;
        }
    }
    report.answers = listed;
}
