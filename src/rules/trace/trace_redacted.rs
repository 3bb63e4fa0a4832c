//! Ids and names were masked before the trace was handed over.

use crate::finding::{Location, Part};
use crate::rule::{Context, Hit};
use crate::secret::{is_zeroed, looks_masked};

fn is_masked(text: &str) -> bool {
    looks_masked(text) || is_zeroed(text)
}

pub(in crate::rules) fn check(context: &Context<'_>) -> Vec<Hit> {
    if !context.redacted {
        return Vec::new();
    }
    let place = context.calls.iter().find_map(|call| {
        let masked = |node: &crate::json::Node| {
            let mut found = None;
            node.walk("", &mut |at, node| {
                if found.is_none() && node.as_str().is_some_and(is_masked) {
                    found = Some(at.to_owned());
                }
            });
            found
        };
        let request = call
            .request
            .as_ref()
            .and_then(masked)
            .map(|at| (Part::RequestBody, at));
        let part = request.or_else(|| {
            call.response
                .as_ref()
                .and_then(masked)
                .map(|at| (Part::ResponseBody, at))
        })?;
        Some((call.location(part.0, Some(part.1.clone())), part.1))
    });
    let (location, at) = place.unwrap_or_else(|| {
        (
            Location {
                input: context.input,
                entry: 0,
                part: Part::Text,
                pointer: None,
            },
            String::new(),
        )
    });
    vec![Hit::at(location).evidence(if at.is_empty() {
        "masked ids".to_owned()
    } else {
        format!("masked value at {at}")
    })]
}
