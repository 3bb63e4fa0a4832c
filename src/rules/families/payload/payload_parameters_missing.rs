//! A scheme without `authorization.parameters`, for a type whose members are judged by rules of their own.

use super::typed::{Typed, is_answer};
use crate::connection::{Payload, Use};
use crate::rules::engine::{Context, Hit};

/// A managed identity that the service knows by itself needs none, and what a service took is no fault.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let sent = matches!(payload.usage, Use::Create | Use::Update | Use::Pasted);
    let taken = super::was_not_refused(payload);
    if !sent || taken || is_answer(payload) {
        return Vec::new();
    }
    let Some(typed) = Typed::of_any(payload, context).filter(|typed| typed.kind.rules_of_its_own)
    else {
        return Vec::new();
    };
    let Some((parent, _)) = payload
        .find(&["authorization"])
        .filter(|(_, node)| node.is_object() && !typed.form.members.is_empty())
    else {
        return Vec::new();
    };
    match payload.find(&["authorization", "parameters"]) {
        Some((pointer, node)) if node.is_null() => vec![super::hit(payload, &pointer, node)],
        None => vec![super::hit_missing(payload, &format!("{parent}/parameters"))],
        Some(_) => Vec::new(),
    }
}
