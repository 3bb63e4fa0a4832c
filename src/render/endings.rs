//! How the work on each connection ended, where nothing is left open: the last attempt, and the tries
//! that failed before it.

use crate::connection::{EndpointCall, Outcome};
use crate::report::{Report, Verdict};

use super::view::{self, Subject};

/// The end of the work on one connection.
pub(super) struct Ending<'a> {
    /// The connection; `None` for lists and other calls of none.
    pub(super) subject: Option<Subject>,
    /// The last call that wrote it or tried it out.
    pub(super) last: Option<&'a EndpointCall>,
    /// The calls that failed and were made good.
    pub(super) failed: Vec<&'a EndpointCall>,
}

/// Of each connection that was worked on, and last of the calls that belong to none.
pub(super) fn all(report: &Report) -> Vec<Ending<'_>> {
    let is_over =
        |call: &&EndpointCall| call.outcome == Outcome::Failed && call.mended_by.is_some();
    // A list shows thousands of connections on which nobody worked.
    let of_connections = report.connections.iter().filter_map(|one| {
        let last = one.last_attempt.and_then(|number| report.call(number));
        let calls = one.calls.iter().filter_map(|number| report.call(*number));
        let failed: Vec<&EndpointCall> = calls.filter(is_over).collect();
        (last.is_some() || !failed.is_empty()).then(|| Ending {
            subject: view::subject_of(report, one),
            last,
            failed,
        })
    });
    let of_none = Ending {
        subject: None,
        last: None,
        failed: report
            .in_time()
            .filter(|call| report.connection_of(call).is_none())
            .filter(is_over)
            .collect(),
    };
    let of_none = Some(of_none).filter(|ending| !ending.failed.is_empty());
    of_connections.chain(of_none).collect()
}

/// ` at 'web-prod'`: where everything worked.
pub(super) fn place(report: &Report) -> String {
    if report.verdict() != Verdict::Clean {
        return String::new();
    }
    let endings = all(report);
    let mut subjects = endings.iter().filter_map(|ending| ending.subject.as_ref());
    match (subjects.next(), subjects.count()) {
        (None, _) => String::new(),
        (Some(only), 0) => format!(" at '{}'", view::short_name(&only.name)),
        (Some(_), more) => format!(" at {} connections", more + 1),
    }
}

impl Ending<'_> {
    /// It in lines: the connection, its last attempt, and at most `most` failed tries.
    pub(super) fn lines(&self, report: &Report, most: usize) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        if let Some(subject) = &self.subject {
            lines.push(("at", subject.line()));
        }
        let mut told = None;
        for call in self.failed.iter().take(most) {
            let said = call
                .said
                .as_ref()
                .map(|said| view::without_ids(said.telling()));
            let new = said.filter(|_| told != said);
            lines.push(("was", failed(report, call, new)));
            told = said.or(told);
        }
        match self.failed.len().saturating_sub(most) {
            0 => {}
            1 => lines.push(("", "and another call that failed".to_owned())),
            rest => lines.push(("", format!("and {rest} more calls that failed"))),
        }
        if let Some(last) = self.last {
            lines.push(("last", format!("call {}", view::call_line(report, last))));
        }
        lines
    }
}

/// A failed call, what made it good, and what was said of it where that is not told yet.
fn failed(report: &Report, call: &EndpointCall, said: Option<&str>) -> String {
    let line = view::call_line(report, call);
    let by = call.mended_by;
    let by = by.map_or_else(String::new, |number| {
        format!(" (call {number} made it good)")
    });
    let said = said.map_or_else(String::new, |said| format!(": {said}"));
    format!("call {line}{by}{said}")
}
