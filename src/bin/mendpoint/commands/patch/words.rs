//! What `patch` says on standard error: what was done, what it rests on, and what comes next.

use std::path::Path;

use mendpoint::connection::Operation;
use mendpoint::correct::{self, Correction, Terms};
use mendpoint::exchange::Body;
use mendpoint::json::splice::Edit;
use mendpoint::json::{self, Value};
use mendpoint::mend::last_state::{State, last_state, projects};
use mendpoint::mend::request::{self, Form, Method, Request};
use mendpoint::render::place;
use mendpoint::report::finding::{CallFix, Severity};
use mendpoint::report::{Input, Report};
use mendpoint::sensitive;
use mendpoint::text::trace_path::not_an_option;

use crate::args::{PatchArgs, Verb};
use crate::output;

/// How many fixes of one kind are told.
const MAX_LINES: usize = 30;

/// Says a line without any secret of the trace.
pub(super) fn tell(report: &Report, line: &str) {
    output::tell(&report.known.hide_in_output(line));
}

/// What was done, what it rests on, and what to do next.
pub(super) fn explain(correction: &Correction<'_>, args: &PatchArgs, report: &Report) {
    let input = correction
        .call
        .and_then(|call| report.inputs.get(call.input));
    if input.is_some_and(Input::is_copy) {
        tell(
            report,
            "warning: this recording is a safe copy, and its ids and names stand for others: send nothing of it, and run patch on the original",
        );
    }
    tell(report, &lead(correction, report));
    tell_each(report, &correction.applied, |fix| {
        format!("  {} ({})", fix.fix.summary, fix.rule)
    });
    if let Some(line) = rest_of_body(correction, args, report) {
        tell(report, &line);
    }
    tell_each(report, &correction.left, |fix| {
        let need = correct::need(fix);
        format!("  left: {} ({}); {need}", fix.fix.summary, fix.rule)
    });
    let terms = Terms {
        choice: super::choice(&args.which),
        unsafe_fixes: args.unsafe_fixes,
        values: &[],
    };
    for line in correct::others(report, correction.call, &terms) {
        tell(
            report,
            &format!("note: another endpoint failed too: {line}"),
        );
    }
    let errors = correction
        .left
        .iter()
        .filter(|fix| fix.severity == Severity::Error);
    if errors.count() > 0 {
        tell(
            report,
            "warning: with what is left, the service will most likely refuse this body again",
        );
    }
    tell_history(correction, report);
    guards(correction, report);
    tell(
        report,
        &format!(
            "send it with {}",
            request::method_reason(correction.operation(), method(args))
        ),
    );
    tell_secrets(correction, args, report);
    next_step(correction, args, report);
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
    let body = json::parse(correction.before).ok();
    let name = body.as_ref().and_then(|body| body.str("name"));
    let name = name.map_or_else(String::new, |name| format!(" of '{name}'"));
    let path = report.input_name(correction.input);
    format!("corrected the payload{name} in {path}")
}

/// Where a body of several goes: ` → PUT https://…`.
pub(super) fn address(correction: &Correction<'_>, args: &PatchArgs) -> String {
    let Some(call) = correction.call else {
        return String::new();
    };
    let method = method(args);
    match Request::new(
        call,
        correction.body.clone(),
        method,
        None,
        &args.allow_host,
    ) {
        Ok(request) => format!(": send it with {} to {}", request.method, request.url),
        Err(why) => format!("; {why}"),
    }
}

fn method(args: &PatchArgs) -> Method {
    match args.method {
        Verb::Put => Method::Put,
        Verb::Patch => Method::Patch,
    }
}

/// What comes after the request was sent: the proof.
pub(super) fn tell_after_sending(args: &PatchArgs, report: &Report) {
    if args.path.as_os_str() == "-" {
        return;
    }
    let before = not_an_option(&args.path.to_string_lossy());
    let words = ["compare".to_owned(), before, "after.har".to_owned()];
    let line = report.invocation.line(&words);
    tell(
        report,
        &format!("once it is sent: do the step again, record it as after.har, and run {line}"),
    );
}

/// What sending the body does where a later call took the place of this one.
fn tell_history(correction: &Correction<'_>, report: &Report) {
    let Some(call) = correction.call else { return };
    let Some(later) = correct::replaced_by(report, call) else {
        return;
    };
    let consequence = if correction.operation() == Some(Operation::Create) {
        "sending this body makes one more connection, or is refused because the name is taken"
    } else {
        "sending this body takes back what was saved since"
    };
    let line = format!(
        "warning: {} of {} replaced this one; {consequence}",
        later.operation.name(),
        place::place_name(later)
    );
    tell(report, &line);
}

