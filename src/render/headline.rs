//! The verdict in one sentence.

use crate::connection::Outcome;
use crate::report::{Report, Verdict};

/// What a title, a heading or a first line says. It may hold the marks of a rule's words.
pub(super) fn of(report: &Report) -> String {
    match (report.verdict(), report.findings.first()) {
        (Verdict::Fault, Some(finding)) => finding.title.to_string(),
        (Verdict::Clean, _) => {
            let failed = |call: &crate::connection::EndpointCall| call.outcome == Outcome::Failed;
            if report.calls.iter().any(failed) {
                "What failed at first worked in the end".to_owned()
            } else {
                of_payloads(report)
                    .unwrap_or_else(|| "Every service-endpoint call did what it should".to_owned())
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

/// What is said of payloads without a call: which connection they are of.
fn of_payloads(report: &Report) -> Option<String> {
    let notes = report.inputs.iter().flat_map(|input| &input.notes);
    let mut payloads = notes.filter(|note| note.kind == "payload");
    let first = payloads.next().filter(|_| report.calls.is_empty())?;
    let told = first.message.split(';').next().unwrap_or_default();
    let told = told.split(", type ").next().unwrap_or_default();
    Some(match payloads.count() {
        0 => format!("No fault is known in {told}"),
        more => format!("No fault is known in {told}, and {more} more"),
    })
}
