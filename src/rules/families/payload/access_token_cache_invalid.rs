//! The service did not find the cached sign-in, and the request did hold a key for it.

use crate::connection::EndpointCall;
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit, Surface};

/// Leaving the key out is what helps against an empty one; against an expired one it is a guess.
pub(in crate::rules::families) fn check(surface: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let call = surface
        .call
        .and_then(|_| context.call_at(surface.location.entry));
    let call = call.map(EndpointCall::opened);
    let payloads = call.as_ref().map(|call| call.payloads());
    let payloads = payloads.unwrap_or_default();
    let sent = payloads.iter().find_map(|payload| {
        let (pointer, _) = payload.parameter("accesstoken")?;
        payload.parameter_text("accesstoken").map(|_| pointer)
    });
    hit.fix = sent.map(|path| {
        super::fix(
            Applicability::Unsafe,
            vec![Edit::Remove { path }],
            "removes the accesstoken, which is a guess: no source says that it helps against a key that is not empty",
        )
    });
}
