//! What .NET's `HttpClient` logs: its own loggers, messages turned to text, and logging handlers.

use super::assemble::{Piece, Said, Source};
use super::extent;
use super::lines::{Cursor, Line};
use crate::exchange::{Body, Headers};
use crate::ingest::body;
use crate::ingest::http;

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let text = line.text.trim();
    if let Some(found) = handler(text, rest) {
        return Some(found);
    }
    if let Some(found) = message(text, rest) {
        return Some(found);
    }
    for (begin, source) in [
        ("Start processing HTTP request ", Source::DotNet),
        ("Sending HTTP request ", Source::DotNetHandler),
    ] {
        if let Some((method, url)) = text
            .strip_prefix(begin)
            .and_then(|request| request.split_once(' '))
        {
            // Later versions leave out what stands in the query.
            let url = url.trim_end_matches("?*").to_owned();
            return Some((
                Said::new(source, vec![Piece::Request(Some(method.to_owned()), url)]),
                rest,
            ));
        }
    }
    for (begin, source) in [
        ("Received HTTP response ", Source::DotNetHandler),
        ("End processing HTTP request ", Source::DotNet),
    ] {
        if let Some(timed) = text.strip_prefix(begin) {
            let (_, status) = timed.rsplit_once(" - ")?;
            let status = status.trim().parse().ok()?;
            return Some((
                Said::new(source, vec![Piece::Status(status, String::new())]),
                rest,
            ));
        }
    }
    let piece: fn(Headers) -> Piece = match text {
        "Request Headers:" => Piece::RequestHeaders,
        "Response Headers:" => Piece::ResponseHeaders,
        _ => return None,
    };
    let (headers, rest) = fields(rest);
    (!headers.is_empty()).then(|| (Said::new(Source::DotNetHandler, vec![piece(headers)]), rest))
}

/// Header fields up to a line that is none.
fn fields(mut rest: Cursor<'_>) -> (Headers, Cursor<'_>) {
    let mut fields = Vec::new();
    while let Some((line, behind)) = rest
        .line()
        .filter(|(line, _)| !line.begins_record() && http::is_field(line.text.trim()))
    {
        fields.push(line.text.trim());
        rest = behind;
    }
    (http::headers(fields.into_iter()), rest)
}

/// A request or an answer as `ToString` writes it, with its header fields in curly brackets.
fn message<'a>(text: &str, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let part = |name: &str| {
        let (_, value) = text.split_once(name)?;
        let value = value.strip_prefix('\'').map_or_else(
            || value.split(',').next(),
            |quoted| quoted.split('\'').next(),
        );
        value.map(|value| value.trim().to_owned())
    };
    let mut pieces = if text.starts_with("Method: ") {
        vec![Piece::Request(part("Method: "), part("RequestUri: ")?)]
    } else if text.starts_with("StatusCode: ") {
        vec![Piece::Status(
            part("StatusCode: ")?.parse().ok()?,
            part("ReasonPhrase: ")?,
        )]
    } else {
        return None;
    };
    let asks = matches!(pieces[0], Piece::Request(..));
    let mut rest = rest;
    if let Some((line, behind)) = rest.line()
        && line.text.trim() == "{"
    {
        let (headers, behind) = fields(behind);
        pieces.push(if asks {
            Piece::RequestHeaders(headers)
        } else {
            Piece::ResponseHeaders(headers)
        });
        rest = behind;
        if let Some((line, behind)) = rest.line()
            && line.text.trim() == "}"
        {
            rest = behind;
        }
    }
    // Whoever prints the message often prints its body behind it.
    let behind = rest.behind_blank();
    if let Some((line, _)) = behind.line()
        && line.text.trim_start().starts_with(['{', '['])
    {
        let extent = extent::body(behind, &|line| line.begins_record());
        pieces.push(if asks {
            Piece::RequestBody(extent.body)
        } else {
            Piece::ResponseBody(extent.body)
        });
        rest = extent.rest;
    }
    Some((Said::new(Source::DotNet, pieces), rest))
}

