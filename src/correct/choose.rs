//! Which call is corrected, and what is said where none can be.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Choice, Refusal, Terms, agreed};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::exchange::Body;
use crate::report::command::Job;
use crate::report::finding::{Applicability, CallFix, Finding, Role, Severity};
use crate::report::{Report, Status, Verdict};
use crate::sensitive;
use crate::text::guid::same_id;

/// How many reasons a refusal gives.
const MAX_LINES: usize = 30;

/// The body to correct.
pub(super) struct Target<'a> {
    pub(super) call: Option<&'a EndpointCall>,
    pub(super) before: Cow<'a, str>,
    pub(super) input: usize,
    pub(super) entry: usize,
}

/// The call or pasted text that is to be corrected, with its body.
pub(super) fn target<'a>(report: &'a Report, terms: &Terms<'_>) -> Result<Target<'a>, Refusal> {
    let call = match choose(report, terms)? {
        Chosen::Call(call) => call,
        Chosen::Text(input) => {
            let before = report.inputs.get(input).and_then(|one| one.text.as_deref());
            return Ok(Target {
                call: None,
                before: before.ok_or(Refusal::NoFault)?.into(),
                input,
                entry: 0,
            });
        }
    };
    let body = &call.exchange.request.body;
    let opened = call.opened();
    let before = opened.exchange.request.body.as_sent().ok_or_else(|| {
        let why = match body {
            Body::Rebuilt(_, how) => format!("is not there as it was sent: {how}"),
            _ => "is not in the trace".to_owned(),
        };
        let number = call.number;
        Refusal::NotRecorded(vec![format!("the request body of call {number} {why}")])
    })?;
    Ok(Target {
        call: Some(call),
        before: before.to_owned().into(),
        input: call.input,
        entry: call.exchange.entry,
    })
}

/// What is corrected.
enum Chosen<'a> {
    Call(&'a EndpointCall),
    /// The payload that this input is.
    Text(usize),
}

/// What lists the calls.
fn calls(report: &Report) -> String {
    let command = report.command(Job::Calls, &report.invocation);
    command.unwrap_or_else(|| "mendpoint calls".to_owned())
}

/// What to correct.
fn choose<'a>(report: &'a Report, terms: &Terms<'_>) -> Result<Chosen<'a>, Refusal> {
    let choice = terms.choice;
    match choice {
        Choice::Text(input) => return Ok(Chosen::Text(input)),
        Choice::Call(number) => {
            let found = report.call(number);
            return found.map(Chosen::Call).ok_or_else(|| {
                Refusal::NotFound(format!(
                    "there is no call {number}; {} lists them",
                    calls(report)
                ))
            });
        }
        Choice::Endpoint(wanted) => {
            let known = |call: &EndpointCall| is_about(report, call, wanted);
            if !report.calls.iter().any(known) {
                return Err(Refusal::NotFound(format!(
                    "no call is about an endpoint called {wanted}; {} lists them",
                    calls(report)
                )));
            }
        }
        Choice::Last => {}
    }
    let endpoints = last_of_each(report, terms);
    let texts = match choice {
        Choice::Last if endpoints.is_empty() => texts(report, terms),
        _ => Vec::new(),
    };
    match endpoints.as_slice() {
        [only] => Ok(Chosen::Call(only)),
        [] if texts.len() > 1 => Err(Refusal::Ambiguous(
            texts.iter().map(|at| text_line(report, *at)).collect(),
        )),
        [] => {
            // What cannot be mended is told of the only payload there is.
            let mut payloads = (0..report.inputs.len()).filter(|at| is_text(report, *at));
            let only = payloads.next().filter(|_| report.calls.is_empty());
            let text = texts.first().copied().or(only);
            text.map(Chosen::Text).ok_or_else(|| refusal(report, terms))
        }
        several => Err(Refusal::Ambiguous(
            several
                .iter()
                .rev()
                .map(|call| choice_line(report, call))
                .collect(),
        )),
    }
}

