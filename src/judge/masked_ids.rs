//! Whether somebody masked the ids of a trace, so that their form proves nothing.

use crate::connection::EndpointCall;
use crate::json::{self, Node};
use crate::sensitive::{is_id_name, is_zeroed, looks_masked};

/// Whether most of the ids in the bodies are masked.
///
/// A single odd id among good ones is a fault of the payload; when most look alike, it is masking.
pub(crate) fn ids_are_masked<'a>(
    calls: impl IntoIterator<Item = &'a EndpointCall>,
    text: Option<&str>,
) -> bool {
    let calls: Vec<&EndpointCall> = calls.into_iter().collect();
    let mut ids = Vec::new();
    let pasted = text.and_then(|text| json::parse(text).ok());
    let bodies = calls
        .iter()
        .flat_map(|call| [&call.request, &call.response])
        .flatten();
    for body in bodies.chain(pasted.as_ref()) {
        collect(body, &mut ids);
    }
    let masked = ids.iter().filter(|id| looks_masked(id)).count();
    masked * 2 > ids.len() || answers_are_zeroed(&calls)
}

/// Fewer zeroed ids than this in the answers may be what an endpoint really holds.
const FEW: usize = 3;

/// Whether most ids in the answers are zeros: the service has no such ids, so somebody put them there.
fn answers_are_zeroed(calls: &[&EndpointCall]) -> bool {
    let mut ids = Vec::new();
    for body in calls.iter().filter_map(|call| call.response.as_ref()) {
        collect(body, &mut ids);
    }
    let zeroed = ids.iter().filter(|id| is_zeroed(id)).count();
    zeroed >= FEW && zeroed * 2 > ids.len()
}

fn collect<'a>(body: &'a Node, ids: &mut Vec<&'a str>) {
    body.walk(&mut |pointer, node| {
        let is_id = is_id_name(pointer.rsplit('/').next().unwrap_or_default());
        if let Some(text) = node.as_str().filter(|text| is_id && text.len() >= 3) {
            ids.push(text);
        }
    });
}
