//! Entra's number is one that no rule names.

use crate::connection::outcome::State;
use crate::report::finding::Severity;
use crate::rules::engine::texts;
use crate::rules::engine::{Context, Hit, Place, Surface};
use crate::text::codes::{aadsts, common};

/// Numbers of an ordinary sign-in, which goes on after them: no session yet, several accounts, an
/// account to choose, whether to stay signed in.
const ORDINARY: &[u32] = &[16000, 16001, 50058, 50140, 50199];

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .surfaces
        .iter()
        .filter_map(|surface| judge(surface, context))
        .collect()
}

/// Whether something failed for this reason: that nobody knows it makes the failure no better.
fn is_decisive(surface: &Surface, context: &Context<'_>) -> bool {
    let endpoint = surface.endpoint.as_ref();
    let last = endpoint.and_then(|(id, _)| context.last_seen_of(id));
    surface.place == Place::Verify
        || last.is_some_and(|last| last.worked_on && last.state == State::Failed)
}

fn judge(surface: &Surface, context: &Context<'_>) -> Option<Hit> {
    let codes = aadsts(&surface.text);
    // Of two numbers in one text the last is the more telling one.
    let (last, span) = codes.last()?;
    let known = |code: &u32| context.catalogue.knows_aadsts(*code) || ORDINARY.contains(code);
    if codes.iter().any(|(code, _)| known(code)) {
        return None;
    }
    let mut hit = Hit::at(surface.location.clone()).evidence(texts::excerpt(&surface.text, span));
    for (name, value) in common(&surface.text) {
        hit = hit.capture(name, value);
    }
    if is_decisive(surface, context) {
        hit = hit.severity(Severity::Error);
    }
    Some(hit.capture("aadsts", last.to_string()))
}
