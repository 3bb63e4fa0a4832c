//! Ids, secrets or texts were masked before the trace was handed over.

use std::collections::BTreeMap;

use crate::connection::EndpointCall;
use crate::connection::types::Types;
use crate::exchange::Body;
use crate::json::{self, Node};
use crate::report::finding::{Location, Part};
use crate::rules::engine::{Context, Hit, Recording};
use crate::sensitive::{is_id_name, is_masked_by_others, is_zeroed, looks_masked, of_exchange};

/// How many places are named.
const MAX_PLACES: usize = 20;

/// The longest value, header or body that may be a mask and nothing else, in bytes.
const MAX_MASK: usize = 100;

/// One hit for each input: what is masked, and where.
pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    let mut places: BTreeMap<usize, Places> = BTreeMap::new();
    for call in context.calls {
        let types = context.catalogue.types();
        of_call(&call.opened(), types, places.entry(call.input).or_default());
    }
    for recording in context.recordings {
        let places = places.entry(recording.input).or_default();
        let pasted = recording.trace.text.as_deref();
        if let Some(body) = pasted.and_then(|text| json::parse(text).ok()) {
            ids_in(&body, &mut |pointer, name, _| {
                places.see(recording.text_location(Some(pointer.to_owned())), name);
            });
        }
        if context.is_redacted(recording.input) && places.found.is_empty() {
            places.see(first_of_most(recording, context), "ids");
        }
    }
    places.into_values().filter_map(Places::hit).collect()
}

/// What is masked, in the order of the trace.
#[derive(Default)]
struct Places {
    found: Vec<Location>,
    names: Vec<String>,
}

impl Places {
    fn see(&mut self, location: Location, name: &str) {
        if self.found.len() < MAX_PLACES {
            self.found.push(location);
            if !self
                .names
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
            {
                self.names.push(name.to_owned());
            }
        }
    }

    fn hit(self) -> Option<Hit> {
        let names = self.names.join(", ");
        let mut locations = self.found.into_iter();
        let mut hit = Hit::at(locations.next()?)
            .evidence(format!("masked: {names}"))
            .capture("masked", names);
        hit.locations.extend(locations);
        Some(hit)
    }
}

fn of_call(call: &EndpointCall, types: &Types, places: &mut Places) {
    if call.route.endpoint_id.as_deref().is_some_and(is_mask) {
        places.see(
            call.location(Part::RequestUrl, None),
            "the id in the address",
        );
    }
    let answer = call.exchange.response.as_ref();
    let bodies = [
        (
            Part::RequestBody,
            Some(&call.exchange.request.body),
            call.request(),
        ),
        (
            Part::ResponseBody,
            answer.map(|answer| &answer.body),
            call.response(),
        ),
    ];
    for (part, body, node) in bodies {
        match node {
            Some(node) => ids_in(node, &mut |pointer, name, id| {
                if !call.refuses_form_of(id) {
                    places.see(call.location(part, Some(pointer.to_owned())), name);
                }
            }),
            None if body.and_then(Body::text).is_some_and(is_mask) => {
                places.see(call.location(part, None), "a whole body");
            }
            None => {}
        }
    }
    secrets_of(call, types, places);
    if let Some((pointer, _)) = call.response().and_then(masked_message) {
        let location = call.location(Part::ResponseBody, Some(pointer));
        places.see(location, "what the service answered");
    }
}

/// The ids of a body that are masked: pointer, name and value.
fn ids_in(body: &Node, see: &mut dyn FnMut(&str, &str, &str)) {
    body.walk(&mut |pointer, node| {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        if let Some(id) = node.as_str().filter(|id| is_id_name(name) && is_mask(id)) {
            see(pointer, name, id);
        }
    });
}

/// Masked credentials of headers, addresses and sent bodies. What an answer shows of a password is the
/// service's own mask, and a client that sends such a body back has masked nothing.
fn secrets_of(call: &EndpointCall, types: &Types, places: &mut Places) {
    let bodies = [call.request(), call.response()];
    of_exchange(&call.exchange, bodies, types, &mut |sighting| {
        let own =
            sighting.part == Part::RequestBody && sighting.value.bytes().all(|byte| byte == b'*');
        if sighting.part != Part::ResponseBody && is_mask(&sighting.value) && !own {
            let location = call.location(sighting.part, sighting.pointer.clone());
            places.see(location, &sighting.name);
        }
    });
}

/// The message of an answer in which somebody masked a part.
fn masked_message(body: &Node) -> Option<(String, &str)> {
    const MARKS: &[&str] = &[
        "'***'",
        "[redacted",
        "<redacted",
        "(redacted",
        "__redacted__",
        "[masked",
        "[filtered",
    ];
    ["message", "errorMessage"].iter().find_map(|key| {
        let member = body.member(key)?;
        let text = member.value.as_str()?;
        let lower = text.to_ascii_lowercase();
        let masked = MARKS.iter().any(|mark| lower.contains(mark));
        masked.then(|| (format!("/{}", member.key), text))
    })
}

/// Whether `text` is a mask and nothing else.
fn is_mask(text: &str) -> bool {
    text.len() <= MAX_MASK && is_masked_by_others(text)
}

/// Where the first of many masked or zeroed values stands.
fn first_of_most(recording: &Recording, context: &Context<'_>) -> Location {
    let masked = |node: &Node| {
        let mut found = None;
        node.walk(&mut |at, node| {
            let is_masked = |text: &str| looks_masked(text) || is_zeroed(text);
            if found.is_none() && node.as_str().is_some_and(is_masked) {
                found = Some(at.to_owned());
            }
        });
        found
    };
    let own = |call: &&EndpointCall| call.input == recording.input;
    let place = context.calls.iter().filter(own).find_map(|call| {
        let call = call.opened();
        let sent = call.request().and_then(masked);
        let answered = || call.response().and_then(masked);
        let sent = sent.map(|at| call.location(Part::RequestBody, Some(at)));
        sent.or_else(|| Some(call.location(Part::ResponseBody, Some(answered()?))))
    });
    place.unwrap_or_else(|| recording.text_location(None))
}
