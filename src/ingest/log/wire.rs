//! Messages as they go over the wire with a mark in front that tells their direction: on each line
//! (`>> PUT / HTTP/1.1`), on lines that are printed as strings (`-> "HTTP/1.1 500 …\r\n"`), or only
//! where a message begins and ends (`--> PUT https://…`).

use super::assemble::{Piece, Said, Source};
use super::curl::Dump;
use super::extent;
use super::lines::{Cursor, Line};
use super::{message, python};
use crate::exchange::{Body, Headers};
use crate::ingest::http::{self, Start};

/// How far into a line its mark may stand, in bytes.
const MOST_IN_FRONT: usize = 100;

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let arrow = Arrow::find(line.text)?;
    if let Some(bytes) = arrow.printed() {
        return Some(printed(arrow.mark, bytes, rest));
    }
    if let Some(start) = Start::parse(arrow.content) {
        let next = rest.line().and_then(|(next, _)| Arrow::find(next.text));
        if next.is_some_and(|next| next.mark == arrow.mark) {
            return Some(marked(arrow.mark, start, rest));
        }
        return Some(bare(&arrow, start, rest));
    }
    let start = Start::parse_short(arrow.content.split(" h").next()?);
    let start = start.or_else(|| status(arrow.content))?;
    Some(bare(&arrow, start, rest))
}

/// A line with a mark, and what stands around it.
struct Arrow<'a> {
    /// What stands in front of it on each line of the same log.
    before: &'a str,
    mark: &'a str,
    content: &'a str,
}

impl<'a> Arrow<'a> {
    fn find(text: &'a str) -> Option<Self> {
        let is_mark = |word: &str| {
            (1..=4).contains(&word.len())
                && word.contains(['<', '>'])
                && word.bytes().all(|byte| matches!(byte, b'<' | b'>' | b'-'))
        };
        let mut at = 0;
        for word in text.split(' ') {
            if is_mark(word) {
                let (before, rest) = text.split_at(at);
                let (mark, content) = rest.split_at(word.len());
                return Some(Self {
                    before,
                    mark,
                    content: content.strip_prefix(' ').unwrap_or(content),
                });
            }
            at += word.len() + 1;
            if at > MOST_IN_FRONT {
                break;
            }
        }
        None
    }

    /// The bytes of a content that is printed as a string. Apache's client leaves quotes inside as they are
    /// and puts bytes that are no letters in square brackets.
    fn printed(&self) -> Option<Vec<u8>> {
        let content = self.content.trim_end();
        let inner = content.strip_prefix('"')?.strip_suffix('"')?;
        let is_escaped = !inner.ends_with("[\\n]")
            && !inner
                .match_indices('"')
                .any(|(at, _)| !inner[..at].ends_with('\\'));
        if is_escaped {
            return python::bytes(content);
        }
        let mut bytes = Vec::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(at) = rest.find('[') {
            bytes.extend_from_slice(&rest.as_bytes()[..at]);
            rest = &rest[at + 1..];
            let named = rest.split_once(']').and_then(|(name, behind)| {
                let byte = match name {
                    "\\r" => b'\r',
                    "\\n" => b'\n',
                    "\\t" => b'\t',
                    name => u8::from_str_radix(name.strip_prefix("0x")?, 16).ok()?,
                };
                Some((byte, behind))
            });
            match named {
                Some((byte, behind)) => {
                    bytes.push(byte);
                    rest = behind;
                }
                None => bytes.push(b'['),
            }
        }
        bytes.extend_from_slice(rest.as_bytes());
        Some(bytes)
    }
}

