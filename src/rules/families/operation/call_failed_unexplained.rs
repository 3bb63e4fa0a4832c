//! A failed call whose words no rule knows: the words, and what to hand over with them.

use crate::connection::{EndpointCall, Said};
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit, Models};

pub(in crate::rules::families) fn check(
    call: &EndpointCall,
    context: &Context<'_>,
    _: &Models<'_>,
) -> Vec<Hit> {
    let Some(said) = &call.said else {
        return Vec::new();
    };
    let status = said.status.map(|status| format!("HTTP {status}"));
    let facts: Vec<String> = status.into_iter().chain(said.code.clone()).collect();
    let facts = match facts.join(", ") {
        facts if facts.is_empty() => facts,
        facts => format!(" ({facts})"),
    };
    let name = call.endpoint_name().or_else(|| call.endpoint_id());
    // The name of a connection may quote a secret.
    let name = name.map(|name| context.known.mask_text(name));
    let name = name.map_or_else(String::new, |name| format!(" of '{name}'"));
    let part = match said.pointer {
        None if !call.answers_json() => Part::ResponseStatus,
        _ => Part::ResponseBody,
    };
    let hit = Hit::at(call.location(part, said.pointer.clone()))
        .evidence(said.message.clone())
        .message(format!(
            "The {}{name} failed{facts}. The service said: {}",
            call.operation.name(),
            said.telling()
        ))
        .capture("call", call.number.to_string())
        .capture("words", said.telling())
        .capture("handover", handover(call))
        .capture("whom", whom(call, said));
    vec![hit]
}

/// What lets the people of the service find the call in their logs.
fn handover(call: &EndpointCall) -> String {
    let mut ids: Vec<String> = call
        .ids
        .named()
        .map(|(name, id)| format!("{name} {id}"))
        .collect();
    if let (None, Some(started)) = (&call.ids.timestamp, call.exchange.started) {
        ids.push(format!("time (UTC) {started}"));
    }
    if ids.is_empty() {
        return "the address of the call and the time in UTC; the trace holds no id of it"
            .to_owned();
    }
    ids.join(", ")
}

/// Who can look the call up.
fn whom(call: &EndpointCall, said: &Said) -> String {
    let code = said.code.as_deref().unwrap_or_default();
    let who = if code.starts_with("AADSTS") || call.ids.trace_id.is_some() {
        "An administrator of the directory finds the sign-in by them in the sign-in logs of Entra ID"
    } else if call.ids.correlation_id.is_some() {
        "The support of Azure finds the request by them, and so does the activity log of the subscription"
    } else {
        "An administrator of the organization hands them to the support of Azure DevOps"
    };
    format!("{who}.")
}
