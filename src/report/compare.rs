//! Two reports → which faults are gone, which stayed and came, and what proves it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Report;
use super::connection::Connection;
use super::finding::{Finding, Role, Severity};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::text::guid::same_id;

/// A fault of one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule.
    pub rule: String,
    /// What is wrong, in one line.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// The connection, as far as it is known.
    pub subject: Option<Subject>,
    /// The member it is about, if it is about one: the last token of its pointer, in lower case.
    pub member: Option<String>,
    /// What was tried when it showed, and what came of that call; `None` in a pasted text.
    tried: Option<(Operation, Outcome)>,
}

/// What a connection is known by in another recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    organization: Option<String>,
    project: Option<String>,
}

/// What the later recording shows of a connection that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The connection.
    pub subject: Option<Subject>,
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
    /// Faults of before that are not there any more, while what failed was done.
    pub gone: Vec<Fault>,
    /// Faults of both.
    pub stayed: Vec<Fault>,
    /// Faults of after only.
    pub came: Vec<Fault>,
    /// Faults of before that after did not try again with success: nothing is proved.
    pub not_tried: Vec<Fault>,
    /// The connections of before as after shows them.
    pub proofs: Vec<Proof>,
    /// What after leaves open; a line each.
    pub open: Vec<String>,
    /// Why the two may not be before and after of one thing; a sentence each.
    pub cautions: Vec<String>,
}

impl Comparison {
    /// Whether every fault is gone and none came.
    pub fn is_closed(&self) -> bool {
        self.stayed.is_empty() && self.came.is_empty() && self.not_tried.is_empty()
    }
}

/// Compares what is wrong in `before` and in `after`.
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let (old, new) = (faults(before), faults(after));
    let mut comparison = Comparison {
        open: after.missing.clone(),
        cautions: cautions(before, after),
        ..Comparison::default()
    };
    for fault in &old {
        let proof = proof(fault, after);
        if new.iter().any(|other| is_same(fault, other)) {
            comparison.stayed.push(fault.clone());
        } else if settles(&proof, fault, after) {
            comparison.gone.push(fault.clone());
        } else {
            comparison.not_tried.push(fault.clone());
        }
        if (proof.saved || proof.verified) && !comparison.proofs.contains(&proof) {
            comparison.proofs.push(proof);
        }
    }
    let known = |fault: &Fault| old.iter().any(|other| is_same(other, fault));
    comparison.came = new.into_iter().filter(|fault| !known(fault)).collect();
    comparison
}

/// What speaks against the two being before and after of one thing.
fn cautions(before: &Report, after: &Report) -> Vec<String> {
    let mut cautions = Vec::new();
    if first(after).zip(first(before)).is_some_and(|(a, b)| a < b) {
        cautions.push(
            "the later recording was made before the earlier one; are the two swapped?".to_owned(),
        );
    }
    let (old, new) = (organizations(before), organizations(after));
    if !old.is_empty() && !new.is_empty() && old.is_disjoint(&new) {
        let named = |names: &BTreeSet<String>| {
            let names: Vec<&str> = names.iter().map(String::as_str).take(3).collect();
            names.join(", ")
        };
        cautions.push(format!(
            "the earlier recording is of the organization {}, the later one of {}; they may show different connections",
            named(&old),
            named(&new)
        ));
    }
    cautions
}

/// The organizations of the connections, in lower case.
fn organizations(report: &Report) -> BTreeSet<String> {
    let connections = report.connections.iter();
    let named = connections.filter_map(|one| one.organization.as_deref());
    named.map(str::to_lowercase).collect()
}

/// When the first call was sent.
fn first(report: &Report) -> Option<Timestamp> {
    let times = report.calls.iter().filter_map(|call| call.exchange.started);
    times.min()
}

/// What is wrong at the end of a recording: what a later call mended is a note there.
fn faults(report: &Report) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let relevant = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.role != Role::Limit);
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
    let connection = finding.connection.and_then(|at| report.connections.get(at));
    Fault {
        rule: finding.rule.clone(),
        title: finding.title.to_string(),
        severity: finding.severity,
        subject: connection.map(Subject::of),
        member: member
            .filter(|member| !member.is_empty())
            .map(str::to_ascii_lowercase),
        tried: call.map(|call| (call.operation, call.outcome)),
    }
}

