//! Fixes → the corrected request body of one call.

use crate::endpoint::{EndpointCall, Operation, Outcome};
use crate::finding::{Applicability, Fix, Severity};
use crate::json::splice::{self, Edit};
use crate::report::Report;

/// A fix of one call, as its rule proposed it.
#[derive(Debug, Clone)]
pub struct CallFix {
    /// Index of the trace.
    pub input: usize,
    /// The call's entry; of no meaning for pasted text.
    pub entry: usize,
    /// The rule.
    pub rule: String,
    /// How bad the fault is.
    pub severity: Severity,
    /// The edits.
    pub fix: Fix,
    /// Whether a later call succeeded where this one failed.
    pub history: bool,
}

/// Which call to correct.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// The last failed create or update that a fix exists for.
    Last,
    /// The last such call of the endpoint with this id or name.
    Endpoint(&'a str),
    /// The call with this number.
    Call(usize),
}

/// A corrected body and what was done to it.
#[derive(Debug)]
pub struct Correction<'a> {
    /// The call; `None` for a pasted payload.
    pub call: Option<&'a EndpointCall>,
    /// The body as captured.
    pub before: &'a str,
    /// The body to send.
    pub body: String,
    /// What was applied, in order.
    pub applied: Vec<&'a CallFix>,
    /// What was not, because it needs agreement or a value.
    pub left: Vec<&'a CallFix>,
}

/// Why there is no corrected body.
#[derive(Debug)]
pub enum Refusal {
    /// The user must choose: one line for each choice.
    Ambiguous(Vec<String>),
    /// What was asked for is not in the trace.
    NotFound(String),
    /// There are faults, but no body can mend them; what can.
    NotMendable(Vec<String>),
    /// There is nothing to mend.
    NoFault,
}

/// Corrects the body of the chosen call. Unsafe fixes are applied only with `unsafe_fixes`.
pub fn correct<'a>(
    report: &'a Report,
    choice: Choice<'_>,
    unsafe_fixes: bool,
) -> Result<Correction<'a>, Refusal> {
    let pasted = report.inputs.iter().position(|input| input.text.is_some());
    let (call, before, input, entry) = if let Some(call) = choose(report, choice, unsafe_fixes)? {
        let text = call.exchange.request.body.text();
        let missing = || {
            Refusal::NotMendable(vec![format!(
                "the request body of call {} is not in the trace",
                call.number
            )])
        };
        (
            Some(call),
            text.ok_or_else(missing)?,
            call.input,
            call.exchange.entry,
        )
    } else {
        let input = pasted.ok_or(Refusal::NoFault)?;
        (
            None,
            report.inputs[input].text.as_deref().unwrap_or_default(),
            input,
            0,
        )
    };
    let fixes = report
        .fixes
        .iter()
        .filter(|fix| fix.input == input && fix.entry == entry);
    let (wanted, mut left): (Vec<&CallFix>, Vec<&CallFix>) =
        fixes.partition(|fix| allowed(fix, unsafe_fixes));
    let mut body = before.to_owned();
    let mut applied = Vec::new();
    for fix in wanted {
        // Two rules may mend the same member; what the first has mended needs no second edit.
        match splice::apply(&body, &fix.fix.edits) {
            Ok(text) => {
                body = text;
                applied.push(fix);
            }
            Err(_) => left.push(fix),
        }
    }
    if applied.is_empty() {
        return Err(refusal(report, &left));
    }
    Ok(Correction {
        call,
        before,
        body,
        applied,
        left,
    })
}

/// A correction for every endpoint that one can be made for, in the order of their calls.
pub fn correct_each(report: &Report, unsafe_fixes: bool) -> Vec<Correction<'_>> {
    let calls = last_of_each(report, Choice::Last, unsafe_fixes);
    if calls.is_empty() {
        return correct(report, Choice::Last, unsafe_fixes)
            .into_iter()
            .collect();
    }
    let correction =
        |call: &&EndpointCall| correct(report, Choice::Call(call.number), unsafe_fixes);
    calls
        .iter()
        .rev()
        .filter_map(|call| correction(call).ok())
        .collect()
}

