//! Requests and answers as text, one after another, as Fiddler saves and people paste them.

use super::har::count_host;
use super::http::{self, Head, Start};
use super::keep::keep;
use super::notes::Notes;
use super::{Container, Options, Trace, body};
use crate::exchange::{AnsweredBy, Body, Exchange, Request, Response};

/// What Fiddler's inspectors write where they stop showing a body.
const CUT_BY_FIDDLER: &str = "*** FIDDLER: RawDisplay truncated";

/// How many blank and dashed lines may stand between messages whose length is announced.
const MOST_SEPARATORS: usize = 8;

/// How many lines are looked at for the first message.
const MOST_PROSE: usize = 200;

/// Reads `text` as session text; `None` if it has no message or no request.
pub(super) fn read(text: &str, notes: &mut Notes, options: &Options<'_>) -> Option<Trace> {
    let (before, mut rest) = split_prose(text)?;
    let mut trace = Trace {
        container: Container::SessionText,
        text: Some(before.to_owned()).filter(|before| !before.is_empty()),
        ..Trace::default()
    };
    let mut kept = 0;
    let mut pending: Option<Exchange> = None;
    while !rest.is_empty() {
        let (head, body, behind) = message(rest);
        rest = behind;
        match head.start {
            Start::Request { .. } => {
                finish(pending.take(), &mut trace, notes, options, &mut kept);
                pending = Some(request(head, body, trace.total, options.max_entry));
                trace.total += 1;
            }
            Start::Status { .. } if head.start.is_interim() => {}
            Start::Status { .. } => match &mut pending {
                Some(exchange) if exchange.response.is_none() => answer(exchange, head, body),
                _ => notes.add(
                    "answer-without-request",
                    None,
                    "an answer stands there without its request; it was passed over",
                ),
            },
        }
    }
    finish(pending, &mut trace, notes, options, &mut kept);
    (trace.total > 0).then_some(trace)
}

/// The JSON of the last answer in `text`, which holds answers only, as `curl --include` prints them.
pub(super) fn lone_answer(text: &str) -> Option<&str> {
    let mut rest = skip_separators(text);
    let mut last = "";
    while !rest.is_empty() {
        let Start::Status { .. } = start_of(rest, true)? else {
            return None;
        };
        let (_, body, behind) = message(rest);
        last = body;
        rest = behind;
    }
    last.trim_start().starts_with(['{', '[']).then_some(last)
}

/// What people wrote in front of the first message, and the text from there on.
///
/// Behind prose only a request line with a header field below it counts: messages and logs quote
/// request lines, too.
fn split_prose(text: &str) -> Option<(&str, &str)> {
    let begin = skip_separators(text);
    if start_of(begin, true).is_some() {
        return Some(("", begin));
    }
    let mut rest = begin;
    for _ in 0..MOST_PROSE {
        let (line, behind) = split_line(rest);
        let start = Start::parse(line).or_else(|| Start::parse_short(line));
        let is_request = matches!(start, Some(Start::Request { .. }));
        let next = split_line(behind).0;
        if is_request && (http::is_field(next) || next.trim_start().starts_with(['?', '&'])) {
            let before = &begin[..begin.len() - rest.len()];
            return Some((without_separators(before), rest));
        }
        if behind.is_empty() {
            break;
        }
        rest = behind;
    }
    None
}

/// Counts an exchange, and keeps it if it can matter.
fn finish(
    exchange: Option<Exchange>,
    trace: &mut Trace,
    notes: &mut Notes,
    options: &Options<'_>,
    kept: &mut usize,
) {
    let Some(exchange) = exchange else { return };
    count_host(trace, &exchange.request.url);
    let is_call = !matches!(exchange.request.method.as_str(), "CONNECT" | "OPTIONS");
    if is_call && (options.others.is_some() || (options.matters)(&exchange.request.url)) {
        keep(exchange, trace, notes, options, kept);
    }
}

fn request(head: Head, body: &str, entry: usize, limit: usize) -> Exchange {
    let body = match body::from_fiddler(body, &head.headers) {
        Some(bytes) => body::from_wire(bytes, &head.headers, limit),
        None => shown(body, &head),
    };
    let body = without_talk(body);
    let (method, target) = match head.start {
        Start::Request { method, target } => (method, target),
        Start::Status { .. } => (String::new(), String::new()),
    };
    Exchange {
        entry,
        request: Request {
            url: http::url(&target, &head.headers),
            method,
            headers: head.headers,
            body,
        },
        ..Exchange::default()
    }
}

