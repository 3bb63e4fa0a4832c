//! A change that Azure or the directory refused in a portal, in words that no rule knows.

use crate::connection::{Operation, Said};
use crate::exchange::Exchange;
use crate::json;
use crate::report::finding::Part;
use crate::rules::engine::attempts::was_refused;
use crate::rules::engine::{Context, Hit};
use crate::text::url;

/// Beside service-endpoint calls only what belongs to their flow counts, which the rules of that know.
pub(in crate::rules::families) fn check(exchange: &Exchange, context: &Context<'_>) -> Option<Hit> {
    let answer = exchange.response.as_ref()?;
    let recording = context.recording_of(exchange.entry)?;
    // Who is not signed in, or asks for what is not there, was not refused what they did.
    if matches!(answer.status, 401 | 404)
        || context.is_beside_calls(recording.input)
        || !was_refused(exchange)
        || context.is_repeated(exchange)
    {
        return None;
    }
    let body = answer.body.text().and_then(|text| json::parse(text).ok());
    let said = Said::of(exchange, Operation::Get, body.as_ref());
    let mut location = context.location(exchange.entry, Part::ResponseBody);
    location.pointer.clone_from(&said.pointer);
    let host = url::host(&exchange.request.url).unwrap_or_default();
    Some(
        Hit::at(location)
            .evidence(said.message.clone())
            .capture("host", host)
            .capture("entry", (exchange.entry - recording.base).to_string())
            .capture("words", said.telling()),
    )
}
