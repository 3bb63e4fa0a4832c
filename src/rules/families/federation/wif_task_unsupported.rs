//! A task that got no token and does not say why: its age is only one of the reasons.

use crate::rules::engine::{Context, Hit, Surface};

/// What to do where the reason was cut off.
const FIND_THE_REASON: &[&str] = &[
    "Look for the reason: it stands behind this sentence or in the lines before it (a number AADSTS…), or run the step once more with `system.debug` set to `true`.",
    "Open the connection and press Verify: a secret that ran out, an app that was deleted and a missing federated credential show there.",
    "If Verify is fine, the task is too old for the connection's scheme: use a newer version of it.",
];

pub(super) fn remark(surface: &Surface, hit: &mut Hit, _: &Context<'_>) {
    let text = surface.text.to_ascii_lowercase();
    if text.contains("could not fetch access token for azure") && !text.contains("federation") {
        hit.message = Some(
            "The task got no token for the connection's app and does not say why: an expired secret, a deleted app or a scheme that the task does not know all end in these words."
                .to_owned(),
        );
        hit.remedy = Some(FIND_THE_REASON);
    }
}
