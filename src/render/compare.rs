//! What came of a repair, as the receipt that closes a ticket.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::report::Report;
use crate::report::compare::{Comparison, Fault, Proof, Subject};
use crate::sensitive::Known;

use super::Style;
use crate::text::sanitize;

/// `mendpoint.compare.v1`, without the secrets that are `known`.
pub fn json(comparison: &Comparison, before: &Report, after: &Report, known: &Known) -> Value {
    let paths = |report: &Report| -> Vec<String> {
        report
            .inputs
            .iter()
            .map(|input| input.path.clone())
            .collect()
    };
    let faults = |faults: &[Fault]| {
        faults
            .iter()
            .map(|fault| fault_json(fault, known))
            .collect::<Vec<_>>()
    };
    let proofs: Vec<Value> = comparison
        .proofs
        .iter()
        .map(|proof| proof_json(proof, known))
        .collect();
    json!({
        "schema": "mendpoint.compare.v1",
        "before": paths(before),
        "after": paths(after),
        "closed": comparison.is_closed(),
        "gone": faults(&comparison.gone),
        "stayed": faults(&comparison.stayed),
        "came": faults(&comparison.came),
        "not_tried": faults(&comparison.not_tried),
        "open": comparison.open,
        "proofs": proofs,
    })
}

fn fault_json(fault: &Fault, known: &Known) -> Value {
    let (id, name) = names(fault.subject.as_ref(), known);
    json!({
        "rule": fault.rule,
        "connection": id.as_ref().or(name.as_ref()),
        "name": name,
        "title": fault.title,
        "severity": fault.severity.name(),
        "member": fault.member,
    })
}

fn proof_json(proof: &Proof, known: &Known) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let (id, name) = names(proof.subject.as_ref(), known);
    json!({
        "connection": id.as_ref().or(name.as_ref()),
        "name": name,
        "saved": proof.saved,
        "saved_at": time(proof.saved_at),
        "verified": proof.verified,
        "verified_at": time(proof.verified_at),
    })
}

/// Id and name, without secrets.
fn names(subject: Option<&Subject>, known: &Known) -> (Option<String>, Option<String>) {
    let text = |own: fn(&Subject) -> Option<&str>| masked(subject.and_then(own), known);
    (
        text(|subject| subject.id.as_deref()),
        text(|subject| subject.name.as_deref()),
    )
}

fn masked(text: Option<&str>, known: &Known) -> Option<String> {
    text.map(|text| known.mask_text(text))
}

/// Writes it as text, without the secrets that are `known`.
pub fn text(
    comparison: &Comparison,
    known: &Known,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let verdict = if comparison.is_closed() {
        if comparison.gone.is_empty() {
            style.good("no fault before, none after")
        } else {
            style.good("repaired: every fault is gone and none came")
        }
    } else {
        style.bad("not repaired")
    };
    writeln!(out, "{verdict}")?;
    let groups: [(&str, &[Fault]); 4] = [
        ("gone", &comparison.gone),
        ("came", &comparison.came),
        ("stayed", &comparison.stayed),
        (
            "not tried: what failed was not done again in the later trace",
            &comparison.not_tried,
        ),
    ];
    for (title, faults) in groups.into_iter().filter(|(_, faults)| !faults.is_empty()) {
        writeln!(out, "\n{}", style.strong(title))?;
        for fault in faults {
            writeln!(out, "  {}", sanitize::line(&fault_line(fault, known)))?;
        }
    }
    if !comparison.open.is_empty() {
        writeln!(
            out,
            "\n{}",
            style.strong("open: the later trace does not tell how it ended")
        )?;
        for line in &comparison.open {
            writeln!(out, "  {}", sanitize::line(line))?;
        }
    }
    if !comparison.proofs.is_empty() {
        writeln!(out, "\n{}", style.strong("proof"))?;
        for proof in &comparison.proofs {
            writeln!(out, "  {}", sanitize::line(&proof_line(proof, known)))?;
        }
    }
    Ok(())
}

fn name(subject: Option<&Subject>, known: &Known) -> String {
    let (id, name) = names(subject, known);
    match (name, id) {
        (Some(name), Some(id)) => format!("'{name}' ({id})"),
        (Some(name), None) => format!("'{name}'"),
        (None, Some(id)) => id,
        (None, None) => "no connection named".to_owned(),
    }
}

fn fault_line(fault: &Fault, known: &Known) -> String {
    format!(
        "{} [{}] {}: {}",
        fault.severity.name(),
        fault.rule,
        name(fault.subject.as_ref(), known),
        fault.title
    )
}

fn proof_line(proof: &Proof, known: &Known) -> String {
    let when = |done: bool, at: Option<Timestamp>, what: &str| match (done, at) {
        (true, Some(at)) => format!("{what} with success at {at}"),
        (true, None) => format!("{what} with success (the trace tells no time)"),
        (false, _) => format!("not {what} with success"),
    };
    format!(
        "{}: {}, {}",
        name(proof.subject.as_ref(), known),
        when(proof.saved, proof.saved_at, "saved"),
        when(proof.verified, proof.verified_at, "verified"),
    )
}
