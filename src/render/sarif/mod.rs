//! SARIF 2.1.0: the report for tools that collect findings.
//!
//! Artifacts are the traces, and inside them the bodies that findings point into; a region counts
//! from the body's first character. The exchanges themselves are `webRequests` and `webResponses`,
//! masked. Nothing in a log depends on the clock or the machine.

mod artifact;
mod exchange;
mod fix;
mod packed;
mod result;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::report::finding::Severity;
use crate::report::{Input, Report, Verdict};
use crate::rules::engine::{Catalogue, Rule, fill, placeholders};

use super::prose;
use artifact::Artifacts;
use exchange::Messages;
use packed::{Displayable, Packed};

/// A log.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

/// What one run of the program found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    automation_details: Value,
    column_kind: &'static str,
    invocations: Value,
    artifacts: Packed,
    web_requests: Packed,
    web_responses: Packed,
    results: Packed,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Properties<'a> {
    verdict: Verdict,
    missing: &'a [String],
}

/// Writes the log. `catalogue` gives the help of the rules that found something.
pub fn write(report: &Report, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(Displayable(out), &log(report, catalogue))?;
    writeln!(out)
}

fn log<'a>(report: &'a Report, catalogue: &Catalogue) -> Log<'a> {
    let mut rules: Vec<&str> = Vec::new();
    for finding in &report.findings {
        if !rules.contains(&finding.rule.as_str()) {
            rules.push(&finding.rule);
        }
    }
    let mut artifacts = Artifacts::new(report);
    let mut messages = Messages::default();
    let mut results = Packed::default();
    for finding in &report.findings {
        let rule = rules.iter().position(|id| *id == finding.rule);
        results.push(&result::result(
            report,
            finding,
            rule,
            &mut artifacts,
            &mut messages,
        ));
    }
    let descriptors: Vec<Value> = rules
        .iter()
        .filter_map(|id| catalogue.get(id))
        .map(descriptor)
        .collect();
    let run = Run {
        tool: json!({ "driver": {
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "shortDescription": { "text": env!("CARGO_PKG_DESCRIPTION") },
            "rules": descriptors,
        }}),
        automation_details: json!({ "id": "mendpoint/" }),
        column_kind: "unicodeCodePoints",
        invocations: json!([{
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications(&report.inputs),
        }]),
        artifacts: artifacts.into_values(),
        web_requests: messages.requests.into_values(),
        web_responses: messages.responses.into_values(),
        results,
        properties: Properties {
            verdict: report.verdict(),
            missing: &report.missing,
        },
    };
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    }
}

/// SARIF's word for a severity.
fn level(severity: Severity) -> &'static str {
    severity.name()
}

/// A rule with its help, in plain text and as the catalogue's Markdown.
fn descriptor(rule: &Rule) -> Value {
    let unknown = fill::Values::new();
    let filled = |text: &str| fill::prose(text, &unknown);
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": prose::plain(&filled(&rule.prose().meaning)) },
        "help": {
            "text": prose::plain(&filled(&help(rule))),
            "markdown": filled(&help(rule)),
        },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": [rule.family],
            "precision": rule.confidence,
            "repair": rule.repair.name(),
            "sources": rule.sources,
        },
    });
    if let Some(source) = rule
        .prose()
        .references
        .iter()
        .find_map(|line| prose::source(line))
    {
        descriptor["helpUri"] = source.link.into();
    }
    descriptor
}

/// The rule's sections as its file has them.
fn help(rule: &Rule) -> String {
    let values = placeholders::example(rule);
    let steps = rule.prose().remedy.iter().enumerate();
    let steps: Vec<String> = steps
        .map(|(at, step)| format!("{}. {}", at + 1, fill::prose(step, &values)))
        .collect();
    let mut help = format!(
        "## What it means\n\n{}\n\n## Why it happens\n\n{}\n\n## What to do\n\n{}\n",
        rule.prose().meaning,
        rule.prose().cause,
        steps.join("\n")
    );
    if !rule.prose().references.is_empty() {
        help.push_str("\n## References\n\n");
        for reference in &rule.prose().references {
            help.push_str(&format!("- {reference}\n"));
        }
    }
    help
}

/// What could not be read.
fn notifications(inputs: &[Input]) -> Vec<Value> {
    let of_input = |(index, input): (usize, &Input)| {
        let note = move |note: &crate::ingest::IngestNote| {
            json!({
                "descriptor": { "id": note.kind },
                "level": "note",
                "message": { "text": note.message },
                "locations": [{ "physicalLocation": { "artifactLocation": { "index": index } } }],
            })
        };
        let unreadable = input.reason.as_ref().map(|reason| {
            json!({
                "descriptor": { "id": "unreadable" },
                "level": "error",
                "message": { "text": reason },
                "locations": [{ "physicalLocation": { "artifactLocation": { "index": index } } }],
            })
        });
        unreadable
            .into_iter()
            .chain(input.notes.iter().map(note))
            .collect::<Vec<_>>()
    };
    inputs.iter().enumerate().flat_map(of_input).collect()
}