impl Subject {
    fn of(connection: &Connection) -> Self {
        Self {
            id: connection.id.clone(),
            name: connection.name.clone(),
            organization: connection.organization.clone(),
            project: connection.project.clone(),
        }
    }

    /// The id decides where both have one; else the name does, in its organization and project.
    fn is(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(one), Some(two)) => same_id(one, two),
            _ => self.has_name_of(other),
        }
    }

    fn has_name_of(&self, other: &Self) -> bool {
        let agree = |one: &Option<String>, two: &Option<String>| match (one, two) {
            (Some(one), Some(two)) => one.trim().to_lowercase() == two.trim().to_lowercase(),
            _ => true,
        };
        self.name.is_some()
            && other.name.is_some()
            && agree(&self.name, &other.name)
            && agree(&self.organization, &other.organization)
            && agree(&self.project, &other.project)
    }
}

/// Whether what failed was tried again with success: a save proves nothing about a missing role, and
/// a verify nothing about a body that was refused.
fn settles(proof: &Proof, fault: &Fault, after: &Report) -> bool {
    let again = |tried: Operation| {
        let mut calls = calls_about(fault, after).into_iter().rev();
        let last = calls.find(|call| call.operation == tried);
        last.is_some_and(|call| call.outcome == Outcome::Ok)
    };
    match fault.tried {
        Some((Operation::Verify, _)) => proof.verified,
        Some((Operation::Create | Operation::Update, outcome)) => {
            proof.saved || (outcome == Outcome::Ok && proof.verified)
        }
        Some((tried, _)) => again(tried),
        None => proof.saved || proof.verified,
    }
}

/// The calls of `after`, in order of time, about the connection of `fault`; all where it has none. One
/// that was deleted and made anew has another id under its name.
fn calls_about<'a>(fault: &Fault, after: &'a Report) -> Vec<&'a EndpointCall> {
    let Some(subject) = &fault.subject else {
        return after.in_time().collect();
    };
    let all = || after.connections.iter();
    let same = all().find(|one| subject.is(&Subject::of(one)));
    let anew = || {
        let mut made = all().filter(|one| {
            let calls = one.calls.iter().filter_map(|number| after.call(*number));
            let mut created = calls.filter(|call| call.operation == Operation::Create);
            subject.has_name_of(&Subject::of(one))
                && created.any(|call| call.outcome == Outcome::Ok)
        });
        made.next()
    };
    let own = same.or_else(anew);
    if own.is_none() {
        // A list belongs to no connection.
        let of_none = |call: &&EndpointCall| after.connection_of(call).is_none();
        return after.in_time().filter(of_none).collect();
    }
    let calls = own.into_iter().flat_map(|own| &own.calls);
    calls.filter_map(|number| after.call(*number)).collect()
}

fn is_same(one: &Fault, other: &Fault) -> bool {
    one.rule == other.rule
        && one.member == other.member
        && match (&one.subject, &other.subject) {
            (Some(one), Some(other)) => one.is(other),
            _ => true,
        }
}

/// The last save and the last verify of the fault's connection, as far as they succeeded.
fn proof(fault: &Fault, after: &Report) -> Proof {
    let own = calls_about(fault, after);
    let last = |kind: fn(&EndpointCall) -> bool| {
        let last = own.iter().rev().find(|call| kind(call));
        last.filter(|call| call.outcome == Outcome::Ok)
    };
    let saved = last(|call| matches!(call.operation, Operation::Create | Operation::Update));
    let verified = last(|call| call.operation == Operation::Verify);
    Proof {
        subject: fault.subject.clone(),
        saved: saved.is_some(),
        saved_at: saved.and_then(|call| call.exchange.started),
        verified: verified.is_some(),
        verified_at: verified.and_then(|call| call.exchange.started),
    }
}
