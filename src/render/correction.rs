//! What is said of a correction: what was done, what it rests on, and what sending it does.

use super::place;
use crate::connection::{Operation, Outcome};
use crate::correct::{Correction, Terms, need, others, replaced_by};
use crate::exchange::Body;
use crate::json::splice::Edit;
use crate::json::{self, Value};
use crate::mend::last_state::{last_state, projects};
use crate::mend::request::{self, Form, Method, Request};
use crate::report::finding::{CallFix, Severity};
use crate::report::{Input, Report};
use crate::sensitive;

/// How many fixes of one kind are told.
const MAX_LINES: usize = 30;

/// In what the correction is handed over.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// What was asked for.
    pub terms: Terms<'a>,
    /// The verb it is sent with.
    pub method: Method,
    /// The whole request and the form that it is written in; `None` for the body alone.
    pub request: Option<(&'a Request, &'static Form)>,
    /// Whether only the operations of RFC 6902 are handed over.
    pub json_patch: bool,
}

/// One line each: what was corrected, what was left, and what there is to know before it is sent.
/// Secrets of the trace still have to be hidden in them.
pub fn words(correction: &Correction<'_>, report: &Report, sending: &Sending<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let input = correction
        .call
        .and_then(|call| report.inputs.get(call.input));
    let is_copy = input.is_some_and(Input::is_copy);
    if is_copy {
        lines.push("warning: this recording is a safe copy, and its ids and names stand for others: send nothing of it, and correct the original".to_owned());
    }
    lines.push(lead(correction, report));
    each(&mut lines, &correction.applied, |fix| {
        format!("  {} ({})", fix.fix.summary, fix.rule)
    });
    lines.extend(rest_of_body(correction, sending, report));
    each(&mut lines, &correction.left, |fix| {
        format!("  left: {} ({}); {}", fix.fix.summary, fix.rule, need(fix))
    });
    let others = others(report, correction.call, &sending.terms);
    lines.extend(
        others
            .iter()
            .map(|line| format!("note: another endpoint failed too: {line}")),
    );
    let mut left = correction.left.iter();
    if left.any(|fix| fix.severity == Severity::Error) {
        lines.push(
            "warning: with what is left, the service will most likely refuse this body again"
                .to_owned(),
        );
    }
    lines.extend(history(correction, report));
    lines.extend(guards(correction, report));
    if !is_copy {
        let why = request::method_reason(correction.operation(), sending.method);
        lines.push(format!("send it with {why}"));
    }
    lines.extend(about_secrets(correction, sending));
    if let Some((request, form)) = sending.request {
        lines.extend(request.remarks(form));
    }
    lines
}

/// What was corrected.
fn lead(correction: &Correction<'_>, report: &Report) -> String {
    if let Some(call) = correction.call {
        return format!(
            "corrected {}: {}",
            place::place_name(call),
            place::request_line(call, &report.known)
        );
    }
    let body = json::parse(&correction.before).ok();
    let name = body.as_ref().and_then(|body| body.str("name"));
    let name = name.map_or_else(String::new, |name| format!(" of '{name}'"));
    let path = report.input_name(correction.input);
    format!("corrected the payload{name} in {path}")
}

/// What sending the body does where a later call took the place of this one.
fn history(correction: &Correction<'_>, report: &Report) -> Option<String> {
    let later = replaced_by(report, correction.call?)?;
    let consequence = if correction.operation() == Some(Operation::Create) {
        "sending this body makes one more connection, or is refused because the name is taken"
    } else {
        "sending this body takes back what was saved since"
    };
    Some(format!(
        "warning: {} of {} replaced this one; {consequence}",
        later.operation.name(),
        place::place_name(later)
    ))
}

/// One line for each of `fixes`, as far as anybody reads them.
fn each(lines: &mut Vec<String>, fixes: &[CallFix], line: impl Fn(&CallFix) -> String) {
    lines.extend(fixes.iter().take(MAX_LINES).map(line));
    if let Some(more) = fixes.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more of the kind"));
    }
}

