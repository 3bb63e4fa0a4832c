//! What a Terraform provider logs: messages between dashed lines, or fields in one line.

use super::assemble::{Piece, Said, Source, answer};
use super::extent::{self, Extent};
use super::lines::{Cursor, Line};
use super::message;
use crate::exchange::{Body, Headers};
use crate::ingest::http::{self, Start};

/// How many dashes make a line that divides.
const FEWEST_DASHES: usize = 20;

/// Reads what begins in `line`; `rest` is what follows it.
pub(super) fn read<'a>(line: &Line<'a>, rest: Cursor<'a>) -> Option<(Said, Cursor<'a>)> {
    let text = line.text.trim();
    if text.starts_with("---[ REQUEST ]---") || text.starts_with("---[ RESPONSE ]---") {
        return block(rest);
    }
    if !text.contains("tf_http_op_type") {
        return None;
    }
    if text.starts_with('{') {
        let fields = json_fields(text)?;
        return Some((said(&fields)?, rest));
    }
    let (fields, rest) = plain_fields(text, rest);
    Some((said(&fields)?, rest))
}

/// Whether a line of dashes ends the message.
fn is_end(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    text.starts_with("---[") || text.len() >= FEWEST_DASHES && text.bytes().all(|byte| byte == b'-')
}

/// A message up to a line of dashes.
fn block(rest: Cursor<'_>) -> Option<(Said, Cursor<'_>)> {
    let (first, mut rest) = rest.line()?;
    let start = Start::parse(first.text)?;
    let mut fields = Vec::new();
    while let Some((line, behind)) = rest.line().filter(|(line, _)| !is_end(line)) {
        rest = behind;
        if line.text.trim().is_empty() {
            break;
        }
        fields.push(line.text);
    }
    let headers = http::headers(fields.into_iter());
    let Extent { body, mut rest } = extent::body(rest, &is_end);
    while let Some((line, behind)) = rest.line() {
        if is_end(&line) && !line.text.starts_with("---[") {
            rest = behind;
        } else if line.text.trim().is_empty() {
            rest = behind;
            continue;
        }
        break;
    }
    let pieces = message::pieces(start, headers, body);
    Some((Said::new(Source::Terraform, pieces), rest))
}

type Fields = Vec<(String, String)>;

fn json_fields(text: &str) -> Option<Fields> {
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let spelt = fields.into_iter().map(|(name, value)| match value {
        serde_json::Value::String(text) => (name, text),
        other => (name, other.to_string()),
    });
    Some(spelt.collect())
}

/// `name=value name="value"`, and values of several lines behind ` | `.
fn plain_fields<'a>(text: &str, mut rest: Cursor<'a>) -> (Fields, Cursor<'a>) {
    let mut fields = Vec::new();
    pairs(text, &mut fields);
    while let Some((line, behind)) = rest.line().filter(|(line, _)| line.text.starts_with("  ")) {
        let name = line
            .text
            .trim()
            .strip_suffix('=')
            .filter(|name| !name.contains([' ', '"']));
        let Some(name) = name else {
            if !line.text.starts_with("   ") || !line.text.contains('=') {
                break;
            }
            pairs(line.text, &mut fields);
            rest = behind;
            continue;
        };
        rest = behind;
        let mut value = String::new();
        while let Some((line, behind)) = rest.line()
            && let Some(row) = line.text.strip_prefix("  |")
        {
            value.push_str(row.strip_prefix(' ').unwrap_or(row));
            value.push('\n');
            rest = behind;
        }
        fields.push((name.to_owned(), value.trim_end().to_owned()));
    }
    (fields, rest)
}

fn pairs(text: &str, fields: &mut Fields) {
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let name = rest[..at].rsplit([' ', '\t']).next().unwrap_or_default();
        let value = &rest[at + 1..];
        let end = if value.starts_with('"') {
            let mut ends = value.match_indices('"').skip(1);
            let closing = ends.find(|(at, _)| {
                let slashes = value[..*at]
                    .bytes()
                    .rev()
                    .take_while(|byte| *byte == b'\\')
                    .count();
                slashes % 2 == 0
            });
            closing.map_or(value.len(), |(at, _)| at + 1)
        } else {
            value.find(' ').unwrap_or(value.len())
        };
        if !name.is_empty() {
            fields.push((name.to_owned(), unquoted(&value[..end])));
        }
        rest = &value[end..];
    }
}

/// A value as Go quotes it; one that breaks off keeps what is there.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        return value.strip_suffix(':').unwrap_or(value).to_owned();
    };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    serde_json::from_str(&format!("\"{inner}\""))
        .unwrap_or_else(|_| inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn said(fields: &[(String, String)]) -> Option<Said> {
    let get = |name: &str| {
        fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let body = |name: &str| {
        let text = get(name).unwrap_or_default().trim();
        crate::ingest::body::from_text(
            text.to_owned(),
            (!text.is_empty()).then_some("the log cut it"),
        )
    };
    let named = |(name, _): &&(String, String)| name.starts_with(|c: char| c.is_ascii_uppercase());
    let headers = fields.iter().filter(named);
    let headers: Headers = headers.map(|(name, value)| (name, value)).collect();
    let pieces = match get("tf_http_op_type")? {
        "request" => {
            let url = http::url(get("tf_http_req_uri")?, &headers);
            let request = Piece::Request(Some(get("tf_http_req_method")?.to_owned()), url);
            vec![
                request,
                Piece::RequestHeaders(headers),
                Piece::RequestBody(body("tf_http_req_body")),
            ]
        }
        "response" => {
            let status = get("tf_http_res_status_code")?.parse().ok()?;
            let words = get("tf_http_res_status_reason").unwrap_or_default();
            let words = words.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            answer(status, words, headers, body("tf_http_res_body"))
        }
        _ => return None,
    };
    let key = get("tf_http_trans_id").map(str::to_owned);
    Some(Said {
        source: Source::TerraformFields,
        key,
        pieces: without_nothing(pieces),
    })
}

/// The pieces that say something.
fn without_nothing(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.retain(|piece| {
        !matches!(
            piece,
            Piece::RequestBody(Body::Empty) | Piece::ResponseBody(Body::Empty)
        )
    });
    pieces
}
