//! An exchange as it went over the wire, secrets masked.

use std::borrow::Cow;

use crate::exchange::{Body, Headers};
use crate::sensitive::{self, Known};

/// Header fields in their order.
pub(super) fn headers(headers: &Headers, known: &Known) -> Vec<(String, String)> {
    let fields = headers.iter();
    let shown = fields.map(|(name, value)| {
        let value = known.mask_text(&sensitive::mask_field(name, value));
        (sensitive::mask_field_name(name).into_owned(), value)
    });
    shown.collect()
}

/// The text of a body; `None` where there is none.
pub(super) fn body<'a>(body: &'a Body, known: &Known) -> Option<Cow<'a, str>> {
    let text = body.text().filter(|text| !text.is_empty())?;
    Some(known.mask_body(text))
}

/// Why there is no text where there was a body.
pub(super) fn why_not(body: &Body) -> Option<String> {
    match body {
        Body::NotRecorded(Some(why)) => Some(format!("not recorded: {why}")),
        Body::NotRecorded(None) => Some("not recorded".to_owned()),
        Body::Binary(bytes) => Some(format!("{bytes} bytes that are no text")),
        _ => None,
    }
}