/// A message, or more of one, whose lines are printed as strings.
fn printed<'a>(mark: &str, mut bytes: Vec<u8>, mut rest: Cursor<'a>) -> (Said, Cursor<'a>) {
    while let Some((line, behind)) = rest.line()
        && let Some(more) = Arrow::find(line.text)
            .filter(|arrow| arrow.mark == mark)
            .and_then(|arrow| arrow.printed())
    {
        bytes.extend(more);
        rest = behind;
    }
    let end = memchr::memmem::find(&bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let pieces = match lines.next().and_then(Start::parse) {
        Some(start) => {
            let sent = matches!(start, Start::Request { .. });
            let mut pieces = message::pieces(start, http::headers(lines), Body::Empty);
            let body = bytes.get(end + 4..).unwrap_or_default();
            if !body.is_empty() {
                let body = Dump::of(body.to_vec());
                pieces.push(if sent {
                    Piece::Sent(body)
                } else {
                    Piece::Received(body)
                });
            }
            pieces
        }
        None => vec![Piece::More(Dump::of(bytes))],
    };
    (Said::new(Source::Wire, pieces), rest)
}

/// A message with its mark on each line; the body of an answer may follow without.
fn marked<'a>(mark: &str, start: Start, mut rest: Cursor<'a>) -> (Said, Cursor<'a>) {
    let (mut fields, mut body, mut in_body) = (Vec::new(), String::new(), false);
    while let Some((line, behind)) = rest.line()
        && let Some(arrow) = Arrow::find(line.text).filter(|arrow| arrow.mark == mark)
        && arrow.printed().is_none()
        && (in_body || Start::parse(arrow.content).is_none())
    {
        rest = behind;
        if in_body {
            body.push_str(arrow.content);
            body.push('\n');
        } else if arrow.content.trim().is_empty() {
            in_body = true;
        } else {
            fields.push(arrow.content);
        }
    }
    body.truncate(body.trim_end().len());
    let mut body = if body.is_empty() {
        Body::Empty
    } else {
        Body::Text(body.into())
    };
    if body == Body::Empty && in_body && matches!(start, Start::Status { .. }) {
        let ends = |line: &Line<'a>| line.begins_record() || Arrow::find(line.text).is_some();
        let found = extent::body(rest, &ends);
        (body, rest) = (found.body, found.rest);
    }
    (said(start, http::headers(fields.into_iter()), body), rest)
}

/// A message whose lines carry no mark of their own, up to the line that says that it ends.
fn bare<'a>(arrow: &Arrow<'_>, start: Start, mut rest: Cursor<'a>) -> (Said, Cursor<'a>) {
    let own = |line: &Line<'a>| line.text.strip_prefix(arrow.before).unwrap_or(line.text);
    let ends = |line: &Line<'a>| Arrow::find(own(line)).is_some_and(|arrow| arrow.mark.len() > 2);
    let mut fields = Vec::new();
    let mut body = Body::Empty;
    while let Some((line, behind)) = rest.line().filter(|(line, _)| !ends(line)) {
        let row = own(&line).trim_start();
        if row.is_empty() || !http::is_field(row) {
            while let Some((line, behind)) = rest.line()
                && own(&line).trim().is_empty()
            {
                rest = behind;
            }
            let Some((line, _)) = rest.line().filter(|(line, _)| !ends(line)) else {
                break;
            };
            let found = extent::body(rest.to(line.place_of(own(&line))), &ends);
            body = found.body;
            rest = found.rest.behind_blank();
            break;
        }
        fields.push(row);
        rest = behind;
    }
    if let Some((line, behind)) = rest.line()
        && own(&line).contains(" END ")
    {
        rest = behind;
    }
    (said(start, http::headers(fields.into_iter()), body), rest)
}

fn said(start: Start, headers: Headers, body: Body) -> Said {
    let mut pieces = message::pieces(start, headers, body);
    pieces.retain(|piece| !matches!(piece, Piece::RequestBody(Body::Empty)));
    Said::new(Source::Marked, pieces)
}

/// `500 Internal Server Error https://… (91ms)`
fn status(content: &str) -> Option<Start> {
    let (number, words) = content.split_once(' ')?;
    let status = number.parse().ok().filter(|_| number.len() == 3)?;
    let end = words.find("http").or_else(|| words.find('('))?;
    Some(Start::Status {
        status,
        text: words[..end].trim().to_owned(),
    })
}
