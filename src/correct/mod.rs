//! Fixes → the corrected request body of one call.

mod choose;
mod refusal;
mod values;

pub(crate) use choose::is_ambiguous;
pub(crate) use choose::replaced_by;
pub use choose::{compared, need, others};
pub use refusal::Refusal;
pub use values::Given;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::connection::{EndpointCall, Operation};
use crate::json::splice::{self, Edit};
use crate::json::{self, Finder, pointer};
use crate::judge::Analyzer;
use crate::report::Report;
use crate::report::connection::Connection;
use crate::report::finding::{Applicability, CallFix};

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
    /// The payload without a call that this input is.
    Text(usize),
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

impl Terms<'_> {
    /// The words behind `mendpoint` that ask for the same of `path`; values are asked for anew.
    pub fn arguments(&self, path: &str) -> Vec<String> {
        let mut words = vec!["patch".to_owned(), path.to_owned()];
        match self.choice {
            Choice::Call(number) => words.extend(["--call".to_owned(), number.to_string()]),
            Choice::Endpoint(name) => words.extend(["--endpoint", name].map(str::to_owned)),
            Choice::Last | Choice::Text(_) => {}
        }
        if self.unsafe_fixes {
            words.push("--unsafe-fixes".to_owned());
        }
        for given in self.values {
            words.extend(["--set".to_owned(), format!("{}=-", given.pointer)]);
        }
        words
    }
}

/// A corrected body and what was done to it.
#[derive(Debug)]
pub struct Correction<'a> {
    /// The call; `None` for a pasted payload.
    pub call: Option<&'a EndpointCall>,
    /// The input that it is in.
    pub input: usize,
    /// The body as captured.
    pub before: Cow<'a, str>,
    /// The body to send.
    pub body: String,
    /// What was applied, in order.
    pub applied: Vec<CallFix>,
    /// What was not, because it needs agreement or a value.
    pub left: Vec<CallFix>,
    /// RFC 6902: the edits in order, each behind a test of the value it replaces or removes.
    pub operations: Vec<Edit>,
}

impl Correction<'_> {
    /// What the body is sent for, as far as that can be known.
    pub fn operation(&self) -> Option<Operation> {
        let Some(call) = self.call else {
            let body = json::parse(&self.before).ok()?;
            return body
                .get("serviceEndpointDetails")
                .map(|_| Operation::Verify);
        };
        Some(call.operation)
    }
}

/// Corrects the body of the chosen call, and judges it again until nothing is left to mend.
///
/// ```
/// use std::io::Cursor;
///
/// use mendpoint::correct::{Choice, Terms};
/// use mendpoint::ingest::{Options, Source};
/// use mendpoint::judge::Analyzer;
///
/// let mut trace = Cursor::new(include_str!("../../samples/recorded/curl-verbose.log"));
/// let analyzer = Analyzer::default();
/// let files = [("curl-verbose.log", Source::File(&mut trace))];
/// let report = mendpoint::check(files, &analyzer, &Options::default());
/// let terms = Terms { choice: Choice::Last, unsafe_fixes: false, values: &[] };
/// match mendpoint::correct(&report, &analyzer, &terms) {
///     Ok(correction) => println!("{}", correction.body),
///     Err(refusal) => println!("{}", refusal.words(&report).join("\n")),
/// }
/// ```
pub fn correct<'a>(
    report: &'a Report,
    analyzer: &Analyzer<'_>,
    terms: &Terms<'_>,
) -> Result<Correction<'a>, Refusal> {
    let target = choose::target(report, terms)?;
    let first: Vec<CallFix> = report.fixes_at(target.input, target.entry).to_vec();
    values::all_asked_for(&first, terms.values)?;
    let mut work = Work::new(&target.before);
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
    values::all_sound(&found, terms.values)?;
    // What takes more than the calls to see (a list that Azure answered) is seen in the first round only.
    let touched = work.touched();
    let elsewhere = first
        .into_iter()
        .filter(|fix| !paths(fix).any(|path| touched.meets(path)));
    let mut known = HashSet::new();
    let mut left = Vec::new();
    for fix in found.into_iter().chain(elsewhere) {
        let is_new = known.insert((fix.rule.clone(), format!("{:?}", fix.fix.edits)));
        if is_new && agreed(&fix, terms).is_none() {
            left.push(fix);
        }
    }
    Ok(Correction {
        call: target.call,
        input: target.input,
        before: target.before,
        body: work.body,
        applied: work.applied,
        left,
        operations: work.operations,
    })
}

/// The values that only the user has of what `terms` choose, or of the last call that waits for some:
/// the call, and where each belongs, with what it is.
pub fn asked_for<'a>(
    report: &'a Report,
    terms: &Terms<'_>,
) -> (Option<&'a EndpointCall>, Vec<(String, String)>) {
    let asked = |(input, entry): (usize, usize)| {
        let fixes = report.fixes_at(input, entry).iter();
        let mut asked: Vec<_> = fixes.flat_map(|fix| fix.fix.wanted()).collect();
        asked.sort();
        asked.dedup();
        (report.call_at(input, entry), asked)
    };
    if let Ok(target) = choose::target(report, terms) {
        return asked((target.input, target.entry));
    }
    if !matches!(terms.choice, Choice::Last) {
        return (None, Vec::new());
    }
    let calls = report.calls.iter().rev();
    let calls = calls.map(|call| (call.input, call.exchange.entry));
    let payloads = (0..report.inputs.len()).map(|input| (input, 0));
    let mut waiting = calls.chain(payloads).map(asked);
    waiting
        .find(|(_, asked)| !asked.is_empty())
        .unwrap_or_default()
}

