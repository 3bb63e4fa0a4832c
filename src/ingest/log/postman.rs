//! What Postman's console gives when a request is copied out of it.

use serde_json::Value;

use super::assemble::{Piece, Said, Source};
use super::extent;
use super::lines::{Cursor, Line};
use crate::exchange::Body;
use crate::ingest::http;

/// The headings of the console's parts.
const HEADINGS: [&str; 5] = [
    "Network",
    "Request Headers",
    "Request Body",
    "Response Headers",
    "Response Body",
];

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let (method, url) = line.text.trim_end().split_once(' ')?;
    let is_verb =
        (3..=7).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_verb || !url.starts_with("http") {
        return None;
    }
    if let Some(url) = url.strip_suffix(": {") {
        return object(method, url, line, rest);
    }
    let mut words = url.split(' ');
    let url = words.next()?;
    let mut pieces = vec![Piece::Request(Some(method.to_owned()), url.to_owned())];
    // Status and time stand behind the address, or on lines of their own.
    let mut figures: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut rest = rest;
    while let Some((line, behind)) = rest.line().filter(|(line, _)| is_figure(line.text.trim())) {
        figures.push(line.text.trim());
        rest = behind;
    }
    let status = figures
        .first()
        .and_then(|status| status.parse().ok())
        .filter(|status| (100..600).contains(status))?;
    let before = rest;
    let sections = sections(&mut rest);
    if sections.is_empty() {
        // The raw log goes on with the messages themselves, which tell the status again.
        return Some((Said::new(Source::Postman, pieces), before));
    }
    pieces.push(Piece::Status(status, String::new()));
    pieces.extend(sections);
    Some((Said::new(Source::Postman, pieces), rest))
}

/// Whether the line is a status or a time.
fn is_figure(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    !number.is_empty()
        && text.len() < 12
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn sections(rest: &mut Cursor<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some((line, behind)) = rest.behind_blank().line() {
        let heading = line.text.trim().trim_end_matches(':');
        if !HEADINGS.contains(&heading) {
            break;
        }
        let ends = |line: &Line<'_>| HEADINGS.contains(&line.text.trim().trim_end_matches(':'));
        if heading.ends_with("Body") {
            let extent = extent::body(behind, &|line| ends(line) || line.begins_record());
            *rest = extent.rest;
            pieces.push(if heading.starts_with("Request") {
                Piece::RequestBody(extent.body)
            } else {
                Piece::ResponseBody(extent.body)
            });
            continue;
        }
        let mut fields = Vec::new();
        *rest = behind;
        while let Some((line, behind)) = rest
            .line()
            .filter(|(line, _)| http::is_field(line.text.trim()))
        {
            fields.push(line.text.trim());
            *rest = behind;
        }
        let headers = http::headers(fields.into_iter());
        let headers = headers.iter();
        let headers = headers
            .map(|(name, value)| (name, value.trim_matches('"')))
            .collect();
        match heading {
            "Request Headers" => pieces.push(Piece::RequestHeaders(headers)),
            "Response Headers" => pieces.push(Piece::ResponseHeaders(headers)),
            _ => {}
        }
    }
    pieces
}

/// `PUT https://…: {"Request Headers": {…}, …}`
fn object<'a>(
    method: &str,
    url: &str,
    line: &Line<'a>,
    rest: Cursor<'a>,
) -> Option<(Said, Cursor<'a>)> {
    let first = rest.behind_blank().line()?.0;
    let heading = first.text.trim_start().strip_prefix('"')?;
    if !HEADINGS.iter().any(|known| heading.starts_with(known)) {
        return None;
    }
    let bracket = line.raw.trim_end().len() - 1;
    let extent = extent::body(rest.to(line.at + bracket), &Line::begins_record);
    // What breaks off still tells that there was a request.
    let parts: Value =
        serde_json::from_str(extent.body.text().unwrap_or_default()).unwrap_or_default();
    let text = |name: &str| match &parts[name] {
        Value::Null => Body::Empty,
        Value::String(text) if text.is_empty() => Body::Empty,
        Value::String(text) => Body::Text(text.clone().into()),
        other => Body::Text(other.to_string().into()),
    };
    let fields = |name: &str| {
        let fields = parts[name].as_object().into_iter().flatten();
        let fields = fields.filter_map(|(name, value)| Some((name, value.as_str()?)));
        fields.collect()
    };
    let status = [
        &parts["Network"]["statusCode"],
        &parts["Response Code"],
        &parts["Status"],
    ]
    .iter()
    .find_map(|status| {
        status
            .as_u64()
            .or_else(|| status.as_str()?.split(' ').next()?.parse().ok())
    })
    .and_then(|status| u16::try_from(status).ok());
    let pieces = vec![
        Piece::Request(Some(method.to_owned()), url.to_owned()),
        Piece::RequestHeaders(fields("Request Headers")),
        Piece::RequestBody(text("Request Body")),
        Piece::Status(status.unwrap_or(0), String::new()),
        Piece::ResponseHeaders(fields("Response Headers")),
        Piece::ResponseBody(text("Response Body")),
    ];
    Some((Said::new(Source::Postman, pieces), extent.rest))
}
