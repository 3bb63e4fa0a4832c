//! `patch`: the corrected body on standard output and nothing else; why and how on standard error.

use mendpoint::correct::{self, Choice, Correction, Refusal};
use mendpoint::finding::Applicability;
use mendpoint::json::{self, Value};
use mendpoint::render::place;
use mendpoint::request::{self, Auth, Form, Method, Request};
use mendpoint::secret;

use crate::args::{AuthSource, Global, PatchArgs, RequestForm, Verb, Which};
use crate::load::Loaded;
use crate::output::{self, Failure, tell};
use crate::{Status, load};

pub(crate) fn run(args: &PatchArgs, global: &Global) -> Result<Status, Failure> {
    let loaded = load::load(std::slice::from_ref(&args.path), global)?;
    if loaded.report.inputs.is_empty() {
        return Ok(Status::Failed);
    }
    let correction = match correct::correct(&loaded.report, choice(&args.which), args.unsafe_fixes)
    {
        Ok(correction) => correction,
        Err(refusal) => return refused(refusal, &loaded),
    };
    let bytes = match args.request {
        _ if args.json_patch => super::json_bytes(&serde_json::json!(correction.json_patch()))?,
        None => correction.body.clone().into_bytes(),
        Some(form) => request(&correction, form, args)?.into_bytes(),
    };
    if !global.quiet {
        explain(&correction, args);
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
                tell(&format!("  {line}"));
            }
            Ok(Status::Failed)
        }
        Refusal::NotFound(message) => Err(Failure::new(message)),
        Refusal::NotMendable(lines) => {
            tell("no corrected body: what is wrong cannot be mended by a request body alone");
            for line in lines {
                tell(&format!("  {line}"));
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

fn request(
    correction: &Correction<'_>,
    form: RequestForm,
    args: &PatchArgs,
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
    .map_err(Failure::new)?;
    Ok(request.write(form, &args.path.to_string_lossy()))
}

/// What was done, what it rests on, and what to do next.
fn explain(correction: &Correction<'_>, args: &PatchArgs) {
    if let Some(call) = correction.call {
        tell(&format!(
            "corrected {}: {}",
            place::place_name(call),
            place::request_line(call)
        ));
    }
    for fix in &correction.applied {
        tell(&format!("  {} ({})", fix.fix.summary, fix.rule));
    }
    let touched = correction
        .applied
        .iter()
        .any(|fix| !fix.fix.edits.is_empty());
    tell(if touched {
        "  every other byte is as captured"
    } else {
        "  every byte is as captured"
    });
    for fix in &correction.left {
        let why = match fix.fix.applicability {
            Applicability::Unsafe => "left: needs --unsafe-fixes",
            Applicability::DisplayOnly => "left: needs a value that is not in the trace",
            Applicability::Safe => continue,
        };
        tell(&format!("  {why}: {} ({})", fix.fix.summary, fix.rule));
    }
    let method = if args.method == Verb::Patch {
        Method::Patch
    } else {
        Method::Put
    };
    tell(&format!(
        "send it with {}",
        request::method_reason(correction.call, method)
    ));
    let (live, kept) = secrets(&correction.body);
    if live {
        tell("warning: the body holds a live secret; keep it off screens and out of tickets");
    }
    if kept {
        tell(
            "note: a secret that is null in the body is kept by the service; that is how its own procedure works, but it is written nowhere",
        );
    }
    match args.request {
        None if !args.json_patch => {
            let path = args.path.to_string_lossy();
            tell(&format!(
                "the whole request: mendpoint patch {} --request curl (or cmd, powershell, az, http)",
                mendpoint::rule::fill::quote_posix(&path)
            ));
        }
        Some(RequestForm::Http) => tell(
            "set AZURE_DEVOPS_TOKEN (a Microsoft Entra token for Azure DevOps) or AZURE_DEVOPS_EXT_PAT (with --auth pat) before you send it",
        ),
        _ => {}
    }
}

/// Whether the body holds a secret, and whether it holds one as `null`.
fn secrets(body: &str) -> (bool, bool) {
    let (mut live, mut kept) = (false, false);
    if let Ok(root) = json::parse(body) {
        root.walk("", &mut |pointer, node| {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            if secret::is_secret_name(name) {
                live |= node.as_str().is_some_and(|text| !text.trim().is_empty());
                kept |= node.value == Value::Null;
            }
        });
    }
    (live, kept)
}
