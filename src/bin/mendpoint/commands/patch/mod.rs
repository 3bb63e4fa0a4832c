//! `patch`: the corrected body on standard output and nothing else; why and how on standard error.

mod all;
mod values;
mod words;

use mendpoint::correct::{self, Choice, Correction, Refusal, Terms};
use mendpoint::judge::Analyzer;
use mendpoint::mend::last_state::last_state;
use mendpoint::mend::request::{Auth, Form, Method, Request};
use mendpoint::report::Report;
use mendpoint::text::trace_path::not_an_option;

use crate::args::{AuthSource, Global, Output, PatchArgs, Verb, Which};
use crate::output::{self, Failure, tell};
use crate::{Status, load};

pub(crate) fn run(args: &PatchArgs, global: &Global) -> Result<Status, Failure> {
    if !args.all {
        output::refuse(&args.output, std::slice::from_ref(&args.path))?;
    }
    refuse_rollback(args)?;
    let loaded = load::load(std::slice::from_ref(&args.path), global)?;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let values = values::read(&args.set)?;
    let terms = Terms {
        choice: choice(&args.which),
        unsafe_fixes: args.unsafe_fixes,
        values: &values,
    };
    // Only built-in rules have checks, and only checks have fixes.
    let analyzer = Analyzer::default();
    if args.all {
        return all::write(args, global, &loaded);
    }
    let correction = match correct::correct(&loaded.report, &analyzer, &terms) {
        Ok(correction) => correction,
        Err(refusal) => return Ok(refused(&refusal, &loaded.report)),
    };
    let form = args.request;
    let request = form
        .map(|form| request(&correction, form, args, &loaded.report))
        .transpose()?;
    let bytes = match (&request, form) {
        _ if args.json_patch => super::json_bytes(&serde_json::json!(correction.operations))?,
        (Some(request), Some(form)) => request
            .write(form, Some(&same_patch(args, form, &loaded.report)))
            .into_bytes(),
        _ => correction.body.clone().into_bytes(),
    };
    rollback(&correction, args, &loaded.report)?;
    if !global.quiet {
        words::explain(&correction, args, request.as_ref(), &loaded.report);
    }
    output::write(&bytes, &args.output)?;
    Ok(if loaded.failures > 0 {
        Status::Failed
    } else {
        Status::Clean
    })
}

/// The call that the options mean.
pub(super) fn choice(which: &Which) -> Choice<'_> {
    match (&which.endpoint, which.call) {
        (Some(endpoint), _) => Choice::Endpoint(endpoint),
        (None, Some(number)) => Choice::Call(number),
        (None, None) => Choice::Last,
    }
}

/// Says why there is no body.
fn refused(refusal: &Refusal, report: &Report) -> Status {
    let status = refusal.status();
    for (at, line) in refusal.words(report).iter().enumerate() {
        match (at, status) {
            (0, Status::Failed) => Failure::new(line).report(),
            (0, _) => tell(line),
            _ => tell(&format!("  {line}")),
        }
    }
    status
}

/// The way back is a file of its own, and never the trace.
fn refuse_rollback(args: &PatchArgs) -> Result<(), Failure> {
    let Some(path) = &args.rollback else {
        return Ok(());
    };
    let way_back = Output {
        output: Some(path.clone()),
        force: args.output.force,
    };
    output::refuse(&way_back, std::slice::from_ref(&args.path))?;
    if args.output.output.as_ref() == Some(path) {
        return Err(Failure::new("--rollback and -o name the same file")
            .with_hint("the way back needs a file of its own"));
    }
    Ok(())
}

/// Writes the way back before anything else is written.
fn rollback(correction: &Correction<'_>, args: &PatchArgs, report: &Report) -> Result<(), Failure> {
    let Some(path) = &args.rollback else {
        return Ok(());
    };
    let state = correction
        .call
        .and_then(|call| last_state(report, call))
        .ok_or_else(|| {
            Failure::new(
                "there is nothing to go back to: the trace shows no working state of this endpoint",
            )
            .with_hint("read the endpoint (GET) before you write it, and keep the answer")
        })?;
    output::write_file(state.body().as_bytes(), path, args.output.force)?;
    words::tell_rollback(&state, path, report);
    Ok(())
}

fn request(
    correction: &Correction<'_>,
    form: &Form,
    args: &PatchArgs,
    report: &Report,
) -> Result<Request, Failure> {
    let call = correction.call.ok_or_else(|| {
        Failure::new("a pasted payload has no URL to send it to")
            .with_hint("take the body alone, or give the trace it came from")
    })?;
    let method = match args.method {
        Verb::Put => Method::Put,
        Verb::Patch => Method::Patch,
    };
    let auth = args.auth.map(|source| match source {
        AuthSource::Az => Auth::Az,
        AuthSource::Pat => Auth::Pat,
    });
    refuse_form(args, form)?;
    let request = Request::new(
        call,
        correction.body.clone(),
        method,
        auth,
        &args.allow_host,
    )
    .map_err(Failure::new)?
    .checked_first(call, &correction.operations, report);
    if let Some(why) = form.no_pat.filter(|_| request.auth == Auth::Pat) {
        return Err(Failure::new(why).with_hint(format!(
            "choose --request {}; on the cloud, leaving --auth pat away will do",
            Form::with_pat()
        )));
    }
    Ok(request)
}

/// Not every form takes every trace.
fn refuse_form(args: &PatchArgs, form: &Form) -> Result<(), Failure> {
    if form.takes_file() && args.path.as_os_str() == "-" {
        return Err(
            Failure::new("this form sends a file that mendpoint writes from the trace")
                .with_hint("give the trace as a file instead of standard input"),
        );
    }
    Ok(())
}

/// The options that only a request has, as they were given.
fn request_options(args: &PatchArgs) -> Vec<String> {
    let mut words = Vec::new();
    if args.method == Verb::Patch {
        words.extend(["--method".to_owned(), "patch".to_owned()]);
    }
    if args.auth == Some(AuthSource::Pat) {
        words.extend(["--auth".to_owned(), "pat".to_owned()]);
    }
    for host in &args.allow_host {
        words.extend(["--allow-host".to_owned(), host.clone()]);
    }
    words
}

/// The command that makes the same correction, in the shell of `form`.
fn same_patch(args: &PatchArgs, form: &Form, report: &Report) -> String {
    let invocation = report.invocation.in_shell(form.shell);
    invocation.line(&words_of(args))
}

/// The arguments that make the same correction.
fn words_of(args: &PatchArgs) -> Vec<String> {
    let path = not_an_option(&args.path.to_string_lossy());
    let mut words = vec!["patch".to_owned(), path];
    if let Some(endpoint) = &args.which.endpoint {
        words.extend(["--endpoint".to_owned(), endpoint.clone()]);
    }
    if let Some(number) = args.which.call {
        words.extend(["--call".to_owned(), number.to_string()]);
    }
    if args.unsafe_fixes {
        words.push("--unsafe-fixes".to_owned());
    }
    for set in &args.set {
        words.extend(["--set".to_owned(), set.clone()]);
    }
    words
}