/// One line for each of `fixes`, as far as anybody reads them.
fn tell_each(report: &Report, fixes: &[CallFix], line: impl Fn(&CallFix) -> String) {
    for fix in fixes.iter().take(MAX_LINES) {
        tell(report, &line(fix));
    }
    if let Some(more) = fixes.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        tell(report, &format!("  and {more} more of the kind"));
    }
}

/// What is true of all that was not mended.
fn rest_of_body(correction: &Correction<'_>, args: &PatchArgs, report: &Report) -> Option<String> {
    if args.json_patch {
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
        None if is_escaped(correction, args) => {
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
fn is_escaped(correction: &Correction<'_>, args: &PatchArgs) -> bool {
    let form = args.request;
    form.is_some_and(|form| form.escapes(&correction.body))
}

/// What else the write touches.
fn guards(correction: &Correction<'_>, report: &Report) {
    let Some(call) = correction.call else { return };
    let state = last_state(report, call);
    let endpoint = state.as_ref().map(|state| state.node).or(call.stored());
    let projects = endpoint.map(projects).unwrap_or_default();
    if projects.len() > 1 && call.operation.writes_endpoint() {
        tell(
            report,
            &format!(
                "warning: the endpoint is shared: the write changes it for the projects {}",
                projects.join(", ")
            ),
        );
    }
    if call.operation == Operation::Convert {
        tell(
            report,
            "warning: the call converts the authorization scheme; sent again, it converts again, and every pipeline that uses the endpoint signs in the new way",
        );
    }
    if call.operation.writes_endpoint() && call.outcome == mendpoint::connection::Outcome::Ok {
        tell(
            report,
            "note: the captured call succeeded; send the corrected body only if its fault still shows",
        );
    }
}

fn tell_secrets(correction: &Correction<'_>, args: &PatchArgs, report: &Report) {
    let (mut live, kept) = secrets(&correction.body);
    if args.json_patch {
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
        let what = if args.json_patch { "patch" } else { "body" };
        tell(
            report,
            &format!(
                "warning: the {what} holds a live secret; keep it off screens and out of tickets"
            ),
        );
    }
    // Only what is stored can be kept.
    let stored = correction
        .call
        .is_none_or(|call| call.operation != Operation::Create);
    if kept && stored && !args.json_patch {
        tell(
            report,
            "note: a secret that is null in the body is kept by the service; that is how its own procedure works, but it is written nowhere",
        );
    }
    if is_escaped(correction, args) {
        tell(
            report,
            "note: the body holds characters that a terminal obeys or hides, or that an editor fills in; the request writes them as \\u escapes, which mean the same",
        );
    }
}

/// Where the way back is, and what it is made of.
pub(super) fn tell_rollback(state: &State<'_>, path: &Path, report: &Report) {
    let (live, kept) = secrets(&state.body());
    let about_secrets = match (live, kept) {
        (true, _) => "; it holds a live secret: keep it off screens and out of tickets",
        (false, true) => "; its secrets are null, which the service takes for 'keep'",
        (false, false) => "",
    };
    tell(
        report,
        &format!(
            "{}: the endpoint as {} showed it, to go back{about_secrets}",
            path.display(),
            place::place_name(state.call)
        ),
    );
    if state.call.operation == Operation::List {
        tell(
            report,
            "warning: that was a list, which leaves secret members out; what the service makes of a missing secret is not known",
        );
    }
}

fn next_step(correction: &Correction<'_>, args: &PatchArgs, report: &Report) {
    match args.request {
        None if !args.json_patch && correction.call.is_some() => {
            let [form, others @ ..] = Form::for_reader(report.invocation.shell);
            let others = others.map(|form| form.name).join(", ");
            let mut words = super::words_of(args);
            words.extend(["--request".to_owned(), form.name.to_owned()]);
            words.extend(super::request_options(args));
            let line = report.invocation.line(&words);
            tell(
                report,
                &format!("the whole request: {line} (or --request {others})"),
            );
        }
        Some(form) => {
            if let Some(remark) = form.remark {
                tell(report, remark);
            }
        }
        None => {}
    }
    tell_after_sending(args, report);
}

/// Whether the body holds a secret, and whether it holds one as `null`.
fn secrets(body: &str) -> (bool, bool) {
    let (mut live, mut kept) = (false, false);
    if let Ok(root) = json::parse(body) {
        root.walk("", &mut |pointer, node| {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            if sensitive::is_secret_name(name) {
                live |= node.as_str().is_some_and(|text| !text.trim().is_empty());
                kept |= node.value == Value::Null;
            }
        });
    }
    (live, kept)
}
