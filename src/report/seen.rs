//! What was seen in each input, looked up once for all of them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::finding::{Finding, Role, Severity};
use super::{Report, Verdict};

/// What a report holds of each input, so that no input has to be looked for in all of it.
#[derive(Default)]
pub(crate) struct Seen {
    /// Indices of the findings, by the inputs they were seen in.
    findings: HashMap<usize, Vec<usize>>,
    /// How many findings are taken in.
    count: usize,
    /// Inputs with a call, an answer or a payload.
    with_calls: HashSet<usize>,
}

impl Seen {
    /// What `report` holds.
    pub(crate) fn of(report: &Report) -> Self {
        let mut seen = Self::default();
        seen.take_findings(&report.findings);
        let calls = report.calls.iter().chain(&report.answers);
        seen.with_calls.extend(calls.map(|call| call.input));
        let payloads = report.payloads.iter();
        seen.with_calls.extend(payloads.map(|(input, _)| *input));
        seen
    }

    /// Takes in the findings that were added behind those it knows.
    pub(crate) fn take_findings(&mut self, findings: &[Finding]) {
        for (at, finding) in findings.iter().enumerate().skip(self.count) {
            for place in &finding.locations {
                let own = self.findings.entry(place.input).or_default();
                if own.last() != Some(&at) {
                    own.push(at);
                }
            }
        }
        self.count = findings.len();
    }

    /// Those of `findings` that were seen in `input`, in their order.
    pub(crate) fn findings_in<'a>(
        &self,
        input: usize,
        findings: &'a [Finding],
    ) -> impl Iterator<Item = &'a Finding> + Clone {
        let own = self.findings.get(&input).map_or(&[][..], Vec::as_slice);
        own.iter().filter_map(|at| findings.get(*at))
    }

    /// What the findings, and where they do not decide, what is missing (`open`), say of one input.
    pub(crate) fn verdict_of(
        &self,
        input: usize,
        findings: &[Finding],
        open: &BTreeSet<usize>,
    ) -> Verdict {
        let mut own = self.findings_in(input, findings);
        if own.clone().any(|one| one.severity == Severity::Error) {
            Verdict::Fault
        } else if open.contains(&input) {
            // What was lost, or is not known, may have been it.
            Verdict::Inconclusive
        } else if self.with_calls.contains(&input) || own.any(|one| one.role != Role::Limit) {
            Verdict::Clean
        } else {
            Verdict::NothingRelevant
        }
    }
}
