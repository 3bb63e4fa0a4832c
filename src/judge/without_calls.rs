//! Inputs without any call: a pasted message, a pasted body.

use crate::connection::{Payload, payload};
use crate::ingest::IngestNote;
use crate::json;
use crate::report::finding::{Finding, Role, Severity};
use crate::report::seen::Seen;
use crate::report::{Report, Verdict};
use crate::rules::engine::{Context, Recording};
use crate::text::readable::clip;

/// How much of a text is looked at, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// How many payloads of one list are named.
const MOST_PAYLOADS: usize = 100;

/// The text of an input without calls, where no rule says anything of it.
pub(super) fn unexplained<'t>(
    report: &Report,
    seen: &Seen,
    recording: &'t Recording,
) -> Option<&'t str> {
    let explains =
        |finding: &Finding| finding.role != Role::Limit || finding.severity == Severity::Error;
    let mut own = seen.findings_in(recording.input, &report.findings);
    let explained = own.any(explains);
    let text = recording.trace.text.as_deref();
    text.map(|text| clip(text, MAX_TEXT)).filter(|_| !explained)
}

/// Says what a report on an input without a call leaves open: of a message the call that shows how it
/// ended, of a payload what only an answer shows, which a note tells.
pub(super) fn judge(
    report: &mut Report,
    seen: &Seen,
    recording: &Recording,
    context: &Context<'_>,
) {
    let input = recording.input;
    let notes = payload_notes(report, seen, recording, context);
    if !notes.is_empty() {
        report.payloads.extend(notes);
        return;
    }
    // A text that is quoted is no less unknown for it.
    let mut own = seen.findings_in(input, &report.findings);
    let quoted = own.any(|finding| finding.role == Role::Fallback);
    if quoted || seen.verdict_of(input, &report.findings, &report.open) == Verdict::Clean {
        let open = "a service-endpoint call that shows how it ended";
        report.missing.push(open.to_owned());
        report.open.insert(input);
    }
}

/// One note for each payload: which connection it is of, and what cannot be told of it.
fn payload_notes(
    report: &Report,
    seen: &Seen,
    recording: &Recording,
    context: &Context<'_>,
) -> Vec<(usize, IngestNote)> {
    let text = recording.trace.text.as_deref().unwrap_or_default();
    let Ok(body) = json::parse(text) else {
        return Vec::new();
    };
    let payloads = payload::of_pasted(&body, text, recording.input);
    let payloads = payloads.iter().filter(|payload| {
        let own = ["authorization", "serviceEndpointProjectReferences"];
        own.iter().any(|name| payload.node.get(name).is_some())
    });
    let note = |payload: &Payload<'_>| IngestNote {
        kind: "payload",
        message: context
            .known
            .mask_text(&said_of(payload, report, seen, context)),
        entry: None,
    };
    payloads
        .take(MOST_PAYLOADS)
        .map(|payload| (recording.input, note(payload)))
        .collect()
}

fn said_of(payload: &Payload<'_>, report: &Report, seen: &Seen, context: &Context<'_>) -> String {
    let text = |keys: &[&str]| payload.str(keys).map(str::trim).unwrap_or_default();
    let (name, kind) = (text(&["name"]), text(&["type"]));
    let mut line = "a payload".to_owned();
    if !name.is_empty() {
        line.push_str(&format!(" of the connection '{}'", clip(name, 120)));
    }
    if !kind.is_empty() {
        line.push_str(&format!(", type {}", clip(kind, 60)));
    }
    let scheme = text(&["authorization", "scheme"]);
    if !scheme.is_empty() {
        line.push_str(&format!(", scheme {}", clip(scheme, 60)));
    }
    let mut findings = seen.findings_in(payload.input, &report.findings);
    if !kind.is_empty() && context.catalogue.types().of(kind).is_none() {
        line.push_str("; no table of this type is known, so its members were not judged");
    } else if findings.next().is_none() {
        line.push_str("; nothing in it is known to be wrong");
    }
    line.push_str(
        "; whether the service takes it, and whether address, ids and secrets are right, only an answer shows",
    );
    line
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::ingest::{self, Options, Source};
    use crate::judge::Analyzer;
    use crate::report::finding::Severity;
    use crate::report::{Report, Verdict};
    use crate::rules::engine::Catalogue;

    fn report(text: &str) -> Report {
        let mut bytes = Cursor::new(text.as_bytes());
        let mut traces = ingest::read("-", Source::File(&mut bytes), &Options::default()).unwrap();
        Analyzer::new(&Catalogue::built_in()).analyze(traces.remove(0))
    }

    #[test]
    fn nothing_is_clean_without_a_call() {
        for (text, verdict, missing) in [
            (
                "Value cannot be null. Parameter name: endpointProjectReferences",
                Verdict::Fault,
                0,
            ),
            ("AADSTS70002222: something", Verdict::Inconclusive, 1),
            ("##[error]it broke", Verdict::Inconclusive, 1),
            ("Error: it broke", Verdict::NothingRelevant, 0),
            (
                "TF401019: The Git repository with name or identifier x does not exist",
                Verdict::Inconclusive,
                1,
            ),
            ("hello", Verdict::NothingRelevant, 0),
        ] {
            let report = report(text);
            assert_eq!(
                (report.verdict(), report.missing.len()),
                (verdict, missing),
                "{text}"
            );
        }
    }

    #[test]
    fn an_unknown_failure_of_a_connection_is_a_warning_that_quotes_it() {
        for text in [
            "Error: the service connection 'web' is frobnicated",
            "##[error]Service connection web-prod: frobnicator says no (docker.io)",
        ] {
            let report = report(text);
            let finding = &report.findings[0];
            assert_eq!(finding.severity, Severity::Warning, "{text}");
            assert!(finding.evidence.contains("frobnicat"), "{text}");
            assert_eq!(report.verdict(), Verdict::Inconclusive, "{text}");
        }
    }

    #[test]
    fn endpoints_of_networks_and_clusters_are_none_of_ours() {
        for text in [
            "Error: creating EC2 VPC Endpoint (com.amazonaws.eu-west-1.s3): InvalidVpcEndpointService: not found",
            "error: services \"shop\" has no endpoints available",
            "Error: the service endpoint Microsoft.Sql is not enabled on subnet 'default'",
            "Error: expected private_service_connection.0.name to be set",
        ] {
            assert_eq!(report(text).verdict(), Verdict::NothingRelevant, "{text}");
        }
    }
}
