//! Lines of any program that name a request: its verb beside its address, and maybe how it ended.
//!
//! What was sent and what came back is known by what it is, whatever the program prints in front of it.

use std::sync::OnceLock;

use regex::Regex;

use super::assemble::{Piece, Said, Source};
use super::extent::Looked;
use super::lines::{Cursor, Line};
use super::python;
use super::record;
use crate::connection::route::Route;
use crate::exchange::Body;
use crate::ingest::literal::{NoNames, Reader};
use crate::text::readable::clip;
use crate::text::url::split_scheme;

/// How much of a line is looked at for an address, in bytes.
const MOST_LOOKED_AT: usize = 2000;

/// How much may stand in front of a body in its line, in bytes.
const MOST_IN_FRONT: usize = 600;

/// Longest line that only tells a status, in bytes.
const MOST_STATUS: usize = 120;

/// Reads what `line` tells of a request; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let text = clip(line.text, MOST_LOOKED_AT);
    let (url, at) = address(text)?;
    let verb = verb(text, at, url);
    if verb.is_none() && !is_labelled(&text[..at]) {
        return None;
    }
    let around = text.replace(url, " ");
    let status = status(&around);
    let before = text[..at].to_ascii_lowercase();
    let of_answer = ["respon", "receiv", "finish", "complet"];
    if status.is_none() && of_answer.iter().any(|word| before.contains(word)) {
        return None;
    }
    let mut url = one_slash(url);
    let mut rest = rest;
    // Clients in editors let the query go on in lines of its own.
    while let Some((next, behind)) = rest.line()
        && next.text.starts_with([' ', '\t'])
        && next.text.trim_start().starts_with(['?', '&'])
    {
        url.push_str(next.text.trim());
        rest = behind;
    }
    let mut pieces = vec![Piece::Request(verb.map(str::to_owned), url)];
    pieces.extend(status.map(|status| Piece::Status(status, String::new())));
    Some((Said::new(Source::Told, pieces), rest))
}

/// The one address of a service-endpoint call in `text`, and where it stands.
fn address(text: &str) -> Option<(&str, usize)> {
    let mut found: Option<(&str, usize)> = None;
    for (colon, _) in text.match_indices("://") {
        let scheme = ["https", "http"]
            .iter()
            .find(|scheme| text[..colon].ends_with(**scheme))?;
        let at = colon - scheme.len();
        let ends = |c: char| c.is_whitespace() || "\"'`<>()[]{},;|\\".contains(c);
        let length = text[at..].find(ends).unwrap_or(text.len() - at);
        let url = text[at..at + length].trim_end_matches(['.', ':']);
        match found {
            Some((known, _)) if known != url => return None,
            Some(_) => {}
            None => found = Some((url, at)),
        }
    }
    found.filter(|(url, _)| Route::parse(url).is_some())
}

/// The verb that stands in front of the address at `at`, or right behind it.
fn verb<'a>(text: &'a str, at: usize, url: &str) -> Option<&'a str> {
    static BEFORE: OnceLock<Regex> = OnceLock::new();
    let before = BEFORE.get_or_init(|| {
        let pattern =
            r"\b(GET|POST|PUT|PATCH|DELETE)\b[^0-9A-Za-z]{1,4}(?:(?i:url|request|response)[^0-9A-Za-z]{1,4})*$";
        Regex::new(pattern).expect("constant")
    });
    if let Some(found) = before.captures(&text[..at]) {
        return Some(found.get(1)?.as_str());
    }
    let behind = text[at + url.len()..].strip_prefix(' ')?;
    let word = behind.split(' ').next()?.trim_end();
    ["GET", "POST", "PUT", "PATCH", "DELETE"]
        .contains(&word)
        .then_some(word)
}

