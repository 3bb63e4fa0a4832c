//! What a verdict would need and the trace does not hold.

use crate::connection::outcome::error_message;
use crate::connection::{EndpointCall, Outcome};
use crate::exchange::{AnsweredBy, Body, Response};
use crate::rules::engine::Context;
use crate::sensitive::looks_masked;
use crate::text::readable::{clip, readable};

/// What is said of a body that nobody can read.
const NO_TEXT: &str = "was recorded as bytes that are no text";

/// How much of what a doubtful answer says is told, in bytes.
const MAX_SAID: usize = 1_000;

/// Evidence that would be needed to judge a call and is not in the trace; one line each.
pub(super) fn of(context: &Context<'_>) -> Vec<(usize, String)> {
    let mut missing: Vec<(usize, String)> = Vec::new();
    for recording in context.recordings {
        let losses = recording.trace.notes.iter();
        let losses = losses.filter(|note| note.is_loss());
        missing.extend(losses.map(|note| (recording.input, note.message.clone())));
    }
    for call in context.calls {
        let name = call.title();
        let mut add = |line: String| missing.push((call.input, line));
        if let Some(what) = of_request(call) {
            add(format!("the request body of {name} {what}"));
        }
        if !call.is_read() {
            let open = of_answer(call, &name);
            if let Some(line) = open.filter(|_| context.mended_by(call).is_none()) {
                add(line);
            }
        } else if call.outcome == Outcome::Unknown && call.loose_failure().is_some() {
            add(format!(
                "the answer to {name} is not complete, and what is left of it shows a connection that failed"
            ));
        }
    }
    missing.sort_by_key(|(input, _)| *input);
    missing
}

fn of_request(call: &EndpointCall) -> Option<String> {
    match &call.exchange.request.body {
        Body::NotRecorded(why) => Some(format!("was not recorded{}", reason(why.as_deref()))),
        Body::Cut(_, how) => Some(format!("was cut ({how})")),
        Body::Binary(_) if call.operation.writes_endpoint() => Some(NO_TEXT.to_owned()),
        // Every such call carries a body; where the recorder shows none, it did not keep it.
        Body::Empty if call.operation.needs_body() => Some("was not recorded".to_owned()),
        Body::Text(text) | Body::Respelt(text, _)
            if call.operation.needs_body() && !call.sends_json() && looks_masked(&text.clone()) =>
        {
            Some("was masked".to_owned())
        }
        Body::Text(_) | Body::Respelt(..)
            if call.operation.writes_endpoint() && !call.sends_json() =>
        {
            Some("is not JSON".to_owned())
        }
        _ => None,
    }
}

/// Silence is never a pass: an end that the trace does not tell is missing evidence.
fn of_answer(call: &EndpointCall, name: &str) -> Option<String> {
    if call.outcome == Outcome::Ok {
        return None;
    }
    match &call.exchange.response {
        None => Some(format!(
            "{name} has no answer in the trace{}",
            reason(call.exchange.error.as_deref())
        )),
        Some(_) if call.exchange.answered_by == AnsweredBy::Proxy => Some(format!(
            "{name} was answered by the recording proxy, not by the service"
        )),
        Some(Response {
            body: Body::NotRecorded(why),
            ..
        }) => Some(format!(
            "the answer to {name} was not recorded{}",
            reason(why.as_deref())
        )),
        Some(Response {
            body: Body::Cut(_, how),
            ..
        }) => Some(format!("the answer to {name} was cut ({how})")),
        Some(Response {
            body: Body::Binary(_),
            ..
        }) => Some(format!("the answer to {name} {NO_TEXT}")),
        Some(_) if call.outcome == Outcome::Unknown => {
            let opened = call.opened();
            let said = opened.response().and_then(error_message);
            let said = said.map(|text| format!(", and says: {}", clip(&readable(text), MAX_SAID)));
            Some(format!(
                "the answer to {name} does not tell how it ended{}",
                said.unwrap_or_default()
            ))
        }
        Some(_) => None,
    }
}

fn reason(why: Option<&str>) -> String {
    why.map_or_else(String::new, |why| format!(" ({why})"))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::ingest::{self, Options, Source};
    use crate::judge::Analyzer;
    use crate::report::Verdict;
    use crate::rules::engine::Catalogue;

    /// The verdict on calls of `endpoints`: method, what stands behind that, status and answer.
    fn verdict(calls: &[(&str, &str, u16, &str)]) -> Verdict {
        let call = |(method, path, status, answer): &(&str, &str, u16, &str)| {
            let body = if *method == "PUT" {
                "{\"id\":\"1\"}\n\n"
            } else {
                ""
            };
            let answer = if *status == 0 {
                String::new()
            } else {
                format!("HTTP/1.1 {status} X\nContent-Type: application/json\n\n{answer}\n\n")
            };
            format!(
                "{method} https://dev.azure.com/o/p/_apis/serviceendpoint/endpoints{path} HTTP/1.1\n\n{body}{answer}"
            )
        };
        let session: String = calls.iter().map(call).collect();
        let mut bytes = Cursor::new(session.as_bytes());
        let mut traces =
            ingest::read("test", Source::File(&mut bytes), &Options::default()).unwrap();
        let catalogue = Catalogue::built_in();
        Analyzer::new(&catalogue)
            .analyze(traces.remove(0))
            .verdict()
    }

    const REFUSED: &str = r#"{"$id":"1","message":"no","typeKey":"X"}"#;
    const READY: &str = r#"{"id":"1","isReady":true}"#;

    #[test]
    fn what_a_repeated_call_made_good_is_not_missed() {
        let unanswered = ("PUT", "/1", 0, "");
        assert_eq!(verdict(&[unanswered]), Verdict::Inconclusive);
        assert_eq!(
            verdict(&[unanswered, ("PUT", "/1", 200, READY)]),
            Verdict::Clean
        );
        let challenged = ("GET", "", 401, REFUSED);
        assert_eq!(verdict(&[challenged]), Verdict::Fault);
        assert_eq!(
            verdict(&[challenged, ("GET", "", 200, "[]")]),
            Verdict::Clean
        );
        assert_eq!(
            verdict(&[("GET", "", 200, "[]"), challenged]),
            Verdict::Fault
        );
    }

    #[test]
    fn what_was_deleted_is_found_no_more() {
        let (delete, gone) = (("DELETE", "/1", 204, ""), ("GET", "/1", 404, REFUSED));
        assert_eq!(verdict(&[delete, gone]), Verdict::Clean);
        assert_eq!(verdict(&[gone, delete]), Verdict::Fault);
    }

    #[test]
    fn a_failed_connection_in_front_of_a_cut_decides() {
        let cut = r#"[{"id":"1","isReady":false,"operationStatus":{"state":"Failed","statusMessage":"odd"#;
        assert_eq!(verdict(&[("GET", "", 200, cut)]), Verdict::Inconclusive);
        assert_eq!(verdict(&[("GET", "/1", 200, &cut[1..])]), Verdict::Fault);
    }
}
