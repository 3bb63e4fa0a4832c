//! Whether somebody masked the ids of a trace, so that their form proves nothing.

use crate::endpoint::EndpointCall;
use crate::json::{self, Node};
use crate::secret::looks_masked;

/// Whether most of the ids in the bodies are masked.
///
/// A single odd id among good ones is a fault of the payload; when most look alike, it is masking.
pub(crate) fn ids_are_masked(calls: &[EndpointCall], text: Option<&str>) -> bool {
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
    masked * 2 > ids.len()
}

fn collect<'a>(body: &'a Node, ids: &mut Vec<&'a str>) {
    body.walk("", &mut |pointer, node| {
        let name = pointer
            .rsplit('/')
            .next()
            .unwrap_or("")
            .to_ascii_lowercase();
        let is_id = matches!(
            name.as_str(),
            "id" | "tenantid"
                | "serviceprincipalid"
                | "subscriptionid"
                | "spnobjectid"
                | "appobjectid"
        );
        if let Some(text) = node.as_str().filter(|text| is_id && text.len() >= 3) {
            ids.push(text);
        }
    });
}