fn is_text(report: &Report, input: usize) -> bool {
    let input = report.inputs.get(input);
    input.is_some_and(|input| input.text.is_some())
}

/// The inputs that are payloads without a call, and that a body can mend.
pub(super) fn texts(report: &Report, terms: &Terms<'_>) -> Vec<usize> {
    let of = |least: Severity| -> Vec<usize> {
        let worth =
            |at: &usize| is_text(report, *at) && mends(report.fixes_at(*at, 0), terms, least);
        (0..report.inputs.len()).filter(worth).collect()
    };
    let faults = of(Severity::Warning);
    if faults.is_empty() {
        of(Severity::Note)
    } else {
        faults
    }
}

fn text_line(report: &Report, input: usize) -> String {
    let path = report.inputs.get(input).map_or("", |one| one.path.as_str());
    format!("patch {path}: a payload without a call")
}

/// The call worth correcting of each connection, the latest first: the last attempt to write it, or
/// the one that a later verify proves broken.
pub(super) fn last_of_each<'a>(report: &'a Report, terms: &Terms<'_>) -> Vec<&'a EndpointCall> {
    let choice = terms.choice;
    let wanted = |call: &&EndpointCall| !matches!(choice, Choice::Endpoint(wanted) if !is_about(report, call, wanted));
    let attempts = Attempts::of(report);
    let pick = |least: Severity| -> Vec<&EndpointCall> {
        let worth = |call: &&EndpointCall| mendable(report, call, terms, least);
        let chosen = attempts.all.iter().filter_map(|attempt| {
            let broken = || attempt.proved_broken.filter(worth);
            attempt.last.filter(worth).or_else(broken)
        });
        chosen.filter(wanted).collect()
    };
    // A remark is mended along with a fault, and by itself only where there is no fault at all.
    let mut chosen = pick(Severity::Warning);
    if chosen.is_empty() {
        chosen = pick(Severity::Note);
    }
    let failed = chosen.iter().any(|call| call.outcome == Outcome::Failed);
    if failed {
        // A remark on what was stored without a complaint can wait.
        chosen.retain(|call| {
            let is_fault = |fix: &CallFix| fix.severity == Severity::Error && !fix.history;
            call.outcome == Outcome::Failed
                || attempts.is_proved_broken(call)
                || fixes_of(report, call).any(is_fault)
        });
    }
    chosen.reverse();
    once_each(report, &mut chosen);
    chosen
}

/// Leaves out what inputs without times repeat: the body of a call that another one has, and a call
/// without its body where the body is known from elsewhere.
fn once_each(report: &Report, chosen: &mut Vec<&EndpointCall>) {
    let own = |call: &EndpointCall| report.connection_of(call).map(std::ptr::from_ref);
    let known: HashSet<_> = chosen
        .iter()
        .filter(|call| call.exchange.request.body.is_as_sent())
        .filter_map(|call| own(call))
        .collect();
    let mut bodies = HashSet::new();
    chosen.retain(|call| {
        let opened = call.opened();
        match (own(call), opened.exchange.request.body.as_sent()) {
            (Some(own), None) => !known.contains(&own),
            (Some(own), Some(body)) => bodies.insert((own, call.operation, body.to_owned())),
            _ => true,
        }
    });
}

/// The attempts to write each connection.
struct Attempts<'a> {
    all: Vec<Attempt<'a>>,
}

/// What matters of the attempts to write one connection, in one order of time.
#[derive(Default)]
struct Attempt<'a> {
    /// The last one.
    last: Option<&'a EndpointCall>,
    /// The one whose body is stored, if a verify failed since.
    proved_broken: Option<&'a EndpointCall>,
    /// The one whose body is stored.
    stored: Option<&'a EndpointCall>,
}

