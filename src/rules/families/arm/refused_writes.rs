//! Changes that Azure refuses for a reason of its own, asked for by the page itself or by a script.

use super::super::direct;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(super) fn too_many_requests(context: &Context<'_>) -> Vec<Hit> {
    of(
        context,
        &["toomanyrequests", "subscriptionrequeststhrottled"],
    )
}

pub(super) fn missing_registration(context: &Context<'_>) -> Vec<Hit> {
    of(
        context,
        &[
            "missingsubscriptionregistration",
            "noregisteredproviderfound",
        ],
    )
}

/// Reads are left out: a portal reads much, and asks again by itself.
fn of(context: &Context<'_>, sentences: &[&str]) -> Vec<Hit> {
    let refused = direct::refused(context, "management.");
    let said = refused
        .iter()
        .filter(|call| direct::writes(call.exchange) && call.says(sentences));
    said.map(|call| {
        let mut hit = call.hit(context, Part::ResponseBody);
        let path = direct::path_of(call.exchange);
        let subscription = path.strip_prefix("subscriptions/").unwrap_or_default();
        for (name, value) in [
            ("subscription_id", subscription.split('/').next()),
            ("namespace", namespace(&call.text)),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                hit = hit.capture(name, value);
            }
        }
        hit
    })
    .collect()
}

/// The service that a subscription is not prepared for.
fn namespace(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("to use namespace '")?;
    Some(behind.split_once('\'')?.0)
}
