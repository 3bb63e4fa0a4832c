//! What PowerShell says of a request with `-Verbose` and `-Debug`, and its error records.

use super::assemble::{Piece, Said, Source};
use super::extent;
use super::lines::{Cursor, Line};
use super::script;
use crate::exchange::{Body, Headers};
use crate::ingest::http;

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let text = line.text.trim_end();
    match line.level {
        Some("VERBOSE") => {
            verbose(text).map(|pieces| (Said::new(Source::PowerShell, pieces), rest))
        }
        Some("DEBUG") if text == "WebRequest Detail" => Some(details(rest, true)),
        Some("DEBUG") if text == "WebResponse Detail" => Some(details(rest, false)),
        _ => error_record(line, rest),
    }
}

/// One line of `-Verbose`, in the words of all versions.
fn verbose(text: &str) -> Option<Vec<Piece>> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("received ") && lower.contains("-byte response") {
        return Some(vec![Piece::Status(0, String::new())]);
    }
    if let Some(answer) = text.strip_prefix("WebResponse: ") {
        let (status, words) = answer.split_once(' ').unwrap_or((answer, ""));
        let words = words.split(" with ").next().unwrap_or_default();
        return Some(vec![Piece::Status(status.parse().ok()?, words.to_owned())]);
    }
    let request = text.strip_prefix("WebRequest: ").map_or(text, |request| {
        // The version of HTTP stands in front of the verb.
        request
            .split_once(' ')
            .map_or(request, |(_, request)| request)
    });
    let (method, rest) = request.split_once(' ')?;
    let url = rest.split(' ').next()?;
    let is_verb =
        (3..=7).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_request = is_verb
        && url.starts_with("http")
        && (rest.contains(" with ") || request.len() < text.len());
    is_request.then(|| {
        vec![Piece::Request(
            Some(method.to_ascii_uppercase()),
            url.to_owned(),
        )]
    })
}

/// The parts that `-Debug` shows: query, header fields, body.
fn details(mut rest: Cursor<'_>, asks: bool) -> (Said, Cursor<'_>) {
    let heading = |line: &Line<'_>| {
        let name = line.text.trim().strip_prefix("---")?.trim();
        ["QUERY", "HEADERS", "BODY"]
            .into_iter()
            .find(|known| *known == name)
    };
    let mut pieces = Vec::new();
    while let Some((line, behind)) = rest.behind_blank().line()
        && let Some(name) = heading(&line)
    {
        if name == "BODY" {
            let extent = extent::body(behind, &|line| {
                line.begins_record() || heading(line).is_some()
            });
            pieces.push(if asks {
                Piece::RequestBody(extent.body)
            } else {
                Piece::ResponseBody(extent.body)
            });
            rest = extent.rest;
            continue;
        }
        let mut rows = Vec::new();
        rest = behind;
        while let Some((line, behind)) = rest
            .line()
            .filter(|(line, _)| !line.begins_record() && heading(line).is_none())
        {
            rest = behind;
            if line.text.trim().is_empty() {
                break;
            }
            rows.push(line.text.trim());
        }
        if name == "QUERY" {
            let pairs = rows.iter().map(|row| row.replace(" = ", "="));
            pieces.push(Piece::Query(pairs.collect::<Vec<_>>().join("&")));
            continue;
        }
        let headers = http::headers(rows.into_iter());
        pieces.push(if asks {
            Piece::RequestHeaders(headers)
        } else {
            Piece::ResponseHeaders(headers)
        });
    }
    if !asks && pieces.is_empty() {
        pieces.push(Piece::ResponseHeaders(Headers::default()));
    }
    (Said::new(Source::PowerShell, pieces), rest)
}

/// `Invoke-RestMethod : {…}`, and the lines behind it that say where.
fn error_record<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let (name, words) = line.text.split_once(':')?;
    if !script::sends(name.trim()) {
        return None;
    }
    let words = words.trim();
    let (mut text, rest, echo) = record(words, rest);
    if text.is_empty() {
        words.clone_into(&mut text);
    }
    let mut pieces = Vec::new();
    if let Some(asked) = script::request_in(&echo) {
        pieces.push(Piece::Request(Some(asked.0), asked.1));
    }
    let start = text.find('{').unwrap_or(text.len());
    let status = ["error: (", "success: "]
        .iter()
        .find_map(|mark| text.split_once(mark)?.1.get(..3)?.parse().ok());
    let body = extent::body(Cursor::new(&text).to(start), &|_| false).body;
    if status.is_none() && body == Body::Empty {
        return None;
    }
    pieces.push(Piece::Status(status.unwrap_or(0), String::new()));
    pieces.push(Piece::ResponseBody(body));
    Some((Said::new(Source::PowerShell, pieces), rest))
}

/// The words of an error record, the place behind it, and the line of the script that it shows.
fn record<'a>(first: &str, mut rest: Cursor<'a>) -> (String, Cursor<'a>, String) {
    let mut text = first.to_owned();
    let mut echo = String::new();
    let mut framed = false;
    let mut depth = depth_of(first);
    let mut open = depth > 0 || text.is_empty();
    while let Some((line, behind)) = rest.line().filter(|(line, _)| !line.begins_record()) {
        let shown = line.text.trim();
        if shown == "Line |" {
            // The newer layout, in which the words stand last, behind bars.
            framed = true;
            text.clear();
        } else if let Some((number, row)) = shown
            .split_once('|')
            .filter(|(number, _)| framed && number.trim().bytes().all(|byte| byte.is_ascii_digit()))
        {
            if !number.trim().is_empty() {
                row.trim().clone_into(&mut echo);
            } else if !row.trim().bytes().all(|byte| byte == b'~') {
                text.push_str(row.strip_prefix(' ').unwrap_or(row));
                text.push('\n');
            }
        } else if let Some(row) = shown.strip_prefix('+') {
            if !line.text.starts_with(' ')
                && !row.trim().starts_with('~')
                && !shown.contains("CategoryInfo")
            {
                echo.push_str(row.trim_start());
            }
        } else if shown.starts_with("At ") && (shown.contains("char:") || shown.contains(':')) {
            open = false;
        } else if open && !framed && !shown.is_empty() {
            text.push('\n');
            text.push_str(line.text);
            depth += depth_of(shown);
            open = depth > 0;
        } else if !(open && shown.is_empty()) {
            break;
        }
        rest = behind;
    }
    (text, rest, echo)
}

/// How many more brackets a line opens than it closes.
fn depth_of(line: &str) -> i64 {
    line.bytes()
        .map(|byte| match byte {
            b'{' | b'[' => 1,
            b'}' | b']' => -1,
            _ => 0,
        })
        .sum()
}