impl Correction<'_> {
    /// The operations, each guarded by a test of the value it replaces or removes.
    pub fn json_patch(&self) -> Vec<Edit> {
        let root = crate::json::parse(self.before).ok();
        let edits = self.applied.iter().flat_map(|fix| &fix.fix.edits);
        let mut patch = Vec::new();
        for edit in edits {
            let node = root
                .as_ref()
                .and_then(|root| crate::json::pointer::resolve(root, edit.path()));
            if let (Some(node), false) = (node, matches!(edit, Edit::Test { .. })) {
                patch.push(Edit::Test {
                    path: edit.path().to_owned(),
                    value: node.to_value(),
                });
            }
            patch.push(edit.clone());
        }
        patch
    }
}

fn allowed(fix: &CallFix, unsafe_fixes: bool) -> bool {
    match fix.fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => unsafe_fixes && fix.severity > Severity::Note,
        Applicability::DisplayOnly => false,
    }
}

/// The call to correct; `None` means a pasted payload.
fn choose<'a>(
    report: &'a Report,
    choice: Choice<'_>,
    unsafe_fixes: bool,
) -> Result<Option<&'a EndpointCall>, Refusal> {
    match choice {
        Choice::Call(number) => {
            let found = report.calls.iter().find(|call| call.number == number);
            return found.map(Some).ok_or_else(|| {
                Refusal::NotFound(format!(
                    "there is no call {number}; `mendpoint calls` lists them"
                ))
            });
        }
        Choice::Endpoint(wanted) => {
            let known = |call: &EndpointCall| is_about(report, call, wanted);
            if !report.calls.iter().any(known) {
                return Err(Refusal::NotFound(format!(
                    "no call is about an endpoint called {wanted}; `mendpoint calls` lists them"
                )));
            }
        }
        Choice::Last => {}
    }
    let endpoints = last_of_each(report, choice, unsafe_fixes);
    match endpoints.as_slice() {
        [only] => Ok(Some(only)),
        [] if report.inputs.iter().any(|input| input.text.is_some()) && report.calls.is_empty() => {
            Ok(None)
        }
        [] => Err(refusal(report, &[])),
        several => Err(Refusal::Ambiguous(
            several
                .iter()
                .rev()
                .map(|call| choice_line(report, call))
                .collect(),
        )),
    }
}

/// The call whose payload is worth comparing: the one a correction would be made for, or else the
/// last failed write, or else the last call that sends a payload. `None` means a pasted payload.
pub fn compared<'a>(
    report: &'a Report,
    choice: Choice<'_>,
) -> Result<Option<&'a EndpointCall>, Refusal> {
    match choose(report, choice, true) {
        Err(Refusal::NotMendable(_) | Refusal::NoFault) => {
            let fits = |call: &&EndpointCall| {
                call.stored().is_some()
                    && !matches!(choice, Choice::Endpoint(wanted) if !is_about(report, call, wanted))
            };
            let writes = |call: &&EndpointCall| call.operation.writes_endpoint();
            let last = |failed: bool, write: bool| {
                report.calls.iter().rev().filter(fits).find(|call| {
                    (!failed || call.outcome == Outcome::Failed) && (!write || writes(call))
                })
            };
            last(true, true)
                .or_else(|| last(false, true))
                .or_else(|| last(false, false))
                .map(Some)
                .ok_or(Refusal::NoFault)
        }
        chosen => chosen,
    }
}

