//! What of all that was read is an input, and what is only a file that lay beside it.

use super::Analyzer;
use crate::connection::outcome::is_error_envelope;
use crate::connection::payload::looks_like_endpoint;
use crate::error::{Error, Kind};
use crate::ingest::{Container, Trace, is_named_as_recording, is_web_page};
use crate::json;
use crate::report::Verdict;

impl Analyzer<'_> {
    /// Hands every input of the file called `path` to `take`, one that cannot be read too, and gives the
    /// names of what `read` finds in it and is no input. A named file is always an input, also an archive
    /// that holds none; of what was `found` and not named only that in which something is known, or whose
    /// name says that it was meant as a recording.
    pub fn inputs_of(
        &self,
        path: &str,
        found: bool,
        read: impl FnOnce(&mut dyn FnMut(Trace)) -> Result<(), Error>,
        take: &mut dyn FnMut(Trace),
    ) -> Vec<String> {
        let mut unrelated = Vec::new();
        let mut any = false;
        let mut sort = |trace: Trace| {
            let trace = self.known(Trace {
                found: trace.found || found,
                ..trace
            });
            if is_input(&trace) {
                any = true;
                take(trace);
            } else {
                unrelated.push(trace.path);
            }
        };
        if let Err(error) = read(&mut sort) {
            sort(Trace::unreadable(path, error));
        }
        if !any && !found {
            take(Trace::unreadable(path, empty(path, unrelated.len())));
        }
        unrelated
    }

    /// `trace`, or why it is none where nothing is known in it.
    fn known(&self, trace: Trace) -> Trace {
        match self.unknown(&trace) {
            Some(why) => Trace {
                found: trace.found,
                ..Trace::unreadable(&trace.path, why)
            },
            None => trace,
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

/// The refusal of a folder or an archive called `path` that holds nothing but `others`.
pub fn empty(path: &str, others: usize) -> Error {
    let message = format!("{path} holds no trace (other files: {others})");
    let hint =
        "traces are HAR and SAZ files, saved sessions, logs and messages, known by their content";
    Error::new(Kind::Unrecognised, message).with_hint(hint)
}

fn is_input(trace: &Trace) -> bool {
    let is_missed = |error: &Error| error.kind() == Kind::Password;
    let failure = trace.failure.as_ref();
    !trace.found || failure.is_none_or(is_missed) || is_named_as_recording(&trace.path)
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
