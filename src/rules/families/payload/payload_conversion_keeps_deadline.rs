//! A conversion that still carries `data.revertSchemeDeadline`.

use crate::connection::{Payload, Use};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let found = payload
        .data("revertSchemeDeadline")
        .filter(|(_, node)| payload.usage == Use::Convert && !node.is_null());
    found
        .map(|(pointer, node)| {
            super::hit(payload, &pointer, node)
                .fix(super::removal(&pointer, "removes revertSchemeDeadline"))
        })
        .into_iter()
        .collect()
}
