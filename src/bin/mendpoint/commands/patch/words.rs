//! What `patch` says on standard error, besides what the library says of every correction.

use std::path::Path;

use mendpoint::connection::Operation;
use mendpoint::correct::{Correction, Terms};
use mendpoint::mend::last_state::State;
use mendpoint::mend::request::{Form, Method, Request};
use mendpoint::render::correction::{Sending, secrets};
use mendpoint::render::{correction as told, place};
use mendpoint::report::Report;
use mendpoint::text::trace_path::not_an_option;

use crate::args::{PatchArgs, Verb};
use crate::output;

/// Says a line without any secret of the trace.
pub(super) fn tell(report: &Report, line: &str) {
    output::tell(&report.known.hide_in_output(line));
}

/// What was done, what it rests on, and what to do next.
pub(super) fn explain(
    correction: &Correction<'_>,
    args: &PatchArgs,
    request: Option<&Request>,
    report: &Report,
) {
    let sending = Sending {
        terms: Terms {
            choice: super::choice(&args.which),
            unsafe_fixes: args.unsafe_fixes,
            values: &[],
        },
        method: method(args),
        request: request.zip(args.request),
        json_patch: args.json_patch,
    };
    for line in told::words(correction, report, &sending) {
        tell(report, &line);
    }
    next_step(correction, args, report);
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
    if args.request.is_none() && !args.json_patch && correction.call.is_some() {
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
    tell_after_sending(args, report);
}
