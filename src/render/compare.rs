//! What came of a repair, as the receipt that closes a ticket.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::report::Report;
use crate::report::compare::{Comparison, Fault, Proof};
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
        "new": faults(&comparison.new),
        "remaining": faults(&comparison.remaining),
        "untested": faults(&comparison.untested),
        "open": comparison.open,
        "proofs": proofs,
    })
}

fn fault_json(fault: &Fault, known: &Known) -> Value {
    json!({
        "rule": fault.rule,
        "title": fault.title,
        "severity": fault.severity.name(),
        "endpoint_id": masked(fault.endpoint_id.as_deref(), known),
        "endpoint_name": masked(fault.endpoint_name.as_deref(), known),
        "member": fault.member,
    })
}

fn proof_json(proof: &Proof, known: &Known) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "endpoint_id": masked(proof.endpoint_id.as_deref(), known),
        "endpoint_name": masked(proof.endpoint_name.as_deref(), known),
        "saved": proof.saved,
        "saved_at": time(proof.saved_at),
        "verified": proof.verified,
        "verified_at": time(proof.verified_at),
    })
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
            style.good("repaired: every fault is gone and none is new")
        }
    } else {
        style.bad("not repaired")
    };
    writeln!(out, "{verdict}")?;
    let groups: [(&str, &[Fault]); 4] = [
        ("gone", &comparison.gone),
        ("new", &comparison.new),
        ("remains", &comparison.remaining),
        (
            "untested: what failed was not tried again with success in the later trace",
            &comparison.untested,
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
            style.strong("open: the later trace does not tell how it ended, or no rule says why")
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

fn name(name: Option<&str>, id: Option<&str>, known: &Known) -> String {
    match (masked(name, known), masked(id, known)) {
        (Some(name), Some(id)) => format!("'{name}' ({id})"),
        (Some(name), None) => format!("'{name}'"),
        (None, Some(id)) => id,
        (None, None) => "no endpoint named".to_owned(),
    }
}

fn fault_line(fault: &Fault, known: &Known) -> String {
    format!(
        "{} [{}] {}: {}",
        fault.severity.name(),
        fault.rule,
        name(
            fault.endpoint_name.as_deref(),
            fault.endpoint_id.as_deref(),
            known
        ),
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
        name(
            proof.endpoint_name.as_deref(),
            proof.endpoint_id.as_deref(),
            known
        ),
        when(proof.saved, proof.saved_at, "saved"),
        when(proof.verified, proof.verified_at, "verified"),
    )
}
