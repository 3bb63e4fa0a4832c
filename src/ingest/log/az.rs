//! What `az --debug` and the Azure SDK for Python log.
//!
//! One request shows up to three times: the client of the azure-devops extension prints its body as
//! a Python dictionary, the HTTP logger prints verb, header fields and bodies, and urllib3 one line
//! with the status.

use super::assemble::{Piece, Said, Source};
use super::extent::{self, Extent};
use super::lines::{Cursor, Line};
use super::python;
use crate::exchange::{Body, Headers};
use crate::ingest::body;

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let text = line.text.trim_end();
    if let Some(found) = urllib3(text) {
        return Some((found, rest));
    }
    if let Some(behind) = line.text.strip_prefix("Request content: ") {
        let extent = extent::dictionary(rest.to(line.place_of(behind)), &Line::begins_record);
        let body = Piece::RequestBody(extent.body);
        return Some((Said::new(Source::AzClient, vec![body]), extent.rest));
    }
    if let Some(literal) = line.text.strip_prefix("Response content: ") {
        let bytes = python::bytes(literal)?;
        let body = body::from_bytes(bytes, &Headers::default(), None);
        let piece = Piece::ResponseBody(body);
        return Some((Said::new(Source::AzClient, vec![piece]), rest));
    }
    if text.starts_with("Retry: /") && line.logger.is_some_and(|logger| logger.contains("urllib3"))
    {
        return Some((Said::new(Source::Urllib3, vec![Piece::Again]), rest));
    }
    if line
        .logger
        .is_some_and(|logger| logger.split('.').any(|part| part == "client"))
        && let Some((method, url)) = text.split_once(' ')
        && is_method(method)
        && url.starts_with("http")
    {
        let request = Piece::Request(Some(method.to_owned()), url.to_owned());
        return Some((Said::new(Source::AzClient, vec![request]), rest));
    }
    let of_policy = line
        .logger
        .is_some_and(|logger| logger.ends_with("http_logging_policy"));
    let source = if of_policy {
        Source::AzPolicy
    } else {
        Source::AzHttp
    };
    http_logger(source, text, rest)
}

fn http_logger<'a>(source: Source, text: &str, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let said = |piece| Said::new(source, vec![piece]);
    if let Some(url) = quoted(text, "Request URL: ") {
        return Some((said(Piece::Request(None, url.to_owned())), rest));
    }
    if let Some(method) = quoted(text, "Request method: ") {
        return Some((said(Piece::Method(method.to_owned())), rest));
    }
    if let Some(status) = text.strip_prefix("Response status: ") {
        let status = status.trim().trim_matches('\'').parse().ok()?;
        return Some((said(Piece::Status(status, String::new())), rest));
    }
    match text {
        "Request headers:" => {
            let (headers, rest) = headers(rest);
            Some((said(Piece::RequestHeaders(headers)), rest))
        }
        "Response headers:" => {
            let (headers, rest) = headers(rest);
            Some((said(Piece::ResponseHeaders(headers)), rest))
        }
        "Request body:" => {
            let (body, rest) = logged_body(rest);
            let body = if body == Body::Text("None".to_owned().into()) {
                Body::Empty
            } else {
                body
            };
            Some((said(Piece::RequestBody(body)), rest))
        }
        "Response content:" => {
            let (body, rest) = logged_body(rest);
            Some((said(Piece::ResponseBody(body)), rest))
        }
        "No body was attached to the request"
        | "This request has no body"
        | "A body is sent with the request" => Some((said(Piece::RequestBody(Body::Empty)), rest)),
        _ => None,
    }
}

/// Header fields, one a line, as `'Name': 'value'`.
fn headers(mut rest: Cursor<'_>) -> (Headers, Cursor<'_>) {
    let mut fields = Vec::new();
    while let Some((line, behind)) = rest.line() {
        let Some((name, value)) = field(line.text) else {
            break;
        };
        fields.push((name.to_owned(), value.to_owned()));
        rest = behind;
    }
    (fields.into_iter().collect(), rest)
}

fn field(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.trim().strip_prefix('\'')?.split_once("': ")?;
    let value = value.trim_matches(|c| matches!(c, '\'' | '"'));
    Some((name, value))
}

/// A body. Its first line carries the logger's name, or follows without one.
fn logged_body(rest: Cursor<'_>) -> (Body, Cursor<'_>) {
    let start = rest.behind_blank();
    let Some((line, _)) = start
        .line()
        .filter(|(line, _)| !(line.begins_record() && is_step(line.text)))
    else {
        return (Body::Empty, rest);
    };
    let Extent { body, rest } =
        extent::body(start.to(line.place_of(line.text)), &Line::begins_record);
    (body, rest)
}

/// Whether this is the next thing that a logger says, and no body.
fn is_step(text: &str) -> bool {
    [
        "Request ",
        "Response ",
        "Configuring ",
        "Event: ",
        "Starting new ",
        "https://",
        "http://",
    ]
    .iter()
    .any(|begin| text.starts_with(begin))
}

/// `https://host:443 "PUT /path HTTP/1.1" 500 311`
fn urllib3(text: &str) -> Option<Said> {
    let (origin, behind) = text.split_once(" \"")?;
    let (request, behind) = behind.split_once("\" ")?;
    let mut words = request.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let version = words.next()?.starts_with("HTTP/");
    if !origin.starts_with("http") || origin.contains(' ') || !version || !is_method(method) {
        return None;
    }
    let status = behind.split(' ').next()?.parse().ok()?;
    let origin = origin.strip_suffix(":443").unwrap_or(origin);
    let url = if path.starts_with('/') {
        format!("{origin}{path}")
    } else {
        path.to_owned()
    };
    let pieces = vec![
        Piece::Request(Some(method.to_owned()), url),
        Piece::Status(status, String::new()),
    ];
    Some(Said::new(Source::Urllib3, pieces))
}

/// What stands in quotes behind `label`.
fn quoted<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let quoted = text.strip_prefix(label)?.trim();
    quoted.strip_prefix('\'')?.strip_suffix('\'')
}

fn is_method(word: &str) -> bool {
    (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
}
