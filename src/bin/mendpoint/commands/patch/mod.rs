//! `patch`: the corrected body on standard output and nothing else; why and how on standard error.

mod values;
mod words;

use mendpoint::analyze::Analyzer;
use mendpoint::correct::{self, Choice, Correction, Refusal, Terms};
use mendpoint::report::Report;
use mendpoint::request::{Auth, Form, Method, Request};
use mendpoint::rule::Catalogue;

use crate::args::{AuthSource, Global, PatchArgs, RequestForm, Verb, Which};
use crate::load::Loaded;
use crate::output::{self, Failure, tell};
use crate::{Status, load};

pub(crate) fn run(args: &PatchArgs, global: &Global) -> Result<Status, Failure> {
    let loaded = load::load(std::slice::from_ref(&args.path), global)?;
    if loaded.report.inputs.is_empty() {
        return Ok(Status::Failed);
    }
    let values = values::read(&args.set)?;
    let terms = Terms {
        choice: choice(&args.which),
        unsafe_fixes: args.unsafe_fixes,
        values: &values,
    };
    // Only built-in rules have checks, and only checks have fixes.
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let correction = match correct::correct(&loaded.report, &analyzer, &terms) {
        Ok(correction) => correction,
        Err(refusal) => return refused(refusal, &loaded),
    };
    let bytes = match args.request {
        _ if args.json_patch => super::json_bytes(&serde_json::json!(correction.operations))?,
        None => correction.body.clone().into_bytes(),
        Some(form) => request(&correction, form, args, &loaded.report)?.into_bytes(),
    };
    rollback(&correction, args, &loaded.report)?;
    if !global.quiet {
        words::explain(&correction, args, &loaded.report);
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
fn refused(refusal: Refusal, loaded: &Loaded) -> Result<Status, Failure> {
    match refusal {
        Refusal::Ambiguous(choices) => {
            Failure::new("several endpoints have a call that can be corrected; choose one")
                .report();
            for line in choices {
                words::tell(&loaded.report, &format!("  {line}"));
            }
            Ok(Status::Failed)
        }
        Refusal::NotFound(message) => Err(Failure::new(message)),
        Refusal::NotMendable(lines) => {
            tell("no corrected body: what is wrong cannot be mended by a request body alone");
            for line in lines {
                words::tell(&loaded.report, &format!("  {line}"));
            }
            Ok(Status::Found)
        }
        Refusal::NoFault if loaded.report.calls.is_empty() && loaded.report.findings.is_empty() => {
            tell("no corrected body: there is no service-endpoint call in this trace");
            Ok(Status::Nothing)
        }
        Refusal::NoFault => {
            tell("no corrected body: no fault was found in a create or update of this trace");
            Ok(if loaded.report.calls.is_empty() {
                Status::Nothing
            } else {
                Status::Found
            })
        }
    }
}

/// Writes the way back before anything else is written.
fn rollback(correction: &Correction<'_>, args: &PatchArgs, report: &Report) -> Result<(), Failure> {
    let Some(path) = &args.rollback else {
        return Ok(());
    };
    let state = correction
        .call
        .and_then(|call| correct::last_state(report, call))
        .ok_or_else(|| {
            Failure::new(
                "there is nothing to go back to: the trace shows no working state of this endpoint",
            )
            .with_hint("read the endpoint (GET) before you write it, and keep the answer")
        })?;
    output::write_file(state.body().as_bytes(), path, false)?;
    words::tell_rollback(&state, path, report);
    Ok(())
}

fn request(
    correction: &Correction<'_>,
    form: RequestForm,
    args: &PatchArgs,
    report: &Report,
) -> Result<String, Failure> {
    let call = correction.call.ok_or_else(|| {
        Failure::new("a pasted payload has no URL to send it to")
            .with_hint("take the body alone, or give the trace it came from")
    })?;
    let method = match args.method {
        Verb::Put => Method::Put,
        Verb::Patch => Method::Patch,
    };
    let auth = match args.auth {
        AuthSource::Az => Auth::Az,
        AuthSource::Pat => Auth::Pat,
    };
    let save = body_alone(args, form)?;
    let form = match form {
        RequestForm::Curl => Form::Curl,
        RequestForm::Cmd => Form::Cmd,
        RequestForm::Powershell => Form::PowerShell,
        RequestForm::Az => Form::Az,
        RequestForm::Http => Form::Http,
    };
    let request = Request::new(
        call,
        correction.body.clone(),
        method,
        auth,
        &args.allow_host,
    )
    .map_err(Failure::new)?
    .checked_first(call, report);
    Ok(request.write(form, &save))
}

/// The arguments of the call that writes the same body to a file, for forms that send a file.
fn body_alone(args: &PatchArgs, form: RequestForm) -> Result<Vec<String>, Failure> {
    let takes_file = matches!(form, RequestForm::Cmd | RequestForm::Az);
    if takes_file && args.path.as_os_str() == "-" {
        return Err(
            Failure::new("this form sends a file that mendpoint writes from the trace")
                .with_hint("give the trace as a file instead of standard input"),
        );
    }
    Ok(same_patch(args))
}

/// The arguments that make the same correction.
fn same_patch(args: &PatchArgs) -> Vec<String> {
    let path = args.path.to_string_lossy().into_owned();
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
