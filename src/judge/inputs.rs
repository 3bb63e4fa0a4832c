//! What of all that was read is an input, and what is only a file that lay beside it.

use super::Analyzer;
use crate::connection::outcome::is_error_envelope;
use crate::connection::payload::looks_like_endpoint;
use crate::error::{Error, Kind};
use crate::ingest::{Container, Trace, is_named_as_recording, is_web_page};
use crate::json;
use crate::report::Verdict;

/// What was read of one file.
#[derive(Debug, Default)]
pub struct Sorted {
    /// What is judged, unreadable inputs too, in the order of the file.
    pub inputs: Vec<Trace>,
    /// Names of what was found and is no input.
    pub unrelated: Vec<String>,
}

impl Analyzer<'_> {
    /// Sorts `trace` into `sorted`: a named file is always an input, a found one if something is known
    /// in it, or if its name says that it was meant as a recording.
    pub fn sort(&self, trace: Trace, sorted: &mut Sorted) {
        let trace = match self.unknown(&trace) {
            Some(why) => Trace {
                found: trace.found,
                ..Trace::unreadable(&trace.path, why)
            },
            None => trace,
        };
        let is_missed = |error: &Error| error.kind() == Kind::Password;
        let unrelated = trace.found
            && trace.failure.as_ref().is_some_and(|why| !is_missed(why))
            && !is_named_as_recording(&trace.path);
        if unrelated {
            sorted.unrelated.push(trace.path);
        } else {
            sorted.inputs.push(trace);
        }
    }

    /// Why a document is no input; `None` where it is one.
    fn unknown(&self, trace: &Trace) -> Option<Error> {
        let text = trace.text.as_deref()?;
        let is_foreign = trace.container == Container::Json && !is_of_service(text);
        let is_page = trace.container == Container::Text && is_web_page(text);
        let is_document = matches!(trace.container, Container::Json | Container::Text);
        if !(is_foreign || is_page || trace.found && is_document) {
            return None;
        }
        let report = self.analyze(trace.clone());
        let is_silent = report.verdict() == Verdict::NothingRelevant;
        if is_foreign && report.findings.is_empty() {
            Some(foreign_json(&trace.path))
        } else if is_page && is_silent {
            Some(foreign_page(&trace.path))
        } else if trace.found && is_silent {
            let message = format!("{} is a text in which nothing is known", trace.path);
            Some(Error::new(Kind::Unrecognised, message))
        } else {
            None
        }
    }
}

/// Whether JSON is a payload or an answer of the service, whatever it says.
fn is_of_service(text: &str) -> bool {
    json::parse(text).is_ok_and(|body| {
        let list = body.get("value").unwrap_or(&body);
        is_error_envelope(&body)
            || body.get("serviceEndpointDetails").is_some()
            || (body.get("statusCode").is_some() && body.get("errorMessage").is_some())
            || looks_like_endpoint(&body)
            || list.items().iter().any(looks_like_endpoint)
            || (body.get("count").is_some()
                && body.get("value").is_some()
                && list.items().is_empty())
    })
}

fn foreign_page(path: &str) -> Error {
    let message = format!("{path} is a web page, not a trace");
    Error::new(Kind::Unrecognised, message).with_hint(
        "probably a sign-in page was saved in place of the file; download the trace again",
    )
}

fn foreign_json(path: &str) -> Error {
    Error::new(
        Kind::Unrecognised,
        format!("{path} is JSON, but neither a trace nor a payload or answer of the service"),
    )
    .with_hint("a HAR holds log.entries; save it in the browser with Save all as HAR with content")
}