impl<'a> Attempts<'a> {
    fn of(report: &'a Report) -> Self {
        let mut all: Vec<Attempt<'a>> = Vec::new();
        for connection in &report.connections {
            // An input without times stands for itself: nobody knows what came first.
            let mut places: HashMap<Option<usize>, usize> = HashMap::new();
            let calls = connection.calls.iter();
            for call in calls.filter_map(|number| report.call(*number)) {
                let timed = report.inputs.get(call.input).is_some_and(|one| one.timed);
                let own = (!timed).then_some(call.input);
                let at = *places.entry(own).or_insert_with(|| {
                    all.push(Attempt::default());
                    all.len() - 1
                });
                all[at].take(call);
            }
        }
        all.retain(|attempt| attempt.last.is_some());
        all.sort_by_key(|attempt| attempt.last.map(|call| call.number));
        Self { all }
    }

    fn is_proved_broken(&self, call: &EndpointCall) -> bool {
        let mut all = self.all.iter().filter_map(|attempt| attempt.proved_broken);
        all.any(|broken| broken.number == call.number)
    }
}

impl<'a> Attempt<'a> {
    fn take(&mut self, call: &'a EndpointCall) {
        if call.operation == Operation::Delete && call.outcome == Outcome::Ok {
            // What is gone cannot be corrected.
            *self = Self::default();
        } else if call.operation.writes_endpoint() {
            self.last = Some(call);
            if call.outcome != Outcome::Failed {
                self.stored = Some(call);
                self.proved_broken = None;
            }
        } else if call.operation == Operation::Verify {
            match call.outcome {
                Outcome::Failed => self.proved_broken = self.stored,
                Outcome::Ok => self.proved_broken = None,
                Outcome::Unknown => {}
            }
        }
    }
}

/// The later call that took the place of `call`: what it sent, or stored, is no longer what counts.
pub(crate) fn replaced_by<'a>(report: &'a Report, call: &EndpointCall) -> Option<&'a EndpointCall> {
    let own = report.connection_of(call)?.calls.iter();
    let later = own.skip_while(|number| **number != call.number).skip(1);
    // Of two inputs, one without times, nobody knows what came first.
    let timed = |call: &EndpointCall| report.inputs.get(call.input).is_some_and(|one| one.timed);
    let follows =
        |later: &&EndpointCall| later.input == call.input || (timed(call) && timed(later));
    let writes = later
        .filter_map(|number| report.call(*number))
        .filter(follows)
        .filter(|later| later.operation.writes_endpoint());
    writes.last().filter(|_| call.operation.writes_endpoint())
}

