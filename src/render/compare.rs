//! What came of a repair, as the receipt that closes a ticket.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::report::Report;
use crate::report::compare::{Comparison, Fault, Proof, Subject};
use crate::sensitive::Known;

use super::{Style, markdown, view};
use crate::report::command::Job;
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

/// What came of it, in one sentence.
pub fn headline(comparison: &Comparison) -> String {
    let count = |faults: &[Fault], kind: &str| match faults.len() {
        1 => format!("1 {kind}fault"),
        several => format!("{several} {kind}faults"),
    };
    let Comparison {
        gone,
        stayed,
        came,
        not_tried,
        ..
    } = comparison;
    let and_new = if came.is_empty() {
        String::new()
    } else {
        format!(", and {} showed", count(came, "new "))
    };
    if !stayed.is_empty() {
        return format!("not repaired: {} stayed{and_new}", count(stayed, ""));
    }
    match (gone.is_empty(), not_tried.is_empty()) {
        (true, false) => {
            format!("not proved: what failed was not done again in the later trace{and_new}")
        }
        (false, false) => format!(
            "proved in part: {} gone, {} not tried again{and_new}",
            count(gone, ""),
            count(not_tried, "")
        ),
        (true, true) if came.is_empty() => "no fault before, none after".to_owned(),
        (true, true) => format!("worse: no fault before{and_new}"),
        (false, true) if came.is_empty() => {
            "repaired: every fault is gone and no new one showed".to_owned()
        }
        (false, true) => format!("not done: {} gone{and_new}", count(gone, "")),
    }
}

/// The faults with what became of them, and what the later trace leaves open and proves: a title, and
/// lines below it.
fn groups(comparison: &Comparison, known: &Known) -> Vec<(&'static str, Vec<String>)> {
    let lines = |faults: &[Fault]| {
        faults
            .iter()
            .map(|fault| fault_line(fault, known))
            .collect()
    };
    let proofs = comparison.proofs.iter();
    let groups = [
        ("gone", lines(&comparison.gone)),
        ("new in the later trace", lines(&comparison.came)),
        ("stayed", lines(&comparison.stayed)),
        (
            "not tried: what failed was not done again in the later trace",
            lines(&comparison.not_tried),
        ),
        (
            "open: the later trace does not tell how it ended",
            comparison.open.clone(),
        ),
        (
            "proof",
            proofs.map(|proof| proof_line(proof, known)).collect(),
        ),
    ];
    let told = |(_, lines): &(&str, Vec<String>)| !lines.is_empty();
    groups.into_iter().filter(told).collect()
}

/// Writes it as text, without the secrets that are `known`.
pub fn text(
    comparison: &Comparison,
    known: &Known,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let headline = style.wrap("", "  ", &headline(comparison));
    let headline = if comparison.is_closed() {
        style.good(&headline)
    } else {
        style.bad(&headline)
    };
    writeln!(out, "{headline}")?;
    for caution in &comparison.cautions {
        let caution = sanitize::line(&known.mask_text(caution));
        writeln!(out, "{}", style.wrap("", "  ", &format!("note: {caution}")))?;
    }
    for (title, lines) in groups(comparison, known) {
        writeln!(out, "\n{}", style.strong(title))?;
        for line in lines {
            writeln!(out, "{}", style.wrap("  ", "    ", &sanitize::line(&line)))?;
        }
    }
    Ok(())
}

/// Writes it as Markdown, for a ticket.
pub fn markdown(
    comparison: &Comparison,
    before: &Report,
    after: &Report,
    known: &Known,
    out: &mut dyn Write,
) -> io::Result<()> {
    let headline = headline(comparison);
    let mut letters = headline.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let headline: String = first.chain(letters).collect();
    writeln!(out, "### {}", markdown::words(&headline))?;
    for caution in &comparison.cautions {
        writeln!(
            out,
            "\nNote: {}",
            markdown::words(&known.mask_text(caution))
        )?;
    }
    for (title, lines) in groups(comparison, known) {
        writeln!(out, "\n**{}**\n", markdown::words(title))?;
        for line in lines {
            writeln!(out, "- {}", markdown::words(&line))?;
        }
    }
    writeln!(
        out,
        "\n<sub>mendpoint {}: {} beside {}; secrets are masked</sub>",
        env!("CARGO_PKG_VERSION"),
        names_of(before),
        names_of(after)
    )
}

/// The inputs by the names of their files.
fn names_of(report: &Report) -> String {
    let names = report.inputs.iter().take(3);
    let names: Vec<String> = names.map(|input| markdown::code(&input.name())).collect();
    match report.inputs.len().saturating_sub(3) {
        0 => names.join(", "),
        rest => format!("{} and {rest} more", names.join(", ")),
    }
}

/// What to run next: what is wrong after the repair, or how to record what was not done again.
pub fn next(comparison: &Comparison, after: &Report) -> String {
    let command = |job| after.command(job, &after.invocation);
    let recording = || command(Job::Explain(view::RECORDING));
    let next = if comparison.is_closed() {
        command(Job::Calls).filter(|_| !after.calls.is_empty())
    } else if comparison.stayed.is_empty() && comparison.came.is_empty() {
        recording()
    } else {
        command(Job::Full)
    };
    next.or_else(recording).unwrap_or_default()
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
