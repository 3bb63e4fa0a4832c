//! Two reports → which faults are gone, which are new, and what proves it.

use jiff::Timestamp;

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::report::Report;
use crate::report::finding::{Finding, Role, Severity};

/// A fault of one of the traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule.
    pub rule: String,
    /// What is wrong, in one line.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// The endpoint's id, if it is known.
    pub endpoint_id: Option<String>,
    /// The endpoint's name, if it is known.
    pub endpoint_name: Option<String>,
    /// The member it is about, if it is about one: the last token of its pointer, in lower case.
    pub member: Option<String>,
    /// What was tried when it showed; `None` in a pasted text.
    pub tried: Option<Operation>,
}

/// What the later trace shows of an endpoint that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The endpoint's id, if it is known.
    pub endpoint_id: Option<String>,
    /// The endpoint's name, if it is known.
    pub endpoint_name: Option<String>,
    /// A save succeeded, and was the last one.
    pub saved: bool,
    /// When.
    pub saved_at: Option<Timestamp>,
    /// A verify succeeded, and was the last one.
    pub verified: bool,
    /// When.
    pub verified_at: Option<Timestamp>,
}

/// What came of a repair.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Faults of before that are not there any more, although the endpoint was used.
    pub gone: Vec<Fault>,
    /// Faults of both.
    pub remaining: Vec<Fault>,
    /// Faults of after only.
    pub new: Vec<Fault>,
    /// Faults of before that after did not try again with success: nothing is proved.
    pub untested: Vec<Fault>,
    /// The endpoints of before as after shows them.
    pub proofs: Vec<Proof>,
    /// Calls of after that failed or whose end is not told, and that no rule explains; a line each.
    pub open: Vec<String>,
    /// Whether the later trace is the earlier one.
    pub turned: bool,
}

impl Comparison {
    /// Whether every fault is gone and none is new.
    pub fn is_closed(&self) -> bool {
        self.remaining.is_empty()
            && self.new.is_empty()
            && self.untested.is_empty()
            && self.open.is_empty()
    }
}

/// Compares what is wrong in `before` and in `after`.
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let (old, new) = (faults(before), faults(after));
    let mut comparison = Comparison {
        open: after.missing.clone(),
        turned: first(after).zip(first(before)).is_some_and(|(a, b)| a < b),
        ..Comparison::default()
    };
    for fault in &old {
        let proof = proof(fault, after);
        if new.iter().any(|other| is_same(fault, other)) {
            comparison.remaining.push(fault.clone());
        } else if settles(&proof, fault, after) {
            comparison.gone.push(fault.clone());
        } else {
            comparison.untested.push(fault.clone());
        }
        if (proof.saved || proof.verified) && !comparison.proofs.contains(&proof) {
            comparison.proofs.push(proof);
        }
    }
    let known = |fault: &Fault| old.iter().any(|other| is_same(other, fault));
    comparison.new = new.into_iter().filter(|fault| !known(fault)).collect();
    comparison
}

/// When the first call was sent.
fn first(report: &Report) -> Option<Timestamp> {
    report
        .calls
        .iter()
        .filter_map(|call| call.exchange.started)
        .min()
}

/// What is wrong at the end of a trace: what a later call survived is a note there.
fn faults(report: &Report) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let relevant = report
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Warning && finding.role != Role::Limit);
    for finding in relevant {
        let fault = fault(finding, report);
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    faults
}

fn fault(finding: &Finding, report: &Report) -> Fault {
    let location = finding.locations.first();
    let call = location.and_then(|at| report.call_at(at.input, at.entry));
    let member = location.and_then(|at| at.pointer.as_deref()?.rsplit('/').next());
    Fault {
        rule: finding.rule.clone(),
        title: finding.title.clone(),
        severity: finding.severity,
        endpoint_id: call.and_then(EndpointCall::endpoint_id).map(str::to_owned),
        endpoint_name: call
            .and_then(|call| report.endpoint_name(call))
            .map(str::to_owned),
        member: member
            .filter(|member| !member.is_empty())
            .map(str::to_ascii_lowercase),
        tried: call.map(|call| call.operation),
    }
}

/// Whether what failed was tried again with success: a save proves nothing about a missing role, and
/// a verify nothing about a body that was refused.
fn settles(proof: &Proof, fault: &Fault, after: &Report) -> bool {
    match fault.tried {
        Some(Operation::Verify) => proof.verified,
        Some(tried) if tried.writes_endpoint() => proof.saved,
        Some(tried) => {
            let again = |call: &EndpointCall| {
                call.operation == tried
                    && call.outcome == Outcome::Ok
                    && is_about(fault, call, after)
            };
            proof.saved || proof.verified || after.calls.iter().any(again)
        }
        None => proof.saved || proof.verified,
    }
}

fn is_about(fault: &Fault, call: &EndpointCall, report: &Report) -> bool {
    let about = (fault.endpoint_id.as_deref(), fault.endpoint_name.as_deref());
    same_endpoint(about, (call.endpoint_id(), report.endpoint_name(call)))
}

fn is_same(one: &Fault, other: &Fault) -> bool {
    one.rule == other.rule
        && one.member == other.member
        && same_endpoint(
            (one.endpoint_id.as_deref(), one.endpoint_name.as_deref()),
            (other.endpoint_id.as_deref(), other.endpoint_name.as_deref()),
        )
}

/// The id decides; before the first save there is only a name, and in a pasted text not even that.
fn same_endpoint(one: (Option<&str>, Option<&str>), other: (Option<&str>, Option<&str>)) -> bool {
    let same = |a: Option<&str>, b: Option<&str>| a.zip(b).map(|(a, b)| a.eq_ignore_ascii_case(b));
    same(one.0, other.0)
        .or_else(|| same(one.1, other.1))
        .unwrap_or(true)
}

/// The last save and the last verify of the fault's endpoint, as far as they succeeded.
fn proof(fault: &Fault, after: &Report) -> Proof {
    let own = |call: &&EndpointCall| is_about(fault, call, after);
    let last = |kind: fn(&EndpointCall) -> bool| {
        let mut calls = after
            .calls
            .iter()
            .rev()
            .filter(own)
            .filter(|call| kind(call));
        calls.next().filter(|call| call.outcome == Outcome::Ok)
    };
    let saved = last(|call| call.operation.writes_endpoint());
    let verified = last(|call| call.operation == Operation::Verify);
    Proof {
        endpoint_id: fault.endpoint_id.clone(),
        endpoint_name: fault.endpoint_name.clone(),
        saved: saved.is_some(),
        saved_at: saved.and_then(|call| call.exchange.started),
        verified: verified.is_some(),
        verified_at: verified.and_then(|call| call.exchange.started),
    }
}