/// The call whose payload is worth comparing: the one a correction would be made for, or else the
/// last failed write, or else the last call that sends a payload. `None` means a pasted payload.
pub fn compared<'a>(
    report: &'a Report,
    choice: Choice<'_>,
) -> Result<Option<&'a EndpointCall>, Refusal> {
    let terms = Terms {
        choice,
        unsafe_fixes: true,
        values: &[],
    };
    match choose(report, &terms) {
        Err(refusal) if refusal.status() != Status::Failed => {
            let fits = |call: &&EndpointCall| {
                let opened = call.opened();
                let sends = opened.stored().is_some() || !opened.payloads().is_empty();
                sends
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
        Ok(Chosen::Call(call)) => Ok(Some(call)),
        Ok(Chosen::Text(_)) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Whether several connections of input `input` have something to mend, so that one must be chosen.
pub(crate) fn is_ambiguous(report: &Report, input: usize) -> bool {
    let found = report.ambiguous.get_or_init(|| {
        let terms = Terms {
            choice: Choice::Last,
            unsafe_fixes: true,
            values: &[],
        };
        let (mut once, mut often) = (BTreeSet::new(), BTreeSet::new());
        for call in last_of_each(report, &terms) {
            if !once.insert(call.input) {
                often.insert(call.input);
            }
        }
        often
    });
    found.contains(&input)
}

/// One line for each other endpoint that failed and was passed over, because what mends it needs
/// agreement or a value; nothing where the user chose.
pub fn others(report: &Report, chosen: Option<&EndpointCall>, terms: &Terms<'_>) -> Vec<String> {
    let (Choice::Last, Some(chosen)) = (terms.choice, chosen) else {
        return Vec::new();
    };
    let waiting = report.fixes.iter().filter(|fix| {
        fix.severity >= Severity::Warning && !fix.history && agreed(fix, terms).is_none()
    });
    let mut told = HashSet::new();
    let failed = waiting.filter_map(|fix| {
        let call = report.call_at(fix.input, fix.entry)?;
        let is_other = call.outcome == Outcome::Failed
            && !same_endpoint(report, call, chosen)
            && !mendable(report, call, terms, Severity::Warning);
        (is_other && told.insert(call.number))
            .then(|| format!("{}; {}", choice_line(report, call), need(fix)))
    });
    failed.take(MAX_LINES).collect()
}

fn fixes_of<'a>(report: &'a Report, call: &EndpointCall) -> impl Iterator<Item = &'a CallFix> {
    report.fixes_at(call.input, call.exchange.entry).iter()
}

/// Whether a body can still mend `call`. A conversion that was done cannot be asked for again.
fn mendable(report: &Report, call: &EndpointCall, terms: &Terms<'_>, least: Severity) -> bool {
    let is_converted = call.operation == Operation::Convert && call.outcome == Outcome::Ok;
    let fixes = report.fixes_at(call.input, call.exchange.entry);
    !is_converted && mends(fixes, terms, least)
}

/// Whether one of `fixes`, which are of one body, can still mend it.
fn mends(fixes: &[CallFix], terms: &Terms<'_>, least: Severity) -> bool {
    fixes.iter().any(|fix| {
        let safe = fix.fix.applicability == Applicability::Safe;
        !fix.history && (safe || fix.severity >= least) && agreed(fix, terms).is_some()
    })
}

fn is_about(report: &Report, call: &EndpointCall, wanted: &str) -> bool {
    call.endpoint_id().is_some_and(|id| same_id(id, wanted))
        || report
            .endpoint_name(call)
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}

fn same_endpoint(report: &Report, one: &EndpointCall, other: &EndpointCall) -> bool {
    let connection = |call| report.connection_of(call).map(std::ptr::from_ref);
    connection(one).is_some() && connection(one) == connection(other)
}

fn choice_line(report: &Report, call: &EndpointCall) -> String {
    let name = report
        .shown_name(call)
        .unwrap_or_else(|| "(no name)".to_owned());
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

/// The first step of a remedy that is not this very command.
fn step(finding: &Finding) -> String {
    let others = finding.remedy.iter();
    let step = others
        .into_iter()
        .find(|step| !step.contains("mendpoint patch"))
        .unwrap_or(&finding.title);
    (**step).to_owned()
}

/// What stands in the way, for the user.
pub(super) fn refusal(report: &Report, terms: &Terms<'_>) -> Refusal {
    let is_meant = |input: usize, entry: usize| is_chosen(report, terms.choice, input, entry);
    let mended: HashSet<&str> = report.fixes.iter().map(|fix| fix.rule.as_str()).collect();
    let is_due = |fix: &&CallFix| {
        fix.severity > Severity::Note
            && !fix.history
            && is_meant(fix.input, fix.entry)
            && agreed(fix, terms).is_none()
    };
    let asked: Vec<&CallFix> = report.fixes.iter().filter(is_due).collect();
    let mut lines: Vec<String> = asked.iter().map(|fix| due_line(report, fix)).collect();
    let mut needs: Vec<&str> = Vec::new();
    for (kind, need) in [
        (Applicability::Unsafe, "your agreement"),
        (Applicability::DisplayOnly, "a value that only you have"),
    ] {
        if asked.iter().any(|fix| fix.fix.applicability == kind) {
            needs.push(need);
        }
    }
    let others = report
        .findings
        .iter()
        .filter(|finding| {
            let mut places = finding.locations.iter().chain(&finding.explains);
            finding.severity >= Severity::Warning
                && finding.role != Role::Limit
                && !mended.contains(finding.rule.as_str())
                && places.any(|at| is_meant(at.input, at.entry))
        })
        .map(|finding| format!("{}: {}", finding.rule, step(finding)));
    lines.extend(others);
    let mut known = HashSet::new();
    lines.retain(|line| known.insert(line.clone()));
    if let Some(more) = lines.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        lines.truncate(MAX_LINES);
        lines.push(format!("and {more} more; `mendpoint check` tells all"));
    }
    let open = report.fixes.iter().filter(|fix| !fix.history);
    let open = open.filter(|_| !matches!(terms.choice, Choice::Call(_)));
    let verify = open.into_iter().find_map(|fix| {
        report
            .call_at(fix.input, fix.entry)
            .filter(|call| call.operation == Operation::Verify)
    });
    if let Some(call) = verify {
        needs.push("the call by its number");
        lines.push(format!(
            "the only body with a fault is the one of a verify; --call {} corrects it",
            call.number
        ));
    }
    let is_sound = lines.is_empty() && !matches!(terms.choice, Choice::Last);
    let unrecorded = || {
        let mut failed = report.calls.iter().filter(|call| {
            call.outcome == Outcome::Failed
                && call.operation.writes_endpoint()
                && is_meant(call.input, call.exchange.entry)
        });
        let body = failed.next_back().map(|call| &call.exchange.request.body);
        body.is_some_and(|body| matches!(body, Body::NotRecorded(_)))
    };
    if !needs.is_empty() {
        Refusal::OnRequest(needs, lines)
    } else if is_sound || report.verdict() != Verdict::Fault {
        Refusal::NoFault
    } else if unrecorded() {
        Refusal::NotRecorded(lines)
    } else {
        Refusal::NotMendable(lines)
    }
}

/// Whether what stands at `entry` of `input` is part of what the user chose.
fn is_chosen(report: &Report, choice: Choice<'_>, input: usize, entry: usize) -> bool {
    let call = || report.call_at(input, entry);
    match choice {
        Choice::Last => true,
        Choice::Text(chosen) => chosen == input,
        Choice::Call(number) => call().is_some_and(|call| call.number == number),
        Choice::Endpoint(wanted) => call().is_some_and(|call| is_about(report, call, wanted)),
    }
}

/// What a fix that is not agreed to would do, at which call where there are several, and what it needs.
fn due_line(report: &Report, fix: &CallFix) -> String {
    let (rule, summary, need) = (&fix.rule, &fix.fix.summary, need(fix));
    let call = report.call_at(fix.input, fix.entry);
    let call = call.filter(|_| report.calls.len() > 1);
    let place = call.map_or_else(String::new, |call| format!(" at call {}", call.number));
    format!("{rule}{place}: {summary}; {need}")
}

/// The option that gives a value; a secret is never taken from the command line itself.
fn set_option(pointer: &str, what: &str) -> String {
    if sensitive::is_secret_name(pointer.rsplit('/').next().unwrap_or_default()) {
        format!("--set {pointer}=- (asks for {what}; or =@FILE, =env:NAME)")
    } else {
        format!("--set {pointer}=<{what}>")
    }
}

/// What has to be given before `fix` can be applied.
pub fn need(fix: &CallFix) -> String {
    match fix.fix.applicability {
        Applicability::Safe => "nothing is needed".to_owned(),
        Applicability::Unsafe => "needs --unsafe-fixes".to_owned(),
        Applicability::DisplayOnly => {
            let values: Vec<String> = fix
                .fix
                .wanted()
                .into_iter()
                .map(|(pointer, what)| set_option(&pointer, &what))
                .collect();
            format!("needs {}", values.join(" "))
        }
    }
}