/// A body of JSON begins in a line of its own and ends with its last bracket, whatever people and programs
/// write around it.
fn without_talk(body: Body) -> Body {
    let Body::Text(text) = body else { return body };
    let begin = match text.find(['{', '[']) {
        Some(begin) if text[..begin].is_empty() || text[..begin].ends_with('\n') => begin,
        _ => return Body::Text(text),
    };
    let json = &text[begin..];
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Body::Text(json[..values.byte_offset()].into()),
        _ => Body::Text(text),
    }
}

fn answer(exchange: &mut Exchange, head: Head, body: &str) {
    let body = without_talk(shown(body, &head));
    if let Start::Status { status, text } = head.start {
        if text.starts_with("Fiddler - ") {
            exchange.answered_by = AnsweredBy::Proxy;
        }
        exchange.response = Some(Response {
            status,
            status_text: text,
            headers: head.headers,
            body,
        });
    }
}

/// A body as it stands in the text.
fn shown(body: &str, head: &Head) -> Body {
    if let Some((begin, reason)) = body.split_once(CUT_BY_FIDDLER) {
        let reason = format!(
            "{CUT_BY_FIDDLER}{}",
            reason.lines().next().unwrap_or_default()
        );
        return Body::Cut(begin.trim_end().into(), reason);
    }
    if body.contains(['\u{fffd}', '\0']) && head.headers.get("content-encoding").is_some() {
        return Body::NotRecorded(Some(
            "it was compressed, and saving it as text destroyed it".to_owned(),
        ));
    }
    let length = content_length(head).filter(|length| *length > body.len());
    let remark = length.map(|length| format!("Content-Length says {length} bytes"));
    let body = body.to_owned();
    match remark {
        Some(remark) if !body.is_empty() => body::from_text(body, Some(&remark)),
        _ => body::from_text(body, None),
    }
}

fn content_length(head: &Head) -> Option<usize> {
    head.headers.get("content-length")?.trim().parse().ok()
}

/// The message `text` begins with: its head, its body, and what stands behind it.
fn message(text: &str) -> (Head, &str, &str) {
    let (first, mut rest) = split_line(text);
    let mut start = start_of(text, true).unwrap_or_else(|| Start::Status {
        status: 0,
        text: first.to_owned(),
    });
    // Clients in editors let the query go on in lines of its own.
    while let Start::Request { target, .. } = &mut start
        && let (line, behind) = split_line(rest)
        && line.trim_start().starts_with(['?', '&'])
    {
        target.push_str(line.trim());
        rest = behind;
    }
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let (line, behind) = split_line(rest);
        if line.trim().is_empty() {
            rest = behind;
            break;
        }
        if line.starts_with(['{', '[']) || start_of(rest, false).is_some() {
            break;
        }
        lines.push(line);
        rest = behind;
    }
    let headers = http::headers(lines.into_iter());
    let head = Head { start, headers };
    let (body, behind) = split_body(rest, &head);
    (head, body, behind)
}

/// Cuts the body off `text`: by its announced length if that ends where a message can end,
/// otherwise before the next line that begins a message.
fn split_body<'a>(text: &'a str, head: &Head) -> (&'a str, &'a str) {
    if let Some(length) = content_length(head)
        && let (Some(body), Some(behind)) = (text.get(..length), text.get(length..))
    {
        // Few lines are looked at, since each message may ask for it again.
        let mut next = behind;
        for _ in 0..MOST_SEPARATORS {
            let (line, rest) = split_line(next);
            if next.is_empty() || start_of(next, true).is_some() {
                return (body, next);
            }
            if !(line.trim().is_empty() || is_separator(line)) {
                break;
            }
            next = rest;
        }
    }
    let mut at = 0;
    let mut after_blank = true;
    while at < text.len() {
        if start_of(&text[at..], after_blank).is_some() {
            break;
        }
        let (line, behind) = split_line(&text[at..]);
        after_blank = line.trim().is_empty() || is_separator(line);
        at = text.len() - behind.len();
    }
    (without_separators(&text[..at]), &text[at..])
}

/// The first line of a message that `text` begins with; without a version only `after_blank` lines.
fn start_of(text: &str, after_blank: bool) -> Option<Start> {
    let line = split_line(text).0;
    Start::parse(line).or_else(|| after_blank.then(|| Start::parse_short(line)).flatten())
}

