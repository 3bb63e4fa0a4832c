//! Why there is no corrected body, in words.

use crate::report::{Report, Status};

/// How many lines of a kind are told.
const MAX_LINES: usize = 8;

/// Why there is no corrected body.
#[derive(Debug)]
pub enum Refusal {
    /// The user must choose: one line for each choice.
    Ambiguous(Vec<String>),
    /// What was asked for is not in the trace.
    NotFound(String),
    /// A value that the user gave is at fault itself.
    StillFaulty(String),
    /// There are faults, but no body can mend them; what can.
    NotMendable(Vec<String>),
    /// What was sent is not in the recording, so there is nothing to correct; what can be done.
    NotRecorded(Vec<String>),
    /// A body mends it once the user agrees, gives a value, or names the call: which of these, and a line
    /// for each fault.
    OnRequest(Vec<&'static str>, Vec<String>),
    /// There is nothing to mend.
    NoFault,
}

impl Refusal {
    /// What the refusal says, without any secret of the trace: why, and below it a line for each thing
    /// that can be done or is missing.
    pub fn words(&self, report: &Report) -> Vec<String> {
        let on_request;
        let (why, lines) = match self {
            Self::Ambiguous(choices) => (
                "several endpoints have a call that can be corrected; choose one",
                choices.clone(),
            ),
            Self::NotFound(message) | Self::StillFaulty(message) => (message.as_str(), Vec::new()),
            Self::NotMendable(lines) => (
                "no corrected body: what is wrong cannot be mended by a request body alone",
                lines.clone(),
            ),
            Self::NotRecorded(lines) => (
                "no corrected body: what was sent is not in the recording",
                lines.clone(),
            ),
            Self::OnRequest(needs, lines) => {
                on_request = format!("no corrected body yet: it takes {}", needs.join(", and "));
                (on_request.as_str(), lines.clone())
            }
            Self::NoFault if report.calls.is_empty() && report.findings.is_empty() => (
                "no corrected body: there is no service-endpoint call in this trace",
                open_ends(report),
            ),
            Self::NoFault => (
                "no corrected body: nothing is wrong that a body could mend",
                open_ends(report),
            ),
        };
        let hidden = |line: &str| report.known.hide_in_output(line).into_owned();
        let lines = lines.iter().map(|line| hidden(line));
        [hidden(why)].into_iter().chain(lines).collect()
    }

    /// What a run comes to that ends with it.
    pub fn status(&self) -> Status {
        match self {
            Self::Ambiguous(_) | Self::NotFound(_) | Self::StillFaulty(_) => Status::Failed,
            Self::NotMendable(_) | Self::NotRecorded(_) | Self::OnRequest(..) => Status::Found,
            Self::NoFault => Status::Nothing,
        }
    }
}

/// The faults of bodies that are over, with how one of them can still be corrected, and what is missing.
fn open_ends(report: &Report) -> Vec<String> {
    let over = report
        .fixes
        .iter()
        .filter(|fix| fix.history)
        .take(MAX_LINES);
    let over = over.filter_map(|fix| {
        let number = report.call_at(fix.input, fix.entry)?.number;
        let rule = &fix.rule;
        Some(format!(
            "over: {rule} at call {number}; to correct it all the same: --call {number}"
        ))
    });
    let missing = report.missing.iter().take(MAX_LINES);
    over.chain(missing.map(|line| format!("missing: {line}")))
        .collect()
}
