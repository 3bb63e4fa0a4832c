//! A text that tells the state of an endpoint counts for as much as that state does.

use crate::connection::outcome::State;
use crate::connection::{Operation, Outcome};
use crate::json::Node;
use crate::report::finding::{Role, Severity};
use crate::rules::engine::{Context, Place, SPECIFIC, Subject, Surface, pasted_text, subject};
use crate::text::readable::readable;

use super::hits::Raw;
use super::later::Later;

/// Said of a failure that may be another program's.
const ELSEWHERE: &str = "Other programs get the same answer, and nothing in the text shows that a service connection of Azure DevOps got it here: if none did, this does not concern you.";

/// Puts `raw`, found in `surface`, where it belongs, and gives it the severity of what failed: an
/// endpoint that ends as failed is an error whatever the service says of it, and one that merely
/// stood in a list is none. `by_meaning`: no code or sentence of it is known.
pub(super) fn weigh(raw: &mut Raw<'_>, surface: &Surface, by_meaning: bool, context: &Context<'_>) {
    let severity = raw.hit.severity.unwrap_or(raw.rule.severity);
    if surface.place == Place::Text {
        let weighed = match (severity, surface.subject) {
            // The same words of Entra ID, said to another program.
            (Severity::Error, Subject::Other | Subject::Foreign) => Severity::Warning,
            (Severity::Error, Subject::Unsaid) if said_by_others(raw, &surface.text) => {
                Severity::Warning
            }
            // People say so, too.
            (Severity::Error, Subject::Connection | Subject::Pipelines)
                if by_meaning && !is_plainly_ours(raw, surface) =>
            {
                Severity::Warning
            }
            // A text is handed in because it failed; what a note says of it is that it is no fault.
            (Severity::Warning, Subject::Pipelines | Subject::Connection | Subject::Unsaid)
                if raw.rule.role == Role::Cause =>
            {
                Severity::Error
            }
            _ => severity,
        };
        raw.hit.severity = Some(weighed);
        let elsewhere = weighed < severity && surface.subject != Subject::Connection;
        if elsewhere && raw.hit.remark.is_none() {
            raw.hit.remark = Some(ELSEWHERE.to_owned());
        }
    }
    if surface.place == Place::Transport {
        // Whether what was sent is right was decided by nobody.
        raw.hit.severity = Some(severity.min(Severity::Warning));
    }
    let Some((id, name)) = &surface.endpoint else {
        return;
    };
    // The state is that of the endpoint, whichever call shows it.
    raw.operation = None;
    raw.timeline = context.timeline_of_id(id);
    let named = [("endpoint_id", Some(id)), ("endpoint_name", name.as_ref())];
    for (capture, value) in named {
        if let Some(value) = value {
            let captures = &mut raw.hit.captures;
            captures
                .entry(capture.to_owned())
                .or_insert_with(|| value.clone());
        }
    }
    let shown = context.place_of(surface.location.entry);
    match context.last_seen_of(id) {
        Some(last) if last.state == State::Ready => {
            let ready = context.place_of(last.call.exchange.entry);
            let ready = ready.filter(|ready| Some(*ready) > shown);
            raw.later = ready.map(Later::Succeeded);
        }
        Some(last) => {
            raw.hit.severity = Some(if last.worked_on {
                severity.max(Severity::Error)
            } else {
                severity.min(Severity::Warning)
            });
            // Later it failed for another reason: what was said before is no longer its state.
            let place = context.place_of(last.call.exchange.entry);
            let said = |node: &Node| {
                let status = node.get("operationStatus")?;
                Some(readable(status.str("statusMessage")?))
            };
            let other = said(&last.node()).is_some_and(|text| text != surface.text);
            raw.later = place
                .filter(|place| other && Some(*place) > shown)
                .map(Later::GotPast);
        }
        None => {
            let again = created_anew(name.as_deref(), shown, context);
            raw.later = again.map(Later::Succeeded);
        }
    }
}

/// Whether a failure that no rule knows by its words is one that a program wrote, of a pipeline or of one
/// connection: people, a pipeline's YAML and Terraform's files say the same words of nothing that failed.
fn is_plainly_ours(raw: &Raw<'_>, surface: &Surface) -> bool {
    let written = !surface.errors.is_empty() || pasted_text::tells_of_failure(&surface.text);
    let is_ours = surface.subject == Subject::Pipelines
        || raw.rule.rank >= SPECIFIC
        || subject::names_one_connection(&surface.text);
    written && is_ours
}

/// Whether other programs say the same, and nothing in `text` tells that this is of Azure Pipelines.
fn said_by_others(raw: &Raw<'_>, text: &str) -> bool {
    let matching = raw.rule.matching.as_ref();
    matching.is_some_and(|matching| {
        let named = |sentence: &String| text.contains(sentence.as_str());
        matching.pipeline && !matching.require.iter().any(named)
    })
}

/// The later call that created the deleted endpoint called `name` once more.
fn created_anew(name: Option<&str>, after: Option<usize>, context: &Context<'_>) -> Option<usize> {
    let name = name?;
    let calls = context.calls.iter().enumerate().skip(after? + 1);
    let mut again = calls.filter(|(_, call)| {
        call.operation == Operation::Create
            && call.outcome == Outcome::Ok
            && call
                .endpoint_name()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
    });
    again.next().map(|(at, _)| at)
}
