//! What is held of the exchanges that can matter.

use serde::de::IgnoredAny;

use super::notes::Notes;
use super::repair::repair;
use super::{Options, Trace};
use crate::exchange::{Body, Exchange, Headers};

/// Most exchanges kept of one trace. A day of clicking makes a few hundred.
const MOST_EXCHANGES: usize = 10_000;

/// Adds an exchange; without its bodies, or not at all, once there is too much to hold.
pub(super) fn keep(
    mut exchange: Exchange,
    trace: &mut Trace,
    notes: &mut Notes,
    options: &Options<'_>,
    kept: &mut usize,
) {
    if let Some(others) = options
        .others
        .filter(|_| !(options.matters)(&exchange.request.url))
    {
        return others(&exchange);
    }
    mend_bodies(&mut exchange, notes);
    let limit = options.max_kept;
    let size = head_size(&exchange);
    if trace.exchanges.len() >= MOST_EXCHANGES || kept.saturating_add(size) > limit {
        let (count, limit) = (trace.exchanges.len(), limit >> 20);
        let message = format!(
            "only the first {count} calls that can matter were kept; \
             no more than {MOST_EXCHANGES} calls or {limit} MiB are held"
        );
        notes.once("entries-left-out", message);
        return;
    }
    *kept += size;
    let response = exchange
        .response
        .as_mut()
        .map(|response| &mut response.body);
    for body in [Some(&mut exchange.request.body), response]
        .into_iter()
        .flatten()
    {
        let size = body.text().map_or(0, str::len);
        if kept.saturating_add(size) > limit {
            *body = Body::NotRecorded(Some("the trace has more text than is held".to_owned()));
            let message = format!("bodies beyond {} MiB in all were left out", limit >> 20);
            notes.once("bodies-left-out", message);
        } else {
            *kept += size;
        }
    }
    trace.exchanges.push(exchange);
}

/// About how much memory an exchange takes without its bodies.
fn head_size(exchange: &Exchange) -> usize {
    let fields = |headers: &Headers| -> usize {
        let field = |(name, value): (&str, &str)| name.len() + value.len() + 80;
        headers.iter().map(field).sum()
    };
    let answer = exchange
        .response
        .as_ref()
        .map_or(0, |response| fields(&response.headers));
    512 + exchange.request.url.len() + fields(&exchange.request.headers) + answer
}

/// Mends the spelling of bodies that are almost JSON, so that what they say is seen.
fn mend_bodies(exchange: &mut Exchange, notes: &mut Notes) {
    let entry = exchange.entry;
    let answer = exchange
        .response
        .as_mut()
        .map(|response| &mut response.body);
    let bodies = [
        ("request", Some(&mut exchange.request.body)),
        ("answer", answer),
    ];
    for (what, body) in bodies {
        let Some(body) = body else { continue };
        let (text, how) = match body {
            Body::Text(text) => (text, None),
            Body::Respelt(text, how) => (text, Some(how)),
            _ => continue,
        };
        if let Some(mended) = mended(text) {
            let before = how.map_or_else(String::new, |how| format!("{how}, "));
            *body = Body::Respelt(mended.into(), format!("{before}spelt as strict JSON"));
            let message = format!(
                "entry {entry}: the body of its {what} is no strict JSON; its spelling was mended"
            );
            notes.add("json-mended", Some(entry), message);
        }
    }
}

/// `text` as strict JSON, if it is almost that.
fn mended(text: &str) -> Option<String> {
    let parse = |text: &str| serde_json::from_str::<IgnoredAny>(text);
    let broken = text.trim_start().starts_with(['{', '[']) && !parse(text).err()?.is_eof();
    broken
        .then(|| repair(text))
        .filter(|mended| parse(mended).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_becomes_strict_json_is_mended() {
        let mended = |text: &str| mended(text);
        assert_eq!(
            mended("{\"a\":\"x\ny\",\"b\":NaN,}").as_deref(),
            Some("{\"a\":\"x\\u000ay\",\"b\":null}")
        );
        for text in [
            "{\"a\":1}",
            "{\"a\":",
            "{a}",
            "[AADSTS700016] no",
            "a,",
            "{\"a\":1} and more",
        ] {
            assert_eq!(mended(text), None, "{text}");
        }
    }
}
