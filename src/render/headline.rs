//! The verdict in one sentence.

use crate::connection::Outcome;
use crate::report::{Report, Verdict};

/// What a title, a heading or a first line says. It may hold the marks of a rule's words.
pub(super) fn of(report: &Report) -> String {
    match (report.verdict(), report.findings.first()) {
        (Verdict::Fault, Some(finding)) => finding.title.clone(),
        (Verdict::Clean, _) => {
            let failed = |call: &crate::connection::EndpointCall| call.outcome == Outcome::Failed;
            if report.calls.iter().any(failed) {
                "What failed at first worked in the end".to_owned()
            } else {
                "Every service-endpoint call did what it should".to_owned()
            }
        }
        (Verdict::Unreadable, _) => {
            let unreadable = report.unreadable_inputs().count();
            match report.inputs.len() {
                1 => "The input could not be read".to_owned(),
                all => format!("{unreadable} of {all} inputs could not be read"),
            }
        }
        (Verdict::NothingRelevant, _) => {
            "No service-endpoint call and no known failure text".to_owned()
        }
        _ if report.missing.is_empty() && report.calls.is_empty() => {
            "Something failed, and no rule says why".to_owned()
        }
        _ if report.missing.is_empty() => "A call failed, and no rule says why".to_owned(),
        _ => "The trace lacks what would decide".to_owned(),
    }
}
