//! A finding as a result.

use std::collections::HashSet;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::connection::EndpointCall;
use crate::report::Report;
use crate::report::finding::{Finding, Location};

use super::artifact::{self, Artifacts};
use super::exchange::Messages;
use super::{fix, level};
use crate::render::view::Facts;
use crate::render::{place, prose};

pub(super) fn result(
    report: &Report,
    finding: &Finding,
    rule: Option<usize>,
    artifacts: &mut Artifacts,
    messages: &mut Messages,
) -> Value {
    let mut locations = finding.locations.iter();
    let first = locations.next();
    let primary: Vec<Value> = first
        .map(|one| location(report, one, artifacts))
        .into_iter()
        .collect();
    let mut related: Vec<Value> = Vec::new();
    let mut known = HashSet::new();
    for one in locations.map(|one| location(report, one, artifacts)) {
        if known.insert(one.to_string()) {
            related.push(one);
        }
    }
    let said = Facts::of(report, finding).whole;
    let sayings = sayings(report, finding);
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message(finding, &sayings) },
        "locations": primary,
        "relatedLocations": related,
        "partialFingerprints": { "mendpoint/v1": fingerprint(report, finding) },
        "properties": {
            "confidence": finding.confidence,
            "evidence": finding.evidence,
            "said": said,
            "captures": finding.captures,
            "cause": prose::plain(&finding.cause),
            "remedy": finding.remedy,
            "commands": finding.commands,
            "fix": crate::render::json::fix(finding, &report.known),
            "sources": finding.sources,
        },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = rule.into();
    }
    let Some(first) = first else {
        return result;
    };
    if let Some(call) = report.call_at(first.input, first.entry) {
        let (request, response) = messages.indices(&call.opened(), &report.known);
        result["webRequest"] = json!({ "index": request });
        if let Some(response) = response {
            result["webResponse"] = json!({ "index": response });
        }
    }
    if let Some(fix) = fix::fix(report, finding, first, artifacts) {
        result["fixes"] = json!([fix]);
    }
    result
}

/// All that the service said at the calls of `finding`, equal words once.
fn sayings<'a>(report: &'a Report, finding: &Finding) -> Vec<&'a str> {
    let mut known = HashSet::new();
    let places = finding.locations.iter().chain(&finding.explains);
    let calls = places.filter_map(|place| report.call_at(place.input, place.entry));
    let said = calls.filter_map(|call| Some(call.said.as_ref()?.telling()));
    said.filter(|said| known.insert(*said)).collect()
}

/// Title, explanation, the service's words, and what to do first: what a list of alerts shows.
fn message(finding: &Finding, sayings: &[&str]) -> String {
    let mut text = format!("{}. {}", finding.title, prose::plain(&finding.message));
    for (at, said) in sayings.iter().enumerate() {
        let begin = if at == 0 {
            "\n\nThe service said: "
        } else {
            "\n\nIt also said: "
        };
        text.push_str(begin);
        text.push_str(said);
    }
    if let Some(step) = finding.remedy.first() {
        text.push_str("\n\nWhat to do: ");
        text.push_str(&prose::plain(step));
    }
    text
}

fn location(report: &Report, location: &Location, artifacts: &mut Artifacts) -> Value {
    let mut physical = json!({
        "artifactLocation": { "index": artifacts.index(report, location) },
    });
    let call = report.call_at(location.input, location.entry);
    let call = call.map(EndpointCall::opened);
    let body = call.as_deref();
    if let Some((text, root)) = body.and_then(|call| artifact::body(call, location.part)) {
        let pointer = location.pointer.as_deref().unwrap_or_default();
        physical["region"] = artifact::region(text, &artifact::span(root, pointer));
    }
    let name = format!(
        "entry {}/{}{}",
        location.entry,
        location.part.name(),
        location.pointer.as_deref().unwrap_or_default()
    );
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{ "fullyQualifiedName": name }],
        "message": { "text": place::headline(report, location) },
    })
}

/// The same for the same fault of the same connection, whichever trace, recorder or run shows it.
fn fingerprint(report: &Report, finding: &Finding) -> String {
    let first = finding.locations.first();
    let call = first.and_then(|first| report.call_at(first.input, first.entry));
    let endpoint = call.and_then(|call| call.endpoint_id().or_else(|| report.endpoint_name(call)));
    let parts = [
        finding.rule.as_str(),
        &call.map_or(String::new(), |call| call.route.host.clone()),
        &endpoint.unwrap_or_default().to_ascii_lowercase(),
        call.map_or("", |call| call.operation.name()),
        first.map_or("", |first| first.part.name()),
        first
            .and_then(|first| first.pointer.as_deref())
            .unwrap_or_default(),
    ];
    let digest = Sha256::digest(parts.join("\n"));
    let half = digest.iter().take(16);
    half.fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