/// Whether what stands in front of an address calls it one, as programs print it and do not write it: `URL: `,
/// or only a time between dashes.
fn is_labelled(before: &str) -> bool {
    if let Some(time) = before
        .strip_prefix("--")
        .and_then(|rest| rest.trim_end().strip_suffix("--"))
    {
        return time.starts_with(|c: char| c.is_ascii_digit());
    }
    let label = before.trim_end().strip_suffix(':').unwrap_or_default();
    let word = label
        .trim_end()
        .rsplit(|c: char| !c.is_alphanumeric())
        .next();
    word.is_some_and(|word| ["url", "uri"].contains(&word.to_ascii_lowercase().as_str()))
}

/// `https://host//path` is written by programs that join two halves.
fn one_slash(url: &str) -> String {
    match split_scheme(url) {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.replacen("//", "/", 1)),
        None => url.to_owned(),
    }
}

/// The status that `text` tells, where it can be nothing else.
pub(super) fn status(text: &str) -> Option<u16> {
    static TOLD: OnceLock<Regex> = OnceLock::new();
    let told = TOLD.get_or_init(|| {
        let pattern = r#"(?x)
            \bHTTP/[0-9.]+"?\s+(\d{3})\b
            | \bHTTP[\ _](\d{3})\b
            | (?i:status(?:[\ _-]?code)?)['"]?\s*[:=]?\s*['"]?(\d{3})\b
            | (?:->|→|←)\s*(\d{3})\b
            | \[(\d{3})[\ \]]
            | \b(?i:response)\s(\d{3})\b
            | \b(\d{3})\s+HTTP_
            | \b(\d{3})[\ ,:-]+(?:message=')?\(?(?i:ok|created|accepted|no\ content|found|bad\ request
                |unauthorized|forbidden|not\ found|method\ not\ allowed|conflict|too\ many\ requests
                |(?:internal\ )?server\ error|bad\ gateway|service\ unavailable|gateway\ time-?out)\b"#;
        Regex::new(pattern).expect("constant")
    });
    let found = told.captures(text)?;
    let number = found.iter().skip(1).flatten().next()?;
    number
        .as_str()
        .parse()
        .ok()
        .filter(|status| (100..600).contains(status))
}

/// The status in a line that tells little else.
pub(super) fn status_line(line: &Line<'_>) -> Option<Said> {
    let text = line.text.trim();
    let status = Some(text)
        .filter(|text| text.len() <= MOST_STATUS && !text.contains("://"))
        .and_then(status)?;
    let piece = Piece::Status(status, String::new());
    Some(Said::new(Source::Told, vec![piece]))
}

/// What a program prints of a payload, whatever stands in front: as it is, as the object that it is in
/// the program, or as a string of bytes.
pub(super) fn payload<'a>(
    line: &Line<'a>,
    at: Cursor<'a>,
    looked: &mut Looked,
) -> Option<(Said, Cursor<'a>)> {
    let front = line
        .text
        .find('{')
        .filter(|front| *front <= MOST_IN_FRONT)?;
    let said = |body| Said::new(Source::Told, vec![Piece::RequestBody(body)]);
    if line.text[..front].ends_with(['\'', '"']) {
        let bytes = python::bytes(&line.text[front - 1..])?;
        let text = String::from_utf8(bytes).ok()?;
        let (_, behind) = at.line()?;
        let mut names = NoNames;
        let value = Reader::new(&text, &mut names).value()?;
        return record::is_payload(&value).then(|| (said(Body::Text(text.into())), behind));
    }
    let from = at.to(line.place_of(&line.text[front..]));
    let found = looked.object(from)?;
    let text = found.body.text()?;
    let mut names = NoNames;
    let value = Reader::new(text, &mut names).value()?;
    if !record::is_payload(&value) {
        return None;
    }
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let body = if is_json {
        found.body
    } else {
        let how = "as the JSON that the object of a program stands for";
        Body::Respelt(value.to_json(None).into(), how.to_owned())
    };
    Some((said(body), found.rest))
}
