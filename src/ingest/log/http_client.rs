//! What Python's `http.client` prints while its `debuglevel` is 1.

use super::assemble::{Piece, Said, Source};
use super::curl::Dump;
use super::lines::{Cursor, Line};
use super::python;
use crate::exchange::Headers;
use crate::ingest::http::{self, Start};

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let said = |pieces| Said::new(Source::HttpClient, pieces);
    if let Some(literal) = line.text.strip_prefix("send: ") {
        return Some((said(sent(&python::bytes(literal)?)), rest));
    }
    let reply = line.text.strip_prefix("reply: ")?;
    let reply = String::from_utf8(python::bytes(reply)?).ok()?;
    let Start::Status { status, text } = Start::parse(reply.trim_end())? else {
        return None;
    };
    let (headers, rest) = headers(rest);
    Some((
        said(vec![
            Piece::Status(status, text),
            Piece::ResponseHeaders(headers),
        ]),
        rest,
    ))
}

/// The head of a request, maybe with its body behind it, or more of the body.
fn sent(bytes: &[u8]) -> Vec<Piece> {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let Some(Start::Request { method, target }) = lines.next().and_then(Start::parse) else {
        return vec![Piece::Sent(Dump::of(bytes.to_vec()))];
    };
    let headers = http::headers(lines);
    let url = http::url(&target, &headers);
    let body = bytes.get(end + 4..).unwrap_or_default().to_vec();
    let mut pieces = vec![
        Piece::Request(Some(method), url),
        Piece::RequestHeaders(headers),
    ];
    if !body.is_empty() {
        pieces.push(Piece::Sent(Dump::of(body)));
    }
    pieces
}

/// `header: Name: value`, one a line.
fn headers(mut rest: Cursor<'_>) -> (Headers, Cursor<'_>) {
    let mut fields = Vec::new();
    while let Some((line, behind)) = rest.line()
        && let Some(field) = line.text.strip_prefix("header: ")
    {
        fields.push(field);
        rest = behind;
    }
    (http::headers(fields.into_iter()), rest)
}