/// `[… - Request]`, in front of each line of what a logging handler writes of one message.
fn mark(text: &str) -> Option<(&str, &str)> {
    let end = text.find(']').filter(|_| text.starts_with('['))?;
    let (mark, rest) = text.split_at(end + 1);
    let named = mark.ends_with("Request]") || mark.ends_with("Response]");
    named.then(|| (mark, rest.strip_prefix(' ').unwrap_or(rest)))
}

fn handler<'a>(text: &str, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let (own, first) = mark(text)?;
    // The first row may be a heading; one of the next has to be the first line of a message.
    let second = rest
        .line()
        .and_then(|(line, _)| Some(mark(line.text.trim_start())?.1));
    let asks = own.ends_with("Request]");
    let is_start = |row: &str| {
        let mut words = row.split(' ');
        let (first, second) = (words.next().unwrap_or_default(), words.next());
        if asks {
            second.is_some_and(|path| path.contains('/'))
        } else {
            first.contains('/') && second.is_some_and(|status| status.parse::<u16>().is_ok())
        }
    };
    if !(is_start(first) || first.starts_with("===") && second.is_some_and(is_start)) {
        return None;
    }
    let (rows, rest) = rows(own, first, rest);
    let mut rows = rows
        .iter()
        .map(|row| row.trim_end())
        .filter(|row| !row.starts_with("====="));
    let start = rows.next()?.to_owned();
    let (headers, body) = parts(rows);
    let pieces = if asks {
        let mut words = start.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?);
        let host = headers.get("host").unwrap_or_default();
        let origin = if host.contains("://") {
            host.to_owned()
        } else {
            format!("https://{host}")
        };
        let url = if path.starts_with('/') {
            format!("{origin}{path}")
        } else {
            path.to_owned()
        };
        vec![
            Piece::Request(Some(method), url),
            Piece::RequestHeaders(headers),
            Piece::RequestBody(body),
        ]
    } else {
        let mut words = start.splitn(3, ' ');
        words.next().filter(|version| version.contains('/'))?;
        let status = words.next()?.parse().ok()?;
        let reason = words.next().unwrap_or_default().to_owned();
        vec![
            Piece::Status(status, reason),
            Piece::ResponseHeaders(headers),
            Piece::ResponseBody(body),
        ]
    };
    let pieces = pieces.into_iter().filter(|piece| {
        !matches!(
            piece,
            Piece::RequestBody(Body::Empty) | Piece::ResponseBody(Body::Empty)
        )
    });
    Some((Said::new(Source::DotNet, pieces.collect()), rest))
}

/// The rows that carry the mark `own`, and those of a body that goes on without it.
fn rows<'a>(own: &str, first: &str, mut rest: Cursor<'a>) -> (Vec<String>, Cursor<'a>) {
    let mut rows = vec![first.to_owned()];
    let mut content = false;
    while let Some((line, behind)) = rest.line() {
        let row = match mark(line.text.trim_start()) {
            Some((mark, row)) if mark == own => row,
            None if content && !line.begins_record() => line.text,
            _ => break,
        };
        content |= row.trim() == "Content:";
        content &= !row.starts_with("Duration:");
        rows.push(row.to_owned());
        rest = behind;
    }
    (rows, rest)
}

/// Header fields and body of a message whose first row is behind us.
fn parts<'r>(rows: impl Iterator<Item = &'r str>) -> (Headers, Body) {
    let mut fields = Vec::new();
    let mut body = String::new();
    let mut content = false;
    for row in rows {
        match row {
            "Content:" => content = true,
            row if row.starts_with("Duration:") => content = false,
            row if content => {
                body.push_str(row);
                body.push('\n');
            }
            row => fields.push(row),
        }
    }
    // The usual handler shows the beginning of a body, with dots behind it whether it goes on or not.
    let shown = body.trim().trim_end_matches("...").to_owned();
    let remark = Some("the logging handler shows only its beginning");
    let body = body::from_text(shown, remark.filter(|_| !body.is_empty()));
    (http::headers(fields.into_iter()), body)
}
