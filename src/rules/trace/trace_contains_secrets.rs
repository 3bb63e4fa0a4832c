//! The trace holds live credentials.

use crate::endpoint::EndpointCall;
use crate::finding::{Location, Part};
use crate::json::Node;
use crate::rule::{Context, Hit};
use crate::secret;

/// How many places are named.
const MAX_PLACES: usize = 20;

pub(in crate::rules) fn check(context: &Context<'_>) -> Vec<Hit> {
    let mut places: Vec<(Location, String)> = context.calls.iter().flat_map(of_call).collect();
    for exchange in context.others {
        let at = |part| Location {
            input: context.input,
            entry: exchange.entry,
            part,
            pointer: None,
        };
        places.extend(
            headers(&exchange.request.headers).map(|name| (at(Part::RequestHeaders), name)),
        );
    }
    let count = places.len();
    let mut names: Vec<String> = places.iter().map(|(_, name)| name.clone()).collect();
    names.sort();
    names.dedup();
    places.truncate(MAX_PLACES);
    let mut locations = places.into_iter().map(|(location, _)| location);
    let Some(first) = locations.next() else {
        return Vec::new();
    };
    let mut hit = Hit::at(first)
        .evidence(format!("{count} places: {}", names.join(", ")))
        .capture("names", names.join(", "));
    hit.locations.extend(locations);
    hit.locations.dedup();
    vec![hit]
}

fn of_call(call: &EndpointCall) -> Vec<(Location, String)> {
    let mut places: Vec<(Location, String)> = headers(&call.exchange.request.headers)
        .map(|name| (call.location(Part::RequestHeaders, None), name))
        .collect();
    let bodies = [
        (Part::RequestBody, &call.request),
        (Part::ResponseBody, &call.response),
    ];
    for (part, body) in bodies {
        if let Some(body) = body {
            body.walk("", &mut |at, node| {
                if let Some(name) = secret_at(at, node) {
                    places.push((call.location(part, Some(at.to_owned())), name));
                }
            });
        }
    }
    places
}

fn headers(headers: &crate::exchange::Headers) -> impl Iterator<Item = String> + '_ {
    let live = |value: &str| !value.trim().is_empty() && !crate::secret::looks_masked(value);
    headers
        .0
        .iter()
        .filter(move |(name, value)| secret::is_secret_header(name) && live(value))
        .map(|(name, _)| name.to_ascii_lowercase())
}

fn secret_at(pointer: &str, node: &Node) -> Option<String> {
    let name = pointer.rsplit('/').next()?;
    let text = node.as_str()?.trim();
    let live = !text.is_empty() && text != "null" && !crate::secret::looks_masked(text);
    // Error bodies use `code` for an error code, and lists of names use `token` for a page.
    let is_code = name.eq_ignore_ascii_case("code") || name.eq_ignore_ascii_case("nonce");
    (secret::is_secret_name(name) && live && !is_code).then(|| name.to_ascii_lowercase())
}
