//! Fixes → the corrected request body of one call.

mod choose;
mod rollback;
mod values;

pub use choose::{compared, need};
pub use rollback::{State, last_state, projects};
pub use values::{Given, wanted};

use crate::analyze::Analyzer;
use crate::endpoint::EndpointCall;
use crate::finding::{Applicability, CallFix, Severity};
use crate::json::splice::{self, Edit};
use crate::json::{self, pointer};
use crate::report::Report;

/// How often a corrected body is judged again. Unwrapping one value can lay bare another fault in
/// it; no body has been seen to need more than two rounds.
const ROUNDS: usize = 8;

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

/// What the user wants and agrees to.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Which call.
    pub choice: Choice<'a>,
    /// Whether fixes may change what the connection is.
    pub unsafe_fixes: bool,
    /// Values that are not in the trace.
    pub values: &'a [Given],
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
    pub applied: Vec<CallFix>,
    /// What was not, because it needs agreement or a value.
    pub left: Vec<CallFix>,
    /// RFC 6902: the edits in order, each behind a test of the value it replaces or removes.
    pub operations: Vec<Edit>,
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

/// Corrects the body of the chosen call, and judges it again until nothing is left to mend.
pub fn correct<'a>(
    report: &'a Report,
    analyzer: &Analyzer<'_>,
    terms: &Terms<'_>,
) -> Result<Correction<'a>, Refusal> {
    let target = choose::target(report, terms)?;
    let first: Vec<CallFix> = report
        .fixes
        .iter()
        .filter(|fix| fix.input == target.input && fix.entry == target.entry)
        .cloned()
        .collect();
    values::all_asked_for(&first, terms.values)?;
    let mut work = Work::new(target.before);
    let mut found = first.clone();
    for _ in 0..ROUNDS {
        let before = work.body.clone();
        work.round(&found, terms);
        if work.body == before {
            break;
        }
        found = analyzer.fixes_of(report, target.input, target.entry, &work.body);
    }
    if work.applied.is_empty() {
        return Err(choose::refusal(report, terms));
    }
    // What takes more than the calls to see (a list that Azure answered) is seen in the first round only.
    let elsewhere = first.into_iter().filter(|fix| !work.has_touched(fix));
    let mut left: Vec<CallFix> = Vec::new();
    for fix in found.into_iter().chain(elsewhere) {
        let known = |other: &CallFix| other.rule == fix.rule && other.fix.edits == fix.fix.edits;
        if agreed(&fix, terms).is_none() && !left.iter().any(known) {
            left.push(fix);
        }
    }
    Ok(Correction {
        call: target.call,
        before: target.before,
        body: work.body,
        applied: work.applied,
        left,
        operations: work.operations,
    })
}

/// A correction for every endpoint that one can be made for, in the order of their calls.
pub fn correct_each<'a>(
    report: &'a Report,
    analyzer: &Analyzer<'_>,
    unsafe_fixes: bool,
) -> Vec<Correction<'a>> {
    let terms = |choice| Terms {
        choice,
        unsafe_fixes,
        values: &[],
    };
    let calls = choose::last_of_each(report, &terms(Choice::Last));
    let mut choices: Vec<Choice<'_>> = calls.iter().map(|call| Choice::Call(call.number)).collect();
    choices.reverse();
    if choices.is_empty() {
        // A pasted payload, if there is one.
        choices.push(Choice::Last);
    }
    choices
        .into_iter()
        .filter_map(|choice| correct(report, analyzer, &terms(choice)).ok())
        .collect()
}

/// The fix as it may be applied: `None` if it needs agreement or a value that was not given.
fn agreed(fix: &CallFix, terms: &Terms<'_>) -> Option<CallFix> {
    match fix.fix.applicability {
        Applicability::Safe => Some(fix.clone()),
        // Nobody asked for a change that mends nothing.
        Applicability::Unsafe => {
            (terms.unsafe_fixes && fix.severity > Severity::Note).then(|| fix.clone())
        }
        Applicability::DisplayOnly => values::filled(fix, terms.values),
    }
}

/// A body being corrected.
struct Work {
    body: String,
    applied: Vec<CallFix>,
    operations: Vec<Edit>,
}

impl Work {
    fn new(body: &str) -> Self {
        Self {
            body: body.to_owned(),
            applied: Vec::new(),
            operations: Vec::new(),
        }
    }

    /// Applies what may be applied. Of two fixes at one place the first is taken: whether the second
    /// is still due shows when the new body is judged.
    fn round(&mut self, fixes: &[CallFix], terms: &Terms<'_>) {
        let mut touched: Vec<String> = Vec::new();
        for fix in fixes.iter().filter_map(|fix| agreed(fix, terms)) {
            let paths: Vec<String> = paths(&fix).map(str::to_owned).collect();
            let taken = paths
                .iter()
                .any(|path| touched.iter().any(|other| overlap(path, other)));
            let told = paths.is_empty() && self.applied.iter().any(|other| other.rule == fix.rule);
            if taken || told {
                continue;
            }
            if let Ok(body) = splice::apply(&self.body, &fix.fix.edits) {
                self.operations.extend(guarded(&self.body, &fix.fix.edits));
                self.body = body;
                touched.extend(paths);
                self.applied.push(fix);
            }
        }
    }

    fn has_touched(&self, fix: &CallFix) -> bool {
        paths(fix).any(|path| {
            self.applied
                .iter()
                .flat_map(paths)
                .any(|other| overlap(path, other))
        })
    }
}

fn paths(fix: &CallFix) -> impl Iterator<Item = &str> {
    fix.fix.edits.iter().map(Edit::path)
}

/// Whether one pointer is the other or leads into it.
fn overlap(one: &str, other: &str) -> bool {
    let inside = |outer: &str, inner: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(one, other) || inside(other, one)
}

/// `edits`, each behind a test of what stands there in `body` before any of them.
fn guarded(body: &str, edits: &[Edit]) -> Vec<Edit> {
    let root = json::parse(body).ok();
    let mut operations = Vec::new();
    for edit in edits {
        let node = root
            .as_ref()
            .and_then(|root| pointer::resolve(root, edit.path()));
        if let (Some(node), false) = (node, matches!(edit, Edit::Test { .. })) {
            operations.push(Edit::Test {
                path: edit.path().to_owned(),
                value: node.to_value(),
            });
        }
        operations.push(edit.clone());
    }
    operations
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn pointers_overlap_at_whole_tokens_only() {
        assert!(overlap("/data", "/data/scope"));
        assert!(overlap("/data/scope", "/data"));
        assert!(overlap("", "/data"));
        assert!(!overlap("/data/scope", "/data/scopeLevel"));
    }
}
