//! What Newman, Postman on the command line, prints of each request; bodies with `--verbose`.

use super::assemble::{Piece, Said, Source};
use super::lines::{Cursor, Line};
use crate::exchange::Body;

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    if !line.text.trim().starts_with("→ ") {
        return None;
    }
    let (mut pieces, mut rest) = request(rest)?;
    while let Some((line, behind)) = rest.line()
        && let Some(kind) = line.text.trim().strip_prefix("┌ ")
        && let Some((body, behind)) = boxed(behind)
    {
        pieces.push(if kind.starts_with('↑') {
            Piece::RequestBody(body)
        } else {
            Piece::ResponseBody(body)
        });
        rest = behind;
    }
    Some((Said::new(Source::Newman, pieces), rest))
}

/// The request below its name, with the status behind it or on a line of its own.
fn request(rest: Cursor<'_>) -> Option<(Vec<Piece>, Cursor<'_>)> {
    let (line, mut rest) = rest.line()?;
    let (method, target) = line.text.trim().split_once(' ')?;
    let is_verb = method.bytes().all(|byte| byte.is_ascii_uppercase());
    let (url, behind) = target.split_once(' ').unwrap_or((target, ""));
    if !is_verb || !url.starts_with("http") {
        return None;
    }
    let mut pieces = vec![Piece::Request(Some(method.to_owned()), url.to_owned())];
    if let Some(told) = behind.trim().strip_prefix('[') {
        pieces.push(
            match status(told.split_once(',').map_or(told, |(status, _)| status)) {
                Some(status) => status,
                None => Piece::Failed(told.trim_end_matches(']').to_owned()),
            },
        );
    } else if let Some((line, behind)) = rest.line()
        && let Some((told, _)) = line.text.trim().split_once(" ★ ")
        && let Some(status) = status(told)
    {
        pieces.push(status);
        rest = behind;
    }
    Some((pieces, rest))
}

/// `400 Bad Request`
fn status(told: &str) -> Option<Piece> {
    let (status, words) = told.split_once(' ').unwrap_or((told, ""));
    let status = status
        .parse()
        .ok()
        .filter(|status| (100..600).contains(status))?;
    Some(Piece::Status(status, words.to_owned()))
}

/// The body in a box, whose rows are broken at one width whatever stands there.
fn boxed(mut rest: Cursor<'_>) -> Option<(Body, Cursor<'_>)> {
    let mut rows = Vec::new();
    loop {
        let (line, behind) = rest.line()?;
        let text = line.text.trim_start();
        if text.starts_with('└') {
            rest = behind;
            break;
        }
        let row = text.strip_prefix('│')?;
        rows.push(row.strip_prefix(' ').unwrap_or(row));
        rest = behind;
    }
    let width = |row: &str| row.chars().count();
    let full = rows.iter().map(|row| width(row)).max().unwrap_or_default();
    let mut body = String::new();
    for row in rows {
        body.push_str(row);
        if width(row) < full {
            body.push('\n');
        }
    }
    Some((Body::Text(body.trim_end().into()), rest))
}
