//! Messages as they go over the wire, among other lines of a log or with marks in front.

use super::assemble::{Piece, Said, Source, answer};
use super::extent::{self, Extent};
use super::lines::{Cursor, Line};
use crate::exchange::{Body, Headers};
use crate::ingest::http::{self, Start};

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    if let Some(said) = pairs(line.text) {
        return Some((said, rest));
    }
    let start = Start::parse(line.text).or_else(|| Start::parse_short(line.text))?;
    let next = rest.line().map_or(Line::default(), |(next, _)| next);
    let is_head = http::is_field(next.text)
        || (matches!(start, Start::Status { .. }) && next.text.trim().is_empty());
    if !is_head {
        return None;
    }
    let mut fields = Vec::new();
    let mut rest = rest;
    while let Some((line, behind)) = rest.line() {
        if line.text.trim().is_empty() {
            rest = behind;
            break;
        }
        if !http::is_field(line.text) && !line.text.starts_with([' ', '\t']) {
            break;
        }
        fields.push(line.text);
        rest = behind;
    }
    let headers = http::headers(fields.into_iter());
    let Extent { body, rest } = extent::body(rest, &|line| {
        Start::parse(line.text).is_some() || line.begins_record()
    });
    let pieces = pieces(start, headers, body);
    Some((Said::new(Source::Message, pieces), rest))
}

/// A head printed as pairs in one line: `{PUT / HTTP/1.1: null}{Host: dev.azure.com}`,
/// `{null: HTTP/1.1 500 No}{Content-Length: 3}`.
fn pairs(text: &str) -> Option<Said> {
    let (_, pairs) = text.trim_end().split_once(" pairs: {")?;
    let mut pairs = pairs.strip_suffix('}')?.split("}{");
    let first = pairs.next()?;
    let first = first
        .strip_prefix("null: ")
        .or_else(|| first.strip_suffix(": null"))?;
    let mut pieces = pieces(Start::parse(first)?, http::headers(pairs), Body::Empty);
    pieces.retain(|piece| !matches!(piece, Piece::RequestBody(_) | Piece::ResponseBody(_)));
    Some(Said::new(Source::Told, pieces))
}

/// What a whole message says of its request or of its answer.
pub(super) fn pieces(start: Start, headers: Headers, body: Body) -> Vec<Piece> {
    match start {
        Start::Request { method, target } => {
            let url = http::url(&target, &headers);
            let request = Piece::Request(Some(method), url);
            vec![
                request,
                Piece::RequestHeaders(headers),
                Piece::RequestBody(body),
            ]
        }
        Start::Status { status, text } => answer(status, &text, headers, body),
    }
}
