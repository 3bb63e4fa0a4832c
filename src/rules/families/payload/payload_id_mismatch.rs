//! The id in the body is not the one in the URL.

use crate::connection::call::is_unsaved;
use crate::connection::{Payload, Use};
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};
use crate::sensitive::looks_masked;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let url_id = payload
        .call
        .filter(|_| matches!(payload.usage, Use::Update | Use::Convert))
        .and_then(|call| call.route.endpoint_id.as_deref());
    let (Some(url_id), Some((pointer, node))) = (url_id, payload.find(&["id"])) else {
        return Vec::new();
    };
    let id = node.as_str().unwrap_or_default().trim();
    // Of a masked id nobody knows whether it is the same.
    let masked = [id, url_id].into_iter().any(looks_masked);
    if is_unsaved(id) || id.eq_ignore_ascii_case(url_id) || super::is_template(id) || masked {
        return Vec::new();
    }
    let fix = super::replacement(
        Applicability::Unsafe,
        &pointer,
        url_id,
        "puts the id of the URL into the body (unless it is the URL that is wrong)",
    );
    let hit = super::hit(payload, &pointer, node).capture("expected", url_id);
    vec![super::error_if_failed(payload, hit.fix(fix))]
}