/// The last call worth correcting of each endpoint, the latest first.
fn last_of_each<'a>(
    report: &'a Report,
    choice: Choice<'_>,
    unsafe_fixes: bool,
) -> Vec<&'a EndpointCall> {
    let candidates: Vec<&EndpointCall> = report
        .calls
        .iter()
        .filter(|call| call.operation.writes_endpoint() && mendable(report, call, unsafe_fixes))
        .filter(
            |call| !matches!(choice, Choice::Endpoint(wanted) if !is_about(report, call, wanted)),
        )
        .collect();
    let history = |call: &&EndpointCall| fixes_of(report, call).all(|fix| fix.history);
    let current: Vec<&EndpointCall> = candidates
        .iter()
        .copied()
        .filter(|call| !history(call))
        .collect();
    let current = if current.is_empty() {
        candidates
    } else {
        current
    };
    let failed: Vec<&EndpointCall> = current
        .iter()
        .copied()
        .filter(|call| call.outcome == Outcome::Failed)
        .collect();
    let pool = if failed.is_empty() { current } else { failed };
    let mut endpoints: Vec<&EndpointCall> = Vec::new();
    for call in pool.iter().rev() {
        if !endpoints
            .iter()
            .any(|other| same_endpoint(report, other, call))
        {
            endpoints.push(call);
        }
    }
    endpoints
}

fn fixes_of<'a>(report: &'a Report, call: &EndpointCall) -> impl Iterator<Item = &'a CallFix> {
    let (input, entry) = (call.input, call.exchange.entry);
    report
        .fixes
        .iter()
        .filter(move |fix| fix.input == input && fix.entry == entry)
}

fn mendable(report: &Report, call: &EndpointCall, unsafe_fixes: bool) -> bool {
    fixes_of(report, call).any(|fix| allowed(fix, unsafe_fixes))
}

fn is_about(report: &Report, call: &EndpointCall, wanted: &str) -> bool {
    call.endpoint_id()
        .is_some_and(|id| id.eq_ignore_ascii_case(wanted))
        || report
            .endpoint_name(call)
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}

fn same_endpoint(report: &Report, one: &EndpointCall, other: &EndpointCall) -> bool {
    match (one.endpoint_id(), other.endpoint_id()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => one.input == other.input && report.endpoint_name(one) == report.endpoint_name(other),
    }
}

fn choice_line(report: &Report, call: &EndpointCall) -> String {
    let name = report.endpoint_name(call).unwrap_or("(no name)");
    let id = call
        .endpoint_id()
        .map(|id| format!(", --endpoint {id}"))
        .unwrap_or_default();
    format!(
        "--call {}: {} of '{name}'{id}",
        call.number,
        call.operation.name()
    )
}

/// What stands in the way, for the user.
fn refusal(report: &Report, left: &[&CallFix]) -> Refusal {
    let faults = report.findings.iter().filter(|finding| {
        finding.severity >= Severity::Warning && !finding.rule.starts_with("trace-")
    });
    let mut lines: Vec<String> = faults
        .map(|finding| {
            let step = finding.remedy.first().map_or("", String::as_str);
            format!(
                "{}: {}",
                finding.rule,
                finding
                    .fix
                    .as_ref()
                    .map_or(step, |fix| fix.summary.as_str())
            )
        })
        .collect();
    for fix in left {
        let why = match fix.fix.applicability {
            Applicability::Unsafe => "needs --unsafe-fixes",
            Applicability::DisplayOnly => "needs a value that is not in the trace",
            Applicability::Safe => "was mended by another fix",
        };
        let line = format!("{}: {} ({why})", fix.rule, fix.fix.summary);
        lines.retain(|other| !other.starts_with(&format!("{}:", fix.rule)));
        lines.push(line);
    }
    let verify = report.fixes.iter().find_map(|fix| {
        report
            .call_at(fix.input, fix.entry)
            .filter(|call| call.operation == Operation::Verify)
    });
    if let Some(call) = verify {
        lines.push(format!(
            "the only body with a fault is the one of a verify; --call {} corrects it",
            call.number
        ));
    }
    if lines.is_empty() {
        Refusal::NoFault
    } else {
        Refusal::NotMendable(lines)
    }
}