/// The first line without its end, and what follows.
fn split_line(text: &str) -> (&str, &str) {
    match text.split_once('\n') {
        Some((line, rest)) => (line.trim_end_matches('\r'), rest),
        None => (text.trim_end_matches('\r'), &text[text.len()..]),
    }
}

/// Whether the line only divides sessions: dashes, or what people call the part that follows.
fn is_separator(line: &str) -> bool {
    let dashes = line.len() >= 4 && line.bytes().all(|byte| matches!(byte, b'-' | b'='));
    let label = line
        .trim_matches(|c| " \t#=-*:".contains(c))
        .to_ascii_lowercase();
    let is_number = |rest: &str| {
        let digits = rest.trim_start_matches([' ', '#']);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    dashes
        || line.starts_with("###")
        || matches!(
            label.as_str(),
            "request"
                | "response"
                | "request begin"
                | "request end"
                | "response begin"
                | "response end"
        )
        || label.strip_prefix("session").is_some_and(is_number)
}

/// `text` behind blank and dashed lines.
fn skip_separators(mut text: &str) -> &str {
    loop {
        let (line, rest) = split_line(text);
        if text.is_empty() || !(line.trim().is_empty() || is_separator(line)) {
            return text;
        }
        text = rest;
    }
}

/// `body` without the blank and dashed lines behind it.
fn without_separators(body: &str) -> &str {
    let mut body = body.trim_end();
    while let Some(line) = body.lines().next_back().filter(|line| is_separator(line)) {
        body = body[..body.len() - line.len()].trim_end();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints";

    fn parse(text: &str) -> Trace {
        let mut notes = Notes::default();
        let mut trace = read(text, &mut notes, &Options::default()).unwrap();
        trace.notes = notes.finish();
        trace
    }

    #[test]
    fn sessions_follow_each_other() {
        let text = format!(
            "POST {URL}?a=b HTTP/1.1\nContent-Type: application/json\n\n{{\"a\":\n\n1}}\n\nHTTP/1.1 400 Bad Request\n\
             Content-Type: application/json\n\n{{\"message\":\"x\"}}\n\nPUT /contoso/_apis/serviceendpoint/endpoints/1 HTTP/1.1\n\
             Host: dev.azure.com\n\n{{}}\nHTTP/2 200\n\n[]\n"
        );
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let trace = parse(&text);
            assert_eq!((trace.total, trace.exchanges.len()), (2, 2));
            let [first, second] = &trace.exchanges[..] else {
                panic!()
            };
            assert_eq!(first.request.url, format!("{URL}?a=b"));
            assert!(first.request.body.text().unwrap().ends_with("1}"));
            let response = first.response.as_ref().unwrap();
            assert_eq!(
                (response.status, response.status_text.as_str()),
                (400, "Bad Request")
            );
            assert_eq!(
                response.body,
                Body::Text("{\"message\":\"x\"}".to_owned().into())
            );
            assert_eq!(second.request.url, format!("{URL}/1"));
            assert_eq!(second.response.as_ref().unwrap().body.text(), Some("[]"));
            assert_eq!(second.entry, 1);
        }
    }

    #[test]
    fn dashes_lengths_and_tunnels_are_understood() {
        let dashes = "-".repeat(66);
        let text = format!(
            "{dashes}\r\nCONNECT dev.azure.com:443 HTTP/1.1\r\nHost: dev.azure.com:443\r\n\r\nA handshake was found.\r\n\
             \r\nHTTP/1.1 200 Connection Established\r\n\r\n{dashes}\r\nPOST {URL} HTTP/1.1\r\nContent-Length: 33\r\n\r\n\
             GET https://contoso.com/ HTTP/1.1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 Fiddler - Connection Failed\r\n\r\nno\r\n{dashes}\r\n"
        );
        let trace = parse(&text);
        assert_eq!((trace.total, trace.exchanges.len()), (2, 1));
        let exchange = &trace.exchanges[0];
        assert_eq!(
            exchange.request.body.text(),
            Some("GET https://contoso.com/ HTTP/1.1")
        );
        assert_eq!(exchange.answered_by, AnsweredBy::Proxy);
        assert_eq!(exchange.response.as_ref().unwrap().body.text(), Some("no"));
    }

    #[test]
    fn what_a_program_says_around_an_answer_is_none_of_it() {
        let text = format!(
            "--2026-03-02 13:21:27--  {URL}\nCreated socket 3.\n\n---request begin---\nPUT /contoso/_apis/serviceendpoint/endpoints HTTP/1.1\n\
             Host: dev.azure.com\n\n---request end---\nawaiting response... \n---response begin---\nHTTP/1.1 500 No\nContent-Length: 13\n\n\
             ---response end---\n500 No\nSaving to: 'STDOUT'\n{{\"message\":1}}\n     0K    100%\n"
        );
        let exchange = parse(&text).exchanges.remove(0);
        assert_eq!(
            (
                exchange.request.method.as_str(),
                exchange.request.url.as_str()
            ),
            ("PUT", URL)
        );
        assert_eq!(
            exchange.response.unwrap().body.text(),
            Some("{\"message\":1}")
        );
    }

    #[test]
    fn a_wrong_length_does_not_swallow_the_answer() {
        let text = format!(
            "POST {URL} HTTP/1.1\nContent-Length: 9\n\n{{\"a\":1,\"b\":2}}\n\nHTTP/1.1 200 OK\nContent-Length: 99\n\n{{\"a\":"
        );
        let exchange = parse(&text).exchanges.remove(0);
        assert_eq!(exchange.request.body.text(), Some("{\"a\":1,\"b\":2}"));
        assert!(matches!(exchange.response.unwrap().body, Body::Cut(..)));
    }

    #[test]
    fn a_version_may_be_left_out_and_a_body_shown_in_part() {
        let text = format!(
            "GET {URL}\n\nHTTP/1.1 200 OK\n\n{{\"a\n{CUT_BY_FIDDLER} at 128 characters. ***\n\nPOST {URL}\n{{}}\n"
        );
        let trace = parse(&text);
        assert_eq!(trace.total, 2);
        let body = &trace.exchanges[0].response.as_ref().unwrap().body;
        assert!(
            matches!(body, Body::Cut(begin, reason) if &**begin == "{\"a" && reason.contains("128"))
        );
        assert_eq!(trace.exchanges[1].request.body.text(), Some("{}"));
    }

    #[test]
    fn requests_as_editors_write_them_are_read() {
        let text = format!(
            "@org = contoso\n\n### save\nPUT {URL}\n    ?a=b\n    &c=d\nContent-Type: application/json\n\n{{\n  \"a\": 1\n}}\n\n###\nGET {URL}\n\n### Regards\n"
        );
        let trace = parse(&text);
        assert_eq!(trace.total, 2);
        let request = &trace.exchanges[0].request;
        assert_eq!(request.url, format!("{URL}?a=b&c=d"));
        assert_eq!(request.body.text(), Some("{\n  \"a\": 1\n}"));
        let shown = format!(
            "--------\n\n=== Save ===\n\nPUT {URL}\naccept: */*\n\n{{}}\nHTTP/1.1 500  - Internal Server Error\na: b\n\n[]\n\n1 request\n"
        );
        let exchange = parse(&shown).exchanges.remove(0);
        assert_eq!(exchange.request.body.text(), Some("{}"));
        assert_eq!(exchange.response.unwrap().status, 500);
    }

    #[test]
    fn prose_and_labels_may_stand_in_front() {
        let session = format!(
            "PUT {URL} HTTP/1.1\r\nHost: dev.azure.com\r\n\r\n{{}}\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n[]\r\n"
        );
        for (front, prose) in [
            (
                "Hi, AADSTS7000215 again.\r\n\r\n",
                "Hi, AADSTS7000215 again.",
            ),
            ("# a comment\n", "# a comment"),
            ("-----\n", ""),
            ("Session #42\n", ""),
            ("== Request ==\n\n", ""),
        ] {
            let trace = parse(&format!("{front}{session}{front}{session}"));
            assert_eq!(trace.text.as_deref().unwrap_or_default(), prose);
            assert_eq!(trace.total, 2, "{front}");
            let body = |at: usize| trace.exchanges[at].response.as_ref().unwrap().body.text();
            if prose.is_empty() {
                assert_eq!(body(0), Some("[]"), "{front}");
            }
            assert_eq!(body(1), Some("[]"), "{front}");
        }
    }

    #[test]
    fn other_text_is_no_session() {
        for text in [
            "It failed:\nPUT https://a/b HTTP/1.1\n\nHTTP/1.1 500 Error\nA: b\n\n{}",
            "log\nPUT /a HTTP/1.1\n10:15 all fine",
            "AADSTS700016: not found\nGET https://a HTTP/1.1",
            "HTTP/1.1 401 Unauthorized\n\n{}",
            "GET the trace\n",
            "",
        ] {
            assert!(
                read(text, &mut Notes::default(), &Options::default()).is_none(),
                "{text}"
            );
        }
    }
}
