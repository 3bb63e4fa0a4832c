//! A body of which the recorder kept only the beginning.

use crate::connection::EndpointCall;
use crate::exchange::Body;
use crate::json;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let answer = call
        .exchange
        .response
        .as_ref()
        .map(|response| (Part::ResponseBody, &response.body, call.answers_json()));
    let request = &call.exchange.request.body;
    let parts = [(Part::RequestBody, request, call.sends_json())]
        .into_iter()
        .chain(answer);
    parts
        .filter_map(|(part, body, is_whole)| Some((part, cut(body, is_whole)?)))
        .map(|(part, how)| Hit::at(call.location(part, None)).evidence(how))
        .collect()
}

/// How it is known that a body was cut; one that `is_whole` is JSON from its beginning to its end.
fn cut(body: &Body, is_whole: bool) -> Option<String> {
    match body {
        Body::Cut(_, how) => Some(how.clone()),
        Body::Text(text) | Body::Respelt(text, _) => {
            let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
            let end = text.trim_end();
            let marked = [
                "\u{2026}",
                "[truncated]",
                "(truncated)",
                "<truncated>",
                "...[truncated]",
            ]
            .iter()
            .find(|mark| end.ends_with(**mark));
            if let Some(mark) = marked {
                return Some(format!("it ends in {mark}"));
            }
            let is_json = start.starts_with(['{', '[']);
            let stops =
                is_json && !is_whole && json::parse(text).is_err_and(|error| error.ends_early);
            stops.then(|| format!("its JSON stops after {} bytes", text.len()))
        }
        _ => None,
    }
}