/// A correction for every endpoint that one can be made for, in the order of their calls. Each is made when
/// it is asked for.
pub fn correct_each<'a>(
    report: &'a Report,
    analyzer: &Analyzer<'_>,
    unsafe_fixes: bool,
) -> impl Iterator<Item = Correction<'a>> {
    let terms = move |choice: Choice<'static>| Terms {
        choice,
        unsafe_fixes,
        values: &[],
    };
    let mut calls = choose::last_of_each(report, &terms(Choice::Last));
    // Inputs without times show one connection each for itself; what has a time goes first.
    calls.sort_by_key(|call| !report.inputs.get(call.input).is_some_and(|one| one.timed));
    let mut known = HashSet::new();
    calls.retain(|call| {
        let connection = report.connection_of(call).map(std::ptr::from_ref);
        connection.is_none_or(|own| known.insert(own))
    });
    calls.sort_by_key(|call| call.number);
    let calls = calls.iter().map(|call| Choice::Call(call.number));
    let mut choices: Vec<Choice<'static>> = calls.collect();
    let is_new = |input: &usize| {
        let mut connections = report.connections.iter();
        let own = connections.find(|one: &&Connection| one.seen.contains(input));
        own.is_none_or(|own| known.insert(std::ptr::from_ref(own)))
    };
    let texts = choose::texts(report, &terms(Choice::Last)).into_iter();
    choices.extend(texts.filter(is_new).map(Choice::Text));
    choices
        .into_iter()
        .filter_map(move |choice| correct(report, analyzer, &terms(choice)).ok())
}

/// The fix as it may be applied: `None` if it needs agreement or a value that was not given.
fn agreed(fix: &CallFix, terms: &Terms<'_>) -> Option<CallFix> {
    match fix.fix.applicability {
        Applicability::Safe => Some(fix.clone()),
        Applicability::Unsafe => terms.unsafe_fixes.then(|| fix.clone()),
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
        let mut touched = Touched::default();
        let mut told: HashSet<String> = self.applied.iter().map(|fix| fix.rule.clone()).collect();
        let mut due: Vec<CallFix> = Vec::new();
        for fix in fixes.iter().filter_map(|fix| agreed(fix, terms)) {
            let taken = paths(&fix).any(|path| touched.meets(path));
            if taken || (fix.fix.edits.is_empty() && !told.insert(fix.rule.clone())) {
                continue;
            }
            paths(&fix).for_each(|path| touched.insert(path));
            due.push(fix);
        }
        if !self.apply(&due) {
            // One of them does not fit this body; the others still do.
            for fix in due {
                self.apply(std::slice::from_ref(&fix));
            }
        }
    }

    /// Applies all of `fixes`, or none.
    fn apply(&mut self, fixes: &[CallFix]) -> bool {
        let edits: Vec<Edit> = fixes.iter().flat_map(|fix| fix.fix.edits.clone()).collect();
        let Ok(body) = splice::apply(&self.body, &edits) else {
            return false;
        };
        self.operations.extend(guarded(&self.body, &edits));
        self.body = body;
        self.applied.extend_from_slice(fixes);
        true
    }

    /// The places of everything that was applied.
    fn touched(&self) -> Touched {
        let mut touched = Touched::default();
        for path in self.applied.iter().flat_map(paths) {
            touched.insert(path);
        }
        touched
    }
}

fn paths(fix: &CallFix) -> impl Iterator<Item = &str> {
    fix.fix.edits.iter().map(Edit::path)
}

/// Places in a body, and everything above them.
#[derive(Default)]
struct Touched {
    places: HashSet<String>,
    above: HashSet<String>,
}

impl Touched {
    fn insert(&mut self, pointer: &str) {
        self.places.insert(pointer.to_owned());
        let above = pointer::upwards(pointer).skip(1);
        self.above.extend(above.map(str::to_owned));
    }

    /// Whether `pointer` is one of the places, lies in one, or holds one.
    fn meets(&self, pointer: &str) -> bool {
        self.above.contains(pointer) || pointer::upwards(pointer).any(|at| self.places.contains(at))
    }
}

/// `edits`, each behind a test of what stands there in `body` before any of them.
fn guarded(body: &str, edits: &[Edit]) -> Vec<Edit> {
    let root = json::parse(body).ok();
    let mut finder = root.as_ref().map(Finder::new);
    let mut operations = Vec::new();
    for edit in edits {
        let node = finder.as_mut().and_then(|finder| finder.find(edit.path()));
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
    use super::Touched;

    #[test]
    fn pointers_meet_at_whole_tokens_only() {
        let at = |pointer: &str| {
            let mut touched = Touched::default();
            touched.insert(pointer);
            touched
        };
        assert!(at("/data").meets("/data/scope"));
        assert!(at("/data/scope").meets("/data"));
        assert!(at("").meets("/data"));
        assert!(!at("/data/scope").meets("/data/scopeLevel"));
    }
}
