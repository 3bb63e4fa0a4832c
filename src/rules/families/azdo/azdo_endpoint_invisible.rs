//! A read that was answered with nothing, though another call shows that the endpoint exists.

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::Node;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, call) in context.calls.iter().enumerate() {
        let before = &context.calls[..at];
        for wanted in wanted(call) {
            if let Some(name) = exists(&wanted, call, before) {
                let location = call.location(Part::ResponseBody, Some(String::new()));
                let hit = Hit::at(location)
                    .evidence(format!("status 200, nothing for {wanted}"))
                    .capture("endpoint_name", name);
                hits.push(hit);
            }
        }
    }
    hits
}

/// The ids and names that a read asked for and got nothing for.
fn wanted(call: &EndpointCall) -> Vec<String> {
    let reads = matches!(call.operation, Operation::Get | Operation::List);
    let empty = reads
        && call.status() == Some(200)
        && call
            .opened()
            .response()
            .is_some_and(|body| body.is_null() || is_empty_list(body));
    if !empty {
        return Vec::new();
    }
    match call.operation {
        Operation::Get => call.endpoint_id().map(str::to_owned).into_iter().collect(),
        Operation::List => ["endpointIds", "endpointNames"]
            .iter()
            .filter_map(|name| call.route.query(name))
            .flat_map(|list| list.split(','))
            .map(|one| one.trim().to_owned())
            .filter(|one| !one.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

fn is_empty_list(body: &Node) -> bool {
    let list = body.get("value").unwrap_or(body);
    list.is_array() && list.items().is_empty()
}

/// The name of the endpoint called `wanted` if an earlier call proves that it exists.
fn exists(wanted: &str, reader: &EndpointCall, before: &[EndpointCall]) -> Option<String> {
    let mut found = None;
    for call in before
        .iter()
        .filter(|call| call.route.host == reader.route.host)
    {
        let about = |id: Option<&str>, name: Option<&str>| {
            [id, name]
                .into_iter()
                .flatten()
                .any(|known| known.eq_ignore_ascii_case(wanted))
        };
        if call.operation == Operation::Delete {
            let name = found.as_deref();
            if call.outcome == Outcome::Ok && about(call.endpoint_id(), name) {
                found = None;
            }
            continue;
        }
        if call.outcome == Outcome::Failed {
            continue;
        }
        for (_, endpoint) in call.opened().answered_endpoints() {
            if about(endpoint.str("id"), endpoint.str("name")) {
                found = endpoint.str("name").map(str::to_owned);
            }
        }
    }
    found
}