/// What is true of all that was not mended.
fn rest_of_body(
    correction: &Correction<'_>,
    sending: &Sending<'_>,
    report: &Report,
) -> Option<String> {
    if sending.json_patch {
        return None;
    }
    let fixes = correction.applied.iter();
    let touched = fixes.flat_map(|fix| &fix.fix.edits).next().is_some();
    let (everything, bytes) = if touched {
        ("everything else", "every other byte")
    } else {
        ("everything", "every byte")
    };
    Some(match respelt(correction, report) {
        Some(how) => format!("  {everything} is as captured, but {how}"),
        None if is_escaped(correction, sending) => {
            format!("  {everything} means what was captured")
        }
        None => format!("  {bytes} is as captured"),
    })
}

/// How the body as it was read differs from the bytes that were sent.
fn respelt<'a>(correction: &Correction<'a>, report: &Report) -> Option<&'a str> {
    if let Some(call) = correction.call {
        return match &call.exchange.request.body {
            Body::Respelt(_, how) => Some(how),
            _ => None,
        };
    }
    let mut notes = report.inputs.iter().flat_map(|input| &input.notes);
    let mended = notes.any(|note| note.kind == "json-mended");
    mended.then_some("spelt as strict JSON")
}

/// Whether the form writes characters of the body as escapes.
fn is_escaped(correction: &Correction<'_>, sending: &Sending<'_>) -> bool {
    let request = sending.request;
    request.is_some_and(|(_, form)| form.escapes(&correction.body))
}

/// What else the write touches.
fn guards(correction: &Correction<'_>, report: &Report) -> Vec<String> {
    let Some(call) = correction.call else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let state = last_state(report, call);
    let endpoint = state.as_ref().map(|state| state.node).or(call.stored());
    let projects = endpoint.map(projects).unwrap_or_default();
    if projects.len() > 1 && call.operation.writes_endpoint() {
        lines.push(format!(
            "warning: the endpoint is shared: the write changes it for the projects {}",
            projects.join(", ")
        ));
    }
    if call.operation == Operation::Convert {
        lines.push("warning: the call converts the authorization scheme; sent again, it converts again, and every pipeline that uses the endpoint signs in the new way".to_owned());
    }
    if call.operation.writes_endpoint() && call.outcome == Outcome::Ok {
        lines.push("note: the captured call succeeded; send the corrected body only if its fault still shows".to_owned());
    }
    lines
}

fn about_secrets(correction: &Correction<'_>, sending: &Sending<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut live, kept) = secrets(&correction.body);
    if sending.json_patch {
        live = correction.operations.iter().any(|edit| match edit {
            Edit::Remove { .. } => false,
            Edit::Replace { path, value }
            | Edit::Add { path, value }
            | Edit::Test { path, value } => {
                let owner = path.rsplit('/').next().unwrap_or_default();
                secrets(&serde_json::json!({ owner: value }).to_string()).0
            }
        });
    }
    if live {
        let what = if sending.json_patch { "patch" } else { "body" };
        lines.push(format!(
            "warning: the {what} holds a live secret; keep it off screens and out of tickets"
        ));
    }
    // Only what is stored can be kept.
    let stored = correction
        .call
        .is_none_or(|call| call.operation != Operation::Create);
    if kept && stored && !sending.json_patch {
        lines.push("note: a secret that is null in the body is kept by the service; that is how its own procedure works, but Microsoft documents it nowhere".to_owned());
    }
    if is_escaped(correction, sending) {
        lines.push("note: the body holds characters that a terminal obeys or hides, or that an editor fills in; the request writes them as \\u escapes, which mean the same".to_owned());
    }
    lines
}

/// Whether the body holds a secret, and whether it holds one as `null`.
pub fn secrets(body: &str) -> (bool, bool) {
    let (mut live, mut kept) = (false, false);
    if let Ok(root) = json::parse(body) {
        root.walk(&mut |pointer, node| {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            if sensitive::is_secret_name(name) {
                live |= node.as_str().is_some_and(|text| !text.trim().is_empty());
                kept |= node.value == Value::Null;
            }
        });
    }
    (live, kept)
}
