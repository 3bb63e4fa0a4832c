//! An internal error whose type says that the body could not be read.

use crate::rules::engine::{Context, Hit, Surface};

/// What to do where the body could not be read as JSON.
const BODY_FIRST: &[&str] = &[
    "Look at the body that was really sent (a proxy recording, or the debug output of the script): it must begin with `{` and be JSON to its end.",
    "In curl hand it over as a file (`--data-binary @body.json`) and name its type (`Content-Type: application/json`); quotes inside a command line are easily lost.",
    "In PowerShell make it with `ConvertTo-Json -Depth 10` and give that text, not the object, to `-Body`.",
];

pub(super) fn remark(surface: &Surface, hit: &mut Hit, _: &Context<'_>) {
    let text = &surface.text;
    if text.contains("JsonReaderException") || text.contains("JsonSerializationException") {
        hit.message = Some(
            "Azure DevOps calls it an internal error, and its type says which: the body that was sent could not be read as JSON. Nothing else about it was looked at."
                .to_owned(),
        );
        hit.remedy = Some(BODY_FIRST);
    }
}
